"""How a challenge moves between the levels, and how its clock is stopped and runs again (Guide X-3 to X-5).

Each runs in the caller's transaction and changes state only by `lifecycle`. A step that moves it ends the stay at one
level and begins the next in one statement, so that there is always exactly one level that holds it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text

from app import clock
from app.db import Query, Writer
from app.enums.challenges import ChallengeLevel, ChallengeState, LevelDecision
from app.errors import invalid
from app.models import Challenge
from app.parties import Actor, Entitlement, Facts
from app.services.challenges import clock as levels
from app.services.challenges import rules
from app.services.lifecycle import GIVEN
from app.services.people import steps
from app.services.people.steps import Said
from app.services.transitions import Transition

_EXCEPTIONAL = GIVEN.c.exceptional

_STAYS = Query(
    lambda: text(
        """
        with ended as (
            update challenge_stays
            set ended_at = cast(:at as timestamptz), days = cast(:days as int),
                paused_days = cast(:paused_days as int), paused_at = null, pause_reason = null,
                decision = cast(:decision as text), decision_reason = cast(:reason as text),
                decided_by_id = cast(:decided_by_id as uuid), decision_id = cast(:decision_id as uuid),
                answer_from = cast(:answer_from as text), answer_letter = cast(:answer_letter as text),
                answer_on = cast(:answer_on as date)
            where challenge_id = cast(:id as uuid) and ended_at is null
            returning number
        )
        insert into challenge_stays (challenge_id, number, entity_id, level, body, route_id, holders, opened_at,
                                     opened_by_id, instruction, limit_days, due)
        select cast(:id as uuid), cast(:number as int), cast(:entity_id as uuid), cast(:level as text),
               cast(:body as text), cast(:route_id as uuid), cast(:holders as text[]),
               cast(:at as timestamptz), cast(:decided_by_id as uuid), cast(:reason as text),
               cast(:limit_days as int), cast(:due as date)
        where cast(:level as text) is not null
          and (select count(*) from ended) >= 0  -- the stay that ends is closed before the next begins
        """
    )
)
_PAUSED = Query(
    lambda: text(
        """
        with waiting as (
            -- Nothing is late, and nobody is reminded of a day, while the clock stands still.
            update waits set due = null
            where subject_id = cast(:id as uuid) and closed_at is null
        )
        update challenge_stays set paused_at = cast(:at as timestamptz), pause_reason = cast(:reason as text)
        where challenge_id = cast(:id as uuid) and ended_at is null
        """
    )
)
_RESUMED = Query(
    lambda: text(
        """
        with waiting as (
            update waits set due = cast(:due as date)
            where subject_id = cast(:id as uuid) and closed_at is null
        )
        update challenge_stays
        set paused_at = null, pause_reason = null, paused_days = cast(:paused_days as int),
            due = cast(:due as date)
        where challenge_id = cast(:id as uuid) and ended_at is null
        """
    )
)


@dataclass(frozen=True)
class Answer:
    """What a committee or an outside body answered by: its letter, as the head's office records it."""

    of: str
    letter_number: str
    letter_date: date


@dataclass(frozen=True)
class Way:
    """Where a challenge goes: the state it comes to, and for a level the route that leads there. `level` None: it ends."""

    state: ChallengeState
    level: ChallengeLevel | None = None
    route: Mapping[str, Any] | None = None


async def escalate_to_head(
    writer: Writer,
    actor: Actor,
    facts: Facts,
    entitlement: Entitlement,
    route_id: UUID,
    reason: str,
    now: datetime,
) -> None:
    """The office could not resolve it and raises it to the head (Guide X-3, X-5). Raises NotReady, Invalid."""
    rules.check_ready(facts.row, to_head_too=True)
    route = rules.way(facts.row, route_id, past_head=False)
    way = Way(ChallengeState.WITH_HEAD, ChallengeLevel.HEAD, route)
    await _move(
        writer,
        rules.ESCALATE_TO_HEAD,
        actor,
        facts,
        entitlement,
        now,
        way,
        LevelDecision.ESCALATE,
        Said(reason),
    )


