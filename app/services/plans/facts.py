"""What the rules need to know of an annual plan: its facts, read through the one visibility rule."""

import json
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Text, Uuid, bindparam, exists, literal_column, select
from sqlalchemy.sql.selectable import FromClause, ScalarSelect

from app import clock
from app.db import Lane, Query, Row
from app.enums import Chain, Step, SubjectKind
from app.enums.paths import PathRunState
from app.enums.plans import PlanItemState, PlanState
from app.models import Entity, JobPlanLink, PathRun, Plan, PlanItem
from app.parties import Actor, Facts
from app.services import sql
from app.services.path_runs import standing
from app.services.people import visibility
from app.services.plans import rules
from app.services.plans.visibility import is_in, nobody_left, takes_proposals, visible
from app.services.proposals import rules as proposals
from app.services.role_plans import chains

plan: FromClause = Plan.__table__
_e: FromClause = Entity.__table__
_i: FromClause = PlanItem.__table__
_k: FromClause = JobPlanLink.__table__

ID = bindparam("id", type_=Uuid)
_ONE: ColumnElement[int] = literal_column("1")

_OWN = (
    "year",
    "number",
    "name_ar",
    "name_en",
    "development_plan_id",
    "classification",
    "proposals_open",
    "funded_cut_at",
    "revision",
    "verified_by_id",
)


def columns(p: FromClause) -> list[ColumnElement[Any]]:
    """What the rules need of the plan `p`, under names that begin with `_`."""
    other, r, i, k = (sql.alias(model) for model in (Plan, PathRun, PlanItem, JobPlanLink))
    in_work: Select[Any] = select(_ONE).where(
        other.c.entity_id == p.c.entity_id,
        other.c.year == p.c.year,
        is_in(other, (PlanState.DRAFT, PlanState.PRELIMINARY)),
    )
    running: Select[Any] = select(_ONE).where(
        r.c.subject_id == p.c.id, r.c.state == sql.const(PathRunState.RUNNING)
    )
    unverified: Select[Any] = select(_ONE).where(k.c.plan_id == p.c.id, k.c.verified_at.is_(None))
    kept: Select[Any] = select(_ONE).where(i.c.plan_id == p.c.id, i.c.state == sql.const(PlanItemState.KEPT))
    return [
        p.c.id.label("_id"),
        p.c.entity_id.label("_entity_id"),
        p.c.state.label("_state"),
        p.c.version.label("_version"),
        p.c.parties_enter.label("_parties_enter"),
        p.c.parties_review.label("_parties_review"),
        p.c.parties_approve.label("_parties_approve"),
        p.c.edited_by.label("_edited_by"),
        nobody_left(p).label("_nobody_left"),
        p.c.criteria.cast(Text).label("_criteria"),
        *[p.c[name].label(f"_{name}") for name in _OWN],
        standing.held(p.c.id).label("_held"),
        exists(running.correlate(p)).label("_walks"),
        exists(in_work.correlate(p)).label("_has_open"),
        *[_in_force(p, name).label(f"_in_force_{name}") for name in ("id", "state", "version")],
        _in_force(p, "platform_entry").cast(Text).label("_in_force_entry"),
        p.c.platform_entry.is_not(None).label("_entered"),
        exists(kept.correlate(p)).label("_has_items"),
        exists(unverified.correlate(p)).label("_has_unverified_links"),
    ]


def _in_force(p: FromClause, column: str) -> ScalarSelect[Any]:
    """Of the version in force of the plan's year, unless it is the plan itself."""
    q = sql.alias(Plan)
    return (
        select(q.c[column])
        .where(
            q.c.entity_id == p.c.entity_id,
            q.c.year == p.c.year,
            q.c.id != p.c.id,
            is_in(q, (PlanState.APPROVED, PlanState.CONFIRMED)),
        )
        .correlate(p)
        .scalar_subquery()
    )


COLUMNS = tuple(str(column.key) for column in columns(plan))
"""Their names, for a query that shows a plan beside its facts."""

_AREA = tuple(name.removeprefix("_") for name in COLUMNS[COLUMNS.index(f"_{_OWN[0]}") :])

_of_item = sql.obj(
    id=_i.c.id,
    number=_i.c.number,
    kind=_i.c.kind,
    title_ar=_i.c.title_ar,
    title_en=_i.c.title_en,
    priority_id=_i.c.priority_id,
    note=_i.c.note,
    state=_i.c.state,
    revision=_i.c.revision,
).cast(Text)
_of_link = sql.obj(
    id=_k.c.id, half=_k.c.half, recorded_by_id=_k.c.recorded_by_id, verified_at=_k.c.verified_at
).cast(Text)

