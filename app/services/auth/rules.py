"""The rules of sign-in: secrets, how long things last, the brake on guessing, the refusals."""

import hashlib
import hmac
import ipaddress
import secrets
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.errors import FieldError, Invalid, Malformed, Text, Unauthenticated

INVITATION_LASTS = timedelta(hours=72)
_SECRET_BYTES = 32


@dataclass(frozen=True, slots=True)
class Limit:
    """How many failures go unpunished, the longest delay, and when a failure is forgotten."""

    free: int
    longest: timedelta
    forgotten: timedelta


OF_A_NAME = Limit(free=5, longest=timedelta(minutes=15), forgotten=timedelta(hours=24))
"""Fewer than 100 guesses a day at one account (NIST SP 800-63B-4, 3.2.2: at most 100 in a row)."""

OF_AN_ADDRESS = Limit(free=100, longest=timedelta(minutes=1), forgotten=timedelta(hours=1))
"""A whole office may come from one address: its brake only slows who tries many names."""


@dataclass(frozen=True, slots=True)
class Brake:
    """What is remembered of the failures of one name or address."""

    failures: int
    last_failure_at: datetime
    blocked_until: datetime | None = None


def after_attempt(brake: Brake, limit: Limit, now: datetime) -> Brake:
    """The brake when one more attempt begins: it counts as failed until it has succeeded.

    Past the free ones each failure doubles the delay: 2, 4, 8 ... seconds, up to the longest.
    """
    forgotten = now - brake.last_failure_at >= limit.forgotten
    failures = (0 if forgotten else brake.failures) + 1
    over = failures - limit.free
    if over <= 0:
        return Brake(failures, now)
    delay = min(timedelta(seconds=2 ** min(over, 20)), limit.longest)
    return Brake(failures, now, now + delay)


def seconds_to_wait(brakes: Iterable[Brake], now: datetime) -> int:
    """Whole seconds until an attempt is let through; 0: now."""
    waits = [brake.blocked_until - now for brake in brakes if brake.blocked_until is not None]
    longest = max(waits, default=timedelta(0))
    return max(0, -(-longest // timedelta(seconds=1)))


def name_key(secret: bytes, email: str) -> bytes:
    """Under what a name's failures are kept: it tells nothing of the name."""
    return _key(secret, "name", unicodedata.normalize("NFKC", email).casefold())


def address_key(secret: bytes, address: str) -> bytes:
    """The same for a client's address. Of IPv6 the /64 counts: one client has all of it."""
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        return _key(secret, "address", address)
    if isinstance(known, ipaddress.IPv6Address):
        known = known.ipv4_mapped or ipaddress.ip_network((int(known), 64), strict=False).network_address
    return _key(secret, "address", str(known))


def _key(secret: bytes, kind: str, what: str) -> bytes:
    return hmac.digest(secret, f"{kind}:{what}".encode(errors="surrogatepass"), "sha256")


def new_secret() -> str:
    """256 random bits, as text that needs no escaping anywhere."""
    return secrets.token_urlsafe(_SECRET_BYTES)


def secret_hash(secret: str) -> bytes:
    """How a secret of ours is kept. It has 256 random bits, so a fast hash is enough."""
    return hashlib.sha256(secret.encode(errors="surrogatepass")).digest()


def is_secret(said: str, kept: bytes) -> bool:
    """Whether `said` is the secret that is kept as `kept`, in constant time."""
    return hmac.compare_digest(secret_hash(said), kept)


class SignInRefused(Unauthenticated):
    """Unknown, never invited, blocked, wrong password: nobody is told which."""

    code = "sign_in_refused"
    title = Text("E-mail or password is not right", "البريد الإلكتروني أو كلمة المرور غير صحيحة")


class RefreshRefused(Unauthenticated):
    code = "refresh_refused"
    title = Text("The sign-in has ended; sign in again", "انتهت جلسة الدخول، سجّل الدخول من جديد")


class InvalidClient(Unauthenticated):
    """RFC 6749, 5.2. The client may have used HTTP Basic, so that scheme is named too (RFC 9110, 11.6.1)."""

    code = "invalid_client"
    title = Text("Client id or client secret is not right", "معرّف العميل أو سره غير صحيح")

    def __init__(self) -> None:
        super().__init__()
        self.headers["WWW-Authenticate"] += ', Basic realm="mutabaa", charset="UTF-8"'


class InvalidTokenRequest(Malformed):
    """RFC 6749, 5.2."""

    code = "invalid_request"
    title = Text("The token request cannot be read", "تعذّرت قراءة طلب الرمز")


class UnsupportedGrantType(Malformed):
    """RFC 6749, 5.2."""

    code = "unsupported_grant_type"
    title = Text("Only client_credentials is granted here", "لا يُقبل هنا إلا نوع المنح client_credentials")


def wrong_current_password() -> Invalid:
    """The person who is signed in gave another password than their own."""
    words = Text("This is not your present password.", "كلمة المرور الحالية غير صحيحة.")
    return Invalid(errors=(FieldError("wrong_password", words, pointer="#/current_password"),))


def unfit_password(pointer: str, fault: tuple[str, Text]) -> Invalid:
    """A new password that may not be used, and why."""
    code, words = fault
    return Invalid(errors=(FieldError(code, words, pointer=pointer),))


def bad_invitation() -> Invalid:
    """Unknown, used or too old: one answer."""
    words = Text(
        "The invitation is not known, was used, or is older than 72 hours.",
        "الدعوة غير معروفة أو سبق استخدامها أو مضى عليها أكثر من 72 ساعة.",
    )
    return Invalid(errors=(FieldError("invitation_not_valid", words, pointer="#/token"),))
