"""Working days of Oman: properties over random calendars, and the Eids of 2025 and 2026 as they were."""

from datetime import date, timedelta

import holidays as holidays_of_the_world
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.services.calendar import rules

DAY = timedelta(days=1)
DAYS = st.dates(date(2005, 1, 1), date(2040, 12, 31))
COUNTS = st.integers(-rules.LONGEST, rules.LONGEST)


@st.composite
def calendars(draw: st.DrawFn) -> tuple[date, frozenset[date]]:
    """A day, and holidays scattered around it, in runs like those of the Eids."""
    start = draw(DAYS)
    runs = draw(st.lists(st.tuples(st.integers(-700, 700), st.integers(1, 9)), max_size=20))
    return start, frozenset(start + DAY * (first + i) for first, length in runs for i in range(length))


@given(calendars(), COUNTS)
def test_the_answer_is_a_working_day(calendar: tuple[date, frozenset[date]], count: int) -> None:
    start, off = calendar
    assert rules.is_working_day(rules.add_working_days(start, count, off), off)


@given(calendars(), COUNTS.filter(bool))
def test_no_working_day_is_skipped_and_none_counted_twice(
    calendar: tuple[date, frozenset[date]], count: int
) -> None:
    start, off = calendar
    end = rules.add_working_days(start, count, off)
    step = DAY if count > 0 else -DAY
    passed = [start + step * i for i in range(1, abs((end - start).days) + 1)]
    assert sum(rules.is_working_day(day, off) for day in passed) == abs(count)
    assert rules.working_days_between(start, end, off) == count


@given(calendars(), COUNTS)
def test_going_back_leads_to_where_one_came_from(calendar: tuple[date, frozenset[date]], count: int) -> None:
    day, off = calendar
    start = rules.next_working_day(day, off)
    assert rules.add_working_days(rules.add_working_days(start, count, off), -count, off) == start


@given(calendars(), COUNTS, st.integers(0, 40))
def test_later_days_and_larger_counts_never_lead_earlier(
    calendar: tuple[date, frozenset[date]], count: int, more: int
) -> None:
    start, off = calendar
    end = rules.add_working_days(start, count, off)
    assert end <= rules.add_working_days(start + DAY * more, count, off)
    assert end <= rules.add_working_days(start, min(count + more, rules.LONGEST), off)


@given(calendars(), st.integers(-400, 400))
def test_counting_is_the_same_in_both_directions(
    calendar: tuple[date, frozenset[date]], distance: int
) -> None:
    start, off = calendar
    first, last = rules.next_working_day(start, off), rules.next_working_day(start + DAY * distance, off)
    forth, back = rules.working_days_between(first, last, off), rules.working_days_between(last, first, off)
    assert forth == -back


@given(calendars(), COUNTS)
def test_each_skipped_holiday_explains_a_day(calendar: tuple[date, frozenset[date]], count: int) -> None:
    start, off = calendar
    end = rules.add_working_days(start, count, off)
    skipped = rules.holidays_skipped(start, count, end, off)
    assert skipped == sorted(set(skipped))
    assert all(day in off and not rules.is_weekend(day) for day in skipped)
    between = [start + DAY * i for i in range((end - start).days)] if count >= 0 else []
    lost = [day for day in between if not rules.is_working_day(day, off) and not rules.is_weekend(day)]
    if count > 0:
        assert skipped == [day for day in lost if day != start]
    if count == 0:
        assert skipped == lost


@pytest.mark.parametrize(
    ("day", "rest"),
    [
        (date(2013, 4, 25), True),  # the last Thursday of rest
        (date(2013, 4, 26), True),
        (date(2013, 4, 27), False),  # the last Saturday of work
        (date(2013, 5, 2), False),  # the first Thursday of work
        (date(2013, 5, 3), True),
        (date(2013, 5, 4), True),
        (date(2013, 5, 5), False),
        (date(2026, 11, 19), False),
        (date(2026, 11, 20), True),
        (date(2026, 11, 21), True),
    ],
)
def test_the_weekend_changed_in_may_2013(day: date, rest: bool) -> None:
    assert rules.is_weekend(day) is rest


