"""Meetings over HTTP."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Response

from app import errors
from app.answers import Change, Reading
from app.deps import changes, creates, reads
from app.enums.meetings import MeetingState, WithWhom
from app.headers import IfNoneMatch, SubjectPath
from app.problems import declared
from app.routers.json_body import JsonRoute
from app.routers.letters import said
from app.routers.params import CursorParam, LimitParam, SearchParam
from app.schemas.base import Day
from app.schemas.decisions import StepTaken
from app.schemas.meetings import (
    AgendaProposals,
    AgendaSet,
    MeetingCreate,
    MeetingHeld,
    MeetingList,
    MeetingPatch,
    MeetingRead,
    MeetingReason,
)
from app.services.entities import queries as entities
from app.services.meetings import commands, facts, proposals, queries, rules
from app.services.meetings.queries import MeetingFilter

router = APIRouter(prefix="/v1", tags=["meetings"], route_class=JsonRoute)


@router.get(
    "/meetings",
    status_code=200,
    response_model=MeetingList,
    summary="List meetings",
    response_description="A page of meetings, the latest to begin first.",
)
async def list_meetings(
    reading: Annotated[Reading, reads("meetings.read")],
    entity_id: Annotated[UUID | None, Query(description="Only those of this entity's office.")] = None,
    series_id: Annotated[UUID | None, Query(description="Only those of this series.")] = None,
    with_whom: Annotated[WithWhom | None, Query(description="Only those with them.")] = None,
    state: Annotated[MeetingState | None, Query(description="Only those in this state.")] = None,
    from_day: Annotated[Day | None, Query(description="Only those that begin on this day or later.")] = None,
    to_day: Annotated[Day | None, Query(description="Only those that begin on this day or earlier.")] = None,
    about_id: Annotated[
        UUID | None, Query(description="Only those that discuss this thing or decided about it.")
    ] = None,
    mine: Annotated[bool | None, Query(description="Only those that you are invited to, or are not.")] = None,
    q: SearchParam = None,
    cursor: CursorParam = None,
    limit: LimitParam = None,
) -> Response:
    """Those of your office, those that you are invited to, and to UNIT's people those with its team (Guide M-2)."""
    asked = MeetingFilter(entity_id, series_id, with_whom, state, from_day, to_day, about_id, mine, q)
    return reading.many(await queries.many(reading.lane, reading.actor, asked, cursor, limit, reading.now))


@router.post(
    "/entities/{id}/meetings",
    status_code=201,
    response_model=MeetingRead,
    summary="Plan a meeting",
    response_description="The planned meeting.",
)
async def plan_meeting(
    change: Annotated[Change, creates("meetings.plan", entities.facts, facts.one)], meeting: MeetingCreate
) -> Response:
    """By the office (Guide M-1, M-2). Everybody who is invited is told."""
    made = await commands.plan(change.lane, change.actor, change.facts, meeting.model_dump(), change.now)
    return await _answer(change, made, 201)


@router.get(
    "/meetings/{id}",
    status_code=200,
    response_model=MeetingRead,
    summary="Read a meeting",
    response_description="The meeting.",
    responses=declared(errors.NotFound),
)
async def read_meeting(
    id: SubjectPath,
    reading: Annotated[Reading, reads("meetings.read")],
    if_none_match: IfNoneMatch = None,
) -> Response:
    """Who is invited, the agenda; who came, the minutes and what was decided: until the minutes are confirmed only to the
    office and who is invited."""
    return reading.one(await queries.one(reading.lane, reading.actor, id, reading.now), if_none_match)


@router.get(
    "/meetings/{id}/agenda-proposals",
    status_code=200,
    response_model=AgendaProposals,
    summary="Read what might be discussed",
    response_description="What is open.",
    responses=declared(errors.NotFound),
)
async def read_agenda_proposals(
    id: SubjectPath,
    reading: Annotated[Reading, reads("meetings.read")],
    if_none_match: IfNoneMatch = None,
) -> Response:
    """Late stages of paths, red indicators, overdue figures, open and overdue challenges, risks that are to be assessed anew
    or decided about, initiatives that are late or at risk, what earlier meetings of the series left to be done: of what you
    may see, what concerns whom the meeting is with, the most urgent first (Guide X-1)."""
    return reading.one(await proposals.of(reading.lane, reading.actor, id, reading.now), if_none_match)


