"""On which days a series meets: working days of Oman, within its span, in order, none twice."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.enums.meetings import Every, Weekday
from app.errors import Invalid
from app.services.calendar import rules as calendar
from app.services.meetings import days

EID = frozenset(date(2027, 3, 9) + timedelta(days=n) for n in range(6))
DAYS = st.dates(date(2024, 1, 1), date(2030, 12, 31))


@given(
    every=st.sampled_from(Every),
    weekday=st.sampled_from(Weekday),
    month_day=st.integers(1, 31),
    starts_on=DAYS,
    length=st.integers(0, 420),
    holidays=st.frozensets(DAYS, max_size=40),
)
def test_they_are_working_days_within_the_span_in_order(
    every: Every,
    weekday: Weekday,
    month_day: int,
    starts_on: date,
    length: int,
    holidays: frozenset[date],
) -> None:
    ends_on = starts_on + timedelta(days=length)
    try:
        found = days.of(every, weekday, month_day, starts_on, ends_on, holidays)
    except Invalid:
        return  # no day of it, or too many: the examples below tell
    assert 1 <= len(found) <= days.MOST
    assert all(calendar.is_working_day(day, holidays) for day in found)
    assert all(starts_on <= day <= ends_on for day in found)
    assert found == sorted(set(found))


def weekly(starts_on: date, ends_on: date, holidays: frozenset[date] = frozenset()) -> list[date]:
    return days.of(Every.WEEKLY, Weekday.TUESDAY, None, starts_on, ends_on, holidays)


def test_what_falls_on_a_holiday_is_met_on_the_next_working_day() -> None:
    assert weekly(date(2027, 3, 1), date(2027, 3, 31), EID) == [
        date(2027, 3, 2),
        date(2027, 3, 15),  # the Monday after a week of holidays that began on the Tuesday
        date(2027, 3, 16),
        date(2027, 3, 23),
        date(2027, 3, 30),
    ]


def test_what_would_come_after_the_span_is_not_met() -> None:
    assert weekly(date(2027, 3, 1), date(2027, 3, 10), EID) == [date(2027, 3, 2)]


def test_a_day_that_a_month_lacks_is_its_last() -> None:
    found = days.of(Every.MONTHLY, None, 31, date(2027, 1, 1), date(2027, 4, 30), ())
    assert found == [date(2027, 1, 31), date(2027, 2, 28), date(2027, 3, 31)], "30 April 2027 is a Friday"


def test_a_quarter_is_counted_from_the_first_month() -> None:
    found = days.of(Every.QUARTERLY, None, 10, date(2027, 2, 15), date(2028, 2, 28), ())
    assert found == [date(2027, 5, 10), date(2027, 8, 10), date(2027, 11, 10), date(2028, 2, 10)]


@pytest.mark.parametrize(
    ("every", "weekday", "month_day", "pointer", "code"),
    [
        (Every.WEEKLY, None, None, "#/weekday", "missing"),
        (Every.WEEKLY, None, 3, "#/weekday", "missing"),
        (Every.WEEKLY, Weekday.SUNDAY, 3, "#/month_day", "out_of_place"),
        (Every.MONTHLY, None, None, "#/month_day", "missing"),
        (Every.QUARTERLY, Weekday.SUNDAY, 3, "#/weekday", "out_of_place"),
    ],
)
def test_a_series_has_the_day_that_it_meets_by(
    every: Every, weekday: Weekday | None, month_day: int | None, pointer: str, code: str
) -> None:
    with pytest.raises(Invalid) as refused:
        days.check(every, weekday, month_day)
    assert [(fault.pointer, fault.code) for fault in refused.value.errors] == [(pointer, code)]


@pytest.mark.parametrize(
    ("starts_on", "ends_on", "pointer", "code"),
    [
        (date(2027, 3, 2), date(2027, 3, 1), "#/ends_on", "ends_before_start"),
        (date(2027, 3, 3), date(2027, 3, 8), "#/ends_on", "no_day"),
        (date(2027, 1, 1), date(2028, 12, 31), "#/ends_on", "too_many"),
        (date(2027, 1, 1), date(9999, 12, 31), "#/ends_on", "out_of_range"),
        (date(1, 1, 1), date(2027, 1, 1), "#/starts_on", "out_of_range"),
    ],
)
def test_a_span_holds_between_one_and_sixty(starts_on: date, ends_on: date, pointer: str, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        weekly(starts_on, ends_on)
    assert [(fault.pointer, fault.code) for fault in refused.value.errors] == [(pointer, code)]
