"""`mutabaa worker`: the process beside the web process that does what the clock and the outbox ask for.

What is left to do stands in tables with the time when it is due: the outbox, mails, open waits. Jobs (pgqueuer, in the
schema `jobs`) only wake the worker in the moment when there is something; cron looks at the same tables again, so
nothing hangs on one job, and an ended worker goes on where its tables say.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import timedelta
from functools import partial

import asyncpg
import structlog
from pgqueuer import PgQueuer
from pgqueuer.adapters.drivers.asyncpg import AsyncpgDriver
from pgqueuer.adapters.persistence.qb import (
    QueryBuilderEnvironment,
    QueryQueueBuilder,
    QuerySchedulerBuilder,
)
from pgqueuer.adapters.persistence.queries import Queries
from pgqueuer.domain.settings import DBSettings
from pgqueuer.models import Job, Schedule

from app import clock, sweeping, ticking
from app.config import WorkerSettings
from app.db import WORKER_ROLE, Database
from app.enums.notifications import Work
from app.files import FileStore
from app.services.evidence import scanning
from app.services.notifications import mailing, reminding, seeing, telling, trouble
from app.services.obligations import awaiting

log = structlog.get_logger("worker")

SCHEDULE: Mapping[Work, str] = {
    Work.TELL: "* * * * *",
    Work.MAIL: "* * * * *",
    Work.REMIND: "5 3-14 * * *",
    Work.SCAN: "*/5 * * * *",
    Work.AWAIT: "*/5 * * * *",
    Work.TICK: "10 20 * * *",
    Work.SWEEP: "40 21 * * *",
}
"""When each is done at the latest, in UTC: four hours before the time in Oman. Reminders come in time for the mail of
the day; obligations are made once the day has changed, and whom they wait for follows what people do within minutes."""

POLL = timedelta(seconds=2)
"""How long a job waits at most for a worker that nobody woke."""

LOST_AFTER = timedelta(seconds=5)
"""How long a worker may be silent before its jobs are another's."""

_JOBS_AT_A_TIME = 20
_AGAIN_AFTER = 2.0
"""Seconds until a database that went away is asked again."""

_CONNECTIONS = 2 * mailing.AT_ONCE + 4
"""Each mail takes two while it is sent; the rest is for what else is done meanwhile."""


@dataclass(frozen=True)
class Worker:
    """What the work needs."""

    settings: WorkerSettings
    database: Database
    files: FileStore

    @property
    def mailing(self) -> bool:
        """Whether mail can go out."""
        return self.settings.post() is not None

    async def tell(self) -> None:
        """Tell people of what the outbox holds."""
        await telling.tell_all(self.database, mailing=self.mailing)

    async def mail(self) -> None:
        """Send what is due, where mail can go out."""
        post = self.settings.post()
        if post is not None:
            await mailing.mail_all(self.database, post, self.settings.sender())

    async def remind(self) -> None:
        """Remind of what is due, and send what is due at once."""
        log.info("reminded", reminders=await reminding.remind(self.database, mailing=self.mailing))

    async def tick(self) -> None:
        """What `mutabaa tick` does."""
        done = await ticking.tick(str(self.settings.database_url), working=True)
        log.info("ticked", **asdict(done))

    async def await_entry(self) -> None:
        """Let the figures that are due wait for who enters them."""
        begun = partial(seeing.everywhere, self.database)
        log.info("awaited", figures=await awaiting.follow(begun, clock.now()))

    async def scan(self) -> None:
        """What `mutabaa scan` does, where there is a clamd."""
        scanner = self.settings.scanner()
        if scanner is not None:
            log.info("scanned", **await scanning.scan_all(self.database, self.files, scanner))

    async def sweep(self) -> None:
        """What `mutabaa sweep` does."""
        gone = await sweeping.sweep(str(self.settings.database_url), self.files, working=True)
        log.info("swept", rows=sum(gone.values()))

    def work(self) -> Mapping[Work, Callable[[], Awaitable[None]]]:
        """Every kind of work by its name, each of which runs once at a time in this process."""
        return {
            work: _one_at_a_time(self._counted(work, do))
            for work, do in {
                Work.TELL: self.tell,
                Work.MAIL: self.mail,
                Work.REMIND: self.remind,
                Work.TICK: self.tick,
                Work.AWAIT: self.await_entry,
                Work.SCAN: self.scan,
                Work.SWEEP: self.sweep,
            }.items()
        }

    def _counted(self, work: Work, do: Callable[[], Awaitable[None]]) -> Callable[[], Awaitable[None]]:
        """The same; a failure is on record, and ends nothing else."""
        failed = True  # what an earlier worker left is looked up once

        async def counted() -> None:
            nonlocal failed
            try:
                await do()
                if failed:
                    await trouble.chore_done(self.database, work)
                    failed = False
            except trouble.AWAY:
                log.error("database_away", work=work.value)
            except Exception as fault:
                failed = True
                await trouble.of_chore(self.database, work, fault, clock.now())

        return counted


