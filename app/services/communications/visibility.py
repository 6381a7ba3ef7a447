"""The one rule of which communication plans a person sees, and when four eyes leaves nobody to decide."""

from sqlalchemy import ColumnElement, and_, any_, case, false, or_
from sqlalchemy.sql.selectable import FromClause

from app.enums.communications import CommunicationPlanState
from app.services import sql
from app.services.communications import rules
from app.services.people import four_eyes, visibility


def at_work(p: FromClause) -> ColumnElement[bool]:
    """Who works on the plan `p`: the office, the parties of its steps, and who is assigned to it or to what it is about."""
    return or_(
        p.c.parties_enter.overlap(visibility.CHAIN),
        p.c.parties_approve.overlap(visibility.CHAIN),
        p.c.entity_id == any_(visibility.OFFICE),
        p.c.about_id == any_(visibility.ASSIGNED),
        p.c.id == any_(visibility.ASSIGNED),
    )


def in_force(p: FromClause) -> ColumnElement[bool]:
    """It is approved, or was."""
    return or_(
        p.c.state == sql.const(CommunicationPlanState.APPROVED),
        p.c.state == sql.const(CommunicationPlanState.SUPERSEDED),
    )


def disclosed(p: FromClause) -> ColumnElement[bool]:
    """UNIT reads it: its support was asked for."""
    return and_(visibility.NATIONAL, p.c.unit_from.is_not(None), in_force(p))


def visible(p: FromClause) -> ColumnElement[bool]:
    """The one visibility rule of communication plans and of their activities: drafts to who works on them, what is or was in
    force to the whole entity, and to UNIT from when its support was asked for."""
    return or_(at_work(p), and_(in_force(p), p.c.entity_id == any_(visibility.ENTITIES)), disclosed(p))


def nobody_left(p: FromClause) -> ColumnElement[bool]:
    """Four eyes leaves nobody who could approve the plan, so that the head decides."""
    nobody = four_eyes.nobody_left(
        p.c.parties_approve, sql.const(rules.APPROVE.action), p.c.edited_by, p.c.controlled_by
    )
    return case((p.c.state == sql.const(CommunicationPlanState.SUBMITTED), nobody), else_=false())
