"""What a server process does with uploads: refused before a byte is read, bounded in memory, open to browser pages."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import httpx
import psutil
import pytest
from fastapi import FastAPI

from app import config
from tests.core.refusals import check
from tests.factories.world import World
from tests.uploads.sender import TABLE, TUS, Sender

LIMIT = 48_000_000
PAGE = "https://portal.example.om"


@pytest.fixture(scope="module")
def settings(settings: config.Settings) -> config.Settings:
    """Ordinary bodies are small, files are not; a page of another origin may ask."""
    said = {"max_body_bytes": 10_000, "max_file_bytes": LIMIT, "cors_origins": PAGE}
    return settings.model_copy(update=said)


@pytest.fixture(scope="module")
async def sender(world: World) -> Sender:
    """Somebody who uploads."""
    return await Sender.make(world)


class Body:
    """A body that tells how much of it was read, and looks around on the way."""

    def __init__(self, chunk: bytes, times: int = 1, look: Callable[[], Any] | None = None) -> None:
        self.chunk, self.times, self.look = chunk, times, look
        self.read = 0
        self.seen: list[Any] = []

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for _ in range(self.times):
            self.read += len(self.chunk)
            yield self.chunk
            if self.look is not None:
                self.seen.append(self.look())


async def test_what_cannot_be_received_is_refused_before_it_is_read(sender: Sender, world: World) -> None:
    upload = await sender.begun()
    stranger = sender.office.reviewer
    anonymous = stranger.api.as_("x.y.z")

    async def refused(status: int, code: str, sent: Callable[[Body], Awaitable[httpx.Response]]) -> None:
        body = Body(TABLE)
        answer = await sent(body)
        check(answer, status, code, "en")
        assert body.read == 0

    part = {**TUS, "Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"}
    await refused(
        401, "unauthenticated", lambda body: anonymous.send("PATCH", upload, content=body, headers=part)
    )
    await refused(404, "not_found", lambda body: sender.send(upload, body, by=stranger))
    await refused(412, "tus_version", lambda body: sender.send(upload, body, Tus_Resumable="0.9"))
    await refused(409, "wrong_offset", lambda body: sender.send(upload, body, 5))
    await refused(422, "invalid", lambda body: sender.send(upload, body, "five"))
    await refused(400, "malformed", lambda body: sender.send(upload, body, Upload_Checksum="crc32 YQ=="))
    await refused(
        415, "unsupported_media_type", lambda body: sender.send(upload, body, Content_Type="text/csv")
    )
    await refused(
        413, "too_large", lambda body: sender.send(upload, body, Content_Length=str(len(TABLE) + 1))
    )
    await refused(413, "too_large", lambda body: sender.send(upload, body, Content_Length=str(LIMIT + 1)))
    assert await sender.received(upload) == 0


async def test_forty_megabytes_in_bounded_memory_and_without_a_connection(
    app: FastAPI, sender: Sender
) -> None:
    process = psutil.Process()
    begun = process.memory_info().rss

    def look() -> tuple[int, int]:
        return process.memory_info().rss - begun, app.state.database._engine.pool.checkedout()

    line = "مسقط,12\n".encode()
    chunk = line * (200_000 // len(line))
    evidence = await sender.evidence()
    upload = await sender.begun(evidence, 2 * 100 * len(chunk))
    for turn in range(2):
        body = Body(chunk, 100, look)
        answer = await sender.send(upload, body, turn * 100 * len(chunk))
        assert answer.status_code == 204, answer.text
        assert max(grown for grown, _ in body.seen) < 40_000_000
        assert {held for _, held in body.seen} == {0}
    assert await sender.state(evidence) == "submitted"


async def test_a_browser_page_of_another_origin_may_upload(sender: Sender, client: httpx.AsyncClient) -> None:
    upload = await sender.begun()
    asked = {
        "Origin": PAGE,
        "Access-Control-Request-Method": "PATCH",
        "Access-Control-Request-Headers": "authorization,tus-resumable,upload-offset,upload-checksum",
    }
    preflight = await client.request("OPTIONS", upload, headers=asked)
    assert preflight.status_code == 200
    assert {"PATCH", "HEAD", "DELETE", "PUT"} <= set(
        preflight.headers["Access-Control-Allow-Methods"].split(", ")
    )
    begun = await sender.begin(Origin=PAGE)
    exposed = set(begun.headers["Access-Control-Expose-Headers"].split(", "))
    assert {"Location", "Tus-Resumable", "Upload-Offset", "Upload-Length", "Upload-Expires"} <= exposed
    # What is asked without a preflight's headers is the protocol's own question.
    told = await client.request("OPTIONS", upload, headers={"Origin": PAGE})
    assert (told.status_code, told.headers["Tus-Version"]) == (204, "1.0.0")
    assert told.headers["Access-Control-Allow-Origin"] == PAGE
