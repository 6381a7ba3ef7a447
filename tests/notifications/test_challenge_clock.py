"""What the worker says of the clock of a challenge: nothing while it stands still."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from app.db import Database
from app.services.notifications import mailing, reminding
from tests.factories.calendar import at
from tests.factories.challenges import Bureau
from tests.factories.notifications import told
from tests.factories.world import Person, World
from tests.notifications.postman import SENDER, Postman

SUNDAY = datetime(2026, 3, 1, 3, tzinfo=UTC)
"""Before the mail of that day goes out."""

BEFORE, OVERDUE, LATER = (SUNDAY + timedelta(days=days) for days in (7, 42, 77))
"""In time, and past the last day that the office has."""

STOPPED, RUNS_AGAIN = "بانتظار صدور الموازنة المعدلة", "صدرت الموازنة المعدلة"


@pytest.fixture(autouse=True)
async def nothing_left(world: World) -> AsyncIterator[None]:
    """Nothing of one test is told in the next."""
    yield
    await world.owner.execute("delete from outbox")
    await world.owner.execute("update notifications set mail_due_at = null where mail_id is null")
    await world.owner.execute("update waits set closed_at = now() where closed_at is null")


async def swept(working: Database, moment: datetime) -> int:
    """What the worker does by itself at that moment; how many were told."""
    with at(moment):
        return await reminding.remind(working, mailing=True)


async def reasons(bureau: Bureau, person: Person, path: str) -> list[str]:
    """Why a person was told of a challenge by itself, the newest first."""
    found = [item for item in await told(person) if item["subject_id"] == path.rpartition("/")[2]]
    return [item["reason"] for item in found if item["reason"] not in ("awaited", "told")]


async def test_nobody_is_reminded_while_the_clock_stands_still(
    world: World, working: Database, postman: Postman
) -> None:
    bureau = await Bureau.make(world)
    with at(SUNDAY):
        path = await bureau.now().opened()
    with at(BEFORE):
        await bureau.done(bureau.now().manager, path, "pause", reason=STOPPED)
    await swept(working, OVERDUE)
    assert await reasons(bureau, bureau.manager, path) == []
    with at(OVERDUE):
        await bureau.done(bureau.now().manager, path, "resume", reason=RUNS_AGAIN)
    await swept(working, OVERDUE)
    assert await reasons(bureau, bureau.manager, path) == []
    await swept(working, LATER)
    assert await reasons(bureau, bureau.manager, path) == ["late"]
    with at(LATER):
        await bureau.done(bureau.now().manager, path, "pause", reason=STOPPED)
    with at(LATER + timedelta(days=1)):
        await mailing.mail_all(working, postman.post, SENDER)
    assert postman.to(bureau.manager.email) == [], "the day of which it would remind is no more"
