"""Definitions: the versions of how an indicator is computed and what it is to reach (Guide I-6, I-7)."""

import uuid
from datetime import datetime

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Numeric,
    SmallInteger,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.enums import Aggregation, DefinitionState, TargetKind
from app.models.base import Base, EntityRef, Flag, Persons, SubjectId, UserRef, Version, one_of


class Definition(Base):
    """One version. It can change only while it is a draft; a trigger holds that too. Results keep the
    version that was in force when they began.

    `green_at`, `amber_at`: percent on track from which the light is green or amber. `tolerance`: how far
    beyond a target to be kept the score falls to zero, in the indicator's unit.
    """

    __tablename__ = "definitions"
    __table_args__ = (
        one_of("state", DefinitionState),
        one_of("aggregation", Aggregation),
        UniqueConstraint("indicator_id", "number"),
        UniqueConstraint("id", "indicator_id"),
        ForeignKeyConstraint(["indicator_id", "entity_id"], ["indicators.id", "indicators.entity_id"]),
        ForeignKeyConstraint(["id", "entity_id"], ["subjects.id", "subjects.entity_id"]),
        Index(
            "uq_definitions_one_open",
            "indicator_id",
            unique=True,
            postgresql_where=text("state in ('draft', 'submitted', 'confirmed')"),
        ),
        Index(
            "uq_definitions_one_active",
            "indicator_id",
            unique=True,
            postgresql_where=text("state = 'active'"),
        ),
        CheckConstraint("number >= 1", name="number"),
        CheckConstraint("decimals between 0 and 10", name="decimals"),
        CheckConstraint("amber_at >= 0 and amber_at <= green_at and green_at <= 1000", name="thresholds"),
        CheckConstraint("tolerance > 0 and tolerance < 'Infinity'", name="tolerance"),
        CheckConstraint("baseline_value > '-Infinity' and baseline_value < 'Infinity'", name="finite"),
        CheckConstraint(
            "confirmed_by_id is null or not (confirmed_by_id = any(edited_by))", name="confirmed"
        ),
        CheckConstraint(
            "activated_by_id is null or "
            "(not (activated_by_id = any(edited_by)) and activated_by_id is distinct from confirmed_by_id)",
            name="activated",
        ),
        Index("ix_definitions_entity_id_state", "entity_id", "state"),
    )

    id: Mapped[SubjectId]
    indicator_id: Mapped[uuid.UUID]
    entity_id: Mapped[EntityRef]
    number: Mapped[int]
    state: Mapped[str]
    version: Mapped[Version]

    method_ar: Mapped[str | None]
    method_en: Mapped[str | None]
    formula_ar: Mapped[str | None]
    formula_en: Mapped[str | None]
    numerator_ar: Mapped[str | None]
    numerator_en: Mapped[str | None]
    denominator_ar: Mapped[str | None]
    denominator_en: Mapped[str | None]
    source: Mapped[str | None]
    decimals: Mapped[int] = mapped_column(SmallInteger)
    aggregation: Mapped[str]
    green_at: Mapped[object] = mapped_column(Numeric)
    amber_at: Mapped[object] = mapped_column(Numeric)
    tolerance: Mapped[object | None] = mapped_column(Numeric)
    baseline_value: Mapped[object | None] = mapped_column(Numeric)
    baseline_rank: Mapped[int | None]
    baseline_rank_of: Mapped[int | None]
    baseline_year: Mapped[int | None] = mapped_column(SmallInteger)
    reason: Mapped[str | None]

    edited_by: Mapped[Persons]
    controlled_by: Mapped[Persons]
    recorded_at: Mapped[datetime]
    drafted_by_id: Mapped[UserRef | None]
    submitted_by_id: Mapped[UserRef | None]
    submitted_at: Mapped[datetime | None]
    confirmed_by_id: Mapped[UserRef | None]
    confirmed_at: Mapped[datetime | None]
    activated_by_id: Mapped[UserRef | None]
    activated_at: Mapped[datetime | None]
    returned_by_id: Mapped[UserRef | None]
    returned_at: Mapped[datetime | None]
    return_reason: Mapped[str | None]
    exceptional: Mapped[Flag]


class Target(Base):
    """What an indicator is to reach in a year; `kind` says how the numbers are read.

    `value` is the target, or the lower end of a band or range; `value_max` the upper end. `outer_min` and
    `outer_max`: where the score of a band reaches zero.
    """

    __tablename__ = "targets"
    __table_args__ = (
        one_of("kind", TargetKind),
        CheckConstraint(
            "(value is null or (value > '-Infinity' and value < 'Infinity')) and "
            "(value_max is null or (value_max > '-Infinity' and value_max < 'Infinity')) and "
            "(outer_min is null or (outer_min > '-Infinity' and outer_min < 'Infinity')) and "
            "(outer_max is null or (outer_max > '-Infinity' and outer_max < 'Infinity'))",
            name="finite",
        ),
        CheckConstraint("(value is not null or rank is not null) = (kind <> 'blank')", name="something"),
        CheckConstraint("(kind in ('minimum_and_top_rank', 'top_rank')) = (rank is not null)", name="ranked"),
        CheckConstraint("(kind not in ('top_rank', 'blank')) = (value is not null)", name="valued"),
        CheckConstraint(
            "(kind in ('band', 'range')) = (value_max is not null) and value_max > value", name="ends"
        ),
        CheckConstraint(
            "(outer_min is null or (kind = 'band' and outer_min < value)) and "
            "(outer_max is null or (kind = 'band' and outer_max > value_max))",
            name="outer",
        ),
        CheckConstraint(
            "(kind = 'average') = (window_start is not null) and (kind = 'average') = (window_end is not null) "
            "and window_start <= window_end",
            name="window",
        ),
        CheckConstraint("rank >= 1", name="rank"),
    )

    definition_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("definitions.id"), primary_key=True)
    year: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    kind: Mapped[str]
    value: Mapped[object | None] = mapped_column(Numeric)
    value_max: Mapped[object | None] = mapped_column(Numeric)
    outer_min: Mapped[object | None] = mapped_column(Numeric)
    outer_max: Mapped[object | None] = mapped_column(Numeric)
    rank: Mapped[int | None]
    window_start: Mapped[int | None] = mapped_column(SmallInteger)
    window_end: Mapped[int | None] = mapped_column(SmallInteger)
    source: Mapped[str | None]
