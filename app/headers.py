"""The request headers that the contract knows: preconditions, the Idempotency-Key, the media types taken."""

import re
from collections.abc import Sequence
from email.message import Message
from typing import Annotated, Any
from uuid import UUID

from fastapi import Header, Path

from app import errors
from app.errors import Text
from app.services.uploads import rules as tus

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

_BYTES = {"maxLength": 18, "pattern": tus.NUMBER}
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
        json_schema_extra={"maxLength": tus.LONGEST_METADATA, "pattern": tus.METADATA},
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
        json_schema_extra={"maxLength": 51, "pattern": tus.CHECKSUM},
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


ContentDisposition = Annotated[
    str | None,
    Header(
        alias="Content-Disposition",
        description="What the file is called: `filename*`, or `filename` (RFC 6266, RFC 8187). For display only.",
        examples=[
            "attachment; filename*=UTF-8''%D9%83%D8%B4%D9%81%20%D8%A7%D9%84%D8%A5%D9%86%D8%AC%D8%A7%D8%B2.pdf"
        ],
        json_schema_extra={"maxLength": 4000, "pattern": r"^[\x20-\x7e]+$"},
    ),
]
Range = Annotated[
    str | None,
    Header(
        alias="Range",
        description="One part of the file (RFC 9110, 14.2): `bytes=0-1023`, `bytes=1024-` or `bytes=-512`. What"
        " cannot be read, or asks for several parts, is answered with the whole.",
        examples=["bytes=0-1023"],
        json_schema_extra={"maxLength": 200, "pattern": r"^[\x20-\x7e]+$"},
    ),
]
IfRange = Annotated[
    str | None,
    Header(
        alias="If-Range",
        description="The ETag of the file that you have a part of: of another file the whole is sent.",
        json_schema_extra={"maxLength": 100, "pattern": r"^[\x20-\x7e]+$"},
    ),
]

_RANGE = re.compile(r"bytes=\s*(?:([0-9]{1,18})-([0-9]{0,18})|-([0-9]{1,18}))\s*")
_CHARSETS = {"utf-8": "utf-8", "iso-8859-1": "latin-1"}
"""The character sets of an extended name (RFC 8187, 3.2.1)."""


def file_name(content_disposition: str | None) -> str | None:
    """The file's name in a Content-Disposition header, as the client wrote it; None where it says none.

    Raises Malformed for a header that cannot be read.
    """
    if content_disposition is None:
        return None
    parsed = Message()
    try:
        # A name outside RFC 8187 comes as raw bytes: UTF-8 if it is anything.
        parsed["Content-Disposition"] = content_disposition.encode("latin-1").decode("utf-8")
        found: Any = parsed.get_params([], "Content-Disposition")
        names = [said for name, said in found if name.lower() == "filename"]
        for said in names:
            if isinstance(said, tuple):  # `filename*`, which comes before `filename` (RFC 6266, 4.3)
                charset, _, raw = said
                return str(raw).encode("latin-1").decode(_CHARSETS[charset.lower()])
        return names[0] if names else None
    except (UnicodeError, ValueError, LookupError):
        raise errors.Malformed(_NOT_A_DISPOSITION) from None


def byte_range(said: str | None, size: int) -> tuple[int, int] | None:
    """The part of a file of `size` bytes that a Range header asks for, from the first byte up to, not including,
    the second; None for the whole (RFC 9110, 14.2). Raises OutsideTheFile."""
    found = None if said is None else _RANGE.fullmatch(said)
    if found is None:
        return None
    first, last, suffix = found.groups()
    if suffix is not None:
        start, end = max(0, size - int(suffix)), size
    else:
        start, end = int(first), min(int(last) + 1, size) if last else size
        if last and int(last) < int(first):
            return None
    if start >= end:
        raise errors.OutsideTheFile(size)
    return start, end


_NOT_A_DISPOSITION = errors.Text(
    "The Content-Disposition cannot be read; a name in Arabic is written filename*=UTF-8''... (RFC 8187).",
    "تعذّرت قراءة Content-Disposition، ويُكتب الاسم العربي على هيئة filename*=UTF-8''... (RFC 8187).",
)


def preferred(accept: str | None, offered: Sequence[str]) -> str:
    """Of the media types `offered`, in our order of preference, the one that an Accept header wants most
    (RFC 9110, 12.5.1): the most specific range that fits a type says its weight. What cannot be read in it
    is passed over; a header that says nothing takes anything. Raises NotAcceptable where it wants none.
    """
    ranges = [found for part in (accept or "").lower()[:1000].split(",") if (found := _media_range(part))]
    if not ranges:
        return offered[0]
    best = max(offered, key=lambda media_type: _weight(media_type, ranges))
    if _weight(best, ranges) == 0:
        raise errors.NotAcceptable(
            Text(f"It can be had as {', '.join(offered)}.", f"الصيغ المتاحة: {', '.join(offered)}.")
        )
    return best


_NAME = r"[!#$%&'*+.^_`|~0-9a-z-]+"
_MEDIA_RANGE = re.compile(rf"({_NAME})/({_NAME})")
_QUALITY = re.compile(r"q=(0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?)")


def _media_range(part: str) -> tuple[str, float] | None:
    """A media range and its weight. Our types have no parameters, so those of a range (charset) say nothing."""
    said, *parameters = [piece.strip() for piece in part.split(";")]
    weights = [parameter for parameter in parameters if parameter.startswith("q=")]
    quality = _QUALITY.fullmatch(weights[0]) if weights else None
    if not _MEDIA_RANGE.fullmatch(said) or (weights and quality is None):
        return None
    return said, float(quality[1]) if quality else 1.0


def _weight(media_type: str, ranges: Sequence[tuple[str, float]]) -> float:
    said = dict(ranges)
    for fitting in (media_type, f"{media_type.partition('/')[0]}/*", "*/*"):
        if fitting in said:
            return said[fitting]
    return 0.0
