"""How a series of meetings is planned and ended (Guide M-2)."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Uuid, bindparam, insert, select

from app import clock, ids
from app.db import Query, Writer
from app.enums import SubjectKind
from app.enums.meetings import MeetingState, SeriesState
from app.models import Meeting, MeetingSeries
from app.parties import Actor, Entitlement, Facts
from app.services import lifecycle, numbering, records, sql
from app.services.calendar import queries as calendar
from app.services.lifecycle import Case
from app.services.meetings import days, people, rules
from app.services.meetings.commands import CODE, COUNTED, NEXT, REASON, planned
from app.services.meetings.visibility import visible
from app.services.people import visibility

FIELDS = (
    "with_whom",
    "title_ar",
    "title_en",
    "every",
    "weekday",
    "month_day",
    "starts_on",
    "ends_on",
    "starts_at",
    "minutes",
    "place",
    "link",
    "classification",
)
_TAKEN_OVER = ("with_whom", "title_ar", "title_en", "place", "link", "classification")
_m = Meeting.__table__
_AHEAD = Query(
    lambda: (
        select(_m.c.id, _m.c.entity_id, _m.c.version, _m.c.classification, _m.c.planned_by_id)
        .where(
            _m.c.series_id == bindparam("series_id", type_=Uuid),
            _m.c.state == sql.const(MeetingState.PLANNED),
            _m.c.starts_at > sql.NOW,
            visible(_m),
        )
        .with_for_update(of=_m)
    )  # nobody moves or holds one of them meanwhile
)


async def plan(writer: Writer, actor: Actor, entity: Facts, said: Mapping[str, Any], now: datetime) -> UUID:
    """Plan a series and all its meetings until `ends_on`, and invite to them. `said`: of FIELDS, and `people`. Each day
    of rest gives way to the next working day, as far as the public holidays are known. Raises Invalid."""
    days.check(said["every"], said["weekday"], said["month_day"])
    await people.check(writer, entity.id, said["with_whom"], said["people"], now)
    rest = (await calendar.holidays(writer, said["starts_on"], said["ends_on"])).days
    on = days.of(said["every"], said["weekday"], said["month_day"], said["starts_on"], said["ends_on"], rest)
    codes = await numbering.next_codes(writer, COUNTED, CODE, entity.id, clock.day(now).year, len(on))
    series_id, columns = ids.new(), {name: said[name] for name in FIELDS}
    await lifecycle.begin(
        writer,
        rules.PLAN_SERIES,
        Facts(SubjectKind.MEETING_SERIES, series_id, entity.id, state=SeriesState.RUNNING.value),
        actor=actor,
        at=now,
        changes={
            "meetings": len(on),
            "people": people.said(said["people"]),
            **records.made(columns, *columns),
        },
        told=True,
    )
    await writer.execute(
        insert(MeetingSeries).values(
            id=series_id,
            entity_id=entity.id,
            state=SeriesState.RUNNING.value,
            made_by_id=actor.person_id,
            **columns,
        )
    )
    made = [planned(ids.new(), entity.id, said["classification"], actor.person_id) for _ in on]
    await lifecycle.begin_many(writer, rules.PLAN, made, actor=actor, at=now)
    long = timedelta(minutes=said["minutes"])
    starts = [datetime.combine(day, said["starts_at"], clock.MUSCAT) for day in on]
    await writer.execute(
        insert(Meeting).values(
            [
                {
                    "id": facts.id,
                    "entity_id": entity.id,
                    "code": code,
                    "series_id": series_id,
                    "starts_at": at,
                    "ends_at": at + long,
                    "state": MeetingState.PLANNED.value,
                    "planned_by_id": actor.person_id,
                    "planned_at": now,
                    "edited_by": [],
                    **{name: said[name] for name in _TAKEN_OVER},
                }
                for facts, code, at in zip(made, codes, starts, strict=True)
            ]
        )
    )
    await people.invite(writer, entity.id, [facts.id for facts in made], said["people"])
    return series_id


async def end(
    writer: Writer, actor: Actor, facts: Facts, entitlement: Entitlement, reason: str, now: datetime
) -> None:
    """End a series: what lies ahead of it is cancelled for the same reason; what has begun can still be recorded as held.
    A meeting of it that the actor may not see, since it was made restricted, or may not cancel, stays planned for whoever
    may. Raises Stale."""
    await lifecycle.apply_one(
        writer,
        MeetingSeries,
        rules.END_SERIES,
        Case(facts, entitlement, reason),
        actor=actor,
        at=now,
        columns={"ended_at": now},
        awaited=None,
        told=True,
    )
    rows = await writer.rows(_AHEAD, {**visibility.of(actor), "series_id": facts.id, "now": now})
    ahead = [
        replace(
            planned(row["id"], row["entity_id"], row["classification"], row["planned_by_id"]),
            version=row["version"],
        )
        for row in rows
    ]
    cases = [
        Case(each, entitlement, reason) for each in ahead if lifecycle.possible(actor, rules.CANCEL, each)
    ]
    if cases:
        await lifecycle.apply(
            writer,
            Meeting,
            rules.CANCEL,
            cases,
            actor=actor,
            at=now,
            columns={"cancelled_at": now, "cancel_reason": REASON, "sequence": NEXT},
            awaited=None,
        )
