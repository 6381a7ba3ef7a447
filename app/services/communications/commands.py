"""Every write of communication plans. Each runs in the caller's transaction and changes state only by `lifecycle`."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Table, func, insert, select, update

from app import errors, ids, permissions
from app.db import Writer
from app.enums import Step, SubjectKind
from app.enums.communications import CommunicationActivityState, CommunicationPlanState
from app.models import CommunicationActivity, CommunicationPlan
from app.parties import Actor, Entitlement, Facts
from app.services import lifecycle, records
from app.services.communications import about, difference, queries, rules, support
from app.services.lifecycle import GIVEN, Case
from app.services.people import steps
from app.services.people.steps import Said
from app.services.transitions import Awaited, Transition

_table = cast(Table, CommunicationPlan.__table__)
_activities = cast(Table, CommunicationActivity.__table__)
_EDITED = lifecycle.with_who_acts(_table.c.edited_by)
_CONTROLS = lifecycle.controls(_table)

_NOTHING_SAID_YET: Mapping[str, Any] = {**dict.fromkeys(rules.TEXTS), **dict.fromkeys(rules.LISTS, ())}


async def create(
    writer: Writer, actor: Actor, about_id: UUID, columns: Mapping[str, Any], now: datetime
) -> UUID:
    """Begin the plan of a year as a draft. `columns`: its year and what it says.

    Raises Invalid for a thing that is unknown, not visible, or nothing that a plan is about; Forbidden for who does not
    draft it. A second plan of the same year is refused by the schema (AlreadyExists).
    """
    entity_id = await about.entity_of(writer, actor, about_id, now)
    if entity_id is None:
        raise errors.unknown_reference("#/about_id")
    beginning = await queries.beginning(writer, entity_id, about_id, now)
    permissions.entitlement(actor, "communication_plans.create", beginning)
    return await _begin(writer, actor, "communication_plans.create", beginning, columns, now)


async def revise(writer: Writer, actor: Actor, facts: Facts, reason: str, now: datetime) -> UUID:
    """Begin the next version of an approved plan as a draft that says what this one says; the plan goes on meanwhile.
    Raises AlreadyExists when one is in work."""
    if facts.row["has_open"]:
        raise errors.AlreadyExists()
    await records.raise_version(writer, CommunicationPlan, facts)
    assert facts.entity_id is not None  # noqa: S101  # a plan always has its entity
    beginning = await queries.beginning(writer, facts.entity_id, facts.row["about_id"], now)
    # Whoever is assigned to a version works on the next one too.
    assigned = rules.assigned_to_a_version(facts.steps[Step.ENTER], facts.row["about_id"])
    beginning = replace(
        beginning,
        steps={**beginning.steps, Step.ENTER: (*beginning.steps[Step.ENTER], *assigned)},
        row={**beginning.row, "parties_enter": [*beginning.row["parties_enter"], *assigned]},
    )
    said = {name: facts.row[name] for name in rules.CONTENT}
    columns = {"year": facts.row["year"], "reason": reason, "unit_from": facts.row["unit_from"], **said}
    return await _begin(
        writer, actor, rules.REVISE.action, beginning, columns, now, reason=reason, follows=True
    )


async def _begin(
    writer: Writer,
    actor: Actor,
    action: str,
    beginning: Facts,
    columns: Mapping[str, Any],
    now: datetime,
    *,
    reason: str | None = None,
    follows: bool = False,
) -> UUID:
    plan_id = ids.new()
    about_id = beginning.row["about_id"]
    await lifecycle.begin(
        writer,
        action,
        Facts(
            SubjectKind.COMMUNICATION_PLAN,
            plan_id,
            beginning.entity_id,
            state=beginning.state,
            steps=beginning.steps,
        ),
        actor=actor,
        at=now,
        awaited=rules.AWAITED[CommunicationPlanState.DRAFT],
        changes={
            "about_id": str(about_id),
            "year": columns["year"],
            "fields": _changed(_NOTHING_SAID_YET, columns),
        },
        reason=reason,
    )
    # After every version, the discarded ones included. Where a first one meets an approved plan: with the number of
    # that one, so that the schema refuses it.
    following = func.coalesce(func.max(_table.c.number) + 1, 1)
    approved = func.max(_table.c.number).filter(_table.c.state == CommunicationPlanState.APPROVED.value)
    number = (
        select(following if follows else func.coalesce(approved, following))
        .where(_table.c.about_id == about_id, _table.c.year == columns["year"])
        .scalar_subquery()
    )
    await writer.execute(
        insert(CommunicationPlan).values(
            id=plan_id,
            entity_id=beginning.entity_id,
            about_id=about_id,
            number=number,
            state=CommunicationPlanState.DRAFT.value,
            parties_enter=beginning.row["parties_enter"],
            parties_approve=beginning.row["parties_approve"],
            edited_by=[actor.person_id],
            drafted_by_id=actor.person_id,
            drafted_at=now,
            **columns,
        )
    )
    return plan_id


async def edit(
    writer: Writer,
    actor: Actor,
    facts: Facts,
    entitlement: Entitlement,
    patch: Mapping[str, Any],
    now: datetime,
) -> None:
    """Change what a draft says: `patch` holds the fields to change, lists as a whole. Whoever edits never approves it. A
    patch that changes nothing writes nothing."""
    old = facts.row
    changed = {name: value for name, value in patch.items() if value != old[name]}
    if not changed:
        return
    await lifecycle.apply_one(
        writer,
        CommunicationPlan,
        rules.EDIT,
        Case(facts, entitlement, changes={"fields": _changed(old, {**old, **changed})}),
        actor=actor,
        at=now,
        columns={**_written(changed), "edited_by": _EDITED},
        awaited=None,
    )


def _changed(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, list[str | None]]:
    return {differs.field: [differs.before, differs.after] for differs in difference.between(old, new)}


def _written(changed: Mapping[str, Any]) -> dict[str, Any]:
    """As the driver takes them: a list as its JSON text."""
    return {
        name: json.dumps(value, ensure_ascii=False) if name in rules.LISTS else value
        for name, value in changed.items()
    }


async def submit(writer: Writer, actor: Actor, facts: Facts, entitlement: Entitlement, now: datetime) -> None:
    """Put a draft before who approves it. Raises IncompleteCommunicationPlan."""
    rules.check_complete(facts.row)
    await _move(writer, rules.SUBMIT, actor, facts, entitlement, now)


async def withdraw(
    writer: Writer, actor: Actor, facts: Facts, entitlement: Entitlement, now: datetime
) -> None:
    """Take a submitted plan back while nobody has decided."""
    await _move(writer, rules.WITHDRAW, actor, facts, entitlement, now)


async def discard(
    writer: Writer, actor: Actor, facts: Facts, entitlement: Entitlement, now: datetime
) -> None:
    """End a draft, and with it the activities that were drafted."""
    await _move(writer, rules.DISCARD, actor, facts, entitlement, now)
    ended = {"cancelled_by_id": actor.person_id, "cancelled_at": now}
    await _with_its_activities(writer, rules.END, actor, facts, now, ended, None)


async def send_back(
    writer: Writer, actor: Actor, facts: Facts, entitlement: Entitlement, said: Said, now: datetime
) -> None:
    """Return a plan to who drafted it, with the reason."""
    await _move(writer, rules.RETURN, actor, facts, entitlement, now, said)


async def approve(
    writer: Writer, actor: Actor, facts: Facts, entitlement: Entitlement, said: Said, now: datetime
) -> None:
    """Approve a plan: it is in force from now on, its activities wait for who holds them, and the version before it is
    superseded; what that one still holds goes over to this one, and what UNIT has not answered yet. Raises NotToBeTold."""
    rules.check_told(facts.row)
    before_id = facts.row["before_id"]
    if before_id is not None:
        superseded = Facts(
            SubjectKind.COMMUNICATION_PLAN,
            before_id,
            facts.entity_id,
            state=CommunicationPlanState.APPROVED.value,
            version=facts.row["before_version"],
        )
        await lifecycle.apply_one(
            writer,
            CommunicationPlan,
            rules.SUPERSEDE,
            Case(superseded, Entitlement(""), changes={"superseded_by": str(facts.id)}),
            actor=actor,
            at=now,
            columns={},
            awaited=None,
        )
    await _move(writer, rules.APPROVE, actor, facts, entitlement, now, said)
    awaited = rules.ACTIVITY_AWAITED[CommunicationActivityState.PLANNED]
    await _with_its_activities(writer, rules.START, actor, facts, now, {}, awaited)
    if before_id is not None:
        await writer.execute(
            update(CommunicationActivity)
            .where(
                _activities.c.plan_id == before_id,
                _activities.c.state != CommunicationActivityState.CANCELLED.value,
            )
            .values(plan_id=facts.id, version=_activities.c.version + 1)
            .execution_options(synchronize_session=False)
        )
        await support.carry(writer, facts, before_id, now)


async def _with_its_activities(
    writer: Writer,
    transition: Transition,
    actor: Actor,
    facts: Facts,
    now: datetime,
    columns: Mapping[str, Any],
    awaited: Awaited | None,
) -> None:
    """Take a transition of every activity that was drafted with the plan. Each of their changes raises the version of the
    plan, so they are as they were seen."""
    cases = [
        Case(
            Facts(
                SubjectKind.COMMUNICATION_ACTIVITY,
                each["id"],
                facts.entity_id,
                state=CommunicationActivityState.DRAFTED.value,
                version=each["version"],
                steps=facts.steps,
                due={Step.ENTER: each["ends_on"]},
            ),
            Entitlement(""),
        )
        for each in facts.row["activities"]
    ]
    if cases:
        await lifecycle.apply(
            writer,
            CommunicationActivity,
            transition,
            cases,
            actor=actor,
            at=now,
            columns=columns,
            awaited=awaited,
        )


def _columns_of(transition: Transition, person_id: UUID, now: datetime) -> dict[str, Any]:
    """Who did what, when. `person_id`: in whose name it is decided."""
    match transition:
        case rules.SUBMIT:
            return {"submitted_by_id": person_id, "submitted_at": now}
        case rules.WITHDRAW:
            return {"submitted_by_id": None, "submitted_at": None}
        case rules.APPROVE:
            return {
                "approved_by_id": person_id,
                "approved_at": now,
                **_CONTROLS,
                "returned_by_id": None,
                "returned_at": None,
                "return_reason": None,
            }
        case rules.RETURN:
            # A return voids the control steps of this round; who edited stays barred for good.
            return {
                "returned_by_id": person_id,
                "returned_at": now,
                "return_reason": GIVEN.c.reason,
                "submitted_by_id": None,
                "submitted_at": None,
                "controlled_by": [],
                "exceptional": False,
            }
    return {}


_move = partial(steps.take, model=CommunicationPlan, columns=_columns_of, awaited=rules.AWAITED)
