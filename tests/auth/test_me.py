"""GET and PATCH /v1/me."""

import asyncio
from collections import Counter
from datetime import UTC, datetime, timedelta
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI

from app.db import Reader
from app.enums import DivisionFunction, Role, Tenure
from app.schemas.me import EntityPowers, Me
from tests.auth.people import events
from tests.factories.world import Person, World

SOON = datetime.now(UTC) + timedelta(days=20)
PAST = datetime(2025, 6, 1, tzinfo=UTC)


async def read(person: Person) -> Me:
    response = await person.api.get("/v1/me")
    assert response.status_code == 200, response.text
    return Me.model_validate_json(response.content)


def powers_in(me: Me, entity_id: UUID) -> EntityPowers:
    (found,) = [powers for powers in me.powers.entities if powers.entity.id == entity_id]
    return found


async def test_who_i_am(world: World) -> None:
    entity = await world.entity()
    manager = await world.person(Role.MANAGER, entity)
    me = await read(manager)
    assert (me.id, me.email, me.language, me.version) == (manager.id, manager.email, "ar", 1)
    assert me.session.id == manager.session_id
    assert me.session.service_account_id is None
    (membership,) = me.memberships
    assert membership.id == manager.memberships[0]
    assert (membership.role, membership.tenure) == (Role.MANAGER, Tenure.SUBSTANTIVE)
    assert membership.entity is not None
    assert membership.entity.id == entity.id
    assert membership.division is None
    assert me.delegations == []
    assert me.assignments_count == 0
    assert me.actions == ["me.edit"]
    assert "results.approve" in powers_in(me, entity.id).actions
    assert "indicators.read" in me.powers.national


async def test_only_what_is_in_force(world: World) -> None:
    entity = await world.entity()
    person = await world.user()
    await world.appoint(person, Role.SPECIALIST, entity, ends_at=PAST)
    await world.appoint(person, Role.MANAGER, entity, tenure=Tenure.ACTING, starts_at=PAST, ends_at=SOON)
    await world.appoint(person, Role.HEAD, entity, starts_at=SOON)
    me = await read(person)
    (membership,) = me.memberships
    assert (membership.role, membership.tenure) == (Role.MANAGER, Tenure.ACTING)
    assert membership.ends_at is not None
    assert "role_plans.approve" not in powers_in(me, entity.id).actions


async def test_a_person_of_two_entities(world: World) -> None:
    here, there = await world.entity(), await world.entity()
    division = await world.division(there, DivisionFunction.PLANNING)
    person = await world.person(Role.SPECIALIST, here)
    await world.appoint(person, Role.DIVISION_MEMBER, division=division)
    me = await read(person)
    assert len(me.memberships) == len(me.powers.entities) == 2
    assert "results.create" in powers_in(me, here.id).actions
    assert "results.review" in powers_in(me, there.id).actions
    assert "results.create" not in powers_in(me, there.id).actions


async def test_a_division_in_charge_of_an_indicator_may_enter(world: World) -> None:
    entity = await world.entity()
    division = await world.division(entity, DivisionFunction.FINANCE)
    person = await world.person(Role.DIVISION_MEMBER, division=division)
    assert "results.create" not in powers_in(await read(person), entity.id).actions
    await world.indicator(entity, division)
    await world.indicator(entity, division)
    assert "results.create" in powers_in(await read(person), entity.id).actions


async def test_delegations_and_assignments(world: World) -> None:
    entity = await world.entity()
    manager = await world.person(Role.MANAGER, entity)
    specialist = await world.person(Role.SPECIALIST, entity)
    await world.delegate(manager, specialist, entity, "results.approve")
    await world.assign(specialist, await world.indicator(entity), entity)
    me = await read(specialist)
    (given,) = me.delegations
    assert (given.action, given.delegator.id, given.entity.id) == (
        "results.approve",
        manager.id,
        entity.id,
    )
    assert me.assignments_count == 1
    assert "results.approve" in powers_in(me, entity.id).actions
    await world.owner.execute("update memberships set ends_at = $2 where user_id = $1", manager.id, PAST)
    me = await read(specialist)
    assert me.delegations == []
    assert "results.approve" not in powers_in(me, entity.id).actions


async def test_an_administrator_and_unit(world: World) -> None:
    administrator = await read(await world.person(Role.ADMINISTRATOR))
    assert administrator.powers.entities == []
    assert "entities.create" in administrator.powers.national
    unit = await read(await world.person(Role.UNIT_EDITOR, await world.entity(is_unit=True)))
    assert "reopenings.grant" in unit.powers.national


