"""The PostgreSQL and the three servers of a run, each a process of its own."""

import asyncio
import os
import platform
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import asyncpg
import psutil

from app import clock, local_postgres, migrating, tokens
from app.db import SCHEMA
from app.local_postgres import Server
from bench import data
from bench.data import Size

HOME = migrating.ROOT / ".local" / "bench"
HOST = "127.0.0.1"
KINDS = ("floor", "ours", "template")
_START_SECONDS = 120.0

_SETTINGS = {"shared_preload_libraries": "pg_stat_statements", "shared_buffers": "1GB"}


@dataclass(frozen=True)
class Running:
    """A server that answers."""

    kind: str
    port: int
    process: psutil.Process
    postgres: psutil.Process | None = None

    def processor_seconds(self) -> float:
        """What the worker and PostgreSQL have used since they began; the latter serves nobody else meanwhile."""
        watched = [self.process, *(self.postgres.children() if self.postgres else [])]
        return sum(sum(process.cpu_times()[:2]) for process in watched if process.is_running())

    @property
    def resident_mib(self) -> float:
        """Resident memory of its process."""
        return float(self.process.memory_info().rss) / 2**20


@contextmanager
def postgres(home: Path = HOME) -> Iterator[Server]:
    """A cluster of the bench's own, whose data nobody would miss: no write waits for the disk."""
    home.mkdir(parents=True, exist_ok=True)
    for folder in (home, home.parent):
        folder.chmod(0o711)  # the database server's user passes through
    fresh = not (home / "postgres").exists()
    if fresh:
        with local_postgres.start(home / "postgres", durable=False) as server:
            asyncio.run(_configure(server))
    with local_postgres.start(home / "postgres", durable=False) as server:
        yield server


async def _configure(server: Server) -> None:
    connection = await asyncpg.connect(server.url("postgres"), ssl=False)
    for name, value in _SETTINGS.items():
        await connection.execute(f"alter system set {name} = '{value}'")
    await connection.close()


async def database(server: Server, size: Size) -> str:
    """The address of the database of this size, filled now if it is not there for this schema and month."""
    name = f"{size.name}_{SCHEMA}_{clock.today():%Y%m}"
    url = server.url(name) + "?sslmode=disable"
    administrator = await asyncpg.connect(server.url("postgres"), ssl=False)
    try:
        if await administrator.fetchval("select 1 from pg_database where datname = $1", name):
            connection = await asyncpg.connect(url)
            filled = await connection.fetchval("select to_regclass('bench.mark')")
            await connection.close()
            if filled is not None:
                return url
            await administrator.execute(f"drop database {name}")
        await administrator.execute(f"create database {name}")
    finally:
        await administrator.close()
    await migrating.migrate(url)
    await data.fill(url, size)
    connection = await asyncpg.connect(url)
    await connection.execute("create extension pg_stat_statements")
    await connection.close()
    return url


@contextmanager
def serving(
    kinds: tuple[str, ...], url: str, home: Path = HOME, postgres: int | None = None
) -> Iterator[dict[str, Running]]:
    """The servers, one worker each, on the database at `url`. `postgres`: its process, to be watched too."""
    keys, files = home / "keys", home / "files"
    if not any(keys.glob("*.pem")):
        tokens.generate(keys)
    files.mkdir(exist_ok=True)
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("MUTABAA_")},
        "MUTABAA_DATABASE_URL": url,
        "MUTABAA_TOKEN_KEYS": str(keys),
        "MUTABAA_FILES_URL": files.as_uri(),
    }
    with ExitStack() as undo:
        started = {}
        for kind in kinds:
            port = _free_port()
            log = undo.enter_context(open(home / f"{kind}.log", "wb"))
            process = subprocess.Popen(
                [sys.executable, "-m", *_command(kind, port)],
                cwd=migrating.ROOT,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
            undo.callback(_stop, process)
            started[kind] = port, process
        for kind, (port, process) in started.items():
            _wait_for(port, process, home / f"{kind}.log")
        yield {
            kind: Running(
                kind,
                port,
                psutil.Process(process.pid),
                None if postgres is None else psutil.Process(postgres),
            )
            for kind, (port, process) in started.items()
        }


def _command(kind: str, port: int) -> list[str]:
    if kind == "ours":
        return ["app.cli", "serve", "--port", str(port)]
    options = (
        "--loop uvloop --http httptools --ws none --no-access-log --no-server-header --log-level warning"
    )
    return ["uvicorn", f"bench.{kind}:app", "--host", HOST, "--port", str(port), *options.split()]


def _wait_for(port: int, process: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            socket.create_connection((HOST, port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError(f"no answer:\n{log.read_text()[-2000:]}")


def _stop(process: "subprocess.Popen[bytes]") -> None:
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def facts() -> str:
    """The machine in one line."""
    model = next(
        (
            line.partition(":")[2].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if line.startswith("model name")
        ),
        platform.processor(),
    )
    memory = psutil.virtual_memory().total / 2**30
    return f"{psutil.cpu_count()} x {model}, {memory:.0f} GiB, Python {platform.python_version()}"
