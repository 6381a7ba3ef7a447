"""Mail: what is due for a person goes out as one mail, by attempts that are committed before anything is sent.

While a mail is sent its row is locked by the transaction that will say how it ended. A worker that is killed lets go
of the lock: the next one finds an attempt that nobody ended, calls it unknown, and sends under a new id. So every
notification goes out at least once, and no delivery twice.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import groupby
from uuid import UUID

import anyio
import structlog
from sqlalchemy import column, text

from app import clock, ids
from app.db import Database, Query, Row, Writer
from app.enums import Language, SubjectKind
from app.enums.notifications import DeliveryState, MailPace, MailState, Reason
from app.post import Post, Sender
from app.services.notifications import letters, rules, seeing, trouble
from app.services.notifications.letters import Receiver
from app.services.notifications.seeing import Note
from app.services.people import actor as actors

log = structlog.get_logger("worker")

BATCH = 2000
"""Notifications that are put into mails in one transaction."""

AT_ONCE = 4
"""Mails that one worker sends at the same time."""


def _query(sql: str, *columns: str) -> Query:
    return Query(lambda: text(sql).columns(*map(column, columns)))


_DUE = _query(
    """
    select n.id, n.person_id from notifications n
    where n.mail_id is null and n.mail_due_at <= cast(:now as timestamptz)
    order by n.mail_due_at, n.person_id limit cast(:batch as int)
    for update skip locked
    """,
    "id",
)
_PUT = _query(
    """
    with mail as (
        insert into mails (id, person_id, created_at, due_at, counted_from)
        select m.id, m.person_id, cast(:now as timestamptz), cast(:now as timestamptz), cast(:now as timestamptz)
        from unnest(cast(:mail_ids as uuid[]), cast(:people as uuid[])) as m (id, person_id)
        returning id
    )
    update notifications n set mail_id = p.mail_id
    from unnest(cast(:notification_ids as uuid[]), cast(:of_mails as uuid[])) as p (id, mail_id)
    where n.id = p.id and (select count(*) from mail) > 0
    returning n.id
    """,
    "id",
)
_CLAIM = _query(
    """
    select m.id, m.person_id, m.counted_from, u.email, u.name_ar, u.name_en, u.language, u.mail
    from mails m join users u on u.id = m.person_id
    where m.state = 'pending' and m.due_at <= cast(:now as timestamptz)
    order by m.due_at, m.id limit 1
    for no key update of m skip locked
    """,
    "id",
)
_UNKNOWN = _query(
    """
    update deliveries set state = 'unknown', ended_at = cast(:now as timestamptz)
    where mail_id = cast(:mail_id as uuid) and state = 'sending'
    """,
)
_TRIED = _query(
    """
    select count(*) as attempts, count(*) filter (where d.state = 'failed') as failures
    from deliveries d
    where d.mail_id = cast(:mail_id as uuid) and d.begun_at >= cast(:counted_from as timestamptz)
    """,
    "attempts",
)
_NOTES = _query(
    """
    select n.reason, s.kind, n.subject_id, n.entity_id, n.event_id, n.action, n.title_ar, n.title_en,
           n.period, n.due
    from notifications n join subjects s on s.id = n.subject_id
    where n.mail_id = cast(:mail_id as uuid) and n.read_at is null
    order by n.id
    """,
    "reason",
)
_BEGIN = _query(
    """
    insert into deliveries (id, mail_id, begun_at)
    values (cast(:id as uuid), cast(:mail_id as uuid), cast(:now as timestamptz))
    """,
)
_END_DELIVERY = _query(
    """
    update deliveries set state = cast(:state as text), ended_at = cast(:now as timestamptz),
           error = cast(:error as text)
    where id = cast(:id as uuid) and state = 'sending'
    """,
)
_END = _query(
    """
    update mails set state = cast(:state as text), error = cast(:error as text),
           due_at = coalesce(cast(:due_at as timestamptz), due_at),
           ended_at = case when cast(:state as text) <> 'pending' then cast(:now as timestamptz) end
    where id = cast(:mail_id as uuid)
    """,
)


async def mail_all(database: Database, post: Post, sender: Sender) -> int:
    """Send what is due, some mails at a time; answers how many were looked at. A mail that fails is tried again after
    a pause, and parked after the last try. Raises what the connection to the database does."""
    await _gather(database)
    done = 0

    async def one_after_the_other() -> None:
        nonlocal done
        while await _mail_one(database, post, sender):
            done += 1

    async with anyio.create_task_group() as tasks:
        for _ in range(AT_ONCE):
            tasks.start_soon(one_after_the_other)
    return done


async def _gather(database: Database) -> None:
    """Put what is due into mails, one for each person."""
    found = BATCH
    while found == BATCH:
        now = clock.now()
        async with seeing.everywhere(database) as lane:
            rows = sorted(
                await lane.rows(_DUE, {"now": now, "batch": BATCH}), key=lambda row: row["person_id"]
            )
            found = len(rows)
            if rows:
                await lane.rows(_PUT, _mails(rows, now))


def _mails(rows: Sequence[Row], now: datetime) -> dict[str, object]:
    mails = [(ids.new(), person, [row["id"] for row in group]) for person, group in groupby(rows, _person)]
    return {
        "now": now,
        "mail_ids": [mail_id for mail_id, _, _ in mails],
        "people": [person for _, person, _ in mails],
        "notification_ids": [each for _, _, group in mails for each in group],
        "of_mails": [mail_id for mail_id, _, group in mails for _ in group],
    }


def _person(row: Row) -> UUID:
    person: UUID = row["person_id"]
    return person


async def _mail_one(database: Database, post: Post, sender: Sender) -> bool:
    now = clock.now()
    async with database.writing() as lane:
        mail = await lane.row(_CLAIM, {"now": now})
        if mail is None:
            return False
        mail_id = mail["id"]
        await lane.rows(_UNKNOWN, {"mail_id": mail_id, "now": now})
        tried = await lane.row(_TRIED, {"mail_id": mail_id, "counted_from": mail["counted_from"]})
        attempts, failures = (tried["attempts"], tried["failures"]) if tried else (0, 0)
        if rules.gives_up(failures, attempts):
            await _end(lane, mail_id, MailState.PARKED, now, error="the worker ended each time")
            return True
        notes = await _notes(lane, mail, now)
        if not notes:
            await _end(lane, mail_id, MailState.DROPPED, now)
            return True
        delivery_id = ids.new()
        async with database.writing() as beside:  # on record before anything is sent
            await beside.rows(_BEGIN, {"id": delivery_id, "mail_id": mail_id, "now": now})
        receiver = Receiver(mail["email"], mail["name_ar"], mail["name_en"], Language(mail["language"]))
        try:
            await post.send(letters.letter(sender, receiver, notes, delivery_id, now))
        except Exception as fault:
            failures, ended = failures + 1, clock.now()
            error = trouble.said(fault)
            parked = rules.gives_up(failures, attempts + 1)
            log.error("mail_failed", mail_id=str(mail_id), failures=failures, parked=parked, fault=error)
            await _end_delivery(lane, delivery_id, DeliveryState.FAILED, ended, error)
            state = MailState.PARKED if parked else MailState.PENDING
            await _end(lane, mail_id, state, ended, error=error, again=rules.pause(failures))
        else:
            ended = clock.now()
            await _end_delivery(lane, delivery_id, DeliveryState.SENT, ended, None)
            await _end(lane, mail_id, MailState.SENT, ended)
            log.info("mailed", mail_id=str(mail_id), delivery_id=str(delivery_id), things=len(notes))
    return True


async def _notes(lane: Writer, mail: Row, now: datetime) -> list[Note]:
    """What the mail still has to say: not what was read, no longer waits, or may no longer be seen."""
    if mail["mail"] == MailPace.NONE:
        return []
    actor = await actors.told(lane, mail["person_id"], now)
    if actor is None:
        return []
    rows = await lane.rows(_NOTES, {"mail_id": mail["id"]})
    notes = [Note.of(row, Reason(row["reason"]), SubjectKind(row["kind"])) for row in rows]
    return await seeing.still(lane, actor, notes, now)


async def _end_delivery(
    lane: Writer, delivery_id: UUID, state: DeliveryState, now: datetime, error: str | None
) -> None:
    await lane.rows(_END_DELIVERY, {"id": delivery_id, "state": state.value, "now": now, "error": error})


async def _end(
    lane: Writer,
    mail_id: UUID,
    state: MailState,
    now: datetime,
    *,
    error: str | None = None,
    again: timedelta | None = None,
) -> None:
    await lane.rows(
        _END,
        {
            "mail_id": mail_id,
            "state": state.value,
            "now": now,
            "error": error,
            "due_at": None if again is None else now + again,
        },
    )
