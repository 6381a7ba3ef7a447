"""Where nobody is left who could take a stage the head decides, with a reason: also about what the stage does to what
walks the path, and also when they decided so before."""

from datetime import timedelta
from typing import Any

import pytest
from fastapi import FastAPI

from app import clock
from app.enums import Role, Tenure
from tests.factories.path_runs import Walk, approved, stage, verified
from tests.factories.path_templates import Drafting
from tests.factories.plans import AnnualPlan, Planning
from tests.factories.scorecards import Office
from tests.factories.world import Person, World
from tests.path_runs.walking import PLAN_PATH, SCORECARD_PATH, act, done, planned, start

WHY = "لا يوجد في الوحدة من يتولاها غيري"


def recorded(head: Person) -> dict[str, Any]:
    """What the head's office says of a decision of the head."""
    letter = {"letter_number": "١٢/٢٠٢٦", "letter_date": "2026-01-15"}
    return {"decision": {"decided_by_id": str(head.id), **letter}}


async def leave(world: World, person: Person) -> None:
    """Their post has ended."""
    await world.owner.execute(
        "update memberships set ends_at = now() - interval '1 minute' where id = any($1)",
        list(person.memberships),
    )


async def small_office(world: World) -> tuple[Planning, AnnualPlan, str]:
    """A plan before its verification by an office that all had a hand in it: the specialist edited it, the manager took
    the stage of who drafts. A technical representative is assigned to it, who is no party of the stage."""
    groups = [[stage("draft", ["planning", "manager"])], *PLAN_PATH[1:]]
    office, plan, run = await planned(world, groups)
    await world.owner.execute(
        "update memberships set ends_at = now() - interval '1 minute'"
        " where entity_id = $1 and role = 'specialist' and user_id <> $2",
        office.entity.id,
        office.specialist.id,
    )
    await world.assign(office.representative, plan.id, office.entity)
    edited = await office.specialist.api.patch(
        plan.path, await office.specialist.api.etag(plan.path), {"name_en": "The annual plan of the ministry"}
    )
    assert edited.status_code == 200, edited.text
    await done(office.manager, run, "draft")
    await plan.checked()
    return office, plan, run


async def test_the_head_verifies_the_plan_of_an_office_that_all_had_a_hand_in_it(world: World) -> None:
    office, plan, run = await small_office(world)
    for person in (office.manager, office.specialist):
        assert (await act(person, run, "verify", reason=WHY)).json()["code"] == "four_eyes"
    ended = await done(office.head, run, "verify", reason=WHY)
    assert ended["acts"][0]["exceptional"]
    said = await plan.read()
    assert said["exceptional"]
    assert said["verified"]["by"]["id"] == str(office.head.id)


@pytest.mark.parametrize("by", ["head", "head_office"])
async def test_a_head_who_verified_so_approves_so_too(world: World, by: str) -> None:
    office, plan, run = await small_office(world)
    person: Person = getattr(office, by)
    more = recorded(office.head) if by == "head_office" else {}
    await done(person, run, "verify", reason=WHY, **more)
    missing = await act(person, run, "preliminary", "approve", **more)
    assert missing.json()["errors"][0]["pointer"] == "#/reason"
    await done(person, run, "preliminary", "approve", reason=WHY, **more)
    await done(office.finance, run, "cut")
    ended = await done(person, run, "approve", "approve", reason=WHY, **more)
    assert ended["acts"][0]["exceptional"]
    assert (await plan.read())["state"] == "approved"


@pytest.mark.parametrize("by", ["head", "head_office"])
async def test_a_head_who_aligned_a_scorecard_so_approves_it_so_too(
    world: World, app: FastAPI, by: str
) -> None:
    office = await Office.make(world, app)
    first, second = await office.indicators()
    path = await office.drafted([(first, 60), (second, 40)])
    await office.edited(path, [(first, 50), (second, 50)], office.specialist)
    await office.edited(path, [(first, 70), (second, 30)], office.manager)
    drafting = await Drafting.at(world, office.entity, manager=office.manager, head=office.head)
    run = await start(
        drafting, path.rpartition("/")[2], office.manager, runs_on="scorecard", groups=SCORECARD_PATH
    )
    await leave(world, drafting.specialist)
    await done(office.drafter, run, "draft")
    person: Person = getattr(office, by)
    more = recorded(office.head) if by == "head_office" else {}
    await done(person, run, "align", reason=WHY, **more)
    waiting = (await office.head.api.get("/v1/inbox")).json()["items"]
    assert [each["kind"] for each in waiting] == ["path_stage"]
    await done(person, run, "approve", "approve", reason=WHY, **more)
    assert (await office.read(path))["exceptional"]
    await done(office.unit, run, "agree", "approve")
    assert (await office.read(path))["state"] == "in_force"


