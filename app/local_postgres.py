"""A PostgreSQL of one's own for the demo and the tests, run from the binaries of a wheel.

`start(folder)` makes a cluster in the folder at the first call and serves it on a free port of
127.0.0.1; the same call later serves the same data again. Nothing needs to be installed, and nothing is
left running: a watchdog process ends the server when the process that started it dies, however it dies.

What lies in the folder (or elsewhere, when the folder is too private: see local_postgres_home):

    pgdata/      the cluster
    password     the password of `postgres`, made at random
    server.log   what the last server said
    lock         held by the process that runs the server
    location     names the other place, if there is one
    binaries-*/  a copy of the binaries, if the server's user cannot run the installed ones
"""

import contextlib
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import quote

from app.local_postgres_home import (
    Account,
    LocalPostgresError,
    choose_account,
    elsewhere_of,
    find_home,
    find_installation,
    reachable_programs,
    take_lock,
    write_private,
)

__all__ = ["SUPERUSER", "LocalPostgresError", "Server", "remove", "start"]

SUPERUSER = "postgres"
_ENVIRONMENT = {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}  # none of the caller's PG* variables

_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",  # a socket's path has a limit of some 100 characters
    "max_connections": "200",
    "timezone": "UTC",
    "log_timezone": "UTC",
}
_NOT_DURABLE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}

# Reads the server's process id, then waits for the end of its input, which comes when the other end of the
# pipe is closed: by our death. A second line, even an empty one, tells it that there is nothing to do.
_WATCHDOG = 'read -r pid && { read -r _ || kill -INT "$pid"; }'

_READY_SECONDS = 60.0
_STOP_SECONDS = 20.0
_TRIES = 4


@dataclass
class Server:
    """A running server. Use it as a context manager, or call `stop()`."""

    pgdata: Path
    port: int
    password: str
    pid: int
    _undo: contextlib.ExitStack

    def url(self, database: str, user: str | None = None) -> str:
        """The address of a database, for the superuser or for a role that was given `password` too."""
        account = f"{quote(user or SUPERUSER, safe='')}:{self.password}"
        return f"postgresql://{account}@127.0.0.1:{self.port}/{quote(database, safe='')}"

    def stop(self) -> None:
        """Shut the server down cleanly, with its connections cut. A second call does nothing."""
        self._undo.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def start(data_dir: Path, *, durable: bool = True) -> Server:
    """Serve the cluster kept in the folder, made now if it is not there yet.

    A server that an earlier, killed process left on the same folder is stopped first. `durable=False` is
    for data that nobody will miss: much faster, and lost if the machine stops.

    Raises LocalPostgresError if the binaries are not installed, if another living process runs this
    folder's server, or if the server does not come up (with the end of its log).
    """
    with contextlib.ExitStack() as undo:
        try:
            data_dir.mkdir(parents=True, exist_ok=True)
            folder = data_dir.resolve()
            installation = find_installation()
            account = choose_account(folder)
            home = find_home(folder, account)
            undo.callback(os.close, take_lock(home))
            programs = reachable_programs(installation, home, account)
            pgdata = home / "pgdata"
            if pgdata.exists():
                _stop_leftovers(pgdata)
            else:
                _make_cluster(home, programs, account)
            password = (home / "password").read_text().strip()
            settings = _SETTINGS if durable else _SETTINGS | _NOT_DURABLE
            port, pid = _launch(home, programs, account, settings, undo)
        except OSError as error:
            raise LocalPostgresError(f"cannot run PostgreSQL in {data_dir}: {error}") from error
        return Server(pgdata, port, password, pid, undo.pop_all())


def remove(data_dir: Path) -> None:
    """Delete the folder and all that `start` made for it elsewhere. Its server must be stopped.

    Raises LocalPostgresError if a living process still runs the folder's server.
    """
    folder = data_dir.resolve()
    if not folder.exists():
        return
    home = elsewhere_of(folder) or folder
    lock = take_lock(home)
    try:
        _stop_leftovers(home / "pgdata")
        shutil.rmtree(home)
        shutil.rmtree(folder, ignore_errors=home == folder)
    finally:
        os.close(lock)


# The cluster


def _make_cluster(home: Path, programs: Path, account: Account | None) -> None:
    """Run initdb beside the final place and move the result there, so that half a cluster never counts."""
    password = secrets.token_hex(24)
    write_private(home / "password", f"{password}\n")
    for old in home.glob("pgdata-*.new"):
        shutil.rmtree(old, ignore_errors=True)
    draft = (
        home / f"pgdata-{secrets.token_hex(4)}.new"
    )  # an initdb that outlived its killed parent has another
    draft.mkdir(mode=0o700)
    handed_over = home / "password.new"
    write_private(handed_over, f"{password}\n")
    if account is not None:
        os.chown(draft, account.uid, account.gid)
        os.chown(handed_over, account.uid, account.gid)
    command = [
        str(programs / "initdb"),
        f"--pgdata={draft}",
        f"--username={SUPERUSER}",
        f"--pwfile={handed_over}",
        "--auth=scram-sha-256",
        "--encoding=UTF8",
        "--locale=C",
        # Not C: with it pg_trgm finds no letters in Arabic.
        f"--lc-ctype={'UTF-8' if sys.platform == 'darwin' else 'C.UTF-8'}",
        "--locale-provider=builtin",
        "--builtin-locale=C.UTF-8",
        "--no-instructions",
    ]
    initdb = _spawn(command, home / "server.log", account)
    try:
        initdb.wait()
    finally:
        initdb.kill()
        handed_over.unlink()
    if initdb.returncode != 0:
        raise LocalPostgresError(f"initdb failed:\n{_log_tail(home)}")
    draft.rename(home / "pgdata")


