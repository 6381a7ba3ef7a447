"""The loaded service that the tests of the contract share: one database and one process per worker."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import asyncpg
import pytest

from app import loading
from app.config import Settings
from app.local_postgres import Server
from app.tokens import TokenKeys
from tests.conftest import url_of
from tests.contract import service
from tests.contract.scenes import Stage
from tests.contract.service import Service

DATABASE = "contract"


@pytest.fixture(scope="session")
async def loaded_url(anyio_backend: str, cluster: Server, template: str) -> AsyncIterator[str]:
    """The owner's address of a database with the shipped data and the demo's people."""
    administrator = await asyncpg.connect(url_of(cluster, "postgres"))
    try:
        await administrator.execute(f"create database {DATABASE} template {template}")
        url = url_of(cluster, DATABASE)
        await loading.load(url, service.DATA, demo=True, say=lambda _: None, demo_password=service.PASSWORD)
        yield url
        await administrator.execute(f"drop database {DATABASE} with (force)")
    finally:
        await administrator.close()


@pytest.fixture(scope="session")
def real_service(
    loaded_url: str, token_keys: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Service]:
    """The service over TCP, on the loaded database."""
    folder = tmp_path_factory.mktemp("service")
    defaults = Settings.model_fields
    keys = TokenKeys.load(token_keys, defaults["token_issuer"].default, defaults["token_audience"].default)
    with service.running(loaded_url, token_keys, folder) as (address, log):
        started = Service(address, log, loaded_url, keys)
        yield started
        started.close()


@pytest.fixture(scope="session")
def stage(real_service: Service) -> Stage:
    """Things of every kind in that service, each with who may do what with it."""
    return Stage(real_service)
