"""How far a result has come towards its target, and whether that is enough by now (docs/kpi-arithmetic.md).

Pure, in `Decimal`; scores are percent. `None` stands for "cannot be assessed": where a fact is missing
there is no number rather than a wrong one. `direction` is +1 where more is better, -1 where less is.
`arithmetic_sql` says the same in SQL, function by function.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Context, Decimal, localcontext

from app.enums import Aggregation, Light, Measure, Polarity, TargetKind

PLACES = 10
"""Decimals of every quotient: those of a measurement. PostgreSQL and Python then agree to the last digit."""

_STEP = Decimal(1).scaleb(-PLACES)
EXACT = Context(prec=120, rounding=ROUND_HALF_UP)
"""Sums and products of measurements stay exact, as they do in PostgreSQL; only quotients are rounded."""

_FULL = Decimal(100)
_ZERO = Decimal(0)
_DIRECTIONS = {Polarity.HIGHER_BETTER: 1, Polarity.LOWER_BETTER: -1}


@dataclass(frozen=True, slots=True)
class Target:
    """What is to be reached by the end of a year; `kind` says how the numbers are read.

    `value` is the target or the lower end of a range or band, `value_max` the upper end; at `outer_min` and
    `outer_max` the score of a band is zero; the window of an average is in years.
    """

    kind: TargetKind
    value: Decimal | None = None
    value_max: Decimal | None = None
    outer_min: Decimal | None = None
    outer_max: Decimal | None = None
    rank: int | None = None
    window_start: int | None = None
    window_end: int | None = None


@dataclass(frozen=True, slots=True)
class Measured:
    """The figure of a period; for a target of kind average, the mean of the figures of its window, where it can be
    told."""

    value: Decimal | None = None
    rank: int | None = None


@dataclass(frozen=True, slots=True)
class Baseline:
    """Where the indicator stood at the end of `year`."""

    value: Decimal | None = None
    rank: int | None = None
    year: int | None = None


@dataclass(frozen=True, slots=True)
class Definition:
    """What is assessed against: targets by year, and percent on track from which the light is green or amber.

    `tolerance`: how far beyond a target to be kept the score falls to zero, in the indicator's unit.
    """

    polarity: Polarity
    measure: Measure
    baseline: Baseline
    targets: Mapping[int, Target]
    green_at: Decimal
    amber_at: Decimal
    tolerance: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Score:
    """Percent of the way to the target, percent of what is expected by now, and the light of the latter."""

    progress: Decimal | None
    on_track: Decimal | None
    light: Light


@dataclass(frozen=True, slots=True)
class Expectation:
    """What is expected by the end of a period, in the indicator's unit and in places."""

    value: Decimal | None = None
    rank: Decimal | None = None


Knot = tuple[int, Decimal]
"""A point of the path: where the indicator stood, or is to stand, at the end of a year."""


def assess(definition: Definition, measured: Measured, period_end: date) -> Score:
    """The score of the figure of a period, against the target that holds for it.

    `on_track` is None and the light grey where that cannot be said. Never raises.
    """
    target = target_for(definition.targets, period_end.year)
    with localcontext(EXACT):
        progress, on_track = _scores(definition, target, measured, period_end) if target else (None, None)
    return Score(progress, on_track, light(on_track, definition.green_at, definition.amber_at))


def expectation(definition: Definition, period_end: date) -> Expectation:
    """What the figure of a period is to come to, as far as one number can say it: not for a band."""
    target = target_for(definition.targets, period_end.year)
    if target is None:
        return Expectation()
    with localcontext(EXACT):
        _, of_values = _value_path(definition)
        _, of_ranks = _rank_path(definition)
        value = expected(of_values, period_end) if target.kind in ON_VALUES else None
        rank = expected(of_ranks, period_end) if target.kind in ON_RANKS else None
    in_window = target.kind == TargetKind.AVERAGE and _in_window(target, period_end.year)
    if in_window or target.kind in (TargetKind.FLOOR, TargetKind.CEILING):
        value = target.value
    return Expectation(value, rank)


@dataclass(frozen=True, slots=True)
class Earlier:
    """The figure of an earlier period, by its last day. `withheld`: not all who may read the later one may read it."""

    period_end: date
    value: Decimal | None = None
    withheld: bool = False


def measured(
    targets: Mapping[int, Target], own: Measured, period_end: date, earlier: Iterable[Earlier]
) -> Measured:
    """What is scored of the figure `own` of the period that ends then: itself, or for a target of kind average the
    mean of the window's values from its start up to this one.

    A figure without a value is no part of the mean. Where one of the window is withheld there is no mean: with it,
    it would tell what is withheld, and without it, it would be another number.
    """
    target = target_for(targets, period_end.year)
    if target is None or target.kind != TargetKind.AVERAGE or own.value is None:
        return own
    before = [one for one in earlier if _in_window(target, one.period_end.year)]
    if any(one.withheld for one in before):
        return Measured(None, own.rank)
    return Measured(mean([*(one.value for one in before if one.value is not None), own.value]), own.rank)


