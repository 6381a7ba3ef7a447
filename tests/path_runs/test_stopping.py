"""What becomes of a plan or a scorecard whose path is stopped, started beside its end, or outlived."""

import asyncio
from typing import Any

from fastapi import FastAPI

from tests.factories.path_runs import stage
from tests.factories.path_templates import Drafting
from tests.factories.plans import AnnualPlan, Planning
from tests.factories.scorecards import Office
from tests.factories.world import Person, World
from tests.path_runs.walking import PLAN_PATH, SCORECARD_PATH, done, planned, start

WHY = "أعيد تنظيم الوزارة، ويلزم مسار آخر"


async def stop(person: Person, run: str) -> dict[str, Any]:
    """A run stopped by a person."""
    answer = await person.api.step(f"{run}/stop", await person.api.etag(run), {"reason": WHY})
    assert answer.status_code == 200, answer.text
    said: dict[str, Any] = answer.json()
    return said


async def template_of(person: Person, run: str) -> str:
    """The id of the template that a run walks."""
    said: str = (await person.api.get(run)).json()["template"]["id"]
    return said


async def walked(office: Planning, plan: AnnualPlan, run: str) -> None:
    """The plan taken along its path to the head's approval."""
    await done(office.planner, run, "draft")
    await plan.checked()
    await done(office.manager, run, "verify")
    await done(office.head, run, "preliminary", "approve")
    await done(office.finance, run, "cut")
    await done(office.head, run, "approve", "approve")


async def test_a_plan_whose_path_is_stopped_is_a_draft_and_walks_anew(world: World) -> None:
    office, plan, run = await planned(world)
    await done(office.planner, run, "draft")
    await plan.checked()
    await done(office.manager, run, "verify")
    await done(office.head, run, "preliminary", "approve")
    assert (await stop(office.manager, run))["state"] == "stopped"
    said = await plan.read()
    assert (said["state"], said["verified"], said["returned"]["reason"]) == ("draft", None, WHY)
    body = {"subject_id": str(plan.id), "template_id": await template_of(office.manager, run)}
    again = await office.planner.api.create("/v1/path-runs", body)
    assert again.status_code == 201, again.text
    await walked(office, plan, again.headers["Location"])
    assert (await plan.read())["state"] == "approved"


async def test_what_a_stopped_path_verified_is_void(world: World) -> None:
    office, plan, run = await planned(world)
    await done(office.planner, run, "draft")
    await plan.checked()
    await done(office.manager, run, "verify")
    await stop(office.manager, run)
    assert (await plan.read())["verified"] is None


async def test_a_path_that_did_nothing_yet_leaves_the_plan_as_it_is(world: World) -> None:
    office, plan, run = await planned(world)
    await stop(office.manager, run)
    said = await plan.read()
    assert (said["state"], said["returned"]) == ("draft", None)


async def test_a_plan_in_force_stays_so_when_its_path_is_stopped(world: World) -> None:
    office, plan, run = await planned(world, [*PLAN_PATH, [stage("publish", "office")]])
    await walked(office, plan, run)
    await stop(office.manager, run)
    assert (await plan.read())["state"] == "approved"


async def test_a_scorecard_whose_path_is_stopped_is_a_draft(world: World, app: FastAPI) -> None:
    office = await Office.make(world, app)
    first, second = await office.indicators()
    path = await office.drafted([(first, 60), (second, 40)])
    drafting = await Drafting.at(world, office.entity, manager=office.manager, head=office.head)
    run = await start(
        drafting, path.rpartition("/")[2], office.manager, runs_on="scorecard", groups=SCORECARD_PATH
    )
    await done(office.drafter, run, "draft")
    await done(office.specialist, run, "align")
    await done(office.head, run, "approve", "approve")
    await stop(office.manager, run)
    assert (await office.read(path))["state"] == "draft"
    await office.edited(path, [(first, 50), (second, 50)])


async def test_no_version_is_opened_while_the_one_in_force_walks_its_path(world: World) -> None:
    office, plan, run = await planned(world, [*PLAN_PATH, [stage("publish", "office")]])
    await walked(office, plan, run)
    opened = await plan.post("versions", {"reason": "مراجعة منتصف السنة"})
    assert (opened.status_code, opened.json()["code"]) == (409, "path_unfinished")
    await done(office.manager, run, "publish")
    opened = await plan.post("versions", {"reason": "مراجعة منتصف السنة"})
    assert opened.status_code == 201, opened.text


async def test_a_start_beside_the_discarding(world: World) -> None:
    office = await Planning.make(world)
    plan = await office.begun()
    drafting = await Drafting.at(world, office.entity, manager=office.manager, head=office.head)
    template = await drafting.approved(runs_on="plan", groups=PLAN_PATH)
    body = {"subject_id": str(plan.id), "template_id": template.rpartition("/")[2]}
    async with world.owner.transaction():
        await world.owner.execute(
            "update plans set state = 'discarded', version = version + 1 where id = $1", plan.id
        )
        starting = asyncio.create_task(office.planner.api.create("/v1/path-runs", body))
        await asyncio.sleep(0.5)
        assert not starting.done(), "it waits for who discards"
    answer = await starting
    assert (answer.status_code, answer.json()["code"]) == (409, "wrong_state")


async def test_who_saw_the_plan_without_its_path_is_told(world: World) -> None:
    office = await Planning.make(world)
    plan = await office.begun()
    seen = await office.planner.api.etag(plan.path)
    drafting = await Drafting.at(world, office.entity, manager=office.manager, head=office.head)
    await start(drafting, plan.id, office.planner, runs_on="plan", groups=PLAN_PATH)
    late = await office.planner.api.patch(plan.path, seen, {"name_en": "Annual plan, revised"})
    assert late.status_code == 412
