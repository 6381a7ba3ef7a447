"""An annual plan from its first draft to its confirmation, and its next version (Guide P-2, P-5 to P-9)."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from fastapi import FastAPI

from app import errors
from app.enums import IndicatorLevel, Role, Tenure
from app.schemas.plans import PlanCallList, PlanList, PlanRead
from app.services.plans import items_rules
from tests.factories.plans import CRITERIA, GOAL, YEAR, Planning
from tests.factories.world import World
from tests.obligations.owing import priority


@pytest.fixture
async def office(world: World) -> Planning:
    return await Planning.make(world)


async def test_a_plan_goes_from_draft_to_confirmation(app: FastAPI, world: World, office: Planning) -> None:
    indicator = await world.indicator(office.entity)
    moved = await world.indicator(office.entity)
    still = await world.indicator(office.entity, level=IndicatorLevel.SPECIAL)
    funded = await office.initiative(asks=120_000, answer="granted", moves=[moved])
    refused = await office.initiative(asks=80_000, answer="refused", name_ar="مبادرة لم تُموَّل")
    plan = await office.begun(
        GOAL,
        {"kind": "indicator", "indicator_id": str(indicator)},
        {"kind": "initiative", "initiative_id": str(funded)},
        {"kind": "initiative", "initiative_id": str(refused)},
    )
    drafted = await plan.read()
    PlanRead.model_validate(drafted)
    assert (drafted["state"], drafted["number"], len(drafted["contents"])) == ("draft", 1, 4)
    assert [item["funding"] for item in drafted["contents"]] == [
        "none_asked",
        "none_asked",
        "granted",
        "refused",
    ]
    coverage = drafted["coverage"]
    assert (coverage["indicators"], coverage["indicators_moved"]) == (3, 2)
    assert [one["id"] for one in coverage["unmoved"]] == [str(still)]
    assert drafted["budgets"] == [
        {
            "year": YEAR,
            "source": "state_budget",
            "requested": 200000,
            "granted": 120000,
            "refused": 80000,
            "unanswered": 0,
        }
    ]

    with pytest.raises(items_rules.UncheckedItems) as unchecked:
        await plan.fire(app, "plans.verify", office.manager)
    assert len(unchecked.value.errors) == 4
    await plan.checked()
    await plan.fire(app, "plans.verify", office.manager)
    verified = await plan.read()
    assert verified["verified"]["by"]["id"] == str(office.manager.id)
    assert (verified["state"], verified["verified"]["outdated"]) == ("draft", False)

    await plan.fire(app, "plans.approve_preliminarily", office.head_office, letter=office.letter())
    assert (await plan.read())["preliminary"]["by"]["id"] == str(office.head.id)
    with pytest.raises(items_rules.UnfundedItems):
        await plan.fire(app, "plans.approve", office.head)
    await plan.fire(app, "plans.cut", office.finance)
    cut = await plan.read()
    assert cut["funded_cut_at"] is not None
    assert [item["state"] for item in cut["contents"]] == ["kept", "kept", "kept", "dropped"]
    assert cut["contents"][3]["drop_reason"]
    assert cut["verified"]["outdated"]

    await plan.fire(app, "plans.approve", office.head_office, letter=office.letter())
    approved = await plan.read(office.executor)
    assert approved["state"] == "approved"
    assert approved["approved"]["by"]["id"] == str(office.head.id)
    assert approved["approved"]["decision_id"]
    assert approved["difference"] == []

    await plan.fire(app, "plans.revise", office.head_office, reason="ملاحظات الأمانة العامة لمجلس الوزراء")
    revised = await plan.read()
    assert (revised["state"], revised["approved"], revised["returned"]["by"]["id"]) == (
        "preliminary",
        None,
        str(office.head_office.id),
    )
    await plan.add({**GOAL, "title_ar": "تطوير خدمات الباحثين عن عمل"})
    changed = await plan.read()
    assert [(one["field"], one["before"]) for one in changed["difference"]] == [("items.5", None)]
    with pytest.raises(items_rules.PlanUnverified):
        await plan.fire(app, "plans.approve", office.head)
    await plan.checked()
    await plan.fire(app, "plans.approve", office.head)
    await plan.fire(app, "plans.confirm", office.head_office)
    await plan.fire(app, "plans.record_platform_entry", office.specialist, reason="EX-2027-114")
    done = await plan.read()
    assert (done["state"], done["platform_entry"]["reference"]) == ("confirmed", "EX-2027-114")
    assert done["returned"] is None
    answer = await plan.post(
        "record-platform-entry",
        {"platform": "منصة الإجادة", "reference": None, "entered_on": "2026-11-20"},
        by=office.specialist,
    )
    assert answer.status_code == 200, answer.text
    assert answer.json()["platform_entry"] == {
        "platform": "منصة الإجادة",
        "reference": None,
        "entered_on": "2026-11-20",
    }


async def test_coverage_tells_how_many_indicators_and_priorities_the_plan_moves(
    world: World, office: Planning
) -> None:
    labour, food, digital, idle = [await priority(world) for _ in range(4)]
    moved, unmoved, untouched, of_a_goal, of_none, retired = [
        await world.indicator(office.entity) for _ in range(6)
    ]
    for indicator, serves in (
        (moved, labour),
        (unmoved, labour),
        (untouched, food),
        (of_a_goal, digital),
        (retired, idle),
    ):
        await world.owner.execute("update indicators set priority_id = $2 where id = $1", indicator, serves)
    await world.owner.execute(
        "update indicators set state = 'retired', retired_on = '2026-01-01' where id = $1", retired
    )
    stranger = await world.indicator(await world.entity())
    await world.owner.execute("update indicators set priority_id = $2 where id = $1", stranger, idle)

    plan = await office.begun({**GOAL, "priority_id": str(idle)})
    nothing = (await plan.read())["coverage"]
    assert (nothing["indicators_moved"], nothing["indicators_share"]) == (0, 0)
    assert (nothing["priorities"], nothing["priorities_covered"], nothing["priorities_share"]) == (3, 0, 0)

    await plan.add({"kind": "indicator", "indicator_id": str(moved)})
    goal = await plan.add({**GOAL, "priority_id": str(digital)})
    shown = (await plan.read())["coverage"]
    assert [one["id"] for one in shown.pop("unmoved")] == [
        str(one) for one in (unmoved, untouched, of_a_goal, of_none)
    ]
    assert shown == {
        "indicators": 5,
        "indicators_moved": 1,
        "indicators_share": 0.2,
        "priorities": 3,
        "priorities_covered": 2,
        "priorities_share": 0.6667,
    }
    api = office.planner.api
    reason = {"reason": "نُقل الهدف إلى خطة العام التالي"}
    dropped = await api.step(f"/v1/plan-items/{goal['id']}/drop", await api.etag(plan.path), reason)
    assert dropped.status_code == 200, dropped.text
    left = (await plan.read())["coverage"]
    assert (left["priorities_covered"], left["priorities_share"]) == (1, 0.3333)


async def test_a_new_version_takes_the_place_of_what_was_in_force(app: FastAPI, office: Planning) -> None:
    first = await office.begun(GOAL, {**GOAL, "title_ar": "تمكين الباحثين عن عمل", "title_en": None})
    await first.approved(app)
    answer = await first.post("versions", {"reason": "أضيف هدف بتوجيه من الإدارة العليا"})
    assert answer.status_code == 201, answer.text
    PlanRead.model_validate(answer.json())
    second = type(first)(office, UUID(answer.json()["id"]))
    said = await second.read()
    assert (said["number"], said["state"], said["reason"]) == (
        2,
        "draft",
        "أضيف هدف بتوجيه من الإدارة العليا",
    )
    assert [item["number"] for item in said["contents"]] == [1, 2]
    assert said["difference"] == []
    again = await first.post("versions", {"reason": "نسخة أخرى"})
    assert (again.status_code, again.json()["code"]) == (409, "overlapping_plan")

    dropped = await office.planner.api.step(
        f"/v1/plan-items/{said['contents'][1]['id']}/drop",
        await office.planner.api.etag(second.path),
        {"reason": "دُمج في هدف آخر"},
    )
    assert dropped.status_code == 200, dropped.text
    await second.add({**GOAL, "title_ar": "رفع الإنتاجية", "title_en": "Raise productivity"})
    answer = await office.planner.api.patch(
        second.path,
        await office.planner.api.etag(second.path),
        {"name_en": "Annual plan 2027, second version", "criteria": CRITERIA[:1]},
    )
    assert answer.status_code == 200, answer.text
    assert {one["field"]: (one["before"], one["after"]) for one in answer.json()["difference"]} == {
        "name_en": (f"Annual plan {YEAR}", "Annual plan 2027, second version"),
        "criteria.readiness": (
            "جاهزية المبادرة للتنفيذ / The initiative is ready to be carried out",
            None,
        ),
        "items.2": ("تمكين الباحثين عن عمل", None),
        "items.3": (None, "رفع الإنتاجية / Raise productivity"),
    }
    await second.approved(app)
    assert (await first.read())["state"] == "superseded"
    assert (await second.read())["state"] == "approved"
    listed = await office.planner.api.get("/v1/plans", entity_id=office.entity.id, year=YEAR)
    assert [one.number for one in PlanList.model_validate_json(listed.content).items] == [2, 1]


async def test_a_return_voids_what_was_verified(app: FastAPI, office: Planning) -> None:
    plan = await office.begun()
    await plan.checked()
    await plan.fire(app, "plans.verify", office.manager)
    with pytest.raises(errors.Invalid):
        await plan.send_back(app, "draft", office.head, None)
    await plan.send_back(app, "draft", office.head, "لا تراعي الخطة توصيات الإدارة العليا")
    said = await plan.read()
    assert (said["state"], said["verified"]) == ("draft", None)
    assert said["returned"]["reason"] == "لا تراعي الخطة توصيات الإدارة العليا"
    await plan.fire(app, "plans.verify", office.manager)


async def test_four_eyes(app: FastAPI, world: World, office: Planning) -> None:
    plan = await office.begun()
    await plan.add(GOAL, by=office.specialist)
    items = (await plan.read())["contents"]
    own = await plan.check(items[1]["id"])
    assert (own.status_code, own.json()["code"]) == (403, "four_eyes")
    for item in items:
        assert (await plan.check(item["id"], by=office.manager)).status_code == 201
    with pytest.raises(errors.FourEyes):
        await plan.fire(app, "plans.verify", office.specialist)
    with pytest.raises(errors.Forbidden):
        await plan.fire(app, "plans.verify", office.planner)
    await plan.fire(app, "plans.verify", office.manager)
    leave = datetime.now(UTC) + timedelta(days=9)
    await world.appoint(office.manager, Role.HEAD, office.entity, tenure=Tenure.ACTING, ends_at=leave)
    with pytest.raises(errors.FourEyes):
        await plan.fire(app, "plans.approve", office.manager)
    await plan.fire(app, "plans.approve", office.head)


async def test_where_four_eyes_leaves_nobody_the_head_verifies(
    app: FastAPI, world: World, office: Planning
) -> None:
    plan = await office.begun()
    await plan.checked()
    await plan.add(GOAL, by=office.specialist)
    assert (await plan.check((await plan.read())["contents"][1]["id"], by=office.manager)).status_code == 201
    with pytest.raises(errors.Forbidden):
        await plan.fire(app, "plans.verify", office.head, reason="لا حاجة إلى الانتظار")
    await world.owner.execute(
        "update memberships set ends_at = now() where id = $1", office.manager.memberships[0]
    )
    with pytest.raises(errors.Invalid):
        await plan.fire(app, "plans.verify", office.head)
    await plan.fire(app, "plans.verify", office.head, reason="لا يوجد من يتحقق غيره")
    assert (await plan.read())["exceptional"]


async def test_the_representative_who_is_assigned_checks_and_verifies(
    app: FastAPI, world: World, office: Planning
) -> None:
    plan = await office.begun()
    item = (await plan.read())["contents"][0]
    assert (await office.representative.api.get(plan.path)).status_code == 404
    await world.assign(office.representative, plan.id, office.entity)
    assert (await plan.check(item["id"], by=office.representative)).status_code == 201
    await plan.fire(app, "plans.verify", office.representative)


async def test_a_check_counts_until_the_item_is_edited(office: Planning) -> None:
    plan = await office.begun()
    item = (await plan.read())["contents"][0]
    assert (await plan.check(item["id"], "wording")).status_code == 201
    said = (await plan.read())["contents"][0]["checks"]
    assert {check["question"]: check["passed"] for check in said if check["counts"]} == {
        "aligned": True,
        "template": True,
        "indicators": True,
        "effective": True,
        "wording": False,
    }
    with pytest.raises(items_rules.PlanUnverified):
        items_rules.check_approvable((await plan.read())["contents"], cut=False)
    edited = await office.planner.api.patch(
        f"/v1/plan-items/{item['id']}",
        await office.planner.api.etag(plan.path),
        {"title_ar": "رفع نسبة التعمين في القطاع الخاص إلى 40 بالمئة"},
    )
    assert edited.status_code == 200, edited.text
    assert not any(check["counts"] for check in edited.json()["contents"][0]["checks"])
    assert (await plan.check(item["id"], questions=("wording",))).status_code == 201
    said = (await plan.read())["contents"][0]["checks"]
    assert [check["question"] for check in said if check["counts"]] == ["wording"]


async def test_only_funded_programmes_stay(app: FastAPI, office: Planning) -> None:
    waiting = await office.initiative(asks=50_000)
    other_year = await office.initiative(
        asks=70_000, answer="refused", year=YEAR + 1, ends_on=date(YEAR + 1, 5, 1)
    )
    plan = await office.begun(
        {"kind": "initiative", "initiative_id": str(waiting)},
        {"kind": "initiative", "initiative_id": str(other_year)},
    )
    await plan.fire(app, "plans.approve_preliminarily", office.head)
    with pytest.raises(items_rules.UnansweredBudgets) as unanswered:
        await plan.fire(app, "plans.cut", office.planner)
    assert len(unanswered.value.errors) == 1
    await office.world.owner.execute(
        "update budget_lines set answer = 'refused', answered_on = '2026-09-20' where initiative_id = $1",
        waiting,
    )
    await plan.fire(app, "plans.cut", office.planner)
    assert [item["state"] for item in (await plan.read())["contents"]] == ["dropped", "kept"]


async def test_criteria_come_before_proposals(office: Planning) -> None:
    plan = await office.begun(criteria=[])
    refused = await plan.post("open-proposals")
    assert (refused.status_code, refused.json()["code"]) == (409, "no_criteria")
    api = office.planner.api
    assert (await api.patch(plan.path, await api.etag(plan.path), {"criteria": CRITERIA})).status_code == 200
    assert (await plan.post("open-proposals")).status_code == 200
    fixed = await api.patch(plan.path, await api.etag(plan.path), {"criteria": CRITERIA[:1]})
    assert (fixed.status_code, fixed.json()["code"]) == (409, "proposals_open")
    twice = await plan.post("open-proposals")
    assert (twice.status_code, twice.json()["code"]) == (409, "proposals_open")
    calls = await office.executor.api.get("/v1/proposal-calls")
    assert [one.id for one in PlanCallList.model_validate_json(calls.content).items] == [plan.id]
    assert (await office.unit.api.get("/v1/proposal-calls")).json()["items"] == []
    assert (await office.executor.api.get(plan.path)).status_code == 404
    assert (await plan.post("close-proposals")).json()["proposals_open"] is False
    closed = await plan.post("close-proposals")
    assert (closed.status_code, closed.json()["code"]) == (409, "proposals_closed")


async def test_a_draft_is_discarded_and_another_begun(office: Planning) -> None:
    plan = await office.begun()
    overlapping = await office.create()
    assert (overlapping.status_code, overlapping.json()["code"]) == (409, "overlapping_plan")
    assert (await plan.post("discard")).json()["state"] == "discarded"
    second = await office.create()
    assert (second.status_code, second.json()["number"]) == (201, 2)
