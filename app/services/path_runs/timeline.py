"""The timeline of a run: what was planned against what took place, stage by stage and round by round."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import case, func, select
from sqlalchemy.sql.selectable import FromClause, ScalarSelect

from app.db import Lane, Query
from app.models import Entity, PathStage
from app.parties import Actor
from app.services import sql
from app.services.documents import Document
from app.services.path_runs import columns, timing
from app.services.path_runs.facts import ID, params, runs, templates
from app.services.path_runs.visibility import visible


def _items(r: FromClause) -> ScalarSelect[Any]:
    s = sql.alias(PathStage)
    item = sql.obj(
        **columns.place(s),
        planned_from=func.coalesce(s.c.due_from, s.c.due),
        planned_to=s.c.due,
        actual_from=case((s.c.opened_at.is_not(None), timing.day(s.c.opened_at))),
        actual_to=case((s.c.opened_at.is_not(None), timing.day(s.c.ended_at))),
        timing=timing.of(s),
        days_late=timing.days_late(s),
        superseded=s.c.superseded_at.is_not(None),
    )
    return (
        select(sql.listed(item, s.c.number, s.c.occasion, s.c.round))
        .where(s.c.run_id == r.c.id)
        .correlate_except(s)
        .scalar_subquery()
    )


_TIMELINE = Query(
    lambda: sql.as_json(
        select(
            runs.c.id,
            sql.ref_by_id(Entity.__table__, runs.c.entity_id).label("entity"),
            templates.c.title_ar,
            templates.c.title_en,
            runs.c.year,
            runs.c.state,
            sql.TODAY.label("today"),
            _items(runs).label("bars"),
            runs.c.version,
            runs.c.version.label("_version"),
        )
        .select_from(runs.join(templates, templates.c.id == runs.c.template_id))
        .where(runs.c.id == ID, visible(runs)),
        "_version",
    )
)


async def one(lane: Lane, actor: Actor, run_id: UUID, now: datetime) -> Document | None:
    """The timeline of a run that the actor may see, ready to be drawn."""
    row = await lane.row(_TIMELINE, {**params(actor, now), "id": run_id})
    return None if row is None else Document(row["json"].encode(), row["version"])
