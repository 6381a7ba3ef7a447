"""Detailed plans from the division to the office (Guide D-1, P-8 annex B)."""

import asyncio
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from fastapi import FastAPI

from app.enums import DivisionFunction, Role, Tenure
from tests.factories import role_plans
from tests.factories.communications import refused
from tests.factories.detailed_plans import TASKS, Detailing
from tests.factories.plans import YEAR
from tests.factories.scorecards import Office
from tests.factories.world import World


async def test_the_division_its_head_planning_and_the_office(world: World) -> None:
    ministry = await Detailing.make(world)
    plan = await ministry.draft()
    shown = (await ministry.executor.api.get(plan)).json()
    assert (shown["state"], shown["year"], shown["plan"]["state"]) == ("draft", YEAR, "draft")
    assert shown["division"]["id"] == str(ministry.planning.executing.id)
    assert [task["weight"] for task in shown["tasks"]] == [40.5, 59.5]
    assert shown["actions"] == [
        "detailed_plans.edit",
        "detailed_plans.discard",
        "detailed_plans.present",
    ]
    refused(await ministry.take(ministry.executor, f"{plan}/submit"), 409, "not_endorsed")
    refused(await ministry.take(ministry.chief, f"{plan}/endorse"), 409, "not_presented")
    presented = (await ministry.done(ministry.executor, f"{plan}/present")).json()
    assert [(wait["party"], wait["action"]) for wait in presented["awaiting"]] == [
        ("division_head", "detailed_plans.endorse")
    ]
    refused(await ministry.take(ministry.executor, f"{plan}/present"), 409, "already_endorsed")
    inbox = (await ministry.chief.api.get("/v1/inbox")).json()["items"]
    assert [(item["kind"], item["action"]) for item in inbox] == [("detailed_plan", "detailed_plans.endorse")]
    endorsed = (await ministry.done(ministry.chief, f"{plan}/endorse")).json()
    assert endorsed["endorsed_by"]["id"] == str(ministry.chief.id)
    assert {wait["action"] for wait in endorsed["awaiting"]} == {"detailed_plans.submit"}
    await ministry.done(ministry.executor, f"{plan}/submit")
    await ministry.done(ministry.planner, f"{plan}/review")
    approved = (await ministry.done(ministry.manager, f"{plan}/approve")).json()
    assert (approved["state"], approved["awaiting"], approved["plan"]["state"]) == ("approved", [], "draft")
    refused(await ministry.edited(plan, note="بعد الاعتماد"), 409, "wrong_state")


async def test_an_edit_voids_what_the_head_of_the_division_approved(world: World) -> None:
    ministry = await Detailing.make(world)
    plan = await ministry.endorsed()
    same = await ministry.edited(plan, tasks=[dict(task) for task in TASKS])
    assert same.json()["endorsed_at"] is not None, "nothing was to change"
    changed = (await ministry.edited(plan, note="بعد ملاحظات دائرة التخطيط")).json()
    assert (changed["presented_at"], changed["endorsed_at"], changed["endorsed_by"]) == (None, None, None)
    assert {wait["action"] for wait in changed["awaiting"]} == {"detailed_plans.submit"}
    refused(await ministry.take(ministry.executor, f"{plan}/submit"), 409, "not_endorsed")
    await ministry.done(ministry.executor, f"{plan}/present")
    await ministry.done(ministry.chief, f"{plan}/endorse")
    await ministry.done(ministry.executor, f"{plan}/submit")


async def test_a_return_asks_the_head_of_the_division_again_and_a_withdrawal_does_not(world: World) -> None:
    ministry = await Detailing.make(world)
    plan = await ministry.submitted()
    withdrawn = (await ministry.done(ministry.executor, f"{plan}/withdraw")).json()
    assert withdrawn["endorsed_at"] is not None
    await ministry.done(ministry.executor, f"{plan}/submit")
    await ministry.done(ministry.planner, f"{plan}/review")
    returned = (
        await ministry.done(ministry.manager, f"{plan}/return", {"reason": "المخرجات غير قابلة للقياس"})
    ).json()
    assert (returned["state"], returned["endorsed_at"], returned["presented_at"]) == ("draft", None, None)
    assert returned["returned"]["reason"] == "المخرجات غير قابلة للقياس"


