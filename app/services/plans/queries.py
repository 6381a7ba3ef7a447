"""Every select of annual plans that answers somebody, always through their one visibility rule."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Integer,
    SmallInteger,
    Text,
    Uuid,
    bindparam,
    case,
    literal_column,
    select,
)
from sqlalchemy.dialects.postgresql import JSON
from sqlalchemy.sql.selectable import FromClause, ScalarSelect

from app.db import Lane, Query, Writer
from app.enums.plans import PlanState
from app.models import DevelopmentPlan, Entity, Plan
from app.parties import Actor
from app.services import lifecycle, listing, sql
from app.services.documents import Document, with_actions
from app.services.path_runs import standing
from app.services.plans import columns, difference, facts, frozen, rules
from app.services.plans.visibility import is_in, takes_proposals, visible

_p: FromClause = Plan.__table__
_e: FromClause = Entity.__table__

ID = bindparam("id", type_=Uuid)


def _item(p: FromClause) -> list[ColumnElement[Any]]:
    return [
        p.c.id,
        sql.ref_by_id(_e, p.c.entity_id).label("entity"),
        p.c.year,
        p.c.number,
        p.c.name_ar,
        p.c.name_en,
        p.c.classification,
        p.c.state,
        p.c.proposals_open,
        p.c.recorded_at,
        p.c.approved_at,
        p.c.confirmed_at,
        standing.current(p.c.id).label("path"),
        p.c.version,
    ]


def _by(p: FromClause, step: str, **more: ColumnElement[Any]) -> ColumnElement[Any]:
    """Who took a step, when; null while nobody has."""
    at = p.c[f"{step}_at"]
    return case((at.is_not(None), sql.obj(by=sql.person(p.c[f"{step}_by_id"]), at=at, **more)))


def _development_plan(p: FromClause) -> ScalarSelect[Any]:
    return sql.ref_by_id(DevelopmentPlan.__table__, p.c.development_plan_id)


def _now_said(p: FromClause) -> ColumnElement[Any]:
    """What the plan says: as it was frozen, or while it is in work as it is."""
    said = frozen.said_in(p, p).cast(Text)
    return case((frozen.is_frozen(p), said), else_=columns.content(p).cast(Text))


def _said_before(p: FromClause) -> ColumnElement[Any]:
    """What it is compared with: what it said when it was approved, where it is revised since; else the version before
    it that was approved."""
    q = sql.alias(Plan, "before")
    former = (
        select(frozen.said_in(q, p).cast(Text))
        .where(
            q.c.entity_id == p.c.entity_id,
            q.c.year == p.c.year,
            q.c.number < p.c.number,
            q.c.snapshot.is_not(None),
        )
        .order_by(q.c.number.desc())
        .limit(literal_column("1"))
        .correlate(p)
        .scalar_subquery()
    )
    in_work = is_in(p, (PlanState.DRAFT, PlanState.PRELIMINARY))
    return case((in_work & p.c.snapshot.is_not(None), frozen.said_in(p, p).cast(Text)), else_=former)


_ONE = Query(
    lambda: sql.as_json(
        select(
            *_item(_p),
            _development_plan(_p).label("development_plan"),
            _p.c.reason,
            _p.c.criteria.cast(JSON).label("criteria"),
            sql.person(_p.c.drafted_by_id).label("drafted_by"),
            _by(_p, "verified", outdated=_p.c.verified_revision != _p.c.revision).label("verified"),
            _by(_p, "preliminary").label("preliminary"),
            _by(_p, "approved", decision_id=_p.c.decision_id).label("approved"),
            _by(_p, "confirmed").label("confirmed"),
            _by(_p, "returned", reason=_p.c.return_reason).label("returned"),
            _p.c.exceptional,
            _p.c.funded_cut_at,
            _p.c.platform_entry.cast(JSON).label("platform_entry"),
            frozen.as_approved(_p, "contents", columns.items(_p)).label("contents"),
            frozen.as_approved(_p, "coverage", columns.coverage(_p)).label("coverage"),
            frozen.as_approved(_p, "budgets", columns.budgets(_p)).label("budgets"),
            columns.links(_p).label("job_plan_links"),
            _now_said(_p).label("_said"),
            _said_before(_p).label("_before"),
            *facts.columns(_p),
        ).where(_p.c.id == ID, visible(_p)),
        *facts.COLUMNS,
        "_said",
        "_before",
    )
)
_ITEMS = Query(lambda: select(columns.items(_p).cast(Text).label("items")).where(_p.c.id == ID))


def read(said: str) -> dict[str, Any]:
    """What PostgreSQL wrote of a plan, its numbers exact."""
    content: dict[str, Any] = json.loads(said, parse_float=Decimal)
    return content


async def one(lane: Lane, actor: Actor, plan_id: UUID, now: datetime) -> Document | None:
    """One annual plan with all that it holds, and how it differs from the version before it."""
    row = await lane.row(_ONE, {**facts.params(actor, now), "id": plan_id})
    if row is None:
        return None
    found = facts.of(row, "")
    differs = (
        []
        if row["before"] is None
        else [each._asdict() for each in difference.between(read(row["before"]), read(row["said"]))]
    )
    json_text = f'{row["json"][:-1]},"difference":{json.dumps(differs, ensure_ascii=False)}}}'
    actions = [
        transition.action
        for transition in rules.BY_PEOPLE
        if lifecycle.possible(actor, transition, found) and rules.open_now(transition, found.row)
    ]
    return Document(with_actions(json_text, actions), found.version)


async def items(writer: Writer, plan_id: UUID) -> Sequence[Mapping[str, Any]]:
    """The items of a plan with what was checked of them and how their money stands; who may see it, the caller
    knows."""
    row = await writer.row(_ITEMS, {"id": plan_id})
    if row is None:
        raise LookupError("the plan was read before")
    found: list[Mapping[str, Any]] = json.loads(row["items"], parse_float=Decimal)
    return found


@dataclass(frozen=True)
class PlanFilter:
    """What a list of annual plans is narrowed to."""

    entity_id: UUID | None = None
    year: int | None = None
    state: PlanState | None = None


@lru_cache(maxsize=32)
def _list(given: frozenset[str], *, after: bool) -> Query:
    conditions: dict[str, ColumnElement[bool]] = {
        "entity_id": _p.c.entity_id == bindparam("entity_id", type_=Uuid),
        "year": _p.c.year == bindparam("year", type_=SmallInteger),
        "state": _p.c.state == bindparam("state", type_=Text),
    }
    where = [visible(_p), *[condition for name, condition in conditions.items() if name in given]]
    return _page(_item(_p), where, after=after)


@lru_cache(maxsize=2)
def _calls(_: frozenset[str], *, after: bool) -> Query:
    shown = [
        _p.c.id,
        sql.ref_by_id(_e, _p.c.entity_id).label("entity"),
        _p.c.year,
        _p.c.name_ar,
        _p.c.name_en,
        _p.c.criteria.cast(JSON).label("criteria"),
    ]
    return _page(shown, [takes_proposals(_p)], after=after)


def _page(shown: Sequence[ColumnElement[Any]], where: list[ColumnElement[bool]], *, after: bool) -> Query:
    if after:
        where.append(_p.c.id < bindparam("after_id", type_=Uuid))
    page = select(*shown).where(*where).order_by(_p.c.id.desc()).limit(bindparam("count", type_=Integer))
    return Query(lambda: sql.as_json(page, "id"))


async def many(
    lane: Lane, actor: Actor, asked: PlanFilter, cursor: str | None, limit: int | None, now: datetime
) -> bytes:
    """A page of annual plans as JSON, the latest begun first (their ids grow with time)."""
    return await listing.page(
        lane, _list, asdict(asked), {"id": UUID}, cursor, limit, **facts.params(actor, now)
    )


async def calls(lane: Lane, actor: Actor, cursor: str | None, limit: int | None, now: datetime) -> bytes:
    """A page of the plans that take proposals of the actor now, with the criteria of each (Guide P-5, P-12)."""
    return await listing.page(lane, _calls, {}, {"id": UUID}, cursor, limit, **facts.params(actor, now))
