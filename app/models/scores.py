"""Scores kept with each approved figure, and where each indicator stands (docs/kpi-arithmetic.md)."""

import uuid
from datetime import date, datetime

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Numeric,
    SmallInteger,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.enums import Light, Scope, TargetKind
from app.models.base import Base, EntityRef, one_of


class Score(Base):
    """What an approved revision of a figure comes to, by the version of the definition that it keeps.

    `progress` and `on_track` are percent, uncapped. `expected_*`: what was expected by the end of the period, in
    the indicator's unit and in places; `target_*`: which target it is held against; `mean`: what is scored
    where that asks for the average of a window. `counted`: it may be where the indicator stands, since it is
    neither restricted nor a forecast. `published`, `known_from`: as of the result.
    """

    __tablename__ = "scores"
    __table_args__ = (
        one_of("light", Light),
        one_of("target_kind", TargetKind),
        ForeignKeyConstraint(["result_id", "entity_id"], ["results.id", "results.entity_id"]),
        ForeignKeyConstraint(
            ["definition_id", "indicator_id"], ["definitions.id", "definitions.indicator_id"]
        ),
        ForeignKeyConstraint(["indicator_id", "entity_id"], ["indicators.id", "indicators.entity_id"]),
        CheckConstraint("(light = 'grey') = (on_track is null)", name="assessed"),
        CheckConstraint("(target_year is null) = (target_kind is null)", name="target"),
        Index("ix_scores_indicator_id_period_end", "indicator_id", "period_end"),
        Index("ix_scores_average", "indicator_id", postgresql_where=text("target_kind = 'average'")),
    )

    result_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    indicator_id: Mapped[uuid.UUID]
    entity_id: Mapped[EntityRef]
    definition_id: Mapped[uuid.UUID]
    period_start: Mapped[date]
    period_end: Mapped[date]
    revision: Mapped[int]
    known_from: Mapped[datetime]
    published: Mapped[bool]
    counted: Mapped[bool]
    progress: Mapped[object | None] = mapped_column(Numeric)
    on_track: Mapped[object | None] = mapped_column(Numeric)
    light: Mapped[str]
    expected_value: Mapped[object | None] = mapped_column(Numeric)
    expected_rank: Mapped[object | None] = mapped_column(Numeric)
    target_year: Mapped[int | None] = mapped_column(SmallInteger)
    target_kind: Mapped[str | None]
    mean: Mapped[object | None] = mapped_column(Numeric)


class Standing(Base):
    """Where an indicator stands: the score of its latest figure, and of the one of the period before.

    There is one among all approved figures (`internal`, without the restricted) and one among the published.
    """

    __tablename__ = "standings"
    __table_args__ = (
        one_of("scope", Scope),
        one_of("light", Light),
        one_of("target_kind", TargetKind),
        ForeignKeyConstraint(["indicator_id", "entity_id"], ["indicators.id", "indicators.entity_id"]),
    )

    indicator_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    scope: Mapped[str] = mapped_column(primary_key=True)
    entity_id: Mapped[EntityRef]
    result_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("scores.result_id"))
    period_start: Mapped[date]
    period_end: Mapped[date]
    progress: Mapped[object | None] = mapped_column(Numeric)
    on_track: Mapped[object | None] = mapped_column(Numeric)
    light: Mapped[str]
    target_kind: Mapped[str | None]
    before_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("scores.result_id"))
    before_progress: Mapped[object | None] = mapped_column(Numeric)
    before_on_track: Mapped[object | None] = mapped_column(Numeric)
    before_light: Mapped[str | None]
