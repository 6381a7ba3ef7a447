"""On which days a series meets: pure, with the public holidays handed in (Guide M-2)."""

from calendar import monthrange
from collections.abc import Collection, Iterator
from datetime import date, timedelta

from app.enums.meetings import Every, Weekday
from app.errors import invalid
from app.services.calendar import rules as calendar

MOST = 60
"""Meetings of one series."""

_YEARS = range(2000, 2200)
_WEEK = timedelta(days=7)
_MONTHS = {Every.MONTHLY: 1, Every.QUARTERLY: 3}
_ISO = {
    Weekday.MONDAY: 1,
    Weekday.TUESDAY: 2,
    Weekday.WEDNESDAY: 3,
    Weekday.THURSDAY: 4,
    Weekday.SUNDAY: 7,
}


def check(every: Every, weekday: Weekday | None, month_day: int | None) -> None:
    """Raise Invalid where the day is missing, or is not one of what the series meets by."""
    wanted, other = ("weekday", "month_day") if every is Every.WEEKLY else ("month_day", "weekday")
    said = {"weekday": weekday, "month_day": month_day}
    if said[wanted] is None:
        raise invalid(
            f"#/{wanted}", "missing", "The series has no day.", "لم يُحدد يوم انعقاد سلسلة الاجتماعات."
        )
    if said[other] is not None:
        raise invalid(
            f"#/{other}",
            "out_of_place",
            "A weekly series has a weekday, any other a day of the month.",
            "للسلسلة الأسبوعية يوم من أيام الأسبوع، ولغيرها يوم من الشهر.",
        )


def of(
    every: Every,
    weekday: Weekday | None,
    month_day: int | None,
    starts_on: date,
    ends_on: date,
    holidays: Collection[date],
) -> list[date]:
    """The days on which a series meets, in order: working days of Oman within the span, none twice. What falls on a day
    of rest is met on the next working day; what would come after the span by that is not met.

    Raises Invalid for a span that ends before it begins, that holds no such day, or more than MOST.
    """
    for name, day in (("starts_on", starts_on), ("ends_on", ends_on)):
        if day.year not in _YEARS:
            raise invalid(f"#/{name}", "out_of_range", "From 2000 to 2199.", "من عام 2000 إلى عام 2199.")
    if ends_on < starts_on:
        raise invalid(
            "#/ends_on",
            "ends_before_start",
            "The series ends before it begins.",
            "تنتهي سلسلة الاجتماعات قبل أن تبدأ.",
        )
    found: list[date] = []
    for nominal in _nominal(every, weekday, month_day, starts_on, ends_on):
        day = calendar.next_working_day(nominal, holidays)
        if day > ends_on or (found and day <= found[-1]):
            continue
        found.append(day)
        if len(found) > MOST:
            raise invalid(
                "#/ends_on",
                "too_many",
                f"A series has at most {MOST} meetings.",
                f"لا تزيد اجتماعات السلسلة على {MOST}.",
            )
    if not found:
        raise invalid(
            "#/ends_on",
            "no_day",
            "The series has no day in this time.",
            "لا يقع في هذه المدة أي يوم لانعقاد السلسلة.",
        )
    return found


def _nominal(
    every: Every, weekday: Weekday | None, month_day: int | None, starts_on: date, ends_on: date
) -> Iterator[date]:
    if every is Every.WEEKLY:
        if weekday is None:
            raise ValueError("a weekly series has a weekday")
        day = starts_on + timedelta(days=(_ISO[weekday] - starts_on.isoweekday()) % 7)
        while day <= ends_on:
            yield day
            day += _WEEK
        return
    if month_day is None:
        raise ValueError("a monthly series has a day of the month")
    month = starts_on.year * 12 + starts_on.month - 1
    while True:
        year, index = divmod(month, 12)
        day = date(year, index + 1, min(month_day, monthrange(year, index + 1)[1]))
        if day > ends_on:
            return
        if day >= starts_on:
            yield day
        month += _MONTHS[every]
