"""Accounts over HTTP: entering, inviting, blocking, looking up."""

import asyncio
from typing import Any
from uuid import uuid4

import pytest

from app.enums import Role
from app.schemas.people import UserInvited, UserList, UserRead
from tests.factories.world import Person, World

PASSWORD = "سبعة قوارب عند الفجر"


@pytest.fixture(scope="module")
async def administrator(world: World) -> Person:
    return await world.person(Role.ADMINISTRATOR)


def account(**more: Any) -> dict[str, Any]:
    return {
        "email": f"{uuid4().hex}@mol.example",
        "name_ar": "إيمان بنت أحمد الرؤوفية",
        "name_en": "Iman Al Raufi",
        **more,
    }


async def rows(world: World) -> tuple[int, ...]:
    tables = ("subjects", "events", "users", "invitations", "sessions")
    return tuple([await world.owner.fetchval(f"select count(*) from {table}") for table in tables])


async def test_an_invited_person_sets_a_password_and_signs_in(administrator: Person, world: World) -> None:
    body = account()
    made = await administrator.api.send("POST", "/v1/users", json=body)
    assert made.status_code == 201, made.text
    UserInvited.model_validate_json(made.content)
    assert made.headers["Cache-Control"] == "no-store"
    user, token = made.json()["user"], made.json()["invitation"]["token"]
    assert made.headers["Location"] == f"/v1/users/{user['id']}"
    assert user["can_sign_in"] is False
    kept = await world.owner.fetchval("select token_hash from invitations where user_id = $1", user["id"])
    assert token.encode() not in kept

    again = await administrator.api.step(f"/v1/users/{user['id']}/invite", made.headers["ETag"])
    assert again.status_code == 200, again.text
    UserInvited.model_validate_json(again.content)
    assert again.headers["Cache-Control"] == "no-store"
    newer = again.json()["invitation"]["token"]
    old = await world.api.send(
        "POST", "/v1/auth/accept-invitation", json={"token": token, "password": PASSWORD}
    )
    assert old.status_code == 422
    accepted = await world.api.send(
        "POST", "/v1/auth/accept-invitation", json={"token": newer, "password": PASSWORD}
    )
    assert accepted.status_code == 204, accepted.text
    signed_in = await world.api.send(
        "POST", "/v1/auth/sign-in", json={"email": body["email"].upper(), "password": PASSWORD}
    )
    assert signed_in.status_code == 200, signed_in.text
    person = world.api.as_(signed_in.json()["access_token"])
    own = await person.get(f"/v1/users/{user['id']}")
    assert UserRead.model_validate_json(own.content).can_sign_in
    assert own.json()["actions"] == []
    assert (await person.get(f"/v1/users/{administrator.id}")).status_code == 404
    assert (await person.get("/v1/users")).status_code == 403


async def test_secrets_take_no_idempotency_key(administrator: Person, world: World) -> None:
    before = await rows(world)
    refused = await administrator.api.create("/v1/users", account())
    assert (refused.status_code, refused.json()["code"]) == (400, "malformed")
    user = await world.user()
    before = await rows(world)
    path = f"/v1/users/{user.id}"
    etag = await administrator.api.etag(path)
    assert (await administrator.api.step(f"{path}/invite", etag, key=uuid4().hex)).status_code == 400
    assert (await administrator.api.step(f"{path}/invite")).status_code == 428
    assert await rows(world) == before


@pytest.mark.parametrize(
    "more",
    [
        {"email": "no address"},
        {"email": None},
        {"name_ar": " "},
        {"language": "fr"},
        {"is_active": False},
        {"password": PASSWORD},
        {"name_en": "a\nb"},
    ],
)
async def test_bad_accounts_are_refused_and_nothing_is_written(
    administrator: Person, world: World, more: dict[str, Any]
) -> None:
    before = await rows(world)
    assert (await administrator.api.send("POST", "/v1/users", json=account(**more))).status_code == 422
    assert await rows(world) == before


async def test_an_email_belongs_to_one_person(administrator: Person, world: World) -> None:
    body = account()
    assert (await administrator.api.send("POST", "/v1/users", json=body)).status_code == 201
    before = await rows(world)
    other = account(email=body["email"].upper())
    refused = await administrator.api.send("POST", "/v1/users", json=other)
    assert (refused.status_code, refused.json()["code"]) == (409, "already_exists")
    assert await rows(world) == before


