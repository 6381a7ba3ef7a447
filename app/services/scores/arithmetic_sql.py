"""The arithmetic of `rules` said once more in SQL, so that one statement scores any number of results.

Each function has its namesake in `rules`; a differential test holds the two together. These are expressions,
not a function in the database: they change with the code and need no migration, the targets may stand in any
table, and the planner sees through them. All in `numeric`, never in floating point.
"""

from collections.abc import Callable
from typing import Any

from sqlalchemy import (
    Boolean,
    ColumnElement,
    FromClause,
    Integer,
    Numeric,
    and_,
    case,
    cast,
    column,
    extract,
    false,
    func,
    literal_column,
    not_,
    null,
    or_,
    select,
    true,
    union_all,
    values,
)

from app.enums import Light, Measure, Polarity, TargetKind
from app.services.scores.rules import ON_RANKS, ON_VALUES, PLACES
from app.services.sql import const

Number = ColumnElement[Any]
Mean = Callable[[FromClause, FromClause], Number]
"""What is scored of a row whose target asks for the average of a window."""

_FULL: Number = literal_column("100::numeric", Numeric)
_ZERO: Number = literal_column("0::numeric", Numeric)
_ONE: Number = literal_column("1", Integer)
_PLACES: Number = literal_column(str(PLACES), Integer)
_GUARD: Number = literal_column(str(4 * PLACES), Integer)


def scored(row: FromClause, targets: FromClause, mean: Mean | None = None) -> FromClause:
    """`rules.assess` and `rules.expectation` of each row of `row`: a lateral subselect of one row (progress,
    on_track, light, expected_value, expected_rank, target_year, target_kind, mean).

    `row` has the definition (definition_id, polarity, measure, tolerance, baseline_value, baseline_rank,
    baseline_year, green_at, amber_at) and the result (value, rank, period_end). `targets` has definition_id,
    year, kind, value, value_max, outer_min, outer_max, rank, window_start, window_end. `mean` says what is
    scored where the target asks for an average; without it that is the value itself. Join it on true.
    """
    target = target_for(row, targets)
    averaged = target.c.kind == const(TargetKind.AVERAGE)
    scored_value = row.c.value if mean is None else case((averaged, mean(row, target)), else_=row.c.value)
    aim = _aims(row, target, scored_value)
    before, after = _knot(row, targets, aim, earlier=True), _knot(row, targets, aim, earlier=False)
    now = (
        select(expected(before, after, row.c.period_end).label("goal"))
        .correlate(row, before, after)
        .lateral("kpi_now")
    )
    each = (
        select(
            *(aim.c.ranked, aim.c.x),
            _progress(target, aim).label("progress"),
            toward(aim.c.x, aim.c.since, now.c.goal, aim.c.direction, aim.c.tolerance).label("on_track"),
            _asked(target, aim, now.c.goal).label("expected"),
        )
        .select_from(aim.outerjoin(before, true()).outerjoin(after, true()).join(now, true()))
        .where(_assessed(target, aim, _year(row)))
        .correlate(row, target)
        .lateral("kpi_each")
    )
    capped = and_(target.c.kind == const(TargetKind.RANGE), each.c.progress > _FULL)
    both = (
        select(
            _lesser(case((capped, _FULL), else_=each.c.progress)).label("progress"),
            _lesser(case((_on_path(target, each.c.ranked), each.c.on_track), else_=each.c.progress)).label(
                "on_track"
            ),
            func.max(each.c.expected).filter(not_(each.c.ranked)).label("expected_value"),
            func.max(each.c.expected).filter(each.c.ranked).label("expected_rank"),
            func.max(target.c.year).label("target_year"),
            func.max(target.c.kind).label("target_kind"),
            func.max(each.c.x).filter(averaged, not_(each.c.ranked)).label("mean"),
        )
        .select_from(target.outerjoin(each, true()))
        .correlate(row)
        .lateral("kpi_both")
    )
    shown = light(both.c.on_track, row.c.green_at, row.c.amber_at)
    return select(*both.c, shown.label("light")).correlate(row).lateral("kpi_score")


