"""What a new version of an annual plan takes along, and what becomes of what hangs on the one before (Guide P-9, P-11)."""

from typing import Any
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI

from app import errors, ids
from app.enums import Role, SubjectKind
from tests.factories.detailed_plans import Detailing
from tests.factories.path_runs import Walk, approved, stage, verified
from tests.factories.plans import GOAL, AnnualPlan, Planning
from tests.factories.world import LONG_AGO, World

REASON = {"reason": "أضيفت مبادرة بتوجيه من الإدارة العليا"}
LINK = {"half": 1, "staff": 46, "linked": 31}
PATH: Any = (
    [stage("draft", "enterer")],
    [verified("verify", "office", of=["draft"], fires="plans.verify")],
    [approved("approve", "head", of=["draft", "verify"], fires="plans.approve")],
    [stage("enter", "office", fires="plans.record_platform_entry")],
)


@pytest.fixture
async def office(world: World) -> Planning:
    return await Planning.make(world)


async def _next(plan: AnnualPlan) -> AnnualPlan:
    answer = await plan.post("versions", REASON)
    assert answer.status_code == 201, answer.text
    return AnnualPlan(plan.office, UUID(answer.json()["id"]))


async def _role_plan(office: Planning, *parties: str) -> None:
    """The role plan in force names these for every step of the chain of plans."""
    id_, entity = ids.new(), office.entity.id
    await office.world.subject(id_, SubjectKind.ROLE_PLAN, entity)
    await office.world.insert(
        "role_plans",
        id=id_,
        entity_id=entity,
        number=1,
        state="draft",
        drafted_by_id=office.manager.id,
        edited_by=[office.manager.id],
        drafted_at=LONG_AGO,
    )
    for step in ("enter", "review", "approve"):
        for rank, party in enumerate(parties):
            await office.world.insert(
                "role_plan_steps",
                role_plan_id=id_,
                entity_id=entity,
                chain="plans",
                step=step,
                rank=rank,
                party=party,
            )
    await office.world.owner.execute(
        "update role_plans set state = 'approved', approved_at = now(), approved_by_id = $2 where id = $1",
        id_,
        office.head.id,
    )


async def _started(walk: Walk, plan: AnnualPlan) -> str:
    template_id = await walk.template(*PATH, runs_on="plan", chain="plans")
    body = {"subject_id": str(plan.id), "template_id": template_id}
    answer = await walk.planner.api.create("/v1/path-runs", body)
    assert answer.status_code == 201, answer.text
    return answer.headers["Location"]


async def test_no_version_is_opened_while_the_path_of_the_one_in_force_runs(world: World) -> None:
    walk = await Walk.make(world)
    office = await Planning.beside(walk)
    plan = await office.begun()
    await plan.checked()
    path = await _started(walk, plan)
    await walk.done(walk.planner, path, "draft")
    await walk.done(walk.manager, path, "verify")
    await walk.done(walk.head, path, "approve", "approve")
    said = await plan.read()
    assert (said["state"], "plans.open_version" in said["actions"]) == ("approved", False)
    early = await plan.post("versions", REASON)
    assert (early.status_code, early.json()["code"]) == (409, "path_unfinished")
    await walk.done(walk.manager, path, "enter", reason="EX-2027-114")
    assert "plans.open_version" in (await plan.read())["actions"]
    await _next(plan)


async def test_who_wrote_a_version_never_verifies_what_the_next_one_says(
    app: FastAPI, office: Planning
) -> None:
    plan = await office.begun(by=office.specialist)
    await plan.checked(office.manager)
    await plan.fire(app, "plans.verify", office.manager)
    await plan.fire(app, "plans.approve", office.head)
    second = await _next(plan)
    await second.checked(office.manager)
    with pytest.raises(errors.FourEyes):
        await second.fire(app, "plans.verify", office.specialist)
    await second.fire(app, "plans.verify", office.manager)


async def test_links_and_the_platform_entry_go_along(app: FastAPI, office: Planning) -> None:
    plan = await office.begun()
    await plan.approved(app)
    for half, by in ((1, office.planner), (2, office.executor)):
        link = {**LINK, "division_id": str(office.executing.id), "half": half}
        assert (await plan.post("job-plan-links", link, by=by)).status_code == 201
    verified_link = (await plan.read())["job_plan_links"][0]["id"]
    api = office.finance.api
    etag = await api.etag(plan.path)
    assert (await api.step(f"/v1/job-plan-links/{verified_link}/verify", etag)).status_code == 200
    entry = {"platform": "منصة الإجادة", "reference": "EX-2027-114", "entered_on": "2026-11-20"}
    assert (await plan.post("record-platform-entry", entry, by=office.manager)).status_code == 200
    second = await _next(plan)
    assert (await second.read())["job_plan_links"] == []
    await second.approved(app)
    before, after = await plan.read(), await second.read()
    assert after["platform_entry"] == before["platform_entry"] == entry
    without_ids = [
        [{**link, "id": None} for link in version["job_plan_links"]] for version in (before, after)
    ]
    assert without_ids[0] == without_ids[1]
    assert [link["verified_by"] is None for link in after["job_plan_links"]] == [False, True]
    path = f"/v1/job-plan-links/{after['job_plan_links'][1]['id']}/verify"
    assert (await api.step(path, await api.etag(second.path))).status_code == 200


