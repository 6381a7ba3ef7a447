"""Every write of detailed plans. Each runs in the caller's transaction and changes state only by `lifecycle`."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any, cast
from uuid import UUID

from sqlalchemy import ColumnElement, Table, and_, delete, func, insert, select

from app import errors, ids
from app.db import Writer
from app.enums import ChainState, SubjectKind
from app.enums.detailed_plans import DetailedPlanAbout, DetailedPlanState
from app.models import DetailedPlan, DetailedPlanTask, Indicator
from app.parties import Actor, Entitlement, Facts
from app.services import lifecycle
from app.services.approving import Stamps
from app.services.detailed_plans import beginning, difference, rules
from app.services.lifecycle import Case
from app.services.people import steps
from app.services.people.steps import Said
from app.services.transitions import Transition

_table = cast(Table, DetailedPlan.__table__)
_EDITED = lifecycle.with_who_acts(_table.c.edited_by)
_STAMPS = Stamps(rules.APPROVAL, _table)
_CONTROLS = lifecycle.controls(_table)
_AS_BEFORE_THE_HEAD: Mapping[str, Any] = {
    "presented_by_id": None,
    "presented_at": None,
    "endorsed_by_id": None,
    "endorsed_at": None,
}
"""What an edit and a return void: the head of the division approves what was seen (annex B 10)."""

_NOTHING_SAID_YET: Mapping[str, Any] = {**dict.fromkeys(rules.TEXTS), "tasks": ()}


async def create(
    writer: Writer,
    actor: Actor,
    asked: Mapping[str, Any],
    said: Mapping[str, Any],
    now: datetime,
) -> UUID:
    """Begin a detailed plan as a draft. `asked`: what it is about, as `beginning.find` takes it; `said`: names, note, tasks.

    It may follow an approved version, which goes on until this one is approved. Raises Invalid, and Forbidden for who does
    not enter it; a second draft is refused by the schema (AlreadyExists).
    """
    found = await beginning.find(writer, actor, asked)
    tasks = said["tasks"]
    rules.check_tasks(tasks, found.year, found.bounds, found.milestones)
    await _check_indicators(writer, found.facts.entity_id, tasks)
    columns = dict(found.columns)
    same = [_table.c.year == found.year, *_same_thing(columns)]
    number = select(func.coalesce(func.max(_table.c.number), 0) + 1).where(and_(*same)).scalar_subquery()
    detailed_plan_id = ids.new()
    await lifecycle.begin(
        writer,
        "detailed_plans.create",
        Facts(
            SubjectKind.DETAILED_PLAN,
            detailed_plan_id,
            found.facts.entity_id,
            state=ChainState.DRAFT.value,
            steps=found.facts.steps,
        ),
        actor=actor,
        at=now,
        awaited=rules.ENTER_AWAITED,
        changes={
            "plan_id": str(asked["plan_id"]),
            "about": columns["about"],
            "fields": _changed(_NOTHING_SAID_YET, said),
        },
    )
    await writer.execute(
        insert(DetailedPlan).values(
            id=detailed_plan_id,
            number=number,
            state=ChainState.DRAFT.value,
            edited_by=[actor.person_id],
            drafted_by_id=actor.person_id,
            drafted_at=now,
            **columns,
            **{name: said[name] for name in rules.TEXTS},
        )
    )
    await _write_tasks(writer, detailed_plan_id, found.facts.entity_id, tasks)
    return detailed_plan_id


def _same_thing(columns: Mapping[str, Any]) -> Sequence[ColumnElement[bool]]:
    """Versions of one plan: of an initiative, or of a division's part in the scorecard or the excellence indicators."""
    if columns["about"] == DetailedPlanAbout.INITIATIVE:
        return (_table.c.initiative_id == columns["initiative_id"],)
    return (_table.c.division_id == columns["division_id"], _table.c.about == columns["about"])


