"""Every write of sign-in: sessions, refresh tokens, passwords, invitations, tokens of service accounts.

These take the whole `Database`, not a lane: a password is verified between two transactions, so that no
connection waits while a hash is computed.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast
from uuid import UUID

from sqlalchemy import Table, and_, insert, select, update

from app import errors, passwords
from app.db import Database, Writer
from app.enums import SubjectKind
from app.errors import Refusal
from app.models import Invitation, RefreshToken, User
from app.parties import Actor, Facts
from app.services import lifecycle
from app.services.auth import brake, queries, rules, sessions
from app.services.auth.brake import Attempt
from app.services.auth.queries import Credentials
from app.tokens import Claims, TokenKeys

_user = cast(Table, User.__table__)
_session = sessions.TABLE
_refresh = cast(Table, RefreshToken.__table__)
_invitation = cast(Table, Invitation.__table__)


@dataclass(frozen=True, slots=True)
class Issuer:
    """What tokens are made with. A sign-in lasts `session_lasts`, however often it is refreshed."""

    keys: TokenKeys
    access_seconds: int
    session_lasts: timedelta

    @property
    def brake_secret(self) -> bytes:
        """What names are hidden with in the brake's table: the same on every server, kept nowhere."""
        return self.keys.derived("sign-in brake")


@dataclass(frozen=True, slots=True)
class Tokens:
    """What a sign-in or a refresh hands out."""

    access_token: str
    expires_in: int
    refresh_token: str
    refresh_expires_at: datetime


@dataclass(frozen=True, slots=True)
class ServiceToken:
    """What a service account is handed; `permissions` are the actions that it was made with."""

    access_token: str
    expires_in: int
    permissions: tuple[str, ...]


async def sign_in(
    database: Database, issuer: Issuer, email: str, password: str, address: str, now: datetime
) -> Tokens | Refusal:
    """Begin a session for who knows the password.

    The same answer and the same work for an unknown name, a wrong password, a blocked person and one who
    never accepted an invitation. Raises TooManyRequests while the brake holds, alike for unknown names.
    """
    attempt = Attempt(issuer.brake_secret, email, address)
    async with database.writing() as lane:
        await attempt.begin(lane, now)
        known = await queries.by_email(lane, email)
    matches, renewed = await passwords.verified(password, known.password_hash if known else None)
    async with database.writing() as lane:
        if known is None or not matches or not await _still_holds(lane, known, renewed):
            await attempt.failed(lane, now)
            if known is not None:
                await _note(lane, "auth.sign_in_refused", known.user_id, now)
            return Refusal(rules.SignInRefused())
        await attempt.succeeded(lane)
        session_id = await sessions.begin(lane, known.user_id, now, now + issuer.session_lasts)
        await _note(lane, "auth.sign_in", known.user_id, now, session_id, by=known.user_id)
        return await _tokens(lane, issuer, known.user_id, session_id, now, now + issuer.session_lasts)


async def refresh(database: Database, issuer: Issuer, token: str, now: datetime) -> Tokens | Refusal:
    """New tokens for a refresh token, which is spent by it (RFC 9700, 4.14.2).

    A spent one that comes again was stolen, or its thief was faster: the whole session ends. So it does when
    a client sends one token twice at once: the first is answered, and the session ends with the second.
    """
    token_hash = rules.secret_hash(token)
    async with database.writing() as lane:
        spent = await lane.execute(
            update(_refresh)
            .where(
                _refresh.c.token_hash == token_hash,
                _refresh.c.used_at.is_(None),
                _refresh.c.expires_at > now,
                _session.c.id == _refresh.c.session_id,
                _session.c.revoked_at.is_(None),
                _session.c.expires_at > now,
                _user.c.id == _session.c.user_id,
                _user.c.is_active,
            )
            .values(used_at=now)
            .returning(_session.c.id, _session.c.user_id, _session.c.expires_at)
        )
        session = spent.one_or_none()
        if session is not None:
            return await _tokens(lane, issuer, session.user_id, session.id, now, session.expires_at)
        reused = await queries.spent(lane, token_hash)
        if reused is not None and reused["revoked_at"] is None:
            await sessions.revoke(lane, _session.c.id == reused["id"], "refresh_token_reused", now)
            await _note(lane, "auth.refresh_reused", reused["user_id"], now, reused["id"])
        return Refusal(rules.RefreshRefused())


