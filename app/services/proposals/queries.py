"""Every select of proposals, always through their one visibility rule (Guide P-12)."""

import json
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
    func,
    select,
)
from sqlalchemy.sql.selectable import FromClause

from app.db import Lane, Query, Row
from app.enums import SubjectKind
from app.enums.plans import ProposalState
from app.models import Entity, Indicator, Plan, Proposal
from app.parties import Actor, Facts
from app.services import lifecycle, listing, sql
from app.services.documents import Document, with_actions
from app.services.people import visibility
from app.services.proposals import rules
from app.services.proposals.visibility import nobody_left, visible

_x: FromClause = Proposal.__table__
_p: FromClause = Plan.__table__

ID = bindparam("id", type_=Uuid)
_joined = _x.join(_p, _p.c.id == _x.c.plan_id)


def _item(x: FromClause, p: FromClause) -> list[ColumnElement[Any]]:
    return [
        x.c.id,
        sql.ref_by_id(Entity.__table__, x.c.entity_id).label("entity"),
        x.c.plan_id,
        p.c.year,
        x.c.title,
        x.c.state,
        x.c.rank,
        func.to_json(x.c.meets).label("meets"),
        sql.person(x.c.proposed_by_id).label("proposed_by"),
        x.c.proposed_at,
        sql.awaiting(x.c.id).label("awaiting"),
        x.c.version,
    ]


_FACTS = ("_id", "_entity_id", "_state", "_version", "_proposed_by_id", "_rank", "_meets")
_fact_columns = [
    *[_x.c[name.removeprefix("_")].label(name) for name in _FACTS],
    nobody_left(_x).label("_nobody_left"),
    _p.c.criteria.cast(Text).label("_criteria"),
]
_ALL_FACTS = (*_FACTS, "_nobody_left", "_criteria")

_ONE = Query(
    lambda: sql.as_json(
        select(
            *_item(_x, _p),
            _x.c.problem,
            _x.c.idea,
            _x.c.effect,
            sql.ref_by_id(Indicator.__table__, _x.c.indicator_id).label("indicator"),
            func.trim_scale(_x.c.cost).label("cost"),
            sql.person(_x.c.sorted_by_id).label("sorted_by"),
            _x.c.sorted_at,
            sql.person(_x.c.decided_by_id).label("decided_by"),
            _x.c.decided_at,
            _x.c.reason,
            _x.c.initiative_id,
            *_fact_columns,
        )
        .select_from(_joined)
        .where(_x.c.id == ID, visible(_x)),
        *_ALL_FACTS,
    )
)
_ONE_FACTS = Query(lambda: select(*_fact_columns).select_from(_joined).where(_x.c.id == ID, visible(_x)))


def _facts(row: Row, prefix: str, actor: Actor) -> Facts:
    def said(name: str) -> Any:
        return row[f"{prefix}{name}"]

    undecided = said("state") in rules.UNDECIDED
    return Facts(
        kind=SubjectKind.PROPOSAL,
        id=said("id"),
        entity_id=said("entity_id"),
        state=said("state"),
        version=said("version"),
        steps=rules.steps(said("entity_id")),
        edited_by=frozenset({said("proposed_by_id")}) if undecided else frozenset(),
        nobody_left=rules.DUE if said("nobody_left") else frozenset(),
        own=said("proposed_by_id") == actor.person_id,
        row={
            "rank": said("rank"),
            "meets": list(said("meets")),
            "criteria": json.loads(said("criteria")),
        },
    )


async def facts(lane: Lane, actor: Actor, proposal_id: UUID, now: datetime) -> Facts | None:
    """What the rules need to know of a proposal that the actor may see."""
    row = await lane.row(_ONE_FACTS, {**visibility.of(actor), "now": now, "id": proposal_id})
    return None if row is None else _facts(row, "_", actor)


async def one(lane: Lane, actor: Actor, proposal_id: UUID, now: datetime) -> Document | None:
    """One proposal."""
    row = await lane.row(_ONE, {**visibility.of(actor), "now": now, "id": proposal_id})
    if row is None:
        return None
    found = _facts(row, "", actor)
    actions = [each.action for each in rules.TRANSITIONS if lifecycle.possible(actor, each, found)]
    return Document(with_actions(row["json"], actions), found.version)


@dataclass(frozen=True)
class ProposalFilter:
    """What a list of proposals is narrowed to. `mine`: only what the actor proposed."""

    entity_id: UUID | None = None
    plan_id: UUID | None = None
    state: ProposalState | None = None
    mine: bool | None = None


@lru_cache(maxsize=64)
def _list(given: frozenset[str], *, after: bool) -> Query:
    conditions: dict[str, ColumnElement[bool]] = {
        "entity_id": _x.c.entity_id == bindparam("entity_id", type_=Uuid),
        "plan_id": _x.c.plan_id == bindparam("plan_id", type_=Uuid),
        "state": _x.c.state == bindparam("state", type_=Text),
        "mine": (_x.c.proposed_by_id == visibility.PERSON) == bindparam("mine", type_=Boolean),
    }
    where = [visible(_x), *[condition for name, condition in conditions.items() if name in given]]
    if after:
        where.append(_x.c.id < bindparam("after_id", type_=Uuid))
    page = (
        select(*_item(_x, _p))
        .select_from(_joined)
        .where(and_(*where))
        .order_by(_x.c.id.desc())
        .limit(bindparam("count", type_=Integer))
    )
    return Query(lambda: sql.as_json(page, "id"))


async def many(
    lane: Lane, actor: Actor, asked: ProposalFilter, cursor: str | None, limit: int | None, now: datetime
) -> bytes:
    """A page of proposals as JSON, the latest first (their ids grow with time)."""
    return await listing.page(
        lane, _list, asdict(asked), {"id": UUID}, cursor, limit, **visibility.of(actor), now=now
    )
