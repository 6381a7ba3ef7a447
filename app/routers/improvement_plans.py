"""Improvement plans over HTTP."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Response

from app import errors
from app.answers import Change, Reading
from app.deps import changes, creates, reads
from app.enums.scorecards import ImprovementPlanState
from app.headers import IfNoneMatch, SubjectPath
from app.problems import declared
from app.routers.json_body import JsonRoute
from app.routers.letters import said
from app.routers.params import CursorParam, LimitParam
from app.schemas.decisions import StepTaken, StepWithReason
from app.schemas.improvement_plans import (
    ImprovementPlanCreate,
    ImprovementPlanList,
    ImprovementPlanPatch,
    ImprovementPlanRead,
    ImprovementReport,
)
from app.services.evidence.rules import EvidenceMissing, EvidenceUnverified
from app.services.improvement_plans import commands, queries, rules
from app.services.improvement_plans.queries import ImprovementPlanFilter
from app.services.indicators import queries as indicators

router = APIRouter(prefix="/v1", tags=["improvement-plans"], route_class=JsonRoute)


@router.get(
    "/improvement-plans",
    status_code=200,
    response_model=ImprovementPlanList,
    summary="List improvement plans",
    response_description="A page of plans, the latest drafted first.",
)
async def list_improvement_plans(
    reading: Annotated[Reading, reads("improvement_plans.read")],
    entity_id: Annotated[UUID | None, Query(description="Only those of this entity.")] = None,
    indicator_id: Annotated[UUID | None, Query(description="Only those of this indicator.")] = None,
    state: Annotated[ImprovementPlanState | None, Query(description="Only those in this state.")] = None,
    late: Annotated[bool | None, Query(description="Only those that are late, or that are not.")] = None,
    cursor: CursorParam = None,
    limit: LimitParam = None,
) -> Response:
    """What was approved to the entity's people and UNIT; all of it to who works on it (Guide I-8)."""
    asked = ImprovementPlanFilter(entity_id, indicator_id, state, late)
    return reading.many(await queries.many(reading.lane, reading.actor, asked, cursor, limit, reading.now))


@router.post(
    "/indicators/{id}/improvement-plans",
    status_code=201,
    response_model=ImprovementPlanRead,
    summary="Draft an improvement plan",
    response_description="The draft.",
    responses=declared(errors.AlreadyExists, rules.NotVision),
)
async def create_improvement_plan(
    change: Annotated[Change, creates("improvement_plans.create", indicators.entry_facts, queries.facts)],
    plan: ImprovementPlanCreate,
) -> Response:
    """For an active vision indicator of the entity; one is in work at a time."""
    made = await commands.create(change.lane, change.actor, change.facts, plan.model_dump(), change.now)
    return await _answer(change, made, 201)


@router.get(
    "/improvement-plans/{id}",
    status_code=200,
    response_model=ImprovementPlanRead,
    summary="Read an improvement plan",
    response_description="The plan.",
    responses=declared(errors.NotFound),
)
async def read_improvement_plan(
    id: SubjectPath,
    reading: Annotated[Reading, reads("improvement_plans.read")],
    if_none_match: IfNoneMatch = None,
) -> Response:
    """One plan with its steps, and what you may do with it now."""
    return reading.one(await queries.one(reading.lane, reading.actor, id, reading.now), if_none_match)


@router.patch(
    "/improvement-plans/{id}",
    status_code=200,
    response_model=ImprovementPlanRead,
    summary="Change a drafted improvement plan",
    response_description="The changed draft.",
    responses=declared(errors.WrongState, errors.FourEyes),
)
async def edit_improvement_plan(
    change: Annotated[Change, changes(rules.EDIT, queries.facts)], patch: ImprovementPlanPatch
) -> Response:
    """Steps are replaced as a whole. Whoever edits never assures or approves it, and whoever verified evidence of it does
    not edit it any more."""
    named: dict[str, Any] = patch.model_dump(exclude_unset=True, exclude={"steps"})
    if "steps" in patch.model_fields_set:
        named["steps"] = [step.model_dump() for step in patch.steps]
    await commands.edit(change.lane, change.actor, change.facts, change.entitlement, named, change.now)
    return await _answer(change, change.facts.id)


@router.post(
    "/improvement-plans/{id}/submit",
    status_code=200,
    response_model=ImprovementPlanRead,
    summary="Submit an improvement plan",
    response_description="The submitted plan.",
    responses=declared(errors.WrongState, rules.IncompletePlan, EvidenceMissing),
)
async def submit_improvement_plan(
    change: Annotated[Change, changes(rules.SUBMIT, queries.facts)],
) -> Response:
    """Needs a step. From now on it waits for the technical representative assigned to it or to its indicator, or another
    specialist (Guide O-3)."""
    await commands.submit(change.lane, change.actor, change.facts, change.entitlement, change.now)
    return await _answer(change, change.facts.id)


