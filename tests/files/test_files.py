"""The file store, each test on a real local folder and on a bucket over real HTTP."""

import asyncio
import hashlib
import os
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import httpx
import pytest

from app import config
from app.files import (
    FileStore,
    FileStoreUnfit,
    NoLinks,
    OutsideFile,
    StoredFile,
    hash_of,
    key_of,
    part_key,
    part_of,
)
from app.main import create_app
from tests.buckets import bucket

TEXT = "كشف إنجاز المبادرة للربع الثالث\n".encode() * 1000
HASH = hashlib.sha256(TEXT).hexdigest()
KEY = f"sha256/{HASH[:2]}/{HASH[2:4]}/{HASH}"


async def chunks(content: bytes, size: int = 1000) -> AsyncIterator[bytes]:
    """The content as an upload brings it."""
    for start in range(0, len(content), size):
        yield content[start : start + size]


async def read(store: FileStore, key: str, start: int = 0, end: int | None = None) -> bytes:
    """All that `get` hands on."""
    return b"".join([chunk async for chunk in await store.get(key, start, end)])


FAR = datetime(9999, 1, 1, tzinfo=UTC)


async def kept_in(store: FileStore) -> list[str]:
    """The key of everything that lies in the store, whatever it is."""
    return sorted([key async for keys in store.older_than(FAR) for key in keys])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder that does not exist yet, with a space and Arabic letters in its name."""
    return tmp_path / "ملفات المكتب"


@pytest.fixture(scope="module")
def s3() -> Iterator[str]:
    """A bucket for this module; its tests use different prefixes of it."""
    with bucket() as url:
        yield url


@pytest.fixture(params=["folder", "bucket"])
def store(request: pytest.FixtureRequest, folder: Path) -> FileStore:
    """A store in that folder, and one in a bucket."""
    if request.param == "folder":
        return FileStore.open(folder.as_uri())
    return FileStore.open(f"{request.getfixturevalue('s3')}/{uuid4().hex}")


@pytest.fixture
def local(folder: Path) -> FileStore:
    """A store in that folder, for what is the folder's alone."""
    return FileStore.open(folder.as_uri())


async def test_a_file_is_kept_under_its_hash_and_read_back(store: FileStore) -> None:
    assert not await store.exists(KEY)
    assert await store.put(chunks(TEXT)) == StoredFile(KEY, len(TEXT), HASH)
    assert await kept_in(store) == [KEY]
    assert await store.exists(KEY)
    assert await store.size(KEY) == len(TEXT)
    assert await read(store, KEY) == TEXT


async def test_a_large_file_comes_in_bounded_chunks(store: FileStore) -> None:
    large = bytes(range(256)) * 60_000  # 15 MB: more than two parts
    kept = await store.put(chunks(large, 64 * 1024))
    sizes = [len(chunk) async for chunk in await store.get(kept.key)]
    assert sum(sizes) == kept.size == len(large)
    assert max(sizes) < 2 * 1024 * 1024
    assert await read(store, kept.key) == large


async def test_an_empty_file_is_a_file(store: FileStore) -> None:
    kept = await store.put(chunks(b""))
    assert kept.size == 0
    assert await read(store, kept.key) == b""


async def test_the_same_bytes_are_kept_once(store: FileStore) -> None:
    first = await store.put(chunks(TEXT))
    assert await store.put(chunks(TEXT, 7)) == first
    assert await kept_in(store) == [KEY]
    assert await read(store, KEY) == TEXT


async def test_bytes_that_come_again_count_as_new(local: FileStore, folder: Path) -> None:
    await local.put(chunks(TEXT))
    long_ago = datetime.now(UTC) - timedelta(days=400)
    os.utime(folder / KEY, (long_ago.timestamp(),) * 2)
    yesterday = datetime.now(UTC) - timedelta(days=1)
    assert [list(keys) async for keys in local.older_than(yesterday)] == [[KEY]]
    await local.put(chunks(TEXT))
    assert [list(keys) async for keys in local.older_than(yesterday)] == []
    assert not await local.remove_older_than(KEY, yesterday)
    assert await read(local, KEY) == TEXT


