"""Access tokens: what is genuine is read, everything else is refused in the same way."""

import base64
import hashlib
import hmac
import json
import tempfile
import uuid
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from hypothesis import given, settings
from hypothesis import strategies as st
from jose import jws

from app import clock, tokens
from app.config import ConfigurationError
from app.errors import Unauthenticated
from app.tokens import Claims, TokenKeys

WHO = Claims(uuid.uuid4(), uuid.uuid4())


def pem(key: Any) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def public_pem(key: Any) -> bytes:
    return key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )


def p256() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


KEY = p256()
KID_TWICE = b'{"alg":"ES256","kid":"x","kid":"2026-01","typ":"at+jwt"}'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "2026-01.pem").write_bytes(pem(KEY))
    return tmp_path


@pytest.fixture
def keys(folder: Path) -> TokenKeys:
    return TokenKeys.load(folder, "mutabaa", "mutabaa-api")


def part(what: object) -> str:
    raw = what if isinstance(what, bytes) else json.dumps(what, separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def payload(**changes: Any) -> dict[str, Any]:
    now = int(clock.now().timestamp())
    said = {
        "iss": "mutabaa",
        "aud": "mutabaa-api",
        "sub": str(WHO.user_id),
        "sid": str(WHO.session_id),
        "jti": "1",
        "iat": now,
        "exp": now + 600,
        **changes,
    }
    return {name: value for name, value in said.items() if value is not None}


def signed(said: Any, key: Any = KEY, kid: str = "2026-01", **header: Any) -> str:
    """A token in the form in which ours are, by any key and with any header."""
    return jws.sign(
        said, pem(key).decode(), headers={"typ": "at+jwt", "kid": kid, **header}, algorithm="ES256"
    )


def by_hmac(secret: bytes) -> str:
    """The classic: HS256 with what everybody may know, the public key."""
    body = f"{part({'alg': 'HS256', 'kid': '2026-01', 'typ': 'at+jwt'})}.{part(payload())}"
    return f"{body}.{part(hmac.digest(secret, body.encode(), hashlib.sha256))}"


def unsigned(**header: Any) -> str:
    return f"{part({'typ': 'at+jwt', 'kid': '2026-01', **header})}.{part(payload())}."


def test_reads_what_it_issues(keys: TokenKeys) -> None:
    token = keys.issue(WHO, 600)
    assert keys.read(token) == WHO
    assert keys.read(token) == WHO  # remembered


def test_what_it_issues_says_what_rfc_9068_asks(keys: TokenKeys) -> None:
    header, said = (
        json.loads(base64.urlsafe_b64decode(part + "==")) for part in keys.issue(WHO, 600).split(".")[:2]
    )
    assert header == {"alg": "ES256", "typ": "at+jwt", "kid": "2026-01"}
    assert said.keys() == {"iss", "aud", "sub", "sid", "jti", "iat", "exp"}
    assert said["exp"] - said["iat"] == 600


def test_the_hand_made_token_of_these_tests_is_genuine(keys: TokenKeys) -> None:
    assert keys.read(signed(payload())) == WHO


HOSTILE: dict[str, Callable[[], str]] = {
    "empty": lambda: "",
    "one dot": lambda: ".",
    "two dots": lambda: "..",
    "words": lambda: "let me in",
    "arabic": lambda: "أنا.هو.المدير",
    "lone surrogate": lambda: "\ud800.a.b",
    "nul": lambda: "\x00" * 200,
    "truncated": lambda: signed(payload())[:-1],
    "lengthened": lambda: signed(payload()) + "A",
    "trailing newline": lambda: signed(payload()) + "\n",
    "padded": lambda: signed(payload()) + "==",
    "fourth part": lambda: signed(payload()) + ".AAAA",
    "no signature": lambda: signed(payload()).rpartition(".")[0] + ".",
    "another signature": lambda: signed(payload()).rpartition(".")[0] + "." + "A" * 86,
    "another payload": lambda: ".".join(
        (
            signed(payload()).split(".")[0],
            part(payload(sub=str(uuid.uuid4()))),
            signed(payload()).split(".")[2],
        )
    ),
    "oversized": lambda: signed(payload(more="x" * 5000)),
    "alg none": lambda: unsigned(alg="none"),
    "alg None": lambda: unsigned(alg="None"),
    "alg missing": lambda: unsigned(),
    "alg a list": lambda: unsigned(alg=["ES256"]),
    "alg ES384": lambda: signed(payload()).replace(part(b'{"alg":"ES256"'), part(b'{"alg":"ES384"')),
    "HS256 with the public key": lambda: by_hmac(public_pem(KEY)),
    "HS256 with the empty key": lambda: by_hmac(b""),
    "HS256 with the public key in DER": lambda: by_hmac(
        KEY.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )
    ),
    "foreign key, our kid": lambda: signed(payload(), p256()),
    "unknown kid": lambda: signed(payload(), kid="2025-01"),
    "kid a path": lambda: signed(payload(), kid="../../../etc/passwd"),
    "kid a list": lambda: signed(payload(), kid=["2026-01"]),
    "kid missing": lambda: signed(payload(), kid=None),
    "crit": lambda: signed(payload(), crit=["b64"], b64=False),
    "its own key": lambda: signed(payload(), jwk={"kty": "EC"}),
    "jku": lambda: signed(payload(), jku="https://example.org/keys"),
    "x5u": lambda: signed(payload(), x5u="https://example.org/cert"),
    "typ JWT": lambda: signed(payload(), typ="JWT"),
    "typ missing": lambda: signed(payload(), typ=None),
    "header a list": lambda: f"{part([1])}.{part(payload())}.{'A' * 86}",
    "header nested": lambda: f"{part(b'[' * 2000)}.{part(payload())}.{'A' * 86}",
    "header not JSON": lambda: f"{part(b'not json')}.{part(payload())}.{'A' * 86}",
    "header not UTF-8": lambda: f"{part(bytes([255, 254]))}.{part(payload())}.{'A' * 86}",
    "kid twice": lambda: f"{part(KID_TWICE)}.{part(payload())}.{'A' * 86}",
    "payload a list": lambda: signed(b"[1]"),
    "payload a string": lambda: signed(b'"x"'),
    "payload nested": lambda: signed(b"[" * 2500),
    "payload not JSON": lambda: signed(b"not json"),
    "payload not UTF-8": lambda: signed(bytes([255, 254, 253])),
    "expired": lambda: signed(payload(exp=int(clock.now().timestamp()) - 1)),
    "expires now": lambda: signed(payload(exp=int(clock.now().timestamp()))),
    "from the future": lambda: signed(payload(iat=int(clock.now().timestamp()) + 60)),
    "not before": lambda: signed(payload(nbf=int(clock.now().timestamp()) + 60)),
    "foreign issuer": lambda: signed(payload(iss="mutabaa-test")),
    "issuers": lambda: signed(payload(iss=["mutabaa"])),
    "foreign audience": lambda: signed(payload(aud="another-api")),
    "audiences": lambda: signed(payload(aud=["mutabaa-api", "another-api"])),
    "exp a text": lambda: signed(payload(exp="9999999999")),
    "exp true": lambda: signed(payload(exp=True)),
    "exp infinite": lambda: signed(b'{"exp":Infinity}'),
    "exp a float": lambda: signed(payload(exp=clock.now().timestamp() + 600.5)),
    "exp enormous": lambda: signed(b'{"exp":' + b"9" * 2900 + b"}"),
    "nbf a text": lambda: signed(payload(nbf="0")),
    "sub no id": lambda: signed(payload(sub="admin")),
    "sub a number": lambda: signed(payload(sub=1)),
    "sub an object": lambda: signed(payload(sub={})),
    "sid no id": lambda: signed(payload(sid="*")),
    "jti empty": lambda: signed(payload(jti="")),
    **{
        f"without {claim}": lambda claim=claim: signed(payload(**{claim: None}))  # type: ignore[misc]
        for claim in ("iss", "aud", "sub", "sid", "jti", "iat", "exp")
    },
}


