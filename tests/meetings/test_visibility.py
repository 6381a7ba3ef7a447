"""Who sees meetings, and what they see of what is discussed."""

import pytest

from app.enums import Role
from tests.factories.challenges import CHALLENGE
from tests.factories.meetings import DECISION, Office
from tests.factories.world import Person, World


@pytest.fixture(scope="module")
async def office(world: World) -> Office:
    return await Office.make(world)


async def sees(person: Person, path: str) -> bool:
    """Whether the person reads it; lists and what might be discussed agree."""
    status = (await person.api.get(path)).status_code
    assert status in (200, 404)
    if path.startswith("/v1/meetings/"):
        assert (await person.api.get(f"{path}/agenda-proposals")).status_code == status
    listed = (await person.api.get(path.rpartition("/")[0], limit="200")).json()["items"]
    assert (path.rpartition("/")[2] in {item["id"] for item in listed}) == (status == 200)
    return status == 200


async def test_the_office_the_head_and_who_is_invited(office: Office) -> None:
    path = await office.planned()
    elsewhere = await office.world.person(
        Role.DIVISION_MEMBER, division=await office.world.division(office.entity)
    )
    other = await Office.make(office.world)
    for person in (office.manager, office.specialist, office.second, office.head, office.head_office):
        assert await sees(person, path)
    assert await sees(office.member, path), "invited"
    for person in (elsewhere, office.unit, other.manager, other.head, await office.world.user()):
        assert not await sees(person, path)
    assert (await office.member.api.get(path)).json()["actions"] == []
    refused = await office.change(office.member, path, place="القاعة الصغرى")
    assert refused.status_code == 403


async def test_unit_sees_the_meetings_with_its_team(office: Office) -> None:
    path = await office.planned(with_whom="unit_team", people=office.invited(office.unit))
    colleague = await office.world.person(Role.UNIT_EDITOR, await office.world.entity(is_unit=True))
    assert await sees(office.unit, path)
    assert await sees(colleague, path)
    closed = await office.planned(
        with_whom="unit_team", classification="restricted", people=office.invited(office.unit)
    )
    assert await sees(office.unit, closed)
    assert not await sees(colleague, closed)


async def test_a_restricted_one_is_for_who_is_invited_and_leads(office: Office) -> None:
    path = await office.held(classification="restricted", people=office.invited(office.member))
    for person in (office.member, office.specialist, office.manager, office.head, office.head_office):
        assert await sees(person, path)
    assert not await sees(office.second, path)
    waits = (await office.manager.api.get(path)).json()["awaiting"]
    assert [wait["party"] for wait in waits] == ["manager"]
    decision = await office.decided(path)
    assert await sees(office.member, decision)
    assert not await sees(office.second, decision)
    inbox = (await office.second.api.get("/v1/inbox")).json()["items"]
    assert path.rpartition("/")[2] not in str(inbox)
    assert (await office.take(office.manager, path, "confirm")).status_code == 200


async def test_a_series_is_seen_by_who_is_invited_to_one_of_it(office: Office) -> None:
    path = await office.series(classification="restricted")
    assert await sees(office.member, path)
    assert not await sees(office.second, path)
    meetings = (await office.manager.api.get(path)).json()["meetings"]
    await office.change(
        office.specialist, f"/v1/meetings/{meetings[0]['id']}", people=office.invited(office.second)
    )
    assert await sees(office.second, path)
    shown = (await office.second.api.get(path)).json()["meetings"]
    assert [each["id"] for each in shown] == [meetings[0]["id"]], "of it they see that one"


async def test_a_restricted_series_is_not_named_by_an_open_meeting_of_it(office: Office) -> None:
    path = await office.series(classification="restricted")
    [meeting, *_] = (await office.manager.api.get(path)).json()["meetings"]
    one = f"/v1/meetings/{meeting['id']}"
    opened = await office.change(
        office.manager, one, classification="internal", title_ar="اجتماع مفتوح", title_en="An open meeting"
    )
    assert opened.status_code == 200, opened.text
    assert not await sees(office.second, path)
    shown = (await office.second.api.get(one)).json()
    assert (shown["title_ar"], shown["series"]) == ("اجتماع مفتوح", None)
    listed = (await office.second.api.get("/v1/meetings", series_id=path.rpartition("/")[2])).json()["items"]
    assert [each["series"] for each in listed] == [None]
    assert (await office.manager.api.get(one)).json()["series"]["id"] == path.rpartition("/")[2]


async def test_who_left_the_entity_is_invited_no_more(office: Office) -> None:
    guest = await office.world.person(Role.EXPERT, office.entity)
    path = await office.planned(people=office.invited(guest))
    assert await sees(guest, path)
    await office.world.owner.execute(
        "update memberships set ends_at = now() - interval '1 hour' where user_id = $1", guest.id
    )
    assert not await sees(guest, path)


async def test_what_is_discussed_is_named_only_to_who_may_see_it(office: Office) -> None:
    body = {**CHALLENGE, "about_id": str(office.indicator), "classification": "restricted"}
    challenge = (await office.manager.api.create("/v1/challenges", body)).json()
    guest = await office.world.person(Role.EXPERT, office.entity)
    path = await office.planned(people=office.invited(guest, office.second))
    item = {"title": "بند مغلق", "about_id": challenge["id"]}
    assert (await office.set_agenda(office.manager, path, item)).status_code == 200
    assert (await office.manager.api.get(path)).json()["agenda"][0]["about"]["code"] == challenge["code"]
    [shown] = (await guest.api.get(path)).json()["agenda"]
    assert (shown["title"], shown["about"]) == ("بند مغلق", None)
    hidden = await office.set_agenda(
        office.second, await office.planned(), {"title": "بند مغلق", "about_id": challenge["id"]}
    )
    assert [fault["pointer"] for fault in hidden.json()["errors"]] == ["#/items/0/about_id"]
    kept = await office.set_agenda(office.second, path, {"title": "البند الأول"}, item)
    assert kept.status_code == 200, "what stands there may stay"


async def test_from_a_challenge_to_its_decisions_and_back(office: Office) -> None:
    body = {**CHALLENGE, "about_id": str(office.indicator)}
    challenge = (await office.specialist.api.create("/v1/challenges", body)).json()
    path = await office.held(people=office.invited(office.second), classification="restricted")
    decision = await office.decided(path, about_id=challenge["id"])
    found = (await office.manager.api.get("/v1/meeting-decisions", about_id=challenge["id"])).json()["items"]
    assert [f"/v1/meeting-decisions/{each['id']}" for each in found] == [decision]
    assert found[0]["about"]["kind"] == "challenge"
    meetings = (await office.manager.api.get("/v1/meetings", about_id=challenge["id"])).json()["items"]
    assert [f"/v1/meetings/{each['id']}" for each in meetings] == [path]
    thread = (await office.manager.api.get(f"/v1/challenges/{challenge['id']}/thread")).json()
    assert [each["text"] for each in thread["decisions"]] == [DECISION]
    assert (await office.member.api.get(f"/v1/challenges/{challenge['id']}/thread")).json()["decisions"] == []
    for q, count in (("جدولة البرنامج", 1), ("الصادرات", 0)):
        asked = {"q": q, "meeting_id": path.rpartition("/")[2]}
        assert len((await office.manager.api.get("/v1/meeting-decisions", **asked)).json()["items"]) == count