def _launch(
    home: Path,
    programs: Path,
    account: Account | None,
    settings: dict[str, str],
    undo: contextlib.ExitStack,
) -> tuple[int, int]:
    """Start the server and its watchdog, wait until it takes connections; its port and process id.

    Tried a few times: the free port may be taken by another in between, and the last processes of a killed
    server may still hold its shared memory for a moment.
    """
    options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    for _ in range(_TRIES):
        port = _free_port()
        command = [str(programs / "postgres"), "-D", str(home / "pgdata"), "-p", str(port), *options]
        with contextlib.ExitStack() as attempt:
            watchdog = subprocess.Popen(
                ["/bin/sh", "-c", _WATCHDOG],
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                cwd="/",
                start_new_session=True,  # what the terminal sends to all of us must not end it
            )
            attempt.callback(_dismiss, watchdog)
            process = _spawn(command, home / "server.log", account)
            attempt.callback(_end, process)
            if watchdog.stdin is not None:
                watchdog.stdin.write(f"{process.pid}\n".encode())
                watchdog.stdin.flush()
            if _wait_ready(process, home / "pgdata"):
                undo.push(attempt.pop_all())
                return port, process.pid
        time.sleep(0.5)
    raise LocalPostgresError(f"PostgreSQL did not start; the end of its log:\n{_log_tail(home)}")


def _spawn(command: list[str], log: Path, account: Account | None) -> subprocess.Popen[bytes]:
    """Run a program of PostgreSQL as the right user, out of reach of the terminal's Ctrl-C."""
    with open(log, "wb", opener=lambda path, flags: os.open(path, flags, 0o600)) as output:
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd="/",
            env=_ENVIRONMENT,
            umask=0o077,
            start_new_session=True,
            user=account.uid if account else None,
            group=account.gid if account else None,
            extra_groups=[] if account else None,
        )


def _wait_ready(process: subprocess.Popen[bytes], pgdata: Path) -> bool:
    """True once the server takes connections, False if it ended before, or took too long."""
    deadline = time.monotonic() + _READY_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        # The file survives a kill -9 and then still says "ready": it counts only with our server's id.
        lines = _pid_file(pgdata)
        if len(lines) > 7 and lines[0] == str(process.pid) and lines[7].strip() == "ready":
            return True
        time.sleep(0.02)
    return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _log_tail(home: Path) -> str:
    return "\n".join((home / "server.log").read_text(errors="replace").splitlines()[-15:])


# Ending


def _end(process: subprocess.Popen[bytes]) -> None:
    """Fast shutdown (SIGINT), then immediate (SIGQUIT), then kill; returns when the process is gone."""
    for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
        process.send_signal(number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(_STOP_SECONDS)
            return


def _dismiss(watchdog: subprocess.Popen[bytes]) -> None:
    """Tell the watchdog that its server is gone."""
    with contextlib.suppress(subprocess.TimeoutExpired):
        watchdog.communicate(b"\n", timeout=_STOP_SECONDS)


def _stop_leftovers(pgdata: Path) -> None:
    """Stop what a killed process may have left: a server, or the orphans of a killed server.

    Called with the lock held, so no living process of ours answers for them.
    """
    first, *_ = [*_pid_file(pgdata), ""]
    recorded = int(first) if first.isdigit() else 0
    if recorded in _processes_of(pgdata):
        _signal_and_wait(pgdata, [recorded], signal.SIGINT)
    for number in (signal.SIGQUIT, signal.SIGKILL):
        _signal_and_wait(pgdata, _processes_of(pgdata), number)
    if recorded and _is_alive(recorded):
        # The recorded id now is another program's (after a reboot, say), and PostgreSQL would refuse.
        (pgdata / "postmaster.pid").unlink(missing_ok=True)


def _signal_and_wait(pgdata: Path, pids: list[int], number: signal.Signals) -> None:
    if not pids:
        return
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)
    deadline = time.monotonic() + _STOP_SECONDS
    while time.monotonic() < deadline and any(pid in pids for pid in _processes_of(pgdata)):
        time.sleep(0.05)


def _processes_of(pgdata: Path) -> list[int]:
    """The ids of the PostgreSQL processes that work in this cluster: all of them do so in its folder."""
    import psutil  # comes with the binaries; production has neither

    return [
        process.pid
        for process in psutil.process_iter(["name", "cwd"])
        if process.info["cwd"] == str(pgdata) and process.info["name"].startswith("postgres")
    ]


def _pid_file(pgdata: Path) -> list[str]:
    """The lines of the server's own record: first its process id, last its state."""
    try:
        return (pgdata / "postmaster.pid").read_text().splitlines()
    except FileNotFoundError:
        return []


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True
