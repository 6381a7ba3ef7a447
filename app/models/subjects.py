"""The common ground of every thing that can be decided, evidenced, assigned or awaited."""

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    SmallInteger,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import UserDefinedType

from app.enums import SubjectKind
from app.models.base import Base, Id, UserRef, one_of


class Xid8(UserDefinedType[int]):
    """PostgreSQL's 64-bit transaction id."""

    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:
        return "xid8"


class Subject(Base):
    """One row per thing, immutable. `entity_id` is empty for what belongs to no entity (a person)."""

    __tablename__ = "subjects"
    __table_args__ = (one_of("kind", SubjectKind), UniqueConstraint("id", "entity_id"))

    id: Mapped[Id]
    kind: Mapped[str]
    entity_id: Mapped[uuid.UUID | None] = mapped_column(index=True)
    created_at: Mapped[datetime]


class Event(Base):
    """One change of one subject, append-only. History, audit and feed are views of this table."""

    __tablename__ = "events"
    __table_args__ = (Index("ix_events_subject_id_id", "subject_id", "id"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    subject_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("subjects.id"))
    action: Mapped[str]
    from_state: Mapped[str | None]
    to_state: Mapped[str | None]
    actor_id: Mapped[UserRef | None]
    acting_for_id: Mapped[UserRef | None]
    service_account_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("service_accounts.id"))
    reason: Mapped[str | None]
    changes: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'::jsonb"))
    at: Mapped[datetime] = mapped_column(index=True)
    transaction_id: Mapped[int] = mapped_column(Xid8, server_default=text("pg_current_xact_id()"))
    position: Mapped[int | None] = mapped_column(BigInteger, unique=True)


class Wait(Base):
    """Whom a subject waits for: open while `closed_at` is empty, kept afterwards as a fact.

    `party` is a party key (see `parties.party_key`), `action` what the party is awaited to do,
    `rank` 0 for the party that the chain names first and 1, 2 ... for its substitutes.
    """

    __tablename__ = "waits"
    __table_args__ = (
        ForeignKeyConstraint(["subject_id", "entity_id"], ["subjects.id", "subjects.entity_id"]),
        Index("ix_waits_subject_id", "subject_id"),
        Index("ix_waits_open_party", "party", postgresql_where=text("closed_at is null")),
        Index("ix_waits_open_entity", "entity_id", postgresql_where=text("closed_at is null")),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    subject_id: Mapped[uuid.UUID]
    entity_id: Mapped[uuid.UUID]
    action: Mapped[str]
    party: Mapped[str]
    rank: Mapped[int] = mapped_column(SmallInteger)
    due: Mapped[date | None]
    opened_at: Mapped[datetime]
    opened_by_event: Mapped[int] = mapped_column(ForeignKey("events.id"))
    closed_at: Mapped[datetime | None]
    closed_by_event: Mapped[int | None] = mapped_column(ForeignKey("events.id"))
