"""Indicators over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from app import errors
from app.deps import Change, Reading, changes, reads
from app.enums import IndicatorLevel
from app.headers import IfNoneMatch, SubjectPath
from app.problems import declared
from app.routers.json_body import JsonRoute
from app.routers.params import CursorParam, LimitParam, SearchParam
from app.schemas.indicators import IndicatorList, IndicatorPatch, IndicatorRead
from app.services.indicators import commands, queries, rules
from app.services.indicators.queries import IndicatorFilter

router = APIRouter(prefix="/v1/indicators", tags=["indicators"], route_class=JsonRoute)


@router.get(
    "",
    status_code=200,
    response_model=IndicatorList,
    summary="List and search indicators",
    response_description="A page of indicators.",
)
async def list_indicators(
    reading: Annotated[Reading, reads("indicators.read")],
    q: SearchParam = None,
    entity_id: Annotated[UUID | None, Query(description="Only those of this owner entity.")] = None,
    priority_id: Annotated[UUID | None, Query(description="Only those of this national priority.")] = None,
    pillar_id: Annotated[UUID | None, Query(description="Only those of this pillar.")] = None,
    level: Annotated[IndicatorLevel | None, Query(description="Only those of this level.")] = None,
    in_scorecard: Annotated[bool | None, Query(description="Only those in, or not in, a scorecard.")] = None,
    verified: Annotated[
        bool | None, Query(description="Only those whose definition is, or is not, verified.")
    ] = None,
    cursor: CursorParam = None,
    limit: LimitParam = None,
) -> Response:
    """Indicators sorted by their name in the reader's language, the article ignored."""
    asked = IndicatorFilter(q, entity_id, priority_id, pillar_id, level, in_scorecard, verified)
    return reading.many(await queries.many(reading.lane, asked, reading.language, cursor, limit))


@router.get(
    "/{id}",
    status_code=200,
    response_model=IndicatorRead,
    summary="Read an indicator",
    response_description="The indicator.",
    responses=declared(errors.NotFound),
)
async def read_indicator(
    id: SubjectPath,
    reading: Annotated[Reading, reads("indicators.read")],
    if_none_match: IfNoneMatch = None,
) -> Response:
    """One indicator with its owner, baseline, targets, and what you may do with it."""
    return reading.one(await queries.one(reading.lane, reading.actor, id), if_none_match)


@router.patch(
    "/{id}",
    status_code=200,
    response_model=IndicatorRead,
    summary="Name the division in charge of an indicator",
    response_description="The indicator.",
)
async def edit_indicator(
    change: Annotated[Change, changes(rules.EDIT, queries.entry_facts)], patch: IndicatorPatch
) -> Response:
    """The manager names who enters from now on; results on their way keep their chain (Guide D-2)."""
    await commands.edit(
        change.lane, change.actor, change.facts, patch.model_dump(exclude_unset=True), change.now
    )
    return await change.answer(await queries.one(change.lane, change.actor, change.facts.id))
