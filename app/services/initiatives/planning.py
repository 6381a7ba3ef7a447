"""How an initiative is written: proposed, edited as a draft, revised once it is approved. Each runs in the caller's
transaction and changes state only by `lifecycle`."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import (
    Table,
    delete,
    insert,
)
from sqlalchemy.dialects.postgresql import insert as upsert

from app import ids
from app.db import Writer
from app.enums import Chain, Role, Step, SubjectKind
from app.enums.initiatives import InitiativeState
from app.errors import Forbidden, Text, invalid
from app.models import (
    Initiative,
    InitiativeEffect,
    Milestone,
)
from app.parties import Actor, Entitlement, Facts
from app.services import lifecycle, records
from app.services.initiatives import checks, known, rules
from app.services.lifecycle import Case
from app.services.role_plans import chains

_table = Initiative.__table__
_EDITED = lifecycle.with_who_acts(_table.c.edited_by)


async def create(writer: Writer, actor: Actor, entity: Facts, said: Mapping[str, Any], now: datetime) -> UUID:
    """Propose an initiative of the entity, as a draft. A member of an executing division proposes for that division;
    the office names the division or leaves that open.

    Raises Forbidden for a division that is not the proposer's, Invalid for what cannot be or is not there; a code that
    is taken is refused by the schema.
    """
    checks.check(said)
    found = await known.load(writer, actor, entity.id, said, now)
    known.check(said, found)
    division_id = said["division_id"]
    if not actor.holds(Role.SPECIALIST, entity.id):
        if found.own_division_id is None or (
            division_id is not None and not actor.holds("division", division_id)
        ):
            raise Forbidden(_OWN_DIVISION)
        division_id = division_id or found.own_division_id
    if said["division_id"] is not None:
        rules.check_in_charge(found.function)
    initiative_id = ids.new()
    chain = chains.keys(Chain.DETAILED_PLANS, found.chain, entity.id, division_id)
    columns = {
        "code": said["code"],
        "division_id": division_id,
        **{name: said[name] for name in checks.FIELDS},
    }
    await lifecycle.begin(
        writer,
        "initiatives.create",
        Facts(
            SubjectKind.INITIATIVE,
            initiative_id,
            entity.id,
            state=InitiativeState.DRAFT.value,
            steps=rules.steps(
                said["kind"],
                said["classification"],
                initiative_id,
                entity.id,
                chain[Step.ENTER],
                has_manager=False,
            ),
        ),
        actor=actor,
        at=now,
        awaited=rules.AWAITED[InitiativeState.DRAFT],
        changes=records.made(columns, *columns),
    )
    await writer.execute(
        insert(Initiative).values(
            id=initiative_id,
            entity_id=entity.id,
            state=InitiativeState.DRAFT.value,
            edited_by=[actor.person_id],
            proposed_by_id=actor.person_id,
            proposed_at=now,
            **columns,
        )
    )
    await _write(writer, initiative_id, entity.id, said, {})
    return initiative_id


async def edit(
    writer: Writer,
    actor: Actor,
    facts: Facts,
    entitlement: Entitlement,
    patch: Mapping[str, Any],
    now: datetime,
) -> None:
    """Change a draft: `patch` holds the fields to change; milestones and effects as a whole. Whoever edits never
    approves it. A patch that changes nothing writes nothing. Raises Invalid."""
    new, changed = await _changed(writer, actor, facts, patch, now)
    checks.check(new, facts.row["budget"])
    if changed:
        await _apply(writer, rules.EDIT, actor, facts, entitlement, new, changed, None, now)


async def revise(
    writer: Writer,
    actor: Actor,
    facts: Facts,
    entitlement: Entitlement,
    patch: Mapping[str, Any],
    reason: str,
    now: datetime,
) -> None:
    """Change the plan of an approved initiative, with a reason. What was approved stays as its baseline, by which its
    status is told. Raises Invalid."""
    new, changed = await _changed(writer, actor, facts, patch, now)
    checks.check_revision(facts.row, new)
    if changed:
        by = {"revised_by_id": actor.person_id, "revised_at": now}
        await _apply(writer, rules.REVISE, actor, facts, entitlement, new, changed, reason, now, **by)


async def put_in_charge(
    writer: Writer, actor: Actor, facts: Facts, named: Mapping[str, Any], now: datetime
) -> None:
    """Name the division that carries it out, and its project manager (Guide N-8). Reports on their way keep the chain
    they began with.

    Raises Invalid for a division of another entity or one that does not execute, for none once it was submitted, and for
    a person without a role in the entity beside that of a media representative.
    """
    old = facts.row
    changed = {name: value for name, value in named.items() if value != old[name]}
    if not changed:
        return
    if facts.state != InitiativeState.DRAFT and changed.get("division_id", ...) is None:
        raise invalid(
            "#/division_id",
            "missing",
            "What was submitted has a division in charge of it.",
            "لا بد من تقسيم منفّذ لما رُفع للاعتماد.",
        )
    found = await known.load(writer, actor, _entity_of(facts), changed, now)
    if changed.get("division_id") is not None:
        rules.check_in_charge(found.function)
    if changed.get("manager_id") is not None and not found.is_member:
        raise invalid(
            "#/manager_id",
            "holds_no_role",
            "The person holds no role in the entity.",
            "لا يشغل هذا الشخص دورًا في الجهة.",
        )
    await records.raise_version(writer, Initiative, facts, changed)
    changes = records.became(old, changed)
    if facts.state != InitiativeState.DRAFT:
        await lifecycle.note(writer, rules.PUT_IN_CHARGE.action, facts, actor=actor, at=now, changes=changes)
        return
    new = {**old, **changed}
    chain = chains.keys(Chain.DETAILED_PLANS, found.chain, _entity_of(facts), new["division_id"])
    steps = rules.steps(
        old["kind"],
        old["classification"],
        facts.id,
        _entity_of(facts),
        chain[Step.ENTER],
        has_manager=new["manager_id"] is not None,
    )
    await lifecycle.redirect(
        writer,
        rules.PUT_IN_CHARGE.action,
        Facts(facts.kind, facts.id, facts.entity_id, facts.state, facts.version, steps),
        actor=actor,
        at=now,
        awaited=rules.AWAITED[InitiativeState.DRAFT],
        changes=changes,
    )


def _entity_of(facts: Facts) -> UUID:
    if facts.entity_id is None:
        raise LookupError("an initiative belongs to an entity")
    return facts.entity_id


async def _changed(
    writer: Writer, actor: Actor, facts: Facts, patch: Mapping[str, Any], now: datetime
) -> tuple[dict[str, Any], dict[str, list[str | None]]]:
    """What it says from now on, and before and after of each field that changes."""
    old = facts.row
    if patch.get("programme_id") is not None or patch.get("effects"):
        known.check(patch, await known.load(writer, actor, _entity_of(facts), patch, now))
    new = {**old, **patch}
    changed = {}
    for name in patch:
        before, after = _written(name, old[name]), _written(name, new[name])
        if before != after:
            changed[name] = [before, after]
    return new, changed


def _written(name: str, value: Any) -> str | None:
    """A field as an event keeps it."""
    if name == "milestones":
        return _lines(("number", *checks.MILESTONE), value)
    if name == "effects":
        return _lines(("indicator_id", *checks.EFFECT), value)
    return ", ".join(value) if name == "sectors" else records.said(value)


def _lines(names: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> str:
    ordered = sorted(rows, key=lambda row: str(row[names[0]]).zfill(5))
    plain = [[_plain(row[name]) for name in names] for row in ordered]
    return json.dumps(plain, ensure_ascii=False)


def _plain(value: Any) -> Any:
    return sorted(value) if isinstance(value, list) else records.said(value)


async def _apply(
    writer: Writer,
    transition: Any,
    actor: Actor,
    facts: Facts,
    entitlement: Entitlement,
    new: Mapping[str, Any],
    changed: Mapping[str, list[str | None]],
    reason: str | None,
    now: datetime,
    **more: Any,
) -> None:
    await lifecycle.apply_one(
        writer,
        Initiative,
        transition,
        Case(facts, entitlement, reason, {"fields": changed}),
        actor=actor,
        at=now,
        columns={
            **{name: new[name] for name in checks.FIELDS if name in changed},
            **more,
            "edited_by": _EDITED,
        },
        awaited=None,
    )
    lists = {name: new[name] for name in ("milestones", "effects") if name in changed}
    await _write(writer, facts.id, _entity_of(facts), lists, facts.row)


async def _write(
    writer: Writer,
    initiative_id: UUID,
    entity_id: UUID,
    new: Mapping[str, Any],
    old: Mapping[str, Any],
) -> None:
    """Bring milestones and effects to what `new` says of them; what it does not name stays."""
    of_it = {"initiative_id": initiative_id, "entity_id": entity_id}
    for name, model, key, fields in (
        ("milestones", Milestone, "number", checks.MILESTONE),
        ("effects", InitiativeEffect, "indicator_id", checks.EFFECT),
    ):
        if name not in new:
            continue
        table = cast(Table, model.__table__)
        rows = [{**of_it, **{column: each[column] for column in (key, *fields)}} for each in new[name]]
        gone = {each[key] for each in old.get(name, ())} - {row[key] for row in rows}
        if gone:
            await writer.execute(
                delete(model)
                .where(table.c.initiative_id == initiative_id, table.c[key].in_(gone))
                .execution_options(synchronize_session=False)
            )
        if rows:
            written = upsert(table).values(rows)
            await writer.execute(
                written.on_conflict_do_update(
                    index_elements=["initiative_id", key],
                    set_={column: written.excluded[column] for column in fields},
                )
            )


_OWN_DIVISION = Text(
    "A member of an executing division proposes for that division.",
    "يقترح موظف التقسيم المنفذ باسم تقسيمه.",
)
