"""Every select of delegations: for the office, and for the two persons concerned."""

from dataclasses import asdict, dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, DateTime, Integer, Uuid, bindparam, or_, select
from sqlalchemy.sql.selectable import FromClause

from app import paging
from app.db import Lane, Query, Row
from app.enums import SubjectKind
from app.models import Delegation, Entity
from app.parties import Actor, Facts
from app.services import lifecycle, sql
from app.services.documents import Document, with_actions
from app.services.entities.queries import ENTITY_ID, page_under, under_entity
from app.services.people import intervals, reach, rules

_d: FromClause = Delegation.__table__

ID = bindparam("id", type_=Uuid)
READ = "delegations.read"
_visible = or_(
    reach.within(_d.c.entity_id), _d.c.delegate_id == reach.PERSON, _d.c.delegator_id == reach.PERSON
)


def _item(d: FromClause) -> list[ColumnElement[Any]]:
    return [
        d.c.id,
        sql.ref_by_id(Entity.__table__, d.c.entity_id).label("entity"),
        sql.person(d.c.delegator_id).label("delegator"),
        sql.person(d.c.delegate_id).label("delegate"),
        d.c.action,
        d.c.reason,
        d.c.starts_at,
        d.c.ends_at,
        intervals.state(d).label("state"),
        d.c.version,
    ]


_FACTS = ("_id", "_entity_id", "_delegator_id", "_delegate_id", "_starts_at", "_ends_at", "_version")
_fact_columns = [
    *[_d.c[name.removeprefix("_")].label(name) for name in _FACTS],
    intervals.state(_d).label("_state"),
]
_ONE = Query(
    lambda: sql.as_json(select(*_item(_d), *_fact_columns).where(_d.c.id == ID, _visible), *_FACTS, "_state")
)
_ONE_FACTS = Query(lambda: select(*_fact_columns).where(_d.c.id == ID, _visible))


def _facts(actor: Actor, row: Row, prefix: str) -> Facts:
    return Facts(
        kind=SubjectKind.DELEGATION,
        id=row[f"{prefix}id"],
        entity_id=row[f"{prefix}entity_id"],
        state=row[f"{prefix}state"],
        version=row[f"{prefix}version"],
        own=actor.person_id in (row[f"{prefix}delegate_id"], row[f"{prefix}delegator_id"]),
        row={name: row[f"{prefix}{name}"] for name in ("starts_at", "ends_at")},
    )


async def facts(lane: Lane, actor: Actor, delegation_id: UUID, now: datetime) -> Facts | None:
    """What the rules need to know of a delegation that the actor may see."""
    row = await lane.row(_ONE_FACTS, {**reach.of(actor, READ), "id": delegation_id, "now": now})
    return None if row is None else _facts(actor, row, "_")


async def one(lane: Lane, actor: Actor, delegation_id: UUID, now: datetime) -> Document | None:
    """One delegation."""
    row = await lane.row(_ONE, {**reach.of(actor, READ), "id": delegation_id, "now": now})
    if row is None:
        return None
    facts = _facts(actor, row, "")
    possible = lifecycle.possible(actor, rules.END_DELEGATION, facts)
    return Document(
        with_actions(row["json"], [rules.END_DELEGATION.action] if possible else []), facts.version
    )


@dataclass(frozen=True)
class DelegationFilter:
    """What the delegations of an entity are narrowed to: those that hold at a moment."""

    entity_id: UUID
    in_force_at: datetime | None = None


@lru_cache(maxsize=4)
def _list(*, after: bool) -> Query:
    moment = bindparam("in_force_at", type_=DateTime(timezone=True))
    where = [_d.c.entity_id == ENTITY_ID, sql.in_force(_d, moment), _visible]
    if after:
        where.append(_d.c.id > bindparam("after_id", type_=Uuid))
    page = select(*_item(_d)).where(*where).order_by(_d.c.id).limit(bindparam("count", type_=Integer))
    return under_entity(page, lambda items: (items.c.id,))


async def many(
    lane: Lane, actor: Actor, asked: DelegationFilter, cursor: str | None, limit: int | None, now: datetime
) -> bytes:
    """A page of the delegations of an entity that hold now, or at the moment asked. Raises NotFound."""
    filters = {name: value for name, value in asdict(asked).items() if value is not None}
    part = paging.page(cursor, limit, filters, (UUID,))
    params = {"in_force_at": now, **filters, **reach.of(actor, READ), "now": now}
    return await page_under(lane, _list(after=part.after is not None), params, part, filters)
