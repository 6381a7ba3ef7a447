"""A role plan from draft to approval over HTTP, and what new work makes of it."""

import asyncio
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest

from app import clock
from app.enums import DivisionFunction, Role, Tenure
from app.schemas.role_plans import RolePlanInForce, RolePlanList, RolePlanRead
from tests.factories.world import Entity, Person, World

SMALL = {"enter": [{"party": "specialist"}], "review": [{"party": "manager"}], "approve": [{"party": "head"}]}


class Office:
    """An entity with its office."""

    entity: Entity
    manager: Person
    specialist: Person
    head: Person
    office: Person

    @property
    def plans(self) -> str:
        return f"/v1/entities/{self.entity.id}/role-plans"


@pytest.fixture
async def office(world: World) -> Office:
    made = Office()
    made.entity = await world.entity()
    made.manager = await world.person(Role.MANAGER, made.entity)
    made.specialist = await world.person(Role.SPECIALIST, made.entity)
    made.head = await world.person(Role.HEAD, made.entity)
    made.office = await world.person(Role.HEAD_OFFICE, made.entity)
    return made


def letter(head: Person) -> dict[str, Any]:
    return {"decided_by_id": str(head.id), "letter_number": "١٢/٢٠٢٦", "letter_date": "2026-01-15"}


async def rows(world: World) -> tuple[int, ...]:
    tables = ("subjects", "events", "waits", "role_plans", "role_plan_steps", "decisions")
    return tuple([await world.owner.fetchval(f"select count(*) from {table}") for table in tables])


async def test_a_plan_goes_from_draft_to_force(world: World, office: Office) -> None:
    in_force = f"/v1/entities/{office.entity.id}/role-plan"
    before = await office.manager.api.get(in_force)
    assert RolePlanInForce.model_validate_json(before.content).is_default
    assert before.json()["chains"]["results"]["review"] == [{"party": "planning", "division": None}]

    made = await office.manager.api.create(office.plans, {"note": "جهة صغيرة", "chains": {"results": SMALL}})
    assert made.status_code == 201, made.text
    plan = RolePlanRead.model_validate_json(made.content)
    path = made.headers["Location"]
    assert (plan.number, plan.state, plan.in_force) == (1, "draft", False)
    assert [party.party for party in plan.chains.results.review] == ["manager"]
    assert [party.party for party in plan.chains.plans.approve] == ["head"]
    assert made.json()["actions"] == ["role_plans.edit", "role_plans.submit"]
    assert [(wait["party"], wait["action"]) for wait in made.json()["awaiting"]] == [
        ("manager", "role_plans.submit")
    ]
    entity = (await office.manager.api.get(f"/v1/entities/{office.entity.id}")).json()
    assert "role_plans.create" not in entity["actions"]
    assert (await office.manager.api.create(office.plans, {})).status_code == 409

    assert (
        await office.specialist.api.step(f"{path}/submit", await office.specialist.api.etag(path))
    ).status_code == 403
    submitted = await office.manager.api.step(f"{path}/submit", made.headers["ETag"])
    assert submitted.status_code == 200, submitted.text
    assert [(wait["party"], wait["action"]) for wait in submitted.json()["awaiting"]] == [
        ("head", "role_plans.approve")
    ]
    inbox = (await office.head.api.get("/v1/inbox")).json()["items"]
    assert [item["subject_id"] for item in inbox] == [made.json()["id"]]
    etag = submitted.headers["ETag"]
    assert (await office.manager.api.step(f"{path}/submit", etag)).status_code == 409
    assert (await office.manager.api.patch(path, etag, {"note": None})).status_code == 409
    assert (await office.manager.api.step(f"{path}/approve", etag)).status_code == 403

    assert (await office.office.api.step(f"{path}/approve", etag)).status_code == 422
    approved = await office.office.api.step(f"{path}/approve", etag, {"decision": letter(office.head)})
    assert approved.status_code == 200, approved.text
    body = approved.json()
    RolePlanRead.model_validate_json(approved.content)
    assert (body["state"], body["in_force"], body["awaiting"]) == ("approved", True, [])
    assert body["approved_by"]["id"] == str(office.head.id)
    assert body["decision_id"] is not None
    after = await office.specialist.api.get(in_force)
    said = RolePlanInForce.model_validate_json(after.content)
    assert (said.is_default, str(said.role_plan_id), said.number) == (False, body["id"], 1)

    # New work follows it.
    indicator = await world.indicator(office.entity)
    result = await office.specialist.api.create(
        f"/v1/indicators/{indicator}/results", {"period": "2024", "value": 3}
    )
    assert result.status_code == 201, result.text
    moved = await office.specialist.api.step(f"{result.headers['Location']}/submit", result.headers["ETag"])
    assert [wait["party"] for wait in moved.json()["awaiting"]] == ["manager"]

    # A second version, while the running result keeps the first.
    again = await office.manager.api.create(office.plans, {})
    assert (again.status_code, again.json()["number"]) == (201, 2)
    listed = await office.manager.api.get(office.plans)
    RolePlanList.model_validate_json(listed.content)
    assert [(item["number"], item["in_force"]) for item in listed.json()["items"]] == [(2, False), (1, True)]
    kept = (await office.specialist.api.get(result.headers["Location"])).json()
    assert [wait["party"] for wait in kept["awaiting"]] == ["manager"]


