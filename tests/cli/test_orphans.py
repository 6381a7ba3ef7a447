"""`mutabaa sweep` on the file store: what belongs to nothing goes, and nothing else, whoever comes at the same time."""

import asyncio
import os
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import asyncpg
import pytest
from fastapi import FastAPI
from typer.testing import CliRunner

from app import cli, config, errors, orphans, sweeping
from app.files import FileStore, StoredFile, part_key
from app.services.evidence import keeping
from tests.buckets import bucket
from tests.factories.world import World
from tests.uploads.sender import TABLE, TUS, Sender

FOUND = ("files without evidence", "parts of uploads", "unfinished files")
NONE = dict.fromkeys(FOUND, 0)
LONG_AGO = datetime.now(UTC) - timedelta(days=30)


async def put(files: FileStore, content: str) -> StoredFile:
    """Keep a file."""

    async def chunks() -> AsyncIterator[bytes]:
        yield content.encode()

    return await files.put(chunks())


async def put_part(files: FileStore, upload_id: UUID, part_id: UUID) -> str:
    """Keep a part."""

    async def chunks() -> AsyncIterator[bytes]:
        yield b"x"

    key = part_key(upload_id, part_id)
    await files.put_part(key, chunks())
    return key


@pytest.fixture(scope="module")
async def sender(world: World) -> Sender:
    """Somebody who uploads."""
    return await Sender.make(world)


@pytest.fixture
def folder(settings: config.Settings) -> Path:
    """Where the application keeps its files."""
    return Path(urlsplit(settings.files_url).path)


