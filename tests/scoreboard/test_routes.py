"""The scoreboard as it is asked for: whose figures each reader sees, what is missing, and what looks back."""

from typing import Any

from app.schemas.scoreboard import ScoreboardLine, ScoreboardRead
from tests.factories.world import Person, World
from tests.results.office import Office


async def board(person: Person, by: str = "entity", **asked: Any) -> ScoreboardRead:
    """The scoreboard as a person sees it."""
    answer = await person.api.get("/v1/scoreboard", by=by, **asked)
    assert answer.status_code == 200, answer.text
    return ScoreboardRead.model_validate_json(answer.content)


async def line(person: Person, office: Office, **asked: Any) -> ScoreboardLine:
    """The line of an office."""
    found = (await board(person, entity_id=str(office.entity.id), **asked)).lines
    assert len(found) == 1
    assert found[0].key is not None
    assert found[0].key.id == office.entity.id
    return found[0]


async def growing(world: World, office: Office, indicator: Any = None) -> None:
    """From 0 at the end of 2020 to 100 at the end of 2030: by 2024 40 is expected."""
    indicator = indicator or office.indicator
    await world.target(indicator, 2030, value=100)
    await world.owner.execute(
        "update definitions set baseline_value = 0, baseline_year = 2020 where indicator_id = $1", indicator
    )


async def test_an_approval_moves_the_line_of_its_entity(world: World) -> None:
    office = await Office.make(world)
    await growing(world, office)
    before = await line(office.manager, office)
    assert (before.indicators, before.asked, before.assessed, before.coverage) == (1, 1, 0, 0)
    assert (before.score, before.light, before.grey, before.trend) == (None, "grey", 1, None)
    await office.approved("2023", value=30)
    await office.approved("2024", value=36)
    after = await line(office.manager, office)
    assert (after.assessed, after.coverage, after.score, after.pace) == (1, 1, 36, 90)
    assert (after.light, after.green, after.on_track) == ("green", 1, 0)
    assert (after.trend, after.change) == ("better", 6)
