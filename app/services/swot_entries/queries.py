"""Every select of an entity's analysis: for its vision office, its head and the head's office."""

from dataclasses import asdict, dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Integer,
    SmallInteger,
    Text,
    Uuid,
    any_,
    bindparam,
    literal_column,
    select,
    tuple_,
)
from sqlalchemy.sql.selectable import FromClause, ScalarSelect

from app.db import Lane, Query, Row
from app.enums import SubjectKind
from app.enums.risks import SwotKind
from app.models import Entity, Risk, SwotEntry
from app.parties import Actor, Facts
from app.services import lifecycle, listing, sql
from app.services.documents import Document, with_actions
from app.services.people import visibility
from app.services.risks import visibility as risks
from app.services.swot_entries import rules

_w: FromClause = SwotEntry.__table__
_e: FromClause = Entity.__table__

ID = bindparam("id", type_=Uuid)
_OWN = ("id", "entity_id", "withdrawn_at", "version", *rules.TOLD)
_fact_columns = [_w.c[name].label(f"_{name}") for name in _OWN]
_visible: ColumnElement[bool] = _w.c.entity_id == any_(visibility.OFFICE)


def _risk() -> ScalarSelect[Any]:
    """The risk that was registered for it, as far as the reader sees it."""
    r = sql.alias(Risk)
    item = sql.obj(id=r.c.id, code=r.c.code, title=r.c.title)
    return select(item).where(r.c.id == _w.c.risk_id, risks.visible(r)).scalar_subquery()


def _item() -> list[ColumnElement[Any]]:
    return [
        _w.c.id,
        sql.ref(_e).label("entity"),
        _w.c.year,
        _w.c.kind,
        _w.c.says,
        _risk().label("risk"),
        sql.person(_w.c.written_by_id).label("written_by"),
        _w.c.written_at,
        _w.c.withdrawn_at,
        _w.c.version,
    ]


_all = _w.join(_e, _e.c.id == _w.c.entity_id)
_FACTS = Query(lambda: select(*_fact_columns).where(_w.c.id == ID, _visible))
_ONE = Query(
    lambda: sql.as_json(
        select(*_item(), sql.person(_w.c.withdrawn_by_id).label("withdrawn_by"), *_fact_columns)
        .select_from(_all)
        .where(_w.c.id == ID, _visible),
        *[f"_{name}" for name in _OWN],
    )
)


def _facts(row: Row, prefix: str = "") -> Facts:
    withdrawn = row[f"{prefix}withdrawn_at"] is not None
    return Facts(
        SubjectKind.SWOT_ENTRY,
        row[f"{prefix}id"],
        row[f"{prefix}entity_id"],
        state=rules.WITHDRAWN if withdrawn else rules.STANDING,
        version=row[f"{prefix}version"],
        row={name: row[f"{prefix}{name}"] for name in ("withdrawn_at", *rules.TOLD)},
    )


async def facts(lane: Lane, actor: Actor, entry_id: UUID, now: datetime) -> Facts | None:
    """What the rules need to know of an entry; `row` says what of it can be edited."""
    row = await lane.row(_FACTS, {**visibility.of(actor), "id": entry_id})
    return None if row is None else _facts(row, "_")


async def one(lane: Lane, actor: Actor, entry_id: UUID) -> Document | None:
    """One entry, withdrawn or not."""
    row = await lane.row(_ONE, {**visibility.of(actor), "id": entry_id})
    if row is None:
        return None
    found = _facts(row)
    actions = [t.action for t in rules.TRANSITIONS if lifecycle.possible(actor, t, found)]
    return Document(with_actions(row["json"], actions), found.version)


@dataclass(frozen=True)
class SwotFilter:
    """What a list of entries is narrowed to. `withdrawn`: those that were taken out, or those that stand."""

    entity_id: UUID | None = None
    year: int | None = None
    kind: SwotKind | None = None
    withdrawn: bool | None = None


@lru_cache(maxsize=32)
def _list(given: frozenset[str], *, after: bool) -> Query:
    conditions: dict[str, ColumnElement[bool]] = {
        "entity_id": _w.c.entity_id == bindparam("entity_id", type_=Uuid),
        "year": _w.c.year == bindparam("year", type_=SmallInteger),
        "kind": _w.c.kind == bindparam("kind", type_=Text),
        "withdrawn": _w.c.withdrawn_at.is_not(None) == bindparam("withdrawn", type_=Boolean),
    }
    where = [_visible, *[condition for name, condition in conditions.items() if name in given]]
    # A place in the list, from 0 for the latest year that an entry can have.
    latest = literal_column("2200", Integer) - _w.c.year
    if after:
        position = tuple_(bindparam("after_latest", type_=Integer), bindparam("after_id", type_=Uuid))
        where.append(tuple_(latest, _w.c.id) > position)
    page = (
        select(*_item(), latest.label("_latest"))
        .select_from(_all)
        .where(*where)
        .order_by(latest, _w.c.id)
        .limit(bindparam("count", type_=Integer))
    )
    return Query(lambda: sql.as_json(page, "_latest", "id"))


async def many(lane: Lane, actor: Actor, asked: SwotFilter, cursor: str | None, limit: int | None) -> bytes:
    """A page of the entries that the actor may see as JSON, the latest year first."""
    params = visibility.of(actor)
    position = {"latest": int, "id": UUID}
    return await listing.page(lane, _list, asdict(asked), position, cursor, limit, **params)
