"""Whom a figure that is due waits for, from the day on which its entry opens."""

import asyncio
import random
from collections.abc import AsyncIterator
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import pytest

from app import clock, ticking
from app.db import Database
from app.enums import EnteredBy, Role
from app.services.notifications import seeing, telling
from app.services.obligations import awaiting
from tests.factories.notifications import worker_database
from tests.factories.world import Person, World
from tests.obligations.owing import (
    CLOSED,
    LATE,
    NOT_YET,
    OPEN,
    OVERDUE,
    Owed,
    around,
    events_of,
    last_year,
    scatter,
    signed_in_now,
)
from tests.results.office import Office

FIRST, FINAL = "results.create", "results.correct"


@pytest.fixture(scope="module")
async def working(database_url: str) -> AsyncIterator[Database]:
    async with worker_database(database_url) as database:
        yield database


async def follow(working: Database) -> int:
    """What the worker does every few minutes."""
    return await awaiting.follow(partial(seeing.everywhere, working), clock.now())


async def owing(world: World, days: tuple[int, int, int, int] = OPEN, **traits: Any) -> tuple[Office, UUID]:
    office = await Office.make(world, **traits)
    return office, await world.obligation(office.indicator, office.entity, last_year(), **around(*days))


async def inbox(person: Person, subject_id: UUID, **asked: Any) -> list[dict[str, Any]]:
    """The lines of a person's inbox about one thing."""
    answer = await person.api.get("/v1/inbox", **asked)
    assert answer.status_code == 200, answer.text
    return [line for line in answer.json()["items"] if line["subject_id"] == str(subject_id)]


async def parties(world: World, subject_id: UUID) -> list[tuple[str, str, Any]]:
    """Whom it waits for, in order, to do what, until when."""
    found = await world.owner.fetch(
        "select party, action, due from waits where subject_id = $1 and closed_at is null order by rank",
        subject_id,
    )
    return [(row["party"], row["action"], row["due"]) for row in found]


async def test_it_waits_for_who_enters_it_and_they_are_told(world: World, working: Database) -> None:
    office, due = await owing(world)
    assert await inbox(office.enterer, due) == []
    assert await follow(working) >= 1
    [line] = await inbox(office.enterer, due)
    last_day = clock.today() + timedelta(days=OPEN[1])
    said = {name: line[name] for name in ("kind", "action", "party", "period", "due", "late")}
    assert said == {
        "kind": "obligation",
        "action": FIRST,
        "party": "division",
        "period": last_year(),
        "due": last_day.isoformat(),
        "late": False,
    }
    indicator = (await office.enterer.api.get(f"/v1/indicators/{office.indicator}")).json()
    assert line["title"] == {"ar": indicator["name_ar"], "en": indicator["name_en"]}
    assert await inbox(office.enterer, due, kind="obligation", due="late") == []
    [stand_in] = await inbox(office.specialist, due)
    assert (line["substitute"], stand_in["party"], stand_in["substitute"]) == (False, "specialist", True)
    for other in (office.reviewer, office.manager, office.head):
        assert await inbox(other, due) == []
    assert [line["action"] for line in await inbox(office.second_enterer, due, of="division")] == [FIRST]
    assert await events_of(world.owner, due) == [("obligations.await", None, None)]

    await telling.tell_all(working, mailing=False)
    for person, reasons in ((office.enterer, ["awaited"]), (office.manager, [])):
        told = (await person.api.get("/v1/notifications")).json()["items"]
        assert [each["reason"] for each in told if each["subject_id"] == str(due)] == reasons


async def test_nothing_is_left_to_do_a_second_time(world: World, working: Database) -> None:
    _, due = await owing(world)
    await follow(working)
    assert await follow(working) == 0
    assert len(await events_of(world.owner, due)) == 1


@pytest.mark.parametrize(
    ("days", "waits"), [(NOT_YET, False), (OPEN, True), (LATE, True), (OVERDUE, True), (CLOSED, False)]
)
async def test_it_waits_while_entry_is_open(
    world: World, working: Database, days: tuple[int, int, int, int], *, waits: bool
) -> None:
    office, due = await owing(world, days)
    await follow(working)
    found = await inbox(office.enterer, due)
    assert bool(found) is waits
    assert [line["late"] for line in found] == [days[1] < 0] * len(found)


