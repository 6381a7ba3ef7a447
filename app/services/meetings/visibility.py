"""The one rule of which meetings, series, minutes and decisions a person sees."""

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

from app.enums import Classification, Role
from app.enums.meetings import MeetingState, WithWhom
from app.models import Meeting, MeetingPerson
from app.services import sql
from app.services.meetings import rules
from app.services.people import four_eyes, visibility

_ONE: ColumnElement[int] = literal_column("1")


def _with_unit(m: FromClause) -> ColumnElement[bool]:
    return and_(visibility.NATIONAL, m.c.with_whom == sql.const(WithWhom.UNIT_TEAM))


def invited(m: FromClause) -> ColumnElement[bool]:
    """Whether the reader is invited to the meeting, and still of the entity, or of UNIT where it meets that."""
    p = sql.alias(MeetingPerson)
    found: Select[Any] = select(_ONE).where(p.c.meeting_id == m.c.id, p.c.user_id == visibility.PERSON)
    within = or_(m.c.entity_id == any_(visibility.ENTITIES), _with_unit(m))
    return and_(within, exists(found.correlate_except(p)))


def _leads(m: FromClause) -> ColumnElement[bool]:
    """Whether the reader leads the entity or its office."""
    return or_(
        m.c.entity_id == any_(visibility.LEADS),
        sql.party_key(Role.MANAGER, m.c.entity_id) == any_(visibility.KEYS),
    )


def _own(m: FromClause, person_id: ColumnElement[Any]) -> ColumnElement[bool]:
    return and_(person_id == visibility.PERSON, m.c.entity_id == any_(visibility.ENTITIES))


def _not_restricted(m: FromClause) -> ColumnElement[bool]:
    """The office, and UNIT's people where it is met."""
    return and_(
        m.c.classification != sql.const(Classification.RESTRICTED),
        or_(m.c.entity_id == any_(visibility.OFFICE), _with_unit(m)),
    )


def named(m: FromClause) -> ColumnElement[bool]:
    """Who sees a meeting whatever its classification: who is invited, who planned it, the head, the head's office and the
    manager."""
    return or_(_leads(m), _own(m, m.c.planned_by_id), invited(m))


def visible(m: FromClause) -> ColumnElement[bool]:
    """The one visibility rule of meetings: who is `named`, and unless it is restricted the office, and UNIT's people
    where the meeting is with its team (Guide M-2)."""
    return or_(named(m), _not_restricted(m))


def series_visible(s: FromClause) -> ColumnElement[bool]:
    """The same of a series: who is invited to one of its meetings sees it."""
    m = sql.alias(Meeting)
    found: Select[Any] = select(_ONE).where(m.c.series_id == s.c.id, invited(m))
    own = _own(s, s.c.made_by_id)
    return or_(_leads(s), own, _not_restricted(s), exists(found.correlate_except(m)))


def minutes_told(m: FromClause) -> ColumnElement[bool]:
    """Whether a reader of the meeting reads its minutes too: what was said and decided there, and who came. Until another
    person of the office has confirmed them they are for the office and who is invited alone."""
    return or_(
        m.c.state == sql.const(MeetingState.CONFIRMED),
        m.c.entity_id == any_(visibility.OFFICE),
        invited(m),
    )


def minutes_visible(m: FromClause) -> ColumnElement[bool]:
    """The one visibility rule of decisions, and of evidence of a meeting: who sees the meeting and is told its minutes."""
    return and_(visible(m), minutes_told(m))


def nobody_left(m: FromClause) -> ColumnElement[bool]:
    """Four eyes leaves nobody of the office who could confirm the minutes, so that the head does."""
    manager, specialist = (
        sql.party_key(Role.MANAGER, m.c.entity_id),
        sql.party_key(Role.SPECIALIST, m.c.entity_id),
    )
    restricted = m.c.classification == sql.const(Classification.RESTRICTED)
    confirming = case((restricted, array([manager])), else_=array([manager, specialist]))
    nobody = four_eyes.nobody_left(confirming, sql.const(rules.CONFIRM.action), m.c.edited_by)
    return case((m.c.state == sql.const(MeetingState.HELD), nobody), else_=false())
