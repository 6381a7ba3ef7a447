"""What a route is given: the actor, the lane, the subject it may act on, the answer it must send.

Each dependency made here carries its `permission`; the contract and a test read it. A writing
dependency commits when the route has returned and before the answer is sent (scope="function").
The order of refusals is 401, 400, 404, 403, 428, 412, 409; FastAPI's 422 for the body comes after.
"""

import hashlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from fastapi import Depends, Request, Response
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from app import clock, errors, headers, permissions, problems
from app.db import Database, Lane, Reader, Writer
from app.errors import FieldError, Text
from app.headers import IfMatch, OptionalKey, RefusedKey, RequiredKey, SubjectPath
from app.parties import Actor, Entitlement, Facts
from app.services import idempotency, lifecycle
from app.services.documents import Answer, Document
from app.services.people import actor as actors
from app.services.transitions import Transition
from app.tokens import Claims

Loader = Callable[[Lane, Actor, UUID, datetime], Awaitable[Facts | None]]
"""An area's function that loads the facts of a subject which the actor may see (None: not visible)."""


@dataclass(frozen=True)
class Reading:
    """A read: who asks, the read lane, the moment."""

    request: Request
    actor: Actor
    lane: Reader
    now: datetime

    @property
    def language(self) -> str:
        """The reader's language, "ar" or "en"."""
        return cast(str, self.request.scope["language"])

    def one(self, document: Document | None, if_none_match: str | None = None) -> Response:
        """A single resource with its ETag (404 when there is none, 304 when the client has it)."""
        if document is None:
            raise errors.NotFound()
        _refuse_unknown_parameters(self.request)
        response = _single(self.request, document)
        etag = response.headers["ETag"]
        if if_none_match and headers.names(if_none_match, etag):
            kept = {name: response.headers[name] for name in ("ETag", "Content-Language")}
            return Response(status_code=304, headers=kept)
        return response

    def many(self, body: bytes) -> Response:
        """A list."""
        _refuse_unknown_parameters(self.request)
        return _json(self.request, body)


@dataclass(frozen=True)
class Change:
    """A write on `facts` (the subject, or the parent of what is created) by the right `entitlement`."""

    request: Request
    actor: Actor
    lane: Writer
    now: datetime
    facts: Facts
    entitlement: Entitlement
    key: str | None
    request_hash: bytes

    @property
    def language(self) -> str:
        """The reader's language, "ar" or "en"."""
        return cast(str, self.request.scope["language"])

    async def answer_many(self, items: Sequence[Mapping[str, object]]) -> Response:
        """What became of each of many, in the order sent."""
        body = json.dumps({"items": items}, ensure_ascii=False).encode()
        return await self.keep(_json(self.request, body))

    async def answer(
        self, document: Document | None, status: int = 200, location: str | None = None
    ) -> Response:
        """The changed or created resource, kept for a retry when the request has an Idempotency-Key."""
        if document is None:
            raise errors.NotFound()
        response = _single(self.request, document, status)
        if location is not None:
            response.headers["Location"] = location
        return await self.keep(response)

    async def keep(self, response: Response) -> Response:
        """Keep the answer of a request that has an Idempotency-Key, in its own transaction."""
        if self.key is not None:
            kept = {name: response.headers[name] for name in _KEPT_HEADERS if name in response.headers}
            answer = Answer(response.status_code, kept, bytes(response.body))
            await idempotency.keep(
                self.lane, self.actor.person_id, self.key, self.request_hash, answer, self.now
            )
        return response


def reads(permission: str) -> Any:
    """A route that reads. What of it is visible, the area's queries say."""

    async def dependency(request: Request) -> AsyncIterator[Reading]:
        async with database(request).reading() as lane:
            now = clock.now()
            actor = await _actor(request, lane, now)
            permissions.require_not_narrowed(actor, permission)
            yield Reading(request, actor, lane, now)

    return _marked(dependency, permission)


def changes(transition: Transition, load: Loader, made: Loader | None = None) -> Any:
    """A route that changes or decides about the subject in its path; If-Match is required.

    `made`: where it creates something too, as in `creates`.
    """

    async def dependency(
        request: Request, id: SubjectPath, if_match: IfMatch = None, idempotency_key: OptionalKey = None
    ) -> AsyncIterator[Change]:
        request_hash = await _hash(request)  # a slow body is not waited for inside the transaction
        async with database(request).writing() as lane:
            now = clock.now()
            actor = await _actor(request, lane, now)
            if idempotency_key is not None:
                headers.check_key(idempotency_key)
            facts = await _visible(load, lane, actor, id, now)
            permissions.require_not_narrowed(actor, transition.action)
            if idempotency_key is not None:
                may_see = None if made is None else _sees(made, lane, actor, now)
                await idempotency.replay(lane, actor.person_id, idempotency_key, request_hash, now, may_see)
            entitlement = lifecycle.admit(actor, transition, facts, headers.version(if_match))
            yield Change(request, actor, lane, now, facts, entitlement, idempotency_key, request_hash)

    return _marked(dependency, transition.action)


