"""Entities and their divisions over HTTP."""

from typing import Annotated, cast
from uuid import UUID

from fastapi import APIRouter, Query, Response

from app import errors
from app.answers import Change, Reading
from app.deps import changes, creates, creates_at_top, reads
from app.enums import DivisionFunction
from app.headers import IfNoneMatch, SubjectPath
from app.problems import declared
from app.routers.json_body import JsonRoute
from app.routers.params import CursorParam, LimitParam, SearchParam
from app.schemas.entities import (
    KIND,
    DivisionCreate,
    DivisionList,
    DivisionPatch,
    DivisionRead,
    EntityCreate,
    EntityList,
    EntityPatch,
    EntityRead,
)
from app.services.entities import commands, queries, rules
from app.services.entities.queries import EntityFilter, Sort

router = APIRouter(prefix="/v1", tags=["entities"], route_class=JsonRoute)


@router.get(
    "/entities",
    status_code=200,
    response_model=EntityList,
    summary="List and search entities",
    response_description="A page of entities.",
)
async def list_entities(
    reading: Annotated[Reading, reads("catalogue.read")],
    q: SearchParam = None,
    kind: Annotated[
        str | None, Query(max_length=40, pattern=KIND, description="Only those of this kind.")
    ] = None,
    sort: Annotated[
        Sort | None,
        Query(description="By a name (the article ignored) or by code; by default the reader's language."),
    ] = None,
    cursor: CursorParam = None,
    limit: LimitParam = None,
) -> Response:
    """The government entities of the national catalogue."""
    order = sort or cast(Sort, f"name_{reading.language}")
    return reading.many(await queries.many(reading.lane, EntityFilter(q, kind), order, cursor, limit))


@router.post(
    "/entities",
    status_code=201,
    response_model=EntityRead,
    summary="Enter an entity",
    response_description="The entity.",
    responses=declared(errors.AlreadyExists),
)
async def create_entity(
    change: Annotated[Change, creates_at_top("entities.create", queries.facts)], entity: EntityCreate
) -> Response:
    """The administrator enters an entity (Guide E-1)."""
    made = await commands.create(change.lane, change.actor, entity.model_dump(), change.now)
    return await _answer(change, made, 201)


@router.get(
    "/entities/{id}",
    status_code=200,
    response_model=EntityRead,
    summary="Read an entity",
    response_description="The entity.",
)
async def read_entity(
    id: SubjectPath,
    reading: Annotated[Reading, reads("catalogue.read")],
    if_none_match: IfNoneMatch = None,
) -> Response:
    """One entity, with what you may do to it and begin in it."""
    return reading.one(await queries.one(reading.lane, reading.actor, id), if_none_match)


@router.patch(
    "/entities/{id}",
    status_code=200,
    response_model=EntityRead,
    summary="Correct an entity",
    response_description="The corrected entity.",
)
async def edit_entity(
    change: Annotated[Change, changes(rules.EDIT, queries.facts)], patch: EntityPatch
) -> Response:
    """The administrator corrects names, kind or source. The code stays."""
    await commands.edit(
        change.lane, change.actor, change.facts, patch.model_dump(exclude_unset=True), change.now
    )
    return await _answer(change, change.facts.id)


@router.get(
    "/entities/{id}/divisions",
    status_code=200,
    response_model=DivisionList,
    summary="List an entity's divisions",
    response_description="A page of divisions.",
)
async def list_divisions(
    id: SubjectPath,
    reading: Annotated[Reading, reads("catalogue.read")],
    function: Annotated[
        DivisionFunction | None, Query(description="Only those with this function in the chains.")
    ] = None,
    cursor: CursorParam = None,
    limit: LimitParam = None,
) -> Response:
    """The divisions of an entity, sorted by their name in the reader's language."""
    body = await queries.divisions(reading.lane, id, function, reading.language, cursor, limit)
    return reading.many(body)


@router.post(
    "/entities/{id}/divisions",
    status_code=201,
    response_model=DivisionRead,
    summary="Enter a division",
    response_description="The division.",
    responses=declared(errors.AlreadyExists),
)
async def create_division(
    change: Annotated[Change, creates("divisions.create", queries.facts, queries.division_facts)],
    division: DivisionCreate,
) -> Response:
    """The manager or the administrator enters a division of the entity (Guide O-8)."""
    made = await commands.create_division(
        change.lane, change.actor, change.facts, division.model_dump(), change.now
    )
    return await _answer_division(change, made, 201)


@router.get(
    "/divisions/{id}",
    status_code=200,
    response_model=DivisionRead,
    summary="Read a division",
    response_description="The division.",
)
async def read_division(
    id: SubjectPath,
    reading: Annotated[Reading, reads("catalogue.read")],
    if_none_match: IfNoneMatch = None,
) -> Response:
    """One division of an entity."""
    return reading.one(await queries.division(reading.lane, reading.actor, id), if_none_match)


@router.patch(
    "/divisions/{id}",
    status_code=200,
    response_model=DivisionRead,
    summary="Correct a division",
    response_description="The corrected division.",
)
async def edit_division(
    change: Annotated[Change, changes(rules.EDIT_DIVISION, queries.division_facts)], patch: DivisionPatch
) -> Response:
    """Corrects the names. The function stays, for the rights of the division's people rest on it."""
    await commands.edit_division(
        change.lane, change.actor, change.facts, patch.model_dump(exclude_unset=True), change.now
    )
    return await _answer_division(change, change.facts.id)


async def _answer(change: Change, entity_id: UUID, status: int = 200) -> Response:
    document = await queries.one(change.lane, change.actor, entity_id)
    return await change.answer(document, status, f"/v1/entities/{entity_id}" if status == 201 else None)


async def _answer_division(change: Change, division_id: UUID, status: int = 200) -> Response:
    document = await queries.division(change.lane, change.actor, division_id)
    return await change.answer(document, status, f"/v1/divisions/{division_id}" if status == 201 else None)
