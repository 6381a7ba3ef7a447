"""The one rule of which indicators a person sees, and of what is listed under one."""

from typing import Any

from sqlalchemy import ColumnElement, Select, Uuid, any_, bindparam, exists, literal_column, or_, select, true
from sqlalchemy.sql.selectable import FromClause

from app.db import Query
from app.models import Contribution, Indicator
from app.services import sql
from app.services.contributions import parts
from app.services.definitions import visibility as definitions
from app.services.people import visibility

INDICATOR_ID = bindparam("indicator_id", type_=Uuid)
"""The indicator that something is listed under."""


def visible(i: FromClause) -> ColumnElement[bool]:
    """The catalogue to all; what was never in force to who works on its definition, and to the offices of the entities that
    are invited to contribute."""
    c = sql.alias(Contribution)
    invited: Select[Any] = select(literal_column("1")).where(
        c.c.indicator_id == i.c.id, parts.stands(c), c.c.contributor_id == any_(visibility.OFFICE)
    )
    return or_(i.c.definition_id.is_not(None), definitions.at_work(i), exists(invited))


def sees_approved(i: FromClause) -> ColumnElement[bool]:
    """Who sees what is approved of an indicator before it is published: the owner's people, both sides of a
    contribution, and UNIT."""
    return or_(
        i.c.entity_id == any_(visibility.ENTITIES),
        i.c.id == any_(visibility.SHARED),
        visibility.NATIONAL,
    )


def under(page: Select[Any], key: str) -> Query:
    """A page of what belongs to the indicator `indicator_id`, the highest `key` first, in one statement that
    also says whether the indicator is visible: no row when it is not, and one without an item when the page
    is empty."""
    i = sql.alias(Indicator, "below")
    items = sql.as_json(page, key).subquery("items")
    return Query(
        lambda: (
            select(*items.c)
            .select_from(i.outerjoin(items, true()))
            .where(i.c.id == INDICATOR_ID, visible(i))
            .order_by(items.c[key].desc())
        )
    )
