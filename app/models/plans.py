"""Plans of the nation for reference, and the annual plans of entities with what they hold (Guide P-1 to P-11)."""

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

from app.enums import Classification
from app.enums.plans import DevelopmentPlanKind, PlanItemKind, PlanItemState, PlanState, Question
from app.models.base import Base, EntityRef, Flag, Id, Persons, SubjectId, UserRef, Version, one_of


class DevelopmentPlan(Base):
    """A plan of the nation that annual plans serve: the Vision, a five-year plan, a part of one."""

    __tablename__ = "development_plans"
    __table_args__ = (
        one_of("kind", DevelopmentPlanKind),
        CheckConstraint("ends_on >= starts_on", name="dates"),
        CheckConstraint("(kind = 'work_programme') = (part_of_id is not null)", name="part_of"),
    )

    id: Mapped[Id]
    code: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    name_ar: Mapped[str]
    name_en: Mapped[str]
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    part_of_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("development_plans.id"))
    legal_basis: Mapped[str | None]
    source: Mapped[str]


class Plan(Base):
    """One version of the annual plan of an entity and a calendar year (Guide P-2, P-9).

    Of a year one version is in work and one in force at most. `criteria`: what decides who may enter it, as
    `[{key, ar, en}]` (Guide P-5). `revision` rises with every change of what it says: what was verified of an earlier
    one is outdated. `snapshot`: what it said and showed when it was approved last. `parties_*`: the party keys of its chain as the
    role plan named them when it was begun. `edited_by`: who never verifies or approves it.
    """

    __tablename__ = "plans"
    __table_args__ = (
        one_of("state", PlanState),
        one_of("classification", Classification),
        UniqueConstraint("entity_id", "year", "number"),
        UniqueConstraint("id", "entity_id"),
        ForeignKeyConstraint(["id", "entity_id"], ["subjects.id", "subjects.entity_id"]),
        Index(
            "uq_plans_one_open",
            "entity_id",
            "year",
            unique=True,
            postgresql_where=text("state in ('draft', 'preliminary')"),
        ),
        Index(
            "uq_plans_one_in_force",
            "entity_id",
            "year",
            unique=True,
            postgresql_where=text("state in ('approved', 'confirmed')"),
        ),
        CheckConstraint("year between 2021 and 2100", name="year"),
        CheckConstraint("number >= 1 and revision >= 1", name="number"),
        CheckConstraint(
            "num_nonnulls(verified_by_id, verified_at, verified_revision) in (0, 3)", name="verified"
        ),
        CheckConstraint("jsonb_typeof(criteria) = 'array'", name="criteria"),
        CheckConstraint("not proposals_open or state = 'draft'", name="proposals_open"),
        CheckConstraint("state not in ('approved', 'confirmed') or approved_at is not null", name="approved"),
        CheckConstraint("approved_at is null or snapshot is not null", name="frozen"),
        CheckConstraint("state <> 'confirmed' or confirmed_at is not null", name="confirmed"),
        CheckConstraint(
            "approved_by_id is null or not (approved_by_id = any(edited_by))", name="approved_by_another"
        ),
        Index("ix_plans_list", text("year desc"), text("id desc")),
    )

    id: Mapped[SubjectId]
    entity_id: Mapped[EntityRef]
    year: Mapped[int] = mapped_column(SmallInteger)
    number: Mapped[int]
    name_ar: Mapped[str]
    name_en: Mapped[str]
    development_plan_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("development_plans.id"))
    classification: Mapped[str]
    state: Mapped[str]
    version: Mapped[Version]
    reason: Mapped[str | None]
    criteria: Mapped[list[Any]] = mapped_column(JSONB, server_default=text("'[]'"))
    proposals_open: Mapped[Flag]
    funded_cut_at: Mapped[datetime | None]
    platform_entry: Mapped[dict[str, Any] | None]
    snapshot: Mapped[dict[str, Any] | None]

    parties_enter: Mapped[list[str]]
    parties_review: Mapped[list[str]]
    parties_approve: Mapped[list[str]]
    edited_by: Mapped[Persons]
    exceptional: Mapped[Flag]
    recorded_at: Mapped[datetime]
    drafted_by_id: Mapped[UserRef]
    revision: Mapped[int] = mapped_column(server_default=text("1"))
    verified_by_id: Mapped[UserRef | None]
    verified_at: Mapped[datetime | None]
    verified_revision: Mapped[int | None]
    preliminary_by_id: Mapped[UserRef | None]
    preliminary_at: Mapped[datetime | None]
    approved_by_id: Mapped[UserRef | None]
    approved_at: Mapped[datetime | None]
    confirmed_by_id: Mapped[UserRef | None]
    confirmed_at: Mapped[datetime | None]
    returned_by_id: Mapped[UserRef | None]
    returned_at: Mapped[datetime | None]
    return_reason: Mapped[str | None]
    decision_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("decisions.id"))


