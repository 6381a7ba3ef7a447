"""`mutabaa demo`: everything at once on one machine, for trying and showing.

What it keeps lies in `.local/` beside the code, which git ignores: the PostgreSQL cluster, a signing key, the
files, the password of the demo's people. Deleting that folder begins anew.
"""

import asyncio
import contextlib
import os
import secrets
import signal
import socket
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import FrameType
from typing import NoReturn

import asyncpg
import typer
import uvicorn

from app import config, loading, local_postgres, migrating, tokens
from app.db import DatabaseUnfit
from app.enums import DIVISION_ROLES, Role
from app.files import FileStore
from app.local_postgres_home import write_private
from app.main import create_app
from app.services.load.catalogue import read_catalogue
from app.services.load.demo import Demo, Person, read_demo

HOME = migrating.ROOT / ".local"
DATA = migrating.ROOT / "data"
HOST = "127.0.0.1"
DATABASE = "mutabaa"
DOMAIN = "demo.mutabaa.example"
"""Where the invented people of data/demo_people.csv have their addresses, and nobody else."""

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_PORTS_TRIED = 100
_WORKER_ENDS_IN = 5.0

_ROLES = {
    Role.HEAD_OFFICE: ("head's office", "مكتب رئيس الوحدة"),
    Role.MANAGER: ("manager of the office", "مدير المكتب"),
    Role.SPECIALIST: ("specialist of the office", "أخصائي المكتب"),
    Role.TECHNICAL_REPRESENTATIVE: ("technical representative", "ممثل فني"),
    Role.MEDIA_REPRESENTATIVE: ("media representative", "ممثل إعلامي"),
    Role.EXPERT: ("expert", "خبير"),
    Role.DIVISION_HEAD: ("head", "رئيس"),
    Role.DIVISION_MEMBER: ("member", "موظف"),
    Role.UNIT_EDITOR: ("editor of the follow-up unit", "محرر وحدة المتابعة"),
    Role.UNIT_SPECIALIST: ("specialist of the follow-up unit", "أخصائي وحدة المتابعة"),
    Role.ADMINISTRATOR: ("administrator", "مدير النظام"),
}
_SHOWN_ENTITIES = ("MOL", "OV2040", None)
"""One ministry is enough to see every role."""


def run(first_port: int) -> None:
    """Start what is needed, load what is new, say how to sign in, and serve until a signal comes.

    Raises ConfigurationError, DataError, LocalPostgresError, FileStoreUnfit or DatabaseUnfit, and what asyncpg
    raises for a database that cannot be reached.
    """
    for number in _SIGNALS:
        if signal.getsignal(number) is not signal.SIG_IGN:  # nohup
            signal.signal(number, _end)
    HOME.mkdir(mode=0o700, exist_ok=True)
    HOME.chmod(0o711)  # the database server's user passes through, and nobody else looks in
    password = _password(HOME / "demo-password")
    with _database():
        url = config.load_database().owner_url
        asyncio.run(_require_nobody_real(url))
        asyncio.run(_fill(url, password))
        _complete_settings()
        asyncio.run(FileStore.open(config.load().files_url).check())
        listener = _listen(first_port)
        with _worker():
            _serve(listener, password)


def _end(number: int, _: FrameType | None) -> NoReturn:
    """End on a signal by unwinding, so that the database server is stopped; once is enough."""
    for other in _SIGNALS:
        signal.signal(other, signal.SIG_IGN)
    raise SystemExit(128 + number)


def _password(path: Path) -> str:
    """The password of the demo's people, made at random once."""
    if not path.exists():
        write_private(path, "-".join(secrets.token_hex(2) for _ in range(4)) + "\n")
    return path.read_text().strip()


@contextlib.contextmanager
def _database() -> Iterator[None]:
    """The PostgreSQL that the settings name, or one of our own for as long as the block lasts."""
    if os.environ.get("MUTABAA_DATABASE_URL"):
        yield
        return
    typer.echo("Starting a PostgreSQL of our own in .local/postgres ...")
    with local_postgres.start(HOME / "postgres") as server:
        asyncio.run(_ensure_database(server.url("postgres")))
        os.environ["MUTABAA_DATABASE_URL"] = server.url(DATABASE) + "?sslmode=disable"
        os.environ.pop("MUTABAA_MIGRATION_DATABASE_URL", None)
        yield


async def _ensure_database(url: str) -> None:
    connection = await asyncpg.connect(url, ssl=False)
    try:
        if not await connection.fetchval("select 1 from pg_database where datname = $1", DATABASE):
            await connection.execute(f"create database {DATABASE}")
    finally:
        await connection.close()


async def _require_nobody_real(url: str) -> None:
    """Raise DatabaseUnfit where others than the demo's people are: its password is known to all who see it."""
    connection = await asyncpg.connect(url)
    try:
        if await connection.fetchval("select to_regclass('users')") is None:
            return
        real = "select exists (select from users where lower(email) not like '%@' || $1)"
        if await connection.fetchval(real, DOMAIN):
            raise DatabaseUnfit(
                f"it has people whose address does not end in @{DOMAIN}; the demo adds none there"
            )
    finally:
        await connection.close()


