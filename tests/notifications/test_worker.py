"""The real process: what it does by itself, and that killing it loses nothing and repeats no delivery."""

import asyncio
import multiprocessing
import os
import random
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from time import monotonic
from uuid import UUID

import asyncpg
import pytest

from app import cli
from app.db import Database
from tests.factories.notifications import told
from tests.factories.world import Person, World
from tests.notifications.postman import Postman
from tests.results.office import Office

KILLS = int(os.environ.get("MUTABAA_TEST_KILLS", "15"))
SEED = int(os.environ.get("MUTABAA_TEST_KILLS_SEED", "2040"))

STARTS = multiprocessing.get_context("forkserver")
"""Starts a worker from a process that has read its code: reading it takes longer than most of what is tried here."""
STARTS.set_forkserver_preload(["app.cli", "app.worker"])


def work(env: dict[str, str]) -> None:
    """`mutabaa worker` in a process of its own."""
    for name in [name for name in os.environ if name.startswith("MUTABAA_")]:
        del os.environ[name]
    os.environ.update(env)
    cli.worker(with_parent=False)


class Process:
    """A worker, and those that follow it."""

    def __init__(self, env: dict[str, str]) -> None:
        self._env = env
        self.start()

    def start(self) -> None:
        """Another one."""
        self.process = STARTS.Process(target=work, args=(self._env,))
        self.process.start()

    async def end(self, by: signal.Signals) -> int | None:
        """Its exit code."""
        os.kill(self.process.pid or 0, by)
        await asyncio.to_thread(self.process.join, 30)
        return self.process.exitcode


def environment(database_url: str, files: Path, postman: Postman) -> dict[str, str]:
    """The settings of a worker."""
    return {"MUTABAA_DATABASE_URL": database_url, "MUTABAA_FILES_URL": files.as_uri(), **postman.env}


@asynccontextmanager
async def running(database_url: str, files: Path, postman: Postman) -> AsyncIterator[Process]:
    """Workers for as long as the block lasts."""
    worker = Process(environment(database_url, files, postman))
    try:
        yield worker
    finally:
        if worker.process.is_alive():
            await worker.end(signal.SIGKILL)


async def until(what: str, owner: "asyncpg.Connection[asyncpg.Record]", seconds: float = 30) -> None:
    """Wait for a condition in the database."""
    end = monotonic() + seconds
    while not await owner.fetchval(f"select {what}"):
        assert monotonic() < end, what
        await asyncio.sleep(0.05)


async def listening(person: Person) -> Person:
    """A person who is written to at once."""
    path = "/v1/me/notification-settings"
    answer = await person.api.patch(path, await person.api.etag(path), {"email": "at_once"})
    assert answer.status_code == 200
    return person


