"""Every write of who shares a national programme. Each runs in the caller's transaction."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import insert, select

from app import clock, ids
from app.db import Writer
from app.enums import SubjectKind
from app.errors import unknown_reference
from app.models import Entity, ProgrammeParticipant
from app.parties import Actor, Facts
from app.services import lifecycle, records
from app.services.programmes import rules


async def create(
    writer: Writer, actor: Actor, programme_id: UUID, entity_id: UUID, joined_on: date | None, now: datetime
) -> UUID:
    """Say that an entity takes part in a programme, from a day on (today unless said).

    Raises Invalid for an entity that is not there; one that takes part already is refused by the schema.
    """
    found = await writer.execute(select(Entity.id).where(Entity.id == entity_id))
    if found.scalar_one_or_none() is None:
        raise unknown_reference("#/entity_id")
    participant_id = ids.new()
    columns = {
        "programme_id": programme_id,
        "entity_id": entity_id,
        "joined_on": joined_on or clock.day(now),
    }
    await lifecycle.begin(
        writer,
        "programme_participants.create",
        Facts(SubjectKind.PROGRAMME_PARTICIPANT, participant_id, entity_id),
        actor=actor,
        at=now,
        changes=records.made(columns, *columns),
    )
    await writer.execute(insert(ProgrammeParticipant).values(id=participant_id, **columns))
    return participant_id


async def end(
    writer: Writer, actor: Actor, facts: Facts, left_on: date | None, reason: str, now: datetime
) -> None:
    """Say that an entity no longer takes part, from a day on (today unless said). Raises Invalid."""
    day = left_on or clock.day(now)
    rules.check_end(facts.row["joined_on"], day)
    await records.edit(
        writer,
        ProgrammeParticipant,
        rules.END.action,
        facts,
        {"left_on": day},
        old=facts.row,
        actor=actor,
        at=now,
        reason=reason,
    )
