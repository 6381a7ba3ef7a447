"""The local PostgreSQL as its users meet it: kept data, killed servers, killed parents, private folders."""

import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import textwrap
import time
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import psutil
import pytest

from app.local_postgres import LocalPostgresError, Server, remove, start
from app.local_postgres_home import copy_binaries, find_installation

REPOSITORY = Path(__file__).resolve().parents[2]

# A parent that serves a folder until something ends it, and says which process the server is.
PARENT = """
import sys, time
from pathlib import Path
from app.local_postgres import start
with start(Path(sys.argv[1]), durable=False) as server:
    print(server.pid, flush=True)
    time.sleep(300)
"""

# The same as an ordinary user: rights are dropped only when all modules are loaded, since the interpreter
# may lie under root's private home.
AS_ORDINARY_USER = """
import os, sys
from pathlib import Path
import psutil
from app import local_postgres
folder, binaries, uid, gid = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
if os.geteuid() == 0:
    os.setgroups([])
    os.setgid(gid)
    os.setuid(uid)
    local_postgres.find_installation = lambda: binaries
for _ in range(2):
    with local_postgres.start(folder, durable=False) as server:
        print(os.stat(server.pgdata).st_uid, Path(server.pgdata).parent == folder)
"""


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder that every user can pass through (unlike pytest's own)."""
    path = Path(tempfile.mkdtemp(prefix="mutabaa-")).resolve()
    path.chmod(0o755)
    yield path
    shutil.rmtree(path)


@pytest.fixture
def folder(place: Path) -> Iterator[Path]:
    """Where a test keeps its cluster."""
    yield place / "postgres"
    remove(place / "postgres")


async def run(server: Server, statement: str) -> object:
    connection = await asyncpg.connect(server.url("postgres"), ssl=False)
    try:
        return await connection.fetchval(statement)
    finally:
        await connection.close()


def is_alive(pid: int) -> bool:
    """A process that runs: one that only waits to be collected has ended."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def family_of(pid: int) -> list[int]:
    """All processes below this one."""
    return [process.pid for process in psutil.Process(pid).children(recursive=True)]


def wait_until_gone(pids: list[int], seconds: float = 15) -> list[int]:
    """Those still there at the end."""
    deadline = time.monotonic() + seconds
    while (left := [pid for pid in pids if is_alive(pid)]) and time.monotonic() < deadline:
        time.sleep(0.05)
    return left


def spawn_parent(folder: Path) -> tuple[subprocess.Popen[str], int]:
    """A process that serves the folder, and its server's process id."""
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, str(folder)], cwd=REPOSITORY, stdout=subprocess.PIPE, text=True
    )
    assert parent.stdout is not None
    return parent, int(parent.stdout.readline())


def sleeper(uid: int) -> subprocess.Popen[bytes]:
    """An innocent process, of another user if we are root."""
    return subprocess.Popen(["sleep", "300"], user=uid if os.geteuid() == 0 else None)


async def test_keeps_its_data_and_leaves_nothing_running(folder: Path) -> None:
    others = set(family_of(os.getpid()))  # the other tests have a server of their own
    with start(folder) as server:
        await run(server, "create table kept as select 7 as number")
        family = [pid for pid in family_of(os.getpid()) if pid not in others]
        assert server.pid in family
    assert wait_until_gone([server.pid], 0) == []
    server.stop()  # a second time does nothing
    with start(folder) as again:
        assert again.password == server.password
        assert await run(again, "select number from kept") == 7
        assert await run(again, "show fsync") == "on"
    with start(folder, durable=False) as fast:
        assert await run(fast, "select number from kept") == 7
        assert await run(fast, "show fsync") == "off"
    assert [pid for pid in family_of(os.getpid()) if pid in family] == []


async def test_knows_arabic_and_asks_for_the_password(folder: Path) -> None:
    with start(folder, durable=False) as server:
        assert await run(server, "show server_encoding") == "UTF8"
        assert await run(server, "select upper('é')") == "É"
        await run(server, "create extension pg_trgm")
        assert await run(server, "select cardinality(show_trgm('متابعة'))") == 7
        assert await run(server, "show timezone") == "UTC"
        with pytest.raises(asyncpg.InvalidPasswordError):
            await asyncpg.connect(server.url("postgres").replace(server.password, "guess"), ssl=False)
        for secret in ("password", "server.log"):
            assert (server.pgdata.parent / secret).stat().st_mode & 0o077 == 0


