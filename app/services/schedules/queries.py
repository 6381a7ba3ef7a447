"""Every select of schedules. Whoever sees an indicator sees how often it is measured."""

from datetime import date, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Date,
    Integer,
    Select,
    bindparam,
    exists,
    func,
    literal_column,
    select,
)
from sqlalchemy.sql.selectable import FromClause

from app import clock
from app.db import Compilable, Lane, Query
from app.enums import ChainState
from app.models import Obligation, Result, Schedule
from app.parties import Actor
from app.services import listing, sql
from app.services.documents import Document
from app.services.indicators import visibility as indicators
from app.services.obligations.periods import WINDOWS, Windows
from app.services.people import visibility
from app.services.schedules import rules

_s: FromClause = Schedule.__table__


def _items() -> Select[Any]:
    s, other = _s, _s.alias("other")
    in_force = (
        select(func.max(other.c.number))
        .where(other.c.indicator_id == s.c.indicator_id, other.c.starts_on <= sql.TODAY)
        .scalar_subquery()
    )
    return select(
        s.c.number,
        s.c.frequency,
        s.c.starts_on,
        *[s.c[name] for name in WINDOWS],
        s.c.reason,
        sql.person(s.c.set_by_id).label("set_by"),
        s.c.set_at,
        func.coalesce(s.c.number == in_force, literal_column("false")).label("in_force"),
    ).where(s.c.indicator_id == indicators.INDICATOR_ID)


_ONE = Query(lambda: sql.as_json(_items().where(_s.c.number == bindparam("number", type_=Integer))))


async def one(lane: Lane, indicator_id: UUID, number: int, version: int, now: datetime) -> Document | None:
    """One schedule. It is a part of its indicator and never changes: `version` is the indicator's."""
    row = await lane.row(_ONE, {"indicator_id": indicator_id, "number": number, "today": clock.day(now)})
    return None if row is None else Document(row["json"].encode(), version)


@lru_cache(maxsize=2)
def _list(_: frozenset[str], *, after: bool) -> Query:
    page = _items()
    if after:
        page = page.where(_s.c.number < bindparam("after_number", type_=BigInteger))
    page = page.order_by(_s.c.number.desc()).limit(bindparam("count", type_=Integer))
    return indicators.under(page, "number")


async def many(
    lane: Lane, actor: Actor, indicator_id: UUID, cursor: str | None, limit: int | None, now: datetime
) -> bytes:
    """A page of an indicator's schedules as JSON, the newest first. Raises NotFound."""
    return await listing.page(
        lane,
        _list,
        {"indicator_id": indicator_id},
        {"number": int},
        cursor,
        limit,
        below=True,
        **visibility.of(actor),
        today=clock.day(now),
    )


_NEWEST = Query(
    lambda: (
        select(_s.c.number, _s.c.frequency, _s.c.starts_on, *[_s.c[name] for name in WINDOWS])
        .where(_s.c.indicator_id == indicators.INDICATOR_ID)
        .order_by(_s.c.number.desc())
        .limit(literal_column("1"))
    )
)


async def newest(lane: Lane, indicator_id: UUID) -> tuple[int, rules.Schedule | None]:
    """The newest schedule of an indicator and its number; 0 and None where there is none."""
    row = await lane.row(_NEWEST, {"indicator_id": indicator_id})
    if row is None:
        return 0, None
    windows = Windows(*(row[name] for name in WINDOWS))
    return row["number"], rules.Schedule(row["frequency"], row["starts_on"], windows)


def _figures() -> Compilable:
    o, r = Obligation.__table__, Result.__table__
    found: Select[Any] = select(literal_column("1")).where(
        o.c.indicator_id == indicators.INDICATOR_ID,
        o.c.period_start >= bindparam("since", type_=Date),
        r.c.indicator_id == o.c.indicator_id,
        r.c.period_start == o.c.period_start,
        r.c.period_end == o.c.period_end,
        r.c.state != sql.const(ChainState.DISCARDED),
    )
    return select(exists(found).label("exist"))


_FIGURES = Query(_figures)


async def has_figures(lane: Lane, indicator_id: UUID, since: date) -> bool:
    """Whether anything is entered for an obligation whose period begins on `since` or later."""
    row = await lane.row(_FIGURES, {"indicator_id": indicator_id, "since": since})
    return row is not None and bool(row["exist"])
