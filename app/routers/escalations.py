"""How challenges move between the levels, over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Response

from app import errors
from app.answers import Change
from app.deps import changes
from app.problems import declared
from app.routers.challenges import answer
from app.routers.json_body import JsonRoute
from app.routers.letters import recorded, said
from app.schemas.challenges import ChallengeRead
from app.schemas.escalations import (
    ChallengeAnswer,
    ChallengeClosing,
    ChallengeDecision,
    ChallengeEscalation,
    ChallengeStep,
)
from app.services.challenges import commands, facts, rules
from app.services.challenges.commands import Answer
from app.services.people.steps import Said

router = APIRouter(prefix="/v1", tags=["challenges"], route_class=JsonRoute)

_MOVES = (errors.WrongState, rules.NotReady, rules.TooMany)


@router.post(
    "/challenges/{id}/escalate-to-head",
    status_code=200,
    response_model=ChallengeRead,
    summary="Escalate a challenge to the head",
    response_description="The challenge, which the head holds.",
    responses=declared(*_MOVES),
)
async def escalate_challenge_to_head(
    change: Annotated[Change, changes(rules.ESCALATE_TO_HEAD, facts.one)], step: ChallengeEscalation
) -> Response:
    """What the manager could not resolve (Guide X-3, X-5): with what was tried, with a proposed solution, and coordinated
    with the follow-up unit's specialist."""
    await commands.escalate_to_head(
        change.lane, change.actor, change.facts, change.entitlement, step.route_id, step.reason, change.now
    )
    return await answer(change, change.facts.id)


@router.post(
    "/challenges/{id}/escalate-to-body",
    status_code=200,
    response_model=ChallengeRead,
    summary="Escalate a challenge to the body concerned",
    response_description="The challenge, which that body holds.",
    responses=declared(*_MOVES),
)
async def escalate_challenge_to_body(
    change: Annotated[Change, changes(rules.ESCALATE_TO_BODY, facts.one)], step: ChallengeEscalation
) -> Response:
    """The office itself escalates by competence, by a route past the head (Guide X-4): one of `ways`."""
    await commands.escalate_to_body(
        change.lane, change.actor, change.facts, change.entitlement, step.route_id, step.reason, change.now
    )
    return await answer(change, change.facts.id)


@router.post(
    "/challenges/{id}/decide",
    status_code=200,
    response_model=ChallengeRead,
    summary="Decide a challenge",
    response_description="The challenge where the decision leads it.",
    responses=declared(*_MOVES, errors.FourEyes),
)
async def decide_challenge(
    change: Annotated[Change, changes(rules.DECIDE, facts.one)], step: ChallengeDecision
) -> Response:
    """By the head or by UNIT, whichever holds it: solve it here, return it with instructions, escalate it by a route, or
    close it as accepted. Never by who opened it or brought it here."""
    await commands.decide(
        change.lane,
        change.actor,
        change.facts,
        change.entitlement,
        step.ruling,
        step.route_id,
        said(step),
        change.now,
    )
    return await answer(change, change.facts.id)


@router.post(
    "/challenges/{id}/record-answer",
    status_code=200,
    response_model=ChallengeRead,
    summary="Record the answer of a committee or an outside body",
    response_description="The challenge where the answer leads it.",
    responses=declared(*_MOVES),
)
async def record_answer_to_challenge(
    change: Annotated[Change, changes(rules.RECORD_ANSWER, facts.one)], step: ChallengeAnswer
) -> Response:
    """By the head's office, with the letter; its scan is evidence of the challenge."""
    await commands.record_answer(
        change.lane,
        change.actor,
        change.facts,
        change.entitlement,
        step.ruling,
        step.route_id,
        step.reason,
        Answer(**step.answer.model_dump()),
        change.now,
    )
    return await answer(change, change.facts.id)


@router.post(
    "/challenges/{id}/pause",
    status_code=200,
    response_model=ChallengeRead,
    summary="Stop the clock of a challenge",
    response_description="The challenge, whose clock stands still.",
    responses=declared(errors.WrongState, rules.AlreadyPaused),
)
async def pause_challenge(
    change: Annotated[Change, changes(rules.PAUSE, facts.one)], step: ChallengeStep
) -> Response:
    """By the level that holds it, with a reason."""
    await commands.pause(change.lane, change.actor, change.facts, change.entitlement, said(step), change.now)
    return await answer(change, change.facts.id)


@router.post(
    "/challenges/{id}/resume",
    status_code=200,
    response_model=ChallengeRead,
    summary="Let the clock of a challenge run again",
    response_description="The challenge, due later by as many working days as its clock stood still.",
    responses=declared(errors.WrongState, rules.NotPaused),
)
async def resume_challenge(
    change: Annotated[Change, changes(rules.RESUME, facts.one)], step: ChallengeStep
) -> Response:
    """By the level that holds it, with a reason."""
    await commands.resume(change.lane, change.actor, change.facts, change.entitlement, said(step), change.now)
    return await answer(change, change.facts.id)


@router.post(
    "/challenges/{id}/close",
    status_code=200,
    response_model=ChallengeRead,
    summary="Confirm that a challenge is solved",
    response_description="The closed challenge.",
    responses=declared(errors.WrongState, errors.FourEyes),
)
async def close_challenge(
    change: Annotated[Change, changes(rules.CLOSE, facts.one)], step: ChallengeClosing
) -> Response:
    """By the manager, saying how it was solved; never by who opened it. Where four eyes leaves no manager, by the head."""
    how = Said(step.how, recorded(step.decision))
    await commands.close(change.lane, change.actor, change.facts, change.entitlement, how, change.now)
    return await answer(change, change.facts.id)


@router.post(
    "/challenges/{id}/reopen",
    status_code=200,
    response_model=ChallengeRead,
    summary="Reopen a challenge",
    response_description="The challenge, which the office holds again.",
    responses=declared(errors.WrongState, rules.TooMany),
)
async def reopen_challenge(
    change: Annotated[Change, changes(rules.REOPEN, facts.one)], step: ChallengeStep
) -> Response:
    """What was closed or accepted blocks again."""
    await commands.reopen(change.lane, change.actor, change.facts, change.entitlement, said(step), change.now)
    return await answer(change, change.facts.id)
