"""Resumable uploads over HTTP: begun, broken off, gone on with, completed, given up; and what is refused."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from unittest.mock import AsyncMock
from uuid import UUID

import httpx
import pytest
from asyncpg.transaction import Transaction
from fastapi import FastAPI

from app.enums import Role
from app.errors import Stale
from app.services.evidence import commands as evidence_commands
from tests.core.refusals import check, client_of, refused
from tests.factories.world import World
from tests.uploads.sender import HASH, NAME, TABLE, TUS, Sender, b64

HALF = len(TABLE) // 2


@pytest.fixture(scope="module")
async def sender(world: World) -> Sender:
    """Somebody who uploads."""
    return await Sender.make(world)


async def parts(app: FastAPI, upload: str) -> list[str]:
    """The keys of the parts of an upload in the file store."""
    later = datetime.now(UTC) + timedelta(days=1)
    begins = f"parts/{UUID(upload.rpartition('/')[2]).hex}."
    return [key async for keys in app.state.files.older_than(later) for key in keys if key.startswith(begins)]


async def test_a_file_comes_in_pieces_and_is_attached_with_the_last(app: FastAPI, sender: Sender) -> None:
    evidence = await sender.evidence()
    begun = await sender.begin(evidence)
    assert (begun.status_code, begun.content) == (201, b"")
    assert begun.headers["Tus-Resumable"] == "1.0.0"
    expires = parsedate_to_datetime(begun.headers["Upload-Expires"])
    assert timedelta(hours=23) < expires - datetime.now(UTC) <= timedelta(hours=24)
    upload = begun.headers["Location"]
    assert await sender.received(upload) == 0

    for start in range(0, len(TABLE), 2000):
        before = await sender.state(evidence)
        answer = await sender.send(upload, TABLE[start : start + 2000], start)
        assert (answer.status_code, answer.content) == (204, b""), answer.text
        assert before == "awaiting_file"
        assert answer.headers["Upload-Offset"] == str(min(start + 2000, len(TABLE)))
        assert answer.headers["Tus-Resumable"] == "1.0.0"

    shown = (await sender.office.enterer.api.get(evidence)).json()
    assert (shown["state"], shown["file"]["name"]) == ("submitted", NAME)
    file = shown["file"]
    assert (file["sha256"], file["size"], file["media_type"]) == (HASH, len(TABLE), "text/csv")
    assert await parts(app, upload) == []
    # A client that lost the last answer asks how far it came, and learns that all is there.
    asked = await sender.office.enterer.api.send("HEAD", upload, headers=TUS)
    assert (asked.status_code, asked.content) == (200, b"")
    assert asked.headers["Upload-Offset"] == asked.headers["Upload-Length"] == str(len(TABLE))
    assert asked.headers["Upload-Metadata"] == f"filename {b64(NAME)},filetype {b64('text/csv')}"
    assert asked.headers["Cache-Control"] == "no-store"


async def test_five_uploads_may_be_unfinished_for_one_piece_of_evidence(sender: Sender) -> None:
    evidence = await sender.evidence()
    uploads = [await sender.begun(evidence) for _ in range(5)]
    check(await sender.begin(evidence), 409, "too_many_uploads", "en")
    check(await sender.begin(evidence, Accept_Language="ar"), 409, "too_many_uploads", "ar")
    colleague = sender.office.second_enterer
    assert (await sender.begin(evidence, by=colleague)).status_code == 201
    assert (await sender.begin()).status_code == 201
    assert (await sender.office.enterer.api.send("DELETE", uploads[0], headers=TUS)).status_code == 204
    assert (await sender.begin(evidence)).status_code == 201


async def test_a_checksum_guards_each_part(app: FastAPI, sender: Sender) -> None:
    for algorithm in ("sha1", "sha256"):
        evidence = await sender.evidence()
        upload = await sender.begun(evidence)

        def digest(content: bytes, algorithm: str = algorithm) -> str:
            return f"{algorithm} {b64(hashlib.new(algorithm, content).digest())}"

        wrong = await sender.send(upload, TABLE[:HALF], Upload_Checksum=digest(b"other"))
        check(wrong, 460, "checksum_mismatch", "en")
        assert await sender.received(upload) == 0
        assert await parts(app, upload) == []
        first = await sender.send(upload, TABLE[:HALF], Upload_Checksum=digest(TABLE[:HALF]))
        assert first.status_code == 204
        second = await sender.send(upload, TABLE[HALF:], HALF, Upload_Checksum=digest(TABLE[HALF:]))
        assert second.status_code == 204
        assert await sender.state(evidence) == "submitted"


async def test_an_upload_is_given_up(app: FastAPI, sender: Sender) -> None:
    upload = await sender.begun()
    assert (await sender.send(upload, TABLE[:HALF])).status_code == 204
    assert len(await parts(app, upload)) == 1
    api = sender.office.enterer.api
    ended = await api.send("DELETE", upload, headers=TUS)
    assert (ended.status_code, ended.headers["Tus-Resumable"]) == (204, "1.0.0")
    assert await parts(app, upload) == []
    for again in (
        await api.send("DELETE", upload, headers=TUS),
        await api.send("HEAD", upload, headers=TUS),
        await sender.send(upload, TABLE[HALF:], HALF),
    ):
        assert again.status_code == 404


async def test_the_protocol_is_told_to_everybody(sender: Sender, client: httpx.AsyncClient) -> None:
    upload = await sender.begun()
    for path in (upload, f"{await sender.evidence()}/uploads"):
        answer = await client.request("OPTIONS", path)
        assert (answer.status_code, answer.content) == (204, b"")
        assert answer.headers["Tus-Version"] == answer.headers["Tus-Resumable"] == "1.0.0"
        assert answer.headers["Tus-Extension"] == "creation,expiration,checksum,termination"
        assert answer.headers["Tus-Max-Size"] == "52428800"
        assert answer.headers["Tus-Checksum-Algorithm"] == "sha1,sha256"


async def test_a_client_that_can_only_post_says_what_it_means(sender: Sender) -> None:
    evidence = await sender.evidence()
    upload = await sender.begun(evidence)
    headers = {**TUS, "Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"}
    api = sender.office.enterer.api
    headers["X-HTTP-Method-Override"] = "PATCH"
    sent = await api.send("POST", upload, content=TABLE, headers=headers)
    assert sent.status_code == 204, sent.text
    assert await sender.state(evidence) == "submitted"
    headers["X-HTTP-Method-Override"] = "PUT"
    assert (await api.send("POST", upload, content=TABLE, headers=headers)).status_code == 415
    gone = await api.send("POST", upload, headers={**TUS, "X-HTTP-Method-Override": "DELETE"})
    assert gone.status_code == 204


async def test_bytes_must_follow_each_other(sender: Sender) -> None:
    upload = await sender.begun()
    assert (await sender.send(upload, TABLE[:1000])).status_code == 204
    for offset in (0, 999, 1001, len(TABLE), 10**12):
        answer = await sender.send(upload, TABLE[:10], offset)
        check(answer, 409, "wrong_offset", "en")
        assert answer.headers["Upload-Offset"] == "1000"
    for said in ("-1", "x", "1.0", "0x1", ""):
        answer = await sender.send(upload, TABLE[:10], said)
        problem = check(answer, 422, "invalid", "en")
        assert [(fault.parameter, fault.code) for fault in problem.errors or ()] == [
            ("Upload-Offset", "missing" if said == "" else "bad_format")
        ]
    assert await sender.received(upload) == 1000
    # No bytes are no fault, and change nothing.
    assert (await sender.send(upload, b"", 1000)).headers["Upload-Offset"] == "1000"


async def test_no_more_bytes_than_were_said(app: FastAPI, sender: Sender) -> None:
    async def streamed() -> AsyncIterator[bytes]:
        yield TABLE
        yield b"x"

    upload = await sender.begun()
    for content in (TABLE + b"x", streamed()):
        check(await sender.send(upload, content), 413, "too_large", "en")
    assert await sender.received(upload) == 0
    assert await parts(app, upload) == []


@pytest.mark.parametrize(
    ("headers", "status", "code", "header"),
    [
        ({"Upload_Length": ""}, 422, "invalid", "Upload-Length"),
        ({"Upload_Length": "0"}, 422, "invalid", "Upload-Length"),
        ({"Upload_Length": "-5"}, 422, "invalid", "Upload-Length"),
        ({"Upload_Length": "ten"}, 422, "invalid", "Upload-Length"),
        ({"Upload_Length": "52428801"}, 413, "too_large", None),
        ({"Upload_Length": "", "Upload_Defer_Length": "1"}, 422, "invalid", "Upload-Defer-Length"),
        ({"Upload_Metadata": "filename not-base64!"}, 422, "invalid", "Upload-Metadata"),
        ({"Upload_Metadata": f"filename {b64('a' * 7500)}"}, 422, "invalid", "Upload-Metadata"),
        ({"Tus_Resumable": ""}, 412, "tus_version", None),
        ({"Tus_Resumable": "0.2.2"}, 412, "tus_version", None),
    ],
)
async def test_an_upload_that_cannot_be_begun(
    sender: Sender, headers: dict[str, str], status: int, code: str, header: str | None
) -> None:
    answer = await sender.begin(**headers)
    problem = check(answer, status, code, "en")
    if header is not None:
        assert [fault.parameter for fault in problem.errors or ()] == [header]
    assert answer.headers["Tus-Resumable"] == "1.0.0"
    if status == 412:
        assert answer.headers["Tus-Version"] == "1.0.0"
    if status == 413:
        assert answer.headers["Tus-Max-Size"] == "52428800"


async def test_what_cannot_be_read_is_refused_in_both_languages(sender: Sender) -> None:
    path = await sender.evidence()
    upload = await sender.begun(path)
    async with client_of(sender.office.enterer.api, **TUS) as client:
        part = {"Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"}
        await refused(client, "PATCH", upload, 412, "tus_version", headers={**part, "Tus-Resumable": "2.0.0"})
        await refused(client, "PATCH", upload, 409, "wrong_offset", headers={**part, "Upload-Offset": "7"})
        await refused(client, "PATCH", upload, 422, "invalid", headers={**part, "Upload-Offset": "seven"})
        await refused(
            client, "PATCH", upload, 400, "malformed", headers={**part, "Upload-Checksum": "md5 YQ=="}
        )
        await refused(
            client, "PATCH", upload, 422, "invalid", headers={**part, "Upload-Checksum": "sha1 YQ=="}
        )
        octets = {**part, "Content-Type": "application/octet-stream"}
        await refused(client, "PATCH", upload, 415, "unsupported_media_type", headers=octets, content=b"x")
        await refused(client, "PATCH", upload, 413, "too_large", headers=part, content=TABLE + b"x")
        # Creation takes no bytes: that extension is not spoken here.
        await refused(
            client, "POST", f"{path}/uploads", 415, "unsupported_media_type", headers=part, content=b"x"
        )
        await refused(client, "POST", f"{path}/uploads", 422, "invalid")
        await refused(client, "DELETE", upload, 412, "tus_version", headers={"Tus-Resumable": "x"})
        unknown = upload[:-12] + "000000000000"
        for method in ("PATCH", "DELETE"):
            await refused(client, method, unknown, 404, "not_found", headers=part)
            await refused(client, method, "/v1/uploads/seven", 404, "not_found", headers=part)
        await refused(client, "GET", upload, 405, "method_not_allowed")


async def test_nobody_else_knows_of_an_upload(world: World, sender: Sender) -> None:
    upload = await sender.begun()
    others = [
        sender.office.second_enterer,
        sender.office.manager,
        await world.person(Role.MANAGER, await world.entity()),
    ]
    for other in others:
        assert (await other.api.send("HEAD", upload, headers=TUS)).status_code == 404
        assert (await other.api.send("DELETE", upload, headers=TUS)).status_code == 404
        check(await sender.send(upload, TABLE, by=other), 404, "not_found", "en")
    assert (await other.api.http.request("HEAD", upload, headers=TUS)).status_code == 401
    assert await sender.received(upload) == 0


async def test_who_may_not_attach_begins_nothing(sender: Sender) -> None:
    path = await sender.evidence()
    check(await sender.begin(path, by=sender.office.manager), 403, "forbidden", "en")


async def test_a_right_that_was_revoked_meanwhile_attaches_nothing(app: FastAPI, world: World) -> None:
    sender = await Sender.make(world)
    evidence = await sender.evidence()
    upload = await sender.begun(evidence)
    assert (await sender.send(upload, TABLE[:HALF])).status_code == 204

    async def revoked_on_the_way() -> AsyncIterator[bytes]:
        yield TABLE[HALF:-10]
        await sender.leave(world)
        yield TABLE[-10:]

    last = await sender.send(upload, revoked_on_the_way(), HALF)
    assert last.status_code in (403, 404)
    state = await world.owner.fetchrow(
        "select e.state, e.sha256, u.received from evidence e join uploads u on u.evidence_id = e.id"
        " where u.id = $1::uuid",
        upload.rpartition("/")[2],
    )
    assert state is not None
    assert tuple(state) == ("awaiting_file", None, HALF)


async def test_a_session_that_ended_meanwhile_attaches_nothing(world: World) -> None:
    sender = await Sender.make(world)
    upload = await sender.begun()

    async def signed_out_on_the_way() -> AsyncIterator[bytes]:
        yield TABLE[:10]
        await world.owner.execute(
            "update sessions set revoked_at = now() where id = $1", sender.office.enterer.session_id
        )
        yield TABLE[10:]

    check(await sender.send(upload, signed_out_on_the_way()), 401, "unauthenticated", "en")


async def test_an_upload_of_evidence_that_needs_none_any_more(sender: Sender) -> None:
    evidence = await sender.evidence()
    first, second = await sender.begun(evidence), await sender.begun(evidence)
    assert (await sender.send(first, TABLE)).status_code == 204
    check(await sender.send(second, TABLE), 409, "wrong_state", "en")
    check(await sender.begin(evidence), 409, "wrong_state", "en")
    assert (await sender.office.enterer.api.send("DELETE", second, headers=TUS)).status_code == 204

    withdrawn = await sender.evidence()
    upload = await sender.begun(withdrawn)
    api = sender.office.enterer.api
    assert (await api.step(f"{withdrawn}/withdraw", await api.etag(withdrawn))).status_code == 200
    check(await sender.send(upload, TABLE), 409, "wrong_state", "en")


async def test_two_requests_at_once_one_wins(app: FastAPI, sender: Sender) -> None:
    evidence = await sender.evidence()
    upload = await sender.begun(evidence)
    answers: list[httpx.Response] = []

    async def overtaken() -> AsyncIterator[bytes]:
        yield TABLE[:100]
        answers.append(await sender.send(upload, TABLE[:HALF]))
        yield TABLE[100:HALF]

    check(await sender.send(upload, overtaken()), 409, "wrong_offset", "en")
    assert answers[0].status_code == 204
    assert await sender.received(upload) == HALF
    assert len(await parts(app, upload)) == 1
    assert (await sender.send(upload, TABLE[HALF:], HALF)).status_code == 204
    shown = (await sender.office.enterer.api.get(evidence)).json()
    assert shown["file"]["sha256"] == HASH


async def test_what_changed_while_the_last_bytes_came_is_no_fault_of_the_protocol(
    app: FastAPI, sender: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Clients of tus take 412 for another version of the protocol, and give up."""
    evidence = await sender.evidence()
    upload = await sender.begun(evidence)
    assert (await sender.send(upload, TABLE[:HALF])).status_code == 204
    with monkeypatch.context() as patched:
        patched.setattr(evidence_commands, "attach", AsyncMock(side_effect=Stale()))
        check(await sender.send(upload, TABLE[HALF:], HALF), 409, "wrong_offset", "en")
    assert await sender.received(upload) == HALF
    assert (await sender.send(upload, TABLE[HALF:], HALF)).status_code == 204
    assert await parts(app, upload) == []


