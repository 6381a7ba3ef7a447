"""`mutabaa tick`: brings what is due to what the schedules and the holidays say, as time goes on.

Obligations reach to the end of next year, so that each year asks for one more; a schedule set for a later day
comes into force; and days that a load of newer holidays brought are counted. And what has opened waits for who enters it.
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

import asyncpg
from sqlalchemy import column, text

from app import clock
from app.db import WORKING, OwnerLane, Query
from app.enums import IndicatorState
from app.services.obligations import awaiting, making

BATCH = 200
"""Indicators of one transaction, so that nobody who sets a schedule waits long for one."""


@dataclass(frozen=True, slots=True)
class Done:
    """What a tick did: obligations made, those dated anew, indicators whose frequency is another from now on.

    `undated`: obligations that could not be made, because the holidays of their time are not known.
    """

    made: int = 0
    redated: int = 0
    begun: int = 0
    undated: int = 0


async def tick(url: str, batch: int = BATCH, *, working: bool = False) -> Done:
    """Do it in the database at `url` (the login that owns the tables; `working`: in the role of the worker).

    Each batch of indicators is a transaction of its own, so an interrupted tick has done whole batches. A
    second one finds nothing left to do; of two at once, each waits for the other's batches.
    """
    now = clock.now()
    connection = await _connect(url, WORKING if working else {})
    lane = OwnerLane(connection)
    try:
        async with connection.transaction():
            await making.hold_calendar(lane, alone=True)
            holidays = await making.known_holidays(lane)
            done = Done(redated=await making.redate(lane, holidays.days, actor=None, now=now))
        last = UUID(int=0)
        while True:
            async with connection.transaction():
                ids, done = await _batch(lane, done, last, batch, now)
            if len(ids) < batch:
                return done
            last = ids[-1]
    finally:
        await connection.close()


async def await_entry(url: str) -> int:
    """Let the figures that are due wait for who enters them, as the worker does all the time; answers of how many waited
    otherwise before. In the database at `url`, of the login that owns the tables."""
    connection = await _connect(url, {})

    @asynccontextmanager
    async def begun() -> AsyncIterator[OwnerLane]:
        async with connection.transaction():
            yield OwnerLane(connection)

    try:
        return await awaiting.follow(begun, clock.now())
    finally:
        await connection.close()


async def _connect(url: str, settings: Mapping[str, str]) -> "asyncpg.Connection[asyncpg.Record]":
    return await asyncpg.connect(
        url,
        server_settings={
            "application_name": "mutabaa tick",
            "timezone": "UTC",
            "lock_timeout": "60s",
            **settings,
        },
    )


async def _batch(
    lane: OwnerLane, done: Done, after: UUID, batch: int, now: datetime
) -> tuple[list[UUID], Done]:
    await making.hold_calendar(lane)
    found = await lane.rows(_NEXT, {"after": after, "batch": batch, "active": IndicatorState.ACTIVE.value})
    ids = [row["id"] for row in found]
    if not ids:
        return ids, done
    made = await making.extend(lane, ids, await making.known_holidays(lane), now)
    begun = await lane.row(_BEGIN, {"ids": ids, "today": clock.day(now), "at": now})
    return ids, replace(
        done,
        made=done.made + made.made,
        undated=done.undated + made.undated,
        begun=done.begun + (int(begun["begun"]) if begun else 0),
    )


# Held as an update holds them: nobody sets a schedule of them meanwhile, and no other tick makes the same.
_NEXT = Query(
    lambda: text(
        """
        select i.id from indicators i
        where i.id > cast(:after as uuid) and i.state = cast(:active as text)
          and exists (select from schedules s where s.indicator_id = i.id)
        order by i.id limit cast(:batch as int) for no key update of i
        """
    ).columns(column("id"))
)
_BEGIN = Query(
    lambda: text(
        """
        with other as (
            select i.id, i.frequency as was, s.frequency
            from indicators i
            cross join lateral (
                select s.frequency from schedules s
                where s.indicator_id = i.id and s.starts_on <= cast(:today as date)
                order by s.number desc limit 1
            ) s
            where i.id = any(cast(:ids as uuid[])) and i.frequency <> s.frequency
        ),
        begun as (
            update indicators i set frequency = o.frequency, version = i.version + 1
            from other o where o.id = i.id
            returning i.id
        ),
        told as (
            insert into events (subject_id, action, changes, at)
            select o.id, 'schedules.begin',
                   jsonb_build_object('fields', jsonb_build_object(
                       'frequency', jsonb_build_array(o.was, o.frequency))),
                   cast(:at as timestamptz)
            from other o
        )
        select count(*) as begun from begun
        """
    ).columns(column("begun"))
)
