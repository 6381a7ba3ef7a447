"""Proposals of staff for the annual plan over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from app import errors
from app.answers import Change, Reading
from app.deps import changes, creates, reads
from app.enums.plans import ProposalState
from app.headers import IfNoneMatch, SubjectPath
from app.problems import declared
from app.routers.json_body import JsonRoute
from app.routers.letters import said
from app.routers.params import CursorParam, LimitParam
from app.schemas.decisions import StepWithReason
from app.schemas.proposals import ProposalAccept, ProposalCreate, ProposalList, ProposalRead, ProposalSort
from app.services.plans import facts as plans
from app.services.plans import rules as plan_rules
from app.services.proposals import commands, queries, rules
from app.services.proposals.queries import ProposalFilter

router = APIRouter(prefix="/v1", tags=["proposals"], route_class=JsonRoute)


@router.get(
    "/proposals",
    status_code=200,
    response_model=ProposalList,
    summary="List proposals",
    response_description="A page of proposals.",
)
async def list_proposals(
    reading: Annotated[Reading, reads("proposals.read")],
    entity_id: Annotated[UUID | None, Query(description="Only those of this entity.")] = None,
    plan_id: Annotated[UUID | None, Query(description="Only those for this plan.")] = None,
    state: Annotated[ProposalState | None, Query(description="Only those in this state.")] = None,
    mine: Annotated[bool | None, Query(description="True: only your own. False: only others'.")] = None,
    cursor: CursorParam = None,
    limit: LimitParam = None,
) -> Response:
    """Your own; for the office and planning all of the entity (Guide P-12)."""
    asked = ProposalFilter(entity_id, plan_id, state, mine)
    return reading.many(await queries.many(reading.lane, reading.actor, asked, cursor, limit, reading.now))


@router.post(
    "/plans/{id}/proposals",
    status_code=201,
    response_model=ProposalRead,
    summary="Propose something for a plan",
    response_description="The proposal.",
    responses=declared(plan_rules.ProposalsClosed),
)
async def create_proposal(
    change: Annotated[Change, creates("proposals.create", plans.call, queries.facts)], form: ProposalCreate
) -> Response:
    """By anyone who holds a role in the entity, on the one form, while the plan takes proposals."""
    made = await commands.create(change.lane, change.actor, change.facts, form.model_dump(), change.now)
    return await _answer(change, made, 201)


@router.get(
    "/proposals/{id}",
    status_code=200,
    response_model=ProposalRead,
    summary="Read a proposal",
    response_description="The proposal.",
    responses=declared(errors.NotFound),
)
async def read_proposal(
    id: SubjectPath,
    reading: Annotated[Reading, reads("proposals.read")],
    if_none_match: IfNoneMatch = None,
) -> Response:
    """One proposal: who proposed it always sees what became of it."""
    return reading.one(await queries.one(reading.lane, reading.actor, id, reading.now), if_none_match)


@router.post(
    "/proposals/{id}/sort",
    status_code=200,
    response_model=ProposalRead,
    summary="Sort a proposal",
    response_description="The sorted proposal.",
    responses=declared(errors.WrongState, errors.FourEyes),
)
async def sort_proposal(
    change: Annotated[Change, changes(rules.SORT, queries.facts)], asked: ProposalSort
) -> Response:
    """Gives it its place in the list, and says which of the plan's criteria it meets; never by who proposed it."""
    return await _sort(change, asked)


@router.post(
    "/proposals/{id}/rank",
    status_code=200,
    response_model=ProposalRead,
    summary="Rank a sorted proposal anew",
    response_description="The sorted proposal.",
    responses=declared(errors.WrongState, errors.FourEyes),
)
async def rank_proposal(
    change: Annotated[Change, changes(rules.RANK, queries.facts)], asked: ProposalSort
) -> Response:
    """Gives it another place in the list, since others came; never by who proposed it."""
    return await _sort(change, asked)


@router.post(
    "/proposals/{id}/accept",
    status_code=200,
    response_model=ProposalRead,
    summary="Accept a proposal",
    response_description="The accepted proposal.",
    responses=declared(errors.WrongState, errors.FourEyes),
)
async def accept_proposal(
    change: Annotated[Change, changes(rules.ACCEPT, queries.facts)], asked: ProposalAccept
) -> Response:
    """With a reason, and the initiative that was made of it where there is one; never by who proposed it."""
    with_it = said(asked)
    await commands.accept(
        change.lane,
        change.actor,
        change.facts,
        change.entitlement,
        with_it,
        asked.initiative_id,
        change.now,
    )
    return await _answer(change, change.facts.id)


@router.post(
    "/proposals/{id}/refuse",
    status_code=200,
    response_model=ProposalRead,
    summary="Refuse a proposal",
    response_description="The refused proposal.",
    responses=declared(errors.WrongState, errors.FourEyes),
)
async def refuse_proposal(
    change: Annotated[Change, changes(rules.REFUSE, queries.facts)], step: StepWithReason
) -> Response:
    """With a reason, which who proposed it reads; never by who proposed it."""
    await commands.refuse(change.lane, change.actor, change.facts, change.entitlement, said(step), change.now)
    return await _answer(change, change.facts.id)


@router.post(
    "/proposals/{id}/withdraw",
    status_code=200,
    response_model=ProposalRead,
    summary="Withdraw a proposal",
    response_description="The withdrawn proposal.",
    responses=declared(errors.WrongState),
)
async def withdraw_proposal(change: Annotated[Change, changes(rules.WITHDRAW, queries.facts)]) -> Response:
    """By who proposed it, until it is decided about."""
    await commands.withdraw(change.lane, change.actor, change.facts, change.entitlement, change.now)
    return await _answer(change, change.facts.id)


async def _sort(change: Change, asked: ProposalSort) -> Response:
    await commands.sort(
        change.lane,
        change.actor,
        change.facts,
        change.entitlement,
        asked.rank,
        asked.meets,
        said(asked),
        change.now,
    )
    return await _answer(change, change.facts.id)


async def _answer(change: Change, proposal_id: UUID, status: int = 200) -> Response:
    document = await queries.one(change.lane, change.actor, proposal_id, change.now)
    return await change.answer(document, status, f"/v1/proposals/{proposal_id}" if status == 201 else None)