@pytest.mark.parametrize("role", [Role.HEAD, Role.HEAD_OFFICE, Role.MANAGER, Role.SPECIALIST])
async def test_only_an_administrator_makes_accounts(world: World, role: Role) -> None:
    person = await world.person(role, await world.entity())
    before = await rows(world)
    assert (await person.api.send("POST", "/v1/users", json=account())).status_code == 403
    assert await rows(world) == before


async def test_who_appoints_may_look_people_up(administrator: Person, world: World) -> None:
    entity, unit = await world.entity(), await world.entity(is_unit=True)
    body = account(name_ar="هُدى بنت عيسى الأخزمية", name_en="Huda Al Akhzami")
    made = (await administrator.api.send("POST", "/v1/users", json=body)).json()["user"]
    for role, where, status in (
        (Role.HEAD, entity, 200),
        (Role.HEAD_OFFICE, entity, 200),
        (Role.MANAGER, entity, 200),
        (Role.UNIT_SPECIALIST, unit, 200),
        (Role.SPECIALIST, entity, 403),
        (Role.EXPERT, entity, 403),
    ):
        person = await world.person(role, where)
        for q in ("هدي الاخزميه", "HUDA", body["email"][:12]):
            found = await person.api.get("/v1/users", q=q)
            assert found.status_code == status, (role, found.text)
            if status == 200:
                UserList.model_validate_json(found.content)
                assert [item["id"] for item in found.json()["items"]] == [made["id"]]
        one = await person.api.get(f"/v1/users/{made['id']}")
        assert one.status_code == (200 if status == 200 else 404)
        assert (await person.api.get(f"/v1/users/{person.id}")).status_code == 200


async def test_people_are_paged_by_name(administrator: Person) -> None:
    everybody = (await administrator.api.get("/v1/users", limit=200)).json()["items"]
    seen: list[dict[str, Any]] = []
    params: dict[str, Any] = {"limit": 3}
    while True:
        page = (await administrator.api.get("/v1/users", **params)).json()
        seen += page["items"]
        if page["next_cursor"] is None:
            break
        params["cursor"] = page["next_cursor"]
    assert seen == everybody


async def test_a_blocked_person_is_out_at_the_next_request(administrator: Person, world: World) -> None:
    user = await world.user()
    path = f"/v1/users/{user.id}"
    assert (await user.api.get("/v1/entities")).status_code == 200
    etag = await administrator.api.etag(path)
    invited = await administrator.api.step(f"{path}/invite", etag)
    blocked = await administrator.api.patch(path, invited.headers["ETag"], {"is_active": False})
    assert blocked.status_code == 200, blocked.text
    assert blocked.json()["actions"] == ["users.edit"]
    assert (await user.api.get("/v1/entities")).status_code == 401
    assert (await administrator.api.step(f"{path}/invite", blocked.headers["ETag"])).status_code == 409
    token = invited.json()["invitation"]["token"]
    late = await world.api.send(
        "POST", "/v1/auth/accept-invitation", json={"token": token, "password": PASSWORD}
    )
    assert late.status_code == 422
    # Admitted again, the ended sessions stay ended.
    back = await administrator.api.patch(path, blocked.headers["ETag"], {"is_active": True})
    assert back.json()["is_active"] is True
    assert (await user.api.get("/v1/entities")).status_code == 401


async def test_nobody_blocks_themself(administrator: Person) -> None:
    path = f"/v1/users/{administrator.id}"
    etag = await administrator.api.etag(path)
    assert (await administrator.api.patch(path, etag, {"is_active": False})).status_code == 403
    assert await administrator.api.etag(path) == etag


async def test_of_two_invitations_at_once_one_stands(administrator: Person, world: World) -> None:
    other = await world.person(Role.ADMINISTRATOR)
    user = await world.user()
    path = f"/v1/users/{user.id}"
    etag = await administrator.api.etag(path)
    answers = await asyncio.gather(
        *[person.api.step(f"{path}/invite", etag) for person in (administrator, other) for _ in range(3)]
    )
    assert sorted(answer.status_code for answer in answers) == [200, 412, 412, 412, 412, 412]
    open_ones = await world.owner.fetchval(
        "select count(*) from invitations where user_id = $1 and used_at is null", user.id
    )
    assert open_ones == 1
