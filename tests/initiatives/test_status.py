"""How an initiative is doing: the published rule, and the same in SQL (docs/initiative-status.md)."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Any

import asyncpg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.dialects import postgresql

from app.enums.initiatives import InitiativeState, InitiativeStatus
from app.services.initiatives import curve, status
from app.services.initiatives.status import Planned, Standing
from tests.factories.initiatives import House

BEGIN = date(2026, 1, 1)
END = BEGIN + timedelta(days=99)


def milestones(*days: tuple[int, int, int], done: Sequence[int] = ()) -> list[Planned]:
    """Of weight, first day and due day, counted from the beginning."""
    return [
        Planned(Fraction(weight), BEGIN + timedelta(first), BEGIN + timedelta(due), place in done)
        for place, (weight, first, due) in enumerate(days)
    ]


def standing(percent: int | None = None, *, forecast: int | None = None, **more: Any) -> Standing:
    plan = more.pop("plan", milestones((50, 0, 49), (50, 50, 99)))
    return Standing(
        state=more.pop("state", "approved"),
        starts_on=BEGIN,
        ends_on=END,
        milestones=plan,
        percent=None if percent is None else Fraction(percent),
        forecast_end=None if forecast is None else BEGIN + timedelta(forecast),
    )


def test_the_plan_is_linear_inside_each_milestone() -> None:
    plan = milestones((60, 0, 9), (40, 20, 29))
    assert status.planned(plan, BEGIN - timedelta(days=1)) == 0
    assert status.planned(plan, BEGIN) == 6
    assert status.planned(plan, BEGIN + timedelta(days=9)) == 60
    assert status.planned(plan, BEGIN + timedelta(days=15)) == 60
    assert status.planned(plan, BEGIN + timedelta(days=24)) == 80
    assert status.planned(plan, BEGIN + timedelta(days=400)) == 100


@pytest.mark.parametrize(
    ("given_", "day", "expected"),
    [
        (standing(), -1, "not_started"),
        (standing(5), -1, "on_track"),
        (standing(), 0, "late"),  # one percent is planned, and nothing reported
        (standing(40), 39, "on_track"),
        (standing(36), 39, "on_track"),
        (standing(35), 39, "at_risk"),
        (standing(28), 39, "at_risk"),
        (standing(27), 39, "late"),
        (standing(40, forecast=99), 39, "on_track"),
        (standing(40, forecast=100), 39, "at_risk"),
        (standing(40, forecast=109), 39, "at_risk"),
        (standing(40, forecast=110), 39, "late"),
        (standing(60), 55, "at_risk"),  # the first milestone is not reached
        (standing(60, plan=milestones((50, 0, 49), (50, 50, 99), done=[0])), 55, "on_track"),
        (standing(99, plan=milestones((50, 0, 49), (50, 50, 99), done=[0])), 100, "late"),
        (standing(100), 400, "on_track"),
        (standing(10, state="stopped"), 39, "stopped"),
        (standing(10, state="closed"), 39, "closed"),
        (standing(10, state="closing"), 39, "late"),
        (standing(10, state="draft"), 39, None),
    ],
)
def test_the_published_rule(given_: Standing, day: int, expected: str | None) -> None:
    found = status.of(given_, BEGIN + timedelta(days=day))
    assert found == (None if expected is None else InitiativeStatus(expected))


@given(
    st.lists(st.tuples(st.integers(0, 100), st.integers(0, 300), st.integers(0, 300)), min_size=1, max_size=6)
)
def test_the_curve_bends_only_where_it_says(said: list[tuple[int, int, int]]) -> None:
    plan = milestones(*[(weight, first, first + length) for weight, first, length in said])
    points = [
        (date.fromisoformat(point["day"]), Fraction(str(point["percent"]))) for point in curve.points(plan)
    ]
    assert points == sorted(points)
    assert [percent for _, percent in points] == sorted(percent for _, percent in points)
    for (first, low), (last, high) in pairwise(points):
        middle = first + (last - first) // 2
        share = Fraction((middle - first).days, (last - first).days)
        between = low + (high - low) * share
        assert abs(status.planned(plan, middle) - between) <= Fraction(3, 10_000)


_days = st.integers(-20, 140)


@st.composite
def standings(draw: st.DrawFn) -> Standing:
    weights = draw(st.lists(st.decimals(0, 100, places=2), min_size=1, max_size=4))
    plan = [
        Planned(
            Fraction(weight),
            BEGIN + timedelta(first := draw(st.integers(0, 99))),
            BEGIN + timedelta(draw(st.integers(first, 99))),
            draw(st.booleans()),
        )
        for weight in weights
    ]
    percent = draw(st.none() | st.decimals(0, 100, places=2))
    forecast = draw(st.none() | _days)
    return Standing(
        state=draw(st.sampled_from([*InitiativeState])),
        starts_on=BEGIN,
        ends_on=END,
        milestones=plan,
        percent=None if percent is None else Fraction(percent),
        forecast_end=None if forecast is None else BEGIN + timedelta(forecast),
    )


def _decimal(number: Fraction | None) -> Decimal | None:
    return None if number is None else Decimal(number.numerator) / Decimal(number.denominator)


@pytest.fixture(scope="module")
async def tables(owner: "asyncpg.Connection[asyncpg.Record]") -> "asyncpg.Connection[asyncpg.Record]":
    """A connection on which the three tables are empty ones without a rule."""
    for table in ("initiatives", "milestones", "milestone_baselines"):
        await owner.execute(f"create temporary table {table} as select * from public.{table} limit 0")
    return owner


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(standings(), min_size=1, max_size=12), _days)
async def test_sql_and_python_agree(
    tables: "asyncpg.Connection[asyncpg.Record]", said: list[Standing], day: int
) -> None:
    from app.models import Initiative
    from app.services.initiatives import status_sql

    today = BEGIN + timedelta(days=day)
    await tables.execute("truncate pg_temp.initiatives, pg_temp.milestones, pg_temp.milestone_baselines")
    for number, each in enumerate(said):
        id_ = f"00000000-0000-0000-0000-{number:012d}"
        await tables.execute(
            "insert into pg_temp.initiatives (id, state, baseline_starts_on, baseline_ends_on, latest_percent,"
            " latest_forecast_end) values ($1, $2, $3, $4, $5, $6)",
            *(id_, each.state, each.starts_on, each.ends_on, _decimal(each.percent), each.forecast_end),
        )
        for place, m in enumerate(each.milestones, 1):
            values_ = (id_, place, _decimal(m.weight), m.starts_on, m.due_on)
            await tables.execute(
                "insert into pg_temp.milestone_baselines (initiative_id, number, weight, starts_on, due_on)"
                " values ($1, $2, $3, $4, $5)",
                *values_,
            )
            await tables.execute(
                "insert into pg_temp.milestones (initiative_id, number, weight, starts_on, due_on, done_on)"
                " values ($1, $2, $3, $4, $5, $6)",
                *(*values_, m.starts_on if m.done else None),
            )
    i = Initiative.__table__
    statement = select(status_sql.of(i).label("status"), status_sql.planned(i).label("planned")).order_by(
        i.c.id
    )
    text = str(statement.compile(dialect=postgresql.dialect(paramstyle="named")))
    rows = await tables.fetch(
        text.replace("%(today)s::DATE", "$1::date").replace(":today", "$1::date"), today
    )
    assert [row["status"] for row in rows] == [status.of(each, today) for each in said]
    assert [Fraction(row["planned"]) for row in rows] == [
        status.planned(each.milestones, today) for each in said
    ]


async def test_the_list_is_narrowed_by_status(house: House) -> None:
    late = await house.approved()
    reached = await house.approved()
    await house.progressed(reached, {1: 100, 2: 40})
    for wanted, found in (("late", late), ("on_track", reached)):
        answer = await house.specialist.api.get(
            "/v1/initiatives", status=wanted, entity_id=str(house.entity.id)
        )
        assert [item["id"] for item in answer.json()["items"]] == [str(found.id)]
