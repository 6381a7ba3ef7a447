"""Every write of role plans. Work that runs keeps the plan that it began with (Guide P-13)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, insert, select

from app import ids
from app.db import Writer
from app.enums import RolePlanState, SubjectKind
from app.errors import Invalid, unknown_reference
from app.models import Division, Entity, RolePlan, RolePlanStep
from app.parties import Actor, Entitlement, Facts
from app.services import lifecycle
from app.services.lifecycle import GIVEN, Case
from app.services.people import decisions
from app.services.people.decisions import Letter
from app.services.role_plans import rules
from app.services.role_plans.rules import Chains
from app.services.transitions import Transition

_table = RolePlan.__table__
_EDITED = lifecycle.with_who_acts(_table.c.edited_by)


async def create(
    writer: Writer, actor: Actor, entity: Facts, note: str | None, named: Chains, now: datetime
) -> UUID:
    """Draft the next version of the entity's role plan; chains that are not named are the guide's.

    Raises Invalid for a chain that cannot be walked or a division of another entity; a second plan in
    work is refused by the schema (AlreadyExists).
    """
    chains = rules.with_defaults(named)
    rules.check(chains)
    await _require_divisions(writer, entity.id, named)
    # Two managers who begin at once are numbered one after the other.
    await writer.execute(select(Entity.id).where(Entity.id == entity.id).with_for_update(key_share=True))
    latest = await writer.execute(
        select(func.coalesce(func.max(_table.c.number), 0)).where(_table.c.entity_id == entity.id)
    )
    number = latest.scalar_one() + 1
    role_plan_id = ids.new()
    await lifecycle.begin(
        writer,
        "role_plans.create",
        Facts(
            SubjectKind.ROLE_PLAN,
            role_plan_id,
            entity.id,
            state=RolePlanState.DRAFT.value,
            steps=rules.steps(entity.id),
        ),
        actor=actor,
        at=now,
        awaited=rules.AWAITED[RolePlanState.DRAFT],
        changes={"number": number, "note": note, "chains": rules.said(chains)},
    )
    await writer.execute(
        insert(RolePlan).values(
            id=role_plan_id,
            entity_id=entity.id,
            number=number,
            state=RolePlanState.DRAFT.value,
            note=note,
            drafted_by_id=actor.person_id,
            edited_by=[actor.person_id],
            drafted_at=now,
        )
    )
    await _write(writer, role_plan_id, entity.id, chains)
    return role_plan_id


async def edit(
    writer: Writer,
    actor: Actor,
    facts: Facts,
    entitlement: Entitlement,
    patch: Mapping[str, Any],
    named: Chains,
    now: datetime,
) -> None:
    """Change the draft's note, and replace the named chains as a whole. `patch` holds the note, if given.

    Whoever edits is barred from approving. Raises Invalid as `create` does.
    """
    entity_id = _entity(facts)
    rules.check(named)
    await _require_divisions(writer, entity_id, named)
    await lifecycle.apply_one(
        writer,
        RolePlan,
        rules.EDIT,
        Case(facts, entitlement, changes={**patch, **({"chains": rules.said(named)} if named else {})}),
        actor=actor,
        at=now,
        columns={**patch, "edited_by": _EDITED},
        awaited=rules.AWAITED[RolePlanState.DRAFT],
    )
    await writer.execute(
        delete(RolePlanStep)
        .where(
            RolePlanStep.role_plan_id == facts.id, RolePlanStep.chain.in_([chain.value for chain in named])
        )
        .execution_options(synchronize_session=False)
    )
    await _write(writer, facts.id, entity_id, named)


async def submit(writer: Writer, actor: Actor, facts: Facts, entitlement: Entitlement, now: datetime) -> None:
    """Put the draft before the head."""
    await _move(
        writer,
        rules.SUBMIT,
        actor,
        facts,
        entitlement,
        now,
        columns={"submitted_by_id": actor.person_id, "submitted_at": now},
    )


async def approve(
    writer: Writer,
    actor: Actor,
    facts: Facts,
    entitlement: Entitlement,
    reason: str | None,
    letter: Letter | None,
    now: datetime,
) -> None:
    """Approve the plan: from now on, new work follows it."""
    decided = await decisions.decided(writer, actor, entitlement, rules.APPROVE.action, facts, letter, now)
    await _move(
        writer,
        rules.APPROVE,
        actor,
        facts,
        entitlement,
        now,
        reason=reason,
        acting_for_id=decided.acting_for_id,
        columns={
            "approved_by_id": decided.person_id,
            "approved_at": now,
            "decision_id": decided.decision_id,
            "return_reason": None,
        },
    )


async def send_back(
    writer: Writer,
    actor: Actor,
    facts: Facts,
    entitlement: Entitlement,
    reason: str,
    letter: Letter | None,
    now: datetime,
) -> None:
    """Return the plan to the manager, with the reason."""
    decided = await decisions.decided(writer, actor, entitlement, rules.RETURN.action, facts, letter, now)
    await _move(
        writer,
        rules.RETURN,
        actor,
        facts,
        entitlement,
        now,
        reason=reason,
        acting_for_id=decided.acting_for_id,
        columns={"submitted_by_id": None, "submitted_at": None, "return_reason": GIVEN.c.reason},
    )


async def _move(
    writer: Writer,
    transition: Transition,
    actor: Actor,
    facts: Facts,
    entitlement: Entitlement,
    now: datetime,
    *,
    columns: Mapping[str, Any],
    reason: str | None = None,
    acting_for_id: UUID | None = None,
) -> None:
    await lifecycle.apply_one(
        writer,
        RolePlan,
        transition,
        Case(facts, entitlement, reason),
        actor=actor,
        at=now,
        columns=columns,
        awaited=rules.AWAITED.get(transition.target),
        acting_for_id=acting_for_id,
    )


async def _write(writer: Writer, role_plan_id: UUID, entity_id: UUID, chains: Chains) -> None:
    rows = [
        {
            "role_plan_id": role_plan_id,
            "entity_id": entity_id,
            "chain": chain.value,
            "step": step.value,
            "rank": rank,
            "party": party.value,
            "division_id": division_id,
        }
        for chain, steps in chains.items()
        for step, parties in steps.items()
        for rank, (party, division_id) in enumerate(parties)
    ]
    if rows:
        await writer.execute(insert(RolePlanStep).values(rows))


async def _require_divisions(writer: Writer, entity_id: UUID, named: Chains) -> None:
    """Raise Invalid when a chain names a division that is not the entity's."""
    wanted = rules.divisions(named)
    if not wanted:
        return
    found = await writer.execute(
        select(Division.id).where(Division.entity_id == entity_id, Division.id.in_(set(wanted.values())))
    )
    known = set(found.scalars())
    faults = [
        fault
        for pointer, division_id in wanted.items()
        if division_id not in known
        for fault in unknown_reference(pointer).errors
    ]
    if faults:
        raise Invalid(errors=tuple(faults))


def _entity(facts: Facts) -> UUID:
    if facts.entity_id is None:
        raise ValueError("a role plan has its entity")
    return facts.entity_id
