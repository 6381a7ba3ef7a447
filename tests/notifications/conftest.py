"""The worker's database and the postman of a test."""

from collections.abc import AsyncIterator

import pytest

from app.db import Database
from tests.factories.notifications import worker_database
from tests.notifications import postman as postmen
from tests.notifications.postman import Postman


@pytest.fixture(scope="module")
async def working(database_url: str) -> AsyncIterator[Database]:
    """The pools of the worker, in its own role."""
    async with worker_database(database_url) as database:
        yield database


@pytest.fixture
async def postman() -> AsyncIterator[Postman]:
    """A real SMTP server."""
    async with postmen.running() as found:
        yield found
