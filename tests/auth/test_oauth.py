"""The token endpoint as OAuth 2.0 describes it (RFC 6749), and as a real client library uses it."""

import base64
import warnings
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from authlib.deprecate import AuthlibDeprecationWarning
from fastapi import FastAPI

from app import clock
from app.enums import Role
from app.schemas.auth import ServiceTokens
from app.schemas.problems import Problem
from tests.auth.people import works
from tests.factories.world import Person, World

with warnings.catch_warnings():
    warnings.simplefilter("ignore", AuthlibDeprecationWarning)  # it would rather have httpx2
    from authlib.integrations.base_client.errors import OAuthError
    from authlib.integrations.httpx_client import AsyncOAuth2Client

TOKEN = "/v1/auth/token"


async def account(world: World, maker: Person | None = None, **changes: Any) -> dict[str, Any]:
    """A new service account, with its secret."""
    maker = maker or await world.person(Role.SPECIALIST, await world.entity())
    body = {
        "name": "Reporting dashboard",
        "permissions": ["me.read", "indicators.read", "results.read"],
        "expires_at": (clock.now() + timedelta(days=90)).isoformat(),
        **changes,
    }
    response = await maker.api.send("POST", "/v1/service-accounts", json=body)
    assert response.status_code == 201, response.text
    made: dict[str, Any] = response.json()
    return made


def form(made: dict[str, Any], **changes: Any) -> dict[str, Any]:
    said = {
        "grant_type": "client_credentials",
        "client_id": made["client_id"],
        "client_secret": made["client_secret"],
        **changes,
    }
    return {name: value for name, value in said.items() if value is not None}


def oauth_client(app: FastAPI, made: dict[str, Any], method: str, **changes: Any) -> AsyncOAuth2Client:
    return AsyncOAuth2Client(
        **{"client_id": made["client_id"], "client_secret": made["client_secret"], **changes},
        token_endpoint_auth_method=method,
        token_endpoint="https://mutabaa.test/v1/auth/token",
        grant_type="client_credentials",
        transport=httpx.ASGITransport(app=app),
        base_url="https://mutabaa.test",
    )


@pytest.mark.parametrize("method", ["client_secret_basic", "client_secret_post"])
async def test_a_real_oauth_client_gets_and_renews_its_token(app: FastAPI, world: World, method: str) -> None:
    made = await account(world)
    async with oauth_client(app, made, method) as real:
        token = await real.fetch_token()
        assert token["token_type"] == "Bearer"
        assert "refresh_token" not in token
        assert token["scope"].split() == made["permissions"]
        me = await real.get("/v1/me")
        assert me.status_code == 200
        assert me.json()["session"]["service_account_id"] == made["id"]
        real.token["expires_at"] = 1  # it has run out: the library fetches another by itself
        assert (await real.get("/v1/me")).status_code == 200
        assert real.token["access_token"] != token["access_token"]


@pytest.mark.parametrize("method", ["client_secret_basic", "client_secret_post"])
async def test_a_real_oauth_client_understands_the_refusal(app: FastAPI, world: World, method: str) -> None:
    made = await account(world)
    async with oauth_client(app, made, method, client_secret="x" * 43) as real:
        with pytest.raises(OAuthError) as refused:
            await real.fetch_token()
    assert refused.value.error == "invalid_client"


async def test_the_answer_is_kept_by_no_cache(client: httpx.AsyncClient, world: World) -> None:
    response = await client.post(TOKEN, data=form(await account(world)))
    assert response.status_code == 200
    assert response.headers["Cache-Control"] == "no-store"
    assert ServiceTokens.model_validate_json(response.content).expires_in == 600


def basic(client_id: str, secret: str) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"{client_id}:{secret}".encode()).decode()}


