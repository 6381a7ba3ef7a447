"""The steps of a definition on its way. Each runs in the caller's transaction and changes state only by
`lifecycle`; how one is written stands in `drafts`."""

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from app.db import Writer
from app.enums import DefinitionState, SubjectKind
from app.models import Definition, Indicator
from app.parties import Actor, Entitlement, Facts
from app.services import lifecycle
from app.services.definitions import rules
from app.services.evidence import commands as evidence_commands
from app.services.evidence import rules as evidence
from app.services.indicators import rules as indicators
from app.services.lifecycle import GIVEN, Case
from app.services.people import steps
from app.services.people.decisions import Letter
from app.services.people.steps import Said
from app.services.transitions import Transition

_table = Definition.__table__
_CONTROLS = lifecycle.controls(_table)

_SUPERSEDE = Transition(
    "definitions.supersede", frozenset({DefinitionState.ACTIVE.value}), DefinitionState.SUPERSEDED
)
_END = Transition(rules.DISCARD.action, rules.OPEN, DefinitionState.DISCARDED)
"""What becomes of other versions when one is put in force, or the indicator retires; nobody does that by
itself, so no rule names it."""


async def submit(writer: Writer, actor: Actor, facts: Facts, entitlement: Entitlement, now: datetime) -> None:
    """Put a draft before those who confirm it. Raises IncompleteDefinition when it does not say enough,
    EvidenceMissing when a file is still to come."""
    rules.check_complete(facts.row, facts.row["targets"], facts.row["measure"])
    evidence.check_submittable(facts.row["proof"])
    await _move(writer, rules.SUBMIT, actor, facts, entitlement, now)


async def withdraw(
    writer: Writer, actor: Actor, facts: Facts, entitlement: Entitlement, now: datetime
) -> None:
    """Take a submitted definition back while nobody has confirmed it."""
    await _move(writer, rules.WITHDRAW, actor, facts, entitlement, now)


async def discard(
    writer: Writer, actor: Actor, facts: Facts, entitlement: Entitlement, now: datetime
) -> None:
    """End a draft, and with it the evidence that nobody has decided about. Both stay readable to who worked on
    them."""
    await _move(writer, rules.DISCARD, actor, facts, entitlement, now)
    if facts.row["proof"].undecided:
        await evidence_commands.end_open(writer, actor, facts, now)


async def confirm(
    writer: Writer,
    actor: Actor,
    facts: Facts,
    entitlement: Entitlement,
    reason: str | None,
    letter: Letter | None,
    now: datetime,
) -> None:
    """Confirm that the indicator is accurate and how it is calculated (Guide I-7)."""
    await _move(writer, rules.CONFIRM, actor, facts, entitlement, now, Said(reason, letter))


async def send_back(
    writer: Writer,
    actor: Actor,
    facts: Facts,
    entitlement: Entitlement,
    reason: str,
    letter: Letter | None,
    now: datetime,
) -> None:
    """Return a definition to who drafted it, with the reason."""
    await _move(writer, rules.RETURN, actor, facts, entitlement, now, Said(reason, letter))


async def activate(
    writer: Writer,
    actor: Actor,
    facts: Facts,
    entitlement: Entitlement,
    reason: str | None,
    letter: Letter | None,
    now: datetime,
) -> None:
    """Put a confirmed definition in force: the one before it is superseded, a drafted indicator becomes active.

    What is measured by the one before keeps it. Raises ContributorsNotStated, EvidenceUnverified.
    """
    row = facts.row
    if not rules.contributors_stated(row):
        raise rules.ContributorsNotStated()
    evidence.check_approvable(row["proof"])
    # The indicator first: so does whoever edits or retires it, and nobody locks another out.
    indicator = Facts(
        SubjectKind.INDICATOR,
        row["indicator_id"],
        facts.entity_id,
        state=row["indicator_state"],
        version=row["indicator_version"],
    )
    in_force = [None if row["in_force_id"] is None else str(row["in_force_id"]), str(facts.id)]
    await lifecycle.apply_one(
        writer,
        Indicator,
        indicators.PUT_IN_FORCE,
        Case(indicator, Entitlement(""), changes={"fields": {"definition_id": in_force}}),
        actor=actor,
        at=now,
        columns={"definition_id": facts.id, "verified": True},
        awaited=None,
    )
    if row["in_force_id"] is not None:
        superseded = Facts(
            SubjectKind.DEFINITION,
            row["in_force_id"],
            facts.entity_id,
            state=DefinitionState.ACTIVE.value,
            version=row["in_force_version"],
        )
        by = {"superseded_by": str(facts.id)}
        await apply(writer, _SUPERSEDE, Case(superseded, Entitlement(""), changes=by), actor, now, {})
    await _move(writer, rules.ACTIVATE, actor, facts, entitlement, now, Said(reason, letter))


async def end_open(writer: Writer, actor: Actor, indicator: Facts, reason: str, now: datetime) -> None:
    """Discard the version in work, if there is one: its indicator retires."""
    row = indicator.row
    if row["open_id"] is not None:
        version = open_of(indicator)
        await apply(writer, _END, Case(version, Entitlement(""), reason), actor, now, {})
        await evidence_commands.end_open(writer, actor, version, now)


def open_of(indicator: Facts) -> Facts:
    """The version in work of an indicator that has one."""
    row = indicator.row
    return Facts(
        SubjectKind.DEFINITION,
        row["open_id"],
        indicator.entity_id,
        state=row["open_state"],
        version=row["open_version"],
    )


async def apply(
    writer: Writer,
    transition: Transition,
    case: Case,
    actor: Actor,
    now: datetime,
    columns: Mapping[str, Any],
    *,
    acting_for_id: UUID | None = None,
) -> None:
    """One transition of one version. Raises Stale when somebody else changed it meanwhile."""
    await lifecycle.apply_one(
        writer,
        Definition,
        transition,
        case,
        actor=actor,
        at=now,
        columns=columns,
        awaited=rules.AWAITED.get(transition.target),
        acting_for_id=acting_for_id,
    )


def _columns_of(transition: Transition, person_id: UUID, now: datetime) -> dict[str, Any]:
    """Who did what, when: separate facts of each transition. `person_id`: in whose name it is decided."""
    match transition:
        case rules.SUBMIT:
            return {"submitted_by_id": person_id, "submitted_at": now}
        case rules.WITHDRAW:
            return {"submitted_by_id": None, "submitted_at": None}
        case rules.CONFIRM:
            return {
                "confirmed_by_id": person_id,
                "confirmed_at": now,
                **_CONTROLS,
            }
        case rules.ACTIVATE:
            return {
                "activated_by_id": person_id,
                "activated_at": now,
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
                "confirmed_by_id": None,
                "confirmed_at": None,
                "controlled_by": [],
                "exceptional": False,
            }
    return {}


_move = partial(steps.take, model=Definition, columns=_columns_of, awaited=rules.AWAITED)