async def test_a_returned_plan_says_why_and_is_edited(office: Office) -> None:
    made = await office.manager.api.create(office.plans, {"chains": {"results": SMALL}})
    path = made.headers["Location"]
    submitted = await office.manager.api.step(f"{path}/submit", made.headers["ETag"])
    assert (await office.head.api.step(f"{path}/return", submitted.headers["ETag"], {})).status_code == 422
    returned = await office.head.api.step(
        f"{path}/return", submitted.headers["ETag"], {"reason": "أضيفوا دائرة التخطيط"}
    )
    assert returned.status_code == 200, returned.text
    assert (returned.json()["state"], returned.json()["return_reason"]) == ("draft", "أضيفوا دائرة التخطيط")
    etag = await office.manager.api.etag(path)
    patch = {"note": "بعد الإعادة", "chains": {"results": {**SMALL, "review": [{"party": "planning"}]}}}
    edited = await office.manager.api.patch(path, etag, patch)
    assert edited.status_code == 200, edited.text
    assert edited.json()["chains"]["results"]["review"] == [{"party": "planning", "division": None}]
    assert edited.json()["chains"]["results"]["approve"] == [{"party": "head", "division": None}]
    assert edited.json()["note"] == "بعد الإعادة"
    reset = await office.manager.api.patch(path, edited.headers["ETag"], {"chains": {"results": None}})
    assert [party["party"] for party in reset.json()["chains"]["results"]["enter"]] == [
        "executing",
        "specialist",
    ]
    assert reset.json()["note"] == "بعد الإعادة"


async def test_who_drafted_does_not_approve_as_acting_head(world: World, office: Office) -> None:
    acting = await world.person(Role.MANAGER, await world.entity())
    await world.appoint(
        acting, Role.MANAGER, office.entity, tenure=Tenure.ACTING, ends_at=datetime(2099, 1, 1, tzinfo=UTC)
    )
    made = await acting.api.create(office.plans, {"chains": {"results": SMALL}})
    assert made.status_code == 201, made.text
    path = made.headers["Location"]
    submitted = await acting.api.step(f"{path}/submit", made.headers["ETag"])
    await world.appoint(
        acting, Role.HEAD, office.entity, tenure=Tenure.ACTING, ends_at=datetime(2099, 1, 1, tzinfo=UTC)
    )
    barred = await acting.api.step(f"{path}/approve", submitted.headers["ETag"])
    assert (barred.status_code, barred.json()["code"]) == (403, "four_eyes")
    recorded = await office.office.api.step(
        f"{path}/approve", submitted.headers["ETag"], {"decision": letter(acting)}
    )
    assert (recorded.status_code, recorded.json()["code"]) == (403, "four_eyes")
    assert (await office.head.api.step(f"{path}/approve", submitted.headers["ETag"])).status_code == 200


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"chains": {"results": {**SMALL, "review": []}}}, "#/chains/results/review"),
        ({"chains": {"results": {**SMALL, "review": [{"party": "specialist"}]}}}, "#/chains/results/review"),
        (
            {"chains": {"results": {**SMALL, "enter": [{"party": "division"}]}}},
            "#/chains/results/enter/0/division_id",
        ),
        (
            {"chains": {"results": {**SMALL, "enter": [{"party": "minister"}]}}},
            "#/chains/results/enter/0/party",
        ),
        ({"chains": {"results": {"enter": [], "review": []}}}, "#/chains/results/approve"),
        ({"chains": {"budgets": SMALL}}, "#/chains/budgets"),
        ({"chains": None}, "#/chains"),
        ({"note": ""}, "#/note"),
        (
            {"chains": {"results": {**SMALL, "enter": [{"party": "specialist"}] * 7}}},
            "#/chains/results/enter",
        ),
    ],
)
async def test_bad_plans_are_refused_with_their_place(
    world: World, office: Office, body: dict[str, Any], pointer: str
) -> None:
    before = await rows(world)
    refused = await office.manager.api.create(office.plans, body)
    assert refused.status_code == 422, refused.text
    assert pointer in [fault["pointer"] for fault in refused.json()["errors"]]
    assert await rows(world) == before


