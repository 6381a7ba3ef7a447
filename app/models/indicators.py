"""Indicators and their targets (Guide I-1 to I-9)."""

import uuid

from sqlalchemy import (
    Boolean,
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
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import Text

from app.enums import Frequency, IndicatorLevel, Measure, Polarity, TargetKind
from app.models.base import Base, EntityRef, SubjectId, one_of


class Indicator(Base):
    """The definition of what is measured, its owner entity (Guide I-3) and the division in charge of it."""

    __tablename__ = "indicators"
    __table_args__ = (
        one_of("level", IndicatorLevel),
        one_of("polarity", Polarity),
        one_of("frequency", Frequency),
        one_of("measure", Measure),
        UniqueConstraint("id", "entity_id"),
        ForeignKeyConstraint(["division_id", "entity_id"], ["divisions.id", "divisions.entity_id"]),
        ForeignKeyConstraint(["id", "entity_id"], ["subjects.id", "subjects.entity_id"]),
        CheckConstraint("baseline_value > '-Infinity' and baseline_value < 'Infinity'", name="finite"),
        Index(
            "ix_indicators_search_key",
            "search_key",
            postgresql_using="gin",
            postgresql_ops={"search_key": "gin_trgm_ops"},
        ),
        Index("ix_indicators_sort_ar", "sort_ar", "id"),
        Index("ix_indicators_sort_en", "sort_en", "id"),
        Index("ix_indicators_entity_id", "entity_id"),
    )

    id: Mapped[SubjectId]
    code: Mapped[str] = mapped_column(unique=True)
    level: Mapped[str]
    in_scorecard: Mapped[bool] = mapped_column(Boolean)
    entity_id: Mapped[EntityRef]
    owner_assumed: Mapped[bool] = mapped_column(Boolean)
    division_id: Mapped[uuid.UUID | None]
    priority_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("priorities.id"))
    programme_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("programmes.id"))
    name_ar: Mapped[str]
    name_en: Mapped[str]
    name_ar_translated: Mapped[bool] = mapped_column(Boolean)
    publisher: Mapped[str | None]
    unit_ar: Mapped[str]
    unit_en: Mapped[str]
    polarity: Mapped[str]
    frequency: Mapped[str]
    measure: Mapped[str]
    decimals: Mapped[int] = mapped_column(SmallInteger)
    baseline_value: Mapped[object | None] = mapped_column(Numeric)
    baseline_rank: Mapped[int | None]
    baseline_rank_of: Mapped[int | None]
    baseline_year: Mapped[int | None] = mapped_column(SmallInteger)
    confidence: Mapped[str]
    verified: Mapped[bool] = mapped_column(Boolean)
    status: Mapped[str | None]
    source: Mapped[str]
    note: Mapped[str | None]
    version: Mapped[int] = mapped_column(server_default=text("1"))
    search_key: Mapped[str] = mapped_column(
        Computed("fold(code || ' ' || name_ar || ' ' || name_en)", persisted=True)
    )
    sort_ar: Mapped[str] = mapped_column(Text(collation="C"), Computed("sort_key(name_ar)", persisted=True))
    sort_en: Mapped[str] = mapped_column(Text(collation="C"), Computed("sort_key(name_en)", persisted=True))


class IndicatorTarget(Base):
    """What an indicator is to reach in a year; `kind` says how the numbers are read."""

    __tablename__ = "indicator_targets"
    __table_args__ = (
        one_of("kind", TargetKind),
        CheckConstraint(
            "(value is null or (value > '-Infinity' and value < 'Infinity')) and "
            "(value_max is null or (value_max > '-Infinity' and value_max < 'Infinity'))",
            name="finite",
        ),
        CheckConstraint("value is not null or rank is not null", name="something"),
    )

    indicator_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("indicators.id"), primary_key=True)
    year: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    kind: Mapped[str]
    value: Mapped[object | None] = mapped_column(Numeric)
    value_max: Mapped[object | None] = mapped_column(Numeric)
    rank: Mapped[int | None]
    window_start: Mapped[int | None] = mapped_column(SmallInteger)
    window_end: Mapped[int | None] = mapped_column(SmallInteger)
    source: Mapped[str]
