"""Access tokens: signed JWTs of ten minutes (ES256; RFC 7519, RFC 8725, in the form of RFC 9068).

The only module that knows python-jose. What jose leaves open is closed here: one algorithm, the key chosen
by us and never by the token, every claim required, time from `clock.now()`. We are the only issuer, so a
genuine token begins with one of the few headers that we write ourselves (one per key); any other header
(`alg: none`, HS256, `crit`, `jwk`, an unknown `kid`) is refused before anything of the token is parsed.
"""

import hashlib
import json
import os
import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from jose import jwk, jws
from jose.backends.base import Key
from jose.exceptions import JOSEError

from app import clock
from app.config import ConfigurationError
from app.errors import Unauthenticated

ALGORITHM = "ES256"
TYPE = "at+jwt"
LONGEST_TOKEN = 4096
BEGINS_WITHIN_SECONDS = 10
"""How far another server's clock may run ahead of ours. An expiry is kept to the second."""

_KEY_ID = re.compile(r"^[A-Za-z0-9_-]{1,64}$")
# Three parts of canonical base64url; an ES256 signature has 64 bytes (RFC 7518, 3.4).
_FORM = re.compile(r"^([A-Za-z0-9_-]+)\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]{86}$")
_REMEMBERED = 4096


@dataclass(frozen=True, slots=True)
class Claims:
    """What a genuine token says: the person and the session. Neither is known to stand still."""

    user_id: UUID
    session_id: UUID


@dataclass(frozen=True, slots=True)
class _Verified:
    claims: Claims
    begins: int
    expires: int


@dataclass(frozen=True, slots=True)
class _KeyFile:
    key_id: str
    public: ec.EllipticCurvePublicKey
    private: ec.EllipticCurvePrivateKey | None


