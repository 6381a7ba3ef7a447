"""What kind of file bytes are, told from the bytes alone: neither a name nor a header is believed.

libmagic names the kind; what it does not look for is looked for here and in `archives`: a second kind of
file hidden in the first, markup in what should be text or a picture, and what would run when it is opened.
A file is read from the store in pieces, so memory stays bounded whatever its size.
"""

import asyncio
import codecs
import re
from collections.abc import AsyncIterator, Callable
from functools import lru_cache
from struct import unpack

import magic

from app.files import FileStore, StoredFile
from app.services.evidence import archives, pdf, refusals

IMAGES = frozenset({"image/png", "image/jpeg", "image/webp", "image/tiff", "image/gif"})
ALLOWED = frozenset({pdf.MEDIA_TYPE, "text/plain", "text/csv", *IMAGES, *archives.KINDS})
"""What is taken as evidence. Never HTML, SVG, XML, scripts, programs, macro files, archives, or the Office
formats before 2007, which cannot be told from macro files."""

_HEAD = 64 * 1024
"""Bytes at the start of a file that libmagic is shown."""
_TAIL = 64 * 1024
"""Bytes at the end in which an appended archive ends: its comment is at most 65,535 bytes long."""
_OVERLAP = 64
"""Bytes kept from one piece to the next, so that no word is cut in two."""
_TEXT = frozenset({"text/plain", "text/csv", "application/csv"})
_BOMS = ((codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))

_MARKUP = re.compile(
    rb"<(?:!doctype\s+html|html|head|body|script|svg|iframe|object|embed|meta\s|\?php|\?xml-stylesheet)[\s>/]",
    re.IGNORECASE,
)
"""What makes a reader that guesses take the bytes for a page."""
_CONTROL = re.compile(rb"[\x00-\x08\x0b\x0e-\x1f\x7f]")
"""Control characters that no text holds; tab, line feed, form feed and carriage return it may."""
_END_OF_ARCHIVE = b"PK\x05\x06"


async def media_type(files: FileStore, stored: StoredFile) -> str:
    """The media type of a file that is kept, one of ALLOWED. Raises FileRefused."""
    head = await _piece(files, stored, 0, _HEAD)
    has_pdf = pdf.SIGNATURE in head[: pdf.SIGNATURE_WITHIN]
    if head.startswith(archives.SIGNATURE):
        if has_pdf:
            raise refusals.two_types()
        return await archives.media_type(files, stored)
    found = await asyncio.to_thread(_named, head)
    is_text = found in _TEXT or head.startswith(tuple(bom for bom, _ in _BOMS))
    if not is_text and found not in IMAGES | {pdf.MEDIA_TYPE}:
        raise refusals.type_not_allowed(found)
    if found != pdf.MEDIA_TYPE and has_pdf:
        raise refusals.two_types()
    if is_text:
        return await _text(files, stored, head)
    if _ends_as_archive(await _piece(files, stored, max(0, stored.size - _TAIL), stored.size)):
        raise refusals.two_types()
    async for piece in _pieces(files, stored):
        if _MARKUP.search(piece):
            raise refusals.two_types()
    if found == pdf.MEDIA_TYPE:
        await pdf.check(await files.get(stored.key))
    return found


def _named(head: bytes) -> str:
    return str(_libmagic().from_buffer(head))


@lru_cache(maxsize=1)
def _libmagic() -> magic.Magic:
    """One for the process: it reads a database of 10 MB, and locks itself."""
    return magic.Magic(mime=True)


async def _text(files: FileStore, stored: StoredFile, head: bytes) -> str:
    """Plain text or CSV, in UTF-8, UTF-16 with its mark, or an eight-bit code page such as windows-1256."""
    encoding = next((name for bom, name in _BOMS if head.startswith(bom)), None)
    readable = _eight_bit if encoding is None else _sixteen_bit(encoding)
    begins = readable(head[: len(head) & ~1]).lstrip(b"\xef\xbb\xbf \t\r\n\f")
    if begins.startswith((b"<", b"#!")):
        raise refusals.type_not_allowed("text/html" if begins.startswith(b"<") else "text/x-shellscript")
    readable = _eight_bit if encoding is None else _sixteen_bit(encoding)
    last = b""
    async for chunk in await files.get(stored.key):
        piece = last + readable(chunk)
        if _CONTROL.search(piece):
            raise refusals.type_not_allowed("application/octet-stream")
        if _MARKUP.search(piece):
            raise refusals.type_not_allowed("text/html")
        last = piece[-_OVERLAP:]
    return "text/csv" if _is_table(begins) else "text/plain"


def _eight_bit(chunk: bytes) -> bytes:
    return chunk


def _sixteen_bit(encoding: str) -> Callable[[bytes], bytes]:
    """Reads UTF-16 chunk by chunk as UTF-8. Raises FileRefused for what is not UTF-16."""
    decoder = codecs.getincrementaldecoder(encoding)()

    def read(chunk: bytes) -> bytes:
        try:
            return decoder.decode(chunk).encode().lstrip(b"\xef\xbb\xbf")
        except UnicodeDecodeError:
            raise refusals.broken() from None

    return read


def _is_table(text: bytes) -> bool:
    """Whether the first whole lines have the same number of separators, and some."""
    lines = [line for line in text.splitlines()[:20] if line.strip()]
    if len(lines) > 2:
        lines = lines[:-1]  # it may be cut off
    for separator in (b",", b";", b"\t"):
        counts = {line.count(separator) for line in lines}
        if len(lines) > 1 and len(counts) == 1 and counts != {0}:
            return True
    return False


def _ends_as_archive(tail: bytes) -> bool:
    """Whether a ZIP archive ends here: its last record, on one disk, with as many entries here as in all."""
    position = tail.rfind(_END_OF_ARCHIVE)
    while position >= 0:
        record = tail[position + 4 : position + 12]
        if len(record) == 8:
            disk, first_disk, here, entries = unpack("<4H", record)
            if (disk, first_disk) == (0, 0) and here == entries > 0:
                return True
        position = tail.rfind(_END_OF_ARCHIVE, 0, position)
    return False


async def _piece(files: FileStore, stored: StoredFile, start: int, end: int) -> bytes:
    return b"".join([chunk async for chunk in await files.get(stored.key, start, min(end, stored.size))])


async def _pieces(files: FileStore, stored: StoredFile) -> AsyncIterator[bytes]:
    """The file in pieces that overlap."""
    last = b""
    async for chunk in await files.get(stored.key):
        yield last + chunk
        last = chunk[-_OVERLAP:]
