"""Detailed execution plans over HTTP."""

from collections.abc import Mapping
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Response

from app import errors
from app.answers import Change, Reading
from app.deps import changes, creates_about, reads
from app.enums.detailed_plans import DetailedPlanAbout, DetailedPlanState
from app.headers import IfNoneMatch, SubjectPath
from app.problems import declared
from app.routers import letters
from app.routers.json_body import JsonRoute
from app.routers.params import CursorParam, LimitParam
from app.schemas.decisions import StepTaken, StepWithReason
from app.schemas.detailed_plans import (
    DetailedPlanCreate,
    DetailedPlanList,
    DetailedPlanPatch,
    DetailedPlanRead,
)
from app.services.detailed_plans import commands, queries, rules
from app.services.detailed_plans.queries import DetailedPlanFilter

router = APIRouter(prefix="/v1", tags=["detailed-plans"], route_class=JsonRoute)

_ABOUT = ("plan_id", "about", "initiative_id", "scorecard_id", "division_id")


@router.get(
    "/detailed-plans",
    status_code=200,
    response_model=DetailedPlanList,
    summary="List detailed plans",
    response_description="A page of detailed plans.",
)
async def list_detailed_plans(
    reading: Annotated[Reading, reads("detailed_plans.read")],
    entity_id: Annotated[UUID | None, Query(description="Only those of this entity.")] = None,
    plan_id: Annotated[UUID | None, Query(description="Only those of this annual plan.")] = None,
    initiative_id: Annotated[UUID | None, Query(description="Only those of this initiative.")] = None,
    division_id: Annotated[UUID | None, Query(description="Only those of this division.")] = None,
    about: Annotated[DetailedPlanAbout | None, Query(description="Only those about this.")] = None,
    year: Annotated[int | None, Query(ge=2021, le=2100, description="Only those of this year.")] = None,
    state: Annotated[DetailedPlanState | None, Query(description="Only those in this state.")] = None,
    cursor: CursorParam = None,
    limit: LimitParam = None,
) -> Response:
    """What is approved in your entity (for UNIT: everywhere), and the drafts that you work on (Guide D-1)."""
    asked = DetailedPlanFilter(entity_id, plan_id, initiative_id, division_id, about, year, state)
    return reading.many(await queries.many(reading.lane, reading.actor, asked, cursor, limit, reading.now))


@router.post(
    "/detailed-plans",
    status_code=201,
    response_model=DetailedPlanRead,
    summary="Begin a detailed plan",
    response_description="The draft.",
    responses=declared(errors.Forbidden, errors.AlreadyExists),
)
async def create_detailed_plan(
    change: Annotated[Change, creates_about("detailed_plans.create", queries.facts)],
    asked: DetailedPlanCreate,
) -> Response:
    """Of an initiative that the annual plan holds, or a division's part in the scorecard or the excellence indicators. It
    may begin while the annual plan is a draft (annex B). Where a version is approved, this is the next one."""
    body = asked.model_dump()
    about = {name: body.pop(name) for name in _ABOUT}
    made = await commands.create(change.lane, change.actor, about, body, change.now)
    return await _answer(change, made, 201)


@router.get(
    "/detailed-plans/{id}",
    status_code=200,
    response_model=DetailedPlanRead,
    summary="Read a detailed plan",
    response_description="The plan.",
    responses=declared(errors.NotFound),
)
async def read_detailed_plan(
    id: SubjectPath,
    reading: Annotated[Reading, reads("detailed_plans.read")],
    if_none_match: IfNoneMatch = None,
) -> Response:
    """One version with its tasks, how it differs from the one before it, and what you may do with it."""
    return reading.one(await queries.one(reading.lane, reading.actor, id, reading.now), if_none_match)


@router.patch(
    "/detailed-plans/{id}",
    status_code=200,
    response_model=DetailedPlanRead,
    summary="Change a drafted detailed plan",
    response_description="The changed draft.",
    responses=declared(errors.WrongState),
)
async def edit_detailed_plan(
    change: Annotated[Change, changes(rules.EDIT, queries.facts)], patch: DetailedPlanPatch
) -> Response:
    """Tasks are replaced as a whole. What the head of the division was shown or approved is void then."""
    named = _named(patch)
    await commands.edit(change.lane, change.actor, change.facts, change.entitlement, named, change.now)
    return await _answer(change, change.facts.id)


@router.post(
    "/detailed-plans/{id}/discard",
    status_code=200,
    response_model=DetailedPlanRead,
    summary="Discard a drafted detailed plan",
    response_description="The discarded version.",
    responses=declared(errors.WrongState),
)
async def discard_detailed_plan(
    change: Annotated[Change, changes(rules.DISCARD, queries.facts)],
) -> Response:
    """Ends a draft; what is approved stays so."""
    await commands.discard(change.lane, change.actor, change.facts, change.entitlement, change.now)
    return await _answer(change, change.facts.id)


