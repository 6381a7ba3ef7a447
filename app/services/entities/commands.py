"""Every write of entities and divisions."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert

from app import ids
from app.db import Writer
from app.enums import SubjectKind
from app.models import Division, Entity
from app.parties import Actor, Facts
from app.services import lifecycle, records
from app.services.entities import rules


async def create(writer: Writer, actor: Actor, columns: Mapping[str, Any], now: datetime) -> UUID:
    """Enter an entity. A code that is taken is refused by the schema (AlreadyExists)."""
    entity_id = ids.new()
    await lifecycle.begin(
        writer,
        "entities.create",
        Facts(SubjectKind.ENTITY, entity_id, entity_id),
        actor=actor,
        at=now,
        changes=records.made(columns, *columns),
    )
    await writer.execute(insert(Entity).values(id=entity_id, **columns))
    return entity_id


async def edit(writer: Writer, actor: Actor, facts: Facts, patch: Mapping[str, Any], now: datetime) -> None:
    """Correct an entity. Its code stays: people and files know the entity by it."""
    await records.edit(writer, Entity, rules.EDIT.action, facts, patch, actor=actor, at=now)


async def create_division(
    writer: Writer, actor: Actor, entity: Facts, columns: Mapping[str, Any], now: datetime
) -> UUID:
    """Enter a division of the entity. A code that the entity uses already is refused (AlreadyExists)."""
    division_id = ids.new()
    await lifecycle.begin(
        writer,
        "divisions.create",
        Facts(SubjectKind.DIVISION, division_id, entity.id),
        actor=actor,
        at=now,
        changes=records.made(columns, *columns),
    )
    await writer.execute(insert(Division).values(id=division_id, entity_id=entity.id, **columns))
    return division_id


async def edit_division(
    writer: Writer, actor: Actor, facts: Facts, patch: Mapping[str, Any], now: datetime
) -> None:
    """Correct a division's names. What it does in the chains stays: memberships rest on it."""
    await records.edit(writer, Division, rules.EDIT_DIVISION.action, facts, patch, actor=actor, at=now)
