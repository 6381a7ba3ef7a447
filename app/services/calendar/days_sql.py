"""Days of rest and what is due soon, in SQL."""

from typing import Any

from sqlalchemy import ColumnElement, Date, Integer, Select, cast, exists, func, literal_column, select
from sqlalchemy.sql.selectable import ScalarSelect

from app.models import Holiday
from app.services import sql

SOON = 5
"""Omani working days ahead of today that are soon: a week of work."""

_REACH = 60
"""Days among which there are as many, however long offices are closed."""


def is_weekend(day: ColumnElement[Any]) -> ColumnElement[bool]:
    """Whether a day is a Friday or a Saturday, the weekend since May 2013."""
    isodow = func.date_part(literal_column("'isodow'"), day)
    return isodow.in_([literal_column("5"), literal_column("6")])


def last_soon() -> ScalarSelect[Any]:
    """The last day that is soon: the working day that lies `SOON` working days after today, found once for a statement."""
    h = sql.alias(Holiday)
    series = func.generate_series(literal_column("1"), literal_column(str(_REACH)))
    ahead = series.table_valued("days", name="ahead").render_derived()
    day = sql.TODAY + cast(ahead.c.days, Integer)
    off: Select[Any] = select(literal_column("1")).where(h.c.day == day, h.c.cancelled_at.is_(None))
    return (
        select(cast(day, Date))
        .select_from(ahead)
        .where(~is_weekend(day), ~exists(off.correlate_except(h)))
        .order_by(ahead.c.days)
        .offset(literal_column(str(SOON - 1)))
        .limit(literal_column("1"))
        .scalar_subquery()
    )
