"""What holds for every definition and every figure."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from app.enums import Light, Polarity, TargetKind
from app.services.scores.rules import (
    PLACES,
    Earlier,
    Expectation,
    Measured,
    Score,
    Target,
    assess,
    expectation,
    expected,
    measured,
    target_for,
)
from tests.scores.drawing import DAYS, VALUES, WHOLE, YEARS, Case, cases

NOT_ASSESSED = Score(None, None, Light.GREY)
checked = settings(max_examples=80, deadline=None)
YEAR_ENDS = st.builds(lambda year: date(year, 12, 31), YEARS)
FLIPPED = {
    Polarity.HIGHER_BETTER: Polarity.LOWER_BETTER,
    Polarity.LOWER_BETTER: Polarity.HIGHER_BETTER,
    TargetKind.FLOOR: TargetKind.CEILING,
    TargetKind.CEILING: TargetKind.FLOOR,
}


def score(case: Case) -> Score:
    return assess(case.definition, case.measured, case.period_end)


def target(case: Case) -> Target | None:
    return target_for(case.definition.targets, case.period_end.year)


def better(case: Case) -> int | None:
    """Which way the value has to go for the target that holds; None where there is no such way."""
    kind = (target(case) or Target(TargetKind.BLANK)).kind
    if kind in (TargetKind.BAND, TargetKind.BLANK, TargetKind.TOP_RANK):
        return None
    directions = {TargetKind.FLOOR: 1, TargetKind.CEILING: -1}
    polarity = {Polarity.HIGHER_BETTER: 1, Polarity.LOWER_BETTER: -1}.get(case.definition.polarity)
    return directions.get(kind, polarity)


@checked
@given(cases(), st.data())
def test_whatever_is_missing_there_is_a_score_or_none_and_never_an_error(
    case: Case, data: st.DataObject
) -> None:
    """Also for targets that the schema would refuse: any of their numbers may be absent."""
    blanks = {
        year: replace(
            one, **dict.fromkeys(data.draw(st.sets(st.sampled_from(("value", "value_max", "rank")))))
        )
        for year, one in case.definition.targets.items()
    }
    found = score(replace(case, definition=replace(case.definition, targets=blanks)))
    assert (found.light == Light.GREY) == (found.on_track is None)
    for number in (found.progress, found.on_track):
        assert number is None or (number.is_finite() and number == round(number, PLACES))


@checked
@given(cases(complete=True))
def test_nothing_is_assessed_without_what_its_target_measures(case: Case) -> None:
    kind = (target(case) or Target(TargetKind.BLANK)).kind
    if kind != TargetKind.TOP_RANK:
        assert score(replace(case, measured=replace(case.measured, value=None))) == NOT_ASSESSED
    if kind in (TargetKind.TOP_RANK, TargetKind.MINIMUM_AND_TOP_RANK):
        assert score(replace(case, measured=replace(case.measured, rank=None))) == NOT_ASSESSED
    assert score(replace(case, definition=replace(case.definition, targets={}))) == NOT_ASSESSED
    if kind == TargetKind.BLANK:
        assert score(case) == NOT_ASSESSED


@checked
@given(cases(kinds=(TargetKind.VALUE, TargetKind.RANGE, TargetKind.AVERAGE)))
def test_without_a_direction_nothing_is_said_of_a_way(case: Case) -> None:
    assert score(replace(case, definition=replace(case.definition, polarity=Polarity.BAND))) == NOT_ASSESSED


@checked
@given(cases(), VALUES.map(abs), st.integers(0, 60))
def test_a_better_figure_never_scores_less(case: Case, gain: Decimal, places: int) -> None:
    """Nor does it lose a score that a worse one has."""
    x, rank = case.measured.value, case.measured.rank
    direction = better(case)
    improved = Measured(
        x + direction * gain if x is not None and direction is not None else x,
        max(1, rank - places) if rank is not None else None,
    )
    before, after = score(case), score(replace(case, measured=improved))
    for worse, now in [(before.progress, after.progress), (before.on_track, after.on_track)]:
        assert worse is None or (now is not None and now >= worse)


@checked
@given(cases(kinds=(TargetKind.BAND,), complete=True), VALUES, VALUES)
def test_a_band_scores_less_the_farther_out(case: Case, one: Decimal, other: Decimal) -> None:
    holding = target(case)
    assert holding is not None
    edge = holding.value_max
    assert edge is not None
    near, far = sorted((edge + abs(one), edge + abs(other)))
    scores = [score(replace(case, measured=Measured(x))).progress for x in (near, far)]
    if holding.outer_max is None:
        assert scores == [100 if x == edge else None for x in (near, far)]
    else:
        assert scores[0] is not None
        assert scores[1] is not None
        assert 100 >= scores[0] >= scores[1] >= 0
        assert score(replace(case, measured=Measured(max(far, holding.outer_max)))).progress == 0


@checked
@given(cases())
def test_less_is_better_mirrors_more_is_better(case: Case) -> None:
    """With all values negated and the direction turned round, every score is the same."""
    d = case.definition
    mirrored = replace(
        d,
        polarity=FLIPPED.get(d.polarity, d.polarity),
        baseline=replace(d.baseline, value=negated(d.baseline.value)),
        targets={year: mirror(one) for year, one in d.targets.items()},
    )
    measured = replace(case.measured, value=negated(case.measured.value))
    assert score(Case(mirrored, measured, case.period_end)) == score(case)


def mirror(one: Target) -> Target:
    """The target on the other side of zero; ends change places."""
    low, high = negated(one.value), negated(one.value_max)
    if high is not None:
        low, high = high, low
    outer_min, outer_max = negated(one.outer_max), negated(one.outer_min)
    kind = FLIPPED.get(one.kind, one.kind)
    return replace(one, kind=kind, value=low, value_max=high, outer_min=outer_min, outer_max=outer_max)


def negated(number: Decimal | None) -> Decimal | None:
    return None if number is None else -number


@checked
@given(cases(WHOLE, YEAR_ENDS), st.integers(1, 10**6), st.integers(-(10**6), 10**6))
def test_the_unit_does_not_matter(case: Case, factor: int, shift: int) -> None:
    """Thousands or millions, Celsius or Kelvin: the same score. Only what is expected is rounded, so that
    `on_track` may differ in a far decimal."""

    def other(number: Decimal | None) -> Decimal | None:
        return None if number is None else number * factor + shift

    def converted(one: Target) -> Target:
        ends = {name: other(getattr(one, name)) for name in ("value", "value_max", "outer_min", "outer_max")}
        return replace(one, **ends)  # type: ignore[arg-type]

    d = case.definition
    # A rank has no unit, and neither has a tolerance in places.
    assume(d.tolerance is None or d.measure != "rank")
    definition = replace(
        d,
        baseline=replace(d.baseline, value=other(d.baseline.value)),
        targets={year: converted(one) for year, one in d.targets.items()},
        tolerance=None if d.tolerance is None else d.tolerance * factor,
    )
    same = score(Case(definition, replace(case.measured, value=other(case.measured.value)), case.period_end))
    found = score(case)
    assert same.progress == found.progress
    if found.on_track is None or same.on_track is None:
        assert same.on_track == found.on_track
    else:
        assert abs(same.on_track - found.on_track) <= Decimal("1e-6") * max(1, abs(found.on_track))


@checked
@given(cases(kinds=(TargetKind.VALUE, TargetKind.AVERAGE), complete=True))
def test_at_the_target_is_100_and_at_the_baseline_0(case: Case) -> None:
    holding = target(case)
    assert holding is not None
    goal, start = holding.value, case.definition.baseline.value
    direction = better(case)
    assert goal is not None
    assert start is not None
    within = score(replace(case, measured=Measured(goal)))
    assume(direction is not None and within != NOT_ASSESSED)
    assert direction is not None
    assert within.progress == 100
    at_start = score(replace(case, measured=Measured(start))).progress
    assert at_start == (0 if direction * (goal - start) > 0 else 100)


@checked
@given(cases(kinds=(TargetKind.VALUE,), complete=True))
def test_what_is_expected_is_on_track(case: Case) -> None:
    """A figure that is exactly what is expected by now is green, on time, behind time and ahead of time."""
    assume(case.definition.polarity != Polarity.BAND)
    start, year = case.definition.baseline.value, case.definition.baseline.year
    assert start is not None
    assert year is not None
    goals = [(due, one.value) for due, one in case.definition.targets.items() if one.value is not None]
    x = expected([(year, start), *(knot for knot in goals if knot[0] > year)], case.period_end)
    assert score(replace(case, measured=Measured(x))).on_track == 100


@checked
@given(st.dictionaries(YEARS, VALUES, min_size=1, max_size=5), DAYS, DAYS)
def test_what_is_expected_never_leaves_its_knots(knots: dict[int, Decimal], one: date, other: date) -> None:
    path = list(knots.items())
    at = expected(path, one)
    assert at is not None
    assert min(knots.values()) <= at <= max(knots.values())
    for year, goal in path:
        assert expected(path, date(year, 12, 31)) == goal
    rising = list(zip(sorted(knots), sorted(knots.values()), strict=True))
    earlier, later = (expected(rising, day) for day in sorted((one, other)))
    assert earlier is not None
    assert later is not None
    assert earlier <= later


@checked
@given(cases(kinds=(TargetKind.FLOOR, TargetKind.CEILING, TargetKind.BAND, TargetKind.TOP_RANK)))
def test_the_polarity_matters_only_on_a_way(case: Case) -> None:
    scores = {score(replace(case, definition=replace(case.definition, polarity=one))) for one in Polarity}
    assert len(scores) == 1


@checked
@given(cases(kinds=(TargetKind.VALUE,), complete=True))
def test_scores_are_capped_only_in_a_roll_up(case: Case) -> None:
    """Far beyond the target is far beyond 100, and far behind the baseline far below 0."""
    start, goal = case.definition.baseline.value, (target(case) or Target(TargetKind.BLANK)).value
    assert start is not None
    assert goal is not None
    assume(goal != start)
    polarity = Polarity.HIGHER_BETTER if goal > start else Polarity.LOWER_BETTER
    definition = replace(case.definition, polarity=polarity)
    for times in (3, -2):
        x = start + (goal - start) * times
        found = score(replace(case, definition=definition, measured=Measured(x)))
        assert found.progress == 100 * times


@checked
@given(cases(complete=True))
def test_the_figure_that_is_expected_is_on_track(case: Case) -> None:
    """Whatever the kind of the target: who has what is expected has 100, unless nothing can be expected."""
    asked = expectation(case.definition, case.period_end)
    assume(asked != Expectation())
    x = None if asked.value is None else asked.value
    rank = None if asked.rank is None else int(asked.rank)  # places are whole: at least as good
    found = score(replace(case, measured=Measured(x, rank)))
    assume(case.definition.polarity != Polarity.BAND or better(case) is not None)
    assert found.on_track is None or found.on_track >= 100


@checked
@given(cases())
def test_what_is_expected_does_not_depend_on_the_figure(case: Case) -> None:
    asked = expectation(case.definition, case.period_end)
    kind = (target(case) or Target(TargetKind.BLANK)).kind
    if kind in (TargetKind.BAND, TargetKind.BLANK):
        assert asked == Expectation()
    if kind not in (TargetKind.TOP_RANK, TargetKind.MINIMUM_AND_TOP_RANK):
        assert asked.rank is None
    for number in (asked.value, asked.rank):
        assert number is None or number.is_finite()


EARLIER = st.lists(
    st.builds(Earlier, DAYS, st.none() | VALUES, withheld=st.sampled_from([False] * 9 + [True])), max_size=6
)


@checked
@given(cases(kinds=(TargetKind.AVERAGE,)), EARLIER)
def test_an_average_is_the_mean_of_its_window_so_far(case: Case, earlier: list[Earlier]) -> None:
    found = measured(case.definition.targets, case.measured, case.period_end, earlier)
    holding = target(case)
    x = case.measured.value
    if holding is None or x is None:
        assert found == case.measured
        return
    assert holding.window_start is not None
    assert holding.window_end is not None
    window = range(holding.window_start, holding.window_end + 1)
    before = [one for one in earlier if one.period_end.year in window]
    if any(one.withheld for one in before):
        assert found == Measured(None, case.measured.rank)
        return
    inside = [x, *(one.value for one in before if one.value is not None)]
    assert found.value is not None
    assert min(inside) <= found.value <= max(inside)
    assert abs(found.value * len(inside) - sum(inside)) <= len(inside) * Decimal("1e-10")
    assert measured(case.definition.targets, case.measured, case.period_end, []).value == round(x, PLACES)


@checked
@given(cases(kinds=[kind for kind in TargetKind if kind != TargetKind.AVERAGE]), EARLIER)
def test_only_an_average_looks_at_other_figures(case: Case, earlier: list[Earlier]) -> None:
    assert measured(case.definition.targets, case.measured, case.period_end, earlier) == case.measured
