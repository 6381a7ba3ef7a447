"""What the commands of the operator do as the owner of the tables, the worker does in its own role; and when."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from croniter import croniter

from app import clock, config, sweeping, ticking, worker
from app.db import Database
from app.enums.notifications import Work
from app.files import FileStore
from app.scanner import Scanner
from app.services.evidence import scanning
from app.services.notifications import rules, trouble
from app.worker import Worker
from tests.evidence import bringing
from tests.factories.calendar import NOW, at, know_holidays
from tests.factories.world import World
from tests.results.office import Office


async def test_the_worker_ticks(world: World, database_url: str) -> None:
    await know_holidays(world)
    office = await Office.make(world)
    await world.schedule(office.indicator, office.entity)
    with at(NOW):
        done = await ticking.tick(database_url, working=True)
        assert done.made > 0
        assert await ticking.tick(database_url, working=True) == ticking.Done()


async def test_the_worker_sweeps(world: World, database_url: str, tmp_path: Path) -> None:
    person = await world.user()
    await world.owner.execute(
        "update sessions set created_at = now() - interval '90 days', expires_at = now() - interval '60 days'"
        " where user_id = $1",
        person.id,
    )
    await world.owner.execute(
        "insert into jobs.pgqueuer_log (created, job_id, status, priority, entrypoint)"
        " values (now() - interval '8 days', 1, 'successful', 0, 'tell')"
    )
    gone = await sweeping.sweep(database_url, FileStore.open(tmp_path.as_uri()), working=True)
    assert (gone["sessions"], gone["jobs.pgqueuer_log"]) == (1, 1)


class Clean(Scanner):
    """Finds nothing in anything."""

    async def scan(self, chunks: AsyncIterator[bytes], size: int) -> str | None:
        """Read it all."""
        assert sum([len(chunk) async for chunk in chunks]) == size
        return None


async def test_the_worker_scans(world: World, working: Database, settings: config.Settings) -> None:
    office = await Office.make(world)
    proof = await bringing.announced(office.enterer, await office.draft())
    assert (await bringing.put(office.enterer, proof)).json()["state"] == "submitted"
    # As it stands where there is a clamd that was away.
    await world.owner.execute("update evidence set state = 'scanning' where id = $1", proof.id)
    files = FileStore.open(settings.files_url)
    found = await scanning.scan_all(working, files, Clean("tcp://127.0.0.1:1", 1_000_000))
    assert found["passed"] == 1
    assert (await office.enterer.api.get(proof.path)).json()["state"] == "submitted"


def test_each_work_has_its_time() -> None:
    assert set(worker.SCHEDULE) == set(Work)
    for expression in worker.SCHEDULE.values():
        assert croniter.is_valid(expression)
    first = croniter(worker.SCHEDULE[Work.REMIND], datetime(2027, 2, 7, tzinfo=UTC)).get_next(datetime)
    assert first < datetime.combine(date(2027, 2, 7), rules.DIGEST_AT), (
        "reminders come in the mail of their day"
    )


@pytest.mark.parametrize(
    ("now", "holidays", "digest"),
    [
        ("2027-02-07T07:29", (), "2027-02-07"),
        ("2027-02-07T07:30", (), "2027-02-08"),
        ("2027-02-04T12:00", (), "2027-02-07"),
        ("2027-02-05T06:00", (), "2027-02-07"),
        ("2027-02-06T23:59", ("2027-02-07", "2027-02-08"), "2027-02-09"),
    ],
)
def test_the_next_mail_of_a_day(now: str, holidays: tuple[str, ...], digest: str) -> None:
    moment = datetime.fromisoformat(now).replace(tzinfo=clock.MUSCAT)
    found = rules.next_digest(moment, {date.fromisoformat(day) for day in holidays})
    assert found == datetime.fromisoformat(f"{digest}T07:30").replace(tzinfo=clock.MUSCAT)


def test_pauses_grow_and_end() -> None:
    pauses = [rules.pause(failures) for failures in range(1, rules.FAILURES)]
    assert pauses == sorted(set(pauses))
    assert pauses[0] >= timedelta(minutes=1)
    assert not rules.gives_up(rules.FAILURES - 1, rules.ATTEMPTS - 1)
    assert rules.gives_up(rules.FAILURES, 0)
    assert rules.gives_up(0, rules.ATTEMPTS)


async def test_work_that_fails_is_on_record_until_it_succeeds(
    world: World, working: Database, settings: config.Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = config.WorkerSettings(database_url=settings.database_url, files_url=settings.files_url)
    hand = Worker(said, working, FileStore.open(settings.files_url))
    runs: list[int] = []

    async def fails(*_: object, **__: object) -> None:
        runs.append(1)
        raise ValueError("35.4")

    with monkeypatch.context() as patch:
        patch.setattr(ticking, "tick", fails)
        work = hand.work()[Work.TICK]
        await work()
        await work()
        [row] = await world.owner.fetch("select name, attempts, error from chores")
        assert tuple(row) == ("tick", 2, "ValueError")
        # Who asks while it runs shares one more run.
        before = len(runs)
        await asyncio.gather(*(work() for _ in range(10)))
        assert len(runs) - before <= 2
    await hand.work()[Work.TICK]()
    assert await world.owner.fetch("select * from chores") == []


async def test_a_database_that_is_away_counts_for_nobody(
    world: World, working: Database, settings: config.Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = config.WorkerSettings(database_url=settings.database_url, files_url=settings.files_url)

    async def away(*_: object, **__: object) -> None:
        raise ConnectionRefusedError

    monkeypatch.setattr(ticking, "tick", away)
    await Worker(said, working, FileStore.open(settings.files_url)).work()[Work.TICK]()
    assert await world.owner.fetch("select * from chores") == []
    assert trouble.said(ConnectionRefusedError(111, "to 10.0.0.1")) == "ConnectionRefusedError 111"
