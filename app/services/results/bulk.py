"""Many decisions on results at once, by the same rules and the same `lifecycle` as one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app import errors
from app.db import Writer
from app.errors import AppError, FieldError, Invalid, Text
from app.models import Result
from app.parties import Actor, Facts
from app.services import lifecycle
from app.services.contributions import commands as contributions
from app.services.lifecycle import Case
from app.services.results import commands, facts, rules
from app.services.scores import commands as scores
from app.services.transitions import Transition


@dataclass(frozen=True)
class Decision:
    """One of many decisions: what is decided about the result as it was seen at `version`."""

    result_id: UUID
    version: int
    transition: Transition
    reason: str | None


@dataclass(frozen=True)
class Outcome:
    """What became of it: the new state, or the error that the single request would have had."""

    result_id: UUID
    state: str | None = None
    version: int | None = None
    error: AppError | None = None


async def decide_many(
    writer: Writer, actor: Actor, wanted: Sequence[Decision], now: datetime
) -> list[Outcome]:
    """Decide about up to 500 results; each stands or falls by itself, in the order given.

    Two statements for each kind of decision, whatever their number, one for the scores of what is approved,
    and one for the parts of shared indicators. A decision that only the head can take (four eyes leaves
    nobody) is refused here: it needs its own request, with its reason. Where a contribution changes at this
    very moment so that a result cannot be certified any more, nothing is decided: the request can be sent
    again.
    """
    repeated = _repeated(wanted)
    if repeated:
        raise Invalid(errors=repeated)
    approves = any(decision.transition is rules.APPROVE for decision in wanted)
    ids = [decision.result_id for decision in wanted]
    found = await facts.many(writer, actor, ids, now, hold=approves)
    outcomes: dict[UUID, Outcome] = {}
    admitted: dict[Transition, list[Case]] = {}
    for decision in wanted:
        try:
            case = _admitted(actor, decision, found.get(decision.result_id))
            if decision.transition is rules.APPROVE:
                commands.check_approvable(case.facts)
        except AppError as error:
            outcomes[decision.result_id] = Outcome(decision.result_id, error=error)
        else:
            admitted.setdefault(decision.transition, []).append(case)
    for transition, cases in admitted.items():
        moved = await lifecycle.apply(
            writer,
            Result,
            transition,
            cases,
            actor=actor,
            at=now,
            columns=commands.columns_of(transition, actor.person_id, now),
            awaited=rules.AWAITED.get(transition.target),
        )
        composed = [case.facts.id for case in cases if case.facts.row["shared"] and case.facts.id in moved]
        if transition is rules.APPROVE:
            await scores.keep(writer, sorted(moved))
            if composed:
                await contributions.freeze(writer, composed)
        for case in cases:
            result_id = case.facts.id
            outcomes[result_id] = (
                Outcome(result_id, transition.target, case.facts.version + 1)
                if result_id in moved
                else Outcome(result_id, error=lifecycle.lost_race())
            )
    return [outcomes[decision.result_id] for decision in wanted]


def _admitted(actor: Actor, decision: Decision, facts: Facts | None) -> Case:
    if facts is None:
        raise errors.NotFound()
    entitlement = lifecycle.admit(actor, decision.transition, facts, decision.version)
    if entitlement.exceptional:
        raise errors.Forbidden(_BY_ITSELF)
    if decision.transition.reason and not decision.reason:
        raise errors.invalid("#/reason", "missing", "A return needs a reason.", "الإعادة تتطلب ذكر السبب.")
    return Case(facts, entitlement, decision.reason)


def _repeated(wanted: Sequence[Decision]) -> tuple[FieldError, ...]:
    seen: set[UUID] = set()
    faults = []
    for position, decision in enumerate(wanted):
        if decision.result_id in seen:
            faults.append(
                FieldError(
                    "repeated",
                    Text("The result is named twice.", "ذُكرت النتيجة مرتين."),
                    pointer=f"#/items/{position}/id",
                )
            )
        seen.add(decision.result_id)
    return tuple(faults)


_BY_ITSELF = Text(
    "Four eyes leaves nobody but the head here: decide about this result by itself, with a reason.",
    "لا يبقى للرقابة إلا رئيس الوحدة، فيُتخذ القرار في هذه النتيجة منفردًا مع بيان السبب.",
)
