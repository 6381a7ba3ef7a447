"""Office files are ZIP archives: which kind one is, and whether it is only that.

Only the directory of the archive and two small entries are ever read, and nothing is unpacked to disk.
"""

import io
import re
import zipfile
import zlib
from collections.abc import Iterable, Sequence
from pathlib import PurePosixPath
from xml.etree import ElementTree
from zipfile import ZipFile, ZipInfo

from app.files import FileStore, StoredFile
from app.services.evidence import refusals

SIGNATURE = b"PK\x03\x04"

_OOXML = "application/vnd.openxmlformats-officedocument"
_ODF = "application/vnd.oasis.opendocument"
_MAIN_PARTS = {
    f"{_OOXML}.wordprocessingml.document.main+xml": f"{_OOXML}.wordprocessingml.document",
    f"{_OOXML}.spreadsheetml.sheet.main+xml": f"{_OOXML}.spreadsheetml.sheet",
    f"{_OOXML}.presentationml.presentation.main+xml": f"{_OOXML}.presentationml.presentation",
}
"""The content type of the main part -> the media type of the file (ECMA-376, part 2)."""
_ODF_KINDS = frozenset({f"{_ODF}.text", f"{_ODF}.spreadsheet", f"{_ODF}.presentation"})
KINDS = frozenset({*_MAIN_PARTS.values(), *_ODF_KINDS})

_TAIL = 1024 * 1024
"""Bytes at the end in which the directory must lie: enough for the entries below."""
_MOST_ENTRIES = 10_000
_LARGEST = 512 * 1024 * 1024
"""Bytes that all entries may come to, unpacked: ten times the largest file."""
_HIGHEST_RATIO = 200
_COUNTS_FROM = 4 * 1024 * 1024
"""A small entry may be packed to nothing; one of this size is not, unless somebody means harm."""
_SMALL = 1024 * 1024
"""The largest entry that is read."""
_END = b"PK\x05\x06"
_END_BYTES = 22
_ENTRY_BYTES = 30
_MOST_BETWEEN = 4096
"""The most bytes between two entries: an extra field before the data, a descriptor behind it."""

_RUNNING = ("vbaproject", "vbadata", "macrosheet", "/activex/", "/macros/", "customui/")
_ODF_RUNNING = ("basic/", "scripts/")
_CARRIED = re.compile(
    r"\.(7z|apk|bat|cmd|com|dll|do[ct]m|exe|gz|hta|html?|iso|jar|jse?|lnk|msi|pptm|ps1|rar|scr|sh|tar|vbe|vbs|wsf"
    r"|xlam|xlsb|xl[st]m|zip)$"
)
_OLE_OBJECTS = ("/embeddings/oleobject",)


async def media_type(files: FileStore, stored: StoredFile) -> str:
    """The media type of an Office file, one of KINDS. Raises FileRefused for any other archive, for one that
    holds macros or other files, is locked, would unpack to a monster, or has something before, between or
    behind its entries."""
    start = max(0, stored.size - _TAIL)
    window = _Window(stored.size)
    window.put(start, await _read(files, stored, start, stored.size))
    archive = _open(window)
    entries = archive.infolist()
    _check_whole(archive, entries)
    _check_entries(entries)
    names = {entry.filename.lower(): entry for entry in entries}
    types, manifest = names.get("[content_types].xml"), names.get("meta-inf/manifest.xml")
    is_opendocument = entries[0].filename == "mimetype"
    if types is not None:
        if is_opendocument or manifest is not None or _has_macros(names):
            raise refusals.two_types()  # one reader opens the one, another reader the other
        return _ooxml(await _entry(files, stored, archive, window, types))
    if is_opendocument:
        said = await _entry(files, stored, archive, window, entries[0])
        listed = b"" if manifest is None else await _entry(files, stored, archive, window, manifest)
        return _opendocument(said, listed, names)
    raise refusals.type_not_allowed("application/zip")


class _Window(io.RawIOBase):
    """A file of which only some pieces are here. Reading elsewhere raises OSError."""

    def __init__(self, size: int) -> None:
        self.size = size
        self._pieces: dict[int, bytes] = {}
        self._at = 0

    def put(self, start: int, piece: bytes) -> None:
        """Have the bytes from `start` on."""
        self._pieces[start] = piece

    def seekable(self) -> bool:
        return True

    def readable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        self._at = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self.size}[whence] + offset
        if not 0 <= self._at <= self.size:
            raise OSError("outside the file")
        return self._at

    def read(self, size: int = -1) -> bytes:
        end = self.size if size < 0 else min(self._at + size, self.size)
        for start, piece in self._pieces.items():
            if start <= self._at and end <= start + len(piece):
                found = piece[self._at - start : end - start]
                self._at = end
                return found
        raise OSError("not read from the store")


