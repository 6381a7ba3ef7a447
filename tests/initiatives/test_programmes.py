"""National programmes that entities share: each part and the whole (Guide N-2)."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from app import ids
from app.enums import Role
from tests.factories.initiatives import House, today
from tests.factories.world import Person, World


@pytest.fixture
async def other(world: World) -> House:
    """Another ministry."""
    return await House.make(world)


async def programme(world: World, lead: UUID | None = None) -> UUID:
    """A national programme."""
    id_ = ids.new()
    await world.insert(
        "programmes",
        id=id_,
        code=f"PG-{id_.hex[-6:]}",
        kind="national_programme",
        status="current",
        name_ar="البرنامج الوطني للتشغيل",
        name_en="National Employment Programme",
        name_ar_translated=False,
        lead_entity_id=lead,
        source="https://www.oman2040.om",
    )
    return id_


async def joined(house: House, programme_id: UUID, **more: Any) -> str:
    answer = await house.editor.api.create(
        f"/v1/programmes/{programme_id}/participants", {"entity_id": str(house.entity.id), **more}
    )
    assert answer.status_code == 201, answer.text
    return str(answer.headers["Location"])


async def parts(person: Person, programme_id: UUID) -> Any:
    answer = await person.api.get(f"/v1/programmes/{programme_id}/parts")
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_each_part_and_the_whole(house: House, other: House) -> None:
    shared = await programme(house.world, house.entity.id)
    await joined(other, shared)
    one = await house.approved(programme_id=str(shared))
    two = await other.approved(programme_id=str(shared), programme_weight=3)
    await other.approved(programme_id=str(shared), classification="restricted")
    await other.drafted(programme_id=str(shared))
    stopped = await other.stopped(programme_id=str(shared))
    await house.progressed(one, {1: 100})
    await other.progressed(two, {1: 100, 2: 100})
    for reader in (house.outsider, other.member, house.unit):
        said = await parts(reader, shared)
        assert said["percent"] == 87.5  # (1 x 50 + 3 x 100) / 4
        lead, part = said["parts"]
        assert (lead["entity"]["id"], lead["leads"], lead["percent"]) == (str(house.entity.id), True, 50)
        assert (part["leads"], part["percent"], part["weight"]) == (False, 100, 3)
        assert {each["id"] for each in part["initiatives"]} == {str(two.id), str(stopped.id)}
        assert {each["status"] for each in part["initiatives"]} == {"on_track", "stopped"}


async def test_partners_see_the_figures_and_not_the_initiative(house: House, other: House) -> None:
    shared = await programme(house.world, house.entity.id)
    await joined(other, shared)
    made = await house.approved(programme_id=str(shared))
    assert (await other.manager.api.get(made.path)).status_code == 404
    assert (await other.manager.api.get(f"{made.path}/curve")).status_code == 404
    listed = await other.manager.api.get("/v1/initiatives", programme_id=str(shared))
    assert listed.json()["items"] == []


async def test_who_does_not_share_it_reads_no_part(house: House, other: House) -> None:
    shared = await programme(house.world)
    path = f"/v1/programmes/{shared}/parts"
    assert (await house.manager.api.get(path)).status_code == 404
    standing = await joined(house, shared)
    assert (await house.manager.api.get(path)).status_code == 200
    assert (await other.manager.api.get(path)).status_code == 404
    ended = await house.editor.api.step(
        f"{standing}/end", await house.editor.api.etag(standing), {"reason": "انتقل الاختصاص"}
    )
    assert ended.json()["left_on"] == today().isoformat()
    assert (await house.manager.api.get(path)).status_code == 404
    again = await house.editor.api.step(
        f"{standing}/end", await house.editor.api.etag(standing), {"reason": "مرة أخرى"}
    )
    assert again.status_code == 409


async def test_units_editors_say_who_takes_part(house: House) -> None:
    shared = await programme(house.world)
    path = f"/v1/programmes/{shared}/participants"
    body = {"entity_id": str(house.entity.id), "joined_on": today().isoformat()}
    administrator = await house.world.person(Role.ADMINISTRATOR)
    for person in (house.unit, house.manager, house.head, administrator):
        assert (await person.api.create(path, body)).status_code == 403
    standing = await joined(house, shared, joined_on=today().isoformat())
    twice = await house.editor.api.create(path, body)
    assert (twice.status_code, twice.json()["code"]) == (409, "already_exists")
    unknown = await house.editor.api.create(path, {"entity_id": str(ids.new())})
    assert unknown.status_code == 422
    assert (
        await house.editor.api.create(f"/v1/programmes/{ids.new()}/participants", body)
    ).status_code == 404
    early = (today() - timedelta(days=1)).isoformat()
    refused = await house.editor.api.step(
        f"{standing}/end", await house.editor.api.etag(standing), {"reason": "خطأ", "left_on": early}
    )
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "#/left_on")
    listed = (await house.member.api.get(path, in_force="true")).json()["items"]
    assert [item["entity"]["id"] for item in listed] == [str(house.entity.id)]
    # Nor while a part that ends on a day to come still stands, nor in what is past.
    later = (today() + timedelta(days=30)).isoformat()
    ended = await house.editor.api.step(
        f"{standing}/end", await house.editor.api.etag(standing), {"reason": "إعادة توزيع", "left_on": later}
    )
    assert ended.status_code == 200, ended.text
    before = (today() - timedelta(days=40)).isoformat()
    for day in (today().isoformat(), before):
        twice = await house.editor.api.create(path, {**body, "joined_on": day})
        assert (twice.status_code, twice.json()["code"]) == (409, "already_exists")
    assert (await house.editor.api.create(path, {**body, "joined_on": later})).status_code == 201