async def test_a_closed_period_waits_again_with_a_leave(world: World, working: Database) -> None:
    office, due = await owing(world, CLOSED)
    path = f"/v1/obligations/{due}"
    last_day = clock.today() + timedelta(days=9)
    asked = await office.manager.api.send(
        "POST",
        f"{path}/reopenings",
        json={"reason": "تأخر المسح الميداني", "expires_on": last_day.isoformat()},
        headers={"If-Match": await office.manager.api.etag(path), "Idempotency-Key": uuid4().hex},
    )
    assert asked.status_code == 201, asked.text
    await follow(working)
    assert await inbox(office.enterer, due) == []
    leave = asked.headers["location"]
    granted = await office.head.api.step(f"{leave}/grant", await office.head.api.etag(leave))
    assert granted.status_code == 200, granted.text
    await follow(working)
    assert [line["action"] for line in await inbox(office.enterer, due)] == [FIRST]
    assert FIRST in (await office.enterer.api.get(path)).json()["actions"]


async def test_who_excuses_it_ends_the_waiting(world: World, working: Database) -> None:
    office, due = await owing(world, OVERDUE)
    await follow(working)
    path = f"/v1/obligations/{due}"
    for verb, waits in (("excuse", 0), ("reinstate", 1)):
        why = {"reason": "توقف المسح الميداني بسبب الحالة المدارية"}
        done = await office.head.api.step(f"{path}/{verb}", await office.head.api.etag(path), why)
        assert done.status_code == 200, done.text
        await follow(working)
        assert len(await inbox(office.enterer, due)) == waits
        assert bool(await parties(world, due)) is bool(waits)


async def test_a_draft_ends_the_waiting_at_once_and_one_that_is_given_up_brings_it_back(
    world: World, working: Database
) -> None:
    office, due = await owing(world)
    await follow(working)
    figure = await office.draft(last_year())
    assert await inbox(office.enterer, due) == []
    [line] = await inbox(office.enterer, figure.id)
    assert line["action"] == "results.submit"
    await follow(working)
    assert await parties(world, due) == []
    await office.taken(office.enterer, figure, "discard")
    assert await inbox(office.enterer, due) == []
    await follow(working)
    assert len(await inbox(office.enterer, due)) == 1
    assert [action for action, _, _ in await events_of(world.owner, due)] == ["obligations.await"] * 2


async def test_after_a_preliminary_figure_it_waits_for_the_final_one(world: World, working: Database) -> None:
    office, due = await owing(world, (5, 10, 20, 30))
    await office.approved(last_year(), obs_status="E")
    await follow(working)
    assert await inbox(office.enterer, due) == []
    with clock.moved_to(clock.now() + timedelta(days=6)):
        await follow(working)
        enterer = signed_in_now(world, office.enterer)
        [line] = await inbox(enterer, due)
        assert line["action"] == FINAL
        assert (await enterer.api.get(f"/v1/obligations/{due}")).json()["actions"] == [FINAL]
    assert {action for _, action, _ in await parties(world, due)} == {FINAL}


async def test_it_waits_for_whom_the_chain_in_force_names(world: World, working: Database) -> None:
    office, due = await owing(world)
    await follow(working)
    other = await world.division(office.entity)
    successor = await world.person(Role.DIVISION_MEMBER, division=other)
    await world.owner.execute(
        "update indicators set division_id = $2 where id = $1", office.indicator, other.id
    )
    day = clock.today() + timedelta(days=12)
    await world.owner.execute("update obligations set due_on = $2 where id = $1", due, day)
    assert await follow(working) == 1
    chain = [f"division:{other.id}", f"specialist:{office.entity.id}"]
    assert await parties(world, due) == [(party, FIRST, day) for party in chain]
    assert len(await inbox(successor, due)) == 1
    assert await inbox(office.enterer, due) == []

    later = day + timedelta(days=1)
    await world.owner.execute("delete from outbox")
    await world.owner.execute("update obligations set due_on = $2 where id = $1", due, later)
    await follow(working)
    assert await parties(world, due) == [(party, FIRST, later) for party in chain]
    assert await world.owner.fetchval("select count(*) from outbox") == 0


