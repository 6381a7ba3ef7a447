"""What the rules need to know of a run and of a stage: their facts, read through the one visibility rule."""

import json
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Text, Uuid, bindparam, func, or_, select
from sqlalchemy.sql.selectable import FromClause

from app import clock
from app.db import Lane, Query, Row
from app.enums import EvidenceState, SubjectKind
from app.enums.paths import StageState
from app.models import Evidence, PathRun, PathStage, PathStageAct, PathTemplate
from app.parties import Actor, Facts
from app.services import sql
from app.services.evidence import rules as evidence
from app.services.evidence import standing as evidence_standing
from app.services.evidence.rules import Proof, Required
from app.services.path_runs import rules, subjects
from app.services.path_runs.rules import Act
from app.services.path_runs.visibility import acted, barred, barred_for_good, nobody_left, visible
from app.services.path_templates import content
from app.services.people import visibility

runs: FromClause = PathRun.__table__
stages: FromClause = PathStage.__table__
templates: FromClause = PathTemplate.__table__

ID = bindparam("id", type_=Uuid)

joined: FromClause = stages.join(runs, runs.c.id == stages.c.run_id).join(
    templates, templates.c.id == runs.c.template_id
)
"""Stages with their run and its template."""

_PRESENT = (EvidenceState.SUBMITTED, EvidenceState.VERIFIED)


def template_of(s: FromClause, t: FromClause) -> ColumnElement[Any]:
    """What the template `t` says of the stage `s`, as JSON."""
    return t.c.groups.op("->")(s.c.group_number).op("->")(s.c.position)


def _acts(s: FromClause) -> ColumnElement[Any]:
    a = sql.alias(PathStageAct)
    item = func.json_build_array(a.c.person_id, a.c.parties, a.c.outcome)
    return (
        select(sql.listed(item, a.c.at, a.c.id).cast(Text))
        .where(a.c.stage_id == s.c.id)
        .correlate_except(a)
        .scalar_subquery()
    )


def _present(s: FromClause) -> ColumnElement[Any]:
    """The kinds of the pieces of evidence that are there, as JSON text."""
    e = sql.alias(Evidence)
    there = or_(*(e.c.state == sql.const(state) for state in _PRESENT))
    return (
        select(sql.listed(e.c.kind, e.c.id).cast(Text))
        .where(e.c.subject_id == s.c.id, there)
        .correlate_except(e)
        .scalar_subquery()
    )


def stage_columns(s: FromClause, r: FromClause, t: FromClause) -> list[ColumnElement[Any]]:
    """What the rules need of a stage, under names that begin with `_`."""
    return [
        s.c.id.label("_id"),
        s.c.entity_id.label("_entity_id"),
        s.c.state.label("_state"),
        s.c.version.label("_version"),
        s.c.parties.label("_parties"),
        s.c.due.label("_due"),
        barred(s).label("_barred"),
        barred_for_good(s).label("_barred_for_good"),
        acted(s).label("_acted"),
        nobody_left(s).label("_nobody_left"),
        *[s.c[name].label(f"_{name}") for name in _OWN],
        r.c.subject_kind.label("_subject_kind"),
        r.c.state.label("_run_state"),
        r.c.version.label("_run_version"),
        r.c.kept_dates.label("_kept_dates"),
        r.c.year.label("_year"),
        t.c.chain.label("_chain"),
        subjects.state_of(s.c.subject_id).label("_subject_state"),
        template_of(s, t).cast(Text).label("_said"),
        _acts(s).label("_acts"),
        evidence_standing.proof(s.c.id).label("_proof"),
        _present(s).label("_present"),
    ]


_OWN = (
    "run_id",
    "subject_id",
    "group_number",
    "number",
    "key",
    "occasion",
    "round",
    "kind",
    "seats",
    "fires",
    "edited_by",
)

STAGE_COLUMNS = tuple(str(column.key) for column in stage_columns(stages, runs, templates))
_AREA = (
    *_OWN,
    "parties",
    "acted",
    "subject_kind",
    "run_state",
    "run_version",
    "kept_dates",
    "year",
    "chain",
    "subject_state",
)

_STAGE = Query(
    lambda: (
        select(*stage_columns(stages, runs, templates))
        .select_from(joined)
        .where(stages.c.id == ID, visible(runs))
    )
)
_RUN_OF = Query(
    lambda: (
        select(runs.c.id)
        .select_from(stages.join(runs, runs.c.id == stages.c.run_id))
        .where(stages.c.id == ID)
        .with_for_update(of=PathRun.__table__)
    )
)


