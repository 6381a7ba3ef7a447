"""Path runs and their stages over HTTP."""

from collections.abc import Mapping
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from app import errors
from app.answers import SVG, Change, Reading
from app.deps import changes, creates_about, reads
from app.enums.paths import PathRunState
from app.headers import IfNoneMatch, SubjectPath
from app.problems import declared
from app.routers.json_body import JsonRoute
from app.routers.letters import said
from app.routers.params import CursorParam, LimitParam
from app.schemas.path_runs import (
    PathRunCreate,
    PathRunList,
    PathRunRead,
    PathRunStop,
    PathRunTimeline,
    PathStageRead,
    StageAnswer,
    StageReassign,
    StageReturned,
    StageSkipped,
    StageTaken,
)
from app.services.evidence.rules import EvidenceMissing
from app.services.path_runs import acting, chart, commands, facts, queries, rules, starting, timeline
from app.services.path_runs.acting import Asked
from app.services.path_runs.queries import Late, PathRunFilter
from app.services.path_runs.rules import Answer, OutsideLetter
from app.services.transitions import Transition

router = APIRouter(prefix="/v1", tags=["path-runs"], route_class=JsonRoute)

_CHART = {
    "content": {
        SVG: {
            "schema": {
                "type": "string",
                "description": "The Gantt chart, in the reader's language.",
                "contentMediaType": SVG,
                "maxLength": 4_000_000,
                "pattern": "^<svg ",
            },
            "example": '<svg xmlns="http://www.w3.org/2000/svg" width="900" height="900"></svg>',
        }
    }
}
_ACTS = declared(
    errors.WrongState,
    errors.FourEyes,
    EvidenceMissing,
    rules.OutcomeNotAllowed,
    rules.OthersSaidOtherwise,
    rules.AlreadyActed,
    rules.PartyDone,
    rules.SubjectNotReady,
)


@router.get(
    "/path-runs",
    status_code=200,
    response_model=PathRunList,
    summary="List the paths that are walked",
    response_description="A page of runs.",
)
async def list_path_runs(
    reading: Annotated[Reading, reads("path_runs.read")],
    entity_id: Annotated[UUID | None, Query(description="Only those of this entity.")] = None,
    subject_id: Annotated[
        UUID | None, Query(description="Only those of this plan, scorecard or entity.")
    ] = None,
    state: Annotated[PathRunState | None, Query(description="Only those in this state.")] = None,
    year: Annotated[int | None, Query(ge=2000, le=2100, description="Only those of this year.")] = None,
    timing: Annotated[
        Late | None, Query(description="Only those with an open stage that is overdue, or due within a week.")
    ] = None,
    cursor: CursorParam = None,
    limit: LimitParam = None,
) -> Response:
    """Each with its open stages: whose turn it is, since when, and what is late by how many working days."""
    asked = PathRunFilter(entity_id=entity_id, subject_id=subject_id, state=state, year=year, timing=timing)
    return reading.many(await queries.many(reading.lane, reading.actor, asked, cursor, limit, reading.now))


@router.post(
    "/path-runs",
    status_code=201,
    response_model=PathRunRead,
    summary="Start a path",
    response_description="The run, its first stages open.",
    responses=declared(errors.AlreadyExists, errors.WrongState, rules.TemplateNotApproved),
)
async def start_path_run(
    change: Annotated[Change, creates_about(rules.START, facts.run)], run: PathRunCreate
) -> Response:
    """A plan, a scorecard, or an entity for a year walks an approved template of the entity (Guide P-3, P-8). The run
    keeps that version, whatever becomes of the template; its parties are those of the role plan in force."""
    asked = starting.Asked(run.subject_id, run.template_id, run.year)
    made = await starting.start(change.lane, change.actor, asked, change.now)
    return await change.answer(
        await queries.one(change.lane, change.actor, made, change.now), 201, f"/v1/path-runs/{made}"
    )


@router.get(
    "/path-runs/{id}",
    status_code=200,
    response_model=PathRunRead,
    summary="Read a path that is walked",
    response_description="The run.",
    responses=declared(errors.NotFound),
)
async def read_path_run(
    id: SubjectPath,
    reading: Annotated[Reading, reads("path_runs.read")],
    if_none_match: IfNoneMatch = None,
) -> Response:
    """All its stages, round by round: nothing that was done is lost by a return (Guide P-9)."""
    return reading.one(await queries.one(reading.lane, reading.actor, id, reading.now), if_none_match)


@router.post(
    "/path-runs/{id}/stop",
    status_code=200,
    response_model=PathRunRead,
    summary="Stop a path",
    response_description="The stopped run.",
    responses=declared(errors.WrongState),
)
async def stop_path_run(
    change: Annotated[Change, changes(rules.STOP, facts.held_run)], stop: PathRunStop
) -> Response:
    """Ends it before its end. A plan or scorecard goes back to its draft, and may walk a path anew; what is in force
    stays so."""
    await commands.stop(change.lane, change.actor, change.facts, change.entitlement, stop.reason, change.now)
    return await change.answer(await queries.one(change.lane, change.actor, change.facts.id, change.now))


