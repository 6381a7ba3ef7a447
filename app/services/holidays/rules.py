"""What can be done to a public holiday: transitions and pure guards (Guide D-5)."""

from datetime import date

from app.errors import invalid
from app.services.transitions import Transition

STANDING, CANCELLED = "standing", "cancelled"

_STANDING = frozenset({STANDING})
EDIT = Transition("holidays.edit", _STANDING, STANDING)
CANCEL = Transition("holidays.cancel", _STANDING, CANCELLED, reason=True)

TRANSITIONS = (EDIT, CANCEL)

_YEARS = 1970, 2100


def check_day(day: date, first: date | None, last: date | None) -> None:
    """Whether a holiday can be entered on `day`. Raises Invalid.

    `first` and `last`: the earliest and latest known holiday. Their years count as known as a whole, so a
    holiday two years on would make the year between known without its holidays.
    """
    earliest = first.year - 1 if first else _YEARS[0]
    latest = last.year + 1 if last else _YEARS[1]
    earliest, latest = max(earliest, _YEARS[0]), min(latest, _YEARS[1])
    if not earliest <= day.year <= latest:
        raise invalid(
            "#/day",
            "out_of_range",
            f"Enter holidays year by year: one of {earliest} to {latest}.",
            f"تُدخل العطل سنة بعد سنة: من عام {earliest} إلى عام {latest}.",
        )
