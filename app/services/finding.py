"""How a thing that somebody names by its id is found: of a kind that is looked for, and visible to who names it."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import Uuid, bindparam, literal_column, select

from app.db import Compilable, Lane, Query, Row
from app.models import Subject
from app.parties import Actor, Facts
from app.services import loaders
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
