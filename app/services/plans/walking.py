"""What the stages of its path do to an annual plan (Guide P-3, P-7 to P-9): it changes its state only so."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Table, update
from sqlalchemy.dialects.postgresql import JSONB

from app import clock
from app.db import Writer
from app.enums import Step, SubjectKind
from app.enums.plans import PlanState
from app.errors import FourEyes, invalid
from app.models import Plan
from app.parties import Actor, Entitlement, Facts
from app.services import lifecycle
from app.services.detailed_plans import commands as detailed_plans
from app.services.lifecycle import GIVEN, Case
from app.services.people import decisions
from app.services.people.decisions import Decided
from app.services.people.steps import Said
from app.services.plans import commands, frozen, items, items_rules, links, queries, rules
from app.services.transitions import Fire, Transition

_table = cast(Table, Plan.__table__)
_EXCEPTIONAL = _table.c.exceptional | GIVEN.c.exceptional
_SNAPSHOT = frozen.snapshot(_table).cast(JSONB)

EXCELLENCE_PLATFORM = "منظومة الإجادة المؤسسية"
"""Where an approved plan is entered unless somebody says otherwise (annex A 41)."""


async def begin(writer: Writer, plan_id: UUID, parties: Mapping[Step, Sequence[str]]) -> None:
    """Let the parties of its chain be those of the role plan in force when its path starts: who has the stages that draft
    it may edit it too (Guide P-13). `parties`: keys by step."""
    await writer.execute(
        update(Plan)
        .where(_table.c.id == plan_id)
        .values({f"parties_{step}": list(keys) for step, keys in parties.items()})
        .execution_options(synchronize_session=False)
    )


async def verify(
    writer: Writer, actor: Actor, facts: Facts, entitlement: Entitlement, said: Said, now: datetime
) -> None:
    """Say that the plan is aligned with the vision's targets, as it stands (Guide P-7). Raises EmptyPlan,
    UncheckedItems."""
    items_rules.check_checked(await queries.items(writer, facts.id))
    await _take(
        writer,
        rules.staying(rules.VERIFY, facts.state),
        actor,
        facts,
        entitlement,
        said,
        now,
        lambda decided: {
            "verified_by_id": decided.person_id,
            "verified_at": now,
            "verified_revision": _table.c.revision,
            "exceptional": _EXCEPTIONAL,
        },
    )


async def approve_preliminarily(
    writer: Writer, actor: Actor, facts: Facts, entitlement: Entitlement, said: Said, now: datetime
) -> None:
    """Approve the draft so far that money is asked for. Raises EmptyPlan."""
    if not facts.row["has_items"]:
        raise items_rules.EmptyPlan()
    await _take(
        writer,
        rules.APPROVE_PRELIMINARILY,
        actor,
        facts,
        entitlement,
        said,
        now,
        lambda decided: {
            "preliminary_by_id": decided.person_id,
            "preliminary_at": now,
            "proposals_open": False,
        },
    )


async def cut(
    writer: Writer, actor: Actor, facts: Facts, entitlement: Entitlement, said: Said, now: datetime
) -> None:
    """Leave only what is funded in the plan (Guide P-9), and end the detailed plans of what leaves it; those of what the
    version in force still holds end when this one takes its place. Raises UnansweredBudgets with what nobody
    answered."""
    unfunded = items_rules.to_cut(await queries.items(writer, facts.id))
    await _take(
        writer,
        rules.CUT,
        actor,
        facts,
        entitlement,
        said,
        now,
        lambda _: {"funded_cut_at": now, **(commands.REVISED if unfunded else {})},
        changes={"dropped": [item["number"] for item in unfunded]},
    )
    if unfunded:
        await items.leave(writer, actor, [item["id"] for item in unfunded], items_rules.CUT_REASON, now)
        former_id = facts.row["in_force_id"]
        standing = set() if former_id is None else await items.kept_in(writer, former_id)
        out = [one for one in await items.left_out(writer, facts.id) if one not in standing]
        await _end_detailed_plans(writer, actor, facts, out, items_rules.CUT_REASON, now)


async def approve(
    writer: Writer, actor: Actor, facts: Facts, entitlement: Entitlement, said: Said, now: datetime
) -> None:
    """Approve the plan finally: it is frozen as it stands, and takes the place of the version in force, whose links to job
    plans and entry in the platform it takes over. The detailed plans of what it leaves out end.

    Raises EmptyPlan, UnfitItems, PlanUnverified, UnfundedItems.
    """
    await items.hold_still(writer, facts.id)
    items_rules.check_approvable(
        await queries.items(writer, facts.id), cut=facts.row["funded_cut_at"] is not None
    )
    former_id, entry = facts.row["in_force_id"], facts.row["in_force_entry"]
    if former_id is not None:
        former = Facts(
            SubjectKind.PLAN,
            former_id,
            facts.entity_id,
            state=facts.row["in_force_state"],
            version=facts.row["in_force_version"],
        )
        await lifecycle.apply_one(
            writer,
            Plan,
            rules.SUPERSEDE,
            Case(former, Entitlement(""), changes={"superseded_by": str(facts.id)}),
            actor=actor,
            at=now,
            columns={},
            awaited=None,
        )
    await _take(
        writer,
        rules.APPROVE,
        actor,
        facts,
        entitlement,
        said,
        now,
        lambda decided: {
            "approved_by_id": decided.person_id,
            "approved_at": now,
            "decision_id": decided.decision_id,
            "snapshot": _SNAPSHOT,
            "proposals_open": False,
            **_NOT_RETURNED,
            **({} if entry is None else {"platform_entry": entry}),
        },
    )
    if former_id is not None:
        await links.carry_over(writer, former_id, facts.id)
    out = await items.left_out(writer, facts.id)
    await _end_detailed_plans(writer, actor, facts, out, rules.LEFT_REASON, now)


async def _end_detailed_plans(
    writer: Writer, actor: Actor, facts: Facts, initiatives: Sequence[UUID], reason: str, now: datetime
) -> None:
    assert facts.entity_id is not None  # noqa: S101  # a plan always has its entity
    if initiatives:
        await detailed_plans.drop(writer, actor, facts.entity_id, facts.row["year"], initiatives, reason, now)


async def revise(
    writer: Writer, actor: Actor, facts: Facts, entitlement: Entitlement, said: Said, now: datetime
) -> None:
    """Open an approved plan again, on the remarks of the Secretariat-General of the Council of Ministers. What it said
    when it was approved is kept, so that the difference is seen."""
    await _take(
        writer,
        rules.REVISE,
        actor,
        facts,
        entitlement,
        said,
        now,
        lambda decided: {
            **_returned(decided, now),
            "approved_by_id": None,
            "approved_at": None,
            "decision_id": None,
        },
    )


async def confirm(
    writer: Writer, actor: Actor, facts: Facts, entitlement: Entitlement, said: Said, now: datetime
) -> None:
    """Record that the Secretariat-General of the Council of Ministers approves the plan (annex A 40)."""
    await _take(
        writer,
        rules.CONFIRM,
        actor,
        facts,
        entitlement,
        said,
        now,
        lambda decided: {"confirmed_by_id": decided.person_id, "confirmed_at": now},
    )


async def record_platform_entry(
    writer: Writer, actor: Actor, facts: Facts, entitlement: Entitlement, said: Said, now: datetime
) -> None:
    """Record that the plan was entered in the excellence platform today, the reason being its reference there; an
    entry that is recorded in full already stays as it is."""
    entry = {
        "platform": EXCELLENCE_PLATFORM,
        "reference": said.reason,
        "entered_on": clock.day(now).isoformat(),
    }
    await _take(
        writer,
        rules.staying(rules.RECORD_ENTRY, facts.state),
        actor,
        facts,
        entitlement,
        said,
        now,
        lambda _: {} if facts.row["entered"] else {"platform_entry": commands.said_as_json(entry)},
    )


async def send_back(
    writer: Writer, actor: Actor, facts: Facts, entitlement: Entitlement, said: Said, now: datetime
) -> None:
    """Return the plan to who drafts it, with the reason. What was verified of it, and its preliminary approval, are
    void; who edited stays barred for good."""
    await _take(
        writer,
        rules.RETURN,
        actor,
        facts,
        entitlement,
        said,
        now,
        lambda decided: {
            **_returned(decided, now),
            "verified_by_id": None,
            "verified_at": None,
            "verified_revision": None,
            "preliminary_by_id": None,
            "preliminary_at": None,
            "exceptional": False,
        },
    )


FIRES: Mapping[str, Fire] = {
    fire.transition.action: fire
    for fire in (
        Fire(rules.VERIFY, verify),
        Fire(rules.APPROVE_PRELIMINARILY, approve_preliminarily),
        Fire(rules.CUT, cut),
        Fire(rules.APPROVE, approve),
        Fire(rules.REVISE, revise),
        Fire(rules.CONFIRM, confirm),
        Fire(rules.RECORD_ENTRY, record_platform_entry),
    )
}
"""What a stage may fire, by action."""

RETURNS: Mapping[str, Fire] = {
    PlanState.DRAFT.value: Fire(rules.RETURN, send_back),
    PlanState.PRELIMINARY.value: Fire(rules.REVISE, revise),
}
"""What a return fires, by the state that the plan goes back to."""

_NOT_RETURNED: Mapping[str, Any] = {"returned_by_id": None, "returned_at": None, "return_reason": None}


def _returned(decided: Decided, now: datetime) -> dict[str, Any]:
    return {"returned_by_id": decided.person_id, "returned_at": now, "return_reason": GIVEN.c.reason}


async def _take(
    writer: Writer,
    transition: Transition,
    actor: Actor,
    facts: Facts,
    entitlement: Entitlement,
    said: Said,
    now: datetime,
    written: Callable[[Decided], Mapping[str, Any]],
    *,
    changes: Mapping[str, Any] | None = None,
) -> None:
    """`written`: the columns of the step, given in whose name and by which recorded decision it is taken."""
    if transition.reason and not said.reason:
        raise invalid("#/reason", "missing", "This step needs a reason.", "هذه الخطوة تتطلب سببًا.")
    decisions.check_reason(entitlement, said.reason)
    decided = await decisions.decided(writer, actor, entitlement, transition.action, facts, said.letter, now)
    # Who verified may verify again, but never approves; a head who verified because nobody was left approves so too.
    approves = transition in (rules.APPROVE_PRELIMINARILY, rules.APPROVE)
    if approves and not entitlement.exceptional and decided.person_id == facts.row["verified_by_id"]:
        raise FourEyes()
    await lifecycle.apply_one(
        writer,
        Plan,
        transition,
        Case(facts, entitlement, said.reason, changes or {}),
        actor=actor,
        at=now,
        columns=written(decided),
        awaited=None,
        acting_for_id=decided.acting_for_id,
    )
