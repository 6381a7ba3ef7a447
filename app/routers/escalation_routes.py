"""The routing table of challenges over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response

from app import errors
from app.answers import Change, Reading
from app.deps import creates_at_top, reads
from app.headers import IfNoneMatch, SubjectPath
from app.problems import declared
from app.routers.json_body import JsonRoute
from app.routers.params import CursorParam, LimitParam
from app.schemas.escalation_routes import EscalationRoutesCreate, EscalationRoutesList, EscalationRoutesRead
from app.services.escalation_routes import commands, queries, rules
from app.services.escalation_routes.rules import Route

router = APIRouter(prefix="/v1", tags=["escalation-routes"], route_class=JsonRoute)


@router.get(
    "/escalation-routes",
    status_code=200,
    response_model=EscalationRoutesList,
    summary="List the versions of the routing table",
    response_description="A page of versions, the one in force first.",
)
async def list_escalation_routes(
    reading: Annotated[Reading, reads("escalation_routes.read")],
    cursor: CursorParam = None,
    limit: LimitParam = None,
) -> Response:
    """The first is in force; a challenge goes by the version that was when it was opened."""
    return reading.many(await queries.many(reading.lane, cursor, limit))


@router.post(
    "/escalation-routes",
    status_code=201,
    response_model=EscalationRoutesRead,
    summary="Set the routing table",
    response_description="The version in force from now on.",
    responses=declared(errors.AlreadyExists, rules.NotTheLatestTable),
)
async def set_escalation_routes(
    change: Annotated[Change, creates_at_top("escalation_routes.set", queries.facts)],
    table: EscalationRoutesCreate,
) -> Response:
    """Replaces the table as a whole by its next version (Guide X-4). It leads in no circle, names a holder for each
    level, and has a way from the office to the head for every challenge. What runs is not touched."""
    routes = [Route(**route.model_dump()) for route in table.routes]
    made = await commands.set_table(
        change.lane, change.actor, table.follows, table.office_limit, routes, table.reason, change.now
    )
    return await _answer(change, made)


@router.get(
    "/escalation-routes/{id}",
    status_code=200,
    response_model=EscalationRoutesRead,
    summary="Read a version of the routing table",
    response_description="The version with its routes.",
    responses=declared(errors.NotFound),
)
async def read_escalation_routes(
    id: SubjectPath,
    reading: Annotated[Reading, reads("escalation_routes.read")],
    if_none_match: IfNoneMatch = None,
) -> Response:
    """Who escalates what from where to where, and how many working days each level has."""
    return reading.one(await queries.one(reading.lane, id), if_none_match)


async def _answer(change: Change, table_id: UUID) -> Response:
    document = await queries.one(change.lane, table_id)
    return await change.answer(document, 201, f"/v1/escalation-routes/{table_id}")
