"""Codes that people use among themselves, counted in each entity: AC-2026-0007."""

from uuid import UUID

from sqlalchemy import FromClause, Uuid, bindparam, func, select, text

from app.db import Query, Writer

_HOLD = Query(
    lambda: text(
        "select pg_advisory_xact_lock(hashtextextended('mutabaa ' || cast(:what as text), 0)) as held"
    )
)
"""So that of two who open one in an entity at once, each gets a number of its own."""


def counting(table: FromClause) -> Query:
    """How many rows of a table an entity has. Made once, with the module."""
    entity_id = bindparam("entity_id", type_=Uuid)
    return Query(
        lambda: select(func.count().label("count")).select_from(table).where(table.c.entity_id == entity_id)
    )


async def next_code(writer: Writer, counted: Query, prefix: str, entity_id: UUID, year: int) -> str:
    """The next code of an entity; it is held until the transaction ends."""
    await writer.row(_HOLD, {"what": f"{prefix} {entity_id}"})
    row = await writer.row(counted, {"entity_id": entity_id})
    return f"{prefix}-{year}-{(row['count'] if row else 0) + 1:04d}"
