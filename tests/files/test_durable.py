"""What is said to be kept survives a loss of power and a killed writer, in a folder."""

import asyncio
import hashlib
import os
import sys
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest

from app.files import FileStore, key_of, part_key

TEXT = "محضر اجتماع لجنة المتابعة\n".encode() * 1000
KEY = key_of(hashlib.sha256(TEXT).hexdigest())


def files_in(folder: Path) -> list[Path]:
    """Every file under the folder."""
    return [path for path in folder.rglob("*") if path.is_file()]


async def chunks() -> AsyncIterator[bytes]:
    """The text as an upload brings it."""
    yield TEXT


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[tuple[str, str]]:
    """What the store asks of the operating system, in order: what is synced and what is renamed to what."""
    done: list[tuple[str, str]] = []
    fsync, replace = os.fsync, os.replace

    def named(path: str | os.PathLike[str]) -> str:
        said = os.path.relpath(path, tmp_path)
        return "temporary" if said.startswith("incoming/") else said

    def syncing(descriptor: int) -> None:
        done.append(("sync", named(os.readlink(f"/proc/self/fd/{descriptor}"))))
        fsync(descriptor)

    def replacing(source: str, target: str) -> None:
        done.append((f"rename {named(source)}", named(target)))
        replace(source, target)

    monkeypatch.setattr(os, "fsync", syncing)
    monkeypatch.setattr(os, "replace", replacing)
    return done


async def test_bytes_are_on_the_disk_before_their_name_and_each_folder_is(
    tmp_path: Path, steps: list[tuple[str, str]]
) -> None:
    store = FileStore.open(tmp_path.as_uri())
    await store.put(chunks())
    _, first, second, _ = KEY.split("/")
    expected = [
        ("sync", "temporary"),
        ("sync", "."),
        ("sync", "sha256"),
        ("sync", f"sha256/{first}"),
        ("rename temporary", KEY),
        ("sync", f"sha256/{first}/{second}"),
    ]
    assert steps == expected
    steps.clear()
    await store.put(chunks())  # the folders are there: another writer may have made them just now
    assert steps == expected


async def test_a_part_is_on_the_disk_before_it_is_acknowledged(
    tmp_path: Path, steps: list[tuple[str, str]]
) -> None:
    key = part_key(UUID(int=1), UUID(int=2))
    await FileStore.open(tmp_path.as_uri()).put_part(key, chunks())
    assert steps == [("sync", key), ("sync", "parts"), ("sync", ".")]


async def test_a_disk_that_does_not_take_the_bytes_leaves_no_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(descriptor: int) -> None:
        raise OSError(5, "Input/output error")

    store = FileStore.open(tmp_path.as_uri())
    with monkeypatch.context() as broken:
        broken.setattr(os, "fsync", failing)
        with pytest.raises(OSError, match="Input/output"):
            await store.put(chunks())
    assert files_in(tmp_path) == []


WRITER = """
import asyncio, sys
from app.files import FileStore

async def endless():
    while True:
        yield b"x" * 1_000_000
        print("written", flush=True)

asyncio.run(FileStore.open(sys.argv[1]).put(endless()))
"""


async def test_a_writer_that_is_killed_leaves_no_half_file_and_its_rest_is_found(tmp_path: Path) -> None:
    command = [sys.executable, "-c", WRITER, tmp_path.as_uri()]
    writer = await asyncio.create_subprocess_exec(*command, stdout=PIPE, cwd=Path(__file__).parents[2])
    assert writer.stdout is not None
    for _ in range(12):  # two parts of 5 MiB are on their way by then
        assert await writer.stdout.readline() == b"written\n"
    writer.kill()
    await writer.communicate()
    assert not (tmp_path / "sha256").exists()
    rest = files_in(tmp_path)
    assert len(rest) == 1

    store = FileStore.open(tmp_path.as_uri())
    later = datetime.now(UTC) + timedelta(minutes=1)
    found = [key async for keys in store.older_than(later) for key in keys]
    assert found == [str(rest[0].relative_to(tmp_path))]
    assert found[0].startswith("incoming/")
    assert not await store.remove_older_than(found[0], datetime.now(UTC) - timedelta(days=1))
    assert await store.remove_older_than(found[0], later)
    assert not rest[0].exists()
