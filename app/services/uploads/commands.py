"""What is written of an upload: its beginning, each part that came, its end."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import FromClause, delete, func, insert, select, update

from app import errors, ids
from app.db import Writer
from app.models import Upload as UploadRow
from app.parties import Actor, Facts
from app.services.uploads import rules
from app.services.uploads.parts import Part
from app.services.uploads.queries import Upload

_u: FromClause = UploadRow.__table__


async def begin(
    writer: Writer, actor: Actor, facts: Facts, length: int, metadata: str | None, now: datetime
) -> tuple[UUID, datetime]:
    """A new upload of `length` bytes for the evidence: its id, and when it expires. Raises TooManyUploads."""
    unfinished = await writer.execute(
        select(func.count()).where(
            _u.c.evidence_id == facts.id,
            _u.c.created_by_id == actor.person_id,
            _u.c.finished_at.is_(None),
            _u.c.expires_at > now,
        )
    )
    rules.require_free(unfinished.scalar_one())
    made = ids.new()
    expires_at = now + rules.KEPT
    await writer.execute(
        insert(UploadRow).values(
            id=made,
            evidence_id=facts.id,
            entity_id=facts.entity_id,
            created_by_id=actor.person_id,
            length=length,
            metadata_=metadata,
            created_at=now,
            expires_at=expires_at,
        )
    )
    return made, expires_at


async def receive(writer: Writer, upload: Upload, part: Part, now: datetime) -> datetime:
    """Write down that the part has come, and with it perhaps the whole; until when the upload is kept now.

    Raises WrongOffset when other bytes came meanwhile.
    """
    received = upload.received + part.size
    expires_at = now + rules.KEPT
    moved = await writer.execute(
        update(UploadRow)
        .where(_u.c.id == upload.id, _u.c.received == upload.received)
        .values(
            received=received,
            parts=func.array_append(_u.c.parts, part.id),
            expires_at=expires_at,
            finished_at=now if received == upload.length else None,
        )
        .returning(_u.c.id)
        .execution_options(synchronize_session=False)
    )
    if moved.one_or_none() is None:
        raise errors.WrongOffset()
    return expires_at


async def end(writer: Writer, upload: Upload) -> None:
    """Forget the upload."""
    await writer.execute(
        delete(UploadRow).where(_u.c.id == upload.id).execution_options(synchronize_session=False)
    )
