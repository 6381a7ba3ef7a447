"""A meeting from its plan to its confirmed minutes, by the people of one office."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from app.enums import Role
from tests.factories.meetings import DECISION, MINUTES, REASON, Office, moments
from tests.factories.world import World

AHEAD = datetime(2027, 3, 2, 5, tzinfo=UTC)


@pytest.fixture(scope="module")
async def office(world: World) -> Office:
    return await Office.make(world)


async def test_it_is_planned_with_who_is_invited(office: Office) -> None:
    people = [
        {"user_id": str(office.manager.id), "role": "chair"},
        {"user_id": str(office.member.id)},
        {"name": "خالد بن سيف المعمري", "organisation": "شركة الحلول الرقمية", "role": "guest"},
    ]
    answer = await office.plan(people=people, link="https://meet.test.mutabaa.example/1", **moments(AHEAD))
    assert answer.status_code == 201, answer.text
    made = answer.json()
    assert (made["state"], made["sequence"], made["version"]) == ("planned", 0, 1)
    assert made["code"].startswith("MT-")
    assert [each["role"] for each in made["people"]] == ["chair", "member", "guest"]
    assert made["people"][2]["organisation"] == "شركة الحلول الرقمية"
    assert made["people"][0]["person"]["id"] == str(office.manager.id)
    assert made["awaiting"] == []
    assert made["actions"] == ["meetings.edit", "meetings.set_agenda", "meetings.cancel"], "it has not begun"
    assert not made["invited"]


async def test_two_planned_at_once_have_codes_of_their_own(office: Office) -> None:
    answers = await asyncio.gather(office.plan(), office.plan(office.manager))
    codes = {answer.json()["code"] for answer in answers}
    assert [answer.status_code for answer in answers] == [201, 201]
    assert len(codes) == 2


async def test_a_change_of_time_counts_upwards_for_calendars(office: Office) -> None:
    path = await office.planned(**moments(AHEAD))
    later = moments(AHEAD + timedelta(hours=2))
    changed = (await office.change(office.manager, path, **later)).json()
    assert (changed["sequence"], changed["version"]) == (1, 2)
    assert datetime.fromisoformat(changed["starts_at"]) == AHEAD + timedelta(hours=2)
    same = (await office.change(office.manager, path, **later)).json()
    assert (same["sequence"], same["version"]) == (1, 2), "nothing changed"
    people = (await office.change(office.manager, path, people=office.invited(office.second))).json()
    assert (people["sequence"], people["version"]) == (1, 3), "calendars show no list of people"
    assert [each["person"]["id"] for each in people["people"]] == [str(office.second.id)]
    nobody = (await office.change(office.manager, path, people=[], place=None)).json()
    assert (nobody["people"], nobody["place"], nobody["sequence"]) == ([], None, 2)


async def test_it_is_called_off_with_a_reason(office: Office) -> None:
    path = await office.planned(**moments(AHEAD))
    done = (await office.take(office.manager, path, "cancel", reason=REASON)).json()
    assert (done["state"], done["sequence"], done["cancel_reason"]) == ("cancelled", 1, REASON)
    assert done["actions"] == []
    again = await office.take(office.manager, path, "cancel", reason=REASON)
    assert (again.status_code, again.json()["code"]) == (409, "wrong_state")


async def test_it_is_held_minuted_decided_and_confirmed_by_another(office: Office) -> None:
    path = await office.planned()
    item = {"title": "مؤشر التعمين دون المستهدف", "about_id": str(office.indicator)}
    agenda = await office.set_agenda(office.specialist, path, item, {"title": "ما يستجد من أعمال"})
    assert agenda.status_code == 200, agenda.text
    assert [each["about"] and each["about"]["kind"] for each in agenda.json()["agenda"]] == [
        "indicator",
        None,
    ]
    held = (await office.take(office.specialist, path, "hold", attended=[2])).json()
    assert held["state"] == "held"
    assert [each["attended"] for each in held["people"]] == [False, True]
    assert [wait["party"] for wait in held["awaiting"]] == ["manager", "specialist"]
    assert "meetings.confirm" not in held["actions"], "four eyes"
    early = await office.take(office.second, path, "confirm")
    assert (early.status_code, early.json()["code"]) == (409, "no_minutes")
    minuted = (await office.change(office.specialist, path, minutes=MINUTES, attended=[1, 2])).json()
    assert (minuted["minutes"], [each["attended"] for each in minuted["people"]]) == (MINUTES, [True, True])
    decision = await office.decided(path, about_id=str(office.indicator))
    seen = (await office.second.api.get(path)).json()
    assert [each["text"] for each in seen["decisions"]] == [DECISION]
    assert "meetings.confirm" in seen["actions"]
    own = await office.take(office.specialist, path, "confirm")
    assert (own.status_code, own.json()["code"]) == (403, "four_eyes")
    done = (await office.take(office.second, path, "confirm")).json()
    assert (done["state"], done["confirmed_by"]["id"]) == ("confirmed", str(office.second.id))
    assert (done["awaiting"], done["actions"]) == ([], [])
    assert done["decisions"][0]["state"] == "final"
    for answer in (
        await office.change(office.specialist, path, minutes="آخر"),
        await office.set_agenda(office.specialist, path),
        await office.decide(office.specialist, path),
        await office.change(office.specialist, decision, text="آخر"),
        await office.take(office.specialist, decision, "withdraw", reason=REASON),
    ):
        assert (answer.status_code, answer.json()["code"]) == (409, "wrong_state"), "frozen"


async def test_minutes_are_not_written_before_nor_arrangements_after(office: Office) -> None:
    path = await office.planned()
    answer = await office.change(office.specialist, path, minutes=MINUTES, place="القاعة الصغرى")
    assert (answer.status_code, answer.json()["code"]) == (409, "not_now")
    assert [fault["pointer"] for fault in answer.json()["errors"]] == ["#/minutes"]
    held = await office.held()
    answer = await office.change(office.specialist, held, place="القاعة الصغرى", people=[])
    assert [fault["pointer"] for fault in answer.json()["errors"]] == ["#/people", "#/place"]


async def test_it_is_not_held_before_it_begins(office: Office) -> None:
    path = await office.planned(**moments(AHEAD))
    answer = await office.take(office.specialist, path, "hold", attended=[])
    assert (answer.status_code, answer.json()["code"]) == (409, "not_begun")


async def test_decisions_are_changed_and_withdrawn_until_the_minutes_are_confirmed(office: Office) -> None:
    path = await office.held()
    decision = await office.decided(path)
    version = (await office.second.api.get(path)).json()["version"]
    changed = await office.change(office.manager, decision, text="يُعرض التقرير على رئيس الوحدة")
    assert changed.status_code == 200, changed.text
    assert changed.json()["version"] == 2
    after = (await office.second.api.get(path)).json()
    assert after["version"] == version + 1, "whoever confirms has seen it"
    manager = await office.take(office.manager, path, "confirm")
    assert manager.json()["code"] == "four_eyes", "the manager wrote a decision"
    gone = (await office.take(office.specialist, decision, "withdraw", reason="سُجِّل خطأً")).json()
    assert (gone["state"], gone["actions"]) == ("withdrawn", [])
    assert (await office.take(office.second, path, "confirm")).status_code == 200


async def test_of_two_at_once_one_is_told_that_it_changed(office: Office) -> None:
    path = await office.held()
    etag = await office.second.api.etag(path)
    answers = await asyncio.gather(
        office.second.api.step(f"{path}/confirm", etag, {}),
        office.manager.api.step(f"{path}/confirm", etag, {}),
    )
    assert sorted(answer.status_code for answer in answers) in ([200, 409], [200, 412])


async def test_a_decision_changed_meanwhile_is_not_confirmed_unseen(office: Office) -> None:
    path = await office.held()
    decision = await office.decided(path)
    etag = await office.second.api.etag(path)
    assert (await office.change(office.specialist, decision, text="نص آخر")).status_code == 200
    assert (await office.second.api.step(f"{path}/confirm", etag, {})).status_code == 412


async def test_where_nobody_else_is_left_the_head_confirms_with_a_reason(world: World) -> None:
    office = await Office.make(world)
    alone = await world.entity()
    manager = await world.person(Role.MANAGER, alone)
    head = await world.person(Role.HEAD, alone)
    small = Office(
        **{**vars(office), "entity": alone, "manager": manager, "specialist": manager, "head": head}
    )
    path = await small.held(manager, people=[{"name": "سعيد الحارثي", "organisation": "وزارة المالية"}])
    seen = (await head.api.get(path)).json()
    assert [wait["party"] for wait in seen["awaiting"]] == ["manager", "specialist", "head"]
    assert seen["actions"] == ["meetings.confirm"]
    silent = await small.take(head, path, "confirm")
    assert silent.json()["errors"][0]["pointer"] == "#/reason"
    done = await small.take(head, path, "confirm", reason="لا يوجد في المكتب غير من دوّن المحضر")
    assert done.status_code == 200, done.text
    assert done.json()["exceptional"]
