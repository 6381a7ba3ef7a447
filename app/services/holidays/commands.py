"""Every write of public holidays. What is due, and not past, is dated anew with it (Guide D-5)."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert

from app import ids
from app.db import Writer
from app.enums import SubjectKind
from app.models import Holiday
from app.parties import Actor, Facts
from app.services import lifecycle, records
from app.services.holidays import rules
from app.services.obligations import making


async def create(writer: Writer, actor: Actor, columns: Mapping[str, Any], now: datetime) -> UUID:
    """Enter a public holiday. Its event tells how many obligations it moved.

    Raises Invalid for a day far from the known holidays; one that is a holiday is refused by the schema
    (AlreadyExists).
    """
    await making.hold_calendar(writer, alone=True)
    known = await making.known_holidays(writer)
    rules.check_day(columns["day"], known.first, known.last)
    holiday_id = ids.new()
    off = known.days | {columns["day"]}
    moved = await _redate(writer, actor, holiday_id, off, now)
    await lifecycle.begin(
        writer,
        "holidays.create",
        Facts(SubjectKind.HOLIDAY, holiday_id, None),
        actor=actor,
        at=now,
        changes={**records.made(columns, *columns), "moved": moved},
    )
    await writer.execute(insert(Holiday).values(id=holiday_id, **columns))
    return holiday_id


async def edit(writer: Writer, actor: Actor, facts: Facts, patch: Mapping[str, Any], now: datetime) -> None:
    """Correct the names of a holiday, and whether its day is still an estimate. No date rests on them."""
    await records.edit(writer, Holiday, rules.EDIT.action, facts, patch, old=facts.row, actor=actor, at=now)


async def cancel(writer: Writer, actor: Actor, facts: Facts, reason: str, now: datetime) -> None:
    """The day turned out to be none, and can be entered again. The event tells how many obligations moved."""
    await making.hold_calendar(writer, alone=True)
    known = await making.known_holidays(writer)
    moved = await _redate(writer, actor, facts.id, known.days - {facts.row["day"]}, now)
    await records.edit(
        writer,
        Holiday,
        rules.CANCEL.action,
        facts,
        {"cancelled_at": now},
        old=facts.row,
        actor=actor,
        at=now,
        reason=reason,
        more={"moved": moved},
    )


async def _redate(writer: Writer, actor: Actor, holiday_id: UUID, off: frozenset[date], now: datetime) -> int:
    return await making.redate(writer, off, actor=actor, now=now, cause={"holiday_id": str(holiday_id)})
