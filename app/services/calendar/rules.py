"""Working days of Oman. Pure: the public holidays are handed in, the weekend is known here.

Sources: the weekend is Friday and Saturday since 1 May 2013 and was Thursday and Friday before
(Council of Ministers, 2013); public holidays are those of the table that UNIT edits.
"""

from collections.abc import Collection
from datetime import date, timedelta

from app.errors import FieldError, Invalid, Text

_CHANGE = date(2013, 5, 1)
_THURSDAY, _FRIDAY, _SATURDAY = 3, 4, 5
_DAY = timedelta(days=1)

LONGEST = 366
"""How many working days one question may count, forward or back."""


class BeyondCalendar(Invalid):
    code = "beyond_calendar"
    title = Text(
        "The public holidays of that time are not known yet", "العطل الرسمية لتلك المدة غير معروفة بعد"
    )


def is_weekend(day: date) -> bool:
    """Whether `day` is one of the two days of rest of its week."""
    return day.weekday() in ((_FRIDAY, _SATURDAY) if day >= _CHANGE else (_THURSDAY, _FRIDAY))


def is_working_day(day: date, holidays: Collection[date]) -> bool:
    """Whether government offices work on `day`: neither weekend nor public holiday."""
    return not is_weekend(day) and day not in holidays


def next_working_day(day: date, holidays: Collection[date]) -> date:
    """`day` itself when it is a working day, else the first one after it: where a due date moves to."""
    while not is_working_day(day, holidays):
        day += _DAY
    return day


def add_working_days(start: date, days: int, holidays: Collection[date]) -> date:
    """The working day that lies `days` working days after `start` (before it, when negative).

    The start is not counted, whether offices work on it or not: one working day after a Thursday, a
    Friday or a Saturday is the Sunday. With 0 it is `next_working_day(start)`.
    """
    if days == 0:
        return next_working_day(start, holidays)
    step, day = (_DAY if days > 0 else -_DAY), start
    for _ in range(abs(days)):
        day += step
        while not is_working_day(day, holidays):
            day += step
    return day


def working_days_between(start: date, end: date, holidays: Collection[date]) -> int:
    """How many working days lie after `start` up to and including `end`; negative when `end` is earlier.

    The inverse of `add_working_days`: for a working day `end`, adding so many to `start` leads there.
    """
    if end == start:
        return 0
    step, day, count = (_DAY if end > start else -_DAY), start, 0
    while day != end:
        day += step
        count += is_working_day(day, holidays)
    return count if end > start else -count


def holidays_skipped(start: date, days: int, end: date, holidays: Collection[date]) -> list[date]:
    """The holidays on the way from `start` to `end`, its `add_working_days(days)`, that cost a working
    day, by date. Those on a weekend cost none; the start, which is not counted, costs one only with 0 days.
    """
    first, last = min(start, end), max(start, end)
    lost = (day for day in holidays if first <= day <= last and not is_weekend(day))
    return sorted(day for day in lost if day != start or days == 0)


def check_known(day: date, first: date | None, last: date | None, parameter: str) -> None:
    """Raises BeyondCalendar unless `day` lies within the years whose holidays are known.

    `first` and `last`: the earliest and latest known holiday; their years are known as a whole.
    """
    if first is None or last is None:
        said = Text("No public holidays are loaded.", "لم تُحمّل أي عطل رسمية.")
    elif first.year <= day.year <= last.year:
        return
    else:
        said = Text(
            f"Public holidays are known from {first.year} to {last.year}.",
            f"العطل الرسمية معروفة من عام {first.year} إلى عام {last.year}.",
        )
    raise BeyondCalendar(said, errors=(FieldError(BeyondCalendar.code, said, parameter=parameter),))