async def test_half_a_file_under_a_key_is_mended_by_the_whole(local: FileStore, folder: Path) -> None:
    (folder / KEY).parent.mkdir(parents=True)
    (folder / KEY).write_bytes(TEXT[:100])
    await local.put(chunks(TEXT))
    assert await read(local, KEY) == TEXT


async def test_twenty_writers_of_the_same_bytes_leave_one_file(store: FileStore) -> None:
    kept = await asyncio.gather(*(store.put(chunks(TEXT)) for _ in range(20)))
    assert set(kept) == {StoredFile(KEY, len(TEXT), HASH)}
    assert await kept_in(store) == [KEY]
    assert await read(store, KEY) == TEXT


async def test_an_upload_that_breaks_leaves_nothing(store: FileStore) -> None:
    async def breaking() -> AsyncIterator[bytes]:
        yield b"x" * 6_000_000  # a whole part is written by then
        yield TEXT
        raise ConnectionResetError("the line broke")

    with pytest.raises(ConnectionResetError, match="the line broke"):
        await store.put(breaking())
    assert await kept_in(store) == []


async def test_an_upload_that_is_cancelled_leaves_nothing(store: FileStore) -> None:
    begun = asyncio.Event()

    async def hanging() -> AsyncIterator[bytes]:
        yield b"x" * 6_000_000
        begun.set()
        await asyncio.sleep(60)

    upload = asyncio.create_task(store.put(hanging()))
    await begun.wait()
    upload.cancel()
    with pytest.raises(asyncio.CancelledError):
        await upload
    for _ in range(100):
        if not await kept_in(store):
            break
        await asyncio.sleep(0.02)
    assert await kept_in(store) == []


@pytest.mark.parametrize(
    ("start", "end"), [(0, 10), (5, None), (len(TEXT) - 1, None), (100, 10**12), (3, 4), (0, len(TEXT))]
)
async def test_a_range_is_that_part_of_the_file(store: FileStore, start: int, end: int | None) -> None:
    await store.put(chunks(TEXT))
    assert await read(store, KEY, start, end) == TEXT[start:end]


@pytest.mark.parametrize(("start", "end"), [(len(TEXT), None), (10**12, None), (5, 5), (9, 5), (-1, 5)])
async def test_a_range_outside_the_file_is_refused_with_its_size(
    store: FileStore, start: int, end: int | None
) -> None:
    await store.put(chunks(TEXT))
    with pytest.raises(OutsideFile) as refused:
        await store.get(KEY, start, end)
    assert refused.value.size == len(TEXT)


async def test_a_removed_file_is_gone_and_may_be_removed_again(store: FileStore) -> None:
    await store.put(chunks(TEXT))
    await store.delete(KEY)
    await store.delete(KEY)
    assert not await store.exists(KEY)
    assert await kept_in(store) == []
    with pytest.raises(FileNotFoundError):
        await store.get(KEY)
    with pytest.raises(FileNotFoundError):
        await store.get(KEY, 1, 2)


@pytest.mark.parametrize(
    "key",
    [
        "",
        HASH,
        f"sha256/{HASH}",
        f"sha256/00/{HASH[2:4]}/{'f' * 64}",  # the folders are not those of the hash
        KEY.upper(),
        KEY + "\n",
        KEY + "/x",
        f"/{KEY}",
        f"../{KEY}",
        f"incoming/{HASH}",
        "sha256/../../etc/passwd",
    ],
)
async def test_what_is_no_key_is_refused_everywhere(store: FileStore, key: str) -> None:
    for asked in (store.get(key), store.get(key, 1), store.exists(key), store.size(key), store.delete(key)):
        with pytest.raises(ValueError, match="not the key of a file"):
            await asked


async def test_a_part_is_kept_under_the_name_of_its_upload(store: FileStore) -> None:
    upload_id, part_id = uuid4(), uuid4()
    key = part_key(upload_id, part_id)
    assert part_of(key) == (upload_id, part_id)
    assert part_of(KEY) is None
    assert hash_of(KEY) == HASH
    assert hash_of(key) is None
    assert await store.put_part(key, chunks(TEXT)) == len(TEXT)
    assert await read(store, key) == TEXT
    assert await kept_in(store) == [key]
    with pytest.raises(ValueError, match="not the key of a part"):
        await store.put_part(KEY, chunks(TEXT))
    await store.delete(key)
    assert await kept_in(store) == []