def previews(transition: Transition, load: Loader) -> Any:
    """A route that shows what a transition would do. Who asks is admitted as for the transition itself; whatever
    is written on the way is rolled back, so that there is nothing to repeat and no Idempotency-Key."""

    async def dependency(
        request: Request, id: SubjectPath, if_match: IfMatch = None
    ) -> AsyncIterator[Change]:
        request_hash = await _hash(request)
        async with database(request).previewing() as lane:
            now = clock.now()
            actor = await _actor(request, lane, now)
            facts = await _visible(load, lane, actor, id, now)
            permissions.require_not_narrowed(actor, transition.action)
            entitlement = lifecycle.admit(actor, transition, facts, headers.version(if_match))
            yield Change(request, actor, lane, now, facts, entitlement, None, request_hash)

    return _marked(dependency, transition.action)


def creates_on(transition: Transition, load: Loader, made: Loader) -> Any:
    """A route that creates something about the subject in its path as it was seen: both If-Match and
    Idempotency-Key are required, and the subject must be in a state that allows it."""

    async def dependency(
        request: Request, id: SubjectPath, if_match: IfMatch = None, idempotency_key: RequiredKey = None
    ) -> AsyncIterator[Change]:
        key = idempotency_key
        async with _creating(request, transition.action, key, (load, id), made, secret=False) as change:
            lifecycle.admit(change.actor, transition, change.facts, headers.version(if_match))
            yield change

    return _marked(dependency, transition.action)


def creates(action: str, load: Loader, made: Loader | None = None) -> Any:
    """A route that creates something under the subject in its path; Idempotency-Key is required.

    `made` loads the facts of what an earlier request with the same key created: its answer is
    repeated only to who may still see it.
    """

    async def dependency(
        request: Request, id: SubjectPath, idempotency_key: RequiredKey = None
    ) -> AsyncIterator[Change]:
        async with _creating(request, action, idempotency_key, (load, id), made, secret=False) as change:
            yield change

    return _marked(dependency, action)


def creates_at_top(action: str, made: Loader | None = None) -> Any:
    """A route that creates something that lies under nothing else (an entity), or acts on many things."""

    async def dependency(request: Request, idempotency_key: RequiredKey = None) -> AsyncIterator[Change]:
        async with _creating(request, action, idempotency_key, None, made, secret=False) as change:
            yield change

    return _marked(dependency, action)


def creates_secret(action: str) -> Any:
    """A route whose answer holds a secret: it is never kept, so an Idempotency-Key is refused."""

    async def dependency(request: Request, idempotency_key: RefusedKey = None) -> AsyncIterator[Change]:
        async with _creating(request, action, idempotency_key, None, None, secret=True) as change:
            yield change

    return _marked(dependency, action)


def changes_secret(transition: Transition, load: Loader) -> Any:
    """A transition whose answer holds a secret: it is never kept, so an Idempotency-Key is refused."""

    async def dependency(
        request: Request, id: SubjectPath, if_match: IfMatch = None, idempotency_key: RefusedKey = None
    ) -> AsyncIterator[Change]:
        key = idempotency_key
        async with _creating(request, transition.action, key, (load, id), None, secret=True) as change:
            lifecycle.admit(change.actor, transition, change.facts, headers.version(if_match))
            yield change

    return _marked(dependency, transition.action)


def public() -> Any:
    """A route that needs no sign-in."""

    async def dependency() -> None:
        return None

    return _marked(dependency, permissions.PUBLIC)


@asynccontextmanager
async def _creating(
    request: Request,
    action: str,
    key: str | None,
    parent: tuple[Loader, UUID] | None,
    made: Loader | None,
    *,
    secret: bool,
) -> AsyncIterator[Change]:
    request_hash = await _hash(request)
    async with database(request).writing() as lane:
        now = clock.now()
        actor = await _actor(request, lane, now)
        if secret and key is not None:
            raise errors.Malformed(_KEY_REFUSED)
        if not secret:
            headers.check_key(key)
        facts = NOTHING if parent is None else await _visible(parent[0], lane, actor, parent[1], now)
        permissions.require_not_narrowed(actor, action)
        if key is not None:
            may_see = None if made is None else _sees(made, lane, actor, now)
            await idempotency.replay(lane, actor.person_id, key, request_hash, now, may_see)
        entitlement = permissions.entitlement(actor, action, facts)
        yield Change(request, actor, lane, now, facts, entitlement, key, request_hash)


