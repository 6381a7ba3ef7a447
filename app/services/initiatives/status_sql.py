"""The rule of `status` in SQL: one expression of the moment, never stored."""

from typing import Any

from sqlalchemy import (
    ColumnElement,
    Numeric,
    and_,
    case,
    cast,
    exists,
    func,
    literal_column,
    null,
    or_,
    select,
)
from sqlalchemy.sql.selectable import FromClause, ScalarSelect

from app.enums.initiatives import InitiativeState, InitiativeStatus
from app.models import Milestone, MilestoneBaseline
from app.services import sql
from app.services.initiatives import status

_ZERO: ColumnElement[int] = literal_column("0")
_ONE: ColumnElement[int] = literal_column("1")


def _number(number: int) -> ColumnElement[int]:
    return literal_column(str(number))


def planned(i: FromClause, day: ColumnElement[Any] = sql.TODAY) -> ScalarSelect[Any]:
    """Percent of the initiative `i` that is to be reached by the end of `day`, by the plan as it was approved; null where
    nothing was approved."""
    b = sql.alias(MilestoneBaseline)
    days = cast(b.c.due_on - b.c.starts_on + _ONE, Numeric)
    over = cast(day - b.c.starts_on + _ONE, Numeric)
    due = b.c.weight * func.least(func.greatest(over, _ZERO), days) / days
    return (
        select(func.round(func.sum(due), _number(status.DECIMALS)))
        .where(b.c.initiative_id == i.c.id)
        .correlate(i)
        .scalar_subquery()
    )


def overdue(i: FromClause, day: ColumnElement[Any] = sql.TODAY) -> ColumnElement[bool]:
    """Whether a milestone's day, as approved, is past and it is not reached."""
    b, m = sql.alias(MilestoneBaseline), sql.alias(Milestone)
    found = (
        select(_ONE)
        .select_from(b.join(m, and_(m.c.initiative_id == b.c.initiative_id, m.c.number == b.c.number)))
        .where(b.c.initiative_id == i.c.id, b.c.due_on < day, m.c.done_on.is_(None))
    )
    return exists(found.correlate(i))


def of(i: FromClause, day: ColumnElement[Any] = sql.TODAY) -> ColumnElement[Any]:
    """The status of the initiative `i` on `day`; null where it was never approved."""
    percent = func.coalesce(i.c.latest_percent, _ZERO)
    expected = func.coalesce(planned(i, day), _ZERO)
    behind = func.coalesce(i.c.latest_forecast_end - i.c.baseline_ends_on, _ZERO)
    duration = i.c.baseline_ends_on - i.c.baseline_starts_on + _ONE
    late = or_(
        day > i.c.baseline_ends_on,
        behind * _number(100) > duration * _number(status.FORECAST_LATE),
        percent * _number(100) < expected * _number(status.LATE_BELOW),
    )
    at_risk = or_(
        behind > _ZERO, percent * _number(100) < expected * _number(status.AT_RISK_BELOW), overdue(i, day)
    )
    running = case(
        (percent >= _number(100), sql.const(InitiativeStatus.ON_TRACK)),
        (
            and_(day < i.c.baseline_starts_on, percent == _ZERO),
            sql.const(InitiativeStatus.NOT_STARTED),
        ),
        (late, sql.const(InitiativeStatus.LATE)),
        (at_risk, sql.const(InitiativeStatus.AT_RISK)),
        else_=sql.const(InitiativeStatus.ON_TRACK),
    )
    return case(
        (i.c.state == sql.const(InitiativeState.STOPPED), sql.const(InitiativeStatus.STOPPED)),
        (i.c.state == sql.const(InitiativeState.CLOSED), sql.const(InitiativeStatus.CLOSED)),
        (
            or_(
                i.c.state == sql.const(InitiativeState.APPROVED),
                i.c.state == sql.const(InitiativeState.CLOSING),
            ),
            running,
        ),
        else_=null(),
    )
