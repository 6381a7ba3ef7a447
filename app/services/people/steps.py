"""One step of one subject that people take: who decides, by which letter, and what it writes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import DeclarativeBase

from app.db import Writer
from app.parties import Actor, Entitlement, Facts
from app.services import lifecycle
from app.services.lifecycle import Case
from app.services.people import decisions
from app.services.people.decisions import Decided, Letter
from app.services.transitions import Awaited, Transition

Columns = Callable[[Transition, UUID, datetime], Mapping[str, Any]]
"""What a transition writes beside state and version, given in whose name it is decided."""


@dataclass(frozen=True)
class Said:
    """What goes with a step: a reason, and the letter where the head's office records."""

    reason: str | None = None
    letter: Letter | None = None


NOTHING_SAID = Said()


async def take(
    writer: Writer,
    transition: Transition,
    actor: Actor,
    facts: Facts,
    entitlement: Entitlement,
    now: datetime,
    said: Said = NOTHING_SAID,
    *,
    model: type[DeclarativeBase],
    columns: Columns,
    awaited: Mapping[str, Awaited],
    changes: Mapping[str, Any] | None = None,
) -> Decided:
    """Take a transition that was admitted; returns in whose name it was decided. `model`, `columns` and `awaited`, whom
    each state waits for, are an area's own: it binds them once. A computed column is a constant of its module, as `lifecycle.apply` asks.

    Raises what `decisions.check_reason` and `decisions.decided` do, and Stale when somebody else was faster.
    """
    decisions.check_reason(entitlement, said.reason)
    decided = await decisions.decided(writer, actor, entitlement, transition.action, facts, said.letter, now)
    await lifecycle.apply_one(
        writer,
        model,
        transition,
        Case(facts, entitlement, said.reason, changes or {}),
        actor=actor,
        at=now,
        columns=columns(transition, decided.person_id, now),
        awaited=awaited.get(transition.target),
        acting_for_id=decided.acting_for_id,
    )
    return decided
