"""Assignments over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from app import errors
from app.answers import Change, Reading
from app.deps import changes, creates, reads
from app.headers import IfNoneMatch, SubjectPath
from app.problems import declared
from app.routers.json_body import JsonRoute
from app.routers.params import CursorParam, InForceAtParam, LimitParam
from app.schemas.assignments import AssignmentCreate, AssignmentList, AssignmentRead
from app.schemas.people import Ending
from app.services.entities import queries as entities
from app.services.people import assignments_commands as commands
from app.services.people import assignments_queries as queries
from app.services.people import rules
from app.services.people.assignments_queries import AssignmentFilter

router = APIRouter(prefix="/v1", tags=["people"], route_class=JsonRoute)


@router.get(
    "/entities/{id}/assignments",
    status_code=200,
    response_model=AssignmentList,
    summary="List an entity's assignments",
    response_description="A page of assignments.",
)
async def list_assignments(
    id: SubjectPath,
    reading: Annotated[Reading, reads("assignments.read")],
    in_force_at: InForceAtParam = None,
    user_id: Annotated[UUID | None, Query(description="Only those of this person.")] = None,
    subject_id: Annotated[UUID | None, Query(description="Only those to this subject.")] = None,
    cursor: CursorParam = None,
    limit: LimitParam = None,
) -> Response:
    """Who works on what, now or at the moment asked. Whom the rule does not name sees their own."""
    asked = AssignmentFilter(id, in_force_at, user_id, subject_id)
    return reading.many(await queries.many(reading.lane, reading.actor, asked, cursor, limit, reading.now))


@router.post(
    "/entities/{id}/assignments",
    status_code=201,
    response_model=AssignmentRead,
    summary="Assign a person",
    response_description="The assignment.",
    responses=declared(errors.AlreadyExists),
)
async def create_assignment(
    change: Annotated[Change, creates("assignments.create", entities.facts, queries.facts)],
    asked: AssignmentCreate,
) -> Response:
    """The manager puts a person of the entity to work on one of its indicators or results, for a time
    (Guide O-3, O-4)."""
    made = await commands.create(
        change.lane,
        change.actor,
        change.facts,
        asked.user_id,
        asked.subject_id,
        asked.starts_at,
        asked.ends_at,
        change.now,
    )
    document = await queries.one(change.lane, change.actor, made, change.now)
    return await change.answer(document, 201, f"/v1/assignments/{made}")


@router.get(
    "/assignments/{id}",
    status_code=200,
    response_model=AssignmentRead,
    summary="Read an assignment",
    response_description="The assignment.",
)
async def read_assignment(
    id: SubjectPath,
    reading: Annotated[Reading, reads("assignments.read")],
    if_none_match: IfNoneMatch = None,
) -> Response:
    """One assignment: for the office, and for the person assigned."""
    return reading.one(await queries.one(reading.lane, reading.actor, id, reading.now), if_none_match)


@router.post(
    "/assignments/{id}/end",
    status_code=200,
    response_model=AssignmentRead,
    summary="End an assignment",
    response_description="The assignment with its end.",
    responses=declared(errors.WrongState),
)
async def end_assignment(
    change: Annotated[Change, changes(rules.END_ASSIGNMENT, queries.facts)], ending: Ending
) -> Response:
    """The manager ends an assignment, now or later."""
    await commands.end(change.lane, change.actor, change.facts, ending.ends_at, ending.reason, change.now)
    return await change.answer(await queries.one(change.lane, change.actor, change.facts.id, change.now))
