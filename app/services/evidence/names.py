"""File names as they are shown: never a path, never a disguise, never used to find a file."""

import re
import unicodedata
from collections.abc import Mapping

_EXTENSIONS: Mapping[str, tuple[str, ...]] = {
    "application/pdf": (".pdf",),
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": (".docx",),
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": (".xlsx",),
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": (".pptx",),
    "application/vnd.oasis.opendocument.text": (".odt",),
    "application/vnd.oasis.opendocument.spreadsheet": (".ods",),
    "application/vnd.oasis.opendocument.presentation": (".odp",),
    "image/png": (".png",),
    "image/jpeg": (".jpg", ".jpeg"),
    "image/webp": (".webp",),
    "image/tiff": (".tif", ".tiff"),
    "image/gif": (".gif",),
    "text/csv": (".csv", ".txt", ".tsv"),
    "text/plain": (".txt", ".csv", ".tsv"),
}
"""What the name of a file of each media type may end in, the usual ending first."""

LONGEST = 200
"""Characters of a name, its ending included."""

_HIDDEN = re.compile(
    r"[\u0000-\u001f\u007f-\u009f\u00ad\u034f\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffd"
    r"\U000e0000-\U000e007f]"
)
"""Control characters, marks of direction, and what is not seen: with one of them `gpj.exe` reads like `exe.jpg`."""
_FORBIDDEN = re.compile(r'[<>:"|?*]')
"""What some system does not take in a name."""


def displayed(said: str | None, media_type: str) -> str | None:
    """The last part of what the client called its file, without what hides or misleads, and with the ending of
    what the file really is; null where nothing is left of it."""
    if said is None:
        return None
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", said))[-1]
    plain = "".join(c for c in last if not 0xD800 <= ord(c) < 0xE000)
    plain = re.sub(r"\s+", " ", _FORBIDDEN.sub("_", _HIDDEN.sub("", plain))).strip(" .")
    if not plain:
        return None
    endings = _EXTENSIONS[media_type]
    ending = next((ending for ending in endings if plain.lower().endswith(ending)), None)
    if ending is None:
        return plain[: LONGEST - len(endings[0])].rstrip(" .") + endings[0]
    stem = plain[: -len(ending)][: LONGEST - len(ending)].rstrip(" .")
    return f"{stem}{plain[-len(ending) :]}" if stem else f"file{plain[-len(ending) :]}"


def usual(media_type: str) -> str:
    """The usual ending of a file of this media type."""
    return _EXTENSIONS[media_type][0]
