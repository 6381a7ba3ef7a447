"""Schedules and obligations: how often an indicator is measured, and what is due when (Guide D-2, D-5)."""

import uuid
from datetime import date, datetime

from sqlalchemy import (
    CheckConstraint,
    ForeignKeyConstraint,
    Index,
    SmallInteger,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.enums import Frequency
from app.models.base import Base, EntityRef, Id, SubjectId, UserRef, Version, one_of


class Schedule(Base):
    """How often an indicator is measured since `starts_on`, until the next schedule of it begins.

    The other numbers are Omani working days: `opens_after` and `due_after` the end of the period,
    `late_for` after the due day, `closes_after` after that.
    """

    __tablename__ = "schedules"
    __table_args__ = (
        one_of("frequency", Frequency),
        UniqueConstraint("indicator_id", "number"),
        UniqueConstraint("id", "indicator_id"),
        ForeignKeyConstraint(["indicator_id", "entity_id"], ["indicators.id", "indicators.entity_id"]),
        CheckConstraint(
            "opens_after >= 1 and due_after >= opens_after and late_for >= 0 and closes_after >= 0",
            name="windows",
        ),
    )

    id: Mapped[Id]
    indicator_id: Mapped[uuid.UUID]
    entity_id: Mapped[EntityRef]
    number: Mapped[int]
    frequency: Mapped[str]
    starts_on: Mapped[date]
    opens_after: Mapped[int] = mapped_column(SmallInteger)
    due_after: Mapped[int] = mapped_column(SmallInteger)
    late_for: Mapped[int] = mapped_column(SmallInteger)
    closes_after: Mapped[int] = mapped_column(SmallInteger)
    reason: Mapped[str | None]
    set_by_id: Mapped[UserRef | None]
    set_at: Mapped[datetime]


class Obligation(Base):
    """The figure of one indicator for one period, which somebody owes. Where it stands is derived from the
    dates and its result at the moment, never stored.

    `replaced_at`: another schedule took its place before anything was entered. `served_on`: the day in Oman on
    which the first final figure that is approved was handed in, a fact that is kept to spare looking at results;
    null tells nothing.
    """

    __tablename__ = "obligations"
    __table_args__ = (
        ForeignKeyConstraint(["id", "entity_id"], ["subjects.id", "subjects.entity_id"]),
        ForeignKeyConstraint(["indicator_id", "entity_id"], ["indicators.id", "indicators.entity_id"]),
        ForeignKeyConstraint(["schedule_id", "indicator_id"], ["schedules.id", "schedules.indicator_id"]),
        ExcludeConstraint(
            ("indicator_id", "="),
            (func.daterange(text("period_start"), text("period_end"), text("'[]'")), "&&"),
            where=text("replaced_at is null"),
            name="ex_obligations_one_at_a_time",
        ),
        CheckConstraint("period_end >= period_start", name="period"),
        CheckConstraint(
            "period_end < opens_on and opens_on <= due_on and due_on <= late_until and late_until <= closes_on",
            name="dates",
        ),
        CheckConstraint(
            "(excused_at is null) = (excused_by_id is null) and (excused_at is null) = (excuse is null)",
            name="excused",
        ),
        Index("ix_obligations_list", "due_on", "id", postgresql_where=text("replaced_at is null")),
        Index("ix_obligations_entity_id_due_on", "entity_id", "due_on"),
        Index("ix_obligations_indicator_id_period_end", "indicator_id", "period_end"),
        Index(
            "ix_obligations_unserved",
            "indicator_id",
            "late_until",
            postgresql_where=text("served_on is null and replaced_at is null and excused_at is null"),
        ),
    )

    id: Mapped[SubjectId]
    entity_id: Mapped[EntityRef]
    indicator_id: Mapped[uuid.UUID]
    schedule_id: Mapped[uuid.UUID]
    period: Mapped[str]
    period_start: Mapped[date]
    period_end: Mapped[date]
    opens_on: Mapped[date]
    due_on: Mapped[date]
    late_until: Mapped[date]
    closes_on: Mapped[date]
    replaced_at: Mapped[datetime | None]
    excused_at: Mapped[datetime | None]
    excused_by_id: Mapped[UserRef | None]
    excuse: Mapped[str | None]
    served_on: Mapped[date | None]
    version: Mapped[Version]
