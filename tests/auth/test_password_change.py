"""A new password, by who knows the old one or by who was invited."""

import asyncio
from datetime import timedelta

import httpx
import pytest
from fastapi import FastAPI

from app import clock
from app.db import Database
from app.services.auth import commands
from tests.api import Api
from tests.auth.people import (
    OTHER,
    PASSWORD,
    events,
    invited,
    refresh,
    sign_in,
    signed_in,
    with_password,
    works,
)
from tests.factories.world import World


async def change(api: Api, current: str, new: str) -> httpx.Response:
    return await api.send(
        "POST", "/v1/auth/password", json={"current_password": current, "new_password": new}
    )


async def accept(http: httpx.AsyncClient, token: str, password: str) -> httpx.Response:
    return await http.post("/v1/auth/accept-invitation", json={"token": token, "password": password})


async def test_a_change_keeps_this_session_and_ends_the_others(
    client: httpx.AsyncClient, world: World
) -> None:
    person = await with_password(world)
    here, there = await signed_in(client, person.email), await signed_in(client, person.email)
    pending = await invited(world, person)
    response = await change(world.api.as_(here.access_token), PASSWORD, OTHER)
    assert response.status_code == 204
    assert await works(client, here.access_token)
    assert (await refresh(client, here.refresh_token)).status_code == 200
    assert not await works(client, there.access_token)
    assert (await refresh(client, there.refresh_token)).status_code == 401
    assert (await sign_in(client, person.email, PASSWORD)).status_code == 401
    assert (await sign_in(client, person.email, OTHER)).status_code == 200
    assert (await accept(client, pending, PASSWORD)).status_code == 422
    assert "auth.password_changed" in {event["action"] for event in await events(world, person)}


async def test_a_wrong_present_password_is_refused_and_counted(
    client: httpx.AsyncClient, world: World
) -> None:
    person = await with_password(world)
    api = world.api.as_((await signed_in(client, person.email)).access_token)
    answers = [await change(api, "not the password", OTHER) for _ in range(7)]
    assert [answer.status_code for answer in answers] == [422] * 6 + [429]
    (fault,) = answers[0].json()["errors"]
    assert (fault["pointer"], fault["code"]) == ("#/current_password", "wrong_password")
    assert (await sign_in(client, person.email)).status_code == 429  # one brake for one password
    assert [event["action"] for event in await events(world, person)].count("auth.password_refused") == 6


@pytest.mark.parametrize(
    ("new", "code"),
    [
        ("Password1234!", "too_common"),
        ("short", "too_short"),
        ("x" * 129, "too_long"),
        ("e\u0301" * 7, "too_short"),
        ("with\u0000a nul inside", "bad_format"),
    ],
)
async def test_a_weak_new_password_is_refused(
    client: httpx.AsyncClient, world: World, new: str, code: str
) -> None:
    person = await with_password(world)
    api = world.api.as_((await signed_in(client, person.email)).access_token)
    response = await change(api, PASSWORD, new)
    assert response.status_code == 422
    (fault,) = response.json()["errors"]
    assert (fault["pointer"], fault["code"]) == ("#/new_password", code)


async def test_of_two_changes_at_once_one_wins(client: httpx.AsyncClient, world: World) -> None:
    person = await with_password(world)
    api = world.api.as_((await signed_in(client, person.email)).access_token)
    answers = await asyncio.gather(
        change(api, PASSWORD, OTHER), change(api, PASSWORD, "تسعة قوارب عند الظهر")
    )
    # The other finds the password changed under its hands, or, coming a little later, that it knows the old.
    assert sorted(answer.status_code for answer in answers) in ([204, 409], [204, 422])