async def test_who_verified_in_another_post_never_approves_as_the_head(world: World) -> None:
    walk = await Walk.make(world)
    path = await walk.started(
        [stage("draft", "planning")],
        [verified("verify", "office", of=["draft"])],
        [approved("approve", "head", of=["draft", "verify"])],
    )
    await walk.done(walk.planner, path, "draft")
    await walk.done(walk.manager, path, "verify")
    until = clock.now() + timedelta(days=30)
    await world.appoint(walk.manager, Role.HEAD, walk.entity, tenure=Tenure.ACTING, ends_at=until)
    await leave(world, walk.head)
    refused = await walk.act(walk.manager, path, "approve", "approve", reason=WHY)
    assert (refused.status_code, refused.json()["code"]) == (403, "four_eyes")


async def test_a_stage_that_nobody_holds_is_the_heads(world: World) -> None:
    walk = await Walk.make(world)
    path = await walk.started([stage("money", "finance")], [stage("sum", "office")])
    assert (await walk.act(walk.head, path, "money", reason=WHY)).status_code == 403
    await leave(world, walk.financier)
    waiting = (await walk.head.api.get("/v1/inbox")).json()["items"]
    assert [(each["kind"], each["party"]) for each in waiting] == [("path_stage", "head")]
    assert (await walk.act(walk.head, path, "money")).json()["errors"][0]["pointer"] == "#/reason"
    assert (await walk.act(walk.manager, path, "money", reason=WHY)).status_code == 403
    await walk.done(walk.head, path, "money", reason=WHY)
    await walk.done(walk.specialist, path, "sum")


async def test_what_is_units_alone_stays_units(world: World) -> None:
    walk = await Walk.make(world)
    path = await walk.started([stage("agree", "unit")])
    await leave(world, walk.unit)
    assert (await walk.act(walk.head, path, "agree", reason=WHY)).status_code == 403


async def test_the_head_cuts_a_plan_that_nobody_else_could(world: World) -> None:
    office, plan, run = await planned(world)
    await done(office.planner, run, "draft")
    await plan.checked()
    await done(office.manager, run, "verify")
    await done(office.head, run, "preliminary", "approve")
    await leave(world, office.finance)
    await done(office.head, run, "cut", reason=WHY)
    # Cutting is no control: the head still approves as ever.
    ended = await done(office.head, run, "approve", "approve")
    assert not ended["acts"][0]["exceptional"]
    assert (await plan.read())["state"] == "approved"


async def test_who_enters_the_plan_cuts_it_where_the_path_says_so(world: World) -> None:
    cut = [stage("cut", "enterer", fires="plans.cut")]
    office, plan, run = await planned(world, [*PLAN_PATH[:3], cut, PLAN_PATH[4]])
    await done(office.planner, run, "draft")
    await plan.checked()
    await done(office.manager, run, "verify")
    await done(office.head, run, "preliminary", "approve")
    await done(office.planner, run, "cut")
    assert (await office.manager.api.get(run)).json()["open_stages"][0]["key"] == "approve"


@pytest.mark.parametrize("by", ["head", "head_office"])
async def test_a_head_who_has_acted_ends_what_too_few_are_left_for(world: World, by: str) -> None:
    walk = await Walk.make(world)
    await world.person(Role.DIVISION_MEMBER, walk.entity, walk.planning_division)
    together = stage("discuss", ["head", "planning", "finance"], quorum={"of": "parties", "count": 3})
    path = await walk.started([together])
    person: Person = getattr(walk, by)
    more = recorded(walk.head) if by == "head_office" else {}
    await walk.done(person, path, "discuss", **more)
    await walk.done(walk.planner, path, "discuss")
    refused = await walk.act(walk.head, path, "discuss", reason=WHY)
    assert refused.json()["code"] == "already_acted", "finance is still awaited"
    await leave(world, walk.financier)
    # Another of planning is there, who adds nothing.
    ended = await walk.done(person, path, "discuss", reason=WHY, **more)
    assert ended["state"] == "done"
    assert [each["exceptional"] for each in ended["acts"]] == [False, False, True]
