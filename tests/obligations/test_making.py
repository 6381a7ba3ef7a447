"""Making obligations in the real database: whatever schedules follow each other, no day is asked for twice."""

import asyncio
from collections.abc import AsyncIterator
from datetime import date, timedelta

import asyncpg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.enums import Frequency
from app.services.obligations import periods
from app.services.obligations.making import HOLD_CALENDAR
from tests.factories.calendar import NOW, at, know_holidays, owed, scheduled, set_schedule
from tests.factories.world import World
from tests.results.office import Office

UNTIL = date(2027, 12, 31)
GAPLESS = (Frequency.MONTHLY, Frequency.QUARTERLY, Frequency.SEMIANNUAL, Frequency.ANNUAL)


@pytest.fixture(scope="module")
async def office(world: World) -> AsyncIterator[Office]:
    await know_holidays(world)
    with at(NOW):
        yield await Office.make(world)


def months_after_2021(months: int) -> date:
    """The first day of the month so many months after January 2021."""
    return date(2021 + months // 12, months % 12 + 1, 1)


attempts = st.lists(
    st.tuples(st.sampled_from(list(Frequency)), st.integers(0, 90).map(months_after_2021)),
    min_size=1,
    max_size=6,
)
forward = attempts.map(lambda tried: sorted(tried, key=lambda one: one[1]))


@given(st.one_of(forward, attempts))
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
async def test_each_day_is_asked_for_once(office: Office, tried: list[tuple[Frequency, date]]) -> None:
    """Schedules are set one after the other; those that do not fit are refused and leave no trace."""
    world = office.world
    indicator = await world.indicator(office.entity)
    taken: list[tuple[Frequency, date]] = []
    for frequency, start in tried:
        answer = await set_schedule(
            office.manager, indicator, frequency=frequency.value, starts_on=start.isoformat()
        )
        assert answer.status_code in (201, 422), answer.text
        if answer.status_code == 201:
            taken.append((frequency, start))
            assert len(taken) < 2 or taken[-2][1] <= start
        rows = await owed(world.owner, indicator)
        asked = [day for row in rows for day in days(row["period_start"], row["period_end"])]
        assert len(asked) == len(set(asked))
        assert set(asked) == {day for day in days(date(2021, 1, 1), UNTIL) if expected(taken, day)}
        for row in rows:
            code = periods.parse(row["period"])
            assert (code.start, code.end) == (row["period_start"], row["period_end"])


def days(first: date, last: date) -> list[date]:
    """From the one to the other, both included."""
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]


def expected(taken: list[tuple[Frequency, date]], day: date) -> bool:
    """Whether an obligation asks for a day: what the newest schedule that has begun says of it."""
    holding = [one for one in taken if one[1] <= day]
    if not holding:
        return False
    frequency, start = holding[-1]
    return frequency in GAPLESS or (frequency == Frequency.BIENNIAL and (day.year - start.year) % 2 == 0)


async def test_what_was_approved_before_its_period_was_asked_for_has_served_it(office: Office) -> None:
    world = office.world
    indicator = await world.indicator(office.entity, office.executing)
    await office.approved("2023", indicator=indicator)
    await office.approved("2024", indicator=indicator, obs_status="E")
    await office.reviewed("2025", indicator=indicator)
    await scheduled(office.manager, indicator, frequency="annual", starts_on="2023-01-01")
    rows = await world.owner.fetch(
        "select period, served_on from obligations where indicator_id = $1 and period < '2026'", indicator
    )
    assert dict(map(tuple, rows)) == {"2023": NOW.date(), "2024": None, "2025": None}


async def test_a_schedule_that_is_set_while_a_holiday_is_entered_counts_it(
    office: Office, database_url: str
) -> None:
    world = office.world
    indicator = await world.indicator(office.entity)
    day = date(2027, 1, 3)  # the Sunday after the year 2026
    other = await asyncpg.connect(database_url)
    try:
        async with other.transaction():
            await other.execute(HOLD_CALENDAR)
            setting = asyncio.create_task(set_schedule(office.manager, indicator, frequency="annual"))
            await asyncio.sleep(0.3)
            assert not setting.done()
            holiday = await world.holiday(day)
        assert (await setting).status_code == 201
    finally:
        await other.close()
    [row, _] = await owed(world.owner, indicator)
    assert row["opens_on"] == day + timedelta(days=1)
    await world.owner.execute("update holidays set cancelled_at = now() where id = $1", holiday)


async def test_a_figure_and_the_schedule_that_would_replace_its_period_exclude_each_other(
    office: Office,
) -> None:
    world = office.world
    outcomes: set[tuple[int, int]] = set()
    for delay in (0, 0, 0, 0.005, 0.01, 0.015, 0.02, 0.03):
        indicator = await world.indicator(office.entity, office.executing, frequency=Frequency.QUARTERLY)
        await scheduled(office.manager, indicator, closes_after=60)
        path = f"/v1/indicators/{indicator}/results"
        setting = asyncio.create_task(
            set_schedule(office.manager, indicator, frequency="semiannual", starts_on="2026-07-01")
        )
        await asyncio.sleep(delay)
        entered = await office.enterer.api.create(path, {"period": "2026-Q3", "value": 1})
        outcome = (entered.status_code, (await setting).status_code)
        assert outcome in {(201, 409), (422, 201)}, outcome
        outcomes.add(outcome)
        periods_owed = [row["period"] for row in await owed(world.owner, indicator)]
        assert ("2026-Q3" in periods_owed) == (outcome == (201, 409))
    assert outcomes
