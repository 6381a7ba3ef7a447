"""The gaps of a scorecard, read in one statement from where its indicators are kept to stand (Guide I-7)."""

import json
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Select,
    SmallInteger,
    Text,
    Uuid,
    and_,
    any_,
    bindparam,
    case,
    func,
    literal_column,
    or_,
    select,
)
from sqlalchemy.sql.selectable import FromClause, ScalarSelect

from app.db import Lane, Query
from app.enums import Classification, Frequency, Light, Polarity, TargetKind
from app.enums.initiatives import InitiativeState
from app.enums.scorecards import ScorecardState
from app.models import BudgetLine, Entity, Initiative, InitiativeEffect, Result, Score, Scorecard, Standing
from app.parties import Actor
from app.services import sql
from app.services.documents import Document
from app.services.indicators import standing
from app.services.people import visibility
from app.services.scorecards import gaps, queries
from app.services.scorecards.columns import joined, target_or_null
from app.services.scorecards.visibility import visible
from app.services.scores.rules import Measured, Target

_s: FromClause = Scorecard.__table__
_RUNNING = (InitiativeState.APPROVED, InitiativeState.CLOSING)


def _movers(indicator_id: ColumnElement[Any], year: ColumnElement[Any]) -> ScalarSelect[Any]:
    """The running initiatives that are to move the indicator by the end of the year: what they are to add, the money
    asked for them in the year, and their people. What is for a few alone is not told here."""
    n, effect, b = Initiative.__table__, InitiativeEffect.__table__, BudgetLine.__table__
    budget = (
        select(func.trim_scale(func.sum(b.c.requested)))
        .where(b.c.initiative_id == n.c.id, b.c.year == year)
        .correlate_except(b)
        .scalar_subquery()
    )
    item = sql.obj(
        initiative=sql.ref(n),
        state=n.c.state,
        expected=func.trim_scale(effect.c.expected),
        by_year=effect.c.by_year,
        budget=budget,
        people=n.c.people_count,
    )
    return (
        select(sql.listed(item, n.c.code, n.c.id))
        .select_from(effect.join(n, n.c.id == effect.c.initiative_id))
        .where(
            effect.c.indicator_id == indicator_id,
            or_(effect.c.by_year.is_(None), effect.c.by_year <= year),
            n.c.state.in_([sql.const(state) for state in _RUNNING]),
            n.c.classification != sql.const(Classification.RESTRICTED),
            or_(n.c.entity_id == any_(visibility.ENTITIES), visibility.NATIONAL),
        )
        .correlate_except(n, effect)
        .scalar_subquery()
    )


def _lines(s: FromClause) -> ScalarSelect[Any]:
    source, line, i, _, t = joined(s.c.year)
    stands, score, r = sql.alias(Standing), sql.alias(Score), sql.alias(Result)
    source = (
        source.outerjoin(stands, and_(stands.c.indicator_id == i.c.id, stands.c.scope == standing.scope(i)))
        .outerjoin(score, score.c.result_id == stands.c.result_id)
        .outerjoin(r, r.c.id == stands.c.result_id)
    )
    figure = sql.obj(
        id=r.c.id,
        period=r.c.period,
        period_end=r.c.period_end,
        value=func.trim_scale(r.c.value),
        rank=r.c.rank,
        mean=func.trim_scale(score.c.mean),
    )
    item = sql.obj(
        indicator=sql.ref(i),
        level=i.c.level,
        unit_ar=i.c.unit_ar,
        unit_en=i.c.unit_en,
        polarity=i.c.polarity,
        frequency=i.c.frequency,
        weight=func.trim_scale(line.c.weight),
        target=target_or_null(t),
        latest=case((r.c.id.is_not(None), figure)),
        progress=func.trim_scale(stands.c.progress),
        on_track=func.trim_scale(stands.c.on_track),
        light=func.coalesce(stands.c.light, sql.const(Light.GREY)),
        movers=_movers(i.c.id, s.c.year),
    )
    return (
        select(sql.listed(item, line.c.rank))
        .select_from(source)
        .where(line.c.scorecard_id == s.c.id)
        .correlate(s)
        .scalar_subquery()
    )


