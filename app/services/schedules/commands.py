"""Setting a schedule, with all that follows from it."""

from dataclasses import asdict
from datetime import datetime

from sqlalchemy import insert

from app import clock, ids
from app.db import Writer
from app.models import Indicator, Schedule
from app.parties import Actor, Facts
from app.services import lifecycle, records
from app.services.contributions import commands as contributions
from app.services.obligations import making
from app.services.schedules import queries, rules


async def set_schedule(
    writer: Writer, actor: Actor, indicator: Facts, new: rules.Schedule, reason: str | None, now: datetime
) -> int:
    """Measure an indicator as `new` says from its start on; answers the number of the schedule.

    What is due follows: obligations from the start on are replaced, and new ones made up to the horizon, as
    far as the holidays are known. Raises Invalid and BeyondCalendar as `rules.check` does, and
    FiguresExist where anything is entered for a period that would be replaced, FrequencyDoesNotFit where a
    contribution would no longer fit.
    """
    await making.hold_calendar(writer)
    number, previous = await queries.newest(writer, indicator.id)
    holidays = await making.known_holidays(writer)
    known = rules.Known(holidays.days, holidays.first, holidays.last)
    rules.check(new, previous, clock.day(now), known)
    await contributions.require_fitting(writer, indicator.id, new.frequency)
    number += 1
    begun = new.starts_on <= clock.day(now)
    await records.raise_version(writer, Indicator, indicator, {"frequency": new.frequency} if begun else None)
    said = {"frequency": new.frequency, "starts_on": new.starts_on, **asdict(new.windows)}
    before = (
        {}
        if previous is None
        else {"frequency": previous.frequency, "starts_on": previous.starts_on, **asdict(previous.windows)}
    )
    await lifecycle.note(
        writer,
        rules.SET.action,
        indicator,
        actor=actor,
        at=now,
        reason=reason,
        changes={
            "fields": {
                name: [records.said(before.get(name)), records.said(value)]
                for name, value in said.items()
                if value != before.get(name)
            }
        },
    )
    await writer.execute(
        insert(Schedule).values(
            id=ids.new(),
            indicator_id=indicator.id,
            entity_id=indicator.entity_id,
            number=number,
            **said,
            reason=reason,
            set_by_id=actor.person_id,
            set_at=now,
        )
    )
    if previous is not None:
        # Replaced first: whoever enters a figure holds its obligation, and is waited for here.
        await making.replace(writer, indicator.id, new.starts_on, actor=actor, now=now)
        if await queries.has_figures(writer, indicator.id, new.starts_on):
            raise rules.FiguresExist()
    await making.extend(writer, [indicator.id], holidays, now)
    return number
