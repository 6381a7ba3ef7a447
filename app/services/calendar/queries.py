"""The public holidays that working days are counted with: open to any signed-in person."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Date, Text, bindparam, func, select

from app.db import Compilable, Lane, Query
from app.models import Holiday
from app.services.calendar import rules
from app.services.documents import Document

_h = Holiday.__table__
_WEEK_OF_WORK, _WEEK = 5, 7


def _known() -> Compilable:
    first, last = bindparam("first", type_=Date), bindparam("last", type_=Date)
    named = func.json_object_agg(_h.c.day.cast(Text), func.json_build_array(_h.c.name_ar, _h.c.name_en))
    stands = _h.c.cancelled_at.is_(None)
    return select(
        select(named.cast(Text))
        .where(_h.c.day.between(first, last), stands)
        .scalar_subquery()
        .label("named"),
        select(func.min(_h.c.day)).where(stands).scalar_subquery().label("first"),
        select(func.max(_h.c.day)).where(stands).scalar_subquery().label("last"),
    )


_KNOWN = Query(_known)


@dataclass(frozen=True)
class Holidays:
    """The public holidays of a span, with their names in Arabic and English.

    `first`, `last`: the earliest and latest holiday of all, whatever the span; None: there is none.
    """

    named: Mapping[date, tuple[str, str]]
    first: date | None
    last: date | None

    @property
    def days(self) -> frozenset[date]:
        """The days alone, as the rules of working days take them."""
        return frozenset(self.named)


async def holidays(lane: Lane, first: date, last: date) -> Holidays:
    """The public holidays from `first` to `last`, both included, in one statement."""
    row = await lane.row(_KNOWN, {"first": first, "last": last})
    if row is None:  # a select without a table answers one row
        raise RuntimeError("the holidays cannot be read")
    named = json.loads(row["named"] or "{}")
    return Holidays(
        {date.fromisoformat(day): (ar, en) for day, (ar, en) in named.items()}, row["first"], row["last"]
    )


async def working_day(lane: Lane, start: date, days: int) -> Document:
    """The working day `days` working days after (or before) `start`, and the holidays on the way.

    Raises BeyondCalendar where the holidays of the way are not known.
    """
    known = await holidays(lane, *_span(start, days))
    rules.check_known(start, known.first, known.last, "start")
    found = rules.add_working_days(start, days, known.days)
    rules.check_known(found, known.first, known.last, "days")
    skipped = [
        {"day": day.isoformat(), "name_ar": known.named[day][0], "name_en": known.named[day][1]}
        for day in rules.holidays_skipped(start, days, found, known.days)
    ]
    body = {"start": start.isoformat(), "days": days, "date": found.isoformat(), "skipped": skipped}
    # The calendar has no version of its own: it is 1, and the hash of the body tells a change.
    return Document(json.dumps(body, ensure_ascii=False).encode(), version=1)


def _span(start: date, days: int) -> tuple[date, date]:
    """Days enough to hold the answer: a year of holidays more than the weeks of work themselves take."""
    reach = timedelta(days=abs(days) * _WEEK // _WEEK_OF_WORK + rules.LONGEST)
    earliest, latest = date.min + reach, date.max - reach
    return max(start, earliest) - reach, min(start, latest) + reach
