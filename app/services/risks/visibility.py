"""The one rule of which risks a person sees, when the next assessment of one is overdue, and when four eyes leaves
nobody to decide about it."""

from typing import Any

from sqlalchemy import ColumnElement, and_, any_, case, false, func, or_
from sqlalchemy.dialects.postgresql import array
from sqlalchemy.sql.selectable import FromClause

from app.enums import Classification, Party, Role
from app.enums.risks import RiskState
from app.services import sql
from app.services.challenges import subjects
from app.services.people import four_eyes, visibility
from app.services.risks import rules


def named(r: FromClause, its: FromClause | None = None) -> ColumnElement[bool]:
    """Who sees a risk whatever its classification: the manager, UNIT once it was raised to it, the head, its division, its
    owner, who registered it, the parties that work on what it is about, and who is assigned to it or to that."""
    own = or_(r.c.registered_by_id == visibility.PERSON, r.c.owner_id == visibility.PERSON)
    return or_(
        r.c.addressed.overlap(visibility.CHAIN),
        r.c.entity_id == any_(visibility.LEADS),
        sql.party_key(Party.DIVISION, r.c.division_id) == any_(visibility.KEYS),
        r.c.id == any_(visibility.ASSIGNED),
        r.c.about_id == any_(visibility.ASSIGNED),
        and_(own, r.c.entity_id == any_(visibility.ENTITIES)),
        subjects.worked_on(r, its),
    )


def visible(r: FromClause, its: FromClause | None = None) -> ColumnElement[bool]:
    """The one visibility rule of risks: who is `named`, and unless it is restricted the office."""
    return or_(
        named(r, its),
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
    the score from which the head accepts anyway, who is then barred only for having assessed it: others assess it anew.
    What is UNIT's to answer is UNIT's alone."""
    manager, head = (sql.party_key(role, r.c.entity_id) for role in (Role.MANAGER, Role.HEAD))
    decides = case((accepting(r), manager), else_=head)
    nobody = four_eyes.nobody_left(array([decides]), _due_action(r), r.c.barred)
    due = or_(and_(accepting(r), r.c.score < head_from), with_head(r))
    return case((due, nobody), else_=false())


def _due_action(r: FromClause) -> ColumnElement[Any]:
    """The control action that is due, where one is."""
    asked = r.c.state == sql.const(RiskState.RESOURCES_ASKED)
    return case(
        (accepting(r), sql.const(rules.ACCEPT.action)),
        (asked, sql.const(rules.GRANT.action)),
        else_=sql.const(rules.ANSWER.action),
    )


def with_head(r: FromClause) -> ColumnElement[bool]:
    """Whether it was brought to the head, to be decided about."""
    return or_(*(r.c.state == sql.const(state) for state in sorted(rules.WITH_HEAD)))


def accepting(r: FromClause) -> ColumnElement[bool]:
    """Whether it waits to be accepted."""
    return r.c.state == sql.const(RiskState.TO_ACCEPT)