async def _fill(url: str, password: str) -> None:
    typer.echo("Bringing the schema to this release ...")
    await migrating.migrate(url)
    typer.echo("Loading data/ ...")
    await loading.load(url, DATA, demo=True, say=lambda line: typer.echo(f"  {line}"), demo_password=password)


def _complete_settings() -> None:
    """What the environment leaves open is kept in the demo's folder."""
    keys, files = HOME / "keys", HOME / "files"
    if "MUTABAA_TOKEN_KEYS" not in os.environ and not any(keys.glob("*.pem")):
        tokens.generate(keys)
    files.mkdir(mode=0o700, exist_ok=True)
    os.environ.setdefault("MUTABAA_TOKEN_KEYS", str(keys))
    os.environ.setdefault("MUTABAA_FILES_URL", files.as_uri())
    os.environ.setdefault("MUTABAA_LOG_FORMAT", "console")


def _listen(first_port: int) -> socket.socket:
    """A socket on the first free port; it is ours from here on, so nobody can come in between."""
    for port in range(first_port, first_port + _PORTS_TRIED):
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((HOST, port))
            listener.listen()
        except OSError:
            listener.close()
            continue
        if port != first_port:
            typer.echo(f"Port {first_port} is taken; using {port}.")
        return listener
    raise config.ConfigurationError(f"no free port from {first_port} on")


@contextlib.contextmanager
def _worker() -> Iterator[None]:
    """The worker beside the service, for as long as the block lasts."""
    # Its end of the pipe is all that it has of us: should we be killed, it reads that nobody is there, and ends too.
    with subprocess.Popen(
        [sys.executable, "-m", "app.cli", "worker", "--with-parent"],
        cwd=migrating.ROOT,
        stdin=subprocess.PIPE,
    ) as process:
        try:
            yield
        finally:
            process.terminate()
            try:
                process.wait(_WORKER_ENDS_IN)
            except subprocess.TimeoutExpired:
                process.kill()


def _serve(listener: socket.socket, password: str) -> None:
    """Serve, and say how to use it once it answers."""
    server = uvicorn.Server(
        uvicorn.Config(
            create_app(config.load()),
            loop="uvloop",
            http="httptools",
            ws="none",
            access_log=False,
            log_config=None,
            server_header=False,
            proxy_headers=False,
            timeout_graceful_shutdown=3,
        )
    )
    # uvicorn minds the other two signals, and gives them back to `_end` when it has finished.
    if signal.getsignal(signal.SIGHUP) is _end:
        signal.signal(signal.SIGHUP, server.handle_exit)
    typer.echo(_welcome(f"http://{HOST}:{listener.getsockname()[1]}", password))
    server.run(sockets=[listener])


def _welcome(address: str, password: str) -> str:
    demo = read_demo(DATA, read_catalogue(DATA))
    return "\n".join(
        [
            "",
            f"Mutabaa is at {address} and its documentation at {address}/docs",
            "",
            f"Sign in as any of these; the password of all is  {password}",
            "",
            *_table(demo),
            "",
            "MOF has such people too: put .mof for .mol; its executing divisions are bud and rev.",
            "Heads don't sign in: their office records what they decide.",
            "An indicator that entities share is omanis_private_jobs of MOL: MHT, MTCIT and MOHERI have people too.",
            "All these people are invented, and so are the figures and indicators marked (تجريبي); others are real.",
            "",
            "To try it, paste these one after the other:",
            "",
            *_requests(address, password),
            "",
            "Ctrl-C ends it. The data stays in .local/ for the next time.",
            "",
        ]
    )


def _table(demo: Demo) -> list[str]:
    """One person for each role, with the kind of division where there is one."""
    names = {(d["entity_id"], d["code"]): (d["name_en"], d["name_ar"]) for d in demo.divisions}
    lines = []
    for person in _one_for_each_role(demo):
        english, arabic = _ROLES[person.role]
        if person.entity and person.division:
            division_en, division_ar = names[person.entity, person.division]
            english, arabic = f"{english}, {division_en}", f"{arabic}، {division_ar}"
        lines.append(f"  {person.email:<40} {person.entity or '-':<7} {english:<46} {arabic}")
    return lines


def _one_for_each_role(demo: Demo) -> Iterable[Person]:
    seen = set()
    for person in demo.people:
        function = demo.functions.get((person.entity or "", person.division or ""))
        kind = (person.entity, person.role, function if person.role in DIVISION_ROLES else None)
        if person.signs_in and person.entity in _SHOWN_ENTITIES and kind not in seen:
            seen.add(kind)
            yield person


def _requests(address: str, password: str) -> list[str]:
    body = f'{{"email": "member1.plan.mol@demo.mutabaa.example", "password": "{password}"}}'
    read_answer = "python3 -c 'import json, sys; print(json.load(sys.stdin)[\"access_token\"])'"
    bearer = '-H "Authorization: Bearer $TOKEN"'
    shown = "python3 -m json.tool --no-ensure-ascii"
    return [
        f"  TOKEN=$(curl -s {address}/v1/auth/sign-in -H 'Content-Type: application/json' \\",
        f"    -d '{body}' | {read_answer})",
        "",
        f"  curl -s -G {address}/v1/indicators {bearer} --data-urlencode 'q=الدين العام' | {shown}",
        "",
        f"  curl -s {address}/v1/inbox {bearer} | {shown}",
    ]
