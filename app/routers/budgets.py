"""The money of initiatives over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Response

from app import errors
from app.answers import Change
from app.deps import changes
from app.problems import declared
from app.routers.json_body import JsonRoute
from app.schemas.budgets import BudgetAnswered, BudgetRequest, Spending
from app.schemas.initiatives import InitiativeRead
from app.services.initiatives import budget, facts, queries, rules

router = APIRouter(prefix="/v1", tags=["initiatives"], route_class=JsonRoute)


@router.post(
    "/initiatives/{id}/request-budget",
    status_code=200,
    response_model=InitiativeRead,
    summary="Ask for money for an initiative",
    response_description="The initiative.",
    responses=declared(errors.WrongState, rules.NoSuchLine, budget.BudgetAnswered),
)
async def request_budget(
    change: Annotated[Change, changes(rules.REQUEST_BUDGET, facts.one)], asked: BudgetRequest
) -> Response:
    """One line for each year and source; until it is answered it can be changed or taken back (Guide N-4)."""
    await budget.request(
        change.lane,
        change.actor,
        change.facts,
        asked.year,
        asked.source,
        asked.requested,
        asked.note,
        change.now,
    )
    return await _answer(change)


@router.post(
    "/initiatives/{id}/answer-budget",
    status_code=200,
    response_model=InitiativeRead,
    summary="Record the answer to a request for money",
    response_description="The initiative.",
    responses=declared(errors.WrongState, rules.NoSuchLine),
)
async def answer_budget(
    change: Annotated[Change, changes(rules.ANSWER_BUDGET, facts.one)], answered: BudgetAnswered
) -> Response:
    """Financial affairs record what the bodies concerned answered; their reply decides (Guide P-10)."""
    await budget.answer(
        change.lane,
        change.actor,
        change.facts,
        answered.year,
        answered.source,
        answered.answer,
        answered.approved,
        answered.answered_on,
        answered.letter_number,
        change.now,
    )
    return await _answer(change)


@router.post(
    "/initiatives/{id}/record-spending",
    status_code=200,
    response_model=InitiativeRead,
    summary="Say what of an initiative's money is spent",
    response_description="The initiative.",
    responses=declared(errors.WrongState, rules.NoSuchLine),
)
async def record_spending(
    change: Annotated[Change, changes(rules.RECORD_SPENDING, facts.one)], spending: Spending
) -> Response:
    """In all of that year by now; more than was approved only with a reason."""
    await budget.record_spending(
        change.lane,
        change.actor,
        change.facts,
        spending.year,
        spending.source,
        spending.spent,
        spending.reason,
        change.now,
    )
    return await _answer(change)


async def _answer(change: Change) -> Response:
    return await change.answer(await queries.one(change.lane, change.actor, change.facts.id, change.now), 200)
