"""What holds for a time, [starts_at, ends_at): its state at the moment asked."""

from typing import Any

from sqlalchemy import ColumnElement, and_, case, or_
from sqlalchemy.sql.selectable import FromClause

from app.services import sql
from app.services.people import rules


def state(table: FromClause) -> ColumnElement[Any]:
    """Planned, in force or ended at `now`. What was ended before its start never begins."""
    ended = and_(
        table.c.ends_at.is_not(None),
        or_(table.c.ends_at <= sql.NOW, table.c.ends_at <= table.c.starts_at),
    )
    return case(
        (ended, sql.const(rules.ENDED)),
        (table.c.starts_at > sql.NOW, sql.const(rules.PLANNED)),
        else_=sql.const(rules.IN_FORCE),
    )