@router.get(
    "/path-runs/{id}/timeline",
    status_code=200,
    response_model=PathRunTimeline,
    summary="Read the timeline of a path, or its Gantt chart",
    response_description="The timeline; as `image/svg+xml` its Gantt chart.",
    responses={200: _CHART, **declared(errors.NotFound, errors.NotAcceptable)},
)
async def read_path_run_timeline(
    id: SubjectPath,
    reading: Annotated[Reading, reads("path_runs.read")],
    if_none_match: IfNoneMatch = None,
) -> Response:
    """Planned against actual for each stage and round, ready to be drawn. `Accept: image/svg+xml` answers the same as a
    Gantt chart, in Arabic or English."""
    document = await timeline.one(reading.lane, reading.actor, id, reading.now)
    return await reading.one_or_chart(document, chart.draw, if_none_match)


@router.get(
    "/path-stages/{id}",
    status_code=200,
    response_model=PathStageRead,
    summary="Read a stage of a path",
    response_description="One round of the stage.",
    responses=declared(errors.NotFound),
)
async def read_path_stage(
    id: SubjectPath,
    reading: Annotated[Reading, reads("path_runs.read")],
    if_none_match: IfNoneMatch = None,
) -> Response:
    """What it asks for, whom it waits for, what was done in it, and what you may do with it now."""
    return reading.one(await queries.stage(reading.lane, reading.actor, id, reading.now), if_none_match)


@router.post(
    "/path-stages/{id}/complete",
    status_code=200,
    response_model=PathStageRead,
    summary="Take a stage",
    response_description="The stage.",
    responses=_ACTS,
)
async def complete_path_stage(
    change: Annotated[Change, changes(rules.COMPLETE, facts.held_stage)], step: StageTaken | None = None
) -> Response:
    """Says that it is done, with the answers to its checklist. Where it needs several, it ends with the last of them; with
    the last stage of its group the next group opens."""
    return await _taken(change, rules.COMPLETE, step)


@router.post(
    "/path-stages/{id}/approve",
    status_code=200,
    response_model=PathStageRead,
    summary="Approve in a stage",
    response_description="The stage.",
    responses=_ACTS,
)
async def approve_path_stage(
    change: Annotated[Change, changes(rules.APPROVE, facts.held_stage)], step: StageTaken | None = None
) -> Response:
    """Approves what the stage puts before its party, and with it the plan or scorecard where the stage says so. Never by
    who prepared, edited or controlled it."""
    return await _taken(change, rules.APPROVE, step)


@router.post(
    "/path-stages/{id}/return",
    status_code=200,
    response_model=PathStageRead,
    summary="Return a stage with a reason",
    response_description="The returned stage.",
    responses=_ACTS,
)
async def return_path_stage(
    change: Annotated[Change, changes(rules.RETURN, facts.held_stage)], step: StageReturned
) -> Response:
    """From the stage named on, the path is walked again in a new round; all that was done stays readable (Guide P-9)."""
    return await _act(change, rules.RETURN, Asked(said(step), _answers(step.answers), to=step.to))


@router.post(
    "/path-stages/{id}/skip",
    status_code=200,
    response_model=PathStageRead,
    summary="Say that a stage does not apply",
    response_description="The stage.",
    responses=_ACTS,
)
async def skip_path_stage(
    change: Annotated[Change, changes(rules.SKIP, facts.held_stage)], step: StageSkipped
) -> Response:
    """Only where the template lets it, and never without a reason."""
    return await _act(change, rules.SKIP, Asked(said(step)))


@router.post(
    "/path-stages/{id}/reassign",
    status_code=200,
    response_model=PathStageRead,
    summary="Give a stage to others",
    response_description="The stage.",
    responses=declared(errors.WrongState, rules.NotReassignable),
)
async def reassign_path_stage(
    change: Annotated[Change, changes(rules.REASSIGN, facts.held_stage)], step: StageReassign
) -> Response:
    """From now on it waits for these parties, and its later rounds are theirs too."""
    await commands.reassign(
        change.lane,
        change.actor,
        change.facts,
        change.entitlement,
        [(each.party, each.division_id) for each in step.parties],
        step.reason,
        change.now,
    )
    return await _answer(change)


async def _taken(change: Change, transition: Transition, step: StageTaken | None) -> Response:
    if step is None:
        return await _act(change, transition, Asked())
    letter = None if step.letter is None else OutsideLetter(**step.letter.model_dump())
    return await _act(change, transition, Asked(said(step), _answers(step.answers), letter))


def _answers(given: Mapping[str, StageAnswer]) -> dict[str, Answer]:
    return {key: Answer(each.answer.value, each.remark) for key, each in given.items()}


async def _act(change: Change, transition: Transition, asked: Asked) -> Response:
    await acting.act(
        change.lane, change.actor, change.facts, change.entitlement, transition, asked, change.now
    )
    return await _answer(change)


async def _answer(change: Change) -> Response:
    document = await queries.stage(change.lane, change.actor, change.facts.id, change.now)
    return await change.answer(document)
