"""The rules of resumable uploads, as pure functions."""

import base64
import hashlib
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import errors
from app.services.uploads import rules

NOW = datetime(2026, 11, 26, 9, 30, tzinfo=UTC)
MOST = 50 * 1024 * 1024
NAME = "تقرير إنجاز المبادرة للربع الثالث.pdf"


def b64(said: str | bytes) -> str:
    """As a tus client writes it."""
    return base64.b64encode(said.encode() if isinstance(said, str) else said).decode()


@pytest.mark.parametrize("said", ["1", "52428800", "007"])
def test_a_length_within_the_limit_is_taken(said: str) -> None:
    assert rules.length(said, None, MOST) == int(said)


@pytest.mark.parametrize(
    ("said", "deferred", "header", "code"),
    [
        (None, None, "Upload-Length", "missing"),
        ("0", None, "Upload-Length", "too_small"),
        ("-1", None, "Upload-Length", "bad_format"),
        ("1.5", None, "Upload-Length", "bad_format"),
        ("١٢٣", None, "Upload-Length", "bad_format"),
        ("", None, "Upload-Length", "bad_format"),
        (" 1", None, "Upload-Length", "bad_format"),
        ("9" * 19, None, "Upload-Length", "bad_format"),
        (None, "1", "Upload-Defer-Length", "not_allowed"),
    ],
)
def test_a_length_that_is_none_is_named(
    said: str | None, deferred: str | None, header: str, code: str
) -> None:
    with pytest.raises(errors.Invalid) as refused:
        rules.length(said, deferred, MOST)
    assert [(fault.parameter, fault.code) for fault in refused.value.errors] == [(header, code)]


def test_a_length_above_the_limit_is_told_the_limit() -> None:
    with pytest.raises(errors.TooLarge) as refused:
        rules.length(str(MOST + 1), None, MOST)
    assert refused.value.headers == {"Tus-Max-Size": str(MOST)}


@pytest.mark.parametrize("said", [None, "", "-5", "x", "1e3", "0x10", "٣"])
def test_an_offset_must_be_a_number(said: str | None) -> None:
    with pytest.raises(errors.Invalid) as refused:
        rules.offset(said)
    assert refused.value.errors[0].parameter == "Upload-Offset"


@given(st.dictionaries(st.sampled_from(["filename", "filetype", "a-b", "x.y"]), st.text(max_size=60)))
def test_metadata_come_back_as_they_were_sent(pairs: dict[str, str]) -> None:
    said = {key: value.encode(errors="ignore").decode() for key, value in pairs.items()}
    sent = ",".join(f"{key} {b64(value)}" for key, value in said.items())
    assert rules.metadata(sent or None) == said


def test_metadata_of_a_real_client() -> None:
    assert rules.metadata(f"filename {b64(NAME)},is_final") == {"filename": NAME, "is_final": ""}
    assert rules.metadata(None) == {}


@pytest.mark.parametrize(
    "said",
    [
        "filename not-base64!",
        f"filename {NAME}",
        "filename YQ",  # not padded
        "filename //4=",  # not UTF-8
        f" ,filename {b64('a')}",
        f"filename {b64('a')},filename {b64('b')}",
        f"اسم {b64('a')}",
        "",
        ",",
        f"{'k' * 101} {b64('a')}",
    ],
)
def test_metadata_that_cannot_be_read_are_refused(said: str) -> None:
    with pytest.raises(errors.Invalid) as refused:
        rules.metadata(said)
    assert [(fault.parameter, fault.code) for fault in refused.value.errors] == [
        ("Upload-Metadata", "bad_format")
    ]


def test_metadata_of_ten_thousand_bytes_are_refused() -> None:
    with pytest.raises(errors.Invalid) as refused:
        rules.metadata(f"filename {b64('a' * 7500)}")
    assert refused.value.errors[0].code == "too_long"


@given(st.binary(max_size=300), st.sampled_from(rules.ALGORITHMS), st.binary(min_size=1, max_size=5))
def test_a_checksum_holds_for_its_bytes_alone(content: bytes, algorithm: str, more: bytes) -> None:
    said = rules.checksum(f"{algorithm} {b64(hashlib.new(algorithm, content).digest())}")
    assert said is not None
    right, wrong = said.begin(), said.begin()
    right.update(content)
    wrong.update(content + more)
    assert said.holds(right)
    assert not said.holds(wrong)


def test_a_checksum_that_is_none_is_refused() -> None:
    assert rules.checksum(None) is None
    for unknown in ("md5 YQ==", "", "SHA1 YQ==", "sha-256 YQ=="):
        with pytest.raises(errors.Malformed):
            rules.checksum(unknown)
    for bad in ("sha1", "sha1 YQ==", "sha1 ***", f"sha256 {b64(hashlib.sha1().digest())}"):
        with pytest.raises(errors.Invalid):
            rules.checksum(bad)


def test_bytes_must_follow_those_that_were_received() -> None:
    rules.require_offset(10, 10)
    for said in (0, 9, 11):
        with pytest.raises(errors.WrongOffset) as refused:
            rules.require_offset(said, 10)
        assert refused.value.headers == {"Upload-Offset": "10"}


def test_an_upload_stands_until_it_expires_and_has_room_for_so_many_parts() -> None:
    rules.require_standing(NOW, NOW - timedelta(seconds=1))
    with pytest.raises(errors.UploadExpired):
        rules.require_standing(NOW, NOW)
    rules.require_room(rules.MOST_PARTS - 1)
    with pytest.raises(errors.TooManyParts):
        rules.require_room(rules.MOST_PARTS)
    assert rules.http_date(NOW) == "Thu, 26 Nov 2026 09:30:00 GMT"
