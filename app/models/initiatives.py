"""Initiatives and projects: what is done, by whom, when, with what money, for which indicators (Guide N-1, N-8)."""

import uuid
from datetime import date, datetime

from sqlalchemy import (
    CheckConstraint,
    Computed,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Numeric,
    SmallInteger,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import Text

from app.enums import Classification
from app.enums.initiatives import BudgetAnswer, BudgetSource, InitiativeKind, InitiativeState, Sector
from app.models.base import Base, EntityRef, Flag, Persons, SubjectId, UserRef, Version, one_of

_sectors = ", ".join(f"'{sector.value}'" for sector in Sector)


class Initiative(Base):
    """One initiative, project, foresight initiative or simplification of an entity.

    `division_id`: the division that carries it out; `manager_id`: its project manager. `programme_weight`: how
    many times an ordinary initiative it counts in the national programme, null for once. `latest_*`: what the progress
    report approved last says. `baseline_*`: the dates as they were approved, which a later revision leaves alone.
    `edited_by` and `controlled_by`: who worked on it and who decided about it, for four eyes.
    """

    __tablename__ = "initiatives"
    __table_args__ = (
        one_of("kind", InitiativeKind),
        one_of("state", InitiativeState),
        one_of("classification", Classification),
        UniqueConstraint("entity_id", "code"),
        UniqueConstraint("id", "entity_id"),
        ForeignKeyConstraint(["id", "entity_id"], ["subjects.id", "subjects.entity_id"]),
        ForeignKeyConstraint(["division_id", "entity_id"], ["divisions.id", "divisions.entity_id"]),
        ForeignKeyConstraint(
            ["latest_report_id", "entity_id"],
            ["progress_reports.id", "progress_reports.entity_id"],
            name="fk_initiatives_latest_report_id_entity_id",
            use_alter=True,
        ),
        CheckConstraint(f"sectors <@ array[{_sectors}]", name="sectors"),
        CheckConstraint("ends_on >= starts_on and baseline_ends_on >= baseline_starts_on", name="dates"),
        CheckConstraint("people_count between 0 and 1000000", name="people_count"),
        CheckConstraint(
            "programme_weight is null or (programme_weight > 0 and programme_weight <= 100 and programme_id is not null)",
            name="programme_weight",
        ),
        CheckConstraint("latest_percent between 0 and 100", name="latest_percent"),
        CheckConstraint(
            "num_nonnulls(latest_report_id, latest_percent, latest_as_of) in (0, 3)", name="latest"
        ),
        CheckConstraint(
            "(state in ('draft', 'submitted', 'discarded') or approved_at is not null)"
            " and num_nonnulls(approved_at, baseline_starts_on, baseline_ends_on) in (0, 3)",
            name="approved",
        ),
        CheckConstraint("(state = 'closed') = (closed_at is not null)", name="closed"),
        CheckConstraint(
            "(state = 'stopped') = (stopped_at is not null) and (stopped_at is null) = (stop_reason is null)",
            name="stopped",
        ),
        Index("ix_initiatives_entity_id_state", "entity_id", "state"),
        Index("ix_initiatives_manager_id", "manager_id", postgresql_where=text("manager_id is not null")),
        Index(
            "ix_initiatives_programme_id", "programme_id", postgresql_where=text("programme_id is not null")
        ),
        Index(
            "ix_initiatives_search_key",
            "search_key",
            postgresql_using="gin",
            postgresql_ops={"search_key": "gin_trgm_ops"},
        ),
        Index("ix_initiatives_sort_ar", "sort_ar", "id"),
        Index("ix_initiatives_sort_en", "sort_en", "id"),
    )

    id: Mapped[SubjectId]
    entity_id: Mapped[EntityRef]
    code: Mapped[str]
    kind: Mapped[str]
    state: Mapped[str]
    classification: Mapped[str]
    version: Mapped[Version]
    name_ar: Mapped[str]
    name_en: Mapped[str]
    goal: Mapped[str]
    division_id: Mapped[uuid.UUID | None]
    manager_id: Mapped[UserRef | None]
    programme_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("programmes.id"))
    programme_weight: Mapped[object | None] = mapped_column(Numeric)
    sectors: Mapped[list[str]] = mapped_column(server_default=text("'{}'"))
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    baseline_starts_on: Mapped[date | None]
    baseline_ends_on: Mapped[date | None]
    people_count: Mapped[int | None]

    latest_report_id: Mapped[uuid.UUID | None]
    latest_percent: Mapped[object | None] = mapped_column(Numeric)
    latest_as_of: Mapped[date | None]
    latest_forecast_end: Mapped[date | None]

    edited_by: Mapped[Persons]
    controlled_by: Mapped[Persons]
    exceptional: Mapped[Flag]
    proposed_at: Mapped[datetime]
    proposed_by_id: Mapped[UserRef | None]
    submitted_at: Mapped[datetime | None]
    submitted_by_id: Mapped[UserRef | None]
    approved_at: Mapped[datetime | None]
    approved_by_id: Mapped[UserRef | None]
    returned_at: Mapped[datetime | None]
    returned_by_id: Mapped[UserRef | None]
    return_reason: Mapped[str | None]
    revised_at: Mapped[datetime | None]
    revised_by_id: Mapped[UserRef | None]
    closing_at: Mapped[datetime | None]
    closing_by_id: Mapped[UserRef | None]
    closed_at: Mapped[datetime | None]
    closed_by_id: Mapped[UserRef | None]
    stopped_at: Mapped[datetime | None]
    stopped_by_id: Mapped[UserRef | None]
    stop_reason: Mapped[str | None]

    search_key: Mapped[str] = mapped_column(
        Computed("fold(code || ' ' || name_ar || ' ' || name_en)", persisted=True)
    )
    sort_ar: Mapped[str] = mapped_column(Text(collation="C"), Computed("sort_key(name_ar)", persisted=True))
    sort_en: Mapped[str] = mapped_column(Text(collation="C"), Computed("sort_key(name_en)", persisted=True))


