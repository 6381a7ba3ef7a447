"""Which entities share a national programme (Guide N-2)."""

import uuid
from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, func, text
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, EntityRef, SubjectId, Version


class ProgrammeParticipant(Base):
    """One entity's part in one programme, from `joined_on` until the day before `left_on`. A subject of its own: its
    history is kept, and whoever returns begins another one."""

    __tablename__ = "programme_participants"
    __table_args__ = (
        ForeignKeyConstraint(["id", "entity_id"], ["subjects.id", "subjects.entity_id"]),
        CheckConstraint("left_on >= joined_on", name="interval"),
        ExcludeConstraint(
            ("programme_id", "="),
            ("entity_id", "="),
            (func.daterange(text("joined_on"), text("left_on")), "&&"),
            name="ex_programme_participants_once_at_a_time",
        ),
        Index("ix_programme_participants_entity_id", "entity_id"),
    )

    id: Mapped[SubjectId]
    programme_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("programmes.id"))
    entity_id: Mapped[EntityRef]
    joined_on: Mapped[date]
    left_on: Mapped[date | None]
    version: Mapped[Version]
