"""Loading into a database that the release before definitions had filled."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from uuid import uuid4

import asyncpg
import pytest

from app import loading
from app.enums import SubjectKind
from app.local_postgres import Server
from app.migrating import migrate
from app.services.load import merging
from app.services.load.catalogue import load_structure, read_catalogue
from app.services.load.merging import Table
from tests.conftest import url_of
from tests.load.conftest import DATA, checksums, rows
from tests.scores.recomputed import assert_kept

LONG_AGO = datetime(2026, 11, 21, tzinfo=UTC)
OLD_INDICATORS = Table("indicators", kind=SubjectKind.INDICATOR)
MOVED = ("source", "decimals", "baseline_value", "baseline_rank", "baseline_rank_of", "baseline_year")
"""Columns of the definition that the indicator itself had."""


@pytest.fixture
async def old_url(cluster: Server) -> AsyncIterator[str]:
    """A database as the release before left it: loaded, one indicator edited by people."""
    name = f"test_{uuid4().hex}"
    server = await asyncpg.connect(url_of(cluster, "postgres"))
    await server.execute(f"create database {name}")
    url = url_of(cluster, name)
    await migrate(url, "guards")
    connection = await asyncpg.connect(url)
    async with connection.transaction():
        await _fill(connection)
    await connection.close()
    yield url
    await server.execute(f"drop database {name} with (force)")
    await server.close()


async def _fill(connection: "asyncpg.Connection[asyncpg.Record]") -> None:
    told = replace(read_catalogue(DATA), development_plans=[])  # these came later
    await load_structure(connection, told, LONG_AGO)
    ids = {
        column: await merging.codes(connection, table)
        for column, table in (
            ("entity_id", "entities"),
            ("priority_id", "priorities"),
            ("programme_id", "programmes"),
        )
    }
    old = []
    for record, definition in zip(told.indicators.records, told.indicators.definitions, strict=True):
        if record["level"] != "special":  # these came later
            made = merging.resolved(record, **ids) | {column: definition[column] for column in MOVED}
            del made["entered_by"]
            old.append(made | {"id": merging.made_id("indicators", record["code"])})
    await merging.insert(connection, OLD_INDICATORS, old, LONG_AGO)
    indicators = await merging.codes(connection, "indicators")
    for target in told.indicators.targets:
        values = {name: value for name, value in target.items() if name != "definition_id"}
        names = ", ".join(values)
        marks = ", ".join(f"${number}" for number in range(2, len(values) + 2))
        await connection.execute(
            f"insert into indicator_targets (indicator_id, {names}) values ($1, {marks})",
            indicators[target["definition_id"]],
            *values.values(),
        )
    result_id = merging.made_id("results", indicators["hale"], "2022", 1)
    await connection.execute(
        """
        insert into subjects (id, kind, entity_id, created_at)
        select $1, 'result', entity_id, $2 from indicators where code = 'hale'
        """,
        result_id,
        LONG_AGO,
    )
    await connection.execute(
        """
        insert into results (id, indicator_id, entity_id, period, period_start, period_end, revision, state,
                             classification, value, obs_status, parties_enter, parties_review, parties_approve,
                             recorded_at, known_from, approved_at, published_at, source_id)
        select $1, i.id, i.entity_id, '2022', '2022-01-01', '2022-12-31', 1, 'approved', 'open', 64.7, 'A', '{}',
               '{}', '{}', $2, '2024-10-05 00:00+04', $2, $2, s.id
        from indicators i, sources s where i.code = 'hale' and s.code = 'observer-2024-10-05'
        """,
        result_id,
        LONG_AGO,
    )
    await connection.execute(
        """
        insert into events (subject_id, action, to_state, at) values ($1, 'results.load', 'approved', $2)
        """,
        result_id,
        LONG_AGO,
    )
    await connection.execute(
        "insert into holidays (day, name_ar, name_en, estimated) values ('2027-03-08', 'عيد', 'Ours', false)"
    )
    await connection.execute("update indicators set note = 'Ours', version = version + 1 where code = 'spi'")


async def test_a_migrated_database_is_brought_up_without_doubling(old_url: str) -> None:
    said: list[str] = []
    await migrate(old_url)
    connection = await asyncpg.connect(old_url)
    try:
        scores, standings = await assert_kept(connection)
        assert (len(scores), len(standings)) == (1, 2), (
            "what was published is scored, and stands in both scopes"
        )
        migrated = {
            row["code"]: row["id"]
            for row in await connection.fetch(
                "select i.code, d.id from definitions d join indicators i on i.definition_id = d.id"
            )
        }
        counts = await loading.load(old_url, DATA, demo=False, say=said.append)
        assert counts["entities"].unchanged == len(rows("entities"))
        assert (counts["indicators"].new, counts["indicators"].kept) == (4, 1)
        assert (counts["definitions"].new, counts["definitions"].kept) == (4, 0)
        assert (counts["targets"].new, counts["targets"].changed) == (0, 0)

        for table in ("indicators", "definitions"):
            assert await connection.fetchval(f"select count(*) from {table}") == len(rows("indicators"))
            behind = await connection.fetch(
                f"""
                select t.id from {table} t
                where t.version <> (select count(*) from events e where e.subject_id = t.id and e.action = $1)
                """,
                f"{table}.load",
            )
            assert len(behind) == (1 if table == "indicators" else 0), "only what people edited"
        assert await connection.fetchval("select count(*) from targets") == len(rows("targets"))
        assert await connection.fetchval("select count(*) from holidays where day = '2027-03-08'") == 1

        found = {
            row["code"]: row
            for row in await connection.fetch(
                """
                select i.code, i.entered_by, i.note, d.id, d.version, d.aggregation, d.baseline_value
                from indicators i join definitions d on d.id = i.definition_id and d.number = 1
                """
            )
        }
        assert {code: found[code]["id"] for code in migrated} == migrated, "the migration's ids stay"
        fiscal = found["fiscal_balance_gdp"]
        assert (fiscal["aggregation"], fiscal["version"]) == ("ratio", 2)
        assert fiscal["baseline_value"] == Decimal("-11.7")
        assert (found["gii"]["entered_by"], found["gii"]["version"]) == ("unit", 2)
        assert (found["spi"]["entered_by"], found["spi"]["note"]) == ("owner", "Ours")
        hale = await connection.fetch(
            """
            select r.revision, r.definition_id from results r join indicators i on i.id = r.indicator_id
            where i.code = 'hale' and r.period = '2022'
            """
        )
        assert [tuple(row) for row in hale] == [(1, migrated["hale"])]

        await assert_kept(connection)
        before = await checksums(connection)
        await loading.load(old_url, DATA, demo=False, say=said.append)
        assert await checksums(connection) == before
    finally:
        await connection.close()