@given(DAYS)
def test_every_week_of_either_calendar_has_its_days_of_rest(day: date) -> None:
    oman = holidays_of_the_world.country_holidays("OM")
    assert rules.is_weekend(day) == oman._is_weekend(day)


REAL = frozenset(holidays_of_the_world.country_holidays("OM", years=(2024, 2025, 2026)))


@pytest.mark.parametrize(
    ("start", "days", "end"),
    [
        # Eid al-Fitr 2025: 29 March to 2 April, between two weekends' ends; Thursday 3 April is worked.
        (date(2025, 3, 27), 1, date(2025, 4, 3)),
        (date(2025, 3, 27), 2, date(2025, 4, 6)),
        (date(2025, 3, 30), 0, date(2025, 4, 3)),
        (date(2025, 4, 3), -1, date(2025, 3, 27)),
        # Eid al-Adha 2025: Thursday 5 June to Sunday 8 June.
        (date(2025, 6, 4), 1, date(2025, 6, 9)),
        (date(2025, 6, 9), -1, date(2025, 6, 4)),
        # Eid al-Fitr 2026: Thursday 19 March to Sunday 22 March.
        (date(2026, 3, 18), 1, date(2026, 3, 23)),
        (date(2026, 3, 18), 5, date(2026, 3, 29)),
        # Eid al-Adha 2026: Tuesday 26 May to Friday 29 May; Saturday is weekend.
        (date(2026, 5, 25), 1, date(2026, 5, 31)),
        (date(2026, 5, 27), 0, date(2026, 5, 31)),
        (date(2026, 5, 27), 1, date(2026, 5, 31)),
        # Over the end of a year, which brings no holiday before the accession day (moved in 2025 and 2026).
        (date(2024, 12, 31), 8, date(2025, 1, 13)),
        (date(2025, 12, 31), 10, date(2026, 1, 14)),
        (date(2025, 12, 31), 11, date(2026, 1, 19)),
    ],
)
def test_real_holidays(start: date, days: int, end: date) -> None:
    assert rules.add_working_days(start, days, REAL) == end


def test_skipped_holidays_leave_out_weekends_and_the_uncounted_start() -> None:
    end = rules.add_working_days(date(2025, 3, 27), 1, REAL)
    # Saturday 29 March is a holiday too, but nobody would have worked on it.
    assert rules.holidays_skipped(date(2025, 3, 27), 1, end, REAL) == [
        date(2025, 3, 30),
        date(2025, 3, 31),
        date(2025, 4, 1),
        date(2025, 4, 2),
    ]
    eid = date(2026, 5, 27)
    assert rules.holidays_skipped(eid, 1, date(2026, 5, 31), REAL) == [date(2026, 5, 28)]
    assert rules.holidays_skipped(eid, 0, date(2026, 5, 31), REAL) == [eid, date(2026, 5, 28)]


@pytest.mark.parametrize(
    ("day", "known"),
    [
        (date(2023, 12, 31), False),
        (date(2024, 1, 1), True),
        (date(2026, 12, 31), True),
        (date(2027, 1, 1), False),
    ],
)
def test_the_known_years_are_known_as_a_whole(day: date, known: bool) -> None:
    first, last = date(2024, 1, 11), date(2026, 11, 26)
    if known:
        rules.check_known(day, first, last, "start")
        return
    with pytest.raises(rules.BeyondCalendar) as refused:
        rules.check_known(day, first, last, "start")
    (fault,) = refused.value.errors
    assert (fault.parameter, fault.code) == ("start", "beyond_calendar")
    assert "2024" in fault.detail.en
    assert "2026" in fault.detail.ar


def test_without_any_holidays_nothing_is_known() -> None:
    with pytest.raises(rules.BeyondCalendar):
        rules.check_known(date(2026, 1, 1), None, None, "start")
