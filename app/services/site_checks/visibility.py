"""The one rule of which checks on the ground a person sees: those of the initiatives that they see."""

from sqlalchemy import ColumnElement
from sqlalchemy.sql.selectable import FromClause

from app.services.initiatives import visibility as initiatives


def visible(i: FromClause) -> ColumnElement[bool]:
    """`i`: the initiative of the check."""
    return initiatives.visible(i)
