"""Actions with an owner and a day, and what became of them (Guide M-2, M-3, M-9)."""

import uuid
from datetime import date, datetime

from sqlalchemy import (
    CheckConstraint,
    Computed,
    ForeignKeyConstraint,
    Index,
    SmallInteger,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.enums import Classification
from app.enums.actions import ActionSource, ActionState
from app.models.base import Base, EntityRef, Flag, SubjectId, UserRef, Version, one_of


class Action(Base):
    """Something that is to be done by one owner until a day, and is followed until somebody else confirms it.

    `source_id`: what it comes from; `about_id`: what it serves. `due`: until when, in Oman's calendar. `edited_by`: who
    opened, wrote or reported it, or brought evidence of it, and never confirms it.
    """

    __tablename__ = "actions"
    __table_args__ = (
        one_of("source", ActionSource),
        one_of("state", ActionState),
        one_of("classification", Classification),
        UniqueConstraint("id", "entity_id"),
        UniqueConstraint("entity_id", "code"),
        ForeignKeyConstraint(["id", "entity_id"], ["subjects.id", "subjects.entity_id"]),
        ForeignKeyConstraint(["source_id", "entity_id"], ["subjects.id", "subjects.entity_id"]),
        ForeignKeyConstraint(["about_id", "entity_id"], ["subjects.id", "subjects.entity_id"]),
        ForeignKeyConstraint(["division_id", "entity_id"], ["divisions.id", "divisions.entity_id"]),
        CheckConstraint(
            "(source in ('directive', 'improvement_proposal')) = (source_id is null)", name="source_id"
        ),
        CheckConstraint("(source_id is null) = (source_kind is null)", name="source_kind"),
        CheckConstraint("(about_id is null) = (about_kind is null)", name="about"),
        CheckConstraint(
            "num_nonnulls(letter_number, letter_date, issued_by) = case source when 'directive' then 3 else 0 end",
            name="letter",
        ),
        CheckConstraint("num_nonnulls(division_id, owner_id) = 1", name="one_owner"),
        CheckConstraint(
            "state not in ('proposed', 'refused') or source = 'improvement_proposal'", name="proposed"
        ),
        CheckConstraint(
            "case when state in ('reported', 'done') then num_nulls(outcome, reported_at, reported_by_id) = 0"
            " when state in ('proposed', 'open', 'refused')"
            " then num_nonnulls(outcome, reported_at, reported_by_id) = 0 else true end",
            name="reported",
        ),
        CheckConstraint(
            "num_nonnulls(ended_at, ended_by_id)"
            " = case when state in ('done', 'cancelled', 'refused') then 2 else 0 end",
            name="ended",
        ),
        CheckConstraint("(state in ('cancelled', 'refused')) = (end_reason is not null)", name="end_reason"),
        CheckConstraint(
            "num_nonnulls(returned_at, returned_by_id, return_reason) in (0, 3)", name="returned"
        ),
        Index(
            "ix_actions_search_key",
            "search_key",
            postgresql_using="gin",
            postgresql_ops={"search_key": "gin_trgm_ops"},
        ),
        Index("ix_actions_entity_id", "entity_id"),
        Index("ix_actions_source_id", "source_id"),
        Index("ix_actions_about_id", "about_id"),
        Index("ix_actions_owner_id", "owner_id"),
    )

    id: Mapped[SubjectId]
    entity_id: Mapped[EntityRef]
    code: Mapped[str]
    source: Mapped[str]
    source_id: Mapped[uuid.UUID | None]
    source_kind: Mapped[str | None]
    about_id: Mapped[uuid.UUID | None]
    about_kind: Mapped[str | None]
    title: Mapped[str]
    description: Mapped[str | None]
    division_id: Mapped[uuid.UUID | None]
    owner_id: Mapped[UserRef | None]
    due: Mapped[date]
    classification: Mapped[str]
    state: Mapped[str]
    issued_by: Mapped[str | None]
    letter_number: Mapped[str | None]
    letter_date: Mapped[date | None]
    outcome: Mapped[str | None]
    opened_by_id: Mapped[UserRef]
    opened_at: Mapped[datetime]
    accepted_by_id: Mapped[UserRef | None]
    accepted_at: Mapped[datetime | None]
    reported_by_id: Mapped[UserRef | None]
    reported_at: Mapped[datetime | None]
    returned_by_id: Mapped[UserRef | None]
    returned_at: Mapped[datetime | None]
    return_reason: Mapped[str | None]
    ended_by_id: Mapped[UserRef | None]
    ended_at: Mapped[datetime | None]
    end_reason: Mapped[str | None]
    edited_by: Mapped[list[uuid.UUID]]
    exceptional: Mapped[Flag]
    version: Mapped[Version]
    search_key: Mapped[str] = mapped_column(Computed("fold(code || ' ' || title)", persisted=True))


class ActionNote(Base):
    """What the owner said on the way. Never changed."""

    __tablename__ = "action_notes"
    __table_args__ = (
        ForeignKeyConstraint(["action_id", "entity_id"], ["actions.id", "actions.entity_id"]),
        CheckConstraint("number between 1 and 200", name="number"),
    )

    action_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    entity_id: Mapped[uuid.UUID]
    note: Mapped[str]
    written_by_id: Mapped[UserRef]
    written_at: Mapped[datetime]


class ActionPostponement(Base):
    """A day that was put off, and why. Never changed."""

    __tablename__ = "action_postponements"
    __table_args__ = (
        ForeignKeyConstraint(["action_id", "entity_id"], ["actions.id", "actions.entity_id"]),
        CheckConstraint("number between 1 and 50", name="number"),
        CheckConstraint("due > due_before", name="later"),
    )

    action_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    entity_id: Mapped[uuid.UUID]
    due_before: Mapped[date]
    due: Mapped[date]
    reason: Mapped[str]
    postponed_by_id: Mapped[UserRef]
    postponed_at: Mapped[datetime]
