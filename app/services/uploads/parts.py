"""The bytes of one request, kept as a part of the file; and the file, read from its parts."""

from collections.abc import AsyncIterable, AsyncIterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from uuid import UUID

from obstore.exceptions import BaseError as StoreError

from app import errors, ids
from app.files import FileStore, part_key
from app.services.uploads.queries import Upload
from app.services.uploads.rules import Checksum


@dataclass(frozen=True, slots=True)
class Part:
    """What one request brought: the name under which it is kept, and its size in bytes."""

    id: UUID
    size: int


async def keep(
    files: FileStore, upload: Upload, chunks: AsyncIterable[bytes], checksum: Checksum | None
) -> Part:
    """Keep the bytes that follow what was received; where the line breaks, those that came.

    Raises TooLarge for more bytes than the file has left, and ChecksumMismatch, also where the line broke
    before all bytes of the checksum had come; then nothing is kept.
    """
    part_id = ids.new()
    seen = None if checksum is None else checksum.begin()
    left = upload.length - upload.received

    async def arriving() -> AsyncIterator[bytes]:
        size = 0
        with suppress(ConnectionResetError):
            async for chunk in chunks:
                size += len(chunk)
                if size > left:
                    raise errors.TooLarge()
                if seen is not None:
                    seen.update(chunk)
                yield chunk

    key = part_key(upload.id, part_id)
    size = await files.put_part(key, arriving())
    if checksum is not None and seen is not None and not checksum.holds(seen):
        await files.delete(key)
        raise errors.ChecksumMismatch()
    return Part(part_id, size)


async def joined(files: FileStore, upload_id: UUID, parts: Sequence[UUID]) -> AsyncIterator[bytes]:
    """The bytes of the parts, in this order, never more than a chunk in memory.

    Raises WrongOffset when one is gone: another request completed the upload, or ended it, just now.
    """
    for part_id in parts:
        try:
            chunks = await files.get(part_key(upload_id, part_id))
        except FileNotFoundError:
            raise errors.WrongOffset() from None
        async for chunk in chunks:
            yield chunk


async def drop(files: FileStore, upload_id: UUID, parts: Sequence[UUID]) -> None:
    """Remove parts that nobody needs any more. What a fault of the store leaves behind, `mutabaa sweep` finds."""
    for part_id in parts:
        with suppress(StoreError, OSError):
            await files.delete(part_key(upload_id, part_id))
