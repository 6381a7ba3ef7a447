"""What the rules need to know of an initiative: its facts, read through the one visibility rule."""

import json
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Text, Uuid, bindparam, exists, literal_column, or_, select
from sqlalchemy.sql.selectable import FromClause

from app import clock
from app.db import Lane, Query, Row
from app.enums import Chain, Step, SubjectKind
from app.models import Initiative, ProgressReport
from app.parties import Actor, Facts
from app.services import approval, sql
from app.services.evidence import standing
from app.services.initiatives import columns, rules
from app.services.initiatives.checks import FIELDS
from app.services.initiatives.visibility import nobody_left, visible
from app.services.people import visibility
from app.services.role_plans import chains

initiative: FromClause = Initiative.__table__
ID = bindparam("id", type_=Uuid)

_OWN = (
    "code",
    "division_id",
    "manager_id",
    "latest_report_id",
    "latest_as_of",
    "latest_percent",
    "latest_forecast_end",
    "approved_at",
    *FIELDS,
)


def has_open_report(i: FromClause) -> ColumnElement[bool]:
    """A progress report of it is on its way."""
    r = sql.alias(ProgressReport)
    open_ = or_(*(r.c.state == sql.const(state) for state in sorted(approval.DRAFT | approval.CONTROLLED)))
    return exists(select(literal_column("1")).where(r.c.initiative_id == i.c.id, open_).correlate(i))


def columns_of(i: FromClause) -> list[ColumnElement[Any]]:
    """What the rules need of the initiative `i`, under names that begin with `_`."""
    return [
        i.c.id.label("_id"),
        i.c.entity_id.label("_entity_id"),
        i.c.state.label("_state"),
        i.c.version.label("_version"),
        i.c.edited_by.label("_edited_by"),
        i.c.controlled_by.label("_controlled_by"),
        nobody_left(i).label("_nobody_left"),
        chains.plan_in_force(i.c.entity_id).label("_role_plan_id"),
        chains.steps_in_force(Chain.DETAILED_PLANS, i.c.entity_id).label("_chain"),
        has_open_report(i).label("_has_open_report"),
        # What came with the proposal proves nothing of the execution.
        standing.proof(i.c.id, since=i.c.approved_at).label("_proof"),
        columns.milestones(i).cast(Text).label("_milestones"),
        columns.baseline_numbers(i).label("_baseline_numbers"),
        columns.effects(i).cast(Text).label("_effects"),
        columns.budget(i).cast(Text).label("_budget"),
        *[i.c[name].label(f"_{name}") for name in _OWN],
    ]


COLUMNS = tuple(str(column.key) for column in columns_of(initiative))
"""Their names, for a query that shows an initiative beside its facts."""

_ONE = Query(lambda: select(*columns_of(initiative)).where(initiative.c.id == ID, visible(initiative)))


def of(row: Row, prefix: str) -> Facts:
    """The facts from a row of `columns_of`, whose names still have the prefix `_` or have lost it."""

    def said(name: str) -> Any:
        return row[f"{prefix}{name}"]

    state, entity_id = said("state"), said("entity_id")
    chain = chains.keys(Chain.DETAILED_PLANS, said("chain"), entity_id, said("division_id"))
    proof = standing.read(said("proof"))
    controlled = state in rules.CONTROLLED
    return Facts(
        kind=SubjectKind.INITIATIVE,
        id=said("id"),
        entity_id=entity_id,
        state=state,
        version=said("version"),
        steps=rules.steps(
            said("kind"),
            said("classification"),
            said("id"),
            entity_id,
            chain[Step.ENTER],
            has_manager=said("manager_id") is not None,
        ),
        # Four eyes has a meaning only while a control step is due; otherwise the state refuses (409).
        edited_by=frozenset(said("edited_by")) if controlled else frozenset(),
        controlled_by=frozenset(said("controlled_by")) if controlled else frozenset(),
        verified_by=proof.verified_by if state in rules.VOUCHED else frozenset(),
        nobody_left=rules.DUE[state] if said("nobody_left") else frozenset(),
        row={
            **{name: said(name) for name in _OWN},
            "role_plan_id": said("role_plan_id"),
            "has_open_report": said("has_open_report"),
            "proof": proof,
            "chain": chain,
            "milestones": [_milestone(each) for each in _read(said("milestones"))],
            "baseline_numbers": frozenset(said("baseline_numbers")),
            "effects": [
                {**each, "indicator_id": UUID(each["indicator"]["id"])} for each in _read(said("effects"))
            ],
            "budget": _read(said("budget")),
        },
    )


def _read(said: str) -> list[dict[str, Any]]:
    """What PostgreSQL wrote as JSON, its numbers exact."""
    found: list[dict[str, Any]] = json.loads(said, parse_float=Decimal)
    return found


def _milestone(said: dict[str, Any]) -> dict[str, Any]:
    return {
        **said,
        "weight": Decimal(said["weight"]),
        **{
            name: None if said[name] is None else date.fromisoformat(said[name])
            for name in ("starts_on", "due_on", "done_on")
        },
    }


def params(actor: Actor, now: datetime) -> dict[str, Any]:
    """What every query of initiatives is given."""
    return {**visibility.of(actor), "now": now, "today": clock.day(now)}


async def one(lane: Lane, actor: Actor, initiative_id: UUID, now: datetime) -> Facts | None:
    """What the rules need to know of an initiative that the actor may see; `row` holds what it says, its milestones,
    effects and money, and the chain of its progress reports."""
    row = await lane.row(_ONE, {**params(actor, now), "id": initiative_id})
    return None if row is None else of(row, "_")