def mean(values: Collection[Decimal]) -> Decimal:
    """The arithmetic mean of one value or more."""
    with localcontext(EXACT):
        return quotient(sum(values, _ZERO), Decimal(len(values)))


@dataclass(frozen=True, slots=True)
class Part:
    """The figure of a shorter period, of those that make a longer one."""

    value: Decimal | None = None
    numerator: Decimal | None = None
    denominator: Decimal | None = None


def over_time(rule: Aggregation, parts: Sequence[Part], scale: Decimal = Decimal(1)) -> Decimal | None:
    """The figure of a longer period by the rule that the definition names, from its parts in their order.

    Flows are summed, of stocks the last holds, and of a ratio the numerators are summed over the summed
    denominators, times `scale` (100 for percent): the mean of rates would let a small month weigh as much as a
    large one. None where a part lacks what the rule asks for: a year of eleven months is no year.
    """
    with localcontext(EXACT):
        if rule == Aggregation.RATIO:
            pairs = [(one.numerator, one.denominator) for one in parts]
            known = [(n, d) for n, d in pairs if n is not None and d is not None]
            below = sum((denominator for _, denominator in known), _ZERO)
            if len(known) < len(parts) or below == 0:
                return None
            return quotient(scale * sum((numerator for numerator, _ in known), _ZERO), below)
        if rule == Aggregation.LAST:
            return parts[-1].value if parts else None
        values = [one.value for one in parts if one.value is not None]
        if not parts or len(values) < len(parts):
            return None
        return mean(values) if rule == Aggregation.AVERAGE else sum(values, _ZERO)


def light(on_track: Decimal | None, green_at: Decimal, amber_at: Decimal) -> Light:
    """The traffic light of a score on track."""
    if on_track is None:
        return Light.GREY
    if on_track >= green_at:
        return Light.GREEN
    return Light.AMBER if on_track >= amber_at else Light.RED


def target_for(targets: Mapping[int, Target], year: int) -> Target | None:
    """The target that a figure of `year` is held against: that of the year itself, else the next later one,
    else the latest earlier one. A blank target says that its own year is not assessed, and nothing else."""
    due = target_year(targets, year)
    return None if due is None else targets[due]


def target_year(targets: Mapping[int, Target], year: int) -> int | None:
    """The year of that target."""
    years = [other for other, target in targets.items() if other == year or target.kind != TargetKind.BLANK]
    return min(years, key=lambda other: (other < year, abs(other - year)), default=None)


def toward(
    x: Decimal | None,
    baseline: Decimal | None,
    goal: Decimal | None,
    direction: int | None,
    tolerance: Decimal | None,
) -> Decimal | None:
    """Percent of the way from the baseline to the goal that has been covered; uncapped, negative = regress.

    A goal that the baseline already meets is to be kept (`maintain`). Without a baseline nobody can say how
    much of the way is done, only whether the goal is attained: 100 or None.
    """
    if x is None or goal is None or direction is None:
        return None
    if baseline is None:
        return _FULL if direction * (x - goal) >= 0 else None
    if direction * (goal - baseline) <= 0:
        return maintain(x, goal, direction, tolerance)
    return quotient(_FULL * direction * (x - baseline), abs(goal - baseline))


def maintain(
    x: Decimal | None, goal: Decimal | None, direction: int, tolerance: Decimal | None
) -> Decimal | None:
    """100 while the goal is met; beyond it falling to 0 over the tolerance, None without a tolerance."""
    if x is None or goal is None:
        return None
    if direction * (x - goal) >= 0:
        return _FULL
    if tolerance is None or tolerance <= 0:
        return None
    return max(_ZERO, _FULL - quotient(_FULL * abs(x - goal), tolerance))


def band(x: Decimal | None, target: Target) -> Decimal | None:
    """100 inside the band, falling to 0 at the outer limit of the side; None outside without that limit."""
    low, high = target.value, target.value_max
    if x is None or low is None or high is None:
        return None
    if x < low:
        return maintain(x, low, 1, None if target.outer_min is None else low - target.outer_min)
    return maintain(x, high, -1, None if target.outer_max is None else target.outer_max - high)


def expected(path: Sequence[Knot], day: date) -> Decimal | None:
    """Where the indicator should stand on `day`: on straight lines between the knots, level outside them.

    Each knot holds at the end of its year. None for a path without knots.
    """
    before = max((knot for knot in path if knot[0] < day.year), default=None)
    after = min((knot for knot in path if knot[0] >= day.year), default=None)
    if before is None or after is None:
        end = before or after
        return end[1] if end else None
    days = date(day.year, 12, 31).timetuple().tm_yday
    passed = (day.year - 1 - before[0]) * days + day.timetuple().tm_yday
    return before[1] + quotient((after[1] - before[1]) * passed, Decimal((after[0] - before[0]) * days))


