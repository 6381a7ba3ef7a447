"""How indicators make a group: what holds of every roll-up, and that SQL says the same to the last digit."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import TypeAlias

import asyncpg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Boolean, Column, Integer, MetaData, Numeric, Table, Text, select
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateTable

from app.db import Query
from app.enums import Light, Trend
from app.services.scoreboard.roll_up_sql import rolled_up
from app.services.scoreboard.rules import MINIMUM_COVERAGE, Member, RollUp, roll_up
from app.services.scores.rules import PLACES, Score, light

D = Decimal
GREEN_AT, AMBER_AT = D(90), D(70)
PERCENT = st.one_of(st.integers(-50, 150).map(D), st.decimals(-1000, 1000, places=PLACES))
WEIGHTS = st.one_of(st.just(D(1)), st.decimals("0.01", 100, places=2))

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"


@st.composite
def members(draw: st.DrawFn) -> Member:
    """An indicator with what may be known of it."""
    progress = draw(st.none() | PERCENT)
    on_track = None if progress is None else draw(st.none() | PERCENT)
    return Member(
        Score(progress, on_track, light(on_track, GREEN_AT, AMBER_AT)),
        before=draw(st.none() | PERCENT),
        asked=progress is not None or draw(st.booleans()),
        overdue=draw(st.booleans()),
        weight=draw(WEIGHTS),
    )


def scored(progress: str, on_track: str | None = None, before: str | None = None) -> Member:
    number = None if on_track is None else D(on_track)
    return Member(
        Score(D(progress), number, light(number, GREEN_AT, AMBER_AT)), None if before is None else D(before)
    )


UNKNOWN = Member(Score(None, None, Light.GREY))
checked = settings(max_examples=80, deadline=None)
GROUPS = st.lists(members(), max_size=8)


def test_what_is_passed_makes_up_for_nothing_and_a_collapse_sinks_nobody() -> None:
    found = roll_up([scored("250", "180"), scored("-400", "-90"), scored("50", "60")])
    assert (found.score, found.pace, found.light) == (D(50), D("53.3333333333"), Light.RED)
    assert (found.indicators, found.asked, found.assessed, found.on_track) == (3, 3, 3, 1)
    assert found.lights == {Light.GREEN: 1, Light.AMBER: 0, Light.RED: 2, Light.GREY: 0}


def test_the_coverage_says_for_how_many_the_score_speaks() -> None:
    half = roll_up([scored("80", "95"), UNKNOWN])
    assert (half.coverage, half.score, half.light) == (D("0.5000"), D(80), Light.GREEN)
    third = roll_up([scored("80", "95"), UNKNOWN, UNKNOWN])
    assert (third.coverage, third.score, third.pace, third.light) == (D("0.3333"), None, None, Light.GREY)
    assert (third.lights[Light.GREEN], third.assessed) == (1, 1)


def test_what_is_not_asked_yet_leaves_the_coverage_and_what_is_overdue_is_missing() -> None:
    waiting = replace(UNKNOWN, asked=False)
    assert roll_up([scored("80"), waiting, waiting]).coverage == 1
    late = replace(scored("80", "95"), overdue=True)
    found = roll_up([scored("20", "30"), late])
    assert (found.score, found.coverage, found.overdue, found.assessed) == (D(20), D("0.5"), 1, 1)
    assert found.lights[Light.GREEN] == 1, "its own light is what it was"


@pytest.mark.parametrize(
    ("now", "before", "change", "trend"),
    [
        ("60", "50", "10", Trend.BETTER),
        ("50", "60", "-10", Trend.WORSE),
        ("50", "50.04", "-0.04", Trend.SAME),
        ("50.05", "50", "0.05", Trend.BETTER),
        ("180", "140", "0", Trend.SAME),
        ("60", None, None, None),
    ],
)
def test_the_trend(now: str, before: str | None, change: str | None, trend: Trend | None) -> None:
    found = roll_up([scored(now, before=before), scored("10")])
    assert (found.change, found.trend) == (None if change is None else D(change), trend)


def test_nothing_comes_of_nothing() -> None:
    found = roll_up([])
    assert (found.coverage, found.score, found.light, found.trend) == (None, None, Light.GREY, None)


@checked
@given(GROUPS)
def test_a_score_lies_among_its_members_and_needs_its_coverage(group: list[Member]) -> None:
    found = roll_up(group)
    assert found.assessed <= found.asked <= found.indicators == sum(found.lights.values())
    if found.score is None:
        assert found.coverage is None or not found.assessed or found.coverage <= MINIMUM_COVERAGE
    else:
        inside = [min(D(100), max(D(0), m.score.progress)) for m in group if m.score.progress is not None]
        assert min(inside) <= found.score <= max(inside)
        assert found.coverage is not None
        assert found.coverage >= MINIMUM_COVERAGE
    assert (found.light == Light.GREY) == (found.pace is None)


@checked
@given(GROUPS, st.randoms(use_true_random=False))
def test_the_order_does_not_matter(group: list[Member], random: st.DataObject) -> None:
    shuffled = list(group)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert roll_up(shuffled) == roll_up(group)


@checked
@given(GROUPS, st.integers(1, 1000))
def test_only_the_shares_of_the_weights_matter(group: list[Member], factor: int) -> None:
    heavier = [replace(member, weight=member.weight * factor) for member in group]
    assert roll_up(heavier) == roll_up(group)


@checked
@given(GROUPS, st.data(), st.decimals(0, 500, places=3))
def test_a_better_figure_never_makes_a_group_worse(
    group: list[Member], data: st.DataObject, gain: Decimal
) -> None:
    known = [number for number, member in enumerate(group) if member.score.progress is not None]
    if not known:
        return
    chosen = data.draw(st.sampled_from(known))
    old = group[chosen].score
    assert old.progress is not None
    better = replace(
        old, progress=old.progress + gain, on_track=None if old.on_track is None else old.on_track + gain
    )
    before, after = (
        roll_up(group),
        roll_up([*group[:chosen], replace(group[chosen], score=better), *group[chosen + 1 :]]),
    )
    assert (before.score is None) == (after.score is None)
    for worse, now in ((before.score, after.score), (before.pace, after.pace), (before.change, after.change)):
        assert worse is None or (now is not None and now >= worse)


METADATA = MetaData()
MEMBERS = Table(
    "random_members",
    METADATA,
    Column("group_id", Integer),
    *[Column(name, Numeric) for name in ("weight", "progress", "on_track", "before_progress")],
    Column("light", Text),
    *[Column(name, Boolean) for name in ("asked", "overdue", "at_home", "uncorrected")],
    prefixes=["temporary"],
)
_BOARD = rolled_up(MEMBERS, ["group_id"])
ROLLED_UP = Query(lambda: select(*_BOARD.c))


@pytest.fixture(scope="module")
async def table(owner: Connection) -> Connection:
    """A connection with the temporary table."""
    await owner.execute(str(CreateTable(MEMBERS).compile(dialect=postgresql.dialect())))
    return owner


async def in_sql(connection: Connection, groups: Sequence[Sequence[Member]]) -> list[RollUp]:
    """The roll-ups of all groups, by one statement, in their order."""
    await connection.execute("truncate random_members")
    await connection.copy_records_to_table(
        "random_members",
        records=[
            (
                *(number, m.weight, m.score.progress, m.score.on_track, m.before, m.score.light.value),
                *(m.asked, m.overdue, True, m.uncorrected),
            )
            for number, group in enumerate(groups)
            for m in group
        ],
    )
    rows = sorted(await connection.fetch(ROLLED_UP.sql))
    return [
        RollUp(
            *(row[name] for name in ("indicators", "asked", "assessed", "overdue", "on_track")),
            lights={one: row[one.value] for one in Light},
            **{name: row[name] for name in ("coverage", "score", "pace", "change")},
            light=Light(row["light"]),
            trend=None if row["trend"] is None else Trend(row["trend"]),
            red_without_corrective=row["red_without_corrective"],
        )
        for row in rows
    ]


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.lists(members(), min_size=1, max_size=6), min_size=1, max_size=12))
async def test_sql_and_python_agree(table: Connection, groups: list[list[Member]]) -> None:
    assert await in_sql(table, groups) == [roll_up(group) for group in groups]
