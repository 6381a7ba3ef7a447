"""Activities of communication plans over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from app import errors
from app.answers import Change, Reading
from app.deps import changes, creates_on, reads
from app.enums.communications import CommunicationActivityState, CommunicationScope
from app.headers import IfNoneMatch, SubjectPath
from app.problems import declared
from app.routers.json_body import JsonRoute
from app.routers.params import CursorParam, LimitParam
from app.schemas.base import Day
from app.schemas.communication_activities import (
    CommunicationActivityCancel,
    CommunicationActivityCreate,
    CommunicationActivityList,
    CommunicationActivityPatch,
    CommunicationActivityRead,
    CommunicationActivityReport,
)
from app.services.communications import activities, activities_queries, queries, rules
from app.services.communications.activities_queries import CommunicationActivityFilter

router = APIRouter(prefix="/v1", tags=["communication-plans"], route_class=JsonRoute)


@router.get(
    "/communication-activities",
    status_code=200,
    response_model=CommunicationActivityList,
    summary="List the activities of communication plans",
    response_description="A page of activities.",
)
async def list_communication_activities(
    reading: Annotated[Reading, reads("communication_activities.read")],
    entity_id: Annotated[UUID | None, Query(description="Only those of this entity.")] = None,
    plan_id: Annotated[UUID | None, Query(description="Only those of this version of a plan.")] = None,
    state: Annotated[
        CommunicationActivityState | None, Query(description="Only those in this state.")
    ] = None,
    scope: Annotated[
        CommunicationScope | None, Query(description="Only those for the entity's people, or for others.")
    ] = None,
    late: Annotated[bool | None, Query(description="Only those that are late, or that are not.")] = None,
    from_day: Annotated[Day | None, Query(description="Only those that end on this day or later.")] = None,
    to_day: Annotated[Day | None, Query(description="Only those that begin on this day or earlier.")] = None,
    cursor: CursorParam = None,
    limit: LimitParam = None,
) -> Response:
    """The activities of the plans that you see (Guide C-1, C-2)."""
    asked = CommunicationActivityFilter(entity_id, plan_id, state, scope, late, from_day, to_day)
    return reading.many(
        await activities_queries.many(reading.lane, reading.actor, asked, cursor, limit, reading.now)
    )


@router.post(
    "/communication-plans/{id}/activities",
    status_code=201,
    response_model=CommunicationActivityRead,
    summary="Add an activity to a communication plan",
    response_description="The activity.",
    responses=declared(errors.WrongState, rules.TooManyActivities),
)
async def add_communication_activity(
    change: Annotated[Change, creates_on(rules.ADD_ACTIVITY, queries.facts, activities_queries.facts)],
    asked: CommunicationActivityCreate,
) -> Response:
    """To a draft; or with a reason to a plan in force, where it is planned at once."""
    columns = asked.model_dump(exclude={"reason"})
    made = await activities.add(change.lane, change.actor, change.facts, columns, asked.reason, change.now)
    return await _answer(change, made, 201)


@router.get(
    "/communication-activities/{id}",
    status_code=200,
    response_model=CommunicationActivityRead,
    summary="Read an activity",
    response_description="The activity.",
    responses=declared(errors.NotFound),
)
async def read_communication_activity(
    id: SubjectPath,
    reading: Annotated[Reading, reads("communication_activities.read")],
    if_none_match: IfNoneMatch = None,
) -> Response:
    """One activity, and what you may do with it."""
    return reading.one(
        await activities_queries.one(reading.lane, reading.actor, id, reading.now), if_none_match
    )


@router.patch(
    "/communication-activities/{id}",
    status_code=200,
    response_model=CommunicationActivityRead,
    summary="Change an activity of a drafted plan",
    response_description="The changed activity.",
    responses=declared(errors.WrongState, rules.PlanUnderApproval),
)
async def edit_communication_activity(
    change: Annotated[Change, changes(rules.EDIT_ACTIVITY, activities_queries.facts)],
    patch: CommunicationActivityPatch,
) -> Response:
    """Whoever edits an activity of a draft never approves the plan."""
    named = patch.model_dump(exclude_unset=True)
    await activities.edit(change.lane, change.actor, change.facts, change.entitlement, named, change.now)
    return await _answer(change, change.facts.id)


@router.post(
    "/communication-activities/{id}/report",
    status_code=200,
    response_model=CommunicationActivityRead,
    summary="Tell what came of an activity",
    response_description="The activity, done.",
    responses=declared(errors.WrongState),
)
async def report_communication_activity(
    change: Annotated[Change, changes(rules.REPORT, activities_queries.facts)],
    asked: CommunicationActivityReport,
) -> Response:
    """Once it was held. Evidence of it can be attached before and after (Guide C-1, V-1)."""
    await activities.report(
        change.lane,
        change.actor,
        change.facts,
        change.entitlement,
        asked.outcome,
        asked.reached,
        asked.done_on,
        change.now,
    )
    return await _answer(change, change.facts.id)


@router.post(
    "/communication-activities/{id}/cancel",
    status_code=200,
    response_model=CommunicationActivityRead,
    summary="Cancel an activity with a reason",
    response_description="The cancelled activity.",
    responses=declared(errors.WrongState, rules.PlanUnderApproval),
)
async def cancel_communication_activity(
    change: Annotated[Change, changes(rules.CANCEL, activities_queries.facts)],
    asked: CommunicationActivityCancel,
) -> Response:
    """It is not held; it stays in the plan with the reason."""
    await activities.cancel(
        change.lane, change.actor, change.facts, change.entitlement, asked.reason, change.now
    )
    return await _answer(change, change.facts.id)


async def _answer(change: Change, activity_id: UUID, status: int = 200) -> Response:
    document = await activities_queries.one(change.lane, change.actor, activity_id, change.now)
    return await change.answer(
        document, status, f"/v1/communication-activities/{activity_id}" if status == 201 else None
    )
