"""Path templates over HTTP."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Response

from app import errors
from app.answers import Change, Reading
from app.deps import changes, creates, creates_on, reads
from app.enums.paths import PathTemplateState, RunsOn
from app.headers import IfNoneMatch, SubjectPath
from app.problems import declared
from app.routers.json_body import JsonRoute
from app.routers.letters import said
from app.routers.params import CursorParam, LimitParam, SearchParam
from app.schemas.base import CODE
from app.schemas.decisions import StepTaken, StepWithReason
from app.schemas.path_templates import (
    PathTemplateCreate,
    PathTemplateList,
    PathTemplateNewVersion,
    PathTemplatePatch,
    PathTemplateRead,
)
from app.services.entities import queries as entities
from app.services.path_templates import commands, content, queries, rules
from app.services.path_templates.queries import PathTemplateFilter

router = APIRouter(prefix="/v1", tags=["path-templates"], route_class=JsonRoute)


@router.get(
    "/path-templates",
    status_code=200,
    response_model=PathTemplateList,
    summary="List and search path templates",
    response_description="A page of templates.",
)
async def list_path_templates(
    reading: Annotated[Reading, reads("path_templates.read")],
    q: SearchParam = None,
    entity_id: Annotated[UUID | None, Query(description="Only those of this entity.")] = None,
    runs_on: Annotated[RunsOn | None, Query(description="Only those that this walks.")] = None,
    state: Annotated[
        PathTemplateState | None, Query(description="Only those in this state; `model`: those that ship.")
    ] = None,
    code: Annotated[
        str | None,
        Query(
            min_length=1,
            max_length=60,
            pattern=CODE,
            description="Only the versions of this code.",
            examples=["annual_plan"],
        ),
    ] = None,
    cursor: CursorParam = None,
    limit: LimitParam = None,
) -> Response:
    """The models that ship, and what of each entity's own templates is yours to see, by code (Guide P-8)."""
    asked = PathTemplateFilter(q=q, entity_id=entity_id, runs_on=runs_on, state=state, code=code)
    return reading.many(await queries.many(reading.lane, reading.actor, asked, cursor, limit))


@router.post(
    "/entities/{id}/path-templates",
    status_code=201,
    response_model=PathTemplateRead,
    summary="Draft a path template",
    response_description="The draft.",
    responses=declared(errors.AlreadyExists),
)
async def create_path_template(
    change: Annotated[Change, creates("path_templates.create", entities.facts, queries.facts)],
    template: PathTemplateCreate,
) -> Response:
    """The entity's own way, as a copy of a model or of one of its templates, or from nothing (Guide P-4, P-8). One
    version of a code is in work at a time. Its stages must be such that the path can be walked to its end."""
    made = await commands.create(
        change.lane, change.actor, change.facts, template.copied_from_id, _said(template), change.now
    )
    return await _answer(change, made, 201)


@router.get(
    "/path-templates/{id}",
    status_code=200,
    response_model=PathTemplateRead,
    summary="Read a version of a path template",
    response_description="The version.",
    responses=declared(errors.NotFound),
)
async def read_path_template(
    id: SubjectPath,
    reading: Annotated[Reading, reads("path_templates.read")],
    if_none_match: IfNoneMatch = None,
) -> Response:
    """One version with its stages, how it differs from the one before it, and what you may do with it."""
    return reading.one(await queries.one(reading.lane, reading.actor, id), if_none_match)


@router.patch(
    "/path-templates/{id}",
    status_code=200,
    response_model=PathTemplateRead,
    summary="Change a drafted path template",
    response_description="The changed draft.",
    responses=declared(errors.WrongState),
)
async def edit_path_template(
    change: Annotated[Change, changes(rules.EDIT, queries.facts)], patch: PathTemplatePatch
) -> Response:
    """Changes titles, note and chain; the groups are replaced as a whole. Whoever edits never approves it."""
    await commands.edit(change.lane, change.actor, change.facts, change.entitlement, _said(patch), change.now)
    return await _answer(change, change.facts.id)


