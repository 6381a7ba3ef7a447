"""How a step of a risk is taken, and what its facts are once it was."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from app.db import Writer
from app.enums import Classification
from app.models import Risk
from app.parties import Actor, Entitlement, Facts
from app.services.people import steps
from app.services.people.decisions import Decided
from app.services.people.steps import NOTHING_SAID, Said
from app.services.risks import rules
from app.services.transitions import Transition


def then(
    facts: Facts,
    state: str,
    *,
    score: int | None = None,
    head_from: int | None = None,
    due: date | None = None,
) -> Facts:
    """The facts with whom the risk waits for in `state`, and until when: as they are unless said."""
    assert facts.entity_id is not None  # noqa: S101  # a risk always has its entity
    row = facts.row
    named = rules.steps(
        facts.entity_id,
        row["division_id"],
        state,
        row["score"] if score is None else score,
        row["head_from"] if head_from is None else head_from,
        row["parties"],
        row["registered_by_id"] if row["classification"] == Classification.RESTRICTED else None,
    )
    until = due or (row["review_on"] if state in rules.RUNNING else None)
    return replace(facts, steps=named, due={} if until is None else dict.fromkeys(named, until))


async def take(
    writer: Writer,
    transition: Transition,
    actor: Actor,
    facts: Facts,
    entitlement: Entitlement,
    now: datetime,
    *,
    columns: Mapping[str, Any],
    said: Said = NOTHING_SAID,
    changes: Mapping[str, Any] | None = None,
) -> Decided:
    """Take a step; returns in whose name. Raises what `steps.take` does."""
    return await steps.take(
        writer,
        transition,
        actor,
        facts,
        entitlement,
        now,
        said,
        model=Risk,
        columns=lambda *_: columns,
        awaited=rules.AWAITED,
        changes=changes,
    )
