"""Whether a PDF would do something when it is opened (ISO 32000-2, 7.11.4 and 12.6.4)."""

import asyncio
import re
import zlib
from collections.abc import AsyncIterator, Iterator

from app.services.evidence import refusals

MEDIA_TYPE = "application/pdf"
SIGNATURE = b"%PDF-"
SIGNATURE_WITHIN = 1024
"""Readers look for the signature in so many bytes at the start."""

_STRIDE = 256 * 1024
"""Bytes looked at in one go: a search lets nothing else run, so it is short."""
_PACKED = 256 * 1024
"""Bytes of a packed object stream that are unpacked: a stream holds some hundred dictionaries."""
_DICTIONARY = 600
"""Bytes in which the dictionary of a stream ends, and the stream begins."""
_OVERLAP = 64
"""Bytes kept from one piece to the next, so that no name is cut in two."""
_PIECE = 64 * 1024
"""Bytes unpacked at once."""
_MOST_STREAMS = 10_000
_MOST_UNPACKED = 64 * 1024 * 1024
"""Object streams of a file, and bytes that they come to: more than any document has, and still seconds of work."""


def _name(name: str) -> bytes:
    """A PDF name as a pattern; any of its letters may be written as #xx (ISO 32000-2, 7.3.5)."""
    letters = (f"(?:{letter}|#(?i:{ord(letter):02x}))" for letter in name)
    return ("/" + "".join(letters) + r"(?![A-Za-z0-9])").encode()


_RUNS = re.compile(b"|".join(_name(name) for name in ("JavaScript", "Launch", "RichMedia")))
_HOLDS = re.compile(b"|".join(_name(name) for name in ("EmbeddedFile", "EmbeddedFiles")))
_OBJECTS = re.compile(_name("ObjStm"))
_BEGINS = re.compile(rb".{0,500}?>>\s{0,20}stream\r?\n", re.DOTALL)
"""From a name in the dictionary of a stream, in which others may be nested, to the first byte of the stream."""


async def check(chunks: AsyncIterator[bytes]) -> None:
    """Raises FileRefused for a PDF with scripts, actions that start a program, or files inside it, and for one that
    would unpack to a monster.

    Looked at are the names that stand open and those in compressed object streams. What is encrypted is not
    unpacked; a malware scanner sees further. The work is bounded, and leaves others their turn.
    """
    look = Look()
    window = b""
    async for chunk in chunks:
        window += chunk
        while len(window) >= _STRIDE + _DICTIONARY + _PACKED:
            await asyncio.to_thread(look.through, window, _STRIDE)
            window = window[_STRIDE:]
    await asyncio.to_thread(look.through, window, len(window))


class Look:
    """A look through one file: the object streams that it has met, and the bytes that it has unpacked of them."""

    def __init__(self) -> None:
        self.streams = 0
        self.unpacked = 0

    def through(self, window: bytes, stride: int) -> None:
        """Look at what begins in the first `stride` bytes of the window; the rest is looked at with the next."""
        _check_names(window[: stride + _OVERLAP], stride)
        for found in _OBJECTS.finditer(window, 0, stride + _OVERLAP):
            if found.start() < stride:
                self._check_stream(window, found.end())

    def _check_stream(self, window: bytes, position: int) -> None:
        self.streams += 1
        if self.streams > _MOST_STREAMS:
            raise refusals.unpacks_too_large()
        begins = _BEGINS.match(window, position)
        if begins is not None:
            last = b""
            for piece in self._pieces(memoryview(window)[begins.end() : begins.end() + _PACKED]):
                _check_names(last + piece, len(last) + len(piece))
                last = piece[-_OVERLAP:]

    def _pieces(self, packed: memoryview) -> Iterator[bytes]:
        unpacking = zlib.decompressobj()
        left: bytes | memoryview = packed
        while left and not unpacking.eof:
            try:
                piece = unpacking.decompress(left, _PIECE)
            except zlib.error:
                return  # another filter, or damaged: a reader has nothing of it either
            self.unpacked += len(piece)
            if self.unpacked > _MOST_UNPACKED:
                raise refusals.unpacks_too_large()
            yield piece
            left = unpacking.unconsumed_tail


def _check_names(said: bytes, stride: int) -> None:
    """Whether a name that begins in the first `stride` bytes says that something runs, or that files are inside."""
    for pattern, refused in ((_RUNS, refusals.runs_code), (_HOLDS, refusals.holds_files)):
        found = pattern.search(said)
        if found is not None and found.start() < stride:
            raise refused()