@router.post(
    "/path-templates/{id}/submit",
    status_code=200,
    response_model=PathTemplateRead,
    summary="Put a path template before the head",
    response_description="The submitted version.",
    responses=declared(errors.WrongState),
)
async def submit_path_template(
    change: Annotated[Change, changes(rules.SUBMIT, queries.facts)],
) -> Response:
    """From now on it waits for the head (Guide P-4)."""
    await commands.submit(change.lane, change.actor, change.facts, change.entitlement, change.now)
    return await _answer(change, change.facts.id)


@router.post(
    "/path-templates/{id}/withdraw",
    status_code=200,
    response_model=PathTemplateRead,
    summary="Take a submitted path template back",
    response_description="The draft.",
    responses=declared(errors.WrongState),
)
async def withdraw_path_template(
    change: Annotated[Change, changes(rules.WITHDRAW, queries.facts)],
) -> Response:
    """Possible until the head has decided."""
    await commands.withdraw(change.lane, change.actor, change.facts, change.entitlement, change.now)
    return await _answer(change, change.facts.id)


@router.post(
    "/path-templates/{id}/discard",
    status_code=200,
    response_model=PathTemplateRead,
    summary="Discard a drafted path template",
    response_description="The discarded version.",
    responses=declared(errors.WrongState),
)
async def discard_path_template(
    change: Annotated[Change, changes(rules.DISCARD, queries.facts)],
) -> Response:
    """Ends a draft; what is in force stays so."""
    await commands.discard(change.lane, change.actor, change.facts, change.entitlement, change.now)
    return await _answer(change, change.facts.id)


@router.post(
    "/path-templates/{id}/approve",
    status_code=200,
    response_model=PathTemplateRead,
    summary="Approve a path template",
    response_description="The approved version.",
    responses=declared(errors.WrongState, errors.FourEyes),
)
async def approve_path_template(
    change: Annotated[Change, changes(rules.APPROVE, queries.facts)], step: StepTaken | None = None
) -> Response:
    """The head approves, or the head's office records it with the letter. The version before is superseded; paths
    that run keep the one they began with."""
    await commands.approve(
        change.lane, change.actor, change.facts, change.entitlement, said(step), change.now
    )
    return await _answer(change, change.facts.id)


@router.post(
    "/path-templates/{id}/return",
    status_code=200,
    response_model=PathTemplateRead,
    summary="Return a path template with a reason",
    response_description="The returned draft.",
    responses=declared(errors.WrongState, errors.FourEyes),
)
async def return_path_template(
    change: Annotated[Change, changes(rules.RETURN, queries.facts)], step: StepWithReason
) -> Response:
    """The head returns it to the office, or the head's office records that with the letter."""
    await commands.send_back(
        change.lane, change.actor, change.facts, change.entitlement, said(step), change.now
    )
    return await _answer(change, change.facts.id)


@router.post(
    "/path-templates/{id}/new-version",
    status_code=201,
    response_model=PathTemplateRead,
    summary="Open a new version of a path template",
    response_description="The draft.",
    responses=declared(errors.WrongState, errors.AlreadyExists),
)
async def open_path_template_version(
    change: Annotated[Change, creates_on(rules.NEW_VERSION, queries.facts, queries.facts)],
    asked: PathTemplateNewVersion,
) -> Response:
    """A draft that begins as what the approved version says. One is in work at a time."""
    made = await commands.open_next(change.lane, change.actor, change.facts, asked.note, change.now)
    return await _answer(change, made, 201)


def _said(body: PathTemplateCreate | PathTemplatePatch) -> dict[str, Any]:
    """The members that a body names, its stages in the words of the rules. Null where a member may not be empty says
    nothing."""
    named = body.model_dump(mode="json", exclude_unset=True, exclude={"groups", "copied_from_id"})
    given = {name: value for name, value in named.items() if value is not None or name == "note"}
    if body.groups is not None and "groups" in body.model_fields_set:
        given["groups"] = content.read(body.model_dump(mode="json", include={"groups"})["groups"])
    return given


async def _answer(change: Change, template_id: UUID, status: int = 200) -> Response:
    document = await queries.one(change.lane, change.actor, template_id)
    return await change.answer(
        document, status, f"/v1/path-templates/{template_id}" if status == 201 else None
    )
