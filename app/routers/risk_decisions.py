"""What is decided about a risk, over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Response

from app import errors
from app.answers import Change
from app.deps import changes
from app.enums.risks import RiskLevel
from app.problems import declared
from app.routers.json_body import JsonRoute
from app.routers.letters import recorded, said
from app.routers.risks import answer
from app.schemas.risk_steps import (
    RiskAnswer,
    RiskClosing,
    RiskOccurrence,
    RiskRaise,
    RiskResourcesAsked,
    RiskResourcesGranted,
    RiskStep,
    RiskStrategyChoice,
    RiskTreatment,
)
from app.schemas.risks import RiskRead
from app.services.people.steps import Said
from app.services.risks import commands, facts, rules

router = APIRouter(prefix="/v1", tags=["risks"], route_class=JsonRoute)


@router.post(
    "/risks/{id}/choose-strategy",
    status_code=200,
    response_model=RiskRead,
    summary="Choose the strategy of a risk",
    response_description="The risk, to be treated or to be accepted.",
    responses=declared(errors.WrongState),
)
async def choose_risk_strategy(
    change: Annotated[Change, changes(rules.CHOOSE, facts.one)], choice: RiskStrategyChoice
) -> Response:
    """By the manager (Guide K-3). To accept it is a strategy too; it is accepted only once the manager does so knowingly, or
    from a score on the head."""
    await commands.choose_strategy(
        change.lane, change.actor, change.facts, change.entitlement, choice.strategy, choice.plan, change.now
    )
    return await answer(change, change.facts.id)


@router.post(
    "/risks/{id}/accept",
    status_code=200,
    response_model=RiskRead,
    summary="Accept a risk knowingly",
    response_description="The accepted risk.",
    responses=declared(errors.WrongState, errors.FourEyes),
)
async def accept_risk(
    change: Annotated[Change, changes(rules.ACCEPT, facts.one)], step: RiskStep
) -> Response:
    """By the manager below the threshold of the settings, from it on by the head (Guide K-3); never by who assessed it last.
    Where four eyes leaves no manager, by the head."""
    await commands.accept(
        change.lane,
        change.actor,
        change.facts,
        change.entitlement,
        said(step),
        change.now,
    )
    return await answer(change, change.facts.id)


@router.post(
    "/risks/{id}/refuse-acceptance",
    status_code=200,
    response_model=RiskRead,
    summary="Refuse to accept a risk",
    response_description="The risk, whose strategy is to be chosen anew.",
    responses=declared(errors.WrongState, errors.FourEyes),
)
async def refuse_risk_acceptance(
    change: Annotated[Change, changes(rules.REFUSE, facts.one)], step: RiskStep
) -> Response:
    """By whoever would accept it."""
    await commands.refuse_acceptance(
        change.lane,
        change.actor,
        change.facts,
        change.entitlement,
        said(step),
        change.now,
    )
    return await answer(change, change.facts.id)


@router.post(
    "/risks/{id}/treat",
    status_code=200,
    response_model=RiskRead,
    summary="Say that the treatment of a risk is done",
    response_description="The treated risk, which is assessed anew from time to time.",
    responses=declared(errors.WrongState, rules.RemainderUnknown),
)
async def treat_risk(
    change: Annotated[Change, changes(rules.TREAT, facts.one)], step: RiskTreatment
) -> Response:
    """By the manager, once somebody has assessed what remains."""
    await commands.treat(
        change.lane, change.actor, change.facts, change.entitlement, Said(step.what), change.now
    )
    return await answer(change, change.facts.id)


@router.post(
    "/risks/{id}/ask-resources",
    status_code=200,
    response_model=RiskRead,
    summary="Ask for what the treatment of a risk needs",
    response_description="The risk, which waits for the head.",
    responses=declared(errors.WrongState, rules.TooMany),
)
async def ask_risk_resources(
    change: Annotated[Change, changes(rules.ASK, facts.one)], asked: RiskResourcesAsked
) -> Response:
    """Money, people, technology for the strategy that was chosen; it is raised to the head (Guide K-4)."""
    await commands.ask_resources(
        change.lane,
        change.actor,
        change.facts,
        change.entitlement,
        [each.model_dump() for each in asked.resources],
        asked.reason,
        change.now,
    )
    return await answer(change, change.facts.id)


@router.post(
    "/risks/{id}/grant-resources",
    status_code=200,
    response_model=RiskRead,
    summary="Grant what was asked for",
    response_description="The risk, which goes on being treated.",
    responses=declared(errors.WrongState, errors.FourEyes),
)
async def grant_risk_resources(
    change: Annotated[Change, changes(rules.GRANT, facts.one)], answered: RiskResourcesGranted
) -> Response:
    """By the head: wholly, in part, or not (Guide K-4). Everything that waits is answered at once."""
    await commands.grant_resources(
        change.lane,
        change.actor,
        change.facts,
        change.entitlement,
        [(each.number, each.amount) for each in answered.granted],
        said(answered),
        change.now,
    )
    return await answer(change, change.facts.id)


@router.post(
    "/risks/{id}/raise-to-head",
    status_code=200,
    response_model=RiskRead,
    summary="Raise a risk to the head",
    response_description="The risk, which waits for the head.",
    responses=declared(errors.WrongState, rules.TooMany),
)
async def raise_risk_to_head(
    change: Annotated[Change, changes(rules.RAISE_TO_HEAD, facts.one)], step: RiskRaise
) -> Response:
    """By the manager (Guide K-3). The office goes on from where it was once the head has answered."""
    await commands.raise_to(
        change.lane, change.actor, change.facts, change.entitlement, RiskLevel.HEAD, step.reason, change.now
    )
    return await answer(change, change.facts.id)


@router.post(
    "/risks/{id}/raise-to-unit",
    status_code=200,
    response_model=RiskRead,
    summary="Raise a risk to UNIT",
    response_description="The risk, which UNIT sees from now on.",
    responses=declared(errors.WrongState, rules.TooMany),
)
async def raise_risk_to_unit(
    change: Annotated[Change, changes(rules.RAISE_TO_UNIT, facts.one)], step: RiskRaise
) -> Response:
    """By the manager (Guide K-3). The office goes on from where it was once UNIT has answered."""
    await commands.raise_to(
        change.lane, change.actor, change.facts, change.entitlement, RiskLevel.UNIT, step.reason, change.now
    )
    return await answer(change, change.facts.id)


@router.post(
    "/risks/{id}/answer",
    status_code=200,
    response_model=RiskRead,
    summary="Answer a risk that was raised",
    response_description="The risk, where the office raised it.",
    responses=declared(errors.WrongState, errors.FourEyes),
)
async def answer_risk(
    change: Annotated[Change, changes(rules.ANSWER, facts.one)], step: RiskAnswer
) -> Response:
    """By the head or by UNIT, whichever it was raised to."""
    await commands.answer(
        change.lane,
        change.actor,
        change.facts,
        change.entitlement,
        Said(step.answer, recorded(step.decision)),
        change.now,
    )
    return await answer(change, change.facts.id)


@router.post(
    "/risks/{id}/occur",
    status_code=200,
    response_model=RiskRead,
    summary="Say that a risk has happened",
    response_description="The risk, with the challenge that it became.",
    responses=declared(errors.WrongState),
)
async def report_risk_occurrence(
    change: Annotated[Change, changes(rules.OCCUR, facts.one)], step: RiskOccurrence
) -> Response:
    """A challenge is opened about it in the same moment (Guide X-6); its history stays with the risk."""
    await commands.occur(
        change.lane,
        change.actor,
        change.facts,
        change.entitlement,
        step.what,
        step.kind,
        step.tie,
        change.now,
    )
    return await answer(change, change.facts.id)


@router.post(
    "/risks/{id}/close",
    status_code=200,
    response_model=RiskRead,
    summary="Close a risk",
    response_description="The closed risk.",
    responses=declared(errors.WrongState),
)
async def close_risk(
    change: Annotated[Change, changes(rules.CLOSE, facts.one)], step: RiskClosing
) -> Response:
    """By the manager, with what was learned from it (Guide K-5)."""
    await commands.close(
        change.lane, change.actor, change.facts, change.entitlement, step.lessons, change.now
    )
    return await answer(change, change.facts.id)
