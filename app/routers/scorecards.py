"""Scorecards over HTTP. How one comes into force, its path says."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Response

from app import errors
from app.answers import Change, Reading
from app.deps import changes, creates, creates_on, reads
from app.enums.scorecards import ScorecardState
from app.headers import IfNoneMatch, SubjectPath
from app.problems import declared
from app.routers.json_body import JsonRoute
from app.routers.params import CursorParam, LimitParam
from app.schemas.gaps import Gaps
from app.schemas.scorecards import (
    ScorecardCreate,
    ScorecardList,
    ScorecardPatch,
    ScorecardRead,
    ScorecardVersionCreate,
)
from app.services.entities import queries as entities
from app.services.scorecards import commands, gap_queries, queries, rules
from app.services.scorecards.queries import ScorecardFilter

router = APIRouter(prefix="/v1", tags=["scorecards"], route_class=JsonRoute)


@router.get(
    "/scorecards",
    status_code=200,
    response_model=ScorecardList,
    summary="List scorecards",
    response_description="A page of scorecards, the latest drafted first.",
)
async def list_scorecards(
    reading: Annotated[Reading, reads("scorecards.read")],
    entity_id: Annotated[UUID | None, Query(description="Only those of this entity.")] = None,
    year: Annotated[int | None, Query(ge=2000, le=2100, description="Only those of this year.")] = None,
    state: Annotated[ScorecardState | None, Query(description="Only those in this state.")] = None,
    cursor: CursorParam = None,
    limit: LimitParam = None,
) -> Response:
    """What is or was in force to the entity's people and UNIT; what is in work to the office and who is assigned to it,
    and to UNIT from the head's approval on (Guide I-5)."""
    asked = ScorecardFilter(entity_id, year, state)
    return reading.many(await queries.many(reading.lane, reading.actor, asked, cursor, limit, reading.now))


@router.post(
    "/entities/{id}/scorecards",
    status_code=201,
    response_model=ScorecardRead,
    summary="Draft a scorecard",
    response_description="The draft.",
    responses=declared(errors.AlreadyExists),
)
async def create_scorecard(
    change: Annotated[Change, creates("scorecards.create", entities.facts, queries.facts)],
    asked: ScorecardCreate,
) -> Response:
    """The scorecard of a year, empty or with the lines of another one of the entity. One is in work at a time for each
    year; where one is in force, a new version of it is opened instead."""
    made = await commands.create(change.lane, change.actor, change.facts, asked.model_dump(), change.now)
    return await _answer(change, made, 201)


@router.get(
    "/scorecards/{id}",
    status_code=200,
    response_model=ScorecardRead,
    summary="Read a scorecard",
    response_description="The scorecard.",
    responses=declared(errors.NotFound),
)
async def read_scorecard(
    id: SubjectPath,
    reading: Annotated[Reading, reads("scorecards.read")],
    if_none_match: IfNoneMatch = None,
) -> Response:
    """One version with its lines, how it differs from the one before it, and what you may do with it."""
    return reading.one(await queries.one(reading.lane, reading.actor, id, reading.now), if_none_match)


@router.patch(
    "/scorecards/{id}",
    status_code=200,
    response_model=ScorecardRead,
    summary="Change a drafted scorecard",
    response_description="The changed draft.",
    responses=declared(errors.WrongState, rules.UnderControl),
)
async def edit_scorecard(
    change: Annotated[Change, changes(rules.EDIT, queries.facts)], patch: ScorecardPatch
) -> Response:
    """Changes the note; lines are replaced as a whole. Weights need not come to 100 yet, nor need each indicator have a
    target of the year. Whoever edits never aligns, approves or agrees it."""
    await commands.edit(change.lane, change.actor, change.facts, change.entitlement, _said(patch), change.now)
    return await _answer(change, change.facts.id)


@router.post(
    "/scorecards/{id}/discard",
    status_code=200,
    response_model=ScorecardRead,
    summary="Discard a drafted scorecard",
    response_description="The discarded scorecard.",
    responses=declared(errors.WrongState, rules.OnPath),
)
async def discard_scorecard(change: Annotated[Change, changes(rules.DISCARD, queries.facts)]) -> Response:
    """Ends a draft that walks no path; what is in force stays so."""
    await commands.discard(change.lane, change.actor, change.facts, change.entitlement, change.now)
    return await _answer(change, change.facts.id)


@router.post(
    "/scorecards/{id}/new-version",
    status_code=201,
    response_model=ScorecardRead,
    summary="Open a new version of a scorecard",
    response_description="The draft.",
    responses=declared(errors.WrongState, errors.AlreadyExists),
)
async def open_scorecard_version(
    change: Annotated[Change, creates_on(rules.NEW_VERSION, queries.facts, queries.facts)],
    asked: ScorecardVersionCreate,
) -> Response:
    """A draft that begins as what the scorecard in force says, by the definitions now in force. That stays in force
    until UNIT agrees to the new version."""
    made = await commands.open_version(change.lane, change.actor, change.facts, asked.reason, change.now)
    return await _answer(change, made, 201)


@router.get(
    "/scorecards/{id}/gaps",
    status_code=200,
    response_model=Gaps,
    summary="Analyse the gaps of a scorecard",
    response_description="The gap analysis.",
    responses=declared(errors.NotFound),
)
async def read_gaps(
    id: SubjectPath,
    reading: Annotated[Reading, reads("scorecards.read")],
    if_none_match: IfNoneMatch = None,
) -> Response:
    """For each indicator what is missing to its target of the year, what each coming figure must add, and the running
    initiatives that are to move it, effort against impact; what nothing moves is said (Guide I-7)."""
    document = await gap_queries.of_scorecard(reading.lane, reading.actor, id, reading.now)
    return reading.one(document, if_none_match)


@router.get(
    "/entities/{id}/gaps",
    status_code=200,
    response_model=Gaps,
    summary="Analyse the gaps of an entity in a year",
    response_description="The gap analysis.",
    responses=declared(errors.NotFound),
)
async def read_gaps_of_entity(
    id: SubjectPath,
    reading: Annotated[Reading, reads("scorecards.read")],
    year: Annotated[int, Query(ge=2000, le=2100, description="The calendar year.", examples=[2027])],
    if_none_match: IfNoneMatch = None,
) -> Response:
    """The same of the entity's scorecard in force in the year, or, while none is, of the one in work."""
    document = await gap_queries.of_year(reading.lane, reading.actor, id, year, reading.now)
    return reading.one(document, if_none_match)


def _said(patch: ScorecardPatch) -> dict[str, Any]:
    """What a body says: the fields it names, and each line in full."""
    named = patch.model_dump(exclude_unset=True, exclude={"lines"})
    if "lines" in patch.model_fields_set:
        named["lines"] = [line.model_dump() for line in patch.lines]
    return named


async def _answer(change: Change, scorecard_id: UUID, status: int = 200) -> Response:
    document = await queries.one(change.lane, change.actor, scorecard_id, change.now)
    return await change.answer(document, status, f"/v1/scorecards/{scorecard_id}" if status == 201 else None)
