"""The arithmetic in SQL gives, to the last digit and for many results in one statement, what Python gives.

Both round each quotient, and nothing else, to ten decimals, half away from zero; so scores are compared as
they are. Without that rounding they could not be: a third has no end in either, and PostgreSQL's division
stops at 16 significant digits where Python's goes on to 28.
"""

from collections.abc import Sequence
from dataclasses import astuple, replace
from datetime import date
from decimal import Decimal
from typing import Any, TypeAlias

import asyncpg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Column, Date, Integer, MetaData, Numeric, SmallInteger, Table, Text, select, true
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateTable

from app.db import Query
from app.enums import Light
from app.services.scores import rules
from app.services.scores.arithmetic_sql import scored
from app.services.scores.rules import Expectation, Measured, Score
from tests.scores.drawing import Case, cases, shipped_definitions, shipped_figures

METADATA = MetaData()


def _columns(**types: Any) -> list[Column[Any]]:
    return [Column(name, type_) for name, type_ in types.items()]


DEFINITION = {
    "polarity": Text,
    "measure": Text,
    "tolerance": Numeric,
    "green_at": Numeric,
    "amber_at": Numeric,
}
BASELINE = {"baseline_value": Numeric, "baseline_rank": Integer, "baseline_year": SmallInteger}
RESULTS = Table(
    "random_results",
    METADATA,
    *_columns(definition_id=Integer, **DEFINITION, **BASELINE, value=Numeric, rank=Integer, period_end=Date),
    prefixes=["temporary"],
)
ENDS = {"value": Numeric, "value_max": Numeric, "outer_min": Numeric, "outer_max": Numeric}
TARGETS = Table(
    "random_targets",
    METADATA,
    Column("definition_id", Integer, primary_key=True),
    Column("year", SmallInteger, primary_key=True),
    *_columns(kind=Text, **ENDS),
    *_columns(rank=Integer, window_start=SmallInteger, window_end=SmallInteger),
    prefixes=["temporary"],
)

_SCORE = scored(RESULTS, TARGETS)
SCORES = Query(lambda: select(RESULTS.c.definition_id, *_SCORE.c).select_from(RESULTS.join(_SCORE, true())))

Scored: TypeAlias = tuple[Score, Expectation, int | None]
"""A score, what was expected, and the year of the target."""

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"


@pytest.fixture(scope="module")
async def tables(owner: Connection) -> Connection:
    """A connection with the two temporary tables."""
    for table in (RESULTS, TARGETS):
        await owner.execute(str(CreateTable(table).compile(dialect=postgresql.dialect())))
    return owner


async def in_sql(connection: Connection, given_: Sequence[Case]) -> list[Scored]:
    """The scores of all cases, by one statement, in their order."""
    await connection.execute("truncate random_results, random_targets")
    await connection.copy_records_to_table("random_results", records=map(_result, range(len(given_)), given_))
    await connection.copy_records_to_table(
        "random_targets",
        records=[
            (number, year, *astuple(t))
            for number, case in enumerate(given_)
            for year, t in case.definition.targets.items()
        ],
    )
    rows = sorted(await connection.fetch(SCORES.sql))
    assert [row["definition_id"] for row in rows] == list(range(len(given_)))
    return [
        (
            Score(row["progress"], row["on_track"], Light(row["light"])),
            Expectation(row["expected_value"], row["expected_rank"]),
            row["target_year"],
        )
        for row in rows
    ]


def _result(number: int, case: Case) -> tuple[Any, ...]:
    d, b = case.definition, case.definition.baseline
    definition = (number, d.polarity.value, d.measure.value, d.tolerance, d.green_at, d.amber_at)
    return (*definition, b.value, b.rank, b.year, case.measured.value, case.measured.rank, case.period_end)


def in_python(given_: Sequence[Case]) -> list[Scored]:
    """The same in Python."""
    return [
        (
            rules.assess(case.definition, case.measured, case.period_end),
            rules.expectation(case.definition, case.period_end),
            rules.target_year(case.definition.targets, case.period_end.year),
        )
        for case in given_
    ]


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(given_=st.lists(cases(), min_size=1, max_size=20))
async def test_sql_and_python_agree_on_random_definitions(tables: Connection, given_: list[Case]) -> None:
    assert await in_sql(tables, given_) == in_python(given_)


async def test_sql_and_python_agree_on_all_figures_that_ship(tables: Connection) -> None:
    definitions = shipped_definitions()
    shipped = [
        Case(replace(definitions[code], tolerance=tolerance), measured, end)
        for (code, end), told in shipped_figures().items()
        for measured in told
        for tolerance in (None, Decimal(5))
    ]
    scores = in_python(shipped)
    assert len({case.definition.baseline for case in shipped}) > 20
    assert {score.light for score, *_ in scores} == set(Light)
    assert await in_sql(tables, shipped) == scores


async def test_sql_and_python_agree_on_all_targets_that_ship(tables: Connection) -> None:
    """Every indicator, also those without a figure, in every year, at what its targets ask and beside it."""
    step = Decimal("0.37")
    asked = [
        Case(replace(definition, tolerance=tolerance), Measured(value, rank), date(year, month, 28))
        for definition in shipped_definitions().values()
        for tolerance in (None, Decimal(9))
        for year in range(2016, 2042, 4)
        for month in (2, 12)
        for target in definition.targets.values()
        for value, rank in [
            (target.value, target.rank),
            (None if target.value is None else target.value - step, (target.rank or 0) + 7),
            (None if target.value_max is None else target.value_max + step, None),
        ]
    ]
    scores = in_python(asked)
    assert len(asked) > 3000
    assert {score.light for score, *_ in scores} == set(Light)
    assert await in_sql(tables, asked) == scores
