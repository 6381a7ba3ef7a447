"""The one rule of which detailed plans a person sees, and when four eyes leaves nobody to decide."""

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

from app.enums import ChainState, Classification, Party, Role
from app.enums.detailed_plans import DetailedPlanState
from app.enums.plans import PlanState
from app.models import Initiative, Plan
from app.services import approving, sql
from app.services.detailed_plans import rules
from app.services.initiatives import visibility as initiatives
from app.services.people import four_eyes, visibility
from app.services.plans.visibility import is_in

_IN_FORCE = (PlanState.APPROVED, PlanState.CONFIRMED, PlanState.SUPERSEDED)
"""The states of an annual plan that is or was in force."""


def _restricted(d: FromClause) -> ColumnElement[bool]:
    """Whether it is about an initiative that only a few may read."""
    i = sql.alias(Initiative)
    found: Select[Any] = select(literal_column("1")).where(
        i.c.id == d.c.initiative_id, i.c.classification == sql.const(Classification.RESTRICTED)
    )
    return exists(found.correlate_except(i))


def _told(d: FromClause) -> ColumnElement[bool]:
    """Whether the annual plan and the initiative that it shows may be read by the whole entity and UNIT: a detailed plan
    may be approved before they are (annex B)."""
    p, i = sql.alias(Plan), sql.alias(Initiative)
    plan: Select[Any] = select(literal_column("1")).where(
        p.c.id == d.c.plan_id,
        is_in(p, _IN_FORCE),
        p.c.classification != sql.const(Classification.RESTRICTED),
    )
    initiative: Select[Any] = select(literal_column("1")).where(
        i.c.id == d.c.initiative_id, initiatives.disclosed(i)
    )
    return and_(
        exists(plan.correlate_except(p)),
        or_(d.c.initiative_id.is_(None), exists(initiative.correlate_except(i))),
    )


def named(d: FromClause) -> ColumnElement[bool]:
    """Who sees a detailed plan whatever its initiative's classification: the parties of its steps, the division with its
    head, the head of the entity, and who is assigned to it or to its initiative."""
    return or_(
        d.c.parties_enter.overlap(visibility.CHAIN),
        d.c.parties_review.overlap(visibility.CHAIN),
        d.c.parties_approve.overlap(visibility.CHAIN),
        sql.party_key(Party.DIVISION, d.c.division_id) == any_(visibility.KEYS),
        d.c.entity_id == any_(visibility.LEADS),
        d.c.id == any_(visibility.ASSIGNED),
        d.c.initiative_id == any_(visibility.ASSIGNED),
    )


def visible(d: FromClause) -> ColumnElement[bool]:
    """The one visibility rule of detailed plans. In work: who is `named`, and the office. What is or was in force: also
    the own entity, and UNIT, as soon as the annual plan and the initiative are in force too. Of a restricted initiative:
    who is `named` alone."""
    approved = or_(
        d.c.state == sql.const(DetailedPlanState.APPROVED),
        d.c.state == sql.const(DetailedPlanState.SUPERSEDED),
        and_(d.c.state == sql.const(DetailedPlanState.DROPPED), d.c.approved_at.is_not(None)),
    )
    return or_(
        named(d),
        and_(
            or_(
                d.c.entity_id == any_(visibility.OFFICE),
                and_(
                    approved,
                    or_(d.c.entity_id == any_(visibility.ENTITIES), visibility.NATIONAL),
                    _told(d),
                ),
            ),
            ~_restricted(d),
        ),
    )


def nobody_left(d: FromClause) -> ColumnElement[bool]:
    """Four eyes leaves nobody who could take the control step that is due: to endorse a presented draft, then those of the
    chain."""
    presented = and_(
        d.c.state == sql.const(ChainState.DRAFT),
        d.c.presented_at.is_not(None),
        d.c.endorsed_at.is_(None),
    )
    nobody_endorses = four_eyes.nobody_left(
        array([sql.party_key(Role.DIVISION_HEAD, d.c.division_id)]),
        sql.const(rules.ENDORSE.action),
        d.c.edited_by,
        d.c.controlled_by,
    )
    return or_(case((presented, nobody_endorses), else_=false()), approving.nobody_left(rules.APPROVAL, d))
