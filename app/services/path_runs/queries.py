"""Every select of runs and stages, always through their one visibility rule (Guide P-3, P-8)."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import ColumnElement, Integer, Select, Text, Uuid, bindparam, literal_column, select
from sqlalchemy.sql.selectable import FromClause, ScalarSelect

from app import permissions
from app.db import Lane, Query
from app.enums.paths import PathRunState
from app.errors import AppError
from app.models import Entity, PathStage
from app.parties import Actor, Facts
from app.services import lifecycle, listing, sql
from app.services.documents import Document, with_actions
from app.services.path_runs import acting, columns, rules, timing
from app.services.path_runs.facts import (
    ID,
    RUN_COLUMNS,
    STAGE_COLUMNS,
    joined,
    params,
    run_columns,
    run_facts,
    runs,
    stage_columns,
    stage_facts,
    stages,
    template_of,
    templates,
)
from app.services.path_runs.visibility import visible
from app.services.transitions import Transition

_of_a_template = runs.join(templates, templates.c.id == runs.c.template_id)


def _all_stages(r: FromClause) -> ScalarSelect[Any]:
    s = sql.alias(PathStage)
    item = sql.obj(**columns.shown(s))
    return (
        select(sql.listed(item, s.c.number, s.c.occasion, s.c.round))
        .where(s.c.run_id == r.c.id)
        .correlate_except(s)
        .scalar_subquery()
    )


_RUN = Query(
    lambda: sql.as_json(
        select(
            *columns.of_run(runs, templates),
            runs.c.kept_dates,
            sql.person(runs.c.started_by_id).label("started_by"),
            sql.person(runs.c.stopped_by_id).label("stopped_by"),
            runs.c.stop_reason,
            _all_stages(runs).label("stages"),
            *run_columns(runs),
        )
        .select_from(_of_a_template)
        .where(runs.c.id == ID, visible(runs)),
        *RUN_COLUMNS,
    )
)

_shown = columns.shown(stages)
_STAGE = Query(
    lambda: sql.as_json(
        select(
            *[column.label(name) for name, column in _shown.items()],
            sql.ref_by_id(Entity.__table__, stages.c.entity_id).label("entity"),
            sql.obj(kind=runs.c.subject_kind, id=runs.c.subject_id).label("subject"),
            sql.obj(
                id=runs.c.id,
                year=runs.c.year,
                state=runs.c.state,
                title_ar=templates.c.title_ar,
                title_en=templates.c.title_en,
            ).label("run"),
            *columns.of_template(
                template_of(stages, templates),
                "collaborators",
                "quorum",
                "checklist",
                "evidence",
                "outcomes",
                "returns_to",
                "informs",
                "guide",
            ),
            stages.c.controls,
            stages.c.fires,
            sql.awaiting(stages.c.id).label("awaiting"),
            stages.c.version,
            *stage_columns(stages, runs, templates),
        )
        .select_from(joined)
        .where(stages.c.id == ID, visible(runs)),
        *STAGE_COLUMNS,
    )
)


async def one(lane: Lane, actor: Actor, run_id: UUID, now: datetime) -> Document | None:
    """A run with all its stages, round by round, and what was done in each."""
    row = await lane.row(_RUN, {**params(actor, now), "id": run_id})
    if row is None:
        return None
    facts = run_facts(row, "")
    actions = [each.action for each in rules.RUN_TRANSITIONS if lifecycle.possible(actor, each, facts)]
    return Document(with_actions(row["json"], actions), facts.version)


async def stage(lane: Lane, actor: Actor, stage_id: UUID, now: datetime) -> Document | None:
    """One round of a stage: what it asks for, what was done, and what the actor may do with it now. Where it fires a
    transition of the subject, that is asked too."""
    row = await lane.row(_STAGE, {**params(actor, now), "id": stage_id})
    if row is None:
        return None
    facts = stage_facts(row, "")
    actions = [each.action for each in rules.STAGE_TRANSITIONS if await _may(lane, actor, each, facts, now)]
    return Document(with_actions(row["json"], actions), facts.version)


async def _may(lane: Lane, actor: Actor, transition: Transition, facts: Facts, now: datetime) -> bool:
    if not lifecycle.possible(actor, transition, facts):
        return False
    if transition is rules.REASSIGN:
        return rules.is_reassignable(facts)
    if not rules.outcome_open(transition, facts.row["template"]):
        return False
    entitlement = permissions.entitlement(actor, transition.action, facts)
    try:
        await acting.ready(lane, actor, facts, entitlement, transition, now)
    except AppError:
        return False
    return True


Late = Literal["overdue", "due_soon"]


@dataclass(frozen=True)
class PathRunFilter:
    """What a list of runs is narrowed to. `timing`: those with an open stage that is overdue, or due soon."""

    entity_id: UUID | None = None
    subject_id: UUID | None = None
    state: PathRunState | None = None
    year: int | None = None
    timing: Late | None = None


_NARROWED: Mapping[str, ColumnElement[bool]] = {
    "entity_id": runs.c.entity_id == bindparam("entity_id", type_=Uuid),
    "subject_id": runs.c.subject_id == bindparam("subject_id", type_=Uuid),
    "state": runs.c.state == bindparam("state", type_=Text),
    "year": runs.c.year == bindparam("year", type_=Integer),
}


def _with_a_stage(late: str) -> ColumnElement[bool]:
    s = sql.alias(PathStage)
    found: Select[Any] = select(literal_column("1")).where(
        s.c.run_id == runs.c.id, timing.is_overdue(s) if late == "overdue" else timing.is_due_soon(s)
    )
    return found.correlate_except(s).exists()


@lru_cache(maxsize=128)
def _list(given: frozenset[str], late: str | None, *, after: bool) -> Query:
    where = [visible(runs), *[condition for name, condition in _NARROWED.items() if name in given]]
    if late is not None:
        where.append(_with_a_stage(late))
    if after:
        where.append(runs.c.id < bindparam("after_id", type_=Uuid))
    page = (
        select(*columns.of_run(runs, templates))
        .select_from(_of_a_template)
        .where(*where)
        .order_by(runs.c.id.desc())
        .limit(bindparam("count", type_=Integer))
    )
    return Query(lambda: sql.as_json(page, "id"))


async def many(
    lane: Lane, actor: Actor, asked: PathRunFilter, cursor: str | None, limit: int | None, now: datetime
) -> bytes:
    """A page of runs as JSON with their open stages, how late these are and whom they wait for, the newest run first.
    Raises Invalid for a foreign cursor."""
    return await listing.page(
        lane,
        lambda given, *, after: _list(given, asked.timing, after=after),
        asdict(asked),
        {"id": UUID},
        cursor,
        limit,
        **params(actor, now),
    )
