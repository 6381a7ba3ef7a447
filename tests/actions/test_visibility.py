"""Who sees an action: the office, its owner, and who is assigned to what it serves; UNIT does not."""

import pytest

from app.enums import Role
from tests.factories.actions import OUTCOME, id_of, opened, reported
from tests.factories.challenges import Bureau
from tests.factories.world import Person, World


@pytest.fixture(scope="module")
async def bureau(world: World) -> Bureau:
    return await Bureau.make(world)


@pytest.fixture(scope="module")
async def second(bureau: Bureau) -> Person:
    """Another specialist of the office."""
    return await bureau.world.person(Role.SPECIALIST, bureau.entity)


async def sees(person: Person, path: str) -> bool:
    status = (await person.api.get(path)).status_code
    assert status in (200, 404)
    listed = (await person.api.get("/v1/actions", limit="200")).json()["items"]
    assert (id_of(path) in {item["id"] for item in listed}) == (status == 200)
    return status == 200


async def test_the_office_and_the_owner_see_it(bureau: Bureau) -> None:
    path = await opened(bureau)
    other = await Bureau.make(bureau.world)
    elsewhere = await bureau.world.person(
        Role.DIVISION_MEMBER, division=await bureau.world.division(bureau.entity)
    )
    stranger = await bureau.world.user()
    for person in (bureau.manager, bureau.specialist, bureau.head, bureau.head_office, bureau.enterer):
        assert await sees(person, path)
    for person in (
        bureau.representative,
        bureau.unit,
        bureau.editor,
        other.manager,
        elsewhere,
        stranger,
    ):
        assert not await sees(person, path)


async def test_a_restricted_one_is_for_those_named(bureau: Bureau, second: Person) -> None:
    path = await reported(bureau, classification="restricted")
    for person in (bureau.manager, bureau.specialist, bureau.head, bureau.head_office, bureau.enterer):
        assert await sees(person, path)
    assert not await sees(second, path)
    found = (await bureau.manager.api.get(path)).json()
    assert [each["party"] for each in found["awaiting"]] == ["manager"]
    inbox = (await second.api.get("/v1/inbox", limit="200")).json()["items"]
    assert id_of(path) not in {item["subject_id"] for item in inbox}
    assert (await bureau.done(bureau.manager, path, "confirm"))["state"] == "done"


async def test_it_is_as_closed_as_what_it_comes_from(bureau: Bureau) -> None:
    challenge = await bureau.opened(classification="restricted")
    path = await opened(bureau, source="challenge", source_id=id_of(challenge))
    found = (await bureau.specialist.api.get(path)).json()
    assert found["classification"] == "restricted"
    etag = await bureau.specialist.api.etag(path)
    answer = await bureau.specialist.api.patch(path, etag, {"classification": "internal"})
    assert answer.json()["errors"][0]["code"] == "more_open_than_subject"


async def test_who_is_assigned_to_what_it_serves_sees_it(bureau: Bureau) -> None:
    path = await opened(bureau, about_id=str(bureau.indicator))
    assert not await sees(bureau.representative, path)
    await bureau.world.assign(bureau.representative, bureau.indicator, bureau.entity)
    assert await sees(bureau.representative, path)


async def test_an_owner_who_has_left_the_entity_sees_it_no_more(bureau: Bureau) -> None:
    world = bureau.world
    owner = await world.person(Role.EXPERT, bureau.entity)
    path = await opened(bureau, owner_id=str(owner.id))
    await world.appoint(owner, Role.UNIT_SPECIALIST, await world.entity(is_unit=True))
    assert await sees(owner, path)
    await world.owner.execute(
        "update memberships set ends_at = now() - interval '1 second' where id = $1", owner.memberships[0]
    )
    assert not await sees(owner, path)
    assert (await owner.api.get("/v1/inbox")).json()["items"] == []
    etag = await bureau.manager.api.etag(path)
    handed = {"owner_id": None, "division_id": str(bureau.executing.id)}
    assert (await bureau.manager.api.patch(path, etag, handed)).status_code == 200
    await bureau.done(bureau.enterer, path, "report", outcome=OUTCOME)
