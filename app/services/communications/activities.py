"""Every write of the activities of communication plans. Each raises the version of the plan: whoever approves it approves
the activities that they saw. The plan is always taken hold of first."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Table, Uuid, func, insert, literal, select, update

from app import clock, errors, ids
from app.db import Writer
from app.enums import Step, SubjectKind
from app.enums.communications import CommunicationActivityState, CommunicationPlanState
from app.models import CommunicationActivity, CommunicationPlan, Division
from app.parties import Actor, Entitlement, Facts
from app.services import lifecycle, records
from app.services.communications import awareness, rules
from app.services.evidence import commands as evidence_commands
from app.services.lifecycle import GIVEN, Case
from app.services.transitions import Transition

_table = cast(Table, CommunicationActivity.__table__)
_plans = cast(Table, CommunicationPlan.__table__)
_EDITED = lifecycle.with_who_acts(_table.c.edited_by)


async def add(
    writer: Writer,
    actor: Actor,
    plan: Facts,
    columns: Mapping[str, Any],
    reason: str | None,
    now: datetime,
) -> UUID:
    """Add an activity to a plan: to a draft, or with a reason to one in force, where it is planned at once.

    Raises Invalid, TooManyActivities, and Stale when the plan has changed meanwhile.
    """
    rules.check_reason_of_addition(reason, plan.state)
    rules.check_activity(columns, plan.row["year"])
    await _check_references(writer, columns, plan.entity_id, plan.row["about_id"], plan.row["year"])
    await _raise_plan(writer, actor, plan.id, frozenset({str(plan.state)}), plan.version)
    # Of every version that stands: a later one takes over what the one before still holds.
    standing = select(_plans.c.id).where(
        _plans.c.about_id == plan.row["about_id"],
        _plans.c.year == plan.row["year"],
        _plans.c.state.in_(sorted(rules.STANDING)),
    )
    count = await writer.execute(select(func.count()).where(_table.c.plan_id.in_(standing)))
    if count.scalar_one() >= rules.MOST_ACTIVITIES:
        raise rules.TooManyActivities()
    activity_id = ids.new()
    in_force = plan.state == CommunicationPlanState.APPROVED
    state = CommunicationActivityState.PLANNED if in_force else CommunicationActivityState.DRAFTED
    await lifecycle.begin(
        writer,
        rules.ADD_ACTIVITY.action,
        Facts(
            SubjectKind.COMMUNICATION_ACTIVITY,
            activity_id,
            plan.entity_id,
            state=state.value,
            steps=plan.steps,
            due={Step.ENTER: columns["ends_on"]},
        ),
        actor=actor,
        at=now,
        awaited=rules.ACTIVITY_AWAITED.get(state),
        changes={"plan_id": str(plan.id), **records.made(columns, *rules.ACTIVITY)},
        reason=reason,
    )
    await writer.execute(
        insert(CommunicationActivity).values(
            id=activity_id,
            entity_id=plan.entity_id,
            plan_id=plan.id,
            state=state.value,
            reason=reason,
            edited_by=[actor.person_id],
            created_by_id=actor.person_id,
            created_at=now,
            **columns,
        )
    )
    return activity_id


async def edit(
    writer: Writer,
    actor: Actor,
    facts: Facts,
    entitlement: Entitlement,
    patch: Mapping[str, Any],
    now: datetime,
) -> None:
    """Change an activity of a draft: whoever does never approves the plan. A patch that changes nothing writes nothing.
    Raises Invalid, PlanUnderApproval."""
    _check_plan(facts)
    old = facts.row
    new = {name: patch.get(name, old[name]) for name in rules.ACTIVITY}
    rules.check_activity(new, old["year"])
    changed = {name: value for name, value in new.items() if value != old[name]}
    if not changed:
        return
    await _check_references(writer, changed, facts.entity_id, old["about_id"], old["year"])
    await _raise_plan(writer, actor, old["plan_id"], rules.EDIT.sources)
    await _apply(
        writer,
        rules.EDIT_ACTIVITY,
        Case(
            facts,
            entitlement,
            changes=records.became(old, changed),
        ),
        actor,
        now,
        {**changed, "edited_by": _EDITED},
    )


async def report(
    writer: Writer,
    actor: Actor,
    facts: Facts,
    entitlement: Entitlement,
    outcome: str,
    reached: int | None,
    done_on: date,
    now: datetime,
) -> None:
    """Tell of an activity that was held: what came of it, whom it reached, when. Raises Invalid for the day."""
    rules.check_done_on(done_on, clock.day(facts.row["created_at"]), clock.day(now))
    await _raise_plan(writer, actor, facts.row["plan_id"], rules.REVISE.sources)
    said = {"outcome": outcome, "reached": reached, "done_on": done_on}
    columns = {**said, "reported_by_id": actor.person_id, "reported_at": now, "edited_by": _EDITED}
    case = Case(facts, entitlement, changes=records.made(said, *said))
    await _apply(writer, rules.REPORT, case, actor, now, columns)


async def cancel(
    writer: Writer, actor: Actor, facts: Facts, entitlement: Entitlement, reason: str, now: datetime
) -> None:
    """End an activity that is not held, with the reason, and the evidence of it that nobody has decided about. Raises
    PlanUnderApproval."""
    _check_plan(facts)
    await _raise_plan(writer, actor, facts.row["plan_id"], frozenset({facts.row["plan_state"]}))
    columns = {
        "cancelled_by_id": actor.person_id,
        "cancelled_at": now,
        "cancellation_reason": GIVEN.c.reason,
    }
    await _apply(writer, rules.CANCEL, Case(facts, entitlement, reason), actor, now, columns)
    await evidence_commands.end_open(writer, actor, facts, now)


def _check_plan(facts: Facts) -> None:
    if facts.row["plan_state"] == CommunicationPlanState.SUBMITTED:
        raise rules.PlanUnderApproval()


async def _check_references(
    writer: Writer, columns: Mapping[str, Any], entity_id: UUID | None, about_id: UUID, year: int
) -> None:
    """Raises Invalid for a division that the entity does not have, and for a stage that the plan is not to answer."""
    division_id, stage_id = columns.get("division_id"), columns.get("stage_id")
    if division_id is not None:
        found = await writer.execute(
            select(Division.id).where(Division.id == division_id, Division.entity_id == entity_id)
        )
        if found.one_or_none() is None:
            raise errors.unknown_reference("#/division_id")
    if stage_id is not None:
        stages = awareness.stages(literal(about_id, Uuid), literal(entity_id, Uuid), literal(year)).subquery()
        answered = await writer.execute(select(stages.c.id).where(stages.c.id == stage_id))
        if answered.one_or_none() is None:
            raise errors.unknown_reference("#/stage_id")


async def _raise_plan(
    writer: Writer, actor: Actor, plan_id: UUID, states: frozenset[str], version: int | None = None
) -> None:
    """Raise the version of the plan while it is in one of `states`, and in the version that was seen, where one is given.
    Whoever changes an activity of a draft has edited the draft. Raises Stale."""
    edits = states == rules.EDIT.sources
    edited = {}
    if edits:
        others = func.array_remove(_plans.c.edited_by, actor.person_id)
        edited = {"edited_by": func.array_append(others, actor.person_id)}
    where = [_plans.c.id == plan_id, _plans.c.state.in_(sorted(states))]
    if version is not None:
        where.append(_plans.c.version == version)
    moved = await writer.execute(
        update(CommunicationPlan)
        .where(*where)
        .values(version=_plans.c.version + 1, **edited)
        .returning(_plans.c.id)
        .execution_options(synchronize_session=False)
    )
    if moved.one_or_none() is None:
        raise lifecycle.lost_race()


async def _apply(
    writer: Writer,
    transition: Transition,
    case: Case,
    actor: Actor,
    now: datetime,
    columns: Mapping[str, Any],
) -> None:
    await lifecycle.apply_one(
        writer,
        CommunicationActivity,
        transition,
        case,
        actor=actor,
        at=now,
        columns=columns,
        awaited=rules.ACTIVITY_AWAITED.get(transition.target),
    )
