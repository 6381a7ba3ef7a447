"""Progress reports of initiatives over HTTP."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Response

from app import errors
from app.answers import Change, Reading
from app.deps import changes, creates, reads
from app.enums import ChainState
from app.headers import IfNoneMatch, SubjectPath
from app.problems import declared
from app.routers.json_body import JsonRoute
from app.routers.letters import said
from app.routers.params import CursorParam, LimitParam
from app.schemas.decisions import StepTaken, StepWithReason
from app.schemas.progress_reports import (
    ProgressReportCreate,
    ProgressReportList,
    ProgressReportPatch,
    ProgressReportRead,
)
from app.services.evidence.rules import EvidenceMissing, EvidenceUnverified
from app.services.initiatives import facts as initiatives
from app.services.initiatives.rules import NotRunning
from app.services.progress_reports import commands, facts, queries, rules

router = APIRouter(prefix="/v1", tags=["initiatives"], route_class=JsonRoute)


@router.get(
    "/initiatives/{id}/progress-reports",
    status_code=200,
    response_model=ProgressReportList,
    summary="List the progress reports of an initiative",
    response_description="A page of reports, the latest day first.",
)
async def list_progress_reports(
    id: SubjectPath,
    reading: Annotated[Reading, reads("progress_reports.read")],
    state: Annotated[ChainState | None, Query(description="Only those in this state.")] = None,
    cursor: CursorParam = None,
    limit: LimitParam = None,
) -> Response:
    """Approved ones, and to who works on them also those on their way."""
    return reading.many(
        await queries.many(reading.lane, reading.actor, id, state, cursor, limit, reading.now)
    )


@router.post(
    "/initiatives/{id}/progress-reports",
    status_code=201,
    response_model=ProgressReportRead,
    summary="Report the progress of an initiative",
    response_description="The draft.",
    responses=declared(errors.AlreadyExists, NotRunning),
)
async def create_progress_report(
    change: Annotated[Change, creates("progress_reports.create", initiatives.one, facts.one)],
    report: ProgressReportCreate,
) -> Response:
    """A draft; one is on its way at a time. The percentage is what the milestones come to by their weights; another one
    only with a reason (Guide V-1)."""
    made = await commands.create(change.lane, change.actor, change.facts, report.model_dump(), change.now)
    return await _answer(change, made, 201)


@router.get(
    "/progress-reports/{id}",
    status_code=200,
    response_model=ProgressReportRead,
    summary="Read a progress report",
    response_description="The report.",
    responses=declared(errors.NotFound),
)
async def read_progress_report(
    id: SubjectPath,
    reading: Annotated[Reading, reads("progress_reports.read")],
    if_none_match: IfNoneMatch = None,
) -> Response:
    """One report, and what you may do with it."""
    return reading.one(await queries.one(reading.lane, reading.actor, id, reading.now), if_none_match)


@router.patch(
    "/progress-reports/{id}",
    status_code=200,
    response_model=ProgressReportRead,
    summary="Correct a drafted progress report",
    response_description="The corrected draft.",
    responses=declared(errors.WrongState, errors.FourEyes),
)
async def edit_progress_report(
    change: Annotated[Change, changes(rules.EDIT, facts.one)], patch: ProgressReportPatch
) -> Response:
    """Whoever edits never reviews or approves it, and whoever verified evidence of it does not edit it any more."""
    named: dict[str, Any] = patch.model_dump(exclude_unset=True)
    await commands.edit(change.lane, change.actor, change.facts, change.entitlement, named, change.now)
    return await _answer(change, change.facts.id)


@router.post(
    "/progress-reports/{id}/submit",
    status_code=200,
    response_model=ProgressReportRead,
    summary="Submit a progress report for review",
    response_description="The submitted report.",
    responses=declared(errors.WrongState, NotRunning, rules.PlanChanged, EvidenceMissing),
)
async def submit_progress_report(change: Annotated[Change, changes(rules.SUBMIT, facts.one)]) -> Response:
    """From now on it waits for who reviews it."""
    await commands.submit(change.lane, change.actor, change.facts, change.entitlement, change.now)
    return await _answer(change, change.facts.id)


@router.post(
    "/progress-reports/{id}/withdraw",
    status_code=200,
    response_model=ProgressReportRead,
    summary="Take a submitted progress report back",
    response_description="The draft.",
    responses=declared(errors.WrongState),
)
async def withdraw_progress_report(change: Annotated[Change, changes(rules.WITHDRAW, facts.one)]) -> Response:
    """Possible until the first decision."""
    await commands.withdraw(change.lane, change.actor, change.facts, change.entitlement, change.now)
    return await _answer(change, change.facts.id)


@router.post(
    "/progress-reports/{id}/discard",
    status_code=200,
    response_model=ProgressReportRead,
    summary="Discard a drafted progress report",
    response_description="The discarded report.",
    responses=declared(errors.WrongState),
)
async def discard_progress_report(change: Annotated[Change, changes(rules.DISCARD, facts.one)]) -> Response:
    """Ends a draft."""
    await commands.discard(change.lane, change.actor, change.facts, change.entitlement, change.now)
    return await _answer(change, change.facts.id)


@router.post(
    "/progress-reports/{id}/review",
    status_code=200,
    response_model=ProgressReportRead,
    summary="Pass a progress report on to the office",
    response_description="The reviewed report.",
    responses=declared(errors.WrongState, errors.FourEyes),
)
async def review_progress_report(
    change: Annotated[Change, changes(rules.REVIEW, facts.one)], step: StepTaken | None = None
) -> Response:
    """Never by who entered or edited it."""
    await commands.review(change.lane, change.actor, change.facts, change.entitlement, said(step), change.now)
    return await _answer(change, change.facts.id)


@router.post(
    "/progress-reports/{id}/return",
    status_code=200,
    response_model=ProgressReportRead,
    summary="Return a progress report with a reason",
    response_description="The returned draft.",
    responses=declared(errors.WrongState, errors.FourEyes),
)
async def return_progress_report(
    change: Annotated[Change, changes(rules.RETURN, facts.one)], step: StepWithReason
) -> Response:
    """At the step that controls it now. A review of this round is void."""
    await commands.send_back(
        change.lane, change.actor, change.facts, change.entitlement, said(step), change.now
    )
    return await _answer(change, change.facts.id)


@router.post(
    "/progress-reports/{id}/approve",
    status_code=200,
    response_model=ProgressReportRead,
    summary="Approve a progress report",
    response_description="The approved report.",
    responses=declared(errors.WrongState, errors.FourEyes, NotRunning, rules.PlanChanged, EvidenceUnverified),
)
async def approve_progress_report(
    change: Annotated[Change, changes(rules.APPROVE, facts.one)], step: StepTaken | None = None
) -> Response:
    """How far it says that the initiative has come stands there from now on; milestones at 100 are reached."""
    await commands.approve(
        change.lane, change.actor, change.facts, change.entitlement, said(step), change.now
    )
    return await _answer(change, change.facts.id)


async def _answer(change: Change, report_id: UUID, status: int = 200) -> Response:
    document = await queries.one(change.lane, change.actor, report_id, change.now)
    return await change.answer(
        document, status, f"/v1/progress-reports/{report_id}" if status == 201 else None
    )
