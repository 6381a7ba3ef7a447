"""`python -m bench.sweep`: ten thousand deadlines that are due, reminded of in one pass of the worker's own function while
requests are served.

The pass runs in a process of its own, as the worker does. What it does and what is entered meanwhile is taken back.
"""

import asyncio
import multiprocessing
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import chain, cycle, islice
from typing import Annotated

import asyncpg
import typer

from app.db import WORKER_ROLE, Database
from app.services.notifications import reminding
from bench import data, load, machine, scenes
from bench.data import Size
from bench.load import Request
from bench.machine import Running
from bench.scenes import Deep, Ground

WANTED = 60
"""Seconds for all of them, at most."""

READS = 19
"""So many reads, then a figure that is entered."""

_READ = ("list", "one", "figures", "card", "page_1", "inbox", "inbox_division")
_WARMING = 10
"""Of each read so many are not counted: a server puts a statement together at its first run, and a connection plans it."""


@dataclass(frozen=True)
class Swept:
    """What a pass did, and how long requests took meanwhile and without it, in seconds. `batches`: the reminders of each
    transaction."""

    seconds: float
    deadlines: int
    people: int
    batches: Sequence[int]
    meanwhile: Sequence[float]
    without: Sequence[float]

    def said(self) -> str:
        """The same in words."""
        return "\n".join(
            (
                f"{self.deadlines:,} deadlines, {sum(self.batches):,} reminders to {self.people:,} people"
                f" in {self.seconds:.1f} s (wanted: under {WANTED})",
                f"{len(self.batches):,} batches, of {max(self.batches, default=0):,} reminders at most",
                f"requests meanwhile: {_times(self.meanwhile)}",
                f"for as long without: {_times(self.without)}",
            )
        )


def _times(took: Sequence[float]) -> str:
    if not took:
        return "none"
    ordered = [1000 * seconds for seconds in sorted(took)]
    middle, late = (ordered[int(len(ordered) * share)] for share in (0.5, 0.99))
    return f"{len(took):,}, half in {middle:.0f} ms, 99 of 100 in {late:.0f} ms, the slowest {ordered[-1]:.0f} ms"


def main(
    connections: Annotated[int, typer.Option(min=1, help="How many ask at once.")] = 2,
) -> None:
    """Sweep what is due, and print how long that and requests took."""
    with machine.postgres() as server:
        url = asyncio.run(machine.database(server, Size()))
        with machine.serving(("ours",), url) as servers:
            swept = asyncio.run(_swept(url, servers["ours"], connections))
    typer.echo(machine.facts())
    typer.echo(swept.said())


async def _swept(url: str, server: Running, connections: int) -> Swept:
    return await measure(url, server, await Ground.of(url, machine.HOME / "keys"), connections)


async def measure(url: str, server: Running, ground: Ground, connections: int) -> Swept:
    """Sweep what is due in the database at `url`, which `server` serves, and bring it back."""
    owner = await asyncpg.connect(url)
    try:
        await _undo(owner)
        entering = iter(scenes.entries(ground, 0, len(ground.indicators)))
        asked = requests(ground, entering)
        reads = scenes.reads(ground, "ours", Deep())
        first = [request for scene in _READ for request in reads[scene][:_WARMING]]
        await load.send(server, first, 200, connections)
        await load.send(server, list(islice(entering, connections)), 201, connections)
        with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as worker:
            await asyncio.get_running_loop().run_in_executor(worker, _nothing)
            pass_ = asyncio.get_running_loop().run_in_executor(worker, sweep, url)
            seconds, meanwhile = await load.timed(server, asked, connections, pass_)
        _, without = await load.timed(server, asked, connections, asyncio.sleep(seconds))
        [done] = await owner.fetch(
            "select count(distinct (subject_id, event_id)) as deadlines, count(distinct person_id) as people"
            " from notifications"
        )
        batches = await owner.fetch(
            "select count(*) as count from notifications group by xmin order by 1 desc"
        )
        return Swept(
            seconds,
            done["deadlines"],
            done["people"],
            [row["count"] for row in batches],
            meanwhile,
            without,
        )
    finally:
        await _undo(owner)
        await owner.close()


def requests(ground: Ground, entering: Iterator[Request]) -> Iterator[Request]:
    """What people ask for all day: reads of every kind in turn, and now and then one of the figures is entered."""
    reads = scenes.reads(ground, "ours", Deep())
    # Endless, since each of them is.
    turns = zip(*(cycle(reads[scene]) for scene in _READ), strict=True)
    flat = chain.from_iterable(turns)
    while True:
        yield from islice(flat, READS)
        yield from islice(entering, 1)


def sweep(url: str) -> float:
    """The pass itself, as the worker makes it; the seconds that it took."""
    return asyncio.run(_sweep(url))


async def _sweep(url: str) -> float:
    database = Database(url, read_pool_size=2, write_pool_size=2, role=WORKER_ROLE)
    await database.open()
    try:
        began = time.perf_counter()
        await reminding.remind(database, mailing=True)
        return time.perf_counter() - began
    finally:
        await database.close()


def _nothing() -> None:
    """What is asked of a process so that it has read its code."""


async def _undo(owner: "asyncpg.Connection[asyncpg.Record]") -> None:
    await owner.execute("truncate notifications, jobs.pgqueuer cascade")
    await data.undo(owner)


if __name__ == "__main__":
    typer.run(main)
