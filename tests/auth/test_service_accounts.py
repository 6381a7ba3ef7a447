"""Service accounts: made once, seen by their maker, never stronger than the maker."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest

from app import clock
from app.enums import Role
from app.permissions import RULES
from app.schemas.service_accounts import ServiceAccountCreated, ServiceAccountList, ServiceAccountRead
from app.services.service_accounts import rules
from tests.api import Api
from tests.auth.test_oauth import TOKEN, account, form
from tests.factories.world import World

PATH = "/v1/service-accounts"


async def speak_as(client: httpx.AsyncClient, world: World, made: dict[str, Any]) -> Api:
    """The client that speaks as a service account."""
    response = await client.post(TOKEN, data=form(made))
    assert response.status_code == 200, response.text
    return world.api.as_(response.json()["access_token"])


def pointers(response: httpx.Response) -> set[tuple[str, str]]:
    assert response.status_code == 422, response.text
    return {(fault["pointer"], fault["code"]) for fault in response.json()["errors"]}


def a_body(**changes: Any) -> dict[str, Any]:
    return {
        "name": "Reporting dashboard",
        "permissions": ["results.read"],
        "expires_at": (clock.now() + timedelta(days=30)).isoformat(),
        **changes,
    }


async def test_the_secret_is_said_once(world: World) -> None:
    maker = await world.person(Role.SPECIALIST, await world.entity())
    response = await maker.api.send(
        "POST", PATH, json=a_body(permissions=["results.read", "indicators.read"])
    )
    assert response.status_code == 201
    made = ServiceAccountCreated.model_validate_json(response.content)
    assert response.headers["Location"] == f"{PATH}/{made.id}"
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["ETag"].startswith('"1.')
    assert made.client_id == made.id
    assert made.permissions == ["indicators.read", "results.read"]
    assert made.maker.id == maker.id
    assert made.actions == ["service_accounts.end"]
    seen = await maker.api.get(f"{PATH}/{made.id}")
    ServiceAccountRead.model_validate_json(seen.content)
    kept = await world.owner.fetchval(
        "select string_agg(t::text, ' ') from (select row_to_json(a)::text from service_accounts a"
        " union all select row_to_json(e)::text from events e) as t"
    )
    assert made.client_secret not in seen.text + kept
    (event,) = await world.owner.fetch("select * from events where subject_id = $1", made.id)
    assert (event["action"], event["actor_id"]) == ("service_accounts.create", maker.id)


async def test_an_idempotency_key_is_refused(world: World) -> None:
    maker = await world.user()
    response = await maker.api.create(PATH, a_body())
    assert (response.status_code, response.json()["code"]) == (400, "malformed")


async def test_never_what_only_people_do(world: World) -> None:
    administrator = await world.person(Role.ADMINISTRATOR)
    head = await world.person(Role.HEAD, await world.entity())
    for maker in (administrator, head):
        response = await maker.api.send("POST", PATH, json=a_body(permissions=sorted(rules.NEVER)))
        assert pointers(response) == {
            (f"#/permissions/{n}", "for_people_only") for n in range(len(rules.NEVER))
        }


def test_what_only_people_do() -> None:
    assert (
        {
            "me.edit",
            "delegations.create",
            "service_accounts.create",
            "service_accounts.end",
            "users.create",
            "users.edit",
            "memberships.appoint_head",
            "memberships.appoint_office",
            "memberships.appoint_staff",
            "memberships.appoint_unit",
        }
        <= rules.NEVER
        < set(RULES)
    )
    assert {"role_plans.approve", "memberships.end", "assignments.create"} <= rules.NEVER
    assert not {"results.approve", "results.create", "role_plans.create", "me.read"} & rules.NEVER


async def test_not_what_the_maker_does_not_hold(world: World) -> None:
    specialist = await world.person(Role.SPECIALIST, await world.entity())
    asked = ["results.create", "results.approve", "results.fly", "entities.create", "results.read"]
    response = await specialist.api.send("POST", PATH, json=a_body(permissions=asked))
    assert pointers(response) == {
        ("#/permissions/1", "not_held"),
        ("#/permissions/2", "unknown_action"),
        ("#/permissions/3", "not_held"),
    }


async def test_narrowed_to_an_entity(client: httpx.AsyncClient, world: World) -> None:
    here, there, elsewhere = await world.entity(), await world.entity(), await world.entity()
    maker = await world.person(Role.MANAGER, here)
    await world.appoint(maker, Role.SPECIALIST, there)
    refused = await maker.api.send(
        "POST", PATH, json=a_body(permissions=["results.approve"], entity_id=str(there.id))
    )
    assert pointers(refused) == {("#/permissions/0", "not_held")}
    for foreign in (elsewhere.id, uuid4()):
        refused = await maker.api.send("POST", PATH, json=a_body(entity_id=str(foreign)))
        assert pointers(refused) == {("#/entity_id", "unknown_reference")}
    made = await account(world, maker, permissions=["me.read", "results.approve"], entity_id=str(here.id))
    assert made["entity"]["id"] == str(here.id)
    me = (await (await speak_as(client, world, made)).get("/v1/me")).json()
    assert [powers["entity"]["id"] for powers in me["powers"]["entities"]] == [str(here.id)]
    assert me["powers"]["entities"][0]["actions"] == ["results.approve"]
    assert me["powers"]["national"] == ["me.read"]


async def test_unit_may_narrow_to_any_entity(world: World) -> None:
    entity, unit = await world.entity(), await world.entity(is_unit=True)
    maker = await world.person(Role.UNIT_SPECIALIST, unit)
    made = await account(world, maker, permissions=["results.read"], entity_id=str(entity.id))
    assert made["entity"]["id"] == str(entity.id)
    refused = await maker.api.send("POST", PATH, json=a_body(entity_id=str(uuid4())))
    assert pointers(refused) == {("#/entity_id", "unknown_reference")}


async def test_narrowing_takes_national_rights_away(client: httpx.AsyncClient, world: World) -> None:
    entity = await world.entity()
    administrator = await world.person(Role.ADMINISTRATOR)
    made = await account(
        world, administrator, permissions=["me.read", "entities.create"], entity_id=str(entity.id)
    )
    me = (await (await speak_as(client, world, made)).get("/v1/me")).json()
    assert me["powers"]["national"] == ["me.read"]


async def test_it_loses_what_its_maker_loses(client: httpx.AsyncClient, world: World) -> None:
    entity = await world.entity()
    maker = await world.person(Role.MANAGER, entity)
    made = await account(world, maker, permissions=["me.read", "results.approve"])
    program = await speak_as(client, world, made)
    before = (await program.get("/v1/me")).json()
    assert before["powers"]["entities"][0]["actions"] == ["results.approve"]
    await world.owner.execute("update memberships set ends_at = $2 where user_id = $1", maker.id, clock.now())
    after = (await program.get("/v1/me")).json()
    assert after["powers"]["entities"] == []


async def test_a_program_does_only_what_it_was_made_for(client: httpx.AsyncClient, world: World) -> None:
    maker = await world.person(Role.MANAGER, await world.entity())
    program = await speak_as(client, world, await account(world, maker, permissions=["indicators.read"]))
    assert (await program.get("/v1/indicators")).status_code == 200
    refused = [
        await program.get("/v1/me"),
        await program.get(PATH),
        await program.send("POST", PATH, json=a_body(permissions=["indicators.read"])),
        await program.patch("/v1/me", '"1.x"', {"language": "en"}),
        await program.send("POST", "/v1/auth/sign-out"),
        await program.send("POST", "/v1/auth/sign-out-everywhere"),
        await program.send(
            "POST",
            "/v1/auth/password",
            json={"current_password": "x", "new_password": "سبعة قوارب عند الفجر"},
        ),
    ]
    assert [response.status_code for response in refused] == [403] * len(refused)


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"expires_at": "2020-01-01T00:00:00Z"}, "#/expires_at"),
        ({"expires_at": (datetime.now(UTC) + timedelta(days=366)).isoformat()}, "#/expires_at"),
        ({"expires_at": "9999-12-31T23:59:59-23:59"}, "#/expires_at"),
        ({"expires_at": "2027-01-01T00:00:00"}, "#/expires_at"),
        ({"expires_at": "soon"}, "#/expires_at"),
        ({"name": ""}, "#/name"),
        ({"name": "a\u0000b"}, "#/name"),
        ({"name": "x" * 301}, "#/name"),
        ({"permissions": []}, "#/permissions"),
        ({"permissions": ["results.read"] * 101}, "#/permissions"),
        ({"permissions": "results.read"}, "#/permissions"),
        ({"permissions": ["*"]}, "#/permissions/0"),
        ({"entity_id": "here"}, "#/entity_id"),
        ({"secret": "mine"}, "#/secret"),
    ],
)
async def test_bad_input_is_named(world: World, changes: dict[str, Any], where: str) -> None:
    maker = await world.user()
    response = await maker.api.send("POST", PATH, json=a_body(**changes))
    assert {pointer for pointer, _ in pointers(response)} == {where}
    assert not await world.owner.fetchval(
        "select count(*) from service_accounts where maker_id = $1", maker.id
    )


async def test_ones_own_and_all_for_an_administrator(world: World) -> None:
    maker = await world.person(Role.SPECIALIST, await world.entity())
    somebody_else = await world.person(Role.MANAGER, await world.entity())
    administrator = await world.person(Role.ADMINISTRATOR)
    made = [(await account(world, maker))["id"] for _ in range(3)]
    path = f"{PATH}/{made[0]}"
    assert (await maker.api.get(path)).status_code == 200
    assert (await administrator.api.get(path)).status_code == 200
    assert (await somebody_else.api.get(path)).status_code == 404
    assert (await somebody_else.api.step(f"{path}/end", '"1.x"')).status_code == 404
    mine = ServiceAccountList.model_validate_json((await maker.api.get(PATH)).content)
    assert [str(item.id) for item in mine.items] == made[::-1]
    assert mine.next_cursor is None
    theirs = ServiceAccountList.model_validate_json((await somebody_else.api.get(PATH)).content)
    assert theirs.items == []
    first = ServiceAccountList.model_validate_json((await maker.api.get(PATH, limit=2)).content)
    rest = await maker.api.get(PATH, limit=2, cursor=first.next_cursor)
    assert [item["id"] for item in rest.json()["items"]] == made[:1]
    everybodys = ServiceAccountList.model_validate_json((await administrator.api.get(PATH)).content)
    assert set(made) <= {str(item.id) for item in everybodys.items}
    assert (await administrator.api.get(PATH, cursor="bm9uc2Vuc2U")).status_code == 422


async def test_ending(client: httpx.AsyncClient, world: World) -> None:
    maker = await world.person(Role.SPECIALIST, await world.entity())
    administrator = await world.person(Role.ADMINISTRATOR)
    made = await account(world, maker)
    program = await speak_as(client, world, made)
    path = f"{PATH}/{made['id']}"
    assert (await maker.api.step(f"{path}/end")).status_code == 428
    assert (await maker.api.step(f"{path}/end", '"9.x"')).status_code == 412
    response = await administrator.api.step(f"{path}/end", await administrator.api.etag(path))
    assert response.status_code == 200
    ended = ServiceAccountRead.model_validate_json(response.content)
    assert ended.ended_at is not None
    assert (ended.version, ended.actions) == (2, [])
    assert (await program.get("/v1/me")).status_code == 401
    again = await maker.api.step(f"{path}/end", await maker.api.etag(path))
    assert (again.status_code, again.json()["code"]) == (409, "wrong_state")
    actions = await world.owner.fetch(
        "select action, actor_id from events where subject_id = $1 order by id", ended.id
    )
    assert [tuple(row) for row in actions] == [
        ("service_accounts.create", maker.id),
        ("service_accounts.end", administrator.id),
    ]
