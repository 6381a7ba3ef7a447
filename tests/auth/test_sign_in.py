"""Sign-in over HTTP: whom it lets in, and that it tells nothing to anybody else."""

import asyncio
import time
from datetime import timedelta
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from pwdlib.hashers.argon2 import Argon2Hasher

from app import clock, passwords
from app.schemas.auth import PublicKeys
from app.schemas.problems import Problem
from tests.auth.people import PASSWORD, events, from_address, sign_in, signed_in, with_password, works
from tests.factories.world import World


async def test_signs_in_and_is_known_from_then_on(client: httpx.AsyncClient, world: World) -> None:
    person = await with_password(world)
    response = await sign_in(client, person.email.upper())
    assert response.status_code == 200
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["Content-Language"] == "en"
    tokens = response.json()
    assert tokens["token_type"] == "Bearer"
    assert tokens["expires_in"] == 600
    me = await client.get("/v1/me", headers={"Authorization": f"bearer {tokens['access_token']}"})
    assert me.json()["id"] == str(person.id)
    (event,) = await events(world, person)
    assert (event["action"], event["actor_id"]) == ("auth.sign_in", person.id)


async def test_only_hashes_are_kept(client: httpx.AsyncClient, world: World) -> None:
    person = await with_password(world)
    tokens = await signed_in(client, person.email)
    kept = await world.owner.fetch("select row_to_json(t)::text as row from refresh_tokens t")
    brakes = await world.owner.fetch("select row_to_json(b)::text as row from sign_in_brakes b")
    said = await world.owner.fetch("select row_to_json(e)::text as row from events e")
    everything = " ".join(row["row"] for row in (*kept, *brakes, *said))
    assert tokens.refresh_token not in everything
    assert person.email not in everything
    assert "127.0.0.1" not in everything


async def refusals(client: httpx.AsyncClient, world: World) -> dict[str, httpx.Response]:
    """Everybody whom sign-in must not let in, and what they are told."""
    blocked, uninvited, known = await with_password(world), await world.user(), await with_password(world)
    await world.owner.execute("update users set is_active = false where id = $1", blocked.id)
    return {
        "unknown": await sign_in(client, "nobody@test.mutabaa.example"),
        "wrong password": await sign_in(client, known.email, "not the password"),
        "empty-looking password": await sign_in(client, known.email, " "),
        "blocked": await sign_in(client, blocked.email),
        "blocked, wrong password": await sign_in(client, blocked.email, "not the password"),
        "never invited": await sign_in(client, uninvited.email),
    }


def likeness(response: httpx.Response) -> dict[str, Any]:
    """All that a stranger sees, without what names the single request."""
    body = {name: value for name, value in response.json().items() if name != "request_id"}
    headers = {name: value for name, value in response.headers.items() if name != "x-request-id"}
    return {"status": response.status_code, "body": body, "headers": headers}


async def test_tells_nobody_why_not(client: httpx.AsyncClient, world: World) -> None:
    said = {who: likeness(response) for who, response in (await refusals(client, world)).items()}
    first = said["unknown"]
    assert first["status"] == 401
    assert first["body"]["code"] == "sign_in_refused"
    assert first["headers"]["www-authenticate"].startswith("Bearer")
    assert all(other == first for other in said.values())


