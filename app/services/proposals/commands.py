"""Every write of proposals. Each runs in the caller's transaction and changes state only by `lifecycle`."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select

from app import errors, ids
from app.db import Writer
from app.enums import SubjectKind
from app.enums.plans import ProposalState
from app.models import Indicator, Initiative, Plan, Proposal
from app.parties import Actor, Entitlement, Facts
from app.services import lifecycle, records
from app.services.people import steps
from app.services.people.steps import NOTHING_SAID, Said
from app.services.plans import rules as plans
from app.services.proposals import rules
from app.services.transitions import Transition

_FORM = ("title", "problem", "idea", "effect", "indicator_id", "cost")


async def create(writer: Writer, actor: Actor, plan: Facts, form: Mapping[str, Any], now: datetime) -> UUID:
    """Propose something for a plan that takes proposals. Raises ProposalsClosed, Invalid for an unknown indicator."""
    # Held to the commit: who closes the proposals meanwhile waits, or has closed them.
    taking = select(Plan.id).where(Plan.id == plan.id, Plan.proposals_open).with_for_update(read=True)
    if (await writer.execute(taking)).one_or_none() is None:
        raise plans.ProposalsClosed()
    await _require_indicator(writer, form["indicator_id"])
    facts = Facts(
        SubjectKind.PROPOSAL,
        ids.new(),
        plan.entity_id,
        state=ProposalState.SUBMITTED.value,
        steps=plan.steps,
    )
    await lifecycle.begin(
        writer,
        "proposals.create",
        facts,
        actor=actor,
        at=now,
        awaited=rules.AWAITED[ProposalState.SUBMITTED],
        changes=records.made(form, "title", "indicator_id", "cost"),
    )
    await writer.execute(
        insert(Proposal).values(
            id=facts.id,
            entity_id=plan.entity_id,
            plan_id=plan.id,
            state=ProposalState.SUBMITTED.value,
            proposed_by_id=actor.person_id,
            proposed_at=now,
            **{name: form[name] for name in _FORM},
        )
    )
    return facts.id


async def sort(
    writer: Writer,
    actor: Actor,
    facts: Facts,
    entitlement: Entitlement,
    rank: int,
    meets: list[str],
    said: Said,
    now: datetime,
) -> None:
    """Put a proposal in its place in the list, or, sorted before, in another. Raises Invalid for what is no criterion
    of the plan."""
    rules.check_meets(meets, facts.row["criteria"])
    changes = {
        "fields": {
            "rank": [records.said(facts.row["rank"]), str(rank)],
            "meets": [", ".join(facts.row["meets"]) or None, ", ".join(meets) or None],
        }
    }
    transition = rules.SORT if facts.state in rules.SORT.sources else rules.RANK
    await _take(
        writer, transition, actor, facts, entitlement, said, now, {"rank": rank, "meets": meets}, changes
    )


async def accept(
    writer: Writer,
    actor: Actor,
    facts: Facts,
    entitlement: Entitlement,
    said: Said,
    initiative_id: UUID | None,
    now: datetime,
) -> None:
    """Accept a sorted proposal. `initiative_id`: what was made of it. Raises Invalid for one that is not the
    entity's."""
    if initiative_id is not None:
        found = await writer.execute(
            select(Initiative.id).where(
                Initiative.id == initiative_id, Initiative.entity_id == facts.entity_id
            )
        )
        if found.one_or_none() is None:
            raise errors.unknown_reference("#/initiative_id")
    columns = {"initiative_id": initiative_id, "reason": said.reason}
    await _take(writer, rules.ACCEPT, actor, facts, entitlement, said, now, columns)


async def refuse(
    writer: Writer, actor: Actor, facts: Facts, entitlement: Entitlement, said: Said, now: datetime
) -> None:
    """Refuse a proposal, with a reason."""
    await _take(writer, rules.REFUSE, actor, facts, entitlement, said, now, {"reason": said.reason})


async def withdraw(
    writer: Writer, actor: Actor, facts: Facts, entitlement: Entitlement, now: datetime
) -> None:
    """Take one's own proposal back while nobody has decided about it."""
    await _take(writer, rules.WITHDRAW, actor, facts, entitlement, NOTHING_SAID, now, {})


async def _take(
    writer: Writer,
    transition: Transition,
    actor: Actor,
    facts: Facts,
    entitlement: Entitlement,
    said: Said,
    now: datetime,
    columns: Mapping[str, Any],
    changes: Mapping[str, Any] | None = None,
) -> None:
    def stamped(taken: Transition, person_id: UUID, at: datetime) -> Mapping[str, Any]:
        match taken:
            case rules.SORT | rules.RANK:
                return {**columns, "sorted_by_id": person_id, "sorted_at": at}
            case rules.ACCEPT | rules.REFUSE:
                return {**columns, "decided_by_id": person_id, "decided_at": at}
        return columns

    await steps.take(
        writer,
        transition,
        actor,
        facts,
        entitlement,
        now,
        model=Proposal,
        columns=stamped,
        awaited=rules.AWAITED,
        said=said,
        changes=changes,
    )


async def _require_indicator(writer: Writer, indicator_id: UUID | None) -> None:
    """Raise Invalid for an indicator that is not in the catalogue."""
    if indicator_id is None:
        return
    found = await writer.execute(
        select(Indicator.id).where(Indicator.id == indicator_id, Indicator.definition_id.is_not(None))
    )
    if found.one_or_none() is None:
        raise errors.unknown_reference("#/indicator_id")
