"""Annual plans over HTTP. What moves one on is done at the stages of its path."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from app import clock, errors
from app.answers import Change, Reading
from app.deps import changes, creates, creates_on, reads
from app.enums.plans import PlanState
from app.headers import IfNoneMatch, SubjectPath
from app.problems import declared
from app.routers.json_body import JsonRoute
from app.routers.params import CursorParam, LimitParam
from app.schemas.plan_items import PlanCheckCreate, PlanItemCreate, PlanItemDrop, PlanItemPatch
from app.schemas.plans import (
    JobPlanLinkCreate,
    PlanCallList,
    PlanCreate,
    PlanList,
    PlanPatch,
    PlanRead,
    PlanVersionCreate,
    PlatformEntryCreate,
)
from app.services.plans import commands, facts, items, items_rules, links, queries, rules
from app.services.plans.queries import PlanFilter

router = APIRouter(prefix="/v1", tags=["plans"], route_class=JsonRoute)


@router.get(
    "/plans",
    status_code=200,
    response_model=PlanList,
    summary="List annual plans",
    response_description="A page of annual plans.",
)
async def list_plans(
    reading: Annotated[Reading, reads("plans.read")],
    entity_id: Annotated[UUID | None, Query(description="Only those of this entity.")] = None,
    year: Annotated[int | None, Query(ge=2021, le=2100, description="Only those of this year.")] = None,
    state: Annotated[PlanState | None, Query(description="Only those in this state.")] = None,
    cursor: CursorParam = None,
    limit: LimitParam = None,
) -> Response:
    """What is and was in force in your entity, and what you work on; for UNIT of all entities (Guide P-2)."""
    asked = PlanFilter(entity_id, year, state)
    return reading.many(await queries.many(reading.lane, reading.actor, asked, cursor, limit, reading.now))


@router.get(
    "/proposal-calls",
    status_code=200,
    response_model=PlanCallList,
    summary="List the plans that take proposals of yours",
    response_description="A page of calls for proposals.",
)
async def list_calls(
    reading: Annotated[Reading, reads("plans.read")],
    cursor: CursorParam = None,
    limit: LimitParam = None,
) -> Response:
    """The plans of your entities that take proposals now, with the criteria by which they are sorted (Guide P-5, P-12)."""
    return reading.many(await queries.calls(reading.lane, reading.actor, cursor, limit, reading.now))


@router.post(
    "/entities/{id}/plans",
    status_code=201,
    response_model=PlanRead,
    summary="Begin the annual plan of a year",
    response_description="The draft.",
    responses=declared(rules.OverlappingPlan),
)
async def create_plan(
    change: Annotated[Change, creates("plans.create", facts.begun_in, facts.one)], asked: PlanCreate
) -> Response:
    """One plan of a year is in work at a time; what is in force is changed by a new version."""
    made = await commands.create(change.lane, change.actor, change.facts, asked.model_dump(), change.now)
    return await _answer(change, made, 201)


@router.get(
    "/plans/{id}",
    status_code=200,
    response_model=PlanRead,
    summary="Read an annual plan",
    response_description="The plan.",
    responses=declared(errors.NotFound),
)
async def read_plan(
    id: SubjectPath,
    reading: Annotated[Reading, reads("plans.read")],
    if_none_match: IfNoneMatch = None,
) -> Response:
    """One version with its items, checks, coverage and money, how it differs from what was approved before, the path
    that it walks, and what you may do with it."""
    return reading.one(await queries.one(reading.lane, reading.actor, id, reading.now), if_none_match)


@router.patch(
    "/plans/{id}",
    status_code=200,
    response_model=PlanRead,
    summary="Change a plan in work",
    response_description="The changed plan.",
    responses=declared(errors.WrongState, rules.UnderControl, rules.ProposalsOpen),
)
async def edit_plan(change: Annotated[Change, changes(rules.EDIT, facts.one)], patch: PlanPatch) -> Response:
    """Names, criteria, what it serves. Criteria stay while proposals are open. Whoever edits never verifies or
    approves it."""
    await commands.edit(
        change.lane,
        change.actor,
        change.facts,
        change.entitlement,
        patch.model_dump(exclude_unset=True),
        change.now,
    )
    return await _answer(change, change.facts.id)


@router.post(
    "/plans/{id}/discard",
    status_code=200,
    response_model=PlanRead,
    summary="Discard a drafted plan",
    response_description="The discarded plan.",
    responses=declared(errors.WrongState, rules.PathRunning),
)
async def discard_plan(change: Annotated[Change, changes(rules.DISCARD, facts.one)]) -> Response:
    """Ends a draft that walks no path; what is in force stays so."""
    await commands.discard(change.lane, change.actor, change.facts, change.entitlement, change.now)
    return await _answer(change, change.facts.id)


@router.post(
    "/plans/{id}/versions",
    status_code=201,
    response_model=PlanRead,
    summary="Open a new version of a plan in force",
    response_description="The draft.",
    responses=declared(errors.WrongState, rules.OverlappingPlan),
)
async def open_plan_version(
    change: Annotated[Change, creates_on(rules.OPEN_VERSION, facts.one, facts.one)], asked: PlanVersionCreate
) -> Response:
    """A draft that begins as what the plan in force says, its kept items included. They are checked anew."""
    made = await commands.open_version(change.lane, change.actor, change.facts, asked.reason, change.now)
    return await _answer(change, made, 201)


@router.post(
    "/plans/{id}/open-proposals",
    status_code=200,
    response_model=PlanRead,
    summary="Open a plan to proposals",
    response_description="The plan.",
    responses=declared(errors.WrongState, rules.NoCriteria, rules.ProposalsOpen),
)
async def open_plan_proposals(
    change: Annotated[Change, changes(rules.OPEN_PROPOSALS, facts.one)],
) -> Response:
    """Everybody of the entity may propose from now on. Needs at least one criterion (Guide P-5)."""
    await commands.open_proposals(change.lane, change.actor, change.facts, change.entitlement, change.now)
    return await _answer(change, change.facts.id)


@router.post(
    "/plans/{id}/close-proposals",
    status_code=200,
    response_model=PlanRead,
    summary="Take no more proposals",
    response_description="The plan.",
    responses=declared(errors.WrongState, rules.ProposalsClosed),
)
async def close_plan_proposals(
    change: Annotated[Change, changes(rules.CLOSE_PROPOSALS, facts.one)],
) -> Response:
    """What was proposed is sorted and decided about as before."""
    await commands.close_proposals(change.lane, change.actor, change.facts, change.entitlement, change.now)
    return await _answer(change, change.facts.id)


@router.post(
    "/plans/{id}/items",
    status_code=201,
    response_model=PlanRead,
    summary="Enter an item in a plan",
    response_description="The plan with the item.",
    responses=declared(errors.WrongState, rules.UnderControl, items_rules.TooManyItems, errors.AlreadyExists),
)
async def add_plan_item(
    change: Annotated[Change, creates_on(rules.EDIT, facts.one, facts.one)], asked: PlanItemCreate
) -> Response:
    """A goal in its own words, an active indicator of the entity, or one of its initiatives that runs in the plan's
    calendar year or crosses it (Guide P-2)."""
    await items.add(
        change.lane, change.actor, change.facts, change.entitlement, asked.model_dump(), change.now
    )
    return await _answer(change, change.facts.id, 201)


@router.patch(
    "/plan-items/{id}",
    status_code=200,
    response_model=PlanRead,
    summary="Change an item of a plan",
    response_description="The plan with the changed item.",
    responses=declared(errors.WrongState, rules.UnderControl, items_rules.AlreadyDropped),
)
async def edit_plan_item(
    change: Annotated[Change, changes(rules.EDIT, facts.of_item)], patch: PlanItemPatch
) -> Response:
    """What was checked of it no longer counts. If-Match takes the ETag of the plan."""
    said = patch.model_dump(exclude_unset=True)
    await items.edit(change.lane, change.actor, change.facts, change.entitlement, said, change.now)
    return await _answer(change, change.facts.id)


@router.post(
    "/plan-items/{id}/drop",
    status_code=200,
    response_model=PlanRead,
    summary="Take an item out of a plan",
    response_description="The plan.",
    responses=declared(errors.WrongState, rules.UnderControl, items_rules.AlreadyDropped),
)
async def drop_plan_item(
    change: Annotated[Change, changes(rules.EDIT, facts.of_item)], asked: PlanItemDrop
) -> Response:
    """It stays readable with the reason. If-Match takes the ETag of the plan."""
    await items.drop(change.lane, change.actor, change.facts, change.entitlement, asked.reason, change.now)
    return await _answer(change, change.facts.id)


@router.post(
    "/plans/{id}/checks",
    status_code=201,
    response_model=PlanRead,
    summary="Check an item of a plan",
    response_description="The plan with the checks.",
    responses=declared(errors.WrongState, items_rules.AlreadyDropped, errors.FourEyes),
)
async def check_plan_item(
    change: Annotated[Change, creates_on(rules.CHECK, facts.one, facts.one)], asked: PlanCheckCreate
) -> Response:
    """Answers questions of quality about one item; never by who wrote it. The latest answer counts, until the item is
    edited (Guide P-6)."""
    answers = [answer.model_dump() for answer in asked.answers]
    await items.check(
        change.lane, change.actor, change.facts, change.entitlement, asked.item_id, answers, change.now
    )
    return await _answer(change, change.facts.id, 201)


@router.post(
    "/plans/{id}/record-platform-entry",
    status_code=200,
    response_model=PlanRead,
    summary="Record that a plan was entered in a platform",
    response_description="The plan.",
    responses=declared(errors.WrongState),
)
async def record_platform_entry(
    change: Annotated[Change, changes(rules.RECORD_ENTRY, facts.one)], asked: PlatformEntryCreate
) -> Response:
    """Where, under which reference, on which day (annex A 41). A later record corrects an earlier one."""
    if asked.entered_on > clock.day(change.now):
        raise errors.invalid(
            "#/entered_on", "in_the_future", "The day lies in the future.", "التاريخ في المستقبل."
        )
    await commands.record_entry(
        change.lane, change.actor, change.facts, change.entitlement, asked.model_dump(), change.now
    )
    return await _answer(change, change.facts.id)


@router.post(
    "/plans/{id}/job-plan-links",
    status_code=201,
    response_model=PlanRead,
    summary="Record the link of a plan to job plans",
    response_description="The plan with the link.",
    responses=declared(errors.WrongState, rules.LinkVerified),
)
async def record_job_plan_link(
    change: Annotated[Change, creates_on(rules.RECORD_LINK, facts.one, facts.one)], asked: JobPlanLinkCreate
) -> Response:
    """By planning, or a division of itself, half-yearly: counts of employees, nobody's name (Guide P-11)."""
    await links.record(
        change.lane, change.actor, change.facts, change.entitlement, asked.model_dump(), change.now
    )
    return await _answer(change, change.facts.id, 201)


@router.post(
    "/job-plan-links/{id}/verify",
    status_code=200,
    response_model=PlanRead,
    summary="Verify the link to job plans",
    response_description="The plan.",
    responses=declared(errors.WrongState, errors.FourEyes, rules.LinkVerified),
)
async def verify_job_plan_link(
    change: Annotated[Change, changes(rules.VERIFY_LINK, facts.of_link)],
) -> Response:
    """By financial affairs, never who recorded it. If-Match takes the ETag of the plan."""
    await links.verify(change.lane, change.actor, change.facts, change.entitlement, change.now)
    return await _answer(change, change.facts.id)


async def _answer(change: Change, plan_id: UUID, status: int = 200) -> Response:
    document = await queries.one(change.lane, change.actor, plan_id, change.now)
    return await change.answer(document, status, f"/v1/plans/{plan_id}" if status == 201 else None)
