"""Making, replacing and re-dating of obligations: set-based, one statement for any number of them.

Who calls holds two locks, in this order: the calendar (`hold_calendar`), so that no holiday changes under
the dates; then the indicators' rows, so that an obligation is made once. A made obligation has no event of
its own, for the schedule's event tells it; a replaced or re-dated one has.
"""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import column, text

from app import clock, ids
from app.db import Lane, Query, Row
from app.parties import Actor
from app.services.calendar import queries as calendar
from app.services.calendar.queries import Holidays
from app.services.calendar.rules import next_working_day
from app.services.evidence import rules as evidence
from app.services.obligations import periods
from app.services.obligations.periods import WINDOWS, Dates, Period, Windows
from app.services.results import rules as results
from app.services.schedules.rules import horizon

_DATES = ("opens_on", "due_on", "late_until", "closes_on")
_AGES = date(1900, 1, 1), date(2200, 12, 31)


def _query(sql: str, *columns: str) -> Query:
    return Query(lambda: text(sql).columns(*map(column, columns)))


HOLD_CALENDAR = "select pg_advisory_xact_lock(hashtext('mutabaa calendar'))"
_ALONE = _query(HOLD_CALENDAR, "held")
_SHARED = _query("select pg_advisory_xact_lock_shared(hashtext('mutabaa calendar'))", "held")


async def hold_calendar(lane: Lane, *, alone: bool = False) -> None:
    """Let the public holidays stay as they are until the transaction ends; `alone`: in order to change them.

    A statement of its own: what is read afterwards sees what was committed before the lock was had.
    """
    await lane.row(_ALONE if alone else _SHARED, {})


async def known_holidays(lane: Lane) -> Holidays:
    """All public holidays."""
    return await calendar.holidays(lane, *_AGES)


@dataclass(frozen=True, slots=True)
class Made:
    """How many obligations were made, and how many not yet, because the holidays of their time are unknown."""

    made: int = 0
    undated: int = 0

    def __add__(self, other: "Made") -> "Made":
        return Made(self.made + other.made, self.undated + other.undated)


async def extend(lane: Lane, indicator_ids: Collection[UUID], holidays: Holidays, now: datetime) -> Made:
    """Make what the schedules of these indicators ask for up to the horizon, and what is not made yet.

    Of a drafted or retired one nothing is asked. A second call makes none. Open results of the periods are
    due from now on, and approved ones have served them.
    """
    until = horizon(clock.day(now))
    off = holidays.days
    last_year = holidays.last.year if holidays.last else 0
    dated: dict[tuple[date, Windows], Dates] = {}
    rows: list[tuple[Any, ...]] = []
    undated = 0
    for schedule in await lane.rows(_SCHEDULES, {"indicator_ids": list(indicator_ids)}):
        windows = Windows(*(schedule[name] for name in WINDOWS))
        last = min(until, schedule["last_day"] or until)
        for period in _periods(schedule["frequency"], schedule["starts_on"], last):
            if schedule["made_to"] is not None and period.start <= schedule["made_to"]:
                continue
            key = (period.end, windows)
            if key not in dated:
                dated[key] = periods.dates(period.end, windows, off)
            if dated[key].closes_on.year > last_year:
                undated += 1
            else:
                rows.append(_row(schedule, period, dated[key]))
    if rows:
        await lane.row(
            _MAKE, {"at": now, **dict(zip(_COLUMNS, map(list, zip(*rows, strict=True)), strict=True))}
        )
        await lane.row(_FOLLOW, {"ids": [row[0] for row in rows], "entering": _ENTERING})
    return Made(len(rows), undated)


@lru_cache(maxsize=256)
def _periods(frequency: str, first: date, last: date) -> tuple[Period, ...]:
    """Most indicators share a frequency and a start, so that each is counted out once."""
    return tuple(periods.between(frequency, first, last))


_COLUMNS = ("ids", "entities", "indicators", "schedules", "codes", "starts", "ends", *_DATES)


def _row(schedule: Row, period: Period, dates: Dates) -> tuple[Any, ...]:
    return (
        ids.new(),
        schedule["entity_id"],
        schedule["indicator_id"],
        schedule["id"],
        period.code,
        period.start,
        period.end,
        dates.opens_on,
        dates.due_on,
        dates.late_until,
        dates.closes_on,
    )


