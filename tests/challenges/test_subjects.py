"""What a challenge can be about: figures, definitions, initiatives (Guide X-6)."""

import pytest

from tests.factories.challenges import CHALLENGE
from tests.factories.initiatives import House
from tests.factories.world import World


@pytest.fixture(scope="module")
async def house(world: World) -> House:
    return await House.make(world)


async def test_who_carries_out_a_project_opens_one_about_it(house: House) -> None:
    project = await house.approved()
    body = {**CHALLENGE, "about_id": str(project.id)}
    for person, status in (
        (house.member, 201),
        (house.specialist, 201),
        (house.outsider, 403),
        (house.planner, 403),
        (house.unit, 403),
    ):
        answer = await person.api.create("/v1/challenges", body)
        assert answer.status_code == status, answer.text
        if status == 201:
            about = answer.json()["about"]
            assert (about["kind"], about["id"]) == ("initiative", str(project.id))
            assert answer.json()["division"]["id"] == str(house.executing.id)


async def test_its_project_manager_works_on_it(house: House) -> None:
    project = await house.approved()
    path = f"/v1/initiatives/{project.id}"
    named = await house.manager.api.step(
        f"{path}/put-in-charge",
        await house.manager.api.etag(path),
        {"division_id": str(house.executing.id), "manager_id": str(house.outsider.id)},
    )
    assert named.status_code == 200, named.text
    made = await house.outsider.api.create("/v1/challenges", {**CHALLENGE, "about_id": str(project.id)})
    assert made.status_code == 201, made.text
    assert "challenges.propose_solution" in made.json()["actions"]
    other = await house.specialist.api.create("/v1/challenges", {**CHALLENGE, "about_id": str(project.id)})
    assert (await house.outsider.api.get(f"/v1/challenges/{other.json()['id']}")).status_code == 200


async def test_what_cannot_block_has_no_challenges(house: House) -> None:
    for about in (house.entity.id, house.executing.id, house.member.id):
        answer = await house.manager.api.create("/v1/challenges", {**CHALLENGE, "about_id": str(about)})
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["pointer"] == "#/about_id"
