"""Evidence and a real clamd: what is clean is passed on, what is not is never read, and without a verdict it waits."""

import asyncio
import os
from collections.abc import Iterator
from typing import Any
from unittest.mock import AsyncMock

import asyncpg
import pytest
from fastapi import FastAPI
from obstore.exceptions import GenericError
from typer.testing import CliRunner, Result

from app import cli, config
from app.scanner import Scanner
from app.services.evidence import scanning
from tests.core.refusals import check
from tests.evidence import bringing
from tests.evidence.bringing import Proof
from tests.evidence.samples import office as document
from tests.factories.world import Person, World
from tests.malware import EICAR, SIGNATURE, STREAM_MAX, Clamd, clamd
from tests.results.office import Figure, Office
from tests.uploads.sender import TABLE, Sender

NOWHERE = "tcp://127.0.0.1:1"
FOUND = f"{SIGNATURE}.UNOFFICIAL"


@pytest.fixture(scope="module")
def daemon() -> Iterator[Clamd]:
    """A real clamd."""
    with clamd() as running:
        yield running


@pytest.fixture(scope="module")
def settings(settings: config.Settings, daemon: Clamd) -> config.Settings:
    """The settings of an installation with a clamd."""
    said = {"clamd_url": daemon.unix, "clamd_max_bytes": STREAM_MAX, "max_file_bytes": STREAM_MAX}
    return settings.model_copy(update=said)


@pytest.fixture(scope="module")
async def office(world: World) -> Office:
    """A ministry."""
    return await Office.make(world)


@pytest.fixture
async def figure(office: Office, world: World) -> Figure:
    """A draft of its own for each test."""
    return await office.draft(indicator=await world.indicator(office.entity, office.executing))


@pytest.fixture
def away(app: FastAPI) -> Iterator[None]:
    """Clamd is away."""
    there = app.state.scanner
    app.state.scanner = Scanner(NOWHERE, STREAM_MAX)
    yield
    app.state.scanner = there


async def state(person: Person, proof: Proof) -> str:
    """Where it stands."""
    return str((await person.api.get(proof.path)).json()["state"])


async def told(owner: "asyncpg.Connection[asyncpg.Record]", proof: Proof) -> list[tuple[Any, ...]]:
    """Its steps: what, to which state, by whom."""
    rows = await owner.fetch(
        "select action, to_state, actor_id is null as by_nobody from events where subject_id = $1 order by id",
        proof.id,
    )
    return [tuple(row) for row in rows]


async def scan(settings: config.Settings, database_url: str, clamd_url: str) -> Result:
    """`mutabaa scan`."""
    none = {name: None for name in os.environ if name.startswith("MUTABAA_")}
    said = {
        "MUTABAA_DATABASE_URL": database_url,
        "MUTABAA_FILES_URL": settings.files_url,
        "MUTABAA_MAX_FILE_BYTES": str(STREAM_MAX),
        "MUTABAA_CLAMD_URL": clamd_url,
        "MUTABAA_CLAMD_MAX_BYTES": str(STREAM_MAX),
    }
    return await asyncio.to_thread(CliRunner().invoke, cli.cli, ["scan"], env={**none, **said})


async def test_a_clean_file_is_passed_on_in_the_same_request(
    world: World, office: Office, figure: Figure
) -> None:
    proof = await bringing.announced(office.enterer, figure)
    answer = await bringing.put(office.enterer, proof)
    assert (answer.status_code, answer.json()["state"]) == (200, "submitted")
    assert await told(world.owner, proof) == [
        ("evidence.create", "awaiting_file", False),
        ("evidence.upload", "scanning", False),
        ("evidence.pass", "submitted", True),
    ]
    assert [wait["action"] for wait in answer.json()["awaiting"]] == ["evidence.verify"]
    assert (await office.enterer.api.get(f"{proof.path}/content")).status_code == 200
    await bringing.taken(office.specialist, proof, "verify")


