"""The one rule of which checks on the ground a person sees: those of the initiatives that they see."""

from sqlalchemy import ColumnElement, any_, or_
from sqlalchemy.sql.selectable import FromClause

from app.services.initiatives import visibility as initiatives
from app.services.people import visibility


def visible(c: FromClause, i: FromClause) -> ColumnElement[bool]:
    """`i`: the initiative of the check `c`."""
    return or_(initiatives.visible(i), c.c.id == any_(visibility.ASSIGNED))
