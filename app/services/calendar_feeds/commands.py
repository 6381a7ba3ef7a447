"""Every write of calendar feeds: a person's one link is made anew, revoked, read."""

import json
from datetime import datetime, timedelta
from typing import cast
from uuid import UUID

from sqlalchemy import Table, delete, or_, update
from sqlalchemy.dialects.postgresql import insert

from app.db import Writer
from app.enums import SubjectKind
from app.models import CalendarFeed
from app.parties import Actor, Facts
from app.services import lifecycle
from app.services.auth import rules as secrets
from app.services.documents import Document

MAKE, REVOKE = "calendar_feeds.make", "calendar_feeds.revoke"

_feed = cast(Table, CalendarFeed.__table__)
_READ_TO = timedelta(hours=1)
"""Calendars ask every few minutes, and nobody wants to know it closer than this."""


async def make(writer: Writer, actor: Actor, now: datetime) -> str:
    """Make the person's link, in place of an earlier one, and return its token: said this once, only its hash is kept."""
    token = secrets.new_secret()
    said = {"token_hash": secrets.secret_hash(token), "made_at": now, "read_at": None}
    made = insert(_feed).values(person_id=actor.person_id, **said)
    await writer.execute(made.on_conflict_do_update(index_elements=["person_id"], set_=said))
    await _note(writer, MAKE, actor, now)
    return token


def with_link(document: Document, token: str) -> Document:
    """The representation of a new feed with its link: said this once."""
    said = json.dumps({"path": f"/v1/calendar-feeds/{token}.ics"})
    return Document(document.body[:-1] + f",{said[1:]}".encode(), document.version)


async def revoke(writer: Writer, actor: Actor, now: datetime) -> None:
    """Forget the person's link; nothing where there is none."""
    gone = await writer.execute(
        delete(_feed).where(_feed.c.person_id == actor.person_id).returning(_feed.c.person_id)
    )
    if gone.one_or_none() is not None:
        await _note(writer, REVOKE, actor, now)


def to_be_noted(read_at: datetime | None, now: datetime) -> bool:
    """Whether it is to be kept that a calendar read the feed: once an hour at most."""
    return read_at is None or read_at <= now - _READ_TO


async def note_read(writer: Writer, person_id: UUID, now: datetime) -> None:
    """Keep that a calendar read the feed, unless another read has been kept meanwhile."""
    await writer.execute(
        update(_feed)
        .where(
            _feed.c.person_id == person_id,
            or_(_feed.c.read_at.is_(None), _feed.c.read_at <= now - _READ_TO),
        )
        .values(read_at=now)
    )


async def _note(writer: Writer, action: str, actor: Actor, now: datetime) -> None:
    """Record it in the person's history."""
    await lifecycle.note(writer, action, Facts(SubjectKind.USER, actor.person_id, None), actor=actor, at=now)
