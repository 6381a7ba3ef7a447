"""Contributions to shared indicators over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from app import errors
from app.answers import Change, Reading
from app.deps import changes, creates_on, reads
from app.enums import ContributionState
from app.headers import IfNoneMatch, SubjectPath
from app.problems import declared
from app.routers.json_body import JsonRoute
from app.routers.params import CursorParam, LimitParam
from app.schemas.base import PeriodCode
from app.schemas.contributions import (
    ContributionAccept,
    ContributionCreate,
    ContributionList,
    ContributionPatch,
    ContributionRead,
    ContributionReason,
    PartExplanation,
)
from app.services.contributions import commands, queries, rules
from app.services.contributions.queries import ContributionFilter
from app.services.indicators import queries as indicators
from app.services.results.rules import IndicatorNotActive

router = APIRouter(prefix="/v1", tags=["contributions"], route_class=JsonRoute)


@router.post(
    "/indicators/{id}/contributions",
    status_code=201,
    response_model=ContributionRead,
    summary="Invite an entity to contribute to an indicator",
    response_description="The invitation.",
    responses=declared(errors.WrongState, errors.AlreadyExists),
)
async def invite_contributor(
    change: Annotated[Change, creates_on(rules.INVITE, indicators.entry_facts, queries.facts)],
    invitation: ContributionCreate,
) -> Response:
    """The owner's manager asks another entity to measure a part of this indicator, the whole (Guide I-3).

    Send the ETag of the indicator: it becomes shared (`shared: true`) and gets a new version. The
    invitation waits for the other entity's manager. One invitation or contribution stands per entity.
    """
    made = await commands.invite(change.lane, change.actor, change.facts, invitation.model_dump(), change.now)
    return await _answer(change, made, 201)


@router.get(
    "/indicators/{id}/contributions",
    status_code=200,
    response_model=ContributionList,
    summary="List who contributes to an indicator",
    response_description="A page of contributions.",
)
async def list_contributors(
    id: SubjectPath,
    reading: Annotated[Reading, reads("contributions.read")],
    period: Annotated[
        PeriodCode | None,
        Query(
            description="Tell how far the parts of this period have come; by default the last period of the"
            " whole that has ended, of a biennial or irregular one the last year.",
            examples=["2025"],
        ),
    ] = None,
    state: Annotated[ContributionState | None, Query(description="Only those in this state.")] = None,
    cursor: CursorParam = None,
    limit: LimitParam = None,
) -> Response:
    """Whom the indicator, the whole, is shared with, and how far each part has come (Guide I-4).

    The owner approves a result of the whole, that is, certifies it, once each accepted part of the period is
    `approved` or `explained`. Accepted contributions are visible to anyone; how far their parts have
    come, to the owner, the contributors and UNIT; others only to both sides and UNIT.
    """
    asked = ContributionFilter(indicator_id=id, state=state, period=period)
    return reading.many(await queries.many(reading.lane, reading.actor, asked, cursor, limit, reading.now))


@router.get(
    "/contributions",
    status_code=200,
    response_model=ContributionList,
    summary="List contributions",
    response_description="A page of contributions.",
)
async def list_contributions(
    reading: Annotated[Reading, reads("contributions.read")],
    entity_id: Annotated[UUID | None, Query(description="Only to indicators of this owner.")] = None,
    contributor_id: Annotated[UUID | None, Query(description="Only those of this contributor.")] = None,
    state: Annotated[ContributionState | None, Query(description="Only those in this state.")] = None,
    cursor: CursorParam = None,
    limit: LimitParam = None,
) -> Response:
    """What entities contribute to each other's indicators, each with its part of the last period that has
    ended."""
    asked = ContributionFilter(entity_id=entity_id, contributor_id=contributor_id, state=state)
    return reading.many(await queries.many(reading.lane, reading.actor, asked, cursor, limit, reading.now))


@router.get(
    "/contributions/{id}",
    status_code=200,
    response_model=ContributionRead,
    summary="Read a contribution",
    response_description="The contribution.",
    responses=declared(errors.NotFound),
)
async def read_contribution(
    id: SubjectPath,
    reading: Annotated[Reading, reads("contributions.read")],
    if_none_match: IfNoneMatch = None,
) -> Response:
    """One contribution as both sides need it: the contributor sees the whole with its target, its latest
    result and how far all parts have come; the owner sees the part and its approved figure."""
    return reading.one(await queries.one(reading.lane, reading.actor, id, reading.now), if_none_match)


@router.patch(
    "/contributions/{id}",
    status_code=200,
    response_model=ContributionRead,
    summary="Change an invitation",
    response_description="The invitation.",
    responses=declared(errors.WrongState),
)
async def edit_contribution(
    change: Annotated[Change, changes(rules.EDIT, queries.facts)], patch: ContributionPatch
) -> Response:
    """The owner's manager changes weight or message while nobody has answered."""
    given = patch.model_dump(exclude_unset=True)
    await commands.edit(change.lane, change.actor, change.facts, change.entitlement, given, change.now)
    return await _answer(change, change.facts.id)


