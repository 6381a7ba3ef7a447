"""Indicators: what is measured, for whom, and how far its definition has come (Guide I-1 to I-9)."""

import uuid
from datetime import date

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Computed,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import Text

from app.enums import EnteredBy, Frequency, IndicatorLevel, IndicatorState, Measure, Polarity
from app.models.base import Base, EntityRef, SubjectId, Version, one_of


class Indicator(Base):
    """What identifies an indicator: never another thing under the same id. How it is computed and what it
    is to reach stands in its definitions, of which `definition_id` is the one in force.

    `shared`: true when other entities contribute, false when none does, null while nobody has said
    (Guide I-3). `frequency` is that of the schedule in force.
    """

    __tablename__ = "indicators"
    __table_args__ = (
        one_of("level", IndicatorLevel),
        one_of("state", IndicatorState),
        one_of("polarity", Polarity),
        one_of("frequency", Frequency),
        one_of("measure", Measure),
        one_of("entered_by", EnteredBy),
        UniqueConstraint("id", "entity_id"),
        ForeignKeyConstraint(["division_id", "entity_id"], ["divisions.id", "divisions.entity_id"]),
        ForeignKeyConstraint(["id", "entity_id"], ["subjects.id", "subjects.entity_id"]),
        ForeignKeyConstraint(
            ["definition_id", "id"],
            ["definitions.id", "definitions.indicator_id"],
            name="fk_indicators_definition_id_id",
            use_alter=True,
            deferrable=True,
            initially="DEFERRED",
        ),
        CheckConstraint("state = 'retired' or (state = 'draft') = (definition_id is null)", name="defined"),
        CheckConstraint("(state = 'retired') = (retired_on is not null)", name="retired"),
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
    state: Mapped[str]
    in_scorecard: Mapped[bool]
    entity_id: Mapped[EntityRef]
    owner_assumed: Mapped[bool]
    division_id: Mapped[uuid.UUID | None]
    priority_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("priorities.id"))
    programme_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("programmes.id"))
    definition_id: Mapped[uuid.UUID | None]
    name_ar: Mapped[str]
    name_en: Mapped[str]
    name_ar_translated: Mapped[bool]
    publisher: Mapped[str | None]
    unit_ar: Mapped[str]
    unit_en: Mapped[str]
    polarity: Mapped[str]
    frequency: Mapped[str]
    measure: Mapped[str]
    entered_by: Mapped[str]
    shared: Mapped[bool | None] = mapped_column(Boolean)
    confidence: Mapped[str | None]
    verified: Mapped[bool]
    status: Mapped[str | None]
    note: Mapped[str | None]
    retired_on: Mapped[date | None]
    version: Mapped[Version]
    search_key: Mapped[str] = mapped_column(
        Computed("fold(code || ' ' || name_ar || ' ' || name_en)", persisted=True)
    )
    sort_ar: Mapped[str] = mapped_column(Text(collation="C"), Computed("sort_key(name_ar)", persisted=True))
    sort_en: Mapped[str] = mapped_column(Text(collation="C"), Computed("sort_key(name_en)", persisted=True))
