"""What is refused of communication plans, with its pointer, and that nothing has changed then."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from app import clock
from tests.factories.communications import ACTIVITY, PLAN, YEAR, Ministry, refused
from tests.factories.world import World


@pytest.fixture(scope="module")
async def ministry(world: World) -> Ministry:
    return await Ministry.make(world)


@pytest.mark.parametrize(
    ("fields", "pointer"),
    [
        ({"about_id": str(uuid4())}, "#/about_id"),
        ({"about_id": "الوزارة"}, "#/about_id"),
        ({"year": 2020}, "#/year"),
        ({"year": 2101}, "#/year"),
        ({"year": True}, "#/year"),
        ({"name_ar": " "}, "#/name_ar"),
        ({"name_en": None}, "#/name_en"),
        ({"note": ""}, "#/note"),
        ({"note": "س" * 2001}, "#/note"),
        ({"audiences": [{"ar": "موظف"}] * 31}, "#/audiences"),
        ({"messages": [{"en": "Only English"}]}, "#/messages/0/ar"),
        ({"channels": [{"ar": "س" * 501}]}, "#/channels/0/ar"),
        ({"channels": [{"ar": "بريد", "icon": "✉"}]}, "#/channels/0/icon"),
        ({"channels": "البريد"}, "#/channels"),
        ({"state": "approved"}, "#/state"),
    ],
)
async def test_a_plan_that_cannot_be(ministry: Ministry, fields: dict[str, Any], pointer: str) -> None:
    body = {**PLAN, "about_id": str(ministry.entity.id), "year": YEAR + 20, **fields}
    refused(await ministry.drafter.api.create("/v1/communication-plans", body), 422, "invalid", pointer)
    listed = await ministry.drafter.api.get("/v1/communication-plans", year=str(YEAR + 20))
    assert listed.json()["items"] == []


async def test_a_plan_about_what_is_no_subject_of_plans(ministry: Ministry) -> None:
    indicator = await ministry.world.indicator(ministry.entity)
    refused(await ministry.begin(about=indicator), 422, "invalid", "#/about_id")
    other = await ministry.world.entity()
    refused(await ministry.begin(about=other.id), 422, "invalid", "#/about_id")


@pytest.mark.parametrize(
    ("fields", "pointers"),
    [
        ({"ends_on": f"{YEAR}-04-17"}, ["#/ends_on"]),
        ({"starts_on": f"{YEAR - 2}-12-31"}, ["#/starts_on"]),
        ({"starts_on": f"{YEAR + 2}-01-01", "ends_on": f"{YEAR + 2}-01-02"}, ["#/starts_on", "#/ends_on"]),
        ({"starts_on": 20270418}, ["#/starts_on"]),
        ({"starts_on": f"{YEAR}-02-30"}, ["#/starts_on"]),
        ({"scope": "public"}, ["#/scope"]),
        ({"owner": None}, ["#/owner"]),
        ({"division_id": str(uuid4())}, ["#/owner"]),
        ({"division_id": str(uuid4()), "owner": None}, ["#/division_id"]),
        ({"stage_id": str(uuid4())}, ["#/stage_id"]),
        ({"audience": "س" * 301}, ["#/audience"]),
        ({"name_ar": "سطر\nثان"}, ["#/name_ar"]),
        ({"reached": 5}, ["#/reached"]),
    ],
)
async def test_an_activity_that_cannot_be(world: World, fields: dict[str, Any], pointers: list[str]) -> None:
    ministry = await Ministry.make(world)
    plan = await ministry.draft()
    etag = await ministry.drafter.api.etag(plan)
    refused(await ministry.add(plan, **fields), 422, "invalid", *pointers)
    assert await ministry.drafter.api.etag(plan) == etag


async def test_a_patch_of_an_activity_is_checked_as_a_whole(ministry: Ministry) -> None:
    plan = await ministry.draft()
    activity = await ministry.added(plan)
    drafter = ministry.drafter.api

    async def patched(**fields: Any) -> Any:
        return await drafter.patch(activity, await drafter.etag(activity), fields)

    refused(await patched(ends_on=f"{YEAR}-01-01"), 422, "invalid", "#/ends_on")
    refused(await patched(owner=None), 422, "invalid", "#/owner")
    refused(await patched(division_id=str(ministry.communication.id)), 422, "invalid", "#/owner")
    moved = await patched(owner=None, division_id=str(ministry.communication.id))
    assert moved.json()["division"]["id"] == str(ministry.communication.id)
    before = await drafter.etag(plan)
    assert (await patched(owner=None)).status_code == 200
    assert await drafter.etag(plan) == before, "nothing was to change"
    assert (await patched(channel="بث مباشر")).status_code == 200
    assert await drafter.etag(plan) != before


@pytest.mark.parametrize(
    ("fields", "pointer"),
    [
        ({"done_on": (clock.today() + timedelta(days=1)).isoformat()}, "#/done_on"),
        ({"done_on": "1999-01-01"}, "#/done_on"),
        ({"outcome": " "}, "#/outcome"),
        ({"outcome": None}, "#/outcome"),
        ({"reached": -1}, "#/reached"),
        ({"reached": 1_000_000_001}, "#/reached"),
        ({"reached": 2.5}, "#/reached"),
    ],
)
async def test_a_report_that_cannot_be(world: World, fields: dict[str, Any], pointer: str) -> None:
    ministry = await Ministry.make(world)
    activity = await ministry.activity_of(await ministry.approved())
    body = {**ministry.report(), **fields}
    refused(await ministry.take(ministry.drafter, f"{activity}/report", body), 422, "invalid", pointer)
    assert (await ministry.drafter.api.get(activity)).json()["state"] == "planned"


async def test_a_plan_holds_so_many_activities(world: World) -> None:
    ministry = await Ministry.make(world)
    plan = await ministry.draft()
    for _ in range(5):
        await ministry.added(plan)
    await world.owner.execute(
        """
        with made as (
            insert into subjects (id, kind, entity_id, created_at)
            select gen_random_uuid(), 'communication_activity', $1, now() from generate_series(1, 195)
            returning id
        )
        insert into communication_activities (id, entity_id, plan_id, state, name_ar, name_en, scope, audience,
            channel, owner, starts_on, ends_on, created_by_id, created_at)
        select id, $1, $2, 'drafted', 'نشاط', 'Activity', 'internal', 'الموظفون', 'البريد', 'الدائرة',
               make_date($4, 5, 1), make_date($4, 5, 2), $3, now()
        from made
        """,
        ministry.entity.id,
        plan.rpartition("/")[2],
        ministry.drafter.id,
        YEAR,
    )
    refused(await ministry.add(plan), 409, "too_many_activities")
    await ministry.done(ministry.drafter, f"{plan}/submit")
    approved = (await ministry.done(ministry.manager, f"{plan}/approve")).json()
    assert len(approved["activities"]) == 200
    assert {each["state"] for each in approved["activities"]} == {"planned"}
    # The next version takes these over, so it adds none.
    refused(await ministry.add(await ministry.revised(plan)), 409, "too_many_activities")


async def test_preconditions_and_keys(ministry: Ministry) -> None:
    plan = await ministry.draft(year=YEAR + 1)
    drafter = ministry.drafter.api
    refused(await drafter.step(f"{plan}/submit"), 428, "precondition_required")
    refused(await drafter.step(f"{plan}/submit", '"99.x"'), 412, "stale")
    body = {**ACTIVITY}
    answer = await drafter.send(
        "POST", f"{plan}/activities", json=body, headers={"If-Match": await drafter.etag(plan)}
    )
    refused(answer, 400, "idempotency_key_required")
    asked = {**PLAN, "about_id": str(ministry.entity.id), "year": YEAR + 3}
    key = uuid4().hex
    first = await drafter.create("/v1/communication-plans", asked, key=key)
    again = await drafter.create("/v1/communication-plans", asked, key=key)
    assert (again.status_code, again.json()["id"]) == (201, first.json()["id"])
    refused(
        await drafter.create("/v1/communication-plans", {**asked, "year": YEAR + 4}, key=key),
        422,
        "idempotency_key_reused",
    )
