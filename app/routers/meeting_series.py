"""Series of meetings over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from app import errors
from app.answers import Change, Reading
from app.deps import changes, creates, reads
from app.enums.meetings import SeriesState, WithWhom
from app.headers import IfNoneMatch, SubjectPath
from app.problems import declared
from app.routers.json_body import JsonRoute
from app.routers.params import CursorParam, LimitParam
from app.schemas.meeting_series import MeetingSeriesCreate, MeetingSeriesList, MeetingSeriesRead
from app.schemas.meetings import MeetingReason
from app.services.entities import queries as entities
from app.services.meetings import facts, rules, series, series_queries
from app.services.meetings.series_queries import SeriesFilter

router = APIRouter(prefix="/v1", tags=["meetings"], route_class=JsonRoute)


@router.get(
    "/meeting-series",
    status_code=200,
    response_model=MeetingSeriesList,
    summary="List series of meetings",
    response_description="A page of series, the latest to begin first.",
)
async def list_meeting_series(
    reading: Annotated[Reading, reads("meeting_series.read")],
    entity_id: Annotated[UUID | None, Query(description="Only those of this entity's office.")] = None,
    with_whom: Annotated[WithWhom | None, Query(description="Only those with them.")] = None,
    state: Annotated[SeriesState | None, Query(description="Only those in this state.")] = None,
    cursor: CursorParam = None,
    limit: LimitParam = None,
) -> Response:
    """Those of your office, those that you are invited to, and to UNIT's people those with its team (Guide M-2)."""
    asked = SeriesFilter(entity_id, with_whom, state)
    return reading.many(
        await series_queries.many(reading.lane, reading.actor, asked, cursor, limit, reading.now)
    )


@router.post(
    "/entities/{id}/meeting-series",
    status_code=201,
    response_model=MeetingSeriesRead,
    summary="Plan a series of meetings",
    response_description="The series with its meetings.",
)
async def plan_meeting_series(
    change: Annotated[Change, creates("meeting_series.plan", entities.facts, facts.series)],
    planned: MeetingSeriesCreate,
) -> Response:
    """All its meetings until its last day, at most 60, each on a working day of Oman: what falls on a day of rest is met on
    the next working day. Everybody who is invited is told once."""
    made = await series.plan(change.lane, change.actor, change.facts, planned.model_dump(), change.now)
    return await _answer(change, made, 201)


@router.get(
    "/meeting-series/{id}",
    status_code=200,
    response_model=MeetingSeriesRead,
    summary="Read a series of meetings",
    response_description="The series with its meetings.",
    responses=declared(errors.NotFound),
)
async def read_meeting_series(
    id: SubjectPath,
    reading: Annotated[Reading, reads("meeting_series.read")],
    if_none_match: IfNoneMatch = None,
) -> Response:
    """Each of its meetings is changed or cancelled on its own."""
    return reading.one(await series_queries.one(reading.lane, reading.actor, id, reading.now), if_none_match)


@router.post(
    "/meeting-series/{id}/end",
    status_code=200,
    response_model=MeetingSeriesRead,
    summary="End a series of meetings",
    response_description="The ended series.",
    responses=declared(errors.WrongState),
)
async def end_meeting_series(
    change: Annotated[Change, changes(rules.END_SERIES, facts.series)], step: MeetingReason
) -> Response:
    """Cancels what lies ahead of it, of which everybody who is invited is told; what has begun can still be held. A meeting
    of it that you may not see or cancel stays planned, and is not said."""
    await series.end(change.lane, change.actor, change.facts, change.entitlement, step.reason, change.now)
    return await _answer(change, change.facts.id)


async def _answer(change: Change, series_id: UUID, status: int = 200) -> Response:
    document = await series_queries.one(change.lane, change.actor, series_id, change.now)
    return await change.answer(document, status, f"/v1/meeting-series/{series_id}" if status == 201 else None)
