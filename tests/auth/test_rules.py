"""The brake on guessing, and the secrets, without a database."""

from datetime import UTC, datetime, timedelta

import pytest

from app.services.auth import rules
from app.services.auth.rules import OF_A_NAME, OF_AN_ADDRESS, Brake, Limit

NOW = datetime(2026, 11, 21, 6, 0, tzinfo=UTC)
SECRET = b"0" * 32


def after(failures: int, limit: Limit) -> Brake:
    brake = Brake(0, NOW)
    for _ in range(failures):
        brake = rules.after_attempt(brake, limit, NOW)
    return brake


@pytest.mark.parametrize(
    ("failures", "seconds"), [(1, 0), (5, 0), (6, 2), (7, 4), (10, 32), (15, 900), (10_000, 900)]
)
def test_a_name_waits_ever_longer(failures: int, seconds: int) -> None:
    brake = Brake(failures - 1, NOW)
    assert rules.seconds_to_wait([rules.after_attempt(brake, OF_A_NAME, NOW)], NOW) == seconds


@pytest.mark.parametrize(("failures", "seconds"), [(100, 0), (101, 2), (120, 60)])
def test_an_address_is_given_more_room(failures: int, seconds: int) -> None:
    assert rules.seconds_to_wait([after(failures, OF_AN_ADDRESS)], NOW) == seconds


def test_fewer_than_a_hundred_guesses_a_day_at_one_name() -> None:
    brake, moment, guesses = Brake(0, NOW), NOW, 0
    while moment < NOW + timedelta(days=1):
        brake = rules.after_attempt(brake, OF_A_NAME, moment)
        guesses += 1
        moment = max(moment, brake.blocked_until or moment)
    assert guesses <= 110


def test_failures_are_forgotten_when_none_came_for_a_day() -> None:
    brake = after(20, OF_A_NAME)
    assert rules.after_attempt(brake, OF_A_NAME, NOW + timedelta(hours=24)) == Brake(
        1, NOW + timedelta(hours=24)
    )


def test_the_longer_wait_counts_and_a_part_of_a_second_is_one() -> None:
    brakes = [
        Brake(9, NOW, NOW + timedelta(milliseconds=1)),
        Brake(9, NOW, NOW - timedelta(hours=1)),
        Brake(0, NOW),
    ]
    assert rules.seconds_to_wait(brakes, NOW) == 1
    assert rules.seconds_to_wait([], NOW) == 0


def test_a_name_is_kept_as_a_key_that_tells_nothing() -> None:
    key = rules.name_key(SECRET, "Manager@MOL.gov.om")
    assert key == rules.name_key(SECRET, "manager@mol.gov.om")
    assert key != rules.name_key(b"1" * 32, "manager@mol.gov.om")
    assert key != rules.address_key(SECRET, "manager@mol.gov.om")
    assert len(key) == 32


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("192.0.2.1", "192.0.2.2", False),
        ("2001:db8::1", "2001:db8::ffff:1", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("192.0.2.1", "::ffff:192.0.2.1", True),
        ("unknown", "unknown", True),
    ],
)
def test_addresses_of_one_client_count_as_one(one: str, other: str, same: bool) -> None:
    assert (rules.address_key(SECRET, one) == rules.address_key(SECRET, other)) is same


def test_secrets() -> None:
    secret = rules.new_secret()
    assert secret != rules.new_secret()
    assert len(secret) >= 43
    assert rules.is_secret(secret, rules.secret_hash(secret))
    assert not rules.is_secret(secret + "x", rules.secret_hash(secret))
    assert not rules.is_secret("\ud800", rules.secret_hash(secret))
