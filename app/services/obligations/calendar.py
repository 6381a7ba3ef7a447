"""A year of what is due, ready to be drawn: holidays, weekends, and each indicator's periods."""

import json
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import Date, Text, bindparam, cast, func, literal_column, select
from sqlalchemy.sql.selectable import FromClause

from app.db import Lane, Query
from app.models import Division, Holiday
from app.parties import Actor
from app.services import sql
from app.services.calendar import rules as days
from app.services.documents import Document
from app.services.obligations import queries, rules
from app.services.obligations import state as standing
from app.services.obligations.queries import ENTITY, FIGURE, INDICATOR, OWED

MOST = 500
"""Indicators in one calendar."""

EARLIEST = 2014
"""The first year that had one weekend throughout: Friday and Saturday."""

_h: FromClause = Holiday.__table__
_FIRST, _LAST = bindparam("first", type_=Date), bindparam("last", type_=Date)


@dataclass(frozen=True)
class CalendarFilter:
    """What a calendar is narrowed to. `mine`: what the person is to enter."""

    entity_id: UUID | None = None
    division_id: UUID | None = None
    mine: bool | None = None


async def year(lane: Lane, actor: Actor, number: int, asked: CalendarFilter, now: datetime) -> Document:
    """The calendar of a year, from EARLIEST on. Raises TooManyIndicators beyond MOST of them."""
    given = {name: value for name, value in asdict(asked).items() if value is not None}
    first, last = date(number, 1, 1), date(number, 12, 31)
    span = {"first": first, "last": last}
    row = await lane.row(_query(frozenset(given)), {**queries.params(actor, now), **given, **span})
    if row is None:  # aggregates without a group answer one row
        raise RuntimeError("the calendar cannot be read")
    if row["count"] > MOST:
        raise rules.TooManyIndicators()
    week = (first + timedelta(days=offset) for offset in range(7))
    said = {"year": number, "weekend": sorted(day.isoweekday() for day in week if days.is_weekend(day))}
    body = f'{json.dumps(said)[:-1]},"holidays":{row["holidays"]},"indicators":{row["indicators"]}}}'
    # Drawn for this day, it has no version of its own: it is 1, and the hash of the body tells a change.
    return Document(body.encode(), version=1)


@lru_cache(maxsize=16)
def _query(given: frozenset[str]) -> Query:
    period = sql.obj(
        obligation_id=OWED.c.id,
        period=OWED.c.period,
        period_start=OWED.c.period_start,
        period_end=OWED.c.period_end,
        opens_on=OWED.c.opens_on,
        due_on=OWED.c.due_on,
        late_until=OWED.c.late_until,
        closes_on=OWED.c.closes_on,
        state=standing.state(OWED, FIGURE),
        closed=standing.closed(OWED),
    )
    shown = (
        select(
            INDICATOR.c.id,
            INDICATOR.c.code,
            sql.obj(
                indicator=sql.ref(INDICATOR),
                entity=sql.ref(ENTITY),
                division=sql.ref_by_id(Division.__table__, INDICATOR.c.division_id),
                periods=sql.listed(period, OWED.c.due_on, OWED.c.id),
            ).label("item"),
        )
        .select_from(queries.joined())
        .where(
            queries.visible(OWED),
            OWED.c.opens_on <= _LAST,
            OWED.c.closes_on >= _FIRST,
            *queries.narrowed(given),
        )
        .group_by(INDICATOR.c.id, ENTITY.c.id)
        .limit(literal_column(str(MOST + 1)))
        .subquery("shown")
    )
    holiday = sql.obj(day=_h.c.day, name_ar=_h.c.name_ar, name_en=_h.c.name_en, estimated=_h.c.estimated)
    holidays: Any = (
        select(cast(sql.listed(holiday, _h.c.day), Text))
        .where(_h.c.day.between(_FIRST, _LAST), _h.c.cancelled_at.is_(None))
        .scalar_subquery()
    )
    return Query(
        lambda: select(
            holidays.label("holidays"),
            func.count().label("count"),
            cast(sql.listed(shown.c.item, shown.c.code, shown.c.id), Text).label("indicators"),
        ).select_from(shown)
    )