async def test_tasks_weigh_a_hundred_when_they_are_presented(world: World) -> None:
    ministry = await Detailing.make(world)
    empty = await ministry.draft(tasks=[])
    refused(
        await ministry.take(ministry.executor, f"{empty}/present"), 409, "incomplete_detailed_plan", "#/tasks"
    )
    light = [{**TASKS[0], "weight": 40}, {**TASKS[1], "weight": 59.99}]
    assert (await ministry.edited(empty, tasks=light)).status_code == 200
    answer = await ministry.take(ministry.executor, f"{empty}/present")
    refused(answer, 409, "incomplete_detailed_plan", "#/tasks")
    assert "99.99" in answer.json()["errors"][0]["detail"]


async def test_a_later_version_supersedes_the_approved_one(world: World) -> None:
    ministry = await Detailing.make(world)
    first = await ministry.approved()
    second = await ministry.draft(note="تغيّر موعد الطرح")
    refused(await ministry.begin(), 409, "already_exists")
    tasks: list[dict[str, Any]] = [dict(TASKS[0]), {**TASKS[1], "owner": "الشركة المنفذة"}]
    changed = (await ministry.edited(second, tasks=tasks)).json()
    assert changed["number"] == 2
    assert [line["field"] for line in changed["difference"]] == ["note", "tasks.2.owner"]
    for person, verb in (
        (ministry.executor, "present"),
        (ministry.chief, "endorse"),
        (ministry.executor, "submit"),
        (ministry.planner, "review"),
        (ministry.manager, "approve"),
    ):
        assert (await ministry.executor.api.get(first)).json()["state"] == "approved"
        await ministry.done(person, f"{second}/{verb}")
    assert (await ministry.executor.api.get(first)).json()["state"] == "superseded"


async def test_four_eyes_from_the_division_to_the_office(world: World) -> None:
    ministry = await Detailing.make(world)
    entity = ministry.planning.entity
    until = datetime.now(UTC) + timedelta(days=30)
    await world.appoint(ministry.chief, Role.MANAGER, entity, tenure=Tenure.ACTING, ends_at=until)
    plan = await ministry.draft(ministry.chief)
    await ministry.done(ministry.executor, f"{plan}/present")
    refused(await ministry.take(ministry.chief, f"{plan}/endorse"), 403, "four_eyes")
    # Nobody else heads the division, so the head of the entity decides, with a reason.
    seen = (await ministry.planning.head.api.get(plan)).json()
    assert "detailed_plans.endorse" in seen["actions"]
    assert "head" in {wait["party"] for wait in seen["awaiting"]}
    refused(await ministry.take(ministry.planning.head, f"{plan}/endorse"), 422, "invalid", "#/reason")
    reason = {"reason": "أعدّ رئيس التقسيم الخطة بنفسه"}
    await ministry.done(ministry.planning.head, f"{plan}/endorse", reason)
    await ministry.done(ministry.executor, f"{plan}/submit")
    await ministry.done(ministry.planner, f"{plan}/review")
    refused(await ministry.take(ministry.chief, f"{plan}/approve"), 403, "four_eyes")
    assert (await ministry.done(ministry.manager, f"{plan}/approve")).json()["exceptional"] is True


async def test_who_endorsed_neither_reviews_nor_approves(world: World) -> None:
    ministry = await Detailing.make(world)
    entity = ministry.planning.entity
    until = datetime.now(UTC) + timedelta(days=30)
    await world.appoint(ministry.chief, Role.MANAGER, entity, tenure=Tenure.ACTING, ends_at=until)
    plan = await ministry.reviewed()
    refused(await ministry.take(ministry.chief, f"{plan}/approve"), 403, "four_eyes")
    await ministry.done(ministry.manager, f"{plan}/approve")


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("executor", 201),
        ("specialist", 201),
        ("planner", 403),
        ("manager", 403),
        ("head", 403),
        ("finance", 403),
        ("representative", 403),
        ("unit", 403),
    ],
)
async def test_who_begins_one(world: World, who: str, status: int) -> None:
    ministry = await Detailing.make(world)
    answer = await ministry.begin(getattr(ministry.planning, who))
    assert answer.status_code == status, answer.text


async def test_another_division_begins_none(world: World) -> None:
    ministry = await Detailing.make(world)
    other = await world.person(Role.DIVISION_MEMBER, division=await world.division(ministry.planning.entity))
    refused(await ministry.begin(other), 403, "forbidden")
    plan = await ministry.draft()
    assert (await other.api.get(plan)).status_code == 404


