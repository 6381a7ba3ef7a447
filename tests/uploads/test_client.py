"""The real tus-js-client against a real server: broken off and resumed, with checksums, and what is refused."""

import asyncio
import hashlib
import json
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from tests import node
from tests.contract.service import running
from tests.factories.world import World
from tests.uploads.sender import NAME, Sender

HERE = Path(__file__).parent
LIMIT = 6_000_000
TABLE = ("المحافظة,المشاريع المنجزة\n" + "مسقط,12\nظفار,7\n" * 200_000).encode()[:5_000_000].rstrip(
    b"\xd8\xd9"
) + b"\n"


@pytest.fixture(scope="module")
def address(database_url: str, token_keys: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The service as a process of its own."""
    node.install(HERE)
    folder = tmp_path_factory.mktemp("served")
    with running(database_url, token_keys, folder, MUTABAA_MAX_FILE_BYTES=str(LIMIT)) as (url, _):
        yield url


@pytest.fixture(scope="module")
async def sender(world: World) -> Sender:
    """Somebody who uploads."""
    return await Sender.make(world)


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Five megabytes of a table."""
    path = tmp_path_factory.mktemp("phone") / "table.csv"
    path.write_bytes(TABLE)
    return path


async def upload(address: str, sender: Sender, evidence: str, file: Path, **more: Any) -> dict[str, Any]:
    """What the client says of one upload."""
    said = {
        "endpoint": f"{address}{evidence}/uploads",
        "token": sender.office.enterer.api.token,
        "file": str(file),
        "name": NAME,
        **more,
    }
    client = await asyncio.create_subprocess_exec(
        node.program(),
        str(HERE / "client.mjs"),
        json.dumps(said),
        cwd=HERE,
        env=node.environment(),
        stdout=PIPE,
    )
    async with asyncio.timeout(60):
        out, _ = await client.communicate()
    outcome: dict[str, Any] = json.loads(out)
    return outcome


@asynccontextmanager
async def breaking_line(address: str, after: int) -> AsyncIterator[str]:
    """The address of a line to the server that breaks, once, when so many bytes have gone up."""
    host, port = address.removeprefix("http://").split(":")
    left = after

    async def relay(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, up: bool) -> None:
        nonlocal left
        with suppress(ConnectionError):
            while data := await reader.read(65_536):
                if up and left > 0:
                    data = data[:left]
                    left -= len(data)
                    if left <= 0:
                        writer.write(data)
                        await writer.drain()
                        return
                writer.write(data)
                await writer.drain()

    async def connect(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        beyond, to = await asyncio.open_connection(host, int(port))
        ways = [
            asyncio.ensure_future(relay(reader, to, up=True)),
            asyncio.ensure_future(relay(beyond, writer, up=False)),
        ]
        await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        for way in ways:
            way.cancel()
        for end in (to, writer):
            end.close()

    async with await asyncio.start_server(connect, "127.0.0.1", 0) as server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"


async def shown(sender: Sender, evidence: str) -> tuple[str, str | None, str | None]:
    """State, hash and name of a piece of evidence."""
    found = (await sender.office.enterer.api.get(evidence)).json()
    file = found["file"] or {}
    return found["state"], file.get("sha256"), file.get("name")


ATTACHED = ("submitted", hashlib.sha256(TABLE).hexdigest(), NAME)


async def test_broken_off_and_resumed_by_another_process(address: str, sender: Sender, file: Path) -> None:
    evidence = await sender.evidence()
    async with breaking_line(address, after=1_500_000) as line:
        broken = await upload(line, sender, evidence, file)
    assert (broken["status"], broken["requests"]) == (None, ["POST 201"])
    assert broken["url"].startswith(f"{line}/v1/uploads/")
    path = broken["url"].removeprefix(line)
    for _ in range(300):  # until the server has seen that nothing more comes
        received = await sender.received(path)
        if received:
            break
        await asyncio.sleep(0.05)
    assert 1_000_000 < received < 1_500_000
    assert await sender.state(evidence) == "awaiting_file"

    resumed = await upload(address, sender, evidence, file, uploadUrl=f"{address}{path}")
    assert "error" not in resumed, resumed
    assert resumed["requests"] == ["HEAD 200", "PATCH 204"]
    assert await shown(sender, evidence) == ATTACHED


async def test_broken_off_with_a_checksum_nothing_of_it_counts(
    address: str, sender: Sender, file: Path
) -> None:
    evidence = await sender.evidence()
    async with breaking_line(address, after=1_500_000) as line:
        done = await upload(line, sender, evidence, file, checksum="sha1", retryDelays=[0, 50])
    assert "error" not in done, done
    assert done["requests"] == ["POST 201", "HEAD 200", "PATCH 204"]
    assert await shown(sender, evidence) == ATTACHED


@pytest.mark.parametrize("algorithm", ["sha1", "sha256"])
async def test_in_chunks_with_checksums(address: str, sender: Sender, file: Path, algorithm: str) -> None:
    evidence = await sender.evidence()
    done = await upload(address, sender, evidence, file, chunkSize=2_000_000, checksum=algorithm)
    assert "error" not in done, done
    assert done["requests"] == ["POST 201", "PATCH 204", "PATCH 204", "PATCH 204"]
    assert await shown(sender, evidence) == ATTACHED

    evidence = await sender.evidence()
    wrong = await upload(address, sender, evidence, file, checksum=algorithm, wrongChecksum=True)
    assert wrong["status"] == 460
    assert json.loads(wrong["body"])["code"] == "checksum_mismatch"
    assert await sender.state(evidence) == "awaiting_file"


async def test_a_wrong_offset_is_found_out_and_mended(address: str, sender: Sender, file: Path) -> None:
    evidence = await sender.evidence()
    done = await upload(address, sender, evidence, file, wrongOffsets=1, retryDelays=[0])
    assert "error" not in done, done
    assert done["requests"] == ["POST 201", "PATCH 409", "HEAD 200", "PATCH 204"]
    assert await shown(sender, evidence) == ATTACHED


async def test_where_only_post_gets_through(address: str, sender: Sender, file: Path) -> None:
    evidence = await sender.evidence()
    done = await upload(address, sender, evidence, file, overridePatchMethod=True)
    assert "error" not in done, done
    assert await shown(sender, evidence) == ATTACHED


async def test_what_is_too_large_is_refused_at_once(address: str, sender: Sender, tmp_path: Path) -> None:
    large = tmp_path / "large.csv"
    large.write_bytes(b"a,b\n" * (LIMIT // 4 + 1))
    refused = await upload(address, sender, await sender.evidence(), large)
    assert (refused["status"], refused["requests"]) == (413, ["POST 413"])
    assert json.loads(refused["body"])["title"] == "حجم المحتوى أكبر من المسموح"


async def test_what_is_no_evidence_is_refused_at_the_end(
    address: str, sender: Sender, tmp_path: Path
) -> None:
    page = tmp_path / "page.pdf"
    page.write_text("<html><script>alert('مرحبا')</script></html>", encoding="utf-8")
    evidence = await sender.evidence()
    refused = await upload(address, sender, evidence, page)
    assert refused["status"] == 415
    assert json.loads(refused["body"])["code"] == "file_refused"
    assert await sender.state(evidence) == "awaiting_file"
