"""The rules of resumable uploads: tus 1.0.0 with creation, expiration, checksum and termination.

Pure functions of what the headers say (https://tus.io/protocols/resumable-upload, 2016-03-25). A fault of
a header names the header.
"""

import base64
import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import format_datetime

from app import errors
from app.enums import EvidenceState
from app.errors import FieldError, Text
from app.services.evidence.rules import UPLOAD
from app.services.transitions import Transition

VERSION = "1.0.0"
EXTENSIONS = "creation,expiration,checksum,termination"
ALGORITHMS = ("sha1", "sha256")
MEDIA_TYPE = "application/offset+octet-stream"

KEPT = timedelta(hours=24)
"""How long an upload waits for its next bytes: somebody on a bad line comes back the next morning."""
MOST_PARTS = 1000
"""How many pieces a file may come in: each is a file of its own until the last has come."""
MOST_UNFINISHED = 5
"""Uploads of one person for one piece of evidence that are begun and neither complete nor expired."""
LONGEST_METADATA = 4000
"""Characters of Upload-Metadata: a file name of 255 Arabic letters is 680 of them."""

NUMBER = "^[0-9]{1,18}$"
_PAIR = r"[!-+\--~]{1,100}( [A-Za-z0-9+/]*={0,2})?"  # a key is printable ASCII but space and comma
METADATA = f"^{_PAIR}(, *{_PAIR})*$"
CHECKSUM = "^(sha1 [A-Za-z0-9+/]{27}=|sha256 [A-Za-z0-9+/]{43}=)$"
"""The form of the headers, as the contract says it too."""


@dataclass(frozen=True, slots=True)
class Checksum:
    """What Upload-Checksum says of the bytes of one request."""

    algorithm: str
    digest: bytes

    def begin(self) -> "hashlib._Hash":
        """The hash to feed the bytes to."""
        return hashlib.new(self.algorithm, usedforsecurity=False)

    def holds(self, seen: "hashlib._Hash") -> bool:
        """Whether the bytes that were fed are those that were meant."""
        return hmac.compare_digest(seen.digest(), self.digest)


def ending() -> Transition:
    """Giving an upload up: possible whatever became of its evidence meanwhile."""
    return Transition(UPLOAD.action, frozenset(EvidenceState), EvidenceState.AWAITING_FILE)


def require_version(tus_resumable: str | None) -> None:
    """Raise TusVersion (412) for a client that speaks another version, or does not say which."""
    if tus_resumable != VERSION:
        raise errors.TusVersion(VERSION)


def length(upload_length: str | None, defer_length: str | None, most: int) -> int:
    """The size of the whole file in bytes, from Upload-Length. Larger than `most` is TooLarge (413)."""
    if defer_length is not None:
        raise _fault("Upload-Defer-Length", "not_allowed", _NOT_DEFERRED)
    size = _number("Upload-Length", upload_length)
    if size > most:
        raise errors.TooLarge(headers={"Tus-Max-Size": str(most)})
    if size == 0:
        raise _fault("Upload-Length", "too_small", _EMPTY)
    return size


def offset(upload_offset: str | None) -> int:
    """The position in the file at which the bytes of this request begin, from Upload-Offset."""
    return _number("Upload-Offset", upload_offset)


def metadata(upload_metadata: str | None) -> Mapping[str, str]:
    """What Upload-Metadata says: pairs of a key and a base64 value, separated by commas."""
    said: dict[str, str] = {}
    if upload_metadata is None:
        return said
    if len(upload_metadata) > LONGEST_METADATA:
        raise _fault("Upload-Metadata", "too_long", Text("The text is too long.", "النص أطول من المسموح."))
    if not re.fullmatch(METADATA, upload_metadata):
        raise _fault("Upload-Metadata", "bad_format", _METADATA)
    for pair in upload_metadata.split(","):
        key, _, value = pair.strip().partition(" ")
        if key in said:
            raise _fault("Upload-Metadata", "bad_format", _METADATA)
        try:
            said[key] = base64.b64decode(value, validate=True).decode()
        except ValueError:
            raise _fault("Upload-Metadata", "bad_format", _METADATA) from None
    return said


def checksum(upload_checksum: str | None) -> Checksum | None:
    """What Upload-Checksum says, if it was sent. An algorithm that is not ours is Malformed (400)."""
    if upload_checksum is None:
        return None
    algorithm, _, said = upload_checksum.partition(" ")
    if algorithm not in ALGORITHMS:
        raise errors.Malformed(_ALGORITHM)
    if not re.fullmatch(CHECKSUM, upload_checksum):
        raise _fault("Upload-Checksum", "bad_format", _CHECKSUM)
    return Checksum(algorithm, base64.b64decode(said))


def require_offset(said: int, received: int) -> None:
    """Raise WrongOffset (409) unless the bytes follow what has been received."""
    if said != received:
        raise errors.WrongOffset(received)


def require_standing(expires_at: datetime, now: datetime) -> None:
    """Raise UploadExpired (410) for an upload that waited too long."""
    if now >= expires_at:
        raise errors.UploadExpired()


def require_room(parts: int) -> None:
    """Raise TooManyParts (409) when the file came in too many pieces."""
    if parts >= MOST_PARTS:
        raise errors.TooManyParts()


def require_free(unfinished: int) -> None:
    """Raise TooManyUploads (409) when as many are unfinished as one person may have."""
    if unfinished >= MOST_UNFINISHED:
        raise errors.TooManyUploads()


def http_date(moment: datetime) -> str:
    """A moment as Upload-Expires has it (RFC 9110, 5.6.7)."""
    return format_datetime(moment, usegmt=True)


def _number(header: str, said: str | None) -> int:
    if said is None:
        raise _fault(header, "missing", Text("This is required.", "هذا الحقل مطلوب."))
    if not re.fullmatch(NUMBER, said):
        raise _fault(
            header, "bad_format", Text("Not a whole number of bytes.", "ليس عددًا صحيحًا من البايتات.")
        )
    return int(said)


def _fault(header: str, code: str, words: Text) -> errors.Invalid:
    return errors.Invalid(errors=(FieldError(code, words, parameter=header),))


_NOT_DEFERRED = Text(
    "The length of the file must be known when the upload begins.",
    "يجب أن يُعرف حجم الملف عند بدء الرفع.",
)
_EMPTY = Text("An empty file proves nothing.", "الملف الفارغ لا يثبت شيئًا.")
_METADATA = Text(
    "Pairs of a key and a base64 value (of UTF-8 text), separated by commas, each key once.",
    "أزواج من مفتاح وقيمة بترميز base64 (نص UTF-8)، تفصل بينها فواصل، ولا يتكرر المفتاح.",
)
_ALGORITHM = Text(
    f"Upload-Checksum takes {' and '.join(ALGORITHMS)}.", f"يقبل Upload-Checksum: {' و '.join(ALGORITHMS)}."
)
_CHECKSUM = Text(
    "An algorithm, a space, and the base64 of its digest.",
    "اسم الخوارزمية ثم مسافة ثم ناتجها بترميز base64.",
)
