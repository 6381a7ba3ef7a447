"""The `mutabaa` command, as an operator runs it."""

import asyncio
import os
import socket
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import asyncpg
import httpx
import pytest
import typer
from click.testing import Result
from obstore.exceptions import GenericError
from typer.testing import CliRunner

from app import cli
from app.local_postgres import Server
from tests.conftest import url_of

ROOT = Path(__file__).resolve().parents[2]


def mutabaa(*arguments: str, **settings: str) -> Result:
    """Run the command in this process, with these settings and none of ours."""
    none = {name: None for name in os.environ if name.startswith("MUTABAA_")}
    return CliRunner().invoke(cli.cli, arguments, env={**none, **settings})


FILES = "a folder of the test's own"


@pytest.fixture
async def empty_database(cluster: Server) -> AsyncIterator[str]:
    """The owner's address of a database in which nothing is yet."""
    name = f"empty_{uuid4().hex}"
    connection = await asyncpg.connect(url_of(cluster, "postgres"))
    await connection.execute(f"create database {name}")
    yield url_of(cluster, name)
    await connection.execute(f"drop database {name} with (force)")
    await connection.close()


def test_help_names_every_command() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "app.cli", "--help"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    for command in ("serve", "migrate", "load", "sweep", "scan", "contract", "administrator", "demo"):
        assert command in done.stdout


@pytest.mark.parametrize(
    ("arguments", "settings", "said"),
    [
        (["serve"], {}, "MUTABAA_DATABASE_URL: Field required"),
        (["migrate"], {}, "MUTABAA_DATABASE_URL: Field required"),
        (["migrate"], {"MUTABAA_DATABASE_URL": "mysql://x/y"}, "MUTABAA_DATABASE_URL: URL scheme"),
        (["load"], {"MUTABAA_DATABASE_URL": "postgresql://u@127.0.0.1:1/x"}, "the database cannot be used"),
        (
            ["administrator", "nobody", "--name-ar", "سالم", "--name-en", "Salim"],
            {"MUTABAA_DATABASE_URL": "postgresql://u@127.0.0.1:1/x"},
            "'nobody' is no e-mail address",
        ),
        (["demo"], {"MUTABAA_DATABASE_URL": "nonsense"}, "MUTABAA_DATABASE_URL"),
        (
            ["sweep"],
            {
                "MUTABAA_DATABASE_URL": "postgresql://u@127.0.0.1:1/x",
                "MUTABAA_FILES_URL": FILES,
            },
            "the database cannot be used",
        ),
        (["sweep"], {"MUTABAA_DATABASE_URL": "postgresql://u@127.0.0.1:1/x"}, "MUTABAA_FILES_URL"),
        (
            ["scan"],
            {
                "MUTABAA_DATABASE_URL": "postgresql://u@127.0.0.1:1/x",
                "MUTABAA_FILES_URL": FILES,
            },
            "MUTABAA_CLAMD_URL is not set",
        ),
        (
            ["scan"],
            {
                "MUTABAA_DATABASE_URL": "postgresql://u@127.0.0.1:1/x",
                "MUTABAA_FILES_URL": FILES,
                "MUTABAA_MAX_FILE_BYTES": "200000000",
                "MUTABAA_CLAMD_URL": "unix:///run/clamav/clamd.ctl",
            },
            "MUTABAA_CLAMD_MAX_BYTES: must not be smaller than MUTABAA_MAX_FILE_BYTES",
        ),
        (
            ["scan"],
            {
                "MUTABAA_DATABASE_URL": "postgresql://u@127.0.0.1:1/x",
                "MUTABAA_FILES_URL": FILES,
                "MUTABAA_CLAMD_URL": "clamd",
            },
            "MUTABAA_CLAMD_URL: must be tcp://host:port or unix:///path",
        ),
    ],
)
def test_a_bad_setting_is_one_line(
    arguments: list[str], settings: dict[str, str], said: str, tmp_path: Path
) -> None:
    here = {name: tmp_path.as_uri() if value == FILES else value for name, value in settings.items()}
    done = mutabaa(*arguments, **here)
    assert done.exit_code == 2
    assert len(done.stderr.splitlines()) == 1
    assert done.stderr.startswith("mutabaa: ")
    assert said in done.stderr


def test_a_fault_of_the_file_store_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(typer.Exit) as ended, cli._faults_in_one_line():
        raise GenericError("the bucket is away\nDebug source: ...")
    assert ended.value.exit_code == 2
    said = capsys.readouterr().err
    assert "the file store cannot be used: the bucket is away" in said
    assert "Debug source" not in said


