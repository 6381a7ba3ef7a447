"""Every select of the routing table's versions: they are national, and open to whoever is signed in."""

from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Integer, Uuid, bindparam, func, literal_column, select
from sqlalchemy.sql.selectable import FromClause, ScalarSelect

from app.db import Lane, Query
from app.enums import SubjectKind
from app.models import EscalationRoute, EscalationTable
from app.parties import Actor, Facts
from app.services import listing, sql
from app.services.documents import Document

_t: FromClause = EscalationTable.__table__
_r: FromClause = EscalationRoute.__table__


def _latest() -> ScalarSelect[Any]:
    newest = _t.alias("newest")
    return select(func.max(newest.c.number)).scalar_subquery()


def _item() -> list[ColumnElement[Any]]:
    return [
        _t.c.id,
        _t.c.number,
        (_t.c.number == _latest()).label("in_force"),
        _t.c.office_limit,
        _t.c.reason,
        sql.person(_t.c.set_by_id).label("set_by"),
        _t.c.set_at,
    ]


def route(r: FromClause) -> ColumnElement[Any]:
    """A route as JSON."""
    names = ("id", "code", "kind", "tie", "from_level", "to_level", "to_body", "escalated_by", "after_head")
    more = ("limit_days", "title_ar", "title_en")
    return sql.obj(**{name: r.c[name] for name in (*names, *more)})


_ONE = Query(
    lambda: sql.as_json(
        select(
            *_item(),
            select(sql.listed(route(_r), _r.c.position))
            .where(_r.c.table_id == _t.c.id)
            .scalar_subquery()
            .label("routes"),
        ).where(_t.c.id == bindparam("id", type_=Uuid))
    )
)
_FACTS = Query(lambda: select(_t.c.id).where(_t.c.id == bindparam("id", type_=Uuid)))
LATEST = Query(
    lambda: (
        select(_t.c.id, _t.c.number, _t.c.office_limit)
        .order_by(_t.c.number.desc())
        .limit(literal_column("1"))
    )
)
"""The version in force. The migrations ship the first, so that there always is one."""


async def facts(lane: Lane, actor: Actor, table_id: UUID, now: datetime) -> Facts | None:
    """Whether there is such a version."""
    row = await lane.row(_FACTS, {"id": table_id})
    return None if row is None else Facts(SubjectKind.ESCALATION_ROUTES, row["id"], None)


async def one(lane: Lane, table_id: UUID) -> Document | None:
    """One version with its routes. It never changes, so its own version is 1."""
    row = await lane.row(_ONE, {"id": table_id})
    return None if row is None else Document(row["json"].encode(), version=1)


@lru_cache(maxsize=2)
def _list(_: frozenset[str], *, after: bool) -> Query:
    page = select(*_item()).order_by(_t.c.number.desc()).limit(bindparam("count", type_=Integer))
    if after:
        page = page.where(_t.c.number < bindparam("after_number", type_=Integer))
    return Query(lambda: sql.as_json(page, "number"))


async def many(lane: Lane, cursor: str | None, limit: int | None) -> bytes:
    """A page of the versions as JSON, the one in force first."""
    return await listing.page(lane, _list, {}, {"number": int}, cursor, limit)
