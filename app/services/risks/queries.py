"""Every select of risks, always through their one visibility rule; the matrix stands in `matrix`."""

from dataclasses import asdict, dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Integer,
    Text,
    Uuid,
    and_,
    bindparam,
    case,
    false,
    literal_column,
    select,
    tuple_,
)
from sqlalchemy.sql.selectable import FromClause

from app import clock
from app.db import Lane, Query
from app.enums.risks import RiskGrade, RiskKind, RiskState, RiskStrategy
from app.models import Challenge, Division, Entity
from app.parties import Actor
from app.services import lifecycle, listing, sql
from app.services.actions import columns as actions
from app.services.challenges import subjects
from app.services.challenges import visibility as challenges
from app.services.documents import Document, with_actions
from app.services.people import visibility
from app.services.risk_settings.queries import grade
from app.services.risks import columns, facts, rules
from app.services.risks.facts import R, S, about, joined
from app.services.risks.visibility import accepting, nobody_left, overdue, visible

_e: FromClause = Entity.__table__
_all = joined.join(_e, _e.c.id == R.c.entity_id)


def _awaiting() -> ColumnElement[Any]:
    """Open waits, and the head where four eyes leaves no manager who could accept it."""
    return sql.awaiting_or_head(
        R.c.id,
        case((accepting(R), nobody_left(R, S.c.head_from)), else_=false()),
        action=sql.const(rules.ACCEPT.action),
        since=R.c.held_since,
        due=R.c.review_on,
    )


def _item() -> list[ColumnElement[Any]]:
    return [
        R.c.id,
        R.c.code,
        R.c.title,
        sql.ref(_e).label("entity"),
        subjects.shown(R.c.about_id, about).label("about"),
        R.c.kind,
        R.c.state,
        R.c.strategy,
        columns.inherent(R, S).label("inherent"),
        columns.residual(R, S).label("residual"),
        R.c.score,
        grade(R.c.score, S).label("grade"),
        R.c.classification,
        sql.ref_by_id(Division.__table__, R.c.division_id).label("division"),
        sql.person(R.c.owner_id).label("owner"),
        R.c.assessed_at,
        R.c.review_on,
        overdue(R).label("overdue"),
        _awaiting().label("awaiting"),
        R.c.version,
    ]


def _challenge() -> ColumnElement[Any]:
    """The challenge that it became, as far as the reader sees it."""
    c = sql.alias(Challenge)
    item = sql.obj(id=c.c.id, code=c.c.code, title=c.c.title, state=c.c.state)
    return select(item).where(and_(c.c.id == R.c.challenge_id, challenges.visible(c))).scalar_subquery()


_ONE = Query(
    lambda: sql.as_json(
        select(
            *_item(),
            R.c.cause,
            R.c.effect,
            R.c.plan,
            sql.obj(id=S.c.id, number=S.c.number).label("settings"),
            sql.person(R.c.registered_by_id).label("registered_by"),
            R.c.registered_at,
            columns.assessments(R).label("assessments"),
            columns.resources(R).label("resources"),
            columns.raisings(R).label("raisings"),
            actions.from_source(R.c.id).label("follow_up"),
            _challenge().label("challenge"),
            R.c.lessons,
            R.c.closed_at,
            sql.person(R.c.closed_by_id).label("closed_by"),
            R.c.exceptional,
            *facts.fact_columns(),
        )
        .select_from(_all)
        .where(R.c.id == facts.ID, visible(R)),
        *facts.NAMES,
    )
)


async def one(lane: Lane, actor: Actor, risk_id: UUID, now: datetime) -> Document | None:
    """One risk with its assessments, what its treatment asked for, to whom it was raised, and what the actor may do now."""
    params = {**visibility.of(actor), "now": now, "today": clock.day(now), "id": risk_id}
    row = await lane.row(_ONE, params)
    if row is None:
        return None
    found = facts.of(row)
    may = [
        transition.action
        for transition in rules.TRANSITIONS
        if rules.open_now(transition, found.row) and lifecycle.possible(actor, transition, found)
    ]
    return Document(with_actions(row["json"], may), found.version)


