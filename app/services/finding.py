"""How what somebody names by its id is found: a thing of a kind that is looked for, visible to who names it; and the
division, priority and owner that a challenge, a risk or an action is given."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Uuid, bindparam, exists, literal_column, or_, select

from app import errors
from app.db import Compilable, Lane, Query, Row, Writer
from app.models import Division, Membership, Priority, Subject
from app.parties import Actor, Facts
from app.services import loaders, sql
from app.services.challenges import subjects
from app.services.challenges.subjects import Told
from app.services.people import visibility

Finder = Callable[[Lane, Actor, UUID, datetime], Awaitable[tuple[Row, Facts] | None]]
"""What is told of the thing by an id, its entity among it, with its facts; None unless the actor may see it and it is of
a kind that is looked for."""


def finder(kinds: Mapping[str, Told]) -> Finder:
    """Finds things of these kinds. Made once, with the module."""

    def row() -> Compilable:
        s = Subject.__table__
        about = subjects.named(s.c.id, s, kinds, kind=s.c.kind)
        return (
            select(about, s.c.entity_id)
            .select_from(s.join(about, literal_column("true")))
            .where(s.c.id == bindparam("id", type_=Uuid))
        )

    query = Query(row)

    async def found(lane: Lane, actor: Actor, subject_id: UUID, now: datetime) -> tuple[Row, Facts] | None:
        row = await lane.row(query, {**visibility.of(actor), "id": subject_id})
        facts = None if row is None else await loaders.load(lane, actor, row["kind"], subject_id, now)
        return None if row is None or facts is None else (row, facts)

    return found


_REFERENCES = ("division_id", "priority_id", "owner_id")


def _referred() -> Compilable:
    d, p, m = Division.__table__, Priority.__table__, Membership.__table__
    division_id, priority_id, owner_id, entity_id = (
        bindparam(name, type_=Uuid) for name in (*_REFERENCES, "entity_id")
    )

    def there(named: ColumnElement[Any], *where: ColumnElement[bool]) -> ColumnElement[Any]:
        found: Select[Any] = select(literal_column("1")).where(*where)
        return or_(named.is_(None), exists(found))

    return select(
        there(division_id, d.c.id == division_id, d.c.entity_id == entity_id).label("division_id"),
        there(priority_id, p.c.id == priority_id).label("priority_id"),
        there(
            owner_id,
            m.c.user_id == owner_id,
            m.c.entity_id == entity_id,
            sql.in_force(m),
            sql.is_active(m.c.user_id),
        ).label("owner_id"),
    )


_REFERRED = Query(_referred)


async def check_references(
    writer: Writer, entity_id: UUID | None, said: Mapping[str, Any], now: datetime
) -> None:
    """Raise Invalid where a `division_id`, `priority_id` or `owner_id` in `said` is unknown: a division of the entity, a
    priority, an active person who holds a role of the entity now. Nothing is asked where none is named."""
    named = {name: said.get(name) for name in _REFERENCES}
    if not any(named.values()):
        return
    known = await writer.row(_REFERRED, {**named, "entity_id": entity_id, "now": now})
    for name in _REFERENCES:
        if known is None or not known[name]:
            raise errors.unknown_reference(f"#/{name}")
