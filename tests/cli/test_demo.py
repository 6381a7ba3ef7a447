"""`mutabaa demo`, from its first line to its end by a signal."""

import asyncio
import json
import os
import re
import shlex
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import psutil
import pytest

from app import demo, local_postgres
from tests.factories.world import World

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    """A folder for what the demo keeps."""
    folder = tmp_path / "local"
    yield folder
    local_postgres.remove(folder / "postgres")


@pytest.fixture
def taken_port() -> Iterator[int]:
    """A port at which somebody else listens."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        yield other.getsockname()[1]


@contextmanager
def running(home: Path, port: int, ended_by: signal.Signals) -> Iterator[str]:
    """The demo with another home than the clone's: all that it says until it serves."""
    run = f"import pathlib; from app import demo; demo.HOME = pathlib.Path({str(home)!r}); demo.run({port})"
    with subprocess.Popen(
        [sys.executable, "-c", run],
        cwd=ROOT,
        env={name: said for name, said in os.environ.items() if not name.startswith("MUTABAA_")},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        try:
            lines: list[str] = []
            while not lines or not lines[-1].startswith("Ctrl-C"):
                lines.append(process.stdout.readline())
                assert lines[-1], "".join(lines)
            yield "".join(lines)
        finally:
            process.send_signal(ended_by)
            process.wait(30)


def requests_in(text: str) -> list[list[str]]:
    """The printed requests, as a shell would read them."""
    commands = text.replace("\\\n", " ")
    return [shlex.split(line) for line in commands.splitlines() if "curl" in line]


def of_the_demo(home: Path) -> list[int]:
    """Processes that belong to a demo's database."""
    place = home / "postgres" / "location"
    folder = place.read_text().strip() if place.exists() else str(home)
    return [p.pid for p in psutil.process_iter(["cwd"]) if str(p.info["cwd"] or "").startswith(folder)]


def workers() -> list[psutil.Process]:
    """Workers that demos of this process run beside their service."""
    return [
        process
        for process in psutil.Process().children(recursive=True)
        if process.cmdline()[-2:] == ["worker", "--with-parent"]
    ]


def check_telling(address: str, password: str) -> None:
    """The worker tells people of what the demo's people have done."""
    manager = {"email": "manager.mol@demo.mutabaa.example", "password": password}
    with httpx.Client(base_url=f"{address}/v1", trust_env=False) as http:
        token = http.post("/auth/sign-in", json=manager).json()["access_token"]
        bearer, deadline = {"Authorization": f"Bearer {token}"}, time.monotonic() + 90
        while not http.get("/notifications", headers=bearer).json()["items"]:
            assert time.monotonic() < deadline, "nobody was told of anything"
            time.sleep(0.5)


def test_the_demo_serves_what_it_prints_and_leaves_nothing(home: Path, taken_port: int) -> None:
    with running(home, taken_port, signal.SIGHUP) as text:
        assert "indicators: 55 new" in text
        assert "demo contributions: 3 new" in text
        assert "demo annual plans: 2 new" in text
        assert f"Port {taken_port} is taken; using " in text
        for english, arabic in demo._ROLES.values():
            assert english in text
            assert arabic in text
        address = re.search(r"Mutabaa is at (http://127\.0\.0\.1:\d+)", text)[1]
        password = re.search(r"the password of all is {2}(\S+)", text)[1]
        check_requests(address, password, text)
        (worker,) = workers()
        check_telling(address, password)
        assert of_the_demo(home)
    assert of_the_demo(home) == []
    assert not worker.is_running()

    with running(home, taken_port, signal.SIGTERM) as text:
        assert "indicators: 0 new, 0 changed, 55 unchanged" in text
        assert re.findall(r"^.* [1-9]\d* (?:new|changed)\b.*$", text, re.MULTILINE) == []
        assert password in text
    assert of_the_demo(home) == []
    assert (home / "demo-password").stat().st_mode & 0o77 == 0


async def test_the_demo_adds_nobody_to_a_database_with_real_people(
    home: Path, world: World, database_url: str
) -> None:
    person = await world.user()
    run = f"import pathlib; from app import cli, demo; demo.HOME = pathlib.Path({str(home)!r}); cli.main()"
    done = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-c", run, "demo"],
        cwd=ROOT,
        env={**os.environ, "MUTABAA_DATABASE_URL": database_url},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 2
    assert done.stderr.startswith("mutabaa: the database cannot be used: it has people whose address")
    assert len(done.stderr.splitlines()) == 1
    assert await world.owner.fetchval("select array_agg(email) from users") == [person.email]

    await world.owner.execute("update users set email = 'Maryam@DEMO.mutabaa.example'")
    await demo._require_nobody_real(database_url)


def check_requests(address: str, password: str, text: str) -> None:
    """What the printed requests ask for is there."""
    sign_in, search, inbox = requests_in(text)
    with httpx.Client(trust_env=False, transport=httpx.HTTPTransport(retries=8)) as http:
        assert http.get(f"{address}/docs").status_code == 200
        body = json.loads(sign_in[sign_in.index("-d") + 1])
        assert body["password"] == password
        token = http.post(f"{address}/v1/auth/sign-in", json=body).json()["access_token"]
        bearer = {"Authorization": f"Bearer {token}"}
        name, _, words = search[search.index("--data-urlencode") + 1].partition("=")
        assert f"{address}/v1/indicators" in search
        found = http.get(f"{address}/v1/indicators", params={name: words}, headers=bearer).json()
        assert [item["code"] for item in found["items"]] == ["gross_debt_gdp"]
        assert f"{address}/v1/inbox" in inbox
        assert len(http.get(f"{address}/v1/inbox", headers=bearer).json()["items"]) == 2