async def test_who_sees_a_draft_and_who_what_is_approved(app: FastAPI, world: World) -> None:
    ministry, stranger = await Detailing.make(world), await Detailing.make(world)
    plan = await ministry.draft()
    planning = ministry.planning
    at_work = (
        ministry.executor,
        ministry.chief,
        ministry.planner,
        ministry.manager,
        planning.specialist,
        planning.head,
        planning.head_office,
    )
    for person in at_work:
        assert (await person.api.get(plan)).status_code == 200
    for person in (planning.finance, planning.representative, planning.unit, stranger.manager):
        assert (await person.api.get(plan)).status_code == 404
    early = await Detailing.make(world)
    approved = await early.approved()
    idle = await world.person(Role.EXPERT, early.planning.entity)
    # It is approved before the annual plan is, which it names.
    for person in (planning.unit, idle):
        assert (await person.api.get(approved)).status_code == 404
    for person in (early.executor, early.planning.specialist):
        assert (await person.api.get(approved)).status_code == 200
    await early.annual.approved(app)
    for person in (planning.unit, idle):
        assert (await person.api.get(approved)).status_code == 200
    assert (await stranger.manager.api.get(approved)).status_code == 404
    assert (await planning.finance.api.get(approved)).status_code == 404
    listed = await planning.unit.api.get("/v1/detailed-plans", state="approved", about="initiative")
    assert approved.rpartition("/")[2] in {item["id"] for item in listed.json()["items"]}


async def test_of_a_restricted_initiative_only_who_is_named_sees_it(world: World) -> None:
    ministry = await Detailing.make(world)
    plan = await ministry.approved()
    await world.owner.execute(
        "update initiatives set classification = 'restricted' where id = $1", ministry.initiative
    )
    planning = ministry.planning
    for person in (ministry.executor, ministry.chief, ministry.planner, ministry.manager, planning.head):
        assert (await person.api.get(plan)).status_code == 200
    for person in (planning.finance, planning.unit):
        assert (await person.api.get(plan)).status_code == 404


async def test_of_an_initiative_that_was_never_approved_the_entity_reads_no_detailed_plan(
    app: FastAPI, world: World
) -> None:
    ministry = await Detailing.make(world)
    plan = await ministry.approved()
    await ministry.annual.approved(app)
    async with world.owner.transaction():
        await world.owner.execute("set local session_replication_role = replica")
        await world.owner.execute(
            "update initiatives set state = 'draft', approved_at = null,"
            " baseline_starts_on = null, baseline_ends_on = null where id = $1",
            ministry.initiative,
        )
    for person in (ministry.executor, ministry.planning.specialist):
        assert (await person.api.get(plan)).status_code == 200
    for person in (ministry.planning.unit, await world.person(Role.EXPERT, ministry.planning.entity)):
        assert (await person.api.get(plan)).status_code == 404


async def test_the_funded_only_cut_drops_the_detailed_plans_of_what_leaves(
    app: FastAPI, world: World
) -> None:
    ministry = await Detailing.make(world, asks=80_000, answer="refused")
    kept = await ministry.planning.initiative(
        division_id=ministry.planning.executing.id, asks=1000, answer="granted"
    )
    await ministry.annual.add({"kind": "initiative", "initiative_id": str(kept)})
    dropped = await ministry.submitted()
    stays = await ministry.draft(initiative_id=str(kept))
    await ministry.annual.checked()
    await ministry.annual.fire(app, "plans.verify", ministry.manager)
    await ministry.annual.fire(app, "plans.approve_preliminarily", ministry.planning.head)
    await ministry.annual.fire(app, "plans.cut", ministry.planner)
    shown = (await ministry.executor.api.get(dropped)).json()
    assert (shown["state"], shown["awaiting"], shown["actions"]) == ("dropped", [], [])
    assert shown["drop_reason"]
    assert (await ministry.executor.api.get(stays)).json()["state"] == "draft"
    history = await world.owner.fetch(
        "select action, reason from events where subject_id = $1 order by id desc limit 1", shown["id"]
    )
    assert (history[0]["action"], history[0]["reason"]) == ("detailed_plans.drop", shown["drop_reason"])
    refused(await ministry.begin(), 422, "invalid", "#/initiative_id")


