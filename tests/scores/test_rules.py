"""The arithmetic of scores: the examples of the design, one for each reading of a target."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from app.enums import Aggregation, Light, Measure, Polarity, TargetKind
from app.services.scores.rules import (
    Baseline,
    Definition,
    Earlier,
    Measured,
    Part,
    Target,
    assess,
    band,
    expectation,
    expected,
    light,
    maintain,
    measured,
    over_time,
    target_for,
    toward,
)
from tests.scores.drawing import AMBER_AT, GREEN_AT, shipped_definitions

END_2024 = date(2024, 12, 31)
D = Decimal


def defined(
    targets: dict[int, Target],
    baseline: Baseline = Baseline(),  # noqa: B008  # frozen
    polarity: Polarity = Polarity.HIGHER_BETTER,
    tolerance: Decimal | None = None,
    measure: Measure = Measure.VALUE,
) -> Definition:
    return Definition(polarity, measure, baseline, targets, GREEN_AT, AMBER_AT, tolerance)


def value(x: str) -> Measured:
    return Measured(D(x))


@pytest.mark.parametrize(
    ("baseline", "goal", "x", "direction", "percent"),
    [
        ("0", "10", "3", 1, "30"),
        ("50", "20", "40", -1, "33.3333333333"),
        ("-10", "10", "0", 1, "50"),
        ("-14.8", "-7", "-10.9", 1, "50"),
        ("-2", "-6", "-3", -1, "25"),
        ("0", "-4", "-3", -1, "75"),
        ("10", "20", "25", 1, "150"),
        ("10", "20", "5", 1, "-50"),
        ("45.1", "34", "50.65", -1, "-50"),
    ],
)
def test_the_share_of_the_way(baseline: str, goal: str, x: str, direction: int, percent: str) -> None:
    assert toward(D(x), D(baseline), D(goal), direction, None) == D(percent)


@pytest.mark.parametrize(
    ("x", "tolerance", "percent"),
    [
        ("60", None, "100"),
        ("61", None, None),
        ("61", "4", "75"),
        ("64", "4", "0"),
        ("99", "4", "0"),
        ("61", "0", None),
    ],
)
def test_a_goal_that_is_met_already_is_to_be_kept(x: str, tolerance: str | None, percent: str | None) -> None:
    within, score = (None if said is None else D(said) for said in (tolerance, percent))
    assert maintain(D(x), D(60), -1, within) == score
    for baseline in (D(44), D(60)):
        assert toward(D(x), baseline, D(60), -1, within) == score


@pytest.mark.parametrize(("x", "percent"), [("10", 100), ("12", 100), ("9.9", None)])
def test_without_a_baseline_a_goal_is_attained_or_nobody_knows(x: str, percent: int | None) -> None:
    assert toward(D(x), None, D(10), 1, D(5)) == percent


@pytest.mark.parametrize(
    ("x", "percent"),
    [("2", 100), ("2.5", 100), ("3", 100), ("1.5", 75), ("0", 0), ("-1", 0), ("4", 50), ("5", 0), ("9", 0)],
)
def test_a_band_falls_to_zero_at_its_outer_limits(x: str, percent: int) -> None:
    closed = Target(TargetKind.BAND, value=D(2), value_max=D(3), outer_min=D(0), outer_max=D(5))
    assert band(D(x), closed) == percent
    opened = replace(closed, outer_min=None, outer_max=None)
    assert band(D(x), opened) == (100 if percent == 100 else None)


def test_each_side_of_a_band_has_its_own_limit() -> None:
    target = Target(TargetKind.BAND, value=D(2), value_max=D(3), outer_max=D(5))
    assert (band(D(1), target), band(D(4), target)) == (None, D(50))


@pytest.mark.parametrize(
    ("day", "at"),
    [
        (date(2010, 6, 30), "10"),
        (date(2018, 12, 31), "10"),
        (date(2019, 12, 31), "12"),
        (date(2021, 12, 31), "16"),
        (date(2022, 12, 31), "6"),
        (date(2023, 7, 2), "7.5041095890"),
        (date(2026, 1, 31), "9"),
    ],
)
def test_what_is_expected_lies_between_the_ends_of_years(day: date, at: str) -> None:
    assert expected([(2022, D(6)), (2018, D(10)), (2021, D(16)), (2023, D(9))], day) == D(at)
    assert expected([], day) is None


def test_the_target_is_that_of_the_year_else_the_next_else_the_last() -> None:
    targets = {year: Target(TargetKind.VALUE, D(year)) for year in (2025, 2030, 2040)}
    targets[2026] = targets[2035] = Target(TargetKind.BLANK)
    chosen = {year: target_for(targets, year) for year in range(2024, 2043)}
    for years, due in [
        ((2024, 2025), 2025),
        ((2027, 2030), 2030),
        ((2031, 2034), 2040),
        ((2036, 2042), 2040),
    ]:
        for year in range(years[0], years[1] + 1):
            assert chosen[year] == targets[due], year
    assert chosen[2026] == chosen[2035] == Target(TargetKind.BLANK)
    assert target_for({}, 2030) is None
    assert target_for({2026: Target(TargetKind.BLANK)}, 2025) is None


def test_a_blank_year_is_not_assessed_and_its_neighbours_are() -> None:
    targets = {2025: Target(TargetKind.BLANK), 2030: Target(TargetKind.VALUE, D(10))}
    definition = defined(targets, Baseline(D(0), year=2020))
    blank = assess(definition, value("9"), date(2025, 12, 31))
    assert (blank.progress, blank.on_track, blank.light) == (None, None, Light.GREY)
    assert assess(definition, value("4"), END_2024).on_track == 100


@pytest.mark.parametrize(
    ("on_track", "shown"),
    [("90", "green"), ("89.99", "amber"), ("70", "amber"), ("69.99", "red"), ("-40", "red"), (None, "grey")],
)
def test_the_light(on_track: str | None, shown: str) -> None:
    assert light(None if on_track is None else D(on_track), GREEN_AT, AMBER_AT) == shown


@pytest.mark.parametrize("polarity", Polarity)
def test_floor_and_ceiling_are_kept_whatever_the_polarity(polarity: Polarity) -> None:
    for kind, kept, lost in [(TargetKind.FLOOR, "-2", "-4"), (TargetKind.CEILING, "-4", "-2")]:
        definition = defined({2030: Target(kind, D(-3))}, Baseline(D(-20), year=2017), polarity, D(4))
        assert assess(definition, value(kept), END_2024).progress == 100
        assert assess(definition, value(lost), END_2024).progress == 75
        none = assess(replace(definition, tolerance=None), value(lost), END_2024)
        assert (none.progress, none.light) == (None, Light.GREY)


def test_gross_debt() -> None:
    debt = shipped_definitions()["gross_debt_gdp"]
    assert (debt.baseline.value, debt.targets[2030]) == (44, Target(TargetKind.CEILING, D(60)))
    assert assess(debt, value("35.4"), END_2024).light == Light.GREEN
    for tolerance, shown in [(None, Light.GREY), (D(10), Light.RED), (D(40), Light.AMBER)]:
        assert assess(replace(debt, tolerance=tolerance), value("67.7"), date(2020, 12, 31)).light == shown


def test_inflation() -> None:
    inflation = shipped_definitions()["inflation_cpi"]
    assert assess(inflation, value("2.5"), END_2024).light == Light.GREEN
    assert assess(inflation, value("0.6"), END_2024).light == Light.GREY


def test_fiscal_balance() -> None:
    balance = shipped_definitions()["fiscal_balance_gdp"]
    assert balance.baseline.value == D("-11.7")
    assert assess(balance, value("-1.09"), date(2025, 12, 31)).light == Light.GREEN
    assert assess(balance, value("-3.7"), date(2021, 12, 31)).light == Light.GREY
    assert assess(replace(balance, tolerance=D(1)), value("-3.7"), date(2021, 12, 31)).progress == 30


def test_the_global_innovation_index() -> None:
    gii = shipped_definitions()["gii"]
    # Half of the way in time: 36.995 points and rank 54.5 are expected.
    score = assess(gii, Measured(D("36.995"), 62), END_2024)
    assert (score.progress, score.on_track) == (D("24.1379310345"), D("48.2758620690"))
    score = assess(gii, Measured(D("34.8975"), 40), END_2024)
    assert (score.progress, score.on_track, score.light) == (25, 50, Light.RED)
    assert assess(gii, Measured(D("41.19"), 40), date(2030, 12, 31)).progress == 100
    assert assess(gii, Measured(D("51.98"), 20), date(2041, 12, 31)).light == Light.GREEN
    for part in (Measured(rank=69), Measured(D("30"))):
        assert assess(gii, part, END_2024).light == Light.GREY


def test_a_range_is_attained_at_its_near_end_and_asks_no_more() -> None:
    definition = defined({2030: Target(TargetKind.RANGE, D(1), D(2))}, Baseline(D(-1), year=2020))
    progress = [assess(definition, value(x), END_2024).progress for x in ("0", "1", "1.5", "2", "7", "-2")]
    assert progress == [50, 100, 100, 100, 100, -50]
    lower = replace(definition, polarity=Polarity.LOWER_BETTER, baseline=Baseline(D(4), year=2020))
    progress = [assess(lower, value(x), END_2024).progress for x in ("3", "2", "1.5", "1", "0", "5")]
    assert progress == [50, 100, 100, 100, 100, -50]
    # The near end is also what the path leads to: 0 in the middle, where -0.5 is half of what is expected.
    assert assess(definition, value("-0.5"), date(2025, 12, 31)).on_track == 50
    assert assess(lower, value("3"), date(2025, 12, 31)).on_track == 100


def test_an_average_is_asked_within_its_window_and_in_full_from_the_start() -> None:
    target = Target(TargetKind.AVERAGE, D(4), window_start=2026, window_end=2030)
    definition = defined({2030: target}, Baseline(D(2), year=2025))
    first = assess(definition, value("3"), date(2026, 12, 31))
    assert (first.progress, first.on_track) == (50, 50)
    assert assess(definition, value("3"), date(2025, 12, 31)).progress is None
    assert assess(definition, value("3"), date(2031, 12, 31)).progress is None
    unknown = replace(definition, baseline=Baseline())
    assert assess(unknown, value("4"), date(2026, 12, 31)).light == Light.GREEN
    assert assess(unknown, value("3"), date(2026, 12, 31)).light == Light.GREY


def test_top_rank() -> None:
    definition = defined(
        {2030: Target(TargetKind.TOP_RANK, rank=20)}, Baseline(rank=50, year=2020), measure=Measure.RANK
    )
    score = assess(definition, Measured(rank=40), date(2025, 12, 31))
    assert (score.progress, score.on_track) == (D("33.3333333333"), D("66.6666666667"))
    unknown = replace(definition, baseline=Baseline())
    assert [assess(unknown, Measured(rank=x), END_2024).progress for x in (21, 20, 3)] == [None, 100, 100]


def test_a_tolerance_in_points_says_nothing_about_places() -> None:
    target = Target(TargetKind.TOP_RANK, rank=20)
    definition = defined({2030: target}, Baseline(rank=10, year=2020), tolerance=D(10), measure=Measure.RANK)
    assert assess(definition, Measured(rank=25), END_2024).progress == 50
    points = replace(definition, measure=Measure.VALUE_AND_RANK)
    assert assess(points, Measured(rank=25), END_2024).progress is None


def test_what_was_expected_before_there_was_progress_to_expect_is_to_be_kept() -> None:
    """Down to 4 in 2025, then up: where less than the baseline is expected, staying above it is enough."""
    targets = {2025: Target(TargetKind.VALUE, D(4)), 2030: Target(TargetKind.VALUE, D(8))}
    definition = defined(targets, Baseline(D(6), year=2021), tolerance=D(2))
    for x, percent in [("7", 100), ("4", 100), ("3", 50)]:
        assert assess(definition, value(x), date(2025, 12, 31)).on_track == percent


def test_a_baseline_without_a_year_tells_how_far_but_not_how_fast() -> None:
    definition = defined({2030: Target(TargetKind.VALUE, D(10))}, Baseline(D(0)))
    score = assess(definition, value("5"), END_2024)
    assert (score.progress, score.on_track, score.light) == (50, None, Light.GREY)
    assert assess(definition, value("10"), END_2024).light == Light.GREEN


def test_targets_up_to_the_year_of_the_baseline_are_no_part_of_the_path() -> None:
    targets = {2016: Target(TargetKind.VALUE, D(99)), 2030: Target(TargetKind.VALUE, D(10))}
    definition = defined(targets, Baseline(D(0), year=2020))
    assert assess(definition, value("4"), END_2024).on_track == 100


def parts(*numbers: tuple[str | None, str | None, str | None]) -> list[Part]:
    return [Part(*(None if number is None else D(number) for number in one)) for one in numbers]


def test_shorter_periods_make_a_longer_one_by_the_rule_of_the_definition() -> None:
    quarters = parts(("10", "1", "10"), ("20", "2", "10"), ("50", "40", "80"))
    said = {rule: over_time(rule, quarters, D(100)) for rule in Aggregation}
    assert said == {
        Aggregation.SUM: 80,
        Aggregation.LAST: 50,
        Aggregation.AVERAGE: D("26.6666666667"),
        Aggregation.RATIO: 43,  # not the mean of 10, 20 and 50
    }
    assert over_time(Aggregation.RATIO, quarters) == D("0.43")
    large = parts(("9" * 28, "1", "3"), ("0.0000000001", "9" * 28, "3"))  # no digit of a sum is lost
    assert over_time(Aggregation.SUM, large) == D("9" * 28 + ".0000000001")
    assert over_time(Aggregation.RATIO, large) == D("1" + "6" * 27 + ".6666666667")


@pytest.mark.parametrize("rule", Aggregation)
def test_a_period_that_is_not_whole_has_no_figure(rule: Aggregation) -> None:
    assert over_time(rule, []) is None
    holed = parts((None, None, "10"), ("20", "2", "10"))
    assert over_time(rule, holed) == (20 if rule == Aggregation.LAST else None)
    assert over_time(rule, holed[::-1]) is None
    assert over_time(Aggregation.RATIO, parts(("0", "1", "3"), ("0", "1", "-3"))) is None


def test_the_mean_of_a_window_is_of_its_years_up_to_the_figure() -> None:
    target = Target(TargetKind.AVERAGE, D(4), window_start=2026, window_end=2030)
    figures = {date(year, 12, 31): D(x) for year, x in ((2025, 90), (2026, 1), (2027, 2), (2028, 9))}
    earlier = [Earlier(end, x) for end, x in figures.items()]
    found = [
        measured({2030: target}, Measured(x), end, earlier[:number]).value
        for number, (end, x) in enumerate(figures.items())
    ]
    assert found == [90, 1, D("1.5"), 4]
    # Two figures that end on one day are two, and one without a value is none.
    december = Earlier(date(2027, 12, 31), D(3))
    more = [*earlier[:3], december, Earlier(date(2027, 6, 30))]
    assert measured({2030: target}, value("2"), date(2028, 12, 31), more) == value("2")
    kept = measured({2030: replace(target, kind=TargetKind.VALUE)}, value("9"), date(2028, 12, 31), earlier)
    assert kept == value("9")
    assert measured({2030: target}, Measured(rank=3), END_2024, earlier) == Measured(rank=3)
    # Of one that is withheld nothing is told, and what lies outside the window is asked for nothing.
    before, within = (Earlier(date(year, 12, 31), withheld=True) for year in (2025, 2027))
    end = date(2028, 12, 31)
    assert measured({2030: target}, Measured(D(9), 3), end, [*earlier[:2], within]) == Measured(None, 3)
    assert measured({2030: target}, Measured(D(9), 3), end, [before, *earlier[1:3]]) == Measured(D(4), 3)


def test_what_is_expected_is_said_where_one_number_can() -> None:
    start = Baseline(D(0), 60, 2020)
    kinds = {
        Target(TargetKind.VALUE, D(10)): (4, None),
        Target(TargetKind.RANGE, D(10), D(20)): (4, None),
        Target(TargetKind.TOP_RANK, rank=20): (None, 44),
        Target(TargetKind.MINIMUM_AND_TOP_RANK, D(10), rank=20): (4, 44),
        Target(TargetKind.FLOOR, D(10)): (10, None),
        Target(TargetKind.CEILING, D(10)): (10, None),
        Target(TargetKind.AVERAGE, D(10), window_start=2023, window_end=2030): (10, None),
        Target(TargetKind.AVERAGE, D(10), window_start=2025, window_end=2030): (None, None),
        Target(TargetKind.BAND, D(10), D(20)): (None, None),
    }
    for target, asked in kinds.items():
        found = expectation(defined({2030: target}, start), END_2024)
        assert (found.value, found.rank) == asked, target
    assert expectation(defined({}), END_2024) == expectation(
        defined({2024: Target(TargetKind.BLANK)}), END_2024
    )
