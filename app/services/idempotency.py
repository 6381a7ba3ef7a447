"""One effect per Idempotency-Key (draft-ietf-httpapi-idempotency-key-header).

Key and answer are written in the transaction of the effect: both stand, or neither. A key is its
person's own and is kept for 24 hours.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert

from app.db import Writer
from app.errors import KeyInFlight, KeyReused, NotFound
from app.models import IdempotencyKey
from app.services.documents import Answer

KEPT = timedelta(hours=24)

_LOCK = text("select pg_try_advisory_xact_lock(hashtextextended(:name, 0))")


class Replayed(Exception):
    """The request was answered before: this is the answer. Nothing is to be committed."""

    def __init__(self, answer: Answer) -> None:
        super().__init__("replayed")
        self.answer = answer


async def replay(
    lane: Writer,
    person_id: UUID,
    key: str,
    request_hash: bytes,
    now: datetime,
    may_see: Callable[[UUID], Awaitable[bool]] | None = None,
) -> None:
    """Take the key for this transaction, or raise what it was answered before.

    Raises Replayed, KeyInFlight (the first request still runs), KeyReused (another request used the
    key), or NotFound when `may_see` says that the asker may no longer see what was created.
    """
    locked = await lane.execute(_LOCK, {"name": f"idempotency:{person_id}:{key}"})
    if not locked.scalar_one():
        raise KeyInFlight()
    found = await lane.execute(
        select(
            IdempotencyKey.request_hash, IdempotencyKey.status, IdempotencyKey.headers, IdempotencyKey.body
        ).where(
            IdempotencyKey.user_id == person_id,
            IdempotencyKey.key == key,
            IdempotencyKey.created_at > now - KEPT,
        )
    )
    answered = found.one_or_none()
    if answered is None:
        return
    if answered.request_hash != request_hash:
        raise KeyReused()
    headers = dict(zip(answered.headers[::2], answered.headers[1::2], strict=True))
    if may_see is not None and "Location" in headers:
        made = UUID(headers["Location"].rpartition("/")[2])
        if not await may_see(made):
            raise NotFound()
    raise Replayed(Answer(answered.status, headers, answered.body))


async def keep(
    lane: Writer, person_id: UUID, key: str, request_hash: bytes, answer: Answer, now: datetime
) -> None:
    """Write down the answer; a key older than 24 hours is taken anew."""
    fresh = {
        "request_hash": request_hash,
        "status": answer.status,
        "headers": [text for header in answer.headers.items() for text in header],
        "body": answer.body,
        "created_at": now,
    }
    kept = await lane.execute(
        insert(IdempotencyKey)
        .values(user_id=person_id, key=key, **fresh)
        .on_conflict_do_update(
            index_elements=[IdempotencyKey.user_id, IdempotencyKey.key],
            set_=fresh,
            where=IdempotencyKey.created_at <= now - KEPT,
        )
        .returning(IdempotencyKey.key)
    )
    if kept.one_or_none() is None:
        raise KeyInFlight()