async def test_a_division_plans_its_part_in_the_excellence_indicators(world: World) -> None:
    ministry = await Detailing.make(world)
    about = {"about": "excellence", "initiative_id": None, "division_id": str(ministry.planning.executing.id)}
    plan = await ministry.presented(**about)
    refused(await ministry.begin(**about), 409, "already_exists")
    shown = (await ministry.executor.api.get(plan)).json()
    assert (shown["about"], shown["initiative"], shown["scorecard"]) == ("excellence", None, None)


async def test_a_division_plans_its_part_in_the_scorecard(app: FastAPI, world: World) -> None:
    ministry = await Detailing.make(world)
    house = ministry.planning
    office = await Office.make(world, app, house.entity, manager=house.manager, head=house.head)
    (indicator,) = await office.indicators(1)
    scorecard = (await office.drafted([(indicator, 100)])).rpartition("/")[2]
    about = {
        "about": "scorecard",
        "initiative_id": None,
        "scorecard_id": scorecard,
        "division_id": str(house.executing.id),
        "name_ar": "الخطة التفصيلية لمؤشرات البطاقة",
        "tasks": [{**task, "indicator_id": str(indicator)} for task in TASKS],
    }
    plan = await ministry.endorsed(**about)
    refused(await ministry.begin(**about), 409, "already_exists")
    await ministry.done(ministry.executor, f"{plan}/submit")
    await ministry.done(ministry.planner, f"{plan}/review")
    approved = (await ministry.done(ministry.manager, f"{plan}/approve")).json()
    assert (approved["state"], approved["about"], approved["awaiting"]) == ("approved", "scorecard", [])
    assert approved["scorecard"] == {"id": scorecard, "year": YEAR, "number": 1}
    assert (approved["initiative"], approved["division"]["id"]) == (None, str(house.executing.id))
    assert [task["indicator"]["id"] for task in approved["tasks"]] == [str(indicator)] * 2
    listed = await ministry.manager.api.get("/v1/detailed-plans", state="approved", about="scorecard")
    assert [item["id"] for item in listed.json()["items"]] == [approved["id"]]


async def test_a_detailed_plan_is_of_the_scorecard_of_its_own_entity_and_year(
    app: FastAPI, world: World
) -> None:
    ministry = await Detailing.make(world)
    house = ministry.planning
    own = await Office.make(world, app, house.entity, manager=house.manager, head=house.head)
    other = await Office.make(world, app)
    for path in (await own.drafted(year=YEAR + 1), await other.drafted()):
        answer = await ministry.begin(
            about="scorecard",
            initiative_id=None,
            scorecard_id=path.rpartition("/")[2],
            division_id=str(house.executing.id),
        )
        refused(answer, 422, "invalid", "#/scorecard_id")


async def test_a_division_that_does_not_execute_plans_nothing_in_detail(world: World) -> None:
    ministry = await Detailing.make(world)
    communication = await world.division(ministry.planning.entity, DivisionFunction.COMMUNICATION)
    member = await world.person(Role.DIVISION_MEMBER, division=communication)
    about = {"about": "excellence", "initiative_id": None, "division_id": str(communication.id)}
    for person in (member, ministry.planning.specialist):
        refused(await ministry.begin(person, **about), 422, "invalid", "#/division_id")


async def test_of_two_who_approve_at_once_one_is_told_that_it_changed(world: World) -> None:
    ministry = await Detailing.make(world)
    plan = await ministry.submitted()
    etag = await ministry.planner.api.etag(plan)
    reviewers = (ministry.planner, ministry.planning.other_planner)
    answers = await asyncio.gather(*(person.api.step(f"{plan}/review", etag) for person in reviewers))
    assert sorted(answer.status_code for answer in answers) in ([200, 409], [200, 412], [200, 403])


