"""What a definition says, as JSON: the same members wherever one is shown."""

from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.sql.selectable import FromClause, ScalarSelect

from app.models import Target
from app.services import sql
from app.services.definitions.rules import FIELDS

_NUMBERS = ("green_at", "amber_at", "tolerance", "baseline_value")


def content(d: FromClause) -> dict[str, ColumnElement[Any]]:
    """How a version measures, and its targets by year."""
    fields: dict[str, ColumnElement[Any]] = {
        name: func.trim_scale(d.c[name]) if name in _NUMBERS else d.c[name] for name in FIELDS
    }
    return {**fields, "targets": targets(d.c.id)}


def targets(definition_id: ColumnElement[Any]) -> ScalarSelect[Any]:
    """The targets of a version as a JSON array, by year."""
    t = sql.alias(Target)
    return select(sql.listed(target(t), t.c.year)).where(t.c.definition_id == definition_id).scalar_subquery()


def target(t: FromClause) -> ColumnElement[Any]:
    """One target as a JSON object."""
    return sql.obj(
        year=t.c.year,
        kind=t.c.kind,
        value=func.trim_scale(t.c.value),
        value_max=func.trim_scale(t.c.value_max),
        outer_min=func.trim_scale(t.c.outer_min),
        outer_max=func.trim_scale(t.c.outer_max),
        rank=t.c.rank,
        window_start=t.c.window_start,
        window_end=t.c.window_end,
        source=t.c.source,
    )