@router.patch(
    "/meetings/{id}",
    status_code=200,
    response_model=MeetingRead,
    summary="Change a meeting",
    response_description="The changed meeting.",
    responses=declared(errors.WrongState, rules.NotNow),
)
async def edit_meeting(
    change: Annotated[Change, changes(rules.EDIT, facts.one)], patch: MeetingPatch
) -> Response:
    """While it is planned when, where, who is invited, of which they are told; once it was held the minutes and who came,
    until the minutes are confirmed. Whoever writes minutes never confirms them."""
    named: dict[str, Any] = patch.model_dump(exclude_unset=True, exclude={"people"})
    if "people" in patch.model_fields_set:
        named["people"] = [person.model_dump() for person in patch.people]
    await commands.edit(change.lane, change.actor, change.facts, change.entitlement, named, change.now)
    return await _answer(change, change.facts.id)


@router.put(
    "/meetings/{id}/agenda",
    status_code=200,
    response_model=MeetingRead,
    summary="Set the agenda of a meeting",
    response_description="The meeting.",
    responses=declared(errors.WrongState),
)
async def set_meeting_agenda(
    change: Annotated[Change, changes(rules.SET_AGENDA, facts.one)], agenda: AgendaSet
) -> Response:
    """The whole agenda, in its order, until the minutes are confirmed."""
    items = [item.model_dump() for item in agenda.items]
    await commands.set_agenda(change.lane, change.actor, change.facts, change.entitlement, items, change.now)
    return await _answer(change, change.facts.id)


@router.post(
    "/meetings/{id}/cancel",
    status_code=200,
    response_model=MeetingRead,
    summary="Cancel a planned meeting",
    response_description="The cancelled meeting.",
    responses=declared(errors.WrongState),
)
async def cancel_meeting(
    change: Annotated[Change, changes(rules.CANCEL, facts.one)], step: MeetingReason
) -> Response:
    """With the reason, which everybody who is invited is told."""
    await commands.cancel(
        change.lane, change.actor, change.facts, change.entitlement, step.reason, change.now
    )
    return await _answer(change, change.facts.id)


@router.post(
    "/meetings/{id}/hold",
    status_code=200,
    response_model=MeetingRead,
    summary="Record that a meeting was held",
    response_description="The meeting, whose minutes wait to be confirmed.",
    responses=declared(errors.WrongState, rules.NotBegun),
)
async def hold_meeting(
    change: Annotated[Change, changes(rules.HOLD, facts.one)], held: MeetingHeld
) -> Response:
    """Not before it begins. Says who came; the minutes may follow."""
    await commands.hold(
        change.lane,
        change.actor,
        change.facts,
        change.entitlement,
        held.attended,
        held.minutes,
        change.now,
    )
    return await _answer(change, change.facts.id)


@router.post(
    "/meetings/{id}/confirm",
    status_code=200,
    response_model=MeetingRead,
    summary="Confirm the minutes of a meeting",
    response_description="The meeting, whose minutes never change any more.",
    responses=declared(errors.WrongState, errors.FourEyes, rules.NoMinutes),
)
async def confirm_meeting(
    change: Annotated[Change, changes(rules.CONFIRM, facts.one)], step: StepTaken | None = None
) -> Response:
    """By another person of the office than who wrote minutes, attendance or decisions. From now on they are frozen."""
    await commands.confirm(
        change.lane, change.actor, change.facts, change.entitlement, said(step), change.now
    )
    return await _answer(change, change.facts.id)


async def _answer(change: Change, meeting_id: UUID, status: int = 200) -> Response:
    document = await queries.one(change.lane, change.actor, meeting_id, change.now)
    return await change.answer(document, status, f"/v1/meetings/{meeting_id}" if status == 201 else None)
