"""The file as it is read back: whole or in part, always as an attachment, under a name that survives."""

import asyncio
import re
from typing import Any
from urllib.parse import unquote

import pytest
from fastapi import FastAPI

from app import file_headers, streaming
from app.errors import Malformed, OutsideTheFile
from app.files import key_of
from app.services.evidence import keeping, names
from tests.evidence.bringing import Proof, a_pdf, announced, put
from tests.evidence.samples import MINUTES, TABLE
from tests.factories.world import Person, World
from tests.logged import lines_of
from tests.results.office import Office

RANGES = (
    # (asked, first byte, byte after the last; None: the whole)
    ("bytes=0-9", (0, 10)),
    ("bytes=5-", (5, 100)),
    ("bytes=-7", (93, 100)),
    ("bytes=-1000", (0, 100)),
    ("bytes=90-1000", (90, 100)),
    ("bytes=99-99", (99, 100)),
    ("bytes=0-9,20-29", None),
    ("bytes=9-0", None),
    ("bytes=", None),
    ("bytes=a-b", None),
    ("lines=0-9", None),
    ("bytes=-", None),
    ("bytes=٠-٩", None),
)
OUTSIDE = ("bytes=100-", "bytes=100-200", "bytes=999999999999-", "bytes=-0")
NAMES = (
    # (as it was said, as it is shown)
    ("كشف الإنجاز.pdf", "كشف الإنجاز.pdf"),
    ("../../etc/passwd", "passwd.pdf"),
    (r"C:\Users\سالم\كشف.pdf", "كشف.pdf"),
    ("/", None),
    ("..", None),
    ("\0\0", None),
    ("a\0b\r\n.pdf", "ab.pdf"),
    ("invoice\u202efdp.exe", "invoicefdp.exe.pdf"),
    ("in\u00advo\u034fi\u180ece\U000e0041.pdf", "invoice.pdf"),
    ("run.exe", "run.exe.pdf"),
    ("page.html", "page.html.pdf"),
    ("كشف.PDF", "كشف.PDF"),
    (".pdf", "pdf.pdf"),
    ('q"uo<te>s|?.pdf', "q_uo_te_s__.pdf"),
    ("  مسافات   كثيرة  .pdf ", "مسافات كثيرة.pdf"),
    ("ع" * 1000, "ع" * 196 + ".pdf"),
    ("ع" * 1000 + ".pdf", "ع" * 196 + ".pdf"),
    ("\ud800.pdf", "pdf.pdf"),
)


@pytest.mark.parametrize(("said", "shown"), NAMES)
def test_a_name_is_made_fit_to_be_shown(said: str, shown: str | None) -> None:
    assert names.displayed(said, "application/pdf") == shown


@pytest.mark.parametrize(("asked", "part"), RANGES)
def test_a_range_is_one_part_or_the_whole(asked: str, part: tuple[int, int] | None) -> None:
    assert file_headers.byte_range(asked, 100) == part


@pytest.mark.parametrize("asked", OUTSIDE)
def test_a_range_beyond_the_end_is_refused(asked: str) -> None:
    with pytest.raises(OutsideTheFile) as refused:
        file_headers.byte_range(asked, 100)
    assert refused.value.headers["Content-Range"] == "bytes */100"


@pytest.mark.parametrize(
    ("said", "name"),
    [
        (None, None),
        ("attachment", None),
        ('attachment; filename="plain.pdf"', "plain.pdf"),
        ("attachment; filename*=UTF-8''%D9%83%D8%B4%D9%81.pdf", "كشف.pdf"),
        ("attachment; filename=\"x.pdf\"; filename*=UTF-8''%D9%83%D8%B4%D9%81.pdf", "كشف.pdf"),
        ('attachment; filename="كشف.pdf"'.encode().decode("latin-1"), "كشف.pdf"),
    ],
)
def test_what_a_file_is_called(said: str | None, name: str | None) -> None:
    assert file_headers.file_name(said) == name


@pytest.mark.parametrize(
    "said",
    [
        "attachment; filename*=nonsense''%FF",
        'attachment; filename="\xff\xfe"',
        "attachment; filename*=abc",
        "attachment; filename*=UTF-8'abc",
        "attachment; filename*=''abc",
        ";filename*;filename*1*=x''y",
        "attachment" + ";" * 4000,
    ],
)
def test_a_name_that_cannot_be_read_is_refused(said: str) -> None:
    with pytest.raises(Malformed):
        file_headers.file_name(said)


async def _brought(person: Person, office: Office, content: bytes, name: str | None) -> Proof:
    proof = await announced(person, await office.draft())
    answer = await put(person, proof, content, name=name)
    assert answer.status_code == 200, answer.text
    return proof


