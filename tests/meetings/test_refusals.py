"""What is wrong with a meeting is said where it is, and nothing is written."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from app.enums import Role
from tests.factories.meetings import MINUTES, Office
from tests.factories.world import World

NOBODY = "019a0000-0000-7000-8000-0000000000ff"
LATER, EARLIER = "2027-03-02T09:00:00+04:00", "2027-03-02T08:00:00+04:00"


@pytest.fixture(scope="module")
async def office(world: World) -> Office:
    return await Office.make(world)


async def count(office: Office) -> int:
    return await office.world.owner.fetchval("select count(*) from events")


@pytest.mark.parametrize(
    ("said", "pointer", "code"),
    [
        ({"starts_at": LATER, "ends_at": EARLIER}, "#/ends_at", "ends_before_start"),
        ({"starts_at": EARLIER, "ends_at": "2027-03-04T08:00:00+04:00"}, "#/ends_at", "too_long"),
        ({"starts_at": "2027-03-02T09:00:00"}, "#/starts_at", "bad_format"),
        ({"starts_at": "9999-03-02T09:00:00Z"}, "#/starts_at", "invalid_value"),
        ({"with_whom": "everybody"}, "#/with_whom", "not_allowed"),
        ({"title_ar": "  "}, "#/title_ar", "bad_format"),
        ({"link": "javascript:alert(1)"}, "#/link", "bad_format"),
        ({"people": [{"user_id": NOBODY}]}, "#/people/0/user_id", "unknown_reference"),
        ({"people": [{}]}, "#/people/0", "who"),
        ({"people": [{"name": "سعيد"}]}, "#/people/0", "who"),
        ({"people": [{"user_id": NOBODY, "name": "سعيد", "organisation": "جهة"}]}, "#/people/0", "who"),
        ({"people": [{"name": "سعيد", "organisation": "جهة"}] * 2}, "#/people/1", "twice"),
        (
            {
                "people": [
                    {"name": "سعيد", "organisation": "جهة", "role": "chair"},
                    {"name": "خالد", "organisation": "جهة", "role": "chair"},
                ]
            },
            "#/people/1/role",
            "taken",
        ),
        ({"people": [{"name": "سعيد", "organisation": "جهة"}] * 101}, "#/people", "too_many"),
        ({"colour": "أحمر"}, "#/colour", "unknown_field"),
    ],
)
async def test_a_meeting_that_cannot_be(
    office: Office, said: dict[str, Any], pointer: str, code: str
) -> None:
    before = await count(office)
    answer = await office.plan(**said)
    assert answer.status_code == 422, answer.text
    assert [(fault["pointer"], fault["code"]) for fault in answer.json()["errors"]] == [(pointer, code)]
    assert await count(office) == before


@pytest.mark.parametrize(
    ("said", "pointer", "code"),
    [
        ({"weekday": None}, "#/weekday", "missing"),
        ({"weekday": "friday"}, "#/weekday", "not_allowed"),
        ({"month_day": 3}, "#/month_day", "out_of_place"),
        ({"every": "monthly", "weekday": None, "month_day": 32}, "#/month_day", "too_large"),
        ({"ends_on": "2026-01-01"}, "#/ends_on", "ends_before_start"),
        ({"ends_on": "2027-01-04"}, "#/ends_on", "no_day"),
        ({"ends_on": "2028-12-31"}, "#/ends_on", "too_many"),
        ({"ends_on": "9999-12-31"}, "#/ends_on", "out_of_range"),
        ({"starts_at": "25:00"}, "#/starts_at", "bad_format"),
        ({"minutes": 5}, "#/minutes", "too_small"),
        ({"minutes": "60"}, "#/minutes", "wrong_type"),
        ({"people": [{"user_id": NOBODY}]}, "#/people/0/user_id", "unknown_reference"),
    ],
)
async def test_a_series_that_cannot_be(office: Office, said: dict[str, Any], pointer: str, code: str) -> None:
    before = await count(office)
    answer = await office.plan_series(**said)
    assert answer.status_code == 422, answer.text
    assert [(fault["pointer"], fault["code"]) for fault in answer.json()["errors"]] == [(pointer, code)]
    assert await count(office) == before


@pytest.mark.parametrize(
    ("patch", "code"),
    [
        ({"ends_at": EARLIER}, "ends_before_start"),
        ({"ends_at": LATER}, "ends_before_start"),
        ({"starts_at": "2027-03-02T10:00:00+04:00"}, "ends_before_start"),
        ({"starts_at": LATER, "ends_at": EARLIER}, "ends_before_start"),
        ({"starts_at": "2027-02-20T09:00:00+04:00"}, "too_long"),
    ],
)
async def test_a_meeting_is_not_moved_so_that_it_ends_before_it_begins(
    office: Office, patch: dict[str, Any], code: str
) -> None:
    path = await office.planned(starts_at=LATER, ends_at="2027-03-02T10:00:00+04:00")
    before = await count(office), (await office.specialist.api.get(path)).json()
    answer = await office.change(office.specialist, path, **patch)
    assert answer.status_code == 422, answer.text
    assert [(fault["pointer"], fault["code"]) for fault in answer.json()["errors"]] == [("#/ends_at", code)]
    assert (await count(office), (await office.specialist.api.get(path)).json()) == before


async def test_only_people_whom_it_concerns_are_invited(office: Office) -> None:
    stranger = await office.world.person(Role.SPECIALIST, await office.world.entity())
    for people in (office.invited(stranger), office.invited(office.member, office.unit)):
        answer = await office.plan(people=people)
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["pointer"] == f"#/people/{len(people) - 1}/user_id"
    twice = await office.plan(people=office.invited(office.member, office.member))
    assert [fault["code"] for fault in twice.json()["errors"]] == ["twice"]
    assert (await office.plan(with_whom="unit_team", people=office.invited(office.unit))).status_code == 201


async def test_an_agenda_of_things_that_are_not_there(office: Office) -> None:
    path = await office.planned()
    other = await Office.make(office.world)
    before = await count(office)
    for about in (NOBODY, str(other.indicator), str(office.entity.id)):
        answer = await office.set_agenda(
            office.specialist, path, {"title": "بند"}, {"title": "بند", "about_id": about}
        )
        assert answer.status_code == 422
        assert [fault["pointer"] for fault in answer.json()["errors"]] == ["#/items/1/about_id"]
    item = {"title": "بند", "about_id": str(office.indicator)}
    answer = await office.set_agenda(office.specialist, path, item, item)
    assert [(f["pointer"], f["code"]) for f in answer.json()["errors"]] == [("#/items/1/about_id", "twice")]
    assert await count(office) == before


async def test_who_came_was_invited(office: Office) -> None:
    path = await office.planned()
    answer = await office.take(office.specialist, path, "hold", attended=[1, 7], minutes=MINUTES)
    assert [fault["pointer"] for fault in answer.json()["errors"]] == ["#/attended/1"]


async def test_a_decision_of_another_day_or_about_nothing(office: Office) -> None:
    path = await office.held()
    for said, pointer, code in (
        ({"decided_on": "2020-01-01"}, "#/decided_on", "before_the_meeting"),
        ({"decided_on": "2199-01-01"}, "#/decided_on", "in_the_future"),
        ({"decided_on": "2027-02-30"}, "#/decided_on", "bad_format"),
        ({"about_id": NOBODY}, "#/about_id", "unknown_reference"),
        ({"text": ""}, "#/text", "too_short"),
    ):
        answer = await office.specialist.api.send(
            "POST",
            f"{path}/decisions",
            json={"text": "قرار", **said},
            headers={"If-Match": await office.specialist.api.etag(path), "Idempotency-Key": uuid4().hex},
        )
        assert answer.status_code == 422, answer.text
        assert answer.json()["errors"][0]["pointer"] == pointer
        assert answer.json()["errors"][0]["code"] in (code, "wrong_type")


async def test_the_schema_keeps_confirmed_minutes_too(office: Office) -> None:
    path = await office.confirmed()
    id_ = UUID(path.rpartition("/")[2])
    for statement in (
        "update meetings set minutes = 'آخر' where id = $1",
        "update meetings set starts_at = starts_at - interval '1 hour' where id = $1",
        "update meetings set confirmed_by_id = planned_by_id where id = $1",
        "update meetings set exceptional = true where id = $1",
        "update meeting_people set attended = false where meeting_id = $1",
        "delete from meeting_people where meeting_id = $1",
    ):
        with pytest.raises(Exception, match="never change"):
            await office.world.owner.execute(statement, id_)


async def test_a_filter_that_is_wrong(office: Office) -> None:
    for path in ("/v1/meetings", "/v1/meeting-series", "/v1/meeting-decisions"):
        for query in ({"state": "lost"}, {"entity_id": "x"}, {"colour": "red"}, {"cursor": "abc"}):
            answer = await office.manager.api.get(path, **query)
            assert answer.status_code == 422, (path, query)
            assert [fault["parameter"] for fault in answer.json()["errors"]] == list(query)
    assert (await office.manager.api.get("/v1/meetings", from_day="2027-02-30")).status_code == 422
