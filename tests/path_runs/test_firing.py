"""What the stages of a path do to the plan or the scorecard that walks it."""

from typing import Any

import httpx
from fastapi import FastAPI

from tests.factories.path_runs import REASON, approved, stage, verified
from tests.factories.path_templates import Drafting
from tests.factories.plans import AnnualPlan, Planning
from tests.factories.scorecards import Office
from tests.factories.world import Person, World

PLAN_PATH: Any = [
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
    [approved("approve", "head", of=["draft", "verify"], fires="plans.approve")],
]
SCORECARD_PATH: Any = [
    [stage("draft", "specialist")],
    [verified("align", "office", of=["draft"], fires="scorecards.align")],
    [approved("approve", "head", of=["draft", "align"], fires="scorecards.approve")],
    [approved("agree", "unit", of=["draft", "align", "approve"], fires="scorecards.agree")],
]


async def start(drafting: Drafting, subject_id: Any, by: Person, **template: Any) -> str:
    """The path of a run of a new template on a subject."""
    template_id = (await drafting.approved(**template)).rpartition("/")[2]
    body = {"subject_id": str(subject_id), "template_id": template_id}
    answer = await by.api.create("/v1/path-runs", body)
    assert answer.status_code == 201, answer.text
    return answer.headers["Location"]


async def act(person: Person, run: str, key: str, verb: str = "complete", **body: Any) -> httpx.Response:
    """The answer to an act in an open stage of a run."""
    open_stages = (await person.api.get(run)).json()["open_stages"]
    path = next(f"/v1/path-stages/{each['id']}" for each in open_stages if each["key"] == key)
    return await person.api.step(f"{path}/{verb}", await person.api.etag(path), body or None)


async def done(person: Person, run: str, key: str, verb: str = "complete", **body: Any) -> dict[str, Any]:
    answer = await act(person, run, key, verb, **body)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def planned(world: World) -> tuple[Planning, AnnualPlan, str]:
    """A drafted plan that walks its path, begun by who enters plans."""
    office = await Planning.make(world)
    plan = await office.begun()
    drafting = await Drafting.at(world, office.entity, manager=office.manager, head=office.head)
    run = await start(drafting, plan.id, office.planner, runs_on="plan", groups=PLAN_PATH)
    return office, plan, run


async def test_a_plan_is_moved_by_its_path_alone(world: World) -> None:
    office, plan, run = await planned(world)
    await done(office.planner, run, "draft")
    held = await plan.post("items", {"kind": "goal", "title_ar": "هدف", "title_en": "Goal"})
    assert held.status_code == 409
    await plan.checked()
    await done(office.manager, run, "verify")
    await done(office.head, run, "preliminary", "approve")
    assert (await plan.read())["state"] == "preliminary"
    await done(office.finance, run, "cut")
    await done(office.head, run, "approve", "approve")
    assert (await plan.read())["state"] == "approved"
    assert (await office.manager.api.get(run)).json()["state"] == "finished"


async def test_who_entered_the_plan_does_not_verify_it(world: World) -> None:
    office, plan, run = await planned(world)
    await plan.add(
        {"kind": "goal", "title_ar": "رفع الإنتاجية", "title_en": "Productivity"}, by=office.specialist
    )
    await done(office.planner, run, "draft")
    refused = await act(office.specialist, run, "verify")
    assert refused.json()["code"] == "four_eyes"


async def test_what_the_subject_refuses_changes_nothing(world: World) -> None:
    office, _, run = await planned(world)
    await done(office.planner, run, "draft")
    before = (await office.manager.api.get(run)).json()
    refused = await act(office.manager, run, "verify")
    assert refused.status_code == 409, "nothing is checked yet"
    assert (await office.manager.api.get(run)).json() == before


async def test_a_return_voids_what_the_path_did_to_the_plan(world: World) -> None:
    office, plan, run = await planned(world)
    await done(office.planner, run, "draft")
    await plan.checked()
    await done(office.manager, run, "verify")
    await done(office.head, run, "preliminary", "return", reason=REASON, to="draft")
    await done(office.planner, run, "draft")
    await plan.checked()
    # Who verified in the round before may verify again.
    await done(office.manager, run, "verify")
    await done(office.head, run, "preliminary", "approve")
    assert (await plan.read())["state"] == "preliminary"
    await done(office.finance, run, "cut")
    await done(office.head, run, "approve", "return", reason=REASON, to="draft")
    assert (await plan.read())["state"] == "draft"
    rounds = [each["round"] for each in (await office.manager.api.get(run)).json()["open_stages"]]
    assert rounds == [3]


async def test_the_heads_office_records_the_approval_of_the_plan(world: World) -> None:
    office, plan, run = await planned(world)
    await done(office.planner, run, "draft")
    await plan.checked()
    await done(office.manager, run, "verify")
    decision = {
        "decided_by_id": str(office.head.id),
        "letter_number": "١٢/٢٠٢٦",
        "letter_date": "2026-01-15",
    }
    await done(office.head_office, run, "preliminary", "approve", decision=decision)
    assert (await plan.read())["state"] == "preliminary"


async def test_an_edit_that_saw_the_plan_before_a_control_opened_is_told(world: World) -> None:
    office, plan, run = await planned(world)
    seen = await office.planner.api.etag(plan.path)
    await done(office.planner, run, "draft")
    late = await office.planner.api.patch(plan.path, seen, {"name_en": "Annual plan, revised"})
    assert late.status_code == 412


async def test_a_scorecard_comes_into_force_by_its_path(world: World, app: FastAPI) -> None:
    office = await Office.make(world, app)
    first, second = await office.indicators()
    path = await office.drafted([(first, 60), (second, 40)])
    drafting = await Drafting.at(world, office.entity, manager=office.manager, head=office.head)
    run = await start(
        drafting, path.rpartition("/")[2], office.manager, runs_on="scorecard", groups=SCORECARD_PATH
    )
    await done(office.drafter, run, "draft")
    assert (await act(office.drafter, run, "align")).json()["code"] == "four_eyes"
    await done(office.specialist, run, "align")
    assert (await office.unit.api.get(run)).status_code == 404
    await done(office.head, run, "approve", "approve")
    await done(office.unit, run, "agree", "return", reason=REASON, to="align")
    assert (await office.manager.api.get(path)).json()["state"] == "draft"
    await done(office.specialist, run, "align")
    await done(office.head, run, "approve", "approve")
    await done(office.unit, run, "agree", "approve")
    assert (await office.manager.api.get(path)).json()["state"] == "in_force"


async def test_one_path_at_a_time(world: World) -> None:
    office, plan, run = await planned(world)
    template_id = (await office.manager.api.get(run)).json()["template"]["id"]
    again = await office.manager.api.create(
        "/v1/path-runs", {"subject_id": str(plan.id), "template_id": template_id}
    )
    assert (again.status_code, again.json()["code"]) == (409, "already_exists")
