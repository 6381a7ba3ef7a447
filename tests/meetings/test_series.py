"""A series of meetings: planned at once, each changed on its own, ended together."""

from datetime import UTC, date, datetime
from uuid import uuid4

import pytest

from tests.factories.meetings import REASON, Office, moments
from tests.factories.world import World


@pytest.fixture(scope="module")
async def office(world: World) -> Office:
    return await Office.make(world)


async def test_all_its_meetings_are_planned_at_once(office: Office) -> None:
    await office.world.holiday(date(2027, 1, 12))
    answer = await office.plan_series()
    assert answer.status_code == 201, answer.text
    made = answer.json()
    assert (made["state"], made["starts_at"], made["weekday"]) == ("running", "09:30", "tuesday")
    days = [each["starts_at"] for each in made["meetings"]]
    expected = [(2027, 1, 5), (2027, 1, 13), (2027, 1, 19), (2027, 1, 26)]
    assert [datetime.fromisoformat(day) for day in days] == [
        datetime(*day, 5, 30, tzinfo=UTC) for day in expected
    ], "half past nine in Muscat, a holiday moved to the day after"
    assert len({each["code"] for each in made["meetings"]}) == 4
    one = (await office.member.api.get(f"/v1/meetings/{made['meetings'][0]['id']}")).json()
    assert (one["series"]["id"], one["invited"]) == (made["id"], True)
    assert [each["person"]["id"] for each in one["people"]] == [str(office.member.id)]
    listed = (await office.member.api.get("/v1/meetings", series_id=made["id"])).json()["items"]
    assert len(listed) == 4


async def test_one_is_changed_on_its_own_and_what_is_planned_ends_with_the_series(office: Office) -> None:
    path = await office.series(starts_on="2026-11-01", ends_on="2027-01-31")
    meetings = (await office.manager.api.get(path)).json()["meetings"]
    first, second = (f"/v1/meetings/{each['id']}" for each in meetings[:2])
    assert (await office.take(office.specialist, first, "hold", attended=[1])).status_code == 200
    moved = await office.change(office.specialist, second, **moments(datetime(2027, 2, 1, 6, tzinfo=UTC)))
    assert moved.status_code == 200, moved.text
    done = await office.take(office.manager, path, "end", reason=REASON)
    assert done.status_code == 200, done.text
    ended = done.json()
    assert (ended["state"], ended["actions"]) == ("ended", [])
    now = datetime.now(UTC)
    for each in ended["meetings"][1:]:
        begun = datetime.fromisoformat(each["starts_at"]) <= now
        assert each["state"] == ("planned" if begun else "cancelled")
    assert ended["meetings"][0]["state"] == "held"
    cancelled = (await office.member.api.get(second)).json()
    assert (cancelled["cancel_reason"], cancelled["sequence"]) == (REASON, 2)
    again = await office.take(office.manager, path, "end", reason=REASON)
    assert again.status_code == 409


async def test_the_same_request_twice_plans_one(office: Office) -> None:
    key = uuid4().hex
    body = {
        "with_whom": "internal",
        "title_ar": "اجتماع فريق المكتب",
        "title_en": "Office team meeting",
        "every": "monthly",
        "month_day": 1,
        "starts_on": "2027-01-01",
        "ends_on": "2027-12-31",
        "starts_at": "10:00",
        "minutes": 45,
    }
    path = f"/v1/entities/{office.entity.id}/meeting-series"
    first = await office.specialist.api.create(path, body, key=key)
    again = await office.specialist.api.create(path, body, key=key)
    assert (first.status_code, again.json()["id"]) == (201, first.json()["id"])
    assert len(first.json()["meetings"]) == 12


async def test_ending_leaves_what_one_could_not_cancel_oneself(office: Office) -> None:
    path = await office.series(office.manager)
    first, second, *others = (await office.manager.api.get(path)).json()["meetings"]
    for each, person in ((first, office.member), (second, office.specialist)):
        closed = await office.change(
            office.manager,
            f"/v1/meetings/{each['id']}",
            classification="restricted",
            people=office.invited(person),
        )
        assert closed.status_code == 200, closed.text
    done = await office.take(office.specialist, path, "end", reason=REASON)
    assert done.status_code == 200, done.text
    shown = {each["id"]: each["state"] for each in done.json()["meetings"]}
    assert shown == dict.fromkeys((second["id"], *(each["id"] for each in others)), "cancelled")
    kept = (await office.manager.api.get(f"/v1/meetings/{first['id']}")).json()
    assert (kept["state"], kept["sequence"], kept["series"]["id"]) == ("planned", 0, done.json()["id"])
    cancelled = await office.take(office.manager, f"/v1/meetings/{first['id']}", "cancel", reason=REASON)
    assert cancelled.status_code == 200, cancelled.text
