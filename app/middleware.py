"""What happens to every request before a route is asked, as pure ASGI.

Outermost first: an id, a language, the size of the body, the signature of the token. A body is read
only when its size is allowed and the token is genuine; whether the session still stands is asked of
the database by the route's dependency.
"""

import re
import time
import uuid
from collections.abc import Collection

import structlog
from fastapi import Request
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app import errors, metrics, problems
from app.errors import AppError
from app.tokens import TokenKeys

log = structlog.get_logger("access")

_REQUEST_ID = re.compile(r"^[A-Za-z0-9._-]{8,64}$")

MERGE_PATCH = "application/merge-patch+json"
FORMS = frozenset({"/v1/auth/token"})
"""The paths that take a form: OAuth 2.0 prescribes it (RFC 6749, 4.4.2)."""

_STREAMED = re.compile(r"/v1/evidence/[^/]+/content")
"""The paths whose PUT is a file: of its own size, and of whatever media type the client says."""

_PUBLIC_BODY_BYTES = 16_384

_SECURITY_HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cache-control", b"private, no-cache"),
    (b"vary", b"Accept-Language, Authorization"),
)


class Edge:
    """Names the request, reads its language, refuses what is too large or wrongly signed."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        keys: TokenKeys,
        max_body_bytes: int,
        max_file_bytes: int,
        public: Collection[tuple[str, str]],
    ) -> None:
        self.app = app
        self.keys = keys
        self.max_body_bytes = max_body_bytes
        self.max_file_bytes = max_file_bytes
        self.public = frozenset(public)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = time.perf_counter()
        headers = Headers(scope=scope)
        scope["request_id"] = _request_id(headers)
        scope["language"] = language(headers.get("accept-language", ""))
        status = 500

        async def send_with_headers(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                answer = MutableHeaders(scope=message)
                answer["X-Request-Id"] = scope["request_id"]
                for name, value in _SECURITY_HEADERS:
                    if name.decode() not in answer:
                        message["headers"].append((name, value))
            await send(message)

        try:
            refusal = self._refusal(scope, headers)
            if refusal is not None:
                await problems.response(refusal, scope)(scope, receive, send_with_headers)
            else:
                await self.app(scope, self._bounded(receive, self._limit(scope)), send_with_headers)
        finally:
            seconds = time.perf_counter() - started
            route = scope.get("route")
            path = getattr(route, "path", "unmatched")
            metrics.observe(scope["method"], path, status, seconds)
            log.info(
                "request",
                request_id=scope["request_id"],
                method=scope["method"],
                route=path,
                status=status,
                milliseconds=round(seconds * 1000, 1),
            )

    def _refusal(self, scope: Scope, headers: Headers) -> AppError | None:
        if scope["path"].startswith("/v1/") and (scope["method"], scope["path"]) not in self.public:
            try:
                scope["claims"] = self.keys.read(_bearer(headers))
            except errors.Unauthenticated as refusal:
                return refusal
        said = headers.get("content-length", "0")
        if not said.isdecimal():
            return errors.Malformed()
        if int(said) > self._limit(scope):
            return errors.TooLarge()
        if (int(said) > 0 or "transfer-encoding" in headers) and not _readable(scope, headers):
            accept = "Accept-Patch" if scope["method"] == "PATCH" else "Accept-Post"
            return errors.UnsupportedMedia(headers={accept: ", ".join(_media_types(scope))})
        return None

    def _limit(self, scope: Scope) -> int:
        """The largest body, in bytes. Whoever is not signed in has little to say."""
        if _is_file(scope):
            return self.max_file_bytes
        if (scope["method"], scope["path"]) in self.public:
            return min(_PUBLIC_BODY_BYTES, self.max_body_bytes)
        return self.max_body_bytes

    def _bounded(self, receive: Receive, limit: int) -> Receive:
        """Count what a client sends without saying its length."""
        received = 0

        async def bounded() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > limit:
                raise HTTPException(413)
            return message

        return bounded


def _is_file(scope: Scope) -> bool:
    return scope["method"] == "PUT" and bool(_STREAMED.fullmatch(scope["path"]))


def _media_types(scope: Scope) -> tuple[str, ...]:
    if scope["path"] in FORMS:
        return ("application/x-www-form-urlencoded",)
    return (MERGE_PATCH, "application/json") if scope["method"] == "PATCH" else ("application/json",)


def _readable(scope: Scope, headers: Headers) -> bool:
    if _is_file(scope):
        return True
    media_type, _, parameters = headers.get("content-type", "").partition(";")
    charset = parameters.strip().lower().removeprefix("charset=").strip('"')
    return media_type.strip().lower() in _media_types(scope) and charset in ("", "utf-8")


def _request_id(headers: Headers) -> str:
    said = headers.get("x-request-id", "")
    return said if _REQUEST_ID.match(said) else uuid.uuid4().hex


def _bearer(headers: Headers) -> str:
    scheme, _, token = headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise errors.Unauthenticated()
    return token.strip()


def language(accept_language: str) -> str:
    """ "ar" or "en" from an Accept-Language header (RFC 9110, 12.5.4); Arabic when neither is asked for."""
    best, best_weight = "ar", 0.0
    for part in accept_language[:200].lower().split(","):
        tag, _, weight_said = part.strip().partition(";")
        try:
            weight = float(weight_said.strip().removeprefix("q=")) if weight_said else 1.0
        except ValueError:
            continue
        primary = tag.strip().partition("-")[0]
        if primary in ("ar", "en") and weight > best_weight:
            best, best_weight = primary, weight
    return best


def client_address(request: Request) -> str:
    """The address a request comes from, as the server saw it (proxies are resolved by the server)."""
    return request.client.host if request.client else "unknown"
