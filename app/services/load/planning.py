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
from app.services.load import (
    acting,
    following,
    following_meetings,
    planning_initiatives,
    planning_paths,
    planning_work,
)
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


_FOLLOWED = (
    (
        "challenges",
        "opened_at",
        "MOL",
        date(2026, 11, 9),
        date(2026, 11, 10),
        following.challenge_of_initiative,
    ),
    ("challenges", "opened_at", "MOF", date(2026, 10, 25), date(2026, 11, 17), following.challenge_with_head),
    ("risks", "registered_at", "MOF", date(2026, 9, 13), date(2026, 10, 8), following.risk_of_office),
    ("risks", "registered_at", "MOL", date(2026, 11, 11), date(2026, 11, 17), following.risk_of_initiative),
    (
        "meetings",
        "planned_at",
        "MOL",
        date(2026, 10, 25),
        date(2026, 11, 18),
        following_meetings.monthly_meetings,
    ),
    ("actions", "opened_at", "MOF", date(2026, 11, 9), date(2026, 11, 9), following_meetings.directive),
    ("actions", "opened_at", "MOF", date(2026, 11, 16), date(2026, 11, 16), following_meetings.proposal),
    ("evaluations", "drafted_at", "MOF", date(2026, 7, 12), date(2026, 7, 19), following_meetings.evaluation),
)
"""What is followed, in the order in which one names the other: its table, the column that says when it began, by which it
is found again whatever people make of it, the entity, its first day and its last, and how it is told."""


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
            partial(planning_initiatives.participate, programme=PROGRAMME, entity=entity),
        )
    for each in told.initiatives:
        yield _Piece(
            "demo initiatives",
            _IN.format("initiatives") + "t.code = $2",
            (each.entity, each.code),
            _last_day(each),
            partial(planning_initiatives.initiative, told=each),
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
    for table, began, entity, first, last, follow in _FOLLOWED:
        yield _Piece(
            f"demo {table}",
            _IN.format(table) + f"t.{began} = $2",
            (entity, acting.at_work(first)),
            last,
            partial(_from, day=first, tell=follow),
        )


async def _from(people: Acting, day: date, tell: Callable[[Acting], Awaitable[None]]) -> None:
    people.on(day)
    await tell(people)


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
