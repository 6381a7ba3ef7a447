"""What waits for a person: the open waits of the parties that they answer to."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import lru_cache, partial
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
    exists,
    false,
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
from app.enums import Role, SubjectKind
from app.enums.inbox import Awaiting, DueWhen
from app.models import Entity, Subject, Wait
from app.parties import PERSON, Actor
from app.services import listing, seeing, sql
from app.services.calendar import days_sql
from app.services.inbox import kinds, team
from app.services.people import visibility

_w: FromClause = Wait.__table__
_s: FromClause = Subject.__table__
_e: FromClause = Entity.__table__

_LAST_SOON = days_sql.last_soon()

_DELEGATED = bindparam("actor_delegated", type_=ARRAY(Text))
_CONTROL = bindparam("control_actions", type_=ARRAY(Text))
_CONTROL_ACTIONS = sorted(rule.action for rule in permissions.RULES.values() if rule.control)


def _barred(w: FromClause, about: FromClause) -> ColumnElement[bool]:
    """Four eyes keeps this person from the step that is awaited."""
    return and_(w.c.action == any_(_CONTROL), any_(about.c.barred) == visibility.PERSON)


def _of_my_parties(w: FromClause) -> ColumnElement[bool]:
    """The party is one of mine, its action was delegated to me, or my office records it for the head."""
    return or_(
        # Who is named as a person is so only while they belong to the entity.
        and_(
            w.c.party == any_(visibility.KEYS),
            or_(sql.party_name(w.c.party) != sql.const(PERSON), w.c.entity_id == any_(visibility.ENTITIES)),
        ),
        func.concat(w.c.action, literal_column("' '"), w.c.party) == any_(_DELEGATED),
        and_(
            sql.party_name(w.c.party) == sql.const("head"),
            sql.party_key(Role.HEAD_OFFICE, w.c.entity_id) == any_(visibility.KEYS),
        ),
    )


def _perhaps(w: FromClause, *, of_division: bool = False) -> ColumnElement[bool]:
    """Open, and of a party or an entity that makes it worth a closer look: what the indexes of open waits find, where
    what is awaited is among it."""
    leads = w.c.entity_id == any_(visibility.LEADS)
    found = team.perhaps(w) if of_division else w.c.party == any_(visibility.CHAIN)
    return and_(w.c.closed_at.is_(None), or_(found, leads))


def _joined(w: FromClause, about: FromClause) -> FromClause:
    """Waits with what they are about."""
    return w.join(_s, _s.c.id == w.c.subject_id).join(_e, _e.c.id == w.c.entity_id).join(about, true())


def _since_first(
    w: FromClause, about: FromClause, theirs: Callable[[FromClause], ColumnElement[bool]]
) -> ColumnElement[bool]:
    """No other party that makes it `theirs` was awaited for the same before: a thing waits for a person once, and since
    the first moment."""
    before = sql.alias(Wait, "before")
    sooner: Select[Any] = select(literal_column("1")).where(
        before.c.subject_id == w.c.subject_id,
        before.c.action == w.c.action,
        before.c.closed_at.is_(None),
        before.c.opened_at < w.c.opened_at,
        _or_nobody_left(theirs(before), about),
    )
    return ~exists(sooner.correlate_except(before))


def _or_nobody_left(theirs: ColumnElement[bool], about: FromClause) -> ColumnElement[bool]:
    """Or waits for the head that they are or record for, where the statement is for somebody who is."""
    return or_(theirs, about.c.nobody_left) if "nobody_left" in about.c else theirs


def _awaited(w: FromClause, about: FromClause) -> tuple[ColumnElement[bool], ...]:
    """What waits for the person: for one of their parties whose part they have not done, or for the head."""
    mine = and_(_of_my_parties(w), ~(any_(about.c.acted) == visibility.PERSON))
    return _or_nobody_left(mine, about), ~_barred(w, about), _since_first(w, about, _of_my_parties)


def _awaited_of_division(w: FromClause, about: FromClause) -> tuple[ColumnElement[bool], ...]:
    """What waits for anybody of the person's division or office, or for the head, as far as they see it; whom four eyes
    keeps from it is for their colleagues to be."""
    sees = seeing.seen(w.c.subject_id, _s.c.kind, w, kinds.KINDS)
    return _or_nobody_left(team.awaited(w), about), sees, _since_first(w, about, team.awaited)


def _nothing(_: FromClause) -> Sequence[ColumnElement[Any]]:
    return ()


def said(w: FromClause, about: FromClause) -> list[ColumnElement[Any]]:
    """What is said of a wait and of what it is `about`, wherever people are told of it."""
    return [
        w.c.subject_id,
        w.c.opened_by_event.label("event_id"),
        w.c.entity_id,
        about.c.title_ar,
        about.c.title_en,
        about.c.period,
        w.c.action,
        w.c.due,
    ]


def waiting(
    *conditions: ColumnElement[bool],
    more: Callable[[FromClause], Sequence[ColumnElement[Any]]] = _nothing,
) -> Select[Any]:
    """What waits for the person, one row per thing and event that made it wait, with what it is about and `more` of it
    (given the wait; its subject and entity are joined); narrowed by conditions on `Wait`. It takes the parameters that
    `params` gives."""
    # Sorted before it is looked at closely; or the planner would go through all waits ever, which lie in this order.
    w = (
        select(_w)
        .where(_perhaps(_w), *conditions)
        .order_by(_w.c.subject_id, _w.c.opened_by_event, _w.c.rank)
        .subquery("w")
    )
    about = kinds.about(w, _s)
    return (
        select(*said(w, about), *more(w))
        .ext(distinct_on(w.c.subject_id, w.c.opened_by_event))
        .select_from(_joined(w, about))
        .where(*_awaited(w, about))
        .order_by(w.c.subject_id, w.c.opened_by_event, w.c.rank)
    )


def counts(*, leads: bool) -> ScalarSelect[Any]:
    """How many things wait for the person, as JSON: of these those whose day is past, and those whose day is
    today or soon. `leads`: for somebody who leads an entity."""
    about = kinds.about(_w, _s, leads=leads)
    once = (
        select(_w.c.subject_id, _w.c.due)
        .ext(distinct_on(_w.c.opened_at, _w.c.subject_id))
        .select_from(_joined(_w, about))
        .where(_perhaps(_w), *_awaited(_w, about))
        .order_by(_w.c.opened_at, _w.c.subject_id, _w.c.rank)
        .subquery("once")
    )
    due = once.c.due
    return select(
        sql.obj(
            count=func.count(),
            late=func.count().filter(due < sql.TODAY),
            due_soon=func.count().filter(due.between(sql.TODAY, _LAST_SOON)),
        )
    ).scalar_subquery()


def _narrowed(w: FromClause) -> list[ColumnElement[bool]]:
    """A filter that is null narrows nothing: a statement of this size is planned once for all of them."""
    when, entity_id = bindparam("due", type_=Text), bindparam("entity_id", type_=Uuid)
    late, due_soon = w.c.due < sql.TODAY, w.c.due.between(sql.TODAY, _LAST_SOON)
    return [
        or_(when.is_(None), case((when == sql.const(DueWhen.LATE), late), else_=due_soon)),
        or_(entity_id.is_(None), w.c.entity_id == entity_id),
    ]


def _below(w: FromClause) -> ColumnElement[bool]:
    position = (
        bindparam("after_since", type_=DateTime(timezone=True)),
        bindparam("after_subject_id", type_=Uuid),
    )
    return tuple_(w.c.opened_at, w.c.subject_id) > tuple_(*position)


def _list(given: frozenset[str], *, after: bool, leads: bool) -> Query:
    return _page(of_division="of" in given, after=after, leads=leads)


@lru_cache(maxsize=8)
def _page(*, of_division: bool, after: bool, leads: bool) -> Query:
    return Query(lambda: _build(of_division=of_division, after=after, leads=leads))


def _build(*, of_division: bool, after: bool, leads: bool) -> Select[Any]:
    # Sorted before it is looked at closely, so that a page looks at no more than it shows.
    w = (
        select(_w)
        .where(
            _perhaps(_w, of_division=of_division),
            *_narrowed(_w),
            *([_below(_w)] if after else []),
        )
        .order_by(_w.c.opened_at, _w.c.subject_id, _w.c.rank)
        .subquery("w")
    )
    about, kind = kinds.about(w, _s, leads=leads), bindparam("kind", type_=Text)
    theirs = team.awaited(w) if of_division else _of_my_parties(w)
    # One line per thing, in the role that is named first, though a person may answer to several.
    once = (
        select(
            w.c.subject_id,
            _s.c.kind,
            sql.obj(ar=about.c.title_ar, en=about.c.title_en).label("title"),
            about.c.period,
            sql.ref(_e).label("entity"),
            w.c.action,
            # Where the head is asked only because nobody else is left, the party is the head.
            case((theirs, sql.party_name(w.c.party)), else_=sql.const("head")).label("party"),
            (w.c.rank > literal_column("0")).label("substitute"),
            w.c.opened_at.label("since"),
            w.c.due,
            func.coalesce(w.c.due < sql.TODAY, false()).label("late"),
            # 0 also where there is no day
            func.greatest(sql.TODAY - w.c.due, literal_column("0")).label("overdue_days"),
        )
        .ext(distinct_on(w.c.opened_at, w.c.subject_id))
        .select_from(_joined(w, about))
        .where(
            *(_awaited_of_division(w, about) if of_division else _awaited(w, about)),
            or_(kind.is_(None), _s.c.kind == kind),
        )
        .order_by(w.c.opened_at, w.c.subject_id, w.c.rank)
        .limit(bindparam("count", type_=Integer))
    )
    return sql.as_json(once, "since", "subject_id")


@dataclass(frozen=True)
class InboxFilter:
    """What the inbox is narrowed to. `of`: awaited of whom; `due`: late, or today or soon."""

    of: Awaiting = Awaiting.ME
    due: DueWhen | None = None
    entity_id: UUID | None = None
    kind: SubjectKind | None = None


async def many(
    lane: Lane, actor: Actor, narrowed: InboxFilter, cursor: str | None, limit: int | None, now: datetime
) -> bytes:
    """A page of what waits for the person, or for their division or office; the longest waiting first."""
    of_division = narrowed.of is Awaiting.DIVISION
    unless_given: dict[str, Any] = dict.fromkeys(("due", "entity_id", "kind"))
    return await listing.page(
        lane,
        partial(_list, leads=bool(visibility.leads(actor))),
        {**asdict(narrowed), "of": narrowed.of if of_division else None},
        {"since": datetime.fromisoformat, "subject_id": UUID},
        cursor,
        limit,
        **unless_given,
        **params(actor, now),
        **(team.of(actor) if of_division else {}),
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
