"""Periods and their days: properties over the real holidays of Oman, and the Eids, National Days and
Ramadans of 2024 to 2027 written out."""

from dataclasses import astuple, replace
from datetime import date, timedelta
from itertools import pairwise

import holidays as holidays_of_the_world
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.enums import Frequency
from app.errors import FieldError, Invalid
from app.services.calendar import rules as calendar
from app.services.obligations import periods
from app.services.obligations.periods import Dates, Period, Windows
from app.words import FREQUENCIES

DAY = timedelta(days=1)
HOLIDAYS = frozenset(holidays_of_the_world.country_holidays("OM", years=range(2013, 2032)))
LENGTHS = {
    Frequency.MONTHLY: 1,
    Frequency.QUARTERLY: 3,
    Frequency.SEMIANNUAL: 6,
    Frequency.ANNUAL: 12,
    Frequency.BIENNIAL: 12,
}
GAPLESS = st.sampled_from([frequency for frequency in LENGTHS if frequency != Frequency.BIENNIAL])
REGULAR = st.sampled_from(list(LENGTHS))
DAYS = st.dates(date(1950, 1, 1), date(2098, 12, 31))
ENDS = st.builds(
    lambda f, day: periods.containing(f, day).end, REGULAR, st.dates(date(2014, 1, 1), date(2029, 12, 31))
)
FOUR = ("opens_on", "due_on", "late_until", "closes_on")


@st.composite
def windows(draw: st.DrawFn) -> Windows:
    opens = draw(st.integers(1, 40))
    return Windows(
        opens, opens + draw(st.integers(0, 60)), draw(st.integers(0, 30)), draw(st.integers(0, 30))
    )


def only_fault(refused: pytest.ExceptionInfo[Invalid]) -> FieldError:
    (fault,) = refused.value.errors
    assert fault.detail.en.isascii()
    assert any("ء" <= letter <= "ي" for letter in fault.detail.ar)
    return fault


@pytest.mark.parametrize(
    ("code", "start", "end"),
    [
        ("2024", date(2024, 1, 1), date(2024, 12, 31)),
        ("2024-S1", date(2024, 1, 1), date(2024, 6, 30)),
        ("2024-S2", date(2024, 7, 1), date(2024, 12, 31)),
        ("2024-Q1", date(2024, 1, 1), date(2024, 3, 31)),
        ("2024-Q3", date(2024, 7, 1), date(2024, 9, 30)),
        ("2024-Q4", date(2024, 10, 1), date(2024, 12, 31)),
        ("2024-05", date(2024, 5, 1), date(2024, 5, 31)),
        ("2024-12", date(2024, 12, 1), date(2024, 12, 31)),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
        ("2023-02", date(2023, 2, 1), date(2023, 2, 28)),
        ("2000-02", date(2000, 2, 1), date(2000, 2, 29)),
        ("2100-02", date(2100, 2, 1), date(2100, 2, 28)),
        ("1950", date(1950, 1, 1), date(1950, 12, 31)),
        ("2100-12", date(2100, 12, 1), date(2100, 12, 31)),
    ],
)
def test_a_code_names_its_days(code: str, start: date, end: date) -> None:
    assert periods.parse(code) == Period(code, start, end)


@pytest.mark.parametrize(
    "code",
    [
        *("", "24", "2024-", "2024-S0", "2024-S3", "2024-Q0", "2024-Q5", "2024-00", "2024-13", "2024-5"),
        *("2024-q1", "2024Q1", "2024-Q1 ", " 2024", "2024\n", "2024-05-01", "02024", "٢٠٢٤", "-2024"),
    ],
)
def test_what_is_no_code_is_refused(code: str) -> None:
    with pytest.raises(Invalid) as refused:
        periods.parse(code)
    (fault,) = refused.value.errors
    assert (fault.pointer, fault.code) == ("#/period", "not_a_period")


