"""Progress reports: entered, reviewed, approved, and what they make of the initiative (Guide N-3, V-1, V-2)."""

import asyncio
from datetime import timedelta

import pytest

from tests.evidence import bringing
from tests.factories import role_plans
from tests.factories.initiatives import REASON, House, Thing, milestone, today
from tests.factories.world import Person


async def test_the_percentage_comes_from_the_milestones(house: House) -> None:
    made = await house.approved()
    report = await house.reported(made, {1: 100, 2: 25})
    draft = await house.read(report)
    assert (draft["computed"], draft["percent"]) == (62.5, 62.5)
    assert draft["milestones"] == [{"number": 1, "percent": 100}, {"number": 2, "percent": 25}]
    await house.done(house.member, report, "submit")
    await house.done(house.planner, report, "review")
    assert (await house.read(made))["percent"] is None
    approved = await house.done(house.manager, report, "approve")
    assert approved["actions"] == []
    after = await house.read(made)
    assert (after["percent"], after["as_of"]) == (62.5, today().isoformat())
    assert [each["done_on"] for each in after["milestones"]] == [today().isoformat(), None]
    assert after["latest_report_id"] == str(report.id)
    # What the next one does not name stands as it was.
    following = await house.read(await house.reported(made, {2: 50}))
    assert following["percent"] == 75


async def test_another_percentage_needs_a_reason(house: House) -> None:
    made = await house.approved()
    refused = await house.report(made, None, {1: 100}, percent=80)
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["pointer"] == "#/override_reason"
    report = await house.reported(made, {1: 100}, percent=80, override_reason="أُنجزت أعمال خارج المراحل")
    draft = await house.read(report)
    assert (draft["computed"], draft["percent"]) == (50, 80)
    etag = await house.member.api.etag(report.path)
    back = await house.member.api.patch(report.path, etag, {"percent": None})
    assert (back.json()["percent"], back.json()["override_reason"]) == (50, None)


async def test_a_report_speaks_of_no_day_to_come_and_of_an_earlier_one_only_with_a_reason(
    house: House,
) -> None:
    made = await house.approved()
    tomorrow = (today() + timedelta(days=1)).isoformat()
    refused = await house.report(made, None, as_of=tomorrow)
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (422, "in_the_future")
    await house.progressed(made, {1: 100, 2: 20})
    earlier = (today() - timedelta(days=10)).isoformat()
    refused = await house.report(made, None, {1: 50}, as_of=earlier)
    assert refused.json()["errors"][0]["pointer"] == "#/correction_reason"
    await house.progressed(made, {1: 50, 2: 0}, as_of=earlier, correction_reason="خطأ في الرصد")
    # What is known of a later day still stands.
    after = await house.read(made)
    assert (after["percent"], after["as_of"]) == (60, today().isoformat())
    assert after["milestones"][0]["done_on"] is not None
    curve = (await house.specialist.api.get(f"{made.path}/curve")).json()
    assert [(point["day"], point["percent"]) for point in curve["actual"]] == [
        (earlier, 25),
        (today().isoformat(), 60),
    ]


async def test_one_report_is_on_its_way_at_a_time(house: House) -> None:
    made = await house.approved()
    answers = await asyncio.gather(*(house.report(made) for _ in range(2)))
    assert sorted(answer.status_code for answer in answers) == [201, 409]
    refused = await house.take(house.member, made, "ask-to-close")
    assert (refused.status_code, refused.json()["code"]) == (409, "report_in_work")


async def test_four_eyes_and_the_right_of_each_step(house: House) -> None:
    made = await house.approved()
    report = await house.reported(made)
    for person in (house.planner, house.manager, house.head, house.outsider):
        assert (await house.report(made, person)).status_code == 403
    await house.done(house.member, report, "submit")
    for person in (house.member, house.manager, house.specialist):
        assert (await house.take(person, report, "review")).status_code == 403
    await house.done(house.planner, report, "review")
    assert (await house.take(house.specialist, report, "approve")).status_code == 403
    await house.world.delegate(house.manager, house.specialist, house.entity, "progress_reports.approve")
    approved = await house.done(house.specialist, report, "approve")
    assert approved["state"] == "approved"