async def killed(
    world: World, database_url: str, postman: Postman, files: Path, *, kills: int, seed: int
) -> tuple[set[UUID], set[UUID], int]:
    """Figures are submitted while the worker is killed so many times, at moments that the seed gives. Answers the
    notifications of those who are written to at once, those of them that went out, and how many attempts died.

    Everybody was told of every figure once, and no delivery was given to the server twice: that is looked at here.
    """
    moments = random.Random(seed)
    office = await Office.make(world)
    readers = [await listening(person) for person in (office.reviewer, office.second_reviewer)]
    indicators = [await world.indicator(office.entity, office.executing) for _ in range(5)]
    begun, figures = 0, []
    postman.seconds = 0.1  # so that some are under way at any moment

    async def one_more() -> None:
        nonlocal begun
        begun += 1
        indicator, period = indicators[begun % 5], str(2024 - begun // 5)
        figures.append(await office.submit(await office.draft(period, indicator=indicator)))

    async with running(database_url, files, postman) as worker:
        for _ in range(kills):
            await until(_AT_WORK, world.owner)
            await one_more()
            # Somewhere while it starts and tells, or somewhere while it sends.
            if moments.random() < 0.4:
                await asyncio.sleep(moments.uniform(0, 0.5))
            else:
                await mailing(postman)
                await asyncio.sleep(moments.uniform(0, 0.15))
            await worker.end(signal.SIGKILL)
            await until(f"not {_AT_WORK}", world.owner)
            worker.start()
        await until("not exists (select from outbox)", world.owner, 120)
        await until(
            "not exists (select from notifications where mail_id is null and mail_due_at <= now())"
            " and not exists (select from mails where state = 'pending')",
            world.owner,
            120,
        )
        assert await worker.end(signal.SIGTERM) == 0
    rows = await world.owner.fetch(
        "select id, person_id, subject_id, mail_id from notifications"
        " where person_id = any($1) and reason = 'awaited'",
        [person.id for person in readers],
    )
    for person in readers:
        mine = sorted(row["subject_id"] for row in rows if row["person_id"] == person.id)
        assert mine == sorted(figure.id for figure in figures)
    ids = [UUID(message["Message-ID"].strip("<>").partition("@")[0]) for message in postman.taken]
    assert len(ids) == len(set(ids))
    mails = {
        row["mail_id"]
        for row in await world.owner.fetch("select mail_id from deliveries where id = any($1)", ids)
    }
    deaths = await world.owner.fetchval("select count(*) from deliveries where state = 'unknown'")
    return {row["id"] for row in rows}, {row["id"] for row in rows if row["mail_id"] in mails}, deaths


async def mailing(postman: Postman) -> None:
    """Wait until the worker is in the middle of a mail."""
    begun, end = postman.begun, monotonic() + 30
    while postman.begun == begun:
        assert monotonic() < end
        await asyncio.sleep(0.005)


_AT_WORK = (
    "exists (select from pg_stat_activity"
    " where datname = current_database() and application_name = 'mutabaa worker')"
)


async def test_what_a_request_causes_goes_out_and_a_signal_ends_it_well(
    world: World, database_url: str, postman: Postman, tmp_path: Path
) -> None:
    """The command itself, as an operator starts it."""
    office = await Office.make(world)
    await listening(office.reviewer)
    none = {name: said for name, said in os.environ.items() if not name.startswith("MUTABAA_")}
    with subprocess.Popen(  # noqa: ASYNC220  # started at once; what it does is waited for elsewhere
        [sys.executable, "-m", "app.cli", "worker"],
        env={**none, **environment(database_url, tmp_path, postman)},
        stderr=subprocess.DEVNULL,
    ) as process:
        try:
            await until(
                "exists (select from jobs.pgqueuer_schedules where entrypoint = 'sweep')", world.owner, 60
            )
            end = monotonic() + 20
            await office.submitted()
            while not postman.to(office.reviewer.email):
                assert monotonic() < end
                await asyncio.sleep(0.02)
            assert len(await told(office.reviewer)) == 1
        finally:
            process.send_signal(signal.SIGTERM)
            code = await asyncio.to_thread(process.wait, 30)
    assert code == 0
    assert await world.owner.fetchval("select count(*) from deliveries where state = 'sending'") == 0


async def test_killed_at_any_moment_it_loses_nothing_and_repeats_no_delivery(
    world: World, database_url: str, postman: Postman, tmp_path: Path
) -> None:
    told_of, sent, deaths = await killed(world, database_url, postman, tmp_path, kills=KILLS, seed=SEED)
    assert len(told_of) == 2 * KILLS
    assert deaths > 0, "some died while they sent"
    assert told_of - sent == set()


async def test_a_worker_takes_no_other_role(working: Database) -> None:
    """It cannot do what it has no work for, nor look behind the wall without a person's context."""
    for statement in (
        "select password_hash from users",
        "update users set is_active = true",
        "insert into memberships (id) values (gen_random_uuid())",
        "delete from events",
        "update results set value = 1",
    ):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with working.writing() as lane:
                await lane._driver.execute(statement)  # type: ignore[attr-defined]
    async with working.reading() as lane:
        assert await lane._connection.fetchval("select count(*) from notifications") == 0
