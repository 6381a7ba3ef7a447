"""Communication plans from draft to force, and the activities that they are run by."""

from datetime import timedelta

import pytest

from app import clock
from tests.factories.communications import REASON, YEAR, Ministry, refused
from tests.factories.world import World


@pytest.fixture(scope="module")
async def ministry(world: World) -> Ministry:
    return await Ministry.make(world)


async def test_a_plan_is_drafted_approved_and_run(world: World) -> None:
    ministry = await Ministry.make(world)
    plan = await ministry.draft()
    shown = (await ministry.drafter.api.get(plan)).json()
    assert shown["state"] == "draft"
    assert shown["about"]["kind"] == "entity"
    assert shown["audiences"][1] == {"ar": "منشآت القطاع الخاص", "en": None}
    assert {wait["party"] for wait in shown["awaiting"]} == {"communication", "media_representative"}
    assert "communication_plans.submit" not in shown["actions"], "it has no activity yet"
    refused(
        await ministry.take(ministry.drafter, f"{plan}/submit"),
        409,
        "incomplete_communication_plan",
        "#/activities",
    )
    activity = await ministry.added(plan)
    assert (await ministry.drafter.api.get(activity)).json()["state"] == "drafted"
    submitted = (await ministry.done(ministry.drafter, f"{plan}/submit")).json()
    assert [wait["party"] for wait in submitted["awaiting"]] == ["manager"]
    refused(
        await ministry.drafter.api.patch(
            activity, await ministry.drafter.api.etag(activity), {"channel": "بث مباشر"}
        ),
        409,
        "plan_under_approval",
    )
    refused(
        await ministry.take(ministry.drafter, f"{activity}/cancel", {"reason": "سبب"}),
        409,
        "plan_under_approval",
    )
    approved = (await ministry.done(ministry.manager, f"{plan}/approve")).json()
    assert (approved["state"], approved["awaiting"]) == ("approved", [])
    assert approved["approved_by"]["id"] == str(ministry.manager.id)
    planned = (await ministry.drafter.api.get(activity)).json()
    assert planned["state"] == "planned"
    assert planned["awaiting"][0]["action"] == "communication_activities.report"
    assert planned["awaiting"][0]["due"] == f"{YEAR}-12-31"
    inbox = (await ministry.drafter.api.get("/v1/inbox")).json()["items"]
    assert [item["title"]["ar"] for item in inbox if item["kind"] == "communication_activity"] == [
        planned["name_ar"]
    ]
    told = (await ministry.done(ministry.representative, f"{activity}/report", ministry.report())).json()
    assert (told["state"], told["reached"], told["awaiting"]) == ("done", 140, [])
    assert told["reported_by"]["id"] == str(ministry.representative.id)
    refused(
        await ministry.take(ministry.drafter, f"{activity}/report", ministry.report()), 409, "wrong_state"
    )


async def test_a_returned_plan_is_changed_and_comes_again(world: World) -> None:
    ministry = await Ministry.make(world)
    plan = await ministry.submitted()
    refused(await ministry.take(ministry.manager, f"{plan}/return", {}), 422, "invalid", "#/reason")
    returned = (
        await ministry.done(ministry.manager, f"{plan}/return", {"reason": "الجمهور غير محدد"})
    ).json()
    assert (returned["state"], returned["returned"]["reason"]) == ("draft", "الجمهور غير محدد")
    etag = await ministry.drafter.api.etag(plan)
    changed = await ministry.drafter.api.patch(plan, etag, {"audiences": [{"ar": "الباحثون عن عمل"}]})
    assert changed.status_code == 200, changed.text
    await ministry.done(ministry.drafter, f"{plan}/submit")
    await ministry.done(ministry.drafter, f"{plan}/withdraw")
    await ministry.done(ministry.drafter, f"{plan}/submit")
    approved = (await ministry.done(ministry.manager, f"{plan}/approve")).json()
    assert approved["returned"] is None


async def test_a_patch_that_changes_nothing_writes_nothing(ministry: Ministry) -> None:
    plan = await ministry.draft(year=YEAR + 5)
    etag = await ministry.drafter.api.etag(plan)
    shown = (await ministry.drafter.api.get(plan)).json()
    same = await ministry.drafter.api.patch(
        plan, etag, {"note": shown["note"], "channels": shown["channels"]}
    )
    assert same.headers["ETag"] == etag
    emptied = await ministry.drafter.api.patch(plan, etag, {"note": None})
    assert emptied.json()["note"] is None


