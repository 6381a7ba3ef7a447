"""Every select of what meetings decided, always through their one visibility rule."""

from dataclasses import asdict, dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Date, Integer, Text, Uuid, bindparam, select, tuple_
from sqlalchemy.sql.selectable import FromClause

from app.db import Lane, Query
from app.enums.meetings import MeetingDecisionState
from app.models import Entity
from app.parties import Actor
from app.services import lifecycle, listing, sql
from app.services.documents import Document, with_actions
from app.services.meetings import columns, facts, rules, subjects
from app.services.meetings.facts import D, M
from app.services.meetings.visibility import minutes_visible

_e: FromClause = Entity.__table__
_joined = D.join(M, M.c.id == D.c.meeting_id).join(_e, _e.c.id == D.c.entity_id)


def _item() -> list[ColumnElement[Any]]:
    meeting = sql.obj(
        id=M.c.id,
        code=M.c.code,
        title_ar=M.c.title_ar,
        title_en=M.c.title_en,
        starts_at=M.c.starts_at,
    )
    return [
        D.c.id,
        D.c.number,
        meeting.label("meeting"),
        sql.ref(_e).label("entity"),
        D.c.text,
        subjects.about(D).label("about"),
        D.c.decided_on,
        columns.state(D, M).label("state"),
        sql.person(D.c.recorded_by_id).label("recorded_by"),
        D.c.recorded_at,
        D.c.version,
    ]


_ONE = Query(
    lambda: sql.as_json(
        select(*_item(), *facts.decision_columns(D, M))
        .select_from(_joined)
        .where(D.c.id == facts.ID, minutes_visible(M)),
        *facts.DECISION_NAMES,
    )
)


async def one(lane: Lane, actor: Actor, decision_id: UUID, now: datetime) -> Document | None:
    """One decision, and what the actor may do now."""
    row = await lane.row(_ONE, {**facts.params(actor, now), "id": decision_id})
    if row is None:
        return None
    found = facts.of_decision(row)
    actions = [
        transition.action
        for transition in rules.DECISION_TRANSITIONS
        if lifecycle.possible(actor, transition, found)
    ]
    return Document(with_actions(row["json"], actions), found.version)


@dataclass(frozen=True)
class DecisionFilter:
    """What a list of decisions is narrowed to. `q`: words of the text."""

    entity_id: UUID | None = None
    meeting_id: UUID | None = None
    series_id: UUID | None = None
    about_id: UUID | None = None
    state: MeetingDecisionState | None = None
    q: str | None = None


@lru_cache(maxsize=64)
def _list(given: frozenset[str], *, after: bool) -> Query:
    conditions: dict[str, ColumnElement[bool]] = {
        **{
            name: D.c[name] == bindparam(name, type_=Uuid) for name in ("entity_id", "meeting_id", "about_id")
        },
        "series_id": M.c.series_id == bindparam("series_id", type_=Uuid),
        "state": columns.state(D, M) == bindparam("state", type_=Text),
        "q": sql.contains_words(D.c.search_key),
    }
    where = [minutes_visible(M), *[condition for name, condition in conditions.items() if name in given]]
    if after:
        position = tuple_(bindparam("after_decided_on", type_=Date), bindparam("after_id", type_=Uuid))
        where.append(tuple_(D.c.decided_on, D.c.id) < position)
    page = (
        select(*_item())
        .select_from(_joined)
        .where(*where)
        .order_by(D.c.decided_on.desc(), D.c.id.desc())
        .limit(bindparam("count", type_=Integer))
    )
    return Query(lambda: sql.as_json(page, "decided_on", "id"))


async def many(
    lane: Lane, actor: Actor, asked: DecisionFilter, cursor: str | None, limit: int | None, now: datetime
) -> bytes:
    """A page of the decisions that the actor may see as JSON, the latest first."""
    return await listing.page(
        lane,
        _list,
        asdict(asked),
        {"decided_on": date.fromisoformat, "id": UUID},
        cursor,
        limit,
        **facts.params(actor, now),
    )
