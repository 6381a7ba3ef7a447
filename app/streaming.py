"""Files over HTTP: what streams owns its transactions, so that none is open while bytes flow.

An upload is admitted in a first, short transaction, then read without one; once it is there everything is
asked again in a second, in which it is attached. A download has asked before its first byte is sent.
"""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import quote
from uuid import UUID

import structlog
from fastapi import Request, Response
from fastapi.responses import StreamingResponse

from app import clock, errors, file_headers, headers, permissions
from app.answers import Change, Reading, refuse_unknown_parameters
from app.deps import actor_of, asking, database, marked, visible_to
from app.file_headers import ContentDisposition
from app.files import FileStore, key_of
from app.headers import IfMatch, SubjectPath
from app.scanner import Scanner
from app.services import lifecycle
from app.services.documents import File
from app.services.evidence import scanning
from app.services.loaders import Loader
from app.services.transitions import Transition

log = structlog.get_logger()

_CONTENT_SECURITY = "default-src 'none'; sandbox"
"""A file is never a page of ours: nothing in it may load, run or know where it was opened."""


@dataclass(frozen=True)
class Upload:
    """A file about to come, from somebody who may bring it as things stand."""

    request: Request
    file_name: str | None
    transition: Transition
    load: Loader
    check: Callable[[Mapping[str, Any]], None]
    subject_id: UUID
    version: int | None

    @property
    def files(self) -> FileStore:
        """Where it will lie."""
        return files(self.request)

    @property
    def scans(self) -> bool:
        """Whether somebody looks for malware in it once it is there."""
        return scanner(self.request) is not None

    @property
    def limit(self) -> int:
        """The most bytes that it may have."""
        return cast(int, self.request.app.state.settings.max_file_bytes)

    def chunks(self) -> AsyncIterator[bytes]:
        """The body as it comes, never held as a whole. Raises ClientDisconnect when it breaks off."""
        return self.request.stream()

    @asynccontextmanager
    async def attaching(self) -> AsyncIterator[Change]:
        """The transaction in which what came is attached: session, visibility, right, version and state are
        asked again, since all of them may have changed while the file came."""
        async with database(self.request).writing() as lane:
            now = clock.now()
            actor = await actor_of(self.request, lane, now)
            facts = await visible_to(self.load, lane, actor, self.subject_id, now)
            entitlement = lifecycle.admit(actor, self.transition, facts, self.version)
            self.check(facts.row)
            yield Change(self.request, actor, lane, now, facts, entitlement, None, b"")

    @asynccontextmanager
    async def attached(self) -> AsyncIterator[Reading]:
        """What became of it: read after somebody has looked for malware in it, where somebody does."""
        await scanned(self.request, self.subject_id)
        async with asking(self.request) as asked:
            yield asked


def receives(transition: Transition, load: Loader, check: Callable[[Mapping[str, Any]], None]) -> Any:
    """A route whose body is a file for the subject in its path; If-Match is required. Nothing of the body is
    read before it is known that it may be attached. An Idempotency-Key would not be kept: If-Match tells a
    repeated upload from a new one.

    `check`: what else than the state must hold of the facts' row.
    """

    async def dependency(
        request: Request,
        id: SubjectPath,
        if_match: IfMatch = None,
        content_disposition: ContentDisposition = None,
    ) -> Upload:
        version = headers.version(if_match)
        async with database(request).reading() as lane:
            now = clock.now()
            actor = await actor_of(request, lane, now)
            name = file_headers.file_name(content_disposition)
            facts = await visible_to(load, lane, actor, id, now)
            permissions.require_not_narrowed(actor, transition.action)
            lifecycle.admit(actor, transition, facts, version)
            check(facts.row)
        return Upload(request, name, transition, load, check, id, version)

    return marked(dependency, transition.action)


async def sent(
    reading: Reading,
    found: File,
    range_: str | None,
    if_range: str | None,
    if_none_match: str | None,
) -> Response:
    """The file or the part of it that was asked for, as an attachment that no browser opens as a page.

    Raises OutsideTheFile. The caller's transaction ends before the store is asked.
    """
    refuse_unknown_parameters(reading.request)
    said = {"ETag": found.etag, "Cache-Control": "private, no-cache", "Accept-Ranges": "bytes"}
    if if_none_match and headers.names(if_none_match, found.etag):
        return Response(status_code=304, headers=said)
    said |= {
        "Content-Disposition": f"attachment; filename=\"{found.plain_name}\"; filename*=UTF-8''"
        + quote(found.name, safe=""),
        "Content-Security-Policy": _CONTENT_SECURITY,
        "X-Content-Type-Options": "nosniff",
    }
    whole = if_range is not None and if_range.strip() != found.etag
    part = None if whole else file_headers.byte_range(range_, found.size)
    start, end = part or (0, found.size)
    said["Content-Length"] = str(end - start)
    if part is not None:
        said["Content-Range"] = f"bytes {start}-{end - 1}/{found.size}"
    # Said in full: Starlette would add a charset that a text may not have.
    said["Content-Type"] = found.media_type
    await reading.held.aclose()  # the store may take its time, the connection does not wait for it
    try:
        chunks = await files(reading.request).get(key_of(found.sha256), *(part or ()))
    except FileNotFoundError:
        log.error("file_lost", sha256=found.sha256)
        raise errors.Internal() from None
    return StreamingResponse(chunks, status_code=200 if part is None else 206, headers=said)


def files(request: Request) -> FileStore:
    """The file store of this process."""
    return cast(FileStore, request.app.state.files)


def scanner(request: Request) -> Scanner | None:
    """Who looks for malware for this process, if anybody does."""
    return cast("Scanner | None", request.app.state.scanner)


async def scanned(request: Request, evidence_id: UUID) -> None:
    """Have looked for malware in what was attached, where somebody looks; without a verdict it goes on waiting."""
    await scanning.scan_uploaded(database(request), files(request), scanner(request), evidence_id)
