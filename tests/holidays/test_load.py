"""The public holidays that are loaded: with a history, and never again where UNIT has decided otherwise."""

import json
from datetime import UTC, date, datetime

import asyncpg

from app.services.load import merging
from app.services.load.catalogue import load_holidays
from app.services.load.merging import Tally
from tests.factories.calendar import oman
from tests.factories.world import World

AT = datetime(2026, 11, 22, 6, tzinfo=UTC)
CANCELLED, BY_HAND = date(2027, 3, 8), date(2027, 3, 9)


async def test_a_day_that_unit_cancelled_does_not_come_back(
    world: World, owner: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    expected = set(oman())
    by_hand = await world.holiday(BY_HAND, "عيد", "A feast")
    async with owner.transaction():
        assert await load_holidays(owner, AT) == Tally(new=len(expected) - 1, unchanged=1)
    [row] = await owner.fetch("select * from holidays where day = $1", CANCELLED)
    assert row["id"] == merging.made_id("holidays", CANCELLED)
    [event] = await owner.fetch("select * from events where subject_id = $1", row["id"])
    assert (event["action"], event["actor_id"]) == ("holidays.load", None)
    assert json.loads(event["changes"])["fields"]["day"] == [None, "2027-03-08"]
    await owner.execute("update holidays set cancelled_at = $2 where id = any($1)", [row["id"], by_hand], AT)
    async with owner.transaction():
        assert await load_holidays(owner, AT) == Tally(unchanged=len(expected))
    standing = await owner.fetch("select day from holidays where cancelled_at is null")
    assert {row["day"] for row in standing} == expected - {CANCELLED, BY_HAND}
