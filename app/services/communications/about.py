"""What a communication plan can be about: one line for each kind of thing (Guide C-1, M-1)."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Uuid, bindparam, func, select
from sqlalchemy.sql.selectable import FromClause, ScalarSelect

from app.db import Lane, Query
from app.enums import Classification, SubjectKind
from app.models import Entity, Initiative, Plan, Subject
from app.parties import Actor, Facts
from app.services import sql
from app.services.initiatives import facts as initiatives
from app.services.plans import facts as plans

_Sees = Callable[[Lane, Actor, UUID, datetime], Awaitable[bool]]


@dataclass(frozen=True)
class About:
    """A kind of thing. `sees`: whether a person may see one, by its area's own visibility. `names`: the table that holds
    its names."""

    kind: SubjectKind
    sees: _Sees
    names: FromClause


async def _of_the_entity(lane: Lane, actor: Actor, entity_id: UUID, now: datetime) -> bool:
    """An entity plans its own communication."""
    return entity_id in actor.entity_ids


async def _plan(lane: Lane, actor: Actor, plan_id: UUID, now: datetime) -> bool:
    return _is_told(await plans.one(lane, actor, plan_id, now))


async def _initiative(lane: Lane, actor: Actor, initiative_id: UUID, now: datetime) -> bool:
    return _is_told(await initiatives.one(lane, actor, initiative_id, now))


def _is_told(thing: Facts | None) -> bool:
    """The whole entity reads the name of what a communication plan is about, so it is about nothing restricted."""
    return thing is not None and thing.row["classification"] != Classification.RESTRICTED


KINDS: Mapping[str, About] = {
    each.kind: each
    for each in (
        About(SubjectKind.ENTITY, _of_the_entity, Entity.__table__),
        About(SubjectKind.PLAN, _plan, Plan.__table__),
        About(SubjectKind.INITIATIVE, _initiative, Initiative.__table__),
    )
}

_s = Subject.__table__
_FOUND = Query(
    lambda: select(_s.c.kind, _s.c.entity_id).where(
        _s.c.id == bindparam("id", type_=Uuid), _s.c.entity_id.is_not(None)
    )
)


async def entity_of(lane: Lane, actor: Actor, about_id: UUID, now: datetime) -> UUID | None:
    """The entity of a thing that the actor may see and a plan can be about; or None."""
    found = await lane.row(_FOUND, {"id": about_id})
    about = None if found is None else KINDS.get(found["kind"])
    if found is None or about is None or not await about.sees(lane, actor, about_id, now):
        return None
    entity_id: UUID = found["entity_id"]
    return entity_id


def shown(about_id: ColumnElement[Any]) -> ScalarSelect[Any]:
    """What a plan is about, by kind and names, as a JSON object."""
    s = sql.alias(Subject)
    tables = [each.names.alias() for each in KINDS.values()]
    joined: FromClause = s
    for table in tables:
        joined = joined.outerjoin(table, table.c.id == s.c.id)

    def name(column: str) -> ColumnElement[Any]:
        return func.coalesce(*[table.c[column] for table in tables])

    return (
        select(sql.obj(id=s.c.id, kind=s.c.kind, name_ar=name("name_ar"), name_en=name("name_en")))
        .select_from(joined)
        .where(s.c.id == about_id)
        .scalar_subquery()
    )
