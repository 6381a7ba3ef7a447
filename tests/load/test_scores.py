"""What is kept of all that ships is what comes of computing it anew, also after the files say otherwise."""

import asyncpg

from app.db import OwnerLane
from app.enums import Light
from app.services.scores import commands as scores
from tests.load.conftest import Loaded
from tests.scores.recomputed import assert_kept, served


async def test_the_kept_rows_of_all_that_ships(
    loaded: Loaded, owner: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    kept_scores, standings = await assert_kept(owner)
    approved = await owner.fetchval("select count(*) from results where state = 'approved'")
    assert len(kept_scores) == approved > 300
    assert {row["light"] for row in kept_scores.values()} == set(Light)
    assert len({indicator for indicator, _ in standings}) > 20
    kept = await owner.fetch("select id, served_on from obligations where replaced_at is null")
    assert {row["id"]: row["served_on"] for row in kept} == await served(owner)
    assert any(row["served_on"] for row in kept)


CHANGES = {
    "targets": "value = value * 2 where kind = 'value'",
    "definitions": "baseline_value = baseline_value - 1",
    "indicators": "polarity = 'lower_better' where code = 'non_oil_share_gdp'",
}


async def test_a_load_that_changes_what_figures_are_held_against_scores_them_anew(
    loaded: Loaded, owner: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    """As if an earlier release of the data had said so: the files of today bring it back."""
    before, _ = await assert_kept(owner)
    async with owner.transaction():
        await owner.execute("set local session_replication_role = replica")
        for table, change in CHANGES.items():
            await owner.execute(f"update {table} set {change}")
        # What they were held against then.
        await scores.keep(OwnerLane(owner), list(before))
    assert (await assert_kept(owner))[0] != before
    counts = await loaded.again()
    assert all(counts[table].changed for table in CHANGES)
    assert (await assert_kept(owner))[0] == before
