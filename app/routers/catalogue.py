"""The national catalogue and Oman's calendar over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from app import errors
from app.answers import Reading
from app.deps import reads
from app.headers import IfNoneMatch, SubjectPath
from app.problems import declared
from app.routers.params import CursorParam, LimitParam, SearchParam
from app.schemas.base import Day
from app.schemas.catalogue import (
    WORD,
    DevelopmentPlanList,
    DevelopmentPlanRead,
    PillarList,
    PillarRead,
    PriorityList,
    PriorityRead,
    ProgrammeList,
    ProgrammeRead,
    WorkingDayRead,
)
from app.services.calendar import queries as calendar
from app.services.calendar.rules import LONGEST, BeyondCalendar
from app.services.catalogue import queries
from app.services.catalogue.queries import ProgrammeFilter

router = APIRouter(prefix="/v1", tags=["catalogue"])

CatalogueReading = Annotated[Reading, reads("catalogue.read")]


@router.get(
    "/pillars",
    status_code=200,
    response_model=PillarList,
    summary="List the pillars",
    response_description="The pillars of Oman Vision 2040.",
)
async def list_pillars(reading: CatalogueReading) -> Response:
    """The pillars in the order of the vision document, on one page."""
    return reading.many(await queries.pillars(reading.lane))


@router.get(
    "/pillars/{id}",
    status_code=200,
    response_model=PillarRead,
    summary="Read a pillar",
    response_description="The pillar.",
    responses=declared(errors.NotFound),
)
async def read_pillar(
    id: SubjectPath, reading: CatalogueReading, if_none_match: IfNoneMatch = None
) -> Response:
    """One pillar of Oman Vision 2040."""
    return reading.one(await queries.pillar(reading.lane, id), if_none_match)


@router.get(
    "/priorities",
    status_code=200,
    response_model=PriorityList,
    summary="List the national priorities",
    response_description="The national priorities.",
)
async def list_priorities(
    reading: CatalogueReading,
    pillar_id: Annotated[UUID | None, Query(description="Only those of this pillar.")] = None,
) -> Response:
    """The national priorities in the order of their pillars, on one page."""
    return reading.many(await queries.priorities(reading.lane, pillar_id))


@router.get(
    "/priorities/{id}",
    status_code=200,
    response_model=PriorityRead,
    summary="Read a national priority",
    response_description="The national priority.",
    responses=declared(errors.NotFound),
)
async def read_priority(
    id: SubjectPath, reading: CatalogueReading, if_none_match: IfNoneMatch = None
) -> Response:
    """One national priority with the pillar that it stands under."""
    return reading.one(await queries.priority(reading.lane, id), if_none_match)


@router.get(
    "/programmes",
    status_code=200,
    response_model=ProgrammeList,
    summary="List and search programmes",
    response_description="A page of programmes.",
)
async def list_programmes(
    reading: CatalogueReading,
    q: SearchParam = None,
    status: Annotated[
        str | None,
        Query(
            max_length=40,
            pattern=WORD,
            description="Only those that run (`current`), or that preceded another (`predecessor`).",
            examples=["current"],
        ),
    ] = None,
    priority_id: Annotated[UUID | None, Query(description="Only those of this national priority.")] = None,
    cursor: CursorParam = None,
    limit: LimitParam = None,
) -> Response:
    """Programmes sorted by their name in the reader's language, the article ignored."""
    asked = ProgrammeFilter(q, status, priority_id)
    return reading.many(await queries.programmes(reading.lane, asked, reading.language, cursor, limit))


@router.get(
    "/programmes/{id}",
    status_code=200,
    response_model=ProgrammeRead,
    summary="Read a programme",
    response_description="The programme.",
    responses=declared(errors.NotFound),
)
async def read_programme(
    id: SubjectPath, reading: CatalogueReading, if_none_match: IfNoneMatch = None
) -> Response:
    """One programme with the entity that leads it and the priority that it serves."""
    return reading.one(await queries.programme(reading.lane, id), if_none_match)


@router.get(
    "/development-plans",
    status_code=200,
    response_model=DevelopmentPlanList,
    summary="List the plans of the nation",
    response_description="The plans of the nation.",
)
async def list_development_plans(reading: CatalogueReading) -> Response:
    """The Vision, the five-year plans and the parts of the present one, which annual plans serve; on one page."""
    return reading.many(await queries.development_plans(reading.lane))


@router.get(
    "/development-plans/{id}",
    status_code=200,
    response_model=DevelopmentPlanRead,
    summary="Read a plan of the nation",
    response_description="The plan.",
    responses=declared(errors.NotFound),
)
async def read_development_plan(
    id: SubjectPath, reading: CatalogueReading, if_none_match: IfNoneMatch = None
) -> Response:
    """One plan of the nation, with its years and the decree that gives it force. For reference only."""
    return reading.one(await queries.development_plan(reading.lane, id), if_none_match)


@router.get(
    "/working-days",
    status_code=200,
    response_model=WorkingDayRead,
    summary="Count working days of Oman from a day",
    response_description="The working day that was found.",
    responses=declared(BeyondCalendar),
)
async def read_working_day(
    reading: CatalogueReading,
    start: Annotated[Day, Query(description="The day to count from; it is not counted itself.")],
    days: Annotated[
        int,
        Query(
            ge=-LONGEST,
            le=LONGEST,
            description="Working days after the start, before it when negative; 0 asks for the start itself"
            " or the next working day.",
        ),
    ],
    if_none_match: IfNoneMatch = None,
) -> Response:
    """Which working day lies so many working days away: weekends and public holidays are not counted."""
    return reading.one(await calendar.working_day(reading.lane, start, days), if_none_match)
