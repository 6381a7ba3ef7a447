"""Of what people are told because of the day. Reminders of what waits: some working days before it is due, on that day, and
once it is late; who is reminded, their inbox says. And what is overdue at the level below theirs. Once each, for each wait
and person. Each person is a transaction of its own, so requests are served meanwhile."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Date,
    DateTime,
    Integer,
    Select,
    bindparam,
    case,
    column,
    exists,
    literal_column,
    select,
    text,
)

from app import clock
from app.db import Compilable, Database, Query
from app.enums import SubjectKind
from app.enums.notifications import Reason
from app.models import Notification, Subject, Wait
from app.services import sql
from app.services.calendar import queries as calendar
from app.services.inbox import queries as inbox
from app.services.notifications import flagging, rules, seeing, telling
from app.services.notifications.seeing import Note
from app.services.people import actor as actors
from app.services.people import visibility

BATCH = 2000
"""Notifications of one transaction, which holds up nobody: what waits for a person is looked through once for each."""

_PEOPLE = Query(
    lambda: text(
        f"""
        with waiting as materialized (
            select w.party, w.action, w.subject_id, w.entity_id from waits w
            where w.closed_at is null and w.due <= cast(:soon as date)
              and w.opened_at < cast(:today_began as timestamptz)
        ),
        holders as ({telling.HOLDERS})
        select h.user_id from holders h join users u on u.id = h.user_id and u.is_active order by h.user_id
        """  # noqa: S608  # a constant of ours
    ).columns(column("user_id"))
)


def _untold(reason: ColumnElement[str]) -> ColumnElement[bool]:
    """The person was not told yet, for this reason, of what waits."""
    n, w = sql.alias(Notification), Wait.__table__
    told: Select[Any] = select(literal_column("1", Integer)).where(
        n.c.person_id == visibility.PERSON, n.c.event_id == w.c.opened_by_event, n.c.reason == reason
    )
    return ~exists(told)


def _due() -> Compilable:
    s = Subject.__table__

    def reason(due: ColumnElement[Any]) -> ColumnElement[str]:
        return case(
            (due < sql.TODAY, sql.const(Reason.LATE)),
            (due == sql.TODAY, sql.const(Reason.DUE_TODAY)),
            else_=sql.const(Reason.DUE_SOON),
        )

    return inbox.waiting(
        Wait.due <= bindparam("soon", type_=Date),
        # Who was told today that it waits is not reminded the same day.
        Wait.opened_at < bindparam("today_began", type_=DateTime(timezone=True)),
        _untold(reason(Wait.__table__.c.due)),
        more=lambda w: (reason(w.c.due).label("reason"), s.c.kind),
    ).limit(literal_column(str(BATCH)))


def _flagged() -> Compilable:
    reason = sql.const(Reason.FLAGGED)
    found = flagging.flagged(_untold(reason)).add_columns(reason.label("reason"))
    return found.limit(literal_column(str(BATCH)))


@dataclass(frozen=True)
class _Round:
    """Of what people are told: who may be meant, and of what one of them is, with `reason` and `kind`."""

    people: Query
    notes: Query


_ROUNDS = (_Round(_PEOPLE, Query(_due)), _Round(flagging.PEOPLE, Query(_flagged)))


async def remind(database: Database, *, mailing: bool) -> int:
    """Remind everybody of what is due, and flag what is overdue to the level above; answers how many were told of how much.
    A second run tells nobody. `mailing`: mail can go out."""
    now = clock.now()
    today = clock.day(now)
    async with database.reading() as reader:
        await reader.row(seeing.REACH, {})
        off = (await calendar.holidays(reader, today, today + rules.DIGEST_REACH)).days
        soon = rules.soon(today, off)
        asked = {"now": now, "today": today, "soon": soon, "today_began": rules.start_of(today)}
        meant = [(each, row["user_id"]) for each in _ROUNDS for row in await reader.rows(each.people, asked)]
    made = 0
    for each, person_id in meant:
        while True:
            found, new = await _tell_one(database, each, person_id, soon, now, mailing=mailing)
            made += new
            if found < BATCH:
                break
    return made


async def _tell_one(
    database: Database, each: _Round, person_id: UUID, soon: date, now: datetime, *, mailing: bool
) -> tuple[int, int]:
    """Of how much one person was to be told, and how much of it is new."""
    today = clock.day(now)
    async with database.writing() as lane:
        actor = await actors.told(lane, person_id, now)
        if actor is None:
            return 0, 0
        params = {**inbox.params(actor, now), "soon": soon, "today_began": rules.start_of(today)}
        notes = [
            (person_id, Note.of(row, Reason(row["reason"]), SubjectKind(row["kind"])))
            for row in await lane.rows(each.notes, params)
        ]
        return len(notes), await telling.insert(lane, notes, now, mailing=mailing)
