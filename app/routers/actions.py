"""Actions over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from app import errors
from app.answers import Change, Reading
from app.deps import changes, creates, reads
from app.enums.actions import ActionSource, ActionState, OwnedBy
from app.headers import IfNoneMatch, SubjectPath
from app.problems import declared
from app.routers.json_body import JsonRoute
from app.routers.letters import said
from app.routers.params import CursorParam, LimitParam, SearchParam
from app.schemas.actions import (
    ActionCreate,
    ActionList,
    ActionNoteCreate,
    ActionPatch,
    ActionPostpone,
    ActionRead,
    ActionReport,
    ActionStatistics,
)
from app.schemas.base import Day
from app.schemas.decisions import StepTaken, StepWithReason
from app.services.actions import commands, facts, queries, rules, statistics
from app.services.actions.queries import ActionFilter
from app.services.actions.statistics import StatisticsFilter
from app.services.entities import queries as entities
from app.services.evidence.rules import EvidenceMissing, EvidenceUnverified

router = APIRouter(prefix="/v1", tags=["actions"], route_class=JsonRoute)

_EntityParam = Annotated[UUID | None, Query(description="Only those of this entity.")]
_SourceParam = Annotated[ActionSource | None, Query(description="Only those that come from such a thing.")]
_SourceIdParam = Annotated[UUID | None, Query(description="Only those that come from this thing.")]
_AboutParam = Annotated[UUID | None, Query(description="Only those that serve this thing.")]


@router.get(
    "/actions",
    status_code=200,
    response_model=ActionList,
    summary="List actions",
    response_description="A page of actions.",
)
async def list_actions(
    reading: Annotated[Reading, reads("actions.read")],
    entity_id: _EntityParam = None,
    source: _SourceParam = None,
    source_id: _SourceIdParam = None,
    about_id: _AboutParam = None,
    division_id: Annotated[UUID | None, Query(description="Only those that this division owns.")] = None,
    owner_id: Annotated[UUID | None, Query(description="Only those that this person owns.")] = None,
    owner: Annotated[
        OwnedBy | None, Query(description="Only those that you own, or that a division of yours owns.")
    ] = None,
    state: Annotated[ActionState | None, Query(description="Only those in this state.")] = None,
    open: Annotated[
        bool | None, Query(description="Only those that somebody still works on, or that ended.")
    ] = None,
    overdue: Annotated[
        bool | None, Query(description="Only those past their day that are not reported.")
    ] = None,
    due_before: Annotated[Day | None, Query(description="Only those due before this day.")] = None,
    q: SearchParam = None,
    cursor: CursorParam = None,
    limit: LimitParam = None,
) -> Response:
    """What was agreed and is followed to its end, as far as you may see it: what is due first comes first (Guide M-2,
    X-2). What came of a meeting, a challenge, a risk or an evaluation is found by `source_id`."""
    asked = ActionFilter(
        entity_id=entity_id,
        source=source,
        source_id=source_id,
        about_id=about_id,
        division_id=division_id,
        owner_id=owner_id,
        owner=owner,
        state=state,
        open=open,
        overdue=overdue,
        due_before=due_before,
        q=q,
    )
    return reading.many(await queries.many(reading.lane, reading.actor, asked, cursor, limit, reading.now))


@router.post(
    "/entities/{id}/actions",
    status_code=201,
    response_model=ActionRead,
    summary="Open an action",
    response_description="The action, which waits for its owner.",
)
async def open_action(
    change: Annotated[Change, creates(rules.OPENED, entities.facts, facts.one)], action: ActionCreate
) -> Response:
    """From something of the entity, or as a directive of senior management with its letter. A proposal for improvement
    waits for the head first (Guide M-9)."""
    made = await commands.open_action(
        change.lane, change.actor, change.facts, action.model_dump(), change.now
    )
    return await _answer(change, made, 201)


@router.get(
    "/action-statistics",
    status_code=200,
    response_model=ActionStatistics,
    summary="Count actions",
    response_description="How they stand.",
)
async def read_action_statistics(
    reading: Annotated[Reading, reads("actions.read")],
    entity_id: _EntityParam = None,
    source: _SourceParam = None,
    source_id: _SourceIdParam = None,
    about_id: _AboutParam = None,
    since: Annotated[Day | None, Query(description="Only those opened on this day or later.")] = None,
    until: Annotated[Day | None, Query(description="Only those opened on this day or earlier.")] = None,
    if_none_match: IfNoneMatch = None,
) -> Response:
    """Of the actions that you may see: how many are open, overdue, due soon and done, and what share of those done was
    reported in time; by source, entity and division."""
    asked = StatisticsFilter(entity_id, source, source_id, about_id, since, until)
    document = await statistics.of(reading.lane, reading.actor, asked, reading.now)
    return reading.one(document, if_none_match)


@router.get(
    "/actions/{id}",
    status_code=200,
    response_model=ActionRead,
    summary="Read an action",
    response_description="The action.",
    responses=declared(errors.NotFound),
)
async def read_action(
    id: SubjectPath,
    reading: Annotated[Reading, reads("actions.read")],
    if_none_match: IfNoneMatch = None,
) -> Response:
    """One action with the notes of its owner and each day that was put off, and what you may do with it now."""
    return reading.one(await queries.one(reading.lane, reading.actor, id, reading.now), if_none_match)


@router.patch(
    "/actions/{id}",
    status_code=200,
    response_model=ActionRead,
    summary="Say an action otherwise",
    response_description="The changed action.",
    responses=declared(errors.WrongState, errors.FourEyes),
)
async def edit_action(
    change: Annotated[Change, changes(rules.EDIT, facts.one)], patch: ActionPatch
) -> Response:
    """Before it is reported. Given to another owner, it waits for them from then on. What it comes from and serves never
    changes."""
    named = patch.model_dump(exclude_unset=True)
    await commands.edit(change.lane, change.actor, change.facts, named, change.now)
    return await _answer(change, change.facts.id)


@router.post(
    "/actions/{id}/accept",
    status_code=200,
    response_model=ActionRead,
    summary="Accept a proposal for improvement",
    response_description="The action, which waits for its owner.",
    responses=declared(errors.WrongState, errors.FourEyes),
)
async def accept_action(
    change: Annotated[Change, changes(rules.ACCEPT, facts.one)], step: StepTaken | None = None
) -> Response:
    """By the head, or recorded by the head's office (Guide M-9)."""
    await commands.accept(change.lane, change.actor, change.facts, change.entitlement, said(step), change.now)
    return await _answer(change, change.facts.id)


