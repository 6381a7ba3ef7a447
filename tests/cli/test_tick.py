"""`mutabaa tick`: what is due follows the schedules as time goes on."""

import asyncio
import json
import os
from collections.abc import AsyncIterator, Collection
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from typer.testing import CliRunner

from app import cli, ticking
from app.enums import Frequency
from app.services.obligations import making, periods
from app.services.obligations.periods import Dates, Windows
from app.ticking import Done
from tests.factories.calendar import NOW, at, know_holidays, owed, scheduled
from tests.factories.world import World
from tests.results.office import Office

NEXT_YEAR = date(2027, 1, 1)


@pytest.fixture(autouse=True)
async def office(world: World) -> AsyncIterator[Office]:
    """A ministry of this test's own; what other tests left behind is retired."""
    await know_holidays(world)
    await world.owner.execute("update indicators set state = 'retired', retired_on = '2026-01-01'")
    await world.owner.execute("update obligations set replaced_at = now() where replaced_at is null")
    with at(NOW):
        yield await Office.make(world)


async def many(office: Office, count: int, frequency: str = "monthly") -> list[UUID]:
    """Indicators with a schedule since January 2026, of which nothing is made yet."""
    made = [await office.world.indicator(office.entity) for _ in range(count)]
    for number, indicator in enumerate(made):
        await office.world.insert(
            "schedules",
            id=UUID(int=indicator.int ^ 1),
            indicator_id=indicator,
            entity_id=office.entity.id,
            number=1,
            frequency=frequency,
            starts_on=date(2026, 1, 1),
            opens_after=1,
            due_after=10 + number % 3,
            late_for=5,
            closes_after=10,
            set_at=NOW,
        )
        await office.world.owner.execute(
            "update indicators set frequency = $2 where id = $1", indicator, frequency
        )
    return made


async def test_a_new_year_asks_for_one_more_and_a_second_run_for_none(
    world: World, office: Office, database_url: str
) -> None:
    kinds = {frequency: await world.indicator(office.entity, frequency=frequency) for frequency in Frequency}
    for frequency, indicator in kinds.items():
        await scheduled(office.manager, indicator, frequency=frequency.value)
    assert await ticking.tick(database_url) == Done()
    last = {
        frequency: [row["period"] for row in await owed(world.owner, i)] for frequency, i in kinds.items()
    }
    assert last[Frequency.BIENNIAL] == ["2026"]
    assert last[Frequency.IRREGULAR] == []
    with at(NEXT_YEAR):
        assert await ticking.tick(database_url) == Done(made=12 + 4 + 2 + 1 + 1)
        assert await ticking.tick(database_url) == Done()
    after = {
        frequency: [row["period"] for row in await owed(world.owner, i)] for frequency, i in kinds.items()
    }
    assert after[Frequency.BIENNIAL] == ["2026", "2028"]
    assert after[Frequency.ANNUAL] == ["2026", "2027", "2028"]
    assert after[Frequency.QUARTERLY][-4:] == ["2028-Q1", "2028-Q2", "2028-Q3", "2028-Q4"]
    assert after[Frequency.MONTHLY] == [f"{y}-{m:02}" for y in (2026, 2027, 2028) for m in range(1, 13)]
    assert after[Frequency.IRREGULAR] == []
    # The day before the year is over in Muscat nothing is asked for yet.
    with at(date(2027, 12, 31)):
        assert await ticking.tick(database_url) == Done()


async def test_years_that_were_missed_are_made_up_for(
    world: World, office: Office, database_url: str
) -> None:
    await scheduled(office.manager, office.indicator, frequency="annual")
    with at(date(2029, 6, 1)):
        assert await ticking.tick(database_url) == Done(made=3)
    assert [row["period"] for row in await owed(world.owner, office.indicator)] == [
        "2026",
        "2027",
        "2028",
        "2029",
        "2030",
    ]


@pytest.mark.parametrize("batch", [1, 3, 4, 200])
async def test_batches_of_any_size_come_to_the_same(
    world: World, office: Office, database_url: str, batch: int
) -> None:
    indicators = await many(office, 4)
    assert await ticking.tick(database_url, batch) == Done(made=4 * 24)
    for indicator in indicators:
        assert len(await owed(world.owner, indicator)) == 24
    assert await ticking.tick(database_url, batch) == Done()


async def test_beyond_the_known_holidays_nothing_is_guessed(
    world: World, office: Office, database_url: str
) -> None:
    await scheduled(office.manager, office.indicator, frequency="quarterly")
    await know_holidays(world, range(2021, 2029))
    with at(NEXT_YEAR):
        # The figures of the last quarter of 2028 are due in 2029.
        assert await ticking.tick(database_url) == Done(made=3, undated=1)
        assert await ticking.tick(database_url) == Done(undated=1)
        await know_holidays(world)
        assert await ticking.tick(database_url) == Done(made=1)
    assert [row["period"] for row in await owed(world.owner, office.indicator)][-1] == "2028-Q4"