async def test_the_approved_role_plan_counts(world: World) -> None:
    entity = await world.entity()
    manager, specialist = (
        await world.person(Role.MANAGER, entity),
        await world.person(Role.SPECIALIST, entity),
    )
    plan = UUID(int=entity.id.int + 1)
    await world.insert("subjects", id=plan, kind="role_plan", entity_id=entity.id, created_at=PAST)
    await world.insert(
        "role_plans",
        id=plan,
        entity_id=entity.id,
        number=1,
        state="draft",
        drafted_by_id=manager.id,
        edited_by=[manager.id],
        drafted_at=PAST,
    )
    for step, party in (("enter", "manager"), ("review", "planning"), ("approve", "specialist")):
        await world.insert(
            "role_plan_steps",
            role_plan_id=plan,
            chain="results",
            step=step,
            rank=0,
            entity_id=entity.id,
            party=party,
        )
    await world.owner.execute(
        "update role_plans set state = 'approved', approved_at = $2, approved_by_id = $3 where id = $1",
        plan,
        PAST,
        specialist.id,
    )
    assert "results.create" in powers_in(await read(manager), entity.id).actions
    assert "results.approve" in powers_in(await read(specialist), entity.id).actions


async def test_two_statements_at_most(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    person = await world.person(Role.MANAGER, await world.entity())
    asked = Counter[str]()
    genuine = Reader.row

    async def counted(self: Reader, *args: object) -> object:
        asked["row"] += 1
        return await genuine(self, *args)  # type: ignore[arg-type]

    monkeypatch.setattr(Reader, "row", counted)
    await read(person)
    assert asked["row"] == 2


async def test_not_changed_since(world: World) -> None:
    person = await world.person(Role.SPECIALIST, await world.entity())
    etag = await person.api.etag("/v1/me")
    assert etag.startswith('"1.')
    same = await person.api.send("GET", "/v1/me", headers={"If-None-Match": etag})
    assert (same.status_code, same.content, same.headers["ETag"]) == (304, b"", etag)
    await world.appoint(person, Role.EXPERT, await world.entity())
    assert (await person.api.send("GET", "/v1/me", headers={"If-None-Match": etag})).status_code == 200


async def test_changing_my_language(world: World) -> None:
    person = await world.user()
    etag = await person.api.etag("/v1/me")
    response = await person.api.patch("/v1/me", etag, {"language": "en"})
    assert response.status_code == 200
    assert Me.model_validate_json(response.content).language == "en"
    assert response.headers["ETag"] == await person.api.etag("/v1/me")
    assert response.headers["ETag"].startswith('"2.')
    history = await world.owner.fetch("select * from events where subject_id = $1", person.id)
    assert [(event["action"], event["actor_id"]) for event in history] == [("me.edit", person.id)]
    unchanged = await person.api.patch("/v1/me", response.headers["ETag"], {})
    assert (unchanged.status_code, unchanged.headers["ETag"]) == (200, response.headers["ETag"])


async def test_the_order_of_refusals(client: httpx.AsyncClient, world: World) -> None:
    person = await world.user()
    etag, bad = await person.api.etag("/v1/me"), {"language": "fr"}
    assert (await world.api.patch("/v1/me", etag, bad)).status_code == 401
    assert (await person.api.patch("/v1/me", None, bad)).status_code == 428
    assert (await person.api.patch("/v1/me", None, {"language": "en"})).status_code == 428
    assert (await person.api.patch("/v1/me", "*", {"language": "en"})).status_code == 428
    assert (await person.api.patch("/v1/me", '"9.x"', {"language": "en"})).status_code == 412
    assert (await person.api.patch("/v1/me", "nonsense", {"language": "en"})).status_code == 412
    assert (await person.api.patch("/v1/me", etag, bad)).status_code == 422
    assert (await read(person)).language == "ar"


@pytest.mark.parametrize(
    "body",
    [{"language": None}, {"language": "AR"}, {"language": 1}, {"email": "a@b.om"}, {"is_active": True}, []],
)
async def test_nothing_else_can_be_changed(world: World, body: object) -> None:
    person = await world.user()
    response = await person.api.patch("/v1/me", await person.api.etag("/v1/me"), body)
    assert response.status_code == 422
    assert (await read(person)).version == 1


async def test_of_many_changes_at_once_one_wins(app: FastAPI, world: World) -> None:
    person = await world.user()
    etag = await person.api.etag("/v1/me")
    answers = await asyncio.gather(*(person.api.patch("/v1/me", etag, {"language": "en"}) for _ in range(20)))
    assert Counter(answer.status_code for answer in answers) == {200: 1, 412: 19}
    assert (await read(person)).version == 2
    assert await events(world, person) == []
