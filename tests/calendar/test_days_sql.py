"""What is soon in SQL is what the rules of working days say."""

from datetime import date, timedelta

from sqlalchemy import select

from app.db import Query
from app.services.calendar import days_sql
from app.services.calendar.rules import add_working_days
from tests.factories.world import World

LAST = Query(lambda: select(days_sql.last_soon().label("day")))

EID = [date(2027, 5, day) for day in (16, 17, 18, 19, 20)]


async def test_the_last_day_that_is_soon(world: World) -> None:
    for day in EID:
        await world.holiday(day)
    cancelled = await world.holiday(date(2027, 5, 23))
    await world.owner.execute("update holidays set cancelled_at = now() where id = $1", cancelled)
    first = date(2027, 4, 25)
    for today in (first + timedelta(days=ahead) for ahead in range(40)):
        found = await world.owner.fetchval(LAST.sql, *LAST.arguments({"today": today}))
        assert found == add_working_days(today, days_sql.SOON, EID), today
    assert add_working_days(date(2027, 5, 13), days_sql.SOON, EID) == date(2027, 5, 27), (
        "a week of Eid between"
    )
