"""Passwords: how they are kept, and what a new one must be."""

import unicodedata

import anyio
import pytest
from pwdlib.hashers.argon2 import Argon2Hasher

from app import passwords
from app.errors import Unavailable

EMAIL = "hamad.qasmi@mol.gov.om"


@pytest.mark.parametrize(
    "good",
    [
        "نخلة تظلّل بيتنا القديم",
        "correct horse battery staple",
        "seven boats at dawn",
        "839201773645",
        "Vn7!kQ2#xZ9p",
        "七つの舟が夜明けに出ていく港",
        "🌴🌴🌊⛵️ sur to salalah",
        "x" * 8 + "yzabcdefg",
        "أحمد يزور مسقط كل صيف",
    ],
)
def test_any_script_is_welcome(good: str) -> None:
    assert passwords.fault(good, EMAIL) is None


@pytest.mark.parametrize(
    ("bad", "code"),
    [
        ("", "too_short"),
        ("Vn7!kQ2#xZ9", "too_short"),
        ("e\u0301" * 8, "too_short"),  # eight letters, however they are typed
        ("ab" * 65, "too_long"),
        ("\ufdfa" * 10, "too_long"),  # one sign, eighteen letters in normal form
        ("Password1234!", "too_common"),
        ("Oman-Vision-2040!", "too_common"),
        ("qwertyuiop2026", "too_common"),
        ("كلمة المرور ٢٠٤٠", "too_common"),
        ("ﻋﻤﺎﻥ ٢٠٤٠ ٢٠٤٠", "too_common"),  # presentation forms of the same letters
        ("123456789012", "too_common"),
        ("١٢٣٤٥٦٧٨٩٠١٢", "too_common"),
        ("987654321098", "too_common"),
        ("aaaaaaaaaaaa", "too_common"),
        ("abcabcabcabcabc", "too_common"),
        ("hamad.qasmi@mol.gov.om", "too_common"),
        ("Hamad_Qasmi_1985", "too_common"),
        ("qasmi-password-1", "too_common"),
    ],
)
def test_what_is_refused(bad: str, code: str) -> None:
    fault = passwords.fault(bad, EMAIL)
    assert fault is not None
    assert fault[0] == code
    assert fault[1].en != fault[1].ar


async def test_a_password_is_verified_however_it_is_typed() -> None:
    composed = unicodedata.normalize("NFC", "café au lait à Mascate")
    kept = await passwords.hashed(composed)
    assert kept.startswith("$argon2id$v=19$m=65536,t=3,p=1$")
    assert await passwords.verified(unicodedata.normalize("NFD", composed), kept) == (True, None)
    assert await passwords.verified("cafe au lait a Mascate", kept) == (False, None)


async def test_a_weaker_hash_is_renewed() -> None:
    weak = Argon2Hasher(time_cost=1, memory_cost=8192, parallelism=1).hash("seven boats at dawn")
    matches, renewed = await passwords.verified("seven boats at dawn", weak)
    assert matches
    assert renewed is not None
    assert await passwords.verified("seven boats at dawn", renewed) == (True, None)
    assert await passwords.verified("eight boats at dawn", weak) == (False, None)


async def test_nobody_has_a_password() -> None:
    assert await passwords.verified("", None) == (False, None)
    assert await passwords.verified("seven boats at dawn", None) == (False, None)


async def test_an_unreadable_hash_matches_nothing() -> None:
    assert await passwords.verified("seven boats at dawn", "plain text") == (False, None)
    assert await passwords.verified("seven boats at dawn", "$argon2id$v=19$m=65536,t=3,p=1$x$y") == (
        False,
        None,
    )


def test_the_hash_of_nobody_costs_what_a_real_one_costs() -> None:
    assert not passwords._hasher.current_hasher.check_needs_rehash(passwords._NOBODY)


async def test_only_a_few_are_hashed_at_once_and_a_crowd_is_turned_away(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(passwords, "_UNDER_WAY_AT_MOST", 2)
    monkeypatch.setattr(passwords, "_threads", anyio.CapacityLimiter(1))
    outcomes: list[str] = []

    async def one() -> None:
        try:
            await passwords.verified("seven boats at dawn", None)
            outcomes.append("done")
        except Unavailable as refused:
            outcomes.append(f"come back in {refused.headers['Retry-After']} s")

    async with anyio.create_task_group() as group:
        for _ in range(5):
            group.start_soon(one)
    assert sorted(outcomes) == ["come back in 2 s"] * 3 + ["done"] * 2
