"""Proposals of staff: from the form to acceptance or refusal (Guide P-12)."""

import asyncio
from typing import Any
from uuid import UUID

import httpx
import pytest

from app import ids
from app.enums import Role
from app.schemas.proposals import ProposalList, ProposalRead
from tests.factories.plans import AnnualPlan, Planning
from tests.factories.world import Person, World

FORM: dict[str, Any] = {
    "title": "منصة رقمية لمواءمة التدريب مع سوق العمل",
    "problem": "لا تتوفر لدى الباحثين عن عمل معلومات عن المهارات المطلوبة",
    "idea": "ربط بيانات المنشآت ببرامج التدريب في منصة واحدة",
    "effect": "رفع نسبة التشغيل بعد التدريب إلى 70 بالمئة",
    "cost": 45000.5,
}
REASON = "تستوفي معايير الإدراج"


@pytest.fixture
async def office(world: World) -> Planning:
    return await Planning.make(world)


@pytest.fixture
async def plan(office: Planning) -> AnnualPlan:
    made = await office.begun()
    assert (await made.post("open-proposals")).status_code == 200
    return made


async def _proposed(plan: AnnualPlan, by: Person, **fields: Any) -> str:
    answer = await by.api.create(f"{plan.path}/proposals", {**FORM, **fields})
    assert answer.status_code == 201, answer.text
    ProposalRead.model_validate_json(answer.content)
    return answer.headers["Location"]


async def _step(
    by: Person, path: str, verb: str, body: Any = None, *, seen_by: Person | None = None
) -> httpx.Response:
    etag = await (seen_by or by).api.etag(path)
    return await by.api.step(f"{path}/{verb}", etag, body)


async def test_a_proposal_is_sorted_and_accepted(office: Planning, plan: AnnualPlan) -> None:
    path = await _proposed(plan, office.executor)
    mine = (await office.executor.api.get(path)).json()
    assert (mine["state"], mine["cost"], mine["actions"]) == ("submitted", 45000.5, ["proposals.withdraw"])
    assert {wait["party"] for wait in mine["awaiting"]} == {"planning", "specialist", "manager"}
    for person, waits in ((office.planner, True), (office.executor, False), (office.manager, True)):
        inbox = (await person.api.get("/v1/inbox")).json()["items"]
        titles = [one["title"]["ar"].partition(" · ")[0] for one in inbox]
        assert titles == ([FORM["title"]] if waits else [])
    early = await _step(office.planner, path, "accept", {"reason": REASON})
    assert (early.status_code, early.json()["code"]) == (409, "wrong_state")
    unknown = await _step(office.planner, path, "sort", {"rank": 1, "meets": ["alignment", "cheap"]})
    assert [fault["pointer"] for fault in unknown.json()["errors"]] == ["#/meets/1"]
    sorted_ = await _step(office.planner, path, "sort", {"rank": 2, "meets": ["alignment"]})
    assert (sorted_.json()["state"], sorted_.json()["rank"]) == ("sorted", 2)
    ranked = await _step(office.planner, path, "rank", {"rank": 1, "meets": ["alignment", "readiness"]})
    assert (ranked.json()["rank"], ranked.json()["meets"]) == (1, ["alignment", "readiness"])
    made = await office.initiative()
    wrong = await _step(office.manager, path, "accept", {"reason": REASON, "initiative_id": str(ids.new())})
    assert wrong.json()["errors"][0]["pointer"] == "#/initiative_id"
    accepted = await _step(office.manager, path, "accept", {"reason": REASON, "initiative_id": str(made)})
    assert accepted.status_code == 200, accepted.text
    said = (await office.executor.api.get(path)).json()
    ProposalRead.model_validate(said)
    assert (said["state"], said["reason"], said["initiative_id"]) == ("accepted", REASON, str(made))
    assert said["awaiting"] == []


async def test_never_by_who_proposed_it(office: Planning, plan: AnnualPlan) -> None:
    path = await _proposed(plan, office.planner)
    for verb, body in (("sort", {"rank": 1, "meets": []}), ("refuse", {"reason": REASON})):
        own = await _step(office.planner, path, verb, body)
        assert (own.status_code, own.json()["code"]) == (403, "four_eyes")
    assert (await _step(office.other_planner, path, "sort", {"rank": 1, "meets": []})).status_code == 200
    own = await _step(office.planner, path, "accept", {"reason": REASON})
    assert (own.status_code, own.json()["code"]) == (403, "four_eyes")
    refused = await _step(office.other_planner, path, "refuse", {"reason": "لا تستوفي المعايير"})
    assert refused.json()["state"] == "refused"
    assert (await _step(office.planner, path, "withdraw")).status_code == 409