def _refuse_unknown_parameters(request: Request) -> None:
    """A filter that is mistyped must not answer everything: unknown query parameters are refused (422)."""
    route: APIRoute = request.scope["route"]
    if route.unique_id not in _query_names:
        _query_names[route.unique_id] = _names(route)
    unknown = sorted(set(request.query_params) - _query_names[route.unique_id])
    if unknown:
        raise errors.Invalid(
            errors=tuple(FieldError("unknown_parameter", _UNKNOWN, parameter=name[:100]) for name in unknown)
        )


_query_names: dict[str, frozenset[str]] = {}


def _names(route: APIRoute) -> frozenset[str]:
    names: set[str] = set()
    pending: list[Dependant] = [route.dependant]
    while pending:
        dependant = pending.pop()
        names.update(field.alias for field in dependant.query_params)
        pending.extend(dependant.dependencies)
    return frozenset(names)


def _sees(made: Loader, lane: Lane, actor: Actor, now: datetime) -> Callable[[UUID], Awaitable[bool]]:
    async def sees(subject_id: UUID) -> bool:
        return await made(lane, actor, subject_id, now) is not None

    return sees


async def _visible(load: Loader, lane: Lane, actor: Actor, subject_id: UUID, now: datetime) -> Facts:
    facts = await load(lane, actor, subject_id, now)
    if facts is None:
        raise errors.NotFound()
    return facts


async def _actor(request: Request, lane: Lane, now: datetime) -> Actor:
    """The person of a genuine token, if the session still stands (401 otherwise)."""
    claims = cast("Claims | None", request.scope.get("claims"))
    if claims is None:
        raise errors.Unauthenticated()
    actor = await actors.load(lane, claims.user_id, claims.session_id, now)
    if actor is None:
        raise errors.Unauthenticated()
    return actor


async def unreadable(request: Request, error: Exception) -> Response:
    """The exception handler for a request that FastAPI could not read.

    FastAPI reads parameters and body before it asks who is there. A session that has ended is told so
    first (401), whatever is wrong with the request (400, 404, 422).
    """
    if "claims" in request.scope:
        try:
            async with database(request).reading() as lane:
                await _actor(request, lane, clock.now())
        except errors.Unauthenticated as refusal:
            return problems.response(refusal, request.scope)
    return problems.response(problems.as_app_error(error), request.scope)


async def replayed(_: Request, error: Exception) -> Response:
    """The exception handler that repeats an earlier answer to the same Idempotency-Key."""
    answer = cast(idempotency.Replayed, error).answer
    return Response(answer.body, status_code=answer.status, headers=answer.headers)


def database(request: Request) -> Database:
    """The pools of this process."""
    return cast(Database, request.app.state.database)


async def _hash(request: Request) -> bytes:
    said = (request.method, request.url.path, request.headers.get("if-match", ""))
    return hashlib.sha256("\n".join(said).encode() + b"\n" + await request.body()).digest()


def _single(request: Request, document: Document, status: int = 200) -> Response:
    response = _json(request, document.body, status)
    response.headers["ETag"] = document.etag
    return response


def _json(request: Request, body: bytes, status: int = 200) -> Response:
    return Response(
        body,
        status_code=status,
        media_type="application/json",
        headers={"Content-Language": request.scope["language"]},
    )


def _marked(dependency: Callable[..., Any], permission: str) -> Any:
    dependency.permission = permission  # type: ignore[attr-defined]  # read by the contract and a test
    return Depends(dependency, scope="function")


NOTHING = Facts(kind="", id=UUID(int=0), entity_id=None)
"""The facts of what does not exist yet and lies under nothing."""

_UNKNOWN = Text("There is no such query parameter.", "لا يوجد معامل استعلام بهذا الاسم.")
_KEPT_HEADERS = ("Content-Type", "Content-Language", "ETag", "Location")
_KEY_REFUSED = Text(
    "No Idempotency-Key here: the answer holds a secret and is never kept.",
    "لا يُقبل مفتاح التكرار هنا، فالجواب يتضمن سرًّا ولا يُحفظ.",
)
