"""Looking for malware in what was uploaded, where there is a clamd: after the file is kept, before anybody reads it.

It fails closed: while there is no verdict the evidence stays `scanning`. The request that brought the file asks
for one at once; `mutabaa scan` asks again for what is left. No connection is held while clamd looks.
"""

from collections.abc import Mapping
from enum import StrEnum
from uuid import UUID

import structlog
from obstore.exceptions import BaseError as StoreError
from sqlalchemy import Uuid, and_, any_, bindparam, column, literal_column, or_, select, text, true
from sqlalchemy.dialects.postgresql import array

from app import clock
from app.db import Database, Lane, Query
from app.enums import EvidenceState
from app.errors import Stale
from app.files import FileStore, key_of
from app.parties import Actor, Facts
from app.scanner import Away, NoVerdict, Scanner
from app.services import sql
from app.services.evidence import commands, subjects
from app.services.evidence import facts as evidence

log = structlog.get_logger("scan")

_BATCH = 500


class Outcome(StrEnum):
    """What became of a file: nothing was found in it, something was, or it goes on waiting."""

    PASSED = "passed"
    INFECTED = "infected"
    WAITING = "waiting"


_NOBODY = Actor(UUID(int=0), UUID(int=0), frozenset(), frozenset(), national=True)
"""Reaches every entity, and is entitled to nothing."""

_REACH = Query(
    lambda: text("select set_config('app.national', 'on', true) as national").columns(column("national"))
)
_SCANNING = evidence.evidence.c.state == sql.const(EvidenceState.SCANNING)
_FROM = evidence.evidence.join(evidence.subject, true())
_ONE = Query(
    lambda: (
        select(*evidence.columns(evidence.evidence, evidence.subject))
        .select_from(_FROM)
        .where(evidence.evidence.c.id == evidence.ID, _SCANNING)
    )
)
# What was approved meanwhile never changes: its evidence was not among what proves it, and stays unread.
_NEXT = Query(
    lambda: (
        select(evidence.evidence.c.id)
        .select_from(_FROM)
        .where(
            _SCANNING,
            evidence.evidence.c.id > bindparam("after", type_=Uuid),
            or_(
                *(
                    and_(
                        evidence.subject.c.kind == sql.const(kind),
                        evidence.subject.c.state
                        == any_(array([sql.const(s) for s in sorted(each.undecided)])),
                    )
                    for kind, each in subjects.KINDS.items()
                )
            ),
        )
        .order_by(evidence.evidence.c.id)
        .limit(literal_column(str(_BATCH)))
    )
)


async def scan(database: Database, files: FileStore, scanner: Scanner, evidence_id: UUID) -> Outcome | None:
    """Have the file of the evidence looked at, and say what that means for it; None: it waits for that no more.

    Raises Away when clamd cannot be reached.
    """
    async with database.reading() as lane:
        facts = await _facts(lane, evidence_id)
    if facts is None:
        return None
    try:
        chunks = await files.get(key_of(facts.row["sha256"]))
        signature = await scanner.scan(chunks, facts.row["size"])
    except Away:
        raise
    except (NoVerdict, FileNotFoundError, StoreError) as fault:
        log.error("no_verdict", evidence_id=str(evidence_id), fault=str(fault))
        return Outcome.WAITING
    try:
        async with database.writing() as lane:
            facts = await _facts(lane, evidence_id)
            if facts is None:
                return None
            if signature is None:
                await commands.passed(lane, facts, clock.now())
                return Outcome.PASSED
            await commands.infected(lane, facts, signature, clock.now())
    except Stale:
        return None
    log.warning("infected", evidence_id=str(evidence_id), signature=signature)
    return Outcome.INFECTED


async def scan_uploaded(
    database: Database, files: FileStore, scanner: Scanner | None, evidence_id: UUID
) -> None:
    """The same for a file that was just attached, where there is a scanner. Whatever goes wrong, the file is attached:
    it waits, and the request that brought it has succeeded."""
    if scanner is None:
        return
    try:
        await scan(database, files, scanner, evidence_id)
    except Away as fault:
        log.error("clamd_away", evidence_id=str(evidence_id), fault=str(fault))
    except Exception:
        log.exception("scan_failed", evidence_id=str(evidence_id))


async def scan_all(database: Database, files: FileStore, scanner: Scanner) -> Mapping[str, int]:
    """The same for all that waits, one after the other; how many of each. Stops when clamd is away."""
    found = dict.fromkeys(map(str, Outcome), 0)
    last = UUID(int=0)
    while ids := await _next(database, last):
        for position, evidence_id in enumerate(ids):
            try:
                outcome = await scan(database, files, scanner, evidence_id)
            except Away as fault:
                log.error("clamd_away", fault=str(fault))
                found[Outcome.WAITING] += len(ids) - position
                return found
            if outcome is not None:
                found[outcome] += 1
        last = ids[-1]
    return found


async def _next(database: Database, after: UUID) -> list[UUID]:
    async with database.reading() as lane:
        await lane.row(_REACH, {})
        params = {**evidence.params(_NOBODY, clock.now()), "after": after}
        return [row["id"] for row in await lane.rows(_NEXT, params)]


async def _facts(lane: Lane, evidence_id: UUID) -> Facts | None:
    await lane.row(_REACH, {})
    row = await lane.row(_ONE, {**evidence.params(_NOBODY, clock.now()), "id": evidence_id})
    return None if row is None else evidence.of(row, "_")