async def edit(
    writer: Writer,
    actor: Actor,
    facts: Facts,
    entitlement: Entitlement,
    patch: Mapping[str, Any],
    now: datetime,
) -> None:
    """Change a draft: `patch` holds the fields to change, and the tasks as a whole if they are to change. What the head of
    the division was shown or approved is void then, and whoever edits never controls it. A patch that changes nothing
    writes nothing. Raises Invalid."""
    old = facts.row
    new = {**{name: old[name] for name in (*rules.TEXTS, "tasks")}, **patch}
    changed = _changed(old, new)
    if not changed:
        return
    if "tasks" in patch:
        bounds = None if old["starts_on"] is None else (old["starts_on"], old["ends_on"])
        rules.check_tasks(new["tasks"], old["year"], bounds, old["milestones"])
        await _check_indicators(writer, facts.entity_id, new["tasks"])
    await lifecycle.apply_one(
        writer,
        DetailedPlan,
        rules.EDIT,
        Case(facts, entitlement, changes={"fields": changed}),
        actor=actor,
        at=now,
        columns={
            **{name: new[name] for name in rules.TEXTS if new[name] != old[name]},
            **_AS_BEFORE_THE_HEAD,
            "controlled_by": [],
            "exceptional": False,
            "edited_by": _EDITED,
        },
        awaited=None,
    )
    if "tasks" in patch:
        await writer.execute(
            delete(DetailedPlanTask)
            .where(DetailedPlanTask.detailed_plan_id == facts.id)
            .execution_options(synchronize_session=False)
        )
        await _write_tasks(writer, facts.id, facts.entity_id, new["tasks"])
    if old["presented"]:
        await lifecycle.wait_for(writer, facts, rules.ENTER_AWAITED, at=now)


async def present(
    writer: Writer, actor: Actor, facts: Facts, entitlement: Entitlement, now: datetime
) -> None:
    """Put a complete draft before the head of the division. Raises IncompleteDetailedPlan, AlreadyEndorsed."""
    if facts.row["presented"]:
        raise rules.AlreadyEndorsed()
    rules.check_complete(facts.row["tasks"])
    await _move(writer, rules.PRESENT, actor, facts, entitlement, now)
    await lifecycle.wait_for(writer, facts, rules.ENDORSE_AWAITED, at=now)


async def endorse(
    writer: Writer, actor: Actor, facts: Facts, entitlement: Entitlement, said: Said, now: datetime
) -> None:
    """The head of the division approves the draft (annex B 10); an edit voids it. Raises NotPresented, AlreadyEndorsed."""
    if not facts.row["presented"]:
        raise rules.NotPresented()
    if facts.row["endorsed"]:
        raise rules.AlreadyEndorsed()
    await _move(writer, rules.ENDORSE, actor, facts, entitlement, now, said)
    await lifecycle.wait_for(writer, facts, rules.ENTER_AWAITED, at=now)


async def submit(writer: Writer, actor: Actor, facts: Facts, entitlement: Entitlement, now: datetime) -> None:
    """Enter the endorsed plan for review, or where the chain names none for approval (Guide D-1). Raises NotEndorsed."""
    if not facts.row["endorsed"]:
        raise rules.NotEndorsed()
    await _move(writer, rules.APPROVAL.submitting(facts.steps), actor, facts, entitlement, now)


async def withdraw(
    writer: Writer, actor: Actor, facts: Facts, entitlement: Entitlement, now: datetime
) -> None:
    """Take a submitted plan back while nobody has decided; the endorsement stands until an edit."""
    await _move(writer, rules.WITHDRAW, actor, facts, entitlement, now)


async def discard(
    writer: Writer, actor: Actor, facts: Facts, entitlement: Entitlement, now: datetime
) -> None:
    """End a draft."""
    await _move(writer, rules.DISCARD, actor, facts, entitlement, now)


async def review(
    writer: Writer, actor: Actor, facts: Facts, entitlement: Entitlement, said: Said, now: datetime
) -> None:
    """Pass a submitted plan on to the office."""
    await _move(writer, rules.REVIEW, actor, facts, entitlement, now, said)


async def send_back(
    writer: Writer, actor: Actor, facts: Facts, entitlement: Entitlement, said: Said, now: datetime
) -> None:
    """Return a plan to the division, with the reason; the head of the division approves it again."""
    await _move(writer, rules.RETURN, actor, facts, entitlement, now, said)


