"""Results over HTTP: entry, review, approval, history."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from app import errors
from app.answers import Change, Reading
from app.deps import changes, creates, creates_at_top, previews, reads
from app.enums import ChainState
from app.headers import IfNoneMatch, SubjectPath, etag_version
from app.problems import declared
from app.routers.json_body import JsonRoute
from app.routers.letters import said
from app.routers.params import AsOfParam, CursorParam, LimitParam
from app.schemas.base import Day
from app.schemas.decisions import StepTaken, StepWithReason
from app.schemas.results import (
    DecisionsCreate,
    DecisionsRead,
    HistoryList,
    ResultCreate,
    ResultList,
    ResultPatch,
    ResultRead,
)
from app.schemas.scoreboard import ApprovalPreview
from app.services.contributions.rules import PartsMissing, WeightsBeyond100
from app.services.evidence.rules import EvidenceMissing, EvidenceUnverified
from app.services.indicators import queries as indicators
from app.services.obligations import rules as obligations
from app.services.results import bulk, commands, facts, history, preview, queries, rules
from app.services.results.queries import ResultFilter

router = APIRouter(prefix="/v1", tags=["results"], route_class=JsonRoute)


_DECISIONS = {"review": rules.REVIEW, "approve": rules.APPROVE, "return": rules.RETURN}
_STEP = declared(errors.WrongState, errors.FourEyes)
_APPROVAL = declared(errors.WrongState, errors.FourEyes, PartsMissing, WeightsBeyond100, EvidenceUnverified)


@router.get(
    "/results",
    status_code=200,
    response_model=ResultList,
    summary="List results",
    response_description="A page of results, newest period first.",
)
async def list_results(
    reading: Annotated[Reading, reads("results.read")],
    indicator_id: Annotated[UUID | None, Query(description="Only those of this indicator.")] = None,
    entity_id: Annotated[UUID | None, Query(description="Only those of this owner entity.")] = None,
    state: Annotated[ChainState | None, Query(description="Only those in this state.")] = None,
    period: Annotated[
        str | None,
        Query(
            max_length=7,
            pattern=r"^[0-9]{4}(-(S[12]|Q[1-4]|0[1-9]|1[0-2]))?$",
            description="Only this period.",
        ),
    ] = None,
    from_period: Annotated[
        Day | None, Query(description="Only periods that end on this day or later.")
    ] = None,
    to_period: Annotated[
        Day | None, Query(description="Only periods that begin on this day or earlier.")
    ] = None,
    as_of: AsOfParam = None,
    all_revisions: Annotated[
        bool, Query(description="Every revision, not only the newest of each figure.")
    ] = False,
    cursor: CursorParam = None,
    limit: LimitParam = None,
) -> Response:
    """What you may see: published results of all, approved ones of your entity, and what you work on."""
    asked = ResultFilter(indicator_id, entity_id, state, period, from_period, to_period, as_of, all_revisions)
    body = await queries.many(reading.lane, reading.actor, asked, cursor, limit, reading.now)
    return reading.many(body)


@router.post(
    "/indicators/{id}/results",
    status_code=201,
    response_model=ResultRead,
    summary="Enter a result",
    response_description="The draft.",
    responses=declared(errors.AlreadyExists, rules.IndicatorNotActive, obligations.PeriodClosed),
)
async def create_result(
    change: Annotated[Change, creates("results.create", indicators.entry_facts, facts.one)],
    entry: ResultCreate,
) -> Response:
    """Enters the first figure of a period as a draft (Guide D-2). Where the indicator has a schedule, the
    period is one of its obligations; in a closed one a granted reopening is used up."""
    figure = entry.model_dump(exclude={"period"})
    made = await commands.create(change.lane, change.actor, change.facts, entry.period, figure, change.now)
    return await _answer(change, made, status=201)


@router.get(
    "/results/{id}",
    status_code=200,
    response_model=ResultRead,
    summary="Read a result",
    response_description="The result.",
    responses=declared(errors.NotFound),
)
async def read_result(
    id: SubjectPath,
    reading: Annotated[Reading, reads("results.read")],
    as_of: AsOfParam = None,
    if_none_match: IfNoneMatch = None,
) -> Response:
    """One revision, or with `as_of` the revision of the same figure that was known at that moment."""
    document = await queries.one(reading.lane, reading.actor, id, reading.now, as_of)
    return reading.one(document, if_none_match)


@router.get(
    "/results/{id}/history",
    status_code=200,
    response_model=HistoryList,
    summary="Read the history of a result",
    response_description="A page of events, oldest first.",
    responses=declared(errors.NotFound),
)
async def list_result_history(
    id: SubjectPath,
    reading: Annotated[Reading, reads("results.read")],
    cursor: CursorParam = None,
    limit: LimitParam = None,
) -> Response:
    """Who did what when, and whom the figure waited for at each moment, over all its revisions."""
    body = await history.many(reading.lane, reading.actor, id, cursor, limit, reading.now)
    if body is None:
        raise errors.NotFound()
    return reading.many(body)


@router.patch(
    "/results/{id}",
    status_code=200,
    response_model=ResultRead,
    summary="Correct a draft",
    response_description="The corrected draft.",
    responses=declared(errors.WrongState, errors.FourEyes),
)
async def patch_result(
    change: Annotated[Change, changes(rules.EDIT, facts.one)], patch: ResultPatch
) -> Response:
    """Changes the named fields of a draft; null empties a field (RFC 7396). Whoever verified evidence of it does not
    change it any more."""
    given = patch.model_dump(exclude_unset=True)
    await commands.edit(change.lane, change.actor, change.facts, change.entitlement, given, change.now)
    return await _answer(change, change.facts.id)


@router.post(
    "/results/{id}/submit",
    status_code=200,
    response_model=ResultRead,
    summary="Submit a draft for review",
    response_description="The submitted result.",
    responses=declared(errors.WrongState, rules.Incomplete, EvidenceMissing),
)
async def submit_result(change: Annotated[Change, changes(rules.SUBMIT, facts.submitting)]) -> Response:
    """Puts the draft before the reviewers that the entity's role plan names. A figure whose light would be red
    needs a note (`incomplete`, with `red_needs_note` at `#/note`)."""
    await commands.submit(change.lane, change.actor, change.facts, change.entitlement, change.now)
    return await _answer(change, change.facts.id)


@router.post(
    "/results/{id}/withdraw",
    status_code=200,
    response_model=ResultRead,
    summary="Withdraw a submitted result",
    response_description="The draft that it is again.",
    responses=declared(errors.WrongState),
)
async def withdraw_result(change: Annotated[Change, changes(rules.WITHDRAW, facts.one)]) -> Response:
    """Takes a submitted result back, as long as nobody has decided."""
    await commands.withdraw(change.lane, change.actor, change.facts, change.entitlement, change.now)
    return await _answer(change, change.facts.id)


@router.post(
    "/results/{id}/discard",
    status_code=200,
    response_model=ResultRead,
    summary="Discard a draft",
    response_description="The discarded result.",
    responses=declared(errors.WrongState),
)
async def discard_result(change: Annotated[Change, changes(rules.DISCARD, facts.one)]) -> Response:
    """Ends a draft that was a mistake. It stays in the history."""
    await commands.discard(change.lane, change.actor, change.facts, change.entitlement, change.now)
    return await _answer(change, change.facts.id)


@router.post(
    "/results/{id}/review",
    status_code=200,
    response_model=ResultRead,
    summary="Pass a result on to the office",
    response_description="The reviewed result.",
    responses=_STEP,
)
async def review_result(
    change: Annotated[Change, changes(rules.REVIEW, facts.one)], step: StepTaken | None = None
) -> Response:
    """The reviewer's control step (Guide annex C 3)."""
    await commands.review(change.lane, change.actor, change.facts, change.entitlement, said(step), change.now)
    return await _answer(change, change.facts.id)


