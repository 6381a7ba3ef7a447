"""Reopenings: a scoped, expiring leave to correct an approved result, or to enter one in a closed period."""

import uuid
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from app.enums import ReopeningState
from app.models.base import Base, EntityRef, SubjectId, UserRef, Version, one_of


class Reopening(Base):
    """Asked by the manager for one approved result or one closed period of an indicator; granted by UNIT or
    by the head; used once."""

    __tablename__ = "reopenings"
    __table_args__ = (
        one_of("state", ReopeningState),
        ForeignKeyConstraint(["id", "entity_id"], ["subjects.id", "subjects.entity_id"]),
        Index(
            "uq_reopenings_one_asked",
            "result_id",
            unique=True,
            postgresql_where=text("state = 'asked'"),
        ),
        Index(
            "uq_reopenings_one_asked_of_a_period",
            "obligation_id",
            unique=True,
            postgresql_where=text("state = 'asked'"),
        ),
        CheckConstraint("num_nonnulls(result_id, obligation_id) = 1", name="scope"),
        Index("ix_reopenings_entity_id", "entity_id"),
        Index("ix_reopenings_result_id", "result_id"),
        Index("ix_reopenings_obligation_id", "obligation_id"),
    )

    id: Mapped[SubjectId]
    entity_id: Mapped[EntityRef]
    result_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("results.id"))
    obligation_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("obligations.id"))
    grantor: Mapped[str]
    state: Mapped[str]
    reason: Mapped[str]
    asked_by_id: Mapped[UserRef]
    asked_at: Mapped[datetime]
    expires_on: Mapped[date]
    decided_by_id: Mapped[UserRef | None]
    decided_at: Mapped[datetime | None]
    decision_reason: Mapped[str | None]
    decision_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("decisions.id"))
    version: Mapped[Version]
