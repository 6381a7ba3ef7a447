"""`mutabaa sweep`: what is over goes, what still counts stays."""

import asyncio
import os
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from typer.testing import CliRunner

from app import cli, ids, sweeping
from app.files import FileStore
from tests.factories.world import World

NOW = datetime.now(UTC)
OVER = NOW - timedelta(days=31)
LATELY = NOW - timedelta(days=29)
LATER = NOW + timedelta(days=5)
ALL_GONE = {
    "idempotency_keys": 2,
    "sign_in_brakes": 2,
    "refresh_tokens": 4,
    "sessions": 2,
    "invitations": 2,
    "uploads": 0,
    "jobs.pgqueuer_log": 0,
    "jobs.pgqueuer_statistics": 0,
    "files without evidence": 0,
    "parts of uploads": 0,
    "unfinished files": 0,
}
"""What goes of uploads and files: test_orphans.py."""
KEPT = {"idempotency_keys": 1, "sign_in_brakes": 2, "refresh_tokens": 4, "sessions": 2, "invitations": 3}


@pytest.fixture
def files(tmp_path: Path) -> FileStore:
    """A store in which nothing is."""
    return FileStore.open(tmp_path.as_uri())


@pytest.fixture(autouse=True)
async def rows(world: World) -> AsyncIterator[dict[str, set[Any]]]:
    """Of each table, rows that are over and rows that are not; these are answered, by their keys."""
    user = await world.user()
    await world.owner.execute("delete from sessions")
    kept: dict[str, set[Any]] = {table: set() for table in KEPT}

    async def session(*, expires_at: datetime, revoked_at: datetime | None = None) -> UUID:
        made = ids.new()
        await world.insert(
            "sessions",
            id=made,
            user_id=user.id,
            created_at=NOW - timedelta(days=400),
            expires_at=expires_at,
            revoked_at=revoked_at,
        )
        for number, used_at in enumerate((OVER, None)):
            token = made.bytes + bytes([number])
            times = {"issued_at": OVER, "expires_at": expires_at, "used_at": used_at}
            await world.insert("refresh_tokens", token_hash=token, session_id=made, **times)
        return made

    await session(expires_at=OVER)
    await session(expires_at=LATER, revoked_at=OVER)
    for standing in (
        await session(expires_at=LATELY),
        await session(expires_at=LATER),
    ):
        kept["sessions"].add(standing)
        kept["refresh_tokens"] |= {standing.bytes + b"\0", standing.bytes + b"\1"}

    for number, (expires_at, used_at) in enumerate(
        [(OVER, None), (LATER, OVER), (LATELY, None), (LATER, LATELY), (LATER, None)]
    ):
        token = bytes([number])
        times = {"issued_at": OVER, "expires_at": expires_at, "used_at": used_at}
        await world.insert("invitations", token_hash=token, user_id=user.id, **times)
        if number > 1:
            kept["invitations"].add(token)

    for number, (failed, blocked_until) in enumerate(
        [(25, None), (25, NOW - timedelta(hours=24)), (25, LATER), (23, None)]
    ):
        key = bytes([number])
        last = NOW - timedelta(hours=failed)
        await world.insert(
            "sign_in_brakes", key=key, failures=9, last_failure_at=last, blocked_until=blocked_until
        )
        if number > 1:
            kept["sign_in_brakes"].add(key)

    for hours in (23, 25, 240):
        await world.insert(
            "idempotency_keys",
            user_id=user.id,
            key=f"key-{hours}",
            request_hash=b"",
            status=200,
            body=b"",
            created_at=NOW - timedelta(hours=hours),
        )
    kept["idempotency_keys"].add("key-23")
    yield kept
    for table in KEPT:  # refresh tokens before their sessions
        await world.owner.execute(f"delete from {table}")


async def left(owner: "asyncpg.Connection[asyncpg.Record]") -> dict[str, set[Any]]:
    """The keys of all rows that are there."""
    keys = dict.fromkeys(("refresh_tokens", "invitations"), "token_hash") | {"sessions": "id"}
    return {
        table: {row[0] for row in await owner.fetch(f"select {keys.get(table, 'key')} from {table}")}
        for table in KEPT
    }


@pytest.mark.parametrize("batch", [1, 2, 5000])
async def test_what_is_over_goes_and_a_second_run_finds_nothing(
    world: World, database_url: str, files: FileStore, rows: dict[str, set[Any]], batch: int
) -> None:
    assert await sweeping.sweep(database_url, files, batch) == ALL_GONE
    assert await left(world.owner) == rows
    assert {table: len(keys) for table, keys in rows.items()} == KEPT
    assert set((await sweeping.sweep(database_url, files, batch)).values()) == {0}
    assert await left(world.owner) == rows


async def test_what_a_request_holds_is_left_for_the_next_time(
    world: World, database_url: str, files: FileStore
) -> None:
    async with world.owner.transaction():
        await world.owner.execute("select from sign_in_brakes for update")
        assert await sweeping.sweep(database_url, files) == {**ALL_GONE, "sign_in_brakes": 0}
    assert (await sweeping.sweep(database_url, files))["sign_in_brakes"] == 2


async def test_the_command_says_what_it_deleted(database_url: str, tmp_path: Path) -> None:
    none = {name: None for name in os.environ if name.startswith("MUTABAA_")}
    settings = {"MUTABAA_DATABASE_URL": database_url, "MUTABAA_FILES_URL": tmp_path.as_uri()}
    done = await asyncio.to_thread(CliRunner().invoke, cli.cli, ["sweep"], env={**none, **settings})
    assert done.exit_code == 0, done.stderr
    assert done.stdout.splitlines() == [f"{table}: {count} deleted" for table, count in ALL_GONE.items()]


async def test_only_refresh_tokens_refer_to_what_is_swept(world: World) -> None:
    """Another foreign key would make the sweep fail on a database in use."""
    found = await world.owner.fetch(
        "select conrelid::regclass::text as holder, confrelid::regclass::text as swept"
        " from pg_constraint where contype = 'f' and confrelid::regclass::text = any($1)",
        list(KEPT),
    )
    assert [tuple(row) for row in found] == [("refresh_tokens", "sessions")]
