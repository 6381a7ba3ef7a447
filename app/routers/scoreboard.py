"""The scoreboard over HTTP: where entities, priorities, pillars and the nation stand."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from app.answers import Reading
from app.deps import reads
from app.enums import IndicatorLevel
from app.headers import IfNoneMatch
from app.routers.json_body import JsonRoute
from app.routers.params import AsOfParam
from app.schemas.scoreboard import By, ScoreboardRead
from app.services.scoreboard import queries
from app.services.scoreboard.queries import ScoreboardFilter

router = APIRouter(prefix="/v1/scoreboard", tags=["scoreboard"], route_class=JsonRoute)


@router.get(
    "",
    status_code=200,
    response_model=ScoreboardRead,
    summary="Read where we stand",
    response_description="The scoreboard.",
)
async def read_scoreboard(
    reading: Annotated[Reading, reads("scoreboard.read")],
    by: Annotated[
        By, Query(description="What each line is about; `nation` is one line for all that counts.")
    ],
    entity_id: Annotated[UUID | None, Query(description="Only indicators of this owner entity.")] = None,
    priority_id: Annotated[UUID | None, Query(description="Only those of this national priority.")] = None,
    pillar_id: Annotated[UUID | None, Query(description="Only those of this pillar.")] = None,
    level: Annotated[IndicatorLevel | None, Query(description="Only those of this level.")] = None,
    as_of: AsOfParam = None,
    if_none_match: IfNoneMatch = None,
) -> Response:
    """Lights, score, coverage and trend of the active indicators (Guide M-4, M-8), as you see them: by all
    approved figures where these are yours to see, else by the published ones. With `as_of` by what was known
    of the figures at that moment, held against the definitions by which they were approved."""
    asked = ScoreboardFilter(entity_id, priority_id, pillar_id, level, as_of)
    document = await queries.scoreboard(reading.lane, reading.actor, by, asked, reading.now)
    return reading.one(document, if_none_match)
