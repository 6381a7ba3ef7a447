"""The service's one source of time.

Rules and queries never ask the database or the operating system for the time: they are given
`clock.now()`, so that a test can move it (and a replay can state it).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

MUSCAT = ZoneInfo("Asia/Muscat")
"""Due dates and "today" are those of Oman, whatever the server's time zone."""

_moved: ContextVar[datetime | None] = ContextVar("moved_clock", default=None)


def now() -> datetime:
    """The present moment, in UTC with its time zone."""
    return _moved.get() or datetime.now(UTC)


def day(moment: datetime) -> date:
    """The calendar day in Oman at `moment`."""
    return moment.astimezone(MUSCAT).date()


def today() -> date:
    """The present calendar day in Oman."""
    return day(now())


@contextmanager
def moved_to(moment: datetime) -> Iterator[None]:
    """Let `now()` answer `moment` inside the block (this task and the tasks it starts)."""
    token = _moved.set(moment)
    try:
        yield
    finally:
        _moved.reset(token)