async def sign_out(database: Database, actor: Actor, now: datetime) -> None:
    """End this session; it is gone at the next request."""
    async with database.writing() as lane:
        await sessions.revoke(lane, _session.c.id == actor.session_id, "signed_out", now)
        await _note(lane, "auth.sign_out", actor.person_id, now, actor.session_id, by=actor.person_id)


async def sign_out_everywhere(database: Database, actor: Actor, now: datetime) -> None:
    """End every session of the person, those of their service accounts included."""
    async with database.writing() as lane:
        await sessions.revoke(lane, _session.c.user_id == actor.person_id, "signed_out_everywhere", now)
        await _note(
            lane, "auth.sign_out_everywhere", actor.person_id, now, actor.session_id, by=actor.person_id
        )


async def change_password(
    database: Database, issuer: Issuer, actor: Actor, current: str, new: str, address: str, now: datetime
) -> Refusal | None:
    """Set a new password and end all other sessions of the person.

    Raises Invalid for a new password that may not be used, TooManyRequests while the brake holds, and
    Conflict when the password was changed meanwhile.
    """
    async with database.reading() as reader:
        known = await queries.by_id(reader, actor.person_id)
    if known is None:
        raise errors.Unauthenticated()
    _require_fit("#/new_password", new, known.email)
    attempt = Attempt(issuer.brake_secret, known.email, address)
    async with database.writing() as lane:
        await attempt.begin(lane, now)
    matches, _ = await passwords.verified(current, known.password_hash)
    if not matches:
        async with database.writing() as lane:
            await attempt.failed(lane, now)
            await _note(lane, "auth.password_refused", actor.person_id, now, actor.session_id)
        return Refusal(rules.wrong_current_password())
    new_hash = await passwords.hashed(new)
    async with database.writing() as lane:
        await _set_password(lane, known, new_hash, now, keep=actor.session_id)
        await attempt.succeeded(lane)
        await spend_invitations(lane, actor.person_id, now)
        await _note(lane, "auth.password_changed", actor.person_id, now, actor.session_id, by=actor.person_id)
    return None


async def invite(lane: Writer, user_id: UUID, now: datetime) -> str:
    """Make a one-time token for a person to set a first or a new password; earlier ones are spent.

    The token is said once, to who may invite; only its hash is kept. The caller records the event.
    """
    await spend_invitations(lane, user_id, now)
    token = rules.new_secret()
    await lane.execute(
        insert(_invitation).values(
            token_hash=rules.secret_hash(token),
            user_id=user_id,
            issued_at=now,
            expires_at=now + rules.INVITATION_LASTS,
        )
    )
    return token


async def accept_invitation(database: Database, issuer: Issuer, token: str, new: str, now: datetime) -> None:
    """Set the password of the person whom the token invites; every older session of theirs ends.

    Raises Invalid for a token that is unknown, used or too old, and for a password that may not be used.
    """
    token_hash = rules.secret_hash(token)
    async with database.reading() as reader:
        known = await queries.by_invitation(reader, token_hash, now)
    if known is None:
        raise rules.bad_invitation()
    _require_fit("#/password", new, known.email)
    new_hash = await passwords.hashed(new)
    async with database.writing() as lane:
        # Of two who use one invitation at once, the second finds it used.
        used = await lane.execute(
            update(_invitation)
            .where(_invitation.c.token_hash == token_hash, _invitation.c.used_at.is_(None))
            .values(used_at=now)
            .returning(_invitation.c.user_id)
        )
        if used.one_or_none() is None:
            raise rules.bad_invitation()
        await _set_password(lane, known, new_hash, now)
        await brake.forget(lane, issuer.brake_secret, known.email)
        await spend_invitations(lane, known.user_id, now)
        await _note(lane, "auth.invitation_accepted", known.user_id, now, by=known.user_id)


