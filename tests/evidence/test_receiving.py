"""What kind of file bytes are: each kind that is taken, and everything that pretends to be one."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from app import errors
from app.files import FileStore
from app.services.evidence import receiving
from app.services.evidence.pdf import Look
from app.services.evidence.receiving import EmptyFile
from app.services.evidence.refusals import FileRefused
from tests.evidence import samples
from tests.evidence.samples import (
    DOCX,
    MINUTES,
    ODT,
    PPTX,
    TABLE,
    XLSX,
    office,
    opendocument,
    packed_objects,
    pdf,
    zipped,
)

_DOCX = {"[Content_Types].xml": f'<T><O ContentType="{DOCX}.main+xml"/></T>'.encode()}
GENUINE = {
    "pdf": (pdf(), "application/pdf"),
    "pdf with packed objects": (pdf(packed_objects(b"<</Type/Font>>")), "application/pdf"),
    "docx": (office(DOCX, {"word/media/image1.svg": b"<svg/>", "word/embeddings/chart.xlsx": b"PK"}), DOCX),
    "xlsx": (office(XLSX, {"xl/printerSettings/printerSettings1.bin": b"\0"}), XLSX),
    "pptx": (office(PPTX), PPTX),
    "docx in other letters": (zipped({"[CONTENT_TYPES].XML": _DOCX["[Content_Types].xml"]}), DOCX),
    "arabic entry": (office(DOCX, {"word/ملحق.xml": b"<x/>"}), DOCX),
    "odt": (opendocument(), ODT),
    "png": (samples.png(), "image/png"),
    "jpeg": (samples.JPEG, "image/jpeg"),
    "gif": (samples.GIF, "image/gif"),
    "webp": (samples.WEBP, "image/webp"),
    "tiff": (samples.TIFF, "image/tiff"),
    "utf-8": (MINUTES.encode(), "text/plain"),
    "utf-8 with mark": (b"\xef\xbb\xbf" + MINUTES.encode(), "text/plain"),
    "utf-16": (MINUTES.encode("utf-16"), "text/plain"),
    "utf-16 the other way": (b"\xfe\xff" + MINUTES.encode("utf-16-be"), "text/plain"),
    "windows-1256": (MINUTES.encode("windows-1256"), "text/plain"),
    "csv": (TABLE.encode(), "text/csv"),
    "csv of Excel": (TABLE.replace(",", ";").encode("utf-16"), "text/csv"),
    "one letter": ("م".encode(), "text/plain"),
    "text that compares": (b"a < b and b > c\n" * 10, "text/plain"),
}

_MACRO = "application/vnd.ms-word.document.macroEnabled.main+xml"
_DTD = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aa">]><Types>&a;</Types>'
_TYPES_WITH_OBJECT = (
    f'<T><O ContentType="{DOCX}.main+xml"/>'
    '<O ContentType="application/vnd.openxmlformats-officedocument.oleObject"/></T>'
)
HOSTILE = {
    "html": (b"<!DOCTYPE html><p>hi", "type_not_allowed"),
    "html in text": (b"\n\n  \t<HtMl>" + MINUTES.encode(), "type_not_allowed"),
    "script deep in text": (MINUTES.encode() * 4000 + b"<ScRipt>alert(1)</script>", "type_not_allowed"),
    "script in utf-16": ((MINUTES + "<script >x</script>").encode("utf-16"), "type_not_allowed"),
    "script in csv": (TABLE.encode() + b'"<script\n>",1\n', "type_not_allowed"),
    "svg": (b'<svg xmlns="http://www.w3.org/2000/svg"/>', "type_not_allowed"),
    "xml": (b"<?xml version='1.0'?><x/>", "type_not_allowed"),
    "shell": (b"#!/bin/sh\nrm -rf /\n", "type_not_allowed"),
    "program": (samples.ELF, "type_not_allowed"),
    "windows program": (b"MZ" + b"\0" * 200, "type_not_allowed"),
    "old word": (samples.OLE, "type_not_allowed"),
    "rich text": (rb"{\rtf1\ansi hello}", "type_not_allowed"),
    "archive": (zipped({"a.txt": b"a"}), "type_not_allowed"),
    "jar": (zipped({"META-INF/MANIFEST.MF": b"x", "a.class": b"\xca\xfe"}), "type_not_allowed"),
    "epub": (opendocument("application/epub+zip"), "type_not_allowed"),
    "bytes": (bytes(range(256)) * 40, "type_not_allowed"),
    "zeros": (b"\0" * 5000, "type_not_allowed"),
    "zero in text": (MINUTES.encode() * 3000 + b"\0", "type_not_allowed"),
    "half a pair": (b"\xff\xfe" + "نص".encode("utf-16-le") + b"\x00\xdc\x41\x00", "broken"),
    "docx with macros": (office(DOCX, {"word/vbaProject.bin": b"\0"}), "runs_code"),
    "docx of a macro type": (office(DOCX, main=_MACRO), "runs_code"),
    "docx with controls": (office(DOCX, {"word/activeX/activeX1.xml": b"x"}), "runs_code"),
    "docx with an object": (office(DOCX, {"word/embeddings/oleObject1.bin": b"x"}), "holds_files"),
    "docx with a program": (office(DOCX, {"word/media/x.EXE": b"x"}), "holds_files"),
    "odt with macros": (opendocument(more={"Basic/Standard/m.xml": b"x"}), "runs_code"),
    "odt with a password": (opendocument(manifest=b"<manifest:encryption-data/>"), "encrypted"),
    "pdf with a script": (pdf(b"4 0 obj\n<</S/JavaScript/JS(x)>>\nendobj\n"), "runs_code"),
    "pdf with a script in disguise": (pdf(b"4 0 obj\n<</S/J#61vaScr#69pt/JS(x)>>\nendobj\n"), "runs_code"),
    "pdf with a packed script": (pdf(packed_objects(b"<</S/JavaScript/JS(x)>>")), "runs_code"),
    "pdf with a script packed under other things": (
        pdf(packed_objects(b"<</S/JavaScript/JS(x)>>", more=b"/DecodeParms<</Columns 4>>")),
        "runs_code",
    ),
    "pdf with a script behind much": (
        pdf(packed_objects(b" " * 3_000_000 + b"<</S/JavaScript>>")),
        "runs_code",
    ),
    "pdf that unpacks to a monster": (pdf(packed_objects(b" " * 2_000_000) * 100), "unpacks_too_large"),
    "pdf of endless streams": (pdf(b"/ObjStm>>stream\n" * 65_536), "unpacks_too_large"),
    "pdf of names alone": (pdf(b"/ObjStm" * 150_000), "unpacks_too_large"),
    "pdf that launches": (pdf(b"4 0 obj\n<</S /Launch /F(x)>>\nendobj\n"), "runs_code"),
    "pdf with a file": (pdf(b"4 0 obj\n<</Type/EmbeddedFile>>\nendobj\n"), "holds_files"),
    "pdf and zip": (pdf() + zipped({"x": b"x"}), "two_types"),
    "picture and zip": (samples.png() + zipped({"x.js": b"x"}, comment=b"c" * 300), "two_types"),
    "picture and html": (samples.JPEG + b"<script>x</script>", "two_types"),
    "picture and pdf": (samples.GIF + pdf(), "two_types"),
    "text before a pdf": (MINUTES.encode() + b"%PDF-1.4\n1 0 obj\n<</S/JavaScript>>\n", "runs_code"),
    "docx and html": (office() + b"<html><script>", "two_types"),
    "docx with a comment": (office()[:-2] + b"\x06\0" + b"<html>", "two_types"),
    "html before a docx": (b"PK\x03\x04<html>" + office(), "two_types"),
    "two types of document": (
        office(DOCX, types=f'<T><O ContentType="{DOCX}.main+xml"/><O ContentType="{XLSX}.main+xml"/></T>'),
        "two_types",
    ),
    "docx and pdf": (zipped({"%PDF-1.7": b"x", **_DOCX}, stored=("%PDF-1.7",)), "two_types"),
    "docx and odt": (zipped({"mimetype": ODT.encode(), **_DOCX}, stored=("mimetype",)), "two_types"),
    "docx with a manifest": (office(DOCX, {"META-INF/manifest.xml": b"<m/>"}), "two_types"),
    "docx with macros of another": (office(DOCX, {"Basic/Standard/m.xml": b"x"}), "two_types"),
    "docx and twice": (office(DOCX, {"[content_types].XML": b"<Types/>"}), "two_types"),
    "docx with an object under another name": (
        office(DOCX, {"word/media/image1.emf": b"x"}, types=_TYPES_WITH_OBJECT),
        "holds_files",
    ),
    "cut off": (office()[:-40], "broken"),
    "only the beginning": (b"PK\x03\x04" + b"\0" * 100, "broken"),
    "types that expand": (office(types=_DTD), "broken"),
    "types that are none": (office(types="<Types>"), "broken"),
    "outside": (office(DOCX, {"../../etc/passwd": b"x"}), "broken"),
    "bomb": (office(DOCX, {"word/big.xml": b"\0" * 30_000_000}), "unpacks_too_large"),
    "many": (office(DOCX, {f"word/{n}": b"" for n in range(10_001)}), "unpacks_too_large"),
    "nested": (office(DOCX, {"word/inner.zip": zipped({"x": b"\0" * 5_000_000})}), "holds_files"),
}


async def chunks(content: bytes, size: int = 5000) -> AsyncIterator[bytes]:
    """The content as an upload brings it."""
    for start in range(0, len(content), size):
        yield content[start : start + size]


def files_in(folder: Path) -> list[Path]:
    """Every file under the folder."""
    return [path for path in folder.rglob("*") if path.is_file()]


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> FileStore:
    """A store in a folder."""
    return FileStore.open(Path(tmp_path_factory.mktemp("files")).as_uri())


@pytest.mark.parametrize("name", GENUINE)
async def test_a_genuine_file_is_known_by_its_bytes(files: FileStore, name: str) -> None:
    content, media_type = GENUINE[name]
    received = await receiving.receive(files, chunks(content), len(content))
    assert received.media_type == media_type
    assert received.stored.size == len(content)


@pytest.mark.parametrize("name", HOSTILE)
async def test_what_pretends_is_refused_with_its_reason(files: FileStore, name: str) -> None:
    content, reason = HOSTILE[name]
    with pytest.raises(FileRefused) as refused:
        await receiving.receive(files, chunks(content), 100_000_000)
    [error] = refused.value.errors
    assert error.code == reason
    assert error.detail.ar != error.detail.en


async def test_the_work_on_a_pdf_is_bounded() -> None:
    bombs = (packed_objects(b" " * 2_000_000) * 100, b"/ObjStm>>stream\n" * 65_536)
    for content in bombs:
        look = Look()
        with pytest.raises(FileRefused):
            look.through(content, len(content))
        assert look.streams <= 10_001
        assert look.unpacked <= 65 * 1024 * 1024


async def test_what_lies_on_the_edge_of_two_looks_is_seen(files: FileStore) -> None:
    for more in (b"<</S/JavaScript>>", packed_objects(b"<</S/JavaScript>>")):
        for before in (256 * 1024 - 120, 256 * 1024 - 85, 512 * 1024 - 95):
            content = pdf(b" " * (before - len(pdf())) + more + b" " * 600_000)
            with pytest.raises(FileRefused):
                await receiving.receive(files, chunks(content, 70_000), len(content))


async def test_an_entry_that_lies_about_its_size_is_not_unpacked(files: FileStore) -> None:
    listed = b"<Types/>" + b" " * 3_000_000
    content = bytearray(zipped({"[Content_Types].xml": listed, "word/document.xml": b"x"}))
    for signature, place in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        at = content.index(signature) + place
        content[at : at + 4] = (100).to_bytes(4, "little")
    with pytest.raises(FileRefused):
        await receiving.receive(files, chunks(bytes(content)), 10_000_000)


async def test_entries_that_share_their_bytes_are_a_bomb(files: FileStore) -> None:
    content = bytearray(office(DOCX, {"word/a.xml": b"a" * 100, "word/b.xml": b"a" * 100}))
    first = content.index(b"PK\x01\x02", content.index(b"PK\x01\x02") + 4)
    last = content.rindex(b"PK\x01\x02")
    content[last + 42 : last + 46] = content[first + 42 : first + 46]
    with pytest.raises(FileRefused):
        await receiving.receive(files, chunks(bytes(content)), 10_000_000)


async def test_nothing_is_no_file(files: FileStore) -> None:
    with pytest.raises(EmptyFile):
        await receiving.receive(files, chunks(b""), 10)


async def test_a_file_that_is_too_large_is_not_read_to_its_end(tmp_path: Path) -> None:
    store = FileStore.open(tmp_path.as_uri())
    read = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal read
        while True:
            read += 1
            yield b"x" * 1000

    with pytest.raises(errors.TooLarge):
        await receiving.receive(store, endless(), 10_000)
    assert read == 11
    assert files_in(tmp_path) == []
