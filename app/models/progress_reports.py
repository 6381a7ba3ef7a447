"""Progress reports: how far an initiative has come by a day, entered, reviewed and approved (Guide D-1, V-1)."""

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ForeignKeyConstraint,
    Index,
    Numeric,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.enums import ChainState
from app.models.base import Base, EntityRef, Flag, Persons, SubjectId, UserRef, Version, one_of


class ProgressReport(Base):
    """One report. `milestones`: [{number, percent}], how far each has come; `percent`: the whole by the weights of the
    milestones, or as `override_reason` explains. `correction_reason`: why it speaks of a day before the one approved
    last. `parties_*`, `edited_by`, `controlled_by` are read as of results."""

    __tablename__ = "progress_reports"
    __table_args__ = (
        one_of("state", ChainState),
        UniqueConstraint("id", "entity_id"),
        ForeignKeyConstraint(["id", "entity_id"], ["subjects.id", "subjects.entity_id"]),
        ForeignKeyConstraint(["initiative_id", "entity_id"], ["initiatives.id", "initiatives.entity_id"]),
        ForeignKeyConstraint(["role_plan_id", "entity_id"], ["role_plans.id", "role_plans.entity_id"]),
        Index(
            "uq_progress_reports_one_open",
            "initiative_id",
            unique=True,
            postgresql_where=text("state in ('draft', 'submitted', 'reviewed')"),
        ),
        Index("ix_progress_reports_initiative_id", "initiative_id", "as_of"),
        Index("ix_progress_reports_entity_id_state", "entity_id", "state"),
        CheckConstraint("percent between 0 and 100 and computed between 0 and 100", name="percent"),
        CheckConstraint("percent = computed or override_reason is not null", name="overridden"),
        CheckConstraint("(state = 'approved') = (approved_at is not null)", name="approved"),
        CheckConstraint(
            "reviewed_by_id is null or not (reviewed_by_id = any(edited_by))", name="reviewed_by_another"
        ),
        CheckConstraint(
            "approved_by_id is null or "
            "(not (approved_by_id = any(edited_by)) and approved_by_id is distinct from reviewed_by_id)",
            name="approved_by_another",
        ),
    )

    id: Mapped[SubjectId]
    entity_id: Mapped[EntityRef]
    initiative_id: Mapped[uuid.UUID]
    state: Mapped[str]
    version: Mapped[Version]
    as_of: Mapped[date]
    milestones: Mapped[list[Any]] = mapped_column(JSONB)
    computed: Mapped[object] = mapped_column(Numeric)
    percent: Mapped[object] = mapped_column(Numeric)
    override_reason: Mapped[str | None]
    correction_reason: Mapped[str | None]
    forecast_end: Mapped[date | None]
    note: Mapped[str | None]

    role_plan_id: Mapped[uuid.UUID | None]
    parties_enter: Mapped[list[str]]
    parties_review: Mapped[list[str]]
    parties_approve: Mapped[list[str]]
    edited_by: Mapped[Persons]
    controlled_by: Mapped[Persons]
    exceptional: Mapped[Flag]
    evidence: Mapped[list[Any] | None] = mapped_column(JSONB)
    recorded_at: Mapped[datetime]
    entered_by_id: Mapped[UserRef | None]
    submitted_by_id: Mapped[UserRef | None]
    submitted_at: Mapped[datetime | None]
    reviewed_by_id: Mapped[UserRef | None]
    reviewed_at: Mapped[datetime | None]
    approved_by_id: Mapped[UserRef | None]
    approved_at: Mapped[datetime | None]
    returned_by_id: Mapped[UserRef | None]
    returned_at: Mapped[datetime | None]
    return_reason: Mapped[str | None]
