"""Uploads as who began them sees them: everybody else is told that there is none."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Uuid, and_, bindparam, select, true
from sqlalchemy.sql.selectable import FromClause

from app import errors
from app.db import Lane, Query, Row
from app.models import Upload as UploadRow
from app.parties import Actor, Facts
from app.services.evidence import facts as evidence
from app.services.evidence.visibility import visible
from app.services.people import visibility

_u: FromClause = UploadRow.__table__
_e, _s = evidence.evidence, evidence.subject

_SHOWN = ("id", "length", "received", "parts", "metadata", "expires_at", "finished_at")


@dataclass(frozen=True, slots=True)
class Upload:
    """How far an upload has come. `parts` are what has been received, in this order."""

    id: UUID
    length: int
    received: int
    parts: tuple[UUID, ...]
    metadata: str | None
    expires_at: datetime
    finished_at: datetime | None


_ONE = Query(
    lambda: (
        select(*evidence.columns(_e, _s), *[_u.c[name].label(f"upload_{name}") for name in _SHOWN])
        .select_from(_u.join(_e, _e.c.id == _u.c.evidence_id).join(_s, true()))
        .where(
            _u.c.id == bindparam("id", type_=Uuid),
            and_(_u.c.created_by_id == visibility.PERSON, visible(_e, evidence.sight)),
        )
    )
)


async def one(lane: Lane, actor: Actor, upload_id: UUID, now: datetime) -> tuple[Upload, Facts] | None:
    """An upload of the actor's own, and the facts of the evidence that it is for."""
    params: dict[str, Any] = {**evidence.params(actor, now), "id": upload_id}
    row = await lane.row(_ONE, params)
    return None if row is None else (_upload(row), evidence.of(row, "_"))


async def shown(lane: Lane, actor: Actor, upload_id: UUID, now: datetime) -> Upload:
    """An upload of the actor's own. Raises NotFound."""
    found = await one(lane, actor, upload_id, now)
    if found is None:
        raise errors.NotFound()
    return found[0]


async def facts(lane: Lane, actor: Actor, upload_id: UUID, now: datetime) -> Facts | None:
    """The facts of the evidence, whose rules hold for the upload; the upload itself is in its `row`."""
    found = await one(lane, actor, upload_id, now)
    if found is None:
        return None
    upload, about = found
    return replace(about, row={**about.row, "upload": upload})


def _upload(row: Row) -> Upload:
    said = {name: row[f"upload_{name}"] for name in _SHOWN}
    return Upload(**{**said, "parts": tuple(said["parts"])})