_Scores = tuple[Decimal | None, Decimal | None]
"""Progress, and on track."""

ON_VALUES = (TargetKind.VALUE, TargetKind.RANGE, TargetKind.MINIMUM_AND_TOP_RANK)
ON_RANKS = (TargetKind.TOP_RANK, TargetKind.MINIMUM_AND_TOP_RANK)
"""The kinds that are knots of the path of the value, and of that of the rank."""


def _scores(definition: Definition, target: Target, measured: Measured, day: date) -> _Scores:
    match target.kind:
        case TargetKind.VALUE:
            return _of_value(definition, target, measured, day)
        case TargetKind.RANGE:
            progress, on_track = _of_value(definition, target, measured, day)
            return None if progress is None else min(_FULL, progress), on_track
        case TargetKind.TOP_RANK:
            return _of_rank(definition, target, measured, day)
        case TargetKind.MINIMUM_AND_TOP_RANK:
            value = _of_value(definition, target, measured, day)
            rank = _of_rank(definition, target, measured, day)
            return _lesser(value[0], rank[0]), _lesser(value[1], rank[1])
    # The other kinds are no point on a way: what is expected at any time is the target itself.
    score = _of_level(definition, target, measured.value, day.year)
    return score, score


def _of_level(definition: Definition, target: Target, x: Decimal | None, year: int) -> Decimal | None:
    goal, tolerance = target.value, definition.tolerance
    match target.kind:
        case TargetKind.FLOOR:
            return maintain(x, goal, 1, tolerance)
        case TargetKind.CEILING:
            return maintain(x, goal, -1, tolerance)
        case TargetKind.BAND:
            return band(x, target)
        case TargetKind.AVERAGE if _in_window(target, year):
            return toward(x, definition.baseline.value, goal, _direction(definition), tolerance)
    return None


def _of_value(definition: Definition, target: Target, measured: Measured, day: date) -> _Scores:
    x, start, direction = measured.value, definition.baseline.value, _direction(definition)
    since, path = _value_path(definition)
    return (
        toward(x, start, _near_end(target, direction), direction, definition.tolerance),
        toward(x, since, expected(path, day), direction, definition.tolerance),
    )


def _of_rank(definition: Definition, target: Target, measured: Measured, day: date) -> _Scores:
    x, start = _number(measured.rank), _number(definition.baseline.rank)
    since, path = _rank_path(definition)
    # The tolerance is in the indicator's unit: places only where the rank is all that is measured.
    tolerance = definition.tolerance if definition.measure == Measure.RANK else None
    return toward(x, start, _number(target.rank), -1, tolerance), toward(
        x, since, expected(path, day), -1, tolerance
    )


_Path = tuple[Decimal | None, list[Knot]]
"""Where a path starts, and its knots."""


def _value_path(definition: Definition) -> _Path:
    direction = _direction(definition)
    start = definition.baseline.value
    return _path(definition, start, ON_VALUES, lambda other: _near_end(other, direction))


def _rank_path(definition: Definition) -> _Path:
    start = _number(definition.baseline.rank)
    return _path(definition, start, ON_RANKS, lambda other: _number(other.rank))


def _path(
    definition: Definition,
    start: Decimal | None,
    kinds: Collection[TargetKind],
    goal: Callable[[Target], Decimal | None],
) -> _Path:
    """The baseline and the targets after it.

    A baseline whose year nobody knows is no point in time: the path then begins at the first target.
    """
    year = definition.baseline.year
    knots: list[Knot] = []
    if start is not None and year is not None:
        knots.append((year, start))
    else:
        start = year = None
    for due, target in definition.targets.items():
        at = goal(target) if target.kind in kinds else None
        if at is not None and (year is None or due > year):
            knots.append((due, at))
    return start, knots


def _direction(definition: Definition) -> int | None:
    return _DIRECTIONS.get(definition.polarity)


def _near_end(target: Target, direction: int | None) -> Decimal | None:
    """The end of a range that one comes to first; of other kinds, the value."""
    return target.value_max if target.kind == TargetKind.RANGE and direction == -1 else target.value


def _in_window(target: Target, year: int) -> bool:
    first, last = target.window_start, target.window_end
    return (first is None or first <= year) and (last is None or year <= last)


def _lesser(one: Decimal | None, other: Decimal | None) -> Decimal | None:
    return None if one is None or other is None else min(one, other)


def _number(rank: int | None) -> Decimal | None:
    return None if rank is None else Decimal(rank)


def quotient(numerator: Decimal, denominator: Decimal) -> Decimal:
    """The quotient to ten decimals, half away from zero."""
    with localcontext(EXACT):
        return (numerator / denominator).quantize(_STEP)
