"""Periodic evaluations of progress (Guide M-3)."""

import uuid
from datetime import date, datetime

from sqlalchemy import (
    CheckConstraint,
    ForeignKeyConstraint,
    Index,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped

from app.enums import Classification
from app.enums.evaluations import EvaluationRating, EvaluationState
from app.models.base import Base, EntityRef, Flag, SubjectId, UserRef, Version, one_of


class Evaluation(Base):
    """How the progress of a period is judged, of the entity as a whole or of one thing of it (Guide M-3).

    `edited_by`: who wrote it, and never approves it.
    """

    __tablename__ = "evaluations"
    __table_args__ = (
        one_of("rating", EvaluationRating),
        one_of("classification", Classification),
        one_of("state", EvaluationState),
        UniqueConstraint("id", "entity_id"),
        UniqueConstraint("entity_id", "code"),
        ForeignKeyConstraint(["id", "entity_id"], ["subjects.id", "subjects.entity_id"]),
        ForeignKeyConstraint(["about_id", "entity_id"], ["subjects.id", "subjects.entity_id"]),
        CheckConstraint("(about_id is null) = (about_kind is null)", name="about"),
        CheckConstraint("period_to >= period_from", name="period"),
        CheckConstraint(
            "num_nonnulls(ended_at, ended_by_id) = case state when 'draft' then 0 else 2 end", name="ended"
        ),
        CheckConstraint("(state = 'discarded') = (discard_reason is not null)", name="discarded"),
        Index("ix_evaluations_entity_id", "entity_id"),
        Index("ix_evaluations_about_id", "about_id"),
    )

    id: Mapped[SubjectId]
    entity_id: Mapped[EntityRef]
    code: Mapped[str]
    title: Mapped[str]
    period_from: Mapped[date]
    period_to: Mapped[date]
    about_id: Mapped[uuid.UUID | None]
    about_kind: Mapped[str | None]
    findings: Mapped[str]
    conclusion: Mapped[str]
    rating: Mapped[str]
    classification: Mapped[str]
    state: Mapped[str]
    drafted_by_id: Mapped[UserRef]
    drafted_at: Mapped[datetime]
    ended_by_id: Mapped[UserRef | None]
    ended_at: Mapped[datetime | None]
    discard_reason: Mapped[str | None]
    edited_by: Mapped[list[uuid.UUID]]
    exceptional: Mapped[Flag]
    version: Mapped[Version]
