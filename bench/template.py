"""The yardstick: the same answers the way that templates of FastAPI usually give them.

ORM objects with joined relations, a response_model over them, count and offset, two middlewares made with
BaseHTTPMiddleware, a JWT whose person is looked up by the ORM. No rule of rights is asked beyond that. The
service's tables are mapped already; the relations that a template would add are added here, in its own process.
"""

import os
import time
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

from cryptography.hazmat.primitives import serialization
from fastapi import Depends, FastAPI, HTTPException, Request, Response
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from jose import jwt
from pydantic import BaseModel, ConfigDict
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import foreign, joinedload, relationship, selectinload
from starlette.middleware.base import BaseHTTPMiddleware

from app import ids
from app.models import (
    Definition,
    Division,
    Entity,
    Event,
    Indicator,
    Membership,
    Pillar,
    Priority,
    Result,
    Schedule,
    Subject,
    Target,
    User,
    Wait,
)


def _to(model: Any, condition: Callable[[], Any], **options: Any) -> Any:
    return relationship(model, primaryjoin=condition, viewonly=True, **options)


_I: Any = Indicator
_R: Any = Result
_D: Any = Definition
_P: Any = Priority
_I.entity = _to(Entity, lambda: foreign(_I.entity_id) == Entity.id)
_I.priority = _to(Priority, lambda: foreign(_I.priority_id) == Priority.id)
_I.division = _to(Division, lambda: foreign(_I.division_id) == Division.id)
_I.definition = _to(Definition, lambda: foreign(_I.definition_id) == Definition.id)
_I.schedules = _to(Schedule, lambda: _I.id == foreign(Schedule.indicator_id), uselist=True)
_P.pillar = _to(Pillar, lambda: foreign(_P.pillar_id) == Pillar.id)
_D.targets = _to(Target, lambda: _D.id == foreign(Target.definition_id), uselist=True, order_by=Target.year)
_R.indicator = _to(Indicator, lambda: foreign(_R.indicator_id) == Indicator.id)
_R.entity = _to(Entity, lambda: foreign(_R.entity_id) == Entity.id)
_R.division = _to(Division, lambda: foreign(_R.division_id) == Division.id)
_R.entered_by = _to(User, lambda: foreign(_R.entered_by_id) == User.id)
_R.submitted_by = _to(User, lambda: foreign(_R.submitted_by_id) == User.id)
_R.waits = _to(
    Wait,
    lambda: (_R.id == foreign(Wait.subject_id)) & Wait.closed_at.is_(None),
    uselist=True,
    order_by=Wait.rank,
)
User.memberships = _to(Membership, lambda: User.id == foreign(Membership.user_id), uselist=True)

_URL = os.environ.get("MUTABAA_DATABASE_URL", "postgresql://").partition("?")[0]
_engine = create_async_engine(_URL.replace("postgresql:", "postgresql+asyncpg:", 1), pool_size=10)
_sessions = async_sessionmaker(_engine, expire_on_commit=False)


# What is answered


