"""Reminders of what waits: some working days before it is due, on that day, and once it is late. Once each, for each
wait and person. Who is reminded, their inbox says; each person is a transaction of its own, so requests are served
meanwhile."""

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
from app.services.notifications import rules, seeing, telling
from app.services.notifications.seeing import Note
from app.services.people import actor as actors
from app.services.people import visibility

BATCH = 2000
"""Reminders of one transaction, which holds up nobody: what waits for a person is looked through once for each."""

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


def _due() -> Compilable:
    n, s, w = Notification.__table__.alias(), Subject.__table__, Wait.__table__

    def reason(due: ColumnElement[Any]) -> ColumnElement[str]:
        return case(
            (due < sql.TODAY, sql.const(Reason.LATE)),
            (due == sql.TODAY, sql.const(Reason.DUE_TODAY)),
            else_=sql.const(Reason.DUE_SOON),
        )

    told: Select[Any] = select(literal_column("1", Integer)).where(
        n.c.person_id == visibility.PERSON, n.c.event_id == w.c.opened_by_event, n.c.reason == reason(w.c.due)
    )
    return inbox.waiting(
        Wait.due <= bindparam("soon", type_=Date),
        # Who was told today that it waits is not reminded the same day.
        Wait.opened_at < bindparam("today_began", type_=DateTime(timezone=True)),
        ~exists(told),
        more=lambda w: (reason(w.c.due).label("reason"), s.c.kind),
    ).limit(literal_column(str(BATCH)))


_DUE = Query(_due)


async def remind(database: Database, *, mailing: bool) -> int:
    """Remind everybody of what is due; answers of how much. A second run reminds of nothing. `mailing`: mail can go out."""
    now = clock.now()
    today = clock.day(now)
    async with database.reading() as reader:
        await reader.row(seeing.REACH, {})
        off = (await calendar.holidays(reader, today, today + rules.DIGEST_REACH)).days
        soon = rules.soon(today, off)
        asked = {"now": now, "soon": soon, "today_began": rules.start_of(today)}
        people = [row["user_id"] for row in await reader.rows(_PEOPLE, asked)]
    made = 0
    for person_id in people:
        while True:
            found, new = await _remind_one(database, person_id, soon, now, mailing=mailing)
            made += new
            if found < BATCH:
                break
    return made


async def _remind_one(
    database: Database, person_id: UUID, soon: date, now: datetime, *, mailing: bool
) -> tuple[int, int]:
    """How many reminders of one person were due, and how many of them are new."""
    today = clock.day(now)
    async with database.writing() as lane:
        actor = await actors.told(lane, person_id, now)
        if actor is None:
            return 0, 0
        params = {**inbox.params(actor, now), "soon": soon, "today_began": rules.start_of(today)}
        notes = [
            (person_id, Note.of(row, Reason(row["reason"]), SubjectKind(row["kind"])))
            for row in await lane.rows(_DUE, params)
        ]
        return len(notes), await telling.insert(lane, notes, now, mailing=mailing)
