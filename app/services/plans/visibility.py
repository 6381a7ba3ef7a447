"""The one rule of which annual plans a person sees, and when four eyes leaves nobody to verify one."""

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

from app.enums import Classification, Party, Role
from app.enums.plans import PlanState
from app.models import PathRun
from app.services import sql
from app.services.people import four_eyes, visibility
from app.services.plans import rules
from app.services.proposals import rules as proposals

_SHARED = (PlanState.APPROVED, PlanState.CONFIRMED, PlanState.SUPERSEDED)
"""What is or was in force."""


def is_in(p: FromClause, states: tuple[PlanState, ...]) -> ColumnElement[bool]:
    """Whether the plan is in one of the states."""
    return or_(*(p.c.state == sql.const(state) for state in states))


def _walks(p: FromClause, r: FromClause, *where: ColumnElement[bool]) -> ColumnElement[bool]:
    found: Select[Any] = select(literal_column("1")).where(r.c.subject_id == p.c.id, *where)
    return exists(found.correlate_except(r))


def visible(p: FromClause) -> ColumnElement[bool]:
    """The one visibility rule of annual plans. What is or was in force: the own entity and UNIT. What is in work: the
    office, planning and finance, the parties of its chain and of the stages of its path, who is assigned to it, and
    UNIT once a stage is addressed to it. A restricted one: only who is named there, and the head."""
    r = sql.alias(PathRun)
    named = or_(
        p.c.parties_enter.overlap(visibility.CHAIN),
        p.c.parties_review.overlap(visibility.CHAIN),
        p.c.parties_approve.overlap(visibility.CHAIN),
        p.c.entity_id == any_(visibility.LEADS),
        p.c.id == any_(visibility.ASSIGNED),
        _walks(p, r, r.c.parties.overlap(visibility.CHAIN)),
    )
    works = or_(
        p.c.entity_id == any_(visibility.OFFICE),
        sql.party_key(Party.PLANNING, p.c.entity_id) == any_(visibility.KEYS),
        sql.party_key(Party.FINANCE, p.c.entity_id) == any_(visibility.KEYS),
        and_(visibility.NATIONAL, _walks(p, r, r.c.unit_sees)),
    )
    shared = and_(is_in(p, _SHARED), or_(p.c.entity_id == any_(visibility.ENTITIES), visibility.NATIONAL))
    return or_(named, and_(p.c.classification != sql.const(Classification.RESTRICTED), or_(works, shared)))


def takes_proposals(p: FromClause) -> ColumnElement[bool]:
    """Whether the person may see that the plan takes proposals, and by which criteria: whoever may propose."""
    may = or_(*(sql.party_key(role, p.c.entity_id) == any_(visibility.KEYS) for role in proposals.STAFF))
    return and_(p.c.proposals_open, may)


def nobody_left(p: FromClause) -> ColumnElement[bool]:
    """Four eyes leaves nobody who could verify the plan, so that the head does."""
    holders = array(
        [
            sql.party_key(Role.MANAGER, p.c.entity_id),
            sql.party_key(Role.SPECIALIST, p.c.entity_id),
            sql.party_key(Role.TECHNICAL_REPRESENTATIVE, p.c.id),
        ]
    )
    nobody = four_eyes.nobody_left(holders, sql.const(rules.VERIFY.action), p.c.edited_by)
    return case((is_in(p, (PlanState.DRAFT, PlanState.PRELIMINARY)), nobody), else_=false())