@pytest.mark.parametrize("code", ["0000", "1949", "1949-12", "2101", "2101-Q1", "9999", "9999-12", "9999-S2"])
def test_an_absurd_year_is_refused(code: str) -> None:
    with pytest.raises(Invalid) as refused:
        periods.parse(code)
    fault = only_fault(refused)
    assert (fault.pointer, fault.code) == ("#/period", "absurd_period")


@pytest.mark.parametrize(
    ("frequency", "fits"),
    [
        ("monthly", {"2024-05", "2024-10"}),
        ("quarterly", {"2024-Q2", "2024-Q4"}),
        ("semiannual", {"2024-S1", "2024-S2"}),
        ("annual", {"2024", "2025"}),
        ("biennial", {"2024", "2025"}),
        (
            "irregular",
            {"2024", "2025", "2024-S1", "2024-S2", "2024-Q2", "2024-Q4", "2024-05", "2024-10"},
        ),
    ],
)
def test_a_code_fits_the_frequency_of_its_length(frequency: str, fits: set[str]) -> None:
    for code in ("2024", "2025", "2024-S1", "2024-S2", "2024-Q2", "2024-Q4", "2024-05", "2024-10"):
        if code in fits:
            assert periods.fitting(code, frequency) == periods.parse(code)
            continue
        with pytest.raises(Invalid) as refused:
            periods.fitting(code, frequency)
        fault = only_fault(refused)
        assert (fault.pointer, fault.code) == ("#/period", "period_does_not_fit")
        assert f"«{FREQUENCIES[frequency]}»" in fault.detail.ar
        assert frequency in fault.detail.en


def test_every_frequency_has_an_arabic_word() -> None:
    assert set(FREQUENCIES) == set(Frequency)
    assert all(
        "\u0621" <= letter <= "\u064a" or letter == " " for word in FREQUENCIES.values() for letter in word
    )


def test_the_year_is_refused_before_the_length() -> None:
    with pytest.raises(Invalid) as refused:
        periods.fitting("1949-Q1", "annual")
    assert only_fault(refused).code == "absurd_period"


@given(REGULAR, DAYS)
def test_a_day_lies_in_its_period_and_the_code_leads_back(frequency: Frequency, day: date) -> None:
    period = periods.containing(frequency, day)
    assert period.start <= day <= period.end
    assert periods.parse(period.code) == period
    assert periods.fitting(period.code, frequency) == period
    months = {(period.start + DAY * i).month for i in range((period.end - period.start).days + 1)}
    assert len(months) == LENGTHS[frequency]
    assert period.start.year == period.end.year
    assert (period.start.day, (period.end + DAY).day) == (1, 1)
    assert periods.containing(frequency, period.start) == periods.containing(frequency, period.end) == period


def test_an_irregular_indicator_has_no_periods_of_its_own() -> None:
    with pytest.raises(ValueError, match="irregular"):
        periods.containing("irregular", date(2024, 1, 1))
    assert not periods.is_boundary("irregular", date(2024, 1, 1))
    assert list(periods.between("irregular", date(2024, 1, 1), date(2030, 1, 1))) == []


@given(GAPLESS, DAYS, st.integers(0, 4000))
def test_a_schedule_has_no_gap_and_no_overlap(frequency: Frequency, day: date, length: int) -> None:
    first = periods.containing(frequency, day).start
    last = min(first + DAY * length, date(2099, 12, 31))
    scheduled = list(periods.between(frequency, first, last))
    assert scheduled[0].start == first
    assert all(a.end + DAY == b.start for a, b in pairwise(scheduled))
    assert scheduled[-1].start <= last <= scheduled[-1].end
    assert all(periods.fitting(period.code, frequency) == period for period in scheduled)


@given(st.integers(1950, 2090), st.integers(0, 10), st.integers(0, 364))
def test_editions_come_every_second_year_of_the_first(year: int, years: int, days: int) -> None:
    last = date(year + years, 1, 1) + DAY * days
    scheduled = list(periods.between("biennial", date(year, 1, 1), last))
    assert [p.code for p in scheduled] == [str(year + i) for i in range(0, years + 1, 2)]
    assert all((p.start, p.end) == (date(p.start.year, 1, 1), date(p.start.year, 12, 31)) for p in scheduled)


