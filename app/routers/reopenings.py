"""Reopenings over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from app import errors
from app.answers import Change, Reading
from app.deps import changes, creates_on, reads
from app.enums import ReopeningState
from app.headers import IfNoneMatch, SubjectPath
from app.problems import declared
from app.routers.json_body import JsonRoute
from app.routers.letters import letter
from app.routers.params import CursorParam, LimitParam
from app.schemas.decisions import StepTaken, StepWithReason
from app.schemas.reopenings import ReopeningCreate, ReopeningList, ReopeningRead
from app.services.obligations import queries as obligations
from app.services.obligations import rules as obligation_rules
from app.services.reopenings import commands, queries, rules
from app.services.reopenings.queries import ReopeningFilter
from app.services.results import facts as results
from app.services.results import rules as result_rules

router = APIRouter(prefix="/v1", tags=["reopenings"], route_class=JsonRoute)


@router.get(
    "/reopenings",
    status_code=200,
    response_model=ReopeningList,
    summary="List reopenings",
    response_description="A page of reopenings.",
)
async def list_reopenings(
    reading: Annotated[Reading, reads("reopenings.read")],
    entity_id: Annotated[UUID | None, Query(description="Only those of this entity.")] = None,
    result_id: Annotated[UUID | None, Query(description="Only those of this result.")] = None,
    obligation_id: Annotated[UUID | None, Query(description="Only those of this obligation.")] = None,
    state: Annotated[ReopeningState | None, Query(description="Only those in this state.")] = None,
    cursor: CursorParam = None,
    limit: LimitParam = None,
) -> Response:
    """What was asked in your office; for UNIT, what it is to grant."""
    asked = ReopeningFilter(entity_id, result_id, obligation_id, state)
    return reading.many(await queries.many(reading.lane, reading.actor, asked, cursor, limit, reading.now))


@router.post(
    "/results/{id}/reopenings",
    status_code=201,
    response_model=ReopeningRead,
    summary="Ask leave to correct an approved result",
    response_description="The reopening asked for.",
    responses=declared(errors.WrongState, errors.AlreadyExists, result_rules.NotTheLatest),
)
async def ask_reopening(
    change: Annotated[Change, creates_on(result_rules.ASK_REOPENING, results.one, queries.facts)],
    asked: ReopeningCreate,
) -> Response:
    """The manager asks; UNIT grants for vision and scorecard indicators, the head for others."""
    made = await commands.ask(
        change.lane, change.actor, change.facts, asked.reason, asked.expires_on, change.now
    )
    return await _answer(change, made, 201)


@router.post(
    "/obligations/{id}/reopenings",
    status_code=201,
    response_model=ReopeningRead,
    summary="Ask leave to enter a result in a closed period",
    response_description="The reopening asked for.",
    responses=declared(errors.WrongState, errors.AlreadyExists, obligation_rules.NotClosed),
)
async def ask_entry(
    change: Annotated[Change, creates_on(obligation_rules.ASK_REOPENING, obligations.facts, queries.facts)],
    asked: ReopeningCreate,
) -> Response:
    """The manager asks; UNIT grants for vision and scorecard indicators, the head for others. One result may
    then be entered until the last day."""
    made = await commands.ask_entry(
        change.lane, change.actor, change.facts, asked.reason, asked.expires_on, change.now
    )
    return await _answer(change, made, 201)


@router.get(
    "/reopenings/{id}",
    status_code=200,
    response_model=ReopeningRead,
    summary="Read a reopening",
    response_description="The reopening.",
    responses=declared(errors.NotFound),
)
async def read_reopening(
    id: SubjectPath,
    reading: Annotated[Reading, reads("reopenings.read")],
    if_none_match: IfNoneMatch = None,
) -> Response:
    """One leave to correct: asked, granted, refused or used."""
    return reading.one(await queries.one(reading.lane, reading.actor, id, reading.now), if_none_match)


@router.post(
    "/reopenings/{id}/grant",
    status_code=200,
    response_model=ReopeningRead,
    summary="Grant a reopening",
    response_description="The granted reopening.",
    responses=declared(errors.WrongState, errors.FourEyes, rules.Lapsed),
)
async def grant_reopening(
    change: Annotated[Change, changes(rules.GRANT, queries.facts)], step: StepTaken | None = None
) -> Response:
    """Lets the party that enters open one correction of the result, or enter one figure in the closed period,
    until the last day."""
    reason = step.reason if step else None
    await commands.grant(
        change.lane, change.actor, change.facts, change.entitlement, reason, letter(step), change.now
    )
    return await _answer(change, change.facts.id)


@router.post(
    "/reopenings/{id}/refuse",
    status_code=200,
    response_model=ReopeningRead,
    summary="Refuse a reopening",
    response_description="The refused reopening.",
    responses=declared(errors.WrongState, errors.FourEyes),
)
async def refuse_reopening(
    change: Annotated[Change, changes(rules.REFUSE, queries.facts)], step: StepWithReason
) -> Response:
    """Refuses the leave, with a reason."""
    await commands.refuse(
        change.lane, change.actor, change.facts, change.entitlement, step.reason, letter(step), change.now
    )
    return await _answer(change, change.facts.id)


async def _answer(change: Change, reopening_id: UUID, status: int = 200) -> Response:
    document = await queries.one(change.lane, change.actor, reopening_id, change.now)
    return await change.answer(document, status, f"/v1/reopenings/{reopening_id}" if status == 201 else None)