# What is made of a schedule is the beginning of what it asks for, so its latest tells what is left.
_SCHEDULES = _query(
    """
    select s.id, s.indicator_id, s.entity_id, s.frequency, s.starts_on,
           s.opens_after, s.due_after, s.late_for, s.closes_after,
           lead(s.starts_on) over (partition by s.indicator_id order by s.number) - 1 as last_day,
           (select max(o.period_start) from obligations o
            where o.indicator_id = s.indicator_id and o.schedule_id = s.id) as made_to
    from schedules s join indicators i on i.id = s.indicator_id and i.state = 'active'
    where s.indicator_id = any(cast(:indicator_ids as uuid[]))
    """,
    "id",
)
# A final figure that was approved before it was asked for has served its period (`state.served`).
_MAKE = _query(
    """
    with given as (
        select * from unnest(
            cast(:ids as uuid[]), cast(:entities as uuid[]), cast(:indicators as uuid[]),
            cast(:schedules as uuid[]), cast(:codes as text[]), cast(:starts as date[]),
            cast(:ends as date[]), cast(:opens_on as date[]), cast(:due_on as date[]),
            cast(:late_until as date[]), cast(:closes_on as date[])
        ) as g (id, entity_id, indicator_id, schedule_id, period, period_start, period_end,
                opens_on, due_on, late_until, closes_on)
    ),
    born as (
        insert into subjects (id, kind, entity_id, created_at)
        select g.id, 'obligation', g.entity_id, cast(:at as timestamptz) from given g
    ),
    made as (
        insert into obligations (id, entity_id, indicator_id, schedule_id, period, period_start, period_end,
                                 opens_on, due_on, late_until, closes_on, served_on)
        select g.*, (
            select cast(min(coalesce(r.submitted_at, r.known_from)) at time zone 'Asia/Muscat' as date)
            from results r
            where r.indicator_id = g.indicator_id
              and r.period_start = g.period_start and r.period_end = g.period_end
              and r.state = 'approved' and r.obs_status not in ('E', 'F', 'P')
        )
        from given g returning id
    )
    select count(*) as made from made
    """,
    "made",
)
_ENTERING = [results.SUBMIT.action, evidence.UPLOAD.action]
_WAITS = """
        update waits w
        set due = case when w.action = any(cast(:entering as text[])) then o.due_on else o.closes_on end
        from {obligations} o
        join results r on r.indicator_id = o.indicator_id
                      and r.period_start = o.period_start and r.period_end = o.period_end
                      and (r.corrects_id is null or exists (
                          select from results c
                          where c.id = r.corrects_id and c.obs_status in ('E', 'F', 'P')
                      ))
        where w.subject_id in (select r.id union all select e.id from evidence e where e.subject_id = r.id)
          and w.closed_at is null
        returning w.id
"""
"""What is awaited of open results and their evidence is due with their period: entering on the due day, control
before it closes.
A correction is not, unless of a preliminary figure: its period was served."""

_FOLLOW = _query(
    f"""
    with asked as (select * from obligations where id = any(cast(:ids as uuid[]))),
    followed as ({_WAITS.format(obligations="asked")})
    select count(*) as followed from followed
    """,  # noqa: S608  # a constant of ours
    "followed",
)


async def replace(lane: Lane, indicator_id: UUID, since: date, *, actor: Actor | None, now: datetime) -> int:
    """End the obligations whose periods begin on `since` or later: another schedule takes their place, or
    the indicator is retired. Leaves to enter them lapse, and what is awaited of their figures is due no more.
    Answers how many."""
    row = await lane.row(
        _REPLACE, {"indicator_id": indicator_id, "since": since, "void": _VOID, **_by(actor, now)}
    )
    return 0 if row is None else int(row["replaced"])


def _by(actor: Actor | None, now: datetime) -> Mapping[str, Any]:
    return {
        "actor_id": actor.person_id if actor else None,
        "service_account_id": actor.service_account_id if actor else None,
        "at": now,
    }


_VOID = "لم تعد للمؤشر هذه الفترة · The indicator has this period no more"

_REPLACE = _query(
    """
    with replaced as (
        update obligations o set replaced_at = cast(:at as timestamptz), version = o.version + 1
        where o.indicator_id = cast(:indicator_id as uuid) and o.period_start >= cast(:since as date)
          and o.replaced_at is null
        returning o.id, o.indicator_id, o.period_start, o.period_end
    ),
    undue as (
        update waits w set due = null
        from replaced o
        join results r on r.indicator_id = o.indicator_id
                      and r.period_start = o.period_start and r.period_end = o.period_end
        where w.subject_id in (select r.id union all select e.id from evidence e where e.subject_id = r.id)
          and w.closed_at is null
    ),
    leaves as (
        select b.id, b.state from reopenings b join replaced r on r.id = b.obligation_id
        where b.state in ('asked', 'granted')
    ),
    void as (
        update reopenings b set state = 'refused', decided_at = cast(:at as timestamptz),
               decision_reason = cast(:void as text), decided_by_id = null, decision_id = null,
               version = b.version + 1
        from leaves l where l.id = b.id
    ),
    voided as (
        insert into events (subject_id, action, from_state, to_state, actor_id, service_account_id, reason, at)
        select l.id, 'reopenings.lapse', l.state, 'refused', cast(:actor_id as uuid),
               cast(:service_account_id as uuid), cast(:void as text), cast(:at as timestamptz)
        from leaves l
        returning id, subject_id
    ),
    unasked as (
        update waits w set closed_at = cast(:at as timestamptz), closed_by_event = v.id
        from voided v where w.subject_id = v.subject_id and w.closed_at is null
    ),
    told as (
        insert into events (subject_id, action, actor_id, service_account_id, at)
        select r.id, 'obligations.replace', cast(:actor_id as uuid), cast(:service_account_id as uuid),
               cast(:at as timestamptz)
        from replaced r
    )
    select count(*) as replaced from replaced
    """,
    "replaced",
)


