"""A database with the shipped data and the demo's people in it."""

import csv
from dataclasses import dataclass
from pathlib import Path

import asyncpg
import pytest

from app import loading
from app.loading import Counts

DATA = Path(__file__).resolve().parents[2] / "data"
PASSWORD = "خمس نخلات وبئر"


@dataclass(frozen=True)
class Loaded:
    """A loaded database, and what loading said."""

    url: str
    counts: Counts
    said: list[str]

    async def again(self, data: Path = DATA, password: str | None = PASSWORD) -> Counts:
        """Load once more."""
        return await loading.load(self.url, data, demo=True, say=_silent, demo_password=password)


@pytest.fixture(scope="module")
async def loaded(database_url: str) -> Loaded:
    """The database of this module, loaded."""
    said: list[str] = []
    counts = await loading.load(database_url, DATA, demo=True, say=said.append, demo_password=PASSWORD)
    return Loaded(database_url, counts, said)


def rows(name: str) -> list[dict[str, str]]:
    """The records of a shipped file."""
    with open(DATA / f"{name}.csv", encoding="utf-8", newline="") as text:
        return list(csv.DictReader(text))


async def checksums(owner: "asyncpg.Connection[asyncpg.Record]") -> dict[str, str]:
    """What every table holds, to the last column."""
    tables = await owner.fetch("select tablename from pg_tables where schemaname = 'public' order by 1")
    return {
        table: await owner.fetchval(
            f"select count(*) || ' ' || coalesce(md5(string_agg(t::text, '|' order by t::text)), '') from {table} t"
        )
        for (table,) in tables
    }


def _silent(_: str) -> None:
    pass
