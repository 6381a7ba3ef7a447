"""The paths that are measured on: each entity walks annex A, one stage further than the one before it."""

import json
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from app import clock, ids
from app.enums import SubjectKind
from app.enums.paths import PathRunState, PathTemplateState, RunsOn, StageState
from app.migrating import ROOT
from app.parties import party_key
from app.services.load.merging import Connection
from app.services.load.path_templates import read_path_templates
from app.services.path_runs import schedule
from app.services.path_templates import content

_MODEL = "annual_plan"
_AT_ONCE = "annual_plan_at_once"

Record = dict[str, Any]


async def fill(connection: Connection, now: datetime) -> None:
    """A template, a run and its stages for each entity, as the service writes them; the caller holds a transaction in
    which no trigger fires."""
    model = _model()
    entities = await connection.fetch("select id from entities order by code")
    by = await _people(connection)
    templates: list[Record] = []
    runs: list[Record] = []
    stages: list[Record] = []
    year = clock.day(now).year + 1
    for number, entity in enumerate(entities):
        entity_id = entity["id"]
        parties = [party_key("planning", entity_id)]
        template = _template(model, entity_id, by, now)
        run = _run(template, [party_key("manager", entity_id), *parties], year, by, now) | {"unit_sees": True}
        templates.append(template)
        runs.append(run)
        stages += _stages(content.read(model["groups"]), run, parties, now, number)
    await _write(connection, templates, runs, stages, now)


async def at_once(connection: Connection, entity_id: UUID, count: int, now: datetime) -> None:
    """Runs of past years of one entity, all of whose stages stand side by side and wait for its manager: so many that at
    most `count` stages do. The same holds of the caller."""
    model = _model()
    model |= {"code": _AT_ONCE, "groups": [[stage for group in model["groups"] for stage in group]]}
    groups, parties = content.read(model["groups"]), [party_key("manager", entity_id)]
    by = await _people(connection)
    template = _template(model, entity_id, by, now)
    runs: list[Record] = []
    stages: list[Record] = []
    while True:
        run = _run(template, parties, clock.day(now).year - 1 - len(runs), by, now)
        of_run = _stages(groups, run, parties, now, 0)
        if len(stages) + len(of_run) > count:
            break
        runs.append(run)
        stages += of_run
    if runs:
        await _write(connection, [template], runs, stages, now)


def _model() -> Record:
    return next(dict(each) for each in read_path_templates(ROOT / "data") if each["code"] == _MODEL)


async def _people(connection: Connection) -> tuple[UUID, UUID]:
    rows = await connection.fetch("select id from bench.people order by number limit 2")
    return rows[0]["id"], rows[1]["id"]


def _template(model: Record, entity_id: UUID, by: tuple[UUID, UUID], now: datetime) -> Record:
    return {
        **model,
        "entity_id": entity_id,
        "version": 1,
        "id": ids.new(),
        "number": 1,
        "state": PathTemplateState.APPROVED,
        "runs_on": RunsOn.ENTITY,
        "edited_by": [by[0]],
        "recorded_at": now,
        "drafted_by_id": by[0],
        "approved_by_id": by[1],
        "approved_at": now,
    }


def _run(template: Record, parties: list[str], year: int, by: tuple[UUID, UUID], now: datetime) -> Record:
    return {
        "entity_id": template["entity_id"],
        "version": 1,
        "id": ids.new(),
        "subject_id": template["entity_id"],
        "subject_kind": SubjectKind.ENTITY,
        "template_id": template["id"],
        "code": template["code"],
        "year": year,
        "state": PathRunState.RUNNING,
        "kept_dates": False,
        "parties": parties,
        "unit_sees": False,
        "started_by_id": by[0],
        "started_at": now - timedelta(days=200),
    }


async def _write(
    connection: Connection,
    templates: list[Record],
    runs: list[Record],
    stages: list[Record],
    now: datetime,
) -> None:
    for table, kind, rows in (
        ("path_templates", SubjectKind.PATH_TEMPLATE, templates),
        ("path_runs", SubjectKind.PATH_RUN, runs),
        ("path_stages", SubjectKind.PATH_STAGE, stages),
    ):
        await _insert(connection, table, kind, rows, now)
    await connection.execute(_WAITS, [run["id"] for run in runs])


def _stages(
    groups: content.Groups, run: Record, parties: list[str], now: datetime, turn: int
) -> list[Record]:
    """All stages of a run: those before its turn are over, those of the turn's group are open."""
    made: list[Record] = []
    current = turn % len(groups)
    number = 0
    for group_number, group in enumerate(groups):
        for position, stage in enumerate(group):
            number += 1
            planned = schedule.dates(stage.due, run["year"], clock.day(now), (), kept=False)
            for occasion, dates in enumerate(planned, 1):
                over, opened = group_number < current, group_number <= current
                state = StageState.DONE if over else StageState.OPEN if opened else StageState.PENDING
                made.append(
                    {
                        "id": ids.new(),
                        "entity_id": run["entity_id"],
                        "run_id": run["id"],
                        "subject_id": run["subject_id"],
                        "group_number": group_number,
                        "position": position,
                        "number": number,
                        "key": stage.key,
                        "occasion": occasion,
                        "round": 1,
                        "state": state,
                        "version": 1,
                        "kind": stage.kind,
                        "title_ar": stage.title_ar,
                        "title_en": stage.title_en,
                        "parties": parties,
                        "seats": [0],
                        "controls": list(stage.controls),
                        "fires": stage.fires,
                        "due_from": dates.due_from,
                        "due": dates.due,
                        "edited_by": [],
                        "opened_at": now - timedelta(days=180 - 3 * group_number) if opened else None,
                        "ended_at": now - timedelta(days=178 - 3 * group_number) if over else None,
                    }
                )
    return made


async def _insert(
    connection: Connection, table: str, kind: SubjectKind, rows: list[Record], now: datetime
) -> None:
    said = json.dumps(rows, default=str, ensure_ascii=False)
    await connection.execute(
        """
        insert into subjects (id, kind, entity_id, created_at)
        select id, $2, entity_id, $3 from jsonb_to_recordset($1::jsonb) as g (id uuid, entity_id uuid)
        """,
        said,
        kind.value,
        now,
    )
    names = ", ".join(rows[0])
    await connection.execute(
        f"insert into {table} ({names}) select {names} from jsonb_populate_recordset(null::{table}, $1::jsonb)",
        said,
    )


_WAITS = """
    with told as (
        insert into events (subject_id, action, from_state, to_state, at)
        select id, 'path_stages.open', 'pending', 'open', opened_at from path_stages
        where state = 'open' and run_id = any($1)
        returning id, subject_id, at
    )
    insert into waits (subject_id, entity_id, action, party, rank, due, opened_at, opened_by_event)
    select s.id, s.entity_id, 'path_stages.complete', s.parties[1], 0, s.due, t.at, t.id
    from told t join path_stages s on s.id = t.subject_id
"""
