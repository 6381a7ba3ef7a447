"""Series of meetings, meetings, who is invited, what is discussed, what is decided (Guide M-1, M-2, X-1)."""

import uuid
from datetime import date, datetime, time

from sqlalchemy import (
    CheckConstraint,
    Computed,
    ForeignKeyConstraint,
    Index,
    SmallInteger,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.enums import Classification
from app.enums.meetings import (
    Every,
    MeetingDecisionState,
    MeetingRole,
    MeetingState,
    SeriesState,
    Weekday,
    WithWhom,
)
from app.models.base import Base, EntityRef, Flag, SubjectId, UserRef, one_of

_FIRST = text("1")


class MeetingSeries(Base):
    """Meetings that come again until `ends_on`, each a row of its own in `meetings` from the beginning.

    `weekday`: of a weekly series; `month_day`: of a monthly or quarterly one, the last day of shorter months. What falls
    on a day of rest is met on the next working day. `starts_at`: in Oman's time; `minutes`: how long.
    """

    __tablename__ = "meeting_series"
    __table_args__ = (
        one_of("with_whom", WithWhom),
        one_of("every", Every),
        one_of("weekday", Weekday),
        one_of("classification", Classification),
        one_of("state", SeriesState),
        UniqueConstraint("id", "entity_id"),
        ForeignKeyConstraint(["id", "entity_id"], ["subjects.id", "subjects.entity_id"]),
        CheckConstraint(
            "case every when 'weekly' then weekday is not null and month_day is null"
            " else weekday is null and month_day is not null end",
            name="day_of_every",
        ),
        CheckConstraint("month_day between 1 and 31", name="month_day"),
        CheckConstraint("starts_on <= ends_on", name="forwards"),
        CheckConstraint("minutes between 15 and 480", name="minutes"),
        CheckConstraint("(state = 'ended') = (ended_at is not null)", name="ended"),
        Index("ix_meeting_series_entity_id", "entity_id"),
    )

    id: Mapped[SubjectId]
    entity_id: Mapped[EntityRef]
    with_whom: Mapped[str]
    title_ar: Mapped[str]
    title_en: Mapped[str]
    every: Mapped[str]
    weekday: Mapped[str | None]
    month_day: Mapped[int | None] = mapped_column(SmallInteger)
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    starts_at: Mapped[time]
    minutes: Mapped[int] = mapped_column(SmallInteger)
    place: Mapped[str | None]
    link: Mapped[str | None]
    classification: Mapped[str]
    state: Mapped[str]
    made_by_id: Mapped[UserRef]
    ended_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(server_default=_FIRST)


class Meeting(Base):
    """A meeting of the office.

    `sequence`: raised by each change of time, place, link or title and by its cancelling, for calendars that follow it.
    `edited_by`: who wrote its minutes, attendance or decisions, or brought evidence of it; they never confirm its minutes.
    """

    __tablename__ = "meetings"
    __table_args__ = (
        one_of("with_whom", WithWhom),
        one_of("state", MeetingState),
        one_of("classification", Classification),
        UniqueConstraint("id", "entity_id"),
        UniqueConstraint("entity_id", "code"),
        ForeignKeyConstraint(["id", "entity_id"], ["subjects.id", "subjects.entity_id"]),
        ForeignKeyConstraint(["series_id", "entity_id"], ["meeting_series.id", "meeting_series.entity_id"]),
        CheckConstraint(
            "starts_at < ends_at and ends_at <= starts_at + interval '24 hours'", name="forwards"
        ),
        CheckConstraint("sequence >= 0", name="sequence"),
        CheckConstraint(
            "(state in ('held', 'confirmed')) = (held_at is not null) and (held_at is not null or minutes is null)",
            name="held",
        ),
        CheckConstraint("held_at >= starts_at", name="not_before"),
        CheckConstraint(
            "case when state = 'confirmed' then num_nulls(confirmed_at, confirmed_by_id, minutes) = 0"
            " else num_nonnulls(confirmed_at, confirmed_by_id) = 0 end",
            name="confirmed",
        ),
        CheckConstraint(
            "num_nonnulls(cancelled_at, cancel_reason) = case when state = 'cancelled' then 2 else 0 end",
            name="cancelled",
        ),
        Index(
            "ix_meetings_search_key",
            "search_key",
            postgresql_using="gin",
            postgresql_ops={"search_key": "gin_trgm_ops"},
        ),
        Index("ix_meetings_entity_id", "entity_id", "starts_at"),
        Index("ix_meetings_series_id", "series_id"),
    )

    id: Mapped[SubjectId]
    entity_id: Mapped[EntityRef]
    code: Mapped[str]
    series_id: Mapped[uuid.UUID | None]
    with_whom: Mapped[str]
    title_ar: Mapped[str]
    title_en: Mapped[str]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    place: Mapped[str | None]
    link: Mapped[str | None]
    classification: Mapped[str]
    state: Mapped[str]
    sequence: Mapped[int] = mapped_column(server_default=text("0"))
    planned_by_id: Mapped[UserRef]
    planned_at: Mapped[datetime]
    held_at: Mapped[datetime | None]
    minutes: Mapped[str | None]
    confirmed_at: Mapped[datetime | None]
    confirmed_by_id: Mapped[UserRef | None]
    exceptional: Mapped[Flag]
    cancelled_at: Mapped[datetime | None]
    cancel_reason: Mapped[str | None]
    edited_by: Mapped[list[uuid.UUID]]
    version: Mapped[int] = mapped_column(server_default=_FIRST)
    search_key: Mapped[str] = mapped_column(
        Computed("fold(code || ' ' || title_ar || ' ' || title_en)", persisted=True)
    )


class MeetingPerson(Base):
    """Who is invited to a meeting: somebody who signs in, or an outsider by name and organisation. `attended`: null until
    it is recorded."""

    __tablename__ = "meeting_people"
    __table_args__ = (
        one_of("role", MeetingRole),
        ForeignKeyConstraint(["meeting_id", "entity_id"], ["meetings.id", "meetings.entity_id"]),
        CheckConstraint("number between 1 and 100", name="number"),
        CheckConstraint("num_nonnulls(user_id, name) = 1", name="who"),
        CheckConstraint("(name is null) = (organisation is null)", name="outsider"),
        Index("uq_meeting_people_once", "meeting_id", "user_id", unique=True),
        Index(
            "uq_meeting_people_one_of_role",
            "meeting_id",
            "role",
            unique=True,
            postgresql_where=text("role in ('chair', 'secretary')"),
        ),
        Index("ix_meeting_people_user_id", "user_id", "meeting_id"),
    )

    meeting_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    entity_id: Mapped[uuid.UUID]
    user_id: Mapped[UserRef | None]
    name: Mapped[str | None]
    organisation: Mapped[str | None]
    role: Mapped[str]
    attended: Mapped[bool | None]


class AgendaItem(Base):
    """What a meeting discusses, in this order."""

    __tablename__ = "agenda_items"
    __table_args__ = (
        ForeignKeyConstraint(["meeting_id", "entity_id"], ["meetings.id", "meetings.entity_id"]),
        ForeignKeyConstraint(["about_id", "entity_id"], ["subjects.id", "subjects.entity_id"]),
        CheckConstraint("number between 1 and 50", name="number"),
        Index("uq_agenda_items_once", "meeting_id", "about_id", unique=True),
        Index("ix_agenda_items_about_id", "about_id"),
    )

    meeting_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    entity_id: Mapped[uuid.UUID]
    title: Mapped[str]
    about_id: Mapped[uuid.UUID | None]


class MeetingDecision(Base):
    """What a meeting decided, and about what (Guide M-2)."""

    __tablename__ = "meeting_decisions"
    __table_args__ = (
        one_of("state", (MeetingDecisionState.RECORDED, MeetingDecisionState.WITHDRAWN)),
        UniqueConstraint("id", "entity_id"),
        UniqueConstraint("meeting_id", "number"),
        ForeignKeyConstraint(["id", "entity_id"], ["subjects.id", "subjects.entity_id"]),
        ForeignKeyConstraint(["meeting_id", "entity_id"], ["meetings.id", "meetings.entity_id"]),
        ForeignKeyConstraint(["about_id", "entity_id"], ["subjects.id", "subjects.entity_id"]),
        CheckConstraint("number between 1 and 100", name="number"),
        Index(
            "ix_meeting_decisions_search_key",
            "search_key",
            postgresql_using="gin",
            postgresql_ops={"search_key": "gin_trgm_ops"},
        ),
        Index("ix_meeting_decisions_entity_id", "entity_id"),
        Index("ix_meeting_decisions_about_id", "about_id"),
    )

    id: Mapped[SubjectId]
    entity_id: Mapped[EntityRef]
    meeting_id: Mapped[uuid.UUID]
    number: Mapped[int] = mapped_column(SmallInteger)
    text: Mapped[str]
    about_id: Mapped[uuid.UUID | None]
    decided_on: Mapped[date]
    state: Mapped[str]
    recorded_by_id: Mapped[UserRef]
    recorded_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(server_default=_FIRST)
    search_key: Mapped[str] = mapped_column(Computed("fold(text)", persisted=True))
