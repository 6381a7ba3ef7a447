"""What a route answers with: one resource, its chart, a list, what became of a change.

A route is handed one of the two, by `deps`: `Reading` where it reads, `Change` where it writes.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from fastapi import Request, Response
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from app import errors, headers
from app.charts import Chart, Charts
from app.db import Reader, Writer
from app.errors import FieldError, Text
from app.parties import Actor, Entitlement, Facts
from app.services import idempotency
from app.services.documents import Answer, Document

JSON, SVG = "application/json", "image/svg+xml"


@dataclass(frozen=True)
class Reading:
    """A read: who asks, the read lane, the moment; and what holds the lane's connection."""

    request: Request
    actor: Actor
    lane: Reader
    now: datetime
    held: AsyncExitStack

    @property
    def language(self) -> str:
        """The reader's language, "ar" or "en"."""
        return cast(str, self.request.scope["language"])

    def one(self, document: Document | None, if_none_match: str | None = None) -> Response:
        """A single resource with its ETag (404 when there is none, 304 when the client has it)."""
        if document is None:
            raise errors.NotFound()
        refuse_unknown_parameters(self.request)
        if if_none_match and headers.names(if_none_match, document.etag):
            return _unchanged(self.request, document.etag)
        return _single(self.request, document)

    async def one_or_chart(
        self, document: Document | None, draw: Callable[[Document, str], Chart], if_none_match: str | None
    ) -> Response:
        """The same, or its chart in the reader's language, as Accept says (406 for anything else).

        The ETag of a chart is of what is to be drawn, so that nothing is drawn for a client that has it. While
        it is drawn no connection is held.
        """
        if document is None:
            raise errors.NotFound()
        wanted = headers.preferred(self.request.headers.get("accept"), (JSON, SVG))
        if wanted == JSON:
            response = self.one(document, if_none_match)
        else:
            refuse_unknown_parameters(self.request)
            chart = draw(document, self.language)
            etag = Document(chart.said.encode(), document.version).etag
            if if_none_match and headers.names(if_none_match, etag):
                response = _unchanged(self.request, etag)
            else:
                await self.held.aclose()
                charts = cast(Charts, self.request.app.state.charts)
                response = _drawn(self.request, await charts.svg(chart), etag)
        response.headers["Vary"] = "Accept, Accept-Language, Authorization"
        return response

    def many(self, body: bytes) -> Response:
        """A list."""
        refuse_unknown_parameters(self.request)
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


def refuse_unknown_parameters(request: Request) -> None:
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


def _single(request: Request, document: Document, status: int = 200) -> Response:
    response = _json(request, document.body, status)
    response.headers["ETag"] = document.etag
    return response


def _json(request: Request, body: bytes, status: int = 200) -> Response:
    return Response(
        body,
        status_code=status,
        media_type=JSON,
        headers={"Content-Language": request.scope["language"]},
    )


def _unchanged(request: Request, etag: str) -> Response:
    return Response(status_code=304, headers={"ETag": etag, "Content-Language": request.scope["language"]})


def _drawn(request: Request, svg: bytes, etag: str) -> Response:
    """A picture that a browser shows, and in which nothing runs, loads or links."""
    return Response(
        svg,
        media_type=SVG,
        headers={
            "ETag": etag,
            "Content-Language": request.scope["language"],
            "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
        },
    )


_UNKNOWN = Text("There is no such query parameter.", "لا يوجد معامل استعلام بهذا الاسم.")
_KEPT_HEADERS = ("Content-Type", "Content-Language", "ETag", "Location")
