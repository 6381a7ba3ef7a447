"""Schedules of indicators over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Response

from app import errors
from app.answers import Change, Reading
from app.deps import creates_on, reads
from app.headers import SubjectPath
from app.problems import declared
from app.routers.json_body import JsonRoute
from app.routers.params import CursorParam, LimitParam
from app.schemas.schedules import ScheduleCreate, ScheduleList, ScheduleRead
from app.services.calendar.rules import BeyondCalendar
from app.services.contributions import rules as contributions
from app.services.indicators import queries as indicators
from app.services.obligations.periods import Windows
from app.services.schedules import commands, queries, rules

router = APIRouter(prefix="/v1/indicators", tags=["schedules"], route_class=JsonRoute)


@router.get(
    "/{id}/schedules",
    status_code=200,
    response_model=ScheduleList,
    summary="List the schedules of an indicator",
    response_description="A page of schedules.",
)
async def list_schedules(
    id: SubjectPath,
    reading: Annotated[Reading, reads("indicators.read")],
    cursor: CursorParam = None,
    limit: LimitParam = None,
) -> Response:
    """How often the indicator was, is and will be measured, the newest first (Guide D-2)."""
    return reading.many(await queries.many(reading.lane, reading.actor, id, cursor, limit, reading.now))


@router.post(
    "/{id}/schedules",
    status_code=201,
    response_model=ScheduleRead,
    summary="Set how often an indicator is measured",
    response_description="The schedule.",
    responses=declared(
        errors.WrongState, rules.FiguresExist, contributions.FrequencyDoesNotFit, BeyondCalendar
    ),
)
async def set_schedule(
    change: Annotated[Change, creates_on(rules.SET, indicators.entry_facts, indicators.entry_facts)],
    schedule: ScheduleCreate,
) -> Response:
    """Holds from its first day on. What was due from then on is replaced by what the schedule asks for, up to
    the end of next year. Location and ETag are those of the indicator: the schedule is a part of it."""
    windows = Windows(schedule.opens_after, schedule.due_after, schedule.late_for, schedule.closes_after)
    new = rules.Schedule(schedule.frequency.value, schedule.starts_on, windows)
    number = await commands.set_schedule(
        change.lane, change.actor, change.facts, new, schedule.reason, change.now
    )
    indicator = change.facts
    made = await queries.one(change.lane, indicator.id, number, indicator.version + 1, change.now)
    return await change.answer(made, 201, f"/v1/indicators/{indicator.id}")
