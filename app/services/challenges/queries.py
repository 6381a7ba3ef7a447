"""Every select of challenges, always through their one visibility rule."""

from dataclasses import asdict, dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Date,
    Integer,
    Text,
    Uuid,
    and_,
    bindparam,
    case,
    func,
    literal_column,
    select,
    true,
    tuple_,
)
from sqlalchemy.sql.selectable import FromClause

from app import clock
from app.db import Lane, Query
from app.enums import SubjectKind
from app.enums.challenges import ChallengeKind, ChallengeLevel, ChallengeState
from app.models import ChallengeStay, Division, Entity, EscalationTable, Priority
from app.parties import Actor
from app.services import lifecycle, listing, sql
from app.services.challenges import columns, facts, rules, subjects
from app.services.challenges.facts import C, about
from app.services.challenges.visibility import flagged, nobody_left, overdue, visible
from app.services.documents import Document, with_actions
from app.services.people import visibility

_e: FromClause = Entity.__table__
_t: FromClause = EscalationTable.__table__
_LATEST = literal_column("'infinity'::date", Date)


def awaiting() -> ColumnElement[Any]:
    """Open waits, and the head where four eyes leaves no manager who could confirm that it is solved. While the clock
    stands still, none has a day."""
    due = case((C.c.paused_at.is_(None), C.c.due))
    return sql.awaiting_or_head(
        C.c.id, nobody_left(C), action=sql.const(rules.CLOSE.action), since=C.c.held_since, due=due
    )


def _body() -> ColumnElement[Any]:
    t = sql.alias(ChallengeStay)
    held = and_(t.c.challenge_id == C.c.id, t.c.number == C.c.stay, C.c.level.is_not(None))
    return select(t.c.body).where(held).scalar_subquery()


def _item() -> list[ColumnElement[Any]]:
    return [
        C.c.id,
        C.c.code,
        C.c.title,
        sql.ref(_e).label("entity"),
        subjects.shown(C.c.about_id, about).label("about"),
        C.c.kind,
        C.c.tie,
        C.c.state,
        C.c.level,
        _body().label("body"),
        C.c.classification,
        sql.ref_by_id(Division.__table__, C.c.division_id).label("division"),
        sql.person(C.c.owner_id).label("owner"),
        sql.ref_by_id(Priority.__table__, C.c.priority_id).label("priority"),
        C.c.opened_at,
        C.c.held_since,
        C.c.due,
        C.c.paused_at,
        overdue(C).label("overdue"),
        flagged(C).label("flagged"),
        awaiting().label("awaiting"),
        C.c.version,
    ]


def joined() -> FromClause:
    """Challenges with their entities and what they are about."""
    return C.join(_e, _e.c.id == C.c.entity_id).join(about, true())


_coordination = case(
    (
        C.c.coordinated_on.is_not(None),
        sql.obj(
            on=C.c.coordinated_on,
            with_whom=C.c.coordinated_with,
            note=C.c.coordination_note,
            recorded_by=sql.person(C.c.coordinated_by_id),
        ),
    )
)
_ONE = Query(
    lambda: sql.as_json(
        select(
            *_item(),
            C.c.cause,
            C.c.impact,
            sql.person(C.c.opened_by_id).label("opened_by"),
            columns.attempts(C).label("attempts"),
            columns.solutions(C).label("solutions"),
            _coordination.label("coordination"),
            columns.stays(C).label("stays"),
            columns.ways(C).label("ways"),
            sql.obj(id=_t.c.id, number=_t.c.number).label("routing_table"),
            C.c.outcome,
            C.c.ended_at,
            sql.person(C.c.ended_by_id).label("ended_by"),
            C.c.exceptional,
            *facts.fact_columns(),
        )
        .select_from(joined().join(_t, _t.c.id == C.c.table_id))
        .where(C.c.id == facts.ID, visible(C)),
        *facts.NAMES,
    )
)


async def one(lane: Lane, actor: Actor, challenge_id: UUID, now: datetime) -> Document | None:
    """One challenge: its solutions compared, its stays at the levels, the ways up, and what the actor may do now."""
    params = {**visibility.of(actor), "now": now, "today": clock.day(now), "id": challenge_id}
    row = await lane.row(_ONE, params)
    if row is None:
        return None
    found = facts.of(row)
    actions = [
        transition.action
        for transition in rules.TRANSITIONS
        if rules.open_now(transition, found.row) and lifecycle.possible(actor, transition, found)
    ]
    return Document(with_actions(row["json"], actions), found.version)


@dataclass(frozen=True)
class ChallengeFilter:
    """What a list of challenges is narrowed to. `q`: words of the title or code; `flagged`: overdue below the reader."""

    entity_id: UUID | None = None
    about_id: UUID | None = None
    about_kind: SubjectKind | None = None
    priority_id: UUID | None = None
    division_id: UUID | None = None
    kind: ChallengeKind | None = None
    level: ChallengeLevel | None = None
    state: ChallengeState | None = None
    open: bool | None = None
    overdue: bool | None = None
    flagged: bool | None = None
    q: str | None = None


def narrowed(given: frozenset[str]) -> list[ColumnElement[bool]]:
    """The conditions of the filters that are given, over their parameters."""
    same = {
        **dict.fromkeys(("entity_id", "about_id", "priority_id", "division_id"), Uuid),
        **dict.fromkeys(("about_kind", "kind", "level", "state"), Text),
    }
    conditions: dict[str, ColumnElement[bool]] = {
        **{name: C.c[name] == bindparam(name, type_=type_()) for name, type_ in same.items()},
        "open": C.c.level.is_not(None) == bindparam("open", type_=Boolean),
        "overdue": overdue(C) == bindparam("overdue", type_=Boolean),
        "flagged": flagged(C) == bindparam("flagged", type_=Boolean),
        "q": sql.contains_words(C.c.search_key),
    }
    return [condition for name, condition in conditions.items() if name in given]


@lru_cache(maxsize=128)
def _list(given: frozenset[str], *, after: bool) -> Query:
    # What is due first comes first; what has ended stands behind all of it.
    due = func.coalesce(C.c.due, _LATEST)
    where = [visible(C), *narrowed(given)]
    if after:
        position = tuple_(bindparam("after_until", type_=Date), bindparam("after_id", type_=Uuid))
        where.append(tuple_(due, C.c.id) > position)
    page = (
        select(*_item(), due.label("_until"))
        .select_from(joined())
        .where(*where)
        .order_by(due, C.c.id)
        .limit(bindparam("count", type_=Integer))
    )
    return Query(lambda: sql.as_json(page, "_until", "id"))


async def many(
    lane: Lane, actor: Actor, asked: ChallengeFilter, cursor: str | None, limit: int | None, now: datetime
) -> bytes:
    """A page of the challenges that the actor may see as JSON: what is due first comes first, what has ended last."""
    return await listing.page(
        lane,
        _list,
        asdict(asked),
        {"until": date.fromisoformat, "id": UUID},
        cursor,
        limit,
        **visibility.of(actor),
        now=now,
        today=clock.day(now),
    )
