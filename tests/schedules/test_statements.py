"""Setting a schedule costs the same number of statements, however many obligations follow from it."""

from collections.abc import AsyncIterator

import pytest

from tests.core.test_statements import READ, app, counted  # noqa: F401  # the application with a listener
from tests.factories.calendar import NOW, at, know_holidays, owed, scheduled
from tests.factories.world import World
from tests.results.office import Office


@pytest.fixture(autouse=True)
async def _calendar(world: World) -> AsyncIterator[None]:
    await know_holidays(world)
    with at(NOW):
        yield


async def _statements(world: World, frequency: str, starts_on: str, following: str) -> tuple[int, int]:
    """What the second schedule of an indicator costs, and how much is due then."""
    office = await Office.make(world)
    await scheduled(office.manager, office.indicator, frequency=frequency, starts_on=starts_on)
    await office.manager.api.etag(f"/v1/indicators/{office.indicator}")
    with counted(READ + 20) as heard:
        await scheduled(office.manager, office.indicator, frequency=frequency, starts_on=following)
    return len(heard), len(await owed(world.owner, office.indicator))


async def test_a_schedule_costs_the_same_for_two_obligations_and_for_eighty(world: World) -> None:
    few, some = await _statements(world, "biennial", "2024-01-01", "2025-01-01")
    many, eighty = await _statements(world, "monthly", "2021-01-01", "2021-05-01")
    assert (some, eighty) == (3, 84)
    # Reading the indicator for its ETag: 2. Person, indicator; the key locked, looked up and kept; the calendar
    # held, read; the schedule before; contributions held and
    # compared; the version, the event, the schedule; what it replaces, whether that
    # has figures; what is to be made, made, awaited; the answer.
    assert few == many == READ + 19


async def test_the_list_is_one_query(world: World) -> None:
    office = await Office.make(world)
    await scheduled(office.manager, office.indicator)
    with counted(READ):
        answer = await office.manager.api.get(f"/v1/indicators/{office.indicator}/schedules")
    assert len(answer.json()["items"]) == 1
