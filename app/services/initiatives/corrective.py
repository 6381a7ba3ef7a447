"""Whether anything is being done about an indicator that is far behind: an initiative in work that is to move it
(Guide I-7, I-8)."""

from typing import Any

from sqlalchemy import ColumnElement, Select, and_, any_, case, exists, literal_column, null, or_, select
from sqlalchemy.sql.selectable import FromClause

from app.enums import Light
from app.models import Initiative, InitiativeEffect
from app.services import sql
from app.services.initiatives import rules
from app.services.initiatives.visibility import visible
from app.services.people import visibility


def exists_for(i: FromClause) -> ColumnElement[bool]:
    """Whether the reader sees an initiative in work that is to move the indicator `i`; null for who is neither of its
    entity nor of UNIT, and so does not see what is in work there."""
    f, n = sql.alias(InitiativeEffect, "effect"), sql.alias(Initiative, "corrective")
    found: Select[Any] = (
        select(literal_column("1"))
        .select_from(f.join(n, n.c.id == f.c.initiative_id))
        .where(
            f.c.indicator_id == i.c.id,
            or_(*(n.c.state == sql.const(state) for state in sorted(rules.RUNNING))),
            visible(n),
        )
        .correlate(i)
    )
    at_home = or_(i.c.entity_id == any_(visibility.ENTITIES), visibility.NATIONAL)
    return case((at_home, exists(found)), else_=null())


def of(i: FromClause, light: ColumnElement[str]) -> ColumnElement[bool]:
    """The same where `light`, by which the indicator stands, is red; else null."""
    return case((light == sql.const(Light.RED), exists_for(i)), else_=null())


def missing(i: FromClause, light: ColumnElement[str]) -> ColumnElement[bool]:
    """Whether the light is red, and the reader sees that nothing is being done."""
    return and_(light == sql.const(Light.RED), exists_for(i).is_(False))
