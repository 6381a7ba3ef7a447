"""Initiatives and projects over HTTP."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Response

from app import errors
from app.answers import SVG, Change, Reading
from app.deps import changes, creates, reads
from app.enums.initiatives import InitiativeKind, InitiativeState, InitiativeStatus, Sector
from app.headers import IfNoneMatch, SubjectPath
from app.problems import declared
from app.routers.json_body import JsonRoute
from app.routers.letters import said
from app.routers.params import CursorParam, LimitParam, SearchParam
from app.schemas.curves import CurveRead
from app.schemas.decisions import StepTaken, StepWithReason
from app.schemas.initiatives import (
    InCharge,
    InitiativeCreate,
    InitiativeList,
    InitiativePatch,
    InitiativeRead,
    InitiativeRevision,
)
from app.services.entities import queries as entities
from app.services.evidence.rules import EvidenceMissing, EvidenceUnverified
from app.services.initiatives import commands, curve, curve_chart, facts, planning, queries, rules
from app.services.initiatives.queries import InitiativeFilter

router = APIRouter(prefix="/v1", tags=["initiatives"], route_class=JsonRoute)

_CHART = {
    "content": {
        SVG: {
            "schema": {
                "type": "string",
                "description": "The chart, in the reader's language.",
                "contentMediaType": SVG,
                "maxLength": 2_000_000,
                "pattern": "^<svg ",
            },
            "example": '<svg xmlns="http://www.w3.org/2000/svg" width="680" height="400"></svg>',
        }
    }
}


@router.get(
    "/initiatives",
    status_code=200,
    response_model=InitiativeList,
    summary="List and search initiatives",
    response_description="A page of initiatives.",
)
async def list_initiatives(
    reading: Annotated[Reading, reads("initiatives.read")],
    q: SearchParam = None,
    entity_id: Annotated[UUID | None, Query(description="Only those of this entity.")] = None,
    kind: Annotated[InitiativeKind | None, Query(description="Only those of this kind.")] = None,
    state: Annotated[InitiativeState | None, Query(description="Only those in this state.")] = None,
    status: Annotated[
        InitiativeStatus | None, Query(description="Only those that are doing so today.")
    ] = None,
    division_id: Annotated[
        UUID | None, Query(description="Only those that this division carries out.")
    ] = None,
    indicator_id: Annotated[UUID | None, Query(description="Only those that move this indicator.")] = None,
    programme_id: Annotated[UUID | None, Query(description="Only parts of this national programme.")] = None,
    sector: Annotated[Sector | None, Query(description="Only those that serve this sector.")] = None,
    cursor: CursorParam = None,
    limit: LimitParam = None,
) -> Response:
    """Initiatives sorted by their name in the reader's language, the article ignored: approved ones of your entity, and
    what you work on (Guide N-1)."""
    asked = InitiativeFilter(
        q=q,
        entity_id=entity_id,
        kind=kind,
        state=state,
        status=status,
        division_id=division_id,
        indicator_id=indicator_id,
        programme_id=programme_id,
        sector=sector,
    )
    return reading.many(
        await queries.many(reading.lane, reading.actor, asked, reading.language, cursor, limit, reading.now)
    )


@router.post(
    "/entities/{id}/initiatives",
    status_code=201,
    response_model=InitiativeRead,
    summary="Propose an initiative",
    response_description="The draft.",
    responses=declared(errors.AlreadyExists),
)
async def create_initiative(
    change: Annotated[Change, creates("initiatives.create", entities.facts, facts.one)],
    proposal: InitiativeCreate,
) -> Response:
    """A draft, of the office or of an executing division, whose member proposes for that division (Guide N-1)."""
    made = await planning.create(change.lane, change.actor, change.facts, proposal.model_dump(), change.now)
    return await _answer(change, made, 201)


@router.get(
    "/initiatives/{id}",
    status_code=200,
    response_model=InitiativeRead,
    summary="Read an initiative",
    response_description="The initiative.",
    responses=declared(errors.NotFound),
)
async def read_initiative(
    id: SubjectPath,
    reading: Annotated[Reading, reads("initiatives.read")],
    if_none_match: IfNoneMatch = None,
) -> Response:
    """One initiative with milestones, money, effects and progress, how it is doing today, and what you may do."""
    return reading.one(await queries.one(reading.lane, reading.actor, id, reading.now), if_none_match)


@router.get(
    "/initiatives/{id}/curve",
    status_code=200,
    response_model=CurveRead,
    summary="Read planned against actual progress, or its chart",
    response_description="The curve; as `image/svg+xml` its chart.",
    responses={200: _CHART, **declared(errors.NotFound, errors.NotAcceptable)},
)
async def read_initiative_curve(
    id: SubjectPath,
    reading: Annotated[Reading, reads("initiatives.read")],
    if_none_match: IfNoneMatch = None,
) -> Response:
    """How far it was to have come by each day, as approved and as revised since, and how far approved reports say that
    it had. `Accept: image/svg+xml` answers the same as a chart, in Arabic or English."""
    document = await curve.one(reading.lane, reading.actor, id, reading.now)
    return await reading.one_or_chart(document, curve_chart.draw, if_none_match)


@router.patch(
    "/initiatives/{id}",
    status_code=200,
    response_model=InitiativeRead,
    summary="Change a drafted initiative",
    response_description="The changed draft.",
    responses=declared(errors.WrongState, errors.FourEyes),
)
async def edit_initiative(
    change: Annotated[Change, changes(rules.EDIT, facts.one)], patch: InitiativePatch
) -> Response:
    """Milestones and effects are replaced as a whole. Whoever edits never approves it, and whoever verified evidence of
    it does not edit it any more."""
    named = _named(patch)
    await planning.edit(change.lane, change.actor, change.facts, change.entitlement, named, change.now)
    return await _answer(change, change.facts.id)


@router.post(
    "/initiatives/{id}/submit",
    status_code=200,
    response_model=InitiativeRead,
    summary="Submit an initiative to be approved",
    response_description="The submitted initiative.",
    responses=declared(errors.WrongState, rules.IncompleteInitiative, EvidenceMissing),
)
async def submit_initiative(change: Annotated[Change, changes(rules.SUBMIT, facts.one)]) -> Response:
    """Needs a division in charge, and milestones whose weights come to 100. It then waits for the manager; a foresight
    initiative for the technical representative assigned to it (Guide N-6)."""
    await commands.submit(change.lane, change.actor, change.facts, change.entitlement, change.now)
    return await _answer(change, change.facts.id)


@router.post(
    "/initiatives/{id}/withdraw",
    status_code=200,
    response_model=InitiativeRead,
    summary="Take a submitted initiative back",
    response_description="The draft.",
    responses=declared(errors.WrongState),
)
async def withdraw_initiative(change: Annotated[Change, changes(rules.WITHDRAW, facts.one)]) -> Response:
    """Possible until it is approved."""
    await commands.withdraw(change.lane, change.actor, change.facts, change.entitlement, change.now)
    return await _answer(change, change.facts.id)


@router.post(
    "/initiatives/{id}/discard",
    status_code=200,
    response_model=InitiativeRead,
    summary="Discard a drafted initiative",
    response_description="The discarded initiative.",
    responses=declared(errors.WrongState),
)
async def discard_initiative(change: Annotated[Change, changes(rules.DISCARD, facts.one)]) -> Response:
    """Ends a draft. It stays readable to who worked on it."""
    await commands.discard(change.lane, change.actor, change.facts, change.entitlement, change.now)
    return await _answer(change, change.facts.id)


@router.post(
    "/initiatives/{id}/approve",
    status_code=200,
    response_model=InitiativeRead,
    summary="Approve an initiative",
    response_description="The approved initiative.",
    responses=declared(errors.WrongState, errors.FourEyes),
)
async def approve_initiative(
    change: Annotated[Change, changes(rules.APPROVE, facts.one)], step: StepTaken | None = None
) -> Response:
    """Its dates and milestones are kept as they are now: by them its status is told, whatever is revised later."""
    await commands.approve(
        change.lane, change.actor, change.facts, change.entitlement, said(step), change.now
    )
    return await _answer(change, change.facts.id)


@router.post(
    "/initiatives/{id}/return",
    status_code=200,
    response_model=InitiativeRead,
    summary="Return an initiative with a reason",
    response_description="The returned draft.",
    responses=declared(errors.WrongState, errors.FourEyes),
)
async def return_initiative(
    change: Annotated[Change, changes(rules.RETURN, facts.one)], step: StepWithReason
) -> Response:
    """Sends it back to who proposes it."""
    await commands.send_back(
        change.lane, change.actor, change.facts, change.entitlement, said(step), change.now
    )
    return await _answer(change, change.facts.id)


@router.post(
    "/initiatives/{id}/revise",
    status_code=200,
    response_model=InitiativeRead,
    summary="Revise the plan of an approved initiative",
    response_description="The initiative.",
    responses=declared(errors.WrongState),
)
async def revise_initiative(
    change: Annotated[Change, changes(rules.REVISE, facts.one)], revision: InitiativeRevision
) -> Response:
    """Changes dates, milestones, effects, with a reason. What was approved stays as the baseline."""
    named = _named(revision)
    await planning.revise(
        change.lane,
        change.actor,
        change.facts,
        change.entitlement,
        named,
        named.pop("reason"),
        change.now,
    )
    return await _answer(change, change.facts.id)


@router.post(
    "/initiatives/{id}/put-in-charge",
    status_code=200,
    response_model=InitiativeRead,
    summary="Name who carries an initiative out",
    response_description="The initiative.",
    responses=declared(errors.WrongState),
)
async def put_in_charge_of_initiative(
    change: Annotated[Change, changes(rules.PUT_IN_CHARGE, facts.one)], named: InCharge
) -> Response:
    """The manager names the executing division and the project manager; reports on their way keep their chain
    (Guide N-8)."""
    await planning.put_in_charge(
        change.lane, change.actor, change.facts, named.model_dump(exclude_unset=True), change.now
    )
    return await _answer(change, change.facts.id)


@router.post(
    "/initiatives/{id}/stop",
    status_code=200,
    response_model=InitiativeRead,
    summary="Stop an initiative",
    response_description="The stopped initiative.",
    responses=declared(errors.WrongState),
)
async def stop_initiative(
    change: Annotated[Change, changes(rules.STOP, facts.one)], step: StepWithReason
) -> Response:
    """By the head's decision, with the reason. It is over for good."""
    await commands.stop(change.lane, change.actor, change.facts, change.entitlement, said(step), change.now)
    return await _answer(change, change.facts.id)


