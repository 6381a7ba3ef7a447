"""Every write of an entity's analysis of strengths, weaknesses, opportunities and threats."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert

from app import errors, ids
from app.db import Writer
from app.enums import SubjectKind
from app.models import SwotEntry
from app.parties import Actor, Facts
from app.services import lifecycle, records
from app.services.risks import facts as risks
from app.services.swot_entries import rules


async def create(
    writer: Writer, actor: Actor, entity_id: UUID, said: Mapping[str, Any], now: datetime
) -> UUID:
    """Write an entry. `said`: of `rules.TOLD`. Raises Invalid for a risk that is unknown in the entity, or not visible."""
    await _check_risk(writer, actor, entity_id, said["risk_id"], now)
    entry_id = ids.new()
    await lifecycle.begin(
        writer,
        rules.CREATED,
        Facts(SubjectKind.SWOT_ENTRY, entry_id, entity_id),
        actor=actor,
        at=now,
        changes=records.made(said, *rules.TOLD),
    )
    await writer.execute(
        insert(SwotEntry).values(
            id=entry_id, entity_id=entity_id, written_by_id=actor.person_id, written_at=now, **said
        )
    )
    return entry_id


async def edit(writer: Writer, actor: Actor, facts: Facts, patch: Mapping[str, Any], now: datetime) -> None:
    """Say an entry otherwise. Raises Invalid for a risk that is unknown in the entity, or not visible."""
    if patch.get("risk_id") != facts.row["risk_id"]:  # what stays need not be seen by who edits the rest
        await _check_risk(writer, actor, facts.entity_id, patch.get("risk_id"), now)
    await records.edit(writer, SwotEntry, rules.EDIT.action, facts, patch, old=facts.row, actor=actor, at=now)


async def withdraw(writer: Writer, actor: Actor, facts: Facts, reason: str, now: datetime) -> None:
    """Take an entry out of the analysis; it stays readable."""
    await records.edit(
        writer,
        SwotEntry,
        rules.WITHDRAW.action,
        facts,
        {"withdrawn_at": now, "withdrawn_by_id": actor.person_id},
        old={"withdrawn_at": None, "withdrawn_by_id": None},
        actor=actor,
        at=now,
        reason=reason,
    )


async def _check_risk(
    writer: Writer, actor: Actor, entity_id: UUID | None, risk_id: UUID | None, now: datetime
) -> None:
    if risk_id is None:
        return
    risk = await risks.one(writer, actor, risk_id, now)
    if risk is None or risk.entity_id != entity_id:
        raise errors.unknown_reference("#/risk_id")
