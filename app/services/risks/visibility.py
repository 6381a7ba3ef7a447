"""The one rule of which risks a person sees, when the next assessment of one is overdue, and when four eyes leaves
nobody to decide about it."""

from typing import Any

from sqlalchemy import ColumnElement, and_, any_, case, false, func, literal_column, or_
from sqlalchemy.dialects.postgresql import array
from sqlalchemy.sql.selectable import FromClause

from app.enums import Classification, Party, Role
from app.enums.risks import RiskState
from app.parties import UNIT
from app.services import sql
from app.services.challenges import subjects
from app.services.people import four_eyes, visibility
from app.services.risks import rules


def named(r: FromClause) -> ColumnElement[bool]:
    """Who sees a risk whatever its classification: the manager, UNIT once it was raised to it, the head, its division, its
    owner, who registered it, the parties that work on what it is about, and who is assigned to it or to that."""
    own = or_(r.c.registered_by_id == visibility.PERSON, r.c.owner_id == visibility.PERSON)
    return or_(
        r.c.addressed.overlap(visibility.CHAIN),
        r.c.entity_id == any_(visibility.LEADS),
        func.concat(literal_column(f"'{Party.DIVISION.value}:'"), r.c.division_id) == any_(visibility.KEYS),
        r.c.id == any_(visibility.ASSIGNED),
        r.c.about_id == any_(visibility.ASSIGNED),
        and_(own, r.c.entity_id == any_(visibility.ENTITIES)),
        subjects.worked_on(r),
    )


def visible(r: FromClause) -> ColumnElement[bool]:
    """The one visibility rule of risks: who is `named`, and unless it is restricted the office."""
    return or_(
        named(r),
        and_(
            r.c.classification != sql.const(Classification.RESTRICTED),
            r.c.entity_id == any_(visibility.OFFICE),
        ),
    )


def overdue(r: FromClause) -> ColumnElement[bool]:
    """Whether the day of its next assessment has passed."""
    return func.coalesce(r.c.review_on < sql.TODAY, false())


def undecided(r: FromClause) -> ColumnElement[bool]:
    """Whether it waits for somebody to decide about it."""
    return or_(*(r.c.state == sql.const(state) for state in sorted(rules.DUE)))


def nobody_left(r: FromClause, head_from: ColumnElement[int]) -> ColumnElement[bool]:
    """Four eyes leaves nobody who could accept it, grant what it needs or answer it, so that the head does. `head_from`:
    the score from which the head accepts anyway, who is then barred only for having assessed it: others assess it anew."""
    manager, head = (
        func.concat(literal_column(f"'{role.value}:'"), r.c.entity_id) for role in (Role.MANAGER, Role.HEAD)
    )
    party = case((_accepting(r), manager), (_with_unit(r), sql.const(UNIT)), else_=head)
    nobody = four_eyes.nobody_left(array([party]), due_action(r), r.c.barred)
    due = or_(and_(_accepting(r), r.c.score < head_from), brought(r))
    return case((due, nobody), else_=false())


def due_action(r: FromClause) -> ColumnElement[Any]:
    """The control action that is due, where one is."""
    asked = r.c.state == sql.const(RiskState.RESOURCES_ASKED)
    return case(
        (_accepting(r), sql.const(rules.ACCEPT.action)),
        (asked, sql.const(rules.GRANT.action)),
        else_=sql.const(rules.ANSWER.action),
    )


def of_others(r: FromClause) -> ColumnElement[bool]:
    """Whether others than the head are awaited to decide about it first."""
    return or_(_accepting(r), _with_unit(r))


def brought(r: FromClause) -> ColumnElement[bool]:
    """Whether it was brought to where it is decided about: `rules.BROUGHT`."""
    return or_(*(r.c.state == sql.const(state) for state in sorted(rules.BROUGHT)))


def _accepting(r: FromClause) -> ColumnElement[bool]:
    return r.c.state == sql.const(RiskState.TO_ACCEPT)


def _with_unit(r: FromClause) -> ColumnElement[bool]:
    return r.c.state == sql.const(RiskState.WITH_UNIT)
