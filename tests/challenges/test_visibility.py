"""Who sees a challenge: the office, who is in charge of it, and UNIT once it is addressed to it."""

from uuid import UUID, uuid4

import pytest

from app.enums import Role
from tests.evidence.bringing import Proof, announcement, put
from tests.factories.challenges import Bureau
from tests.factories.world import Person, World


@pytest.fixture(scope="module")
async def bureau(world: World) -> Bureau:
    return await Bureau.make(world)


async def sees(person: Person, path: str) -> bool:
    status = (await person.api.get(path)).status_code
    assert status in (200, 404)
    thread = (await person.api.get(f"{path}/thread")).status_code
    assert thread == status
    listed = (await person.api.get("/v1/challenges", limit="200")).json()["items"]
    assert (path.rpartition("/")[2] in {item["id"] for item in listed}) == (status == 200)
    return status == 200


async def test_who_sees_what_is_in_the_office(bureau: Bureau) -> None:
    path = await bureau.opened()
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
        other.head,
        elsewhere,
        stranger,
    ):
        assert not await sees(person, path)


async def test_unit_sees_it_from_the_coordination_on(bureau: Bureau) -> None:
    path = await bureau.opened()
    assert not await sees(bureau.unit, path)
    await bureau.coordinated(path)
    assert await sees(bureau.unit, path)
    found = (await bureau.unit.api.get(path)).json()
    assert found["actions"] == []


async def test_a_restricted_one_is_for_those_named(bureau: Bureau) -> None:
    path = await bureau.opened(classification="restricted")
    second = await bureau.world.person(Role.SPECIALIST, bureau.entity)
    assert await sees(bureau.specialist, path), "who opened it"
    assert await sees(bureau.manager, path), "who holds it"
    assert await sees(bureau.head, path)
    assert await sees(bureau.enterer, path), "the division that owns it"
    assert not await sees(second, path)
    await bureau.tried(path)
    await bureau.world.assign(second, UUID(path.rpartition("/")[2]), bureau.entity)
    assert await sees(second, path), "who is assigned to it"


async def test_who_owns_it_sees_it(bureau: Bureau) -> None:
    expert = await bureau.world.person(Role.EXPERT, bureau.entity)
    path = await bureau.opened(owner_id=str(expert.id))
    assert await sees(expert, path)
    assert not await sees(bureau.enterer, path), "a person owns it, not the division"


async def test_statistics_count_what_the_reader_sees(bureau: Bureau) -> None:
    other = await Bureau.make(bureau.world)
    await other.opened()
    await other.with_head()
    for person, count in ((other.manager, 2), (other.unit, 1), (bureau.manager, 0)):
        answer = await person.api.get("/v1/challenge-statistics", entity_id=str(other.entity.id))
        assert answer.json()["total"] == count
        assert sum(group["total"] for group in answer.json()["by_entity"]) == count


async def test_evidence_follows_the_challenge(bureau: Bureau) -> None:
    path = await bureau.with_committee()
    id_ = path.rpartition("/")[2]
    said = {"kind": "letter", "title": "رد اللجنة المختصة"}
    version = (await bureau.manager.api.get(path)).json()["version"]
    made = await bureau.head_office.api.create(
        "/v1/evidence", {**announcement(bureau.indicator), **said, "subject_id": id_}
    )
    assert made.status_code == 201, made.text
    assert (await bureau.manager.api.get(path)).json()["version"] == version + 1
    proof = made.json()["id"]

    class Named:
        """What `put` asks of a proof."""

        path = f"/v1/evidence/{proof}"

    uploaded = await put(bureau.head_office, Named())  # type: ignore[arg-type]
    assert uploaded.status_code == 200, uploaded.text
    assert (await bureau.specialist.api.get(Named.path)).status_code == 200
    assert (await bureau.unit.api.get(Named.path)).status_code == 404, "nobody has verified it yet"
    thread = (await bureau.manager.api.get(f"{path}/thread")).json()
    assert [each["id"] for each in thread["evidence"]] == [proof]
    own = await bureau.specialist.api.step(
        f"{Named.path}/verify", await bureau.specialist.api.etag(Named.path)
    )
    assert (own.status_code, own.json()["code"]) == (403, "four_eyes"), "they opened the challenge"
    second = await bureau.world.person(Role.SPECIALIST, bureau.entity)
    verified = await second.api.step(f"{Named.path}/verify", await second.api.etag(Named.path))
    assert verified.status_code == 200, verified.text
    assert (await bureau.unit.api.get(Named.path)).status_code == 200
    stranger = await bureau.world.person(
        Role.DIVISION_MEMBER, division=await bureau.world.division(bureau.entity)
    )
    refused = await stranger.api.create("/v1/evidence", {**announcement(bureau.indicator), "subject_id": id_})
    assert refused.status_code == 422
    assert (await stranger.api.get(f"/v1/challenges/{uuid4()}")).status_code == 404


async def test_evidence_of_a_restricted_challenge_names_it_to_no_other_specialist(bureau: Bureau) -> None:
    path = await bureau.opened(bureau.specialist, classification="restricted")
    second = await bureau.world.person(Role.SPECIALIST, bureau.entity)
    made = await bureau.specialist.api.create(
        "/v1/evidence", {**announcement(bureau.indicator), "subject_id": path.rpartition("/")[2]}
    )
    assert made.status_code == 201, made.text
    proof = Proof.of(made)
    evidence_id = proof.path.rpartition("/")[2]
    assert evidence_id not in (await second.api.get("/v1/inbox")).text
    assert (await second.api.get(proof.path)).status_code == 404
    assert (await put(bureau.specialist, proof)).status_code == 200
    assert evidence_id not in (await second.api.get("/v1/inbox")).text
    assert evidence_id in (await bureau.manager.api.get("/v1/inbox")).text
    etag = await bureau.manager.api.etag(proof.path)
    assert (await bureau.manager.api.step(f"{proof.path}/verify", etag)).status_code == 200
