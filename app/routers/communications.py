"""Communication plans over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from app import errors
from app.answers import Change, Reading
from app.deps import changes, creates_about, creates_on, reads
from app.enums.communications import CommunicationPlanState
from app.headers import IfNoneMatch, SubjectPath
from app.problems import declared
from app.routers.json_body import JsonRoute
from app.routers.letters import said
from app.routers.params import CursorParam, LimitParam
from app.schemas.communications import (
    CommunicationPlanCreate,
    CommunicationPlanList,
    CommunicationPlanPatch,
    CommunicationPlanRead,
    CommunicationPlanRevise,
    SupportAnswer,
    SupportAsk,
)
from app.schemas.decisions import StepTaken, StepWithReason
from app.services.communications import commands, queries, rules, support
from app.services.communications.queries import CommunicationPlanFilter

router = APIRouter(prefix="/v1", tags=["communication-plans"], route_class=JsonRoute)


@router.get(
    "/communication-plans",
    status_code=200,
    response_model=CommunicationPlanList,
    summary="List communication plans",
    response_description="A page of communication plans.",
)
async def list_communication_plans(
    reading: Annotated[Reading, reads("communication_plans.read")],
    entity_id: Annotated[UUID | None, Query(description="Only those of this entity.")] = None,
    about_id: Annotated[UUID | None, Query(description="Only those about this.")] = None,
    year: Annotated[int | None, Query(ge=2021, le=2100, description="Only those of this year.")] = None,
    state: Annotated[CommunicationPlanState | None, Query(description="Only those in this state.")] = None,
    cursor: CursorParam = None,
    limit: LimitParam = None,
) -> Response:
    """What is or was in force in your entity, the drafts that you work on, and for UNIT those for which its support was
    asked (Guide C-1)."""
    asked = CommunicationPlanFilter(entity_id, about_id, year, state)
    return reading.many(await queries.many(reading.lane, reading.actor, asked, cursor, limit, reading.now))


@router.post(
    "/communication-plans",
    status_code=201,
    response_model=CommunicationPlanRead,
    summary="Begin a communication plan",
    response_description="The draft.",
    responses=declared(errors.Forbidden, errors.AlreadyExists),
)
async def create_communication_plan(
    change: Annotated[Change, creates_about("communication_plans.create", queries.facts)],
    asked: CommunicationPlanCreate,
) -> Response:
    """The plan of a year, about the entity as a whole or about a thing of it. The communication division drafts it, or the
    media representative who is assigned to what it is about (Guide O-4, C-1)."""
    columns = asked.model_dump(exclude={"about_id"})
    made = await commands.create(change.lane, change.actor, asked.about_id, columns, change.now)
    return await _answer(change, made, 201)


@router.get(
    "/communication-plans/{id}",
    status_code=200,
    response_model=CommunicationPlanRead,
    summary="Read a communication plan",
    response_description="The plan.",
    responses=declared(errors.NotFound),
)
async def read_communication_plan(
    id: SubjectPath,
    reading: Annotated[Reading, reads("communication_plans.read")],
    if_none_match: IfNoneMatch = None,
) -> Response:
    """One version with its activities, how it differs from the one before it, and what you may do with it."""
    return reading.one(await queries.one(reading.lane, reading.actor, id, reading.now), if_none_match)


@router.patch(
    "/communication-plans/{id}",
    status_code=200,
    response_model=CommunicationPlanRead,
    summary="Change a drafted communication plan",
    response_description="The changed draft.",
    responses=declared(errors.WrongState),
)
async def edit_communication_plan(
    change: Annotated[Change, changes(rules.EDIT, queries.facts)], patch: CommunicationPlanPatch
) -> Response:
    """Lists are replaced as a whole. Whoever edits never approves it."""
    named = {name: value for name, value in patch.model_dump().items() if name in patch.model_fields_set}
    await commands.edit(change.lane, change.actor, change.facts, change.entitlement, named, change.now)
    return await _answer(change, change.facts.id)


@router.post(
    "/communication-plans/{id}/submit",
    status_code=200,
    response_model=CommunicationPlanRead,
    summary="Submit a communication plan",
    response_description="The submitted plan.",
    responses=declared(errors.WrongState, rules.IncompleteCommunicationPlan),
)
async def submit_communication_plan(
    change: Annotated[Change, changes(rules.SUBMIT, queries.facts)],
) -> Response:
    """Needs an audience, a message and a channel, and for a first version an activity. From now on it waits for the
    manager."""
    await commands.submit(change.lane, change.actor, change.facts, change.entitlement, change.now)
    return await _answer(change, change.facts.id)


@router.post(
    "/communication-plans/{id}/withdraw",
    status_code=200,
    response_model=CommunicationPlanRead,
    summary="Take a submitted communication plan back",
    response_description="The draft.",
    responses=declared(errors.WrongState),
)
async def withdraw_communication_plan(
    change: Annotated[Change, changes(rules.WITHDRAW, queries.facts)],
) -> Response:
    """Possible until it is approved or returned."""
    await commands.withdraw(change.lane, change.actor, change.facts, change.entitlement, change.now)
    return await _answer(change, change.facts.id)


@router.post(
    "/communication-plans/{id}/discard",
    status_code=200,
    response_model=CommunicationPlanRead,
    summary="Discard a drafted communication plan",
    response_description="The discarded version.",
    responses=declared(errors.WrongState),
)
async def discard_communication_plan(
    change: Annotated[Change, changes(rules.DISCARD, queries.facts)],
) -> Response:
    """Ends a draft with the activities that it adds; what is in force stays so."""
    await commands.discard(change.lane, change.actor, change.facts, change.entitlement, change.now)
    return await _answer(change, change.facts.id)


@router.post(
    "/communication-plans/{id}/return",
    status_code=200,
    response_model=CommunicationPlanRead,
    summary="Return a communication plan with a reason",
    response_description="The returned draft.",
    responses=declared(errors.WrongState, errors.FourEyes),
)
async def return_communication_plan(
    change: Annotated[Change, changes(rules.RETURN, queries.facts)], step: StepWithReason
) -> Response:
    """Sends it back to who drafted it."""
    await commands.send_back(
        change.lane, change.actor, change.facts, change.entitlement, said(step), change.now
    )
    return await _answer(change, change.facts.id)


@router.post(
    "/communication-plans/{id}/approve",
    status_code=200,
    response_model=CommunicationPlanRead,
    summary="Approve a communication plan",
    response_description="The plan in force.",
    responses=declared(errors.WrongState, errors.FourEyes, rules.NotToBeTold),
)
async def approve_communication_plan(
    change: Annotated[Change, changes(rules.APPROVE, queries.facts)], step: StepTaken | None = None
) -> Response:
    """Its activities are planned from now on. The version before it is superseded, and its activities go over to this one.
    Never by who drafted or edited it."""
    await commands.approve(
        change.lane, change.actor, change.facts, change.entitlement, said(step), change.now
    )
    return await _answer(change, change.facts.id)


@router.post(
    "/communication-plans/{id}/revise",
    status_code=201,
    response_model=CommunicationPlanRead,
    summary="Begin a new version of a communication plan",
    response_description="The draft.",
    responses=declared(errors.WrongState, errors.AlreadyExists),
)
async def revise_communication_plan(
    change: Annotated[Change, creates_on(rules.REVISE, queries.facts, queries.facts)],
    asked: CommunicationPlanRevise,
) -> Response:
    """A draft that begins as what the plan in force says, which goes on until the draft is approved."""
    made = await commands.revise(change.lane, change.actor, change.facts, asked.reason, change.now)
    return await _answer(change, made, 201)


@router.post(
    "/communication-plans/{id}/ask-support",
    status_code=200,
    response_model=CommunicationPlanRead,
    summary="Ask UNIT to support a communication plan",
    response_description="The plan.",
    responses=declared(errors.WrongState, rules.SupportAsked),
)
async def ask_support(
    change: Annotated[Change, changes(rules.ASK_SUPPORT, queries.facts)], asked: SupportAsk
) -> Response:
    """UNIT's media department reads the plan and its activities from now on, and answers (Guide C-1)."""
    await support.ask(change.lane, change.actor, change.facts, change.entitlement, asked.what, change.now)
    return await _answer(change, change.facts.id)


@router.post(
    "/communication-plans/{id}/answer-support",
    status_code=200,
    response_model=CommunicationPlanRead,
    summary="Answer what UNIT was asked for a communication plan",
    response_description="The plan.",
    responses=declared(errors.WrongState, rules.NoSupportAsked),
)
async def answer_support(
    change: Annotated[Change, changes(rules.ANSWER_SUPPORT, queries.facts)], asked: SupportAnswer
) -> Response:
    """UNIT says what it does. Afterwards it can be asked again."""
    await support.answer(
        change.lane, change.actor, change.facts, change.entitlement, asked.answer, change.now
    )
    return await _answer(change, change.facts.id)


async def _answer(change: Change, plan_id: UUID, status: int = 200) -> Response:
    document = await queries.one(change.lane, change.actor, plan_id, change.now)
    return await change.answer(
        document, status, f"/v1/communication-plans/{plan_id}" if status == 201 else None
    )
