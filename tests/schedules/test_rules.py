"""What a schedule may say, without a database."""

from dataclasses import replace
from datetime import date

import pytest

from app.enums import Frequency
from app.errors import Invalid
from app.services.calendar.rules import BeyondCalendar
from app.services.obligations.periods import Windows
from app.services.schedules import rules
from app.services.schedules.rules import Known, Schedule
from tests.factories.calendar import oman

TODAY = date(2026, 11, 22)
DAYS = frozenset(oman())
KNOWN = Known(DAYS, min(DAYS), max(DAYS))
WINDOWS = Windows(opens_after=1, due_after=10, late_for=5, closes_after=10)


def schedule(frequency: str, year: int, month: int = 1, day: int = 1) -> Schedule:
    """One with the usual windows."""
    return Schedule(frequency, date(year, month, day), WINDOWS)


def refused(new: Schedule, previous: Schedule | None = None, known: Known = KNOWN) -> str:
    """The code of the fault at `starts_on`."""
    with pytest.raises(Invalid) as caught:
        rules.check(new, previous, TODAY, known)
    [fault] = caught.value.errors
    assert fault.pointer == "#/starts_on"
    assert fault.detail.en != fault.detail.ar
    return fault.code


@pytest.mark.parametrize(
    ("new", "previous"),
    [
        (schedule("monthly", 2026, 2), None),
        (schedule("annual", 2020), None),  # its first figure is due in 2021, whose holidays are known
        (schedule("annual", 2030), None),
        (schedule("quarterly", 2026, 4), schedule("monthly", 2025)),
        (schedule("monthly", 2026, 4), schedule("quarterly", 2025)),
        (schedule("annual", 2027), schedule("semiannual", 2024, 7)),
        (schedule("quarterly", 2027), schedule("quarterly", 2026)),
        (schedule("monthly", 2026, 5), schedule("biennial", 2025)),  # 2026 has no edition
        (schedule("irregular", 2026, 5, 1), schedule("monthly", 2026)),
        (schedule("irregular", 2026, 5, 17), schedule("biennial", 2025)),
        (schedule("irregular", 2016, 1, 1), None),
        (schedule("biennial", 2027), schedule("irregular", 2026, 3, 3)),
        (schedule("annual", 2026), schedule("monthly", 2026)),  # a mistake is put right from its own start
    ],
)
def test_allowed(new: Schedule, previous: Schedule | None) -> None:
    rules.check(new, previous, TODAY, KNOWN)


@pytest.mark.parametrize(
    ("new", "previous", "code"),
    [
        (schedule("monthly", 2026, 2, 2), None, "not_a_boundary"),
        (schedule("quarterly", 2026, 2), None, "not_a_boundary"),
        (schedule("semiannual", 2026, 4), None, "not_a_boundary"),
        (schedule("annual", 2026, 7), None, "not_a_boundary"),
        (schedule("biennial", 2026, 7), None, "not_a_boundary"),
        (schedule("annual", 2015), None, "long_past"),
        (schedule("irregular", 1, 1), None, "long_past"),
        (schedule("annual", 2019), None, "beyond_calendar"),
        (schedule("monthly", 2020, 11), None, "beyond_calendar"),
        (schedule("annual", 2031), None, "beyond_calendar"),  # is due in 2032
        (schedule("monthly", 2031, 12), None, "beyond_calendar"),
        (schedule("monthly", 9999, 12), None, "beyond_calendar"),
        (schedule("irregular", 2032), None, "beyond_calendar"),
        (schedule("quarterly", 2025, 10), schedule("quarterly", 2026, 1), "before_the_previous"),
        (schedule("monthly", 2026, 2), schedule("quarterly", 2026), "inside_a_period"),
        (schedule("monthly", 2026, 12), schedule("annual", 2025), "inside_a_period"),
        (schedule("monthly", 2027, 5), schedule("biennial", 2025), "inside_a_period"),
        (schedule("irregular", 2026, 5, 2), schedule("monthly", 2026), "inside_a_period"),
    ],
)
def test_refused(new: Schedule, previous: Schedule | None, code: str) -> None:
    assert refused(new, previous) == code


def test_without_holidays_nothing_can_be_dated() -> None:
    for frequency in Frequency:
        with pytest.raises(BeyondCalendar):
            rules.check(schedule(frequency, 2026), None, TODAY, Known(frozenset(), None, None))


def test_windows_that_cannot_be_kept_are_named() -> None:
    impossible = replace(schedule("monthly", 2026), windows=Windows(0, 10, -1, 400))
    with pytest.raises(Invalid) as caught:
        rules.check(impossible, None, TODAY, KNOWN)
    pointers = {fault.pointer for fault in caught.value.errors}
    assert pointers == {"#/opens_after", "#/late_for", "#/closes_after"}


@pytest.mark.parametrize(
    ("today", "until"),
    [
        (date(2026, 1, 1), date(2027, 12, 31)),
        (date(2026, 12, 31), date(2027, 12, 31)),
        (date(2027, 1, 1), date(2028, 12, 31)),
    ],
)
def test_figures_are_asked_for_to_the_end_of_next_year(today: date, until: date) -> None:
    assert rules.horizon(today) == until
