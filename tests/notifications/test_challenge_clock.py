"""What the worker says of the clock of a challenge: to whom it waits for, to the level above, and nothing while it stands
still."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from app.db import Database, Query, Writer
from app.services.notifications import mailing, reminding
from tests.challenges.test_routing import TO_HEAD, put
from tests.factories.calendar import at
from tests.factories.challenges import CHALLENGE, HOW, INSTRUCTIONS, REASON, SOLUTION, Bureau
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


async def reasons(person: Person, path: str) -> list[str]:
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
    assert await reasons(bureau.manager, path) == []
    with at(OVERDUE):
        await bureau.done(bureau.now().manager, path, "resume", reason=RUNS_AGAIN)
    await swept(working, OVERDUE)
    assert await reasons(bureau.manager, path) == []
    await swept(working, LATER)
    assert await reasons(bureau.manager, path) == ["late"]
    with at(LATER):
        await bureau.done(bureau.now().manager, path, "pause", reason=STOPPED)
    with at(LATER + timedelta(days=1)):
        await mailing.mail_all(working, postman.post, SENDER)
    assert postman.to(bureau.manager.email) == [], "the day of which it would remind is no more"


async def flagged(bureau: Bureau, path: str) -> dict[str, int]:
    """How often each of the people was told that the level below is overdue with a challenge."""
    people = {name: person for name, person in vars(bureau).items() if isinstance(person, Person)}
    times = {name: (await reasons(person, path)).count("flagged") for name, person in people.items()}
    return {name: count for name, count in times.items() if count}


async def test_the_level_above_is_told_once(world: World, working: Database) -> None:
    bureau, other = await Bureau.make(world), await Bureau.make(world)
    with at(SUNDAY):
        in_office, with_head = await bureau.now().opened(), await bureau.now().with_head()
        with_committee = await bureau.now().with_committee()
        with_unit = await bureau.now().with_body("office-to-unit")
    await swept(working, BEFORE)
    for path in (in_office, with_head, with_committee, with_unit):
        assert await flagged(bureau, path) == {}, "nothing is overdue yet"
    assert await swept(working, LATER) > 0
    assert await swept(working, LATER) == 0
    assert await swept(working, LATER + timedelta(days=1)) == 0
    head, unit = {"head": 1, "head_office": 1}, {"unit": 1, "editor": 1}
    assert await flagged(bureau, in_office) == await flagged(bureau, with_unit) == head
    assert await flagged(bureau, with_head) == await flagged(bureau, with_committee) == unit
    for path in (in_office, with_unit):
        assert await flagged(other, path) == {}
    [item] = [item for item in await told(bureau.head) if item["subject_id"] == in_office.rpartition("/")[2]]
    assert (item["reason"], item["kind"], item["action"]) == ("flagged", "challenge", "challenges.close")
    assert CHALLENGE["title"] in item["title"]["ar"]
    with at(LATER):
        state = (await bureau.now().manager.api.get(in_office)).json()["state"]
        listed = (await bureau.now().head.api.get("/v1/challenges?flagged=true")).json()["items"]
        counts = {}
        for name in ("manager", "head", "head_office"):
            counts[name] = (await getattr(bureau.now(), name).api.get("/v1/dashboard")).json()["flagged"]
    assert state == "open", "nobody but a person escalates"
    assert counts == {"manager": 0, "head": len(listed), "head_office": 2}


async def test_many_cost_no_more_statements_than_one(
    world: World, working: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    bureau = await Bureau.make(world)
    rows, seen, costs = Writer.rows, list[Query](), []

    async def counted(self: Writer, query: Query, params: Any) -> Any:
        seen.append(query)
        return await rows(self, query, params)

    monkeypatch.setattr(Writer, "rows", counted)
    for opened, overdue, many in ((SUNDAY, OVERDUE, 1), (OVERDUE, OVERDUE + timedelta(days=35), 4)):
        with at(opened):
            paths = [await bureau.now().opened() for _ in range(many)]
        seen.clear()
        await swept(working, overdue)
        costs.append(len(seen))
        for path in paths:
            assert await flagged(bureau, path) == {"head": 1, "head_office": 1}
    assert costs[0] == costs[1] > 0


async def test_nothing_is_flagged_while_the_clock_stands_still(world: World, working: Database) -> None:
    bureau = await Bureau.make(world)
    with at(SUNDAY):
        early, late = await bureau.now().opened(), await bureau.now().opened()
    with at(BEFORE):
        await bureau.done(bureau.now().manager, early, "pause", reason=STOPPED)
    with at(OVERDUE):
        await bureau.done(bureau.now().manager, late, "pause", reason=STOPPED)
    await swept(working, OVERDUE)
    assert await flagged(bureau, early) == await flagged(bureau, late) == {}
    with at(OVERDUE):
        for path in (early, late):
            await bureau.done(bureau.now().manager, path, "resume", reason=RUNS_AGAIN)
    await swept(working, OVERDUE)
    assert await flagged(bureau, early) == {}, "its last day has moved"
    assert await flagged(bureau, late) == {"head": 1, "head_office": 1}
    await swept(working, LATER)
    assert await flagged(bureau, early) == await flagged(bureau, late) == {"head": 1, "head_office": 1}


async def test_each_stay_that_is_overdue_is_told_of_anew(world: World, working: Database) -> None:
    bureau = await Bureau.make(world)
    with at(SUNDAY):
        path = await bureau.now().with_head()
    await swept(working, OVERDUE)
    unit, head = ("unit", "editor"), ("head", "head_office")
    assert await flagged(bureau, path) == dict.fromkeys(unit, 1)
    with at(OVERDUE):
        body = {"ruling": "return_with_instructions", "reason": INSTRUCTIONS}
        await bureau.done(bureau.now().head, path, "decide", **body)
    await swept(working, OVERDUE)
    assert await flagged(bureau, path) == dict.fromkeys(unit, 1)
    await swept(working, LATER)
    assert await flagged(bureau, path) == dict.fromkeys((*unit, *head), 1)
    with at(LATER):
        now = bureau.now()
        route = await now.way(now.manager, path, "office-to-head")
        await now.done(now.manager, path, "escalate-to-head", route_id=route, reason=REASON)
    await swept(working, LATER + timedelta(days=35))
    assert await flagged(bureau, path) == {**dict.fromkeys(unit, 2), **dict.fromkeys(head, 1)}


async def test_a_mail_leaves_out_what_is_overdue_there_no_more(
    world: World, working: Database, postman: Postman
) -> None:
    bureau = await Bureau.make(world)
    with at(SUNDAY):
        now = bureau.now()
        stays = await now.opened(title="تأخر صرف مخصصات المرحلة الثانية")
        solved, stopped, moved = await now.opened(), await now.opened(), await now.ready()
    await swept(working, OVERDUE)
    with at(OVERDUE):
        now = bureau.now()
        await now.done(now.manager, solved, "close", how=HOW)
        await now.done(now.manager, stopped, "pause", reason=STOPPED)
        route = await now.way(now.manager, moved, "office-to-head")
        await now.done(now.manager, moved, "escalate-to-head", route_id=route, reason=REASON)
    with at(OVERDUE + timedelta(hours=1)):
        await mailing.mail_all(working, postman.post, SENDER)
    [message] = postman.to(bureau.head.email)
    assert message["Subject"].startswith("تجاوز مهلته ويُرفع لعلمكم: تأخر صرف مخصصات المرحلة الثانية")
    body = message.get_body(("plain",))
    assert body is not None
    text = body.get_content()
    assert stays.rpartition("/")[2] in text
    for path in (solved, stopped, moved):
        assert path.rpartition("/")[2] not in text


async def test_who_may_not_see_it_is_not_told(world: World, working: Database) -> None:
    bureau = await Bureau.make(world)
    to_body = TO_HEAD | {"code": "office-to-body", "to_level": "body", "to_body": "other"}
    assert (await put(bureau, TO_HEAD, to_body)).status_code == 201
    with at(SUNDAY):
        now = bureau.now()
        path = await now.opened(classification="restricted")
        await now.tried(path)
        await now.done(now.specialist, path, "propose-solution", **SOLUTION)
        route = await now.way(now.manager, path, "office-to-body")
        await now.done(now.manager, path, "escalate-to-body", route_id=route, reason=REASON)
        seen = await bureau.now().with_head(classification="restricted")
    await world.owner.execute("update users set is_active = false where id = $1", bureau.editor.id)
    await swept(working, OVERDUE)
    rows = await world.owner.fetch(
        "select person_id, subject_id from notifications where reason = 'flagged' and entity_id = $1",
        bureau.entity.id,
    )
    assert {row["subject_id"] for row in rows} == {UUID(seen.rpartition("/")[2])}, (
        "UNIT was never asked about the other"
    )
    people = {row["person_id"] for row in rows}
    assert bureau.unit.id in people
    assert people & {bureau.editor.id, bureau.head.id, bureau.manager.id} == set()
