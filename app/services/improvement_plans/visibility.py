"""The one rule of which improvement plans a person sees, and when four eyes leaves nobody to decide."""

from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    any_,
    case,
    exists,
    false,
    literal_column,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import array
from sqlalchemy.sql.selectable import FromClause

from app.enums import Party, Role
from app.enums.scorecards import ImprovementPlanState
from app.models import ImprovementAction
from app.services import sql
from app.services.improvement_plans import rules
from app.services.people import four_eyes, visibility


def stands(p: FromClause) -> ColumnElement[bool]:
    """Whether it was approved."""
    return or_(*(p.c.state == sql.const(state) for state in sorted(rules.STANDS)))


def named(p: FromClause) -> ColumnElement[bool]:
    """Who works on a plan: the office, and who is assigned to it or to its indicator."""
    return or_(
        p.c.entity_id == any_(visibility.OFFICE),
        p.c.id == any_(visibility.ASSIGNED),
        p.c.indicator_id == any_(visibility.ASSIGNED),
    )


def at_work(p: FromClause) -> ColumnElement[bool]:
    """The same, and the divisions of its actions."""
    a = sql.alias(ImprovementAction, "its_action")
    theirs = sql.party_key(Party.DIVISION, a.c.division_id) == any_(visibility.CHAIN)
    found: Select[Any] = select(literal_column("1")).where(
        a.c.plan_id == p.c.id, a.c.division_id.is_not(None), theirs
    )
    return or_(named(p), exists(found.correlate_except(a)))


def visible(p: FromClause) -> ColumnElement[bool]:
    """What was approved to the entity's people and UNIT; all of it to who works on it."""
    own = or_(p.c.entity_id == any_(visibility.ENTITIES), visibility.NATIONAL)
    return or_(and_(stands(p), own), at_work(p))


def nobody_left(p: FromClause) -> ColumnElement[bool]:
    """Four eyes leaves nobody who could take the control step that is due, so that the head does."""
    submitted = p.c.state == sql.const(ImprovementPlanState.SUBMITTED)
    assure = array(
        [
            sql.party_key(Role.TECHNICAL_REPRESENTATIVE, p.c.id),
            sql.party_key(Role.TECHNICAL_REPRESENTATIVE, p.c.indicator_id),
            sql.party_key(Role.SPECIALIST, p.c.entity_id),
        ]
    )
    nobody = four_eyes.nobody_left(
        case((submitted, assure), else_=array([sql.party_key(Role.MANAGER, p.c.entity_id)])),
        case((submitted, sql.const(rules.ASSURE.action)), else_=sql.const(rules.APPROVE.action)),
        p.c.edited_by,
        p.c.controlled_by,
    )
    due = or_(submitted, p.c.state == sql.const(ImprovementPlanState.ASSURED))
    return case((due, nobody), else_=false())
