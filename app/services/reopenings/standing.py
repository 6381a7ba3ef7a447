"""When a leave still stands, in SQL. It lasts through its last day in Oman's calendar."""

from sqlalchemy import ColumnElement, and_, or_
from sqlalchemy.sql.selectable import FromClause

from app.enums import ReopeningState
from app.services import sql


def usable(opened: FromClause) -> ColumnElement[bool]:
    """Granted, not used up, and its last day has not passed."""
    return and_(opened.c.state == sql.const(ReopeningState.GRANTED), opened.c.expires_on >= sql.TODAY)


def stands(opened: FromClause) -> ColumnElement[bool]:
    """Usable, or asked for and still worth granting: no second one is asked for beside it."""
    return or_(
        usable(opened),
        and_(opened.c.state == sql.const(ReopeningState.ASKED), opened.c.expires_on >= sql.TODAY),
    )


def lapsed(opened: FromClause) -> ColumnElement[bool]:
    """Asked for, and its last day passed before anybody decided."""
    return and_(opened.c.state == sql.const(ReopeningState.ASKED), opened.c.expires_on < sql.TODAY)
