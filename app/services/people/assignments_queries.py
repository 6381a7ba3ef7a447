"""Every select of assignments: for the office, and for the person assigned."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, DateTime, Integer, Select, Uuid, and_, bindparam, func, or_, select
from sqlalchemy.sql.selectable import FromClause

from app import paging
from app.db import Lane, Query, Row
from app.enums import SubjectKind
from app.models import Assignment, Entity, Indicator, Result, Subject
from app.parties import Actor, Facts
from app.services import lifecycle, sql
from app.services.documents import Document, with_actions
from app.services.entities.queries import ENTITY_ID, page_under, under_entity
from app.services.people import intervals, reach, rules, visibility
from app.services.results import visibility as results

_a: FromClause = Assignment.__table__

ID = bindparam("id", type_=Uuid)
READ = "assignments.read"
_visible = or_(reach.within(_a.c.entity_id), _a.c.user_id == reach.PERSON)


def _shown(*more: ColumnElement[Any]) -> Select[Any]:
    # What a restricted result is about is said only to who may read the result itself.
    subject, r, i = Subject.__table__, sql.alias(Result, "r"), Indicator.__table__
    return select(
        _a.c.id,
        sql.person(_a.c.user_id).label("user"),
        sql.ref_by_id(Entity.__table__, _a.c.entity_id).label("entity"),
        _a.c.subject_id,
        subject.c.kind.label("subject_kind"),
        sql.ref(i).label("indicator"),
        r.c.period,
        _a.c.starts_at,
        _a.c.ends_at,
        intervals.state(_a).label("state"),
        _a.c.version,
        *more,
    ).select_from(
        _a.join(subject, subject.c.id == _a.c.subject_id)
        .outerjoin(r, and_(r.c.id == _a.c.subject_id, results.visible(r)))
        .outerjoin(i, i.c.id == func.coalesce(r.c.indicator_id, _a.c.subject_id))
    )


_FACTS = ("_id", "_entity_id", "_user_id", "_starts_at", "_ends_at", "_version")
_fact_columns = [
    *[_a.c[name.removeprefix("_")].label(name) for name in _FACTS],
    intervals.state(_a).label("_state"),
]
_ONE = Query(lambda: sql.as_json(_shown(*_fact_columns).where(_a.c.id == ID, _visible), *_FACTS, "_state"))
_ONE_FACTS = Query(lambda: select(*_fact_columns).where(_a.c.id == ID, _visible))


def _params(actor: Actor, now: datetime) -> dict[str, Any]:
    return {**visibility.of(actor), **reach.of(actor, READ), "now": now}


def _facts(actor: Actor, row: Row, prefix: str) -> Facts:
    return Facts(
        kind=SubjectKind.ASSIGNMENT,
        id=row[f"{prefix}id"],
        entity_id=row[f"{prefix}entity_id"],
        state=row[f"{prefix}state"],
        version=row[f"{prefix}version"],
        own=row[f"{prefix}user_id"] == actor.person_id,
        row={name: row[f"{prefix}{name}"] for name in ("user_id", "starts_at", "ends_at")},
    )


async def facts(lane: Lane, actor: Actor, assignment_id: UUID, now: datetime) -> Facts | None:
    """What the rules need to know of an assignment that the actor may see."""
    row = await lane.row(_ONE_FACTS, {**_params(actor, now), "id": assignment_id})
    return None if row is None else _facts(actor, row, "_")


async def one(lane: Lane, actor: Actor, assignment_id: UUID, now: datetime) -> Document | None:
    """One assignment."""
    row = await lane.row(_ONE, {**_params(actor, now), "id": assignment_id})
    if row is None:
        return None
    facts = _facts(actor, row, "")
    possible = lifecycle.possible(actor, rules.END_ASSIGNMENT, facts)
    return Document(
        with_actions(row["json"], [rules.END_ASSIGNMENT.action] if possible else []), facts.version
    )


@dataclass(frozen=True)
class AssignmentFilter:
    """What the assignments of an entity are narrowed to: those that hold at a moment."""

    entity_id: UUID
    in_force_at: datetime | None = None
    user_id: UUID | None = None
    subject_id: UUID | None = None


@lru_cache(maxsize=16)
def _list(given: frozenset[str], *, after: bool) -> Query:
    conditions: Mapping[str, ColumnElement[bool]] = {
        name: _a.c[name] == bindparam(name, type_=Uuid) for name in ("user_id", "subject_id")
    }
    where = [condition for name, condition in conditions.items() if name in given]
    moment = bindparam("in_force_at", type_=DateTime(timezone=True))
    where += [_a.c.entity_id == ENTITY_ID, sql.in_force(_a, moment), _visible]
    if after:
        where.append(_a.c.id > bindparam("after_id", type_=Uuid))
    page = _shown().where(*where).order_by(_a.c.id).limit(bindparam("count", type_=Integer))
    return under_entity(page, lambda items: (items.c.id,))


async def many(
    lane: Lane, actor: Actor, asked: AssignmentFilter, cursor: str | None, limit: int | None, now: datetime
) -> bytes:
    """A page of the assignments of an entity that hold now, or at the moment asked. Raises NotFound."""
    filters = {name: value for name, value in asdict(asked).items() if value is not None}
    part = paging.page(cursor, limit, filters, (UUID,))
    query = _list(frozenset(filters) & {"user_id", "subject_id"}, after=part.after is not None)
    params = {"in_force_at": now, **filters, **_params(actor, now)}
    return await page_under(lane, query, params, part, filters)
