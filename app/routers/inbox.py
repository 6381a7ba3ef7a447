"""The inbox over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Response

from app.answers import Reading
from app.deps import reads
from app.routers.params import CursorParam, LimitParam
from app.schemas.inbox import InboxList
from app.services.inbox import queries

router = APIRouter(prefix="/v1/inbox", tags=["inbox"])


@router.get(
    "",
    status_code=200,
    response_model=InboxList,
    summary="List what waits for me",
    response_description="A page of what waits for you.",
)
async def list_inbox(
    reading: Annotated[Reading, reads("inbox.read")],
    cursor: CursorParam = None,
    limit: LimitParam = None,
) -> Response:
    """Everything that one of your roles is awaited for; not what four eyes keeps you from."""
    return reading.many(await queries.many(reading.lane, reading.actor, cursor, limit, reading.now))
