"""Planned against actual progress of an initiative, ready to plot, from one statement (Guide N-3, D-4)."""

import json
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Any
from uuid import UUID

from sqlalchemy import Integer, Text, func, literal_column, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.sql.selectable import FromClause, ScalarSelect

from app.db import Lane, Query
from app.enums import ChainState
from app.models import Entity, Initiative, Milestone, MilestoneBaseline, ProgressReport
from app.parties import Actor
from app.services import sql
from app.services.documents import Document
from app.services.initiatives import facts, status, status_sql
from app.services.initiatives.status import Planned
from app.services.initiatives.visibility import visible

_i: FromClause = Initiative.__table__
_e: FromClause = Entity.__table__

_MOST_REPORTS = 600


def _plan(model: Any) -> ScalarSelect[Any]:
    m = sql.alias(model)
    item = func.json_build_array(m.c.weight.cast(Text), m.c.starts_on, m.c.due_on)
    return (
        select(sql.listed(item, m.c.number).cast(Text)).where(m.c.initiative_id == _i.c.id).scalar_subquery()
    )


def _actual() -> ScalarSelect[Any]:
    """The latest approved report of each day. Who sees the initiative sees those."""
    r = sql.alias(ProgressReport)
    newest = (
        select(r.c.id, r.c.as_of, r.c.percent, r.c.forecast_end)
        .ext(distinct_on(r.c.as_of))
        .where(r.c.initiative_id == _i.c.id, r.c.state == sql.const(ChainState.APPROVED))
        .order_by(r.c.as_of.desc(), r.c.approved_at.desc())
        .limit(literal_column(str(_MOST_REPORTS), Integer))
        .correlate(_i)
        .lateral("newest")
    )
    item = sql.obj(
        report_id=newest.c.id,
        day=newest.c.as_of,
        percent=func.trim_scale(newest.c.percent),
        forecast_end=newest.c.forecast_end,
    )
    return select(sql.listed(item, newest.c.as_of)).select_from(newest).correlate(_i).scalar_subquery()


_CURVE = Query(
    lambda: sql.as_json(
        select(
            sql.ref(_i).label("initiative"),
            sql.ref(_e).label("entity"),
            status_sql.of(_i).label("status"),
            sql.TODAY.label("today"),
            func.trim_scale(status_sql.planned(_i)).label("planned_percent"),
            func.trim_scale(_i.c.latest_percent).label("percent"),
            _actual().label("actual"),
            _plan(MilestoneBaseline).label("_baseline"),
            _plan(Milestone).label("_plan"),
            _i.c.version.label("_version"),
        )
        .select_from(_i.join(_e, _e.c.id == _i.c.entity_id))
        .where(_i.c.id == facts.ID, visible(_i)),
        "_baseline",
        "_plan",
        "_version",
    )
)


async def one(lane: Lane, actor: Actor, initiative_id: UUID, now: datetime) -> Document | None:
    """The curve of an initiative that the actor may see."""
    row = await lane.row(_CURVE, {**facts.params(actor, now), "id": initiative_id})
    if row is None:
        return None
    baseline, plan = _milestones(row["baseline"]), _milestones(row["plan"])
    planned = points(baseline or plan)
    revised = points(plan) if baseline and baseline != plan else []
    lines = {"planned": planned, "revised": revised}
    return Document(f"{row['json'][:-1]},{json.dumps(lines)[1:]}".encode(), row["version"])


def _milestones(said: str) -> list[Planned]:
    return [
        Planned(Fraction(weight), date.fromisoformat(starts_on), date.fromisoformat(due_on), done=False)
        for weight, starts_on, due_on in json.loads(said)
    ]


def points(milestones: Sequence[Planned]) -> list[dict[str, Any]]:
    """The days at which the planned curve bends, with what is to be reached by their ends: the day before each milestone
    begins, and the day on which it is due. Between them it is linear."""
    days = {each.starts_on - timedelta(days=1) for each in milestones} | {each.due_on for each in milestones}
    return [
        {"day": day.isoformat(), "percent": float(status.planned(milestones, day))} for day in sorted(days)
    ]
