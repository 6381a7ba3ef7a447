"""Whether the first figure of a period may be entered now (Guide D-2)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Date,
    Integer,
    Select,
    Uuid,
    and_,
    bindparam,
    exists,
    literal_column,
    select,
    true,
)
from sqlalchemy.sql.selectable import FromClause, ScalarSelect

from app import clock
from app.db import Compilable, Query, Writer
from app.enums import Frequency, IndicatorState
from app.models import Obligation, Reopening, Schedule
from app.parties import Facts
from app.services.obligations import periods, rules
from app.services.obligations.periods import Period
from app.services.reopenings import standing as leaves
from app.services.reopenings.rules import Leave
from app.services.results import rules as result_rules

_INDICATOR = bindparam("indicator_id", type_=Uuid)
_START, _END = bindparam("period_start", type_=Date), bindparam("period_end", type_=Date)
_ONE_ROW: ColumnElement[int] = literal_column("1", Integer)


@dataclass(frozen=True)
class Entry:
    """A period that may be entered, until when each step is due, and the leave that entering uses up."""

    period: Period
    due: Mapping[str, date]
    leave: Leave | None = None


def _query() -> Compilable:
    o, s, opened = Obligation.__table__, Schedule.__table__, Reopening.__table__
    # Held to the commit: a schedule that is set meanwhile waits, and then sees the figure.
    owed = (
        select(o.c.id, o.c.opens_on, o.c.due_on, o.c.closes_on)
        .where(
            o.c.indicator_id == _INDICATOR,
            o.c.period_start == _START,
            o.c.period_end == _END,
            o.c.replaced_at.is_(None),
        )
        .with_for_update(read=True)
        .cte("owed")
    )
    always = select(_ONE_ROW.label("one")).subquery("always")
    any_schedule: Select[Any] = select(_ONE_ROW).where(s.c.indicator_id == _INDICATOR)
    frequency = (
        select(s.c.frequency)
        .where(s.c.indicator_id == _INDICATOR, s.c.starts_on <= _START)
        .order_by(s.c.number.desc())
        .limit(_ONE_ROW)
        .scalar_subquery()
    )
    return (
        select(
            exists(any_schedule).label("scheduled"),
            frequency.label("frequency"),
            _period_at_the_end(o, latest=False).label("first"),
            _period_at_the_end(o, latest=True).label("last"),
            owed.c.id.label("id"),
            owed.c.opens_on,
            owed.c.due_on,
            owed.c.closes_on,
            opened.c.id.label("leave_id"),
            opened.c.version.label("leave_version"),
        )
        .select_from(
            always.outerjoin(owed, true()).outerjoin(
                opened, and_(opened.c.obligation_id == owed.c.id, leaves.usable(opened))
            )
        )
        .limit(_ONE_ROW)
    )


def _period_at_the_end(o: FromClause, *, latest: bool) -> ScalarSelect[str]:
    order = o.c.period_end.desc() if latest else o.c.period_end
    return (
        select(o.c.period)
        .where(o.c.indicator_id == _INDICATOR, o.c.replaced_at.is_(None))
        .order_by(order)
        .limit(_ONE_ROW)
        .scalar_subquery()
    )


_QUERY = Query(_query)


async def open_for(writer: Writer, indicator: Facts, code: str, obs_status: str, now: datetime) -> Entry:
    """The period `code` of the indicator, if a figure of this status may be entered in it.

    Of an indicator with a schedule it is one of its obligations; of one without, or of an irregular one, any
    period that fits the frequency. A retired one still takes what was due when it retired. Raises
    IndicatorNotActive, PeriodClosed, and Invalid at #/period.
    """
    if indicator.state == IndicatorState.DRAFT:
        raise result_rules.IndicatorNotActive()
    today = clock.day(now)
    period = periods.parse(code)
    row = await writer.row(
        _QUERY,
        {
            "indicator_id": indicator.id,
            "period_start": period.start,
            "period_end": period.end,
            "today": today,
        },
    )
    if row is None:  # the row is there always, whatever is joined to it
        raise RuntimeError("the obligation cannot be read")
    if row["id"] is None:
        if indicator.state == IndicatorState.RETIRED:
            raise result_rules.IndicatorNotActive()
        if row["scheduled"] and row["frequency"] != Frequency.IRREGULAR:
            raise rules.no_such_period(row["first"], row["last"])
        periods.fitting(code, row["frequency"] or indicator.row["frequency"])
        result_rules.check_period(period.start, period.end, obs_status, today)
        return Entry(period, {})
    result_rules.check_period(period.start, period.end, obs_status, today)
    rules.check_opened(row["opens_on"], obs_status, today)
    due = rules.dues(row["due_on"], row["closes_on"])
    if today <= row["closes_on"]:
        return Entry(period, due)
    if row["leave_id"] is None:
        raise rules.PeriodClosed()
    return Entry(period, due, Leave(row["leave_id"], row["leave_version"]))
