"""People's accounts over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from app import errors
from app.answers import Change, Reading
from app.deps import changes, changes_secret, creates_secret, reads
from app.headers import IfNoneMatch, SubjectPath
from app.problems import declared
from app.routers.json_body import JsonRoute
from app.routers.params import CursorParam, LimitParam, SearchParam
from app.schemas.people import UserCreate, UserInvited, UserList, UserPatch, UserRead
from app.services.documents import Document
from app.services.people import rules
from app.services.people import users_commands as commands
from app.services.people import users_queries as queries
from app.services.people.users_commands import Invited
from app.services.people.users_queries import UserFilter

router = APIRouter(prefix="/v1/users", tags=["people"], route_class=JsonRoute)


@router.get(
    "",
    status_code=200,
    response_model=UserList,
    summary="List and search people",
    response_description="A page of people.",
)
async def list_users(
    reading: Annotated[Reading, reads("users.read")],
    q: SearchParam = None,
    is_active: Annotated[bool | None, Query(description="Only those who are, or are not, blocked.")] = None,
    cursor: CursorParam = None,
    limit: LimitParam = None,
) -> Response:
    """People sorted by name, for those who appoint: an administrator, a head and the head's office, a
    manager, the follow-up unit. Words of the names or the e-mail are searched."""
    asked = UserFilter(q, is_active)
    body = await queries.many(reading.lane, reading.actor, asked, reading.language, cursor, limit)
    return reading.many(body)


@router.post(
    "",
    status_code=201,
    response_model=UserInvited,
    summary="Enter a person and invite them",
    response_description="The person and a one-time invitation.",
    responses=declared(errors.AlreadyExists),
)
async def create_user(
    change: Annotated[Change, creates_secret("users.create")], user: UserCreate
) -> Response:
    """The administrator enters a person. The invitation's token is said this once, for 72 hours."""
    made = await commands.create(change.lane, change.actor, user.model_dump(), change.now)
    return await _invitation(change, made, 201, f"/v1/users/{made.user_id}")


@router.get(
    "/{id}",
    status_code=200,
    response_model=UserRead,
    summary="Read a person",
    response_description="The person.",
)
async def read_user(
    id: SubjectPath,
    reading: Annotated[Reading, reads("users.read")],
    if_none_match: IfNoneMatch = None,
) -> Response:
    """One person: for those who appoint, and for the person."""
    return reading.one(await queries.one(reading.lane, reading.actor, id), if_none_match)


@router.patch(
    "/{id}",
    status_code=200,
    response_model=UserRead,
    summary="Correct or block a person",
    response_description="The person.",
)
async def edit_user(
    change: Annotated[Change, changes(rules.EDIT_USER, queries.facts)], patch: UserPatch
) -> Response:
    """The administrator corrects names and language, blocks a person or admits them again. Whoever is
    blocked loses every session at once."""
    given = patch.model_dump(exclude_unset=True)
    await commands.edit(change.lane, change.actor, change.facts, given, change.now)
    return await change.answer(await queries.one(change.lane, change.actor, change.facts.id))


@router.post(
    "/{id}/invite",
    status_code=200,
    response_model=UserInvited,
    summary="Invite a person anew",
    response_description="The person and a one-time invitation.",
    responses=declared(errors.WrongState),
)
async def invite_user(
    change: Annotated[Change, changes_secret(rules.INVITE, queries.facts)],
) -> Response:
    """Makes a new invitation, with which the person sets a password; earlier ones are void."""
    made = await commands.invite(change.lane, change.actor, change.facts, change.now)
    return await _invitation(change, made)


async def _invitation(
    change: Change, made: Invited, status: int = 200, location: str | None = None
) -> Response:
    user = await queries.one(change.lane, change.actor, made.user_id)
    if user is None:
        raise errors.NotFound()
    said = f'{{"token":"{made.token}","expires_at":"{made.expires_at.isoformat()}"}}'
    body = b'{"user":' + user.body + b',"invitation":' + said.encode() + b"}"
    response = await change.answer(Document(body, user.version), status, location)
    response.headers["Cache-Control"] = "no-store"  # RFC 6749, section 5.1: no cache keeps a secret
    return response