async def test_what_oauth_calls_an_error(client: httpx.AsyncClient, world: World) -> None:
    made = await account(world)
    urlencoded = {"Content-Type": "application/x-www-form-urlencoded"}
    right = basic(made["client_id"], made["client_secret"])
    cases: list[tuple[int, str | None, dict[str, Any]]] = [
        (401, "invalid_client", {"data": form(made, client_secret="x" * 43)}),
        (401, "invalid_client", {"data": form(made, client_secret=None)}),
        (401, "invalid_client", {"data": form(made, client_secret="")}),
        (401, "invalid_client", {"data": form(made, client_id=None)}),
        (401, "invalid_client", {"data": form(made, client_id=str(uuid4()))}),
        (401, "invalid_client", {"data": form(made, client_id="admin' or true --")}),
        (401, "invalid_client", {"data": form(made, client_secret="سر")}),
        (401, "invalid_client", {"data": {"grant_type": "client_credentials"}}),
        (
            401,
            "invalid_client",
            {"data": {"grant_type": "client_credentials"}, "headers": basic(made["id"], "x" * 43)},
        ),
        (
            401,
            "invalid_client",
            {"data": {"grant_type": "client_credentials"}, "headers": {"Authorization": "Basic ***"}},
        ),
        (
            401,
            "invalid_client",
            {"data": {"grant_type": "client_credentials"}, "headers": {"Authorization": "Basic /w=="}},
        ),
        (400, "invalid_request", {"data": form(made), "headers": right}),
        (400, "invalid_request", {"data": form(made, grant_type=None)}),
        (400, "invalid_request", {"content": b"", "headers": urlencoded}),
        (400, "invalid_request", {"content": b"grant_type=%ff", "headers": urlencoded}),
        (400, "invalid_request", {"content": "grant_type=ا".encode(), "headers": urlencoded}),
        (400, "invalid_request", {"content": b"&".join([b"a=1"] * 30), "headers": urlencoded}),
        (400, "invalid_request", {"content": b"a=" + b"1" * 9000, "headers": urlencoded}),
        (
            400,
            "invalid_request",
            {"content": b"grant_type=client_credentials&grant_type=password", "headers": urlencoded},
        ),
        (400, "unsupported_grant_type", {"data": form(made, grant_type="password")}),
        (400, "unsupported_grant_type", {"data": form(made, grant_type="refresh_token")}),
        (415, None, {"json": form(made)}),
        (415, None, {"files": {"grant_type": b"client_credentials"}}),
    ]
    for status, error, request in cases:
        response = await client.post(TOKEN, **request)
        said = (response.status_code, response.json().get("error"))
        assert said == (status, error), (request, response.text)
        assert response.headers["Content-Type"] == "application/problem+json"
        assert Problem.model_validate_json(response.content).status == status
        if error is not None:
            assert response.headers["Cache-Control"] == "no-store"
        if status == 401:
            assert 'Basic realm="mutabaa"' in response.headers["WWW-Authenticate"]
    assert (
        await client.post(TOKEN, data={"grant_type": "client_credentials"}, headers=right)
    ).status_code == 200


async def test_parameters_that_nobody_knows_are_ignored(client: httpx.AsyncClient, world: World) -> None:
    made = await account(world)
    response = await client.post(TOKEN, data=form(made, resource="https://mutabaa.test", scope="everything"))
    assert response.json()["scope"].split() == made["permissions"]


async def test_an_ended_or_expired_account_gets_nothing(client: httpx.AsyncClient, world: World) -> None:
    maker = await world.person(Role.SPECIALIST, await world.entity())
    made = await account(world, maker, expires_at=(clock.now() + timedelta(minutes=5)).isoformat())
    tokens = (await client.post(TOKEN, data=form(made))).json()
    assert 290 <= tokens["expires_in"] <= 300  # never longer than the account
    with clock.moved_to(clock.now() + timedelta(minutes=5, seconds=1)):
        assert (await client.post(TOKEN, data=form(made))).status_code == 401
        assert not await works(client, tokens["access_token"])
    etag = await maker.api.etag(f"/v1/service-accounts/{made['id']}")
    assert (await maker.api.step(f"/v1/service-accounts/{made['id']}/end", etag)).status_code == 200
    assert not await works(client, tokens["access_token"])
    assert (await client.post(TOKEN, data=form(made))).status_code == 401


async def test_a_blocked_maker_blocks_the_account(client: httpx.AsyncClient, world: World) -> None:
    maker = await world.person(Role.SPECIALIST, await world.entity())
    made = await account(world, maker)
    tokens = (await client.post(TOKEN, data=form(made))).json()
    await world.owner.execute("update users set is_active = false where id = $1", maker.id)
    assert not await works(client, tokens["access_token"])
    assert (await client.post(TOKEN, data=form(made))).status_code == 401


async def test_each_token_has_a_session_of_its_own_that_ends_with_it(
    client: httpx.AsyncClient, world: World
) -> None:
    made = await account(world)
    for _ in range(2):
        assert (await client.post(TOKEN, data=form(made))).status_code == 200
    sessions = await world.owner.fetch(
        "select expires_at - created_at as life from sessions where service_account_id = $1",
        UUID(made["id"]),
    )
    assert [row["life"] for row in sessions] == [timedelta(seconds=600)] * 2


async def test_sign_out_everywhere_reaches_service_accounts(client: httpx.AsyncClient, world: World) -> None:
    maker = await world.person(Role.SPECIALIST, await world.entity())
    tokens = (await client.post(TOKEN, data=form(await account(world, maker)))).json()
    assert await works(client, tokens["access_token"])
    assert (await maker.api.send("POST", "/v1/auth/sign-out-everywhere")).status_code == 204
    assert not await works(client, tokens["access_token"])
