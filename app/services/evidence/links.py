"""Links to files in a bucket: for a few minutes whoever has one reads the file, without the service in between."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from app import errors
from app.db import Writer
from app.files import FileStore, NoLinks, key_of
from app.parties import Actor, Facts
from app.services import lifecycle
from app.services.evidence import rules

LASTS = timedelta(minutes=5)
"""Long enough to begin a download on a bad line, and short for what nobody can call back: a link outlives a right."""


@dataclass(frozen=True, slots=True)
class Link:
    """An address, and until when it is good."""

    url: str
    expires_at: datetime


async def give(writer: Writer, files: FileStore, actor: Actor, facts: Facts, now: datetime) -> Link:
    """A link to the file of the evidence, and the record of who asked for it.

    Raises NoFile, and NoLinksHere where files lie in a folder.
    """
    rules.check_readable(facts.row, str(facts.state))
    try:
        url = await files.link(key_of(facts.row["sha256"]), LASTS)
    except NoLinks:
        raise errors.NoLinksHere() from None
    await lifecycle.note(writer, "evidence.link", replace(facts, state=None), actor=actor, at=now)
    return Link(url, now + LASTS)