async def test_only_what_is_old_is_listed_and_removed(store: FileStore) -> None:
    await store.put(chunks(TEXT))
    await store.put_part(part_key(UUID(int=1), UUID(int=2)), chunks(TEXT))
    before = datetime.now(UTC) - timedelta(hours=1)
    assert [key async for keys in store.older_than(before) for key in keys] == []
    assert not await store.remove_older_than(KEY, before)
    assert await store.exists(KEY)
    later = datetime.now(UTC) + timedelta(hours=1)
    assert await store.remove_older_than(KEY, later)
    assert not await store.remove_older_than(KEY, later)
    assert not await store.exists(KEY)


async def test_a_bucket_gives_a_link_for_a_while_and_a_folder_none(s3: str, local: FileStore) -> None:
    store = FileStore.open(f"{s3}/links")
    await store.put(chunks(TEXT))
    link = await store.link(KEY, timedelta(minutes=5))
    assert "X-Amz-Expires=300" in link
    async with httpx.AsyncClient() as anybody:
        whole = await anybody.get(link)
        part = await anybody.get(link, headers={"Range": "bytes=10-19"})
    assert (whole.status_code, whole.content) == (200, TEXT)
    assert (part.status_code, part.content) == (206, TEXT[10:20])
    assert whole.headers["Content-Disposition"] == "attachment"
    assert whole.headers["Content-Type"] == "application/octet-stream"
    with pytest.raises(NoLinks):
        await local.link(KEY, timedelta(minutes=5))
    with pytest.raises(ValueError, match="not the key of a file"):
        await store.link("../secret", timedelta(minutes=5))


@pytest.mark.parametrize("said", ["", "ab", HASH[:-1], HASH.upper(), HASH + "0", f"../{HASH[3:]}"])
def test_a_key_is_made_only_of_a_whole_hash(said: str) -> None:
    with pytest.raises(ValueError, match="not the key of a file"):
        key_of(said)


async def test_a_store_is_checked_by_using_it(store: FileStore) -> None:
    await store.check()
    assert await kept_in(store) == []


async def test_a_folder_that_cannot_be_written_is_found_at_start(local: FileStore, folder: Path) -> None:
    # A file where the folder of uploads should be: refused for root too, whom no permission stops.
    (folder / "incoming").write_text("")
    with pytest.raises(FileStoreUnfit, match="cannot be used") as refused:
        await local.check()
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("url", ["s3://vision-2040", "s3://vision-2040/", "s3://vision-2040/mutabaa/files"])
def test_a_bucket_is_opened_without_asking_it(url: str) -> None:
    FileStore.open(url)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "files",
        "/srv/files",
        "file://",
        "file:///",
        "file://srv/files",
        "file:///srv/files?x=1",
        "file:///dev/null/files",
        "s3://",
        "s3:///prefix",
        "s3://user:password@bucket/prefix",
        "s3://bucket:9000/prefix",
        "s3://bucket/prefix#x",
        "https://bucket.example/prefix",
        "memory:///",
    ],
)
def test_an_address_that_is_none_is_refused_in_one_line(url: str) -> None:
    with pytest.raises(FileStoreUnfit) as refused:
        FileStore.open(url)
    assert "no file store at" in str(refused.value)
    assert "\n" not in str(refused.value)


async def test_the_service_starts_with_its_store_and_not_without(
    settings: config.Settings, tmp_path: Path
) -> None:
    application = create_app(settings)
    async with application.router.lifespan_context(application):
        assert await application.state.files.put(chunks(TEXT)) == StoredFile(KEY, len(TEXT), HASH)

    taken = tmp_path / "taken"
    taken.touch()
    unfit = create_app(settings.model_copy(update={"files_url": f"{taken.as_uri()}/files"}))
    with pytest.raises(FileStoreUnfit, match=r"^no file store at file:///"):
        async with unfit.router.lifespan_context(unfit):
            pass
