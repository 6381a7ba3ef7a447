"""The public holidays of Oman over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from app import clock, errors
from app.answers import Change, Reading
from app.deps import changes, creates_at_top, reads
from app.headers import IfNoneMatch, SubjectPath
from app.problems import declared
from app.routers.json_body import JsonRoute
from app.schemas.holidays import (
    HolidayCancel,
    HolidayCreate,
    HolidayList,
    HolidayPatch,
    HolidayRead,
)
from app.services.holidays import commands, queries, rules

router = APIRouter(prefix="/v1/holidays", tags=["holidays"], route_class=JsonRoute)


@router.get(
    "",
    status_code=200,
    response_model=HolidayList,
    summary="List the public holidays of a year",
    response_description="The public holidays.",
)
async def list_holidays(
    reading: Annotated[Reading, reads("catalogue.read")],
    year: Annotated[
        int | None,
        Query(ge=1970, le=2200, description="The calendar year; the present year in Oman when left out."),
    ] = None,
) -> Response:
    """Public holidays of Oman by date. A year whose holidays are not known yet has none."""
    asked = clock.day(reading.now).year if year is None else year
    return reading.many(await queries.many(reading.lane, asked))


@router.post(
    "",
    status_code=201,
    response_model=HolidayRead,
    summary="Enter a public holiday",
    response_description="The holiday.",
    responses=declared(errors.AlreadyExists),
)
async def create_holiday(
    change: Annotated[Change, creates_at_top("holidays.create", queries.facts)], holiday: HolidayCreate
) -> Response:
    """UNIT enters a day off. What is due, and not past, is dated anew (Guide D-5)."""
    made = await commands.create(change.lane, change.actor, holiday.model_dump(), change.now)
    return await _answer(change, made, 201)


@router.get(
    "/{id}",
    status_code=200,
    response_model=HolidayRead,
    summary="Read a public holiday",
    response_description="The holiday.",
    responses=declared(errors.NotFound),
)
async def read_holiday(
    id: SubjectPath,
    reading: Annotated[Reading, reads("catalogue.read")],
    if_none_match: IfNoneMatch = None,
) -> Response:
    """One public holiday, cancelled ones too."""
    return reading.one(await queries.one(reading.lane, reading.actor, id), if_none_match)


@router.patch(
    "/{id}",
    status_code=200,
    response_model=HolidayRead,
    summary="Correct a public holiday",
    response_description="The corrected holiday.",
    responses=declared(errors.WrongState),
)
async def edit_holiday(
    change: Annotated[Change, changes(rules.EDIT, queries.facts)], patch: HolidayPatch
) -> Response:
    """UNIT corrects its names, or says that its day is announced. The day stays."""
    await commands.edit(
        change.lane, change.actor, change.facts, patch.model_dump(exclude_unset=True), change.now
    )
    return await _answer(change, change.facts.id)


@router.post(
    "/{id}/cancel",
    status_code=200,
    response_model=HolidayRead,
    summary="Cancel a public holiday",
    response_description="The cancelled holiday.",
    responses=declared(errors.WrongState),
)
async def cancel_holiday(
    change: Annotated[Change, changes(rules.CANCEL, queries.facts)], step: HolidayCancel
) -> Response:
    """The day turned out to be none, such as when the moon was sighted. What is due, and not past, is dated
    anew; the day can be entered again."""
    await commands.cancel(change.lane, change.actor, change.facts, step.reason, change.now)
    return await _answer(change, change.facts.id)


async def _answer(change: Change, holiday_id: UUID, status: int = 200) -> Response:
    document = await queries.one(change.lane, change.actor, holiday_id)
    return await change.answer(document, status, f"/v1/holidays/{holiday_id}" if status == 201 else None)
