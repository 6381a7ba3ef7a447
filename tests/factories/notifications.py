"""The worker's hands for tests: what it would do now, done at once."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from app.db import WORKER_ROLE, Database
from app.services.notifications import mailing, telling
from tests.factories.world import Person


@asynccontextmanager
async def worker_database(url: str) -> AsyncIterator[Database]:
    """The pools of a worker, in its own role."""
    database = Database(url, read_pool_size=2, write_pool_size=2 * mailing.AT_ONCE + 4, role=WORKER_ROLE)
    await database.open()
    try:
        yield database
    finally:
        await database.close()


async def told(person: Person, database: Database | None = None, **params: Any) -> list[dict[str, Any]]:
    """What a person was told, the newest first; `database`: after the worker has told everybody."""
    if database is not None:
        await telling.tell_all(database, mailing=True)
    answer = await person.api.get("/v1/notifications", **params)
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items
