"""Every write of indicators. Each runs in the caller's transaction."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select
from sqlalchemy.orm import DeclarativeBase

from app import clock, ids
from app.db import Writer
from app.enums import DivisionFunction, EnteredBy, IndicatorLevel, IndicatorState, SubjectKind
from app.errors import FieldError, Invalid, unknown_reference
from app.models import Division, Indicator, Priority, Programme
from app.parties import Actor, Entitlement, Facts
from app.services import lifecycle, records
from app.services.contributions import commands as contributions
from app.services.definitions import commands as definitions
from app.services.definitions import drafts
from app.services.indicators import rules
from app.services.lifecycle import Case
from app.services.obligations import making

_IDENTITY = ("code", "level", *rules.CALLED, *rules.MEASURED)


async def create(
    writer: Writer,
    actor: Actor,
    entity: Facts,
    columns: Mapping[str, Any],
    definition: Mapping[str, Any],
    now: datetime,
) -> UUID:
    """Draft an indicator of the entity with the first version of its definition.

    `columns`: what identifies it; `definition`: what is already known of how it is measured, targets
    included. Raises Forbidden for a level that is not the actor's to draft, Invalid for a priority or
    programme that is unknown and for numbers that cannot be; a code that is taken is refused by the schema.
    """
    rules.check_drafter(actor, IndicatorLevel(columns["level"]), entity.id)
    await _require_known(writer, columns)
    indicator_id = ids.new()
    facts = Facts(
        SubjectKind.INDICATOR,
        indicator_id,
        entity.id,
        state=IndicatorState.DRAFT.value,
        row={
            "level": columns["level"],
            "measure": columns["measure"],
            "entity_id": entity.id,
            "definition_id": None,
        },
    )
    await lifecycle.begin(
        writer,
        "indicators.create",
        facts,
        actor=actor,
        at=now,
        changes=records.made(columns, *_IDENTITY),
    )
    await writer.execute(
        insert(Indicator).values(
            id=indicator_id,
            entity_id=entity.id,
            state=facts.state,
            in_scorecard=False,
            owner_assumed=False,
            name_ar_translated=False,
            entered_by=EnteredBy.OWNER.value,
            verified=False,
            **{name: columns[name] for name in _IDENTITY},
        )
    )
    await drafts.create(writer, actor, facts, definition, now, at="#/definition")
    return indicator_id


async def edit(
    writer: Writer,
    actor: Actor,
    facts: Facts,
    entitlement: Entitlement,
    patch: Mapping[str, Any],
    now: datetime,
) -> None:
    """Correct what an indicator is called; while it is a draft, also what it measures.

    What it measures is confirmed with its definition: who changes it counts as an editor of the draft.
    Raises FixedOnceConfirmed, FrequencyDoesNotFit, and Invalid for a priority or programme that is unknown.
    """
    changed = {name: value for name, value in patch.items() if value != facts.row[name]}
    rules.check_measured(changed, str(facts.state), facts.row["open_state"])
    await _require_known(writer, changed)
    if "frequency" in changed:
        await contributions.require_fitting(writer, facts.id, changed["frequency"])
    await records.edit(writer, Indicator, rules.EDIT.action, facts, patch, old=facts.row, actor=actor, at=now)
    measured = {name: changed[name] for name in rules.MEASURED if name in changed}
    if measured and facts.row["open_id"] is not None:
        await drafts.note_edit(
            writer,
            actor,
            definitions.open_of(facts),
            entitlement,
            {name: [records.said(facts.row[name]), records.said(new)] for name, new in measured.items()},
            now,
            columns={},
        )


async def put_in_charge(
    writer: Writer, actor: Actor, facts: Facts, division_id: UUID | None, now: datetime
) -> None:
    """Name the division in charge, or none. Results that are on their way keep the chain they began with.

    Raises Invalid for a division of another entity, or one that does not execute.
    """
    if division_id is not None:
        rules.check_in_charge(await _function(writer, facts, division_id))
    await _set(writer, actor, rules.PUT_IN_CHARGE.action, facts, {"division_id": division_id}, now)


async def name_enterer(
    writer: Writer, actor: Actor, facts: Facts, entered_by: EnteredBy, now: datetime
) -> None:
    """Say who enters the figures of a vision indicator: its owner's chain, or UNIT."""
    await _set(writer, actor, rules.NAME_ENTERER.action, facts, {"entered_by": entered_by.value}, now)


async def declare_contributors(
    writer: Writer, actor: Actor, facts: Facts, *, shared: bool, now: datetime
) -> None:
    """Say whether other entities contribute (Guide I-3). Raises ContributionsStand."""
    rules.check_shared(shared, has_contributors=facts.row["has_contributors"])
    await _set(writer, actor, rules.DECLARE_CONTRIBUTORS.action, facts, {"shared": shared}, now)


async def retire(
    writer: Writer, actor: Actor, facts: Facts, entitlement: Entitlement, reason: str, now: datetime
) -> None:
    """Retire an indicator as of today. A version of its definition that is in work is discarded, invitations
    are withdrawn, and the figures of periods that begin later are no longer due."""
    today = clock.day(now)
    await making.hold_calendar(writer)
    await lifecycle.apply_one(
        writer,
        Indicator,
        rules.RETIRE,
        Case(facts, entitlement, reason),
        actor=actor,
        at=now,
        columns={"retired_on": today},
        awaited=None,
    )
    await definitions.end_open(writer, actor, facts, reason, now)
    await contributions.end_invited(writer, actor, facts, reason, now)
    await making.replace(writer, facts.id, today + timedelta(days=1), actor=actor, now=now)


async def _set(
    writer: Writer, actor: Actor, action: str, facts: Facts, patch: Mapping[str, Any], now: datetime
) -> None:
    await records.edit(writer, Indicator, action, facts, patch, old=facts.row, actor=actor, at=now)


async def _function(writer: Writer, indicator: Facts, division_id: UUID) -> DivisionFunction | None:
    """The function of a division of the owner entity; None where there is no such division."""
    found = await writer.execute(
        select(Division.function).where(Division.id == division_id, Division.entity_id == indicator.entity_id)
    )
    function = found.scalar_one_or_none()
    return None if function is None else DivisionFunction(function)


_NAMED: Mapping[str, type[DeclarativeBase]] = {"priority_id": Priority, "programme_id": Programme}


async def _require_known(writer: Writer, columns: Mapping[str, Any]) -> None:
    """Raise Invalid for a priority or programme that does not exist."""
    faults: list[FieldError] = []
    for name, model in _NAMED.items():
        if columns.get(name) is not None:
            table = model.__table__
            found = await writer.execute(select(table.c.id).where(table.c.id == columns[name]))
            if found.scalar_one_or_none() is None:
                faults += unknown_reference(f"#/{name}").errors
    if faults:
        raise Invalid(errors=tuple(faults))
