"""The one rule of which initiatives a person sees, and when four eyes leaves nobody to decide (Guide N-8, V-3)."""

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

from app.enums import Chain, Classification, Party, Role, Step
from app.enums.initiatives import InitiativeKind, InitiativeState
from app.models import BudgetLine, Initiative
from app.parties import PROJECT_MANAGER
from app.services import sql
from app.services.initiatives import rules
from app.services.people import four_eyes, visibility
from app.services.role_plans import chains


def named(i: FromClause) -> ColumnElement[bool]:
    """Who sees an initiative whatever its classification: the division that carries it out, its project manager, whom
    the chain names to enter, who is assigned to it, and who approves: the manager, the head with the head's office."""
    return or_(
        sql.party_key(Party.DIVISION, i.c.division_id) == any_(visibility.CHAIN),
        sql.party_key(PROJECT_MANAGER, i.c.id) == any_(visibility.CHAIN),
        sql.party_key(Role.MANAGER, i.c.entity_id) == any_(visibility.CHAIN),
        i.c.entity_id == any_(visibility.LEADS),
        i.c.id == any_(visibility.ASSIGNED),
        chains.keys_of(Chain.DETAILED_PLANS, Step.ENTER, i).overlap(visibility.CHAIN),
    )


def _has_money_asked(i: FromClause) -> ColumnElement[bool]:
    """Money is asked for it, or was answered: an answered request is not taken back."""
    line = sql.alias(BudgetLine)
    asked: Select[Any] = select(literal_column("1")).where(line.c.initiative_id == i.c.id)
    return exists(asked.correlate_except(line))


def at_work(i: FromClause) -> ColumnElement[bool]:
    """Who sees an initiative before it is approved: who is `named`; financial affairs where money is asked for it, since
    nobody else can answer; who proposed it, while it is a draft; and unless it is restricted the office, planning and
    finance, who ask for its money, and who proposed it."""
    proposed = and_(i.c.proposed_by_id == visibility.PERSON, i.c.entity_id == any_(visibility.ENTITIES))
    return or_(
        named(i),
        and_(i.c.state == sql.const(InitiativeState.DRAFT), proposed),
        and_(sql.party_key(Party.FINANCE, i.c.entity_id) == any_(visibility.KEYS), _has_money_asked(i)),
        and_(
            i.c.classification != sql.const(Classification.RESTRICTED),
            or_(
                i.c.entity_id == any_(visibility.OFFICE),
                sql.party_key(Party.PLANNING, i.c.entity_id) == any_(visibility.KEYS),
                sql.party_key(Party.FINANCE, i.c.entity_id) == any_(visibility.KEYS),
                proposed,
            ),
        ),
    )


def in_force(i: FromClause) -> ColumnElement[bool]:
    """It was approved once."""
    return i.c.approved_at.is_not(None)


def disclosed(i: FromClause) -> ColumnElement[bool]:
    """It was approved, and is not for a few alone."""
    return and_(in_force(i), i.c.classification != sql.const(Classification.RESTRICTED))


def visible(i: FromClause) -> ColumnElement[bool]:
    """The one visibility rule of initiatives: approved to the own entity and to UNIT; else `at_work`."""
    return or_(
        and_(disclosed(i), or_(i.c.entity_id == any_(visibility.ENTITIES), visibility.NATIONAL)),
        at_work(i),
    )


def seen(initiative_id: ColumnElement[Any], rule: Any = visible) -> ColumnElement[bool]:
    """The same, asked of the initiative that something belongs to."""
    i = sql.alias(Initiative)
    return exists(select(literal_column("1")).where(i.c.id == initiative_id, rule(i)).correlate_except(i))


def nobody_left(i: FromClause) -> ColumnElement[bool]:
    """Four eyes leaves nobody who could take the control step that is due, of `rules.steps`, so that the head
    decides. While no technical representative is assigned to a foresight initiative, the manager assigns one."""

    def nobody(action: str, parties: ColumnElement[Any]) -> ColumnElement[bool]:
        return four_eyes.nobody_left(parties, sql.const(action), i.c.edited_by, i.c.controlled_by)

    manager, specialist = (
        sql.party_key(Role.MANAGER, i.c.entity_id),
        sql.party_key(Role.SPECIALIST, i.c.entity_id),
    )
    seen_by_specialists = or_(
        i.c.classification != sql.const(Classification.RESTRICTED),
        specialist == any_(chains.keys_of(Chain.DETAILED_PLANS, Step.ENTER, i)),
    )
    closing = case((seen_by_specialists, array([manager, specialist])), else_=array([manager]))
    return case(
        (
            and_(
                i.c.state == sql.const(InitiativeState.SUBMITTED),
                i.c.kind == sql.const(InitiativeKind.FORESIGHT),
            ),
            and_(
                four_eyes.represented(i.c.id),
                nobody(rules.APPROVE.action, array([sql.party_key(Role.TECHNICAL_REPRESENTATIVE, i.c.id)])),
            ),
        ),
        (i.c.state == sql.const(InitiativeState.SUBMITTED), nobody(rules.APPROVE.action, array([manager]))),
        (i.c.state == sql.const(InitiativeState.CLOSING), nobody(rules.CONFIRM_CLOSING.action, closing)),
        else_=false(),
    )
