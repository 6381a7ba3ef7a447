"""A planning year in the demo: annex A as it ran in 2023, an annual plan as November 2026 should find it, and what goes
with them. All names, texts and amounts are invented and say so; the days of annex A and the programme are real.

What happens has fixed days: it is told once, as far as it lies in the past.
"""

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Any

from app import clock
from app.services.load import acting, planning_paths, planning_work
from app.services.load.acting import Acting, Known
from app.services.load.merging import Connection, Tally
from app.services.load.planning_files import Initiative, Planning

PROGRAMME, PARTICIPANTS = "PG04", ("MOL", "MHT")
"""The National Employment Programme. No source names who takes part: it is invented that these do."""


@dataclass(frozen=True)
class _Piece:
    """Something that is told in one transaction, unless it is there. `what`: its line of what loading says; `there`: the
    statement that finds it; `last`: the day on which it ends."""

    what: str
    there: str
    of: tuple[Any, ...]
    last: date
    tell: Callable[[Acting], Awaitable[Any]]


_IN = "select 1 from {} t join entities e on e.id = t.entity_id where e.code = $1 and "


def _pieces(told: Planning) -> Iterator[_Piece]:
    for entity in PARTICIPANTS:
        yield _Piece(
            "demo programme participants",
            """
            select 1 from programme_participants t join entities e on e.id = t.entity_id
            join programmes p on p.id = t.programme_id where p.code = $1 and e.code = $2
            """,
            (PROGRAMME, entity),
            date(2025, 9, 7),
            partial(planning_work.participate, programme=PROGRAMME, entity=entity),
        )
    for each in told.initiatives:
        yield _Piece(
            "demo initiatives",
            _IN.format("initiatives") + "t.code = $2",
            (each.entity, each.code),
            _last_day(each),
            partial(planning_work.initiative, told=each),
        )
    for entity, year, tell in (
        ("MOL", 2024, planning_paths.replay_annex_a),
        ("MOF", 2027, planning_paths.plan_2027),
    ):
        yield _Piece(
            "demo annual plans",
            _IN.format("plans") + "t.year = $2",
            (entity, year),
            told.stages["annual_plan", entity, year][-1].on,
            partial(tell, told=told),
        )
    for entity, year, day in (("MOL", 2026, date(2026, 1, 4)), ("MOF", 2027, date(2026, 11, 1))):
        yield _Piece(
            "demo scorecards",
            _IN.format("scorecards") + "t.year = $2",
            (entity, year),
            told.stages["scorecard", entity, year][-1].on,
            partial(planning_paths.scorecard, told=told, entity=entity, year=year, day=day),
        )
    yield _Piece(
        "demo improvement plans",
        "select 1 from improvement_plans t join indicators i on i.id = t.indicator_id where i.code = $1",
        ("skilled_private",),
        date(2026, 10, 27),
        planning_work.improvement_plan,
    )
    yield _Piece(
        "demo communication plans",
        _IN.format("communication_plans") + "t.year = $2",
        ("MOF", 2027),
        date(2026, 6, 16),
        planning_work.communication_plan,
    )
    yield _Piece(
        "demo detailed plans",
        _IN.format("detailed_plans") + "t.state <> 'dropped' and t.year = $2",
        ("MOF", 2027),
        date(2026, 11, 22),
        planning_work.detailed_plan,
    )


def _last_day(told: Initiative) -> date:
    days = [told.proposed_on, told.approved_on]
    for line in told.budgets:
        days += [line.requested_on, line.answered_on, line.spent_on]
    for report in told.reports:
        days += [report.entered_on, report.submitted_on, report.reviewed_on, report.approved_on]
    return max(day for day in days if day is not None)


async def plan(connection: Connection, url: str, told: Planning, now: datetime) -> dict[str, Tally]:
    """Tell each piece that is not there yet and lies in the past. `connection`: the owner's, for looking; what is written
    goes through the runtime role."""
    tallies: dict[str, Tally] = {}
    missing: list[_Piece] = []
    for piece in _pieces(told):
        tally = tallies.setdefault(piece.what, Tally())
        if await connection.fetchval(piece.there, *piece.of):
            tally.unchanged += 1
        elif piece.last < clock.day(now):
            tally.new += 1
            missing.append(piece)
    if missing:
        known = await Known.of(connection)
        async with acting.runtime(url) as database:
            for piece in missing:
                async with database.writing() as writer:
                    await piece.tell(Acting(writer, connection, known, now))
    return tallies
