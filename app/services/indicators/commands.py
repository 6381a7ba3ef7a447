"""Every write of indicators."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.db import Writer
from app.enums import DivisionFunction
from app.models import Division, Indicator
from app.parties import Actor, Facts
from app.services import records
from app.services.indicators import rules


async def edit(writer: Writer, actor: Actor, facts: Facts, patch: Mapping[str, Any], now: datetime) -> None:
    """Name the division in charge, or none. Results that are on their way keep the chain they began with.

    Raises Invalid for a division of another entity, or one that does not execute.
    """
    division_id = patch.get("division_id")
    if division_id is not None:
        rules.check_in_charge(await _function(writer, facts, division_id))
    await records.edit(writer, Indicator, rules.EDIT.action, facts, patch, old=facts.row, actor=actor, at=now)


async def _function(writer: Writer, indicator: Facts, division_id: UUID) -> DivisionFunction | None:
    """The function of a division of the owner entity; None where there is no such division."""
    found = await writer.execute(
        select(Division.function).where(Division.id == division_id, Division.entity_id == indicator.entity_id)
    )
    function = found.scalar_one_or_none()
    return None if function is None else DivisionFunction(function)