async def test_the_same_work_for_everybody(
    client: httpx.AsyncClient, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[bool] = []
    genuine = passwords._hasher.verify_and_update

    def counted(password: str, kept: str) -> tuple[bool, str | None]:
        asked.append("m=65536,t=3,p=1" in kept)
        return genuine(password, kept)

    monkeypatch.setattr(passwords._hasher, "verify_and_update", counted)
    assert len(await refusals(client, world)) == len(asked) == asked.count(True)


async def test_takes_as_long_for_who_is_unknown(client: httpx.AsyncClient, world: World) -> None:
    known = await with_password(world)
    taken: dict[str, list[float]] = {"known": [], "unknown": []}
    for _ in range(4):
        for who, email in (("known", known.email), ("unknown", "nobody-at-all@test.mutabaa.example")):
            began = time.perf_counter()
            await sign_in(client, email, "not the password")
            taken[who].append(time.perf_counter() - began)
    # Without the hash of nobody, the unknown would be told a hundred times sooner.
    assert 0.5 < min(taken["known"]) / min(taken["unknown"]) < 2


async def test_failures_stand_in_the_history_of_who_exists(client: httpx.AsyncClient, world: World) -> None:
    person = await with_password(world)
    await sign_in(client, person.email, "not the password")
    (event,) = await events(world, person)
    assert event["action"] == "auth.sign_in_refused"
    assert event["actor_id"] is None
    assert event["changes"] == "{}"


async def test_a_weaker_hash_is_renewed_at_sign_in(client: httpx.AsyncClient, world: World) -> None:
    person = await world.user()
    weak = Argon2Hasher(time_cost=1, memory_cost=8192, parallelism=1).hash(passwords.normalised(PASSWORD))
    await world.owner.execute("update users set password_hash = $2 where id = $1", person.id, weak)
    await signed_in(client, person.email)
    kept = await world.owner.fetchval("select password_hash from users where id = $1", person.id)
    assert "m=65536,t=3" in kept
    await signed_in(client, person.email)


async def test_who_is_blocked_while_signing_in_gets_no_session(
    client: httpx.AsyncClient, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = await with_password(world)
    genuine = passwords.verified

    async def meanwhile(password: str, kept: str | None) -> tuple[bool, str | None]:
        await world.owner.execute("update users set is_active = false where id = $1", person.id)
        return await genuine(password, kept)

    monkeypatch.setattr(passwords, "verified", meanwhile)
    assert (await sign_in(client, person.email)).status_code == 401


async def test_a_blocked_person_is_out_at_the_next_request(client: httpx.AsyncClient, world: World) -> None:
    person = await with_password(world)
    tokens = await signed_in(client, person.email)
    await world.owner.execute("update users set is_active = false where id = $1", person.id)
    assert not await works(client, tokens.access_token)


async def test_the_access_token_ends_and_so_does_the_session(client: httpx.AsyncClient, world: World) -> None:
    person = await with_password(world)
    tokens = await signed_in(client, person.email)
    assert await works(client, tokens.access_token)
    with clock.moved_to(clock.now() + timedelta(seconds=601)):
        assert not await works(client, tokens.access_token)


@pytest.mark.parametrize(
    ("body", "pointers"),
    [
        ({}, {"#/email", "#/password"}),
        ({"email": "a@b.om"}, {"#/password"}),
        ({"email": "a@b.om", "password": "x", "admin": True}, {"#/admin"}),
        ({"email": "no address", "password": "x"}, {"#/email"}),
        ({"email": "a@b\u0000.om", "password": "x"}, {"#/email"}),
        ({"email": ["a@b.om"], "password": "x"}, {"#/email"}),
        ({"email": "a" * 250 + "@b.om", "password": "x"}, {"#/email"}),
        ({"email": "a@b.om", "password": ""}, {"#/password"}),
        ({"email": "a@b.om", "password": "x" * 257}, {"#/password"}),
        ({"email": "a@b.om", "password": 12345678}, {"#/password"}),
        ({"email": "a@b.om", "password": None}, {"#/password"}),
    ],
)
async def test_bad_input_is_named(client: httpx.AsyncClient, body: Any, pointers: set[str]) -> None:
    response = await client.post("/v1/auth/sign-in", json=body)
    assert response.status_code == 422
    problem = Problem.model_validate_json(response.content)
    assert {fault.pointer for fault in problem.errors or []} == pointers


async def test_a_lone_surrogate_is_bad_input(client: httpx.AsyncClient) -> None:
    for raw in (
        b'{"email": "a\\ud800@b.om", "password": "x"}',
        b'{"email": "a@b.om", "password": "\\udfff\\ud800"}',
    ):
        response = await client.post(
            "/v1/auth/sign-in", content=raw, headers={"Content-Type": "application/json"}
        )
        assert response.status_code in (401, 422), response.text


async def test_malformed_json_and_an_idempotency_key_are_refused(client: httpx.AsyncClient) -> None:
    raw = await client.post(
        "/v1/auth/sign-in", content=b'{"email":', headers={"Content-Type": "application/json"}
    )
    assert (raw.status_code, raw.json()["code"]) == (400, "malformed")
    keyed = await client.post(
        "/v1/auth/sign-in",
        json={"email": "a@b.om", "password": "x"},
        headers={"Idempotency-Key": "12345678"},
    )
    assert (keyed.status_code, keyed.json()["code"]) == (400, "malformed")


async def test_arabic_is_the_language_unless_asked(app: FastAPI) -> None:
    async with from_address(app, "192.0.2.77") as http:
        response = await http.post(
            "/v1/auth/sign-in",
            json={"email": "nobody@b.om", "password": "x"},
            headers={"Accept-Language": "ar"},
        )
    assert response.headers["Content-Language"] == "ar"
    assert response.json()["title"] == "البريد الإلكتروني أو كلمة المرور غير صحيحة"


async def test_many_sign_in_at_once(client: httpx.AsyncClient, world: World) -> None:
    people = [await with_password(world) for _ in range(8)]
    await asyncio.gather(*(signed_in(client, person.email) for person in people))


async def test_the_public_keys_are_public(client: httpx.AsyncClient) -> None:
    response = await client.get("/.well-known/jwks.json")
    assert response.status_code == 200
    assert response.headers["Cache-Control"] == "public, max-age=300"
    assert PublicKeys.model_validate_json(response.content).keys
