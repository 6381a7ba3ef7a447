"""Asks clamd whether a file holds malware, over the one command that takes bytes (INSTREAM, clamd(8)).

A client of our own, because aioclamd takes neither a UNIX socket nor an asynchronous source of bytes: a
file would have to be held in memory, or copied to a second place.
"""

import asyncio
import re
import struct
from collections.abc import AsyncIterable
from urllib.parse import unquote, urlsplit

_CONNECTING_SECONDS = 10
_SECONDS = 120
"""How long a scan may take: a small file takes milliseconds, an archive of 50 MB some seconds."""
_LONGEST_REPLY = 4096
_REPLY = re.compile(r"stream: (?:OK|(?P<signature>.{1,200}) FOUND)")


class NoVerdict(Exception):
    """Nothing is known of this file: clamd refused it, broke off, took too long, or said what is no verdict."""


class Away(NoVerdict):
    """Clamd cannot be reached: another file would fare no better."""


class Scanner:
    """clamd at an address: tcp://host:port or unix:///path/of/the/socket."""

    def __init__(self, url: str, max_bytes: int) -> None:
        self._host, self._port, self._path = address(url)
        self._max_bytes = max_bytes

    async def scan(self, chunks: AsyncIterable[bytes], size: int) -> str | None:
        """The name of the malware that was found, or None for a clean file of `size` bytes.

        Raises Away, and NoVerdict; also for a file larger than clamd takes, which is not sent: clamd would break
        the connection in the middle of it.
        """
        if size > self._max_bytes:
            raise NoVerdict(f"{size} bytes are more than clamd takes ({self._max_bytes})")
        try:
            async with asyncio.timeout(_CONNECTING_SECONDS):
                reader, writer = await self._connect()
        except OSError as fault:
            raise Away(f"clamd cannot be reached: {_said_by(fault)}") from None
        try:
            async with asyncio.timeout(_SECONDS):
                reply = await _ask(reader, writer, chunks)
        except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError) as fault:
            # This file may be the cause: the next one is asked for all the same.
            raise NoVerdict(f"clamd does not answer: {_said_by(fault)}") from None
        finally:
            writer.close()
        said = _REPLY.fullmatch(reply)
        if said is None:
            raise NoVerdict(f"clamd answered: {reply[:200]!r}")
        return said["signature"]

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if self._path:
            return await asyncio.open_unix_connection(self._path, limit=_LONGEST_REPLY)
        return await asyncio.open_connection(self._host, self._port, limit=_LONGEST_REPLY)


async def _ask(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, chunks: AsyncIterable[bytes]
) -> str:
    writer.write(b"zINSTREAM\0")
    async for chunk in chunks:
        if chunk:  # a chunk of no bytes ends the stream
            writer.write(struct.pack("!L", len(chunk)) + chunk)
            await writer.drain()
    writer.write(struct.pack("!L", 0))
    await writer.drain()
    return (await reader.readuntil(b"\0"))[:-1].decode(errors="replace").strip()


def _said_by(fault: Exception) -> str:
    return str(fault) or type(fault).__name__


def address(url: str) -> tuple[str | None, int | None, str | None]:
    """Host and port, or the path of a socket. Raises ValueError for what is neither."""
    parts = urlsplit(url)
    if parts.scheme == "tcp" and parts.hostname and parts.port and parts.path in ("", "/"):
        return parts.hostname, parts.port, None
    if parts.scheme == "unix" and not parts.netloc and parts.path.startswith("/"):
        return None, None, unquote(parts.path)
    raise ValueError("must be tcp://host:port or unix:///path")