@pytest.mark.parametrize("hostile", HOSTILE.values(), ids=HOSTILE.keys())
def test_refuses_everything_else(keys: TokenKeys, hostile: Callable[[], str]) -> None:
    with pytest.raises(Unauthenticated):
        keys.read(hostile())


@given(
    st.text(max_size=300)
    | st.from_regex(r"[A-Za-z0-9_-]{1,80}\.[A-Za-z0-9_-]{1,80}\.[A-Za-z0-9_-]{86}", fullmatch=True)
)
@settings(max_examples=300, deadline=None)
def test_never_raises_anything_else(said: str) -> None:
    with pytest.raises(Unauthenticated):
        ANY_KEYS.read(said)


@given(st.integers(0, 10_000), st.characters())
@settings(max_examples=300, deadline=None)
def test_one_changed_character_is_one_too_many(position: int, character: str) -> None:
    genuine = ANY_KEYS.issue(WHO, 600)
    position %= len(genuine) - 1  # the last character carries bits that no byte of the signature holds
    changed = genuine[:position] + character + genuine[position + 1 :]
    if changed != genuine:
        with pytest.raises(Unauthenticated):
            ANY_KEYS.read(changed)


def test_a_token_ends_to_the_second(keys: TokenKeys) -> None:
    now = clock.now()
    with clock.moved_to(now):
        token = keys.issue(WHO, 600)
    with clock.moved_to(now + timedelta(seconds=598)):
        assert keys.read(token) == WHO
    with clock.moved_to(now + timedelta(seconds=600)), pytest.raises(Unauthenticated):
        keys.read(token)  # although it is remembered


