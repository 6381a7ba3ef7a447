"""When people are told, how often the worker tries, and when it gives up. Pure."""

from collections.abc import Collection
from datetime import date, datetime, time, timedelta

from app import clock
from app.errors import Text, WrongState
from app.services.calendar.rules import add_working_days, is_working_day

SOON = 3
"""Working days before the due day on which a person is reminded."""

DIGEST_AT = time(7, 30, tzinfo=clock.MUSCAT)
"""When the one mail of a day goes out, on working days."""

DIGEST_REACH = timedelta(days=60)
"""Far longer than offices are ever closed: how far ahead the holidays are looked up."""

FAILURES = 5
"""How often a job may fail before it is parked."""

ATTEMPTS = 25
"""The same for all attempts, those counted too of which nobody knows how they ended: more than the worker is ever
ended by chance, and the bound of what ends the worker by itself."""

_PAUSES = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2))


class NotParked(WrongState):
    code = "not_parked"
    title = Text("The job is tried again already", "تُعاد محاولة تنفيذ هذا العمل بالفعل")


def pause(failures: int) -> timedelta:
    """How long to wait after the so manieth failure, from 1 on: each time longer."""
    return _PAUSES[min(failures, len(_PAUSES)) - 1]


def gives_up(failures: int, attempts: int) -> bool:
    """Whether the job is parked: it has failed too often, or was begun too often."""
    return failures >= FAILURES or attempts >= ATTEMPTS


def soon(today: date, holidays: Collection[date]) -> date:
    """The last due day that is soon, seen from `today`."""
    return add_working_days(today, SOON, holidays)


def next_digest(now: datetime, holidays: Collection[date]) -> datetime:
    """When the next mail of a day goes out: in the morning of the first working day on which that is still to come."""
    day = clock.day(now)
    while not is_working_day(day, holidays) or datetime.combine(day, DIGEST_AT) <= now:
        day += timedelta(days=1)
    return datetime.combine(day, DIGEST_AT)


def start_of(day: date) -> datetime:
    """The first moment of a day in Oman."""
    return datetime.combine(day, time(tzinfo=clock.MUSCAT))
