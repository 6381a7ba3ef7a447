"""The two lanes to PostgreSQL, the one query language of both, and the only commit.

Reads run on a raw asyncpg pool, inside a read-only transaction with one snapshot; writes on
SQLAlchemy's pool, in a transaction of the driver's. Both run the same `Query` objects by the driver, so that
a thing has one representation; what is put together for one write alone, SQLAlchemy runs.
Both take the role `mutabaa_app`, which owns nothing and cannot bypass row-level security.
"""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

import asyncpg
from asyncpg.transaction import Transaction
from sqlalchemy import (
    Dialect,
    Executable,
    Insert,
    Result,
    Select,
    TextClause,
    TextualSelect,
    Update,
    event,
)
from sqlalchemy.dialects.postgresql.asyncpg import dialect as AsyncpgDialect
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

RUNTIME_ROLE = "mutabaa_app"
WORKER_ROLE = "mutabaa_worker"
"""What `mutabaa worker` takes: it reads everything but passwords, and writes what the clock brings about."""
MINIMUM_SERVER_VERSION = 170000
SCHEMA = "flagged"
"""The newest migration: what this release needs the database to stand at."""

_CONNECT_SECONDS = 5
"""How long a connection is waited for, from the server or from the pool."""

_GRACE_SECONDS = 2
"""How much later than the server's own limit we give a statement up: the server may be gone without a word."""

_SESSION_SETTINGS = {
    "application_name": "mutabaa",
    "timezone": "UTC",
    "lock_timeout": "10s",
    "idle_in_transaction_session_timeout": "60s",
    # Each shape of a query is a statement of its own, and a connection plans it once: to look at the values
    # each time costs several times what the statement itself does.
    "plan_cache_mode": "force_generic_plan",
    # A page stops after some rows, which such a plan cannot know: it must not call other processes for help.
    "max_parallel_workers_per_gather": "0",
    # Compiled code is not kept with the plan: it would be made anew at each execution, for longer than that takes.
    "jit": "off",
}

_ANY_SIZE = 0
"""Statements of any length are kept prepared; the driver would parse and plan the longest anew each time."""


class Row(Protocol):
    """One row of either lane: its values by column name."""

    def __getitem__(self, column: str, /) -> Any: ...


class DatabaseUnfit(Exception):
    """The database cannot be used as it is; the message is one line for the operator."""


_DIALECT: Dialect = AsyncpgDialect()  # type: ignore[no-untyped-call]


Compilable = Select[Any] | TextualSelect | TextClause | Insert | Update


@dataclass(frozen=True)
class _Compiled:
    sql: str
    order: tuple[str, ...]
    constants: Mapping[str, Any]


class Query:
    """A statement that is put together and compiled at its first run, once: its text and the order of its arguments are
    all that either lane needs, and the expressions that it is made of are let go.

    A process pays only for what it runs. `make` gives the statement.

    Parameters are given by name at each run; what the statement holds as literals stays constant.
    Arrays are compared with `= any(:array)`: an expanding `in_()` cannot be compiled beforehand.
    """

    def __init__(self, make: Callable[[], Compilable]) -> None:
        self.make = make

    @cached_property
    def _compiled(self) -> _Compiled:
        compiled = self.make().compile(dialect=_DIALECT)
        constants = {
            name: bound.value
            for bound, name in compiled.bind_names.items()
            if not bound.required and bound.value is not None
        }
        return _Compiled(str(compiled), tuple(map(str, compiled.positiontup or ())), constants)

    @property
    def sql(self) -> str:
        """The statement as the server is given it, with $1, $2 ... for its parameters."""
        return self._compiled.sql

    def arguments(self, params: Mapping[str, Any]) -> list[Any]:
        """The values in the order of $1, $2 ... Raises KeyError for a parameter that was not given."""
        constants = self._compiled.constants
        return [params[name] if name in params else constants[name] for name in self._compiled.order]


class Lane(Protocol):
    """What both lanes can do: run a compiled query."""

    async def rows(self, query: Query, params: Mapping[str, Any]) -> Sequence[Row]:
        """All rows."""
        ...

    async def row(self, query: Query, params: Mapping[str, Any]) -> Row | None:
        """The only row, or None."""
        ...


class Reader:
    """The read lane: one read-only transaction on a raw connection."""

    def __init__(self, connection: "asyncpg.pool.PoolConnectionProxy[asyncpg.Record]") -> None:
        self._connection = connection

    async def rows(self, query: Query, params: Mapping[str, Any]) -> Sequence[Row]:
        return await self._connection.fetch(query.sql, *query.arguments(params))

    async def row(self, query: Query, params: Mapping[str, Any]) -> Row | None:
        return await self._connection.fetchrow(query.sql, *query.arguments(params))

    async def schema(self) -> str | None:
        """The migration that the database stands at."""
        found: str | None = await self._connection.fetchval("select version_num from alembic_version")
        return found


WORKING = {"role": WORKER_ROLE, "app.national": "on"}
"""The session settings with which the worker does what a command of the operator does as the owner of the tables:
its role reaches the rows of every entity, and of each table only what that work needs."""


class OwnerLane:
    """The lane of the login that owns the tables, for the commands of the operator, and of the worker that does the
    same (`WORKING`): row-level security hides nothing from either. The caller holds the transaction."""

    def __init__(self, connection: "asyncpg.Connection[asyncpg.Record]") -> None:
        self._connection = connection

    async def rows(self, query: Query, params: Mapping[str, Any]) -> Sequence[Row]:
        return await self._connection.fetch(query.sql, *query.arguments(params))

    async def row(self, query: Query, params: Mapping[str, Any]) -> Row | None:
        return await self._connection.fetchrow(query.sql, *query.arguments(params))


