"""Oman's real holidays in the database of a test, and schedules set through the service."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import holidays
import httpx
import pytest

from app import clock, ids
from tests.factories.world import Person, World

YEARS = range(2021, 2032)
NOW = datetime(2026, 11, 22, 6, tzinfo=UTC)
"""A Sunday morning in Muscat."""


@contextmanager
def at(moment: datetime | date = NOW) -> Iterator[None]:
    """Let the service believe that it is this moment, or this day at noon in Muscat."""
    if not isinstance(moment, datetime):
        moment = datetime(moment.year, moment.month, moment.day, 8, tzinfo=UTC)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clock, "now", lambda: moment)
        yield


def oman(years: range = YEARS) -> dict[date, str]:
    """The public holidays of Oman by day, as the package knows or estimates them."""
    return dict(holidays.country_holidays("OM", years=years, language="ar"))


async def know_holidays(world: World, years: range = YEARS) -> None:
    """Enter all of them, in place of those that are there."""
    await world.owner.execute("delete from holidays")
    rows = [(ids.new(), day, name) for day, name in oman(years).items()]
    await world.owner.executemany(
        "insert into subjects (id, kind, created_at) values ($1, 'holiday', now())", [row[:1] for row in rows]
    )
    await world.owner.executemany(
        "insert into holidays (id, day, name_ar, name_en, estimated) values ($1, $2, $3, 'Holiday', false)",
        rows,
    )


PLAN = {
    "frequency": "quarterly",
    "starts_on": "2026-01-01",
    "opens_after": 1,
    "due_after": 10,
    "late_for": 5,
    "closes_after": 10,
    "reason": "تتاح القيم كل ربع سنة",
}


async def set_schedule(person: Person, indicator: UUID, **said: Any) -> httpx.Response:
    """Set a schedule as the person sees the indicator now; `said` differs from PLAN."""
    path = f"/v1/indicators/{indicator}"
    return await person.api.send(
        "POST",
        f"{path}/schedules",
        json=PLAN | said,
        headers={"If-Match": await person.api.etag(path), "Idempotency-Key": uuid4().hex},
    )


async def scheduled(person: Person, indicator: UUID, **said: Any) -> None:
    """The same, and it succeeds."""
    answer = await set_schedule(person, indicator, **said)
    assert answer.status_code == 201, answer.text


async def owed(owner: "asyncpg.Connection[asyncpg.Record]", indicator: UUID) -> list[asyncpg.Record]:
    """The obligations of an indicator that stand, in the order of their periods."""
    return await owner.fetch(
        "select * from obligations where indicator_id = $1 and replaced_at is null order by period_start",
        indicator,
    )
