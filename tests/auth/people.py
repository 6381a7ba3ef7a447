"""People with a password, for the tests of sign-in."""

import functools
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import httpx
from fastapi import FastAPI
from pwdlib import PasswordHash

from app import clock, passwords
from app.enums import Role
from app.schemas.auth import SessionTokens
from app.services.auth import rules
from tests.factories.world import Person, World

PASSWORD = "سبعة قوارب عند الفجر"
OTHER = "ثمانية قوارب عند الغروب"


@functools.cache
def _hash(hasher: PasswordHash, password: str) -> str:
    return hasher.hash(passwords.normalised(password))


def password_hash(password: str = PASSWORD) -> str:
    """Hashed once for all tests, as strongly as the service does now."""
    return _hash(passwords._hasher, password)


async def with_password(world: World, person: Person | None = None) -> Person:
    """A person who accepted an invitation; a specialist unless given."""
    person = person or await world.person(Role.SPECIALIST, await world.entity())
    await world.owner.execute("update users set password_hash = $2 where id = $1", person.id, password_hash())
    return person


async def invited(world: World, person: Person, now: datetime | None = None) -> str:
    """The token of an invitation, as the command of the people's area makes it."""
    now = now or clock.now()
    token = rules.new_secret()
    await world.insert(
        "invitations",
        token_hash=rules.secret_hash(token),
        user_id=person.id,
        issued_at=now,
        expires_at=now + timedelta(hours=72),
    )
    return token


async def sign_in(http: httpx.AsyncClient, email: str, password: str = PASSWORD) -> httpx.Response:
    """POST /v1/auth/sign-in."""
    return await http.post("/v1/auth/sign-in", json={"email": email, "password": password})


async def signed_in(http: httpx.AsyncClient, email: str, password: str = PASSWORD) -> SessionTokens:
    """The tokens of a sign-in that must succeed."""
    response = await sign_in(http, email, password)
    assert response.status_code == 200, response.text
    return SessionTokens.model_validate_json(response.content)


async def refresh(http: httpx.AsyncClient, token: str) -> httpx.Response:
    """POST /v1/auth/refresh."""
    return await http.post("/v1/auth/refresh", json={"refresh_token": token})


async def works(http: httpx.AsyncClient, access_token: str) -> bool:
    """Whether an access token still opens a door."""
    response = await http.get("/v1/me", headers={"Authorization": f"Bearer {access_token}"})
    assert response.status_code in (200, 401)
    return response.status_code == 200


def from_address(app: FastAPI, address: str) -> httpx.AsyncClient:
    """A client of the application that comes from this address."""
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False, client=(address, 40000))
    return httpx.AsyncClient(
        transport=transport, base_url="http://mutabaa.test", headers={"Accept-Language": "en"}
    )


async def events(world: World, person: Person) -> list[Mapping[str, Any]]:
    """What the person's history says of sign-in, in order."""
    return await world.owner.fetch(
        "select action, actor_id, changes from events where subject_id = $1 and action like 'auth.%' order by id",
        person.id,
    )
