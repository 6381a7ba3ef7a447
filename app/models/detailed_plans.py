"""Detailed execution plans and their tasks (Guide N-3, P-8 annex B, D-1)."""

import uuid
from datetime import date, datetime

from sqlalchemy import (
    CheckConstraint,
    ForeignKeyConstraint,
    Index,
    Numeric,
    SmallInteger,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.enums.detailed_plans import DetailedPlanAbout, DetailedPlanState
from app.models.base import Base, EntityRef, Flag, Persons, SubjectId, UserRef, Version, one_of

_OPEN = "state in ('draft', 'submitted', 'reviewed')"
_APPROVED = "state = 'approved'"


class DetailedPlan(Base):
    """One version of what a division does in a year for an initiative, the scorecard or the excellence indicators. It can
    change only while it is a draft; a trigger holds that too, and for its tasks.

    `plan_id`: the annual plan that it belongs to, as it stood when this version was begun; `year` is that of the plan.
    `presented_*`: the enterer put the draft before the head of the division; `endorsed_*`: who approved it there. An edit
    voids both. `parties_*`: whom the role plan named when it was begun.
    """

    __tablename__ = "detailed_plans"
    __table_args__ = (
        one_of("state", DetailedPlanState),
        one_of("about", DetailedPlanAbout),
        UniqueConstraint("id", "entity_id"),
        ForeignKeyConstraint(["id", "entity_id"], ["subjects.id", "subjects.entity_id"]),
        ForeignKeyConstraint(["plan_id", "entity_id"], ["plans.id", "plans.entity_id"]),
        ForeignKeyConstraint(["initiative_id", "entity_id"], ["initiatives.id", "initiatives.entity_id"]),
        ForeignKeyConstraint(["scorecard_id", "entity_id"], ["scorecards.id", "scorecards.entity_id"]),
        ForeignKeyConstraint(["division_id", "entity_id"], ["divisions.id", "divisions.entity_id"]),
        Index(
            "uq_detailed_plans_one_open_of_initiative",
            "initiative_id",
            "year",
            unique=True,
            postgresql_where=text(f"initiative_id is not null and {_OPEN}"),
        ),
        Index(
            "uq_detailed_plans_one_approved_of_initiative",
            "initiative_id",
            "year",
            unique=True,
            postgresql_where=text(f"initiative_id is not null and {_APPROVED}"),
        ),
        Index(
            "uq_detailed_plans_one_open_of_division",
            "division_id",
            "about",
            "year",
            unique=True,
            postgresql_where=text(f"initiative_id is null and {_OPEN}"),
        ),
        Index(
            "uq_detailed_plans_one_approved_of_division",
            "division_id",
            "about",
            "year",
            unique=True,
            postgresql_where=text(f"initiative_id is null and {_APPROVED}"),
        ),
        Index("ix_detailed_plans_entity_id_state", "entity_id", "state"),
        Index("ix_detailed_plans_plan_id", "plan_id"),
        CheckConstraint(
            "(about = 'initiative') = (initiative_id is not null)"
            " and (about = 'scorecard') = (scorecard_id is not null)",
            name="about_one",
        ),
        CheckConstraint("number >= 1", name="number"),
        CheckConstraint("year between 2021 and 2100", name="year"),
        CheckConstraint(
            "num_nonnulls(presented_by_id, presented_at) in (0, 2)"
            " and num_nonnulls(endorsed_by_id, endorsed_at) in (0, 2)"
            " and (endorsed_at is null or presented_at is not null)"
            " and (state not in ('submitted', 'reviewed', 'approved') or endorsed_at is not null)",
            name="endorsed",
        ),
        CheckConstraint(
            "endorsed_by_id is null or not (endorsed_by_id = any(edited_by))", name="endorsed_by_another"
        ),
        CheckConstraint(
            "reviewed_by_id is null or"
            " (not (reviewed_by_id = any(edited_by)) and reviewed_by_id is distinct from endorsed_by_id)",
            name="reviewed_by_another",
        ),
        CheckConstraint(
            "approved_by_id is null or (not (approved_by_id = any(edited_by))"
            " and approved_by_id is distinct from reviewed_by_id and approved_by_id is distinct from endorsed_by_id)",
            name="approved_by_another",
        ),
        CheckConstraint("state <> 'dropped' or drop_reason is not null", name="dropped"),
    )

    id: Mapped[SubjectId]
    entity_id: Mapped[EntityRef]
    plan_id: Mapped[uuid.UUID]
    year: Mapped[int] = mapped_column(SmallInteger)
    about: Mapped[str]
    initiative_id: Mapped[uuid.UUID | None]
    scorecard_id: Mapped[uuid.UUID | None]
    division_id: Mapped[uuid.UUID]
    number: Mapped[int]
    state: Mapped[str]
    version: Mapped[Version]
    name_ar: Mapped[str]
    name_en: Mapped[str]
    note: Mapped[str | None]

    parties_enter: Mapped[list[str]]
    parties_review: Mapped[list[str]]
    parties_approve: Mapped[list[str]]
    edited_by: Mapped[Persons]
    controlled_by: Mapped[Persons]
    drafted_by_id: Mapped[UserRef]
    drafted_at: Mapped[datetime]
    presented_by_id: Mapped[UserRef | None]
    presented_at: Mapped[datetime | None]
    endorsed_by_id: Mapped[UserRef | None]
    endorsed_at: Mapped[datetime | None]
    submitted_by_id: Mapped[UserRef | None]
    submitted_at: Mapped[datetime | None]
    reviewed_by_id: Mapped[UserRef | None]
    reviewed_at: Mapped[datetime | None]
    approved_by_id: Mapped[UserRef | None]
    approved_at: Mapped[datetime | None]
    returned_by_id: Mapped[UserRef | None]
    returned_at: Mapped[datetime | None]
    return_reason: Mapped[str | None]
    exceptional: Mapped[Flag]
    drop_reason: Mapped[str | None]


class DetailedPlanTask(Base):
    """A task of a detailed plan. `weight`: its percent of the whole. `milestone`: the number of the milestone of the
    initiative that it serves."""

    __tablename__ = "detailed_plan_tasks"
    __table_args__ = (
        ForeignKeyConstraint(
            ["detailed_plan_id", "entity_id"], ["detailed_plans.id", "detailed_plans.entity_id"]
        ),
        ForeignKeyConstraint(["indicator_id", "entity_id"], ["indicators.id", "indicators.entity_id"]),
        CheckConstraint("number between 1 and 100", name="number"),
        CheckConstraint("starts_on <= ends_on", name="dates"),
        CheckConstraint("weight > 0 and weight <= 100", name="weight"),
    )

    detailed_plan_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    entity_id: Mapped[EntityRef]
    title_ar: Mapped[str]
    title_en: Mapped[str | None]
    output: Mapped[str]
    owner: Mapped[str]
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    weight: Mapped[object] = mapped_column(Numeric(5, 2))
    indicator_id: Mapped[uuid.UUID | None]
    milestone: Mapped[int | None] = mapped_column(SmallInteger)
