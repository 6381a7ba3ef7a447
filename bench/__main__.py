"""`python -m bench`: everything in one run; see bench/README.md."""

import asyncio
import json
import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

import asyncpg
import typer

from app.local_postgres import Server
from bench import data, load, machine, report, scenes
from bench.data import Size
from bench.load import Request
from bench.machine import KINDS, Running
from bench.scenes import Deep, Ground

ENTRIES = 400
"""Figures that are entered, then submitted, in each round."""

WARMING = 60
"""How many of them are not counted: when a round is taken back every connection forgets its plans, in all servers."""


@dataclass
class Run:
    """What was measured by scene and server, one number for each round: requests per second, and milliseconds of
    processor time for a request, the worker's and PostgreSQL's."""

    rates: dict[str, dict[str, list[float]]] = field(default_factory=dict)
    costs: dict[str, dict[str, list[float]]] = field(default_factory=dict)
    statements: dict[str, dict[str, int]] = field(default_factory=dict)
    memory: dict[str, tuple[float, float]] = field(default_factory=dict)

    def note(self, scene: str, kind: str, took: load.Took) -> None:
        """One more round."""
        self.rates.setdefault(scene, {}).setdefault(kind, []).append(took.rate)
        self.costs.setdefault(scene, {}).setdefault(kind, []).append(took.milliseconds)

    def rate(self, scene: str, kind: str) -> float | None:
        """The median of the rounds."""
        found = self.rates.get(scene, {}).get(kind)
        return statistics.median(found) if found else None

    def cost(self, scene: str, kind: str) -> float | None:
        """The median of the rounds."""
        found = self.costs.get(scene, {}).get(kind)
        return statistics.median(found) if found else None


def main(
    rounds: Annotated[int, typer.Option(min=1, help="How often each server is asked each thing.")] = 5,
    seconds: Annotated[int, typer.Option(min=1, help="How long wrk asks, each time.")] = 3,
    connections: Annotated[int, typer.Option(min=1, help="How many ask at once.")] = 8,
    only: Annotated[str, typer.Option(help="Some scenes, comma-separated; all unless said.")] = "",
    kinds: Annotated[str, typer.Option(help="Some servers, comma-separated.")] = ",".join(KINDS),
    tenth: Annotated[bool, typer.Option(help="Also measure on a tenth of the data.")] = True,
    out: Annotated[Path | None, typer.Option(help="Write the table here too.")] = None,
) -> None:
    """Measure the service beside the floor and the template, and print the ratios."""
    load.require_wrk()
    wanted = set(filter(None, only.split(",")))
    run = Run()
    with machine.postgres() as server:
        url = asyncio.run(machine.database(server, Size()))
        small = asyncio.run(machine.database(server, Size(indicators=200))) if tenth else None
        _measure(run, server, url, tuple(kinds.split(",")), wanted, rounds, seconds, connections)
        if small is not None:
            _compare_sizes(run, server, url, small, wanted, rounds, seconds, connections)
    said = report.table(run)
    typer.echo(said)
    if out is not None:
        out.write_text(said, encoding="utf-8")


def _measure(
    run: Run,
    postgres: Server,
    url: str,
    kinds: tuple[str, ...],
    wanted: set[str],
    rounds: int,
    seconds: int,
    connections: int,
) -> None:
    with machine.serving(kinds, url, postgres=postgres.pid) as servers:
        ground = asyncio.run(Ground.of(url, machine.HOME / "keys"))
        before = {kind: server.resident_mib for kind, server in servers.items()}
        asked = {
            kind: scenes.reads(ground, kind, _deep_cursors(server, ground, wanted))
            for kind, server in servers.items()
        }
        for scene in [name for name in asked[kinds[0]] if not wanted or name in wanted]:
            able = [
                kind for kind in kinds if scene in asked[kind] and _answers(servers[kind], asked[kind][scene])
            ]
            for kind in able:
                _statements(run, url, scene, servers[kind], asked[kind][scene][0])
                load.read(servers[kind], asked[kind][scene], 1, connections)  # to warm up
            for number in range(rounds):
                for kind in _turned(able, number):
                    run.note(scene, kind, load.read(servers[kind], asked[kind][scene], seconds, connections))
            _say(run, scene)
        asyncio.run(_undo(url))  # what a run that was broken off left
        for scenes_of, measure in ((("enter", "submit"), _enter), (("decide",), _decide)):
            if wanted and not wanted & set(scenes_of):
                continue
            for number in range(-1, rounds):  # the first to warm up
                for kind in _turned(kinds, number):
                    measure(run if number >= 0 else Run(), url, ground, servers[kind], number, connections)
                    asyncio.run(_undo(url))
            for scene in scenes_of:
                _say(run, scene)
        for kind, server in servers.items():
            run.memory[kind] = before[kind], server.resident_mib


def _turned(kinds: Sequence[str], number: int) -> list[str]:
    """Each time another begins."""
    turn = number % len(kinds)
    return [*kinds[turn:], *kinds[:turn]]