async def test_a_file_is_read_as_an_attachment(world: World) -> None:
    office = await Office.make(world)
    content = a_pdf()
    proof = await _brought(office.enterer, office, content, "../كشف الإنجاز «2026».pdf")
    path = f"{proof.path}/content"
    answer = await office.specialist.api.get(path)
    assert (answer.status_code, answer.content) == (200, content)
    said = answer.headers
    assert said["Content-Type"] == "application/pdf"
    assert said["Content-Length"] == str(len(content))
    assert said["X-Content-Type-Options"] == "nosniff"
    assert said["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert said["Cache-Control"] == "private, no-cache"
    assert said["Accept-Ranges"] == "bytes"
    plain, name = re.fullmatch(
        r"attachment; filename=\"([\x20-\x7e]+)\"; filename\*=UTF-8''(\S+)", said["Content-Disposition"]
    ).groups()  # type: ignore[union-attr]
    assert (plain, unquote(name)) == (f"evidence-{proof.id}.pdf", "كشف الإنجاز «2026».pdf")
    assert len(said.get_list("X-Content-Type-Options")) == 1

    async def asked(**more: str):
        return await office.specialist.api.send("GET", path, headers=more)

    etag = said["ETag"]
    same = await asked(**{"If-None-Match": etag})
    assert (same.status_code, same.content, same.headers["ETag"]) == (304, b"", etag)
    part = await asked(Range="bytes=5-14")
    assert (part.status_code, part.content) == (206, content[5:15])
    assert part.headers["Content-Range"] == f"bytes 5-14/{len(content)}"
    assert part.headers["Content-Length"] == "10"
    continued = await asked(**{"Range": "bytes=5-14", "If-Range": etag})
    assert continued.status_code == 206
    another = await asked(**{"Range": "bytes=5-14", "If-Range": '"other"'})
    assert (another.status_code, another.content) == (200, content)
    beyond = await asked(Range=f"bytes={len(content)}-")
    assert (beyond.status_code, beyond.json()["code"]) == (416, "range_not_satisfiable")
    assert beyond.headers["Content-Range"] == f"bytes */{len(content)}"
    assert (await office.specialist.api.get(path, version="1")).status_code == 422


@pytest.mark.parametrize(
    ("content", "media_type", "name"),
    [(MINUTES.encode("windows-1256"), "text/plain", "محضر.txt"), (TABLE.encode(), "text/csv", None)],
)
async def test_a_text_is_sent_as_it_came(
    world: World, content: bytes, media_type: str, name: str | None
) -> None:
    office = await Office.make(world)
    proof = await _brought(office.enterer, office, content, name)
    answer = await office.enterer.api.get(f"{proof.path}/content")
    assert (answer.content, answer.headers["Content-Type"]) == (content, media_type)
    shown = (await office.enterer.api.get(proof.path)).json()["file"]["name"]
    assert shown == name
    assert unquote(answer.headers["Content-Disposition"]).endswith(name or f"evidence-{proof.id}.csv")


async def test_there_is_nothing_to_read_before_the_file_is_there(world: World) -> None:
    office = await Office.make(world)
    proof = await announced(office.enterer, await office.draft())
    answer = await office.enterer.api.get(f"{proof.path}/content")
    assert (answer.status_code, answer.json()["code"]) == (409, "no_file")


async def test_a_store_that_takes_its_time_holds_no_connection(
    world: World, app: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    office = await Office.make(world)
    proof = await _brought(office.enterer, office, a_pdf(), None)
    get, pool = app.state.files.get, app.state.database._pool
    held = []

    async def watched(*asked: Any) -> Any:
        held.append(pool.get_size() - pool.get_idle_size())
        return await get(*asked)

    monkeypatch.setattr(app.state.files, "get", watched)
    assert (await office.enterer.api.get(f"{proof.path}/content")).status_code == 200
    assert held == [0]

    async def never(_: str) -> bool:
        return await asyncio.Event().wait()

    later = await announced(office.enterer, await office.draft("2023"))
    monkeypatch.setattr(app.state.files, "exists", never)
    monkeypatch.setattr(keeping, "_SECONDS", 0.01)
    answer = await put(office.enterer, later)
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    assert (await office.enterer.api.get(later.path)).json()["state"] == "awaiting_file"


async def test_a_file_that_the_store_has_lost_is_a_fault_of_ours(
    world: World, app: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    office = await Office.make(world)
    proof = await _brought(office.enterer, office, a_pdf(), None)
    sha256 = (await office.enterer.api.get(proof.path)).json()["file"]["sha256"]
    await app.state.files.delete(key_of(sha256))
    logs = lines_of(streaming, monkeypatch)
    answer = await office.enterer.api.get(f"{proof.path}/content")
    assert (answer.status_code, answer.json()["code"]) == (500, "internal")
    assert {"event": "file_lost", "sha256": sha256, "log_level": "error"} in logs