@router.post(
    "/results/{id}/approve",
    status_code=200,
    response_model=ResultRead,
    summary="Approve a result",
    response_description="The approved result.",
    responses=_APPROVAL,
)
async def approve_result(
    change: Annotated[Change, changes(rules.APPROVE, facts.held)], step: StepTaken | None = None
) -> Response:
    """The office's control step (Guide annex C 4): the figures are frozen from here on.

    Of a shared indicator this certifies the result: each accepted contributor's part of the period must be
    approved or explained (`parts_missing`), and the weights at most 100 percent (`weights_beyond_100`). Until
    then `actions` does not offer it. The parts are kept with the result.
    """
    await commands.approve(
        change.lane, change.actor, change.facts, change.entitlement, said(step), change.now
    )
    return await _answer(change, change.facts.id)


@router.post(
    "/results/{id}/preview-approval",
    status_code=200,
    response_model=ApprovalPreview,
    summary="See what an approval would do",
    response_description="The numbers before and after.",
    responses=_APPROVAL,
)
async def preview_result_approval(
    change: Annotated[Change, previews(rules.APPROVE, facts.held)],
) -> Response:
    """Where the indicator, its entity, priority and pillar, and the nation would stand, for who may approve it
    now. Nothing is changed, and nobody is told."""
    document = await preview.approval(change.lane, change.actor, change.facts, change.entitlement, change.now)
    return await change.answer(document)


