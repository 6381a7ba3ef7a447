"""The headers of files: names and parts of them, and those of the tus protocol, as the contract knows them."""

import re
from email.message import Message
from typing import Annotated, Any

from fastapi import Header

from app import errors
from app.services.uploads import rules as tus

LONGEST_DISPOSITION = 4000
"""Characters of a Content-Disposition: a name of 255 Arabic letters is 1,530 of them. Its reader takes the square of
their number."""

ContentDisposition = Annotated[
    str | None,
    Header(
        alias="Content-Disposition",
        description="What the file is called: `filename*`, or `filename` (RFC 6266, RFC 8187). For display only.",
        examples=[
            "attachment; filename*=UTF-8''%D9%83%D8%B4%D9%81%20%D8%A7%D9%84%D8%A5%D9%86%D8%AC%D8%A7%D8%B2.pdf"
        ],
        json_schema_extra={"maxLength": LONGEST_DISPOSITION, "pattern": r"^[\x20-\x7e]+$"},
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

    Raises Malformed for a header that is too long, or cannot be read.
    """
    if content_disposition is None:
        return None
    if len(content_disposition) > LONGEST_DISPOSITION:
        raise errors.Malformed(_NOT_A_DISPOSITION)
    parsed = Message()
    try:
        # A name outside RFC 8187 comes as raw bytes: UTF-8 if it is anything.
        parsed["Content-Disposition"] = content_disposition.encode("latin-1").decode("utf-8")
        found: Any = parsed.get_params([], "Content-Disposition")
        names = [said for name, said in found if name.lower() == "filename"]
        for said in names:
            if isinstance(said, tuple):  # `filename*`, which comes before `filename` (RFC 6266, 4.3)
                charset, _, raw = said
                return str(raw).encode("latin-1").decode(_CHARSETS[str(charset).lower()])
        return names[0] if names else None
    except (
        UnicodeError,
        ValueError,
        LookupError,
        TypeError,
    ):  # TypeError: the parser's, for parts without a number
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
    f"The Content-Disposition cannot be read, or has more than {LONGEST_DISPOSITION} characters; a name in Arabic is"
    " written filename*=UTF-8''... (RFC 8187).",
    f"تعذّرت قراءة Content-Disposition أو تجاوز طوله {LONGEST_DISPOSITION} حرف، ويُكتب الاسم العربي"
    " على هيئة filename*=UTF-8''... (RFC 8187).",
)


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