def _deep_cursors(server: Running, ground: Ground, wanted: set[str]) -> Deep:
    if server.kind == "template":
        return Deep()
    return Deep(
        results=scenes.deep_cursor(server, ground) if not wanted or "page_deep" in wanted else "",
        inbox=scenes.deep_cursor_of_inbox(server, ground.inbox)
        if not wanted or "inbox_deep" in wanted
        else "",
    )


def _answers(server: Running, requests: Sequence[Request]) -> bool:
    """Whether the server has this path. Raises LoadFailed when it has it, and fails."""
    try:
        load.write(server, requests[:1], 200, 1)
    except load.LoadFailed as failed:
        if failed.status == 404:
            return False
        raise
    return True


def _enter(run: Run, url: str, ground: Ground, server: Running, number: int, connections: int) -> None:
    """Enter some figures, and submit them."""
    kind = server.kind
    entering = scenes.entries(ground, number * ENTRIES, ENTRIES)
    _statements_begin(url)
    _, answers = load.write(server, entering[:1], 201, 1)
    _statements_end(run, url, "enter", kind)
    _statements_begin(url)
    load.write(server, scenes.submissions(entering[:1], answers), 200, 1)
    _statements_end(run, url, "submit", kind)
    warming, counted = entering[1:WARMING], entering[WARMING:]
    _, answers = load.write(server, warming, 201, connections)
    load.write(server, scenes.submissions(warming, answers), 200, connections)
    took, answers = load.write(server, counted, 201, connections)
    run.note("enter", kind, took)
    took, _ = load.write(server, scenes.submissions(counted, answers), 200, connections)
    run.note("submit", kind, took)


def _decide(run: Run, url: str, ground: Ground, server: Running, number: int, connections: int) -> None:
    """Decide about the backlog in one request."""
    _statements_begin(url)
    took, [answer] = load.write(server, [scenes.decisions(ground)], 200, 1)
    _statements_end(run, url, "decide", server.kind)
    outcomes = [item["status"] for item in json.loads(answer.body)["items"]]
    if outcomes != [200] * len(ground.backlog):
        raise load.LoadFailed(f"{server.kind}: {answer.body.decode()[:500]}")
    run.note("decide", server.kind, took)


async def _undo(url: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        await data.undo(connection)
    finally:
        await connection.close()


def _compare_sizes(
    run: Run,
    postgres: Server,
    url: str,
    small: str,
    wanted: set[str],
    rounds: int,
    seconds: int,
    connections: int,
) -> None:
    """The service alone, on all of the data and on a tenth."""
    with (
        machine.serving(("ours",), url, postgres=postgres.pid) as large_one,
        machine.serving(("ours",), small, postgres=postgres.pid) as small_one,
    ):
        servers = {"all": large_one["ours"], "tenth": small_one["ours"]}
        grounds = {
            name: asyncio.run(Ground.of(address, machine.HOME / "keys"))
            for name, address in (("all", url), ("tenth", small))
        }
        asked = {name: scenes.reads(ground, "ours", Deep()) for name, ground in grounds.items()}
        for scene in ("list", "one", "figures", "card", "page_1", "scoreboard"):
            if (wanted and scene not in wanted) or not _answers(servers["all"], asked["all"][scene]):
                continue
            for name, server in servers.items():
                load.read(server, asked[name][scene], 1, connections)
            for number in range(rounds):
                for name in _turned(list(servers), number):
                    took = load.read(servers[name], asked[name][scene], seconds, connections)
                    run.note(f"size: {scene}", name, took)
            _say(run, f"size: {scene}")


# Statements, as the server counted them. A read is counted by one request alone.


def _statements(run: Run, url: str, scene: str, server: Running, request: Request) -> None:
    load.write(
        server, [request], 200, 1
    )  # the driver asks once for each connection which types the server has
    _statements_begin(url)
    load.write(server, [request], 200, 1)
    _statements_end(run, url, scene, server.kind)


def _statements_begin(url: str) -> None:
    asyncio.run(_fetch(url, "select 1 from pg_stat_statements_reset()"))


def _statements_end(run: Run, url: str, scene: str, kind: str) -> None:
    run.statements.setdefault(scene, {})[kind] = asyncio.run(_fetch(url, _COUNT)) or 0


async def _fetch(url: str, sql: str) -> Any:
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetchval(sql)
    finally:
        await connection.close()


_COUNT = """
    select sum(s.calls)::int from pg_stat_statements s join pg_database d on d.oid = s.dbid
    where d.datname = current_database() and s.query !~* 'pg_stat_statements'
      and s.query !~* '^(begin|commit|rollback|set|reset|show|discard|deallocate|close|unlisten|select pg_advisory_unlock)'
"""


def _say(run: Run, scene: str) -> None:
    medians = ", ".join(
        f"{kind} {run.rate(scene, kind):.1f}/s {run.cost(scene, kind):.2f} ms"
        for kind in run.rates.get(scene, {})
    )
    typer.echo(f"{scene}: {medians}", err=True)


if __name__ == "__main__":
    app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
    app.command()(main)
    app()
