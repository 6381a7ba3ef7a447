"""The floor: the least that could answer at all. Bare ASGI, raw asyncpg, JSON built in SQL; nobody is asked
who they are, nothing is checked, and every row is shown to all.

The members of its JSON are those of the service (a test compares them), except that `actions` and
`awaiting` of a list are as plain as can be.
"""

import json
import os
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qs
from uuid import UUID

import asyncpg
from starlette.types import Receive, Scope, Send

from app import ids
from bench import floor_sql

_pool: "asyncpg.Pool[asyncpg.Record]"


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    """The whole application."""
    if scope["type"] == "lifespan":
        await _live(receive, send)
        return
    parts = scope["path"].removeprefix("/v1/").split("/")
    query = {name: said[0] for name, said in parse_qs(scope["query_string"].decode()).items()}
    if scope["method"] == "GET":
        status, body = 200, await _read(parts, query)
    else:
        status, body = await _write(parts, await _body(receive), scope)
    await send(
        {
            "type": "http.response.start",
            "status": status,
            "headers": [
                (b"content-type", b"application/json"),
                (b"content-length", str(len(body)).encode()),
                (b"etag", b'"1.x"'),
            ],
        }
    )
    await send({"type": "http.response.body", "body": body})


async def _live(receive: Receive, send: Send) -> None:
    global _pool
    await receive()
    _pool = await asyncpg.create_pool(os.environ["MUTABAA_DATABASE_URL"], min_size=1, max_size=10)
    await send({"type": "lifespan.startup.complete"})
    await receive()
    await _pool.close()
    await send({"type": "lifespan.shutdown.complete"})


async def _body(receive: Receive) -> bytes:
    body, more = b"", True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    return body


async def _read(parts: list[str], query: dict[str, str]) -> bytes:
    limit = int(query.get("limit", "50"))
    match parts:
        case ["indicators"]:
            return await _value(floor_sql.INDICATORS, limit)
        case ["indicators", id_]:
            return await _value(floor_sql.INDICATOR, UUID(id_))
        case ["indicators", id_, "card"]:
            return await _value(floor_sql.CARD, UUID(id_))
        case ["results"] if "indicator_id" in query:
            return await _value(floor_sql.RESULTS_OF_INDICATOR, UUID(query["indicator_id"]), limit)
        case ["results"] if "cursor" in query:
            day, _, last = query["cursor"].partition("_")
            return await _value(floor_sql.RESULTS_AFTER, limit, date.fromisoformat(day), UUID(last))
        case ["results"]:
            return await _value(floor_sql.RESULTS, limit)
        case ["path-runs"]:
            return await _value(floor_sql.RUNS, limit)
        case ["path-runs", id_, "timeline"]:
            return await _value(floor_sql.TIMELINE, UUID(id_))
        case ["inbox"]:
            parties = query["party"].split(",")
            if "cursor" not in query:
                return await _value(floor_sql.INBOX, parties, limit)
            since, _, last = query["cursor"].partition("_")
            return await _value(
                floor_sql.INBOX_AFTER, parties, limit, datetime.fromisoformat(since), UUID(last)
            )
        case ["scoreboard"]:
            return await _value(floor_sql.SCOREBOARD)
    raise LookupError(parts)


async def _value(sql: str, *arguments: Any) -> bytes:
    async with _pool.acquire() as connection:
        found: str = await connection.fetchval(sql, *arguments)
        return found.encode()


_Steps = Callable[[Any], Awaitable[bytes]]


async def _write(parts: list[str], body: bytes, scope: Scope) -> tuple[int, bytes]:
    now = datetime.now(UTC)
    async with _pool.acquire() as connection, connection.transaction():
        match parts:
            case ["indicators", id_, "results"]:
                said = json.loads(body, parse_float=Decimal)
                return 201, await _enter(connection, UUID(id_), said, now)
            case ["results", "decisions"]:
                return 200, await _decide(connection, json.loads(body)["items"], now)
            case ["results", id_, "submit"]:
                return 200, await _submit(connection, UUID(id_), now)
    raise LookupError(parts)


async def _enter(connection: Any, indicator_id: UUID, said: dict[str, Any], now: datetime) -> bytes:
    result_id = ids.new()
    await connection.execute(floor_sql.BEAR, result_id, indicator_id, now)
    await connection.execute(
        floor_sql.ENTER,
        result_id,
        indicator_id,
        said["period"],
        Decimal(said["value"]),
        said["note"],
        now,
    )
    event = await connection.fetchval(
        floor_sql.TELL, result_id, "results.create", None, "draft", body_of(said), now
    )
    await connection.execute(floor_sql.AWAIT, result_id, "results.submit", event, now)
    found: str = await connection.fetchval(floor_sql.RESULT, result_id)
    return found.encode()


def body_of(said: dict[str, Any]) -> str:
    """What the event says of the figure."""
    return json.dumps({"fields": {"value": [None, str(said["value"])]}})


async def _submit(connection: Any, result_id: UUID, now: datetime) -> bytes:
    await connection.execute(floor_sql.SUBMIT, result_id, now)
    event = await connection.fetchval(
        floor_sql.TELL, result_id, "results.submit", "draft", "submitted", "{}", now
    )
    await connection.execute(floor_sql.STOP_WAITING, result_id, event, now)
    await connection.execute(floor_sql.AWAIT, result_id, "results.review", event, now)
    found: str = await connection.fetchval(floor_sql.RESULT, result_id)
    return found.encode()


async def _decide(connection: Any, items: list[dict[str, Any]], now: datetime) -> bytes:
    found: str = await connection.fetchval(floor_sql.DECIDE, [UUID(item["id"]) for item in items], now)
    return found.encode()