@router.post(
    "/contributions/{id}/accept",
    status_code=200,
    response_model=ContributionRead,
    summary="Accept to contribute",
    response_description="The accepted contribution.",
    responses=declared(errors.WrongState, IndicatorNotActive, rules.Circle),
)
async def accept_contribution(
    change: Annotated[Change, changes(rules.ACCEPT, queries.facts)], answer: ContributionAccept
) -> Response:
    """The contributor's manager names the part: an own special indicator (Guide I-4).

    From then on both sides see each other's approved results of the two indicators, unless restricted. An
    indicator is never a part of itself, by whatever way (`circle`).
    """
    await commands.accept(
        change.lane, change.actor, change.facts, change.entitlement, answer.indicator_id, change.now
    )
    return await _answer(change, change.facts.id)


@router.post(
    "/contributions/{id}/refuse",
    status_code=200,
    response_model=ContributionRead,
    summary="Refuse to contribute",
    response_description="The refused invitation.",
    responses=declared(errors.WrongState),
)
async def refuse_contribution(
    change: Annotated[Change, changes(rules.REFUSE, queries.facts)], answer: ContributionReason
) -> Response:
    """The contributor's manager declines, with a reason. The owner may invite again."""
    await commands.refuse(
        change.lane, change.actor, change.facts, change.entitlement, answer.reason, change.now
    )
    return await _answer(change, change.facts.id)


@router.post(
    "/contributions/{id}/withdraw",
    status_code=200,
    response_model=ContributionRead,
    summary="Withdraw an invitation or end a contribution",
    response_description="The withdrawn contribution.",
    responses=declared(errors.WrongState),
)
async def withdraw_contribution(
    change: Annotated[Change, changes(rules.WITHDRAW, queries.facts)], said: ContributionReason
) -> Response:
    """The owner's manager takes an invitation back or ends a contribution, with a reason. What was certified
    keeps its parts."""
    await commands.withdraw(
        change.lane, change.actor, change.facts, change.entitlement, said.reason, change.now
    )
    return await _answer(change, change.facts.id)


@router.post(
    "/contributions/{id}/leave",
    status_code=200,
    response_model=ContributionRead,
    summary="End one's own contribution",
    response_description="The ended contribution.",
    responses=declared(errors.WrongState),
)
async def leave_contribution(
    change: Annotated[Change, changes(rules.LEAVE, queries.facts)], said: ContributionReason
) -> Response:
    """The contributor's manager ends the contribution, with a reason. What was certified keeps its parts."""
    await commands.leave(change.lane, change.actor, change.facts, change.entitlement, said.reason, change.now)
    return await _answer(change, change.facts.id)


@router.post(
    "/contributions/{id}/explain",
    status_code=200,
    response_model=ContributionRead,
    summary="Explain why a part is missing",
    response_description="The contribution.",
    responses=declared(errors.WrongState, rules.PartNotMissing),
)
async def explain_missing_part(
    change: Annotated[Change, changes(rules.EXPLAIN, queries.facts)], explanation: PartExplanation
) -> Response:
    """Manager or specialist of either side says why the part of a period is missing, so that the whole can be
    certified without it.

    The period is one that the whole is measured in. Said again, it replaces what was said; what is certified
    keeps what was said then. It is no use once the contributor has submitted a figure: that is awaited.
    """
    await commands.explain(
        change.lane,
        change.actor,
        change.facts,
        change.entitlement,
        explanation.period,
        explanation.reason,
        change.now,
    )
    return await _answer(change, change.facts.id)


async def _answer(change: Change, contribution_id: UUID, status: int = 200) -> Response:
    document = await queries.one(change.lane, change.actor, contribution_id, change.now)
    location = f"/v1/contributions/{contribution_id}" if status == 201 else None
    return await change.answer(document, status, location)