@pytest.fixture(params=["folder", "bucket"])
def files(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[FileStore]:
    """A store of each kind."""
    if request.param == "folder":
        yield FileStore.open(tmp_path.as_uri())
        return
    with bucket() as url:
        yield FileStore.open(url)


async def refer(
    owner: "asyncpg.Connection[asyncpg.Record]", sender: Sender, evidence: str, sha256: str
) -> None:
    """Let a piece of evidence have this file."""
    await owner.execute(
        "update evidence set state = 'submitted', sha256 = $2, size = 1, media_type = 'text/plain',"
        " uploaded_by_id = $3, uploaded_at = now() where id = $1::uuid",
        evidence.rpartition("/")[2],
        sha256,
        sender.office.enterer.id,
    )


def age(folder: Path, *keys: str) -> None:
    """Let files be of long ago."""
    for key in keys:
        os.utime(folder / key, (LONG_AGO.timestamp(),) * 2)


async def test_what_belongs_to_nothing_goes_when_it_is_old(
    world: World, sender: Sender, files: FileStore
) -> None:
    wanted, orphan = await put(files, "كشف"), await put(files, "لا أحد يشير إليه")
    await refer(world.owner, sender, await sender.evidence(), wanted.sha256)
    upload = UUID((await sender.begun()).rpartition("/")[2])
    part = uuid4()
    await world.owner.execute("update uploads set received = 1, parts = $2 where id = $1", upload, [part])
    kept = await put_part(files, upload, part)
    lost = await put_part(files, upload, uuid4())
    of_nobody = await put_part(files, uuid4(), uuid4())

    now = datetime.now(UTC)
    assert await orphans.collect(world.owner, files, now) == NONE
    later = now + orphans.OLD + timedelta(minutes=1)
    assert await orphans.collect(world.owner, files, later) == dict(zip(FOUND, (1, 2, 0), strict=True))
    assert await orphans.collect(world.owner, files, later) == NONE
    assert await files.exists(wanted.key)
    assert await files.exists(kept)
    for gone in (orphan.key, lost, of_nobody):
        assert not await files.exists(gone)


async def test_what_a_killed_writer_had_begun_goes(world: World, tmp_path: Path) -> None:
    files = FileStore.open(tmp_path.as_uri())
    old = ("incoming/0123#1", "parts/89ab#2", "of-somebody#3.txt", "notes/of-somebody-else")
    for name in (*old, "incoming/4567"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("half")
    age(tmp_path, *old)
    assert await orphans.collect(world.owner, files, datetime.now(UTC)) == {**NONE, "unfinished files": 2}
    # What is young is left, and what is not ours.
    left = ("incoming/4567", "of-somebody#3.txt", "notes/of-somebody-else")
    assert all((tmp_path / name).exists() for name in left)


async def test_an_upload_that_nobody_went_on_with_goes_with_its_parts(
    app: FastAPI, world: World, database_url: str, sender: Sender, folder: Path
) -> None:
    lost, lately, under_way = [await sender.begun() for _ in range(3)]
    for upload in (lost, lately, under_way):
        assert (await sender.send(upload, TABLE[:100])).status_code == 204
    for upload, hours in ((lost, 25), (lately, 23)):
        await world.owner.execute(
            "update uploads set expires_at = now() - make_interval(hours => $2) where id = $1::uuid",
            upload.rpartition("/")[2],
            hours,
        )
    parts = [key.name for key in (folder / "parts").iterdir()]
    age(folder, *[f"parts/{name}" for name in parts])
    done = await sweeping.sweep(database_url, app.state.files)
    assert (done["uploads"], done["parts of uploads"]) == (1, 1)
    api = sender.office.enterer.api
    told = [(await api.send("HEAD", path, headers=TUS)).status_code for path in (lost, lately, under_way)]
    assert told == [404, 410, 200]
    assert (await sender.send(under_way, TABLE[100:], 100)).status_code == 204


async def test_a_file_that_is_being_attached_is_left(
    app: FastAPI, world: World, database_url: str, sender: Sender, folder: Path
) -> None:
    """The same bytes come again while the old orphan is collected: whoever attaches them came first."""
    files: FileStore = app.state.files
    stored = await put(files, "بيانات قديمة تُرفع من جديد")
    age(folder, stored.key)
    evidence = await sender.evidence()
    async with app.state.database.writing() as lane:
        await keeping.hold(lane, files, stored)
        sweep = asyncio.create_task(sweeping.sweep(database_url, files))
        while not await world.owner.fetchval(
            "select exists (select from pg_locks where locktype = 'advisory' and not granted)"
        ):
            assert not sweep.done()
            await asyncio.sleep(0.01)
        await refer(world.owner, sender, evidence, stored.sha256)
    assert (await sweep)["files without evidence"] == 0
    assert await files.exists(stored.key)


async def test_whoever_comes_after_the_collector_is_told_to_send_again(
    app: FastAPI, world: World, folder: Path
) -> None:
    files: FileStore = app.state.files
    stored = await put(files, "ملف يتيم")
    age(folder, stored.key)
    assert (await orphans.collect(world.owner, files, datetime.now(UTC)))["files without evidence"] == 1
    with pytest.raises(errors.Unavailable) as refused:
        async with app.state.database.writing() as lane:
            await keeping.hold(lane, files, stored)
    assert refused.value.headers == {"Retry-After": "1"}
    again = await put(files, "ملف يتيم")
    async with app.state.database.writing() as lane:
        await keeping.hold(lane, files, again)


async def test_bytes_that_came_again_are_young_for_the_collector(
    app: FastAPI, world: World, folder: Path
) -> None:
    files: FileStore = app.state.files
    stored = await put(files, "يُرفع مرتين")
    age(folder, stored.key)
    await put(files, "يُرفع مرتين")
    assert (await orphans.collect(world.owner, files, datetime.now(UTC)))["files without evidence"] == 0
    assert await files.exists(stored.key)


def test_a_store_that_cannot_be_used_is_one_line(database_url: str, tmp_path: Path) -> None:
    taken = tmp_path / "taken"
    taken.touch()
    none = {name: None for name in os.environ if name.startswith("MUTABAA_")}
    for files_url, said in ((f"{taken.as_uri()}/files", "no file store at"), (None, "MUTABAA_FILES_URL")):
        settings = {**none, "MUTABAA_DATABASE_URL": database_url, "MUTABAA_FILES_URL": files_url}
        done = CliRunner().invoke(cli.cli, ["sweep"], env=settings)
        assert (done.exit_code, len(done.stderr.splitlines())) == (2, 1)
        assert said in done.stderr