@router.post(
    "/detailed-plans/{id}/present",
    status_code=200,
    response_model=DetailedPlanRead,
    summary="Put a detailed plan before the head of the division",
    response_description="The presented draft.",
    responses=declared(errors.WrongState, rules.IncompleteDetailedPlan, rules.AlreadyEndorsed),
)
async def present_detailed_plan(
    change: Annotated[Change, changes(rules.PRESENT, queries.facts)],
) -> Response:
    """Needs tasks whose weights sum to 100. From now on it waits for the head of the division (annex B 10)."""
    await commands.present(change.lane, change.actor, change.facts, change.entitlement, change.now)
    return await _answer(change, change.facts.id)


@router.post(
    "/detailed-plans/{id}/endorse",
    status_code=200,
    response_model=DetailedPlanRead,
    summary="Approve a detailed plan as the head of its division",
    response_description="The endorsed draft.",
    responses=declared(errors.WrongState, errors.FourEyes, rules.NotPresented, rules.AlreadyEndorsed),
)
async def endorse_detailed_plan(
    change: Annotated[Change, changes(rules.ENDORSE, queries.facts)], step: StepTaken | None = None
) -> Response:
    """It can then be entered; an edit voids it. Never by who edited it."""
    said = letters.said(step)
    await commands.endorse(change.lane, change.actor, change.facts, change.entitlement, said, change.now)
    return await _answer(change, change.facts.id)


@router.post(
    "/detailed-plans/{id}/submit",
    status_code=200,
    response_model=DetailedPlanRead,
    summary="Enter a detailed plan for review",
    response_description="The submitted plan.",
    responses=declared(errors.WrongState, rules.NotEndorsed),
)
async def submit_detailed_plan(
    change: Annotated[Change, changes(rules.SUBMIT, queries.facts)],
) -> Response:
    """The executing division enters what its head approved (Guide D-1). From now on it waits for its reviewers."""
    await commands.submit(change.lane, change.actor, change.facts, change.entitlement, change.now)
    return await _answer(change, change.facts.id)


@router.post(
    "/detailed-plans/{id}/withdraw",
    status_code=200,
    response_model=DetailedPlanRead,
    summary="Take a submitted detailed plan back",
    response_description="The draft.",
    responses=declared(errors.WrongState),
)
async def withdraw_detailed_plan(
    change: Annotated[Change, changes(rules.WITHDRAW, queries.facts)],
) -> Response:
    """Possible until it is reviewed; the approval of the division's head stands until an edit."""
    await commands.withdraw(change.lane, change.actor, change.facts, change.entitlement, change.now)
    return await _answer(change, change.facts.id)


@router.post(
    "/detailed-plans/{id}/review",
    status_code=200,
    response_model=DetailedPlanRead,
    summary="Review a detailed plan",
    response_description="The reviewed plan.",
    responses=declared(errors.WrongState, errors.FourEyes),
)
async def review_detailed_plan(
    change: Annotated[Change, changes(rules.REVIEW, queries.facts)], step: StepTaken | None = None
) -> Response:
    """Passes it on to the office; never by who entered or edited it, or approved it in the division."""
    said = letters.said(step)
    await commands.review(change.lane, change.actor, change.facts, change.entitlement, said, change.now)
    return await _answer(change, change.facts.id)


@router.post(
    "/detailed-plans/{id}/return",
    status_code=200,
    response_model=DetailedPlanRead,
    summary="Return a detailed plan with a reason",
    response_description="The returned draft.",
    responses=declared(errors.WrongState, errors.FourEyes),
)
async def return_detailed_plan(
    change: Annotated[Change, changes(rules.RETURN, queries.facts)], step: StepWithReason
) -> Response:
    """Sends it back to the division, whose head approves it anew."""
    said = letters.said(step)
    await commands.send_back(change.lane, change.actor, change.facts, change.entitlement, said, change.now)
    return await _answer(change, change.facts.id)


@router.post(
    "/detailed-plans/{id}/approve",
    status_code=200,
    response_model=DetailedPlanRead,
    summary="Approve a detailed plan",
    response_description="The approved plan.",
    responses=declared(errors.WrongState, errors.FourEyes),
)
async def approve_detailed_plan(
    change: Annotated[Change, changes(rules.APPROVE, queries.facts)], step: StepTaken | None = None
) -> Response:
    """By the office, last of the three (Guide D-1). The approved version before it is superseded."""
    said = letters.said(step)
    await commands.approve(change.lane, change.actor, change.facts, change.entitlement, said, change.now)
    return await _answer(change, change.facts.id)


def _named(patch: DetailedPlanPatch) -> Mapping[str, Any]:
    """The fields that the patch names, each task in full."""
    return {name: value for name, value in patch.model_dump().items() if name in patch.model_fields_set}


async def _answer(change: Change, detailed_plan_id: UUID, status: int = 200) -> Response:
    document = await queries.one(change.lane, change.actor, detailed_plan_id, change.now)
    return await change.answer(
        document, status, f"/v1/detailed-plans/{detailed_plan_id}" if status == 201 else None
    )
