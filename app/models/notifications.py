"""What people are told: the outbox of events, notifications, mails and each attempt to send one."""

import uuid
from datetime import date, datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    SmallInteger,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.enums.notifications import DeliveryState, MailState, Reason
from app.models.base import Base, Id, UserRef, one_of

_MADE_HERE = text("gen_random_uuid()")


class Outbox(Base):
    """An event of which somebody is still to be told: a tool of the worker, gone once they are.

    `attempts` were made in vain; `parked_at`: since when nobody tries any more.
    """

    __tablename__ = "outbox"
    __table_args__ = (
        UniqueConstraint("id"),
        Index("ix_outbox_due_at", "due_at", postgresql_where=text("parked_at is null")),
    )

    event_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("events.id"), primary_key=True)
    id: Mapped[uuid.UUID] = mapped_column(server_default=_MADE_HERE)
    due_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(SmallInteger, server_default=text("0"))
    error: Mapped[str | None]
    parked_at: Mapped[datetime | None]


class Notification(Base):
    """One person told of one event for one reason. `mail_due_at`: when it may go out by mail, if it is to;
    `mail_id`: the mail that it goes with."""

    __tablename__ = "notifications"
    __table_args__ = (
        one_of("reason", Reason),
        ForeignKeyConstraint(["subject_id", "entity_id"], ["subjects.id", "subjects.entity_id"]),
        UniqueConstraint("person_id", "event_id", "reason"),
        CheckConstraint("mail_id is null or mail_due_at is not null", name="mail"),
        Index("ix_notifications_person_id", "person_id", "id"),
        Index(
            "ix_notifications_mail_due_at",
            "mail_due_at",
            postgresql_where=text("mail_id is null and mail_due_at is not null"),
        ),
        Index("ix_notifications_mail_id", "mail_id"),
    )

    id: Mapped[Id]
    person_id: Mapped[UserRef]
    entity_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("entities.id"))
    subject_id: Mapped[uuid.UUID]
    event_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("events.id"))
    reason: Mapped[str]
    action: Mapped[str]
    title_ar: Mapped[str]
    title_en: Mapped[str]
    period: Mapped[str | None]
    due: Mapped[date | None]
    created_at: Mapped[datetime]
    read_at: Mapped[datetime | None]
    mail_due_at: Mapped[datetime | None]
    mail_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("mails.id"))


class Mail(Base):
    """What goes out to one person at one time: all that was due then. Attempts since `counted_from` count."""

    __tablename__ = "mails"
    __table_args__ = (
        one_of("state", MailState),
        CheckConstraint("(state = 'pending') = (ended_at is null)", name="ended"),
        Index("ix_mails_due_at", "due_at", postgresql_where=text("state = 'pending'")),
        Index("ix_mails_parked", "ended_at", postgresql_where=text("state = 'parked'")),
    )

    id: Mapped[Id]
    person_id: Mapped[UserRef]
    created_at: Mapped[datetime]
    due_at: Mapped[datetime]
    counted_from: Mapped[datetime]
    state: Mapped[str] = mapped_column(server_default=text("'pending'"))
    error: Mapped[str | None]
    ended_at: Mapped[datetime | None]


class Delivery(Base):
    """One attempt to send a mail, committed before anything is sent. Its id is that of the message, and is never
    used for another attempt."""

    __tablename__ = "deliveries"
    __table_args__ = (
        one_of("state", DeliveryState),
        CheckConstraint("(state = 'sending') = (ended_at is null)", name="ended"),
        Index("ix_deliveries_mail_id", "mail_id"),
    )

    id: Mapped[Id]
    mail_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("mails.id"))
    state: Mapped[str] = mapped_column(server_default=text("'sending'"))
    begun_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    error: Mapped[str | None]


class Chore(Base):
    """Work of the clock that failed when it was last done; gone once it succeeds."""

    __tablename__ = "chores"
    __table_args__ = (UniqueConstraint("id"),)

    name: Mapped[str] = mapped_column(primary_key=True)
    id: Mapped[uuid.UUID] = mapped_column(server_default=_MADE_HERE)
    attempts: Mapped[int] = mapped_column(SmallInteger)
    error: Mapped[str]
    failing_since: Mapped[datetime]
