"""Indicators over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from app import errors
from app.answers import Change, Reading
from app.deps import changes, creates, reads
from app.enums import IndicatorLevel, IndicatorState, Light
from app.headers import IfNoneMatch, SubjectPath
from app.problems import declared
from app.routers.definitions import said
from app.routers.json_body import JsonRoute
from app.routers.params import CursorParam, LimitParam, SearchParam
from app.schemas.indicators import (
    Contributors,
    DivisionInCharge,
    Enterer,
    IndicatorCard,
    IndicatorCreate,
    IndicatorList,
    IndicatorPatch,
    IndicatorRead,
    Retirement,
)
from app.services.entities import queries as entities
from app.services.indicators import card, commands, queries, rules
from app.services.indicators.queries import IndicatorFilter

router = APIRouter(prefix="/v1", tags=["indicators"], route_class=JsonRoute)


@router.get(
    "/indicators",
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
    division_id: Annotated[UUID | None, Query(description="Only those that this division enters.")] = None,
    contributor_id: Annotated[
        UUID | None, Query(description="Only those to which this entity contributes.")
    ] = None,
    level: Annotated[IndicatorLevel | None, Query(description="Only those of this level.")] = None,
    state: Annotated[IndicatorState | None, Query(description="Only those in this state.")] = None,
    in_scorecard: Annotated[bool | None, Query(description="Only those in, or not in, a scorecard.")] = None,
    verified: Annotated[
        bool | None, Query(description="Only those whose definition is, or is not, verified.")
    ] = None,
    light: Annotated[
        Light | None, Query(description="Only those whose latest figure that you see has this traffic light.")
    ] = None,
    late: Annotated[
        bool | None, Query(description="Only those of which a figure is, or none is, late or overdue.")
    ] = None,
    cursor: CursorParam = None,
    limit: LimitParam = None,
) -> Response:
    """Indicators sorted by their name in the reader's language, the article ignored. Drafts are among them
    for who works on them."""
    asked = IndicatorFilter(
        q=q,
        entity_id=entity_id,
        priority_id=priority_id,
        pillar_id=pillar_id,
        division_id=division_id,
        contributor_id=contributor_id,
        level=level,
        state=state,
        in_scorecard=in_scorecard,
        verified=verified,
        light=light,
        late=late,
    )
    return reading.many(
        await queries.many(reading.lane, reading.actor, asked, reading.language, cursor, limit, reading.now)
    )


@router.post(
    "/entities/{id}/indicators",
    status_code=201,
    response_model=IndicatorRead,
    summary="Draft an indicator",
    response_description="The draft.",
    responses=declared(errors.AlreadyExists),
)
async def create_indicator(
    change: Annotated[Change, creates("indicators.create", entities.facts, queries.entry_facts)],
    indicator: IndicatorCreate,
) -> Response:
    """Makes the indicator and the first version of its definition, both as drafts (Guide I-1, I-2). It is
    measured once that version is confirmed and in force."""
    definition = {} if indicator.definition is None else said(indicator.definition)
    columns = indicator.model_dump(exclude={"definition"})
    made = await commands.create(change.lane, change.actor, change.facts, columns, definition, change.now)
    document = await queries.one(change.lane, change.actor, made, change.now)
    return await change.answer(document, 201, f"/v1/indicators/{made}")


@router.get(
    "/indicators/{id}",
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
    """One indicator with its owner, the definition and schedule in force, and what you may do with it."""
    return reading.one(await queries.one(reading.lane, reading.actor, id, reading.now), if_none_match)


@router.get(
    "/indicators/{id}/card",
    status_code=200,
    response_model=IndicatorCard,
    summary="Read an indicator at a glance",
    response_description="The card.",
    responses=declared(errors.NotFound),
)
async def read_indicator_card(
    id: SubjectPath,
    reading: Annotated[Reading, reads("indicators.read")],
    if_none_match: IfNoneMatch = None,
) -> Response:
    """All that a page about an indicator shows first: definition and targets, approved figures, who
    contributes, what is awaited. Each part as far as you may see it."""
    return reading.one(await card.one(reading.lane, reading.actor, id, reading.now), if_none_match)


@router.patch(
    "/indicators/{id}",
    status_code=200,
    response_model=IndicatorRead,
    summary="Correct an indicator",
    response_description="The indicator.",
    responses=declared(errors.WrongState, rules.FixedOnceConfirmed),
)
async def edit_indicator(
    change: Annotated[Change, changes(rules.EDIT, queries.entry_facts)], patch: IndicatorPatch
) -> Response:
    """Names, priority, programme, publisher, note; while it is a draft also what it measures. An active one
    is of the national catalogue: there UNIT corrects it."""
    await commands.edit(
        change.lane,
        change.actor,
        change.facts,
        change.entitlement,
        patch.model_dump(exclude_unset=True),
        change.now,
    )
    return await _answer(change)


@router.post(
    "/indicators/{id}/put-in-charge",
    status_code=200,
    response_model=IndicatorRead,
    summary="Name the division in charge of an indicator",
    response_description="The indicator.",
    responses=declared(errors.WrongState),
)
async def put_division_in_charge(
    change: Annotated[Change, changes(rules.PUT_IN_CHARGE, queries.entry_facts)], named: DivisionInCharge
) -> Response:
    """The manager names who enters from now on; results on their way keep their chain (Guide D-2)."""
    await commands.put_in_charge(change.lane, change.actor, change.facts, named.division_id, change.now)
    return await _answer(change)


@router.post(
    "/indicators/{id}/name-enterer",
    status_code=200,
    response_model=IndicatorRead,
    summary="Say who enters an indicator's figures",
    response_description="The indicator.",
    responses=declared(errors.WrongState),
)
async def name_enterer(
    change: Annotated[Change, changes(rules.NAME_ENTERER, queries.entry_facts)], named: Enterer
) -> Response:
    """The values of an international index are entered by UNIT; review and approval stay with the owner."""
    await commands.name_enterer(change.lane, change.actor, change.facts, named.entered_by, change.now)
    return await _answer(change)


@router.post(
    "/indicators/{id}/declare-contributors",
    status_code=200,
    response_model=IndicatorRead,
    summary="Say whether other entities contribute",
    response_description="The indicator.",
    responses=declared(errors.WrongState, rules.ContributionsStand),
)
async def declare_contributors(
    change: Annotated[Change, changes(rules.DECLARE_CONTRIBUTORS, queries.entry_facts)], stated: Contributors
) -> Response:
    """Before a definition is put in force it is stated whether others contribute (Guide I-3)."""
    await commands.declare_contributors(
        change.lane, change.actor, change.facts, shared=stated.shared, now=change.now
    )
    return await _answer(change)


@router.post(
    "/indicators/{id}/retire",
    status_code=200,
    response_model=IndicatorRead,
    summary="Retire an indicator",
    response_description="The retired indicator.",
    responses=declared(errors.WrongState),
)
async def retire_indicator(
    change: Annotated[Change, changes(rules.RETIRE, queries.entry_facts)], step: Retirement
) -> Response:
    """Its figures stay. A version of its definition that is in work is discarded, and figures of periods
    that begin later are no longer due."""
    await commands.retire(
        change.lane, change.actor, change.facts, change.entitlement, step.reason, change.now
    )
    return await _answer(change)


async def _answer(change: Change) -> Response:
    return await change.answer(await queries.one(change.lane, change.actor, change.facts.id, change.now))