async def test_a_change_amid_the_requests_of_other_sessions(client: httpx.AsyncClient, world: World) -> None:
    person = await with_password(world)
    here = world.api.as_((await signed_in(client, person.email)).access_token)
    there = [world.api.as_((await signed_in(client, person.email)).access_token) for _ in range(3)]
    body = {
        "name": "Dashboard",
        "permissions": ["results.read"],
        "expires_at": (clock.now() + timedelta(days=1)).isoformat(),
    }
    old = PASSWORD
    for new in (OTHER, PASSWORD, OTHER, PASSWORD):
        busy = [api.send("POST", "/v1/service-accounts", json=body) for api in there for _ in range(4)]
        changed, again, *others = await asyncio.gather(
            change(here, old, new), sign_in(client, person.email, old), *busy
        )
        assert changed.status_code == 204
        # Each came before the change or after it; none was torn down by a deadlock (503).
        assert {answer.status_code for answer in others} <= {201, 401}
        assert again.status_code in (200, 401)
        if again.status_code == 200:
            assert not await works(client, again.json()["access_token"])
        old = new
        there = [world.api.as_((await signed_in(client, person.email, new)).access_token) for _ in range(3)]


async def test_an_invitation_sets_the_first_password_once(client: httpx.AsyncClient, world: World) -> None:
    person = await world.user()
    token = await invited(world, person)
    assert (await sign_in(client, person.email)).status_code == 401
    assert (await accept(client, token, "Password1234!")).json()["errors"][0]["pointer"] == "#/password"
    assert (await accept(client, token, PASSWORD)).status_code == 204
    assert (await sign_in(client, person.email)).status_code == 200
    again = await accept(client, token, OTHER)
    assert again.status_code == 422
    assert again.json()["errors"][0]["code"] == "invitation_not_valid"
    assert [event["action"] for event in await events(world, person)][1] == "auth.invitation_accepted"


async def test_an_invitation_is_also_the_way_back_for_who_forgot(
    client: httpx.AsyncClient, world: World
) -> None:
    person = await with_password(world)
    tokens = await signed_in(client, person.email)
    for _ in range(7):
        last = await sign_in(client, person.email, "not the password")
    assert last.status_code == 429
    older, newer = await invited(world, person), await invited(world, person)
    assert (await accept(client, newer, OTHER)).status_code == 204
    assert not await works(client, tokens.access_token)
    assert (await accept(client, older, PASSWORD)).status_code == 422
    assert (await sign_in(client, person.email, OTHER)).status_code == 200  # the brake is let go


async def test_an_invitation_lasts_three_days(client: httpx.AsyncClient, world: World) -> None:
    person = await world.user()
    token = await invited(world, person)
    with clock.moved_to(clock.now() + timedelta(hours=72, seconds=1)):
        assert (await accept(client, token, PASSWORD)).status_code == 422


async def test_a_blocked_person_does_not_let_themselves_in(client: httpx.AsyncClient, world: World) -> None:
    person = await world.user()
    token = await invited(world, person)
    await world.owner.execute("update users set is_active = false where id = $1", person.id)
    assert (await accept(client, token, PASSWORD)).status_code == 422


async def test_of_two_who_use_one_invitation_one_wins(client: httpx.AsyncClient, world: World) -> None:
    person = await world.user()
    token = await invited(world, person)
    answers = await asyncio.gather(accept(client, token, PASSWORD), accept(client, token, OTHER))
    assert sorted(answer.status_code for answer in answers) == [204, 422]


async def test_a_new_invitation_takes_the_place_of_the_old(
    client: httpx.AsyncClient, world: World, app: FastAPI
) -> None:
    person = await world.user()
    database: Database = app.state.database
    async with database.writing() as lane:
        first = await commands.invite(lane, person.id, clock.now())
    async with database.writing() as lane:
        second = await commands.invite(lane, person.id, clock.now())
    assert (await accept(client, first, PASSWORD)).status_code == 422
    assert (await accept(client, second, PASSWORD)).status_code == 204


async def test_unknown_invitations(client: httpx.AsyncClient) -> None:
    response = await accept(client, "x" * 43, PASSWORD)
    assert (response.status_code, response.json()["errors"][0]["pointer"]) == (422, "#/token")