class Milestone(Base):
    """A step of an initiative, named by its number. `weight`: its percent of the whole. `acceptance`: what shows that
    it is reached. `depends_on`: numbers of the milestones that are reached before it."""

    __tablename__ = "milestones"
    __table_args__ = (
        ForeignKeyConstraint(["initiative_id", "entity_id"], ["initiatives.id", "initiatives.entity_id"]),
        CheckConstraint("number between 1 and 999", name="number"),
        CheckConstraint("weight >= 0 and weight <= 100", name="weight"),
        CheckConstraint("due_on >= starts_on", name="dates"),
        CheckConstraint("not (number = any (depends_on))", name="depends_on"),
    )

    initiative_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    entity_id: Mapped[EntityRef]
    title_ar: Mapped[str]
    title_en: Mapped[str | None]
    weight: Mapped[object] = mapped_column(Numeric)
    starts_on: Mapped[date]
    due_on: Mapped[date]
    acceptance: Mapped[str | None]
    depends_on: Mapped[list[int]] = mapped_column(ARRAY(SmallInteger), server_default=text("'{}'"))
    done_on: Mapped[date | None]


class MilestoneBaseline(Base):
    """A milestone's dates and weight as they were when the initiative was approved: never changed, so that what
    was planned stands beside what came of it."""

    __tablename__ = "milestone_baselines"
    __table_args__ = (
        ForeignKeyConstraint(["initiative_id", "entity_id"], ["initiatives.id", "initiatives.entity_id"]),
        CheckConstraint("weight >= 0 and weight <= 100", name="weight"),
        CheckConstraint("due_on >= starts_on", name="dates"),
    )

    initiative_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    entity_id: Mapped[EntityRef]
    weight: Mapped[object] = mapped_column(Numeric)
    starts_on: Mapped[date]
    due_on: Mapped[date]


class BudgetLine(Base):
    """The money of an initiative from one source in one year, in Omani rials (Guide N-4, P-10).

    `approved` is set where the answer is that it is granted, in whole or in part; `letter_number` is of the letter
    that answers. `overspent_reason`: why more was spent than approved.
    """

    __tablename__ = "budget_lines"
    __table_args__ = (
        one_of("source", BudgetSource),
        one_of("answer", BudgetAnswer),
        UniqueConstraint("initiative_id", "year", "source"),
        UniqueConstraint("id", "entity_id"),
        ForeignKeyConstraint(["initiative_id", "entity_id"], ["initiatives.id", "initiatives.entity_id"]),
        CheckConstraint("year between 2000 and 2100", name="year"),
        CheckConstraint(
            "requested >= 0 and requested < 1e15 and approved >= 0 and spent >= 0 and spent < 1e15",
            name="amounts",
        ),
        CheckConstraint("approved <= requested", name="within_requested"),
        CheckConstraint("spent <= coalesce(approved, 0) or overspent_reason is not null", name="overspent"),
        CheckConstraint(
            "(answer is not distinct from 'granted') = (approved is not null)"
            " and (answer is null) = (answered_on is null)",
            name="answered",
        ),
        Index("ix_budget_lines_entity_id_year", "entity_id", "year"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    entity_id: Mapped[EntityRef]
    initiative_id: Mapped[uuid.UUID]
    year: Mapped[int] = mapped_column(SmallInteger)
    source: Mapped[str]
    requested: Mapped[object] = mapped_column(Numeric(18, 3))
    approved: Mapped[object | None] = mapped_column(Numeric(18, 3))
    spent: Mapped[object | None] = mapped_column(Numeric(18, 3))
    overspent_reason: Mapped[str | None]
    answer: Mapped[str | None]
    answered_on: Mapped[date | None]
    letter_number: Mapped[str | None]
    note: Mapped[str | None]


class InitiativeEffect(Base):
    """What an initiative is to move an indicator by, in the indicator's unit, by the end of a year (Guide I-7)."""

    __tablename__ = "initiative_effects"
    __table_args__ = (
        ForeignKeyConstraint(["initiative_id", "entity_id"], ["initiatives.id", "initiatives.entity_id"]),
        CheckConstraint("expected > '-Infinity' and expected < 'Infinity'", name="finite"),
        CheckConstraint("by_year between 2000 and 2100", name="by_year"),
        Index("ix_initiative_effects_indicator_id", "indicator_id"),
    )

    initiative_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    indicator_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("indicators.id"), primary_key=True)
    entity_id: Mapped[EntityRef]
    expected: Mapped[object | None] = mapped_column(Numeric)
    by_year: Mapped[int | None] = mapped_column(SmallInteger)
    note: Mapped[str | None]
