"""Files as they are brought: genuine ones of each kind that is taken, and those that pretend."""

import io
import struct
import zlib
from collections.abc import Mapping
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

_OOXML = "application/vnd.openxmlformats-officedocument"
DOCX = f"{_OOXML}.wordprocessingml.document"
XLSX = f"{_OOXML}.spreadsheetml.sheet"
PPTX = f"{_OOXML}.presentationml.presentation"
ODT = "application/vnd.oasis.opendocument.text"
_MAIN = {
    DOCX: ("word/document.xml", f"{_OOXML}.wordprocessingml.document.main+xml"),
    XLSX: ("xl/workbook.xml", f"{_OOXML}.spreadsheetml.sheet.main+xml"),
    PPTX: ("ppt/presentation.xml", f"{_OOXML}.presentationml.presentation.main+xml"),
}
_TYPES = """<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
<Default Extension="xml" ContentType="application/xml"/>
<Override PartName="/{part}" ContentType="{kind}"/></Types>"""


def zipped(entries: Mapping[str, bytes], *, comment: bytes = b"", stored: tuple[str, ...] = ()) -> bytes:
    """A ZIP archive of these entries, in this order."""
    held = io.BytesIO()
    with ZipFile(held, "w", ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name, content, ZIP_STORED if name in stored else ZIP_DEFLATED)
        archive.comment = comment
    return held.getvalue()


def office(
    kind: str = DOCX,
    more: Mapping[str, bytes] | None = None,
    *,
    main: str | None = None,
    types: str | None = None,
) -> bytes:
    """A Word, Excel or PowerPoint file; `main`: another content type of its main part."""
    part, genuine = _MAIN[kind]
    listed = types if types is not None else _TYPES.format(part=part, kind=main or genuine)
    body = "<w>كشف إنجاز المبادرة للربع الثالث</w>".encode()
    return zipped({"[Content_Types].xml": listed.encode(), part: body, **(more or {})})


def opendocument(
    kind: str = ODT, more: Mapping[str, bytes] | None = None, manifest: bytes = b"<m/>"
) -> bytes:
    """An OpenDocument file."""
    entries = {"mimetype": kind.encode(), "content.xml": b"<x/>", "META-INF/manifest.xml": manifest}
    return zipped({**entries, **(more or {})}, stored=("mimetype",))


def pdf(more: bytes = b"") -> bytes:
    """A PDF of one empty page, with `more` among its objects."""
    return (
        b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n"
        b"2 0 obj\n<</Type/Pages/Kids[3 0 R]/Count 1>>\nendobj\n"
        b"3 0 obj\n<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>\nendobj\n"
        + more
        + b"trailer\n<</Root 1 0 R/Size 4>>\n%%EOF\n"
    )


def packed_objects(said: bytes, more: bytes = b"") -> bytes:
    """A compressed object stream that says this, with `more` in its dictionary (ISO 32000-2, 7.5.7)."""
    packed = zlib.compress(b"4 0 " + said)
    return (
        b"9 0 obj\n<</Type/ObjStm/N 1/First 4/Filter/FlateDecode"
        + more
        + b"/Length %d>>\nstream\n" % len(packed)
        + packed
        + b"\nendstream\nendobj\n"
    )


def png() -> bytes:
    """A picture of one point."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return (
            struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
        )

    header = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"\0\0"))
        + chunk(b"IEND", b"")
    )


JPEG = bytes.fromhex("ffd8ffe000104a46494600010101004800480000ffdb004300") + b"\x08" * 64 + b"\xff\xd9"
GIF = b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;"
WEBP = b"RIFF\x1a\x00\x00\x00WEBPVP8L\x0d\x00\x00\x00/\x00\x00\x00\x10\x07\x10\x11\x11\x88\x88\xfe\x07\x00"
TIFF = b"II*\x00\x08\x00\x00\x00\x01\x00\x00\x01\x03\x00\x01\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00"
MINUTES = "محضر اجتماع لجنة متابعة المؤشرات\nحضر الاجتماع ممثلو الجهات.\n"
TABLE = "الربع,القيمة\nالأول,٣١٫٢\nالثاني,٣٢٫٠\n"
OLE = bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 1000
ELF = b"\x7fELF\x02\x01\x01" + b"\0" * 100
