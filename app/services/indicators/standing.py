"""How an indicator stands: the light of its latest figure, and what of it is late or due next."""

from typing import Any

from sqlalchemy import ColumnElement, Select, exists, func, literal_column, select, true
from sqlalchemy.sql.selectable import FromClause, ScalarSelect

from app.enums import Light, ObligationState, ResultState
from app.models import Definition, Obligation, Result, Target
from app.services import sql
from app.services.obligations import queries as obligations
from app.services.obligations import state
from app.services.results.visibility import visible as visible_result
from app.services.scores.arithmetic_sql import scored

_ONE: ColumnElement[int] = literal_column("1")


def light(i: FromClause) -> ColumnElement[str]:
    """The traffic light of the latest approved figure that the reader may see, by the definition that it
    rests on; grey where there is none or it cannot be assessed."""
    r, d = Result.__table__.alias("latest"), Definition.__table__.alias("its_definition")
    row = (
        select(
            r.c.definition_id,
            i.c.polarity,
            i.c.measure,
            *[
                d.c[name]
                for name in (
                    "tolerance",
                    "baseline_value",
                    "baseline_rank",
                    "baseline_year",
                    "green_at",
                    "amber_at",
                )
            ],
            r.c.value,
            r.c.rank,
            r.c.period_end,
        )
        .select_from(r.join(d, d.c.id == r.c.definition_id))
        .where(r.c.indicator_id == i.c.id, r.c.state == sql.const(ResultState.APPROVED), visible_result(r))
        .order_by(r.c.period_end.desc(), r.c.period_start.desc(), r.c.revision.desc())
        .limit(_ONE)
        .correlate(i)
        .lateral("figure_to_score")
    )
    score = scored(row, Target.__table__)
    found = select(score.c.light).select_from(row.join(score, true())).correlate(i).scalar_subquery()
    return func.coalesce(found, sql.const(Light.GREY))


def late(i: FromClause) -> ColumnElement[bool]:
    """Whether a figure that the reader sees to be due is late, overdue, or late in review."""
    o = Obligation.__table__.alias("late_one")
    f = state.figure(o)
    found: Select[Any] = (
        select(_ONE)
        .select_from(o.join(f, true()))
        .where(
            o.c.indicator_id == i.c.id,
            obligations.visible(o),
            o.c.due_on < sql.TODAY,  # nothing is late before: spares looking at the figures of later ones
            state.behind(o, f),
        )
        .correlate(i)
    )
    return exists(found)


def most_urgent(i: FromClause) -> ScalarSelect[Any]:
    """What is to be done first of what the reader sees to be due, as JSON: the oldest figure that is late or
    overdue, else the next that is neither complete nor excused; or null."""
    o = Obligation.__table__.alias("urgent")
    f = state.figure(o)
    now = state.state(o, f)
    behind = now.in_([sql.const(ObligationState.LATE), sql.const(ObligationState.OVERDUE)])
    done = now.in_([sql.const(ObligationState.COMPLETE), sql.const(ObligationState.EXCUSED)])
    return (
        select(sql.obj(id=o.c.id, period=o.c.period, due_on=o.c.due_on, state=now, closed=state.closed(o)))
        .select_from(o.join(f, true()))
        .where(o.c.indicator_id == i.c.id, obligations.visible(o), ~done)
        .order_by(behind.desc(), o.c.due_on, o.c.period_end)
        .limit(_ONE)
        .correlate(i)
        .scalar_subquery()
    )
