"""How the path of a thing stands, in SQL, for the areas whose things walk paths."""

from typing import Any

from sqlalchemy import ColumnElement, Select, exists, literal_column, or_, select
from sqlalchemy.sql.selectable import FromClause, ScalarSelect

from app.enums.paths import CONTROL_STAGES, PathRunState, StageState
from app.models import PathRun, PathStage, PathTemplate
from app.services import sql
from app.services.path_runs import timing


def is_control(s: FromClause) -> ColumnElement[bool]:
    """Whether four eyes speaks of the stage `s`."""
    return or_(*(s.c.kind == sql.const(kind) for kind in sorted(CONTROL_STAGES)))


def held(subject_id: ColumnElement[Any]) -> ColumnElement[bool]:
    """Whether a control stage of the path that the thing walks is open: its content is not edited then, so that what is
    verified or approved is what was seen."""
    s = sql.alias(PathStage)
    found: Select[Any] = select(literal_column("1")).where(
        s.c.subject_id == subject_id, s.c.state == sql.const(StageState.OPEN), is_control(s)
    )
    return exists(found.correlate_except(s))


def current(subject_id: ColumnElement[Any]) -> ScalarSelect[Any]:
    """The path that the thing walks now as a JSON object, with its open stages; null where it walks none. The
    parameter `today` is the day in Oman."""
    r, s, t = sql.alias(PathRun), sql.alias(PathStage), sql.alias(PathTemplate)
    stage = sql.obj(
        id=s.c.id,
        key=s.c.key,
        title_ar=s.c.title_ar,
        title_en=s.c.title_en,
        due=s.c.due,
        timing=timing.of(s),
    )
    stages = (
        select(sql.listed(stage, s.c.number, s.c.occasion))
        .where(s.c.run_id == r.c.id, s.c.state == sql.const(StageState.OPEN))
        .correlate(r)
        .scalar_subquery()
    )
    return (
        select(sql.obj(id=r.c.id, title_ar=t.c.title_ar, title_en=t.c.title_en, stages=stages))
        .select_from(r.join(t, t.c.id == r.c.template_id))
        .where(r.c.subject_id == subject_id, r.c.state == sql.const(PathRunState.RUNNING))
        .order_by(r.c.started_at)
        .limit(literal_column("1"))
        .correlate_except(r, t)
        .scalar_subquery()
    )