@dataclass(frozen=True)
class RiskFilter:
    """What a list of risks is narrowed to. `open`: they may still happen; `overdue`: to be assessed anew; `q`: words of the
    title or code."""

    entity_id: UUID | None = None
    about_id: UUID | None = None
    division_id: UUID | None = None
    settings_id: UUID | None = None
    kind: RiskKind | None = None
    grade: RiskGrade | None = None
    strategy: RiskStrategy | None = None
    state: RiskState | None = None
    open: bool | None = None
    overdue: bool | None = None
    q: str | None = None


def _narrowed(given: frozenset[str]) -> list[ColumnElement[bool]]:
    same = {
        **dict.fromkeys(("entity_id", "about_id", "division_id", "settings_id"), Uuid),
        **dict.fromkeys(("kind", "strategy", "state"), Text),
    }
    conditions: dict[str, ColumnElement[bool]] = {
        **{name: R.c[name] == bindparam(name, type_=type_()) for name, type_ in same.items()},
        "grade": grade(R.c.score, S) == bindparam("grade", type_=Text),
        "open": R.c.review_on.is_not(None) == bindparam("open", type_=Boolean),
        "overdue": overdue(R) == bindparam("overdue", type_=Boolean),
        "q": sql.contains_words(R.c.search_key),
    }
    return [condition for name, condition in conditions.items() if name in given]


@lru_cache(maxsize=128)
def _list(given: frozenset[str], *, after: bool) -> Query:
    where = [visible(R), *_narrowed(given)]
    # A place in the list, from 0 for the highest score that a matrix has.
    rank = literal_column("25", Integer) - R.c.score
    if after:
        position = tuple_(bindparam("after_rank", type_=Integer), bindparam("after_id", type_=Uuid))
        where.append(tuple_(rank, R.c.id) > position)
    page = (
        select(*_item(), rank.label("_rank"))
        .select_from(_all)
        .where(*where)
        .order_by(rank, R.c.id)
        .limit(bindparam("count", type_=Integer))
    )
    return Query(lambda: sql.as_json(page, "_rank", "id"))


async def many(
    lane: Lane, actor: Actor, asked: RiskFilter, cursor: str | None, limit: int | None, now: datetime
) -> bytes:
    """A page of the risks that the actor may see as JSON, ranked: the highest score first (Guide K-2)."""
    return await listing.page(
        lane,
        _list,
        asdict(asked),
        {"rank": int, "id": UUID},
        cursor,
        limit,
        **visibility.of(actor),
        now=now,
        today=clock.day(now),
    )


@dataclass(frozen=True)
class LessonFilter:
    """What a list of lessons is narrowed to. `q`: words of the risk's title or code."""

    entity_id: UUID | None = None
    kind: RiskKind | None = None
    q: str | None = None


@lru_cache(maxsize=16)
def _lessons(given: frozenset[str], *, after: bool) -> Query:
    where = [visible(R), R.c.closed_at.is_not(None), *_narrowed(given)]
    if after:
        position = tuple_(bindparam("after_at", type_=R.c.closed_at.type), bindparam("after_id", type_=Uuid))
        where.append(tuple_(R.c.closed_at, R.c.id) < position)
    page = (
        select(
            sql.obj(id=R.c.id, code=R.c.code, title=R.c.title).label("risk"),
            sql.ref(_e).label("entity"),
            R.c.kind,
            R.c.strategy,
            grade(R.c.score, S).label("grade"),
            R.c.challenge_id.is_not(None).label("occurred"),
            R.c.lessons,
            R.c.closed_at,
            sql.person(R.c.closed_by_id).label("closed_by"),
            R.c.id.label("_id"),
            R.c.closed_at.label("_at"),
        )
        .select_from(_all)
        .where(*where)
        .order_by(R.c.closed_at.desc(), R.c.id.desc())
        .limit(bindparam("count", type_=Integer))
    )
    return Query(lambda: sql.as_json(page, "_at", "_id"))


async def lessons(
    lane: Lane, actor: Actor, asked: LessonFilter, cursor: str | None, limit: int | None, now: datetime
) -> bytes:
    """A page of what was learned from risks that are over, of those that the actor may see, the latest first."""
    return await listing.page(
        lane,
        _lessons,
        asdict(asked),
        {"at": datetime.fromisoformat, "id": UUID},
        cursor,
        limit,
        **visibility.of(actor),
        now=now,
        today=clock.day(now),
    )
