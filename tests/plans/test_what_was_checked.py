"""What is approved of a plan is what was checked and funded, and stays readable as it was (Guide P-6, P-7, P-9)."""

from datetime import date
from typing import Any
from uuid import UUID

import pytest
from fastapi import FastAPI

from app.schemas.plans import PlanRead
from app.services.plans import items_rules
from tests.factories.path_runs import Walk, approved, stage, verified
from tests.factories.plans import GOAL, YEAR, AnnualPlan, Planning
from tests.factories.world import World

PATH: Any = (
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
    [stage("send", "planning")],
    [approved("approve", "head", of=["draft", "verify"], fires="plans.approve")],
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


def _entered(initiative_id: UUID) -> dict[str, Any]:
    return {"kind": "initiative", "initiative_id": str(initiative_id)}


async def test_after_the_cut_nothing_unanswered_is_approved(walk: Walk, office: Planning) -> None:
    plan = await office.begun(GOAL)
    await plan.checked()
    path = await _started(walk, plan, PATH)
    await walk.done(walk.planner, path, "draft")
    await walk.done(walk.specialist, path, "verify")
    await walk.done(walk.head, path, "preliminary", "approve")
    await walk.done(walk.financier, path, "cut")
    late = await office.initiative(asks=90_000)
    await plan.add(_entered(late))
    await plan.checked()
    await walk.done(walk.planner, path, "send")
    refused = await walk.act(walk.head, path, "approve", "approve")
    assert (refused.status_code, refused.json()["code"]) == (409, "unfunded_items")
    assert [one["code"] for one in refused.json()["errors"]] == ["unanswered"]
    await office.world.owner.execute(
        "update budget_lines set answer = 'granted', approved = requested, answered_on = '2026-09-20'"
        " where initiative_id = $1",
        late,
    )
    await walk.done(walk.head, path, "approve", "approve")


@pytest.mark.parametrize(
    "changed",
    [
        "update initiatives set name_ar = 'اسم آخر' where id = $1",
        "update initiatives set goal = 'هدف آخر' where id = $1",
        "update initiatives set ends_on = ends_on + 10 where id = $1",
        "update initiative_effects set expected = 9 where initiative_id = $1",
        "delete from initiative_effects where initiative_id = $1",
        "update budget_lines set requested = 1000000 where initiative_id = $1",
        "insert into milestones (initiative_id, number, entity_id, title_ar, weight, starts_on, due_on)"
        " select id, 1, entity_id, 'إطلاق المنصة', 100, starts_on, ends_on from initiatives where id = $1",
        "update indicators set name_ar = 'مؤشر آخر' where id = $2",
    ],
)
async def test_a_check_counts_while_what_it_was_of_says_the_same(office: Planning, changed: str) -> None:
    indicator = await office.world.indicator(office.entity)
    initiative = await office.initiative(asks=90_000, moves=[indicator])
    plan = await office.begun(_entered(initiative), {"kind": "indicator", "indicator_id": str(indicator)})
    await plan.checked()
    before = (await plan.read())["contents"]
    assert all(check["counts"] for item in before for check in item["checks"])
    named = (initiative, indicator) if "$2" in changed else (initiative,)
    statement = changed.replace("$2", "$1") if "$2" in changed else changed
    await office.world.owner.execute(statement, named[-1])
    after = (await plan.read())["contents"]
    counting = [any(check["counts"] for check in item["checks"]) for item in after]
    assert counting == ([True, False] if "$2" in changed else [False, True])


async def test_reports_of_progress_leave_the_checks_standing(office: Planning) -> None:
    initiative = await office.initiative(asks=90_000)
    plan = await office.begun(_entered(initiative))
    await plan.checked()
    for statement in (
        "update initiatives set version = version + 1 where id = $1",
        "update budget_lines set answer = 'refused', answered_on = '2026-09-20' where initiative_id = $1",
    ):
        await office.world.owner.execute(statement, initiative)
    assert all(check["counts"] for check in (await plan.read())["contents"][0]["checks"])


async def test_what_changed_while_the_head_reads_is_not_approved(walk: Walk, office: Planning) -> None:
    initiative = await office.initiative()
    indicator = await office.world.indicator(office.entity)
    plan = await office.begun(
        GOAL, _entered(initiative), {"kind": "indicator", "indicator_id": str(indicator)}
    )
    await plan.checked()
    path = await _started(walk, plan, (*PATH[:2], PATH[-1]))
    await walk.done(walk.planner, path, "draft")
    await walk.done(walk.specialist, path, "verify")
    owner = office.world.owner
    for statement, undo, item, code in (
        (
            f"update initiatives set starts_on = '{YEAR + 1}-01-01', ends_on = '{YEAR + 1}-02-01' where id = $1",
            f"update initiatives set starts_on = '{YEAR}-02-01', ends_on = '{YEAR}-11-30' where id = $1",
            initiative,
            "outside_the_year",
        ),
        (
            "update indicators set state = 'retired', retired_on = '2026-11-01' where id = $1",
            "update indicators set state = 'active', retired_on = null where id = $1",
            indicator,
            "indicator_not_active",
        ),
        (
            "update initiatives set classification = 'restricted' where id = $1",
            "update initiatives set classification = 'internal' where id = $1",
            initiative,
            "restricted",
        ),
    ):
        await owner.execute(statement, item)
        answer = await walk.act(walk.head, path, "approve", "approve")
        assert (answer.status_code, answer.json()["code"]) == (409, "unfit_items"), answer.text
        assert [one["code"] for one in answer.json()["errors"]] == [code]
        assert [one["unfit"] for one in (await plan.read())["contents"] if one["unfit"]] == [code]
        await owner.execute(undo, item)
    await owner.execute("update initiatives set goal = 'هدف لم يتحقق منه أحد' where id = $1", initiative)
    answer = await walk.act(walk.head, path, "approve", "approve")
    assert (answer.status_code, answer.json()["code"]) == (409, "plan_unverified")
    await plan.checked()
    await walk.done(walk.head, path, "approve", "approve")


async def test_what_was_stopped_meanwhile_is_not_approved(app: FastAPI, office: Planning) -> None:
    initiative = await office.initiative()
    plan = await office.begun(_entered(initiative))
    await plan.checked()
    await plan.fire(app, "plans.verify", office.manager)
    await office.world.owner.execute(
        "update initiatives set state = 'stopped', stopped_at = now(), stop_reason = 'سُحب التمويل' where id = $1",
        initiative,
    )
    with pytest.raises(items_rules.UnfitItems) as unfit:
        await plan.fire(app, "plans.approve", office.head)
    assert [one.code for one in unfit.value.errors] == ["initiative_ended"]


async def test_a_restricted_initiative_is_not_told_in_a_plan_that_is_not(
    app: FastAPI, office: Planning
) -> None:
    secret = await office.initiative(classification="restricted", asks=7_000, name_ar="مبادرة سرية")
    plan = await office.begun(_entered(secret), classification="restricted")
    api = office.planner.api
    etag = await api.etag(plan.path)
    opened = await api.patch(plan.path, etag, {"classification": "internal"})
    assert (opened.status_code, opened.json()["code"]) == (409, "names_restricted")
    named = (await plan.read())["contents"][0]
    assert (named["initiative"]["name_ar"], named["unfit"]) == ("مبادرة سرية", None)
    dropped = await api.step(f"/v1/plan-items/{named['id']}/drop", etag, {"reason": "لا تستوفي المعايير"})
    assert dropped.status_code == 200
    opened = await api.patch(plan.path, dropped.headers["ETag"], {"classification": "internal"})
    assert opened.status_code == 200, opened.text
    # What was dropped is in the plan still, and is not told either.
    assert "سرية" not in opened.text
    assert opened.json()["contents"][0]["initiative"] is None


async def test_what_is_restricted_later_is_told_nowhere(app: FastAPI, office: Planning) -> None:
    indicator = await office.world.indicator(office.entity)
    initiative = await office.initiative(
        asks=7_000, answer="granted", moves=[indicator], name_ar="مبادرة سرية"
    )
    plan = await office.begun(GOAL, _entered(initiative))
    await plan.approved(app)
    assert "سرية" in (await office.executor.api.get(plan.path)).text
    answer = await plan.post("versions", {"reason": "تحديث"})
    assert answer.status_code == 201, answer.text
    later = AnnualPlan(office, UUID(answer.json()["id"]))
    item = (await later.read())["contents"][1]
    await office.world.owner.execute(
        "update initiatives set classification = 'restricted' where id = $1", initiative
    )
    for path in (plan.path, later.path):
        answer = await office.planner.api.get(path)
        PlanRead.model_validate(answer.json())
        assert "سرية" not in answer.text
        hidden = answer.json()["contents"][1]
        assert (hidden["initiative"], hidden["effects"], hidden["budget"]) == (None, [], [])
        assert answer.json()["difference"] == []
    dropped = await office.planner.api.step(
        f"/v1/plan-items/{item['id']}/drop",
        await office.planner.api.etag(later.path),
        {"reason": "أصبحت مقيدة الاطلاع"},
    )
    assert dropped.status_code == 200
    assert "سرية" not in dropped.text
    assert [one["field"] for one in dropped.json()["difference"]] == ["items.2"]


async def test_an_approved_plan_is_read_as_it_was_approved(app: FastAPI, office: Planning) -> None:
    indicator = await office.world.indicator(office.entity)
    initiative = await office.initiative(asks=7_000, answer="granted", moves=[indicator])
    out = await office.initiative(name_ar="مبادرة مستبعدة")
    plan = await office.begun(GOAL, _entered(initiative), _entered(out))
    item = (await plan.read())["contents"][2]
    api = office.planner.api
    dropped = await api.step(
        f"/v1/plan-items/{item['id']}/drop", await api.etag(plan.path), {"reason": "لا تستوفي المعايير"}
    )
    assert dropped.status_code == 200
    await plan.checked()
    before = await plan.read()
    effect = before["contents"][1]["effects"]
    assert [(one["indicator"]["id"], one["expected"]) for one in effect] == [(str(indicator), 1.5)]
    await plan.fire(app, "plans.verify", office.manager)
    await plan.fire(app, "plans.approve", office.head)
    owner = office.world.owner
    await owner.execute(
        "update initiatives set name_ar = 'اسم آخر', starts_on = $2, ends_on = $3 where id = $1",
        initiative,
        date(YEAR + 1, 1, 1),
        date(YEAR + 1, 3, 1),
    )
    for statement in (
        "update budget_lines set requested = 9000, approved = 10 where initiative_id = $1",
        "update initiative_effects set expected = 40 where initiative_id = $1",
    ):
        await owner.execute(statement, initiative)
    await owner.execute(
        "update indicators set state = 'retired', retired_on = '2026-11-01' where id = $1", indicator
    )
    after = await plan.read()
    PlanRead.model_validate(after)
    for member in ("contents", "coverage", "budgets"):
        assert after[member] == before[member], member
    second = AnnualPlan(office, UUID((await plan.post("versions", {"reason": "تحديث"})).json()["id"]))
    assert (await second.read())["contents"][1]["initiative"]["name_ar"] == "اسم آخر"
