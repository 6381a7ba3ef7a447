"""What is decided about a risk: its strategy, its acceptance, what its treatment needs, to whom it is raised, that it has
happened, and that it is over (Guide K-3 to K-5, X-6).

Each runs in the caller's transaction and changes state only by `lifecycle`.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import insert, text

from app.db import Query, Writer
from app.enums.challenges import ChallengeKind, ChallengeTie
from app.enums.risks import ResourceKind, RiskLevel, RiskState, RiskStrategy
from app.models import Risk, RiskRaising, RiskResource
from app.parties import Actor, Entitlement, Facts
from app.services import records
from app.services.challenges import contents as challenges
from app.services.lifecycle import GIVEN
from app.services.people.decisions import Decided
from app.services.people.steps import Said
from app.services.risks import rules
from app.services.risks.taking import take, then
from app.services.transitions import Transition

_EVER = Risk.__table__.c.exceptional | GIVEN.c.exceptional

_GRANTED = Query(
    lambda: text(
        """
        update risk_resources r
        set granted = g.amount, granted_by_id = cast(:by_id as uuid), granted_at = cast(:at as timestamptz),
            decision_id = cast(:decision_id as uuid)
        from unnest(cast(:numbers as int[]), cast(:amounts as numeric[])) as g (number, amount)
        where r.risk_id = cast(:id as uuid) and r.number = g.number and r.granted_at is null
        """
    )
)
_ANSWERED = Query(
    lambda: text(
        """
        update risk_raisings
        set answer = cast(:answer as text), answered_by_id = cast(:by_id as uuid),
            answered_at = cast(:at as timestamptz), decision_id = cast(:decision_id as uuid)
        where risk_id = cast(:id as uuid) and answered_at is null
        """
    )
)


async def choose_strategy(
    writer: Writer,
    actor: Actor,
    facts: Facts,
    entitlement: Entitlement,
    strategy: RiskStrategy,
    plan: str,
    now: datetime,
) -> None:
    """The manager says what is done about it, and how; what is to be accepted is so only once it is (Guide K-3)."""
    target = rules.after_choice(strategy)
    changed = {"strategy": strategy.value, "plan": plan}
    moved = {name: value for name, value in changed.items() if value != facts.row[name]}
    told = records.became(facts.row, moved)
    await _move(writer, rules.CHOOSE, actor, facts, entitlement, Said(plan), now, target, changed, told)


async def accept(
    writer: Writer, actor: Actor, facts: Facts, entitlement: Entitlement, said: Said, now: datetime
) -> None:
    """Accept it knowingly: the manager below the threshold, the head from it on (Guide K-3)."""
    columns = {"exceptional": _EVER}
    await _move(writer, rules.ACCEPT, actor, facts, entitlement, said, now, RiskState.ACCEPTED, columns)


async def refuse_acceptance(
    writer: Writer, actor: Actor, facts: Facts, entitlement: Entitlement, said: Said, now: datetime
) -> None:
    """Do not accept it: another strategy is to be chosen, and why it was to be accepted counts no more."""
    columns = {"strategy": None, "plan": None, "exceptional": _EVER}
    await _move(writer, rules.REFUSE, actor, facts, entitlement, said, now, RiskState.OPEN, columns)


async def treat(
    writer: Writer, actor: Actor, facts: Facts, entitlement: Entitlement, said: Said, now: datetime
) -> None:
    """Say that the treatment is done. Raises RemainderUnknown."""
    rules.check_treated(facts.row["residual_impact"])
    await _move(writer, rules.TREAT, actor, facts, entitlement, said, now, RiskState.TREATED)


async def ask_resources(
    writer: Writer,
    actor: Actor,
    facts: Facts,
    entitlement: Entitlement,
    resources: Sequence[Mapping[str, Any]],
    reason: str,
    now: datetime,
) -> None:
    """Ask the head for what the treatment needs. `resources`: `kind`, `what`, `asked`, `unit`. Raises Invalid, TooMany."""
    row = facts.row
    rules.check_asked(resources)
    rules.check_room(row["resources"] + len(resources), rules.MOST_RESOURCES)
    asked = [
        {**each, "unit": rules.MONEY if each["kind"] == ResourceKind.MONEY else each["unit"]}
        for each in resources
    ]
    await _move(
        writer,
        rules.ASK,
        actor,
        facts,
        entitlement,
        Said(reason),
        now,
        RiskState.RESOURCES_ASKED,
        changes={"asked": [{**each, "asked": records.said(each["asked"])} for each in asked]},
    )
    await writer.execute(
        insert(RiskResource).values(
            [
                {
                    **each,
                    "risk_id": facts.id,
                    "number": number,
                    "entity_id": facts.entity_id,
                    "strategy": row["strategy"],
                    "asked_by_id": actor.person_id,
                    "asked_at": now,
                }
                for number, each in enumerate(asked, start=row["resources"] + 1)
            ]
        )
    )


async def grant_resources(
    writer: Writer,
    actor: Actor,
    facts: Facts,
    entitlement: Entitlement,
    granted: Sequence[tuple[int, Decimal]],
    said: Said,
    now: datetime,
) -> None:
    """Answer everything that was asked for: all of it, a part, or nothing. Raises Invalid, also for a head who asked for it
    and does not say why they decide."""
    rules.check_granted(facts.row["asked"], granted)
    decided = await _move(
        writer,
        rules.GRANT,
        actor,
        facts,
        entitlement,
        said,
        now,
        RiskState.IN_TREATMENT,
        {"exceptional": _EVER},
        changes={"granted": {str(number): records.said(amount) for number, amount in granted}},
    )
    await writer.rows(
        _GRANTED,
        {
            "id": facts.id,
            "numbers": [number for number, _ in granted],
            "amounts": [amount for _, amount in granted],
            "by_id": decided.person_id,
            "decision_id": decided.decision_id,
            "at": now,
        },
    )


async def raise_to(
    writer: Writer,
    actor: Actor,
    facts: Facts,
    entitlement: Entitlement,
    level: RiskLevel,
    reason: str,
    now: datetime,
) -> None:
    """Raise it to the head or to UNIT, who sees it from now on (Guide K-3). Raises TooMany."""
    row = facts.row
    rules.check_room(row["raisings"] + 1, rules.MOST_RAISINGS)
    assert facts.entity_id is not None  # noqa: S101  # a risk always has its entity
    to_head = level is RiskLevel.HEAD
    addressed = sorted({*row["addressed"], rules.raised_to(level, facts.entity_id)})
    await _move(
        writer,
        rules.RAISE_TO_HEAD if to_head else rules.RAISE_TO_UNIT,
        actor,
        facts,
        entitlement,
        Said(reason),
        now,
        RiskState.WITH_HEAD if to_head else RiskState.WITH_UNIT,
        {"addressed": addressed},
    )
    await writer.execute(
        insert(RiskRaising).values(
            risk_id=facts.id,
            number=row["raisings"] + 1,
            entity_id=facts.entity_id,
            level=level.value,
            from_state=facts.state,
            reason=reason,
            raised_by_id=actor.person_id,
            raised_at=now,
        )
    )


async def answer(
    writer: Writer, actor: Actor, facts: Facts, entitlement: Entitlement, said: Said, now: datetime
) -> None:
    """Whoever it was raised to says what is to be done; the office goes on from where it raised it."""
    decided = await _move(
        writer,
        rules.ANSWER,
        actor,
        facts,
        entitlement,
        said,
        now,
        facts.row["raised_from"],
        {"exceptional": _EVER},
    )
    await writer.rows(
        _ANSWERED,
        {
            "id": facts.id,
            "answer": said.reason,
            "by_id": decided.person_id,
            "decision_id": decided.decision_id,
            "at": now,
        },
    )


async def occur(
    writer: Writer,
    actor: Actor,
    facts: Facts,
    entitlement: Entitlement,
    what: str,
    kind: ChallengeKind | None,
    tie: ChallengeTie,
    now: datetime,
) -> UUID:
    """It has happened: a challenge is opened about it, in whose history the risk stands (Guide X-6). Returns the challenge's
    id. Raises what opening one does."""
    row = facts.row
    told = {
        "kind": (kind or rules.CHALLENGE_OF[row["kind"]]).value,
        "tie": tie.value,
        "title": row["title"],
        "cause": row["cause"],
        "impact": row["effect"],
        "classification": row["classification"],
    }
    challenge_id = await challenges.open_challenge(writer, actor, facts.id, told, now, occurring=True)
    await _move(
        writer,
        rules.OCCUR,
        actor,
        facts,
        entitlement,
        Said(what),
        now,
        RiskState.OCCURRED,
        {"challenge_id": challenge_id, "review_on": None},
        {"challenge_id": str(challenge_id)},
    )
    return challenge_id


async def close(
    writer: Writer, actor: Actor, facts: Facts, entitlement: Entitlement, lessons: str, now: datetime
) -> None:
    """It threatens no more; what was learned from it stays readable (Guide K-5)."""
    columns = {
        "lessons": lessons,
        "closed_at": now,
        "closed_by_id": actor.person_id,
        "review_on": None,
    }
    await _move(writer, rules.CLOSE, actor, facts, entitlement, Said(lessons), now, RiskState.CLOSED, columns)


async def _move(
    writer: Writer,
    transition: Transition,
    actor: Actor,
    facts: Facts,
    entitlement: Entitlement,
    said: Said,
    now: datetime,
    target: str,
    columns: Mapping[str, Any] | None = None,
    changes: Mapping[str, Any] | None = None,
) -> Decided:
    barred = rules.barred_in(
        target, assessed_by_id=facts.row["assessed_by_id"], brought_by_id=actor.person_id
    )
    return await take(
        writer,
        rules.leading(transition, str(facts.state), str(target)),
        actor,
        then(facts, str(target)),
        entitlement,
        now,
        columns={"held_since": now, "barred": barred, **(columns or {})},
        said=said,
        changes=changes,
    )
