"""How a definition is written: the first version, the next ones, the edits of a draft.

Each runs in the caller's transaction and changes state only by `lifecycle`.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, insert, select

from app import errors, ids
from app.db import Writer
from app.enums import Aggregation, DefinitionState, SubjectKind
from app.models import Definition, Indicator, Target
from app.parties import Actor, Entitlement, Facts
from app.services import lifecycle, records
from app.services.definitions import commands, difference, queries, rules
from app.services.definitions.rules import FIELDS, TARGET
from app.services.indicators import rules as indicators
from app.services.lifecycle import Case

_table = Definition.__table__
_EDITED = lifecycle.with_who_acts(_table.c.edited_by)

Targets = Sequence[Mapping[str, Any]]

_NEW: Mapping[str, Any] = {
    **dict.fromkeys(FIELDS),
    "decimals": 1,
    "aggregation": Aggregation.LAST.value,
    "green_at": 90,
    "amber_at": 70,
    "targets": (),
}
"""What the first version says before anybody says otherwise: the thresholds of the guide's dashboard."""


async def create(
    writer: Writer,
    actor: Actor,
    indicator: Facts,
    said: Mapping[str, Any],
    now: datetime,
    *,
    reason: str | None = None,
    at: str = "#",
) -> UUID:
    """Draft the next version: as the one in force says, and as `said` (fields and targets) says otherwise.

    `reason`: why it differs. `at`: where the body says it. Raises Invalid for numbers that cannot be; a
    second version in work is refused by the schema (AlreadyExists).
    """
    row = indicator.row
    before = _NEW if row["definition_id"] is None else await _said(writer, row["definition_id"])
    new = {**before, **said}
    rules.check(new, new["targets"], row["measure"], at=at)
    latest = await writer.execute(
        select(func.coalesce(func.max(_table.c.number), 0)).where(_table.c.indicator_id == indicator.id)
    )
    number = latest.scalar_one() + 1
    definition_id = ids.new()
    steps = rules.steps(row["level"], row["entity_id"], indicator.id, represented=False)
    await lifecycle.begin(
        writer,
        indicators.OPEN_DEFINITION.action,
        Facts(
            SubjectKind.DEFINITION,
            definition_id,
            indicator.entity_id,
            state=DefinitionState.DRAFT.value,
            steps=steps,
        ),
        actor=actor,
        at=now,
        awaited=rules.AWAITED[DefinitionState.DRAFT],
        changes={"number": number, "fields": _changed(before, new)},
        reason=reason,
    )
    await writer.execute(
        insert(Definition).values(
            id=definition_id,
            indicator_id=indicator.id,
            entity_id=indicator.entity_id,
            number=number,
            state=DefinitionState.DRAFT.value,
            reason=reason,
            edited_by=[actor.person_id],
            recorded_at=now,
            drafted_by_id=actor.person_id,
            **{name: new[name] for name in FIELDS},
        )
    )
    await _write_targets(writer, definition_id, new["targets"])
    return definition_id


async def open_version(writer: Writer, actor: Actor, indicator: Facts, reason: str, now: datetime) -> UUID:
    """Open the next version of an indicator's definition as a draft. Raises AlreadyExists when one is open."""
    if indicator.row["open_id"] is not None:
        raise errors.AlreadyExists(ONE_OPEN)
    # So that nobody retires the indicator, or opens another version, at the same moment.
    await records.raise_version(writer, Indicator, indicator)
    return await create(writer, actor, indicator, {}, now, reason=reason)


async def edit(
    writer: Writer,
    actor: Actor,
    facts: Facts,
    entitlement: Entitlement,
    patch: Mapping[str, Any],
    now: datetime,
) -> None:
    """Change a draft: `patch` holds the fields to change, and the targets as a whole if they are to change.

    Whoever edits is barred from controlling it. A patch that changes nothing writes nothing. Raises Invalid.
    """
    old = facts.row
    new = {**old, **patch}
    rules.check(new, new["targets"], old["measure"])
    changed = _changed(old, new)
    if not changed:
        return
    await note_edit(
        writer,
        actor,
        facts,
        entitlement,
        changed,
        now,
        columns={name: new[name] for name in (*FIELDS, "reason") if new[name] != old[name]},
    )
    if any(field.startswith("targets.") for field in changed):
        await writer.execute(
            delete(Target)
            .where(Target.definition_id == facts.id)
            .execution_options(synchronize_session=False)
        )
        await _write_targets(writer, facts.id, new["targets"])


async def note_edit(
    writer: Writer,
    actor: Actor,
    facts: Facts,
    entitlement: Entitlement,
    changed: Mapping[str, Any],
    now: datetime,
    *,
    columns: Mapping[str, Any],
) -> None:
    """Record that the actor edited a draft: they never control it. `changed`: before and after by field."""
    await commands.apply(
        writer,
        rules.EDIT,
        Case(facts, entitlement, changes={"fields": changed}),
        actor,
        now,
        {**columns, "edited_by": _EDITED},
    )


def _changed(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, list[str | None]]:
    fields = (*FIELDS, "reason") if "reason" in old else FIELDS
    return {
        differs.field: [differs.before, differs.after] for differs in difference.between(old, new, fields)
    }


async def _said(writer: Writer, definition_id: UUID) -> Mapping[str, Any]:
    found = await writer.row(queries.CONTENT, {"id": definition_id})
    if found is None:
        raise LookupError("an indicator's definition in force is there")
    return queries.read(found["content"])


async def _write_targets(writer: Writer, definition_id: UUID, targets: Targets) -> None:
    rows = [
        {"definition_id": definition_id, "year": target["year"], **{name: target[name] for name in TARGET}}
        for target in targets
    ]
    if rows:
        await writer.execute(insert(Target).values(rows))


ONE_OPEN = errors.Text(
    "A version of this definition is in work already.", "توجد نسخة من هذا التعريف قيد العمل."
)
