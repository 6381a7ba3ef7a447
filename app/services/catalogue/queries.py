"""Every select of the national catalogue, which is open to any signed-in person (design, role rules)."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache, partial
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    Text,
    Uuid,
    and_,
    bindparam,
    func,
    or_,
    select,
)
from sqlalchemy.sql.selectable import FromClause

from app import paging
from app.db import Lane, Query, Row
from app.enums import Language
from app.models import DevelopmentPlan, Entity, Pillar, Priority, Programme
from app.services import listing, sql
from app.services.documents import Document

_pillar: FromClause = Pillar.__table__
_priority: FromClause = Priority.__table__
_programme: FromClause = Programme.__table__
_development_plan: FromClause = DevelopmentPlan.__table__
_entity: FromClause = Entity.__table__

ID = bindparam("id", type_=Uuid)

VERSION = 1
"""Catalogue rows are loaded, never changed through the service, so they have no version of their own;
the hash of the body in the ETag tells that a newer load says something else."""

_WHOLE = paging.Page(paging.MAXIMUM_LIMIT, None)
"""A list that is one page by its nature: four pillars, a dozen priorities."""


def _pillars() -> Select[Any]:
    p = _pillar
    return select(p.c.id, p.c.code, p.c.position, p.c.name_ar, p.c.name_en, p.c.source)


def _priorities() -> Select[Any]:
    p = _priority
    return select(
        p.c.id,
        p.c.code,
        p.c.position,
        p.c.name_ar,
        p.c.name_en,
        p.c.name_ar_translated,
        sql.ref(_pillar).label("pillar"),
        p.c.source,
    ).select_from(p.join(_pillar, _pillar.c.id == p.c.pillar_id))


def _programmes(*hidden: ColumnElement[Any]) -> Select[Any]:
    p = _programme
    return select(
        p.c.id,
        p.c.code,
        p.c.kind,
        p.c.status,
        p.c.name_ar,
        p.c.name_en,
        p.c.name_ar_translated,
        sql.ref(_entity).label("lead_entity"),
        sql.ref(_priority).label("priority"),
        p.c.period,
        p.c.source,
        *hidden,
    ).select_from(
        p.outerjoin(_entity, _entity.c.id == p.c.lead_entity_id).outerjoin(
            _priority, _priority.c.id == p.c.priority_id
        )
    )


def _development_plans() -> Select[Any]:
    d, whole = _development_plan, _development_plan.alias("whole")
    return select(
        d.c.id,
        d.c.code,
        d.c.kind,
        d.c.name_ar,
        d.c.name_en,
        d.c.starts_on,
        d.c.ends_on,
        sql.ref(whole).label("part_of"),
        d.c.legal_basis,
        d.c.source,
    ).select_from(d.outerjoin(whole, whole.c.id == d.c.part_of_id))


_PILLARS = Query(lambda: sql.as_json(_pillars().order_by(_pillar.c.position)))
_PILLAR = Query(lambda: sql.as_json(_pillars().where(_pillar.c.id == ID)))

_IN_ORDER = (_pillar.c.position, _priority.c.position)
_PRIORITIES = Query(lambda: sql.as_json(_priorities().order_by(*_IN_ORDER)))
_PRIORITIES_OF_PILLAR = Query(
    lambda: sql.as_json(_priorities().where(_pillar.c.id == ID).order_by(*_IN_ORDER))
)
_PRIORITY = Query(lambda: sql.as_json(_priorities().where(_priority.c.id == ID)))

_DEVELOPMENT_PLANS = Query(
    lambda: sql.as_json(
        _development_plans().order_by(_development_plan.c.starts_on, _development_plan.c.code)
    )
)
_DEVELOPMENT_PLAN = Query(lambda: sql.as_json(_development_plans().where(_development_plan.c.id == ID)))

_PROGRAMME = Query(lambda: sql.as_json(_programmes().where(_programme.c.id == ID)))


async def pillars(lane: Lane) -> bytes:
    """The pillars in the order of the vision document."""
    return _whole(await lane.rows(_PILLARS, {}))


async def pillar(lane: Lane, pillar_id: UUID) -> Document | None:
    """One pillar."""
    return _one(await lane.row(_PILLAR, {"id": pillar_id}))


async def priorities(lane: Lane, pillar_id: UUID | None) -> bytes:
    """The national priorities, all or of one pillar, in the order of the vision document."""
    if pillar_id is None:
        return _whole(await lane.rows(_PRIORITIES, {}))
    return _whole(await lane.rows(_PRIORITIES_OF_PILLAR, {"id": pillar_id}))


async def priority(lane: Lane, priority_id: UUID) -> Document | None:
    """One national priority."""
    return _one(await lane.row(_PRIORITY, {"id": priority_id}))


async def development_plans(lane: Lane) -> bytes:
    """The plans of the nation, by their first day."""
    return _whole(await lane.rows(_DEVELOPMENT_PLANS, {}))


async def development_plan(lane: Lane, plan_id: UUID) -> Document | None:
    """One plan of the nation."""
    return _one(await lane.row(_DEVELOPMENT_PLAN, {"id": plan_id}))


async def programme(lane: Lane, programme_id: UUID) -> Document | None:
    """One programme."""
    return _one(await lane.row(_PROGRAMME, {"id": programme_id}))


@dataclass(frozen=True)
class ProgrammeFilter:
    """What a list of programmes is narrowed to. `q`: words in Arabic or English, each of them contained."""

    q: str | None = None
    status: str | None = None
    priority_id: UUID | None = None


@lru_cache(maxsize=64)
def _programme_list(sort: str, given: frozenset[str], *, after: bool) -> Query:
    p = _programme
    # A few dozen rows: folded as they are read, without a column and an index for it.
    words = func.fold(p.c.code + " " + p.c.name_ar + " " + p.c.name_en)
    conditions: Mapping[str, ColumnElement[bool]] = {
        "q": sql.contains_words(words),
        "status": p.c.status == bindparam("status", type_=Text),
        "priority_id": p.c.priority_id == bindparam("priority_id", type_=Uuid),
    }
    where = [condition for name, condition in conditions.items() if name in given]
    key = p.c[sort]
    if after:
        last_key, last_id = bindparam("after_sort_key", type_=Text), bindparam("after_id", type_=Uuid)
        where.append(or_(key > last_key, and_(key == last_key, p.c.id > last_id)))
    page = (
        _programmes(key.label("_sort_key"))
        .where(*where)
        .order_by(key, p.c.id)
        .limit(bindparam("count", type_=Integer))
    )
    return Query(lambda: sql.as_json(page, "_sort_key", "id"))


async def programmes(
    lane: Lane, asked: ProgrammeFilter, language: str, cursor: str | None, limit: int | None
) -> bytes:
    """A page of programmes as JSON, sorted by name in the reader's language, the article ignored."""
    sort = f"sort_{Language(language).value}"
    filters = {**asdict(asked), "sort": sort}
    position = {"sort_key": str, "id": UUID}
    return await listing.page(lane, partial(_programme_list, sort), filters, position, cursor, limit)


def _one(row: Row | None) -> Document | None:
    return None if row is None else Document(row["json"].encode(), VERSION)


def _whole(rows: Sequence[Row]) -> bytes:
    return paging.body(rows, _WHOLE, {}, ())
