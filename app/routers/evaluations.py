"""Periodic evaluations over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from app import errors
from app.answers import Change, Reading
from app.deps import changes, creates, reads
from app.enums.evaluations import EvaluationRating, EvaluationState
from app.headers import IfNoneMatch, SubjectPath
from app.problems import declared
from app.routers.json_body import JsonRoute
from app.routers.letters import said
from app.routers.params import CursorParam, LimitParam
from app.schemas.base import Day
from app.schemas.decisions import StepTaken, StepWithReason
from app.schemas.evaluations import EvaluationCreate, EvaluationList, EvaluationPatch, EvaluationRead
from app.services.entities import queries as entities
from app.services.evaluations import commands, queries, rules
from app.services.evaluations.queries import EvaluationFilter

router = APIRouter(prefix="/v1", tags=["evaluations"], route_class=JsonRoute)


@router.get(
    "/evaluations",
    status_code=200,
    response_model=EvaluationList,
    summary="List evaluations",
    response_description="A page of evaluations, the latest period first.",
)
async def list_evaluations(
    reading: Annotated[Reading, reads("evaluations.read")],
    entity_id: Annotated[UUID | None, Query(description="Only those of this entity.")] = None,
    about_id: Annotated[UUID | None, Query(description="Only those that judge this thing.")] = None,
    state: Annotated[EvaluationState | None, Query(description="Only those in this state.")] = None,
    rating: Annotated[EvaluationRating | None, Query(description="Only those that judge so.")] = None,
    since: Annotated[
        Day | None, Query(description="Only those whose period ends on this day or later.")
    ] = None,
    cursor: CursorParam = None,
    limit: LimitParam = None,
) -> Response:
    """How the progress of each period was judged: approved ones to the entity's people, drafts to the office (Guide M-3)."""
    asked = EvaluationFilter(entity_id, about_id, state, rating, since)
    return reading.many(await queries.many(reading.lane, reading.actor, asked, cursor, limit, reading.now))


@router.post(
    "/entities/{id}/evaluations",
    status_code=201,
    response_model=EvaluationRead,
    summary="Draft an evaluation",
    response_description="The draft.",
)
async def create_evaluation(
    change: Annotated[Change, creates(rules.CREATED, entities.facts, queries.facts)],
    evaluation: EvaluationCreate,
) -> Response:
    """Of a period that has begun, for the entity as a whole or one thing of it. Corrective actions are opened with the
    evaluation as their source."""
    made = await commands.create(change.lane, change.actor, change.facts, evaluation.model_dump(), change.now)
    return await _answer(change, made, 201)


@router.get(
    "/evaluations/{id}",
    status_code=200,
    response_model=EvaluationRead,
    summary="Read an evaluation",
    response_description="The evaluation.",
    responses=declared(errors.NotFound),
)
async def read_evaluation(
    id: SubjectPath,
    reading: Annotated[Reading, reads("evaluations.read")],
    if_none_match: IfNoneMatch = None,
) -> Response:
    """One evaluation with the actions that come from it, and what you may do with it now."""
    return reading.one(await queries.one(reading.lane, reading.actor, id, reading.now), if_none_match)


@router.patch(
    "/evaluations/{id}",
    status_code=200,
    response_model=EvaluationRead,
    summary="Change a drafted evaluation",
    response_description="The changed draft.",
    responses=declared(errors.WrongState),
)
async def edit_evaluation(
    change: Annotated[Change, changes(rules.EDIT, queries.facts)], patch: EvaluationPatch
) -> Response:
    """Who edits it never approves it. What it judges never changes."""
    named = patch.model_dump(exclude_unset=True)
    await commands.edit(change.lane, change.actor, change.facts, change.entitlement, named, change.now)
    return await _answer(change, change.facts.id)


@router.post(
    "/evaluations/{id}/approve",
    status_code=200,
    response_model=EvaluationRead,
    summary="Approve an evaluation",
    response_description="The approved evaluation.",
    responses=declared(errors.WrongState, errors.FourEyes),
)
async def approve_evaluation(
    change: Annotated[Change, changes(rules.APPROVE, queries.facts)], step: StepTaken | None = None
) -> Response:
    """By the manager who did not write it: from now on nothing of it changes, and the entity's people read it."""
    await commands.approve(
        change.lane, change.actor, change.facts, change.entitlement, said(step), change.now
    )
    return await _answer(change, change.facts.id)


@router.post(
    "/evaluations/{id}/discard",
    status_code=200,
    response_model=EvaluationRead,
    summary="Discard a drafted evaluation",
    response_description="The discarded draft.",
    responses=declared(errors.WrongState),
)
async def discard_evaluation(
    change: Annotated[Change, changes(rules.DISCARD, queries.facts)], step: StepWithReason
) -> Response:
    """With the reason. The actions that came from it stand."""
    await commands.discard(
        change.lane, change.actor, change.facts, change.entitlement, said(step), change.now
    )
    return await _answer(change, change.facts.id)


async def _answer(change: Change, evaluation_id: UUID, status: int = 200) -> Response:
    document = await queries.one(change.lane, change.actor, evaluation_id, change.now)
    return await change.answer(
        document, status, f"/v1/evaluations/{evaluation_id}" if status == 201 else None
    )