@pytest.mark.parametrize(
    ("content", "name"),
    [(EICAR, "كشف.txt"), (document(more={"word/media/image1.png": EICAR}), "كشف.docx")],
    ids=["plain", "in a document"],
)
async def test_an_infected_file_is_read_by_nobody(
    world: World, office: Office, figure: Figure, content: bytes, name: str
) -> None:
    proof = await bringing.announced(office.enterer, figure)
    answer = await bringing.put(office.enterer, proof, content, name=name)
    assert (answer.status_code, answer.json()["state"]) == (200, "infected"), answer.text
    assert answer.json()["awaiting"] == []
    assert (await told(world.owner, proof))[-1] == ("evidence.infect", "infected", True)
    changes = await world.owner.fetchval(
        "select changes->>'signature' from events where subject_id = $1 order by id desc limit 1", proof.id
    )
    assert changes == FOUND
    for person in (office.enterer, office.specialist, office.manager):
        check(await person.api.get(f"{proof.path}/content"), 409, "no_file", "en")
    for person, verb in ((office.specialist, "verify"), (office.enterer, "withdraw")):
        check(await bringing.step(person, proof, verb), 409, "wrong_state", "en")
    check(await bringing.put(office.enterer, proof), 409, "wrong_state", "en")
    # The evidence is lost, the draft is not: other evidence, and the figure goes on.
    await bringing.submitted(office.enterer, figure)
    await office.submit(figure)


async def test_while_clamd_is_away_a_file_waits_and_proves_nothing(
    world: World,
    settings: config.Settings,
    database_url: str,
    daemon: Clamd,
    away: None,
) -> None:
    office = await Office.make(world)
    await bringing.required(office, {"kind": "document", "minimum": 1})
    figure = await office.draft()
    proof = await bringing.announced(office.enterer, figure)
    answer = await bringing.put(office.enterer, proof)
    assert (answer.status_code, answer.json()["state"]) == (200, "scanning")
    assert answer.json()["awaiting"] == []
    for person in (office.enterer, office.specialist, office.manager):
        check(await person.api.get(f"{proof.path}/content"), 409, "no_file", "en")
    check(await bringing.step(office.specialist, proof, "verify"), 409, "wrong_state", "en")
    submit = await office.enterer.api.step(
        f"{figure.path}/submit", await office.enterer.api.etag(figure.path)
    )
    check(submit, 409, "evidence_missing", "en")

    still = await scan(settings, database_url, NOWHERE)
    assert (still.exit_code, still.stdout.splitlines()) == (1, ["passed: 0", "infected: 0", "waiting: 1"])
    assert await state(office.enterer, proof) == "scanning"
    seen = await office.enterer.api.etag(figure.path)
    done = await scan(settings, database_url, daemon.tcp)
    assert (done.exit_code, done.stdout.splitlines()) == (0, ["passed: 1", "infected: 0", "waiting: 0"])
    assert await state(office.enterer, proof) == "submitted"
    # Whoever looked at the figure before saw other evidence than stands now.
    assert await office.enterer.api.etag(figure.path) != seen
    inbox = (await office.specialist.api.get("/v1/inbox")).json()["items"]
    assert [item["action"] for item in inbox if item["subject_id"] == str(proof.id)] == ["evidence.verify"]
    again = await scan(settings, database_url, daemon.tcp)
    assert (again.exit_code, again.stdout.splitlines()) == (0, ["passed: 0", "infected: 0", "waiting: 0"])
    await office.submit(figure)


async def test_an_approval_waits_for_the_scan_and_for_who_verifies(
    world: World, settings: config.Settings, database_url: str, daemon: Clamd, away: None
) -> None:
    office = await Office.make(world)
    figure = await office.draft()
    proof = await bringing.announced(office.enterer, figure)
    await bringing.put(office.enterer, proof)
    await office.review(await office.submit(figure))
    manager = office.manager.api
    seen = await manager.etag(figure.path)
    refused = await manager.step(f"{figure.path}/approve", seen)
    assert (refused.status_code, refused.json()["code"]) == (409, "evidence_unverified")
    assert (await scan(settings, database_url, daemon.tcp)).exit_code == 0
    assert await state(office.enterer, proof) == "submitted"
    check(await manager.step(f"{figure.path}/approve", seen), 412, "stale", "en")
    await bringing.taken(office.specialist, proof, "verify")
    await office.approve(figure)


async def test_what_clamd_was_away_for_may_be_infected_or_withdrawn(
    office: Office, figure: Figure, settings: config.Settings, database_url: str, daemon: Clamd, away: None
) -> None:
    infected = await bringing.announced(office.enterer, figure)
    assert (await bringing.put(office.enterer, infected, EICAR, name="كشف.txt")).json()["state"] == "scanning"
    withdrawn = await bringing.submitted(office.enterer, figure)
    await bringing.taken(office.enterer, withdrawn, "withdraw")
    done = await scan(settings, database_url, daemon.tcp)
    assert (done.exit_code, done.stdout.splitlines()) == (0, ["passed: 0", "infected: 1", "waiting: 0"])
    assert await state(office.enterer, infected) == "infected"
    assert await state(office.enterer, withdrawn) == "withdrawn"