async def test_two_last_requests_at_once_attach_one_file(app: FastAPI, sender: Sender) -> None:
    """Whoever comes second finds the parts of the first gone, and asks how far the upload has come."""
    evidence = await sender.evidence()
    upload = await sender.begun(evidence)
    assert (await sender.send(upload, TABLE[:HALF])).status_code == 204
    both = await asyncio.gather(*(sender.send(upload, TABLE[HALF:], HALF) for _ in range(2)))
    assert sorted(answer.status_code for answer in both) == [204, 409]
    assert await sender.state(evidence) == "submitted"
    assert await sender.received(upload) == len(TABLE)
    assert await parts(app, upload) == []


async def test_a_fault_after_the_commit_loses_nothing(
    app: FastAPI, sender: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The connection to the database breaks when the part is written down: it is there, so its bytes stay."""
    upload = await sender.begun()
    commit = Transaction.commit

    async def broken(transaction: Transaction) -> None:
        await commit(transaction)
        raise OSError("the line to the database broke")

    with monkeypatch.context() as patch:
        patch.setattr(Transaction, "commit", broken)
        check(await sender.send(upload, TABLE[:HALF]), 503, "unavailable", "en")
    assert await sender.received(upload) == HALF
    assert (await sender.send(upload, TABLE[HALF:], HALF)).status_code == 204


async def test_a_file_that_is_not_taken_is_refused_with_its_last_bytes(app: FastAPI, sender: Sender) -> None:
    page = "<html><script>alert('مرحبا')</script></html>".encode()
    evidence = await sender.evidence()
    upload = await sender.begun(evidence, len(page))
    assert (await sender.send(upload, page[:20])).status_code == 204
    answer = await sender.send(upload, page[20:], 20)
    check(answer, 415, "file_refused", "en")
    assert await sender.state(evidence) == "awaiting_file"
    assert await sender.received(upload) == 20  # what is told as received can be relied on
    assert len(await parts(app, upload)) == 1
    await sender.office.enterer.api.send("DELETE", upload, headers=TUS)


async def test_an_upload_expires_a_day_after_its_last_bytes(world: World, sender: Sender) -> None:
    async def wait(hours: int) -> None:
        await world.owner.execute(
            "update uploads set expires_at = expires_at - make_interval(hours => $2) where id = $1::uuid",
            upload.rpartition("/")[2],
            hours,
        )

    upload = await sender.begun()
    await wait(23)
    assert (await sender.send(upload, TABLE[:HALF])).status_code == 204
    await wait(23)
    assert await sender.received(upload) == HALF
    await wait(1)
    asked = await sender.office.enterer.api.send("HEAD", upload, headers=TUS)
    assert (asked.status_code, asked.headers["Tus-Resumable"]) == (410, "1.0.0")
    check(await sender.send(upload, TABLE[HALF:], HALF), 410, "upload_expired", "en")


async def test_too_many_parts(sender: Sender, world: World) -> None:
    upload = await sender.begun()
    await world.owner.execute(
        "update uploads set parts = array(select uuidv7() from generate_series(1, 1000)) where id = $1::uuid",
        upload.rpartition("/")[2],
    )
    check(await sender.send(upload, TABLE), 409, "too_many_parts", "en")
