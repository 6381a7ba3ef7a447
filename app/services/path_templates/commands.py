"""Every write of path templates. Each runs in the caller's transaction and changes state only by `lifecycle`;
a run keeps the version that it began with (Guide P-4)."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select

from app import errors, ids
from app.db import Writer
from app.enums import SubjectKind
from app.enums.paths import PathTemplateState, RunsOn
from app.errors import FieldError, Invalid, Text
from app.models import Division, PathTemplate
from app.parties import Actor, Entitlement, Facts
from app.services import lifecycle
from app.services.lifecycle import GIVEN, Case
from app.services.path_templates import checking, content, difference, queries, rules
from app.services.path_templates.content import Groups
from app.services.people import steps
from app.services.people.steps import Said
from app.services.transitions import Transition

_table = PathTemplate.__table__
_EDITED = lifecycle.with_who_acts(_table.c.edited_by)

_SUPERSEDE = Transition(
    "path_templates.supersede",
    frozenset({PathTemplateState.APPROVED.value}),
    PathTemplateState.SUPERSEDED,
)
"""What becomes of the version before; nobody does that by itself, so no rule names it."""

_NEEDED = ("code", "runs_on", "chain", "title_ar", "title_en", "groups")


async def create(
    writer: Writer,
    actor: Actor,
    entity: Facts,
    copied_from_id: UUID | None,
    said: Mapping[str, Any],
    now: datetime,
) -> UUID:
    """Draft a template of the entity, or its next version where it has one of that code: as the one that is copied
    says, and as `said` says otherwise.

    Raises Invalid for stages that cannot be walked, for what is missing, or a source that is neither a model nor
    the entity's; a second version in work is refused by the schema (AlreadyExists).
    """
    source: Mapping[str, Any] = {}
    if copied_from_id is not None:
        found = await queries.facts(writer, actor, copied_from_id, now)
        if found is None or found.entity_id not in (None, entity.id):
            raise errors.unknown_reference("#/copied_from_id")
        source = found.row
    new: dict[str, Any] = {**{name: source.get(name) for name in _NEEDED}, "note": None, **said}
    missing = tuple(
        FieldError(
            "missing",
            Text("A template that copies none says this.", "هذا الحقل مطلوب ما لم يُنسخ من نموذج آخر."),
            pointer=f"#/{name}",
        )
        for name in _NEEDED
        if new[name] is None
    )
    if missing:
        raise Invalid(errors=missing)
    return await _draft(writer, actor, entity.id, copied_from_id, new, now)


async def open_next(writer: Writer, actor: Actor, facts: Facts, note: str, now: datetime) -> UUID:
    """Open the next version of an approved template as a draft that says the same. Raises AlreadyExists when one
    is in work."""
    if facts.row["in_work"]:
        raise errors.AlreadyExists(
            Text(
                "A version of this path template is in work already.",
                "توجد نسخة من نموذج المسار هذا قيد العمل.",
            )
        )
    return await _draft(writer, actor, _entity(facts), facts.id, {**facts.row, "note": note}, now)


async def _draft(
    writer: Writer,
    actor: Actor,
    entity_id: UUID,
    copied_from_id: UUID | None,
    new: Mapping[str, Any],
    now: datetime,
) -> UUID:
    groups: Groups = new["groups"]
    checking.check(groups, RunsOn(new["runs_on"]))
    await _require_divisions(writer, entity_id, groups)
    latest = await writer.execute(
        select(_table.c.number, _table.c.runs_on)
        .where(_table.c.entity_id == entity_id, _table.c.code == new["code"])
        .order_by(_table.c.number.desc())
        .limit(1)
    )
    before = latest.one_or_none()
    if before is not None and before.runs_on != new["runs_on"]:
        raise errors.invalid(
            "#/runs_on",
            "not_the_same",
            "The versions of a template are all walked by the same kind of thing.",
            "تسلك نسخَ النموذج كلها الأشياءُ من النوع نفسه.",
        )
    number = 1 if before is None else before.number + 1
    template_id = ids.new()
    await lifecycle.begin(
        writer,
        "path_templates.create",
        Facts(
            SubjectKind.PATH_TEMPLATE,
            template_id,
            entity_id,
            state=PathTemplateState.DRAFT.value,
            steps=rules.steps(entity_id),
        ),
        actor=actor,
        at=now,
        awaited=rules.AWAITED[PathTemplateState.DRAFT],
        changes={
            "code": new["code"],
            "number": number,
            "copied_from_id": None if copied_from_id is None else str(copied_from_id),
            "fields": {name: [None, new[name]] for name in rules.FIELDS if new[name] is not None},
        },
    )
    await writer.execute(
        insert(PathTemplate).values(
            id=template_id,
            entity_id=entity_id,
            code=new["code"],
            number=number,
            state=PathTemplateState.DRAFT.value,
            runs_on=str(new["runs_on"]),
            groups=content.write(groups),
            copied_from_id=copied_from_id,
            edited_by=[actor.person_id],
            recorded_at=now,
            drafted_by_id=actor.person_id,
            **{name: new[name] for name in rules.FIELDS},
        )
    )
    return template_id


async def edit(
    writer: Writer,
    actor: Actor,
    facts: Facts,
    entitlement: Entitlement,
    patch: Mapping[str, Any],
    now: datetime,
) -> None:
    """Change a draft: `patch` holds the fields to change, and the stages as a whole if they are to change.

    Whoever edits is barred from approving it. A patch that changes nothing writes nothing. Raises Invalid.
    """
    old = facts.row
    new = {**old, **patch}
    groups: Groups = new["groups"]
    if "groups" in patch:
        checking.check(groups, RunsOn(old["runs_on"]))
        await _require_divisions(writer, _entity(facts), groups)
    differs = list(difference.between(old, old["groups"], new, groups))
    if not differs and groups == old["groups"]:
        return
    columns: dict[str, Any] = {name: new[name] for name in rules.FIELDS if new[name] != old[name]}
    if groups != old["groups"]:
        columns["groups"] = json.dumps(content.write(groups), ensure_ascii=False)
    told = {".".join(filter(None, (each.stage, each.field))): [each.before, each.after] for each in differs}
    await _apply(
        writer,
        rules.EDIT,
        Case(facts, entitlement, changes={"fields": told}),
        actor,
        now,
        {**columns, "edited_by": _EDITED},
    )


async def submit(writer: Writer, actor: Actor, facts: Facts, entitlement: Entitlement, now: datetime) -> None:
    """Put the draft before the head."""
    await _move(writer, rules.SUBMIT, actor, facts, entitlement, now)


async def withdraw(
    writer: Writer, actor: Actor, facts: Facts, entitlement: Entitlement, now: datetime
) -> None:
    """Take a submitted draft back while the head has not decided."""
    await _move(writer, rules.WITHDRAW, actor, facts, entitlement, now)


async def discard(
    writer: Writer, actor: Actor, facts: Facts, entitlement: Entitlement, now: datetime
) -> None:
    """End a draft; it stays readable to the office."""
    await _move(writer, rules.DISCARD, actor, facts, entitlement, now)


async def send_back(
    writer: Writer, actor: Actor, facts: Facts, entitlement: Entitlement, said: Said, now: datetime
) -> None:
    """Return the draft to the office, with the reason."""
    await _move(writer, rules.RETURN, actor, facts, entitlement, now, said)


async def approve(
    writer: Writer, actor: Actor, facts: Facts, entitlement: Entitlement, said: Said, now: datetime
) -> None:
    """Approve the version: from now on new work follows it, and the one before it is superseded."""
    row = facts.row
    if row["in_force_id"] is not None:
        superseded = Facts(
            SubjectKind.PATH_TEMPLATE,
            row["in_force_id"],
            facts.entity_id,
            state=PathTemplateState.APPROVED.value,
            version=row["in_force_version"],
        )
        by = {"superseded_by": str(facts.id)}
        await _apply(writer, _SUPERSEDE, Case(superseded, Entitlement(""), changes=by), actor, now, {})
    await _move(writer, rules.APPROVE, actor, facts, entitlement, now, said)


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
        PathTemplate,
        transition,
        case,
        actor=actor,
        at=now,
        columns=columns,
        awaited=rules.AWAITED.get(transition.target),
    )


def _columns_of(transition: Transition, person_id: UUID, now: datetime) -> dict[str, Any]:
    """Who did what, when: separate facts of each transition. `person_id`: in whose name it is decided."""
    match transition:
        case rules.SUBMIT:
            return {"submitted_by_id": person_id, "submitted_at": now}
        case rules.WITHDRAW:
            return {"submitted_by_id": None, "submitted_at": None}
        case rules.APPROVE:
            return {
                "approved_by_id": person_id,
                "approved_at": now,
                "returned_by_id": None,
                "returned_at": None,
                "return_reason": None,
            }
        case rules.RETURN:
            return {
                "returned_by_id": person_id,
                "returned_at": now,
                "return_reason": GIVEN.c.reason,
                "submitted_by_id": None,
                "submitted_at": None,
            }
    return {}


_move = partial(steps.take, model=PathTemplate, columns=_columns_of, awaited=rules.AWAITED)


async def _require_divisions(writer: Writer, entity_id: UUID, groups: Groups) -> None:
    """Raise Invalid when a stage names a division that is not the entity's."""
    wanted = checking.divisions(groups)
    if not wanted:
        return
    found = await writer.execute(
        select(Division.id).where(Division.entity_id == entity_id, Division.id.in_(set(wanted.values())))
    )
    known = set(found.scalars())
    faults: Sequence[FieldError] = [
        fault
        for pointer, division_id in wanted.items()
        if division_id not in known
        for fault in errors.unknown_reference(pointer).errors
    ]
    if faults:
        raise Invalid(errors=tuple(faults))


def _entity(facts: Facts) -> UUID:
    if facts.entity_id is None:
        raise ValueError("nobody but an entity drafts a path template")
    return facts.entity_id
