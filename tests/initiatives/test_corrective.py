"""Of each red light, whether an initiative in work is to move the indicator (Guide I-7)."""

from typing import Any
from uuid import UUID

import pytest

from app.enums import Role
from tests.factories.initiatives import House
from tests.factories.world import Person, World
from tests.results.office import Office


async def _red(office: Office) -> None:
    """Far behind: a quarter of the way where most of it was expected."""
    await office.world.owner.execute(
        "update definitions set baseline_value = 0, baseline_year = 2020"
        " where id = (select definition_id from indicators where id = $1)",
        office.indicator,
    )
    await office.world.target(office.indicator, 2025, value=100)
    await office.approved("2024", value=10)


@pytest.fixture
async def office(world: World) -> Office:
    """A ministry with a red indicator."""
    made = await Office.make(world)
    await _red(made)
    return made


async def _initiative(office: Office) -> str:
    body: dict[str, Any] = {
        "code": "FIX-1",
        "kind": "initiative",
        "name_ar": "مبادرة تصحيحية",
        "name_en": "Corrective initiative",
        "goal": "رفع المعدل",
        "starts_on": "2026-01-01",
        "ends_on": "2027-12-31",
        "milestones": [
            {
                "number": 1,
                "title_ar": "التنفيذ",
                "weight": 100,
                "starts_on": "2026-01-01",
                "due_on": "2027-12-31",
            }
        ],
        "effects": [{"indicator_id": str(office.indicator), "expected": 20, "by_year": 2027}],
    }
    answer = await office.enterer.api.create(f"/v1/entities/{office.entity.id}/initiatives", body)
    assert answer.status_code == 201, answer.text
    return str(answer.headers["Location"])


async def _seen(person: Person, indicator: UUID, entity: UUID) -> list[Any]:
    one = (await person.api.get(f"/v1/indicators/{indicator}")).json()
    card = (await person.api.get(f"/v1/indicators/{indicator}/card")).json()
    listed = (await person.api.get("/v1/indicators", entity_id=str(entity))).json()["items"][0]
    board = (await person.api.get("/v1/scoreboard", by="entity", entity_id=str(entity))).json()["lines"][0]
    return [
        one["light"],
        one["corrective"],
        card["corrective"],
        listed["corrective"],
        board["red_without_corrective"],
    ]


async def test_a_red_light_shows_whether_anything_is_done(office: Office, world: World) -> None:
    unit = await world.person(Role.UNIT_SPECIALIST, await world.entity(is_unit=True))
    stranger = await world.person(Role.MANAGER, await world.entity())
    for person in (office.manager, office.enterer, unit):
        assert await _seen(person, office.indicator, office.entity.id) == ["red", False, False, False, 1]
    path = await _initiative(office)
    await office.enterer.api.step(f"{path}/submit", await office.enterer.api.etag(path))
    assert (await _seen(office.manager, office.indicator, office.entity.id))[1:] == [False, False, False, 1]
    approved = await office.manager.api.step(f"{path}/approve", await office.manager.api.etag(path))
    assert approved.status_code == 200, approved.text
    for person in (office.manager, office.enterer, unit):
        assert await _seen(person, office.indicator, office.entity.id) == ["red", True, True, True, 0]
    assert (await _seen(stranger, office.indicator, office.entity.id))[1:] == [None, None, None, None]
    results = (await office.manager.api.get("/v1/results", indicator_id=str(office.indicator))).json()
    result = (await office.manager.api.get(f"/v1/results/{results['items'][0]['id']}")).json()
    assert (result["score"]["light"], result["corrective"]) == ("red", True)
    await world.owner.execute("update initiatives set classification = 'restricted'")
    assert (await _seen(unit, office.indicator, office.entity.id))[1] is False
    around = (await office.manager.api.get("/v1/dashboard")).json()
    assert around


async def test_what_is_not_red_says_nothing(world: World) -> None:
    house = await House.make(world)
    indicator = await world.indicator(house.entity)
    assert (await _seen(house.manager, indicator, house.entity.id)) == ["grey", None, None, None, 0]