async def test_a_discarded_draft_ends_its_activities_and_leaves_room(ministry: Ministry) -> None:
    plan = await ministry.draft(year=YEAR + 1)
    activity = await ministry.added(plan)
    discarded = (await ministry.done(ministry.drafter, f"{plan}/discard")).json()
    assert (discarded["state"], discarded["awaiting"], discarded["actions"]) == ("discarded", [], [])
    assert (await ministry.drafter.api.get(activity)).json()["state"] == "cancelled"
    again = (await ministry.drafter.api.get(await ministry.draft(year=YEAR + 1))).json()
    assert again["number"] == 2
    assert again["difference"] == [], "against nothing that was ever meant"


async def test_one_plan_of_a_thing_and_year(world: World) -> None:
    ministry = await Ministry.make(world)
    plan = await ministry.submitted()
    refused(await ministry.begin(), 409, "already_exists")
    await ministry.done(ministry.manager, f"{plan}/approve")
    refused(await ministry.begin(), 409, "already_exists")


async def test_a_new_version_takes_over_the_activities_of_the_one_before(world: World) -> None:
    ministry = await Ministry.make(world)
    first = await ministry.approved()
    kept = await ministry.activity_of(first)
    cancelled = await ministry.added(first, reason="طلب إضافي")
    await ministry.done(ministry.drafter, f"{cancelled}/cancel", {"reason": "أُلغي اللقاء"})
    second = await ministry.revised(first)
    refused(await ministry.revise(first), 409, "already_exists")
    shown = (await ministry.drafter.api.get(second)).json()
    assert (shown["number"], shown["reason"], shown["difference"]) == (2, REASON, [])
    assert "communication_plans.submit" in shown["actions"], "the activities of the first go on"
    assert "communication_plans.revise" not in (await ministry.drafter.api.get(first)).json()["actions"]
    etag = await ministry.drafter.api.etag(second)
    changed = (
        await ministry.drafter.api.patch(
            second, etag, {"name_ar": "خطة التواصل المحدّثة", "channels": [{"ar": "الإذاعة"}]}
        )
    ).json()
    assert [line["field"] for line in changed["difference"]] == ["name_ar", "channels.1", "channels.2"]
    assert changed["difference"][1] == {
        "field": "channels.1",
        "before": "البريد الداخلي · Internal mail",
        "after": "الإذاعة",
    }
    added = await ministry.added(second, name_ar="نشر المعايير", name_en="Publish the criteria")
    await ministry.done(ministry.drafter, f"{second}/submit")
    assert (await ministry.drafter.api.get(first)).json()["state"] == "approved"
    in_force = (await ministry.done(ministry.manager, f"{second}/approve")).json()
    assert [f"/v1/communication-activities/{each['id']}" for each in in_force["activities"]] == [kept, added]
    assert {each["state"] for each in in_force["activities"]} == {"planned"}
    before = (await ministry.drafter.api.get(first)).json()
    assert (before["state"], before["actions"]) == ("superseded", [])
    left = [f"/v1/communication-activities/{each['id']}" for each in before["activities"]]
    assert left == [cancelled], "what is cancelled stays with its version"
    assert (await ministry.drafter.api.get(kept)).json()["plan"]["id"] == in_force["id"]
    await ministry.done(ministry.drafter, f"{kept}/report", ministry.report())


async def test_an_activity_added_later_says_why_and_a_cancelled_one_too(world: World) -> None:
    ministry = await Ministry.make(world)
    plan = await ministry.approved()
    refused(await ministry.add(plan), 422, "invalid", "#/reason")
    added = await ministry.added(plan, reason="طلبت وحدة المتابعة لقاءً إضافيًا", name_ar="لقاء إضافي")
    shown = (await ministry.drafter.api.get(added)).json()
    assert (shown["state"], shown["reason"]) == ("planned", "طلبت وحدة المتابعة لقاءً إضافيًا")
    refused(
        await ministry.drafter.api.patch(added, await ministry.drafter.api.etag(added), {"channel": "بث"}),
        409,
        "wrong_state",
    )
    cancelled = (
        await ministry.done(ministry.drafter, f"{added}/cancel", {"reason": "أُدمج مع لقاء آخر"})
    ).json()
    assert (cancelled["state"], cancelled["awaiting"]) == ("cancelled", [])
    assert cancelled["cancellation_reason"] == "أُدمج مع لقاء آخر"
    draft = await ministry.draft(year=YEAR + 1)
    refused(await ministry.add(draft, reason="سبب"), 422, "invalid", "#/reason")