async def escalate_to_body(
    writer: Writer,
    actor: Actor,
    facts: Facts,
    entitlement: Entitlement,
    route_id: UUID,
    reason: str,
    now: datetime,
) -> None:
    """The office itself escalates to the body concerned, by a route that fits (Guide X-4). Raises NotReady, Invalid."""
    rules.check_ready(facts.row)
    way = _up(facts, route_id)
    await _move(
        writer,
        rules.ESCALATE_TO_BODY,
        actor,
        facts,
        entitlement,
        now,
        way,
        LevelDecision.ESCALATE,
        Said(reason),
    )


async def decide(
    writer: Writer,
    actor: Actor,
    facts: Facts,
    entitlement: Entitlement,
    decision: LevelDecision,
    route_id: UUID | None,
    said: Said,
    now: datetime,
) -> None:
    """The head or UNIT decides what it holds: solves it here, returns it with instructions, escalates it by a route, or
    closes it as accepted (Guide X-3, X-4, K-3). Raises Invalid, NotReady."""
    way = _decided(facts, decision, route_id)
    await _move(writer, rules.DECIDE, actor, facts, entitlement, now, way, decision, said)


async def record_answer(
    writer: Writer,
    actor: Actor,
    facts: Facts,
    entitlement: Entitlement,
    decision: LevelDecision,
    route_id: UUID | None,
    reason: str,
    answer: Answer,
    now: datetime,
) -> None:
    """What a committee or an outside body decided, by its letter. Raises Invalid, for a letter of a day that is yet to come
    or that it was not asked by then too; NotReady."""
    rules.check_not_later(answer.letter_date, clock.day(now), "#/answer/letter_date")
    if answer.letter_date < clock.day(facts.row["held_since"]):
        raise invalid(
            "#/answer/letter_date",
            "before_the_escalation",
            "The letter is older than the escalation that it answers.",
            "تاريخ الكتاب سابق للتصعيد الذي يرد عليه.",
        )
    way = _decided(facts, decision, route_id)
    await _move(
        writer, rules.RECORD_ANSWER, actor, facts, entitlement, now, way, decision, Said(reason), answer
    )


async def close(
    writer: Writer, actor: Actor, facts: Facts, entitlement: Entitlement, said: Said, now: datetime
) -> None:
    """The office confirms that nothing blocks any more; the reason says how it was solved."""
    way = Way(ChallengeState.CLOSED)
    await _move(writer, rules.CLOSE, actor, facts, entitlement, now, way, LevelDecision.SOLVED, said)


async def reopen(
    writer: Writer, actor: Actor, facts: Facts, entitlement: Entitlement, said: Said, now: datetime
) -> None:
    """It blocks again: the office holds it anew, by the routing table that it began with."""
    way = Way(ChallengeState.OPEN, ChallengeLevel.OFFICE)
    await _move(writer, rules.REOPEN, actor, facts, entitlement, now, way, None, said)


async def pause(
    writer: Writer, actor: Actor, facts: Facts, entitlement: Entitlement, said: Said, now: datetime
) -> None:
    """Stop the clock of the level that holds it: what waits has no day until it runs again. Raises AlreadyPaused."""
    if facts.row["paused_at"] is not None:
        raise rules.AlreadyPaused()
    await _stay(writer, rules.PAUSE, actor, facts, entitlement, now, {"paused_at": now}, said)
    await writer.rows(_PAUSED, {"id": facts.id, "at": now, "reason": said.reason})


async def resume(
    writer: Writer, actor: Actor, facts: Facts, entitlement: Entitlement, said: Said, now: datetime
) -> None:
    """Let the clock run again: its last day moves by as many working days as it stood still. Raises NotPaused."""
    row = facts.row
    if row["paused_at"] is None:
        raise rules.NotPaused()
    due = levels.due_after_pause(row, now, row["holidays"])
    still = levels.paused_days(row, now, row["holidays"])
    await _stay(writer, rules.RESUME, actor, facts, entitlement, now, {"paused_at": None, "due": due}, said)
    await writer.rows(_RESUMED, {"id": facts.id, "due": due, "paused_days": still})


async def _stay(
    writer: Writer,
    transition: Transition,
    actor: Actor,
    facts: Facts,
    entitlement: Entitlement,
    now: datetime,
    columns: Mapping[str, Any],
    said: Said,
) -> None:
    await steps.take(
        writer,
        rules.to(transition, str(facts.state)),
        actor,
        facts,
        entitlement,
        now,
        model=Challenge,
        columns=lambda *_: columns,
        awaited=rules.AWAITED,
        said=said,
        changes={"level": facts.row["level"], "due": columns.get("due")},
    )


