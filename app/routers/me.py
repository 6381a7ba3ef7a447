"""Who I am, over HTTP."""

from collections.abc import AsyncIterator
from typing import Annotated, cast

from fastapi import APIRouter, Depends, Request, Response

from app import clock, errors
from app.answers import Change, Reading
from app.deps import database, reads
from app.headers import IfMatch, IfNoneMatch, etag_version
from app.routers.json_body import JsonRoute
from app.schemas.me import Me, MePatch
from app.services import lifecycle
from app.services.people import actor as actors
from app.services.people import me
from app.tokens import Claims

router = APIRouter(prefix="/v1/me", tags=["me"], route_class=JsonRoute)


async def changes_me(request: Request, if_match: IfMatch = None) -> AsyncIterator[Change]:
    """The person's own change of themselves, in one transaction that is committed before the answer."""
    claims = cast("Claims | None", request.scope.get("claims"))
    if claims is None:
        raise errors.Unauthenticated()
    async with database(request).writing() as lane:
        now = clock.now()
        facts = await me.held(lane, claims.user_id)
        actor = await actors.load(lane, claims.user_id, claims.session_id, now)
        if facts is None or actor is None:
            raise errors.Unauthenticated()
        seen = None if if_match in (None, "*") else etag_version(str(if_match))
        entitlement = lifecycle.admit(actor, me.EDIT, facts, seen)
        yield Change(request, actor, lane, now, facts, entitlement, None, b"")


changes_me.permission = me.EDIT.action  # type: ignore[attr-defined]  # read by the contract and a test


@router.get(
    "",
    status_code=200,
    response_model=Me,
    summary="Read who I am",
    response_description="The person behind the session.",
)
async def read_me(
    reading: Annotated[Reading, reads("me.read")], if_none_match: IfNoneMatch = None
) -> Response:
    """The person, the session, the roles held now, and what the role rules allow where. A service account
    reads its maker here, narrowed to what the account was made with."""
    return reading.one(await me.one(reading.lane, reading.actor, reading.now), if_none_match)


@router.patch(
    "",
    status_code=200,
    response_model=Me,
    summary="Change my language",
    response_description="The person, changed.",
)
async def edit_me(
    change: Annotated[Change, Depends(changes_me, scope="function")], body: MePatch
) -> Response:
    """Change one's own language. Names and the e-mail are corrected by an administrator."""
    language = body.language if "language" in body.model_fields_set else None
    await me.edit(change.lane, change.actor, change.facts, language, change.now)
    return await change.answer(await me.one(change.lane, change.actor, change.now))
