"""What meetings decided, over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from app import errors
from app.answers import Change, Reading
from app.deps import changes, creates_on, reads
from app.enums.meetings import MeetingDecisionState
from app.headers import IfNoneMatch, SubjectPath
from app.problems import declared
from app.routers.json_body import JsonRoute
from app.routers.params import CursorParam, LimitParam, SearchParam
from app.schemas.meeting_decisions import (
    MeetingDecisionCreate,
    MeetingDecisionList,
    MeetingDecisionPatch,
    MeetingDecisionRead,
)
from app.schemas.meetings import MeetingReason
from app.services.meetings import decisions, decisions_queries, facts, rules
from app.services.meetings.decisions_queries import DecisionFilter

router = APIRouter(prefix="/v1", tags=["meetings"], route_class=JsonRoute)


@router.get(
    "/meeting-decisions",
    status_code=200,
    response_model=MeetingDecisionList,
    summary="List decisions of meetings",
    response_description="A page of decisions, the latest first.",
)
async def list_meeting_decisions(
    reading: Annotated[Reading, reads("meeting_decisions.read")],
    entity_id: Annotated[UUID | None, Query(description="Only those of this entity's office.")] = None,
    meeting_id: Annotated[UUID | None, Query(description="Only those of this meeting.")] = None,
    series_id: Annotated[UUID | None, Query(description="Only those of this series.")] = None,
    about_id: Annotated[UUID | None, Query(description="Only those about this thing.")] = None,
    state: Annotated[MeetingDecisionState | None, Query(description="Only those in this state.")] = None,
    q: SearchParam = None,
    cursor: CursorParam = None,
    limit: LimitParam = None,
) -> Response:
    """The way back from a challenge, an initiative or an indicator to what was decided about it (Guide M-2)."""
    asked = DecisionFilter(entity_id, meeting_id, series_id, about_id, state, q)
    return reading.many(
        await decisions_queries.many(reading.lane, reading.actor, asked, cursor, limit, reading.now)
    )


@router.post(
    "/meetings/{id}/decisions",
    status_code=201,
    response_model=MeetingDecisionRead,
    summary="Record a decision of a meeting",
    response_description="The decision.",
    responses=declared(errors.WrongState, rules.TooManyDecisions),
)
async def record_meeting_decision(
    change: Annotated[Change, creates_on(rules.DECIDE, facts.one, facts.decision)],
    decision: MeetingDecisionCreate,
) -> Response:
    """Once it was held, until the minutes are confirmed. Whoever records it never confirms them."""
    made = await decisions.record(
        change.lane, change.actor, change.facts, change.entitlement, decision.model_dump(), change.now
    )
    return await _answer(change, made, 201)


@router.get(
    "/meeting-decisions/{id}",
    status_code=200,
    response_model=MeetingDecisionRead,
    summary="Read a decision of a meeting",
    response_description="The decision.",
    responses=declared(errors.NotFound),
)
async def read_meeting_decision(
    id: SubjectPath,
    reading: Annotated[Reading, reads("meeting_decisions.read")],
    if_none_match: IfNoneMatch = None,
) -> Response:
    """What was decided, when, in which meeting and about what."""
    return reading.one(
        await decisions_queries.one(reading.lane, reading.actor, id, reading.now), if_none_match
    )


@router.patch(
    "/meeting-decisions/{id}",
    status_code=200,
    response_model=MeetingDecisionRead,
    summary="Change a decision of a meeting",
    response_description="The changed decision.",
    responses=declared(errors.WrongState),
)
async def edit_meeting_decision(
    change: Annotated[Change, changes(rules.EDIT_DECISION, facts.decision)], patch: MeetingDecisionPatch
) -> Response:
    """While the minutes are not confirmed. The meeting's version rises with it."""
    named = patch.model_dump(exclude_unset=True)
    await decisions.edit(change.lane, change.actor, change.facts, change.entitlement, named, change.now)
    return await _answer(change, change.facts.id)


@router.post(
    "/meeting-decisions/{id}/withdraw",
    status_code=200,
    response_model=MeetingDecisionRead,
    summary="Withdraw a decision of a meeting",
    response_description="The withdrawn decision.",
    responses=declared(errors.WrongState),
)
async def withdraw_meeting_decision(
    change: Annotated[Change, changes(rules.WITHDRAW_DECISION, facts.decision)], step: MeetingReason
) -> Response:
    """While the minutes are not confirmed. It stays readable."""
    await decisions.withdraw(
        change.lane, change.actor, change.facts, change.entitlement, step.reason, change.now
    )
    return await _answer(change, change.facts.id)


async def _answer(change: Change, decision_id: UUID, status: int = 200) -> Response:
    document = await decisions_queries.one(change.lane, change.actor, decision_id, change.now)
    return await change.answer(
        document, status, f"/v1/meeting-decisions/{decision_id}" if status == 201 else None
    )
