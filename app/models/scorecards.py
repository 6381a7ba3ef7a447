"""Scorecards: which indicators an entity answers for in a year, and how much each counts (Guide I-5)."""

import uuid
from datetime import datetime
from typing import Any

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

from app.enums.scorecards import ScorecardState
from app.models.base import Base, EntityRef, Flag, Persons, SubjectId, UserRef, Version, one_of


class Scorecard(Base):
    """One version of the scorecard of an entity and year. Its lines change only while it is a draft; a trigger
    holds that too.

    `snapshot`: the lines with their targets as the head approved them. `reason`: why there is another version.
    """

    __tablename__ = "scorecards"
    __table_args__ = (
        one_of("state", ScorecardState),
        UniqueConstraint("id", "entity_id"),
        UniqueConstraint("entity_id", "year", "number"),
        ForeignKeyConstraint(["id", "entity_id"], ["subjects.id", "subjects.entity_id"]),
        ForeignKeyConstraint(["copied_from_id", "entity_id"], ["scorecards.id", "scorecards.entity_id"]),
        Index(
            "uq_scorecards_one_open",
            "entity_id",
            "year",
            unique=True,
            postgresql_where=text("state in ('draft', 'aligned', 'approved')"),
        ),
        Index(
            "uq_scorecards_one_in_force",
            "entity_id",
            "year",
            unique=True,
            postgresql_where=text("state = 'in_force'"),
        ),
        CheckConstraint("year between 2000 and 2100", name="year"),
        CheckConstraint("number >= 1", name="number"),
        CheckConstraint(
            "aligned_by_id is null or not (aligned_by_id = any(edited_by))", name="aligned_by_another"
        ),
        CheckConstraint(
            "approved_by_id is null or"
            " (not (approved_by_id = any(edited_by)) and (exceptional or approved_by_id is distinct from aligned_by_id))",
            name="approved_by_another",
        ),
        CheckConstraint(
            "agreed_by_id is null or (not (agreed_by_id = any(edited_by))"
            " and agreed_by_id is distinct from aligned_by_id and agreed_by_id is distinct from approved_by_id)",
            name="agreed_by_another",
        ),
        CheckConstraint(
            "(state in ('approved', 'in_force', 'superseded')) = (snapshot is not null)", name="snapshot"
        ),
    )

    id: Mapped[SubjectId]
    entity_id: Mapped[EntityRef]
    year: Mapped[int] = mapped_column(SmallInteger)
    number: Mapped[int]
    state: Mapped[str]
    note: Mapped[str | None]
    reason: Mapped[str | None]
    copied_from_id: Mapped[uuid.UUID | None]
    version: Mapped[Version]
    edited_by: Mapped[Persons]
    controlled_by: Mapped[Persons]
    drafted_by_id: Mapped[UserRef]
    drafted_at: Mapped[datetime]
    aligned_by_id: Mapped[UserRef | None]
    aligned_at: Mapped[datetime | None]
    approved_by_id: Mapped[UserRef | None]
    approved_at: Mapped[datetime | None]
    agreed_by_id: Mapped[UserRef | None]
    agreed_at: Mapped[datetime | None]
    returned_by_id: Mapped[UserRef | None]
    returned_at: Mapped[datetime | None]
    return_reason: Mapped[str | None]
    exceptional: Mapped[Flag]
    snapshot: Mapped[dict[str, Any] | None]


class ScorecardLine(Base):
    """An indicator of a scorecard. Its target is the one that `definition_id`, the version in force when the line
    was written, has of the scorecard's year: what a version in force says never changes. `weight` is percent."""

    __tablename__ = "scorecard_lines"
    __table_args__ = (
        ForeignKeyConstraint(["scorecard_id", "entity_id"], ["scorecards.id", "scorecards.entity_id"]),
        ForeignKeyConstraint(["indicator_id", "entity_id"], ["indicators.id", "indicators.entity_id"]),
        ForeignKeyConstraint(
            ["definition_id", "indicator_id"], ["definitions.id", "definitions.indicator_id"]
        ),
        CheckConstraint("weight > 0 and weight <= 100", name="weight"),
        CheckConstraint("rank between 1 and 200", name="rank"),
        UniqueConstraint("scorecard_id", "rank"),
        Index("ix_scorecard_lines_indicator_id", "indicator_id"),
    )

    scorecard_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    indicator_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    entity_id: Mapped[EntityRef]
    definition_id: Mapped[uuid.UUID]
    rank: Mapped[int] = mapped_column(SmallInteger)
    weight: Mapped[object] = mapped_column(Numeric)
    note: Mapped[str | None]