@router.post(
    "/initiatives/{id}/ask-to-close",
    status_code=200,
    response_model=InitiativeRead,
    summary="Say that execution has ended",
    response_description="The initiative, which waits for the office.",
    responses=declared(errors.WrongState, errors.FourEyes, rules.ReportInWork),
)
async def ask_to_close_initiative(
    change: Annotated[Change, changes(rules.ASK_TO_CLOSE, facts.one)],
) -> Response:
    """Who runs it says so; the documents that prove it are brought as evidence of it (Guide N-5)."""
    await commands.ask_to_close(change.lane, change.actor, change.facts, change.entitlement, change.now)
    return await _answer(change, change.facts.id)


@router.post(
    "/initiatives/{id}/confirm-closing",
    status_code=200,
    response_model=InitiativeRead,
    summary="Confirm the closing of an initiative",
    response_description="The closed initiative.",
    responses=declared(
        errors.WrongState, errors.FourEyes, rules.ReportInWork, rules.ClosingNotProven, EvidenceUnverified
    ),
)
async def confirm_closing_of_initiative(
    change: Annotated[Change, changes(rules.CONFIRM_CLOSING, facts.one)], step: StepTaken | None = None
) -> Response:
    """The office confirms, never who asked or worked on it, and only where a document that proves the end is verified
    (Guide N-5, V-2)."""
    await commands.confirm_closing(
        change.lane, change.actor, change.facts, change.entitlement, said(step), change.now
    )
    return await _answer(change, change.facts.id)


