"""Whether a PDF would do something when it is opened (ISO 32000-2, 7.11.4 and 12.6.4)."""

import re
import zlib
from collections.abc import AsyncIterator, Iterator

from app.services.evidence import refusals

MEDIA_TYPE = "application/pdf"
SIGNATURE = b"%PDF-"
SIGNATURE_WITHIN = 1024
"""Readers look for the signature in so many bytes at the start."""

_WINDOW = 4 * 1024 * 1024
"""Bytes looked at once; half of them again with the next."""
_LARGEST_OBJECTS = 2 * 1024 * 1024
"""How much of a compressed object stream is unpacked: names stand in its dictionaries, not behind megabytes."""


def _name(name: str) -> bytes:
    """A PDF name as a pattern; any of its letters may be written as #xx (ISO 32000-2, 7.3.5)."""
    letters = (f"(?:{letter}|#(?i:{ord(letter):02x}))" for letter in name)
    return ("/" + "".join(letters) + r"(?![A-Za-z0-9])").encode()


_RUNS = re.compile(b"|".join(_name(name) for name in ("JavaScript", "Launch", "RichMedia")))
_HOLDS = re.compile(b"|".join(_name(name) for name in ("EmbeddedFile", "EmbeddedFiles")))
_OBJECTS = re.compile(_name("ObjStm") + rb"[^>]{0,500}>>\s{0,20}stream\r?\n")


async def check(chunks: AsyncIterator[bytes]) -> None:
    """Raises FileRefused for a PDF with scripts, actions that start a program, or files inside it.

    Looked at are the names that stand open and those in compressed object streams. What is encrypted is not
    unpacked; a malware scanner sees further.
    """
    window = b""
    async for chunk in chunks:
        window += chunk
        if len(window) >= _WINDOW:
            _look(window)
            window = window[-_WINDOW // 2 :]
    _look(window)


def _look(window: bytes) -> None:
    for part in (window, *_unpacked(window)):
        if _RUNS.search(part):
            raise refusals.runs_code()
        if _HOLDS.search(part):
            raise refusals.holds_files()


def _unpacked(window: bytes) -> Iterator[bytes]:
    for found in _OBJECTS.finditer(window):
        try:
            yield zlib.decompressobj().decompress(window[found.end() :], _LARGEST_OBJECTS)
        except zlib.error:
            continue  # another filter, or damaged: a reader has nothing of it either