async def test_evidence_is_superseded_only_by_a_clean_file(
    office: Office, figure: Figure, app: FastAPI
) -> None:
    old = await bringing.submitted(office.enterer, figure)
    bad = await bringing.taken(office.enterer, old, "supersede", {"reason": "نسخة مصححة"})
    assert (await bringing.put(office.enterer, bad, EICAR, name="كشف.txt")).json()["state"] == "infected"
    assert await state(office.enterer, old) == "submitted"
    good = await bringing.taken(office.enterer, old, "supersede", {"reason": "نسخة مصححة"})
    assert (await bringing.put(office.enterer, good)).json()["state"] == "submitted"
    assert await state(office.enterer, old) == "superseded"


async def test_what_comes_in_pieces_is_looked_at_too(world: World) -> None:
    sender = await Sender.make(world)
    for content, became in ((TABLE, "submitted"), (EICAR, "infected")):
        evidence = await sender.evidence()
        upload = await sender.begun(evidence, len(content))
        assert (await sender.send(upload, content[:50])).status_code == 204
        last = await sender.send(upload, content[50:], 50)
        assert last.status_code == 204, last.text
        assert await sender.state(evidence) == became


async def test_two_who_scan_at_once_do_it_once(
    world: World, office: Office, figure: Figure, app: FastAPI, daemon: Clamd, away: None
) -> None:
    proofs = [await bringing.submitted(office.enterer, figure) for _ in range(3)]
    clamd_there = Scanner(daemon.unix, STREAM_MAX)
    both = await asyncio.gather(
        *(scanning.scan_all(app.state.database, app.state.files, clamd_there) for _ in range(2))
    )
    assert sum(found["passed"] for found in both) == 3
    for proof in proofs:
        assert [step for step, *_ in await told(world.owner, proof)].count("evidence.pass") == 1


async def test_one_file_that_clamd_does_not_survive_stops_no_other(
    office: Office, figure: Figure, app: FastAPI, away: None
) -> None:
    proofs = [await bringing.submitted(office.enterer, figure) for _ in range(2)]
    asked = 0

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal asked
        asked += 1
        if asked == 1:
            writer.close()
            return
        await reader.readuntil(b"\0\0\0\0")
        writer.write(b"stream: OK\0")
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        scanner = Scanner(f"tcp://127.0.0.1:{port}", STREAM_MAX)
        found = await scanning.scan_all(app.state.database, app.state.files, scanner)
    assert asked >= 2
    assert found["waiting"] == 1
    assert [await state(office.enterer, proof) for proof in proofs] == ["scanning", "submitted"]
    await bringing.taken(office.enterer, proofs[0], "withdraw")


async def test_a_fault_of_the_store_leaves_the_file_attached(
    office: Office, figure: Figure, app: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    for fault in (GenericError("the bucket is away"), RuntimeError("anything else")):
        proof = await bringing.announced(office.enterer, figure)
        with monkeypatch.context() as patched:
            patched.setattr(app.state.scanner, "scan", AsyncMock(side_effect=fault))
            answer = await bringing.put(office.enterer, proof)
        assert (answer.status_code, answer.json()["state"]) == (200, "scanning"), answer.text
        await bringing.taken(office.enterer, proof, "withdraw")


async def test_a_file_that_is_lost_has_no_verdict(
    world: World,
    office: Office,
    figure: Figure,
    app: FastAPI,
    settings: config.Settings,
    database_url: str,
    daemon: Clamd,
    away: None,
) -> None:
    proof = await bringing.submitted(office.enterer, figure)
    sha256 = await world.owner.fetchval("select sha256 from evidence where id = $1", proof.id)
    await app.state.files.delete(f"sha256/{sha256[:2]}/{sha256[2:4]}/{sha256}")
    done = await scan(settings, database_url, daemon.tcp)
    assert (done.exit_code, done.stdout.splitlines()) == (1, ["passed: 0", "infected: 0", "waiting: 1"])
    assert await state(office.enterer, proof) == "scanning"