@router.post(
    "/results/{id}/return",
    status_code=200,
    response_model=ResultRead,
    summary="Return a result",
    response_description="The draft that it is again.",
    responses=_STEP,
)
async def return_result(
    change: Annotated[Change, changes(rules.RETURN, facts.one)], step: StepWithReason
) -> Response:
    """Sends a result back to who entered it, with a reason; reviewers and approvers may."""
    await commands.send_back(
        change.lane, change.actor, change.facts, change.entitlement, said(step), change.now
    )
    return await _answer(change, change.facts.id)


@router.post(
    "/results/{id}/correct",
    status_code=201,
    response_model=ResultRead,
    summary="Open a correction of an approved result",
    response_description="The new revision, a draft with the approved figures to begin from.",
    responses=declared(errors.WrongState, rules.ReopeningRequired, rules.NotTheLatest),
)
async def correct_result(
    change: Annotated[Change, changes(rules.CORRECT, facts.one, facts.one)],
) -> Response:
    """Opens a new revision within a granted reopening; the approved one stands until the new is approved."""
    made = await commands.correct(change.lane, change.actor, change.facts, change.now)
    return await _answer(change, made, status=201)


@router.post(
    "/results/decisions",
    status_code=200,
    response_model=DecisionsRead,
    summary="Decide on many results",
    response_description="What became of each decision, in the order sent.",
    responses=declared(PartsMissing, WeightsBeyond100),
)
async def decide_results(
    change: Annotated[Change, creates_at_top("results.decide_many")], wanted: DecisionsCreate
) -> Response:
    """Up to 500 decisions, each with the ETag of what you saw; each stands or falls by itself.

    The request as a whole is refused where a contribution changes at that very moment, so that a result of a
    shared indicator cannot be certified any more: send it again.
    """
    decisions = [
        bulk.Decision(item.id, etag_version(item.if_match), _DECISIONS[item.decision], item.reason)
        for item in wanted.items
    ]
    outcomes = await bulk.decide_many(change.lane, change.actor, decisions, change.now)
    return await change.answer_many([_outcome(outcome, change.language) for outcome in outcomes])


def _outcome(outcome: bulk.Outcome, language: str) -> dict[str, object]:
    error = outcome.error
    return {
        "id": str(outcome.result_id),
        "status": error.status if error else 200,
        "code": error.code if error else None,
        "title": error.title.said(language) if error else None,
        "state": outcome.state,
        "version": outcome.version,
    }


async def _answer(change: Change, result_id: UUID, status: int = 200) -> Response:
    document = await queries.one(change.lane, change.actor, result_id, change.now)
    return await change.answer(document, status, f"/v1/results/{result_id}" if status == 201 else None)