async def redate(
    lane: Lane,
    off: Collection[date],
    *,
    actor: Actor | None,
    now: datetime,
    cause: Mapping[str, str] | None = None,
) -> int:
    """Date anew what has not closed yet, now that these days are the public holidays. Answers how many moved.

    A date that is past stays as it is, and none moves into the past: the earliest is the next working day
    from today on. `cause` stands in the event of each that moves; the waits of its result follow.
    """
    today = clock.day(now)
    shapes = [
        (row["period_end"], Windows(*(row[name] for name in WINDOWS)))
        for row in await lane.rows(_SHAPES, {"today": today})
    ]
    dates = [periods.dates(end, windows, off) for end, windows in shapes]
    given: dict[str, Sequence[Any]] = {"ends": [end for end, _ in shapes]}
    given |= {name: [getattr(windows, name) for _, windows in shapes] for name in WINDOWS}
    given |= {name: [getattr(each, name) for each in dates] for name in _DATES}
    row = await lane.row(
        _REDATE,
        {
            **given,
            **_by(actor, now),
            "today": today,
            "soonest": next_working_day(today, off),
            "cause": json.dumps(cause or {}),
            "entering": _ENTERING,
        },
    )
    return 0 if row is None else int(row["moved"])


_SHAPES = _query(
    """
    select distinct o.period_end, s.opens_after, s.due_after, s.late_for, s.closes_after
    from obligations o join schedules s on s.id = o.schedule_id
    where o.replaced_at is null and o.closes_on >= cast(:today as date)
    """,
    "period_end",
)


def _moved(name: str) -> str:
    return (
        f"case when o.{name} < cast(:today as date) then o.{name}"
        f" else greatest(g.{name}, cast(:soonest as date)) end as {name}, o.{name} as old_{name}"
    )


_REDATE = _query(
    f"""
    with given as (
        select * from unnest(
            cast(:ends as date[]), cast(:opens_after as int[]), cast(:due_after as int[]),
            cast(:late_for as int[]), cast(:closes_after as int[]), cast(:opens_on as date[]),
            cast(:due_on as date[]), cast(:late_until as date[]), cast(:closes_on as date[])
        ) as g (period_end, opens_after, due_after, late_for, closes_after,
                opens_on, due_on, late_until, closes_on)
    ),
    standing as materialized (  -- looked through once, whatever the planner expects of the days given
        select o.id, o.indicator_id, o.period_start, o.period_end, {", ".join(f"o.{name}" for name in _DATES)},
               {", ".join(f"s.{name}" for name in WINDOWS)}
        from obligations o join schedules s on s.id = o.schedule_id
        where o.replaced_at is null and o.closes_on >= cast(:today as date)
    ),
    dated as (
        select o.id, o.indicator_id, o.period_start, o.period_end, {", ".join(map(_moved, _DATES))}
        from standing o join given g using (period_end, {", ".join(WINDOWS)})
    ),
    moving as (
        select * from dated n
        where ({", ".join(f"n.{name}" for name in _DATES)})
              is distinct from ({", ".join(f"n.old_{name}" for name in _DATES)})
    ),
    moved as (
        update obligations o
        set {", ".join(f"{name} = n.{name}" for name in _DATES)}, version = o.version + 1
        from moving n where o.id = n.id
        returning o.id
    ),
    told as (
        insert into events (subject_id, action, actor_id, service_account_id, changes, at)
        select n.id, 'obligations.redate', cast(:actor_id as uuid), cast(:service_account_id as uuid),
               jsonb_build_object('fields', f.fields) || cast(cast(:cause as text) as jsonb),
               cast(:at as timestamptz)
        from moving n
        cross join lateral (
            select jsonb_object_agg(v.name, jsonb_build_array(v.was, v.became)) as fields
            from (values {", ".join(f"('{name}', n.old_{name}, n.{name})" for name in _DATES)})
                 as v (name, was, became)
            where v.was <> v.became
        ) f
    ),
    followed as ({_WAITS.format(obligations="moving")})
    select count(*) as moved from moved
    """,  # noqa: S608  # names of columns
    "moved",
)
