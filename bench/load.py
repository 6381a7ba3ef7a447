"""The load: wrk for reads, and a small client of ours for what is read, changed and read again.

wrk cannot carry the ETag of one answer into the next request. The client is the same for all servers, and costs
a fraction of what the leanest of them does.
"""

import asyncio
import json
import shutil
import subprocess
import tempfile
import time
from collections.abc import Awaitable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from bench.machine import HOST, Running

_T = TypeVar("_T")

_LONG = 0.1
"""Seconds for one answer."""

SCRIPT = Path(__file__).with_name("paths.lua")


class LoadFailed(Exception):
    """Something else than the wanted answer came. `status`: of the first that was wrong."""

    def __init__(self, said: str, status: int = 0) -> None:
        super().__init__(said)
        self.status = status


@dataclass(frozen=True)
class Request:
    """A request; `body` is JSON."""

    method: str
    path: str
    token: str
    body: bytes = b""
    if_match: str | None = None
    key: str | None = None

    def encoded(self) -> bytes:
        """As it is sent."""
        lines = [
            f"{self.method} {self.path} HTTP/1.1",
            f"Host: {HOST}",
            f"Authorization: Bearer {self.token}",
        ]
        if self.if_match is not None:
            lines.append(f"If-Match: {self.if_match}")
        if self.key is not None:
            lines.append(f"Idempotency-Key: {self.key}")
        if self.body:
            lines.append("Content-Type: application/json")
        lines.append(f"Content-Length: {len(self.body)}")
        return "\r\n".join(lines).encode() + b"\r\n\r\n" + self.body


@dataclass(frozen=True)
class Answer:
    """An answer."""

    status: int
    etag: str
    body: bytes


@dataclass(frozen=True)
class Took:
    """How fast requests were answered, and what one cost: processor time of the worker and of PostgreSQL together."""

    rate: float
    milliseconds: float


class _Watch:
    """Counts processor time from now on."""

    def __init__(self, server: Running) -> None:
        self._server = server
        self._began = server.processor_seconds()

    def took(self, count: int, seconds: float) -> Took:
        return Took(count / seconds, 1000 * (self._server.processor_seconds() - self._began) / count)


def require_wrk() -> None:
    """Raise LoadFailed where wrk is not installed."""
    if shutil.which("wrk") is None:
        raise LoadFailed("wrk is not installed (Debian: apt-get install wrk)")


def read(server: Running, requests: Sequence[Request], seconds: float, connections: int) -> Took:
    """What it takes the server to answer, asked by wrk for them in turn.

    What takes long is sent a few times by our own client, two at once: wrk counts only what is answered in time.
    """
    took, _ = write(server, requests[:1], 200, 1)
    if 1 / took.rate > _LONG:
        took, _ = write(server, requests[: max(4, round(seconds * took.rate))], 200, 2)
        return took
    watch = _Watch(server)
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
        file.writelines(f"{request.path}\t{request.token}\n" for request in requests)
        file.flush()
        done = subprocess.run(
            [
                "wrk",
                "--threads=1",
                f"--connections={connections}",
                f"--duration={max(1, round(seconds))}s",
                "--timeout=20s",
                f"--script={SCRIPT}",
                f"http://{HOST}:{server.port}",
                "--",
                file.name,
            ],
            capture_output=True,
            text=True,
            check=True,
        )
    said = json.loads(done.stdout.splitlines()[-1])
    if said["failed"] or not said["requests"]:
        raise LoadFailed(f"{server.kind}: {done.stdout}")
    return watch.took(said["requests"], said["microseconds"] / 1e6)


def write(
    server: Running, requests: Sequence[Request], status: int, connections: int
) -> tuple[Took, list[Answer]]:
    """Send each request once; what it took, and the answers in order. Raises LoadFailed."""
    return asyncio.run(send(server, requests, status, connections))


async def send(
    server: Running, requests: Sequence[Request], status: int, connections: int
) -> tuple[Took, list[Answer]]:
    """The same, inside a loop."""
    answers: list[Answer | None] = [None] * len(requests)
    encoded = [request.encoded() for request in requests]
    pending = iter(range(len(requests)))

    async def connection() -> None:
        reader, writer = await asyncio.open_connection(HOST, server.port, limit=2**24)
        for number in pending:
            writer.write(encoded[number])
            answers[number] = await _answer(reader)
        writer.close()

    watch, began = _Watch(server), time.perf_counter()
    await asyncio.gather(*(connection() for _ in range(connections)))
    took = watch.took(len(requests), time.perf_counter() - began)
    done = [answer for answer in answers if answer is not None]
    wrong = [answer for answer in done if answer.status != status]
    if wrong:
        said = f"{server.kind}: {wrong[0].status} {wrong[0].body.decode()[:500]}"
        raise LoadFailed(said, wrong[0].status)
    return took, done


async def timed(
    server: Running, requests: Iterable[Request], connections: int, meanwhile: Awaitable[_T]
) -> tuple[_T, list[float]]:
    """Send the requests in turn while `meanwhile` runs, and answer its outcome and the seconds of each request.
    Raises LoadFailed where one fails."""
    pending, took, over = iter(requests), list[float](), False

    async def connection() -> None:
        reader, writer = await asyncio.open_connection(HOST, server.port, limit=2**24)
        for request in pending:
            began = time.perf_counter()
            writer.write(request.encoded())
            answer = await _answer(reader)
            took.append(time.perf_counter() - began)
            if answer.status >= 300:
                raise LoadFailed(
                    f"{server.kind}: {answer.status} {answer.body.decode()[:500]}", answer.status
                )
            if over:
                break
        writer.close()

    async with asyncio.TaskGroup() as asking:
        for _ in range(connections):
            asking.create_task(connection())
        outcome = await meanwhile
        over = True
    return outcome, took


async def _answer(reader: asyncio.StreamReader) -> Answer:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    headers = {}
    for line in head.split("\r\n")[1:-2]:
        name, _, value = line.partition(":")
        headers[name.lower()] = value.strip()
    body = await reader.readexactly(int(headers["content-length"]))
    return Answer(int(head[9:12]), headers.get("etag", ""), body)
