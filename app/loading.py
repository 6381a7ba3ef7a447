"""Loading a data folder into a database: the steps, their order, their transactions."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeAlias

import asyncpg

from app import clock, ticking
from app.services.load import activity, figures, planning
from app.services.load import demo as demo_people
from app.services.load.catalogue import load_holidays, load_structure, read_catalogue
from app.services.load.files import DataError
from app.services.load.indicators import load_indicators
from app.services.load.merging import Connection, Tally
from app.services.load.path_templates import load_path_templates, read_path_templates
from app.services.load.planning_files import read_planning
from app.services.load.schedules import load_schedules

__all__ = ["Counts", "DataError", "Tally", "load"]

Counts: TypeAlias = dict[str, Tally]
"""What became of each kind of row, in the order of loading."""


async def load(
    url: str,
    data: Path,
    *,
    demo: bool,
    say: Callable[[str], None],
    demo_password: str | None = None,
) -> Counts:
    """Load the files of `data` into the migrated database at `url` (the login that owns the tables).

    Everything is read and checked first: DataError names file, line and column, and nothing has changed.
    Then each step is one transaction, said with its counts. A second run on the same files changes nothing.
    `demo`: also the invented people, who sign in with `demo_password`.
    """
    catalogue = read_catalogue(data)
    series = figures.read_figures(data, catalogue)
    paths = read_path_templates(data)
    invented = demo_people.read_demo(data, catalogue) if demo else None
    planned = read_planning(data, catalogue, invented) if invented else None
    at = clock.now()
    counts: Counts = {}

    def done(step: Mapping[str, Tally]) -> None:
        for name, tally in step.items():
            say(f"{name}: {tally}")
        counts.update(step)

    connection = await asyncpg.connect(
        url, server_settings={"application_name": "mutabaa load", "timezone": "UTC"}
    )
    try:
        # Of two that load at once, the second waits and finds nothing left to do.
        await connection.execute("select pg_advisory_lock(hashtext('mutabaa load'))")
        async with connection.transaction():
            done(await load_structure(connection, catalogue, at))
        async with connection.transaction():
            done({"holidays": await load_holidays(connection, at)})
        async with connection.transaction():
            done({"path_templates": await load_path_templates(connection, paths, at)})
        async with connection.transaction():
            done(await load_indicators(connection, catalogue.indicators, at))
        if invented is not None:
            # Before the figures: these carry the division in charge.
            async with connection.transaction():
                done(await demo_people.load_structure(connection, invented, at))
        async with connection.transaction():
            done({"schedules": await load_schedules(connection, catalogue.schedules, at)})
        done({"obligations": await _owe(connection, url, say)})
        async with connection.transaction():
            done({"results": await figures.load_figures(connection, series, at)})
        if invented is not None and planned is not None:
            hashes = await demo_people.password_hashes(connection, invented, demo_password)
            async with connection.transaction():
                done(await demo_people.load_people(connection, invented, hashes, at))
            done(await activity.act(connection, url, at))
            done(await planning.plan(connection, url, planned, at))
        await ticking.await_entry(url)  # what is left to be entered
    finally:
        await connection.close()
    return counts


async def _owe(connection: Connection, url: str, say: Callable[[str], None]) -> Tally:
    """What is due by the schedules and the holidays, as `mutabaa tick` makes it, in transactions of its own."""
    made = await ticking.tick(url)
    if made.undated:
        say(f"obligations: {made.undated} not made yet, because the holidays of their time are not known")
    standing = await connection.fetchval("select count(*) from obligations where replaced_at is null")
    return Tally(new=made.made, changed=made.redated, unchanged=standing - made.made - made.redated)
