"""JSON bodies as they were written: exact decimals, and no name twice."""

import json
from collections.abc import Callable, Coroutine
from decimal import Decimal
from typing import Any

from fastapi import Request, Response
from fastapi.routing import APIRoute

_LARGEST_EXPONENT = 40
_MOST_NAMES = 100


class _ExactRequest(Request):
    """A request whose JSON numbers are not rounded to binary fractions on their way to `numeric`."""

    async def json(self) -> Any:
        if not hasattr(self, "_json"):
            text = (await self.body()).decode("utf-8-sig")
            self._json = json.loads(text, parse_float=_exactly, object_pairs_hook=_each_name_once)
        return self._json


def _exactly(said: str) -> Decimal | float:
    """The number as it was written. What is beyond all measure becomes infinite or nothing, as a float is:
    a Decimal of a thousand million digits is quickly made and never counted."""
    number = Decimal(said)
    return number if abs(number.adjusted()) <= _LARGEST_EXPONENT else float(said)


def _each_name_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """RFC 8259, 4: names should be unique. Two readers of the same body must not see two different ones."""
    members = dict(pairs)
    if len(members) < len(pairs):
        raise json.JSONDecodeError("a name stands twice in one object", "", 0)
    if len(members) > _MOST_NAMES:
        raise json.JSONDecodeError("an object of ours never has so many names", "", 0)
    return members


class JsonRoute(APIRoute):
    """The route class of every router that takes JSON."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handler = super().get_route_handler()

        async def handle(request: Request) -> Response:
            return await handler(_ExactRequest(request.scope, request.receive))

        return handle