@pytest.mark.parametrize(
    ("frequency", "first", "last", "codes"),
    [
        ("monthly", date(2023, 11, 1), date(2024, 3, 1), "2023-11 2023-12 2024-01 2024-02 2024-03"),
        ("monthly", date(2023, 11, 1), date(2024, 2, 29), "2023-11 2023-12 2024-01 2024-02"),
        ("quarterly", date(2024, 7, 1), date(2025, 1, 1), "2024-Q3 2024-Q4 2025-Q1"),
        ("semiannual", date(2024, 7, 1), date(2025, 7, 1), "2024-S2 2025-S1 2025-S2"),
        ("annual", date(2024, 1, 1), date(2026, 12, 31), "2024 2025 2026"),
        ("biennial", date(2024, 1, 1), date(2028, 1, 1), "2024 2026 2028"),
        ("biennial", date(2024, 1, 1), date(2027, 12, 31), "2024 2026"),
        ("biennial", date(2025, 1, 1), date(2028, 12, 31), "2025 2027"),
        ("quarterly", date(2024, 7, 1), date(2024, 6, 30), ""),
        ("monthly", date(2100, 11, 1), date(2100, 12, 31), "2100-11 2100-12"),
    ],
)
def test_schedules(frequency: str, first: date, last: date, codes: str) -> None:
    assert [period.code for period in periods.between(frequency, first, last)] == codes.split()


@given(REGULAR, DAYS | DAYS.map(lambda day: day.replace(day=1)))
def test_a_boundary_is_the_first_day_of_a_period(frequency: Frequency, day: date) -> None:
    begins = day.day == 1 and (day.month - 1) % LENGTHS[frequency] == 0
    assert periods.is_boundary(frequency, day) is begins
    assert begins is (periods.containing(frequency, day).start == day)
    if not begins:
        with pytest.raises(ValueError, match="begins on"):
            periods.between(frequency, day, day + DAY * 900)


@given(windows())
def test_windows_in_order_are_taken(chosen: Windows) -> None:
    periods.check_windows(chosen)


@pytest.mark.parametrize(
    ("chosen", "faults"),
    [
        (Windows(1, 1, 0, 0), set()),
        (Windows(366, 366, 366, 366), set()),
        (Windows(0, 10, 0, 0), {("#/opens_after", "out_of_range")}),
        (Windows(-1, 10, 0, 0), {("#/opens_after", "out_of_range")}),
        (Windows(5, 4, 0, 0), {("#/due_after", "due_before_opening")}),
        (Windows(5, 0, 0, 0), {("#/due_after", "out_of_range")}),
        (Windows(1, 367, 0, 0), {("#/due_after", "out_of_range")}),
        (Windows(367, 10, 0, 0), {("#/opens_after", "out_of_range")}),
        (Windows(1, 10, -1, 0), {("#/late_for", "out_of_range")}),
        (Windows(1, 10, 367, 0), {("#/late_for", "out_of_range")}),
        (Windows(1, 10, 0, -1), {("#/closes_after", "out_of_range")}),
        (Windows(1, 10, 0, 367), {("#/closes_after", "out_of_range")}),
        (
            Windows(5, 4, -1, 367),
            {
                ("#/due_after", "due_before_opening"),
                ("#/late_for", "out_of_range"),
                ("#/closes_after", "out_of_range"),
            },
        ),
    ],
)
def test_windows_that_cannot_be_kept_are_refused(chosen: Windows, faults: set[tuple[str, str]]) -> None:
    if not faults:
        periods.check_windows(chosen)
        return
    with pytest.raises(Invalid) as refused:
        periods.check_windows(chosen)
    said = refused.value.errors
    assert len(said) == len(faults)
    assert {(fault.pointer, fault.code) for fault in said} == faults
    assert all(fault.detail.en.isascii() and not fault.detail.ar.isascii() for fault in said)


