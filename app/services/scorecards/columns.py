"""What the lines of a scorecard say, as JSON: for who reads it, and for who decides about it."""

from typing import Any

from sqlalchemy import ColumnElement, and_, case, cast, func, select
from sqlalchemy.dialects.postgresql import JSON, JSONB
from sqlalchemy.sql.selectable import FromClause, ScalarSelect

from app.models import Definition, Indicator, ScorecardLine, Target
from app.services import sql
from app.services.definitions.columns import target


def joined(year: ColumnElement[Any]) -> tuple[FromClause, FromClause, FromClause, FromClause, FromClause]:
    """The lines with their indicators, the versions of the definitions that they were written by, and the targets
    of `year`: all of it, then each table."""
    line, i = sql.alias(ScorecardLine, "line"), sql.alias(Indicator, "its")
    d, t = sql.alias(Definition, "by"), sql.alias(Target, "to_reach")
    of_year = and_(t.c.definition_id == line.c.definition_id, t.c.year == year)
    source = (
        line.join(i, i.c.id == line.c.indicator_id)
        .join(d, d.c.id == line.c.definition_id)
        .outerjoin(t, of_year)
    )
    return source, line, i, d, t


def target_or_null(t: FromClause) -> ColumnElement[Any]:
    """The target of the outer joined `t`, or null."""
    return case((t.c.year.is_not(None), target(t)))


def live(s: FromClause) -> ScalarSelect[Any]:
    """The lines of the scorecard `s` as they stand, in their order."""
    source, line, i, d, t = joined(s.c.year)
    item = sql.obj(
        indicator=sql.ref(i),
        level=i.c.level,
        unit_ar=i.c.unit_ar,
        unit_en=i.c.unit_en,
        weight=func.trim_scale(line.c.weight),
        definition_id=d.c.id,
        definition_number=d.c.number,
        target=target_or_null(t),
        note=line.c.note,
    )
    return (
        select(sql.listed(item, line.c.rank))
        .select_from(source)
        .where(line.c.scorecard_id == s.c.id)
        .correlate(s)
        .scalar_subquery()
    )


def shown(s: FromClause) -> ColumnElement[Any]:
    """The lines of `s`: as the head approved them, or, before that, as they stand."""
    return func.coalesce(cast(s.c.snapshot, JSON), live(s))


def snapshot(s: FromClause) -> ColumnElement[Any]:
    """What `s` is approved with."""
    return cast(live(s), JSONB)


def said(s: FromClause) -> ColumnElement[Any]:
    """What `s` says, for the rules and for the difference between two versions."""
    source, line, i, _, t = joined(s.c.year)
    item = sql.obj(
        indicator=sql.ref(i),
        indicator_id=i.c.id,
        indicator_state=i.c.state,
        definition_id=line.c.definition_id,
        defined_by=i.c.definition_id,
        weight=func.trim_scale(line.c.weight),
        target=target_or_null(t),
        note=line.c.note,
    )
    lines = (
        select(sql.listed(item, line.c.rank))
        .select_from(source)
        .where(line.c.scorecard_id == s.c.id)
        .correlate(s)
        .scalar_subquery()
    )
    return sql.obj(note=s.c.note, lines=lines)