async def test_a_returned_report_begins_anew(house: House) -> None:
    made = await house.approved()
    report = await house.reported(made)
    await house.done(house.member, report, "submit")
    await house.done(house.planner, report, "review")
    back = await house.done(house.manager, report, "return", {"reason": REASON})
    assert back["returned"]["reason"] == REASON
    assert back["reviewed_by"] is None
    assert next(wait["action"] for wait in back["awaiting"]) == "progress_reports.submit"


async def test_the_plan_may_have_changed_since(house: House) -> None:
    made = await house.approved()
    report = await house.reported(made, {1: 100})
    plan = [
        milestone(1, today(), today() + timedelta(days=5), 80),
        milestone(2, today(), today() + timedelta(days=9), 20),
    ]
    await house.done(house.specialist, made, "revise", {"reason": REASON, "milestones": plan})
    refused = await house.take(house.member, report, "submit")
    assert (refused.status_code, refused.json()["code"]) == (409, "plan_changed")
    etag = await house.member.api.etag(report.path)
    corrected = await house.member.api.patch(report.path, etag, {"note": "حُدّثت النسبة وفق الخطة المعدلة"})
    assert corrected.json()["percent"] == 80
    await house.done(house.member, report, "submit")


async def test_evidence_is_decided_about_before_the_approval(house: House) -> None:
    made = await house.approved()
    report = await house.reported(made)
    answer = await house.member.api.create("/v1/evidence", bringing.announcement(report.id))
    proof = bringing.Proof.of(answer)
    refused = await house.take(house.member, report, "submit")
    assert (refused.status_code, refused.json()["code"]) == (409, "evidence_missing")
    assert (await bringing.put(house.member, proof)).status_code == 200
    await house.done(house.member, report, "submit")
    await house.done(house.planner, report, "review")
    refused = await house.take(house.manager, report, "approve")
    assert (refused.status_code, refused.json()["code"]) == (409, "evidence_unverified")
    await bringing.taken(house.specialist, proof, "verify")
    await house.done(house.manager, report, "approve")
    late = await house.member.api.create("/v1/evidence", bringing.announcement(report.id))
    assert late.status_code == 409


@pytest.mark.parametrize("state", ["drafted", "submitted", "closed", "stopped"])
async def test_only_what_is_carried_out_is_reported(house: House, state: str) -> None:
    made = await getattr(house, state)()
    refused = await house.report(made)
    assert (refused.status_code, refused.json()["code"]) == (409, "initiative_not_running")


async def test_an_earlier_day_knows_nothing_of_a_later_one(house: House) -> None:
    made = await house.approved()
    await house.progressed(made, {1: 100, 2: 60})
    earlier = (today() - timedelta(days=20)).isoformat()
    report = await house.reported(made, {2: 10}, as_of=earlier, correction_reason="خطأ في الرصد")
    assert (await house.read(report))["milestones"] == [
        {"number": 1, "percent": 0},
        {"number": 2, "percent": 10},
    ]


async def test_a_plan_that_is_revised_at_the_moment_of_the_approval_is_told(house: House) -> None:
    made = await house.approved()
    report = await house.reported(made)
    await house.done(house.member, report, "submit")
    await house.done(house.planner, report, "review")
    etag = await house.manager.api.etag(report.path)
    owner = house.world.owner
    async with owner.transaction():
        await owner.execute("update initiatives set version = version + 1 where id = $1", made.id)
        approving = asyncio.create_task(house.manager.api.step(f"{report.path}/approve", etag))
        while not await owner.fetchval("select exists (select from pg_locks where not granted)"):
            assert not approving.done(), (await approving).text
            await asyncio.sleep(0.05)
    assert (await approving).status_code == 412
    assert (await house.read(report))["state"] == "reviewed"
    await house.done(house.manager, report, "approve")


