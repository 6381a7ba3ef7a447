"""Contributions: what other entities add to an indicator by special indicators of their own (Guide I-3, I-4)."""

import uuid
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, Numeric, text
from sqlalchemy.orm import Mapped, mapped_column

from app.enums import ContributionState
from app.models.base import Base, EntityRef, SubjectId, UserRef, Version, one_of


class Contribution(Base):
    """One contributing entity of one indicator. `entity_id` is the owner's, `contributor_id` the other's.

    `weight`: percent of the indicator. `part_id`: the contributor's own special indicator.
    """

    __tablename__ = "contributions"
    __table_args__ = (
        one_of("state", ContributionState),
        ForeignKeyConstraint(["id", "entity_id"], ["subjects.id", "subjects.entity_id"]),
        ForeignKeyConstraint(["indicator_id", "entity_id"], ["indicators.id", "indicators.entity_id"]),
        ForeignKeyConstraint(["part_id", "contributor_id"], ["indicators.id", "indicators.entity_id"]),
        CheckConstraint("contributor_id <> entity_id", name="another_entity"),
        CheckConstraint("part_id <> indicator_id", name="another_indicator"),
        CheckConstraint("weight > 0 and weight <= 100", name="weight"),
        CheckConstraint("(state in ('accepted', 'left')) <= (part_id is not null)", name="part"),
        Index(
            "uq_contributions_one_standing",
            "indicator_id",
            "contributor_id",
            unique=True,
            postgresql_where=text("state in ('invited', 'accepted')"),
        ),
        Index(
            "uq_contributions_one_part",
            "indicator_id",
            "part_id",
            unique=True,
            postgresql_where=text("state = 'accepted'"),
        ),
        Index("ix_contributions_entity_id", "entity_id"),
        Index("ix_contributions_contributor_id", "contributor_id"),
        Index("ix_contributions_part_id", "part_id"),
    )

    id: Mapped[SubjectId]
    indicator_id: Mapped[uuid.UUID]
    entity_id: Mapped[EntityRef]
    contributor_id: Mapped[EntityRef]
    part_id: Mapped[uuid.UUID | None]
    weight: Mapped[object] = mapped_column(Numeric)
    state: Mapped[str]
    message: Mapped[str | None]
    invited_by_id: Mapped[UserRef]
    invited_at: Mapped[datetime]
    answered_by_id: Mapped[UserRef | None]
    answered_at: Mapped[datetime | None]
    ended_by_id: Mapped[UserRef | None]
    ended_at: Mapped[datetime | None]
    reason: Mapped[str | None]
    version: Mapped[Version]


class Absence(Base):
    """Why a contributor's part of a period is missing: with it the owner can certify the whole without it."""

    __tablename__ = "contribution_absences"
    __table_args__ = (CheckConstraint("period_end >= period_start", name="period"),)

    contribution_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("contributions.id"), primary_key=True)
    period_start: Mapped[date] = mapped_column(primary_key=True)
    period_end: Mapped[date] = mapped_column(primary_key=True)
    reason: Mapped[str]
    explained_by_id: Mapped[UserRef]
    explained_at: Mapped[datetime]


class ResultPart(Base):
    """A contributor's part of a certified result, as it stood at the approval: never changed.

    `part_result_id`: the approved figure; where there was none, `absence` says why.
    """

    __tablename__ = "result_parts"
    __table_args__ = (
        CheckConstraint("(part_result_id is null) = (absence is not null)", name="present_or_explained"),
        ForeignKeyConstraint(["result_id", "entity_id"], ["results.id", "results.entity_id"]),
    )

    result_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    contribution_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("contributions.id"), primary_key=True)
    entity_id: Mapped[EntityRef]
    contributor_id: Mapped[EntityRef]
    weight: Mapped[object] = mapped_column(Numeric)
    part_result_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("results.id"))
    absence: Mapped[str | None]
