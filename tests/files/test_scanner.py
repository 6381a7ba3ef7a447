"""The client of clamd, against a real clamd and against what may answer in its place."""

import asyncio
import io
import zipfile
from collections.abc import AsyncIterator, Iterator

import pytest

from app.scanner import Away, NoVerdict, Scanner, address
from tests.malware import EICAR, SIGNATURE, STREAM_MAX, Clamd, clamd

LETTER = "السلام عليكم ورحمة الله وبركاته، نرفق لكم ما يثبت إنجاز المبادرة.\n".encode() * 5000


@pytest.fixture(scope="module")
def daemon() -> Iterator[Clamd]:
    """A real clamd."""
    with clamd() as running:
        yield running


async def scan(url: str, content: bytes, *, max_bytes: int = STREAM_MAX) -> str | None:
    """What the scanner at `url` finds in the content."""

    async def chunks() -> AsyncIterator[bytes]:
        yield b""  # would end the stream, were it sent
        for start in range(0, len(content), 200_000):
            yield content[start : start + 200_000]

    return await Scanner(url, max_bytes).scan(chunks(), len(content))


def document(content: bytes) -> bytes:
    """A Word document's shell with something else inside."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/media/صورة.bin", content)
    return packed.getvalue()


async def test_clean_files_are_clean_and_malware_is_named(daemon: Clamd) -> None:
    for url in (daemon.tcp, daemon.unix):
        assert await scan(url, LETTER) is None
        assert await scan(url, document(LETTER)) is None
        assert await scan(url, EICAR) == f"{SIGNATURE}.UNOFFICIAL"
        assert await scan(url, document(EICAR)) == f"{SIGNATURE}.UNOFFICIAL"
        assert await scan(url, document(document(EICAR))) == f"{SIGNATURE}.UNOFFICIAL"


async def test_what_is_larger_than_clamd_takes_has_no_verdict(daemon: Clamd) -> None:
    large = b"\0" * (STREAM_MAX + 1)
    with pytest.raises(NoVerdict, match="more than clamd takes"):
        await scan(daemon.tcp, large)
    with pytest.raises(NoVerdict):  # where the setting says more than clamd's own
        await scan(daemon.tcp, large, max_bytes=10 * STREAM_MAX)


async def test_an_absent_clamd_gives_no_verdict() -> None:
    with pytest.raises(Away, match="cannot be reached"):
        await scan("tcp://127.0.0.1:1", LETTER)
    with pytest.raises(Away, match="cannot be reached"):
        await scan("unix:///nowhere/clamd.sock", LETTER)


@pytest.mark.parametrize(
    "reply",
    [b"", b"stream: OK", b"OK\0", b"stream: ERROR\0", b"INSTREAM size limit exceeded. ERROR\0", b"x" * 9000],
    ids=["nothing", "cut short", "another", "error", "limit", "endless"],
)
async def test_only_a_whole_reply_is_a_verdict(reply: bytes) -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\0\0\0\0")
        writer.write(reply)
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        with pytest.raises(NoVerdict) as found:
            await scan(f"tcp://127.0.0.1:{port}", b"x" * 100)
        assert not isinstance(found.value, Away)  # the next file is asked for all the same


def test_addresses() -> None:
    assert address("tcp://clamd.internal:3310") == ("clamd.internal", 3310, None)
    assert address("unix:///run/clamav/clamd.ctl") == (None, None, "/run/clamav/clamd.ctl")
    for said in ("", "clamd", "tcp://host", "tcp://:3310", "unix://run/x", "http://host:1", "tcp://h:1/x"):
        with pytest.raises(ValueError, match=r"tcp://host:port|could not"):
            address(said)
