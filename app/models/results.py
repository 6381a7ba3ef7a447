"""Results: each row is one revision of the figure of one indicator in one period (Guide D-2)."""

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Numeric,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.enums import ChainState, Classification, ObservationStatus
from app.models.base import Base, EntityRef, Flag, Persons, SubjectId, UserRef, Version, one_of


class Result(Base):
    """One revision. Its numbers can change only while it is a draft; a trigger holds that too.

    `parties_*` are the party keys of the chain's steps as the role plan named them when the revision
    began. `edited_by` are the persons who entered or edited it, `controlled_by` those who took a
    control step of the present round (four eyes). `evidence` is what stood as proof when it was approved, with
    the hashes of the files.
    """

    __tablename__ = "results"
    __table_args__ = (
        one_of("state", ChainState),
        one_of("classification", Classification),
        one_of("obs_status", ObservationStatus),
        UniqueConstraint("indicator_id", "period_start", "period_end", "revision"),
        UniqueConstraint("id", "entity_id"),
        ForeignKeyConstraint(
            ["definition_id", "indicator_id"], ["definitions.id", "definitions.indicator_id"]
        ),
        Index(
            "uq_results_one_open_revision",
            "indicator_id",
            "period_start",
            "period_end",
            unique=True,
            postgresql_where=text("state in ('draft', 'submitted', 'reviewed')"),
        ),
        ForeignKeyConstraint(["indicator_id", "entity_id"], ["indicators.id", "indicators.entity_id"]),
        ForeignKeyConstraint(["division_id", "entity_id"], ["divisions.id", "divisions.entity_id"]),
        ForeignKeyConstraint(["id", "entity_id"], ["subjects.id", "subjects.entity_id"]),
        ForeignKeyConstraint(["role_plan_id", "entity_id"], ["role_plans.id", "role_plans.entity_id"]),
        CheckConstraint("period_end >= period_start", name="period"),
        CheckConstraint("revision >= 1", name="revision"),
        CheckConstraint(
            "(value is null or (value > '-Infinity' and value < 'Infinity')) and "
            "(numerator is null or (numerator > '-Infinity' and numerator < 'Infinity')) and "
            "(denominator is null or (denominator > '-Infinity' and denominator < 'Infinity'))",
            name="finite",
        ),
        CheckConstraint("(numerator is null) = (denominator is null) and denominator <> 0", name="ratio"),
        CheckConstraint("rank >= 1 and (rank_of is null or rank_of >= rank)", name="rank"),
        CheckConstraint("rank_of is null or rank is not null", name="rank_of"),
        CheckConstraint(
            "(state = 'approved') = (approved_at is not null) and "
            "(state <> 'approved' or known_from is not null)",
            name="approved",
        ),
        CheckConstraint(
            "published_at is null or (state = 'approved' and classification <> 'restricted')",
            name="published",
        ),
        CheckConstraint("evidence is null or state = 'approved'", name="evidence"),
        CheckConstraint(
            "reviewed_by_id is null or not (reviewed_by_id = any(edited_by))", name="reviewed_by_another"
        ),
        CheckConstraint(
            "approved_by_id is null or "
            "(not (approved_by_id = any(edited_by)) and approved_by_id is distinct from reviewed_by_id)",
            name="approved_by_another",
        ),
        Index("ix_results_entity_id_state", "entity_id", "state"),
        Index("ix_results_list", text("period_end desc"), "id"),
        Index("ix_results_known_from", "indicator_id", "period_end", "known_from"),
        Index("ix_results_corrects_id", "corrects_id", postgresql_where=text("corrects_id is not null")),
    )

    id: Mapped[SubjectId]
    indicator_id: Mapped[uuid.UUID]
    entity_id: Mapped[EntityRef]
    definition_id: Mapped[uuid.UUID]
    division_id: Mapped[uuid.UUID | None]
    period: Mapped[str]
    period_start: Mapped[date]
    period_end: Mapped[date]
    revision: Mapped[int]
    corrects_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("results.id"))
    state: Mapped[str]
    classification: Mapped[str]
    version: Mapped[Version]

    value: Mapped[object | None] = mapped_column(Numeric)
    rank: Mapped[int | None]
    rank_of: Mapped[int | None]
    numerator: Mapped[object | None] = mapped_column(Numeric)
    denominator: Mapped[object | None] = mapped_column(Numeric)
    obs_status: Mapped[str]
    note: Mapped[str | None]

    role_plan_id: Mapped[uuid.UUID | None]
    parties_enter: Mapped[list[str]]
    parties_review: Mapped[list[str]]
    parties_approve: Mapped[list[str]]
    edited_by: Mapped[Persons]
    controlled_by: Mapped[Persons]

    recorded_at: Mapped[datetime]
    known_from: Mapped[datetime | None]
    entered_by_id: Mapped[UserRef | None]
    entered_at: Mapped[datetime | None]
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
    evidence: Mapped[list[Any] | None] = mapped_column(JSONB)
    published_at: Mapped[datetime | None]
    source_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("sources.id"))
