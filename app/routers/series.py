"""An indicator's figures over time, and their chart, over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from app import errors
from app.answers import SVG, Reading
from app.deps import reads
from app.headers import IfNoneMatch, SubjectPath
from app.problems import declared
from app.routers.json_body import JsonRoute
from app.routers.params import AsOfParam
from app.schemas.base import Day
from app.schemas.series import SeriesRead
from app.services.series import chart, queries
from app.services.series.queries import SeriesFilter

router = APIRouter(prefix="/v1", tags=["indicators"], route_class=JsonRoute)

_CHART = {
    "content": {
        SVG: {
            "schema": {
                "type": "string",
                "description": "The chart, in the reader's language.",
                "contentMediaType": SVG,
                "maxLength": 2_000_000,
                "pattern": "^<svg ",
            },
            "example": '<svg xmlns="http://www.w3.org/2000/svg" width="680" height="400"></svg>',
        }
    }
}


@router.get(
    "/indicators/{id}/series",
    status_code=200,
    response_model=SeriesRead,
    summary="Read an indicator's figures over time, or their chart",
    response_description="The series; as `image/svg+xml` its chart.",
    responses={200: _CHART, **declared(errors.NotFound, errors.NotAcceptable, errors.Invalid)},
)
async def read_indicator_series(
    id: SubjectPath,
    reading: Annotated[Reading, reads("indicators.read")],
    from_period: Annotated[
        Day | None, Query(description="Only periods that end on this day or later.")
    ] = None,
    to_period: Annotated[
        Day | None, Query(description="Only periods that begin on this day or earlier.")
    ] = None,
    as_of: AsOfParam = None,
    if_none_match: IfNoneMatch = None,
) -> Response:
    """The approved figures that you may see, with what was known of them before, and what is expected by the
    definition in force. `Accept: image/svg+xml` answers the same as a chart, in Arabic or English."""
    asked = SeriesFilter(from_period, to_period, as_of)
    document = await queries.one(reading.lane, reading.actor, id, asked, reading.now)
    return await reading.one_or_chart(document, chart.draw, if_none_match)
