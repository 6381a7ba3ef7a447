"""The service as a process of its own, over TCP, with the shipped data; and people who speak to it."""

import asyncio
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import httpx

from app import ids
from app.tokens import Claims, TokenKeys

ROOT = Path(__file__).parents[2]
DATA = ROOT / "data"
PASSWORD = "خمس نخلات وبئر"
DOMAIN = "demo.mutabaa.example"

HEAD_OFFICE = "head-office.mol"
MANAGER = "manager.mol"
SPECIALIST = "specialist1.mol"
OTHER_SPECIALIST = "specialist2.mol"
PLANNER = "member1.plan.mol"
ENTERER = "member1.emp.mol"
TECHNICAL = "technical.mol"
FINANCE = "member.fin.mol"
LEAVER = "expert.mol"
"""Whoever signs out, again and again: a person of their own, so that nobody else loses a session."""
LOCKED = "member.fin.mof"
"""Whose password is changed."""
OTHER_HEAD_OFFICE = "head-office.mof"
OTHER_MANAGER = "manager.mof"
UNIT_EDITOR = "editor.unit"
ADMINISTRATOR = "administrator"

_TOKEN_LASTS = 3600
_TOKEN_RENEWED = 1800.0


class Refused(AssertionError):
    """A request that prepares something was not answered as it must be."""


class Service:
    """A running service: its address, its log, its database, and sessions of the demo's people."""

    def __init__(self, address: str, log: Path, owner_url: str, keys: TokenKeys) -> None:
        self.address = address
        self.log = log
        self.http = httpx.Client(base_url=address, headers={"Accept-Language": "en"}, timeout=30)
        self._keys = keys
        # A loop of our own: these are blocking tests, beside those that run in anyio's loop.
        self._loop = asyncio.new_event_loop()
        self._owner = self._loop.run_until_complete(asyncpg.connect(owner_url))
        self._sessions: dict[str, UUID] = {}
        self._tokens: dict[str, tuple[str, float]] = {}
        self._numbers = count(1)
        self.users = {
            row["email"].partition("@")[0]: row["id"] for row in self.sql("select email, id from users")
        }

    def close(self) -> None:
        """Give back what this holds; the process is ended by who started it."""
        self.http.close()
        self._loop.run_until_complete(self._owner.close())
        self._loop.close()

    def sql(self, statement: str, *arguments: Any) -> list[Any]:
        """Run a statement as the owner of the tables."""
        rows: list[Any] = self._loop.run_until_complete(self._owner.fetch(statement, *arguments))
        return rows

    def token(self, person: str) -> str:
        """An access token of the person that is good for a while yet."""
        token, made = self._tokens.get(person, ("", 0.0))
        if not token or time.monotonic() - made > _TOKEN_RENEWED:
            if person not in self._sessions:
                self._sessions[person] = self._session(person)
            token = self._keys.issue(Claims(self.users[person], self._sessions[person]), _TOKEN_LASTS)
            self._tokens[person] = token, time.monotonic()
        return token

    def forget(self, person: str) -> None:
        """The person's session has ended, or soon will: the next token is of a new one."""
        self._sessions.pop(person, None)
        self._tokens.pop(person, None)

    def call(
        self, person: str | None, method: str, path: str, body: Any = None, **headers: str
    ) -> httpx.Response:
        """A request in the name of a person, as their own client would send it."""
        said = {name.replace("_", "-"): value for name, value in headers.items()}
        if person is not None:
            said["Authorization"] = f"Bearer {self.token(person)}"
        return self.http.request(method, path, json=body, headers=said)

    def read(self, person: str, path: str) -> dict[str, Any]:
        """What the person sees under a path that must be there."""
        return _body(self.call(person, "GET", path))

    def etag(self, person: str, path: str) -> str:
        """The ETag of what the person sees."""
        return _expected(self.call(person, "GET", path)).headers["ETag"]

    def create(self, person: str, path: str, body: Any, *, secret: bool = False) -> dict[str, Any]:
        """What the person made; `secret`: where an Idempotency-Key is refused."""
        headers = {} if secret else {"Idempotency_Key": self.fresh_key()}
        return _body(self.call(person, "POST", path, body, **headers))

    def step(self, person: str, resource: str, verb: str, body: Any = None) -> dict[str, Any]:
        """What became of a resource by a step of the person, with a key where one is welcome."""
        headers = {"If_Match": self.etag(person, resource), "Idempotency_Key": self.fresh_key()}
        return _body(self.call(person, "POST", f"{resource}/{verb}", body, **headers))

    def upload(self, person: str, path: str, content: bytes, etag: str) -> dict[str, Any]:
        """What became of a resource whose file the person uploaded."""
        headers = {"Authorization": f"Bearer {self.token(person)}", "If-Match": etag}
        return _body(self.http.request("PUT", path, content=content, headers=headers))

    def begin_upload(self, person: str, evidence: str, length: int) -> str:
        """The path of a new upload in pieces."""
        said = {"Tus_Resumable": "1.0.0", "Upload_Length": str(length)}
        return str(_expected(self.call(person, "POST", f"{evidence}/uploads", **said)).headers["Location"])

    def create_session(self, credentials: Any) -> dict[str, Any]:
        """The tokens of a real sign-in."""
        return _body(self.call(None, "POST", "/v1/auth/sign-in", credentials))

    def fresh_key(self) -> str:
        """An Idempotency-Key that was never sent."""
        return f"contract-{next(self._numbers)}"

    def _session(self, person: str) -> UUID:
        session_id, now = ids.new(), datetime.now(UTC)
        self.sql(
            "insert into sessions (id, user_id, created_at, expires_at) values ($1, $2, $3, $4)",
            session_id,
            self.users[person],
            now,
            now + timedelta(days=30),
        )
        return session_id


@contextmanager
def running(database_url: str, keys: Path, folder: Path, **settings: str) -> Iterator[tuple[str, Path]]:
    """The real command on a free port, for as long as the block lasts: its address and its log."""
    port = free_port()
    log = folder / "service.log"
    environment = {name: said for name, said in os.environ.items() if not name.startswith("MUTABAA_")} | {
        "MUTABAA_DATABASE_URL": database_url,
        "MUTABAA_TOKEN_KEYS": str(keys),
        "MUTABAA_FILES_URL": f"file://{folder}",
        "MUTABAA_ACCESS_TOKEN_SECONDS": str(_TOKEN_LASTS),
        **settings,
    }
    with (
        log.open("wb") as sink,
        subprocess.Popen(
            [sys.executable, "-m", "app.cli", "serve", "--port", str(port)],
            cwd=ROOT,
            env=environment,
            stdout=sink,
            stderr=sink,
        ) as process,
    ):
        try:
            address = f"http://127.0.0.1:{port}"
            _wait(process, address, log)
            yield address, log
        finally:
            process.terminate()
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()


def free_port() -> int:
    """A TCP port at which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait(process: "subprocess.Popen[bytes]", address: str, log: Path) -> None:
    for _ in range(300):
        if process.poll() is not None:
            break
        try:
            if httpx.get(f"{address}/health/ready").status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.1)
    raise Refused(f"the service did not start:\n{log.read_text()}")


def _expected(answer: httpx.Response) -> httpx.Response:
    if not answer.is_success:
        raise Refused(
            f"{answer.request.method} {answer.request.url.path}: {answer.status_code} {answer.text}"
        )
    return answer


def _body(answer: httpx.Response) -> dict[str, Any]:
    said: dict[str, Any] = _expected(answer).json()
    return said
