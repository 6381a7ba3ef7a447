"""Where files lie: a local folder or a bucket, behind one small interface (obstore).

A file is kept under the hash of its bytes, so the same bytes are kept once and a key never comes to
mean other bytes. A file appears whole or not at all: it is written under a temporary key, and gets
its own when its hash is known. What a method says is kept has reached the disk: obstore leaves that to
the operating system, so in a folder `app/durable.py` sees to it.

Three areas: `incoming/` (what is being written), `parts/` (of uploads that are not complete), `sha256/`.
"""

import asyncio
import hashlib
import re
from collections.abc import AsyncIterable, AsyncIterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import unquote, urlsplit
from uuid import UUID, uuid4

import obstore
from obstore.exceptions import BaseError
from obstore.store import LocalStore, ObjectStore, S3Store

from app import durable

_KEY = re.compile(r"sha256/([0-9a-f]{2})/([0-9a-f]{2})/\1\2[0-9a-f]{60}")
_PART = re.compile(r"parts/[0-9a-f]{32}\.[0-9a-f]{32}")
_TEMPORARY = "incoming"
_UNFINISHED = re.compile(rf"{_TEMPORARY}/[^/]+|(?:parts|sha256)/.+#[0-9]+")
_AS_ATTACHMENT = {"Content-Type": "application/octet-stream", "Content-Disposition": "attachment"}
"""What a bucket says of a file to who has a link to it: a browser saves it, whatever it holds."""
_PARTS_AT_ONCE = 2
"""Parts of an upload in flight: with obstore's parts of 5 MiB, what one upload may hold in memory."""
_CHUNK = 256 * 1024
"""Bytes of a file that are handed on at once when it is read."""
_LISTED = 1000
"""Keys that are listed at once."""
_CHECK_SECONDS = 30
"""How long a store may take to show that it can be used: a bucket that is not there may never answer."""


class FileStoreUnfit(Exception):
    """The store cannot be used as it is; the message is one line for the operator."""


class NoLinks(Exception):
    """A folder gives no links: what lies in it is read through the service alone."""


class OutsideFile(Exception):
    """The range asked for lies outside the file. `size`: the file's size in bytes."""

    def __init__(self, size: int) -> None:
        super().__init__(f"the file has {size} bytes")
        self.size = size


@dataclass(frozen=True, slots=True)
class StoredFile:
    """What was kept: its key, its size in bytes, the SHA-256 of its bytes in hexadecimal."""

    key: str
    size: int
    sha256: str


def key_of(sha256: str) -> str:
    """The key of the file whose bytes have this SHA-256 (64 lower-case hexadecimal digits)."""
    return _checked(f"sha256/{sha256[:2]}/{sha256[2:4]}/{sha256}")


def part_key(upload_id: UUID, part_id: UUID) -> str:
    """The key of a part of an upload that is not complete yet."""
    return f"parts/{upload_id.hex}.{part_id.hex}"


def part_of(key: str) -> tuple[UUID, UUID] | None:
    """The upload and the part that a key names, or None for the key of something else."""
    if not _PART.fullmatch(key):
        return None
    upload_id, part_id = key.removeprefix("parts/").split(".")
    return UUID(upload_id), UUID(part_id)


def hash_of(key: str) -> str | None:
    """The SHA-256 that a key names, or None for the key of something else."""
    return key[-64:] if _KEY.fullmatch(key) else None


def is_temporary(key: str) -> bool:
    """Whether a key is of what was being written: obstore's own names for that end in a number."""
    return _UNFINISHED.fullmatch(key) is not None


