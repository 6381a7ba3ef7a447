"""Obligations over HTTP: the figures that are due, from whom and when."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from app import errors
from app.answers import Change, Reading
from app.deps import changes, reads
from app.enums import ObligationState
from app.headers import IfNoneMatch, SubjectPath
from app.problems import declared
from app.routers.json_body import JsonRoute
from app.routers.letters import letter
from app.routers.params import CursorParam, LimitParam
from app.schemas.base import Day, PeriodCode
from app.schemas.decisions import StepWithReason
from app.schemas.obligations import By, ObligationCalendar, ObligationList, ObligationRates, ObligationRead
from app.services.obligations import calendar, commands, queries, rates, rules
from app.services.obligations.calendar import CalendarFilter
from app.services.obligations.queries import ObligationFilter
from app.services.obligations.rates import RatesFilter

router = APIRouter(prefix="/v1/obligations", tags=["obligations"], route_class=JsonRoute)

OfEntity = Annotated[UUID | None, Query(alias="entity_id", description="Only those of this entity.")]
OfDivision = Annotated[
    UUID | None, Query(alias="division_id", description="Only those that this division is in charge of.")
]
OfPriority = Annotated[UUID | None, Query(alias="priority_id", description="Only those of this priority.")]
FromDue = Annotated[Day | None, Query(alias="from_due", description="Only those due on this day or later.")]
ToDue = Annotated[Day | None, Query(alias="to_due", description="Only those due on this day or before.")]
Mine = Annotated[bool, Query(alias="mine", description="Only those that a party of yours enters.")]


@router.get(
    "",
    status_code=200,
    response_model=ObligationList,
    summary="List the figures that are due",
    response_description="A page of obligations.",
)
async def list_obligations(
    reading: Annotated[Reading, reads("obligations.read")],
    entity_id: OfEntity = None,
    indicator_id: Annotated[UUID | None, Query(description="Only those of this indicator.")] = None,
    division_id: OfDivision = None,
    priority_id: OfPriority = None,
    state: Annotated[ObligationState | None, Query(description="Only those in this state today.")] = None,
    period: Annotated[PeriodCode | None, Query(description="Only those of this period.")] = None,
    from_due: FromDue = None,
    to_due: ToDue = None,
    late: Annotated[
        bool,
        Query(description="Only the late, the overdue, and what is in review past the last late day."),
    ] = False,
    mine: Mine = False,
    cursor: CursorParam = None,
    limit: LimitParam = None,
) -> Response:
    """What your entity owes, and the partners of your contributions; for UNIT, all."""
    asked = ObligationFilter(
        entity_id=entity_id,
        indicator_id=indicator_id,
        division_id=division_id,
        priority_id=priority_id,
        state=state,
        period=period,
        from_due=from_due,
        to_due=to_due,
        late=late or None,
        mine=mine or None,
    )
    return reading.many(await queries.many(reading.lane, reading.actor, asked, cursor, limit, reading.now))


@router.get(
    "/rates",
    status_code=200,
    response_model=ObligationRates,
    summary="Read how much of what was due came in time",
    response_description="The rates.",
)
async def read_obligation_rates(
    reading: Annotated[Reading, reads("obligations.read")],
    by: Annotated[
        By, Query(description="What each line is about; `nation` is one line for all that counts.")
    ],
    from_due: FromDue = None,
    to_due: ToDue = None,
    entity_id: OfEntity = None,
    priority_id: OfPriority = None,
    if_none_match: IfNoneMatch = None,
) -> Response:
    """Counts what your entity owes (for UNIT: all), and whose due day is before today; not what partners of
    your contributions owe. What is excused is due from nobody. What UNIT enters itself counts for the entity
    and the priority, but for no division and no person. By person only within your own entity, for the head,
    the head's office, the manager and the specialists."""
    asked = RatesFilter(entity_id, priority_id, from_due, to_due)
    return reading.one(await rates.rates(reading.lane, reading.actor, by, asked, reading.now), if_none_match)


@router.get(
    "/calendar",
    status_code=200,
    response_model=ObligationCalendar,
    summary="Read a year's calendar of what is due",
    response_description="The calendar.",
    responses=declared(rules.TooManyIndicators),
)
async def read_obligation_calendar(
    reading: Annotated[Reading, reads("obligations.read")],
    year: Annotated[int, Query(ge=calendar.EARLIEST, le=2100, description="The year.")],
    entity_id: OfEntity = None,
    division_id: OfDivision = None,
    mine: Mine = False,
    if_none_match: IfNoneMatch = None,
) -> Response:
    """Holidays, weekends, and the periods of at most 500 indicators, ready to be drawn."""
    asked = CalendarFilter(entity_id, division_id, mine or None)
    return reading.one(
        await calendar.year(reading.lane, reading.actor, year, asked, reading.now), if_none_match
    )


@router.get(
    "/{id}",
    status_code=200,
    response_model=ObligationRead,
    summary="Read a figure that is due",
    response_description="The obligation.",
    responses=declared(errors.NotFound),
)
async def read_obligation(
    id: SubjectPath,
    reading: Annotated[Reading, reads("obligations.read")],
    if_none_match: IfNoneMatch = None,
) -> Response:
    """The figure of one indicator for one period: its days, and where it stands today."""
    return reading.one(await queries.one(reading.lane, reading.actor, id, reading.now), if_none_match)


@router.post(
    "/{id}/excuse",
    status_code=200,
    response_model=ObligationRead,
    summary="Excuse a figure that is due",
    response_description="The excused obligation.",
    responses=declared(errors.WrongState, rules.Complete),
)
async def excuse_obligation(
    change: Annotated[Change, changes(rules.EXCUSE, queries.facts)], step: StepWithReason
) -> Response:
    """Nobody is late with it any more. UNIT excuses for vision and scorecard indicators, the head for others."""
    await commands.excuse(
        change.lane, change.actor, change.facts, change.entitlement, step.reason, letter(step), change.now
    )
    return await _answer(change)


@router.post(
    "/{id}/reinstate",
    status_code=200,
    response_model=ObligationRead,
    summary="Make an excused figure due again",
    response_description="The obligation.",
    responses=declared(errors.WrongState),
)
async def reinstate_obligation(
    change: Annotated[Change, changes(rules.REINSTATE, queries.facts)], step: StepWithReason
) -> Response:
    """It is due on the days on which it was."""
    await commands.reinstate(
        change.lane, change.actor, change.facts, change.entitlement, step.reason, letter(step), change.now
    )
    return await _answer(change)


async def _answer(change: Change) -> Response:
    return await change.answer(await queries.one(change.lane, change.actor, change.facts.id, change.now))