def light(on_track: Number, green_at: Number, amber_at: Number) -> ColumnElement[str]:
    """The traffic light of a score on track."""
    return case(
        (on_track >= green_at, const(Light.GREEN)),
        (on_track >= amber_at, const(Light.AMBER)),
        (on_track.is_not(None), const(Light.RED)),
        else_=const(Light.GREY),
    )


def target_for(row: FromClause, targets: FromClause) -> FromClause:
    """The target that the figure of `row` is held against; no row where there is none."""
    t, year = targets.alias(), _year(row)
    return (
        select(t)
        .where(
            t.c.definition_id == row.c.definition_id,
            or_(t.c.year == year, t.c.kind != const(TargetKind.BLANK)),
        )
        .order_by(t.c.year < year, func.abs(t.c.year - year))
        .limit(_ONE)
        .correlate(row)
        .lateral("kpi_target")
    )


def toward(x: Number, baseline: Number, goal: Number, direction: Number, tolerance: Number) -> Number:
    """Percent of the way from the baseline to the goal; null where it cannot be said."""
    return case(
        (baseline.is_(None), case((direction * (x - goal) >= _ZERO, _FULL))),
        (direction * (goal - baseline) <= _ZERO, maintain(x, goal, direction, tolerance)),
        else_=quotient(_FULL * direction * (x - baseline), func.abs(goal - baseline)),
    )


def maintain(x: Number, goal: Number, direction: Number, tolerance: Number) -> Number:
    """100 while the goal is met, falling to 0 over the tolerance; null beyond it without one."""
    ahead = direction * (x - goal)
    fallen = _FULL - quotient(_FULL * func.abs(x - goal), tolerance)
    return case(
        (ahead >= _ZERO, _FULL),
        (and_(ahead < _ZERO, tolerance > _ZERO), func.greatest(_ZERO, fallen)),
    )


def band(x: Number, target: FromClause) -> Number:
    """100 inside the band, falling to 0 at the outer limit of the side; null outside without that limit."""
    low, high = target.c.value, target.c.value_max
    return case(
        (or_(low.is_(None), high.is_(None)), null()),
        (x < low, maintain(x, low, _ONE, low - target.c.outer_min)),
        else_=maintain(x, high, -_ONE, target.c.outer_max - high),
    )


def expected(before: FromClause, after: FromClause, day: ColumnElement[Any]) -> Number:
    """Where the indicator should stand on `day`, between the knots `before` and `after` (year, goal)."""
    year = _part("year", day)
    december = literal_column("12", Integer)
    days = _part("doy", func.make_date(year, december, literal_column("31", Integer)))
    passed = (year - _ONE - before.c.year) * days + _part("doy", day)
    gained = quotient((after.c.goal - before.c.goal) * passed, (after.c.year - before.c.year) * days)
    return func.coalesce(before.c.goal + gained, before.c.goal, after.c.goal)


def _progress(target: FromClause, aim: FromClause) -> Number:
    held = (aim.c.x, aim.c.goal, aim.c.direction, aim.c.tolerance)
    return case(
        (target.c.kind == const(TargetKind.BAND), band(aim.c.x, target)),
        (_one_of(target.c.kind, TargetKind.FLOOR, TargetKind.CEILING), maintain(*held)),
        else_=toward(aim.c.x, aim.c.baseline, *held[1:]),
    )


def _asked(target: FromClause, aim: FromClause, goal: Number) -> Number:
    """What is expected, as far as one number can say it: a point of the path, or a level that is the target."""
    return case(
        (_on_path(target, aim.c.ranked), goal),
        (_one_of(target.c.kind, TargetKind.FLOOR, TargetKind.CEILING, TargetKind.AVERAGE), target.c.value),
    )


