"""Every select of service accounts: one's own, and all of them for an administrator."""

from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Integer, Uuid, any_, bindparam, or_, select
from sqlalchemy.sql.selectable import FromClause

from app.db import Lane, Query, Row
from app.enums import SubjectKind
from app.models import Entity, ServiceAccount
from app.parties import ADMINISTRATOR, Actor, Facts
from app.services import lifecycle, listing, sql
from app.services.documents import Document, with_actions
from app.services.people import visibility
from app.services.service_accounts import rules

_a: FromClause = ServiceAccount.__table__
_e: FromClause = Entity.__table__

ID = bindparam("id", type_=Uuid)

_VISIBLE = or_(_a.c.maker_id == visibility.PERSON, sql.const(ADMINISTRATOR) == any_(visibility.KEYS))


def _item() -> list[ColumnElement[Any]]:
    return [
        _a.c.id,
        _a.c.name,
        _a.c.actions.label("permissions"),
        sql.ref(_e).label("entity"),
        sql.person(_a.c.maker_id).label("maker"),
        _a.c.created_at,
        _a.c.expires_at,
        _a.c.ended_at,
        _a.c.version,
    ]


_FACTS = ("_id", "_entity_id", "_maker_id", "_ended_at", "_version")


def _fact_columns() -> list[ColumnElement[Any]]:
    return [_a.c[name.removeprefix("_")].label(name) for name in _FACTS]


_FROM = _a.outerjoin(_e, _e.c.id == _a.c.entity_id)
_ONE = Query(
    lambda: sql.as_json(
        select(*_item(), *_fact_columns()).select_from(_FROM).where(_a.c.id == ID, _VISIBLE), *_FACTS
    )
)
_ONE_FACTS = Query(lambda: select(*_fact_columns()).where(_a.c.id == ID, _VISIBLE))
_ENTITY_EXISTS = Query(lambda: select(_e.c.id).where(_e.c.id == ID))


def _facts(actor: Actor, row: Row, prefix: str) -> Facts:
    return Facts(
        kind=SubjectKind.SERVICE_ACCOUNT,
        id=row[f"{prefix}id"],
        entity_id=row[f"{prefix}entity_id"],
        state=rules.STANDING if row[f"{prefix}ended_at"] is None else rules.ENDED,
        version=row[f"{prefix}version"],
        own=row[f"{prefix}maker_id"] == actor.person_id,
    )


async def facts(lane: Lane, actor: Actor, account_id: UUID, now: datetime) -> Facts | None:
    """What the rules need to know of a service account that the actor may see."""
    row = await lane.row(_ONE_FACTS, {**visibility.of(actor), "id": account_id})
    return None if row is None else _facts(actor, row, "_")


async def one(lane: Lane, actor: Actor, account_id: UUID) -> Document | None:
    """One service account; never its secret, which is not kept."""
    row = await lane.row(_ONE, {**visibility.of(actor), "id": account_id})
    if row is None:
        return None
    facts = _facts(actor, row, "")
    actions = [rules.END.action] if lifecycle.possible(actor, rules.END, facts) else []
    return Document(with_actions(row["json"], actions), facts.version)


async def entity_exists(lane: Lane, entity_id: UUID) -> bool:
    """Whether there is such an entity: the catalogue is open to any signed-in person."""
    return await lane.row(_ENTITY_EXISTS, {"id": entity_id}) is not None


@lru_cache(maxsize=2)
def _list(_: frozenset[str], *, after: bool) -> Query:
    older = [_a.c.id < bindparam("after_id", type_=Uuid)] if after else []
    page = (
        select(*_item())
        .select_from(_FROM)
        .where(_VISIBLE, *older)
        .order_by(_a.c.id.desc())
        .limit(bindparam("count", type_=Integer))
    )
    return Query(lambda: sql.as_json(page, "id"))


async def many(lane: Lane, actor: Actor, cursor: str | None, limit: int | None) -> bytes:
    """A page of service accounts as JSON, the latest first (their ids grow with time)."""
    return await listing.page(lane, _list, {}, {"id": UUID}, cursor, limit, **visibility.of(actor))
