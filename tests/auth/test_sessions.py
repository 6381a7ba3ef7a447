"""Sessions over HTTP: refresh tokens that are good once, and sign-out at once and everywhere."""

import asyncio
from datetime import timedelta

import httpx
import pytest

from app import clock
from app.schemas.auth import SessionTokens
from tests.auth.people import OTHER, events, refresh, signed_in, with_password, works
from tests.factories.world import World


async def test_a_refresh_token_is_exchanged_for_new_tokens(client: httpx.AsyncClient, world: World) -> None:
    person = await with_password(world)
    first = await signed_in(client, person.email)
    response = await refresh(client, first.refresh_token)
    assert response.status_code == 200
    assert response.headers["Cache-Control"] == "no-store"
    second = SessionTokens.model_validate_json(response.content)
    assert second.refresh_token != first.refresh_token
    assert second.refresh_expires_at == first.refresh_expires_at  # a refresh does not make a session longer
    assert await works(client, second.access_token)
    third = await refresh(client, second.refresh_token)
    assert third.status_code == 200


async def test_reuse_revokes_the_family(client: httpx.AsyncClient, world: World) -> None:
    person = await with_password(world)
    first = await signed_in(client, person.email)
    elsewhere = await signed_in(client, person.email)
    second = SessionTokens.model_validate_json((await refresh(client, first.refresh_token)).content)
    reused = await refresh(client, first.refresh_token)
    assert reused.status_code == 401
    assert reused.json()["code"] == "refresh_refused"
    assert (await refresh(client, second.refresh_token)).status_code == 401
    assert not await works(client, second.access_token)
    assert not await works(client, first.access_token)
    assert await works(client, elsewhere.access_token)  # another sign-in is another family
    assert [event["action"] for event in await events(world, person)] == [
        "auth.sign_in",
        "auth.sign_in",
        "auth.refresh_reused",
    ]
    assert (await events(world, person))[-1]["actor_id"] is None
    await refresh(client, first.refresh_token)
    assert len(await events(world, person)) == 3  # said once


async def test_of_two_refreshes_at_once_one_wins_and_the_session_ends(
    client: httpx.AsyncClient, world: World
) -> None:
    person = await with_password(world)
    for _ in range(5):
        first = await signed_in(client, person.email)
        answers = await asyncio.gather(*(refresh(client, first.refresh_token) for _ in range(4)))
        assert sorted(answer.status_code for answer in answers) == [200, 401, 401, 401]
        won = next(answer for answer in answers if answer.status_code == 200)
        assert not await works(client, won.json()["access_token"])
        assert (await refresh(client, won.json()["refresh_token"])).status_code == 401


@pytest.mark.parametrize("token", ["x" * 43, "A" * 100])
async def test_an_unknown_refresh_token_is_refused(client: httpx.AsyncClient, token: str) -> None:
    response = await refresh(client, token)
    assert (response.status_code, response.json()["code"]) == (401, "refresh_refused")


@pytest.mark.parametrize("token", ["", "short", "x" * 101, "ا" * 43, "a.b.c" * 10, "\u0000" * 43])
async def test_what_is_no_refresh_token_is_bad_input(client: httpx.AsyncClient, token: str) -> None:
    assert (await refresh(client, token)).status_code == 422


async def test_a_session_ends_after_two_weeks_however_often_refreshed(
    client: httpx.AsyncClient, world: World
) -> None:
    person = await with_password(world)
    begun = clock.now()
    tokens = await signed_in(client, person.email)
    with clock.moved_to(begun + timedelta(days=13, hours=23)):
        response = await refresh(client, tokens.refresh_token)
        assert response.status_code == 200
        tokens = SessionTokens.model_validate_json(response.content)
        assert await works(client, tokens.access_token)
    with clock.moved_to(begun + timedelta(days=14, seconds=30)):
        assert (await refresh(client, tokens.refresh_token)).status_code == 401
        assert not await works(client, tokens.access_token)


async def test_who_is_blocked_is_not_refreshed(client: httpx.AsyncClient, world: World) -> None:
    person = await with_password(world)
    tokens = await signed_in(client, person.email)
    await world.owner.execute("update users set is_active = false where id = $1", person.id)
    assert (await refresh(client, tokens.refresh_token)).status_code == 401


async def test_sign_out_ends_this_session_at_once(client: httpx.AsyncClient, world: World) -> None:
    person = await with_password(world)
    here, there = await signed_in(client, person.email), await signed_in(client, person.email)
    api = world.api.as_(here.access_token)
    answer = await api.send("POST", "/v1/auth/sign-out")
    assert (answer.status_code, answer.content) == (204, b"")
    assert not await works(client, here.access_token)
    assert (await refresh(client, here.refresh_token)).status_code == 401
    assert await works(client, there.access_token)
    assert (await api.send("POST", "/v1/auth/sign-out")).status_code == 401
    assert [event["action"] for event in await events(world, person)][-1] == "auth.sign_out"


async def test_sign_out_everywhere_ends_all_sessions_of_the_person_alone(
    client: httpx.AsyncClient, world: World
) -> None:
    person, somebody_else = await with_password(world), await with_password(world)
    mine = [await signed_in(client, person.email) for _ in range(3)]
    theirs = await signed_in(client, somebody_else.email)
    answer = await world.api.as_(mine[0].access_token).send("POST", "/v1/auth/sign-out-everywhere")
    assert answer.status_code == 204
    for tokens in mine:
        assert not await works(client, tokens.access_token)
        assert (await refresh(client, tokens.refresh_token)).status_code == 401
    assert await works(client, theirs.access_token)


async def test_signing_out_everywhere_from_everywhere_at_once(
    client: httpx.AsyncClient, world: World
) -> None:
    person = await with_password(world)
    mine = [await signed_in(client, person.email) for _ in range(4)]
    answers = await asyncio.gather(
        *(
            world.api.as_(tokens.access_token).send("POST", path)
            for tokens in mine
            for path in ("/v1/auth/sign-out-everywhere", "/v1/auth/sign-out")
        )
    )
    assert {answer.status_code for answer in answers} <= {204, 401}
    assert not any([await works(client, tokens.access_token) for tokens in mine])


@pytest.mark.parametrize("path", ["/v1/auth/sign-out", "/v1/auth/sign-out-everywhere", "/v1/auth/password"])
async def test_nobody_signs_out_who_is_not_signed_in(client: httpx.AsyncClient, path: str) -> None:
    response = await client.post(path, json={"current_password": OTHER, "new_password": OTHER})
    assert (response.status_code, response.json()["code"]) == (401, "unauthenticated")
