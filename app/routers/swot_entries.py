"""An entity's analysis of strengths, weaknesses, opportunities and threats, over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from app import errors
from app.answers import Change, Reading
from app.deps import changes, creates, reads
from app.enums.risks import SwotKind
from app.headers import IfNoneMatch, SubjectPath
from app.problems import declared
from app.routers.json_body import JsonRoute
from app.routers.params import CursorParam, LimitParam
from app.schemas.swot_entries import (
    SwotEntryCreate,
    SwotEntryList,
    SwotEntryPatch,
    SwotEntryRead,
    SwotEntryWithdrawal,
)
from app.services.entities import queries as entities
from app.services.swot_entries import commands, queries, rules
from app.services.swot_entries.queries import SwotFilter

router = APIRouter(prefix="/v1", tags=["risks"], route_class=JsonRoute)


@router.get(
    "/swot-entries",
    status_code=200,
    response_model=SwotEntryList,
    summary="List the entries of the analysis",
    response_description="A page of entries.",
)
async def list_swot_entries(
    reading: Annotated[Reading, reads("swot_entries.read")],
    entity_id: Annotated[UUID | None, Query(description="Only those of this entity.")] = None,
    year: Annotated[int | None, Query(ge=1900, le=2200, description="Only those of this year.")] = None,
    kind: Annotated[SwotKind | None, Query(description="Only those of this kind.")] = None,
    withdrawn: Annotated[
        bool | None, Query(description="Only those that were taken out, or that stand.")
    ] = None,
    cursor: CursorParam = None,
    limit: LimitParam = None,
) -> Response:
    """For the vision office of an entity, its head and the head's office (Guide K-2)."""
    asked = SwotFilter(entity_id, year, kind, withdrawn)
    return reading.many(await queries.many(reading.lane, reading.actor, asked, cursor, limit))


@router.post(
    "/entities/{id}/swot-entries",
    status_code=201,
    response_model=SwotEntryRead,
    summary="Write an entry of the analysis",
    response_description="The entry.",
)
async def create_swot_entry(
    change: Annotated[Change, creates("swot_entries.create", entities.facts, queries.facts)],
    entry: SwotEntryCreate,
) -> Response:
    """By the office. A threat or weakness may name the risk that was registered for it."""
    made = await commands.create(change.lane, change.actor, change.facts.id, entry.model_dump(), change.now)
    return await _answer(change, made, 201)


@router.get(
    "/swot-entries/{id}",
    status_code=200,
    response_model=SwotEntryRead,
    summary="Read an entry of the analysis",
    response_description="The entry.",
    responses=declared(errors.NotFound),
)
async def read_swot_entry(
    id: SubjectPath,
    reading: Annotated[Reading, reads("swot_entries.read")],
    if_none_match: IfNoneMatch = None,
) -> Response:
    """One entry, taken out or not."""
    return reading.one(await queries.one(reading.lane, reading.actor, id), if_none_match)


@router.patch(
    "/swot-entries/{id}",
    status_code=200,
    response_model=SwotEntryRead,
    summary="Say an entry of the analysis otherwise",
    response_description="The changed entry.",
    responses=declared(errors.WrongState),
)
async def edit_swot_entry(
    change: Annotated[Change, changes(rules.EDIT, queries.facts)], patch: SwotEntryPatch
) -> Response:
    """By the office, while it stands."""
    said = patch.model_dump(exclude_unset=True)
    await commands.edit(change.lane, change.actor, change.facts, said, change.now)
    return await _answer(change, change.facts.id)


@router.post(
    "/swot-entries/{id}/withdraw",
    status_code=200,
    response_model=SwotEntryRead,
    summary="Take an entry out of the analysis",
    response_description="The entry, which stays readable.",
    responses=declared(errors.WrongState),
)
async def withdraw_swot_entry(
    change: Annotated[Change, changes(rules.WITHDRAW, queries.facts)], step: SwotEntryWithdrawal
) -> Response:
    """By the office, with a reason."""
    await commands.withdraw(change.lane, change.actor, change.facts, step.reason, change.now)
    return await _answer(change, change.facts.id)


async def _answer(change: Change, entry_id: UUID, status: int = 200) -> Response:
    document = await queries.one(change.lane, change.actor, entry_id)
    return await change.answer(document, status, f"/v1/swot-entries/{entry_id}" if status == 201 else None)
