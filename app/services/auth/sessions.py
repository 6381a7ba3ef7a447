"""Sessions as they stand in the database: begun by a sign-in or a service account, ended at once."""

from datetime import datetime
from typing import cast
from uuid import UUID

from sqlalchemy import ColumnElement, Table, insert, select, update

from app import ids
from app.db import Writer
from app.models import Session

TABLE = cast(Table, Session.__table__)


async def begin(
    lane: Writer, user_id: UUID, now: datetime, ends: datetime, service_account_id: UUID | None = None
) -> UUID:
    """Write a new session and answer its id."""
    session_id = ids.new()
    await lane.execute(
        insert(TABLE).values(
            id=session_id,
            user_id=user_id,
            service_account_id=service_account_id,
            created_at=now,
            expires_at=ends,
        )
    )
    return session_id


async def revoke(lane: Writer, which: ColumnElement[bool], because: str, now: datetime) -> None:
    """End the sessions `which` (a condition on TABLE) that still stand; they are gone at the next request."""
    # Locked in one order, so that two who end the same sessions never wait for each other.
    standing = (
        select(TABLE.c.id)
        .where(which, TABLE.c.revoked_at.is_(None))
        .order_by(TABLE.c.id)
        .with_for_update(key_share=True)
    )
    await lane.execute(
        update(TABLE)
        .where(TABLE.c.id.in_(standing.scalar_subquery()))
        .values(revoked_at=now, revoked_because=because)
    )
