"""Memberships over HTTP: appointing, and ending what somebody was appointed to."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from app import errors
from app.answers import Change, Reading
from app.deps import changes, creates, reads
from app.enums import Role
from app.headers import IfNoneMatch, SubjectPath
from app.problems import declared
from app.routers.json_body import JsonRoute
from app.routers.letters import recorded
from app.routers.params import CursorParam, InForceAtParam, LimitParam
from app.schemas.memberships import MembershipCreate, MembershipList, MembershipRead
from app.schemas.people import RecordedEnding
from app.services.entities import queries as entities
from app.services.people import endings, rules
from app.services.people import memberships_commands as commands
from app.services.people import memberships_queries as queries
from app.services.people.memberships_commands import Appointment
from app.services.people.memberships_queries import MembershipFilter

router = APIRouter(prefix="/v1", tags=["people"], route_class=JsonRoute)


@router.get(
    "/entities/{id}/memberships",
    status_code=200,
    response_model=MembershipList,
    summary="List an entity's memberships",
    response_description="A page of memberships.",
)
async def list_memberships(
    id: SubjectPath,
    reading: Annotated[Reading, reads("memberships.read")],
    role: Annotated[Role | None, Query(description="Only those of this role.")] = None,
    in_force_at: InForceAtParam = None,
    user_id: Annotated[UUID | None, Query(description="Only those of this person.")] = None,
    cursor: CursorParam = None,
    limit: LimitParam = None,
) -> Response:
    """Who holds which role in the entity, now or at the moment asked. Whom the rule does not name sees
    their own memberships."""
    asked = MembershipFilter(id, in_force_at, role, user_id)
    return reading.many(await queries.many(reading.lane, reading.actor, asked, cursor, limit, reading.now))


@router.post(
    "/entities/{id}/memberships",
    status_code=201,
    response_model=MembershipRead,
    summary="Appoint a person",
    response_description="The membership.",
    responses=declared(errors.AlreadyExists),
)
async def create_membership(
    change: Annotated[Change, creates("memberships.create", entities.facts, queries.facts)],
    asked: MembershipCreate,
) -> Response:
    """Which party may appoint depends on the role: the administrator names the head and the head's office;
    the head, or the head's office with the letter, names the manager, representatives, experts, acting
    holders and UNIT's people; the manager names specialists and the divisions' people (Guide O-6)."""
    appointment = Appointment(**asked.model_dump(exclude={"decision"}))
    made = await commands.appoint(
        change.lane, change.actor, change.facts, appointment, recorded(asked.decision), change.now
    )
    document = await queries.one(change.lane, change.actor, made, change.now)
    return await change.answer(document, 201, f"/v1/memberships/{made}")


@router.get(
    "/memberships/{id}",
    status_code=200,
    response_model=MembershipRead,
    summary="Read a membership",
    response_description="The membership.",
)
async def read_membership(
    id: SubjectPath,
    reading: Annotated[Reading, reads("memberships.read")],
    if_none_match: IfNoneMatch = None,
) -> Response:
    """One membership: for whom the rule names, and for the person."""
    return reading.one(await queries.one(reading.lane, reading.actor, id, reading.now), if_none_match)


@router.post(
    "/memberships/{id}/end",
    status_code=200,
    response_model=MembershipRead,
    summary="End a membership",
    response_description="The membership with its end.",
    responses=declared(errors.WrongState),
)
async def end_membership(
    change: Annotated[Change, changes(rules.END_MEMBERSHIP, queries.facts)], ending: RecordedEnding
) -> Response:
    """The party that appoints to the role ends it. What it gave is gone at the next request."""
    await endings.end(
        change.lane,
        rules.END_MEMBERSHIP,
        change.actor,
        change.facts,
        change.entitlement,
        ending.ends_at,
        ending.reason,
        recorded(ending.decision),
        change.now,
    )
    return await change.answer(await queries.one(change.lane, change.actor, change.facts.id, change.now))
