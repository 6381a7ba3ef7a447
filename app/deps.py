"""What a route is given: the actor, the lane, the subject it may act on.

Each dependency made here carries its `permission`; the contract and a test read it. A writing
dependency commits when the route has returned and before the answer is sent (scope="function").
The order of refusals is 401, 400, 404, 403, 428, 412, 409; FastAPI's 422 for the body comes after.
"""

import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from fastapi import Depends, Request, Response

from app import clock, errors, headers, permissions, problems
from app.answers import Change, Reading
from app.db import Database, Lane
from app.errors import Text
from app.headers import IfMatch, OptionalKey, RefusedKey, RequiredKey, SubjectPath
from app.parties import Actor, Entitlement, Facts
from app.services import idempotency, lifecycle
from app.services.loaders import Loader
from app.services.people import actor as actors
from app.services.transitions import Transition
from app.tokens import Claims


def reads(permission: str) -> Any:
    """A route that reads. What of it is visible, the area's queries say."""

    async def dependency(request: Request) -> AsyncIterator[Reading]:
        async with asking(request) as asked:
            permissions.require_not_narrowed(asked.actor, permission)
            yield asked

    return marked(dependency, permission)


@asynccontextmanager
async def asking(request: Request) -> AsyncIterator[Reading]:
    """The read lane, in the name of who asks (401 where nobody genuine does)."""
    async with AsyncExitStack() as held:
        lane = await held.enter_async_context(database(request).reading())
        now = clock.now()
        yield Reading(request, await actor_of(request, lane, now), lane, now, held)


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
            actor = await actor_of(request, lane, now)
            if idempotency_key is not None:
                headers.check_key(idempotency_key)
            facts = await visible_to(load, lane, actor, id, now)
            permissions.require_not_narrowed(actor, transition.action)
            if idempotency_key is not None:
                may_see = None if made is None else _sees(made, lane, actor, now)
                await idempotency.replay(lane, actor.person_id, idempotency_key, request_hash, now, may_see)
            entitlement = lifecycle.admit(actor, transition, facts, headers.version(if_match))
            yield Change(request, actor, lane, now, facts, entitlement, idempotency_key, request_hash)

    return marked(dependency, transition.action)


def previews(transition: Transition, load: Loader) -> Any:
    """A route that shows what a transition would do. Who asks is admitted as for the transition itself; whatever
    is written on the way is rolled back, so that there is nothing to repeat, and an Idempotency-Key is refused."""

    async def dependency(
        request: Request, id: SubjectPath, if_match: IfMatch = None, idempotency_key: RefusedKey = None
    ) -> AsyncIterator[Change]:
        request_hash = await _hash(request)
        async with database(request).previewing() as lane:
            now = clock.now()
            actor = await actor_of(request, lane, now)
            if idempotency_key is not None:
                raise errors.Malformed(_NOTHING_TO_REPEAT)
            facts = await visible_to(load, lane, actor, id, now)
            permissions.require_not_narrowed(actor, transition.action)
            entitlement = lifecycle.admit(actor, transition, facts, headers.version(if_match))
            yield Change(request, actor, lane, now, facts, entitlement, None, request_hash)

    return marked(dependency, transition.action)


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

    return marked(dependency, transition.action)


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

    return marked(dependency, action)


def creates_at_top(action: str, made: Loader | None = None) -> Any:
    """A route that creates something that lies under nothing else (an entity), or acts on many things."""

    async def dependency(request: Request, idempotency_key: RequiredKey = None) -> AsyncIterator[Change]:
        async with _creating(request, action, idempotency_key, None, made, secret=False) as change:
            yield change

    return marked(dependency, action)


def creates_about(action: str, made: Loader) -> Any:
    """A route that creates something about a thing that its body names; Idempotency-Key is required. Whether
    the actor has the right, the command asks once it knows the thing."""

    async def dependency(request: Request, idempotency_key: RequiredKey = None) -> AsyncIterator[Change]:
        key = idempotency_key
        async with _creating(request, action, key, None, made, secret=False, asked=False) as change:
            yield change

    return marked(dependency, action)


def creates_secret(action: str) -> Any:
    """A route whose answer holds a secret: it is never kept, so an Idempotency-Key is refused."""

    async def dependency(request: Request, idempotency_key: RefusedKey = None) -> AsyncIterator[Change]:
        async with _creating(request, action, idempotency_key, None, None, secret=True) as change:
            yield change

    return marked(dependency, action)