async def test_divisions_are_the_entitys_own(world: World, office: Office) -> None:
    own = await world.division(office.entity, DivisionFunction.EXECUTING)
    foreign = await world.division(await world.entity(), DivisionFunction.EXECUTING)
    for division_id in (foreign.id, uuid4()):
        before = await rows(world)
        chain = {**SMALL, "enter": [{"party": "division", "division_id": str(division_id)}]}
        refused = await office.manager.api.create(office.plans, {"chains": {"results": chain}})
        assert refused.status_code == 422
        fault = refused.json()["errors"][0]
        assert (fault["code"], fault["pointer"]) == (
            "unknown_reference",
            "#/chains/results/enter/0/division_id",
        )
        assert await rows(world) == before
    chain = {**SMALL, "enter": [{"party": "division", "division_id": str(own.id)}]}
    made = await office.manager.api.create(office.plans, {"chains": {"results": chain}})
    assert made.json()["chains"]["results"]["enter"][0]["division"]["id"] == str(own.id)


async def test_who_sees_what(world: World, office: Office) -> None:
    unit = await world.entity(is_unit=True)
    made = await office.manager.api.create(office.plans, {})
    path, in_force = made.headers["Location"], f"/v1/entities/{office.entity.id}/role-plan"
    planning = await world.division(office.entity, DivisionFunction.PLANNING)
    planner = await world.person(Role.DIVISION_MEMBER, division=planning)
    expert = await world.person(Role.EXPERT, office.entity)
    foreign = await world.person(Role.MANAGER, await world.entity())
    national = await world.person(Role.UNIT_SPECIALIST, unit)
    administrator = await world.person(Role.ADMINISTRATOR)
    for person, plan, chains, listed in (
        (office.specialist, 200, 200, 1),
        (planner, 200, 200, 1),
        (national, 404, 200, 0),
        (expert, 404, 404, 0),
        (foreign, 404, 404, 0),
        (administrator, 404, 404, 0),
    ):
        assert (await person.api.get(path)).status_code == plan
        assert (await person.api.get(in_force)).status_code == chains
        assert len((await person.api.get(office.plans)).json()["items"]) == listed
        step = await person.api.step(f"{path}/submit", made.headers["ETag"])
        assert step.status_code == (403 if plan == 200 else 404)
    assert (await office.manager.api.get(f"/v1/entities/{uuid4()}/role-plans")).status_code == 404
    assert (await office.manager.api.get(f"/v1/entities/{uuid4()}/role-plan")).status_code == 404
    submitted = await office.manager.api.step(f"{path}/submit", made.headers["ETag"])
    await office.head.api.step(f"{path}/approve", submitted.headers["ETag"])
    assert (await national.api.get(path)).status_code == 200


async def test_of_two_drafts_at_once_one_stands(world: World, office: Office) -> None:
    acting = await world.user()
    await world.appoint(
        acting, Role.MANAGER, office.entity, tenure=Tenure.ACTING, ends_at=datetime(2099, 1, 1, tzinfo=UTC)
    )
    answers = await asyncio.gather(
        *[person.api.create(office.plans, {}) for person in (office.manager, acting) for _ in range(4)]
    )
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 7


async def test_one_approves_what_one_saw(office: Office) -> None:
    made = await office.manager.api.create(office.plans, {})
    path = made.headers["Location"]
    await office.manager.api.patch(path, made.headers["ETag"], {"note": "تعديل"})
    assert (await office.manager.api.step(f"{path}/submit", made.headers["ETag"])).status_code == 412
    submitted = await office.manager.api.step(f"{path}/submit", await office.manager.api.etag(path))
    answers = await asyncio.gather(
        office.head.api.step(f"{path}/approve", submitted.headers["ETag"]),
        office.head.api.step(f"{path}/return", submitted.headers["ETag"], {"reason": "لا"}),
    )
    assert sorted(answer.status_code for answer in answers) in ([200, 409], [200, 412])


async def test_the_letter_is_of_the_head_and_not_of_tomorrow(world: World, office: Office) -> None:
    made = await office.manager.api.create(office.plans, {})
    path = made.headers["Location"]
    submitted = await office.manager.api.step(f"{path}/submit", made.headers["ETag"])
    tomorrow = clock.today().replace(year=clock.today().year + 1).isoformat()
    before = await rows(world)
    for wrong in (
        {**letter(office.manager)},
        {**letter(office.head), "letter_date": tomorrow},
        {**letter(office.head), "letter_number": ""},
    ):
        refused = await office.office.api.step(
            f"{path}/approve", submitted.headers["ETag"], {"decision": wrong}
        )
        assert refused.status_code == 422, (wrong, refused.text)
    assert await rows(world) == before
