"""Passwords: argon2id (RFC 9106), and what a new one must be (NIST SP 800-63B-4, section 3.1.1).

Hashing takes 64 MiB and a tenth of a second or two, so it runs in a few threads only: guessing can neither fill the memory
nor stop the event loop. Never hash while holding a database connection.
"""

import functools
import re
import unicodedata
from typing import Any, TypeVar

import anyio
import anyio.to_thread
from pwdlib import PasswordHash
from pwdlib.exceptions import UnknownHashError
from pwdlib.hashers.argon2 import Argon2Hasher

from app.errors import Text, Unavailable

SHORTEST = 12
LONGEST = 128

_AT_ONCE = 4
_UNDER_WAY_AT_MOST = 200
_DISTINCT_AT_LEAST = 5
_IN_SEQUENCE = "0123456789" * 14
_SHORTEST_WORD = 3

_T = TypeVar("_T")

_hasher = PasswordHash((Argon2Hasher(time_cost=3, memory_cost=65536, parallelism=1),))
_threads = anyio.CapacityLimiter(_AT_ONCE)
_under_way: "set[functools.partial[Any]]" = set()

_NOBODY = "$argon2id$v=19$m=65536,t=3,p=1$TXV0YWJhYSBub2JvZHkgMQ$3pJf2wZlq0oQm1y0n9E8bS5vYH7tRkXc6uLdA4iGgWs"
"""A hash of the strength in use that no known password has."""

# What people choose first. A password made only of these, digits and signs is refused ("Oman-Vision-2040!").
_COMMONEST = """
    password passwort passe welcome letmein admin administrator qwerty qwertyuiop asdfghjkl asdfgh zxcvbnm
    qazwsxedc qazwsx iloveyou changeme change secret default temporary test testing user login guest master
    abcdef abcdefgh oman omani sultanate muscat vision mutabaa unit office minister ministry dashboard
    ahlan marhaba bismillah alhamdulillah habibi
    كلمة المرور مرور السر مرحبا اهلا أهلا عمان عُمان سلطنة مسقط رؤية متابعة مكتب وزارة بسم الله الحمد لله
"""


def normalised(password: str) -> str:
    """One form of what is typed alike: NFKC, so that keyboards and presentation forms don't matter."""
    return unicodedata.normalize("NFKC", password)


def fault(password: str, email: str) -> tuple[str, Text] | None:
    """Code and words of what is wrong with a new password; None when it may be used.

    Any script and any sign is welcome, and none is asked for: length is what counts.
    """
    said = normalised(password)
    if len(said) < SHORTEST:
        return "too_short", Text(
            f"A password has at least {SHORTEST} characters.", f"كلمة المرور لا تقل عن {SHORTEST} محرفًا."
        )
    if len(said) > LONGEST:
        return "too_long", Text(
            f"A password has at most {LONGEST} characters.", f"كلمة المرور لا تزيد على {LONGEST} محرفًا."
        )
    if _is_simple(said) or _is_made_of(said, _words(_COMMONEST) | _words(email) | {email.casefold()}):
        return "too_common", Text(
            "This password is one of the first that a stranger would try.",
            "كلمة المرور هذه من أول ما قد يجرّبه شخص غريب.",
        )
    return None


async def hashed(password: str) -> str:
    """The hash to keep. Raises Unavailable when too many wait already."""
    return await _in_thread(functools.partial(_hasher.hash, normalised(password)))


async def verified(password: str, kept: str | None) -> tuple[bool, str | None]:
    """Whether the password is that of the hash `kept`; and a new hash when the old one is of weaker making.

    `kept` None (nobody of that name, never invited): the same work, on a hash that nothing matches.
    Raises Unavailable when too many wait already.
    """
    return await _in_thread(functools.partial(_verified, normalised(password), kept))


def _verified(password: str, kept: str | None) -> tuple[bool, str | None]:
    try:
        matches, renewed = _hasher.verify_and_update(password, kept or _NOBODY)
    except UnknownHashError:
        return False, None
    return (matches, renewed) if kept else (False, None)


def _is_simple(said: str) -> bool:
    """The same few characters again and again, or digits in their order."""
    digits = "".join(str(unicodedata.digit(c, "")) for c in said)
    in_order = digits in _IN_SEQUENCE or digits[::-1] in _IN_SEQUENCE
    return len(set(said)) < _DISTINCT_AT_LEAST or (len(digits) == len(said) and in_order)


def _is_made_of(said: str, words: frozenset[str]) -> bool:
    """Whether the letters of `said` are such words and nothing else (digits and signs are no secret)."""
    letters = "".join(c for c in said.casefold() if c.isalpha())
    left = letters
    for word in sorted(words, key=len, reverse=True):
        left = left.replace(_letters(word), "")
    return bool(letters) and not left


def _words(text: str) -> frozenset[str]:
    return frozenset(
        word
        for word in re.split(r"[^\w]|_", normalised(text).casefold())
        if len(_letters(word)) >= _SHORTEST_WORD
    )


def _letters(said: str) -> str:
    return "".join(c for c in said if c.isalpha())


async def _in_thread(work: "functools.partial[_T]") -> _T:
    if len(_under_way) >= _UNDER_WAY_AT_MOST:
        raise Unavailable(headers={"Retry-After": "2"})
    _under_way.add(work)
    try:
        return await anyio.to_thread.run_sync(work, limiter=_threads)
    finally:
        _under_way.remove(work)