def _up(facts: Facts, route_id: UUID) -> Way:
    """The way of a route that leads past the head. Raises Invalid, NotReady."""
    route = rules.way(facts.row, route_id)
    rules.check_ready(facts.row, to_body=route["to_body"])
    level = ChallengeLevel(route["to_level"])
    return Way(rules.AT[level], level, route)


def _decided(facts: Facts, decision: LevelDecision, route_id: UUID | None) -> Way:
    """Where a decision of the level that holds it leads. Raises Invalid, NotReady."""
    rules.check_ruling(decision, route_id)
    if route_id is not None:
        return _up(facts, route_id)
    if decision is LevelDecision.CLOSE_AS_ACCEPTED:
        return Way(ChallengeState.ACCEPTED)
    solved = decision is LevelDecision.SOLVE_HERE
    return Way(ChallengeState.DECIDED if solved else ChallengeState.OPEN, ChallengeLevel.OFFICE)


async def _move(
    writer: Writer,
    transition: Transition,
    actor: Actor,
    facts: Facts,
    entitlement: Entitlement,
    now: datetime,
    way: Way,
    decision: LevelDecision | None,
    said: Said,
    answer: Answer | None = None,
) -> None:
    """End the stay at one level by `decision` and begin the next. Raises Stale, TooMany, what `steps.take` raises."""
    row = facts.row
    limit: int | None = None
    due: date | None = None
    held_by: tuple[str, ...] = ()
    if way.level is not None:
        rules.check_room(row["stay"], rules.MOST_STAYS, rules.TOO_MANY_STAYS)
        limit = row["office_limit"] if way.route is None else way.route["limit_days"]
        due = levels.due(now, limit, row["holidays"])
        assert facts.entity_id is not None  # noqa: S101  # a challenge always has its entity
        held_by = rules.holders(way.level, facts.entity_id)
    changes = {
        "decision": decision,
        "level": [row["level"], way.level],
        "route": way.route and way.route["code"],
        "due": due,
        "answer": answer
        and {"of": answer.of, "letter_number": answer.letter_number, "letter_date": answer.letter_date},
    }

    def columns(_: Transition, person_id: UUID, now: datetime) -> dict[str, Any]:
        if way.level is None:
            written = {"ended_at": now, "ended_by_id": person_id, "outcome": said.reason}
            return {**_HELD_BY_NOBODY, **written, "exceptional": _EXCEPTIONAL}
        # What is back in the office, anybody but who opened it may confirm to be solved.
        brought = {row["opened_by_id"]} | (set() if way.route is None else {person_id})
        return {
            "level": way.level.value,
            "stay": row["stay"] + 1,
            "holders": list(held_by),
            "addressed": sorted({*row["addressed"], *held_by}),
            "held_since": now,
            "due": due,
            "paused_at": None,
            "barred": sorted(brought),
            "ended_at": None,
            "ended_by_id": None,
            "outcome": None,
            "exceptional": False,
        }

    next_holder = replace(
        facts,
        steps={**facts.steps, rules.HOLD: tuple(held_by)},
        due={} if due is None else {rules.HOLD: due},
    )
    decided = await steps.take(
        writer,
        rules.to(transition, way.state.value),
        actor,
        next_holder,
        entitlement,
        now,
        model=Challenge,
        columns=columns,
        awaited=rules.AWAITED,
        said=said,
        changes={name: value for name, value in changes.items() if value is not None},
    )
    await writer.rows(
        _STAYS,
        {
            "id": facts.id,
            "entity_id": facts.entity_id,
            "at": now,
            "days": levels.lasted(row, now, row["holidays"]),
            "paused_days": levels.paused_days(row, now, row["holidays"]),
            "decision": decision,
            "reason": said.reason,
            "decided_by_id": decided.person_id,
            "decision_id": decided.decision_id,
            "answer_from": answer and answer.of,
            "answer_letter": answer and answer.letter_number,
            "answer_on": answer and answer.letter_date,
            "number": row["stay"] + 1,
            "level": way.level,
            "body": way.route and way.route["to_body"],
            "route_id": way.route and UUID(way.route["id"]),
            "holders": list(held_by),
            "limit_days": limit,
            "due": due,
        },
    )


_HELD_BY_NOBODY: Mapping[str, Any] = {
    "level": None,
    "holders": [],
    "due": None,
    "paused_at": None,
    "barred": [],
}