class FileStore:
    """A store of files. `open` makes one; every method but `older_than` is for one file, named by its key."""

    def __init__(self, store: ObjectStore, folder: Path | None = None) -> None:
        self._store = store
        self._folder = folder

    @classmethod
    def open(cls, url: str) -> "FileStore":
        """The store at file:///absolute/folder (made when it is missing) or s3://bucket/prefix.

        Credentials, region and endpoint of S3 come from the environment, under the names that AWS's own
        tools read (AWS_ACCESS_KEY_ID, AWS_REGION, AWS_ENDPOINT_URL ...). Raises FileStoreUnfit.
        """
        try:
            folder = _folder_in(url)
            return cls(_store_at(url) if folder is None else LocalStore(folder, mkdir=True), folder)
        except (BaseError, OSError, ValueError) as error:
            raise FileStoreUnfit(f"no file store at {url}: {_first_line(error)}") from None

    async def check(self) -> None:
        """Write, read and remove a few bytes, so that a store that cannot be used is known at start.

        Raises FileStoreUnfit.
        """
        probe = f"{_TEMPORARY}/{uuid4().hex}"
        try:
            async with asyncio.timeout(_CHECK_SECONDS):
                await obstore.put_async(self._store, probe, b"mutabaa")
                found = await obstore.get_async(self._store, probe)
                intact = bytes(await found.bytes_async()) == b"mutabaa"
                await obstore.delete_async(self._store, probe)
        except TimeoutError:
            raise FileStoreUnfit(f"the file store does not answer in {_CHECK_SECONDS} s") from None
        except (BaseError, OSError) as error:
            raise FileStoreUnfit(f"the file store cannot be used: {_first_line(error)}") from None
        if not intact:
            raise FileStoreUnfit("the file store does not give back what was written")

    async def put(self, chunks: AsyncIterable[bytes]) -> StoredFile:
        """Keep the bytes that come, hashing them on the way; returns when they are safe on the disk.

        Bytes that are kept already are replaced by the same, so that the file counts as new: nobody who
        collects old files takes it for one. Raises whatever `chunks` raises; then nothing is kept.
        """
        temporary = f"{_TEMPORARY}/{uuid4().hex}"
        passing = _Hashed(chunks)
        try:
            await self._write(temporary, passing)
            kept = StoredFile(key_of(passing.sha256), passing.size, passing.sha256)
            if self._folder is None:
                await obstore.rename_async(self._store, temporary, kept.key)
            else:
                await asyncio.to_thread(durable.move, self._folder, temporary, kept.key)
            return kept
        finally:
            await self._remove(temporary)

    async def put_part(self, key: str, chunks: AsyncIterable[bytes]) -> int:
        """Keep the bytes that come as a part of an upload; returns their number when they are safe on the disk.

        Raises ValueError for what is no key of a part, and whatever `chunks` raises; then nothing is kept.
        """
        if part_of(key) is None:
            raise ValueError(f"not the key of a part: {key!r}")
        passing = _Hashed(chunks)
        await self._write(key, passing)
        if self._folder is not None:
            await asyncio.to_thread(durable.settle, self._folder, key)
        return passing.size

    async def _write(self, path: str, chunks: "_Hashed") -> None:
        attributes = None if self._folder else _AS_ATTACHMENT  # a folder keeps none, and refuses them
        await obstore.put_async(
            self._store, path, chunks, attributes=attributes, max_concurrency=_PARTS_AT_ONCE
        )

    async def get(self, key: str, start: int = 0, end: int | None = None) -> AsyncIterator[bytes]:
        """The bytes from `start` up to, not including, `end` (both in bytes; None: to the end), in chunks.

        Raises FileNotFoundError, ValueError for what is no key, and OutsideFile when `start` is no
        position in the file or `end` does not come after it; an `end` behind the file means its end.
        """
        if start == 0 and end is None:
            found = await obstore.get_async(self._store, _checked(key))
        else:
            size = await self.size(key)
            last = size if end is None else min(end, size)
            if not 0 <= start < last:
                raise OutsideFile(size)
            found = await obstore.get_async(self._store, key, options={"range": (start, last)})
        return (bytes(chunk) async for chunk in found.stream(min_chunk_size=_CHUNK))

    async def size(self, key: str) -> int:
        """The size of a file in bytes. Raises FileNotFoundError, and ValueError for what is no key."""
        return (await obstore.head_async(self._store, _checked(key)))["size"]

    async def exists(self, key: str) -> bool:
        """Whether the file is there. Raises ValueError for what is no key."""
        try:
            await self.size(key)
        except FileNotFoundError:
            return False
        return True

    async def delete(self, key: str) -> None:
        """Remove the file, if it is there. Raises ValueError for what is no key."""
        await self._remove(_checked(key))

    async def link(self, key: str, lasts: timedelta) -> str:
        """An address under which whoever has it can read the file for a while, as an attachment.

        Raises NoLinks for a folder, and ValueError for what is no key.
        """
        _checked(key)
        if not isinstance(self._store, S3Store):
            raise NoLinks()
        return await obstore.sign_async(self._store, "GET", key, lasts)

    async def older_than(self, moment: datetime) -> AsyncIterator[Sequence[str]]:
        """The keys of all that was last written before the moment, of all three areas, some at a time."""
        if self._folder is not None:
            found = durable.older_than(self._folder, moment)
            while keys := await asyncio.to_thread(durable.some, found, _LISTED):
                yield keys
            return
        async for listed in obstore.list(self._store, chunk_size=_LISTED):
            yield [meta["path"] for meta in listed if meta["last_modified"] < moment]

    async def remove_older_than(self, key: str, moment: datetime) -> bool:
        """Remove what the key names unless it was written since the moment; whether it was removed."""
        if self._folder is not None:
            return await asyncio.to_thread(durable.remove_older_than, self._folder, key, moment)
        try:
            found = await obstore.head_async(self._store, key)
        except FileNotFoundError:
            return False
        if found["last_modified"] >= moment:
            return False
        await self._remove(key)
        return True

    async def _remove(self, path: str) -> None:
        # A folder says that there was nothing to remove, a bucket does not.
        with suppress(FileNotFoundError):
            await obstore.delete_async(self._store, path)


class _Hashed:
    """Chunks that are counted and hashed while they pass."""

    def __init__(self, chunks: AsyncIterable[bytes]) -> None:
        self._chunks = chunks
        self._digest = hashlib.sha256()
        self.size = 0

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for chunk in self._chunks:
            self._digest.update(chunk)
            self.size += len(chunk)
            yield chunk

    @property
    def sha256(self) -> str:
        """The hash of what has passed, in hexadecimal."""
        return self._digest.hexdigest()


def _folder_in(url: str) -> Path | None:
    """The folder that an address names, or None where it names none."""
    parts = urlsplit(url)
    if parts.query or parts.fragment:
        raise ValueError("the address has a query or a fragment")
    if parts.scheme != "file":
        return None
    folder = Path(unquote(parts.path))
    if parts.netloc or not folder.is_absolute() or folder == Path("/"):
        raise ValueError("a folder is written file:///absolute/folder")
    return folder


def _store_at(url: str) -> ObjectStore:
    parts = urlsplit(url)
    if parts.scheme != "s3":
        raise ValueError("the address must begin with file:/// or s3://")
    if not parts.netloc or parts.username or parts.port:
        raise ValueError("a bucket is written s3://bucket/prefix")
    return S3Store(parts.netloc, prefix=parts.path.strip("/") or None)


def _checked(key: str) -> str:
    if not (_KEY.fullmatch(key) or _PART.fullmatch(key)):
        raise ValueError(f"not the key of a file: {key!r}")
    return key


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]