def _open(window: _Window) -> ZipFile:
    window.seek(max(0, window.size - _END_BYTES))
    last = window.read()
    if not last.startswith(_END) or last[-2:] != b"\0\0":
        # Something is appended, or the archive is cut off. A comment hides things too, and no Office file has one.
        raise refusals.two_types() if _END in _rest(window) else refusals.broken()
    try:
        return ZipFile(window)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        raise refusals.broken() from None


def _rest(window: _Window) -> bytes:
    window.seek(max(0, window.size - _TAIL))
    return window.read()


def _check_whole(archive: ZipFile, entries: Sequence[ZipInfo]) -> None:
    """The entries begin at the first byte, do not lie over each other, and end where the directory begins."""
    if not entries:
        raise refusals.type_not_allowed("application/zip")
    if len(entries) > _MOST_ENTRIES:
        raise refusals.unpacks_too_large()
    in_order = sorted(entries, key=lambda entry: entry.header_offset)
    if in_order[0].header_offset != 0:
        raise refusals.two_types()
    ends = [entry.header_offset for entry in in_order[1:]] + [archive.start_dir]
    for entry, end in zip(in_order, ends, strict=True):
        least = entry.header_offset + _ENTRY_BYTES + len(entry.orig_filename) + entry.compress_size
        if least > end:
            raise refusals.unpacks_too_large()  # entries that share their bytes: a bomb of many in one
        if end - least > _MOST_BETWEEN:
            raise refusals.two_types()  # a gap in which something else is hidden
    if len({entry.filename.lower() for entry in entries}) < len(entries):
        raise refusals.two_types()  # two readers would open two different ones


def _check_entries(entries: Sequence[ZipInfo]) -> None:
    total = 0
    for entry in entries:
        total += entry.file_size
        if total > _LARGEST or (
            entry.file_size > _COUNTS_FROM and entry.file_size > _HIGHEST_RATIO * max(1, entry.compress_size)
        ):
            raise refusals.unpacks_too_large()
        if entry.flag_bits & 0x1:
            raise refusals.encrypted()
        if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise refusals.broken()
        name = entry.filename.lower()
        path = PurePosixPath(name)
        if "\\" in name or path.is_absolute() or ".." in path.parts:
            raise refusals.broken()
        if any(word in name for word in _RUNNING):
            raise refusals.runs_code()
        if _CARRIED.search(name) or any(word in f"/{name}" for word in _OLE_OBJECTS):
            raise refusals.holds_files()


async def _entry(
    files: FileStore, stored: StoredFile, archive: ZipFile, window: _Window, entry: ZipInfo
) -> bytes:
    """What one small entry says."""
    if max(entry.file_size, entry.compress_size) > _SMALL:
        raise refusals.unpacks_too_large()
    start = entry.header_offset
    end = start + _ENTRY_BYTES + len(entry.orig_filename) * 4 + _MOST_BETWEEN + entry.compress_size
    window.put(start, await _read(files, stored, start, min(end, stored.size)))
    try:
        with archive.open(entry) as opened:
            said = opened.read(_SMALL + 1)
    except (zipfile.BadZipFile, zlib.error, OSError, ValueError, EOFError, NotImplementedError, RuntimeError):
        raise refusals.broken() from None
    if len(said) > _SMALL:
        raise refusals.unpacks_too_large()
    return said


def _ooxml(said: bytes) -> str:
    """The kind that the list of content types names (ECMA-376, part 2, 10.1.2)."""
    if b"\0" in said or b"<!DOCTYPE" in said:  # a document type has no place here: it expands without end
        raise refusals.broken()
    try:
        root = ElementTree.fromstring(said)  # noqa: S314  # without a document type there is nothing to expand
    except ElementTree.ParseError:
        raise refusals.broken() from None
    types = {element.get("ContentType", "").strip().lower() for element in root.iter()}
    if any("macro" in kind or "vba" in kind or "activex" in kind for kind in types):
        raise refusals.runs_code()
    if any("oleobject" in kind for kind in types):
        raise refusals.holds_files()
    found = {_MAIN_PARTS[kind] for kind in types & _MAIN_PARTS.keys()}
    if len(found) != 1:
        raise refusals.two_types() if found else refusals.type_not_allowed("application/zip")
    return found.pop()


def _has_macros(names: Iterable[str]) -> bool:
    """Whether there are folders in which an OpenDocument file has its macros. `names`: of the entries, lower case."""
    return any(name.startswith(_ODF_RUNNING) for name in names)


def _opendocument(said: bytes, manifest: bytes, names: Iterable[str]) -> str:
    """The kind that the first entry names (OpenDocument 1.3, part 2, 3.3)."""
    kind = said.decode("ascii", "replace").strip()
    if kind not in _ODF_KINDS:
        raise refusals.type_not_allowed(kind if kind.isprintable() and len(kind) < 100 else "application/zip")
    if _has_macros(names):
        raise refusals.runs_code()
    if b"encryption-data" in manifest:
        raise refusals.encrypted()
    return kind


async def _read(files: FileStore, stored: StoredFile, start: int, end: int) -> bytes:
    return b"".join([chunk async for chunk in await files.get(stored.key, start, end)])