def hands_out(action: str, load: Loader) -> Any:
    """A route that hands out a secret about the subject in its path, and leaves that as it is: no If-Match is asked for.
    The answer is never kept, so an Idempotency-Key is refused."""

    async def dependency(
        request: Request, id: SubjectPath, idempotency_key: RefusedKey = None
    ) -> AsyncIterator[Change]:
        async with _creating(request, action, idempotency_key, (load, id), None, secret=True) as change:
            yield change

    return marked(dependency, action)


def changes_secret(transition: Transition, load: Loader) -> Any:
    """A transition whose answer holds a secret: it is never kept, so an Idempotency-Key is refused."""

    async def dependency(
        request: Request, id: SubjectPath, if_match: IfMatch = None, idempotency_key: RefusedKey = None
    ) -> AsyncIterator[Change]:
        key = idempotency_key
        async with _creating(request, transition.action, key, (load, id), None, secret=True) as change:
            lifecycle.admit(change.actor, transition, change.facts, headers.version(if_match))
            yield change

    return marked(dependency, transition.action)


def marks(action: str) -> Any:
    """A route that may be repeated without further effect: what one has read, one more try. Neither If-Match nor an
    Idempotency-Key is asked for."""

    async def dependency(request: Request) -> AsyncIterator[Change]:
        async with database(request).writing() as lane:
            now = clock.now()
            actor = await actor_of(request, lane, now)
            entitlement = permissions.entitlement(actor, action, NOTHING)
            yield Change(request, actor, lane, now, NOTHING, entitlement, None, b"")

    return marked(dependency, action)


def public() -> Any:
    """A route that needs no sign-in."""

    async def dependency() -> None:
        return None

    return marked(dependency, permissions.PUBLIC)


@asynccontextmanager
async def _creating(
    request: Request,
    action: str,
    key: str | None,
    parent: tuple[Loader, UUID] | None,
    made: Loader | None,
    *,
    secret: bool,
    asked: bool = True,
) -> AsyncIterator[Change]:
    request_hash = await _hash(request)
    async with database(request).writing() as lane:
        now = clock.now()
        actor = await actor_of(request, lane, now)
        if secret and key is not None:
            raise errors.Malformed(_KEY_REFUSED)
        if not secret:
            headers.check_key(key)
        facts = NOTHING if parent is None else await visible_to(parent[0], lane, actor, parent[1], now)
        permissions.require_not_narrowed(actor, action)
        if key is not None:
            may_see = None if made is None else _sees(made, lane, actor, now)
            await idempotency.replay(lane, actor.person_id, key, request_hash, now, may_see)
        entitlement = permissions.entitlement(actor, action, facts) if asked else Entitlement("")
        yield Change(request, actor, lane, now, facts, entitlement, key, request_hash)


def _sees(made: Loader, lane: Lane, actor: Actor, now: datetime) -> Callable[[UUID], Awaitable[bool]]:
    async def sees(subject_id: UUID) -> bool:
        return await made(lane, actor, subject_id, now) is not None

    return sees


async def visible_to(load: Loader, lane: Lane, actor: Actor, subject_id: UUID, now: datetime) -> Facts:
    """The facts of a subject that the actor may see. Raises NotFound."""
    facts = await load(lane, actor, subject_id, now)
    if facts is None:
        raise errors.NotFound()
    return facts


async def actor_of(request: Request, lane: Lane, now: datetime) -> Actor:
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
                await actor_of(request, lane, clock.now())
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


def marked(dependency: Callable[..., Any], permission: str) -> Any:
    """The dependency with the permission that it names."""
    dependency.permission = permission  # type: ignore[attr-defined]  # read by the contract and a test
    return Depends(dependency, scope="function")


NOTHING = Facts(kind="", id=UUID(int=0), entity_id=None)
"""The facts of what does not exist yet and lies under nothing."""

_NOTHING_TO_REPEAT = Text(
    "No Idempotency-Key here: a preview changes nothing, so ask again as you like.",
    "لا يُقبل مفتاح التكرار هنا، فالمعاينة لا تغيّر شيئًا ويمكن طلبها مرارًا.",
)
_KEY_REFUSED = Text(
    "No Idempotency-Key here: the answer holds a secret and is never kept.",
    "لا يُقبل مفتاح التكرار هنا، فالجواب يتضمن سرًّا ولا يُحفظ.",
)