def test_the_contract_needs_no_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("MUTABAA_")]:
        monkeypatch.delenv(name)
    monkeypatch.setattr(cli, "CONTRACT", tmp_path / "openapi.json")
    codes = [
        CliRunner().invoke(cli.cli, ["contract", *how]).exit_code for how in (["--check"], [], ["--check"])
    ]
    assert codes == [1, 0, 0]
    assert '"openapi": "3.1' in cli.CONTRACT.read_text(encoding="utf-8")
    cli.CONTRACT.write_text("{}")
    assert CliRunner().invoke(cli.cli, ["contract", "--check"]).exit_code == 1


async def test_from_an_empty_database_to_an_administrator(
    empty_database: str, token_keys: Path, tmp_path: Path
) -> None:
    async def run(*arguments: str, **settings: str) -> Result:
        # A thread of its own: the command runs its own event loop.
        return await asyncio.to_thread(mutabaa, *arguments, **settings)

    settings = {"MUTABAA_DATABASE_URL": empty_database}
    serving = {
        **settings,
        "MUTABAA_TOKEN_KEYS": str(token_keys),
        "MUTABAA_FILES_URL": tmp_path.as_uri(),
    }
    before = await run("load", **settings)
    assert (before.exit_code, len(before.stderr.splitlines())) == (2, 1), before.stderr
    unfit = await run("serve", **serving)
    assert (unfit.exit_code, len(unfit.stderr.splitlines())) == (2, 1), unfit.stderr
    assert "mutabaa migrate" in unfit.stderr

    assert (await run("migrate", **settings)).exit_code == 0
    assert (await run("migrate", **settings)).exit_code == 0  # nothing left to do
    loaded = await run("load", **settings)
    assert loaded.exit_code == 0, loaded.stderr
    assert "indicators: 55 new, 0 changed, 0 unchanged" in loaded.stdout
    a_file = tmp_path / "a file"
    a_file.touch()
    nowhere = await run("serve", **{**serving, "MUTABAA_FILES_URL": f"{a_file.as_uri()}/folder"})
    assert (nowhere.exit_code, len(nowhere.stderr.splitlines())) == (2, 1), nowhere.stderr
    assert nowhere.stderr.startswith("mutabaa: no file store at file://")
    broken = await run("load", "--data", str(tmp_path), **settings)
    assert broken.exit_code == 2
    assert broken.stderr.startswith("mutabaa: entities.csv: there is no such file")

    names = ("--name-ar", "سالم بن ناصر الحارثي", "--name-en", "Salim Al Harthy")
    first = await run("administrator", "salim@example.om", *names, **settings)
    again = await run("administrator", "Salim@example.om", *names, **settings)
    other = await run("administrator", "other@example.om", *names, **settings)
    assert (first.exit_code, again.exit_code, other.exit_code) == (0, 0, 2), other.stderr
    assert "there is an administrator already" in other.stderr

    old, new = _token(first.stdout), _token(again.stdout)
    await _accept_and_sign_in(serving, old, new)


def _token(said: str) -> str:
    (line,) = (line for line in said.splitlines() if line.startswith("  "))
    return line.strip()


def _started(settings: dict[str, str]) -> tuple["subprocess.Popen[bytes]", int]:
    """A server on a free port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = subprocess.Popen(
        [sys.executable, "-m", "app.cli", "serve", "--port", str(port)],
        cwd=ROOT,
        env={**os.environ, **settings},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    return server, port


async def _accept_and_sign_in(settings: dict[str, str], old: str, new: str) -> None:
    """Serve as an operator does, and go in with the invitation."""
    server, port = _started(settings)
    try:
        transport = httpx.AsyncHTTPTransport(retries=8)
        base = f"http://127.0.0.1:{port}"
        async with httpx.AsyncClient(base_url=base, transport=transport, trust_env=False) as http:
            password = "سبعة قوارب عند الفجر"

            async def accept(token: str) -> int:
                body = {"token": token, "password": password}
                return (await http.post("/v1/auth/accept-invitation", json=body)).status_code

            assert await accept(old) == 422
            assert await accept(new) == 204
            assert await accept(new) == 422
            answer = await http.post(
                "/v1/auth/sign-in", json={"email": "salim@example.om", "password": password}
            )
            bearer = {"Authorization": f"Bearer {answer.json()['access_token']}"}
            me = (await http.get("/v1/me", headers=bearer)).json()
            assert [membership["role"] for membership in me["memberships"]] == ["administrator"]
    finally:
        server.terminate()
        assert server.wait(30) in (0, -15, 143)
