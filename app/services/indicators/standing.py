"""How an indicator stands: the light of its latest figure, and what of it is late or due next."""

from typing import Any

from sqlalchemy import ColumnElement, Select, case, exists, func, literal_column, select, true
from sqlalchemy.sql.selectable import FromClause, ScalarSelect

from app.enums import Light, ObligationState, Scope
from app.models import Obligation, Standing
from app.services import sql
from app.services.indicators.visibility import sees_approved
from app.services.obligations import queries as obligations
from app.services.obligations import state

_ONE: ColumnElement[int] = literal_column("1")


def light(i: FromClause) -> ColumnElement[str]:
    """The traffic light of where the reader sees the indicator to stand; grey where it has no figure, or none that
    can be assessed."""
    s = sql.alias(Standing, "its_standing")
    found = select(s.c.light).where(s.c.indicator_id == i.c.id, s.c.scope == scope(i)).scalar_subquery()
    return func.coalesce(found, sql.const(Light.GREY))


def scope(i: FromClause) -> ColumnElement[str]:
    """Among which figures the reader sees where the indicator stands."""
    return case(
        (sees_approved(i), sql.const(Scope.INTERNAL)),
        else_=sql.const(Scope.PUBLISHED),
    )


def late(i: FromClause) -> ColumnElement[bool]:
    """Whether a figure that the reader sees to be due is late, overdue, or late in review."""
    o = sql.alias(Obligation, "late_one")
    f = state.figure(o)
    found: Select[Any] = (
        select(_ONE)
        .select_from(o.join(f, true()))
        .where(
            o.c.indicator_id == i.c.id,
            obligations.visible(o),
            state.behind(o, f),
        )
        .correlate(i)
    )
    return exists(found)


def most_urgent(i: FromClause) -> ScalarSelect[Any]:
    """What is to be done first of what the reader sees to be due, as JSON: the oldest figure that is late or
    overdue, else the next that is neither complete nor excused; or null."""
    o = sql.alias(Obligation, "urgent")
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
