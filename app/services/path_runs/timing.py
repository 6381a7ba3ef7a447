"""Where a stage stands in time, in SQL: a matter of the moment that is asked about, never stored."""

from typing import Any

from sqlalchemy import ColumnElement, Integer, Text, and_, case, cast, func, literal_column, or_, select
from sqlalchemy.sql.selectable import FromClause
from sqlalchemy.types import Date

from app.enums.paths import StageState, StageTiming
from app.models import Holiday
from app.services import sql
from app.services.calendar import days_sql

_MUSCAT: ColumnElement[Any] = literal_column("'Asia/Muscat'")


def day(moment: ColumnElement[Any]) -> ColumnElement[Any]:
    """The calendar day of a moment in Oman."""
    return cast(func.timezone(_MUSCAT, moment), Date)


def of(s: FromClause) -> ColumnElement[Any]:
    """The timing (StageTiming) of the stage `s` on the day `today`. What has no due date is never late; what waits for
    an earlier group is late once its own day is past."""
    ended_late = day(s.c.ended_at) > s.c.due
    return case(
        (
            s.c.ended_at.is_not(None),
            case((ended_late, _word(StageTiming.ENDED_LATE)), else_=_word(StageTiming.ENDED_ON_TIME)),
        ),
        (s.c.due < sql.TODAY, _word(StageTiming.OVERDUE)),
        (s.c.state == sql.const(StageState.PENDING), _word(StageTiming.NOT_YET)),
        (s.c.due_from > sql.TODAY, _word(StageTiming.NOT_YET)),
        (s.c.due <= days_sql.last_soon(), _word(StageTiming.DUE_SOON)),
        else_=_word(StageTiming.ON_TIME),
    )


def is_overdue(s: FromClause) -> ColumnElement[bool]:
    """Whether the stage is open, and its day past."""
    return and_(s.c.state == sql.const(StageState.OPEN), s.c.due < sql.TODAY)


def is_due_soon(s: FromClause) -> ColumnElement[bool]:
    """Whether the stage is open, and due today or soon, its own first day not being ahead."""
    begun = or_(s.c.due_from.is_(None), s.c.due_from <= sql.TODAY)
    return and_(
        s.c.state == sql.const(StageState.OPEN), begun, s.c.due.between(sql.TODAY, days_sql.last_soon())
    )


def days_late(s: FromClause) -> ColumnElement[Any]:
    """Omani working days from the due date to the end of the stage `s`, or to today while it has not ended; 0 for what
    is in time or has no due date."""
    until = func.coalesce(day(s.c.ended_at), sql.TODAY)
    h = sql.alias(Holiday)
    off = (
        select(func.count())
        .where(h.c.day > s.c.due, h.c.day <= until, h.c.cancelled_at.is_(None), ~days_sql.is_weekend(h.c.day))
        .correlate_except(h)
        .scalar_subquery()
    )
    late = cast(_weekdays(until) - _weekdays(s.c.due) - off, Integer)
    return case((s.c.due < until, late), else_=literal_column("0", Integer))


def _weekdays(on: ColumnElement[Any]) -> ColumnElement[Any]:
    """Days that are neither Friday nor Saturday up to and with the day `on`, since the first Thursday of 1970: counted,
    not walked through. The weekend before May 2013 was another, but no path is walked so far back."""
    days = cast(on, Date) - literal_column("date '1970-01-01'", Date)
    fridays = (days + literal_column("6", Integer)) // literal_column("7", Integer)
    saturdays = (days + literal_column("5", Integer)) // literal_column("7", Integer)
    return days - fridays - saturdays


def _word(timing: StageTiming) -> ColumnElement[Any]:
    return sql.const(timing).cast(Text)
