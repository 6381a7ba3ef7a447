"""Every select of sign-in. Nobody is signed in yet, so these look up by secret or by e-mail alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import DateTime, LargeBinary, Text, Uuid, bindparam, func, select

from app.db import Lane, Query, Row
from app.models import Invitation, RefreshToken, ServiceAccount, Session, User

_user = User.__table__
_session = Session.__table__
_refresh = RefreshToken.__table__
_invitation = Invitation.__table__
_account = ServiceAccount.__table__

_NOW = bindparam("now", type_=DateTime(timezone=True))
_HASH = bindparam("token_hash", type_=LargeBinary)
_WHO: Sequence[Any] = (_user.c.id, _user.c.email, _user.c.password_hash, _user.c.is_active)


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a person signs in with. `password_hash` is None for who was never invited."""

    user_id: UUID
    email: str
    password_hash: str | None
    is_active: bool


_BY_EMAIL = Query(
    lambda: select(*_WHO).where(func.lower(_user.c.email) == func.lower(bindparam("email", type_=Text)))
)
_BY_ID = Query(lambda: select(*_WHO).where(_user.c.id == bindparam("user_id", type_=Uuid)))
_BY_INVITATION = Query(
    lambda: (
        select(*_WHO)
        .join(_invitation, _invitation.c.user_id == _user.c.id)
        .where(
            _invitation.c.token_hash == _HASH,
            _invitation.c.used_at.is_(None),
            _invitation.c.expires_at > _NOW,
            _user.c.is_active,
        )
    )
)
_SPENT = Query(
    lambda: (
        select(_session.c.id, _session.c.user_id, _session.c.revoked_at)
        .join(_refresh, _refresh.c.session_id == _session.c.id)
        .where(_refresh.c.token_hash == _HASH, _refresh.c.used_at.is_not(None))
    )
)
_CLIENT = Query(
    lambda: (
        select(
            _account.c.id,
            _account.c.maker_id,
            _account.c.secret_hash,
            _account.c.actions,
            _account.c.expires_at,
        )
        .join(_user, _user.c.id == _account.c.maker_id)
        .where(
            _account.c.id == bindparam("client_id", type_=Uuid),
            _account.c.ended_at.is_(None),
            _account.c.expires_at > _NOW,
            _user.c.is_active,
        )
    )
)


async def by_email(lane: Lane, email: str) -> Credentials | None:
    """The person of this e-mail address, blocked or not."""
    return _credentials(await lane.row(_BY_EMAIL, {"email": email}))


async def by_id(lane: Lane, user_id: UUID) -> Credentials | None:
    """The same by id."""
    return _credentials(await lane.row(_BY_ID, {"user_id": user_id}))


async def by_invitation(lane: Lane, token_hash: bytes, now: datetime) -> Credentials | None:
    """The person whom an invitation invites that is still good; never a blocked one."""
    return _credentials(await lane.row(_BY_INVITATION, {"token_hash": token_hash, "now": now}))


async def spent(lane: Lane, token_hash: bytes) -> Row | None:
    """The session (`id`, `user_id`, `revoked_at`) of a refresh token that was used before."""
    return await lane.row(_SPENT, {"token_hash": token_hash})


async def client(lane: Lane, client_id: UUID, now: datetime) -> Row | None:
    """A service account that stands: `id`, `maker_id`, `secret_hash`, `actions`, `expires_at`."""
    return await lane.row(_CLIENT, {"client_id": client_id, "now": now})


def _credentials(row: Row | None) -> Credentials | None:
    if row is None:
        return None
    return Credentials(row["id"], row["email"], row["password_hash"], row["is_active"])
