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


async def fill(connection: Connection, now: datetime) -> None:
    """A template, a run and its stages for each entity, as the service writes them; the caller holds a transaction in
    which no trigger fires."""
    model = next(each for each in read_path_templates(ROOT / "data") if each["code"] == _MODEL)
    entities = await connection.fetch("select id from entities order by code")
    people = await connection.fetch("select id from bench.people order by number limit 2")
    by_id, other_id = (row["id"] for row in people)
    templates: list[dict[str, Any]] = []
    runs: list[dict[str, Any]] = []
    stages: list[dict[str, Any]] = []
    year = clock.day(now).year + 1
    for number, entity in enumerate(entities):
        template_id, run_id, entity_id = ids.new(), ids.new(), entity["id"]
        own = {"entity_id": entity_id, "version": 1}
        templates.append(
            {
                **model,
                **own,
                "id": template_id,
                "number": 1,
                "state": PathTemplateState.APPROVED,
                "runs_on": RunsOn.ENTITY,
                "edited_by": [by_id],
                "recorded_at": now,
                "drafted_by_id": by_id,
                "approved_by_id": other_id,
                "approved_at": now,
            }
        )
        runs.append(
            {
                **own,
                "id": run_id,
                "subject_id": entity_id,
                "subject_kind": SubjectKind.ENTITY,
                "template_id": template_id,
                "code": _MODEL,
                "year": year,
                "state": PathRunState.RUNNING,
                "kept_dates": False,
                "parties": [party_key("manager", entity_id), party_key("planning", entity_id)],
                "unit_sees": True,
                "started_by_id": by_id,
                "started_at": now - timedelta(days=200),
            }
        )
        stages += _stages(content.read(model["groups"]), entity_id, run_id, year, now, number)
    for table, kind, rows in (
        ("path_templates", SubjectKind.PATH_TEMPLATE, templates),
        ("path_runs", SubjectKind.PATH_RUN, runs),
        ("path_stages", SubjectKind.PATH_STAGE, stages),
    ):
        await _insert(connection, table, kind, rows, now)
    await connection.execute(_WAITS)


def _stages(
    groups: content.Groups, entity_id: UUID, run_id: UUID, year: int, now: datetime, turn: int
) -> list[dict[str, Any]]:
    """All stages of a run: those before its turn are over, those of the turn's group are open."""
    made: list[dict[str, Any]] = []
    current = turn % len(groups)
    number = 0
    for group_number, group in enumerate(groups):
        for position, stage in enumerate(group):
            number += 1
            planned = schedule.dates(stage.due, year, clock.day(now), (), kept=False)
            for occasion, dates in enumerate(planned, 1):
                over, opened = group_number < current, group_number <= current
                state = StageState.DONE if over else StageState.OPEN if opened else StageState.PENDING
                made.append(
                    {
                        "id": ids.new(),
                        "entity_id": entity_id,
                        "run_id": run_id,
                        "subject_id": entity_id,
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
                        "parties": [party_key("planning", entity_id)],
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
    connection: Connection, table: str, kind: SubjectKind, rows: list[dict[str, Any]], now: datetime
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
        select id, 'path_stages.open', 'pending', 'open', opened_at from path_stages where state = 'open'
        returning id, subject_id, at
    )
    insert into waits (subject_id, entity_id, action, party, rank, due, opened_at, opened_by_event)
    select s.id, s.entity_id, 'path_stages.complete', s.parties[1], 0, s.due, t.at, t.id
    from told t join path_stages s on s.id = t.subject_id
"""
