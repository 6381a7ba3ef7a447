"""What the tables themselves refuse the service, whatever its code would say."""

from collections.abc import AsyncIterator
from uuid import UUID

import asyncpg
import pytest

from tests.definitions.ministry import Ministry
from tests.factories.world import World
from tests.results.office import Office


@pytest.fixture(scope="module")
async def runtime(database_url: str) -> AsyncIterator["asyncpg.Connection[asyncpg.Record]"]:
    """The service's own role, that reaches the whole nation."""
    connection = await asyncpg.connect(database_url)
    await connection.execute("set role mutabaa_app")
    await connection.execute("set app.national = 'on'")
    yield connection
    await connection.close()


@pytest.fixture(scope="module")
async def indicator(world: World) -> UUID:
    """An active indicator with a target and an approved figure."""
    office = await Office.make(world)
    await world.target(office.indicator, 2030, value=35)
    await office.approved()
    return office.indicator


REFUSED = (
    "update indicators set unit_ar = 'ألف ريال' where id = $1",
    "update indicators set polarity = 'lower_better' where id = $1",
    "update indicators set measure = 'rank' where id = $1",
    "update indicators set state = 'draft', definition_id = null where id = $1",
    "update definitions set method_ar = 'طريقة أخرى' where indicator_id = $1",
    "update definitions set decimals = 3 where indicator_id = $1",
    "update definitions set green_at = 50, amber_at = 10 where indicator_id = $1",
    "update definitions set number = 9 where indicator_id = $1",
    "update definitions set state = 'draft' where indicator_id = $1",
    "update targets set value = 1 where definition_id = (select definition_id from indicators where id = $1)",
    "delete from targets where definition_id = (select definition_id from indicators where id = $1)",
    "insert into targets (definition_id, year, kind, value)"
    " select definition_id, 2040, 'value', 40 from indicators where id = $1",
    "update results set definition_id = gen_random_uuid() where indicator_id = $1",
)


@pytest.mark.parametrize("statement", REFUSED)
async def test_what_is_in_force_stays(
    runtime: "asyncpg.Connection[asyncpg.Record]", indicator: UUID, statement: str
) -> None:
    with pytest.raises(asyncpg.CheckViolationError):
        await runtime.execute(statement, indicator)


async def test_the_targets_of_a_draft_are_behind_the_wall(world: World, database_url: str) -> None:
    ministry = await Ministry.make(world)
    drafted, active = await ministry.drafted(), await ministry.active()
    elsewhere = (await world.entity()).id
    connection = await asyncpg.connect(database_url)
    try:
        await connection.execute("set role mutabaa_app")
        for entity, made, seen in (
            (elsewhere, drafted, 0),
            (ministry.entity.id, drafted, 1),
            (elsewhere, active, 1),
        ):
            await connection.execute("select set_config('app.entities', $1, false)", f"{{{entity}}}")
            definition = UUID(made.definition.rpartition("/")[2])
            found = await connection.fetch("select year from targets where definition_id = $1", definition)
            assert len(found) == seen
        delete = "delete from targets where definition_id = $1"
        definition = UUID(drafted.definition.rpartition("/")[2])
        assert await connection.execute(delete, definition) == "DELETE 0"
    finally:
        await connection.close()


async def test_a_retired_indicator_stays_retired(
    world: World, runtime: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    indicator = await world.indicator(await world.entity())
    retire = "update indicators set state = 'retired', retired_on = '2026-06-30' where id = $1"
    assert await runtime.execute(retire, indicator) == "UPDATE 1"
    with pytest.raises(asyncpg.CheckViolationError):
        await runtime.execute(
            "update indicators set state = 'active', retired_on = null where id = $1", indicator
        )
