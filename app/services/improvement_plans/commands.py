"""Every write of improvement plans. Each runs in the caller's transaction and changes state only by `lifecycle`."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import delete, insert, select, update

from app import clock, errors, ids
from app.db import Writer
from app.enums import SubjectKind
from app.enums.scorecards import ImprovementPlanState
from app.errors import invalid
from app.models import Division, ImprovementAction, ImprovementPlan
from app.parties import Actor, Entitlement, Facts
from app.services import lifecycle, records
from app.services.evidence import commands as evidence_commands
from app.services.evidence import rules as evidence
from app.services.improvement_plans import rules
from app.services.lifecycle import GIVEN, Case
from app.services.people import steps
from app.services.people.steps import Said
from app.services.transitions import Transition

_table = ImprovementPlan.__table__
_EDITED = lifecycle.with_who_acts(_table.c.edited_by)
_CONTROLS = lifecycle.controls(_table)

Actions = Sequence[Mapping[str, Any]]


async def create(
    writer: Writer, actor: Actor, indicator: Facts, said: Mapping[str, Any], now: datetime
) -> UUID:
    """Draft a plan for a vision indicator of the entity. `said`: cause, goal, due, steps.

    Raises NotVision, and Invalid for an action that ends after the plan or is of a division of another entity; a second
    plan in work is refused by the schema (AlreadyExists).
    """
    rules.check_indicator(indicator.row["level"], str(indicator.state))
    entity_id = _entity(indicator)
    await _check(writer, entity_id, said["due"], said["steps"])
    plan_id, state = ids.new(), ImprovementPlanState.DRAFT.value
    columns = {name: said[name] for name in rules.FIELDS}
    await lifecycle.begin(
        writer,
        "improvement_plans.create",
        Facts(
            SubjectKind.IMPROVEMENT_PLAN,
            plan_id,
            entity_id,
            state=state,
            steps=rules.steps(entity_id, state, (), ()),
        ),
        actor=actor,
        at=now,
        awaited=rules.AWAITED[state],
        changes={
            "indicator_id": str(indicator.id),
            **records.made(columns, *columns),
            "steps": [_told(action) for action in said["steps"]],
        },
    )
    await writer.execute(
        insert(ImprovementPlan).values(
            id=plan_id,
            entity_id=entity_id,
            indicator_id=indicator.id,
            state=state,
            edited_by=[actor.person_id],
            drafted_by_id=actor.person_id,
            drafted_at=now,
            **columns,
        )
    )
    await _write(writer, plan_id, entity_id, said["steps"])
    return plan_id


async def edit(
    writer: Writer,
    actor: Actor,
    facts: Facts,
    entitlement: Entitlement,
    patch: Mapping[str, Any],
    now: datetime,
) -> None:
    """Change a draft; actions are replaced as a whole. Whoever edits never assures or approves it. A patch that changes
    nothing writes nothing. Raises Invalid."""
    old = facts.row
    changed = {name: value for name, value in patch.items() if name in rules.FIELDS and value != old[name]}
    actions = patch.get("steps", old["steps"])
    await _check(writer, _entity(facts), patch.get("due", old["due"]), actions)
    before, after = [_told(action) for action in old["steps"]], [_told(action) for action in actions]
    if not changed and before == after:
        return
    rewritten = {} if before == after else {"steps": [before, after]}
    await lifecycle.apply_one(
        writer,
        ImprovementPlan,
        rules.EDIT,
        Case(facts, entitlement, changes={**records.became(old, changed), **rewritten}),
        actor=actor,
        at=now,
        columns={**changed, "edited_by": _EDITED},
        awaited=None,
    )
    if rewritten:
        await writer.execute(
            delete(ImprovementAction)
            .where(ImprovementAction.plan_id == facts.id)
            .execution_options(synchronize_session=False)
        )
        await _write(writer, facts.id, _entity(facts), actions)


async def submit(writer: Writer, actor: Actor, facts: Facts, entitlement: Entitlement, now: datetime) -> None:
    """Put a draft before who assures its quality. Raises IncompletePlan, EvidenceMissing."""
    rules.check_submittable(facts.row)
    await _take(writer, rules.SUBMIT, actor, facts, entitlement, now)


async def withdraw(
    writer: Writer, actor: Actor, facts: Facts, entitlement: Entitlement, now: datetime
) -> None:
    """Take a submitted plan back while nobody has assured its quality."""
    await _take(writer, rules.WITHDRAW, actor, facts, entitlement, now)


async def discard(
    writer: Writer, actor: Actor, facts: Facts, entitlement: Entitlement, now: datetime
) -> None:
    """End a draft, and with it the evidence that nobody has decided about."""
    await _take(writer, rules.DISCARD, actor, facts, entitlement, now)
    await _end_evidence(writer, actor, facts, now)


async def assure(
    writer: Writer, actor: Actor, facts: Facts, entitlement: Entitlement, said: Said, now: datetime
) -> None:
    """Its quality is assured (Guide O-3)."""
    await _take(writer, rules.ASSURE, actor, facts, entitlement, now, said)


async def send_back(
    writer: Writer, actor: Actor, facts: Facts, entitlement: Entitlement, said: Said, now: datetime
) -> None:
    """Return it to who drafted it, with the reason."""
    await _take(writer, rules.RETURN, actor, facts, entitlement, now, said)


async def approve(
    writer: Writer, actor: Actor, facts: Facts, entitlement: Entitlement, said: Said, now: datetime
) -> None:
    """From now on it is carried out. Raises EvidenceUnverified."""
    evidence.check_approvable(facts.row["proof"])
    await _take(writer, rules.APPROVE, actor, facts, entitlement, now, said)


async def report(
    writer: Writer,
    actor: Actor,
    facts: Facts,
    entitlement: Entitlement,
    number: int,
    done_on: date | None,
    note: str | None,
    now: datetime,
) -> None:
    """Say when an action was done, or (without a day) that it is not done after all. The same said again writes nothing.

    Raises Invalid for an action that there is none of and for a day in the future, Forbidden for a division that would
    report another's.
    """
    action = next((each for each in facts.row["steps"] if each["number"] == number), None)
    if action is None:
        raise errors.unknown_reference("#/number")
    rules.check_report(actor, _entity(facts), action["division_id"])
    if done_on is not None and done_on > clock.day(now):
        raise invalid("#/done_on", "in_the_future", "The day is in the future.", "التاريخ في المستقبل.")
    if done_on is None and note is not None:
        raise invalid("#/note", "out_of_place", "A note says what was done.", "الملاحظة تصف ما أُنجز.")
    before = {name: action[name] for name in ("done_on", "done_note")}
    after = {"done_on": done_on and done_on.isoformat(), "done_note": note}
    if before == after:
        return
    changes = {
        f"steps.{number}.{name}": [before[name], after[name]] for name in after if before[name] != after[name]
    }
    await lifecycle.apply_one(
        writer,
        ImprovementPlan,
        rules.REPORT,
        Case(facts, entitlement, changes={"fields": changes}),
        actor=actor,
        at=now,
        columns={},
        awaited=None,
    )
    await writer.execute(
        update(ImprovementAction)
        .where(ImprovementAction.plan_id == facts.id, ImprovementAction.number == number)
        .values(
            done_on=done_on,
            done_note=note,
            reported_by_id=None if done_on is None else actor.person_id,
        )
        .execution_options(synchronize_session=False)
    )


async def complete(
    writer: Writer, actor: Actor, facts: Facts, entitlement: Entitlement, now: datetime
) -> None:
    """Every action is done, and its evidence decided about. Raises StepsOpen, EvidenceUnverified."""
    rules.check_done(facts.row)
    await _take(writer, rules.COMPLETE, actor, facts, entitlement, now)


async def end(
    writer: Writer, actor: Actor, facts: Facts, entitlement: Entitlement, said: Said, now: datetime
) -> None:
    """Give it up, with the reason; evidence that nobody has decided about is withdrawn."""
    await _end_evidence(writer, actor, facts, now)
    await _take(writer, rules.END, actor, facts, entitlement, now, said)


async def _end_evidence(writer: Writer, actor: Actor, facts: Facts, now: datetime) -> None:
    if facts.row["proof"].undecided:
        await evidence_commands.end_open(writer, actor, facts, now)


def _columns_of(transition: Transition, person_id: UUID, now: datetime) -> Mapping[str, Any]:
    """Who did what, when. `person_id`: in whose name it is decided."""
    match transition:
        case rules.SUBMIT:
            return {"submitted_by_id": person_id, "submitted_at": now}
        case rules.WITHDRAW:
            return {"submitted_by_id": None, "submitted_at": None}
        case rules.ASSURE:
            return {"assured_by_id": person_id, "assured_at": now, **_CONTROLS}
        case rules.APPROVE:
            never = {"returned_by_id": None, "returned_at": None, "return_reason": None}
            return {"approved_by_id": person_id, "approved_at": now, **_CONTROLS, **never}
        case rules.RETURN:
            # A return voids the control steps of this round; who edited stays barred for good.
            return {
                "returned_by_id": person_id,
                "returned_at": now,
                "return_reason": GIVEN.c.reason,
                **dict.fromkeys(("submitted_by_id", "submitted_at", "assured_by_id", "assured_at")),
                "controlled_by": [],
                "exceptional": False,
            }
        case rules.COMPLETE:
            return {"ended_by_id": person_id, "ended_at": now}
        case rules.END:
            return {"ended_by_id": person_id, "ended_at": now, "end_reason": GIVEN.c.reason}
    return {}


_take = partial(steps.take, model=ImprovementPlan, columns=_columns_of, awaited=rules.AWAITED)


async def _check(writer: Writer, entity_id: UUID, due: date, actions: Actions) -> None:
    wanted = {action["division_id"] for action in actions} - {None}
    known: set[UUID] = set()
    if wanted:
        found = await writer.execute(
            select(Division.id).where(Division.entity_id == entity_id, Division.id.in_(wanted))
        )
        known = set(found.scalars())
    rules.check(due, actions, known)


async def _write(writer: Writer, plan_id: UUID, entity_id: UUID, actions: Actions) -> None:
    rows = [
        {
            "plan_id": plan_id,
            "entity_id": entity_id,
            "number": number,
            **{name: action[name] for name in ("title", "division_id", "due")},
        }
        for number, action in enumerate(actions, 1)
    ]
    if rows:
        await writer.execute(insert(ImprovementAction).values(rows))


def _told(action: Mapping[str, Any]) -> dict[str, str | None]:
    """What an event says of an action."""
    return {name: records.said(action[name]) for name in ("title", "division_id", "due")}


def _entity(facts: Facts) -> UUID:
    if facts.entity_id is None:
        raise ValueError("an indicator and its plan have their entity")
    return facts.entity_id
