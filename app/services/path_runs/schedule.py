"""When the stages of a run are due. Pure: the year, the day it starts and the public holidays are handed in."""

import calendar as months
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

from app.enums import Frequency
from app.enums.paths import DueFrom, DueKind
from app.services.calendar import rules as calendar
from app.services.obligations import periods
from app.services.path_templates.content import Due


@dataclass(frozen=True, slots=True)
class Dates:
    """From when and until when a stage, or one occasion of it, is planned; both empty: known once it opens."""

    due_from: date | None
    due: date | None


_LATER = Dates(None, None)


def dates(due: Due, year: int, start: date, holidays: Collection[date], *, kept: bool) -> tuple[Dates, ...]:
    """The dates of each occasion of a stage in a run of `year` that starts on `start`.

    A due date that is no working day moves to the next one, unless the dates are `kept`. What is counted from the
    group before is known when it ends: `counted`.
    """
    planned = _planned(due, year, start, holidays)
    if kept:
        return planned
    return tuple(
        Dates(each.due_from, each.due and calendar.next_working_day(each.due, holidays)) for each in planned
    )


def counted(working_days: int, since: date, holidays: Collection[date]) -> date:
    """The day that lies so many working days after `since`."""
    return calendar.add_working_days(since, working_days, holidays)


def span(year: int, start: date) -> tuple[date, date]:
    """The days whose holidays `dates` may ask for: the years that a template can name, and what is counted."""
    reach = timedelta(days=2 * calendar.LONGEST)
    return min(date(year - 3, 1, 1), start - reach), max(date(year + 2, 12, 31), start + reach)


def _planned(due: Due, year: int, start: date, holidays: Collection[date]) -> tuple[Dates, ...]:
    match due.kind:
        case DueKind.DATE:
            day = _day(year + due.year, due.month, due.day)
            return (Dates(None, day),)
        case DueKind.DATE_RANGE:
            first = _day(year + due.year, due.month, due.day)
            return (Dates(first, _day(year + due.end_year, due.end_month, due.end_day)),)
        case DueKind.MONTHS:
            return tuple(_month(year + each.year, each.month) for each in due.months)
        case DueKind.OFFSET:
            if due.since is DueFrom.PREVIOUS_GROUP:
                return (_LATER,)
            since = start if due.since is DueFrom.START else date(year, 12, 31)
            return (Dates(None, counted(due.working_days or 0, since, holidays)),)
        case DueKind.RECURRING:
            of = year + due.year
            within = periods.between(due.frequency or Frequency.ANNUAL, date(of, 1, 1), date(of, 12, 31))
            return tuple(Dates(period.start, period.end) for period in within)
        case DueKind.CONTINUOUS:
            return (Dates(date(year + due.year, 1, 1), date(year + due.year, 12, 31)),)


def _day(year: int, month: int | None, day: int | None) -> date:
    """A day that a template names, which every year has."""
    if month is None or day is None:
        raise ValueError("a due rule without its day")
    return date(year, month, day)


def _month(year: int, month: int) -> Dates:
    return Dates(date(year, month, 1), date(year, month, months.monthrange(year, month)[1]))
