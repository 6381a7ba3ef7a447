"""Who sees an annual plan: what is in force the entity and UNIT, what is in work who works on it."""

import pytest
from fastapi import FastAPI

from app.enums import Role
from tests.factories.plans import YEAR, Planning
from tests.factories.world import World


@pytest.fixture
async def office(world: World) -> Planning:
    return await Planning.make(world)


async def _seen(office: Planning, world: World, path: str) -> set[str]:
    stranger = await world.person(Role.MANAGER, await world.entity())
    people = {
        "planner": office.planner,
        "finance": office.finance,
        "executor": office.executor,
        "specialist": office.specialist,
        "manager": office.manager,
        "representative": office.representative,
        "head": office.head,
        "head_office": office.head_office,
        "unit": office.unit,
        "stranger": stranger,
        "administrator": await world.person(Role.ADMINISTRATOR),
    }
    seen = set()
    for name, person in people.items():
        one = await person.api.get(path)
        listed = await person.api.get("/v1/plans", entity_id=office.entity.id)
        assert (one.status_code == 200) == bool(listed.json()["items"]), name
        if one.status_code == 200:
            seen.add(name)
    return seen


WORKING = {"planner", "finance", "specialist", "manager", "head", "head_office"}


async def test_a_plan_in_work_and_in_force(app: FastAPI, world: World, office: Planning) -> None:
    plan = await office.begun()
    assert await _seen(office, world, plan.path) == WORKING
    await plan.approved(app)
    assert await _seen(office, world, plan.path) == WORKING | {"executor", "representative", "unit"}


async def test_a_restricted_plan(app: FastAPI, world: World, office: Planning) -> None:
    plan = await office.begun(classification="restricted")
    # Planning and the specialists enter it, the manager and the head are named after them.
    named = {"planner", "specialist", "manager", "head", "head_office"}
    assert await _seen(office, world, plan.path) == named
    await world.assign(office.representative, plan.id, office.entity)
    assert await _seen(office, world, plan.path) == named | {"representative"}
    item = (await plan.read())["contents"][0]
    assert (await plan.check(item["id"], by=office.manager)).status_code == 201
    await plan.fire(app, "plans.verify", office.manager)
    await plan.fire(app, "plans.approve", office.head)
    assert await _seen(office, world, plan.path) == named | {"representative"}


async def test_a_discarded_plan_stays_with_who_worked_on_it(world: World, office: Planning) -> None:
    plan = await office.begun()
    assert (await plan.post("discard")).status_code == 200
    assert await _seen(office, world, plan.path) == WORKING


async def test_what_a_filter_narrows(office: Planning) -> None:
    plan = await office.begun()
    other = await office.begun(year=YEAR + 1)
    api = office.planner.api
    listed = await api.get("/v1/plans", entity_id=office.entity.id)
    assert [one["id"] for one in listed.json()["items"]] == [str(other.id), str(plan.id)]
    for narrowed in ({"year": YEAR}, {"state": "draft", "year": YEAR}):
        answer = await api.get("/v1/plans", entity_id=office.entity.id, **narrowed)
        assert [one["id"] for one in answer.json()["items"]] == [str(plan.id)]
    assert (await api.get("/v1/plans", entity_id=office.entity.id, state="approved")).json()["items"] == []
    first = await api.get("/v1/plans", entity_id=office.entity.id, limit=1)
    second = await api.get(
        "/v1/plans", entity_id=office.entity.id, limit=1, cursor=first.json()["next_cursor"]
    )
    assert [one["id"] for one in second.json()["items"]] == [str(plan.id)]
    assert second.json()["next_cursor"] is None