async def test_where_only_the_proposer_could_decide_the_head_does(world: World) -> None:
    entity = await world.entity()
    specialist = await world.person(Role.SPECIALIST, entity)
    head = await world.person(Role.HEAD, entity)
    begun = await specialist.api.create(
        f"/v1/entities/{entity.id}/plans",
        {
            "year": 2027,
            "name_ar": "الخطة السنوية",
            "name_en": "Annual plan",
            "criteria": [{"key": "alignment", "ar": "الارتباط بالرؤية", "en": "Serves the vision"}],
        },
    )
    path = begun.headers["Location"]
    await specialist.api.step(f"{path}/open-proposals", begun.headers["ETag"])
    proposal = (await specialist.api.create(f"{path}/proposals", FORM)).headers["Location"]
    unreasoned = await _step(head, proposal, "sort", {"rank": 1, "meets": []})
    assert unreasoned.json()["errors"][0]["pointer"] == "#/reason"
    done = await _step(head, proposal, "sort", {"rank": 1, "meets": [], "reason": "لا يوجد غير مقدّم المقترح"})
    assert done.status_code == 200, done.text


async def test_who_sees_and_who_proposes(world: World, office: Planning, plan: AnnualPlan) -> None:
    path = await _proposed(plan, office.executor)
    seen = {
        name: (await person.api.get(path)).status_code
        for name, person in (
            ("executor", office.executor),
            ("planner", office.planner),
            ("specialist", office.specialist),
            ("head", office.head),
            ("finance", office.finance),
            ("unit", office.unit),
            ("representative", office.representative),
        )
    }
    assert {name for name, status in seen.items() if status == 200} == {
        "executor",
        "planner",
        "specialist",
        "head",
    }
    for person in (office.representative, office.finance, office.head):
        assert (await person.api.create(f"{plan.path}/proposals", FORM)).status_code == 201
    assert (await office.unit.api.create(f"{plan.path}/proposals", FORM)).status_code == 404
    stranger = await world.person(Role.DIVISION_MEMBER, division=await world.division(await world.entity()))
    assert (await stranger.api.create(f"{plan.path}/proposals", FORM)).status_code == 404
    own = await office.executor.api.get("/v1/proposals")
    assert [one.id for one in ProposalList.model_validate_json(own.content).items] == [
        UUID(path.rpartition("/")[2])
    ]
    all_ = await office.planner.api.get("/v1/proposals", plan_id=plan.id)
    assert len(all_.json()["items"]) == 4
    assert (await office.planner.api.get("/v1/proposals", mine="true", plan_id=plan.id)).json()["items"] == []
    assert (await office.planner.api.get("/v1/proposals", state="sorted")).json()["items"] == []


async def test_only_while_the_plan_takes_proposals(office: Planning, plan: AnnualPlan) -> None:
    closed, proposed = await asyncio.gather(
        plan.post("close-proposals"), office.planner.api.create(f"{plan.path}/proposals", FORM)
    )
    assert closed.status_code == 200
    assert proposed.status_code in (201, 409)
    after = await office.planner.api.create(f"{plan.path}/proposals", FORM)
    assert (after.status_code, after.json()["code"]) == (409, "proposals_closed")
    assert (await office.executor.api.create(f"{plan.path}/proposals", FORM)).status_code == 404


async def test_bad_input_and_withdrawal(world: World, office: Planning, plan: AnnualPlan) -> None:
    before = await world.owner.fetchval("select count(*) from subjects")
    for fields, pointer in (
        ({"title": ""}, "#/title"),
        ({"cost": -1}, "#/cost"),
        ({"cost": 0.0001}, "#/cost"),
        ({"cost": "45000"}, "#/cost"),
        ({"indicator_id": str(ids.new())}, "#/indicator_id"),
        ({"rank": 1}, "#/rank"),
    ):
        answer = await office.executor.api.create(f"{plan.path}/proposals", {**FORM, **fields})
        assert [fault["pointer"] for fault in answer.json()["errors"]] == [pointer], answer.text
    assert await world.owner.fetchval("select count(*) from subjects") == before
    path = await _proposed(plan, office.executor, indicator_id=str(await world.indicator(office.entity)))
    assert (await _step(office.planner, path, "withdraw")).status_code == 403
    assert (await _step(office.executor, path, "withdraw")).json()["state"] == "withdrawn"
