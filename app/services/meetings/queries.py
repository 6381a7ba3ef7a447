"""Every select of meetings, always through their one visibility rule."""

from dataclasses import asdict, dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Date,
    DateTime,
    Integer,
    Text,
    Uuid,
    and_,
    bindparam,
    case,
    exists,
    literal_column,
    or_,
    select,
    tuple_,
)
from sqlalchemy.sql.selectable import FromClause

from app.db import Lane, Query
from app.enums.meetings import MeetingState, WithWhom
from app.models import AgendaItem, Entity, MeetingDecision
from app.parties import Actor
from app.services import lifecycle, listing, sql
from app.services.documents import Document, with_actions
from app.services.meetings import columns, facts, rules
from app.services.meetings.facts import M
from app.services.meetings.visibility import invited, minutes_told, nobody_left, visible
from app.services.path_runs import timing

_e: FromClause = Entity.__table__
_ONE_ROW: ColumnElement[int] = literal_column("1")


def awaiting() -> ColumnElement[Any]:
    """Open waits, and the head where four eyes leaves nobody who could confirm the minutes."""
    return sql.awaiting_or_head(
        M.c.id, nobody_left(M), action=sql.const(rules.CONFIRM.action), since=M.c.held_at
    )


def _item() -> list[ColumnElement[Any]]:
    return [
        M.c.id,
        M.c.code,
        sql.ref(_e).label("entity"),
        columns.series(M).label("series"),
        M.c.with_whom,
        M.c.title_ar,
        M.c.title_en,
        M.c.starts_at,
        M.c.ends_at,
        M.c.place,
        M.c.link,
        M.c.classification,
        M.c.state,
        invited(M).label("invited"),
        M.c.sequence,
        awaiting().label("awaiting"),
        M.c.version,
    ]


_joined = M.join(_e, _e.c.id == M.c.entity_id)
_ONE = Query(
    lambda: sql.as_json(
        select(
            *_item(),
            columns.people(M).label("people"),
            columns.agenda(M).label("agenda"),
            case((minutes_told(M), M.c.minutes)).label("minutes"),
            columns.decisions(M).label("decisions"),
            sql.person(M.c.planned_by_id).label("planned_by"),
            M.c.planned_at,
            M.c.held_at,
            sql.person(M.c.confirmed_by_id).label("confirmed_by"),
            M.c.confirmed_at,
            M.c.exceptional,
            M.c.cancelled_at,
            M.c.cancel_reason,
            *facts.fact_columns(M),
        )
        .select_from(_joined)
        .where(M.c.id == facts.ID, visible(M)),
        *facts.NAMES,
    )
)


async def one(lane: Lane, actor: Actor, meeting_id: UUID, now: datetime) -> Document | None:
    """One meeting: who is invited, its agenda, minutes and decisions, and what the actor may do now."""
    row = await lane.row(_ONE, {**facts.params(actor, now), "id": meeting_id})
    if row is None:
        return None
    found = facts.of(row)
    actions = [
        transition.action
        for transition in rules.TRANSITIONS
        if rules.open_now(transition, found.row, now) and lifecycle.possible(actor, transition, found)
    ]
    return Document(with_actions(row["json"], actions), found.version)


@dataclass(frozen=True)
class MeetingFilter:
    """What a list of meetings is narrowed to. `from_day`, `to_day`: days in Oman on which they begin; `about_id`: it stands
    on the agenda or was decided about; `mine`: the reader is invited."""

    entity_id: UUID | None = None
    series_id: UUID | None = None
    with_whom: WithWhom | None = None
    state: MeetingState | None = None
    from_day: date | None = None
    to_day: date | None = None
    about_id: UUID | None = None
    mine: bool | None = None
    q: str | None = None


def _speaks_of(about_id: ColumnElement[Any]) -> ColumnElement[bool]:
    a, d = sql.alias(AgendaItem), sql.alias(MeetingDecision)
    on_agenda = select(_ONE_ROW).where(a.c.meeting_id == M.c.id, a.c.about_id == about_id)
    decided = select(_ONE_ROW).where(d.c.meeting_id == M.c.id, d.c.about_id == about_id)
    return or_(exists(on_agenda.correlate(M)), and_(minutes_told(M), exists(decided.correlate(M))))


def _narrowed(given: frozenset[str]) -> list[ColumnElement[bool]]:
    same = {
        **dict.fromkeys(("entity_id", "series_id"), Uuid),
        **dict.fromkeys(("with_whom", "state"), Text),
    }
    conditions: dict[str, ColumnElement[bool]] = {
        **{name: M.c[name] == bindparam(name, type_=type_()) for name, type_ in same.items()},
        "from_day": timing.day(M.c.starts_at) >= bindparam("from_day", type_=Date),
        "to_day": timing.day(M.c.starts_at) <= bindparam("to_day", type_=Date),
        "about_id": _speaks_of(bindparam("about_id", type_=Uuid)),
        "mine": invited(M) == bindparam("mine", type_=Boolean),
        "q": sql.contains_words(M.c.search_key),
    }
    return [condition for name, condition in conditions.items() if name in given]


@lru_cache(maxsize=128)
def _list(given: frozenset[str], *, after: bool) -> Query:
    where = [visible(M), *_narrowed(given)]
    if after:
        position = tuple_(
            bindparam("after_starts_at", type_=DateTime(timezone=True)), bindparam("after_id", type_=Uuid)
        )
        where.append(tuple_(M.c.starts_at, M.c.id) < position)
    page = (
        select(*_item())
        .select_from(_joined)
        .where(*where)
        .order_by(M.c.starts_at.desc(), M.c.id.desc())
        .limit(bindparam("count", type_=Integer))
    )
    return Query(lambda: sql.as_json(page, "starts_at", "id"))


async def many(
    lane: Lane, actor: Actor, asked: MeetingFilter, cursor: str | None, limit: int | None, now: datetime
) -> bytes:
    """A page of the meetings that the actor may see as JSON, the latest to begin first."""
    return await listing.page(
        lane,
        _list,
        asdict(asked),
        {"starts_at": datetime.fromisoformat, "id": UUID},
        cursor,
        limit,
        **facts.params(actor, now),
    )
