"""The clock of a level, in working days of Oman. Pure: days and public holidays are handed in.

Where the holidays of a time are not known yet, its weekends alone count; a day that becomes a holiday later does not
move what is due already.
"""

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any

from app import clock
from app.services.calendar import rules as calendar


def due(opened: datetime, limit_days: int, holidays: Collection[date]) -> date:
    """The last day of a level that was reached at `opened` and has so many working days."""
    return calendar.add_working_days(clock.day(opened), limit_days, holidays)


def paused_days(stay: Mapping[str, Any], now: datetime, holidays: Collection[date]) -> int:
    """Working days that the clock of a stay has stood still until now. `stay`: `paused_at`, `paused_days`."""
    if stay["paused_at"] is None:
        return int(stay["paused_days"])
    still = calendar.working_days_between(clock.day(stay["paused_at"]), clock.day(now), holidays)
    return int(stay["paused_days"]) + max(still, 0)


def lasted(stay: Mapping[str, Any], now: datetime, holidays: Collection[date]) -> int:
    """Working days that a stay has lasted, without those that its clock stood still. `stay`: `held_since` too."""
    whole = calendar.working_days_between(clock.day(stay["held_since"]), clock.day(now), holidays)
    return max(whole - paused_days(stay, now, holidays), 0)


def due_after_pause(stay: Mapping[str, Any], now: datetime, holidays: Collection[date]) -> date:
    """The last day of a level whose clock runs again: later by as many working days as it stood still. `stay`: `due`
    too."""
    before: date = stay["due"]
    still = paused_days(stay, now, holidays) - int(stay["paused_days"])
    return before if still == 0 else calendar.add_working_days(before, still, holidays)