@given(ENDS, windows())
def test_the_days_are_working_days_in_order_after_the_period(end: date, chosen: Windows) -> None:
    found = periods.dates(end, chosen, HOLIDAYS)
    assert all(calendar.is_working_day(day, HOLIDAYS) for day in astuple(found))
    assert end < found.opens_on <= found.due_on <= found.late_until <= found.closes_on


@given(ENDS, windows())
def test_each_window_has_its_working_days(end: date, chosen: Windows) -> None:
    found = periods.dates(end, chosen, HOLIDAYS)

    def worked(after: date, until: date) -> int:
        days = (after + DAY * i for i in range(1, (until - after).days + 1))
        return sum(day.weekday() not in (4, 5) and day not in HOLIDAYS for day in days)

    assert worked(end, found.opens_on) == chosen.opens_after
    assert worked(end, found.due_on) == chosen.due_after
    assert worked(found.due_on, found.late_until) == chosen.late_for
    assert worked(found.late_until, found.closes_on) == chosen.closes_after


@given(ENDS, windows())
def test_without_lateness_the_due_date_is_the_last(end: date, chosen: Windows) -> None:
    found = periods.dates(end, replace(chosen, late_for=0, closes_after=0), HOLIDAYS)
    assert found.due_on == found.late_until == found.closes_on


@given(ENDS, windows(), st.sampled_from(FOUR))
def test_a_holiday_on_one_of_the_days_moves_it_to_the_next_working_day(
    end: date, chosen: Windows, which: str
) -> None:
    day = getattr(periods.dates(end, chosen, HOLIDAYS), which)
    declared = HOLIDAYS | {day}
    moved = getattr(periods.dates(end, chosen, declared), which)
    assert moved > day
    assert not any(calendar.is_working_day(day + DAY * i, declared) for i in range((moved - day).days))
    assert calendar.is_working_day(moved, declared)


@given(ENDS, windows(), st.lists(st.integers(0, 300), min_size=1, max_size=5))
def test_no_holiday_moves_a_day_earlier(end: date, chosen: Windows, offsets: list[int]) -> None:
    before = periods.dates(end, chosen, HOLIDAYS)
    after = periods.dates(end, chosen, HOLIDAYS | {end + DAY * offset for offset in offsets})
    assert all(new >= old for old, new in zip(astuple(before), astuple(after), strict=True))


@given(ENDS, windows(), st.integers(0, 60))
def test_a_holiday_outside_the_windows_moves_nothing(end: date, chosen: Windows, distance: int) -> None:
    found = periods.dates(end, chosen, HOLIDAYS)
    outside = {end - DAY * distance, found.closes_on + DAY * (distance + 1)}
    assert periods.dates(end, chosen, HOLIDAYS | outside) == found


TWO_WEEKS = Windows(opens_after=1, due_after=10, late_for=5, closes_after=5)


