"""Where an obligation stands, against a plain Python reading, on every day of two months."""

import random
from datetime import date

import pytest
from sqlalchemy import select

from app.db import Query
from app.enums import ObligationState, Role
from app.services.obligations import queries
from app.services.obligations import state as standing
from app.services.obligations.queries import FIGURE, OWED
from tests.factories.world import World
from tests.obligations.owing import DAY, scatter

SEEDS = (1, 2040)
MIDDLE = date(2026, 3, 1)
_QUERY = Query(
    lambda: select(
        OWED.c.id,
        standing.state(OWED, FIGURE).label("state"),
        standing.closed(OWED).label("closed"),
        standing.timely(OWED, FIGURE).label("timely"),
        standing.behind(OWED, FIGURE).label("behind"),
    ).select_from(queries.joined())
)


@pytest.mark.parametrize("seed", SEEDS)
async def test_the_sql_says_what_the_rules_say(world: World, seed: int) -> None:
    chance = random.Random(seed)
    entity = await world.entity()
    person = await world.person(Role.HEAD, entity)
    owed = await scatter(world, chance, entity, await world.indicator(entity), 120, MIDDLE, person.id)
    seen = set()
    for offset in range(-20, 32):
        today = MIDDLE + DAY * offset
        rows = await world.owner.fetch(
            _QUERY.sql,
            *_QUERY.arguments({"today": today, "actor_entities": [entity.id], "actor_national": False}),
        )
        found = {row["id"]: tuple(row)[1:] for row in rows}
        for one in owed:
            said = (one.state(today), one.closed(today), one.timely(), one.behind(today))
            assert found[one.id] == said, (one, today)
            seen.add(said[0])
    assert seen == set(ObligationState), "a state that never comes up is not tested"
