"""Definitions of indicators over HTTP."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Response

from app import errors
from app.answers import Change, Reading
from app.deps import changes, creates_on, reads
from app.headers import IfNoneMatch, SubjectPath
from app.problems import declared
from app.routers.json_body import JsonRoute
from app.routers.letters import letter
from app.routers.params import CursorParam, LimitParam
from app.schemas.decisions import StepTaken, StepWithReason
from app.schemas.definitions import (
    DefinitionCreate,
    DefinitionFields,
    DefinitionList,
    DefinitionPatch,
    DefinitionRead,
)
from app.services.definitions import commands, drafts, queries, rules
from app.services.indicators import queries as indicators
from app.services.indicators import rules as indicator_rules

router = APIRouter(prefix="/v1", tags=["definitions"], route_class=JsonRoute)


@router.get(
    "/indicators/{id}/definitions",
    status_code=200,
    response_model=DefinitionList,
    summary="List the versions of a definition",
    response_description="A page of versions, the newest first.",
)
async def list_definitions(
    id: SubjectPath,
    reading: Annotated[Reading, reads("definitions.read")],
    cursor: CursorParam = None,
    limit: LimitParam = None,
) -> Response:
    """What is and was in force, and to who works on them also the drafts (Guide I-6)."""
    return reading.many(await queries.many(reading.lane, reading.actor, id, cursor, limit, reading.now))


@router.post(
    "/indicators/{id}/definitions",
    status_code=201,
    response_model=DefinitionRead,
    summary="Open a new version of a definition",
    response_description="The draft.",
    responses=declared(errors.WrongState, errors.AlreadyExists),
)
async def open_definition(
    change: Annotated[
        Change, creates_on(indicator_rules.OPEN_DEFINITION, indicators.definable, queries.facts)
    ],
    asked: DefinitionCreate,
) -> Response:
    """A draft that begins as what the version in force says, targets included. One is in work at a time."""
    made = await drafts.open_version(change.lane, change.actor, change.facts, asked.reason, change.now)
    return await _answer(change, made, 201)


@router.get(
    "/definitions/{id}",
    status_code=200,
    response_model=DefinitionRead,
    summary="Read a version of a definition",
    response_description="The version.",
    responses=declared(errors.NotFound),
)
async def read_definition(
    id: SubjectPath,
    reading: Annotated[Reading, reads("definitions.read")],
    if_none_match: IfNoneMatch = None,
) -> Response:
    """One version with its targets, how it differs from the one before it, and what you may do with it."""
    return reading.one(await queries.one(reading.lane, reading.actor, id, reading.now), if_none_match)


@router.patch(
    "/definitions/{id}",
    status_code=200,
    response_model=DefinitionRead,
    summary="Change a drafted definition",
    response_description="The changed draft.",
    responses=declared(errors.WrongState),
)
async def edit_definition(
    change: Annotated[Change, changes(rules.EDIT, queries.facts)], patch: DefinitionPatch
) -> Response:
    """Changes method, baseline, thresholds; targets are replaced as a whole. Whoever edits never confirms
    or activates it."""
    await drafts.edit(change.lane, change.actor, change.facts, change.entitlement, said(patch), change.now)
    return await _answer(change, change.facts.id)


@router.post(
    "/definitions/{id}/submit",
    status_code=200,
    response_model=DefinitionRead,
    summary="Submit a definition to be confirmed",
    response_description="The submitted version.",
    responses=declared(errors.WrongState, rules.IncompleteDefinition),
)
async def submit_definition(change: Annotated[Change, changes(rules.SUBMIT, queries.facts)]) -> Response:
    """Needs method and formula in both languages, the source, and a target. From now on it waits for the
    technical representative assigned to the indicator, or another specialist (Guide I-7)."""
    await commands.submit(change.lane, change.actor, change.facts, change.entitlement, change.now)
    return await _answer(change, change.facts.id)


@router.post(
    "/definitions/{id}/withdraw",
    status_code=200,
    response_model=DefinitionRead,
    summary="Take a submitted definition back",
    response_description="The draft.",
    responses=declared(errors.WrongState),
)
async def withdraw_definition(change: Annotated[Change, changes(rules.WITHDRAW, queries.facts)]) -> Response:
    """Possible until it is confirmed."""
    await commands.withdraw(change.lane, change.actor, change.facts, change.entitlement, change.now)
    return await _answer(change, change.facts.id)


@router.post(
    "/definitions/{id}/discard",
    status_code=200,
    response_model=DefinitionRead,
    summary="Discard a drafted definition",
    response_description="The discarded version.",
    responses=declared(errors.WrongState),
)
async def discard_definition(change: Annotated[Change, changes(rules.DISCARD, queries.facts)]) -> Response:
    """Ends a draft; what is in force stays so."""
    await commands.discard(change.lane, change.actor, change.facts, change.entitlement, change.now)
    return await _answer(change, change.facts.id)


@router.post(
    "/definitions/{id}/confirm",
    status_code=200,
    response_model=DefinitionRead,
    summary="Confirm a definition",
    response_description="The confirmed version.",
    responses=declared(errors.WrongState, errors.FourEyes),
)
async def confirm_definition(
    change: Annotated[Change, changes(rules.CONFIRM, queries.facts)], step: StepTaken | None = None
) -> Response:
    """Says that the indicator is accurate and how it is calculated; never by who drafted or edited it."""
    reason = step.reason if step else None
    await commands.confirm(
        change.lane, change.actor, change.facts, change.entitlement, reason, letter(step), change.now
    )
    return await _answer(change, change.facts.id)


@router.post(
    "/definitions/{id}/return",
    status_code=200,
    response_model=DefinitionRead,
    summary="Return a definition with a reason",
    response_description="The returned draft.",
    responses=declared(errors.WrongState, errors.FourEyes),
)
async def return_definition(
    change: Annotated[Change, changes(rules.RETURN, queries.facts)], step: StepWithReason
) -> Response:
    """Sends it back to who drafted it. A confirmation of this round is void."""
    await commands.send_back(
        change.lane, change.actor, change.facts, change.entitlement, step.reason, letter(step), change.now
    )
    return await _answer(change, change.facts.id)


@router.post(
    "/definitions/{id}/activate",
    status_code=200,
    response_model=DefinitionRead,
    summary="Put a definition in force",
    response_description="The version in force.",
    responses=declared(errors.WrongState, errors.FourEyes, rules.ContributorsNotStated),
)
async def activate_definition(
    change: Annotated[Change, changes(rules.ACTIVATE, queries.facts)], step: StepTaken | None = None
) -> Response:
    """A drafted indicator becomes active; the version before is superseded, and results that began under it
    keep it. Whether other entities contribute must have been stated (Guide I-3)."""
    reason = step.reason if step else None
    await commands.activate(
        change.lane, change.actor, change.facts, change.entitlement, reason, letter(step), change.now
    )
    return await _answer(change, change.facts.id)


def said(fields: DefinitionFields) -> dict[str, Any]:
    """What a body says of a definition: the fields it names, and each target in full."""
    named = fields.model_dump(exclude_unset=True, exclude={"targets"})
    if "targets" in fields.model_fields_set:
        named["targets"] = [target.model_dump() for target in fields.targets]
    return named


async def _answer(change: Change, definition_id: UUID, status: int = 200) -> Response:
    document = await queries.one(change.lane, change.actor, definition_id, change.now)
    return await change.answer(
        document, status, f"/v1/definitions/{definition_id}" if status == 201 else None
    )