def _aims(row: FromClause, target: FromClause, scored_value: Number) -> FromClause:
    """What the figure is held against: one row for its value, one for its rank."""
    polarity, tolerance = row.c.polarity, row.c.tolerance
    direction = case(
        (target.c.kind == const(TargetKind.FLOOR), _ONE),
        (target.c.kind == const(TargetKind.CEILING), -_ONE),
        (polarity == const(Polarity.HIGHER_BETTER), _ONE),
        (polarity == const(Polarity.LOWER_BETTER), -_ONE),
    )
    places = case((row.c.measure == const(Measure.RANK), tolerance))
    value, rank = row.c.baseline_value, cast(row.c.baseline_rank, Numeric)
    dated = row.c.baseline_year.is_not(None)
    goal = _near_end(target, direction)
    of_value = (false(), scored_value, value, case((dated, value)), goal, direction, tolerance)
    of_rank = (
        true(),
        cast(row.c.rank, Numeric),
        rank,
        case((dated, rank)),
        cast(target.c.rank, Numeric),
        -_ONE,
        places,
    )
    return (
        values(
            column("ranked", Boolean),
            column("x", Numeric),
            column("baseline", Numeric),
            column("since", Numeric),
            column("goal", Numeric),
            column("direction", Integer),
            column("tolerance", Numeric),
            name="kpi_aim",
        )
        .data([of_value, of_rank])
        .lateral()
    )


def _assessed(target: FromClause, aim: FromClause, year: Number) -> ColumnElement[bool]:
    """Whether the target speaks of this measure, and of this year."""
    t = target.c
    within = and_(func.coalesce(t.window_start <= year, true()), func.coalesce(year <= t.window_end, true()))
    return case(
        (aim.c.ranked, _one_of(t.kind, *ON_RANKS)),
        (t.kind == const(TargetKind.AVERAGE), within),
        else_=not_(_one_of(t.kind, TargetKind.TOP_RANK, TargetKind.BLANK)),
    )


def _knot(row: FromClause, targets: FromClause, aim: FromClause, *, earlier: bool) -> FromClause:
    """The last knot of the path (year, goal) before the year of `row`, or the first one from then on.

    The knots are the baseline, when its year is known, and the targets after it.
    """
    t = targets.alias()
    goal = case((aim.c.ranked, cast(t.c.rank, Numeric)), else_=_near_end(t, aim.c.direction))
    start = select(row.c.baseline_year.label("year"), aim.c.since.label("goal")).where(
        aim.c.since.is_not(None)
    )
    goals = select(t.c.year, goal).where(
        t.c.definition_id == row.c.definition_id,
        _on_path(t, aim.c.ranked),
        goal.is_not(None),
        or_(aim.c.since.is_(None), t.c.year > row.c.baseline_year),
    )
    knot = union_all(start.correlate(row, aim), goals.correlate(row, aim)).subquery("kpi_knot")
    year = knot.c.year
    return (
        select(year, knot.c.goal)
        .where(year < _year(row) if earlier else year >= _year(row))
        .order_by(year.desc() if earlier else year)
        .limit(_ONE)
        .correlate(row, aim)
        .lateral("kpi_before" if earlier else "kpi_after")
    )


def _on_path(target: FromClause, ranked: ColumnElement[bool]) -> ColumnElement[bool]:
    return case((ranked, _one_of(target.c.kind, *ON_RANKS)), else_=_one_of(target.c.kind, *ON_VALUES))


def _near_end(target: FromClause, direction: Number) -> Number:
    upper = and_(target.c.kind == const(TargetKind.RANGE), direction < literal_column("0", Integer))
    return case((upper, target.c.value_max), else_=target.c.value)


def _lesser(score: Number) -> Number:
    return case((func.bool_and(score.is_not(None)), func.min(score)))


def _one_of(kind: Number, *kinds: TargetKind) -> ColumnElement[bool]:
    return kind.in_([const(name) for name in kinds])


def _year(row: FromClause) -> Number:
    return _part("year", row.c.period_end)


def _part(field: str, day: ColumnElement[Any]) -> Number:
    return cast(extract(field, day), Integer)


def quotient(numerator: Number, denominator: Number) -> Number:
    """The quotient as `rules` has it."""
    # A quotient has the decimals of its numerator, and of itself only 16 significant digits.
    return func.round(func.round(numerator, _GUARD) / denominator, _PLACES)