def params(actor: Actor, now: datetime) -> dict[str, Any]:
    """What every query of runs is given."""
    return {**visibility.of(actor), "now": now, "today": clock.day(now)}


async def stage(lane: Lane, actor: Actor, stage_id: UUID, now: datetime) -> Facts | None:
    """What the rules need to know of a stage that the actor may see."""
    row = await lane.row(_STAGE, {**params(actor, now), "id": stage_id})
    return None if row is None else stage_facts(row, "_")


async def held_stage(lane: Lane, actor: Actor, stage_id: UUID, now: datetime) -> Facts | None:
    """The same for who is about to change it, and holds its run from here on: acts in one run come one after the other, and
    each sees what those before it did (four eyes, and whether the group is over)."""
    await lane.row(_RUN_OF, {"id": stage_id})
    return await stage(lane, actor, stage_id, now)


def stage_facts(row: Row, prefix: str) -> Facts:
    """The facts from a row of `stage_columns`, whose names still have the prefix `_` or have lost it."""

    def said(name: str) -> Any:
        return row[f"{prefix}{name}"]

    template = content.read([[json.loads(said("said"))]])[0][0]
    open_ = said("state") == StageState.OPEN
    due: date | None = said("due")
    steps = rules.steps(said("parties"), said("entity_id"))
    return Facts(
        kind=SubjectKind.PATH_STAGE,
        id=said("id"),
        entity_id=said("entity_id"),
        state=said("state"),
        version=said("version"),
        steps=steps,
        # Four eyes speaks of open stages alone; elsewhere nobody is barred.
        edited_by=frozenset(said("barred")),
        excepted=frozenset(said("barred")) - frozenset(said("barred_for_good")),
        nobody_left=rules.DECIDING if open_ and said("nobody_left") else frozenset(),
        due={} if due is None else dict.fromkeys(steps, due),
        row={
            **{name: said(name) for name in _AREA},
            "template": template,
            "acts": tuple(
                Act(person, tuple(parties), outcome) for person, parties, outcome in json.loads(said("acts"))
            ),
            "proof": _proof(template, said("proof"), json.loads(said("present"))),
        },
    )


def _proof(template: content.Stage, proof: str, present: list[str]) -> Proof:
    """How the evidence of a stage stands against what its template asks for."""
    required = tuple(
        Required(
            kind=each.kind,
            minimum=each.minimum,
            present=sum(each.kind is None or kind == each.kind for kind in present),
            verified=0,
        )
        for each in template.evidence
    )
    return evidence.Proof(
        undecided=evidence_standing.read(proof).undecided,
        required=required,
    )


def run_columns(r: FromClause) -> list[ColumnElement[Any]]:
    """What the rules need of a run, under names that begin with `_`."""
    return [
        r.c.id.label("_id"),
        r.c.entity_id.label("_entity_id"),
        r.c.state.label("_state"),
        r.c.version.label("_version"),
        r.c.subject_id.label("_subject_id"),
        r.c.subject_kind.label("_subject_kind"),
    ]


RUN_COLUMNS = tuple(str(column.key) for column in run_columns(runs))

_RUN = Query(lambda: select(*run_columns(runs)).where(runs.c.id == ID, visible(runs)))
_HELD = Query(lambda: select(runs.c.id).where(runs.c.id == ID).with_for_update())


async def run(lane: Lane, actor: Actor, run_id: UUID, now: datetime) -> Facts | None:
    """What the rules need to know of a run that the actor may see."""
    row = await lane.row(_RUN, {**params(actor, now), "id": run_id})
    return None if row is None else run_facts(row, "_")


async def held_run(lane: Lane, actor: Actor, run_id: UUID, now: datetime) -> Facts | None:
    """The same for who is about to change it, and holds it from here on."""
    await lane.row(_HELD, {"id": run_id})
    return await run(lane, actor, run_id, now)


def run_facts(row: Row, prefix: str) -> Facts:
    """The facts from a row of `run_columns`."""
    return Facts(
        kind=SubjectKind.PATH_RUN,
        id=row[f"{prefix}id"],
        entity_id=row[f"{prefix}entity_id"],
        state=row[f"{prefix}state"],
        version=row[f"{prefix}version"],
        row={name: row[f"{prefix}{name}"] for name in ("subject_id", "subject_kind")},
    )
