"""Risks over HTTP: what is read, registered, said otherwise and assessed. What is decided stands in `risk_decisions`."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from app import errors
from app.answers import Change, Reading
from app.deps import changes, creates_about, reads
from app.enums.risks import RiskGrade, RiskKind, RiskMeasure, RiskState, RiskStrategy
from app.headers import IfNoneMatch, SubjectPath
from app.problems import declared
from app.routers.json_body import JsonRoute
from app.routers.params import CursorParam, LimitParam, SearchParam
from app.schemas.risk_matrix import RiskLessonList, RiskMatrix
from app.schemas.risk_steps import RiskAssessmentCreate
from app.schemas.risks import RiskCreate, RiskList, RiskPatch, RiskRead
from app.services.risks import assessment_rules, contents, facts, matrix, queries, rules
from app.services.risks.assessment_rules import Levels
from app.services.risks.queries import LessonFilter, RiskFilter

router = APIRouter(prefix="/v1", tags=["risks"], route_class=JsonRoute)

_EntityParam = Annotated[UUID | None, Query(description="Only those of this entity.")]
_KindParam = Annotated[RiskKind | None, Query(description="Only those of this kind.")]
_LEVELS = set(assessment_rules.LEVELS)


@router.get(
    "/risks",
    status_code=200,
    response_model=RiskList,
    summary="List risks",
    response_description="A page of risks.",
)
async def list_risks(
    reading: Annotated[Reading, reads("risks.read")],
    entity_id: _EntityParam = None,
    about_id: Annotated[UUID | None, Query(description="Only those about this thing.")] = None,
    division_id: Annotated[UUID | None, Query(description="Only those that this division owns.")] = None,
    settings_id: Annotated[
        UUID | None,
        Query(description="Only those that were last assessed with this version of the settings."),
    ] = None,
    kind: _KindParam = None,
    grade: Annotated[RiskGrade | None, Query(description="Only those of this grade.")] = None,
    strategy: Annotated[RiskStrategy | None, Query(description="Only those with this strategy.")] = None,
    state: Annotated[RiskState | None, Query(description="Only those in this state.")] = None,
    open: Annotated[
        bool | None, Query(description="Only those that may still happen, or that are over or have happened.")
    ] = None,
    overdue: Annotated[
        bool | None, Query(description="Only those that should have been assessed anew, or need not yet.")
    ] = None,
    q: SearchParam = None,
    cursor: CursorParam = None,
    limit: LimitParam = None,
) -> Response:
    """What may happen, as far as you may see it, ranked: the highest score first (Guide K-2)."""
    asked = RiskFilter(
        entity_id,
        about_id,
        division_id,
        settings_id,
        kind,
        grade,
        strategy,
        state,
        open,
        overdue,
        q,
    )
    return reading.many(await queries.many(reading.lane, reading.actor, asked, cursor, limit, reading.now))


@router.post(
    "/risks",
    status_code=201,
    response_model=RiskRead,
    summary="Register a risk",
    response_description="The risk, whose strategy the manager chooses.",
)
async def register_risk(
    change: Annotated[Change, creates_about("risks.register", facts.one)], risk: RiskCreate
) -> Response:
    """About something that you may see, or about the office of an entity (Guide K-1): by the office, or the division or
    project manager in charge. When it is assessed anew follows from its grade, in Omani working days."""
    body = risk.model_dump()
    said = {name: value for name, value in body.items() if name in rules.TOLD}
    levels = Levels(**{name: value for name, value in body.items() if name in _LEVELS})
    made = await contents.register(
        change.lane, change.actor, risk.about_id, risk.entity_id, said, levels, change.now
    )
    return await answer(change, made, 201)


@router.get(
    "/risks/{id}",
    status_code=200,
    response_model=RiskRead,
    summary="Read a risk",
    response_description="The risk.",
    responses=declared(errors.NotFound),
)
async def read_risk(
    id: SubjectPath,
    reading: Annotated[Reading, reads("risks.read")],
    if_none_match: IfNoneMatch = None,
) -> Response:
    """Each assessment of it, what its treatment asked for and was granted, to whom it was raised, what came of it."""
    return reading.one(await queries.one(reading.lane, reading.actor, id, reading.now), if_none_match)


@router.patch(
    "/risks/{id}",
    status_code=200,
    response_model=RiskRead,
    summary="Say a risk otherwise",
    response_description="The changed risk.",
    responses=declared(errors.WrongState),
)
async def edit_risk(change: Annotated[Change, changes(rules.EDIT, facts.one)], patch: RiskPatch) -> Response:
    """While it may still happen. What it is about never changes; its levels do by an assessment."""
    said = patch.model_dump(exclude_unset=True)
    await contents.edit(change.lane, change.actor, change.facts, change.entitlement, said, change.now)
    return await answer(change, change.facts.id)


@router.post(
    "/risks/{id}/assess",
    status_code=200,
    response_model=RiskRead,
    summary="Assess a risk anew",
    response_description="The risk, with the day of its next assessment.",
    responses=declared(errors.WrongState, rules.TooMany),
)
async def assess_risk(
    change: Annotated[Change, changes(rules.ASSESS, facts.one)], assessment: RiskAssessmentCreate
) -> Response:
    """By the settings in force (Guide K-5). What was accepted and has become graver is to be accepted anew."""
    levels = Levels(**assessment.model_dump(exclude={"note"}))
    await contents.assess(
        change.lane,
        change.actor,
        change.facts,
        change.entitlement,
        levels,
        assessment.note,
        change.now,
    )
    return await answer(change, change.facts.id)


@router.get(
    "/risk-matrix",
    status_code=200,
    response_model=RiskMatrix,
    summary="Read the matrix of risks",
    response_description="The matrix, ready to draw.",
    responses=declared(errors.NotFound),
)
async def read_risk_matrix(
    reading: Annotated[Reading, reads("risks.read")],
    entity_id: _EntityParam = None,
    of: Annotated[
        RiskMeasure, Query(description="By the levels before the treatment, or with it.")
    ] = RiskMeasure.INHERENT,
    settings_id: Annotated[
        UUID | None, Query(description="Of which version of the settings; by default the one in force.")
    ] = None,
    if_none_match: IfNoneMatch = None,
) -> Response:
    """Of the risks that you may see and that may still happen: how many stand in each cell (Guide K-2). Those that were
    assessed with other versions of the settings are counted beside it."""
    document = await matrix.drawn(reading.lane, reading.actor, of, entity_id, settings_id, reading.now)
    return reading.one(document, if_none_match)


@router.get(
    "/risk-lessons",
    status_code=200,
    response_model=RiskLessonList,
    summary="List the lessons learned from risks",
    response_description="A page of lessons.",
)
async def list_risk_lessons(
    reading: Annotated[Reading, reads("risks.read")],
    entity_id: _EntityParam = None,
    kind: _KindParam = None,
    q: SearchParam = None,
    cursor: CursorParam = None,
    limit: LimitParam = None,
) -> Response:
    """What was learned from risks that are over, of those that you may see (Guide K-5)."""
    asked = LessonFilter(entity_id, kind, q)
    return reading.many(await queries.lessons(reading.lane, reading.actor, asked, cursor, limit, reading.now))


async def answer(change: Change, risk_id: UUID, status: int = 200) -> Response:
    """The risk as the actor sees it now."""
    document = await queries.one(change.lane, change.actor, risk_id, change.now)
    return await change.answer(document, status, f"/v1/risks/{risk_id}" if status == 201 else None)