class TokenKeys:
    """The keys of this service: one signs, all verify (so that a key can be retired without a break)."""

    def __init__(self, files: list[_KeyFile], issuer: str, audience: str) -> None:
        private, key_id = next((file.private, file.key_id) for file in reversed(files) if file.private)
        self._issuer = issuer
        self._audience = audience
        self._signing = _jose_key(_private_pem(private))
        self._signing_header = _header(key_id)
        self._secret = private.private_numbers().private_value.to_bytes(32, "big")
        public = {file.key_id: _jose_key(_public_pem(file.public)) for file in files}
        self._by_header = {_encoded(_header(name), self._signing): key for name, key in public.items()}
        self._jwks = json.dumps(
            {"keys": [{**key.to_dict(), "use": "sig", "kid": name} for name, key in public.items()]}
        ).encode()
        self._verified: dict[bytes, _Verified] = {}

    @classmethod
    def load(cls, folder: Path, issuer: str, audience: str) -> "TokenKeys":
        """The keys `<key id>.pem` in `folder`: EC P-256, private, or public only for a retired key.

        The last private key in the order of names signs. Raises ConfigurationError for a file that holds
        anything else (nothing, a symmetric key, RSA, another curve), and when no key can sign.
        """
        files = [_read_key(path) for path in sorted(folder.glob("*.pem"))]
        if not any(file.private for file in files):
            raise ConfigurationError(f"bad settings: MUTABAA_TOKEN_KEYS: no private key in {folder}")
        return cls(files, issuer, audience)

    def issue(self, claims: Claims, seconds: int) -> str:
        """A new token for `seconds` from now."""
        now = int(clock.now().timestamp())
        payload = {
            "iss": self._issuer,
            "aud": self._audience,
            "sub": str(claims.user_id),
            "sid": str(claims.session_id),
            "jti": uuid.uuid4().hex,
            "iat": now,
            "exp": now + seconds,
        }
        return str(jws.sign(payload, self._signing, headers=self._signing_header, algorithm=ALGORITHM))

    def read(self, token: str) -> Claims:
        """What a genuine token of ours says. Raises Unauthenticated for every other text, and nothing else.

        Whether the session still stands is asked of the database, at each request.
        """
        if len(token) > LONGEST_TOKEN or not (form := _FORM.fullmatch(token)):
            raise Unauthenticated()
        digest = hashlib.sha256(token.encode()).digest()
        verified = self._verified.get(digest)
        if verified is None:
            key = self._by_header.get(form[1])
            if key is None:
                raise Unauthenticated()
            verified = self._verify(token, key)
            if len(self._verified) >= _REMEMBERED:
                self._verified.clear()
            self._verified[digest] = verified
        now = clock.now().timestamp()
        if now >= verified.expires or now < verified.begins - BEGINS_WITHIN_SECONDS:
            raise Unauthenticated()
        return verified.claims

    def jwks(self) -> bytes:
        """The public keys as a JWK set (RFC 7517)."""
        return self._jwks

    def derived(self, purpose: str) -> bytes:
        """32 secret bytes for another purpose: the same on every server and after a restart (RFC 5869).

        They tell nothing of the signing key, and change with it.
        """
        kdf = HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=f"mutabaa {purpose}".encode())
        return kdf.derive(self._secret)

    def _verify(self, token: str, key: Key) -> _Verified:
        try:
            said = json.loads(jws.verify(token, key, algorithms=[ALGORITHM]))
            return self._checked(said)
        # A signed payload of another shape can only be our own mistake, yet it is no reason to fail.
        except (JOSEError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
            raise Unauthenticated() from None

    def _checked(self, said: Any) -> _Verified:
        """Every claim is there and is what we write. Raises KeyError, TypeError or ValueError."""
        begins, expires = said["iat"], said["exp"]
        if type(begins) is not int or type(expires) is not int or type(said.get("nbf", begins)) is not int:
            raise TypeError("times are whole seconds")
        if said["iss"] != self._issuer or said["aud"] != self._audience:
            raise ValueError("another issuer or audience")
        if not (isinstance(said["jti"], str) and said["jti"]):
            raise ValueError("a token has its own id")
        claims = Claims(UUID(said["sub"]), UUID(said["sid"]))
        return _Verified(claims, max(begins, said.get("nbf", begins)), expires)


def generate(folder: Path) -> Path:
    """Make a new private key in `folder`, named by the moment, so that it signs from the next start on."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / f"{clock.now():%Y-%m-%d-%H%M%S}.pem"
    pem = _private_pem(ec.generate_private_key(ec.SECP256R1()))
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(pem)
    return path


def _read_key(path: Path) -> _KeyFile:
    fault = f"bad settings: MUTABAA_TOKEN_KEYS: {path}"
    if not _KEY_ID.fullmatch(path.stem):
        raise ConfigurationError(f"{fault}: a key id has 1 to 64 letters, digits, - or _")
    try:
        key = _parsed(path.read_bytes())
    except OSError as error:
        raise ConfigurationError(f"{fault}: {error.strerror}") from None
    private = key if isinstance(key, ec.EllipticCurvePrivateKey) else None
    public = private.public_key() if private else key
    if not isinstance(public, ec.EllipticCurvePublicKey) or not isinstance(public.curve, ec.SECP256R1):
        raise ConfigurationError(f"{fault}: holds no unencrypted EC P-256 key in PEM form")
    return _KeyFile(path.stem, public, private)


def _parsed(pem: bytes) -> object:
    """The private or public key of a PEM file, by `cryptography` itself; None when there is none."""
    for parse in (
        lambda: serialization.load_pem_private_key(pem, None),
        lambda: serialization.load_pem_public_key(pem),
    ):
        try:
            return parse()
        except Exception:  # noqa: S112  # whatever the parser dislikes, the file holds no usable key
            continue
    return None


def _private_pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _public_pem(key: ec.EllipticCurvePublicKey) -> bytes:
    return key.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)


def _jose_key(pem: bytes) -> Key:
    return jwk.construct(pem, ALGORITHM)


def _header(key_id: str) -> dict[str, str]:
    return {"typ": TYPE, "kid": key_id}


def _encoded(header: Mapping[str, str], key: Key) -> str:
    """The first part of every token with this header, written by jose as it writes tokens."""
    return str(jws.sign(b"", key, headers=dict(header), algorithm=ALGORITHM)).partition(".")[0]
