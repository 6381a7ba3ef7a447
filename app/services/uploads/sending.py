"""One request of a resumable upload: its bytes are kept as a part; with the last of them the file is attached."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from app import errors
from app.db import Writer
from app.files import FileStore
from app.parties import Actor, Entitlement, Facts
from app.services.evidence import commands as evidence
from app.services.evidence import receiving
from app.services.evidence.rules import UPLOAD, check_subject
from app.services.uploads import commands, parts, rules
from app.services.uploads.queries import Upload


class Asked(Protocol):
    """Whether the bytes may come: of which evidence, and when it was asked."""

    @property
    def facts(self) -> Facts: ...
    @property
    def now(self) -> datetime: ...


class Granted(Asked, Protocol):
    """The same in the transaction that writes, with who does it by which right."""

    @property
    def lane(self) -> Writer: ...
    @property
    def actor(self) -> Actor: ...
    @property
    def entitlement(self) -> Entitlement: ...


class Stream(Protocol):
    """Bytes on their way (`length`: how many, if the client says so), where they are kept, whether somebody looks for
    malware in them, and the questions before the first and after the last of them."""

    @property
    def files(self) -> FileStore: ...
    @property
    def chunks(self) -> AsyncIterator[bytes]: ...
    @property
    def length(self) -> int | None: ...
    @property
    def scans(self) -> bool: ...

    def before(self) -> AbstractAsyncContextManager[Asked]: ...

    def after(self) -> AbstractAsyncContextManager[Granted]: ...


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the file has come; `attached`: the evidence, when it is whole."""

    received: int
    expires_at: datetime
    attached: UUID | None


async def proceed(stream: Stream, upload_offset: str | None, upload_checksum: str | None) -> Progress:
    """Take the bytes of one request. What came before the line broke is kept, unless it has a checksum.

    The last bytes count only together with the evidence that the whole becomes: whoever is told that all has
    been received can rely on it. Rights, state and offset are asked again when the bytes are there, so a right
    that was revoked meanwhile, or another request that was faster, leaves nothing of this one.
    """
    async with stream.before() as asked:
        upload = _ready(asked, upload_offset)
        checksum = rules.checksum(upload_checksum)
    if stream.length is not None and stream.length > upload.length - upload.received:
        raise errors.TooLarge()
    part = await parts.keep(stream.files, upload, stream.chunks, checksum)
    try:
        if part.size == 0:
            await parts.drop(stream.files, upload.id, [part.id])
            return Progress(upload.received, upload.expires_at, None)
        if upload.received + part.size < upload.length:
            return await _received(stream, upload_offset, part)
        return await _completed(stream, upload_offset, upload, part)
    except (
        errors.Stale
    ):  # a client of tus takes 412 for a fault of the protocol; it asks how far it came instead
        await parts.drop(stream.files, upload.id, [part.id])
        raise errors.WrongOffset() from None
    except errors.AppError:  # of any other fault nobody knows whether it came before the commit or after
        await parts.drop(stream.files, upload.id, [part.id])
        raise


async def _received(stream: Stream, upload_offset: str | None, part: parts.Part) -> Progress:
    async with stream.after() as granted:
        upload = _ready(granted, upload_offset)
        expires_at = await commands.receive(granted.lane, upload, part, granted.now)
    return Progress(upload.received + part.size, expires_at, None)


async def _completed(stream: Stream, upload_offset: str | None, upload: Upload, part: parts.Part) -> Progress:
    whole = parts.joined(stream.files, upload.id, [*upload.parts, part.id])
    received = await receiving.receive(stream.files, whole, upload.length)
    async with stream.after() as granted:
        upload = _ready(granted, upload_offset)
        expires_at = await commands.receive(granted.lane, upload, part, granted.now)
        await evidence.attach(
            granted.lane,
            granted.actor,
            granted.facts,
            granted.entitlement,
            received,
            rules.metadata(upload.metadata).get("filename"),
            granted.now,
            files=stream.files,
            scans=stream.scans,
        )
    await parts.drop(stream.files, upload.id, [*upload.parts, part.id])
    return Progress(upload.length, expires_at, granted.facts.id)


def _ready(asked: Asked, upload_offset: str | None) -> Upload:
    """The upload, if these bytes may come now. Raises SubjectDecided, UploadExpired, WrongOffset, TooManyParts."""
    check_subject(UPLOAD, asked.facts.row)
    upload: Upload = asked.facts.row["upload"]
    rules.require_standing(upload.expires_at, asked.now)
    rules.require_offset(rules.offset(upload_offset), upload.received)
    rules.require_room(len(upload.parts))
    return upload
