"""Challenges over HTTP: what is read, opened and written. How they move stands in `escalations`."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from app import errors
from app.answers import Change, Reading
from app.deps import changes, creates_about, reads
from app.enums import SubjectKind
from app.enums.challenges import ChallengeKind, ChallengeLevel, ChallengeState
from app.headers import IfNoneMatch, SubjectPath
from app.problems import declared
from app.routers.json_body import JsonRoute
from app.routers.params import CursorParam, LimitParam, SearchParam
from app.schemas.base import Day
from app.schemas.challenge_threads import ChallengeStatistics, ChallengeThread
from app.schemas.challenges import (
    AttemptCreate,
    ChallengeCreate,
    ChallengeList,
    ChallengePatch,
    ChallengeRead,
    CoordinationRecord,
    SolutionAnalysis,
    SolutionCreate,
    SolutionWithdrawal,
)
from app.services.challenges import contents, facts, queries, rules, solutions, statistics, thread
from app.services.challenges.contents import Coordination
from app.services.challenges.queries import ChallengeFilter
from app.services.challenges.statistics import StatisticsFilter

router = APIRouter(prefix="/v1", tags=["challenges"], route_class=JsonRoute)

_EntityParam = Annotated[UUID | None, Query(description="Only those of this entity.")]
_PriorityParam = Annotated[UUID | None, Query(description="Only those of this national priority.")]
_KindParam = Annotated[ChallengeKind | None, Query(description="Only those of this kind.")]


@router.get(
    "/challenges",
    status_code=200,
    response_model=ChallengeList,
    summary="List challenges",
    response_description="A page of challenges.",
)
async def list_challenges(
    reading: Annotated[Reading, reads("challenges.read")],
    entity_id: _EntityParam = None,
    about_id: Annotated[UUID | None, Query(description="Only those about this thing.")] = None,
    about_kind: Annotated[
        SubjectKind | None, Query(description="Only those about things of this kind.")
    ] = None,
    priority_id: _PriorityParam = None,
    division_id: Annotated[UUID | None, Query(description="Only those that this division owns.")] = None,
    kind: _KindParam = None,
    level: Annotated[ChallengeLevel | None, Query(description="Only those that this level holds.")] = None,
    state: Annotated[ChallengeState | None, Query(description="Only those in this state.")] = None,
    open: Annotated[
        bool | None, Query(description="Only those that some level holds, or that ended.")
    ] = None,
    overdue: Annotated[bool | None, Query(description="Only those past the last day of their level.")] = None,
    flagged: Annotated[
        bool | None, Query(description="Only those that are overdue at the level below yours.")
    ] = None,
    q: SearchParam = None,
    cursor: CursorParam = None,
    limit: LimitParam = None,
) -> Response:
    """What blocks the execution, as far as you may see it: what is due first comes first (Guide X-1 to X-6). What is
    overdue is flagged to the level above the one that holds it; nobody escalates it but a person."""
    asked = ChallengeFilter(
        entity_id,
        about_id,
        about_kind,
        priority_id,
        division_id,
        kind,
        level,
        state,
        open,
        overdue,
        flagged,
        q,
    )
    return reading.many(await queries.many(reading.lane, reading.actor, asked, cursor, limit, reading.now))


@router.post(
    "/challenges",
    status_code=201,
    response_model=ChallengeRead,
    summary="Open a challenge",
    response_description="The challenge, which the office holds.",
)
async def open_challenge(
    change: Annotated[Change, creates_about("challenges.open", facts.one)], challenge: ChallengeCreate
) -> Response:
    """About something that you may see (Guide X-6): by the office, or the division or project manager in charge of it. Its
    clock runs from now on, by the routing table in force."""
    said = challenge.model_dump(exclude={"about_id"})
    made = await contents.open_challenge(change.lane, change.actor, challenge.about_id, said, change.now)
    return await answer(change, made, 201)


@router.get(
    "/challenges/{id}",
    status_code=200,
    response_model=ChallengeRead,
    summary="Read a challenge",
    response_description="The challenge.",
    responses=declared(errors.NotFound),
)
async def read_challenge(
    id: SubjectPath,
    reading: Annotated[Reading, reads("challenges.read")],
    if_none_match: IfNoneMatch = None,
) -> Response:
    """What was tried, the solutions compared, each stay at a level with its decision, and the ways up from here."""
    return reading.one(await queries.one(reading.lane, reading.actor, id, reading.now), if_none_match)


@router.get(
    "/challenges/{id}/thread",
    status_code=200,
    response_model=ChallengeThread,
    summary="Read the whole thread of a challenge",
    response_description="The thread.",
    responses=declared(errors.NotFound),
)
async def read_challenge_thread(
    id: SubjectPath,
    reading: Annotated[Reading, reads("challenges.read")],
    if_none_match: IfNoneMatch = None,
) -> Response:
    """Every step from its opening to now, at which level it was taken, and whom the challenge waited for since."""
    return reading.one(await thread.whole(reading.lane, reading.actor, id, reading.now), if_none_match)


@router.get(
    "/challenge-statistics",
    status_code=200,
    response_model=ChallengeStatistics,
    summary="Count challenges",
    response_description="How they stand.",
)
async def read_challenge_statistics(
    reading: Annotated[Reading, reads("challenges.read")],
    entity_id: _EntityParam = None,
    priority_id: _PriorityParam = None,
    kind: _KindParam = None,
    since: Annotated[Day | None, Query(description="Only those opened on this day or later.")] = None,
    until: Annotated[Day | None, Query(description="Only those opened on this day or earlier.")] = None,
    if_none_match: IfNoneMatch = None,
) -> Response:
    """Of the challenges that you may see: how many are open and overdue, and the median of working days at each level, by
    kind, entity and national priority."""
    asked = StatisticsFilter(entity_id, priority_id, kind, since, until)
    document = await statistics.of(reading.lane, reading.actor, asked, reading.now)
    return reading.one(document, if_none_match)


@router.patch(
    "/challenges/{id}",
    status_code=200,
    response_model=ChallengeRead,
    summary="Say a challenge otherwise",
    response_description="The changed challenge.",
    responses=declared(errors.WrongState),
)
async def edit_challenge(
    change: Annotated[Change, changes(rules.EDIT, facts.one)], patch: ChallengePatch
) -> Response:
    """While the office holds it. What it is about never changes."""
    said = patch.model_dump(exclude_unset=True)
    await contents.edit(change.lane, change.actor, change.facts, change.entitlement, said, change.now)
    return await answer(change, change.facts.id)


@router.post(
    "/challenges/{id}/record-attempt",
    status_code=200,
    response_model=ChallengeRead,
    summary="Record what was tried",
    response_description="The challenge.",
    responses=declared(errors.WrongState, rules.TooMany),
)
async def record_attempt(
    change: Annotated[Change, changes(rules.ATTEMPT, facts.one)], attempt: AttemptCreate
) -> Response:
    """A meeting, a letter, a measure: what was tried and what came of it (Guide X-1, X-2)."""
    said = attempt.model_dump()
    await contents.record_attempt(
        change.lane, change.actor, change.facts, change.entitlement, said, change.now
    )
    return await answer(change, change.facts.id)


@router.post(
    "/challenges/{id}/propose-solution",
    status_code=200,
    response_model=ChallengeRead,
    summary="Propose a solution",
    response_description="The challenge.",
    responses=declared(errors.WrongState, rules.TooMany),
)
async def propose_solution(
    change: Annotated[Change, changes(rules.PROPOSE, facts.one)], solution: SolutionCreate
) -> Response:
    """With its cost, time and effect, so that they can be compared (Guide X-5)."""
    said = solution.model_dump()
    await solutions.propose_solution(
        change.lane, change.actor, change.facts, change.entitlement, said, change.now
    )
    return await answer(change, change.facts.id)


@router.post(
    "/challenges/{id}/withdraw-solution",
    status_code=200,
    response_model=ChallengeRead,
    summary="Withdraw a proposed solution",
    response_description="The challenge.",
    responses=declared(errors.WrongState),
)
async def withdraw_solution(
    change: Annotated[Change, changes(rules.WITHDRAW, facts.one)], step: SolutionWithdrawal
) -> Response:
    """It stays readable, and goes up with nothing any more."""
    await solutions.withdraw_solution(
        change.lane, change.actor, change.facts, change.entitlement, step.number, step.reason, change.now
    )
    return await answer(change, change.facts.id)


@router.post(
    "/challenges/{id}/analyse-solution",
    status_code=200,
    response_model=ChallengeRead,
    summary="Analyse a proposed solution",
    response_description="The challenge.",
    responses=declared(errors.WrongState),
)
async def analyse_solution(
    change: Annotated[Change, changes(rules.ANALYSE, facts.one)], said: SolutionAnalysis
) -> Response:
    """By the technical representative who is assigned to the challenge or to its subject, or by the manager. Where a
    representative is assigned, nothing goes to the supervisory committee without theirs (Guide O-3)."""
    await solutions.analyse_solution(
        change.lane,
        change.actor,
        change.facts,
        change.entitlement,
        said.number,
        said.analysis,
        change.now,
        recommended=said.recommended,
    )
    return await answer(change, change.facts.id)


@router.post(
    "/challenges/{id}/record-coordination",
    status_code=200,
    response_model=ChallengeRead,
    summary="Record the coordination with UNIT",
    response_description="The challenge, which UNIT sees from now on.",
    responses=declared(errors.WrongState),
)
async def record_coordination(
    change: Annotated[Change, changes(rules.COORDINATE, facts.one)], said: CoordinationRecord
) -> Response:
    """An escalation to the head is coordinated with the follow-up unit's specialist first (Guide X-5)."""
    coordination = Coordination(said.on, said.with_whom, said.note)
    await contents.record_coordination(
        change.lane, change.actor, change.facts, change.entitlement, coordination, change.now
    )
    return await answer(change, change.facts.id)


async def answer(change: Change, challenge_id: UUID, status: int = 200) -> Response:
    """The challenge as the actor sees it now."""
    document = await queries.one(change.lane, change.actor, challenge_id, change.now)
    return await change.answer(document, status, f"/v1/challenges/{challenge_id}" if status == 201 else None)
