"""Where a figure that is due stands: derived from its dates, its revisions and the day, never stored."""

from collections.abc import Callable
from datetime import date
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Date,
    Select,
    Text,
    and_,
    any_,
    case,
    cast,
    exists,
    false,
    func,
    literal_column,
    not_,
    or_,
    select,
    update,
)
from sqlalchemy.sql.selectable import CTE, FromClause, LateralFromClause

from app import clock
from app.enums import ChainState, ObligationState, ObservationStatus
from app.models import Obligation, Reopening, Result
from app.services import sql
from app.services.people import visibility
from app.services.reopenings import standing as leaves

_MUSCAT = literal_column(f"'{clock.MUSCAT.key}'", Text)
_UNSURE = (ObservationStatus.ESTIMATED, ObservationStatus.PROVISIONAL)
_IN_REVIEW = (ChainState.SUBMITTED, ChainState.REVIEWED)


def at_home(o: FromClause) -> ColumnElement[bool]:
    """Whether the reader is of the entity that owes the obligation `o`, or of UNIT; partners are neither."""
    return or_(o.c.entity_id == any_(visibility.ENTITIES), visibility.NATIONAL)


def figure(o: FromClause) -> LateralFromClause:
    """What the revisions of the figure come to, as one row beside the obligation `o`.

    `complete`: one is approved that serves the period; `in_review`, `drafted`: one is at that point;
    `handed_in`: when the first of those that are approved or in review and serve it was submitted (a loaded
    figure, which nobody submitted: known); `exists`: there is one that is not discarded. A forecast never
    serves, an estimate or a provisional figure only when it was handed in once entry had opened.
    """
    r = sql.alias(Result)
    in_review = or_(*(r.c.state == sql.const(state) for state in _IN_REVIEW))
    approved = r.c.state == sql.const(ChainState.APPROVED)
    handed_in = func.coalesce(r.c.submitted_at, r.c.known_from)
    early = and_(
        or_(*(r.c.obs_status == sql.const(status) for status in _UNSURE)), _day(handed_in) < o.c.opens_on
    )
    serves = and_(r.c.obs_status != sql.const(ObservationStatus.FORECAST), not_(early))

    def some(condition: ColumnElement[bool]) -> ColumnElement[bool]:
        return func.coalesce(func.bool_or(condition), false())

    return (
        select(
            some(and_(approved, serves)).label("complete"),
            some(in_review).label("in_review"),
            # That somebody has begun a draft is told to the owner's people and to UNIT, not to partners.
            some(and_(r.c.state == sql.const(ChainState.DRAFT), at_home(o))).label("drafted"),
            func.min(handed_in).filter(or_(approved, in_review), serves).label("handed_in"),
            some(r.c.state != sql.const(ChainState.DISCARDED)).label("exists"),
        )
        .where(
            r.c.indicator_id == o.c.indicator_id,
            r.c.period_start == o.c.period_start,
            r.c.period_end == o.c.period_end,
        )
        .lateral("figure")
    )


def state(o: FromClause, f: FromClause) -> ColumnElement[Any]:
    """The state of the obligation `o`, whose `figure` is `f`, on the day of the parameter `today`."""
    return case(
        (o.c.excused_at.is_not(None), sql.const(ObligationState.EXCUSED)),
        (f.c.complete, sql.const(ObligationState.COMPLETE)),
        (f.c.in_review, sql.const(ObligationState.IN_REVIEW)),
        (o.c.late_until < sql.TODAY, sql.const(ObligationState.OVERDUE)),
        (o.c.due_on < sql.TODAY, sql.const(ObligationState.LATE)),
        (f.c.drafted, sql.const(ObligationState.ENTERED)),
        (o.c.opens_on <= sql.TODAY, sql.const(ObligationState.OPEN)),
        else_=sql.const(ObligationState.NOT_YET),
    )


def closed(o: FromClause) -> ColumnElement[bool]:
    """Whether the period is closed: a figure is entered only within a granted reopening."""
    return o.c.closes_on < sql.TODAY


def has_leave(
    o: FromClause, condition: Callable[[FromClause], ColumnElement[bool]] = leaves.usable
) -> ColumnElement[bool]:
    """Whether there is a leave for the period of this condition: one by which the figure can be entered."""
    opened = sql.alias(Reopening)
    leave: Select[Any] = select(literal_column("1")).where(
        opened.c.obligation_id == o.c.id, condition(opened)
    )
    return exists(leave.correlate(o))


def reopened_until(o: FromClause) -> ColumnElement[date]:
    """The last day of the leave by which the figure can be entered though the period is closed, or null;
    told to the owner's people and to UNIT."""
    opened = sql.alias(Reopening)
    last = select(func.max(opened.c.expires_on)).where(
        opened.c.obligation_id == o.c.id, leaves.usable(opened)
    )
    return case((at_home(o), last.scalar_subquery()))


def timely(o: FromClause, f: FromClause) -> ColumnElement[bool]:
    """Whether a figure that is approved or in review was handed in on or before its due day, in Oman's
    calendar. A review that takes long makes nobody late; a returned figure counts when it comes again."""
    return func.coalesce(_day(f.c.handed_in) <= o.c.due_on, false())


def served_in_time(o: FromClause) -> ColumnElement[bool]:
    """Whether it is known, without a look at the revisions, that the obligation is complete and was so in time."""
    return func.coalesce(o.c.served_on <= o.c.due_on, false())


def served(told: FromClause) -> CTE:
    """Keeps the day on which a final figure was handed in with the obligations of the results `told`
    (indicator_id, period_start, period_end, obs_status, handed_in), which are approved.

    A preliminary one may serve too, or not: that depends on days that can move, and is looked up.
    """
    o = Obligation.__table__
    final = and_(
        *(told.c.obs_status != sql.const(status) for status in (ObservationStatus.FORECAST, *_UNSURE))
    )
    keys = (told.c.indicator_id, told.c.period_start, told.c.period_end)
    first = (
        select(*keys, func.min(_day(told.c.handed_in)).label("day"))
        .where(final)
        .group_by(*keys)
        .subquery("first_final")
    )
    return (
        update(Obligation)
        .where(
            o.c.indicator_id == first.c.indicator_id,
            o.c.period_start == first.c.period_start,
            o.c.period_end == first.c.period_end,
            o.c.replaced_at.is_(None),
            or_(o.c.served_on.is_(None), o.c.served_on > first.c.day),
        )
        .values(served_on=first.c.day)
        .returning(o.c.id)
        .cte("served")
    )


def behind(o: FromClause, f: FromClause) -> ColumnElement[bool]:
    """Late or overdue, or in review when even the time for late figures is over."""
    now = state(o, f)
    return and_(
        # These follow from the state, and spare looking at the figures of what cannot be behind.
        o.c.served_on.is_(None),
        o.c.excused_at.is_(None),
        o.c.due_on < sql.TODAY,
        or_(
            now == sql.const(ObligationState.LATE),
            now == sql.const(ObligationState.OVERDUE),
            and_(now == sql.const(ObligationState.IN_REVIEW), o.c.late_until < sql.TODAY),
        ),
    )


def _day(moment: ColumnElement[Any]) -> ColumnElement[Any]:
    """The day in Oman's calendar."""
    return cast(func.timezone(_MUSCAT, moment), Date)
