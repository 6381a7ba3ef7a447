"""The proposed solutions of a challenge: proposed, withdrawn, analysed, one of them recommended (Guide O-3, O-5, X-5)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert, update

from app import errors
from app.db import Writer
from app.models import ChallengeSolution
from app.parties import Actor, Entitlement, Facts
from app.services import records
from app.services.challenges import rules
from app.services.challenges.contents import write


async def propose_solution(
    writer: Writer,
    actor: Actor,
    facts: Facts,
    entitlement: Entitlement,
    solution: Mapping[str, Any],
    now: datetime,
) -> None:
    """Propose a solution, to be compared with the others. `solution`: `title`, `effect`, `cost` in Omani rials, `days`.
    Raises TooMany."""
    rules.check_room(facts.row["proposed"], rules.MOST_SOLUTIONS, rules.TOO_MANY_SOLUTIONS)
    number = facts.row["proposed"] + 1
    changes = {"solution": number, **records.made(solution, *solution)}
    await write(writer, rules.PROPOSE, actor, facts, entitlement, now, changes=changes)
    await writer.execute(
        insert(ChallengeSolution).values(
            challenge_id=facts.id,
            number=number,
            entity_id=facts.entity_id,
            proposed_by_id=actor.person_id,
            proposed_at=now,
            **solution,
        )
    )


async def withdraw_solution(
    writer: Writer,
    actor: Actor,
    facts: Facts,
    entitlement: Entitlement,
    number: int,
    reason: str,
    now: datetime,
) -> None:
    """Take a proposed solution back; it stays readable. Raises Invalid for one that there is not."""
    _check_solution(facts, number)
    await write(
        writer,
        rules.WITHDRAW,
        actor,
        facts,
        entitlement,
        now,
        reason=reason,
        changes={"solution": number},
    )
    await _update_solution(writer, facts.id, number, withdrawn_at=now)


async def analyse_solution(
    writer: Writer,
    actor: Actor,
    facts: Facts,
    entitlement: Entitlement,
    number: int,
    analysis: str,
    now: datetime,
    *,
    recommended: bool,
) -> None:
    """Say what a solution comes to, and whether it is the one that is recommended, instead of any other (Guide O-3, O-5).
    Raises Invalid for one that there is not."""
    _check_solution(facts, number)
    by_representative = rules.is_representative(entitlement.party)
    said = {"analysis": analysis, "recommended": recommended}
    changes = {"solution": number, "by_representative": by_representative, **records.made(said, *said)}
    await write(writer, rules.ANALYSE, actor, facts, entitlement, now, changes=changes)
    if recommended:
        for other in facts.row["solutions"]:
            if other["recommended"] and other["number"] != number:
                await _update_solution(writer, facts.id, other["number"], recommended=False)
    await _update_solution(
        writer,
        facts.id,
        number,
        **said,
        by_representative=by_representative,
        analysed_by_id=actor.person_id,
        analysed_at=now,
    )


def _check_solution(facts: Facts, number: int) -> None:
    if all(solution["number"] != number for solution in facts.row["solutions"]):
        raise errors.unknown_reference("#/number")


async def _update_solution(writer: Writer, challenge_id: UUID, number: int, **columns: Any) -> None:
    await writer.execute(
        update(ChallengeSolution)
        .where(ChallengeSolution.challenge_id == challenge_id, ChallengeSolution.number == number)
        .values(**columns)
        .execution_options(synchronize_session=False)
    )