def _one_at_a_time(do: Callable[[], Awaitable[None]]) -> Callable[[], Awaitable[None]]:
    """Who asks while it runs waits for one more run, which all who wait share: it begins after they asked."""
    lock = asyncio.Lock()
    waiting: asyncio.Task[None] | None = None

    async def next_run() -> None:
        nonlocal waiting
        async with lock:
            waiting = None
            await do()

    async def asked() -> None:
        nonlocal waiting
        if waiting is None:
            waiting = asyncio.create_task(next_run())
        await asyncio.shield(waiting)

    return asked


async def run(settings: WorkerSettings, stop: asyncio.Event) -> None:
    """Work until `stop` is set; what has begun is finished. Raises DatabaseUnfit and FileStoreUnfit at the start; a
    database that goes away later is waited for."""
    database = Database(
        str(settings.database_url), read_pool_size=2, write_pool_size=_CONNECTIONS, role=WORKER_ROLE
    )
    files = FileStore.open(settings.files_url)
    await files.check()
    await database.open()
    work = Worker(settings, database, files).work()
    try:
        while not stop.is_set():
            try:
                await _serve(settings, work, stop)
            except trouble.AWAY as fault:
                log.error("database_away", fault=type(fault).__name__)
                await _wait(stop)
    finally:
        await database.close()


async def _wait(stop: asyncio.Event) -> None:
    try:
        await asyncio.wait_for(stop.wait(), _AGAIN_AFTER)
    except TimeoutError:
        return


async def _serve(
    settings: WorkerSettings, work: Mapping[Work, Callable[[], Awaitable[None]]], stop: asyncio.Event
) -> None:
    connection = await asyncpg.connect(
        str(settings.database_url),
        server_settings={"application_name": "mutabaa worker", "role": WORKER_ROLE},
    )
    try:
        queue = _queue(connection)
        for name, do in work.items():
            _register(queue, name, do)
        log.info("working")
        # What an ended worker left is done before anything wakes us.
        first = [asyncio.create_task(_run(work[name])) for name in (Work.TELL, Work.MAIL)]
        ending = asyncio.create_task(_end(stop, queue.shutdown))
        try:
            await queue.run(
                dequeue_timeout=POLL,
                heartbeat_timeout=LOST_AFTER,
                max_concurrent_tasks=_JOBS_AT_A_TIME,
                shutdown_on_listener_failure=True,
            )
        finally:
            ending.cancel()
            await asyncio.gather(*first, ending, return_exceptions=True)
    finally:
        await connection.close(timeout=5)


async def _run(do: Callable[[], Awaitable[None]]) -> None:
    await do()


async def _end(stop: asyncio.Event, shutdown: asyncio.Event) -> None:
    await stop.wait()
    shutdown.set()


def _queue(connection: "asyncpg.Connection[asyncpg.Record]") -> PgQueuer:
    names = DBSettings(db_schema="jobs")
    driver = AsyncpgDriver(connection)
    queries = Queries(
        driver, QueryBuilderEnvironment(names), QueryQueueBuilder(names), QuerySchedulerBuilder(names)
    )
    return PgQueuer(driver, names.channel, queries=queries)


def _register(queue: PgQueuer, name: Work, do: Callable[[], Awaitable[None]]) -> None:
    async def job(_: Job) -> None:
        await do()

    async def due(_: Schedule) -> None:
        await do()

    queue.entrypoint(name.value)(job)
    queue.schedule(name.value, SCHEDULE[name])(due)
