"""The request headers that the contract knows: preconditions and the Idempotency-Key."""

import re
from typing import Annotated
from uuid import UUID

from fastapi import Header, Path

from app import errors

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
"""Where the answer holds a secret: it is never kept, so a key that is sent is refused (400)."""

SubjectPath = Annotated[UUID, Path(description="The id of the resource.")]

OF_UPLOADS = (
    "Tus-Resumable",
    "Upload-Length",
    "Upload-Metadata",
    "Upload-Offset",
    "Upload-Checksum",
    "X-HTTP-Method-Override",
)
"""Of the tus protocol: what a browser page may send."""
OF_UPLOADS_ANSWERED = (
    "Tus-Resumable",
    "Tus-Version",
    "Tus-Extension",
    "Tus-Max-Size",
    "Tus-Checksum-Algorithm",
    "Upload-Length",
    "Upload-Metadata",
    "Upload-Offset",
    "Upload-Expires",
)
"""And what it may read."""

_BYTES = {"maxLength": 18, "pattern": "^[0-9]{1,18}$"}
TusResumable = Annotated[
    str | None,
    Header(
        alias="Tus-Resumable",
        description="The version of the tus protocol that the client speaks.",
        examples=["1.0.0"],
        json_schema_extra={"x-required": True, "maxLength": 5, "pattern": r"^1\.0\.0$"},
    ),
]
UploadLength = Annotated[
    str | None,
    Header(
        alias="Upload-Length",
        description="The size of the whole file in bytes.",
        examples=["1048576"],
        json_schema_extra={"x-required": True, **_BYTES},
    ),
]
UploadDeferLength = Annotated[str | None, Header(alias="Upload-Defer-Length", include_in_schema=False)]
"""Of an extension that is not spoken here: refused, where it is sent."""
UploadMetadata = Annotated[
    str | None,
    Header(
        alias="Upload-Metadata",
        description="Pairs of a key and a base64 value of UTF-8 text, separated by commas. `filename` is the name"
        " under which the file is shown and downloaded; other keys are given back by HEAD.",
        examples=["filename 2KrZgtix2YrYsS5wZGY="],
        json_schema_extra={
            "maxLength": 4000,
            "pattern": "^[!-+\\--~]{1,100}( [A-Za-z0-9+/]*={0,2})?(, *[!-+\\--~]{1,100}( [A-Za-z0-9+/]*={0,2})?)*$",
        },
    ),
]
UploadOffset = Annotated[
    str | None,
    Header(
        alias="Upload-Offset",
        description="The position in the file of the first byte sent: as many as have been received.",
        examples=["524288"],
        json_schema_extra={"x-required": True, **_BYTES},
    ),
]
UploadChecksum = Annotated[
    str | None,
    Header(
        alias="Upload-Checksum",
        description="`sha1` or `sha256`, a space, and the base64 of the digest of the bytes sent.",
        examples=["sha1 Kq5sNclPz7QV2+lfQIuc6R7oRu0="],
        json_schema_extra={
            "maxLength": 51,
            "pattern": "^(sha1 [A-Za-z0-9+/]{27}=|sha256 [A-Za-z0-9+/]{43}=)$",
        },
    ),
]

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
