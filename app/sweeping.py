"""`mutabaa sweep`: deletes what the service no longer reads and no history is told from.

Answers kept for an Idempotency-Key, failures that the brake has forgotten, ended sessions with their refresh
tokens, invitations that are used or too old, uploads that nobody went on with; then the files that nothing
refers to (`app/orphans.py`). What people did with them stands in `events`, which stays.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeAlias

import asyncpg

from app import clock, orphans
from app.db import WORKING
from app.files import FileStore
from app.services.auth.rules import OF_A_NAME, OF_AN_ADDRESS
from app.services.idempotency import KEPT

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"

ENDED_KEPT = timedelta(days=30)
"""How long the end of a session or an invitation can still be looked up."""

EXPIRED_KEPT = timedelta(days=1)
"""How long who comes back to an expired upload is told so, and not that there is none."""

JOBS_KEPT = timedelta(days=7)
"""How long it can be looked up which jobs the worker ran."""

BATCH = 5000
"""Rows of one transaction, so that no request waits long for one."""


@dataclass(frozen=True, slots=True)
class _Sweep:
    """What goes of one table: the rows `old` older than $1 (now less `kept`) that meet `which`."""

    table: str
    kept: timedelta
    which: str

    @property
    def sql(self) -> str:
        """Deletes one batch. A row that a request holds is left for the next time."""
        # Nothing here but the constants of _SWEEPS.
        return (
            f"delete from {self.table} where ctid = any(array("  # noqa: S608
            f"select old.ctid from {self.table} old where {self.which} limit $2 for update skip locked))"
        )


_SWEEPS = (
    _Sweep("idempotency_keys", KEPT, "old.created_at < $1"),
    _Sweep(
        "sign_in_brakes",
        max(OF_A_NAME.forgotten, OF_AN_ADDRESS.forgotten),
        "old.last_failure_at < $1 and (old.blocked_until is null or old.blocked_until < $1)",
    ),
    # A spent token is known again, and ends its session, for as long as the session stands.
    _Sweep(
        "refresh_tokens",
        ENDED_KEPT,
        "exists (select from sessions s where s.id = old.session_id"
        " and least(s.expires_at, s.revoked_at) < $1)",
    ),
    _Sweep(
        "sessions",
        ENDED_KEPT,
        "least(old.expires_at, old.revoked_at) < $1"
        " and not exists (select from refresh_tokens t where t.session_id = old.id)",
    ),
    _Sweep("invitations", ENDED_KEPT, "least(old.expires_at, old.used_at) < $1"),
    _Sweep("uploads", EXPIRED_KEPT, "old.expires_at < $1"),
    _Sweep("jobs.pgqueuer_log", JOBS_KEPT, "old.created < $1"),
    _Sweep("jobs.pgqueuer_statistics", JOBS_KEPT, "old.created < $1"),
)
"""In this order: refresh tokens refer to their session."""


async def sweep(url: str, files: FileStore, batch: int = BATCH, *, working: bool = False) -> dict[str, int]:
    """Delete what is no longer needed from the database at `url` (the login that owns the tables; `working`: in the
    role of the worker), and from the file store.

    Answers how many rows of each table went, and how many files of each kind. Each batch is a transaction of
    its own, so an interrupted sweep has done part of its work; a second run finds nothing left to do.
    """
    await files.check()
    now = clock.now()
    connection = await asyncpg.connect(
        url,
        server_settings={
            "application_name": "mutabaa sweep",
            "timezone": "UTC",
            "lock_timeout": "10s",
            **(WORKING if working else {}),
        },
    )
    try:
        rows = {one.table: await _all_of(connection, one, now - one.kept, batch) for one in _SWEEPS}
        return {**rows, **await orphans.collect(connection, files, now)}
    finally:
        await connection.close()


async def _all_of(connection: Connection, one: _Sweep, before: datetime, batch: int) -> int:
    gone = 0
    while True:
        done = await connection.execute(one.sql, before, batch)
        deleted = int(done.rpartition(" ")[2])  # "DELETE 5000"
        gone += deleted
        if deleted < batch:
            return gone