async def approve(
    writer: Writer, actor: Actor, facts: Facts, entitlement: Entitlement, said: Said, now: datetime
) -> None:
    """Approve a reviewed plan; the approved version before it is superseded."""
    if facts.row["before_id"] is not None:
        superseded = Facts(
            SubjectKind.DETAILED_PLAN,
            facts.row["before_id"],
            facts.entity_id,
            state=DetailedPlanState.APPROVED.value,
            version=facts.row["before_version"],
        )
        await lifecycle.apply_one(
            writer,
            DetailedPlan,
            rules.SUPERSEDE,
            Case(superseded, Entitlement(""), changes={"superseded_by": str(facts.id)}),
            actor=actor,
            at=now,
            columns={},
            awaited=None,
        )
    await _move(writer, rules.APPROVE, actor, facts, entitlement, now, said)


async def drop(
    writer: Writer,
    actor: Actor,
    entity_id: UUID,
    year: int,
    initiative_ids: Sequence[UUID],
    reason: str,
    now: datetime,
) -> None:
    """End the open and approved detailed plans of a year of initiatives that the annual plan holds no more (Guide P-9):
    two statements and the one that finds them, however many they are."""
    live = sorted(rules.DROP.sources)
    found = await writer.execute(
        select(_table.c.id, _table.c.state, _table.c.version)
        .where(
            _table.c.entity_id == entity_id,
            _table.c.year == year,
            _table.c.initiative_id.in_(initiative_ids),
            _table.c.state.in_(live),
        )
        .order_by(_table.c.id)  # as whoever approves locks them: the version before first
        .with_for_update()
    )
    cases = [
        Case(
            Facts(SubjectKind.DETAILED_PLAN, row.id, entity_id, state=row.state, version=row.version),
            Entitlement(""),
            reason,
        )
        for row in found
    ]
    if cases:
        await lifecycle.apply(
            writer,
            DetailedPlan,
            rules.DROP,
            cases,
            actor=actor,
            at=now,
            columns={"drop_reason": reason},
            awaited=None,
        )


async def _check_indicators(
    writer: Writer, entity_id: UUID | None, tasks: Sequence[Mapping[str, Any]]
) -> None:
    """Raises Invalid for every task of an indicator that is not the entity's."""
    asked = {task["indicator_id"] for task in tasks if task["indicator_id"] is not None}
    if not asked:
        return
    found = await writer.execute(
        select(Indicator.id).where(Indicator.id.in_(asked), Indicator.entity_id == entity_id)
    )
    known = set(found.scalars())
    faults = tuple(
        fault
        for place, task in enumerate(tasks)
        if task["indicator_id"] is not None and task["indicator_id"] not in known
        for fault in errors.unknown_reference(f"#/tasks/{place}/indicator_id").errors
    )
    if faults:
        raise errors.Invalid(errors=faults)


async def _write_tasks(
    writer: Writer, detailed_plan_id: UUID, entity_id: UUID | None, tasks: Sequence[Mapping[str, Any]]
) -> None:
    rows = [
        {
            "detailed_plan_id": detailed_plan_id,
            "entity_id": entity_id,
            "number": place + 1,
            **{name: task[name] for name in rules.TASK},
        }
        for place, task in enumerate(tasks)
    ]
    if rows:
        await writer.execute(insert(DetailedPlanTask).values(rows))


def _changed(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, list[str | None]]:
    return {differs.field: [differs.before, differs.after] for differs in difference.between(old, new)}


def _columns_of(transition: Transition, person_id: UUID, now: datetime) -> dict[str, Any]:
    """Who did what, when. `person_id`: in whose name it is decided."""
    match transition:
        case rules.PRESENT:
            return {"presented_by_id": person_id, "presented_at": now}
        case rules.ENDORSE:
            return {
                "endorsed_by_id": person_id,
                "endorsed_at": now,
                **_CONTROLS,
            }
        case rules.RETURN:
            return {**_STAMPS.of(transition, person_id, now), **_AS_BEFORE_THE_HEAD}
    return _STAMPS.of(transition, person_id, now)


_move = partial(steps.take, model=DetailedPlan, columns=_columns_of, awaited=rules.AWAITED)