async def service_token(
    database: Database, issuer: Issuer, client_id: str, client_secret: str, now: datetime
) -> ServiceToken:
    """An access token for a service account, of a session of its own (RFC 6749, 4.4).

    Its secret has 256 random bits: there is nothing to guess, so no brake that a stranger could pull.
    Raises InvalidClient, alike for an unknown, an ended and an expired account and for a wrong secret.
    """
    async with database.writing() as lane:
        account = await queries.client(lane, _uuid(client_id), now)
        if account is None or not rules.is_secret(client_secret, account["secret_hash"]):
            raise rules.InvalidClient()
        ends = min(now + timedelta(seconds=issuer.access_seconds), account["expires_at"])
        session_id = await sessions.begin(lane, account["maker_id"], now, ends, account["id"])
        seconds = max(1, int((ends - now).total_seconds()))
        access = issuer.keys.issue(Claims(account["maker_id"], session_id), seconds)
        return ServiceToken(access, seconds, tuple(account["actions"]))


def _uuid(client_id: str) -> UUID:
    try:
        return UUID(client_id)
    except ValueError:
        raise rules.InvalidClient() from None


def _require_fit(pointer: str, password: str, email: str) -> None:
    fault = passwords.fault(password, email)
    if fault is not None:
        raise rules.unfit_password(pointer, fault)


async def _still_holds(lane: Writer, known: Credentials, renewed: str | None) -> bool:
    """Whether the person is still the one whose password was verified, and not blocked.

    The row is held until the session is written: who blocks them, or changes the password, then finds it.
    """
    same = (_user.c.id == known.user_id, _user.c.password_hash == known.password_hash, _user.c.is_active)
    if renewed is not None:
        stronger = update(_user).where(*same).values(password_hash=renewed).returning(_user.c.id)
        return (await lane.execute(stronger)).one_or_none() is not None
    held = await lane.execute(select(_user.c.id).where(*same).with_for_update(read=True))
    return held.one_or_none() is not None


async def _set_password(
    lane: Writer, known: Credentials, new_hash: str, now: datetime, keep: UUID | None = None
) -> None:
    """Write the new hash and end the person's sessions, save `keep`. Raises Conflict when the old hash or the
    person is no longer as it was seen."""
    which = _session.c.user_id == known.user_id
    if keep is not None:
        which = and_(which, _session.c.id != keep)
    # The sessions first: a request of one of them holds it while it waits for the person's row.
    await sessions.revoke(lane, which, "password_changed", now)
    changed = await lane.execute(
        update(_user)
        .where(
            _user.c.id == known.user_id,
            _user.c.password_hash.is_not_distinct_from(known.password_hash),
            _user.c.is_active,
        )
        .values(password_hash=new_hash)
        .returning(_user.c.id)
    )
    if changed.one_or_none() is None:
        raise errors.Conflict()
    # And those that began with the old password until the row was ours.
    await sessions.revoke(lane, which, "password_changed", now)


async def _tokens(
    lane: Writer, issuer: Issuer, user_id: UUID, session_id: UUID, now: datetime, ends: datetime
) -> Tokens:
    token = rules.new_secret()
    await lane.execute(
        insert(_refresh).values(
            token_hash=rules.secret_hash(token), session_id=session_id, issued_at=now, expires_at=ends
        )
    )
    access = issuer.keys.issue(Claims(user_id, session_id), issuer.access_seconds)
    return Tokens(access, issuer.access_seconds, token, ends)


async def spend_invitations(lane: Writer, user_id: UUID, now: datetime) -> None:
    await lane.execute(
        update(_invitation)
        .where(_invitation.c.user_id == user_id, _invitation.c.used_at.is_(None))
        .values(used_at=now)
    )


async def _note(
    lane: Writer,
    action: str,
    user_id: UUID,
    now: datetime,
    session_id: UUID | None = None,
    *,
    by: UUID | None = None,
) -> None:
    """Record it in the person's history. `by`: the person proved to be who they are."""
    await lifecycle.note(
        lane,
        action,
        Facts(SubjectKind.USER, user_id, None),
        actor=None if by is None else Actor(by, session_id or by, frozenset(), frozenset()),
        at=now,
        changes={} if session_id is None else {"session_id": str(session_id)},
    )
