"""What waits for a person: the open waits of the parties that they answer to."""

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    DateTime,
    Integer,
    Select,
    Text,
    Uuid,
    and_,
    any_,
    bindparam,
    case,
    func,
    literal_column,
    or_,
    select,
    true,
    tuple_,
)
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.sql.selectable import FromClause, ScalarSelect

from app import clock, permissions
from app.db import Lane, Query
from app.models import Entity, Subject, Wait
from app.parties import PERSON, Actor
from app.services import listing, sql
from app.services.inbox import kinds
from app.services.people import visibility

_w: FromClause = Wait.__table__
_s: FromClause = Subject.__table__
_e: FromClause = Entity.__table__
_about = kinds.about(_w, _s)

SOON = 7
"""Days ahead of today that are soon."""

_DELEGATED = bindparam("actor_delegated", type_=ARRAY(Text))
_CONTROL = bindparam("control_actions", type_=ARRAY(Text))
_CONTROL_ACTIONS = sorted(rule.action for rule in permissions.RULES.values() if rule.control)


def _barred() -> ColumnElement[bool]:
    """Four eyes keeps this person from the step that is awaited."""
    return and_(_w.c.action == any_(_CONTROL), any_(_about.c.barred) == visibility.PERSON)


def _of_my_parties() -> ColumnElement[bool]:
    """The party is one of mine, its action was delegated to me, or my office records it for the head."""
    return or_(
        # Who is named as a person is so only while they belong to the entity.
        and_(
            _w.c.party == any_(visibility.KEYS),
            or_(sql.party_name(_w.c.party) != sql.const(PERSON), _w.c.entity_id == any_(visibility.ENTITIES)),
        ),
        func.concat(_w.c.action, literal_column("' '"), _w.c.party) == any_(_DELEGATED),
        and_(
            sql.party_name(_w.c.party) == sql.const("head"),
            func.concat(literal_column("'head_office:'"), _w.c.entity_id) == any_(visibility.KEYS),
        ),
    )


def _joined() -> FromClause:
    """Waits with what they are about."""
    return _w.join(_s, _s.c.id == _w.c.subject_id).join(_e, _e.c.id == _w.c.entity_id).join(_about, true())


def _awaited() -> tuple[ColumnElement[bool], ...]:
    """What waits for the person: for one of their parties, or for the head that they are or record for."""
    return _w.c.closed_at.is_(None), or_(_of_my_parties(), _about.c.nobody_left), ~_barred()


def waiting(*conditions: ColumnElement[bool], more: Sequence[ColumnElement[Any]] = ()) -> Select[Any]:
    """What waits for the person, one row per thing and event that made it wait, with what it is about and `more`;
    narrowed by conditions on `Wait`. It takes the parameters that `params` gives."""
    return (
        select(
            _w.c.subject_id,
            _w.c.opened_by_event.label("event_id"),
            _w.c.entity_id,
            _about.c.title_ar,
            _about.c.title_en,
            _about.c.period,
            _w.c.action,
            _w.c.due,
            *more,
        )
        .ext(distinct_on(_w.c.subject_id, _w.c.opened_by_event))
        .select_from(_joined())
        .where(*_awaited(), *conditions)
        .order_by(_w.c.subject_id, _w.c.opened_by_event, _w.c.rank)
    )


def counts() -> ScalarSelect[Any]:
    """How many things wait for the person, as JSON: of these those whose day is past, and those whose day is
    within the next `SOON` days."""
    once = (
        select(_w.c.subject_id, _w.c.due)
        .ext(distinct_on(_w.c.opened_at, _w.c.subject_id))
        .select_from(_joined())
        .where(*_awaited())
        .order_by(_w.c.opened_at, _w.c.subject_id, _w.c.rank)
        .subquery("once")
    )
    due, last = once.c.due, sql.TODAY + literal_column(str(SOON), Integer)
    return select(
        sql.obj(
            count=func.count(),
            late=func.count().filter(due < sql.TODAY),
            due_soon=func.count().filter(due >= sql.TODAY, due <= last),
        )
    ).scalar_subquery()


@lru_cache(maxsize=2)
def _list(_: frozenset[str], *, after: bool) -> Query:
    # One line per thing, in the role that is named first, though a person may answer to several.
    once = (
        select(
            _w.c.subject_id,
            _s.c.kind,
            sql.obj(ar=_about.c.title_ar, en=_about.c.title_en).label("title"),
            _about.c.period,
            sql.ref(_e).label("entity"),
            _w.c.action,
            # Where the head is asked only because nobody else is left, the party is the head.
            case((_of_my_parties(), sql.party_name(_w.c.party)), else_=sql.const("head")).label("party"),
            (_w.c.rank > literal_column("0")).label("substitute"),
            _w.c.opened_at.label("since"),
            _w.c.due,
        )
        .ext(distinct_on(_w.c.opened_at, _w.c.subject_id))
        .select_from(_joined())
        .where(
            *_awaited(),
            *(
                [
                    tuple_(_w.c.opened_at, _w.c.subject_id)
                    > tuple_(
                        bindparam("after_since", type_=DateTime(timezone=True)),
                        bindparam("after_subject_id", type_=Uuid),
                    )
                ]
                if after
                else []
            ),
        )
        .order_by(_w.c.opened_at, _w.c.subject_id, _w.c.rank)
        .limit(bindparam("count", type_=Integer))
    )
    return Query(lambda: sql.as_json(once, "since", "subject_id"))


async def many(lane: Lane, actor: Actor, cursor: str | None, limit: int | None, now: datetime) -> bytes:
    """A page of what waits for the person, the longest waiting first."""
    return await listing.page(
        lane,
        _list,
        {},
        {"since": datetime.fromisoformat, "subject_id": UUID},
        cursor,
        limit,
        **params(actor, now),
    )


def params(actor: Actor, now: datetime) -> dict[str, Any]:
    """What every query of what waits for a person is given."""
    return {
        **visibility.of(actor),
        "now": now,
        "today": clock.day(now),
        "actor_delegated": [f"{given.action} {given.party}" for given in actor.delegated],
        "control_actions": _CONTROL_ACTIONS,
    }
