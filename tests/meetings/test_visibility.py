"""Who sees meetings, and what they see of what is discussed."""

from uuid import UUID

import pytest

from app import clock
from app.enums import Role
from tests.evidence.bringing import Proof, announcement, put
from tests.factories.challenges import CHALLENGE
from tests.factories.meetings import DECISION, MINUTES, Office
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


async def told(office: Office, person: Person, meeting: str, decision: str, challenge: str) -> bool:
    """Whether the person, who sees the meeting, reads its minutes: every way to them agrees."""
    shown = (await person.api.get(meeting)).json()
    assert shown["agenda"][0]["title"] == "البند الأول"
    assert (shown["place"], bool(shown["starts_at"])) == ("قاعة الاجتماعات الرئيسية", True)
    meeting_id = meeting.rpartition("/")[2]
    by_meeting = (await person.api.get("/v1/meeting-decisions", meeting_id=meeting_id)).json()["items"]
    words = (await person.api.get("/v1/meeting-decisions", meeting_id=meeting_id, q="جدولة")).json()["items"]
    about = (await person.api.get("/v1/meeting-decisions", about_id=challenge)).json()["items"]
    thread = (await person.api.get(f"/v1/challenges/{challenge}/thread")).json()["decisions"]
    ways = {
        shown["minutes"] == MINUTES,
        shown["minutes"] is not None,
        [each["text"] for each in shown["decisions"]] == [DECISION],
        shown["decisions"] != [],
        any(each["attended"] is not None for each in shown["people"]),
        bool(by_meeting),
        bool(words),
        bool(about),
        bool(thread),
        await sees(person, decision),
        bool((await person.api.get("/v1/meetings", about_id=challenge)).json()["items"]),
    }
    assert len(ways) == 1, ways
    return ways.pop()


async def test_minutes_are_the_offices_and_the_inviteds_until_they_are_confirmed(office: Office) -> None:
    world = office.world
    editor = await world.person(Role.UNIT_EDITOR, await world.entity(is_unit=True))
    body = {**CHALLENGE, "about_id": str(office.indicator)}
    challenge = (await office.specialist.api.create("/v1/challenges", body)).json()["id"]
    said = {"on": clock.today().isoformat(), "with_whom": "مختص وحدة المتابعة"}
    await office.take(office.manager, f"/v1/challenges/{challenge}", "record-coordination", **said)
    path = await office.planned(with_whom="unit_team", people=office.invited(office.unit))
    agenda = await office.set_agenda(office.specialist, path, {"title": "البند الأول"})
    assert agenda.status_code == 200
    await office.take(office.specialist, path, "hold", attended=[1], minutes=MINUTES)
    decision = await office.decided(path, about_id=challenge)
    everybody = (
        *(office.manager, office.specialist, office.second, office.head, office.head_office),
        *(office.unit, editor),
    )
    before = {person.id for person in everybody if await told(office, person, path, decision, challenge)}
    assert before == {person.id for person in everybody} - {editor.id}
    subject_id = UUID(path.rpartition("/")[2])
    proof = Proof.of(await office.manager.api.create("/v1/evidence", announcement(subject_id)))
    await put(office.manager, proof)
    assert (await office.take(office.second, proof.path, "verify")).status_code == 200
    assert [(await who.api.get(proof.path)).status_code for who in (office.unit, editor)] == [200, 404]
    assert (await office.take(office.second, path, "confirm")).status_code == 200
    for person in everybody:
        assert await told(office, person, path, decision, challenge)
        assert (await person.api.get(proof.path)).status_code == 200


async def test_a_planner_who_left_the_office_reads_no_unconfirmed_minutes(office: Office) -> None:
    former = await office.world.person(Role.SPECIALIST, office.entity)
    path = await office.planned(former)
    await office.world.owner.execute(
        "update memberships set ends_at = now() - interval '1 hour' where user_id = $1", former.id
    )
    await office.world.appoint(former, Role.EXPERT, office.entity)
    await office.take(office.specialist, path, "hold", attended=[1], minutes=MINUTES)
    assert (await former.api.get(path)).json()["minutes"] is None
    await office.take(office.second, path, "confirm")
    assert (await former.api.get(path)).json()["minutes"] == MINUTES


async def test_what_was_opened_from_an_unconfirmed_decision_does_not_tell_it(office: Office) -> None:
    meeting = await office.held(people=office.invited(office.second))
    decision = await office.decided(meeting)
    body = {
        "source": "meeting",
        "source_id": decision.rpartition("/")[2],
        "title": "إعداد التقرير",
        "division_id": str(office.executing.id),
        "due": "2030-01-01",
    }
    made = await office.specialist.api.create(f"/v1/entities/{office.entity.id}/actions", body)
    assert made.json()["comes_from"]["name_ar"] == DECISION
    path = made.headers["Location"]
    shown = (await office.member.api.get(path)).json()["comes_from"]
    assert (shown["kind"], shown["code"]) == ("meeting_decision", made.json()["comes_from"]["code"])
    assert shown["name_ar"] == "اجتماع متابعة مستهدفات الربع"
    await office.take(office.second, meeting, "confirm")
    assert (await office.member.api.get(path)).json()["comes_from"]["name_ar"] == DECISION