@router.post(
    "/initiatives/{id}/return-to-work",
    status_code=200,
    response_model=InitiativeRead,
    summary="Send an initiative back to work",
    response_description="The initiative, which is carried out again.",
    responses=declared(errors.WrongState, errors.FourEyes),
)
async def return_initiative_to_work(
    change: Annotated[Change, changes(rules.RETURN_TO_WORK, facts.one)], step: StepWithReason
) -> Response:
    """Says why execution has not ended."""
    await commands.return_to_work(
        change.lane, change.actor, change.facts, change.entitlement, said(step), change.now
    )
    return await _answer(change, change.facts.id)


def _named(body: InitiativePatch | InitiativeRevision) -> dict[str, Any]:
    """The fields that a body names, and each milestone and effect in full."""
    named = body.model_dump(exclude_unset=True, exclude={"milestones", "effects"})
    if "milestones" in body.model_fields_set:
        named["milestones"] = [each.model_dump() for each in body.milestones]
    if "effects" in body.model_fields_set:
        named["effects"] = [each.model_dump() for each in body.effects]
    return named


async def _answer(change: Change, initiative_id: UUID, status: int = 200) -> Response:
    document = await queries.one(change.lane, change.actor, initiative_id, change.now)
    return await change.answer(
        document, status, f"/v1/initiatives/{initiative_id}" if status == 201 else None
    )