class _Out(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class RefOut(_Out):
    """A thing by name."""

    id: UUID
    code: str
    name_ar: str
    name_en: str


class PersonOut(_Out):
    """A person by name."""

    id: UUID
    name_ar: str
    name_en: str


class PriorityOut(RefOut):
    """A priority with its pillar."""

    pillar: RefOut | None = None


class IndicatorItem(_Out):
    """An indicator in a list."""

    id: UUID
    code: str
    name_ar: str
    name_en: str
    level: str
    state: str
    in_scorecard: bool
    shared: bool | None
    entity: RefOut
    priority: RefOut | None
    division: RefOut | None
    unit_ar: str
    unit_en: str
    polarity: str
    frequency: str
    measure: str
    verified: bool
    version: int


class TargetOut(_Out):
    """A target."""

    year: int
    kind: str
    value: Decimal | None
    value_max: Decimal | None
    outer_min: Decimal | None
    outer_max: Decimal | None
    rank: int | None
    window_start: int | None
    window_end: int | None
    source: str | None


class DefinitionOut(_Out):
    """A definition with its targets."""

    id: UUID
    number: int
    method_ar: str | None
    method_en: str | None
    formula_ar: str | None
    formula_en: str | None
    numerator_ar: str | None
    numerator_en: str | None
    denominator_ar: str | None
    denominator_en: str | None
    source: str | None
    decimals: int
    aggregation: str
    green_at: Decimal
    amber_at: Decimal
    tolerance: Decimal | None
    baseline_value: Decimal | None
    baseline_rank: int | None
    baseline_rank_of: int | None
    baseline_year: int | None
    reason: str | None
    activated_at: datetime | None
    targets: list[TargetOut]


class ScheduleOut(_Out):
    """A schedule."""

    frequency: str
    starts_on: date
    opens_after: int
    due_after: int
    late_for: int
    closes_after: int


class WaitOut(_Out):
    """Whom something waits for."""

    party: str
    action: str
    rank: int
    opened_at: datetime
    due: date | None


class FigureOut(_Out):
    """A result in a list."""

    id: UUID
    indicator: RefOut
    entity: RefOut
    period: str
    period_start: date
    period_end: date
    revision: int
    state: str
    classification: str
    value: Decimal | None
    rank: int | None
    rank_of: int | None
    numerator: Decimal | None
    denominator: Decimal | None
    obs_status: str
    known_from: datetime | None
    published_at: datetime | None
    waits: list[WaitOut]
    version: int


class ResultOut(FigureOut):
    """A result."""

    division: RefOut | None
    note: str | None
    recorded_at: datetime
    entered_by: PersonOut | None
    entered_at: datetime | None
    submitted_by: PersonOut | None
    submitted_at: datetime | None


class IndicatorOut(IndicatorItem):
    """An indicator with its definition and latest figures."""

    priority: PriorityOut | None
    entered_by: str
    owner_assumed: bool
    name_ar_translated: bool
    publisher: str | None
    definition: DefinitionOut | None
    schedules: list[ScheduleOut]
    confidence: str | None
    status: str | None
    note: str | None
    retired_on: date | None


class IndicatorsOut(BaseModel):
    """A page of indicators."""

    items: list[IndicatorItem]
    total: int


class FiguresOut(BaseModel):
    """A page of results."""

    items: list[FigureOut]
    total: int


class ScoreOut(BaseModel):
    """How an entity stands."""

    id: UUID
    code: str
    name_ar: str
    name_en: str
    indicators: int
    green: int
    amber: int
    red: int
    score: Decimal | None


class ScoresOut(BaseModel):
    """How all entities stand."""

    items: list[ScoreOut]


# What a request is given


async def _session() -> AsyncIterator[AsyncSession]:
    async with _sessions() as session:
        yield session


Session = Annotated[AsyncSession, Depends(_session)]
_bearer = HTTPBearer()
_KEYS = [
    serialization.load_pem_private_key(path.read_bytes(), None)
    .public_key()
    .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    .decode()
    for path in sorted(Path(os.environ.get("MUTABAA_TOKEN_KEYS", "/nowhere")).glob("*.pem"))
]


async def _user(session: Session, given: Annotated[HTTPAuthorizationCredentials, Depends(_bearer)]) -> User:
    claims = jwt.decode(given.credentials, _KEYS[-1], algorithms=["ES256"], audience="mutabaa-api")
    found = await session.execute(
        select(User).where(User.id == UUID(claims["sub"])).options(selectinload(User.memberships))  # type: ignore[attr-defined]
    )
    user = found.scalar_one_or_none()
    if user is None or not user.is_active:
        raise HTTPException(401)
    return user


CurrentUser = Annotated[User, Depends(_user)]
_Next = Callable[[Request], Awaitable[Response]]


class _RequestId(BaseHTTPMiddleware):
    async def dispatch(self, request: Request, call_next: _Next) -> Response:
        response = await call_next(request)
        response.headers["X-Request-Id"] = uuid.uuid4().hex
        return response


class _Timing(BaseHTTPMiddleware):
    async def dispatch(self, request: Request, call_next: _Next) -> Response:
        began = time.perf_counter()
        response = await call_next(request)
        response.headers["X-Process-Time"] = str(time.perf_counter() - began)
        return response


app = FastAPI()
app.add_middleware(_RequestId)
app.add_middleware(_Timing)

_ITEM = (joinedload(_I.entity), joinedload(_I.priority), joinedload(_I.division))
_FIGURE = (joinedload(_R.indicator), joinedload(_R.entity), selectinload(_R.waits))
_RESULT = (
    *_FIGURE,
    joinedload(_R.division),
    joinedload(_R.entered_by),
    joinedload(_R.submitted_by),
)


@app.get("/v1/indicators", response_model=IndicatorsOut)
async def list_indicators(user: CurrentUser, session: Session, limit: int = 50, offset: int = 0) -> Any:
    """A page of indicators by name."""
    total = await session.scalar(select(func.count()).select_from(Indicator))
    found = await session.execute(
        select(Indicator)
        .options(*_ITEM)
        .order_by(Indicator.sort_ar, Indicator.id)
        .limit(limit)
        .offset(offset)
    )
    return {"items": found.scalars().all(), "total": total}


@app.get("/v1/indicators/{id}", response_model=IndicatorOut)
async def read_indicator(id: UUID, user: CurrentUser, session: Session) -> Any:
    """An indicator with its definition, targets and schedule."""
    return await _one_indicator(session, id)


async def _one_indicator(session: AsyncSession, id_: UUID) -> Any:
    found = await session.execute(
        select(Indicator)
        .where(Indicator.id == id_)
        .options(
            joinedload(_I.entity),
            joinedload(_I.priority).joinedload(_P.pillar),
            joinedload(_I.division),
            joinedload(_I.definition).selectinload(_D.targets),
            selectinload(_I.schedules),
        )
    )
    indicator = found.scalar_one_or_none()
    if indicator is None:
        raise HTTPException(404)
    return indicator


@app.get("/v1/results", response_model=FiguresOut)
async def list_results(
    user: CurrentUser,
    session: Session,
    indicator_id: UUID | None = None,
    limit: int = 50,
    offset: int = 0,
) -> Any:
    """A page of results, newest first."""
    where = [Result.indicator_id == indicator_id] if indicator_id else []
    total = await session.scalar(select(func.count()).select_from(Result).where(*where))
    found = await session.execute(
        select(Result)
        .where(*where)
        .options(*_FIGURE)
        .order_by(Result.period_end.desc(), Result.id)
        .limit(limit)
        .offset(offset)
    )
    return {"items": found.scalars().all(), "total": total}


@app.get("/v1/scoreboard", response_model=ScoresOut)
async def scoreboard(user: CurrentUser, session: Session) -> Any:
    """How all entities stand: each one's latest figures, scored in Python."""
    entities = (await session.execute(select(Entity).order_by(Entity.code))).scalars().all()
    latest = (
        select(Result.id)
        .where(Result.state == "approved")
        .distinct(Result.indicator_id)
        .order_by(Result.indicator_id, Result.period_end.desc(), Result.revision.desc())
    )
    found = await session.execute(
        select(Result)
        .where(Result.id.in_(latest))
        .options(joinedload(_R.indicator).joinedload(_I.definition).selectinload(_D.targets))
    )
    scores: dict[UUID, list[tuple[Decimal, Definition]]] = {}
    for result in found.scalars():
        figure: Any = result
        definition = figure.indicator.definition
        goal = next((t.value for t in definition.targets if t.year >= result.period_end.year), None)
        if goal is None or goal == definition.baseline_value:
            continue
        on_track = 100 * (figure.value - definition.baseline_value) / (goal - definition.baseline_value)
        scores.setdefault(result.entity_id, []).append((on_track, definition))
    return {"items": [_score(entity, scores.get(entity.id, [])) for entity in entities]}


def _score(entity: Entity, scored: list[tuple[Decimal, Any]]) -> dict[str, Any]:
    green = sum(on_track >= d.green_at for on_track, d in scored)
    red = sum(on_track < d.amber_at for on_track, d in scored)
    capped = [min(max(on_track, Decimal(0)), Decimal(100)) for on_track, _ in scored]
    return {
        **{name: getattr(entity, name) for name in ("id", "code", "name_ar", "name_en")},
        "indicators": len(scored),
        "green": green,
        "amber": len(scored) - green - red,
        "red": red,
        "score": round(sum(capped) / len(capped), 2) if capped else None,
    }


class EntryIn(BaseModel):
    """A figure."""

    period: str
    value: Decimal
    note: str | None = None


@app.post("/v1/indicators/{id}/results", response_model=ResultOut, status_code=201)
async def enter(id: UUID, entry: EntryIn, user: CurrentUser, session: Session) -> Any:
    """Enter a figure."""
    indicator = await session.get(Indicator, id)
    if indicator is None:
        raise HTTPException(404)
    now = datetime.now(UTC)
    starts = date.fromisoformat(f"{entry.period}-01")
    result_id = ids.new()
    session.add(Subject(id=result_id, kind="result", entity_id=indicator.entity_id, created_at=now))
    await session.flush()
    result = Result(
        id=result_id,
        indicator_id=indicator.id,
        entity_id=indicator.entity_id,
        definition_id=indicator.definition_id,
        division_id=indicator.division_id,
        period=entry.period,
        period_start=starts,
        period_end=(starts + timedelta(days=31)).replace(day=1) - timedelta(days=1),
        revision=1,
        state="draft",
        classification="internal",
        value=entry.value,
        obs_status="A",
        note=entry.note,
        parties_enter=[f"division:{indicator.division_id}", f"specialist:{indicator.entity_id}"],
        parties_review=[f"planning:{indicator.entity_id}"],
        parties_approve=[f"manager:{indicator.entity_id}"],
        edited_by=[user.id],
        recorded_at=now,
        entered_by_id=user.id,
        entered_at=now,
    )
    session.add(result)
    await session.flush()
    event = await _told(session, result, user, "results.create", None, now)
    for rank, party in enumerate(result.parties_enter):
        session.add(_wait(result, "results.submit", party, rank, event))
    return await _committed(session, result)


@app.post("/v1/results/{id}/submit", response_model=ResultOut)
async def submit(id: UUID, user: CurrentUser, session: Session) -> Any:
    """Submit a draft."""
    result = await session.get(Result, id)
    if result is None:
        raise HTTPException(404)
    if result.state != "draft":
        raise HTTPException(409)
    now = datetime.now(UTC)
    event = await _move(session, result, user, "results.submit", "submitted", now)
    result.submitted_by_id, result.submitted_at = user.id, now
    session.add(_wait(result, "results.review", result.parties_review[0], 0, event))
    return await _committed(session, result)


class DecisionIn(BaseModel):
    """A decision."""

    id: UUID
    decision: str


class DecisionsIn(BaseModel):
    """Many decisions."""

    items: list[DecisionIn]


class DecisionOut(BaseModel):
    """What became of one."""

    id: UUID
    status: int
    state: str
    version: int


class DecisionsOut(BaseModel):
    """What became of them."""

    items: list[DecisionOut]


@app.post("/v1/results/decisions", response_model=DecisionsOut)
async def decide(wanted: DecisionsIn, user: CurrentUser, session: Session) -> Any:
    """Review many results, one after the other."""
    now = datetime.now(UTC)
    outcomes = []
    for item in wanted.items:
        result = await session.get(Result, item.id)
        if result is None or result.state != "submitted":
            raise HTTPException(409)
        event = await _move(session, result, user, "results.review", "reviewed", now)
        result.reviewed_by_id, result.reviewed_at = user.id, now
        session.add(_wait(result, "results.approve", result.parties_approve[0], 0, event))
        outcomes.append({"id": result.id, "status": 200, "state": result.state, "version": result.version})
    await session.commit()
    return {"items": outcomes}


async def _move(
    session: AsyncSession, result: Result, user: User, action: str, state: str, now: datetime
) -> Event:
    event = await _told(session, result, user, action, state, now)
    result.state, result.version = state, result.version + 1
    waits = await session.execute(select(Wait).where(Wait.subject_id == result.id, Wait.closed_at.is_(None)))
    for wait in waits.scalars():
        wait.closed_at, wait.closed_by_event = now, event.id
    return event


async def _told(
    session: AsyncSession, result: Result, user: User, action: str, state: str | None, now: datetime
) -> Event:
    event = Event(
        subject_id=result.id,
        action=action,
        from_state=result.state if state else None,
        to_state=state or result.state,
        actor_id=user.id,
        changes={},
        at=now,
    )
    session.add(event)
    await session.flush()
    return event


def _wait(result: Result, action: str, party: str, rank: int, event: Event) -> Wait:
    return Wait(
        subject_id=result.id,
        entity_id=result.entity_id,
        action=action,
        party=party,
        rank=rank,
        opened_at=event.at,
        opened_by_event=event.id,
    )


async def _committed(session: AsyncSession, result: Result) -> Any:
    await session.commit()
    found = await session.execute(
        select(Result)
        .where(Result.id == result.id)
        .options(*_RESULT)
        .execution_options(populate_existing=True)
    )
    return found.scalar_one()
