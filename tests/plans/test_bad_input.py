"""What a plan refuses: each answer names its faults, and nothing has changed."""

import asyncio
from datetime import date
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from app import ids
from app.enums import Classification
from tests.factories.plans import CRITERIA, GOAL, YEAR, Planning
from tests.factories.world import World


@pytest.fixture
async def office(world: World) -> Planning:
    return await Planning.make(world)


async def _rows(world: World) -> tuple[int, ...]:
    tables = ("subjects", "events", "plans", "plan_items", "plan_checks", "job_plan_links", "proposals")
    return tuple([await world.owner.fetchval(f"select count(*) from {table}") for table in tables])


def _faults(answer: httpx.Response) -> list[tuple[str, str]]:
    assert answer.status_code == 422, answer.text
    return [(fault["pointer"], fault["code"]) for fault in answer.json()["errors"]]


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        ({"year": 2020}, ("#/year", "too_small")),
        ({"year": 2027.5}, ("#/year", "int_from_float")),
        ({"name_ar": " "}, ("#/name_ar", "bad_format")),
        ({"name_en": None}, ("#/name_en", "wrong_type")),
        ({"criteria": [CRITERIA[0], CRITERIA[0]]}, ("#/criteria/1/key", "repeated")),
        ({"criteria": [{**CRITERIA[0], "key": "محاذاة"}]}, ("#/criteria/0/key", "bad_format")),
        ({"development_plan_id": str(ids.new())}, ("#/development_plan_id", "unknown_reference")),
        ({"state": "approved"}, ("#/state", "unknown_field")),
    ],
)
async def test_a_plan(world: World, office: Planning, fields: dict[str, Any], fault: tuple[str, str]) -> None:
    before = await _rows(world)
    answer = await office.create(**fields)
    found = _faults(answer)
    assert [pointer for pointer, _ in found] == [fault[0]]
    if fault[1] != "int_from_float":
        assert found == [fault]
    assert await _rows(world) == before


async def test_an_item(world: World, office: Planning) -> None:
    other = await Planning.make(world)
    plan = await office.begun()
    theirs = await world.indicator(other.entity)
    long_past = await office.initiative(starts_on=date(YEAR - 2, 1, 1), ends_on=date(YEAR - 1, 12, 31))
    stopped = await office.initiative(state="discarded")
    secret = await office.initiative(classification=Classification.RESTRICTED.value)
    crossing = await office.initiative(starts_on=date(YEAR - 1, 6, 1), ends_on=date(YEAR + 1, 6, 1))
    before = await _rows(world)
    for body, fault in (
        ({"kind": "goal"}, ("#/title_ar", "missing")),
        ({**GOAL, "indicator_id": str(theirs)}, ("#/indicator_id", "out_of_place")),
        ({**GOAL, "priority_id": str(ids.new())}, ("#/priority_id", "unknown_reference")),
        ({"kind": "indicator"}, ("#/indicator_id", "missing")),
        ({"kind": "indicator", "indicator_id": str(theirs)}, ("#/indicator_id", "unknown_reference")),
        ({"kind": "initiative", "initiative_id": str(ids.new())}, ("#/initiative_id", "unknown_reference")),
        ({"kind": "initiative", "initiative_id": str(stopped)}, ("#/initiative_id", "unknown_reference")),
        ({"kind": "initiative", "initiative_id": str(secret)}, ("#/initiative_id", "unknown_reference")),
        ({"kind": "initiative", "initiative_id": str(long_past)}, ("#/initiative_id", "outside_the_year")),
    ):
        assert _faults(await plan.post("items", body)) == [fault]
    assert await _rows(world) == before
    await plan.add({"kind": "initiative", "initiative_id": str(crossing)})
    twice = await plan.post("items", {"kind": "initiative", "initiative_id": str(crossing)})
    assert (twice.status_code, twice.json()["code"]) == (409, "already_exists")

    item = (await plan.read())["contents"][1]
    api = office.planner.api
    path, etag = f"/v1/plan-items/{item['id']}", await api.etag(plan.path)
    assert _faults(await api.patch(path, etag, {"title_ar": "عنوان"})) == [("#/title_ar", "out_of_place")]
    assert (await api.patch(path, etag, {"note": None})).status_code == 200
    assert await api.etag(plan.path) == etag
    assert (await api.patch(path, None, {"note": "ملاحظة"})).status_code == 428
    assert (await api.step(f"{path}/drop", etag, {"reason": "دُمجت مع غيرها"})).status_code == 200
    stale = await api.step(f"{path}/drop", etag, {"reason": "دُمجت مع غيرها"})
    assert stale.status_code == 412
    again = await api.step(f"{path}/drop", await api.etag(plan.path), {"reason": "دُمجت مع غيرها"})
    assert (again.status_code, again.json()["code"]) == (409, "already_dropped")
    assert (await api.patch(f"/v1/plan-items/{ids.new()}", etag, {"note": "ملاحظة"})).status_code == 404


