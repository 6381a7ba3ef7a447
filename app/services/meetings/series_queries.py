"""Every select of series of meetings, always through their one visibility rule."""

from dataclasses import asdict, dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Date,
    Integer,
    Text,
    Uuid,
    bindparam,
    func,
    literal_column,
    select,
    tuple_,
)
from sqlalchemy.sql.selectable import FromClause

from app.db import Lane, Query
from app.enums.meetings import SeriesState, WithWhom
from app.models import Entity
from app.parties import Actor
from app.services import lifecycle, listing, sql
from app.services.documents import Document, with_actions
from app.services.meetings import columns, facts, rules
from app.services.meetings.facts import S
from app.services.meetings.visibility import series_visible

_e: FromClause = Entity.__table__
_joined = S.join(_e, _e.c.id == S.c.entity_id)


def _item() -> list[ColumnElement[Any]]:
    return [
        S.c.id,
        sql.ref(_e).label("entity"),
        *[S.c[name] for name in ("with_whom", "title_ar", "title_en", "every", "weekday", "month_day")],
        S.c.starts_on,
        S.c.ends_on,
        func.to_char(S.c.starts_at, literal_column("'HH24:MI'")).label("starts_at"),
        *[S.c[name] for name in ("minutes", "place", "link")],
        S.c.classification,
        S.c.state,
        S.c.version,
    ]


_ONE = Query(
    lambda: sql.as_json(
        select(
            *_item(),
            columns.meetings(S).label("meetings"),
            sql.person(S.c.made_by_id).label("made_by"),
            S.c.ended_at,
            *facts.series_columns(S),
        )
        .select_from(_joined)
        .where(S.c.id == facts.ID, series_visible(S)),
        *facts.SERIES_NAMES,
    )
)


async def one(lane: Lane, actor: Actor, series_id: UUID, now: datetime) -> Document | None:
    """One series with its meetings, and what the actor may do now."""
    row = await lane.row(_ONE, {**facts.params(actor, now), "id": series_id})
    if row is None:
        return None
    found = facts.of_series(row)
    actions = [
        transition.action
        for transition in rules.SERIES_TRANSITIONS
        if lifecycle.possible(actor, transition, found)
    ]
    return Document(with_actions(row["json"], actions), found.version)


@dataclass(frozen=True)
class SeriesFilter:
    """What a list of series is narrowed to."""

    entity_id: UUID | None = None
    with_whom: WithWhom | None = None
    state: SeriesState | None = None


@lru_cache(maxsize=32)
def _list(given: frozenset[str], *, after: bool) -> Query:
    types = {"entity_id": Uuid, "with_whom": Text, "state": Text}
    same = [S.c[name] == bindparam(name, type_=types[name]()) for name in sorted(given)]
    where = [series_visible(S), *same]
    if after:
        position = tuple_(bindparam("after_starts_on", type_=Date), bindparam("after_id", type_=Uuid))
        where.append(tuple_(S.c.starts_on, S.c.id) < position)
    page = (
        select(*_item())
        .select_from(_joined)
        .where(*where)
        .order_by(S.c.starts_on.desc(), S.c.id.desc())
        .limit(bindparam("count", type_=Integer))
    )
    return Query(lambda: sql.as_json(page, "starts_on", "id"))


async def many(
    lane: Lane, actor: Actor, asked: SeriesFilter, cursor: str | None, limit: int | None, now: datetime
) -> bytes:
    """A page of the series that the actor may see as JSON, the latest to begin first."""
    return await listing.page(
        lane,
        _list,
        asdict(asked),
        {"starts_on": date.fromisoformat, "id": UUID},
        cursor,
        limit,
        **facts.params(actor, now),
    )
