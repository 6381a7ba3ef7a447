"""Over a real server and raw sockets: what is refused by its head is refused before its body is read."""

import asyncio
import json
from collections.abc import AsyncIterator
from uuid import uuid4

import pytest
import uvicorn
from fastapi import FastAPI

from app.schemas.problems import Problem
from tests.core.refusals import written
from tests.factories.world import World
from tests.results.office import Office

SOON = 3.0
"""Seconds in which an answer must come though the body does not."""


@pytest.fixture(scope="module")
async def port(app: FastAPI) -> AsyncIterator[int]:
    """The application behind a real server on a free port."""
    server = uvicorn.Server(
        uvicorn.Config(app, port=0, lifespan="off", log_level="error", ws="none", timeout_graceful_shutdown=1)
    )
    serving = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110  # it tells nobody when it is ready
        await asyncio.sleep(0.01)
    yield server.servers[0].sockets[0].getsockname()[1]
    server.should_exit = True
    await serving


class Conversation:
    """One connection, written to piece by piece."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    @classmethod
    async def begin(cls, port: int, method: str, path: str, **headers: str) -> "Conversation":
        """Send the head of a request."""
        talk = cls(*await asyncio.open_connection("127.0.0.1", port))
        head = {"Host": "mutabaa", "Accept-Language": "en", "Content_Type": "application/json", **headers}
        lines = [f"{name.replace('_', '-')}: {value}" for name, value in head.items()]
        talk.writer.write("\r\n".join([f"{method} {path} HTTP/1.1", *lines, "", ""]).encode())
        await talk.writer.drain()
        return talk

    async def send(self, data: bytes) -> None:
        """Send a chunk; a server that hung up has answered already."""
        try:
            self.writer.write(b"%x\r\n%s\r\n" % (len(data), data))
            await self.writer.drain()
        except ConnectionError:
            pass

    async def answer(self) -> tuple[int, Problem]:
        """The problem that the server sends, soon."""
        async with asyncio.timeout(SOON):
            head = (await self.reader.readuntil(b"\r\n\r\n")).decode()
            lines = head.lower().split("\r\n")
            assert "content-type: application/problem+json" in lines
            length = next(int(line.split(":")[1]) for line in lines if line.startswith("content-length"))
            body = await self.reader.readexactly(length)
        self.writer.close()
        return int(head.split(" ")[1]), Problem.model_validate_json(body)


@pytest.fixture(scope="module")
async def office(world: World) -> Office:
    """Somebody who could write."""
    return await Office.make(world)


LENGTHS = {"a length": {"Content_Length": "500"}, "chunks": {"Transfer_Encoding": "chunked"}}
TOO_LONG = {"Content_Length": str(200 * 1024 * 1024)}


@pytest.mark.parametrize("length", [*LENGTHS.values(), TOO_LONG], ids=[*LENGTHS, "an absurd length"])
@pytest.mark.parametrize("token", [None, "not.a.token"])
async def test_nobody_is_told_so_before_the_body(
    port: int, office: Office, length: dict[str, str], token: str | None
) -> None:
    said = {} if token is None else {"Authorization": f"Bearer {token}"}
    path = f"/v1/indicators/{office.indicator}/results"
    talk = await Conversation.begin(port, "POST", path, **length, **said)
    status, problem = await talk.answer()
    assert (status, problem.code) == (401, "unauthenticated")


@pytest.mark.parametrize("path", ["/v1/indicators/{}/results", "/v1/results/{}/submit", "/v1/nothing"])
async def test_a_length_beyond_the_limit_is_refused_before_the_body(
    port: int, office: Office, path: str
) -> None:
    talk = await Conversation.begin(
        port,
        "POST",
        path.format(office.indicator),
        **TOO_LONG,
        Authorization=f"Bearer {office.enterer.api.token}",
    )
    status, problem = await talk.answer()
    assert (status, problem.code) == (413, "too_large")


@pytest.mark.parametrize(
    "path", ["/v1/indicators/{}/results", "/v1/results/{}/submit", "/v1/results/decisions"]
)
async def test_chunks_beyond_the_limit_are_refused_on_the_way(
    port: int, world: World, office: Office, path: str
) -> None:
    before = await written(world.owner)
    talk = await Conversation.begin(
        port,
        "POST",
        path.format(office.indicator),
        Transfer_Encoding="chunked",
        Idempotency_Key=uuid4().hex,
        If_Match='"1.x"',
        Authorization=f"Bearer {office.enterer.api.token}",
    )
    answered = asyncio.create_task(talk.answer())
    for _ in range(20):
        await talk.send(b" " * 100_000)
    status, problem = await answered
    assert (status, problem.code) == (413, "too_large")
    assert await written(world.owner) == before


async def test_a_wrong_media_type_is_refused_before_the_body(port: int, office: Office) -> None:
    talk = await Conversation.begin(
        port,
        "POST",
        f"/v1/indicators/{office.indicator}/results",
        Content_Length="500",
        Content_Type="text/plain",
        Authorization=f"Bearer {office.enterer.api.token}",
    )
    status, problem = await talk.answer()
    assert (status, problem.code) == (415, "unsupported_media_type")


async def test_slow_bodies_hold_no_connection_to_the_database(
    port: int, app: FastAPI, office: Office
) -> None:
    """More slow senders than the pools have connections; others go on working meanwhile."""
    figure = await office.draft()
    slow = [
        await Conversation.begin(
            port,
            "POST",
            f"{figure.path}/submit" if number % 2 else f"/v1/indicators/{office.indicator}/results",
            Content_Length="500",
            Idempotency_Key=uuid4().hex,
            If_Match='"1.x"',
            Authorization=f"Bearer {office.enterer.api.token}",
        )
        for number in range(40)
    ]
    await asyncio.sleep(0.3)
    async with asyncio.timeout(SOON):
        edited = await office.enterer.api.patch(figure.path, '"1.x"', {"value": 2})
    assert edited.status_code == 200, edited.text
    for talk in slow:
        talk.writer.close()


async def test_a_body_in_pieces_is_put_together(port: int, office: Office) -> None:
    body = json.dumps({"period": "2023", "value": 5}).encode()
    talk = await Conversation.begin(
        port,
        "POST",
        f"/v1/indicators/{office.indicator}/results",
        Transfer_Encoding="chunked",
        Idempotency_Key=uuid4().hex,
        Authorization=f"Bearer {office.enterer.api.token}",
    )
    for start in range(0, len(body), 5):
        await talk.send(body[start : start + 5])
        await asyncio.sleep(0.005)
    talk.writer.write(b"0\r\n\r\n")
    async with asyncio.timeout(SOON):
        assert (await talk.reader.readline()).startswith(b"HTTP/1.1 201")
    talk.writer.close()
