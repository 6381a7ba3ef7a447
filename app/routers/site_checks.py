"""Checks on the ground over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response

from app import errors
from app.answers import Change, Reading
from app.deps import changes, creates, reads
from app.headers import IfNoneMatch, SubjectPath
from app.problems import declared
from app.routers.json_body import JsonRoute
from app.routers.params import CursorParam, LimitParam
from app.schemas.site_checks import SiteCheckCreate, SiteCheckList, SiteCheckRead, SiteCheckWithdrawal
from app.services.initiatives import facts as initiatives
from app.services.initiatives.rules import NotRunning
from app.services.site_checks import commands, queries, rules

router = APIRouter(prefix="/v1", tags=["initiatives"], route_class=JsonRoute)


@router.get(
    "/initiatives/{id}/site-checks",
    status_code=200,
    response_model=SiteCheckList,
    summary="List the checks on the ground of an initiative",
    response_description="A page of checks, the latest first.",
)
async def list_site_checks(
    id: SubjectPath,
    reading: Annotated[Reading, reads("site_checks.read")],
    cursor: CursorParam = None,
    limit: LimitParam = None,
) -> Response:
    """Those that were taken back are among them (Guide N-8)."""
    return reading.many(await queries.many(reading.lane, reading.actor, id, cursor, limit, reading.now))


@router.post(
    "/initiatives/{id}/site-checks",
    status_code=201,
    response_model=SiteCheckRead,
    summary="Record a check on the ground",
    response_description="The check.",
    responses=declared(NotRunning),
)
async def create_site_check(
    change: Annotated[Change, creates("site_checks.create", initiatives.one, queries.facts)],
    visit: SiteCheckCreate,
) -> Response:
    """By the office, or the technical representative assigned to the initiative. Photographs are brought as evidence of
    the check."""
    made = await commands.create(change.lane, change.actor, change.facts, visit.model_dump(), change.now)
    return await _answer(change, made, 201)


@router.get(
    "/site-checks/{id}",
    status_code=200,
    response_model=SiteCheckRead,
    summary="Read a check on the ground",
    response_description="The check.",
    responses=declared(errors.NotFound),
)
async def read_site_check(
    id: SubjectPath,
    reading: Annotated[Reading, reads("site_checks.read")],
    if_none_match: IfNoneMatch = None,
) -> Response:
    """One check, and what you may do with it."""
    return reading.one(await queries.one(reading.lane, reading.actor, id, reading.now), if_none_match)


@router.post(
    "/site-checks/{id}/withdraw",
    status_code=200,
    response_model=SiteCheckRead,
    summary="Take a mistaken check back",
    response_description="The check.",
    responses=declared(errors.WrongState),
)
async def withdraw_site_check(
    change: Annotated[Change, changes(rules.WITHDRAW, queries.facts)], step: SiteCheckWithdrawal
) -> Response:
    """It stays readable, with the reason."""
    await commands.withdraw(
        change.lane, change.actor, change.facts, change.entitlement, step.reason, change.now
    )
    return await _answer(change, change.facts.id)


async def _answer(change: Change, check_id: UUID, status: int = 200) -> Response:
    document = await queries.one(change.lane, change.actor, check_id, change.now)
    return await change.answer(document, status, f"/v1/site-checks/{check_id}" if status == 201 else None)