async def test_late_is_derived_and_filtered(world: World) -> None:
    ministry = await Ministry.make(world)
    plan = await ministry.draft()
    yesterday, today = clock.today() - timedelta(days=1), clock.today()
    late = await ministry.added(plan, starts_on=yesterday.isoformat(), ends_on=yesterday.isoformat())
    await ministry.added(plan, starts_on=today.isoformat(), ends_on=today.isoformat(), scope="external")
    assert (await ministry.drafter.api.get(late)).json()["late"] is False, "it is only drafted"
    await ministry.done(ministry.drafter, f"{plan}/submit")
    await ministry.done(ministry.manager, f"{plan}/approve")
    assert (await ministry.drafter.api.get(late)).json()["late"] is True
    asked = {"entity_id": str(ministry.entity.id)}

    async def found(**more: str) -> list[str]:
        answer = await ministry.drafter.api.get("/v1/communication-activities", **asked, **more)
        assert answer.status_code == 200, answer.text
        return [item["starts_on"] for item in answer.json()["items"]]

    assert await found() == [yesterday.isoformat(), today.isoformat()]
    assert await found(late="true") == [yesterday.isoformat()]
    assert await found(late="false") == [today.isoformat()]
    assert await found(scope="external", state="planned") == [today.isoformat()]
    assert await found(from_day=today.isoformat()) == [today.isoformat()]
    assert await found(to_day=yesterday.isoformat()) == [yesterday.isoformat()]
    page = (await ministry.drafter.api.get("/v1/communication-activities", limit="1", **asked)).json()
    rest = await ministry.drafter.api.get(
        "/v1/communication-activities", limit="1", cursor=page["next_cursor"], **asked
    )
    assert [item["starts_on"] for item in rest.json()["items"]] == [today.isoformat()]


async def test_support_is_asked_of_unit_and_answered(world: World) -> None:
    ministry = await Ministry.make(world)
    plan = await ministry.approved()
    assert (await ministry.unit.api.get(plan)).status_code == 404
    what = {"what": "تغطية إعلامية لإطلاق الخطة السنوية"}
    asked = (await ministry.done(ministry.representative, f"{plan}/ask-support", what)).json()
    assert [(wait["party"], wait["action"]) for wait in asked["awaiting"]] == [
        ("unit", "communication_plans.answer_support")
    ]
    refused(await ministry.take(ministry.manager, f"{plan}/ask-support", what), 409, "support_asked")
    inbox = (await ministry.unit.api.get("/v1/inbox")).json()["items"]
    assert asked["id"] in [item["subject_id"] for item in inbox]
    seen = (await ministry.unit.api.get(plan)).json()
    assert seen["actions"] == ["communication_plans.answer_support"]
    answer = {"answer": "تُنشر المواد في حسابات الرؤية"}
    refused(await ministry.take(ministry.manager, f"{plan}/answer-support", answer), 403, "forbidden")
    answered = (await ministry.done(ministry.unit, f"{plan}/answer-support", answer)).json()
    assert (answered["support"]["answer"], answered["awaiting"]) == (answer["answer"], [])
    refused(await ministry.take(ministry.unit, f"{plan}/answer-support", answer), 409, "no_support_asked")
    again = (await ministry.done(ministry.manager, f"{plan}/ask-support", {"what": "بث مباشر"})).json()
    assert (again["support"]["asked"], again["support"]["answer"]) == ("بث مباشر", None)
    second = await ministry.revised(plan)
    assert (await ministry.unit.api.get(second)).status_code == 404, "a draft is not UNIT's to see"
    await ministry.done(ministry.drafter, f"{second}/submit")
    await ministry.done(ministry.manager, f"{second}/approve")
    assert (await ministry.unit.api.get(second)).status_code == 200
    # What UNIT had not answered yet goes over.
    carried = (await ministry.unit.api.get(second)).json()
    assert (carried["support"]["asked"], carried["support"]["answer"]) == ("بث مباشر", None)
    assert [(wait["party"], wait["action"]) for wait in carried["awaiting"]] == [
        ("unit", "communication_plans.answer_support")
    ]
    refused(await ministry.take(ministry.unit, f"{plan}/answer-support", answer), 409, "wrong_state")
    await ministry.done(ministry.unit, f"{second}/answer-support", answer)
    third = await ministry.revised(second)
    await ministry.done(ministry.drafter, f"{third}/submit")
    done = (await ministry.done(ministry.manager, f"{third}/approve")).json()
    assert (done["support"], done["awaiting"]) == (None, [])
    second = third
    activity = await ministry.activity_of(second)
    assert (await ministry.unit.api.get(activity)).status_code == 200
