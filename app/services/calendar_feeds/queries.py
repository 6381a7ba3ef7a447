"""Every select of calendar feeds: the meetings that a person is invited to or sees as their office, and what waits for
them with a day, as their inbox has it."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Date,
    DateTime,
    LargeBinary,
    Uuid,
    any_,
    bindparam,
    func,
    literal_column,
    or_,
    select,
)
from sqlalchemy.sql.selectable import FromClause

from app import clock
from app.db import Lane, Query, Row
from app.enums import Language
from app.models import CalendarFeed, Entity, Event, Meeting, User, Wait
from app.parties import Actor
from app.services import sql
from app.services.auth import rules as secrets
from app.services.documents import Document
from app.services.inbox import queries as inbox
from app.services.meetings.visibility import invited, visible
from app.services.people import actor as actors
from app.services.people import visibility

BEHIND, AHEAD = timedelta(days=30), timedelta(days=366)
"""How far back and ahead of today a feed reaches."""

MOST = 1000
"""Meetings, and things that are due, in one feed: those first that come first."""

_f: FromClause = CalendarFeed.__table__
_u: FromClause = User.__table__
_m: FromClause = Meeting.__table__
_e: FromClause = Entity.__table__

_OWN = Query(
    lambda: select(_f.c.made_at, _f.c.read_at).where(_f.c.person_id == bindparam("person_id", type_=Uuid))
)
_OWNER = Query(
    lambda: (
        select(_u.c.id, _u.c.language, _f.c.read_at)
        .select_from(_f.join(_u, _u.c.id == _f.c.person_id))
        .where(_f.c.token_hash == bindparam("token_hash", type_=LargeBinary), _u.c.is_active)
    )
)
_LIMIT: ColumnElement[int] = literal_column(str(MOST))


def _meetings() -> Query:
    v = sql.alias(Event)
    changed = select(func.max(v.c.at)).where(v.c.subject_id == _m.c.id).scalar_subquery()
    office = _m.c.entity_id == any_(visibility.OFFICE)
    return Query(
        lambda: (
            select(
                _m.c.id,
                _m.c.title_ar,
                _m.c.title_en,
                _m.c.starts_at,
                _m.c.ends_at,
                _m.c.place,
                _m.c.link,
                _m.c.state,
                _m.c.sequence,
                changed.label("changed_at"),
                _e.c.name_ar,
                _e.c.name_en,
            )
            .select_from(_m.join(_e, _e.c.id == _m.c.entity_id))
            .where(
                _m.c.starts_at >= bindparam("since", type_=DateTime(timezone=True)),
                _m.c.starts_at < bindparam("until", type_=DateTime(timezone=True)),
                visible(_m),
                # UNIT may see every meeting with its team, and has those in its calendars that it is invited to.
                or_(invited(_m), office),
            )
            .order_by(_m.c.starts_at, _m.c.id)
            .limit(_LIMIT)
        )
    )


def _due() -> Query:
    waiting = inbox.waiting(
        Wait.due >= bindparam("since_day", type_=Date),
        Wait.due < bindparam("until_day", type_=Date),
        more=lambda w: (w.c.opened_at, _e.c.name_ar, _e.c.name_en),
    ).subquery("waiting")
    in_order = (waiting.c.due, waiting.c.subject_id, waiting.c.action)
    return Query(lambda: select(waiting).order_by(*in_order).limit(_LIMIT))


_MEETINGS, _DUE = _meetings(), _due()


@dataclass(frozen=True, slots=True)
class Contents:
    """What a feed shows its person, and in which language; `read_at`: when it is kept that a calendar read it before."""

    person_id: UUID
    read_at: datetime | None
    language: Language
    meetings: Sequence[Row]
    due: Sequence[Row]


async def own(lane: Lane, actor: Actor) -> Document:
    """Whether the person has a feed, since when, and when it was read last. It has no version of its own: it is 1."""
    row = await lane.row(_OWN, {"person_id": actor.person_id})
    said = {"active": row is not None, "made_at": None, "read_at": None}
    if row is not None:
        said |= {name: row[name] and row[name].isoformat() for name in ("made_at", "read_at")}
    return Document(json.dumps(said).encode(), version=1)


async def contents(lane: Lane, token: str, now: datetime) -> Contents | None:
    """What the person whose link this is may see at this moment; None for a token that is unknown or revoked, and
    for a person who is blocked. From here on the lane reads in their context of row-level security."""
    owner = await lane.row(_OWNER, {"token_hash": secrets.secret_hash(token)})
    actor = None if owner is None else await actors.told(lane, owner["id"], now)
    if owner is None or actor is None:
        return None
    today = clock.day(now)
    params = {
        **inbox.params(actor, now),
        "since": now - BEHIND,
        "until": now + AHEAD,
        "since_day": today - BEHIND,
        "until_day": today + AHEAD,
    }
    meetings, due = await lane.rows(_MEETINGS, params), await lane.rows(_DUE, params)
    return Contents(owner["id"], owner["read_at"], Language(owner["language"]), meetings, due)
