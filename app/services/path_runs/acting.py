"""What people do in a stage: complete, approve, return, skip it; alone, or as one of several whom it needs.

Each runs in the caller's transaction, which holds the run, and changes state only by `lifecycle`.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime

from sqlalchemy import insert

from app import clock, ids
from app.db import Lane, Writer
from app.enums import Role
from app.enums.paths import StageOutcome
from app.models import PathStage, PathStageAct
from app.parties import Actor, Entitlement, Facts, party_key
from app.services import lifecycle, loaders
from app.services.evidence import rules as evidence
from app.services.lifecycle import GIVEN
from app.services.path_runs import advancing, firing, rules
from app.services.path_runs.advancing import Run
from app.services.path_runs.rules import Act, Answer, OutsideLetter, Table
from app.services.path_templates.content import Stage
from app.services.people import steps
from app.services.people.steps import Said
from app.services.transitions import Transition


@dataclass(frozen=True)
class Asked:
    """What goes with an act: the reason and the letter of a step, the answers to the checklist by the keys of its
    items, the letter of a body outside whose answer is recorded, and the stage that it is returned to."""

    said: Said = steps.NOTHING_SAID
    answers: Mapping[str, Answer] = field(default_factory=dict)
    letter: OutsideLetter | None = None
    to: str | None = None


@dataclass(frozen=True)
class Ready:
    """What an act comes to: whether the stage ends with it, whom it waits for otherwise, and the transition of the
    subject that takes place."""

    held: tuple[str, ...]
    ends: bool
    awaited: tuple[str, ...]
    shot: firing.Shot | None


async def ready(
    lane: Lane, actor: Actor, facts: Facts, entitlement: Entitlement, transition: Transition, now: datetime
) -> Ready:
    """Whether the actor, who has the right to, may take the act now.

    Raises OutcomeNotAllowed, OthersSaidOtherwise, AlreadyActed, PartyDone; EvidenceMissing; and for a stage that fires
    what `firing.aimed` does.
    """
    row = facts.row
    stage: Stage = row["template"]
    acts: tuple[Act, ...] = row["acts"]
    outcome = rules.OUTCOMES[transition.action]
    rules.check_outcome(transition, stage, acts)
    if not entitlement.records and not entitlement.exceptional and actor.person_id in row["acted"]:
        raise rules.AlreadyActed()
    proof = row["proof"]
    evidence.check_submittable(proof if outcome in rules.WELL else replace(proof, required=()))
    held = _held(actor, facts, entitlement)
    table = Table(row["parties"], row["seats"], acts)
    alone = outcome is StageOutcome.RETURNED or entitlement.exceptional
    if not alone and not table.takes(stage.quorum, held):
        raise rules.PartyDone()
    ends = alone or table.full(stage.quorum, held)
    after = Table(row["parties"], row["seats"], (*acts, Act(str(actor.person_id), held, outcome)))
    shot = None
    if ends and outcome in rules.WELL and row["fires"] is not None:
        subject = await loaders.load(lane, actor, row["subject_kind"], row["subject_id"], now)
        shot = firing.aimed(actor, firing.of_stage(row["subject_kind"], row["fires"]), subject, entitlement)
    return Ready(held, ends, after.awaited(stage.quorum), shot)


async def act(
    writer: Writer,
    actor: Actor,
    facts: Facts,
    entitlement: Entitlement,
    transition: Transition,
    asked: Asked,
    now: datetime,
) -> None:
    """Take one of `rules.ACTS`, which was admitted. When the group of the stage is over the next one opens, and what the
    stage fires takes place, in the same transaction.

    Raises what `ready`, `rules.check_said`, `rules.check_target` and `steps.take` do.
    """
    prepared = await ready(writer, actor, facts, entitlement, transition, now)
    outcome = rules.OUTCOMES[transition.action]
    stage: Stage = facts.row["template"]
    rules.check_said(stage, outcome, asked.answers, asked.letter, clock.day(now))
    if outcome is StageOutcome.RETURNED:
        rules.check_target(asked.to, stage)
    decided = await steps.take(
        writer,
        transition if prepared.ends else rules.partly(transition),
        actor,
        facts,
        entitlement,
        now,
        model=PathStage,
        columns=lambda *_: _columns(outcome, asked, now, ends=prepared.ends),
        awaited={},
        said=_of_the_stage(asked.said, entitlement, prepared.shot),
        changes=_changes(asked, partly=not prepared.ends),
    )
    await writer.execute(
        insert(PathStageAct).values(
            id=ids.new(),
            entity_id=facts.entity_id,
            stage_id=facts.id,
            person_id=decided.person_id,
            parties=list(prepared.held),
            outcome=outcome.value,
            reason=asked.said.reason,
            answers={key: asdict(answer) for key, answer in asked.answers.items()},
            outside_letter=_letter(asked.letter),
            exceptional=entitlement.exceptional,
            acting_for_id=entitlement.acting_for_id,
            recorded_by_id=None if decided.decision_id is None else actor.person_id,
            decision_id=decided.decision_id,
            at=now,
        )
    )
    run = run_of(facts)
    if not prepared.ends:
        await lifecycle.wait_for(
            writer,
            replace(facts, steps={rules.ACT: prepared.awaited}),
            rules.awaited(facts.row["kind"]),
            at=now,
        )
        await advancing.touch(writer, run)
    elif outcome is StageOutcome.RETURNED:
        assert asked.to is not None  # noqa: S101  # checked above
        await advancing.send_back(writer, actor, run, facts, asked.to, entitlement, asked.said, now)
    else:
        if prepared.shot is not None:
            former = await advancing.hold_former(writer, run, prepared.shot)
            await prepared.shot.run(writer, actor, asked.said, now)
            if former is not None:
                reason = advancing.SUPERSEDED_REASON
                await advancing.stop(writer, actor, former, Entitlement(""), reason, now)
        await advancing.after(writer, actor, run, facts, now)


def run_of(facts: Facts) -> Run:
    """The run of a stage."""
    row = facts.row
    assert facts.entity_id is not None  # noqa: S101  # a stage always has its entity
    return Run(row["run_id"], facts.entity_id, row["subject_id"], row["subject_kind"], row["run_version"])


def _held(actor: Actor, facts: Facts, entitlement: Entitlement) -> tuple[str, ...]:
    """Which of the stage's parties the act is of: all that the actor answers to, or the one by whose right they act."""
    if entitlement.exceptional:
        return (entitlement.party,)
    if entitlement.records:
        return (party_key(Role.HEAD, facts.entity_id),)
    held = tuple(party for party in facts.steps[rules.ACT] if party in actor.keys)
    return held or (entitlement.party,)


def _of_the_stage(said: Said, entitlement: Entitlement, shot: firing.Shot | None) -> Said:
    """What is said with the act itself: not the letter of a head's decision that only the subject's transition is of."""
    if shot is not None and shot.entitlement.records and not entitlement.records:
        return Said(said.reason)
    return said


def _columns(outcome: StageOutcome, asked: Asked, now: datetime, *, ends: bool) -> dict[str, object]:
    if not ends:
        return {}
    columns: dict[str, object] = {"ended_at": now, "reason": GIVEN.c.reason}
    if outcome is StageOutcome.RETURNED:
        columns["returned_to"] = asked.to
    return columns


def _changes(asked: Asked, *, partly: bool) -> dict[str, object]:
    changes: dict[str, object] = {}
    if partly:
        changes["partly"] = True
    if asked.answers:
        changes["answers"] = {key: asdict(answer) for key, answer in asked.answers.items()}
    if asked.letter is not None:
        changes["letter"] = _letter(asked.letter)
    if asked.to is not None:
        changes["to"] = asked.to
    return changes


def _letter(letter: OutsideLetter | None) -> dict[str, str] | None:
    if letter is None:
        return None
    return {"number": letter.number, "date": letter.date.isoformat(), "sender": letter.sender}
