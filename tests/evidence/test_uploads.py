"""Files on their way in: refused before a byte is read, asked again at the end, and never half there."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psutil
import pytest
from fastapi import FastAPI

from app import config
from tests.evidence.bringing import Proof, a_pdf, announced, put, step
from tests.evidence.samples import MINUTES, office
from tests.factories.world import Person, World
from tests.results.office import Office

LIMIT = 48_000_000
CHUNK = 64 * 1024


@pytest.fixture(scope="module")
def settings(
    database_url: str, token_keys: Path, tmp_path_factory: pytest.TempPathFactory
) -> config.Settings:
    """The settings of the application under test: ordinary bodies are small, files are not."""
    return config.Settings(
        database_url=database_url,  # type: ignore[arg-type]  # parsed by pydantic
        token_keys=token_keys,
        files_url=f"file://{tmp_path_factory.mktemp('files')}",
        max_body_bytes=10_000,
        max_file_bytes=LIMIT,
    )


def kept(app: FastAPI) -> set[Path]:
    """Every file of the store, those on their way included."""
    folder = Path(app.state.settings.files_url.removeprefix("file://"))
    return {path for path in folder.rglob("*") if path.is_file()}


class Body:
    """A body that tells how much of it was read, and lets something happen on the way."""

    def __init__(self, content: bytes, meanwhile: Callable[[], Awaitable[Any]] | None = None) -> None:
        self.content = content
        self.meanwhile = meanwhile
        self.read = 0

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for start in range(0, len(self.content), CHUNK):
            chunk = self.content[start : start + CHUNK]
            self.read += len(chunk)
            yield chunk
        if self.meanwhile is not None:
            await self.meanwhile()
        yield b""


async def _waiting(world: World) -> tuple[Office, Proof]:
    made = await Office.make(world)
    return made, await announced(made.enterer, await made.draft())


async def test_what_cannot_be_attached_is_refused_before_it_is_read(world: World, app: FastAPI) -> None:
    made, proof = await _waiting(world)
    stranger = await Office.make(world)
    etag = await made.enterer.api.etag(proof.path)
    before = kept(app)

    async def refused(person: Person, status: int, code: str, **headers: str) -> None:
        body = Body(a_pdf())
        answer = await person.api.send(
            "PUT", f"{proof.path}/content", content=body, headers={"If-Match": etag, **headers}
        )
        assert (answer.status_code, answer.json()["code"], body.read) == (status, code, 0), answer.text

    unsigned = await made.enterer.api.as_("x.y.z").send("PUT", f"{proof.path}/content", content=Body(b"x"))
    assert unsigned.status_code == 401
    await refused(made.enterer, 400, "malformed", **{"Content-Disposition": "attachment; filename*=x''%FF"})
    await refused(stranger.enterer, 404, "not_found")
    await refused(made.manager, 403, "forbidden")
    await refused(made.enterer, 428, "precondition_required", **{"If-Match": "*"})
    await refused(made.enterer, 412, "stale", **{"If-Match": '"7.x"'})
    await refused(made.enterer, 413, "too_large", **{"Content-Length": str(LIMIT + 1)})
    await step(made.enterer, proof, "withdraw")
    etag = await made.enterer.api.etag(proof.path)
    await refused(made.enterer, 409, "wrong_state")
    assert kept(app) == before


async def test_a_file_may_be_larger_than_any_other_body(world: World, app: FastAPI) -> None:
    """40 MB pass through in bounded memory, and no connection to the database is held meanwhile."""
    made, proof = await _waiting(world)
    process = psutil.Process()
    grown: list[int] = []
    held: list[int] = []
    begun = process.memory_info().rss

    async def large() -> AsyncIterator[bytes]:
        piece = (MINUTES * 2000).encode()
        for _ in range(40_000_000 // len(piece)):
            grown.append(process.memory_info().rss - begun)
            held.append(app.state.database._engine.pool.checkedout())
            held.append(app.state.database._pool.get_size() - app.state.database._pool.get_idle_size())
            yield piece

    answer = await put(made.enterer, proof, large(), name="محاضر.txt")
    assert answer.status_code == 200, answer.text
    assert answer.json()["file"]["size"] > 39_000_000
    assert max(grown) < 30_000_000, f"{max(grown):,} bytes more for a body of 40 MB"
    assert set(held) == {0}
    read = await made.specialist.api.get(f"{proof.path}/content")
    assert len(read.content) == answer.json()["file"]["size"]


async def test_more_than_is_allowed_without_saying_so(world: World, app: FastAPI) -> None:
    made, proof = await _waiting(world)
    before = kept(app)

    async def endless() -> AsyncIterator[bytes]:
        while True:
            yield b"x" * 1_000_000

    answer = await put(made.enterer, proof, endless())
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
    assert kept(app) == before
    assert (await made.enterer.api.get(proof.path)).json()["state"] == "awaiting_file"


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        (b"", 422, "empty_file"),
        (b"<!DOCTYPE html><script>", 415, "file_refused"),
        (office(more={"word/vbaProject.bin": b"x"}), 415, "file_refused"),
    ],
)
async def test_a_file_that_is_not_taken_leaves_the_evidence_waiting(
    world: World, content: bytes, status: int, code: str
) -> None:
    made, proof = await _waiting(world)
    before = await made.enterer.api.etag(proof.path)
    for language in ("ar", "en"):
        lies = {"Content-Type": "application/pdf", "Accept-Language": language}
        answer = await put(made.enterer, proof, content, name="كشف.pdf", **lies)
        assert (answer.status_code, answer.json()["code"]) == (status, code)
        assert len(answer.json()["errors"]) == 1
    assert await made.enterer.api.etag(proof.path) == before


async def test_of_two_uploads_one_is_attached(world: World) -> None:
    made, proof = await _waiting(world)
    etag = await made.enterer.api.etag(proof.path)
    both = asyncio.Barrier(2)
    answers = await asyncio.gather(
        *(
            put(person, proof, Body(a_pdf(), both.wait), etag=etag)
            for person in (made.enterer, made.second_enterer)
        )
    )
    assert sorted(answer.status_code for answer in answers) == [200, 412]
    winner = next(answer for answer in answers if answer.status_code == 200)
    assert (await made.enterer.api.get(proof.path)).json() == winner.json()
    again = await put(made.enterer, proof, etag=etag)
    assert (again.status_code, again.json()["code"]) == (412, "stale")


async def _membership_ends(world: World, person: Person) -> None:
    await world.owner.execute(
        "update memberships set ends_at = $2 where user_id = $1", person.id, datetime.now(UTC)
    )


async def _session_ends(world: World, person: Person) -> None:
    await world.owner.execute("update sessions set revoked_at = now() where id = $1", person.session_id)


@pytest.mark.parametrize(("ends", "status"), [(_membership_ends, 404), (_session_ends, 401)])
async def test_a_right_that_ends_during_the_upload_is_gone(
    world: World, ends: Callable[[World, Person], Awaitable[None]], status: int
) -> None:
    made, proof = await _waiting(world)
    answer = await put(made.enterer, proof, Body(a_pdf(), lambda: ends(world, made.enterer)))
    assert answer.status_code == status
    assert (await made.second_enterer.api.get(proof.path)).json()["state"] == "awaiting_file"


async def test_a_division_that_is_no_longer_in_charge_attaches_nothing(world: World) -> None:
    """Still there, still seen, and not entitled any more."""
    made, proof = await _waiting(world)

    async def moved() -> None:
        await world.owner.execute(
            "update results set parties_enter = array['specialist:' || entity_id], parties_review = parties_review ||"
            " parties_enter where id = (select subject_id from evidence where id = $1)",
            proof.id,
        )

    answer = await put(made.enterer, proof, Body(a_pdf(), moved))
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
    assert (await made.specialist.api.get(proof.path)).json()["state"] == "awaiting_file"


async def test_a_draft_that_is_discarded_during_the_upload_takes_no_file(world: World) -> None:
    made = await Office.make(world)
    figure = await made.draft()
    proof = await announced(made.enterer, figure)
    content = a_pdf()

    async def discarded() -> None:
        await made.taken(made.second_enterer, figure, "discard")

    answer = await put(made.enterer, proof, Body(content, discarded))
    assert (answer.status_code, answer.json()["code"]) == (412, "stale")
    assert (await made.enterer.api.get(proof.path)).json()["state"] == "withdrawn"


async def test_a_client_that_vanishes_leaves_nothing(world: World, app: FastAPI) -> None:
    made, proof = await _waiting(world)
    etag = await made.enterer.api.etag(proof.path)
    before = kept(app)
    coming = iter([{"type": "http.request", "body": b"%PDF-1.7\n" + b"x" * 6_000_000, "more_body": True}])

    async def receive() -> dict[str, Any]:
        return next(coming, {"type": "http.disconnect"})

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    sent: list[dict[str, Any]] = []
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "PUT",
        "scheme": "http",
        "path": f"{proof.path}/content",
        "raw_path": f"{proof.path}/content".encode(),
        "query_string": b"",
        "root_path": "",
        "headers": [
            (b"authorization", f"Bearer {made.enterer.api.token}".encode()),
            (b"if-match", etag.encode()),
            (b"content-length", b"7000000"),
        ],
        "client": ("127.0.0.1", 1),
        "server": ("mutabaa.test", 80),
    }
    await app(scope, receive, send)  # type: ignore[arg-type]
    assert sent[0]["status"] == 400  # no fault of ours
    assert kept(app) == before
    assert (await made.enterer.api.get(proof.path)).json()["state"] == "awaiting_file"
