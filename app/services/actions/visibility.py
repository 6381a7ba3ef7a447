"""The one rule of which actions a person sees, when one is overdue, and when four eyes leaves nobody to confirm it."""

from sqlalchemy import ColumnElement, and_, any_, case, false, or_
from sqlalchemy.dialects.postgresql import array
from sqlalchemy.sql.selectable import FromClause

from app.enums import Classification, Party, Role
from app.enums.actions import ActionState
from app.services import sql
from app.services.actions import rules
from app.services.calendar import days_sql
from app.services.people import four_eyes, visibility


def owned_by_division(a: FromClause) -> ColumnElement[bool]:
    """Whether a division of the reader owns it."""
    return sql.party_key(Party.DIVISION, a.c.division_id) == any_(visibility.KEYS)


def named(a: FromClause) -> ColumnElement[bool]:
    """Who sees an action whatever its classification: the head and who records for them, the manager, its owner, who
    opened it, and who is assigned to what it comes from or serves."""
    own = or_(a.c.opened_by_id == visibility.PERSON, a.c.owner_id == visibility.PERSON)
    return or_(
        a.c.entity_id == any_(visibility.LEADS),
        sql.party_key(Role.MANAGER, a.c.entity_id) == any_(visibility.KEYS),
        owned_by_division(a),
        a.c.source_id == any_(visibility.ASSIGNED),
        a.c.about_id == any_(visibility.ASSIGNED),
        and_(own, a.c.entity_id == any_(visibility.ENTITIES)),
    )


def visible(a: FromClause) -> ColumnElement[bool]:
    """The one visibility rule of actions: who is `named`, and unless it is restricted the office."""
    return or_(
        named(a),
        and_(
            a.c.classification != sql.const(Classification.RESTRICTED),
            a.c.entity_id == any_(visibility.OFFICE),
        ),
    )


def open_(a: FromClause) -> ColumnElement[bool]:
    """Whether somebody still works on it."""
    return or_(*(a.c.state == sql.const(state) for state in sorted(rules.STANDING)))


def overdue(a: FromClause) -> ColumnElement[bool]:
    """Whether its day is past and its owner has not reported it."""
    return and_(a.c.state == sql.const(ActionState.OPEN), a.c.due < sql.TODAY)


def due_soon(a: FromClause) -> ColumnElement[bool]:
    """Whether its day is today or soon, and its owner has not reported it."""
    return and_(a.c.state == sql.const(ActionState.OPEN), a.c.due.between(sql.TODAY, days_sql.last_soon()))


def nobody_left(a: FromClause) -> ColumnElement[bool]:
    """Four eyes leaves nobody of the office who could confirm it, so that the head does."""
    manager, specialist = (
        sql.party_key(Role.MANAGER, a.c.entity_id),
        sql.party_key(Role.SPECIALIST, a.c.entity_id),
    )
    restricted = a.c.classification == sql.const(Classification.RESTRICTED)
    nobody = four_eyes.nobody_left(
        case((restricted, array([manager])), else_=array([manager, specialist])),
        sql.const(rules.CONFIRM.action),
        a.c.edited_by,
    )
    return case((a.c.state == sql.const(ActionState.REPORTED), nobody), else_=false())