async def test_data_survives_kill_9_of_the_server(folder: Path) -> None:
    server = start(folder)
    await run(server, "create table kept as select 7 as number")
    os.kill(server.pid, signal.SIGKILL)
    assert wait_until_gone([server.pid]) == []
    assert (server.pgdata / "postmaster.pid").exists()
    server.stop()
    with start(folder) as again:
        assert await run(again, "select number from kept") == 7


async def test_a_recorded_id_that_another_program_has_now_is_no_obstacle(folder: Path) -> None:
    with start(folder, durable=False) as server:
        recorded = (server.pgdata / "postmaster.pid").read_text()
    owner = server.pgdata.stat()
    other = sleeper(owner.st_uid)
    try:
        stale = server.pgdata / "postmaster.pid"
        stale.write_text(recorded.replace(str(server.pid), str(other.pid), 1))
        os.chown(stale, owner.st_uid, owner.st_gid)
        with start(folder, durable=False) as again:
            assert await run(again, "select 1") == 1
        assert other.poll() is None, "an innocent process was ended"
    finally:
        other.kill()
        other.wait()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGKILL])
def test_nothing_outlives_the_parent(folder: Path, number: signal.Signals) -> None:
    parent, server = spawn_parent(folder)
    family = family_of(parent.pid)
    assert server in family
    assert len(family) > 2, "the watchdog is there"
    parent.send_signal(number)
    parent.communicate()
    assert wait_until_gone(family) == []


async def test_a_server_left_behind_is_stopped_by_the_next_start(folder: Path) -> None:
    parent, old_server = spawn_parent(folder)
    family = family_of(parent.pid)
    watchdog = next(pid for pid in family if pid != old_server and pid not in family_of(old_server))
    # The worst case: the watchdog dies too, and the server goes on alone.
    os.kill(watchdog, signal.SIGKILL)
    parent.kill()
    parent.communicate()
    assert is_alive(old_server)
    with start(folder, durable=False) as server:
        assert not is_alive(old_server)
        assert await run(server, "select 1") == 1


def test_a_folder_in_use_is_refused(folder: Path) -> None:
    with start(folder, durable=False) as server:
        with pytest.raises(LocalPostgresError, match=f"in use by process {os.getpid()}"):
            start(folder, durable=False)
        with pytest.raises(LocalPostgresError, match="in use"):
            remove(folder)
        assert is_alive(server.pid)


def test_half_a_cluster_does_not_count(folder: Path) -> None:
    half = folder / "pgdata-0.new"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18\n")
    with start(folder, durable=False) as server:
        assert is_alive(server.pid)
    assert not half.exists()


def test_what_goes_wrong_is_said(folder: Path) -> None:
    with start(folder, durable=False) as server:
        pass
    (server.pgdata / "PG_VERSION").write_text("9\n")
    with pytest.raises(LocalPostgresError, match="initialized by PostgreSQL version 9"):
        start(folder, durable=False)


def test_works_under_a_private_folder(place: Path) -> None:
    """Clone and environment of root may lie under a folder that only root can enter."""
    place.chmod(0o700)
    script = f"""
    import shutil, sys
    from pathlib import Path
    from app import local_postgres
    from app.local_postgres_home import copy_binaries, find_installation
    private = Path({str(place)!r})
    if not (private / "site").exists():
        copy_binaries(find_installation(), private / "site")
        (private / "site").chmod(0o700)
    local_postgres.find_installation = lambda: private / "site"
    with local_postgres.start(private / "postgres") as server:
        print(server.pgdata)
    """
    command = [sys.executable, "-c", textwrap.dedent(script)]
    first = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=True).stdout
    second = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=True).stdout
    assert first == second
    pgdata = Path(first.strip())
    elsewhere = os.geteuid() == 0
    assert pgdata.is_relative_to(place) is not elsewhere
    remove(place / "postgres")
    assert not pgdata.parent.exists()
    assert not (place / "postgres").exists()


def test_works_as_an_ordinary_user(place: Path) -> None:
    user = pwd.getpwnam("nobody") if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())
    copy_binaries(find_installation(), place / "site")
    home = place / "home"
    home.mkdir(mode=0o700)
    os.chown(home, user.pw_uid, user.pw_gid)
    arguments = [home / "postgres", place / "site", user.pw_uid, user.pw_gid]
    result = subprocess.run(
        [sys.executable, "-c", AS_ORDINARY_USER, *map(str, arguments)],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=True,
    )
    assert result.stdout.split() == [str(user.pw_uid), "True"] * 2
