"""What a schedule of an indicator may say: pure guards (Guide D-2)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

from app.enums import Frequency, IndicatorState
from app.errors import Conflict, FieldError, Text, invalid
from app.services.calendar import rules as calendar
from app.services.obligations import periods
from app.services.obligations.periods import Windows
from app.services.transitions import Transition
from app.words import FREQUENCIES

_ACTIVE = IndicatorState.ACTIVE.value
SET = Transition("schedules.set", frozenset({_ACTIVE}), _ACTIVE)

YEARS_BACK = 10
"""How far back figures can be asked for."""

_AT = "#/starts_on"


class FiguresExist(Conflict):
    code = "figures_exist"
    title = Text(
        "Figures have been entered for periods that the schedule would replace",
        "أُدخلت قيم لفترات كان الجدول سيحل محلها",
    )


@dataclass(frozen=True, slots=True)
class Schedule:
    """How often an indicator is measured from `starts_on` on, and how long an office has for each figure.

    An irregular one asks for no figures: with it, what was asked for before comes to its end.
    """

    frequency: str
    starts_on: date
    windows: Windows


@dataclass(frozen=True, slots=True)
class Known:
    """The public holidays, with the earliest and the latest of them: their years are known as a whole."""

    days: Collection[date]
    first: date | None
    last: date | None


def horizon(today: date) -> date:
    """The day up to which figures are asked for: the last of the next calendar year."""
    return date(today.year + 1, 12, 31)


def check(new: Schedule, previous: Schedule | None, today: date, known: Known) -> None:
    """Whether an indicator whose newest schedule is `previous` may be measured as `new` says.

    Raises Invalid: for windows that cannot be kept, a start that is long past, begins no period of the
    new frequency, lies inside a period of the previous one or not after its start; BeyondCalendar for a
    start whose figures cannot be dated, because the holidays of that time are not known.
    """
    periods.check_windows(new.windows)
    start = new.starts_on
    if start.year < today.year - YEARS_BACK:
        raise invalid(
            _AT,
            "long_past",
            f"Figures are asked for from {today.year - YEARS_BACK} on.",
            f"تُطلب القيم ابتداءً من عام {today.year - YEARS_BACK}.",
        )
    if new.frequency != Frequency.IRREGULAR and not periods.is_boundary(new.frequency, start):
        raise invalid(
            _AT,
            "not_a_boundary",
            f"No period of the frequency '{new.frequency}' begins on {start}.",
            f"لا تبدأ في {start} أي فترة دوريتها «{FREQUENCIES[new.frequency]}».",
        )
    _check_known(max(start, known.first or start), known)
    if previous is not None:
        _check_succession(start, previous)
    if new.frequency != Frequency.IRREGULAR:
        # The first figure can be dated; as far as the later ones can, they are asked for.
        end = periods.containing(new.frequency, start).end
        _check_known(end + timedelta(days=1), known)
        _check_known(periods.dates(end, new.windows, known.days).closes_on, known)


def _check_succession(start: date, previous: Schedule) -> None:
    if start < previous.starts_on:
        raise invalid(
            _AT,
            "before_the_previous",
            f"The schedule in place begins on {previous.starts_on}; another begins then or later.",
            f"يبدأ الجدول القائم في {previous.starts_on}، ولا يبدأ الجدول الجديد قبله.",
        )
    earlier = periods.between(previous.frequency, previous.starts_on, start - timedelta(days=1))
    last = max(earlier, key=lambda period: period.start, default=None)
    if last is not None and last.end >= start:
        raise invalid(
            _AT,
            "inside_a_period",
            f"The period {last.code} of the schedule in place is not over on {start}.",
            f"الفترة {last.code} من الجدول القائم لا تكون قد انتهت في {start}.",
        )


def _check_known(day: date, known: Known) -> None:
    try:
        calendar.check_known(day, known.first, known.last, "starts_on")
    except calendar.BeyondCalendar as beyond:
        said = beyond.detail or calendar.BeyondCalendar.title
        raise calendar.BeyondCalendar(
            said, errors=(FieldError(calendar.BeyondCalendar.code, said, pointer=_AT),)
        ) from None
