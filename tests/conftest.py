"""Real PostgreSQL for every test: one cluster per worker, a template made by the real migrations, and
for each test module a database cloned from it. Tests of one module make their own entities and people."""

import gc
import re
import signal
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from uuid import uuid4

import asyncpg
import httpx
import pytest
from fastapi import FastAPI

from app import config, local_postgres, tokens
from app.local_postgres import Server
from app.main import create_app
from app.migrating import migrate
from tests.api import Api
from tests.factories.world import World

# Whoever starts the tests in the background may have these ignored, and so would every process that a test ends by one.
for number in (signal.SIGHUP, signal.SIGINT):
    if signal.getsignal(number) == signal.SIG_IGN:
        signal.signal(number, signal.SIG_DFL)


def pytest_collection_finish() -> None:
    """What was imported and collected stays until the end: it need not be looked through again and again, and what is
    made later need not be so often."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """One loop kind for all async tests."""
    return "asyncio"


@pytest.fixture(scope="session")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A PostgreSQL server of this worker's own; what it holds may be lost."""
    folder = tmp_path_factory.mktemp("postgres")
    try:
        with local_postgres.start(folder, durable=False) as server:
            yield server
    finally:
        local_postgres.remove(folder)


@pytest.fixture(scope="session")
async def template(cluster: Server) -> str:
    """The name of a database that stands at the newest migration and holds no rows."""
    name = "template_mutabaa"
    await _administrate(cluster, f"create database {name}")
    await migrate(url_of(cluster, name))
    return name


@pytest.fixture(scope="module")
async def database_url(cluster: Server, template: str) -> AsyncIterator[str]:
    """The owner's address of a fresh database, for this module alone."""
    name = f"test_{uuid4().hex}"
    await _administrate(cluster, f"create database {name} template {template}")
    yield url_of(cluster, name)
    await _administrate(cluster, f"drop database {name} with (force)")


@pytest.fixture(scope="session")
def token_keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with one signing key."""
    folder = tmp_path_factory.mktemp("keys")
    tokens.generate(folder)
    return folder


@pytest.fixture(scope="module")
def settings(
    database_url: str, token_keys: Path, tmp_path_factory: pytest.TempPathFactory
) -> config.Settings:
    """The settings of the application under test."""
    return config.Settings(
        database_url=database_url,  # type: ignore[arg-type]  # parsed by pydantic
        token_keys=token_keys,
        files_url=f"file://{tmp_path_factory.mktemp('files')}",
        read_pool_size=8,
        write_pool_size=12,
    )


@pytest.fixture(scope="module")
async def app(settings: config.Settings) -> AsyncIterator[FastAPI]:
    """The real application with its pools open."""
    application = create_app(settings)
    async with application.router.lifespan_context(application):
        yield application


@pytest.fixture(scope="module")
async def client(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """An HTTP client of the application that is not signed in; answers in English unless asked."""
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx.AsyncClient(
        transport=transport, base_url="http://mutabaa.test", headers={"Accept-Language": "en"}
    ) as http:
        yield http


@pytest.fixture(scope="module")
async def owner(database_url: str) -> AsyncIterator["asyncpg.Connection[asyncpg.Record]"]:
    """A connection of the owner of the tables, for what a test sets up or looks up behind the service."""
    connection = await asyncpg.connect(database_url)
    yield connection
    await connection.close()


@pytest.fixture(scope="module")
async def world(
    owner: "asyncpg.Connection[asyncpg.Record]", app: FastAPI, client: httpx.AsyncClient
) -> World:
    """The factories, bound to this module's database and application."""
    return World(owner, Api(client), app.state.keys)


def url_of(server: Server, database: str) -> str:
    """The superuser's address of a database; no TLS on the loopback."""
    return server.url(database) + "?sslmode=disable"


async def _administrate(server: Server, statement: str) -> None:
    if not re.fullmatch(r"[a-z0-9_ ()]+", statement):
        raise ValueError(statement)
    connection = await asyncpg.connect(url_of(server, "postgres"))
    try:
        await connection.execute(statement)
    finally:
        await connection.close()