async def test_another_order_of_the_chain_is_followed_once(world: World, working: Database) -> None:
    office, due = await owing(world)
    await follow(working)
    chain = [party for party, _, _ in await parties(world, due)]
    await world.owner.execute("update waits set rank = 1 - rank where subject_id = $1", due)
    assert await follow(working) == 1
    assert [party for party, _, _ in await parties(world, due)] == chain
    [line] = await inbox(office.enterer, due)
    assert line["substitute"] is False
    assert await follow(working) == 0


async def test_who_moved_its_day_is_not_told_that_it_waits(world: World, working: Database) -> None:
    office, due = await owing(world)
    unit = await world.person(Role.UNIT_EDITOR, await world.entity(is_unit=True))
    await world.owner.execute(
        "insert into events (subject_id, action, actor_id, at) values ($1, 'obligations.redate', $2, now())",
        due,
        unit.id,
    )
    await follow(working)
    await telling.tell_all(working, mailing=False)
    for person, told in ((unit, False), (office.enterer, True)):
        found = (await person.api.get("/v1/notifications")).json()["items"]
        assert (str(due) in [each["subject_id"] for each in found]) is told


async def test_what_unit_enters_waits_for_unit(world: World, working: Database) -> None:
    unit = await world.person(Role.UNIT_SPECIALIST, await world.entity(is_unit=True))
    office, due = await owing(world)
    await world.owner.execute(
        "update indicators set entered_by = $2 where id = $1", office.indicator, EnteredBy.UNIT.value
    )
    await follow(working)
    assert [line["party"] for line in await inbox(unit, due)] == ["unit"]
    assert await inbox(office.enterer, due) == []


async def test_two_at_once_let_it_wait_once(world: World, working: Database) -> None:
    made = [(await owing(world))[1] for _ in range(3)]
    await asyncio.gather(*(follow(working) for _ in range(2)))
    for due in made:
        assert len(await parties(world, due)) == 2
        assert len(await events_of(world.owner, due)) == 1


async def test_the_operators_tick_does_it_too(world: World, database_url: str) -> None:
    _, due = await owing(world)
    assert await ticking.await_entry(database_url) >= 1
    assert await parties(world, due)
    assert await ticking.await_entry(database_url) == 0


async def test_many_are_done_in_batches(
    world: World, working: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await follow(working)
    made = [(await owing(world))[1] for _ in range(5)]
    monkeypatch.setattr(awaiting, "BATCH", 2)
    assert await follow(working) == 5
    transactions = await world.owner.fetch(
        "select count(*) as figures from events where subject_id = any($1) group by transaction_id", made
    )
    assert sorted(row["figures"] for row in transactions) == [1, 2, 2]


def _should(owed: Owed) -> bool:
    """The same in a plain reading of the rules; nobody has asked for leave."""
    today = clock.today()
    begun = {each.state for each in owed.revisions} & {"draft", "submitted", "reviewed"}
    return owed.state(today) in ("open", "late", "overdue") and not begun and not owed.closed(today)


@pytest.mark.parametrize("seed", range(3))
async def test_what_waits_is_what_a_plain_reading_of_the_rules_says(
    world: World, working: Database, seed: int
) -> None:
    office = await Office.make(world)
    chance = random.Random(seed)
    scattered = await scatter(
        world, chance, office.entity, office.indicator, 60, clock.today(), office.head.id
    )
    for moment in (clock.now(), clock.now() + timedelta(days=4)):
        with clock.moved_to(moment):
            await follow(working)
            waiting = {owed.id for owed in scattered if await parties(world, owed.id)}
            assert waiting == {owed.id for owed in scattered if _should(owed)}
    assert waiting
