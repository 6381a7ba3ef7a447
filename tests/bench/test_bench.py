"""The bench on a handful of figures: its data is such as the service makes, and all three servers answer alike.

Nothing is timed here.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from app.services.notifications import reminding
from bench import data, load, machine, scenes, sweep
from bench.data import Size
from bench.load import Request
from bench.machine import KINDS, Running
from bench.scenes import Deep, Ground
from bench.sweep import Swept

SIZE = Size(entities=4, indicators=12, months=20, users=21, backlog=4, waiting=470)
STAGES = 47
"""Of annex A as it ships, each occasion counted."""
ADDED = {"actions"}
"""What the floor has no rules for."""


@pytest.fixture(scope="module")
async def url(database_url: str) -> str:
    """A database that holds the bench's data, small."""
    await data.fill(database_url, SIZE)
    return database_url


@pytest.fixture(scope="module")
def servers(url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[dict[str, Running], Path]]:
    """The floor, the service and the template, each a process, and the folder of their keys."""
    home = tmp_path_factory.mktemp("bench")
    with machine.serving(KINDS, url, home) as running:
        yield running, home


async def test_the_data_is_such_as_the_service_makes(url: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        count = connection.fetchval
        assert await count("select count(*) from results") == SIZE.indicators * SIZE.months
        assert await count("select count(*) from bench.people") == SIZE.users
        assert await count("select count(distinct state) from results") == 4
        assert await count("select count(*) from obligations") > SIZE.indicators * SIZE.months
        # Whatever is open waits for somebody, and nothing else does.
        assert not await count(
            "select count(*) from results r where (state = 'approved') = exists"
            " (select from waits w where w.subject_id = r.id and w.closed_at is null)"
        )
        assert not await count(
            "select count(*) from results r where state = 'approved'"
            " and not exists (select from scores s where s.result_id = r.id)"
        )
    finally:
        await connection.close()


async def test_the_floor_reads_the_lines_of_the_fullest_inbox(
    url: str, servers: tuple[dict[str, Running], Path]
) -> None:
    running, home = servers
    inbox = (await Ground.of(url, home / "keys")).inbox
    for number, token in enumerate((inbox.manager, inbox.specialist)):
        said = {}
        for kind in ("floor", "ours"):
            lines: list[Any] = []
            cursor = ""
            while cursor is not None:
                path = inbox.paths(kind, f"&limit=200{cursor}")[number]
                page = await _asked(running[kind], Request("GET", path, token), 200)
                lines += page["items"]
                cursor = f"&cursor={page['next_cursor']}" if len(page["items"]) == 200 else None
            said[kind] = lines
        assert said["ours"] == said["floor"]
        assert len(said["ours"]) >= SIZE.waiting
        assert {line["kind"] for line in said["ours"]} >= {
            "result",
            "path_stage",
            "challenge",
            "risk",
            "action",
        }


async def test_everything_due_is_swept_while_requests_are_served_and_brought_back(
    url: str, servers: tuple[dict[str, Running], Path]
) -> None:
    running, home = servers
    before = await _counts(url)
    swept = await sweep.measure(url, running["ours"], await Ground.of(url, home / "keys"), 1)
    assert swept.deadlines >= SIZE.waiting
    assert sum(swept.batches) > swept.deadlines, "actions are the manager's and the specialist's"
    assert max(swept.batches) <= reminding.BATCH
    assert 1 < swept.people <= SIZE.users
    assert swept.meanwhile
    assert await _counts(url) == before


def test_what_is_said_of_a_sweep() -> None:
    meanwhile = [number / 1000 for number in range(100, 0, -1)]
    assert Swept(12.34, 1500, 2, [1000, 600], meanwhile, []).said().splitlines() == [
        "1,500 deadlines, 1,600 reminders to 2 people in 12.3 s (wanted: under 60)",
        "2 batches, of 1,000 reminders at most",
        "requests meanwhile: 100, half in 51 ms, 99 of 100 in 100 ms, the slowest 100 ms",
        "for as long without: none",
    ]


async def test_all_three_answer_alike_and_are_brought_back(
    url: str, servers: tuple[dict[str, Running], Path]
) -> None:
    running, home = servers
    ground = await Ground.of(url, home / "keys")
    before = await _counts(url)
    for scene in ("list", "one", "figures", "card", "page_1", "scoreboard", "runs", "timeline"):
        said = {}
        for kind, server in running.items():
            asked = scenes.reads(ground, kind, Deep()).get(scene)
            if asked is not None:
                said[kind] = await _asked(server, Request("GET", asked[0].path, ground.national), 200)
        if scene in ("runs", "timeline"):  # these to the last cell, but for the cursor
            assert said["ours"] | {"next_cursor": None} == said["floor"] | {"next_cursor": None}, scene
            members = said["ours"]["items" if scene == "runs" else "bars"]
            assert len(members) == (SIZE.entities if scene == "runs" else STAGES)
            continue
        if scene == "scoreboard":  # the floor aggregates only what a line needs at least
            assert len(said["ours"]["lines"]) == len(said["floor"]["items"]) == SIZE.entities
            continue
        ours, floor = _first(said["ours"]), _first(said["floor"])
        assert set(ours) - ADDED == set(floor) - ADDED, scene
        if scene in ("list", "one", "card"):  # whose figures are in work, not even UNIT sees
            assert ours["id"] == floor["id"]
    entered: dict[str, Any] = {}
    for number, (kind, server) in enumerate(running.items()):
        asked = scenes.entries(ground, number, 1)
        _, answers = await load.send(server, asked, 201, 1)
        [submission] = scenes.submissions(asked, answers)
        entered[kind] = await _asked(server, submission, 200)
        assert entered[kind]["state"] == "submitted"
        outcomes = await _asked(server, scenes.decisions(ground), 200)
        assert [outcome["status"] for outcome in outcomes["items"]] == [200] * len(ground.backlog)
        await _undo(url)
        assert await _counts(url) == before
    assert set(entered["ours"]) - {"actions", "score", "corrective"} == set(entered["floor"]) - {"actions"}


def _first(said: Any) -> Any:
    return said["items"][0] if "items" in said else said


async def _asked(server: Running, request: Request, status: int) -> Any:
    _, [answer] = await load.send(server, [request], status, 1)
    return json.loads(answer.body)


async def _counts(url: str) -> list[Any]:
    connection = await asyncpg.connect(url)
    try:
        return [
            await connection.fetchval(f"select count(*) from {table}")
            for table in ("results", "events", "waits", "subjects", "idempotency_keys", "notifications")
        ] + [await connection.fetchval("select count(*) from results where state = 'submitted'")]
    finally:
        await connection.close()


async def _undo(url: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        await data.undo(connection)
    finally:
        await connection.close()
