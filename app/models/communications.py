"""Communication plans and their activities (Guide O-4, C-1, C-2)."""

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    SmallInteger,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.enums.communications import CommunicationActivityState, CommunicationPlanState, CommunicationScope
from app.models.base import Base, EntityRef, Flag, Persons, SubjectId, UserRef, Version, one_of

_LISTS = " and ".join(
    f"jsonb_typeof({name}) = 'array' and jsonb_array_length({name}) <= 30"
    for name in ("audiences", "messages", "channels")
)


class CommunicationPlan(Base):
    """One version of the communication plan of a year, about one thing: the entity as a whole, an annual plan, an
    initiative. It can change only while it is a draft; a trigger holds that too.

    `audiences`, `messages`, `channels`: lists of `{ar, en}`. `parties_enter`, `parties_approve`: whom the role plan
    named when the version began. `unit_from`: since when UNIT reads the plan, because its support was asked for.
    """

    __tablename__ = "communication_plans"
    __table_args__ = (
        one_of("state", CommunicationPlanState),
        UniqueConstraint("id", "entity_id"),
        UniqueConstraint("about_id", "year", "number"),
        ForeignKeyConstraint(["id", "entity_id"], ["subjects.id", "subjects.entity_id"]),
        ForeignKeyConstraint(["about_id", "entity_id"], ["subjects.id", "subjects.entity_id"]),
        Index(
            "uq_communication_plans_one_open",
            "about_id",
            "year",
            unique=True,
            postgresql_where=text("state in ('draft', 'submitted')"),
        ),
        Index(
            "uq_communication_plans_one_approved",
            "about_id",
            "year",
            unique=True,
            postgresql_where=text("state = 'approved'"),
        ),
        Index("ix_communication_plans_entity_id_state", "entity_id", "state"),
        CheckConstraint("number >= 1", name="number"),
        CheckConstraint("year between 2021 and 2100", name="year"),
        CheckConstraint(_LISTS, name="lists"),
        CheckConstraint(
            "approved_by_id is null or not (approved_by_id = any(edited_by))", name="approved_by_another"
        ),
        CheckConstraint(
            "state not in ('approved', 'superseded') or (approved_by_id is not null and approved_at is not null)",
            name="approved",
        ),
        CheckConstraint(
            "num_nonnulls(support_asked, support_asked_by_id, support_asked_at) in (0, 3)"
            " and num_nonnulls(support_answer, support_answered_by_id, support_answered_at) in (0, 3)"
            " and (support_answer is null or support_asked is not null)"
            " and (support_asked is null or unit_from is not null)",
            name="support",
        ),
    )

    id: Mapped[SubjectId]
    entity_id: Mapped[EntityRef]
    about_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("subjects.id"))
    year: Mapped[int] = mapped_column(SmallInteger)
    number: Mapped[int]
    state: Mapped[str]
    version: Mapped[Version]
    name_ar: Mapped[str]
    name_en: Mapped[str]
    note: Mapped[str | None]
    audiences: Mapped[list[Any]] = mapped_column(JSONB, server_default=text("'[]'::jsonb"))
    messages: Mapped[list[Any]] = mapped_column(JSONB, server_default=text("'[]'::jsonb"))
    channels: Mapped[list[Any]] = mapped_column(JSONB, server_default=text("'[]'::jsonb"))
    reason: Mapped[str | None]

    parties_enter: Mapped[list[str]]
    parties_approve: Mapped[list[str]]
    edited_by: Mapped[Persons]
    controlled_by: Mapped[Persons]
    drafted_by_id: Mapped[UserRef]
    drafted_at: Mapped[datetime]
    submitted_by_id: Mapped[UserRef | None]
    submitted_at: Mapped[datetime | None]
    approved_by_id: Mapped[UserRef | None]
    approved_at: Mapped[datetime | None]
    returned_by_id: Mapped[UserRef | None]
    returned_at: Mapped[datetime | None]
    return_reason: Mapped[str | None]
    exceptional: Mapped[Flag]

    unit_from: Mapped[datetime | None]
    support_asked: Mapped[str | None]
    support_asked_by_id: Mapped[UserRef | None]
    support_asked_at: Mapped[datetime | None]
    support_answer: Mapped[str | None]
    support_answered_by_id: Mapped[UserRef | None]
    support_answered_at: Mapped[datetime | None]


class CommunicationActivity(Base):
    """One activity of a communication plan: planned, held and told of, or cancelled (Guide C-1, C-2).

    `plan_id` is the version in force that it belongs to, so it moves on when a new version is approved. `stage_id`: the
    awareness stage of a path that it answers. `reached`: how many people it reached. `reason`: why it was added to an approved plan.
    """

    __tablename__ = "communication_activities"
    __table_args__ = (
        one_of("state", CommunicationActivityState),
        one_of("scope", CommunicationScope),
        UniqueConstraint("id", "entity_id"),
        ForeignKeyConstraint(["id", "entity_id"], ["subjects.id", "subjects.entity_id"]),
        ForeignKeyConstraint(
            ["plan_id", "entity_id"], ["communication_plans.id", "communication_plans.entity_id"]
        ),
        ForeignKeyConstraint(["division_id", "entity_id"], ["divisions.id", "divisions.entity_id"]),
        ForeignKeyConstraint(["stage_id", "entity_id"], ["path_stages.id", "path_stages.entity_id"]),
        Index("ix_communication_activities_plan_id", "plan_id"),
        Index(
            "ix_communication_activities_stage_id",
            "stage_id",
            postgresql_where=text("stage_id is not null"),
        ),
        Index(
            "ix_communication_activities_planned",
            "entity_id",
            "ends_on",
            postgresql_where=text("state = 'planned'"),
        ),
        CheckConstraint("starts_on <= ends_on", name="dates"),
        CheckConstraint("num_nonnulls(division_id, owner) = 1", name="owner"),
        CheckConstraint("reached between 0 and 1000000000", name="reached"),
        CheckConstraint(
            "(state = 'done') = (outcome is not null) and (state = 'done') = (done_on is not null)"
            " and (state = 'done' or reached is null)",
            name="done",
        ),
        CheckConstraint("(state = 'cancelled') = (cancelled_at is not null)", name="cancelled"),
    )

    id: Mapped[SubjectId]
    entity_id: Mapped[EntityRef]
    plan_id: Mapped[uuid.UUID]
    state: Mapped[str]
    version: Mapped[Version]
    name_ar: Mapped[str]
    name_en: Mapped[str]
    scope: Mapped[str]
    audience: Mapped[str]
    channel: Mapped[str]
    division_id: Mapped[uuid.UUID | None]
    owner: Mapped[str | None]
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    stage_id: Mapped[uuid.UUID | None]
    reason: Mapped[str | None]
    outcome: Mapped[str | None]
    reached: Mapped[int | None]
    done_on: Mapped[date | None]
    edited_by: Mapped[Persons]
    created_by_id: Mapped[UserRef]
    created_at: Mapped[datetime]
    reported_by_id: Mapped[UserRef | None]
    reported_at: Mapped[datetime | None]
    cancelled_by_id: Mapped[UserRef | None]
    cancelled_at: Mapped[datetime | None]
    cancellation_reason: Mapped[str | None]