async def _state(by: Any, path: str) -> str:
    answer: httpx.Response = await by.api.get(path)
    state: str = answer.json()["state"]
    return state


async def test_detailed_plans_end_with_the_version_that_leaves_them_out(app: FastAPI, world: World) -> None:
    ministry = await Detailing.make(world)
    office, first = ministry.planning, ministry.annual
    detailed = await ministry.draft()
    await first.add(GOAL)
    await first.approved(app)
    second = await _next(first)
    await office.ask(ministry.initiative, 50_000, "refused")
    await second.fire(app, "plans.approve_preliminarily", office.head)
    await second.fire(app, "plans.cut", office.finance)
    # The version in force still holds the initiative.
    assert await _state(ministry.executor, detailed) == "draft"
    await second.approved(app)
    assert await _state(ministry.executor, detailed) == "dropped"


async def test_detailed_plans_end_with_the_cut_where_nothing_in_force_holds_them(
    app: FastAPI, world: World
) -> None:
    ministry = await Detailing.make(world, asks=50_000, answer="refused")
    detailed = await ministry.draft()
    await ministry.annual.fire(app, "plans.approve_preliminarily", ministry.planning.head)
    await ministry.annual.fire(app, "plans.cut", ministry.planning.finance)
    assert await _state(ministry.executor, detailed) == "dropped"


async def test_detailed_plans_end_where_the_item_was_dropped_by_hand(app: FastAPI, world: World) -> None:
    ministry = await Detailing.make(world)
    detailed = await ministry.draft()
    annual, api = ministry.annual, ministry.planner.api
    await annual.add(GOAL)
    item = (await annual.read())["contents"][0]["id"]
    dropped = await api.step(f"/v1/plan-items/{item}/drop", await api.etag(annual.path), REASON)
    assert dropped.status_code == 200
    assert await _state(ministry.executor, detailed) == "draft"
    await annual.approved(app)
    assert await _state(ministry.executor, detailed) == "dropped"


async def test_its_parties_are_those_of_the_role_plan_in_force_when_its_path_starts(world: World) -> None:
    walk = await Walk.make(world)
    office = await Planning.beside(walk)
    plan = await office.begun()
    assert (await walk.financier.api.patch(plan.path, None, {"name_ar": "خطة"})).status_code == 403
    await _role_plan(office, "finance")
    template_id = await walk.template(*PATH, runs_on="plan", chain="plans")
    body = {"subject_id": str(plan.id), "template_id": template_id}
    answer = await walk.financier.api.create("/v1/path-runs", body)
    assert answer.status_code == 201, answer.text
    api = walk.financier.api
    edited = await api.patch(plan.path, await api.etag(plan.path), {"name_ar": "خطة معدلة"})
    assert edited.status_code == 200, edited.text
    await walk.done(walk.financier, answer.headers["Location"], "draft")
    assert (await office.planner.api.patch(plan.path, None, {"name_ar": "خطة"})).status_code == 403


async def test_only_who_sees_a_restricted_plan_assigns_to_it(world: World, office: Planning) -> None:
    await _role_plan(office, "planning")
    plan = await office.begun(classification="restricted")
    assert (await office.manager.api.get(plan.path)).status_code == 404
    body = {"user_id": str(office.representative.id), "subject_id": str(plan.id)}
    path = f"/v1/entities/{office.entity.id}/assignments"
    refused = await office.manager.api.create(path, body)
    assert refused.status_code == 422, refused.text
    assert [one["code"] for one in refused.json()["errors"]] == ["unknown_reference"]
    open_plan = await office.begun(year=2028)
    body["subject_id"] = str(open_plan.id)
    assert (await office.manager.api.create(path, body)).status_code == 201


async def test_who_is_a_media_representative_only_neither_proposes_nor_is_called(
    world: World, office: Planning
) -> None:
    plan = await office.begun()
    assert (await plan.post("open-proposals")).status_code == 200
    media = await world.person(Role.MEDIA_REPRESENTATIVE, office.entity)
    form = {"title": "منصة", "problem": "غياب المعلومات", "idea": "ربط البيانات", "effect": "تشغيل أسرع"}
    await world.assign(media, office.entity.id, office.entity)
    assert (await media.api.get("/v1/proposal-calls")).json()["items"] == []
    assert (await media.api.create(f"{plan.path}/proposals", form)).status_code == 404
    expert = await world.person(Role.EXPERT, office.entity)
    for staff in (office.executor, office.representative, expert, office.head):
        calls = (await staff.api.get("/v1/proposal-calls")).json()["items"]
        assert [one["id"] for one in calls] == [str(plan.id)]
        assert (await staff.api.create(f"{plan.path}/proposals", form)).status_code == 201
