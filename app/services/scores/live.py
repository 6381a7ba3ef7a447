"""The score of a result that stands in the database, computed there: what the kept rows are made by, and what a
draft is told."""

from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, and_, cast, extract, func, literal_column, or_, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.sql.selectable import FromClause

from app.enums import Classification, ObservationStatus, ResultState
from app.models import Definition, Indicator, Result, Target
from app.services import sql
from app.services.scores import arithmetic_sql
from app.services.scores.arithmetic_sql import quotient

_ONE: ColumnElement[int] = literal_column("1", Integer)
_MEASURED = ("polarity", "measure")
_DEFINED = ("tolerance", "baseline_value", "baseline_rank", "baseline_year", "green_at", "amber_at")
_FOUND = ("definition_id", "indicator_id", "value", "rank", "period_start", "period_end")


def scorable(r: FromClause, i: FromClause, d: FromClause) -> list[ColumnElement[Any]]:
    """What `scored` needs of the result `r` of the indicator `i`, by the version `d` of its definition."""
    return [
        *[r.c[name] for name in _FOUND],
        *[i.c[name] for name in _MEASURED],
        *[d.c[name] for name in _DEFINED],
        r.c.published_at.is_not(None).label("published"),
        (r.c.classification == sql.const(Classification.RESTRICTED)).label("restricted"),
    ]


def scored(row: FromClause) -> FromClause:
    """The score of each row of `scorable`: a lateral subselect of one row."""
    return arithmetic_sql.scored(row, Target.__table__, _mean)


def of_result(r: FromClause) -> FromClause:
    """The score of the result `r` as it would be if it were approved now: a lateral subselect of one row."""
    i, d = Indicator.__table__.alias("scored_indicator"), Definition.__table__.alias("scored_definition")
    row = (
        select(*scorable(r, i, d))
        .select_from(i.join(d, d.c.id == r.c.definition_id))
        .where(i.c.id == r.c.indicator_id)
        .correlate(r)
        .lateral("figure_to_score")
    )
    score = scored(row)
    return select(*score.c).select_from(row.join(score, literal_column("true"))).correlate(r).lateral("live")


def _mean(row: FromClause, target: FromClause) -> ColumnElement[Any]:
    """`rules.measured`: the mean of the window's values up to this one, each as it is known now.

    Only figures that may be read by whoever may read this one are part of it, or a published mean would tell
    what is not published; and no forecast.
    """
    r = Result.__table__.alias("in_window")
    year = cast(extract("year", r.c.period_end), Integer)
    within = and_(
        func.coalesce(target.c.window_start <= year, literal_column("true")),
        func.coalesce(year <= target.c.window_end, literal_column("true")),
    )
    as_open = or_(
        r.c.published_at.is_not(None),
        row.c.restricted,
        and_(~row.c.published, r.c.classification != sql.const(Classification.RESTRICTED)),
    )
    earlier: Any = (
        select(r.c.value)
        .ext(distinct_on(r.c.period_end, r.c.period_start))
        .where(
            r.c.indicator_id == row.c.indicator_id,
            r.c.period_end < row.c.period_end,
            r.c.state == sql.const(ResultState.APPROVED),
            r.c.obs_status != sql.const(ObservationStatus.FORECAST),
            within,
            as_open,
        )
        .order_by(r.c.period_end, r.c.period_start, r.c.revision.desc())
        .correlate(row, target)
        .subquery("earlier")
    )
    total = row.c.value + func.coalesce(func.sum(earlier.c.value), literal_column("0"))
    found: Select[Any] = select(quotient(total, _ONE + func.count(earlier.c.value))).select_from(earlier)
    return found.correlate(row, target).scalar_subquery()
