"""The one rule of which challenges a person sees, when one is overdue, and to whom that is flagged."""

from sqlalchemy import ColumnElement, Date, and_, any_, case, cast, false, func, literal_column, or_
from sqlalchemy.dialects.postgresql import array
from sqlalchemy.sql.selectable import FromClause

from app.enums import Classification, Party, Role
from app.enums.challenges import ChallengeLevel
from app.services import sql
from app.services.challenges import rules, subjects
from app.services.people import four_eyes, visibility


def named(c: FromClause, its: FromClause | None = None) -> ColumnElement[bool]:
    """Who sees a challenge whatever its classification: all that have held it, UNIT once it was coordinated with it, the
    head, its owner, who opened it, the parties that work on what it is about, and who is assigned to it or to that."""
    own = or_(c.c.opened_by_id == visibility.PERSON, c.c.owner_id == visibility.PERSON)
    return or_(
        c.c.addressed.overlap(visibility.CHAIN),
        c.c.entity_id == any_(visibility.LEADS),
        sql.party_key(Party.DIVISION, c.c.division_id) == any_(visibility.KEYS),
        c.c.id == any_(visibility.ASSIGNED),
        c.c.about_id == any_(visibility.ASSIGNED),
        and_(own, c.c.entity_id == any_(visibility.ENTITIES)),
        subjects.worked_on(c, its),
    )


def visible(c: FromClause, its: FromClause | None = None) -> ColumnElement[bool]:
    """The one visibility rule of challenges: who is `named`, and unless it is restricted the office."""
    return or_(
        named(c, its),
        and_(
            c.c.classification != sql.const(Classification.RESTRICTED),
            c.c.entity_id == any_(visibility.OFFICE),
        ),
    )


def overdue(c: FromClause) -> ColumnElement[bool]:
    """Whether the level that holds it is past its last day; while the clock stands still, whether it was when it was
    stopped."""
    stopped = cast(func.timezone(literal_column("'Asia/Muscat'"), c.c.paused_at), Date)
    return func.coalesce(c.c.due < func.coalesce(stopped, sql.TODAY), false())


def to_head(c: FromClause) -> ColumnElement[bool]:
    """Whether what is overdue is flagged to the head: what the office holds, and UNIT. All else is flagged to UNIT."""
    return or_(c.c.level == sql.const(ChallengeLevel.OFFICE), c.c.level == sql.const(ChallengeLevel.UNIT))


def flagged(c: FromClause) -> ColumnElement[bool]:
    """Whether it is overdue and the reader is of the level above the one that holds it: above the office the head, above
    the head, committees and outside bodies UNIT; what is overdue with UNIT is flagged to the head."""
    above = case((to_head(c), c.c.entity_id == any_(visibility.LEADS)), else_=visibility.NATIONAL)
    return and_(overdue(c), above)


def nobody_left(c: FromClause) -> ColumnElement[bool]:
    """Four eyes leaves no manager who could confirm that it is solved, so that the head does."""
    manager = sql.party_key(Role.MANAGER, c.c.entity_id)
    nobody = four_eyes.nobody_left(array([manager]), sql.const(rules.CLOSE.action), c.c.barred)
    return case((c.c.level == sql.const(ChallengeLevel.OFFICE), nobody), else_=false())
