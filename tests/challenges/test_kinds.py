"""Challenges about plans, their stages, scorecards, improvement plans and national programmes (Guide X-6)."""

from typing import Any
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI

from app.enums import Role
from tests.factories.challenges import CHALLENGE
from tests.factories.path_runs import Walk, stage
from tests.factories.plans import Planning
from tests.factories.scorecards import Improving
from tests.factories.world import Person, World
from tests.initiatives.test_programmes import programme


async def opened(person: Person, about: str | UUID, **said: Any) -> httpx.Response:
    """The answer to opening a challenge about a thing, or about what stands at a path."""
    about_id = str(about).rpartition("/")[2]
    return await person.api.create("/v1/challenges", {**CHALLENGE, "about_id": about_id, **said})


async def read(person: Person, made: httpx.Response) -> int:
    """How reading a challenge that was opened is answered."""
    assert made.status_code == 201, made.text
    return (await person.api.get(made.headers["Location"])).status_code


@pytest.fixture(scope="module")
async def planning(world: World) -> Planning:
    return await Planning.make(world)


@pytest.fixture(scope="module")
async def improving(world: World, app: FastAPI) -> Improving:
    return await Improving.make(world, app)


async def test_an_annual_plan_is_blocked_where_planning_works_on_it(planning: Planning) -> None:
    plan = await planning.begun()
    made = await opened(planning.planner, plan.path)
    about = made.json()["about"]
    assert (about["kind"], about["name_ar"], about["period"]) == ("plan", "الخطة السنوية لعام 2027", "2027")
    assert about["code"] == "AP-2027-1"
    assert await read(planning.other_planner, made) == 200
    assert await read(planning.manager, made) == 200
    for hidden in (planning.executor, planning.unit):
        assert await read(hidden, made) == 404
        assert (await opened(hidden, plan.path)).status_code == 422


async def test_a_restricted_plan_has_restricted_challenges(planning: Planning) -> None:
    plan = await planning.begun(classification="restricted", year=2028)
    refused = await opened(planning.planner, plan.path, classification="internal")
    assert refused.status_code == 422, refused.text
    made = await opened(planning.planner, plan.path)
    assert made.json()["classification"] == "restricted"
    assert await read(planning.other_planner, made) == 200
    assert await read(planning.specialist, made) == 200  # who enters the plan too
    assert await read(planning.finance, made) == 404


async def test_a_stage_of_a_path_is_blocked_for_its_parties(world: World) -> None:
    walk = await Walk.make(world)
    run = await walk.started([stage("matrices", "finance")], [stage("confirmation", "unit")])
    path = (await walk.open(run))["matrices"]
    made = await opened(walk.financier, path)
    about = made.json()["about"]
    assert (about["kind"], about["code"]) == ("path_stage", "matrices")
    assert await read(walk.specialist, made) == 200
    assert await read(walk.planner, made) == 404
    await walk.done(walk.financier, run, "matrices")
    with_unit = (await walk.open(run))["confirmation"]
    assert (await opened(walk.unit, with_unit)).status_code == 403
    made = await opened(walk.manager, with_unit)
    assert await read(walk.unit, made) == 404


async def test_an_improvement_plan_is_blocked_for_the_divisions_of_its_actions(improving: Improving) -> None:
    office = improving.office
    path = await improving.submitted()
    made = await opened(office.member, path)
    assert made.json()["about"]["kind"] == "improvement_plan"
    assert made.json()["about"]["id"] == path.rpartition("/")[2]
    assert await read(office.manager, made) == 200
    assert await read(office.unit, made) == 404
    by_office = await opened(office.drafter, path)
    assert await read(office.member, by_office) == 200
    other = await office.world.person(
        Role.DIVISION_MEMBER, division=await office.world.division(office.entity)
    )
    assert await read(other, by_office) == 404


async def test_a_scorecard_is_blocked_for_the_office(improving: Improving) -> None:
    office = improving.office
    path = await office.drafted()
    made = await opened(office.drafter, path)
    about = made.json()["about"]
    assert (about["kind"], about["code"]) == ("scorecard", "SC-2027-1")
    assert (about["name_ar"], about["period"]) == ("بطاقة المؤشرات", "2027")
    assert await read(office.specialist, made) == 200
    assert await read(office.member, made) == 404


async def test_an_entity_opens_one_about_its_part_in_a_national_programme(
    world: World, planning: Planning
) -> None:
    shared = await programme(world)
    editor = await world.person(Role.UNIT_EDITOR, await world.entity(is_unit=True))
    joined = await editor.api.create(
        f"/v1/programmes/{shared}/participants",
        {"entity_id": str(planning.entity.id), "joined_on": "2026-01-01"},
    )
    assert joined.status_code == 201, joined.text
    made = await opened(planning.specialist, joined.json()["id"], tie="national_programme")
    about = made.json()["about"]
    assert about["kind"] == "programme_participant"
    assert await read(planning.manager, made) == 200
    stranger = await world.person(Role.MANAGER, await world.entity())
    assert await read(stranger, made) == 404
    assert (await opened(stranger, joined.json()["id"], tie="national_programme")).status_code == 403