def test_a_clock_that_runs_a_little_ahead_is_forgiven(keys: TokenKeys) -> None:
    with clock.moved_to(clock.now() + timedelta(seconds=5)):
        token = keys.issue(WHO, 600)
    assert keys.read(token) == WHO


def test_the_last_private_key_signs_and_older_ones_verify(folder: Path) -> None:
    old = TokenKeys.load(folder, "mutabaa", "mutabaa-api")
    token_of_old = old.issue(WHO, 600)
    (folder / "2026-02.pem").write_bytes(pem(p256()))
    both = TokenKeys.load(folder, "mutabaa", "mutabaa-api")
    token_of_new = both.issue(WHO, 600)
    assert both.read(token_of_old) == both.read(token_of_new) == WHO
    with pytest.raises(Unauthenticated):
        old.read(token_of_new)
    (folder / "2026-01.pem").write_bytes(public_pem(KEY))  # retired: kept for verifying only
    assert TokenKeys.load(folder, "mutabaa", "mutabaa-api").read(token_of_old) == WHO
    (folder / "2026-01.pem").unlink()
    with pytest.raises(Unauthenticated):
        TokenKeys.load(folder, "mutabaa", "mutabaa-api").read(token_of_old)


def test_what_is_remembered_is_bounded(keys: TokenKeys, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tokens, "_REMEMBERED", 3)
    for _ in range(10):
        keys.read(keys.issue(WHO, 600))
    assert len(keys._verified) <= 3


def test_the_public_set_holds_no_secret(keys: TokenKeys) -> None:
    (key,) = json.loads(keys.jwks())["keys"]
    assert key.keys() == {"kty", "crv", "alg", "use", "kid", "x", "y"}
    assert key["kid"] == "2026-01"


def test_derived_secrets_differ_by_purpose_and_are_the_same_after_a_restart(
    folder: Path, keys: TokenKeys
) -> None:
    again = TokenKeys.load(folder, "mutabaa", "mutabaa-api")
    assert keys.derived("a") == again.derived("a") != again.derived("b")
    assert len(keys.derived("a")) == 32


UNFIT: dict[str, Callable[[], bytes]] = {
    "empty": lambda: b"",
    "blank": lambda: b"\n\n",
    "symmetric": lambda: b"0123456789abcdef0123456789abcdef",
    "symmetric as a JWK": lambda: b'{"kty":"oct","k":""}',
    "RSA": lambda: pem(rsa.generate_private_key(public_exponent=65537, key_size=2048)),
    "P-384": lambda: pem(ec.generate_private_key(ec.SECP384R1())),
    "secp256k1": lambda: pem(ec.generate_private_key(ec.SECP256K1())),
    "Ed25519": lambda: pem(ed25519.Ed25519PrivateKey.generate()),
    "encrypted": lambda: p256().private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(b"secret"),
    ),
    "DER": lambda: p256().private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ),
    "cut off": lambda: pem(p256())[:-60],
}


@pytest.mark.parametrize("unfit", UNFIT.values(), ids=UNFIT.keys())
def test_refuses_to_start_with_an_unfit_key(folder: Path, unfit: Callable[[], bytes]) -> None:
    (folder / "2026-02.pem").write_bytes(unfit())
    with pytest.raises(ConfigurationError) as refused:
        TokenKeys.load(folder, "mutabaa", "mutabaa-api")
    assert "2026-02.pem" in str(refused.value)
    assert "\n" not in str(refused.value)


def test_refuses_to_start_without_a_key_that_signs(folder: Path) -> None:
    (folder / "2026-01.pem").write_bytes(public_pem(KEY))
    with pytest.raises(ConfigurationError, match="no private key"):
        TokenKeys.load(folder, "mutabaa", "mutabaa-api")


def test_refuses_a_key_id_that_no_header_should_carry(folder: Path) -> None:
    (folder / "مفتاح.pem").write_bytes(pem(p256()))
    with pytest.raises(ConfigurationError, match="key id"):
        TokenKeys.load(folder, "mutabaa", "mutabaa-api")


def test_refuses_what_cannot_be_read(folder: Path) -> None:
    (folder / "2026-02.pem").mkdir()
    with pytest.raises(ConfigurationError, match=r"2026-02\.pem"):
        TokenKeys.load(folder, "mutabaa", "mutabaa-api")


def test_generates_a_key_for_its_owner_alone(tmp_path: Path) -> None:
    path = tokens.generate(tmp_path / "new" / "keys")
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    keys = TokenKeys.load(path.parent, "mutabaa", "mutabaa-api")
    assert keys.read(keys.issue(WHO, 60)) == WHO
    with clock.moved_to(clock.now() + timedelta(days=1)):
        assert tokens.generate(path.parent).name > path.name


def _any_keys() -> TokenKeys:
    with tempfile.TemporaryDirectory() as made:
        tokens.generate(Path(made))
        return TokenKeys.load(Path(made), "mutabaa", "mutabaa-api")


ANY_KEYS = _any_keys()
