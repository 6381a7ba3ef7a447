"""What lies in the file store and belongs to nothing: found and removed by `mutabaa sweep`.

Three kinds: files that no evidence refers to (refused after they were read, or received by a request that was
refused or broke), parts of uploads that are gone, and what a writer that was killed had begun. Only what is
old: what is young may be about to be attached.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import TypeAlias

import asyncpg

from app.files import FileStore, hash_of, is_temporary, part_of
from app.services.evidence.keeping import HOLD

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"

OLD = timedelta(days=1)
"""Far longer than the slowest request takes from its last byte to its commit."""

_HOLD = HOLD.format("$1")
_IS_REFERRED_TO = "select exists (select from evidence e where e.sha256 = $1)"
_UNREFERRED = """
    select h.sha256 from unnest($1::text[]) as h (sha256)
    where not exists (select from evidence e where e.sha256 = h.sha256)
"""
_LEFT_OVER = """
    select p.key from unnest($1::text[], $2::uuid[], $3::uuid[]) as p (key, upload_id, part_id)
    where not exists (
        select from uploads u where u.id = p.upload_id and u.finished_at is null and p.part_id = any (u.parts)
    )
"""


async def collect(connection: Connection, files: FileStore, now: datetime) -> Mapping[str, int]:
    """Remove them; how many of each kind. `connection`: of the login that owns the tables.

    Each file is a step of its own, so an interrupted run has done part of its work.
    """
    before = now - OLD
    gone = {"files without evidence": 0, "parts of uploads": 0, "unfinished files": 0}
    async for keys in files.older_than(before):
        gone["files without evidence"] += await _files(connection, files, keys, before)
        gone["parts of uploads"] += await _parts(connection, files, keys, before)
        for key in filter(is_temporary, keys):
            gone["unfinished files"] += await files.remove_older_than(key, before)
    return gone


async def _files(connection: Connection, files: FileStore, keys: Sequence[str], before: datetime) -> int:
    named = {sha256: key for key in keys if (sha256 := hash_of(key))}
    gone = 0
    for row in await connection.fetch(_UNREFERRED, list(named)):
        sha256 = row["sha256"]
        async with connection.transaction():
            await connection.execute(_HOLD, sha256)
            if not await connection.fetchval(_IS_REFERRED_TO, sha256):
                gone += await files.remove_older_than(named[sha256], before)
    return gone


async def _parts(connection: Connection, files: FileStore, keys: Sequence[str], before: datetime) -> int:
    named = [(key, *found) for key in keys if (found := part_of(key))]
    columns = [list(column) for column in zip(*named, strict=True)] or [[], [], []]
    gone = 0
    for row in await connection.fetch(_LEFT_OVER, *columns):
        gone += await files.remove_older_than(row["key"], before)
    return gone
