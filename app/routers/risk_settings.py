"""UNIT's settings of risks over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response

from app import errors
from app.answers import Change, Reading
from app.deps import creates_at_top, reads
from app.headers import IfNoneMatch, SubjectPath
from app.problems import declared
from app.routers.json_body import JsonRoute
from app.routers.params import CursorParam, LimitParam
from app.schemas.risk_settings import RiskSettingsCreate, RiskSettingsList, RiskSettingsRead
from app.services.risk_settings import commands, queries, rules
from app.services.risk_settings.rules import Level, Scale

router = APIRouter(prefix="/v1", tags=["risk-settings"], route_class=JsonRoute)


@router.get(
    "/risk-settings",
    status_code=200,
    response_model=RiskSettingsList,
    summary="List the versions of the settings of risks",
    response_description="A page of versions, the one in force first.",
)
async def list_risk_settings(
    reading: Annotated[Reading, reads("risk_settings.read")],
    cursor: CursorParam = None,
    limit: LimitParam = None,
) -> Response:
    """The first is in force; a risk goes by the version that was when it was last assessed."""
    return reading.many(await queries.many(reading.lane, cursor, limit))


@router.post(
    "/risk-settings",
    status_code=201,
    response_model=RiskSettingsRead,
    summary="Set the settings of risks",
    response_description="The version in force from now on.",
    responses=declared(errors.AlreadyExists, rules.NotTheLatestSettings),
)
async def set_risk_settings(
    change: Annotated[Change, creates_at_top("risk_settings.set", queries.facts)],
    settings: RiskSettingsCreate,
) -> Response:
    """Replaces them as a whole by their next version (Guide K-2): the levels of probability and impact, the grades, from
    which score the head accepts, how often a risk is assessed anew. What was assessed before keeps its version."""
    made = await commands.set_settings(
        change.lane,
        change.actor,
        settings.follows,
        [Level(**level.model_dump()) for level in settings.probability],
        [Level(**level.model_dump()) for level in settings.impact],
        Scale(
            **settings.thresholds.model_dump(),
            head_from=settings.head_from,
            **{f"review_{grade}": days for grade, days in settings.review_days.model_dump().items()},
        ),
        settings.reason,
        change.now,
    )
    return await _answer(change, made)


@router.get(
    "/risk-settings/{id}",
    status_code=200,
    response_model=RiskSettingsRead,
    summary="Read a version of the settings of risks",
    response_description="The version.",
    responses=declared(errors.NotFound),
)
async def read_risk_settings(
    id: SubjectPath,
    reading: Annotated[Reading, reads("risk_settings.read")],
    if_none_match: IfNoneMatch = None,
) -> Response:
    """The names of its levels, its grades, who accepts, and how often a risk is assessed anew."""
    return reading.one(await queries.one(reading.lane, id), if_none_match)


async def _answer(change: Change, settings_id: UUID) -> Response:
    document = await queries.one(change.lane, settings_id)
    return await change.answer(document, 201, f"/v1/risk-settings/{settings_id}")
