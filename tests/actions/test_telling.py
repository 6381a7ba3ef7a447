"""Who is told of an action: its owner, also where that is one person, and then the office."""

import pytest

from app.db import Database
from app.enums import Role
from tests.factories.actions import OUTCOME, WHY, id_of, in_days, opened
from tests.factories.challenges import Bureau
from tests.factories.notifications import told
from tests.factories.world import Person, World
from tests.notifications.conftest import working  # noqa: F401  # the worker's pools


@pytest.fixture(scope="module")
async def bureau(world: World) -> Bureau:
    return await Bureau.make(world)


async def heard(person: Person, path: str, database: Database) -> list[tuple[str, str, str | None]]:
    """Why the person was told of it, of which step, and until when, the newest first."""
    return [
        (each["reason"], each["action"], each["due"])
        for each in await told(person, database)
        if each["subject_id"] == id_of(path)
    ]


async def test_the_person_who_owns_it_is_told(bureau: Bureau, working: Database) -> None:  # noqa: F811
    owner = await bureau.world.person(Role.EXPERT, bureau.entity)
    path = await opened(bureau, owner_id=str(owner.id))
    first = ("awaited", "actions.report", in_days(10))
    assert await heard(owner, path, working) == [first]
    assert await heard(bureau.enterer, path, working) == []
    await bureau.done(bureau.manager, path, "postpone", due=in_days(30), reason=WHY)
    assert await heard(owner, path, working) == [("awaited", "actions.report", in_days(30)), first]
    await bureau.done(owner, path, "report", outcome=OUTCOME)
    assert ("awaited", "actions.confirm", None) in await heard(bureau.manager, path, working)
    await bureau.done(bureau.manager, path, "return", reason=WHY)
    assert (await heard(owner, path, working))[0] == ("awaited", "actions.report", in_days(30))
