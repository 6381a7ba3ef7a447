"""Hashing that takes no time, for the tests that are not about it."""

import pytest
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from app import passwords

QUICK = PasswordHash((Argon2Hasher(time_cost=1, memory_cost=64, parallelism=1),))
NOBODY = QUICK.hash("nobody knows")
ABOUT_HASHING = ("test_passwords", "test_sign_in")


@pytest.fixture(autouse=True)
def quick_hashing(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same algorithm with hardly any work, so that many sign-ins can be tried."""
    if not request.module.__name__.endswith(ABOUT_HASHING):
        monkeypatch.setattr(passwords, "_hasher", QUICK)
        monkeypatch.setattr(passwords, "_NOBODY", NOBODY)
