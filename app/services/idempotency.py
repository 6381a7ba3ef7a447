"""One effect per Idempotency-Key (draft-ietf-httpapi-idempotency-key-header).

Key and answer are written in the transaction of the effect: both stand, or neither. A key is its
person's own and is kept for 24 hours.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import DateTime, Text, Uuid, bindparam, select, text
from sqlalchemy.dialects.postgresql import insert

from app.db import Compilable, Query, Writer
from app.errors import KeyInFlight, KeyReused, NotFound
from app.models import IdempotencyKey
from app.services import sql
from app.services.documents import Answer

KEPT = timedelta(hours=24)

_k = IdempotencyKey.__table__
_SINCE = bindparam("since", type_=DateTime(timezone=True))

_LOCK = Query(lambda: text("select pg_try_advisory_xact_lock(hashtextextended(:name, 0)) as locked"))
_FIND = Query(
    lambda: select(_k.c.request_hash, _k.c.status, _k.c.headers, _k.c.body).where(
        _k.c.user_id == bindparam("person_id", type_=Uuid),
        _k.c.key == bindparam("sent", type_=Text),
        _k.c.created_at > _SINCE,
    )
)


def _keep() -> Compilable:
    fresh = ("request_hash", "status", "headers", "body", "created_at")
    made = insert(IdempotencyKey).values(sql.written(_k, ("user_id", "key", *fresh)))
    return made.on_conflict_do_update(
        index_elements=[_k.c.user_id, _k.c.key],
        set_={name: made.excluded[name] for name in fresh},
        where=_k.c.created_at <= _SINCE,
    ).returning(_k.c.key)


_KEEP = Query(_keep)


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
    locked = await lane.row(_LOCK, {"name": f"idempotency:{person_id}:{key}"})
    if locked is None or not locked["locked"]:
        raise KeyInFlight()
    answered = await lane.row(_FIND, {"person_id": person_id, "sent": key, "since": now - KEPT})
    if answered is None:
        return
    if answered["request_hash"] != request_hash:
        raise KeyReused()
    headers = dict(zip(answered["headers"][::2], answered["headers"][1::2], strict=True))
    if may_see is not None and "Location" in headers:
        made = UUID(headers["Location"].rpartition("/")[2])
        if not await may_see(made):
            raise NotFound()
    raise Replayed(Answer(answered["status"], headers, answered["body"]))


async def keep(
    lane: Writer, person_id: UUID, key: str, request_hash: bytes, answer: Answer, now: datetime
) -> None:
    """Write down the answer; a key older than 24 hours is taken anew."""
    kept = await lane.row(
        _KEEP,
        {
            "user_id": person_id,
            "key": key,
            "request_hash": request_hash,
            "status": answer.status,
            "headers": [text for header in answer.headers.items() for text in header],
            "body": answer.body,
            "created_at": now,
            "since": now - KEPT,
        },
    )
    if kept is None:
        raise KeyInFlight()
