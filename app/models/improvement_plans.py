"""Improvement plans: what is done about a vision indicator, by whom and until when (Guide I-8)."""

import uuid
from datetime import date, datetime

from sqlalchemy import (
    CheckConstraint,
    ForeignKeyConstraint,
    Index,
    SmallInteger,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.enums.scorecards import ImprovementPlanState
from app.models.base import Base, EntityRef, Flag, Persons, SubjectId, UserRef, Version, one_of


class ImprovementPlan(Base):
    """A plan to improve a vision indicator of the entity: the cause, the goal, and actions until `due`. What it says
    changes only while it is a draft; a trigger holds that, and four eyes, too."""

    __tablename__ = "improvement_plans"
    __table_args__ = (
        one_of("state", ImprovementPlanState),
        UniqueConstraint("id", "entity_id"),
        ForeignKeyConstraint(["id", "entity_id"], ["subjects.id", "subjects.entity_id"]),
        ForeignKeyConstraint(["indicator_id", "entity_id"], ["indicators.id", "indicators.entity_id"]),
        Index(
            "uq_improvement_plans_one_open",
            "indicator_id",
            unique=True,
            postgresql_where=text("state in ('draft', 'submitted', 'assured', 'approved')"),
        ),
        Index("ix_improvement_plans_entity_id_state", "entity_id", "state"),
        CheckConstraint("(state in ('completed', 'ended')) = (ended_at is not null)", name="ended"),
        CheckConstraint("state <> 'ended' or end_reason is not null", name="end_reason"),
    )

    id: Mapped[SubjectId]
    entity_id: Mapped[EntityRef]
    indicator_id: Mapped[uuid.UUID]
    state: Mapped[str]
    cause: Mapped[str]
    goal: Mapped[str]
    due: Mapped[date]
    version: Mapped[Version]
    edited_by: Mapped[Persons]
    controlled_by: Mapped[Persons]
    drafted_by_id: Mapped[UserRef]
    drafted_at: Mapped[datetime]
    submitted_by_id: Mapped[UserRef | None]
    submitted_at: Mapped[datetime | None]
    assured_by_id: Mapped[UserRef | None]
    assured_at: Mapped[datetime | None]
    approved_by_id: Mapped[UserRef | None]
    approved_at: Mapped[datetime | None]
    returned_by_id: Mapped[UserRef | None]
    returned_at: Mapped[datetime | None]
    return_reason: Mapped[str | None]
    ended_by_id: Mapped[UserRef | None]
    ended_at: Mapped[datetime | None]
    end_reason: Mapped[str | None]
    exceptional: Mapped[Flag]


class ImprovementAction(Base):
    """One action of a plan: the division that does it, until when, and the day on which it was done."""

    __tablename__ = "improvement_actions"
    __table_args__ = (
        ForeignKeyConstraint(
            ["plan_id", "entity_id"], ["improvement_plans.id", "improvement_plans.entity_id"]
        ),
        ForeignKeyConstraint(["division_id", "entity_id"], ["divisions.id", "divisions.entity_id"]),
        CheckConstraint("number between 1 and 100", name="number"),
        CheckConstraint("(done_on is null) = (reported_by_id is null)", name="done"),
        CheckConstraint("done_on is not null or done_note is null", name="done_note"),
    )

    plan_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    entity_id: Mapped[EntityRef]
    title: Mapped[str]
    division_id: Mapped[uuid.UUID | None]
    due: Mapped[date]
    done_on: Mapped[date | None]
    done_note: Mapped[str | None]
    reported_by_id: Mapped[UserRef | None]
