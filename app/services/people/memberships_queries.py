"""Every select of memberships: for whom the rule names, and for the person concerned."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, DateTime, Integer, Text, Uuid, bindparam, or_, select
from sqlalchemy.sql.selectable import FromClause

from app import paging, parties, permissions
from app.db import Lane, Query, Row
from app.enums import DivisionFunction, Role, SubjectKind, Tenure
from app.models import Division, Entity, Membership
from app.parties import Actor, Facts
from app.services import lifecycle, sql
from app.services.documents import Document, with_actions
from app.services.entities.queries import ENTITY_ID, page_under, under_entity
from app.services.people import intervals, reach, rules

_m: FromClause = Membership.__table__
_d: FromClause = Division.__table__

ID = bindparam("id", type_=Uuid)
READ = "memberships.read"
_visible = or_(reach.within(_m.c.entity_id), _m.c.user_id == reach.PERSON)


def _item(m: FromClause) -> list[ColumnElement[Any]]:
    return [
        m.c.id,
        sql.person(m.c.user_id).label("user"),
        sql.ref_by_id(Entity.__table__, m.c.entity_id).label("entity"),
        sql.ref_by_id(Division.__table__, m.c.division_id).label("division"),
        m.c.role,
        m.c.tenure,
        m.c.starts_at,
        m.c.ends_at,
        intervals.state(m).label("state"),
        m.c.decision_id,
        m.c.version,
    ]


_FACTS = ("_id", "_entity_id", "_user_id", "_role", "_tenure", "_starts_at", "_ends_at", "_version")
_fact_columns = [
    *[_m.c[name.removeprefix("_")].label(name) for name in _FACTS],
    intervals.state(_m).label("_state"),
    select(_d.c.function).where(_d.c.id == _m.c.division_id).scalar_subquery().label("_function"),
]
_ONE = Query(
    lambda: sql.as_json(
        select(*_item(_m), *_fact_columns).where(_m.c.id == ID, _visible), *_FACTS, "_state", "_function"
    )
)
_ONE_FACTS = Query(lambda: select(*_fact_columns).where(_m.c.id == ID, _visible))


def _facts(actor: Actor, row: Row, prefix: str) -> Facts:
    def said(name: str) -> Any:
        return row[f"{prefix}{name}"]

    return Facts(
        kind=SubjectKind.MEMBERSHIP,
        id=said("id"),
        entity_id=said("entity_id"),
        state=said("state"),
        version=said("version"),
        steps={rules.APPOINT: _appointing(said("role"), said("tenure"), said("function"), said("entity_id"))},
        own=said("user_id") == actor.person_id,
        row={name: said(name) for name in ("user_id", "starts_at", "ends_at")},
    )


def _appointing(role: str, tenure: str, function: str | None, entity_id: UUID | None) -> tuple[str, ...]:
    """The party keys of those who appoint to the role. Nobody appoints administrators here."""
    if entity_id is None:
        return ()
    action = rules.appointing_action(
        Role(role), Tenure(tenure), DivisionFunction(function) if function else None
    )
    return tuple(
        who if who == parties.ADMINISTRATOR else parties.party_key(who, entity_id)
        for who in permissions.RULES[action].who
    )


async def facts(lane: Lane, actor: Actor, membership_id: UUID, now: datetime) -> Facts | None:
    """What the rules need to know of a membership that the actor may see."""
    row = await lane.row(_ONE_FACTS, {**reach.of(actor, READ), "id": membership_id, "now": now})
    return None if row is None else _facts(actor, row, "_")


async def one(lane: Lane, actor: Actor, membership_id: UUID, now: datetime) -> Document | None:
    """One membership."""
    row = await lane.row(_ONE, {**reach.of(actor, READ), "id": membership_id, "now": now})
    if row is None:
        return None
    facts = _facts(actor, row, "")
    possible = lifecycle.possible(actor, rules.END_MEMBERSHIP, facts)
    return Document(
        with_actions(row["json"], [rules.END_MEMBERSHIP.action] if possible else []), facts.version
    )


@dataclass(frozen=True)
class MembershipFilter:
    """What the memberships of an entity are narrowed to: those that hold at a moment."""

    entity_id: UUID
    in_force_at: datetime | None = None
    role: Role | None = None
    user_id: UUID | None = None


@lru_cache(maxsize=16)
def _list(given: frozenset[str], *, after: bool) -> Query:
    conditions: Mapping[str, ColumnElement[bool]] = {
        "role": _m.c.role == bindparam("role", type_=Text),
        "user_id": _m.c.user_id == bindparam("user_id", type_=Uuid),
    }
    where = [condition for name, condition in conditions.items() if name in given]
    moment = bindparam("in_force_at", type_=DateTime(timezone=True))
    where += [_m.c.entity_id == ENTITY_ID, sql.in_force(_m, moment), _visible]
    if after:
        where.append(_m.c.id > bindparam("after_id", type_=Uuid))
    page = select(*_item(_m)).where(*where).order_by(_m.c.id).limit(bindparam("count", type_=Integer))
    return under_entity(page, lambda items: (items.c.id,))


async def many(
    lane: Lane, actor: Actor, asked: MembershipFilter, cursor: str | None, limit: int | None, now: datetime
) -> bytes:
    """A page of the memberships of an entity that hold now, or at the moment asked. Raises NotFound."""
    filters = {name: value for name, value in asdict(asked).items() if value is not None}
    part = paging.page(cursor, limit, filters, (UUID,))
    query = _list(frozenset(filters) & {"role", "user_id"}, after=part.after is not None)
    params = {"in_force_at": now, **filters, **reach.of(actor, READ), "now": now}
    return await page_under(lane, query, params, part, filters)
