"""Every select of entities and divisions. The catalogue is open to any signed-in person (design, role rules)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import lru_cache, partial
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    Text,
    Uuid,
    bindparam,
    exists,
    func,
    literal_column,
    select,
    true,
    tuple_,
)
from sqlalchemy.sql.selectable import FromClause

from app import paging, permissions
from app.db import Lane, Query, Row
from app.enums import RolePlanState, SubjectKind
from app.errors import NotFound
from app.models import Division, Entity, RolePlan
from app.paging import Page
from app.parties import Actor, Facts
from app.services import lifecycle, listing, sql
from app.services.documents import Document, with_actions
from app.services.entities import rules

_e: FromClause = Entity.__table__
_d: FromClause = Division.__table__

ID = bindparam("id", type_=Uuid)
ENTITY_ID = bindparam("entity_id", type_=Uuid)
_COUNT = bindparam("count", type_=Integer)
_AFTER_ID = bindparam("after_id", type_=Uuid)

Sort = Literal["name_ar", "name_en", "code"]


def _item(e: FromClause) -> list[ColumnElement[Any]]:
    return [
        e.c[name] for name in ("id", "code", "name_ar", "name_en", "kind", "is_unit", "verified", "version")
    ]


_FACTS = ("_id", "_code", "_is_unit", "_version", "_has_open_plan")


def _fact_columns(e: FromClause) -> list[ColumnElement[Any]]:
    plan = sql.alias(RolePlan)
    in_work = exists(
        select(literal_column("1")).where(
            plan.c.entity_id == e.c.id, plan.c.state != sql.const(RolePlanState.APPROVED)
        )
    )
    return [
        e.c.id.label("_id"),
        e.c.code.label("_code"),
        e.c.is_unit.label("_is_unit"),
        e.c.version.label("_version"),
        in_work.label("_has_open_plan"),
    ]


_ONE = Query(
    lambda: sql.as_json(select(*_item(_e), _e.c.source, *_fact_columns(_e)).where(_e.c.id == ID), *_FACTS)
)
_ONE_FACTS = Query(lambda: select(*_fact_columns(_e)).where(_e.c.id == ID))


def _facts(row: Row, prefix: str) -> Facts:
    entity_id = row[f"{prefix}id"]
    return Facts(
        kind=SubjectKind.ENTITY,
        id=entity_id,
        entity_id=entity_id,
        state=rules.STANDING,
        version=row[f"{prefix}version"],
        row={name: row[f"{prefix}{name}"] for name in ("code", "is_unit", "has_open_plan")},
    )


async def facts(lane: Lane, actor: Actor, entity_id: UUID, now: datetime) -> Facts | None:
    """What the rules need to know of an entity; `row` says its code, and whether it is UNIT."""
    row = await lane.row(_ONE_FACTS, {"id": entity_id})
    return None if row is None else _facts(row, "_")


async def one(lane: Lane, actor: Actor, entity_id: UUID) -> Document | None:
    """One entity, with what the actor may do to it and begin in it."""
    row = await lane.row(_ONE, {"id": entity_id})
    if row is None:
        return None
    facts = _facts(row, "")
    actions = [rules.EDIT.action] if lifecycle.possible(actor, rules.EDIT, facts) else []
    actions += [
        action
        for action in rules.BEGUN_HERE
        if rules.open_now(action, facts.row) and permissions.allows(actor, action, facts)
    ]
    return Document(with_actions(row["json"], actions), facts.version)


@dataclass(frozen=True)
class EntityFilter:
    """What a list of entities is narrowed to. `q`: words in Arabic or English, each of them contained."""

    q: str | None = None
    kind: str | None = None


_SORT_COLUMNS: Mapping[Sort, str] = {"name_ar": "sort_ar", "name_en": "sort_en", "code": "code"}


def _key(table: FromClause, sort: Sort) -> ColumnElement[Any]:
    return table.c[_SORT_COLUMNS[sort]].collate("C")


@lru_cache(maxsize=32)
def _list(sort: Sort, given: frozenset[str], *, after: bool) -> Query:
    conditions: Mapping[str, ColumnElement[bool]] = {
        "q": sql.contains_words(_e.c.search_key),
        "kind": _e.c.kind == bindparam("kind", type_=Text),
    }
    where = [condition for name, condition in conditions.items() if name in given]
    if after:
        # The cursor names the last entity only: a sort key can be longer than a cursor may be.
        last = _e.alias("last")
        position = select(_key(last, sort), last.c.id).where(last.c.id == _AFTER_ID).scalar_subquery()
        where.append(tuple_(_key(_e, sort), _e.c.id) > position)
    page = select(*_item(_e)).where(*where).order_by(_key(_e, sort), _e.c.id).limit(_COUNT)
    return Query(lambda: sql.as_json(page, "id"))


async def many(lane: Lane, asked: EntityFilter, sort: Sort, cursor: str | None, limit: int | None) -> bytes:
    """A page of entities as JSON, sorted by a name (the article ignored) or by the code."""
    filters = {**asdict(asked), "sort": sort}
    return await listing.page(lane, partial(_list, sort), filters, {"id": UUID}, cursor, limit)


def at(part: Page) -> dict[str, Any]:
    """The parameters of a page whose cursor is an id."""
    return {"count": part.limit + 1} | ({"after_id": part.after[0]} if part.after else {})


def under_entity(
    page: Select[Any], order: Callable[[FromClause], Sequence[ColumnElement[Any]]], *keys: str
) -> Query:
    """A page of what lies under the entity `entity_id`, in one statement that also says whether the entity
    exists: no row when it does not, and one row without an item when the page is empty."""
    items = sql.as_json(page, "id", *keys).subquery("items")
    return Query(
        lambda: (
            select(*items.c)
            .select_from(_e.outerjoin(items, true()))
            .where(_e.c.id == ENTITY_ID)
            .order_by(*order(items))
        )
    )


async def page_under(
    lane: Lane, query: Query, params: Mapping[str, Any], part: Page, filters: Mapping[str, Any]
) -> bytes:
    """Such a page as JSON. Raises NotFound when there is no such entity."""
    rows = await lane.rows(query, {**params, **at(part)})
    if not rows:
        raise NotFound()
    return paging.body([row for row in rows if row["json"] is not None], part, filters, ("id",))


def _division_item(d: FromClause) -> list[ColumnElement[Any]]:
    return [
        d.c.id,
        sql.ref_by_id(Entity.__table__, d.c.entity_id).label("entity"),
        d.c.code,
        d.c.name_ar,
        d.c.name_en,
        d.c.function,
        d.c.version,
    ]


_DIVISION_FACTS = ("_id", "_entity_id", "_function", "_version")
_division_facts = [_d.c[name.removeprefix("_")].label(name) for name in _DIVISION_FACTS]
_ONE_DIVISION = Query(
    lambda: sql.as_json(select(*_division_item(_d), *_division_facts).where(_d.c.id == ID), *_DIVISION_FACTS)
)
_ONE_DIVISION_FACTS = Query(lambda: select(*_division_facts).where(_d.c.id == ID))


def _facts_of_division(row: Row, prefix: str) -> Facts:
    return Facts(
        kind=SubjectKind.DIVISION,
        id=row[f"{prefix}id"],
        entity_id=row[f"{prefix}entity_id"],
        state=rules.STANDING,
        version=row[f"{prefix}version"],
        row={"function": row[f"{prefix}function"]},
    )


async def division_facts(lane: Lane, actor: Actor, division_id: UUID, now: datetime) -> Facts | None:
    """What the rules need to know of a division; `row` says its function."""
    row = await lane.row(_ONE_DIVISION_FACTS, {"id": division_id})
    return None if row is None else _facts_of_division(row, "_")


async def division(lane: Lane, actor: Actor, division_id: UUID) -> Document | None:
    """One division."""
    row = await lane.row(_ONE_DIVISION, {"id": division_id})
    if row is None:
        return None
    facts = _facts_of_division(row, "")
    actions = [rules.EDIT_DIVISION.action] if lifecycle.possible(actor, rules.EDIT_DIVISION, facts) else []
    return Document(with_actions(row["json"], actions), facts.version)


def _division_key(d: FromClause, language: str) -> ColumnElement[Any]:
    return func.sort_key(d.c.name_ar if language == "ar" else d.c.name_en).collate("C")


@lru_cache(maxsize=16)
def _divisions(language: str, *, of_function: bool, after: bool) -> Query:
    where = [_d.c.entity_id == ENTITY_ID]
    if of_function:
        where.append(_d.c.function == bindparam("function", type_=Text))
    key = _division_key(_d, language)
    if after:
        last = _d.alias("last")
        position = (
            select(_division_key(last, language), last.c.id).where(last.c.id == _AFTER_ID).scalar_subquery()
        )
        where.append(tuple_(key, _d.c.id) > position)
    page = select(*_division_item(_d), key.label("_key")).where(*where).order_by(key, _d.c.id).limit(_COUNT)
    return under_entity(page, lambda items: (items.c.key, items.c.id), "_key")


async def divisions(
    lane: Lane, entity_id: UUID, function: str | None, language: str, cursor: str | None, limit: int | None
) -> bytes:
    """A page of an entity's divisions, sorted by name in the reader's language. Raises NotFound."""
    filters = {"entity_id": entity_id, "function": function, "language": language}
    part = paging.page(cursor, limit, filters, (UUID,))
    query = _divisions(language, of_function=function is not None, after=part.after is not None)
    return await page_under(lane, query, filters, part, filters)
