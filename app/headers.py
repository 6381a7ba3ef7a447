"""The request headers of every area: preconditions, the Idempotency-Key, the media types that Accept wants."""

import re
from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from fastapi import Header, Path

from app import errors
from app.errors import Text

_ETAGS = re.compile(r'"[^"]*"')
"""The tags in If-None-Match, weak ones too: it compares weakly (RFC 9110, 13.1.2)."""
_ETAG = re.compile(r'^"(\d{1,9})\.[A-Za-z0-9_-]{1,64}"$')

IfMatch = Annotated[
    str | None,
    Header(
        alias="If-Match",
        description="The ETag of what you saw: you change or decide exactly that, or are told 412.",
        examples=['"3.mVq0Zb3kX1n8Tq2Y"'],
        json_schema_extra={
            "x-required": True,
            "maxLength": 100,
            "pattern": r'^"[0-9]{1,9}\.[A-Za-z0-9_-]{1,64}"$',
        },
    ),
]
IfNoneMatch = Annotated[
    str | None,
    Header(
        alias="If-None-Match",
        description="The ETag you have: 304 when the answer would be the same.",
        json_schema_extra={"maxLength": 1000, "pattern": r'^(\*|[A-Za-z0-9"./_, -]+)$'},
    ),
]
_KEY_PATTERN = r"^[A-Za-z0-9_.:-]{8,100}$"
_KEY_TEXT = "Made by the client, one per intended effect: a retry with the same key has no second effect."
OptionalKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        description=_KEY_TEXT,
        json_schema_extra={"maxLength": 100, "pattern": _KEY_PATTERN},
    ),
]
RequiredKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        description=_KEY_TEXT,
        examples=["9f1c7f0e-entry-2025"],
        json_schema_extra={"x-required": True, "maxLength": 100, "pattern": _KEY_PATTERN},
    ),
]
RefusedKey = Annotated[str | None, Header(alias="Idempotency-Key", include_in_schema=False)]
"""Where the answer is never kept, since it holds a secret or nothing is changed: a key that is sent is refused (400)."""

SubjectPath = Annotated[UUID, Path(description="The id of the resource.")]

_NO_VERSION = -1


def version(if_match: str | None) -> int | None:
    """The version in an If-Match header; `*` names no version, so it counts as not sent."""
    return None if if_match is None or if_match.strip() == "*" else etag_version(if_match)


def etag_version(etag: str) -> int:
    """The version in an ETag of ours; one that no thing has when it is not ours (412)."""
    match = _ETAG.match(etag.strip())
    return int(match[1]) if match else _NO_VERSION


def check_key(key: str | None) -> None:
    """Raise KeyRequired for a key that is missing or not of the form."""
    if key is None or not re.fullmatch(_KEY_PATTERN, key):
        raise errors.KeyRequired()


def names(if_none_match: str, etag: str) -> bool:
    """Whether the header names this ETag, or any."""
    return if_none_match == "*" or etag in _ETAGS.findall(if_none_match)


def preferred(accept: str | None, offered: Sequence[str]) -> str:
    """Of the media types `offered`, in our order of preference, the one that an Accept header wants most
    (RFC 9110, 12.5.1): the most specific range that fits a type says its weight. What cannot be read in it
    is passed over; a header that says nothing takes anything. Raises NotAcceptable where it wants none.
    """
    ranges = [found for part in (accept or "").lower()[:1000].split(",") if (found := _range(part))]
    if not ranges:
        return offered[0]
    best = max(offered, key=lambda media_type: _weight(media_type, ranges))
    if _weight(best, ranges) == 0:
        raise errors.NotAcceptable(
            Text(f"It can be had as {', '.join(offered)}.", f"الصيغ المتاحة: {', '.join(offered)}.")
        )
    return best


_NAME = r"[!#$%&'*+.^_`|~0-9a-z-]+"
_RANGE = re.compile(rf"({_NAME})/({_NAME})")
_QUALITY = re.compile(r"q=(0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?)")


def _range(part: str) -> tuple[str, float] | None:
    """A media range and its weight. Our types have no parameters, so those of a range (charset) say nothing."""
    said, *parameters = [piece.strip() for piece in part.split(";")]
    weights = [parameter for parameter in parameters if parameter.startswith("q=")]
    quality = _QUALITY.fullmatch(weights[0]) if weights else None
    if not _RANGE.fullmatch(said) or (weights and quality is None):
        return None
    return said, float(quality[1]) if quality else 1.0


def _weight(media_type: str, ranges: Sequence[tuple[str, float]]) -> float:
    said = dict(ranges)
    for fitting in (media_type, f"{media_type.partition('/')[0]}/*", "*/*"):
        if fitting in said:
            return said[fitting]
    return 0.0
