"""The awareness stages of the paths that an entity walks (Guide C-2), beside the communication plan of their year."""

from typing import Any

from sqlalchemy import ColumnElement, Select, func, literal_column, or_, select
from sqlalchemy.sql.selectable import FromClause, ScalarSelect

from app.enums.communications import CommunicationActivityState
from app.enums.paths import StageKind
from app.models import CommunicationActivity, PathRun, PathStage
from app.services import sql
from app.services.path_runs import timing

MOST = 200
"""Stages that a plan lists."""


def stages(
    about_id: ColumnElement[Any], entity_id: ColumnElement[Any], year: ColumnElement[Any]
) -> Select[Any]:
    """The awareness stages of a year that a plan is to answer, each in its latest round: of a plan about the entity as a
    whole those of all its paths, else those of the path that the thing walks."""
    r, s = sql.alias(PathRun, "run"), sql.alias(PathStage, "stage")
    return (
        select(s)
        .select_from(r.join(s, s.c.run_id == r.c.id))
        .where(
            r.c.entity_id == entity_id,
            r.c.year == year,
            or_(about_id == entity_id, r.c.subject_id == about_id),
            s.c.kind == sql.const(StageKind.INFORM),
            s.c.superseded_at.is_(None),
        )
    )


def of(p: FromClause) -> ScalarSelect[Any]:
    """What the plan `p` is to answer, by day, as a JSON array; each stage with the activities that answer it."""
    found = (
        stages(p.c.about_id, p.c.entity_id, p.c.year)
        .correlate(p)
        .order_by(literal_column("stage.due").nulls_last(), literal_column("stage.id"))
        .limit(literal_column(str(MOST)))
        .lateral("awareness")
    )
    a = sql.alias(CommunicationActivity)
    answered = (
        select(func.coalesce(func.json_agg(sql.ordered(a.c.id, a.c.id)), literal_column("'[]'::json")))
        .where(a.c.stage_id == found.c.id, a.c.state != sql.const(CommunicationActivityState.CANCELLED))
        .correlate(found)
        .scalar_subquery()
    )
    item = sql.obj(
        stage_id=found.c.id,
        run_id=found.c.run_id,
        key=found.c.key,
        title_ar=found.c.title_ar,
        title_en=found.c.title_en,
        due_from=found.c.due_from,
        due=found.c.due,
        state=found.c.state,
        timing=timing.of(found),
        activity_ids=answered,
    )
    return (
        select(sql.listed(item, found.c.due.nulls_last(), found.c.id))
        .select_from(found)
        .correlate(p)
        .scalar_subquery()
    )
