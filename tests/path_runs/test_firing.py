"""What the stages of a path do to the plan or the scorecard that walks it."""

from fastapi import FastAPI

from tests.factories.path_runs import REASON, approved, stage
from tests.factories.path_templates import Drafting
from tests.factories.scorecards import Office
from tests.factories.world import World
from tests.path_runs.walking import PLAN_PATH, SCORECARD_PATH, act, done, planned, start


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


async def test_a_return_leaves_the_verification_that_is_not_repeated(world: World) -> None:
    """What the returned stage would have fired has not taken place."""
    groups = [
        *PLAN_PATH[:2],
        [stage("discuss", "planning")],
        [
            approved(
                "preliminary",
                "head",
                of=["draft", "verify"],
                returns_to=["discuss"],
                kind="approve_preliminarily",
                fires="plans.approve_preliminarily",
            )
        ],
        *PLAN_PATH[3:],
    ]
    office, plan, run = await planned(world, groups)
    await done(office.planner, run, "draft")
    await plan.checked()
    await done(office.manager, run, "verify")
    await done(office.planner, run, "discuss")
    await done(office.head, run, "preliminary", "return", reason=REASON, to="discuss")
    assert (await plan.read())["verified"] is not None
