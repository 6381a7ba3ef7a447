"""The dashboard over HTTP: the first screen of a phone."""

from typing import Annotated

from fastapi import APIRouter, Response

from app.answers import Reading
from app.deps import reads
from app.headers import IfNoneMatch
from app.routers.json_body import JsonRoute
from app.schemas.dashboard import DashboardRead
from app.services.dashboard import queries

router = APIRouter(prefix="/v1/dashboard", tags=["dashboard"], route_class=JsonRoute)


@router.get(
    "",
    status_code=200,
    response_model=DashboardRead,
    summary="Read what I am to see first",
    response_description="The dashboard.",
)
async def read_dashboard(
    reading: Annotated[Reading, reads("dashboard.read")],
    if_none_match: IfNoneMatch = None,
) -> Response:
    """How much waits for you, where your entities stand (for UNIT: the nation), what is farthest behind and
    what is late, in less than 8 kB (Guide D-4, M-8). Names are in the reader's language alone."""
    document = await queries.one(reading.lane, reading.actor, reading.language, reading.now)
    return reading.one(document, if_none_match)