_PLAN = Query(lambda: select(*columns(plan)).where(plan.c.id == ID, visible(plan)))
_ITEM = Query(
    lambda: (
        select(*columns(plan), _of_item.label("_child"))
        .select_from(plan.join(_i, _i.c.plan_id == plan.c.id))
        .where(_i.c.id == ID, visible(plan))
    )
)
_LINK = Query(
    lambda: (
        select(*columns(plan), _of_link.label("_child"))
        .select_from(plan.join(_k, _k.c.plan_id == plan.c.id))
        .where(_k.c.id == ID, visible(plan))
    )
)
_CALL = Query(
    lambda: select(
        plan.c.id,
        plan.c.entity_id,
        plan.c.state,
        plan.c.proposals_open,
        plan.c.version,
        plan.c.criteria.cast(Text).label("criteria"),
        chains.steps_in_force(Chain.PLANS, plan.c.entity_id).label("chain"),
    ).where(plan.c.id == ID, visible(plan) | takes_proposals(plan))
)
_ENTITY = Query(
    lambda: select(_e.c.id, chains.steps_in_force(Chain.PLANS, _e.c.id).label("chain")).where(_e.c.id == ID)
)


def of(row: Row, prefix: str) -> Facts:
    """The facts from a row of `columns`, whose names still have the prefix `_` or have lost it."""

    def said(name: str) -> Any:
        return row[f"{prefix}{name}"]

    plan_id, entity_id, state = said("id"), said("entity_id"), said("state")
    chain = {step.value: tuple(said(f"parties_{step.value}")) for step in Step}
    # Four eyes has a meaning only while it is in work; afterwards the state refuses (409).
    in_work = state in rules.OPEN
    return Facts(
        kind=SubjectKind.PLAN,
        id=plan_id,
        entity_id=entity_id,
        state=state,
        version=said("version"),
        steps=rules.steps(chain, entity_id, plan_id),
        edited_by=frozenset(said("edited_by")) if in_work else frozenset(),
        nobody_left=frozenset({rules.VERIFY.action}) if said("nobody_left") else frozenset(),
        row={
            **{name: said(name) for name in _AREA},
            "criteria": json.loads(said("criteria")),
            "edited_by": said("edited_by"),
        },
    )


def params(actor: Actor, now: datetime) -> dict[str, Any]:
    """What every query of plans is given."""
    return {**visibility.of(actor), "now": now, "today": clock.day(now)}


async def one(lane: Lane, actor: Actor, plan_id: UUID, now: datetime) -> Facts | None:
    """What the rules need to know of a plan that the actor may see."""
    row = await lane.row(_PLAN, {**params(actor, now), "id": plan_id})
    return None if row is None else of(row, "_")


async def of_item(lane: Lane, actor: Actor, item_id: UUID, now: datetime) -> Facts | None:
    """The same of the plan that holds an item; `row["child"]` is the item."""
    return await _with_child(lane, _ITEM, actor, item_id, now)


async def of_link(lane: Lane, actor: Actor, link_id: UUID, now: datetime) -> Facts | None:
    """The same of the plan that a link to job plans is of; `row["child"]` is the link."""
    return await _with_child(lane, _LINK, actor, link_id, now)


async def _with_child(lane: Lane, query: Query, actor: Actor, child_id: UUID, now: datetime) -> Facts | None:
    row = await lane.row(query, {**params(actor, now), "id": child_id})
    if row is None:
        return None
    found = of(row, "_")
    return replace(found, row={**found.row, "child": json.loads(row["_child"])})


async def call(lane: Lane, actor: Actor, plan_id: UUID, now: datetime) -> Facts | None:
    """What who proposes needs to know of the plan: whoever may propose sees that it takes proposals."""
    row = await lane.row(_CALL, {**params(actor, now), "id": plan_id})
    if row is None:
        return None
    return Facts(
        kind=SubjectKind.PLAN,
        id=row["id"],
        entity_id=row["entity_id"],
        state=row["state"],
        version=row["version"],
        steps=proposals.steps(row["entity_id"]),
        row={"proposals_open": row["proposals_open"], "criteria": json.loads(row["criteria"])},
    )


async def begun_in(lane: Lane, actor: Actor, entity_id: UUID, now: datetime) -> Facts | None:
    """The entity in which a plan is begun, with the parties of the chain that its role plan names now."""
    row = await lane.row(_ENTITY, {"id": entity_id})
    if row is None:
        return None
    chain = chains.keys(Chain.PLANS, row["chain"], entity_id, None)
    return Facts(
        kind=SubjectKind.ENTITY,
        id=entity_id,
        entity_id=entity_id,
        steps=rules.steps(chain, entity_id, entity_id),
    )