@pytest.mark.parametrize(
    ("code", "opens_on", "due_on", "late_until", "closes_on"),
    [
        # Eid al-Fitr 2024, Tuesday 9 to Friday 12 April, before the due date.
        ("2024-Q1", date(2024, 4, 1), date(2024, 4, 17), date(2024, 4, 24), date(2024, 5, 1)),
        # Eid al-Adha 2024, Sunday 16 to Wednesday 19 June: the first late day is Thursday the 20th.
        ("2024-05", date(2024, 6, 2), date(2024, 6, 13), date(2024, 6, 26), date(2024, 7, 3)),
        # National Day 2024, Wednesday 20 and Thursday 21 November, among the late days.
        ("2024-10", date(2024, 11, 3), date(2024, 11, 14), date(2024, 11, 25), date(2024, 12, 2)),
        # Ramadan 2025, until Friday 28 March: its weeks have five working days like any other.
        ("2025-02", date(2025, 3, 2), date(2025, 3, 13), date(2025, 3, 20), date(2025, 3, 27)),
        # Eid al-Fitr 2025, Saturday 29 March to Wednesday 2 April: the quarter ends within it.
        ("2025-Q1", date(2025, 4, 3), date(2025, 4, 16), date(2025, 4, 23), date(2025, 4, 30)),
        # Eid al-Adha 2025, Thursday 5 to Sunday 8 June, and the Islamic New Year, Sunday 29 June.
        ("2025-05", date(2025, 6, 1), date(2025, 6, 16), date(2025, 6, 23), date(2025, 7, 1)),
        # National Day 2025, Wednesday 26 and Thursday 27 November, before the closing.
        ("2025-10", date(2025, 11, 2), date(2025, 11, 13), date(2025, 11, 20), date(2025, 12, 1)),
        # Accession Day, Thursday 15, and Isra' and Mi'raj, Sunday 18 January 2026, around a weekend.
        ("2025", date(2026, 1, 1), date(2026, 1, 14), date(2026, 1, 25), date(2026, 2, 1)),
        # Ramadan 2026, then Eid al-Fitr from Thursday 19 to Sunday 22 March.
        ("2026-02", date(2026, 3, 1), date(2026, 3, 12), date(2026, 3, 23), date(2026, 3, 30)),
        # Eid al-Adha 2026, Tuesday 26 to Friday 29 May, before the closing.
        ("2026-04", date(2026, 5, 3), date(2026, 5, 14), date(2026, 5, 21), date(2026, 6, 2)),
        # National Day 2026, Wednesday 25 and Thursday 26 November.
        ("2026-10", date(2026, 11, 1), date(2026, 11, 12), date(2026, 11, 19), date(2026, 11, 30)),
    ],
)
def test_real_holidays(code: str, opens_on: date, due_on: date, late_until: date, closes_on: date) -> None:
    found = periods.dates(periods.parse(code).end, TWO_WEEKS, HOLIDAYS)
    assert found == Dates(opens_on, due_on, late_until, closes_on)


def days(first: date, last: date) -> set[date]:
    return {first + DAY * i for i in range((last - first).days + 1)}


# The Islamic days of 2027 are estimates that will be corrected when the moon is seen: they are written out.
IN_2027 = frozenset(
    days(date(2027, 3, 8), date(2027, 3, 11))  # Eid al-Fitr, Monday to Thursday
    | days(date(2027, 5, 15), date(2027, 5, 18))  # Eid al-Adha, Saturday to Tuesday
    | days(date(2027, 11, 20), date(2027, 11, 21))  # National Day, Saturday and Sunday
)


@pytest.mark.parametrize(
    ("code", "opens_on", "due_on", "late_until", "closes_on"),
    [
        # The last week of Ramadan, then Eid al-Fitr.
        ("2027-02", date(2027, 3, 1), date(2027, 3, 18), date(2027, 3, 25), date(2027, 4, 1)),
        # Eid al-Adha: three of its four days cost a working day.
        ("2027-04", date(2027, 5, 2), date(2027, 5, 13), date(2027, 5, 25), date(2027, 6, 1)),
        # National Day: only the Sunday costs one.
        ("2027-10", date(2027, 11, 1), date(2027, 11, 14), date(2027, 11, 22), date(2027, 11, 29)),
    ],
)
def test_expected_holidays(
    code: str, opens_on: date, due_on: date, late_until: date, closes_on: date
) -> None:
    found = periods.dates(periods.parse(code).end, TWO_WEEKS, IN_2027)
    assert found == Dates(opens_on, due_on, late_until, closes_on)


def test_the_eid_sighted_a_day_later_moves_the_days_behind_it() -> None:
    end = periods.parse("2027-02").end
    later = IN_2027 | {date(2027, 3, 14)}
    assert periods.dates(end, TWO_WEEKS, later) == Dates(
        date(2027, 3, 1), date(2027, 3, 21), date(2027, 3, 28), date(2027, 4, 4)
    )


def test_a_holiday_declared_on_the_due_date_moves_it_over_the_weekend() -> None:
    end = periods.parse("2026-02").end
    assert periods.dates(end, TWO_WEEKS, HOLIDAYS).due_on == date(2026, 3, 12)  # a Thursday
    declared = HOLIDAYS | {date(2026, 3, 12)}
    assert periods.dates(end, TWO_WEEKS, declared).due_on == date(2026, 3, 15)