async def test_a_check(world: World, office: Planning) -> None:
    plan, other = await office.begun(), await office.begun(year=YEAR + 1)
    item = (await plan.read())["contents"][0]["id"]
    theirs = (await other.read())["contents"][0]["id"]
    before = await _rows(world)
    no = {"question": "wording", "passed": False}
    for body, fault in (
        ({"item_id": item, "answers": []}, ("#/answers", "too_few")),
        ({"item_id": item, "answers": [no]}, ("#/answers/0/remark", "missing")),
        (
            {"item_id": item, "answers": [{"question": "aligned", "passed": True}] * 2},
            ("#/answers/1/question", "repeated"),
        ),
        (
            {"item_id": theirs, "answers": [{"question": "aligned", "passed": True}]},
            ("#/item_id", "unknown_reference"),
        ),
    ):
        assert _faults(await plan.post("checks", body, by=office.specialist)) == [fault]
    assert await _rows(world) == before


async def test_job_plan_links(app: FastAPI, world: World, office: Planning) -> None:
    plan = await office.begun()
    link = {"division_id": str(office.executing.id), "half": 1, "staff": 46, "linked": 31}
    early = await plan.post("job-plan-links", link)
    assert (early.status_code, early.json()["code"]) == (409, "wrong_state")
    await plan.approved(app)
    other = await Planning.make(world)
    for body, fault in (
        ({**link, "linked": 47}, ("#/linked", "too_large")),
        ({**link, "half": 3}, ("#/half", "too_large")),
        ({**link, "staff": 0}, ("#/staff", "too_small")),
        ({**link, "division_id": str(other.executing.id)}, ("#/division_id", "unknown_reference")),
    ):
        assert _faults(await plan.post("job-plan-links", body)) == [fault]
    assert (await plan.post("job-plan-links", link, by=office.specialist)).status_code == 403
    # Of another division only planning records.
    elsewhere = await world.division(office.entity)
    foreign = await plan.post(
        "job-plan-links", {**link, "division_id": str(elsewhere.id)}, by=office.executor
    )
    assert (foreign.status_code, foreign.json()["code"]) == (403, "forbidden")
    assert (await plan.post("job-plan-links", link, by=office.executor)).status_code == 201
    corrected = await plan.post("job-plan-links", {**link, "linked": 33}, by=office.planner)
    recorded = corrected.json()["job_plan_links"]
    assert [(one["half"], one["linked"], one["share"]) for one in recorded] == [(1, 33, 0.7174)]
    path = f"/v1/job-plan-links/{recorded[0]['id']}/verify"
    api = office.finance.api
    assert (await office.planner.api.step(path, await api.etag(plan.path))).status_code == 403
    verified = await api.step(path, await api.etag(plan.path))
    assert verified.status_code == 200, verified.text
    assert verified.json()["job_plan_links"][0]["verified_by"]["id"] == str(office.finance.id)
    for answer in (
        await api.step(path, await api.etag(plan.path)),
        await plan.post("job-plan-links", link),
    ):
        assert (answer.status_code, answer.json()["code"]) == (409, "link_verified")


async def test_who_records_a_link_never_verifies_it(app: FastAPI, world: World, office: Planning) -> None:
    plan = await office.begun()
    await plan.approved(app)
    division = await world.owner.fetchval(
        "select division_id from memberships where id = $1", office.finance.memberships[0]
    )
    link = {"division_id": str(division), "half": 2, "staff": 12, "linked": 12}
    answer = await plan.post("job-plan-links", link, by=office.finance)
    assert answer.status_code == 201, answer.text
    path = f"/v1/job-plan-links/{answer.json()['job_plan_links'][0]['id']}/verify"
    own = await office.finance.api.step(path, await office.finance.api.etag(plan.path))
    assert (own.status_code, own.json()["code"]) == (403, "four_eyes")


async def test_a_platform_entry_is_not_in_the_future(app: FastAPI, office: Planning) -> None:
    plan = await office.begun()
    await plan.approved(app)
    body = {"platform": "منصة الإجادة", "entered_on": "2199-01-01"}
    answer = await plan.post("record-platform-entry", body, by=office.manager)
    assert _faults(answer) == [("#/entered_on", "in_the_future")]


async def test_two_at_once(office: Planning) -> None:
    begun = await asyncio.gather(office.create(by=office.planner), office.create(by=office.specialist))
    assert sorted(answer.status_code for answer in begun) == [201, 409]
    plan = await office.begun(year=YEAR + 1)
    etag = await office.planner.api.etag(plan.path)
    added = await asyncio.gather(
        plan.post("items", GOAL, etag=etag),
        plan.post("items", {**GOAL, "title_ar": "هدف آخر"}, by=office.specialist, etag=etag),
    )
    assert sorted(answer.status_code for answer in added) == [201, 412]


async def test_the_same_request_twice_has_one_effect(office: Planning) -> None:
    plan = await office.begun()
    etag = await office.planner.api.etag(plan.path)
    first = await office.planner.api.step(f"{plan.path}/items", etag, GOAL, key="annual-plan-item-1")
    second = await office.planner.api.step(f"{plan.path}/items", etag, GOAL, key="annual-plan-item-1")
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.content == second.content
    assert len((await plan.read())["contents"]) == 2
