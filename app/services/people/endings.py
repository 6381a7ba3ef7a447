"""Ending what holds for a time, by the party that gave it."""

from datetime import datetime

from sqlalchemy.orm import DeclarativeBase

from app.db import Writer
from app.models import Delegation, Membership
from app.parties import Actor, Entitlement, Facts
from app.services import records
from app.services.people import decisions, rules
from app.services.people.decisions import Letter
from app.services.transitions import Transition

_ENDED_BY: dict[str, type[DeclarativeBase]] = {
    rules.END_MEMBERSHIP.action: Membership,
    rules.END_DELEGATION.action: Delegation,
}


async def end(
    writer: Writer,
    transition: Transition,
    actor: Actor,
    facts: Facts,
    entitlement: Entitlement,
    ends_at: datetime | None,
    reason: str,
    letter: Letter | None,
    now: datetime,
) -> None:
    """End a membership or a delegation, now or later. What it gave is gone at the next request after that.

    Raises Invalid for a moment that does not fit, and what `decisions.decided` raises.
    """
    until = rules.ending(ends_at, facts.row["starts_at"], facts.row["ends_at"], now)
    action = transition.action
    decided = await decisions.decided(writer, actor, entitlement, action, facts, letter, now, control=False)
    await records.edit(
        writer,
        _ENDED_BY[action],
        action,
        facts,
        {"ends_at": until},
        old=facts.row,
        actor=actor,
        at=now,
        reason=reason,
        acting_for_id=decided.acting_for_id,
        more={"decision_id": str(decided.decision_id)} if decided.decision_id else None,
    )
