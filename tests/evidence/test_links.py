"""An installation that keeps its files in a bucket: brought, read in parts, and linked to for a while."""

from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from fastapi import FastAPI

from app import config
from app.enums import Role
from app.main import create_app
from app.schemas.evidence import EvidenceLink
from tests.api import Api
from tests.buckets import bucket
from tests.core.refusals import check
from tests.evidence import bringing
from tests.evidence.bringing import Proof
from tests.factories.world import Person, World
from tests.results.office import Figure, Office
from tests.uploads.sender import TABLE, Sender


@pytest.fixture(scope="module")
def settings(settings: config.Settings) -> Iterator[config.Settings]:
    """The settings of an installation with a bucket."""
    with bucket() as url:
        yield settings.model_copy(update={"files_url": url})


@pytest.fixture(scope="module")
async def office(world: World) -> Office:
    """A ministry."""
    return await Office.make(world)


@pytest.fixture(scope="module")
async def figure(office: Office) -> Figure:
    """The draft of a figure."""
    return await office.draft()


@pytest.fixture
async def on_a_folder(settings: config.Settings, app: FastAPI, tmp_path: Path) -> AsyncIterator[Api]:
    """The same installation, were its files in a folder."""
    there = create_app(settings.model_copy(update={"files_url": tmp_path.as_uri()}))
    async with there.router.lifespan_context(there):
        transport = httpx.ASGITransport(app=there)
        async with httpx.AsyncClient(
            transport=transport, base_url="http://mutabaa.test", headers={"Accept-Language": "en"}
        ) as http:
            yield Api(http)


async def link(person: Person, proof: Proof, **headers: str) -> httpx.Response:
    """The answer to who asks for a link."""
    said = {name.replace("_", "-"): value for name, value in headers.items()}
    return await person.api.send("POST", f"{proof.path}/link", headers=said)


async def test_a_file_in_a_bucket_is_read_in_parts_through_the_service(
    office: Office, figure: Figure
) -> None:
    proof = await bringing.announced(office.enterer, figure)
    content = bringing.a_pdf()
    assert (await bringing.put(office.enterer, proof, content)).status_code == 200
    api = office.specialist.api
    whole = await api.get(f"{proof.path}/content")
    assert (whole.status_code, whole.content) == (200, content)
    part = await api.send("GET", f"{proof.path}/content", headers={"Range": "bytes=5-14"})
    assert (part.status_code, part.content) == (206, content[5:15])
    assert part.headers["Content-Range"] == f"bytes 5-14/{len(content)}"


async def test_a_file_comes_into_a_bucket_in_pieces(world: World) -> None:
    sender = await Sender.make(world)
    evidence = await sender.evidence()
    upload = await sender.begun(evidence)
    for start in range(0, len(TABLE), 3000):
        assert (await sender.send(upload, TABLE[start : start + 3000], start)).status_code == 204
    assert await sender.state(evidence) == "submitted"
    assert (await sender.office.enterer.api.get(f"{evidence}/content")).content == TABLE


async def test_a_link_is_good_for_minutes_and_gives_an_attachment(
    world: World, office: Office, figure: Figure
) -> None:
    proof = await bringing.announced(office.enterer, figure)
    content = bringing.a_pdf()
    await bringing.put(office.enterer, proof, content)
    answer = await link(office.specialist, proof)
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")
    said = EvidenceLink.model_validate_json(answer.content)
    assert timedelta(minutes=4) < said.expires_at - datetime.now(UTC) <= timedelta(minutes=5)
    assert parse_qs(urlsplit(said.url).query)["X-Amz-Expires"] == ["300"]
    async with httpx.AsyncClient() as anybody:
        read = await anybody.get(said.url)
        part = await anybody.get(said.url, headers={"Range": "bytes=5-14"})
    assert (read.status_code, read.content) == (200, content)
    assert (part.status_code, part.content) == (206, content[5:15])
    assert read.headers["Content-Disposition"] == "attachment"
    assert read.headers["Content-Type"] == "application/octet-stream"
    told = await world.owner.fetchrow(
        "select action, actor_id, to_state from events where subject_id = $1 order by id desc limit 1",
        proof.id,
    )
    assert told is not None
    assert tuple(told) == ("evidence.link", office.specialist.id, None)


async def test_who_may_not_read_gets_no_link(world: World, office: Office, figure: Figure) -> None:
    proof = await bringing.submitted(office.enterer, figure)
    stranger = await world.person(Role.MANAGER, await world.entity())
    check(await link(stranger, proof), 404, "not_found", "en")
    awaited = await bringing.announced(office.enterer, figure)
    check(await link(office.enterer, awaited), 409, "no_file", "en")
    await bringing.taken(office.enterer, proof, "withdraw")
    check(await link(office.enterer, proof), 409, "no_file", "en")


async def test_a_link_is_a_secret_and_never_kept(office: Office, figure: Figure) -> None:
    proof = await bringing.submitted(office.enterer, figure)
    check(await link(office.enterer, proof, Idempotency_Key="secret-link-1"), 400, "malformed", "en")


async def test_a_folder_gives_no_link(office: Office, figure: Figure, on_a_folder: Api) -> None:
    proof = await bringing.submitted(office.enterer, figure)
    answer = await on_a_folder.as_(office.enterer.api.token).send("POST", f"{proof.path}/link")
    check(answer, 409, "no_links_here", "en")
