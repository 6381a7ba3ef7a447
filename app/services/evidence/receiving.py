"""A file comes in: its bytes are kept while they are counted and hashed, then looked at for what they are."""

from collections.abc import AsyncIterable, AsyncIterator
from dataclasses import dataclass

from app import errors
from app.errors import FieldError, Invalid, Text
from app.files import FileStore, StoredFile
from app.services.evidence import sniffing


@dataclass(frozen=True, slots=True)
class Received:
    """A file that is kept, and its media type as its bytes tell it."""

    stored: StoredFile
    media_type: str


class EmptyFile(Invalid):
    code = "empty_file"
    title = Text("The file is empty", "الملف فارغ")


async def receive(files: FileStore, chunks: AsyncIterable[bytes], limit: int) -> Received:
    """Keep the bytes that come, at most `limit` of them, and say what kind of file they are.

    Raises TooLarge as soon as there are more, and then nothing is kept; EmptyFile (422); FileRefused (415)
    for what is not among `sniffing.ALLOWED`, pretends to be what it is not, or holds something that runs.
    Those are known only once the file has been read, so its bytes are kept by then: nothing refers to them,
    and whatever collects orphans removes them. Also raises whatever `chunks` raises: nothing is kept then.
    """
    stored = await files.put(_at_most(chunks, limit))
    if stored.size == 0:
        raise EmptyFile(errors=(FieldError(EmptyFile.code, EmptyFile.title),))
    return Received(stored, await sniffing.media_type(files, stored))


async def _at_most(chunks: AsyncIterable[bytes], limit: int) -> AsyncIterator[bytes]:
    size = 0
    async for chunk in chunks:
        size += len(chunk)
        if size > limit:
            raise too_large(limit)
        yield chunk


def too_large(limit: int) -> errors.TooLarge:
    """The refusal of a file of more than `limit` bytes."""
    return errors.TooLarge(
        Text(f"A file has at most {limit} bytes.", f"الحد الأقصى لحجم الملف {limit} بايت.")
    )
