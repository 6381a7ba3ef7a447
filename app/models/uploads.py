"""Uploads that come in pieces (tus): what has been received of a file that is not whole yet."""

import uuid
from datetime import datetime

from sqlalchemy import ARRAY, BigInteger, CheckConstraint, ForeignKeyConstraint, Index, Uuid, text
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, EntityRef, Id, UserRef


class Upload(Base):
    """A file on its way to a piece of evidence. `parts` lie in the file store, in this order; a finished upload
    has given them up. A tool of whoever sends, not a record: what it brought is the evidence's event."""

    __tablename__ = "uploads"
    __table_args__ = (
        ForeignKeyConstraint(["evidence_id", "entity_id"], ["evidence.id", "evidence.entity_id"]),
        CheckConstraint("length > 0 and received between 0 and length", name="received"),
        CheckConstraint("(received = length) = (finished_at is not null)", name="finished"),
        Index("ix_uploads_evidence_id", "evidence_id"),
        Index("ix_uploads_expires_at", "expires_at"),
    )

    id: Mapped[Id]
    evidence_id: Mapped[uuid.UUID]
    entity_id: Mapped[EntityRef]
    created_by_id: Mapped[UserRef]
    length: Mapped[int] = mapped_column(BigInteger)
    received: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    parts: Mapped[list[uuid.UUID]] = mapped_column(ARRAY(Uuid), server_default=text("'{}'::uuid[]"))
    metadata_: Mapped[str | None] = mapped_column("metadata")
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
