"""Delegations over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Response

from app import errors
from app.answers import Change, Reading
from app.deps import changes, creates, reads
from app.headers import IfNoneMatch, SubjectPath
from app.problems import declared
from app.routers.json_body import JsonRoute
from app.routers.letters import recorded
from app.routers.params import CursorParam, InForceAtParam, LimitParam
from app.schemas.delegations import DelegationCreate, DelegationList, DelegationRead
from app.schemas.people import RecordedEnding
from app.services.entities import queries as entities
from app.services.people import delegations_commands as commands
from app.services.people import delegations_queries as queries
from app.services.people import endings, rules
from app.services.people.delegations_queries import DelegationFilter

router = APIRouter(prefix="/v1", tags=["people"], route_class=JsonRoute)


@router.get(
    "/entities/{id}/delegations",
    status_code=200,
    response_model=DelegationList,
    summary="List an entity's delegations",
    response_description="A page of delegations.",
)
async def list_delegations(
    id: SubjectPath,
    reading: Annotated[Reading, reads("delegations.read")],
    in_force_at: InForceAtParam = None,
    cursor: CursorParam = None,
    limit: LimitParam = None,
) -> Response:
    """Who lets whom take which action, now or at the moment asked. Whom the rule does not name sees
    their own."""
    asked = DelegationFilter(id, in_force_at)
    return reading.many(await queries.many(reading.lane, reading.actor, asked, cursor, limit, reading.now))


@router.post(
    "/entities/{id}/delegations",
    status_code=201,
    response_model=DelegationRead,
    summary="Delegate an action",
    response_description="The delegation.",
)
async def create_delegation(
    change: Annotated[Change, creates("delegations.create", entities.facts, queries.facts)],
    asked: DelegationCreate,
) -> Response:
    """The holder of the manager's post lets a specialist take one of its actions, for a year at most."""
    made = await commands.create(
        change.lane,
        change.actor,
        change.facts,
        change.entitlement,
        asked.delegate_id,
        asked.action,
        asked.reason,
        asked.starts_at,
        asked.ends_at,
        change.now,
    )
    document = await queries.one(change.lane, change.actor, made, change.now)
    return await change.answer(document, 201, f"/v1/delegations/{made}")


@router.get(
    "/delegations/{id}",
    status_code=200,
    response_model=DelegationRead,
    summary="Read a delegation",
    response_description="The delegation.",
)
async def read_delegation(
    id: SubjectPath,
    reading: Annotated[Reading, reads("delegations.read")],
    if_none_match: IfNoneMatch = None,
) -> Response:
    """One delegation: for the office, and for the two persons."""
    return reading.one(await queries.one(reading.lane, reading.actor, id, reading.now), if_none_match)


@router.post(
    "/delegations/{id}/end",
    status_code=200,
    response_model=DelegationRead,
    summary="End a delegation",
    response_description="The delegation with its end.",
    responses=declared(errors.WrongState),
)
async def end_delegation(
    change: Annotated[Change, changes(rules.END_DELEGATION, queries.facts)], ending: RecordedEnding
) -> Response:
    """The manager or the head ends a delegation, now or later."""
    await endings.end(
        change.lane,
        rules.END_DELEGATION,
        change.actor,
        change.facts,
        change.entitlement,
        ending.ends_at,
        ending.reason,
        recorded(ending.decision),
        change.now,
    )
    return await change.answer(await queries.one(change.lane, change.actor, change.facts.id, change.now))
