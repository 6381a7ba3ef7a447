"""What a person may be told of: what waits for them as their inbox has it, what is overdue at the level below theirs, and
what their area shows them.

Each is asked in the person's own context of row-level security, when they are told and again when a mail goes out.
"""

from collections.abc import AsyncIterator, Collection, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ARRAY, BigInteger, Uuid, any_, bindparam, column, text

from app.db import Database, Lane, Query, Row, Writer
from app.enums import SubjectKind
from app.enums.notifications import Reason
from app.models import Wait
from app.parties import Actor
from app.services import loaders
from app.services.inbox import queries as inbox
from app.services.notifications import flagging

_SEEN = frozenset({Reason.TOLD, Reason.INVITED})
"""Why people are told of what does not wait for them: whether they may see it is all that counts."""

REACH = Query(
    lambda: text("select set_config('app.national', 'on', true) as national").columns(column("national"))
)
"""Lets the worker see the rows of every entity, until it looks as a person again."""


@asynccontextmanager
async def everywhere(database: Database) -> AsyncIterator[Writer]:
    """A transaction of the worker that sees the rows of every entity."""
    async with database.writing() as lane:
        await lane.row(REACH, {})
        yield lane


_OF_THESE = (
    Wait.subject_id == any_(bindparam("subject_ids", type_=ARRAY(Uuid))),
    Wait.opened_by_event == any_(bindparam("event_ids", type_=ARRAY(BigInteger))),
)
_WAITING = Query(lambda: inbox.waiting(*_OF_THESE))
_FLAGGED = Query(lambda: flagging.flagged(*_OF_THESE))


@dataclass(frozen=True, slots=True)
class Note:
    """One thing to tell one person: which event of it, why, and what is said. `action`: what is awaited of them, or
    was done."""

    reason: Reason
    kind: SubjectKind
    subject_id: UUID
    entity_id: UUID
    event_id: int
    action: str
    title_ar: str
    title_en: str
    period: str | None
    due: date | None

    @classmethod
    def of(cls, row: Row, reason: Reason, kind: SubjectKind) -> "Note":
        """What a row of `inbox.waiting`, or of the same columns, says."""
        names = ("subject_id", "entity_id", "event_id", "action", "title_ar", "title_en", "period", "due")
        return cls(reason, kind, **{name: row[name] for name in names})


async def waiting(
    lane: Lane, actor: Actor, subject_ids: Iterable[UUID], event_ids: Iterable[int], now: datetime
) -> Mapping[int, Row]:
    """What of these things waits for the person since one of these events, by the event."""
    return await _found(_WAITING, lane, actor, subject_ids, event_ids, now)


async def _found(
    query: Query,
    lane: Lane,
    actor: Actor,
    subject_ids: Iterable[UUID],
    event_ids: Iterable[int],
    now: datetime,
) -> Mapping[int, Row]:
    params = {
        **inbox.params(actor, now),
        "subject_ids": list(subject_ids),
        "event_ids": list(event_ids),
    }
    return {row["event_id"]: row for row in await lane.rows(query, params)}


async def sees(lane: Lane, actor: Actor, kind: SubjectKind, subject_id: UUID, now: datetime) -> bool:
    """Whether the person may see the thing now."""
    return await loaders.load(lane, actor, kind, subject_id, now) is not None


async def still(lane: Lane, actor: Actor, notes: Iterable[Note], now: datetime) -> list[Note]:
    """Of what the person was told, what still holds: it waits for them, until the day that they are reminded of; it is
    overdue at the level below; or they may see what was done."""
    notes = list(notes)

    async def found(query: Query, asked: Collection[Note]) -> Mapping[int, Row]:
        subject_ids, event_ids = {note.subject_id for note in asked}, {note.event_id for note in asked}
        return await _found(query, lane, actor, subject_ids, event_ids, now) if asked else {}

    flagged = await found(_FLAGGED, [note for note in notes if note.reason is Reason.FLAGGED])
    waits = await found(_WAITING, [note for note in notes if note.reason not in {*_SEEN, Reason.FLAGGED}])
    seen = {
        (kind, subject_id): await sees(lane, actor, kind, subject_id, now)
        for kind, subject_id in {(n.kind, n.subject_id) for n in notes if n.reason in _SEEN}
    }

    def holds(note: Note) -> bool:
        match note.reason:
            case Reason.TOLD | Reason.INVITED:
                return seen[note.kind, note.subject_id]
            case Reason.FLAGGED:
                return note.event_id in flagged
            case Reason.AWAITED:
                return note.event_id in waits
        row = waits.get(note.event_id)
        return row is not None and bool(row["due"] == note.due)

    return [note for note in notes if holds(note)]
