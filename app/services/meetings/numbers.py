"""The codes of meetings among people: `MT-2026-0001`, counted in each entity."""

from datetime import date
from uuid import UUID

from sqlalchemy import Uuid, bindparam, func, select, text

from app.db import Query, Writer
from app.models import Meeting

_HOLD = Query(
    lambda: text(
        "select pg_advisory_xact_lock(hashtextextended('mutabaa meetings ' || cast(:entity_id as text), 0)) as held"
    )
)
"""So that of two who plan meetings of one entity at once, each gets numbers of its own."""

_COUNT = Query(
    lambda: (
        select(func.count().label("count"))
        .select_from(Meeting.__table__)
        .where(Meeting.__table__.c.entity_id == bindparam("entity_id", type_=Uuid))
    )
)


async def codes(writer: Writer, entity_id: UUID | None, count: int, today: date) -> list[str]:
    """So many new codes of the entity, held until the transaction ends."""
    await writer.row(_HOLD, {"entity_id": str(entity_id)})
    row = await writer.row(_COUNT, {"entity_id": entity_id})
    first = 1 if row is None else int(row["count"]) + 1
    return [f"MT-{today.year}-{number:04d}" for number in range(first, first + count)]
