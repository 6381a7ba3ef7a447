"""When stages are due, for every kind of due rule: pure, on the working days of Oman."""

from datetime import date

import pytest

from app.enums import Frequency
from app.enums.paths import DueFrom, DueKind
from app.services.path_runs import schedule
from app.services.path_runs.schedule import Dates
from app.services.path_templates.content import Due, Month

START = date(2026, 11, 26)
"""A Thursday."""


def dates(due: Due, *holidays: date, year: int = 2027, kept: bool = False) -> tuple[Dates, ...]:
    return schedule.dates(due, year, START, holidays, kept=kept)


@pytest.mark.parametrize(
    ("since", "working_days", "due"),
    [
        # 31 December 2027 is a Friday, 2 January 2028 a Sunday.
        (DueFrom.YEAR_END, 5, date(2028, 1, 6)),
        (DueFrom.YEAR_END, 0, date(2028, 1, 2)),
        (DueFrom.YEAR_END, -3, date(2027, 12, 28)),
        (DueFrom.START, 1, date(2026, 11, 29)),
        (DueFrom.START, 0, START),
        (DueFrom.START, -1, date(2026, 11, 25)),
    ],
)
def test_an_offset_counts_working_days(since: DueFrom, working_days: int, due: date) -> None:
    rule = Due(DueKind.OFFSET, since=since, working_days=working_days)
    assert dates(rule) == (Dates(None, due),)
    assert dates(rule, kept=True) == (Dates(None, due),)


def test_an_offset_leaves_holidays_out() -> None:
    after = Due(DueKind.OFFSET, since=DueFrom.YEAR_END, working_days=5)
    assert dates(after, date(2028, 1, 2), date(2028, 1, 4)) == (Dates(None, date(2028, 1, 10)),)
    before = Due(DueKind.OFFSET, since=DueFrom.YEAR_END, working_days=-3)
    assert dates(before, date(2027, 12, 29)) == (Dates(None, date(2027, 12, 27)),)


def test_what_counts_from_the_group_before_is_known_when_it_ends() -> None:
    assert dates(Due(DueKind.OFFSET, since=DueFrom.PREVIOUS_GROUP, working_days=3)) == (Dates(None, None),)
    assert schedule.counted(3, date(2027, 5, 6), [date(2027, 5, 9)]) == date(2027, 5, 12)


def test_each_month_is_an_occasion_until_its_last_day() -> None:
    rule = Due(DueKind.MONTHS, months=(Month(11, -1), Month(7), Month(2, 1)))
    november = Dates(date(2026, 11, 1), date(2026, 11, 30))
    february = Dates(date(2028, 2, 1), date(2028, 2, 29))
    # 31 July 2027 is a Saturday.
    assert dates(rule) == (november, Dates(date(2027, 7, 1), date(2027, 8, 1)), february)
    assert dates(rule, kept=True) == (november, Dates(date(2027, 7, 1), date(2027, 7, 31)), february)
    assert dates(Due(DueKind.MONTHS, months=(Month(2),)))[0].due == date(2027, 2, 28)


def test_a_range_begins_where_it_says_and_ends_on_a_working_day() -> None:
    rule = Due(DueKind.DATE_RANGE, month=10, day=16, year=-1, end_month=2, end_day=26)
    first = date(2026, 10, 16)
    # Both are Fridays; where it begins is not moved, for nobody is late then.
    assert dates(rule) == (Dates(first, date(2027, 2, 28)),)
    assert dates(rule, date(2027, 2, 28)) == (Dates(first, date(2027, 3, 1)),)
    assert dates(rule, date(2027, 2, 28), kept=True) == (Dates(first, date(2027, 2, 26)),)


def test_a_day_that_is_off_moves_to_the_next_that_is_not() -> None:
    rule = Due(DueKind.DATE, month=5, day=7, year=1)
    # 7 May 2028 is a Sunday.
    assert dates(rule) == (Dates(None, date(2028, 5, 7)),)
    assert dates(rule, date(2028, 5, 7), date(2028, 5, 8)) == (Dates(None, date(2028, 5, 9)),)


def test_what_recurs_ends_with_each_period_and_what_goes_on_with_the_year() -> None:
    halves = dates(Due(DueKind.RECURRING, frequency=Frequency.SEMIANNUAL), kept=True)
    assert halves == (
        Dates(date(2027, 1, 1), date(2027, 6, 30)),
        Dates(date(2027, 7, 1), date(2027, 12, 31)),
    )
    assert dates(Due(DueKind.CONTINUOUS, year=-1)) == (Dates(date(2026, 1, 1), date(2026, 12, 31)),)
    assert dates(Due(DueKind.CONTINUOUS), kept=True) == (Dates(date(2027, 1, 1), date(2027, 12, 31)),)
    assert dates(Due(DueKind.CONTINUOUS))[0].due == date(2028, 1, 2)


@pytest.mark.parametrize("year", [2026, 2027, 2030])
def test_the_days_whose_holidays_are_looked_up_hold_every_date(year: int) -> None:
    first, last = schedule.span(year, START)
    furthest = (
        Due(DueKind.OFFSET, since=DueFrom.YEAR_END, working_days=400),
        Due(DueKind.OFFSET, since=DueFrom.START, working_days=-400),
        Due(DueKind.DATE, month=12, day=31, year=1),
        Due(DueKind.MONTHS, months=(Month(1, -2),)),
    )
    for due in furthest:
        [planned] = dates(due, year=year)
        assert planned.due is not None
        assert first <= (planned.due_from or planned.due) <= planned.due <= last
