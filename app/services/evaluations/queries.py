"""Every select of evaluations, always through their one visibility rule (Guide M-3)."""

from dataclasses import asdict, dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Date,
    Integer,
    Text,
    Uuid,
    and_,
    bindparam,
    case,
    false,
    func,
    select,
    true,
    tuple_,
)
from sqlalchemy.sql.selectable import FromClause

from app import clock
from app.db import Lane, Query, Row
from app.enums import SubjectKind
from app.enums.evaluations import EvaluationRating, EvaluationState
from app.models import Entity, Evaluation
from app.parties import Actor, Facts
from app.services import lifecycle, listing, seeing, sql
from app.services.actions import columns as actions
from app.services.challenges import subjects
from app.services.documents import Document, with_actions
from app.services.evaluations import rules
from app.services.evaluations.visibility import nobody_left, visible
from app.services.people import visibility

_v: FromClause = Evaluation.__table__
_e: FromClause = Entity.__table__
_about = subjects.about(_v)
ID = bindparam("id", type_=Uuid)

_OWN = ("id", "entity_id", "about_id", "code", "state", "version", "edited_by", *rules.TOLD)


def _awaiting() -> ColumnElement[Any]:
    """Open waits, and the head where four eyes leaves no manager."""
    return sql.awaiting_or_head(
        _v.c.id, nobody_left(_v), action=sql.const(rules.APPROVE.action), since=_v.c.drafted_at
    )


def _sees_what_it_judges() -> ColumnElement[bool]:
    return seeing.seen(_v.c.about_id, _about.c.kind, _v, subjects.KINDS)


def _item() -> list[ColumnElement[Any]]:
    return [
        _v.c.id,
        _v.c.code,
        _v.c.title,
        sql.ref(_e).label("entity"),
        case((_sees_what_it_judges(), subjects.shown(_v.c.about_id, _about))).label("about"),
        _v.c.period_from,
        _v.c.period_to,
        _v.c.rating,
        _v.c.classification,
        _v.c.state,
        sql.person(_v.c.drafted_by_id).label("drafted_by"),
        _v.c.drafted_at,
        _awaiting().label("awaiting"),
        _v.c.version,
    ]


def _joined() -> FromClause:
    return _v.join(_e, _e.c.id == _v.c.entity_id).outerjoin(_about, true())


def _fact_columns() -> list[ColumnElement[Any]]:
    return [
        *[_v.c[name].label(f"_{name}") for name in _OWN],
        nobody_left(_v).label("_nobody_left"),
        func.coalesce(_about.c.restricted, false()).label("_restricted"),
    ]


_FACTS = tuple(str(column.key) for column in _fact_columns())
_ONE_FACTS = Query(lambda: select(*_fact_columns()).select_from(_joined()).where(_v.c.id == ID, visible(_v)))
_ONE = Query(
    lambda: sql.as_json(
        select(
            *_item(),
            _v.c.findings,
            _v.c.conclusion,
            actions.from_source(_v.c.id).label("follow_up"),
            sql.person(_v.c.ended_by_id).label("ended_by"),
            _v.c.ended_at,
            _v.c.discard_reason,
            _v.c.exceptional,
            *_fact_columns(),
        )
        .select_from(_joined())
        .where(_v.c.id == ID, visible(_v)),
        *_FACTS,
    )
)


def _facts(row: Row, prefix: str) -> Facts:
    def said(name: str) -> Any:
        return row[f"{prefix}{name}"]

    state = said("state")
    return Facts(
        kind=SubjectKind.EVALUATION,
        id=said("id"),
        entity_id=said("entity_id"),
        state=state,
        version=said("version"),
        steps=rules.steps(said("entity_id")),
        edited_by=frozenset(said("edited_by")) if state in rules.DRAFTS else frozenset(),
        nobody_left=rules.DUE.get(state, frozenset()) if said("nobody_left") else frozenset(),
        row={name: said(name) for name in (*_OWN, "restricted")},
    )


def _params(actor: Actor, now: datetime) -> dict[str, Any]:
    return {**visibility.of(actor), "now": now, "today": clock.day(now)}


async def facts(lane: Lane, actor: Actor, evaluation_id: UUID, now: datetime) -> Facts | None:
    """What the rules need to know of an evaluation that the actor may see; `row` holds what it says."""
    row = await lane.row(_ONE_FACTS, {**_params(actor, now), "id": evaluation_id})
    return None if row is None else _facts(row, "_")


async def one(lane: Lane, actor: Actor, evaluation_id: UUID, now: datetime) -> Document | None:
    """One evaluation with the actions that come from it, and what the actor may do with it now."""
    row = await lane.row(_ONE, {**_params(actor, now), "id": evaluation_id})
    if row is None:
        return None
    found = _facts(row, "")
    possible = [
        transition.action for transition in rules.TRANSITIONS if lifecycle.possible(actor, transition, found)
    ]
    return Document(with_actions(row["json"], possible), found.version)


@dataclass(frozen=True)
class EvaluationFilter:
    """What a list of evaluations is narrowed to. `since`: those whose period ends on this day or later."""

    entity_id: UUID | None = None
    about_id: UUID | None = None
    state: EvaluationState | None = None
    rating: EvaluationRating | None = None
    since: date | None = None


@lru_cache(maxsize=64)
def _list(given: frozenset[str], *, after: bool) -> Query:
    same = {"entity_id": Uuid, "state": Text, "rating": Text}
    about_id = _v.c.about_id == bindparam("about_id", type_=Uuid)
    conditions: dict[str, ColumnElement[bool]] = {
        **{name: _v.c[name] == bindparam(name, type_=type_()) for name, type_ in same.items()},
        "about_id": and_(about_id, _sees_what_it_judges()),
        "since": _v.c.period_to >= bindparam("since", type_=Date),
    }
    where = [visible(_v), *(condition for name, condition in conditions.items() if name in given)]
    if after:
        position = tuple_(bindparam("after_period_to", type_=Date), bindparam("after_id", type_=Uuid))
        where.append(tuple_(_v.c.period_to, _v.c.id) < position)
    page = (
        select(*_item())
        .select_from(_joined())
        .where(*where)
        .order_by(_v.c.period_to.desc(), _v.c.id.desc())
        .limit(bindparam("count", type_=Integer))
    )
    return Query(lambda: sql.as_json(page, "period_to", "id"))


async def many(
    lane: Lane, actor: Actor, asked: EvaluationFilter, cursor: str | None, limit: int | None, now: datetime
) -> bytes:
    """A page of the evaluations that the actor may see as JSON, the latest period first."""
    return await listing.page(
        lane,
        _list,
        asdict(asked),
        {"period_to": date.fromisoformat, "id": UUID},
        cursor,
        limit,
        **_params(actor, now),
    )
