"""Every answer about communication plans and detailed plans as it is sent: valid against its model to the last member,
after a change the same as a read, and at the price that is promised."""

from typing import Any

import pytest

from app.schemas.communication_activities import CommunicationActivityList, CommunicationActivityRead
from app.schemas.communications import CommunicationPlanList, CommunicationPlanRead
from app.schemas.detailed_plans import DetailedPlanList, DetailedPlanRead
from tests.core.test_statements import READ, TRANSITION, app, counted
from tests.factories.communications import Ministry
from tests.factories.detailed_plans import Detailing
from tests.factories.world import World

__all__ = ["app"]  # the application with a listener on its lanes


async def test_every_answer_is_as_its_model_says(world: World) -> None:
    ministry = await Ministry.make(world)
    first = await ministry.approved()
    await ministry.done(ministry.drafter, f"{first}/ask-support", {"what": "تغطية إعلامية"})
    await ministry.done(ministry.unit, f"{first}/answer-support", {"answer": "تُنشر المواد"})
    added = await ministry.added(
        first, owner=None, division_id=str(ministry.communication.id), reason="طلب من وحدة المتابعة"
    )
    cancelled = await ministry.added(first, reason="طلب من وحدة المتابعة")
    await ministry.done(ministry.drafter, f"{added}/report", ministry.report())
    await ministry.done(ministry.drafter, f"{cancelled}/cancel", {"reason": "أُدمج مع غيره"})
    second = await ministry.revised(first)
    returned = await ministry.drafter.api.patch(
        second, await ministry.drafter.api.etag(second), {"note": None, "channels": []}
    )
    CommunicationPlanRead.model_validate_json(returned.text)
    discarded = await ministry.draft(year=2030)
    await ministry.done(ministry.drafter, f"{discarded}/discard")
    for plan in (first, second, discarded):
        CommunicationPlanRead.model_validate_json((await ministry.manager.api.get(plan)).text)
    for activity in (added, cancelled, await ministry.activity_of(first)):
        CommunicationActivityRead.model_validate_json((await ministry.manager.api.get(activity)).text)
    plans = await ministry.manager.api.get("/v1/communication-plans", entity_id=str(ministry.entity.id))
    assert len(CommunicationPlanList.model_validate_json(plans.text).items) == 3
    activities = await ministry.manager.api.get(
        "/v1/communication-activities", plan_id=first.rpartition("/")[2]
    )
    assert len(CommunicationActivityList.model_validate_json(activities.text).items) == 3


async def test_every_detailed_plan_is_as_its_model_says(world: World) -> None:
    detailing = await Detailing.make(world)
    first = await detailing.approved()
    second = await detailing.draft(note="تغيّر موعد الطرح")
    plans = [first, second]
    for plan in plans:
        DetailedPlanRead.model_validate_json((await detailing.manager.api.get(plan)).text)
    listed = await detailing.manager.api.get("/v1/detailed-plans", plan_id=str(detailing.annual.id))
    assert len(DetailedPlanList.model_validate_json(listed.text).items) == 2
    unchanged = await detailing.manager.api.send(
        "GET", first, headers={"If-None-Match": await detailing.manager.api.etag(first)}
    )
    assert unchanged.status_code == 304


@pytest.mark.parametrize("filters", [{}, {"state": "planned", "late": "false", "scope": "internal"}])
async def test_reads_take_two_statements(world: World, filters: dict[str, str]) -> None:
    ministry = await Ministry.make(world)
    plan = await ministry.approved()
    detailing = await Detailing.make(world)
    detailed = await detailing.draft()
    for person, path, asked in (
        (ministry.manager, plan, {}),
        (ministry.manager, await ministry.activity_of(plan), {}),
        (ministry.manager, "/v1/communication-plans", {}),
        (ministry.manager, "/v1/communication-activities", filters),
        (detailing.manager, detailed, {}),
        (detailing.manager, "/v1/detailed-plans", {}),
    ):
        assert (await person.api.get(path, **asked)).status_code == 200
        with counted(READ):
            await person.api.get(path, **asked)


async def test_a_transition_takes_five_statements_and_an_approval_two_more(world: World) -> None:
    """An approval moves the plan's activities too; a new version supersedes the one before it and takes its activities."""
    ministry = await Ministry.make(world)
    plan = await ministry.draft()
    for _ in range(3):
        await ministry.added(plan)
    steps: list[tuple[Any, str, Any, int]] = [
        (ministry.drafter, "submit", None, TRANSITION),
        (ministry.drafter, "withdraw", None, TRANSITION),
        (ministry.drafter, "submit", None, TRANSITION),
        (ministry.manager, "return", {"reason": "الجمهور غير محدد"}, TRANSITION),
        (ministry.drafter, "submit", None, TRANSITION),
        (ministry.manager, "approve", None, TRANSITION + 2),
        (ministry.manager, "ask-support", {"what": "تغطية إعلامية"}, TRANSITION + 1),
    ]
    for person, verb, body, most in steps:
        etag = await person.api.etag(plan)
        with counted(most):
            assert (await person.api.step(f"{plan}/{verb}", etag, body)).status_code == 200
    activity = await ministry.activity_of(plan)
    etag = await ministry.drafter.api.etag(activity)
    with counted(TRANSITION + 1):
        await ministry.drafter.api.step(f"{activity}/report", etag, ministry.report())
    second = await ministry.revised(plan)
    await ministry.done(ministry.drafter, f"{second}/submit")
    etag = await ministry.manager.api.etag(second)
    with counted(TRANSITION + 5):  # and what UNIT has not answered goes over
        assert (await ministry.manager.api.step(f"{second}/approve", etag)).status_code == 200
    detailing = await Detailing.make(world)
    reviewed = await detailing.reviewed()
    etag = await detailing.manager.api.etag(reviewed)
    with counted(TRANSITION):
        assert (await detailing.manager.api.step(f"{reviewed}/approve", etag)).status_code == 200
