"""What the rules need to know of a progress report: its facts, read through the one visibility rule."""

import json
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Text, Uuid, bindparam, select
from sqlalchemy.sql.selectable import FromClause

from app.db import Lane, Query, Row
from app.enums import Step, SubjectKind
from app.models import Initiative, ProgressReport
from app.parties import Actor, Facts
from app.services import approval
from app.services.evidence import standing
from app.services.initiatives import columns as initiative_columns
from app.services.initiatives import facts as initiative_facts
from app.services.initiatives import rules as initiatives
from app.services.progress_reports import rules
from app.services.progress_reports.visibility import nobody_left, visible

report: FromClause = ProgressReport.__table__
initiative: FromClause = Initiative.__table__
ID = bindparam("id", type_=Uuid)
joined = report.join(initiative, initiative.c.id == report.c.initiative_id)

_OWN = ("initiative_id", "computed", *rules.SAID)
_PARTIES = ("parties_enter", "parties_review", "parties_approve")


def columns(r: FromClause, i: FromClause) -> list[ColumnElement[Any]]:
    """What the rules need of the report `r` of the initiative `i`, under names that begin with `_`."""
    return [
        r.c.id.label("_id"),
        r.c.entity_id.label("_entity_id"),
        r.c.state.label("_state"),
        r.c.version.label("_version"),
        *[r.c[name].label(f"_{name}") for name in _PARTIES],
        r.c.edited_by.label("_edited_by"),
        r.c.controlled_by.label("_controlled_by"),
        nobody_left(r).label("_nobody_left"),
        standing.proof(r.c.id).label("_proof"),
        r.c.milestones.cast(Text).label("_reached"),
        i.c.state.label("_initiative_state"),
        i.c.version.label("_initiative_version"),
        i.c.starts_on.label("_starts_on"),
        i.c.latest_as_of.label("_latest_as_of"),
        initiative_columns.milestones(i).cast(Text).label("_plan"),
        *[r.c[name].label(f"_{name}") for name in _OWN],
    ]


COLUMNS = tuple(str(column.key) for column in columns(report, initiative))
"""Their names, for a query that shows a report beside its facts."""

_ONE = Query(
    lambda: (
        select(*columns(report, initiative))
        .select_from(joined)
        .where(report.c.id == ID, visible(report, initiative))
    )
)


def of(row: Row, prefix: str) -> Facts:
    """The facts from a row of `columns`, whose names still have the prefix `_` or have lost it."""

    def said(name: str) -> Any:
        return row[f"{prefix}{name}"]

    state = said("state")
    steps = {
        step.value: tuple(said(f"parties_{step.value}")) for step in (Step.ENTER, Step.REVIEW, Step.APPROVE)
    }
    steps["control"] = approval.control_parties(state, steps)
    # Four eyes has a meaning only while a control step is due; afterwards the state refuses (409).
    controlled = state in approval.CONTROLLED
    proof = standing.read(said("proof"))
    return Facts(
        kind=SubjectKind.PROGRESS_REPORT,
        id=said("id"),
        entity_id=said("entity_id"),
        state=state,
        version=said("version"),
        steps=steps,
        edited_by=frozenset(said("edited_by")) if controlled else frozenset(),
        controlled_by=frozenset(said("controlled_by")) if controlled else frozenset(),
        verified_by=proof.verified_by if state in rules.EDIT.sources else frozenset(),
        nobody_left=rules.DUE[state] if said("nobody_left") else frozenset(),
        row={
            **{name: said(name) for name in _OWN},
            "proof": proof,
            "is_running": said("initiative_state") in initiatives.RUNNING,
            "initiative_version": said("initiative_version"),
            "starts_on": said("starts_on"),
            "latest_as_of": said("latest_as_of"),
            "reached": reached(said("reached")),
            "plan": json.loads(said("plan"), parse_float=Decimal),
        },
    )


def reached(said: str | None) -> dict[int, Decimal]:
    """Percent by number of milestone, from what PostgreSQL wrote of it; nothing where there is no report."""
    listed = json.loads(said or "[]", parse_float=Decimal)
    return {each["number"]: Decimal(each["percent"]) for each in listed}


async def one(lane: Lane, actor: Actor, report_id: UUID, now: datetime) -> Facts | None:
    """What the rules need to know of a progress report that the actor may see."""
    row = await lane.row(_ONE, {**initiative_facts.params(actor, now), "id": report_id})
    return None if row is None else of(row, "_")
