"""Changes of things that have a version but no workflow state: an entity's names, the end of a membership.

As in `lifecycle`, the update holds only for the version that was seen, and its event is written in the
same transaction. Time-driven states (planned, in force, ended) are never stored, so events name none.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import FromClause, select, update
from sqlalchemy.orm import DeclarativeBase

from app.db import Writer
from app.parties import Actor, Facts
from app.services import lifecycle


async def edit(
    writer: Writer,
    model: type[DeclarativeBase],
    action: str,
    facts: Facts,
    patch: Mapping[str, Any],
    *,
    actor: Actor,
    at: datetime,
    reason: str | None = None,
    acting_for_id: UUID | None = None,
    more: Mapping[str, Any] | None = None,
    old: Mapping[str, Any] | None = None,
) -> Mapping[str, Any]:
    """Set what differs in `patch`; the event says what it was and became, and `more`.

    `old` spares a statement where the present values are known with the version that was seen. Returns
    the fields that changed: where there is none, nothing is written. Raises Stale when somebody else
    changed the thing meanwhile.
    """
    if old is None:
        old = await _present(writer, model, facts.id, list(patch))
    changed = {name: value for name, value in patch.items() if value != old[name]}
    if not changed:
        return changed
    await raise_version(writer, model, facts, changed)
    await lifecycle.note(
        writer,
        action,
        replace(facts, state=None),
        actor=actor,
        at=at,
        reason=reason,
        acting_for_id=acting_for_id,
        changes={**became(old, changed), **(more or {})},
    )
    return changed


async def _present(
    writer: Writer, model: type[DeclarativeBase], id_: UUID, names: Sequence[str]
) -> Mapping[str, Any]:
    table: FromClause = model.__table__
    found = await writer.execute(
        select(table.c.id, *[table.c[name] for name in names]).where(table.c.id == id_)
    )
    return dict(found.mappings().one())


async def raise_version(
    writer: Writer, model: type[DeclarativeBase], facts: Facts, columns: Mapping[str, Any] | None = None
) -> None:
    """Set `columns` in the version that was seen. Raises Stale when it is no longer that version."""
    table: FromClause = model.__table__
    moved = await writer.execute(
        update(model)
        .where(table.c.id == facts.id, table.c.version == facts.version)
        .values(version=table.c.version + 1, **(columns or {}))
        .returning(table.c.id)
        .execution_options(synchronize_session=False)
    )
    if moved.one_or_none() is None:
        raise lifecycle.lost_race()


def made(columns: Mapping[str, Any], *names: str) -> dict[str, Any]:
    """What the first event of a thing says of its fields."""
    return {"fields": {name: [None, said(columns[name])] for name in names if columns[name] is not None}}


def became(old: Mapping[str, Any], changed: Mapping[str, Any]) -> dict[str, Any]:
    """What the event of a change says of its fields: what each was, and what it became."""
    return {"fields": {name: [said(old[name]), said(value)] for name, value in changed.items()}}


def said(value: object) -> str | None:
    """A value as an event keeps it: text, or null for nothing. Numbers are written out, without idle zeros."""
    if value is None:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return format(value.normalize() + 0, "f")  # + 0: no "-0"
    return value.isoformat() if isinstance(value, datetime) else str(value)
