"""What a route of the tus protocol is given: bytes that stream in, and who sends them to what.

No transaction is held while bytes come. What may be is asked before the first of them, and everything once more
when they are there: rights that were revoked meanwhile are gone.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from fastapi import Request
from starlette.requests import ClientDisconnect

from app import clock, permissions, streaming
from app.answers import Change
from app.db import Lane
from app.deps import actor_of, database, marked, visible_to
from app.file_headers import TusResumable
from app.files import FileStore
from app.headers import SubjectPath
from app.parties import Actor, Entitlement, Facts
from app.services import lifecycle
from app.services.loaders import Loader
from app.services.transitions import Transition
from app.services.uploads import rules


@dataclass(frozen=True)
class Asked:
    """What was asked before bytes are taken: who sends them, what they are for, the moment."""

    actor: Actor
    facts: Facts
    now: datetime


@dataclass(frozen=True)
class Sending:
    """A part of a resumable upload that streams in. No transaction is held while its bytes come: what may be is
    asked before the first of them (`before`), and again when they are there (`after`)."""

    request: Request
    id: UUID
    transition: Transition
    load: Loader
    tus_resumable: str | None

    @property
    def files(self) -> FileStore:
        """Where they are kept."""
        return streaming.files(self.request)

    @property
    def scans(self) -> bool:
        """Whether somebody looks for malware in what is attached."""
        return streaming.scanner(self.request) is not None

    @property
    def length(self) -> int | None:
        """How many bytes the client says that it sends."""
        said = self.request.headers.get("content-length")
        return None if said is None else int(said)

    @property
    def chunks(self) -> AsyncIterator[bytes]:
        """The bytes as they come. Raises ConnectionResetError when the line breaks."""
        return _chunks(self.request)

    @asynccontextmanager
    async def before(self) -> AsyncIterator[Asked]:
        """Ask, without holding anything."""
        async with database(self.request).reading() as lane:
            now = clock.now()
            actor = await actor_of(self.request, lane, now)
            facts, _ = await self._admitted(lane, actor, now)
            yield Asked(actor, facts, now)

    @asynccontextmanager
    async def after(self) -> AsyncIterator[Change]:
        """Ask again, in the transaction that writes."""
        async with database(self.request).writing() as lane:
            now = clock.now()
            actor = await actor_of(self.request, lane, now)
            facts, entitlement = await self._admitted(lane, actor, now)
            yield Change(self.request, actor, lane, now, facts, entitlement, None, b"")

    async def _admitted(self, lane: Lane, actor: Actor, now: datetime) -> tuple[Facts, Entitlement]:
        facts = await visible_to(self.load, lane, actor, self.id, now)
        permissions.require_not_narrowed(actor, self.transition.action)
        entitlement = permissions.entitlement(actor, self.transition.action, facts)
        rules.require_version(self.tus_resumable)
        # Its own precondition is the offset; an If-Match of hours ago would be stale by a corrected title.
        lifecycle.admit(actor, self.transition, facts, facts.version)
        return facts, entitlement

    async def scanned(self, evidence_id: UUID) -> None:
        """Have looked for malware in what was attached, where somebody looks."""
        await streaming.scanned(self.request, evidence_id)


def sends(transition: Transition, load: Loader) -> Any:
    """A route of the tus protocol. Neither If-Match nor an Idempotency-Key is taken: its clients know neither.
    What they know instead is the offset, which one request at most can move."""

    async def dependency(request: Request, id: SubjectPath, tus_resumable: TusResumable = None) -> Sending:
        return Sending(request, id, transition, load, tus_resumable)

    return marked(dependency, transition.action)


async def _chunks(request: Request) -> AsyncIterator[bytes]:
    try:
        async for chunk in request.stream():
            yield chunk
    except ClientDisconnect:
        raise ConnectionResetError("the client is gone") from None
