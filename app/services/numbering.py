"""Codes that people use among themselves, counted in each entity: AC-2026-0007."""

from uuid import UUID

from sqlalchemy import FromClause, Uuid, bindparam, func, select, text

from app.db import Query, Writer

_HOLD = Query(
    lambda: text(
        "select pg_advisory_xact_lock(hashtextextended('mutabaa ' || cast(:what as text), 0)) as held"
    )
)


def counting(table: FromClause) -> Query:
    """How many rows of a table an entity has. Made once, with the module."""
    entity_id = bindparam("entity_id", type_=Uuid)
    return Query(
        lambda: select(func.count().label("count")).select_from(table).where(table.c.entity_id == entity_id)
    )


async def hold(writer: Writer, prefix: str, entity_id: UUID | None) -> None:
    """Keep the codes of an entity until the transaction ends: of two who open one at once, each gets one of its own."""
    await writer.row(_HOLD, {"what": f"{prefix} {entity_id}"})


def code(prefix: str, year: int, before: int) -> str:
    """The code of the next one, where the entity has so many."""
    return f"{prefix}-{year}-{before + 1:04d}"


async def next_codes(
    writer: Writer, counted: Query, prefix: str, entity_id: UUID | None, year: int, count: int
) -> list[str]:
    """So many next codes of an entity, held until the transaction ends."""
    await hold(writer, prefix, entity_id)
    row = await writer.row(counted, {"entity_id": entity_id})
    before = row["count"] if row else 0
    return [code(prefix, year, number) for number in range(before, before + count)]


async def next_code(writer: Writer, counted: Query, prefix: str, entity_id: UUID | None, year: int) -> str:
    """The next one alone."""
    return (await next_codes(writer, counted, prefix, entity_id, year, 1))[0]
