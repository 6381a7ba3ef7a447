"""The one rule of which path templates a person sees (Guide P-4, P-8)."""

from sqlalchemy import ColumnElement, and_, any_, or_
from sqlalchemy.sql.selectable import FromClause

from app.enums.paths import PathTemplateState
from app.services import sql
from app.services.people import visibility


def visible(t: FromClause) -> ColumnElement[bool]:
    """The models to all; what is or was approved to the entity and to UNIT; the rest to the entity's office."""
    approved = or_(
        t.c.state == sql.const(PathTemplateState.APPROVED),
        t.c.state == sql.const(PathTemplateState.SUPERSEDED),
    )
    return or_(
        t.c.entity_id.is_(None),
        t.c.entity_id == any_(visibility.OFFICE),
        and_(approved, or_(t.c.entity_id == any_(visibility.ENTITIES), visibility.NATIONAL)),
    )
