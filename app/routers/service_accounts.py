"""Service accounts over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Response

from app import errors
from app.answers import Change, Reading
from app.deps import changes, creates_secret, reads
from app.headers import IfNoneMatch, SubjectPath
from app.problems import declared
from app.routers.json_body import JsonRoute
from app.routers.params import CursorParam, LimitParam
from app.schemas.service_accounts import (
    ServiceAccountCreate,
    ServiceAccountCreated,
    ServiceAccountList,
    ServiceAccountRead,
)
from app.services.service_accounts import commands, queries, rules

router = APIRouter(prefix="/v1/service-accounts", tags=["service-accounts"], route_class=JsonRoute)


@router.get(
    "",
    status_code=200,
    response_model=ServiceAccountList,
    summary="List service accounts",
    response_description="A page of service accounts.",
)
async def list_service_accounts(
    reading: Annotated[Reading, reads("service_accounts.read")],
    cursor: CursorParam = None,
    limit: LimitParam = None,
) -> Response:
    """The accounts that you made; all accounts for an administrator."""
    return reading.many(await queries.many(reading.lane, reading.actor, cursor, limit))


@router.post(
    "",
    status_code=201,
    response_model=ServiceAccountCreated,
    summary="Make a service account",
    response_description="The account and its secret, which is said this once.",
)
async def create_service_account(
    change: Annotated[Change, creates_secret(rules.CREATE)], body: ServiceAccountCreate
) -> Response:
    """Make a program's account with some of your own actions. It never may more than you: when you lose a
    role, so does it, at its next request."""
    account_id, secret = await commands.create(
        change.lane, change.actor, body.name, body.permissions, body.entity_id, body.expires_at, change.now
    )
    made = await queries.one(change.lane, change.actor, account_id)
    said = None if made is None else commands.with_secret(made, account_id, secret)
    response = await change.answer(said, 201, f"/v1/service-accounts/{account_id}")
    response.headers["Cache-Control"] = "no-store"
    return response


@router.get(
    "/{id}",
    status_code=200,
    response_model=ServiceAccountRead,
    summary="Read a service account",
    response_description="The service account.",
    responses=declared(errors.NotFound),
)
async def read_service_account(
    id: SubjectPath,
    reading: Annotated[Reading, reads("service_accounts.read")],
    if_none_match: IfNoneMatch = None,
) -> Response:
    """One account, never its secret."""
    return reading.one(await queries.one(reading.lane, reading.actor, id), if_none_match)


@router.post(
    "/{id}/end",
    status_code=200,
    response_model=ServiceAccountRead,
    summary="End a service account",
    response_description="The account, ended.",
    responses=declared(errors.WrongState),
)
async def end_service_account(change: Annotated[Change, changes(rules.END, queries.facts)]) -> Response:
    """End an account for good. Its tokens are refused from the next request on."""
    await commands.end(change.lane, change.actor, change.facts, change.now)
    return await change.answer(await queries.one(change.lane, change.actor, change.facts.id))
