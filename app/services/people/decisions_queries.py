"""Every select of the head's recorded decisions."""

from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Integer, Uuid, and_, any_, bindparam, cast, or_, select
from sqlalchemy.sql.selectable import FromClause

from app import paging
from app.db import Lane, Query
from app.models import Decision, Entity, Event
from app.parties import Actor
from app.services import sql
from app.services.documents import Document, with_actions
from app.services.entities.queries import ENTITY_ID, page_under, under_entity
from app.services.people import reach

_d: FromClause = Decision.__table__

ID = bindparam("id", type_=Uuid)
READ = "decisions.read"
# Who decided or recorded it sees it too, while they hold a role in the entity.
_visible = or_(
    reach.within(_d.c.entity_id),
    and_(
        or_(_d.c.decided_by_id == reach.PERSON, _d.c.recorded_by_id == reach.PERSON),
        _d.c.entity_id == any_(reach.OWN_ENTITIES),
    ),
)
_VERSION = 1
"""What a decision says never changes."""


def _item(d: FromClause) -> list[ColumnElement[Any]]:
    event = Event.__table__
    about = (
        select(cast(event.c.changes["subject_id"].as_string(), Uuid))
        .where(event.c.subject_id == d.c.id, event.c.action == sql.const("decisions.record"))
        .scalar_subquery()
    )
    return [
        d.c.id,
        sql.ref_by_id(Entity.__table__, d.c.entity_id).label("entity"),
        d.c.action,
        about.label("subject_id"),
        sql.person(d.c.decided_by_id).label("decided_by"),
        sql.person(d.c.recorded_by_id).label("recorded_by"),
        d.c.letter_number,
        d.c.letter_date,
        d.c.recorded_at,
    ]


_ONE = Query(lambda: sql.as_json(select(*_item(_d)).where(_d.c.id == ID, _visible)))


async def one(lane: Lane, actor: Actor, decision_id: UUID) -> Document | None:
    """One recorded decision."""
    row = await lane.row(_ONE, {**reach.of(actor, READ), "id": decision_id})
    return None if row is None else Document(with_actions(row["json"], ()), _VERSION)


@lru_cache(maxsize=4)
def _list(*, after: bool) -> Query:
    where = [_d.c.entity_id == ENTITY_ID, _visible]
    if after:
        where.append(_d.c.id < bindparam("after_id", type_=Uuid))
    page = select(*_item(_d)).where(*where).order_by(_d.c.id.desc()).limit(bindparam("count", type_=Integer))
    return under_entity(page, lambda items: (items.c.id.desc(),))


async def many(lane: Lane, actor: Actor, entity_id: UUID, cursor: str | None, limit: int | None) -> bytes:
    """A page of an entity's recorded decisions, the latest first. Raises NotFound."""
    filters = {"entity_id": entity_id}
    part = paging.page(cursor, limit, filters, (UUID,))
    params = {**filters, **reach.of(actor, READ)}
    return await page_under(lane, _list(after=part.after is not None), params, part, filters)