async def test_a_schedule_to_come_begins_on_its_day(world: World, office: Office, database_url: str) -> None:
    await scheduled(office.manager, office.indicator, frequency="quarterly")
    await scheduled(office.manager, office.indicator, frequency="monthly", starts_on="2027-04-01")

    async def indicator() -> tuple[str, int]:
        [row] = await world.owner.fetch(
            "select frequency, version from indicators where id = $1", office.indicator
        )
        return row["frequency"], row["version"]

    assert await indicator() == ("quarterly", 3)
    with at(date(2027, 3, 31)):
        assert (await ticking.tick(database_url)).begun == 0
    assert await indicator() == ("quarterly", 3)
    with at(date(2027, 4, 1)):
        assert (await ticking.tick(database_url)).begun == 1
        assert (await ticking.tick(database_url)).begun == 0
    assert await indicator() == ("monthly", 4)
    said = await world.owner.fetchval(
        "select changes from events where subject_id = $1 and action = 'schedules.begin'", office.indicator
    )
    assert json.loads(said) == {"fields": {"frequency": ["quarterly", "monthly"]}}


async def test_days_that_a_load_brought_are_counted(world: World, office: Office, database_url: str) -> None:
    await scheduled(office.manager, office.indicator, frequency="annual")
    [row, _] = await owed(world.owner, office.indicator)
    await world.holiday(row["due_on"])
    assert await ticking.tick(database_url) == Done(redated=1)
    assert await ticking.tick(database_url) == Done()
    [moved, _] = await owed(world.owner, office.indicator)
    assert moved["due_on"] > row["due_on"]
    assert moved["opens_on"] == row["opens_on"]
    told = await world.owner.fetch("select actor_id, changes from events where subject_id = $1", row["id"])
    assert [event["actor_id"] for event in told] == [None]


async def test_a_retired_indicator_owes_nothing_new(world: World, office: Office, database_url: str) -> None:
    [indicator] = await many(office, 1)
    await world.owner.execute(
        "update indicators set state = 'retired', retired_on = '2026-11-01' where id = $1", indicator
    )
    assert await ticking.tick(database_url) == Done()
    assert await owed(world.owner, indicator) == []


async def test_two_at_once_make_each_once(world: World, office: Office, database_url: str) -> None:
    await many(office, 12)
    both = await asyncio.gather(*(ticking.tick(database_url, 2) for _ in range(2)))
    assert sum(done.made for done in both) == 12 * 24
    assert await ticking.tick(database_url) == Done()


async def test_a_tick_that_dies_has_done_whole_batches(
    world: World, office: Office, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    indicators = sorted(await many(office, 6))
    extend, calls = making.extend, []

    async def dies(*args: object) -> object:
        done = await extend(*args)  # type: ignore[arg-type]
        calls.append(done)
        if len(calls) == 2:
            raise asyncpg.ConnectionDoesNotExistError("gone")
        return done

    with monkeypatch.context() as patch:
        patch.setattr(making, "extend", dies)
        with pytest.raises(asyncpg.ConnectionDoesNotExistError):
            await ticking.tick(database_url, 2)
    counts = [len(await owed(world.owner, indicator)) for indicator in indicators]
    assert counts == [24, 24, 0, 0, 0, 0]
    assert await ticking.tick(database_url, 2) == Done(made=4 * 24)


async def test_many_are_made_in_a_few_statements(
    world: World, office: Office, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As many for three indicators as for forty; and a date is counted once for all that share it."""
    found = []
    dates, connect = periods.dates, asyncpg.connect
    counted: list[date] = []
    heard: list[str] = []

    def counting(end: date, windows: Windows, off: Collection[date]) -> Dates:
        counted.append(end)
        return dates(end, windows, off)

    async def watched(*args: Any, **options: Any) -> Any:
        connection = await connect(*args, **options)
        connection.add_query_logger(lambda record: heard.append(record.query.strip()))
        return connection

    monkeypatch.setattr(periods, "dates", counting)
    for count in (3, 40):
        await many(office, count)
        heard.clear()
        counted.clear()
        with monkeypatch.context() as patch:
            patch.setattr(asyncpg, "connect", watched)
            assert await ticking.tick(database_url) == Done(made=count * 24)
        drivers = ("BEGIN", "COMMIT", "pg_catalog", "'jit'")
        ours = [one for one in heard if not any(word in one for word in drivers)]
        found.append(len(ours))
        # 24 months with three kinds of windows; those of the first round are dated again, to see if they moved.
        assert len(counted) <= 2 * 24 * 3
    assert found[0] == found[1] <= 11, "\n---\n".join(ours)


async def test_the_command_says_what_it_made(office: Office, database_url: str) -> None:
    await many(office, 2)
    none = {name: None for name in os.environ if name.startswith("MUTABAA_")}
    env = {**none, "MUTABAA_DATABASE_URL": database_url}
    # Of each the figure of one month is taken on that day.
    for made, awaited in ((2 * 24, 2), (0, 0)):
        done = await asyncio.to_thread(CliRunner().invoke, cli.cli, ["tick"], env=env)
        assert done.exit_code == 0, done.stderr
        assert done.stdout.splitlines() == [
            f"obligations: {made} made, 0 dated anew",
            "indicators: 0 measured by another schedule from now on",
            f"figures: {awaited} wait otherwise than before",
        ]


async def test_nothing_is_due_later_than_the_horizon(world: World, office: Office, database_url: str) -> None:
    await many(office, 1)
    await ticking.tick(database_url)
    latest = await world.owner.fetchval("select max(period_start) from obligations where replaced_at is null")
    assert latest <= date(2027, 12, 31)
    assert latest + timedelta(days=31) > date(2027, 12, 31)