@router.post(
    "/improvement-plans/{id}/withdraw",
    status_code=200,
    response_model=ImprovementPlanRead,
    summary="Take a submitted improvement plan back",
    response_description="The draft.",
    responses=declared(errors.WrongState),
)
async def withdraw_improvement_plan(
    change: Annotated[Change, changes(rules.WITHDRAW, queries.facts)],
) -> Response:
    """Possible until its quality is assured."""
    await commands.withdraw(change.lane, change.actor, change.facts, change.entitlement, change.now)
    return await _answer(change, change.facts.id)


@router.post(
    "/improvement-plans/{id}/discard",
    status_code=200,
    response_model=ImprovementPlanRead,
    summary="Discard a drafted improvement plan",
    response_description="The discarded plan.",
    responses=declared(errors.WrongState),
)
async def discard_improvement_plan(
    change: Annotated[Change, changes(rules.DISCARD, queries.facts)],
) -> Response:
    """Ends a draft; evidence of it that nobody has decided about is withdrawn."""
    await commands.discard(change.lane, change.actor, change.facts, change.entitlement, change.now)
    return await _answer(change, change.facts.id)


@router.post(
    "/improvement-plans/{id}/assure",
    status_code=200,
    response_model=ImprovementPlanRead,
    summary="Assure the quality of an improvement plan",
    response_description="The assured plan.",
    responses=declared(errors.WrongState, errors.FourEyes),
)
async def assure_improvement_plan(
    change: Annotated[Change, changes(rules.ASSURE, queries.facts)], step: StepTaken | None = None
) -> Response:
    """By the technical representative assigned, or a specialist who had no hand in it (Guide O-3)."""
    await commands.assure(change.lane, change.actor, change.facts, change.entitlement, said(step), change.now)
    return await _answer(change, change.facts.id)


@router.post(
    "/improvement-plans/{id}/return",
    status_code=200,
    response_model=ImprovementPlanRead,
    summary="Return an improvement plan with a reason",
    response_description="The returned draft.",
    responses=declared(errors.WrongState, errors.FourEyes),
)
async def return_improvement_plan(
    change: Annotated[Change, changes(rules.RETURN, queries.facts)], step: StepWithReason
) -> Response:
    """Sends it back to who drafted it. An assurance of this round is void."""
    await commands.send_back(
        change.lane, change.actor, change.facts, change.entitlement, said(step), change.now
    )
    return await _answer(change, change.facts.id)


@router.post(
    "/improvement-plans/{id}/approve",
    status_code=200,
    response_model=ImprovementPlanRead,
    summary="Approve an improvement plan",
    response_description="The approved plan.",
    responses=declared(errors.WrongState, errors.FourEyes, EvidenceUnverified),
)
async def approve_improvement_plan(
    change: Annotated[Change, changes(rules.APPROVE, queries.facts)], step: StepTaken | None = None
) -> Response:
    """From now on it is carried out, and seen by the entity's people and UNIT."""
    await commands.approve(
        change.lane, change.actor, change.facts, change.entitlement, said(step), change.now
    )
    return await _answer(change, change.facts.id)


@router.post(
    "/improvement-plans/{id}/report",
    status_code=200,
    response_model=ImprovementPlanRead,
    summary="Report a step of an improvement plan",
    response_description="The plan.",
    responses=declared(errors.WrongState),
)
async def report_improvement_step(
    change: Annotated[Change, changes(rules.REPORT, queries.facts)], report: ImprovementReport
) -> Response:
    """Says when a step was done, or that it is not done after all: by its division, or a specialist."""
    await commands.report(
        change.lane,
        change.actor,
        change.facts,
        change.entitlement,
        report.number,
        report.done_on,
        report.note,
        change.now,
    )
    return await _answer(change, change.facts.id)


@router.post(
    "/improvement-plans/{id}/complete",
    status_code=200,
    response_model=ImprovementPlanRead,
    summary="Close a completed improvement plan",
    response_description="The completed plan.",
    responses=declared(errors.WrongState, rules.StepsOpen, EvidenceUnverified),
)
async def complete_improvement_plan(
    change: Annotated[Change, changes(rules.COMPLETE, queries.facts)],
) -> Response:
    """Every step is done, and all evidence of it verified or rejected: from now on nothing of it changes."""
    await commands.complete(change.lane, change.actor, change.facts, change.entitlement, change.now)
    return await _answer(change, change.facts.id)


@router.post(
    "/improvement-plans/{id}/end",
    status_code=200,
    response_model=ImprovementPlanRead,
    summary="Give an improvement plan up",
    response_description="The ended plan.",
    responses=declared(errors.WrongState),
)
async def end_improvement_plan(
    change: Annotated[Change, changes(rules.END, queries.facts)], step: StepWithReason
) -> Response:
    """Ends a plan that is not carried out to its end, with the reason."""
    await commands.end(change.lane, change.actor, change.facts, change.entitlement, said(step), change.now)
    return await _answer(change, change.facts.id)


async def _answer(change: Change, plan_id: UUID, status: int = 200) -> Response:
    document = await queries.one(change.lane, change.actor, plan_id, change.now)
    return await change.answer(
        document, status, f"/v1/improvement-plans/{plan_id}" if status == 201 else None
    )