@router.post(
    "/actions/{id}/refuse",
    status_code=200,
    response_model=ActionRead,
    summary="Refuse a proposal for improvement",
    response_description="The refused proposal.",
    responses=declared(errors.WrongState, errors.FourEyes),
)
async def refuse_action(
    change: Annotated[Change, changes(rules.REFUSE, facts.one)], step: StepWithReason
) -> Response:
    """By the head with the reason, or recorded by the head's office."""
    await commands.refuse(change.lane, change.actor, change.facts, change.entitlement, said(step), change.now)
    return await _answer(change, change.facts.id)


@router.post(
    "/actions/{id}/note",
    status_code=200,
    response_model=ActionRead,
    summary="Note how far an action has come",
    response_description="The action.",
    responses=declared(errors.WrongState, rules.TooMany),
)
async def note_action(
    change: Annotated[Change, changes(rules.NOTE, facts.one)], note: ActionNoteCreate
) -> Response:
    """By its owner; notes are kept."""
    await commands.note(change.lane, change.actor, change.facts, change.entitlement, note.note, change.now)
    return await _answer(change, change.facts.id)


@router.post(
    "/actions/{id}/postpone",
    status_code=200,
    response_model=ActionRead,
    summary="Put the day of an action off",
    response_description="The action.",
    responses=declared(errors.WrongState, rules.TooMany),
)
async def postpone_action(
    change: Annotated[Change, changes(rules.POSTPONE, facts.one)], step: ActionPostpone
) -> Response:
    """By the office, with the reason. Each time is kept and counted."""
    await commands.postpone(change.lane, change.actor, change.facts, step.due, step.reason, change.now)
    return await _answer(change, change.facts.id)


@router.post(
    "/actions/{id}/report",
    status_code=200,
    response_model=ActionRead,
    summary="Report an action done",
    response_description="The action, which waits for the office.",
    responses=declared(errors.WrongState, EvidenceMissing),
)
async def report_action(
    change: Annotated[Change, changes(rules.REPORT, facts.one)], report: ActionReport
) -> Response:
    """By its owner, with what came of it. Evidence of it is brought before."""
    await commands.report(
        change.lane, change.actor, change.facts, change.entitlement, report.outcome, change.now
    )
    return await _answer(change, change.facts.id)


@router.post(
    "/actions/{id}/confirm",
    status_code=200,
    response_model=ActionRead,
    summary="Confirm that an action is done",
    response_description="The action, which is done.",
    responses=declared(errors.WrongState, errors.FourEyes, EvidenceUnverified),
)
async def confirm_action(
    change: Annotated[Change, changes(rules.CONFIRM, facts.one)], step: StepTaken | None = None
) -> Response:
    """By a person of the office who neither opened, wrote nor reported it, once all evidence of it is verified or
    rejected."""
    await commands.confirm(
        change.lane, change.actor, change.facts, change.entitlement, said(step), change.now
    )
    return await _answer(change, change.facts.id)


@router.post(
    "/actions/{id}/return",
    status_code=200,
    response_model=ActionRead,
    summary="Return a reported action",
    response_description="The action, which waits for its owner again.",
    responses=declared(errors.WrongState, errors.FourEyes),
)
async def return_action(
    change: Annotated[Change, changes(rules.RETURN, facts.one)], step: StepWithReason
) -> Response:
    """With the reason, by whoever may confirm it."""
    await commands.send_back(
        change.lane, change.actor, change.facts, change.entitlement, said(step), change.now
    )
    return await _answer(change, change.facts.id)


@router.post(
    "/actions/{id}/cancel",
    status_code=200,
    response_model=ActionRead,
    summary="Cancel an action",
    response_description="The cancelled action.",
    responses=declared(errors.WrongState),
)
async def cancel_action(
    change: Annotated[Change, changes(rules.CANCEL, facts.one)], step: StepWithReason
) -> Response:
    """By the office, with the reason; evidence that nobody has decided about is withdrawn."""
    await commands.cancel(change.lane, change.actor, change.facts, change.entitlement, said(step), change.now)
    return await _answer(change, change.facts.id)


async def _answer(change: Change, action_id: UUID, status: int = 200) -> Response:
    document = await queries.one(change.lane, change.actor, action_id, change.now)
    return await change.answer(document, status, f"/v1/actions/{action_id}" if status == 201 else None)
