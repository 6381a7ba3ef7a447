"""Periods of measurement, and the days on which their figures are asked for. Pure: holidays are handed in.

A period is a year, half, quarter or month, written 2024, 2024-S1, 2024-Q3 or 2024-05. The frequency of an
indicator says which of these it is measured in (Guide I-1, D-2); an irregular one has no periods of its own.
"""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, fields
from datetime import date, timedelta

from app.enums import Frequency
from app.errors import FieldError, Invalid, Text, invalid
from app.services.calendar import rules as calendar
from app.words import FREQUENCIES

_CODE = re.compile(r"([0-9]{4})(?:-(?:S([12])|Q([1-4])|(0[1-9]|1[0-2])))?")
_EARLIEST_YEAR, _LATEST_YEAR = 1950, 2100
_SPACING: dict[str, int] = {
    Frequency.MONTHLY: 1,
    Frequency.QUARTERLY: 3,
    Frequency.SEMIANNUAL: 6,
    Frequency.ANNUAL: 12,
    Frequency.BIENNIAL: 24,
}
"""Months from the start of one period to the start of the next."""


@dataclass(frozen=True, slots=True)
class Period:
    """A period of measurement: its code, its first and its last day."""

    code: str
    start: date
    end: date


@dataclass(frozen=True, slots=True)
class Windows:
    """How long an office has for a figure, in Omani working days.

    `opens_after` and `due_after` count from the end of the period, `late_for` from the due date,
    `closes_after` from the last day on which a figure is late and not yet overdue.
    """

    opens_after: int
    due_after: int
    late_for: int
    closes_after: int


WINDOWS = tuple(window.name for window in fields(Windows))
"""What the windows are called, here and in the columns of a schedule."""


@dataclass(frozen=True, slots=True)
class Dates:
    """The days of one obligation, each a working day, in this order; two may be the same day."""

    opens_on: date
    due_on: date
    late_until: date
    closes_on: date


def parse(code: str) -> Period:
    """The period that a code such as 2024, 2024-S1, 2024-Q3 or 2024-05 names.

    Raises Invalid when it is no such code or its year is not within 1950 to 2100.
    """
    match = _CODE.fullmatch(code)
    if match is None:
        raise invalid(
            "#/period",
            "not_a_period",
            f"'{code}' is no period (2024, 2024-S1, 2024-Q3, 2024-05)",
            f"«{code}» ليس رمز فترة (2024، 2024-S1، 2024-Q3، 2024-05)",
        )
    year, half, quarter, month = match.groups()
    months = 6 if half else 3 if quarter else 1 if month else 12
    number = int(half or quarter or month or 1)
    return _period(int(year) * 12 + (number - 1) * months, months)


def fitting(code: str, frequency: str) -> Period:
    """The period of a code, of the length that the frequency asks for: of an annual and a biennial
    indicator a year, of an irregular one any. Raises Invalid, also as `parse` does."""
    period = parse(code)
    if frequency != Frequency.IRREGULAR and containing(frequency, period.start) != period:
        raise invalid(
            "#/period",
            "period_does_not_fit",
            f"The indicator is measured at the frequency '{frequency}'.",
            f"دورية قياس المؤشر هي «{FREQUENCIES[frequency]}».",
        )
    return period


def containing(frequency: str, day: date) -> Period:
    """The period of the frequency in which `day` lies; for a biennial one its year, measured or not.

    Raises Invalid outside the years that `parse` takes, ValueError for an irregular frequency.
    """
    months = _length(frequency)
    return _period(_month(day) // months * months, months)


def is_boundary(frequency: str, day: date) -> bool:
    """Whether a period of the frequency begins on `day`; never for an irregular one."""
    return frequency in _SPACING and day.day == 1 and _month(day) % _length(frequency) == 0


def between(frequency: str, first: date, last: date) -> Iterator[Period]:
    """The periods of a schedule that begins on `first`, in order, those that begin on `last` or before.

    Monthly to annual periods follow each other without gap or overlap. A biennial indicator has editions,
    such as those of a UN survey: every second year counted from `first`; the years between are not
    measured. An irregular one has none. Raises ValueError unless `first` begins a period
    (`is_boundary`); Invalid when a period lies outside the years that `parse` takes.
    """
    if frequency == Frequency.IRREGULAR:
        return iter(())
    if not is_boundary(frequency, first):
        raise ValueError(f"no {frequency} period begins on {first}")
    months = _length(frequency)
    return (_period(begin, months) for begin in range(_month(first), _month(last) + 1, _SPACING[frequency]))


def check_windows(windows: Windows) -> None:
    """Whether the windows can be kept: opened at the earliest on the first working day after the period,
    due on that day or later, none longer than the calendar counts. Raises Invalid with every fault."""
    faults = [
        _fault(
            name,
            "out_of_range",
            f"Between {least} and {calendar.LONGEST} working days.",
            f"بين {least} و{calendar.LONGEST} يوم عمل.",
        )
        for name, least in (("opens_after", 1), ("due_after", 1), ("late_for", 0), ("closes_after", 0))
        if not least <= getattr(windows, name) <= calendar.LONGEST
    ]
    if 1 <= windows.due_after < windows.opens_after <= calendar.LONGEST:
        faults.append(
            _fault(
                "due_after",
                "due_before_opening",
                "The due date is not before the opening.",
                "لا يسبق موعد الاستحقاق موعد الفتح.",
            )
        )
    if faults:
        raise Invalid(errors=tuple(faults))


def dates(period_end: date, windows: Windows, holidays: Collection[date]) -> Dates:
    """When entry opens, is due, is still taken late and closes, for windows that `check_windows` passed.

    Every day is a working day, because working days are counted. A holiday declared later, once the dates
    are computed anew, moves the day it falls on to the next working day, and likewise each day counted
    across it; none moves earlier. The holidays must be known up to the closing.
    """
    due_on = calendar.add_working_days(period_end, windows.due_after, holidays)
    late_until = calendar.add_working_days(due_on, windows.late_for, holidays)
    return Dates(
        opens_on=calendar.add_working_days(period_end, windows.opens_after, holidays),
        due_on=due_on,
        late_until=late_until,
        closes_on=calendar.add_working_days(late_until, windows.closes_after, holidays),
    )


def _period(begin: int, months: int) -> Period:
    """The period of so many months that begins with month `begin`, as `_month` counts."""
    year, month = divmod(begin, 12)
    if not _EARLIEST_YEAR <= year <= _LATEST_YEAR:
        raise invalid("#/period", "absurd_period", "The year is out of range.", "السنة خارج النطاق.")
    number = month // months + 1
    part = {12: "", 6: f"-S{number}", 3: f"-Q{number}", 1: f"-{number:02}"}[months]
    return Period(f"{year}{part}", _first_day(begin), _first_day(begin + months) - timedelta(days=1))


def _length(frequency: str) -> int:
    """Months that a period of the frequency lasts."""
    if frequency not in _SPACING:
        raise ValueError(f"the frequency '{frequency}' has no periods of its own")
    return min(_SPACING[frequency], 12)


def _month(day: date) -> int:
    """The months of our era before that of `day`, so that months can be counted across years."""
    return day.year * 12 + day.month - 1


def _first_day(month: int) -> date:
    return date(month // 12, month % 12 + 1, 1)


def _fault(field: str, code: str, en: str, ar: str) -> FieldError:
    return FieldError(code, Text(en, ar), pointer=f"#/{field}")