class PlanItem(Base):
    """A goal in the plan's own words, an indicator, or an initiative (Guide P-2). `number` stays with it in later
    versions. `edited_by`: who wrote it, and so never checks it; `revision` rises when it is edited: what was checked of an
    earlier one no longer counts."""

    __tablename__ = "plan_items"
    __table_args__ = (
        one_of("kind", PlanItemKind),
        one_of("state", PlanItemState),
        UniqueConstraint("plan_id", "number"),
        UniqueConstraint("id", "plan_id"),
        ForeignKeyConstraint(["plan_id", "entity_id"], ["plans.id", "plans.entity_id"]),
        ForeignKeyConstraint(["indicator_id", "entity_id"], ["indicators.id", "indicators.entity_id"]),
        ForeignKeyConstraint(["initiative_id", "entity_id"], ["initiatives.id", "initiatives.entity_id"]),
        Index(
            "uq_plan_items_indicator",
            "plan_id",
            "indicator_id",
            unique=True,
            postgresql_where=text("state = 'kept' and indicator_id is not null"),
        ),
        Index(
            "uq_plan_items_initiative",
            "plan_id",
            "initiative_id",
            unique=True,
            postgresql_where=text("state = 'kept' and initiative_id is not null"),
        ),
        CheckConstraint("number between 1 and 30000 and revision >= 1", name="number"),
        CheckConstraint(
            "(kind = 'goal') = (title_ar is not null) and (kind = 'indicator') = (indicator_id is not null)"
            " and (kind = 'initiative') = (initiative_id is not null)"
            " and (kind = 'goal' or num_nonnulls(title_en, priority_id) = 0)",
            name="shape",
        ),
        CheckConstraint(
            "(state = 'dropped') = (dropped_at is not null) and (state = 'dropped') = (drop_reason is not null)",
            name="dropped",
        ),
        Index(
            "ix_plan_items_initiative_id",
            "initiative_id",
            postgresql_where=text("initiative_id is not null"),
        ),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    entity_id: Mapped[EntityRef]
    plan_id: Mapped[uuid.UUID]
    number: Mapped[int] = mapped_column(SmallInteger)
    kind: Mapped[str]
    title_ar: Mapped[str | None]
    title_en: Mapped[str | None]
    priority_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("priorities.id"))
    indicator_id: Mapped[uuid.UUID | None]
    initiative_id: Mapped[uuid.UUID | None]
    note: Mapped[str | None]
    state: Mapped[str]
    drop_reason: Mapped[str | None]
    dropped_by_id: Mapped[UserRef | None]
    dropped_at: Mapped[datetime | None]
    edited_by: Mapped[list[uuid.UUID]]
    revision: Mapped[int] = mapped_column(server_default=text("1"))


class PlanCheck(Base):
    """One answer of quality control about one item (Guide P-6). Never changed: the latest of a question counts, and
    only of the item's present revision, while what it names says the same: `seen` is the hash of that."""

    __tablename__ = "plan_checks"
    __table_args__ = (
        one_of("question", Question),
        ForeignKeyConstraint(["plan_id", "entity_id"], ["plans.id", "plans.entity_id"]),
        ForeignKeyConstraint(["item_id", "plan_id"], ["plan_items.id", "plan_items.plan_id"]),
        CheckConstraint("passed or remark is not null", name="remark"),
        CheckConstraint("octet_length(seen) = 32", name="seen"),
        Index("ix_plan_checks_item_id", "item_id", "question", text("id desc")),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    entity_id: Mapped[EntityRef]
    plan_id: Mapped[uuid.UUID]
    item_id: Mapped[uuid.UUID]
    revision: Mapped[int]
    seen: Mapped[bytes]
    question: Mapped[str]
    passed: Mapped[bool]
    remark: Mapped[str | None]
    checked_by_id: Mapped[UserRef]
    checked_at: Mapped[datetime]


class JobPlanLink(Base):
    """How many employees of a division have the plan's indicators in their job plans, in one half of the year: counts
    alone, nobody's name (Guide P-11)."""

    __tablename__ = "job_plan_links"
    __table_args__ = (
        UniqueConstraint("plan_id", "division_id", "half"),
        ForeignKeyConstraint(["plan_id", "entity_id"], ["plans.id", "plans.entity_id"]),
        ForeignKeyConstraint(["division_id", "entity_id"], ["divisions.id", "divisions.entity_id"]),
        CheckConstraint("half in (1, 2)", name="half"),
        CheckConstraint("staff between 1 and 1000000 and linked between 0 and staff", name="counts"),
        CheckConstraint("(verified_by_id is null) = (verified_at is null)", name="verified"),
        CheckConstraint("verified_by_id <> recorded_by_id", name="verified_by_another"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    entity_id: Mapped[EntityRef]
    plan_id: Mapped[uuid.UUID]
    division_id: Mapped[uuid.UUID]
    half: Mapped[int] = mapped_column(SmallInteger)
    staff: Mapped[int]
    linked: Mapped[int]
    remark: Mapped[str | None]
    recorded_by_id: Mapped[UserRef]
    recorded_at: Mapped[datetime]
    verified_by_id: Mapped[UserRef | None]
    verified_at: Mapped[datetime | None]
