"""How an annual plan is begun and how what it says is changed. Each runs in the caller's transaction, and changes the
plan only by `lifecycle`: whatever of it changes raises its version, so that who decides decides about what they saw."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Table, func, insert, literal_column, select

from app import errors, ids
from app.db import Writer
from app.enums import Classification, Step, SubjectKind
from app.enums.plans import PlanItemState, PlanState
from app.models import DevelopmentPlan, Entity, Initiative, Plan, PlanItem
from app.parties import Actor, Entitlement, Facts
from app.services import lifecycle, records
from app.services.lifecycle import Case
from app.services.plans import rules
from app.services.transitions import Transition

_table = cast(Table, Plan.__table__)
_items = cast(Table, PlanItem.__table__)
_EDITED = lifecycle.with_who_acts(_table.c.edited_by)
_REVISED = _table.c.revision + literal_column("1")
REVISED: Mapping[str, Any] = {"edited_by": _EDITED, "revision": _REVISED}
"""What a change of what the plan says writes: who made it never verifies or approves it, and what was verified is
outdated."""

FIELDS = ("name_ar", "name_en", "development_plan_id", "classification")
_SAID = ("year", *FIELDS)
_CARRIED = (
    "entity_id",
    "number",
    "kind",
    "title_ar",
    "title_en",
    "priority_id",
    "indicator_id",
    "initiative_id",
    "note",
    "state",
    "edited_by",
)
"""What an item takes along into the next version."""


async def create(writer: Writer, actor: Actor, entity: Facts, said: Mapping[str, Any], now: datetime) -> UUID:
    """Begin the annual plan of an entity and a year. `said`: its year, names, criteria; `entity` carries the parties
    of its chain.

    Raises Invalid for criteria that stand twice or an unknown development plan, OverlappingPlan where the year has a
    plan; of two who begin one at once the schema refuses the second.
    """
    rules.check_criteria(said["criteria"])
    await _require_development_plan(writer, said["development_plan_id"])
    number = await _next_number(writer, entity.id, said["year"], beside=False)
    return await _begin(writer, actor, "plans.create", entity, {**said, "number": number}, now)


async def open_version(writer: Writer, actor: Actor, facts: Facts, reason: str, now: datetime) -> UUID:
    """Open the next version of a plan in force: it begins as what that one says, its kept items included, unchecked.
    Whoever edited that one is barred from verifying and approving this one too: it says what they wrote.

    Raises PathUnfinished while the plan in force walks its path, OverlappingPlan when a version is in work.
    """
    row = facts.row
    if row["walks"]:
        raise rules.PathUnfinished()
    if row["has_open"]:
        raise rules.OverlappingPlan()
    # So that the plan in force stays what the new one begins with, and nobody opens another at the same moment.
    await records.raise_version(writer, Plan, facts)
    number = await _next_number(writer, _entity(facts), row["year"], beside=True)
    said = {name: row[name] for name in (*_SAID, "criteria")}
    said = {**said, "number": number, "reason": reason}
    plan_id = await _begin(writer, actor, rules.OPEN_VERSION.action, facts, said, now, row["edited_by"])
    kept = await writer.execute(
        select(*[_items.c[name] for name in _CARRIED]).where(
            _items.c.plan_id == facts.id, _items.c.state == PlanItemState.KEPT.value
        )
    )
    carried = [{**item, "id": ids.new(), "plan_id": plan_id} for item in kept.mappings()]
    if carried:
        await writer.execute(insert(PlanItem).values(carried))
    return plan_id


async def _begin(
    writer: Writer,
    actor: Actor,
    action: str,
    parent: Facts,
    said: Mapping[str, Any],
    now: datetime,
    written_by: Sequence[UUID] = (),
) -> UUID:
    """`written_by`: who wrote what it begins with."""
    plan_id, entity_id = ids.new(), _entity(parent)
    facts = Facts(SubjectKind.PLAN, plan_id, entity_id, state=PlanState.DRAFT.value, steps=parent.steps)
    changes = records.made({**said, "criteria": _told(said["criteria"])}, "number", *_SAID, "criteria")
    await lifecycle.begin(
        writer, action, facts, actor=actor, at=now, changes=changes, reason=said.get("reason")
    )
    await writer.execute(
        insert(Plan).values(
            id=plan_id,
            entity_id=entity_id,
            state=PlanState.DRAFT.value,
            parties_enter=list(parent.steps[Step.ENTER]),
            parties_review=list(parent.steps[Step.REVIEW]),
            parties_approve=list(parent.steps[Step.APPROVE]),
            edited_by=list(dict.fromkeys((*written_by, actor.person_id))),
            recorded_at=now,
            drafted_by_id=actor.person_id,
            **said,
        )
    )
    return plan_id


async def _next_number(writer: Writer, entity_id: UUID, year: int, *, beside: bool) -> int:
    """The number of the next version of a year. `beside`: one is in force. Raises OverlappingPlan."""
    # Two who begin at once are numbered one after the other.
    await writer.execute(select(Entity.id).where(Entity.id == entity_id).with_for_update(key_share=True))
    standing = _table.c.state.in_(sorted(rules.OPEN if beside else rules.OPEN | rules.IN_FORCE))
    found = await writer.execute(
        select(
            func.coalesce(func.max(_table.c.number), 0).label("latest"),
            func.count().filter(standing).label("overlapping"),
        ).where(_table.c.entity_id == entity_id, _table.c.year == year)
    )
    versions = found.mappings().one()
    if versions["overlapping"]:
        raise rules.OverlappingPlan()
    return int(versions["latest"]) + 1


async def edit(
    writer: Writer,
    actor: Actor,
    facts: Facts,
    entitlement: Entitlement,
    patch: Mapping[str, Any],
    now: datetime,
) -> None:
    """Change names, criteria or what the plan serves. A patch that changes nothing writes nothing.

    Raises UnderControl, Invalid, ProposalsOpen for criteria that proposals are made by, and NamesRestricted where more
    people would read the name of a restricted initiative.
    """
    rules.check_not_held(facts.row)
    rules.check_criteria(patch.get("criteria", ()))
    old = facts.row
    changed = {name: value for name, value in patch.items() if value != old[name]}
    if not changed:
        return
    if "criteria" in changed and old["proposals_open"]:
        raise rules.ProposalsOpen()
    if "development_plan_id" in changed:
        await _require_development_plan(writer, changed["development_plan_id"])
    if "classification" in changed and old["classification"] == Classification.RESTRICTED:
        await _require_nothing_restricted(writer, facts.id)
    told = {name: [_told(old[name]), _told(value)] for name, value in changed.items()}
    columns = {name: _written(value) for name, value in changed.items()}
    await revise_content(writer, actor, facts, entitlement, {"fields": told}, now, columns=columns)


async def revise_content(
    writer: Writer,
    actor: Actor,
    facts: Facts,
    entitlement: Entitlement,
    changes: Mapping[str, Any],
    now: datetime,
    *,
    columns: Mapping[str, Any] | None = None,
    reason: str | None = None,
) -> None:
    """Record that the actor changed what the plan says. Raises Stale."""
    await stay(
        writer,
        rules.EDIT,
        actor,
        Case(facts, entitlement, reason, changes),
        now,
        {**(columns or {}), **REVISED},
    )


async def stay(
    writer: Writer,
    transition: Transition,
    actor: Actor,
    case: Case,
    now: datetime,
    columns: Mapping[str, Any],
) -> None:
    """A transition that leaves the plan in its state. Raises Stale when somebody else changed it meanwhile."""
    await lifecycle.apply_one(
        writer,
        Plan,
        rules.staying(transition, case.facts.state),
        case,
        actor=actor,
        at=now,
        columns=columns,
        awaited=None,
    )


async def open_proposals(
    writer: Writer, actor: Actor, facts: Facts, entitlement: Entitlement, now: datetime
) -> None:
    """Let staff propose, by the criteria as they stand (Guide P-5). Raises NoCriteria, ProposalsOpen."""
    if not facts.row["criteria"]:
        raise rules.NoCriteria()
    if facts.row["proposals_open"]:
        raise rules.ProposalsOpen()
    await stay(writer, rules.OPEN_PROPOSALS, actor, Case(facts, entitlement), now, {"proposals_open": True})


async def close_proposals(
    writer: Writer, actor: Actor, facts: Facts, entitlement: Entitlement, now: datetime
) -> None:
    """Take no more proposals. Raises ProposalsClosed."""
    if not facts.row["proposals_open"]:
        raise rules.ProposalsClosed()
    await stay(writer, rules.CLOSE_PROPOSALS, actor, Case(facts, entitlement), now, {"proposals_open": False})


async def discard(
    writer: Writer, actor: Actor, facts: Facts, entitlement: Entitlement, now: datetime
) -> None:
    """End a draft. It stays readable to who worked on it. Raises PathRunning while it walks a path."""
    if facts.row["walks"]:
        raise rules.PathRunning()
    await lifecycle.apply_one(
        writer,
        Plan,
        rules.DISCARD,
        Case(facts, entitlement),
        actor=actor,
        at=now,
        columns={"proposals_open": False},
        awaited=None,
    )


async def record_entry(
    writer: Writer,
    actor: Actor,
    facts: Facts,
    entitlement: Entitlement,
    entry: Mapping[str, Any],
    now: datetime,
) -> None:
    """Record that the plan in force was entered in a platform: where, under which reference, on which day (annex A
    41). A later record corrects an earlier one; the history keeps both."""
    said = {name: records.said(value) for name, value in entry.items()}
    await stay(
        writer,
        rules.RECORD_ENTRY,
        actor,
        Case(facts, entitlement, changes={"fields": {name: [None, value] for name, value in said.items()}}),
        now,
        {"platform_entry": said_as_json(said)},
    )


async def _require_development_plan(writer: Writer, development_plan_id: UUID | None) -> None:
    if development_plan_id is None:
        return
    found = await writer.execute(select(DevelopmentPlan.id).where(DevelopmentPlan.id == development_plan_id))
    if found.one_or_none() is None:
        raise errors.unknown_reference("#/development_plan_id")


async def _require_nothing_restricted(writer: Writer, plan_id: UUID) -> None:
    found = await writer.execute(
        select(_items.c.id)
        .join(Initiative, Initiative.id == _items.c.initiative_id)
        .where(
            _items.c.plan_id == plan_id,
            _items.c.state == PlanItemState.KEPT.value,
            Initiative.classification == Classification.RESTRICTED.value,
        )
        .limit(1)
    )
    if found.one_or_none() is not None:
        raise rules.NamesRestricted()


def said_as_json(value: Any) -> str:
    """JSON as a transition writes it."""
    return json.dumps(value, ensure_ascii=False)


def _written(value: Any) -> Any:
    return said_as_json(value) if isinstance(value, list) else value


def _told(value: Any) -> str | None:
    """A value as an event keeps it; criteria as one text."""
    if isinstance(value, Sequence) and not isinstance(value, str):
        return said_as_json(value) if value else None
    return records.said(value)


def _entity(facts: Facts) -> UUID:
    if facts.entity_id is None:
        raise ValueError("a plan has its entity")
    return facts.entity_id