async def test_a_report_that_begins_is_told_to_who_asks_to_close(house: House) -> None:
    made = await house.approved()
    etag = await house.member.api.etag(made.path)
    await house.reported(made)
    assert (await house.member.api.step(f"{made.path}/ask-to-close", etag)).status_code == 412


async def _put(house: House, thing: Thing, by: Person) -> bringing.Proof:
    """Evidence of a thing that nobody has decided about."""
    proof = bringing.Proof.of(await by.api.create("/v1/evidence", bringing.announcement(thing.id)))
    assert (await bringing.put(by, proof)).status_code == 200
    return proof


async def _waiting(person: Person) -> set[str]:
    """The ids of what waits for somebody."""
    return {item["subject_id"] for item in (await person.api.get("/v1/inbox")).json()["items"]}


async def test_what_is_stopped_waits_for_nobody_any_more(house: House) -> None:
    made = await house.approved()
    proof = await _put(house, made, house.member)
    report = await house.reported(made)
    await house.done(house.member, report, "submit")
    await house.done(house.planner, report, "review")
    assert str(proof.id) in await _waiting(house.specialist)
    assert str(report.id) in await _waiting(house.manager)
    await house.done(house.head, made, "stop", {"reason": REASON})
    refused = await house.take(house.manager, report, "approve")
    assert (refused.status_code, refused.json()["code"]) == (409, "wrong_state")
    assert (await house.read(report))["state"] == "discarded"
    assert (await house.specialist.api.get(proof.path)).json()["state"] == "withdrawn"
    assert str(proof.id) not in await _waiting(house.specialist)
    assert str(report.id) not in await _waiting(house.manager)


async def test_the_evidence_of_a_check_that_is_taken_back_waits_for_nobody(house: House) -> None:
    check = await house.checked(await house.approved())
    proof = await _put(house, check, house.drafter)
    await house.done(house.manager, check, "withdraw", {"reason": "سُجلت خطأً"})
    assert (await house.specialist.api.get(proof.path)).json()["state"] == "withdrawn"
    assert str(proof.id) not in await _waiting(house.specialist)


async def test_the_report_waits_in_the_inbox_of_who_is_next(house: House) -> None:
    made = await house.approved()
    report = await house.reported(made)
    await house.done(house.member, report, "submit")
    items = (await house.planner.api.get("/v1/inbox")).json()["items"]
    (line,) = [item for item in items if item["subject_id"] == str(report.id)]
    assert (line["kind"], line["action"]) == ("progress_report", "progress_reports.review")
    assert line["title"]["ar"] == "منصة التوظيف الموحدة"


async def test_where_nobody_reviews_it_waits_for_who_approves(house: House) -> None:
    steps = {"enter": ["executing"], "review": [], "approve": ["manager"]}
    await role_plans.agreed(house.manager, house.head, house.entity, "detailed_plans", steps)
    report = await house.reported(await house.approved())
    submitted = await house.done(house.member, report, "submit")
    assert (submitted["state"], submitted["reviewed_by"]) == ("reviewed", None)
    assert [(wait["party"], wait["action"]) for wait in submitted["awaiting"]] == [
        ("manager", "progress_reports.approve")
    ]
    inbox = (await house.manager.api.get("/v1/inbox")).json()["items"]
    assert "progress_reports.approve" in {item["action"] for item in inbox}
    assert (await house.take(house.member, report, "approve")).status_code == 403
    back = await house.done(house.manager, report, "return", {"reason": REASON})
    assert back["state"] == "draft"
    await house.done(house.member, report, "submit")
    approved = await house.done(house.manager, report, "approve")
    assert (approved["state"], approved["exceptional"]) == ("approved", False)
