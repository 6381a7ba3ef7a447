"""Role plans over HTTP."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Response

from app import errors
from app.answers import Change, Reading
from app.deps import changes, creates, reads
from app.enums import Chain, Party, Step
from app.headers import IfNoneMatch, SubjectPath
from app.problems import declared
from app.routers.json_body import JsonRoute
from app.routers.letters import letter
from app.routers.params import CursorParam, LimitParam
from app.schemas.decisions import StepTaken, StepWithReason
from app.schemas.role_plans import (
    ChainsCreate,
    RolePlanCreate,
    RolePlanInForce,
    RolePlanList,
    RolePlanPatch,
    RolePlanRead,
)
from app.services.entities import queries as entities
from app.services.role_plans import commands, queries, rules
from app.services.role_plans.rules import Chains

router = APIRouter(prefix="/v1", tags=["role-plans"], route_class=JsonRoute)


@router.get(
    "/entities/{id}/role-plan",
    status_code=200,
    response_model=RolePlanInForce,
    summary="Read the role plan in force",
    response_description="The chains in force.",
)
async def read_role_plan_in_force(
    id: SubjectPath,
    reading: Annotated[Reading, reads("role_plans.read")],
    if_none_match: IfNoneMatch = None,
) -> Response:
    """The chains that new work in the entity follows: those of its approved plan, or the guide's (P-13)."""
    return reading.one(await queries.in_force(reading.lane, reading.actor, id), if_none_match)


@router.get(
    "/entities/{id}/role-plans",
    status_code=200,
    response_model=RolePlanList,
    summary="List the versions of a role plan",
    response_description="A page of versions, the latest first.",
)
async def list_role_plans(
    id: SubjectPath,
    reading: Annotated[Reading, reads("role_plans.read")],
    cursor: CursorParam = None,
    limit: LimitParam = None,
) -> Response:
    """All versions of the entity's role plan; the follow-up unit sees those that were approved."""
    return reading.many(await queries.many(reading.lane, reading.actor, id, cursor, limit))


@router.post(
    "/entities/{id}/role-plans",
    status_code=201,
    response_model=RolePlanRead,
    summary="Draft a role plan",
    response_description="The draft.",
    responses=declared(errors.AlreadyExists),
)
async def create_role_plan(
    change: Annotated[Change, creates("role_plans.create", entities.facts, queries.facts)],
    plan: RolePlanCreate,
) -> Response:
    """The manager drafts the next version. Chains that are not named are the guide's. One plan is in work
    at a time."""
    made = await commands.create(
        change.lane, change.actor, change.facts, plan.note, _named(plan.chains), change.now
    )
    return await _answer(change, made, 201)


@router.get(
    "/role-plans/{id}",
    status_code=200,
    response_model=RolePlanRead,
    summary="Read a version of a role plan",
    response_description="The version.",
)
async def read_role_plan(
    id: SubjectPath,
    reading: Annotated[Reading, reads("role_plans.read")],
    if_none_match: IfNoneMatch = None,
) -> Response:
    """One version with its chains, and what you may do with it now."""
    return reading.one(await queries.one(reading.lane, reading.actor, id), if_none_match)


@router.patch(
    "/role-plans/{id}",
    status_code=200,
    response_model=RolePlanRead,
    summary="Change a drafted role plan",
    response_description="The changed draft.",
    responses=declared(errors.WrongState),
)
async def edit_role_plan(
    change: Annotated[Change, changes(rules.EDIT, queries.facts)], patch: RolePlanPatch
) -> Response:
    """Replaces the named chains as a whole, and the note. Whoever edits cannot approve."""
    note = patch.model_dump(exclude_unset=True, include={"note"})
    await commands.edit(
        change.lane, change.actor, change.facts, change.entitlement, note, _named(patch.chains), change.now
    )
    return await _answer(change, change.facts.id)


@router.post(
    "/role-plans/{id}/submit",
    status_code=200,
    response_model=RolePlanRead,
    summary="Put a role plan before the head",
    response_description="The submitted plan.",
    responses=declared(errors.WrongState),
)
async def submit_role_plan(change: Annotated[Change, changes(rules.SUBMIT, queries.facts)]) -> Response:
    """From now on it waits for the head."""
    await commands.submit(change.lane, change.actor, change.facts, change.entitlement, change.now)
    return await _answer(change, change.facts.id)


@router.post(
    "/role-plans/{id}/approve",
    status_code=200,
    response_model=RolePlanRead,
    summary="Approve a role plan",
    response_description="The approved plan.",
    responses=declared(errors.WrongState, errors.FourEyes),
)
async def approve_role_plan(
    change: Annotated[Change, changes(rules.APPROVE, queries.facts)], step: StepTaken | None = None
) -> Response:
    """The head approves, or the head's office records it with the letter. New work follows the plan from
    now on; running work keeps the one it began with."""
    reason = step.reason if step else None
    await commands.approve(
        change.lane, change.actor, change.facts, change.entitlement, reason, letter(step), change.now
    )
    return await _answer(change, change.facts.id)


@router.post(
    "/role-plans/{id}/return",
    status_code=200,
    response_model=RolePlanRead,
    summary="Return a role plan with a reason",
    response_description="The returned draft.",
    responses=declared(errors.WrongState, errors.FourEyes),
)
async def return_role_plan(
    change: Annotated[Change, changes(rules.RETURN, queries.facts)], step: StepWithReason
) -> Response:
    """The head returns it to the manager, or the head's office records that with the letter."""
    await commands.send_back(
        change.lane, change.actor, change.facts, change.entitlement, step.reason, letter(step), change.now
    )
    return await _answer(change, change.facts.id)


def _named(chains: ChainsCreate) -> Chains:
    """The chains that a body names, in the words of the rules; null is the guide's."""
    said: dict[str, dict[str, list[dict[str, Any]]] | None] = chains.model_dump(exclude_unset=True)
    return {
        Chain(chain): rules.default(Chain(chain))
        if steps is None
        else {
            Step(step): [(Party(named["party"]), named.get("division_id")) for named in parties]
            for step, parties in steps.items()
        }
        for chain, steps in said.items()
    }


async def _answer(change: Change, role_plan_id: UUID, status: int = 200) -> Response:
    document = await queries.one(change.lane, change.actor, role_plan_id)
    return await change.answer(document, status, f"/v1/role-plans/{role_plan_id}" if status == 201 else None)
