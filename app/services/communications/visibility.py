"""The one rule of which communication plans a person sees, and when four eyes leaves nobody to decide."""

from typing import Any

from sqlalchemy import ColumnElement, Select, and_, any_, case, exists, false, literal_column, or_, select
from sqlalchemy.sql.selectable import FromClause

from app.enums import Classification
from app.enums.communications import CommunicationPlanState
from app.models import Initiative, Plan
from app.services import sql
from app.services.communications import rules
from app.services.initiatives import visibility as initiatives
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


def is_told(p: FromClause) -> ColumnElement[bool]:
    """Whether the whole entity may read now what the plan `p` is about: an initiative that was approved, an annual plan
    also while it is prepared (annex A 9), neither of them restricted; or the entity itself."""
    a, i = sql.alias(Plan), sql.alias(Initiative)
    plan: Select[Any] = select(literal_column("1")).where(
        a.c.id == p.c.about_id, a.c.classification == sql.const(Classification.RESTRICTED)
    )
    initiative: Select[Any] = select(literal_column("1")).where(
        i.c.id == p.c.about_id, ~initiatives.disclosed(i)
    )
    return and_(~exists(plan.correlate_except(a)), ~exists(initiative.correlate_except(i)))


def disclosed(p: FromClause) -> ColumnElement[bool]:
    """UNIT reads it: its support was asked for."""
    return and_(visibility.NATIONAL, p.c.unit_from.is_not(None), in_force(p), is_told(p))


def visible(p: FromClause) -> ColumnElement[bool]:
    """The one visibility rule of communication plans and of their activities: drafts to who works on them, what is or was in
    force to the whole entity, and to UNIT from when its support was asked for, unless what it is about became restricted."""
    reader = or_(
        p.c.entity_id == any_(visibility.ENTITIES), and_(visibility.NATIONAL, p.c.unit_from.is_not(None))
    )
    return or_(at_work(p), and_(in_force(p), reader, is_told(p)))


def nobody_left(p: FromClause) -> ColumnElement[bool]:
    """Four eyes leaves nobody who could approve the plan, so that the head decides."""
    nobody = four_eyes.nobody_left(
        p.c.parties_approve, sql.const(rules.APPROVE.action), p.c.edited_by, p.c.controlled_by
    )
    return case((p.c.state == sql.const(CommunicationPlanState.SUBMITTED), nobody), else_=false())
