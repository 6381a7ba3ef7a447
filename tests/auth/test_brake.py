"""The brake on guessing over HTTP: ever longer waits, the same for names that nobody has."""

import asyncio
from collections import Counter
from datetime import timedelta

import pytest
from fastapi import FastAPI

from app import clock
from app.services.auth import brake
from app.services.auth.rules import Limit
from tests.auth.people import PASSWORD, from_address, sign_in, with_password
from tests.auth.test_sign_in import likeness
from tests.factories.world import World


async def test_the_wait_is_the_same_for_a_name_that_nobody_has(app: FastAPI, world: World) -> None:
    known = (await with_password(world)).email
    said = {}
    with clock.moved_to(clock.now()):
        async with from_address(app, "198.51.100.1") as http:
            for email in (known, "nobody-here@test.mutabaa.example"):
                said[email] = [likeness(await sign_in(http, email, "not the password")) for _ in range(8)]
    first, second = said.values()
    assert first == second
    assert [answer["status"] for answer in first] == [401] * 6 + [429] * 2
    assert first[-1]["headers"]["retry-after"] == "2"
    assert first[-1]["body"]["code"] == "too_many_requests"


async def test_even_the_right_password_has_to_wait(app: FastAPI, world: World) -> None:
    person = await with_password(world)
    now = clock.now()
    async with from_address(app, "198.51.100.2") as http:
        with clock.moved_to(now):
            for _ in range(6):
                await sign_in(http, person.email, "not the password")
            assert (await sign_in(http, person.email)).status_code == 429
        with clock.moved_to(now + timedelta(seconds=2)):
            assert (await sign_in(http, person.email)).status_code == 200
            for _ in range(5):  # the name starts anew
                assert (await sign_in(http, person.email, "not the password")).status_code == 401
            assert (await sign_in(http, person.email)).status_code == 200


async def test_the_delay_grows(app: FastAPI, world: World) -> None:
    person, moment, waits = await with_password(world), clock.now(), []
    async with from_address(app, "198.51.100.3") as http:
        for _ in range(9):
            with clock.moved_to(moment):
                await sign_in(http, person.email, "not the password")
                answer = await sign_in(http, person.email, "not the password")
            waits.append(int(answer.headers.get("Retry-After", "0")))
            moment += timedelta(seconds=waits[-1])
    assert waits[-4:] == [8, 16, 32, 64]


async def test_guesses_sent_all_at_once_do_not_overtake_the_count(app: FastAPI, world: World) -> None:
    person = await with_password(world)
    async with from_address(app, "198.51.100.4") as http:
        answers = await asyncio.gather(*(sign_in(http, person.email, f"guess number {n}") for n in range(30)))
        # No deadlock (503) between attempts that share both their name and their address.
        assert Counter(answer.status_code for answer in answers) == {401: 6, 429: 24}


async def test_a_name_is_braked_from_wherever_it_is_tried(app: FastAPI, world: World) -> None:
    person = await with_password(world)
    statuses = []
    with clock.moved_to(clock.now()):
        for n in range(8):
            async with from_address(app, f"203.0.113.{n}") as http:
                statuses.append((await sign_in(http, person.email.upper(), "not the password")).status_code)
    assert statuses == [401] * 6 + [429] * 2


async def test_an_office_behind_one_address_is_not_locked_out(app: FastAPI, world: World) -> None:
    people = [await with_password(world) for _ in range(3)]
    async with from_address(app, "198.51.100.5") as http:
        for person in people:
            for _ in range(4):
                await sign_in(http, person.email, "not the password")
        for person in people:
            assert (await sign_in(http, person.email)).status_code == 200


async def test_who_tries_many_names_is_braked_by_address(
    app: FastAPI, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = Limit(free=4, longest=timedelta(minutes=1), forgotten=timedelta(hours=1))
    monkeypatch.setattr(brake, "OF_AN_ADDRESS", few)
    person, now = await with_password(world), clock.now()
    async with (
        from_address(app, "2001:db8:1::1") as http,
        from_address(app, "2001:db8:1::2") as same_network,
        from_address(app, "2001:db8:2::1") as elsewhere,
    ):
        with clock.moved_to(now):
            tries = [await sign_in(http, f"name{n}@b.om", "not the password") for n in range(6)]
            assert [answer.status_code for answer in tries] == [401] * 5 + [429]
            assert (await sign_in(same_network, person.email)).status_code == 429
            assert (await sign_in(elsewhere, person.email)).status_code == 200
        with clock.moved_to(now + timedelta(seconds=2)):
            # A success takes its own count back, so that honest colleagues follow each other freely.
            for _ in range(3):
                assert (await sign_in(same_network, person.email, PASSWORD)).status_code == 200
