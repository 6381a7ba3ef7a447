"""A plan on its path, over HTTP: what the stages do to it, and what holds meanwhile (Guide P-3, P-7 to P-9)."""

from typing import Any

import pytest

from tests.factories.path_runs import Walk, approved, stage, verified
from tests.factories.plans import GOAL, AnnualPlan, Planning
from tests.factories.world import World

SHORT: Any = (
    [stage("draft", "planning")],
    [verified("verify", "office", of=["draft"], fires="plans.verify")],
    [approved("approve", "head", of=["draft", "verify"], fires="plans.approve")],
)
LONG: Any = (
    [stage("draft", "planning")],
    [verified("verify", "office", of=["draft"], fires="plans.verify")],
    [
        approved(
            "preliminary",
            "head",
            of=["draft", "verify"],
            kind="approve_preliminarily",
            fires="plans.approve_preliminarily",
        )
    ],
    [stage("cut", "finance", fires="plans.cut")],
    [approved("approve", "head", of=["draft"], controls=["draft", "verify"], fires="plans.approve")],
    [stage("remarks", "head_office", fires="plans.revise", outcomes=["done", "not_applicable"])],
    [stage("revise", "planning")],
    [
        approved(
            "again",
            "head",
            of=["revise"],
            controls=["verify", "revise"],
            fires="plans.approve",
            outcomes=["approved", "returned", "not_applicable"],
        )
    ],
    [stage("confirm", "head_office", fires="plans.confirm")],
    [stage("enter", "office", fires="plans.record_platform_entry")],
)


@pytest.fixture
async def walk(world: World) -> Walk:
    return await Walk.make(world)


@pytest.fixture
async def office(walk: Walk) -> Planning:
    return await Planning.beside(walk)


async def _started(walk: Walk, plan: AnnualPlan, groups: Any) -> str:
    template_id = await walk.template(*groups, runs_on="plan", chain="plans")
    body = {"subject_id": str(plan.id), "template_id": template_id}
    answer = await walk.planner.api.create("/v1/path-runs", body)
    assert answer.status_code == 201, answer.text
    return answer.headers["Location"]


async def test_the_short_path(walk: Walk, office: Planning) -> None:
    plan = await office.begun()
    item = (await plan.read())["contents"][0]
    path = await _started(walk, plan, SHORT)
    said = await plan.read()
    assert [one["key"] for one in said["path"]["stages"]] == ["draft"]
    assert "plans.edit" in said["actions"]
    assert "plans.discard" not in said["actions"]
    discarded = await plan.post("discard")
    assert (discarded.status_code, discarded.json()["code"]) == (409, "path_running")
    await walk.done(walk.planner, path, "draft")

    # While it is verified its content stands still; that it is checked changes none of it.
    api = office.planner.api
    etag = await api.etag(plan.path)
    assert "plans.edit" not in (await plan.read())["actions"]
    for answer in (
        await api.patch(plan.path, etag, {"name_ar": "خطة أخرى"}),
        await plan.post("items", GOAL),
        await api.patch(f"/v1/plan-items/{item['id']}", etag, {"note": "ملاحظة"}),
        await api.step(f"/v1/plan-items/{item['id']}/drop", etag, {"reason": "لا تستوفي المعايير"}),
    ):
        assert (answer.status_code, answer.json()["code"]) == (409, "under_control"), answer.text
    unchecked = await walk.act(walk.manager, path, "verify")
    assert (unchecked.status_code, unchecked.json()["code"]) == (409, "unchecked_items")
    assert (await plan.check(item["id"], "wording")).status_code == 201
    await walk.done(walk.manager, path, "verify")
    assert (await plan.read())["verified"]["by"]["id"] == str(walk.manager.id)

    unverified = await walk.act(walk.head, path, "approve", "approve")
    assert (unverified.status_code, unverified.json()["code"]) == (409, "plan_unverified")
    assert [one["code"] for one in unverified.json()["errors"]] == ["not_passed"]
    await walk.returned(walk.head, path, "approve", "draft")
    assert (await plan.read())["state"] == "draft"
    edited = await api.patch(
        f"/v1/plan-items/{item['id']}",
        await api.etag(plan.path),
        {"title_ar": "رفع نسبة التعمين إلى 40 بالمئة"},
    )
    assert edited.status_code == 200, edited.text
    await walk.done(walk.planner, path, "draft")
    await plan.checked()
    await walk.done(walk.manager, path, "verify")
    letter = {
        "decided_by_id": str(walk.head.id),
        "letter_number": "م و/٢٠٢٦/٤١٢",
        "letter_date": "2026-11-10",
    }
    await walk.done(walk.head_office, path, "approve", "approve", decision=letter)
    said = await plan.read(walk.executor)
    assert (said["state"], said["path"]) == ("approved", None)
    assert said["approved"]["by"]["id"] == str(walk.head.id)


async def test_the_path_of_the_annex(walk: Walk, office: Planning) -> None:
    refused = await office.initiative(asks=50_000, answer="refused")
    plan = await office.begun(GOAL, {"kind": "initiative", "initiative_id": str(refused)})
    await plan.checked()
    path = await _started(walk, plan, LONG)
    await walk.done(walk.planner, path, "draft")
    await walk.done(walk.specialist, path, "verify")
    await walk.done(walk.head, path, "preliminary", "approve")
    await walk.done(walk.financier, path, "cut")
    said = await plan.read()
    assert (said["state"], [item["state"] for item in said["contents"]]) == (
        "preliminary",
        ["kept", "dropped"],
    )
    await walk.done(walk.head, path, "approve", "approve")
    assert (await plan.read())["state"] == "approved"
    await walk.done(walk.head_office, path, "remarks", reason="طلبت الأمانة العامة توضيح المستهدفات")
    said = await plan.read()
    assert (said["state"], said["returned"]["reason"]) == (
        "preliminary",
        "طلبت الأمانة العامة توضيح المستهدفات",
    )
    await walk.done(walk.planner, path, "revise")
    await walk.done(walk.head, path, "again", "approve")
    await walk.done(walk.head_office, path, "confirm")
    assert (await plan.read())["state"] == "confirmed"
    await walk.done(walk.manager, path, "enter", reason="EX-2027-114")
    assert (await plan.read())["platform_entry"]["reference"] == "EX-2027-114"


async def test_who_has_a_stage_sees_the_plan(walk: Walk, office: Planning) -> None:
    plan = await office.begun()
    assert (await walk.executor.api.get(plan.path)).status_code == 404
    assert (await walk.unit.api.get(plan.path)).status_code == 404
    path = await _started(
        walk,
        plan,
        ([stage("draft", "planning"), stage("discuss", "executing")], [stage("align", "unit")], *SHORT[1:]),
    )
    assert (await walk.executor.api.get(plan.path)).status_code == 200
    assert (await walk.unit.api.get(plan.path)).status_code == 404
    await walk.done(walk.planner, path, "draft")
    await walk.done(walk.executor, path, "discuss")
    seen = await walk.unit.api.get(plan.path)
    assert (seen.status_code, seen.json()["actions"]) == (200, [])
