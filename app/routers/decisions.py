"""The head's recorded decisions over HTTP. Each is recorded with the step that it is about."""

from typing import Annotated

from fastapi import APIRouter, Response

from app.answers import Reading
from app.deps import reads
from app.headers import IfNoneMatch, SubjectPath
from app.routers.params import CursorParam, LimitParam
from app.schemas.head_decisions import HeadDecisionList, HeadDecisionRead
from app.services.people import decisions_queries as queries

router = APIRouter(prefix="/v1", tags=["decisions"])


@router.get(
    "/entities/{id}/decisions",
    status_code=200,
    response_model=HeadDecisionList,
    summary="List an entity's recorded decisions",
    response_description="A page of decisions, the latest first.",
)
async def list_decisions(
    id: SubjectPath,
    reading: Annotated[Reading, reads("decisions.read")],
    cursor: CursorParam = None,
    limit: LimitParam = None,
) -> Response:
    """What the head decided, and by which letter (Guide O-6)."""
    return reading.many(await queries.many(reading.lane, reading.actor, id, cursor, limit))


@router.get(
    "/decisions/{id}",
    status_code=200,
    response_model=HeadDecisionRead,
    summary="Read a recorded decision",
    response_description="The decision.",
)
async def read_decision(
    id: SubjectPath,
    reading: Annotated[Reading, reads("decisions.read")],
    if_none_match: IfNoneMatch = None,
) -> Response:
    """One decision of the head, as the head's office recorded it."""
    return reading.one(await queries.one(reading.lane, reading.actor, id), if_none_match)
