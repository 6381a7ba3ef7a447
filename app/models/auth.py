"""Sign-in: sessions, refresh tokens, invitations, service accounts, the brake on guessing."""

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, SmallInteger, text
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, EntityRef, Id, SubjectId, UserRef, Version


class Session(Base):
    """One sign-in. Its refresh tokens are a family: reuse of a spent one revokes the session."""

    __tablename__ = "sessions"
    __table_args__ = (Index("ix_sessions_user_id", "user_id"),)

    id: Mapped[Id]
    user_id: Mapped[UserRef]
    service_account_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("service_accounts.id"))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    revoked_because: Mapped[str | None]


class RefreshToken(Base):
    """An opaque refresh token, kept as its SHA-256; used once."""

    __tablename__ = "refresh_tokens"
    __table_args__ = (Index("ix_refresh_tokens_session_id", "session_id"),)

    token_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    session_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("sessions.id"))
    issued_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class Invitation(Base):
    """A one-time token with which a person sets a first or a new password; kept as its SHA-256."""

    __tablename__ = "invitations"
    __table_args__ = (Index("ix_invitations_user_id", "user_id"),)

    token_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    user_id: Mapped[UserRef]
    issued_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class ServiceAccount(Base):
    """A program that acts for its maker, with some of the maker's actions and never more."""

    __tablename__ = "service_accounts"
    __table_args__ = (
        CheckConstraint("cardinality(actions) > 0", name="actions"),
        Index("ix_service_accounts_maker_id", "maker_id"),
    )

    id: Mapped[SubjectId]
    maker_id: Mapped[UserRef]
    entity_id: Mapped[EntityRef | None]
    name: Mapped[str]
    secret_hash: Mapped[bytes] = mapped_column(LargeBinary)
    actions: Mapped[list[str]]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    version: Mapped[Version]


class SignInBrake(Base):
    """Failed sign-ins against one name or from one address. `key` is an HMAC: no name is kept."""

    __tablename__ = "sign_in_brakes"

    key: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    failures: Mapped[int]
    last_failure_at: Mapped[datetime]
    blocked_until: Mapped[datetime | None]


class IdempotencyKey(Base):
    """The answer that a request with an Idempotency-Key was given; kept 24 hours."""

    __tablename__ = "idempotency_keys"
    __table_args__ = (Index("ix_idempotency_keys_created_at", "created_at"),)

    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"), primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    request_hash: Mapped[bytes] = mapped_column(LargeBinary)
    status: Mapped[int] = mapped_column(SmallInteger)
    headers: Mapped[list[str]] = mapped_column(server_default=text("'{}'"))
    body: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime]
