"""The secret links by which calendar programs read what a person is invited to and what is due of them."""

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base


class CalendarFeed(Base):
    """One person's link, kept as the SHA-256 of its token. `read_at`: when a calendar read it last, to the hour."""

    __tablename__ = "calendar_feeds"
    __table_args__ = (UniqueConstraint("token_hash"),)

    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"), primary_key=True)
    token_hash: Mapped[bytes] = mapped_column(LargeBinary)
    made_at: Mapped[datetime]
    read_at: Mapped[datetime | None]
