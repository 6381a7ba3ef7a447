"""What people decide about a figure that is due. What is due when, `making` says."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from app.db import Writer
from app.models import Obligation
from app.parties import Actor, Entitlement, Facts
from app.services import lifecycle, records
from app.services.obligations import rules
from app.services.people import decisions
from app.services.people.decisions import Letter
from app.services.transitions import Transition


async def excuse(
    writer: Writer,
    actor: Actor,
    facts: Facts,
    entitlement: Entitlement,
    reason: str,
    letter: Letter | None,
    now: datetime,
) -> None:
    """Excuse a figure: nobody is late with it any more. Raises Complete where it is approved."""
    rules.check_not_complete(facts.row)

    def columns(person_id: UUID) -> Mapping[str, Any]:
        return {"excused_at": now, "excused_by_id": person_id, "excuse": reason}

    await _decide(writer, rules.EXCUSE, actor, facts, entitlement, reason, letter, now, columns)


async def reinstate(
    writer: Writer,
    actor: Actor,
    facts: Facts,
    entitlement: Entitlement,
    reason: str,
    letter: Letter | None,
    now: datetime,
) -> None:
    """Make an excused figure due again, on the days on which it was."""

    def columns(_: UUID) -> Mapping[str, Any]:
        return {"excused_at": None, "excused_by_id": None, "excuse": None}

    await _decide(writer, rules.REINSTATE, actor, facts, entitlement, reason, letter, now, columns)


async def _decide(
    writer: Writer,
    transition: Transition,
    actor: Actor,
    facts: Facts,
    entitlement: Entitlement,
    reason: str,
    letter: Letter | None,
    now: datetime,
    columns: Callable[[UUID], Mapping[str, Any]],
) -> None:
    """`columns`: what is set, given in whose name it is decided."""
    decided = await decisions.decided(writer, actor, entitlement, transition.action, facts, letter, now)
    await records.raise_version(writer, Obligation, facts, columns(decided.person_id))
    await lifecycle.note(
        writer,
        transition.action,
        replace(facts, state=None),  # where it stands follows from the day
        actor=actor,
        at=now,
        reason=reason,
        acting_for_id=decided.acting_for_id,
    )