@pytest.mark.parametrize(
    ("fields", "pointers"),
    [
        ({"plan_id": str(uuid4())}, ["#/plan_id"]),
        ({"initiative_id": str(uuid4())}, ["#/initiative_id"]),
        ({"initiative_id": None}, ["#/initiative_id"]),
        ({"scorecard_id": str(uuid4())}, ["#/scorecard_id"]),
        ({"division_id": str(uuid4())}, ["#/division_id"]),
        ({"about": "excellence"}, ["#/initiative_id", "#/division_id"]),
        ({"about": "scorecard", "initiative_id": None, "division_id": str(uuid4())}, ["#/scorecard_id"]),
        ({"about": "excellence", "initiative_id": None, "division_id": str(uuid4())}, ["#/division_id"]),
        ({"about": "plan"}, ["#/about"]),
        ({"name_ar": ""}, ["#/name_ar"]),
        ({"tasks": [{**TASKS[0], "ends_on": f"{YEAR}-01-31"}]}, ["#/tasks/0/ends_on", "#/tasks/0/ends_on"]),
        ({"tasks": [{**TASKS[0], "starts_on": f"{YEAR}-01-31"}]}, ["#/tasks/0/starts_on"]),
        ({"tasks": [dict(TASKS[0]), {**TASKS[1], "ends_on": f"{YEAR}-12-01"}]}, ["#/tasks/1/ends_on"]),
        ({"tasks": [{**TASKS[0], "weight": 0}]}, ["#/tasks/0/weight"]),
        ({"tasks": [{**TASKS[0], "weight": 100.5}]}, ["#/tasks/0/weight"]),
        ({"tasks": [{**TASKS[0], "weight": 33.333}]}, ["#/tasks/0/weight"]),
        ({"tasks": [{**TASKS[0], "weight": "40"}]}, ["#/tasks/0/weight"]),
        ({"tasks": [{**TASKS[0], "milestone": 7}]}, ["#/tasks/0/milestone"]),
        ({"tasks": [{**TASKS[0], "indicator_id": str(uuid4())}]}, ["#/tasks/0/indicator_id"]),
        ({"tasks": [{**TASKS[0], "output": " "}]}, ["#/tasks/0/output"]),
        ({"tasks": [dict(TASKS[0])] * 101}, ["#/tasks"]),
        ({"state": "approved"}, ["#/state"]),
    ],
)
async def test_a_plan_that_cannot_be(world: World, fields: dict[str, Any], pointers: list[str]) -> None:
    ministry = await Detailing.make(world)
    refused(await ministry.begin(**fields), 422, "invalid", *pointers)
    assert (await ministry.executor.api.get("/v1/detailed-plans")).json()["items"] == []


async def test_what_cannot_be_planned_in_detail(world: World) -> None:
    ministry = await Detailing.make(world)
    outside = await ministry.planning.initiative(division_id=ministry.planning.executing.id)
    refused(await ministry.begin(initiative_id=str(outside)), 422, "invalid", "#/initiative_id")
    # Who enters none is not told what the plan holds.
    for initiative_id in (outside, ministry.initiative):
        answer = await ministry.begin(ministry.planning.finance, initiative_id=str(initiative_id))
        refused(answer, 403, "forbidden")
    nobodys = await ministry.planning.initiative()
    await ministry.annual.add({"kind": "initiative", "initiative_id": str(nobodys)})
    answer = await ministry.begin(ministry.planning.specialist, initiative_id=str(nobodys))
    refused(answer, 422, "invalid", "#/initiative_id")
    assert answer.json()["errors"][0]["code"] == "no_division"
    long = await ministry.planning.initiative(
        division_id=ministry.planning.executing.id,
        starts_on=date(YEAR - 1, 6, 1),
        ends_on=date(YEAR + 1, 6, 1),
    )
    await ministry.annual.add({"kind": "initiative", "initiative_id": str(long)})
    tasks = [{**TASKS[0], "starts_on": f"{YEAR - 1}-12-31"}]
    refused(await ministry.begin(initiative_id=str(long), tasks=tasks), 422, "invalid", "#/tasks/0/starts_on")


async def test_where_nobody_reviews_it_waits_for_who_approves(world: World) -> None:
    ministry = await Detailing.make(world)
    house = ministry.planning
    steps = {"enter": ["executing"], "review": [], "approve": ["manager"]}
    await role_plans.agreed(house.manager, house.head, house.entity, "detailed_plans", steps)
    plan = await ministry.endorsed()
    submitted = (await ministry.done(ministry.executor, f"{plan}/submit")).json()
    assert (submitted["state"], submitted["reviewed_by"]) == ("reviewed", None)
    assert [wait["action"] for wait in submitted["awaiting"]] == ["detailed_plans.approve"]
    refused(await ministry.take(ministry.chief, f"{plan}/approve"), 403, "forbidden")
    approved = (await ministry.done(ministry.manager, f"{plan}/approve")).json()
    assert (approved["state"], approved["awaiting"]) == ("approved", [])