class Writer:
    """The write lane: one transaction. It commits nothing itself."""

    def __init__(self, connection: AsyncConnection, driver: "asyncpg.Connection[asyncpg.Record]") -> None:
        self._connection = connection
        self._driver = driver

    async def rows(self, query: Query, params: Mapping[str, Any]) -> Sequence[Row]:
        return await self._driver.fetch(query.sql, *query.arguments(params))

    async def row(self, query: Query, params: Mapping[str, Any]) -> Row | None:
        return await self._driver.fetchrow(query.sql, *query.arguments(params))

    async def execute(self, statement: Executable, params: Mapping[str, Any] | None = None) -> Result[Any]:
        """Run a statement that is no compiled query (an update of some columns, an insert of many rows)."""
        return await self._connection.execute(statement, dict(params) if params else None)


class Database:
    """Both pools of one process."""

    def __init__(
        self,
        url: str,
        *,
        read_pool_size: int,
        write_pool_size: int,
        statement_seconds: int = 30,
        role: str = RUNTIME_ROLE,
    ) -> None:
        self._url = url
        self._role = role
        self._settings = {**_SESSION_SETTINGS, "role": role, "statement_timeout": f"{statement_seconds}s"}
        self._command_timeout = statement_seconds + _GRACE_SECONDS
        self._read_pool_size = read_pool_size
        self._pool: asyncpg.Pool[asyncpg.Record] | None = None
        self._engine = create_async_engine(
            "postgresql+asyncpg://",
            async_creator=self._connect,
            pool_size=write_pool_size,
            max_overflow=0,
            hide_parameters=True,  # they hold names and addresses, which no log may
            pool_timeout=_CONNECT_SECONDS,
            isolation_level="AUTOCOMMIT",  # transactions are begun and ended here, on the driver's connection
        )
        event.listen(self._engine.sync_engine, "checkout", _refuse_unfit)

    async def _connect(self) -> "asyncpg.Connection[asyncpg.Record]":
        return await asyncpg.connect(
            self._url,
            server_settings=self._settings,
            timeout=_CONNECT_SECONDS,
            command_timeout=self._command_timeout,
            max_cacheable_statement_size=_ANY_SIZE,
        )

    async def open(self) -> None:
        """Connect, and refuse a server or a role that would not keep our promises (DatabaseUnfit)."""
        self._pool = await asyncpg.create_pool(
            self._url,
            min_size=1,
            max_size=self._read_pool_size,
            server_settings={**self._settings, "default_transaction_read_only": "on"},
            timeout=_CONNECT_SECONDS,
            command_timeout=self._command_timeout,
            max_cacheable_statement_size=_ANY_SIZE,
            reset=_nothing_to_reset,
        )
        async with self._pool.acquire() as connection:
            await _check_fitness(connection, self._role)

    async def is_ready(self) -> bool:
        """Whether the database answers and has the schema of this release."""
        try:
            async with self.reading() as reader:
                return await reader.schema() == SCHEMA
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError):
            return False

    async def close(self) -> None:
        """Give all connections back."""
        await self._engine.dispose()
        if self._pool is not None:
            await self._pool.close()

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Reader]:
        """One read-only transaction with one snapshot."""
        if self._pool is None:
            raise RuntimeError("the database is not open")
        async with (
            self._pool.acquire(timeout=_CONNECT_SECONDS) as connection,
            connection.transaction(isolation="repeatable_read", readonly=True),
        ):
            yield Reader(connection)

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[Writer]:
        """One transaction: committed when the block ends well, rolled back when it raises."""
        async with self._begun() as (writer, transaction):
            try:
                yield writer
            except BaseException:
                await transaction.rollback()
                raise
            await transaction.commit()

    @asynccontextmanager
    async def previewing(self) -> AsyncIterator[Writer]:
        """One transaction that shows what a write would come to: rolled back, however the block ends."""
        async with self._begun() as (writer, transaction):
            try:
                yield writer
            finally:
                await transaction.rollback()

    @asynccontextmanager
    async def _begun(self) -> AsyncIterator[tuple[Writer, Transaction]]:
        async with self._engine.connect() as connection:
            driver = (await connection.get_raw_connection()).driver_connection
            if driver is None:
                raise RuntimeError("the connection was given back")
            transaction = driver.transaction()
            await transaction.start()
            yield Writer(connection, driver), transaction


def _refuse_unfit(held: Any, *_: object) -> None:
    """A connection that broke, or whose transaction nobody could end, is not handed on: the pool makes another."""
    driver: asyncpg.Connection[asyncpg.Record] = held.driver_connection
    if driver.is_closed() or driver.is_in_transaction():
        raise DisconnectionError()


async def _nothing_to_reset(_: object) -> None:
    """Requests set only transaction-local settings, so a connection goes back as it came."""


async def _check_fitness(connection: "asyncpg.pool.PoolConnectionProxy[asyncpg.Record]", role: str) -> None:
    row = await connection.fetchrow(
        """
        select current_setting('server_version_num')::int as version,
               current_user::text as role, r.rolsuper or r.rolbypassrls as mighty,
               exists (select from pg_class c where c.relowner = r.oid) as owns
        from pg_roles r where r.rolname = current_user
        """
    )
    if row is None or row["role"] != role:
        raise DatabaseUnfit(f"the service must run as the role {role}")
    if row["version"] < MINIMUM_SERVER_VERSION:
        raise DatabaseUnfit("PostgreSQL 17 or newer is needed")
    if row["mighty"] or row["owns"]:
        raise DatabaseUnfit(f"the role {role} must own nothing and must not bypass row-level security")
