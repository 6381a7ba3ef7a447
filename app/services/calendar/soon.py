"""What is due soon, in SQL: within a week of work."""

from typing import Any

from sqlalchemy import ColumnElement, Date, Integer, Select, cast, exists, func, literal_column, select
from sqlalchemy.sql.selectable import ScalarSelect

from app.models import Holiday
from app.services import sql

SOON = 5
"""Omani working days ahead of today that are soon."""

_REACH = 60
"""Days among which there are as many, however long offices are closed."""


def last_day() -> ScalarSelect[Any]:
    """The last day that is soon: the working day that lies `SOON` working days after today, found once for a statement."""
    h = sql.alias(Holiday)
    series = func.generate_series(literal_column("1"), literal_column(str(_REACH)))
    ahead = series.table_valued("days", name="ahead").render_derived()
    day = sql.TODAY + cast(ahead.c.days, Integer)
    weekend: ColumnElement[Any] = func.date_part(literal_column("'isodow'"), day).in_(
        [literal_column("5"), literal_column("6")]
    )
    off: Select[Any] = select(literal_column("1")).where(h.c.day == day, h.c.cancelled_at.is_(None))
    return (
        select(cast(day, Date))
        .select_from(ahead)
        .where(~weekend, ~exists(off.correlate_except(h)))
        .order_by(ahead.c.days)
        .offset(literal_column(str(SOON - 1)))
        .limit(literal_column("1"))
        .scalar_subquery()
    )