def _gaps(*where: ColumnElement[bool]) -> Select[Any]:
    said = sql.obj(
        scorecard_id=_s.c.id,
        entity=sql.ref_by_id(Entity.__table__, _s.c.entity_id),
        year=_s.c.year,
        number=_s.c.number,
        state=_s.c.state,
        lines=_lines(_s),
    )
    return select(said.cast(Text).label("said"), _s.c.version).where(*where, visible(_s))


_OF_ONE = Query(lambda: _gaps(_s.c.id == queries.ID))
_IN_FORCE = _s.c.state == sql.const(ScorecardState.IN_FORCE)
_OF_YEAR = Query(
    lambda: (
        _gaps(
            _s.c.entity_id == bindparam("entity_id", type_=Uuid),
            _s.c.year == bindparam("year", type_=SmallInteger),
            _s.c.state != sql.const(ScorecardState.DISCARDED),
            _s.c.state != sql.const(ScorecardState.SUPERSEDED),
        )
        .order_by(_IN_FORCE.desc())
        .limit(literal_column("1"))
    )
)


async def of_scorecard(lane: Lane, actor: Actor, scorecard_id: UUID, now: datetime) -> Document | None:
    """The gaps of a scorecard that the actor may see."""
    return await _read(lane, _OF_ONE, {**queries.params(actor, now), "id": scorecard_id})


async def of_year(lane: Lane, actor: Actor, entity_id: UUID, year: int, now: datetime) -> Document | None:
    """The same of the scorecard in force of an entity and year, or, while none is, of the one in work."""
    return await _read(lane, _OF_YEAR, {**queries.params(actor, now), "entity_id": entity_id, "year": year})


async def _read(lane: Lane, query: Query, params: Mapping[str, Any]) -> Document | None:
    row = await lane.row(query, params)
    if row is None:
        return None
    said = json.loads(row["said"], parse_float=Decimal)
    lines = [_line(each, said["year"]) for each in said.pop("lines")]
    said |= {
        "reached": sum(line["reached"] is True for line in lines),
        "moved_by_nothing": sum(line["moved_by_nothing"] for line in lines),
        "lines": lines,
    }
    return Document(json.dumps(said, ensure_ascii=False, default=_number).encode(), row["version"])


def _line(said: dict[str, Any], year: int) -> dict[str, Any]:
    polarity, frequency = Polarity(said.pop("polarity")), Frequency(said["frequency"])
    target, latest = _target(said["target"]), said["latest"] or {}
    mean = latest.pop("mean", None)
    averaged = target is not None and target.kind is TargetKind.AVERAGE
    figure = Measured(_exact(mean if averaged else latest.get("value")), latest.get("rank"))
    missing = gaps.gap(target, polarity, figure)
    end = latest.get("period_end")
    periods = gaps.periods_left(frequency, None if end is None else date.fromisoformat(end), year)
    movers = [{**mover, "impact": _impact(mover["expected"], missing.value)} for mover in said.pop("movers")]
    expected = [_exact(mover["expected"]) for mover in movers if mover["expected"] is not None]
    total = sum((each for each in expected if each is not None), Decimal(0)) if expected else None
    return {
        **said,
        "figure": figure.value,
        "gap": missing.value,
        "gap_rank": missing.rank,
        "gap_percent": missing.percent,
        "reached": missing.reached,
        "periods_left": periods,
        "required_change": gaps.each(missing.value, periods),
        "required_rank_change": gaps.each(None if missing.rank is None else Decimal(missing.rank), periods),
        "expected_change": total,
        "expected_percent": _impact(total, missing.value),
        "moved_by_nothing": not movers,
        "movers": movers,
    }


def _impact(expected: Any, missing: Decimal | None) -> Decimal | None:
    """Percent of the gap that an expected change closes; negative where it goes the other way."""
    if expected is None or not missing:
        return None
    return gaps.share(Decimal(expected), missing)


def _target(said: Mapping[str, Any] | None) -> Target | None:
    if said is None:
        return None
    return Target(
        TargetKind(said["kind"]),
        value=_exact(said["value"]),
        value_max=_exact(said["value_max"]),
        rank=said["rank"],
    )


def _exact(number: Any) -> Decimal | None:
    return None if number is None else Decimal(number)


def _number(number: object) -> int | float:
    """A number as JSON has it, without idle zeros."""
    if not isinstance(number, Decimal):
        raise TypeError(f"not a number: {number!r}")
    return int(number) if number == number.to_integral_value() else float(number)
