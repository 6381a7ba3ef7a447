"""What is kept with each approval, publication and load is what comes of computing it from scratch."""

import asyncio
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any, TypeAlias
from uuid import UUID

import asyncpg
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app import ids
from app.db import OwnerLane
from app.enums import SubjectKind
from app.services.scores import commands
from tests.factories.world import Entity, World
from tests.results.office import Office
from tests.scores.drawing import VALUES, Case, cases
from tests.scores.recomputed import assert_kept, kept_scores, kept_standings, served

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"

NOW = datetime.now(UTC)
PERIODS = [
    *((str(year), date(year, 1, 1), date(year, 12, 31)) for year in (2023, 2024, 2025, 2026)),
    ("2025-12", date(2025, 12, 1), date(2025, 12, 31)),  # ends with the year
]
FIGURES = st.fixed_dictionaries(
    {
        "period": st.sampled_from(PERIODS),
        "value": st.none() | VALUES,
        "rank": st.none() | st.integers(1, 200),
        "obs_status": st.sampled_from(["A", "A", "A", "P", "F"]),
        "classification": st.sampled_from(["internal", "internal", "open", "restricted"]),
        "published": st.booleans(),
    }
)


async def defined(world: World, entity: Entity, case: Case) -> UUID:
    """An active indicator with the definition of a case."""
    indicator, d = await world.indicator(entity), case.definition
    definition_id = await world.owner.fetchval(
        """
        update definitions set tolerance = $2, baseline_value = $3, baseline_rank = $4, baseline_year = $5,
            green_at = $6, amber_at = $7
        where indicator_id = $1 returning id
        """,
        *(indicator, d.tolerance, d.baseline.value, d.baseline.rank, d.baseline.year, d.green_at, d.amber_at),
    )
    await world.owner.execute(
        "update indicators set polarity = $2, measure = $3 where id = $1",
        *(indicator, d.polarity.value, d.measure.value),
    )
    for year, target in d.targets.items():
        names = ("value", "value_max", "outer_min", "outer_max", "rank", "window_start", "window_end")
        numbers = {name: getattr(target, name) for name in names}
        await world.insert(
            "targets", definition_id=definition_id, year=year, kind=target.kind.value, **numbers
        )
    return indicator


async def figure(world: World, indicator: UUID, said: dict[str, Any], moment: datetime) -> UUID:
    """A loaded revision after all that there are."""
    of = await world.owner.fetchrow(
        "select entity_id, definition_id from indicators where id = $1", indicator
    )
    assert of is not None
    result_id = ids.new()
    await world.subject(result_id, SubjectKind.RESULT, of["entity_id"])
    period, start, end = said["period"]
    revision = await world.owner.fetchval(
        "select count(*) + 1 from results where indicator_id = $1 and period = $2", indicator, period
    )
    published = said["published"] and said["classification"] != "restricted"
    await world.insert(
        "results",
        **{"id": result_id, "indicator_id": indicator, "period": period, "revision": revision},
        **{"period_start": start, "period_end": end, **of, "state": "approved"},
        **{name: said[name] for name in ("value", "rank", "obs_status", "classification")},
        **{f"parties_{step}": [] for step in ("enter", "review", "approve")},
        **dict.fromkeys(("recorded_at", "known_from", "approved_at"), moment),
        published_at=moment if published else None,
    )
    return result_id


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(case=cases(), histories=st.lists(st.lists(FIGURES, min_size=1, max_size=4), min_size=1, max_size=4))
async def test_kept_rows_are_what_is_computed_anew(
    world: World, case: Case, histories: list[list[dict[str, Any]]]
) -> None:
    """Figures of a few periods, corrected, published, restricted or only forecast, some of them at once."""
    await world.owner.execute("truncate scores, standings")
    await world.owner.execute("delete from results")
    indicator = await defined(world, await world.entity(), case)
    minutes = count()
    for at_once in histories:
        made = [
            await figure(world, indicator, said, NOW + timedelta(minutes=next(minutes))) for said in at_once
        ]
        await commands.keep(OwnerLane(world.owner), made)
    scores, standings = await assert_kept(world.owner)
    assert len(scores) == sum(map(len, histories))
    assert len(standings) <= 2
    # Once more, and all of it from the beginning, changes nothing.
    await commands.keep(OwnerLane(world.owner), list(scores))
    await assert_kept(world.owner)
    await world.owner.execute("truncate scores, standings")
    while await commands.fill(OwnerLane(world.owner), batch=2):
        pass
    await assert_kept(world.owner)


async def test_each_way_to_an_approval_keeps_the_rows(world: World) -> None:
    """One by one, many at once, a correction of the newest and of an older period, and what is restricted."""
    office = await Office.make(world)
    await world.target(office.indicator, 2030, value=100)
    for period in ("2022", "2023", "2024"):
        await world.obligation(office.indicator, office.entity, period, closes_on=date(2999, 1, 1))
    first, second = await office.approved("2022", value=30), await office.reviewed("2023", value=101)
    secret = await office.reviewed("2024", value=5, classification="restricted")
    items = [
        {"id": str(one.id), "if_match": await office.head.api.etag(one.path), "decision": "approve"}
        for one in (second, secret)
    ]
    decided = await office.manager.api.create("/v1/results/decisions", {"items": items[:1]})
    assert [one["status"] for one in decided.json()["items"]] == [200]
    _, standings = await assert_kept(world.owner)
    assert standings[office.indicator, "internal"]["result_id"] == second.id
    assert standings[office.indicator, "internal"]["before_id"] == first.id
    assert (office.indicator, "published") not in standings
    await office.approve(secret)
    await office.reopened(first)
    older = await office.finished(await office.corrected(first, 40))
    _, standings = await assert_kept(world.owner)
    assert standings[office.indicator, "internal"]["result_id"] == second.id
    assert standings[office.indicator, "internal"]["before_id"] == older.id
    await office.reopened(second)
    newer = await office.finished(await office.corrected(second, 102))
    await office.published(older)
    scores, standings = await assert_kept(world.owner)
    assert standings[office.indicator, "internal"]["result_id"] == newer.id
    assert standings[office.indicator, "published"]["result_id"] == older.id
    assert not scores[secret.id]["counted"]
    kept = {
        row["id"]: row["served_on"]
        for row in await world.owner.fetch("select id, served_on from obligations where replaced_at is null")
    }
    assert kept == await served(world.owner)
    assert None not in kept.values()


async def test_an_average_is_scored_by_the_mean_of_its_window(world: World) -> None:
    office = await Office.make(world)
    await world.target(office.indicator, 2025, kind="average", value=4, window_start=2023, window_end=2025)
    before = await office.approved("2022", value=100)
    first = await office.approved("2023", value=2)
    second = await office.approved("2024", value=3)
    third = await office.approved("2025", value=7)
    scores, _ = await assert_kept(world.owner)
    means = [scores[one.id]["mean"] for one in (before, first, second, third)]
    assert means == [None, 2, Decimal("2.5"), 4]
    assert [scores[one.id]["light"] for one in (before, first, second, third)] == [
        *("grey", "grey", "grey", "green")
    ]
    shown = (await office.manager.api.get(third.path)).json()["score"]
    assert (shown["mean"], shown["progress"], shown["target_kind"]) == (4, 100, "average")

    # An earlier figure of the window that is corrected changes what the later ones come to.
    await office.reopened(first)
    await office.finished(await office.corrected(first, 1))
    scores, standings = await assert_kept(world.owner)
    assert scores[third.id]["light"] == standings[office.indicator, "internal"]["light"] == "grey"

    # A published mean tells nothing of what is not published: there is none until all of its window is.
    await office.published(third)
    scores, standings = await assert_kept(world.owner)
    assert (scores[third.id]["mean"], scores[third.id]["progress"]) == (None, None)
    assert standings[office.indicator, "published"]["light"] == "grey"
    await office.published(second)
    await office.published(first)  # as it was before it was corrected
    scores, standings = await assert_kept(world.owner)
    assert scores[third.id]["mean"] == 4
    assert standings[office.indicator, "published"]["light"] == "green"


async def test_no_mean_tells_of_a_restricted_figure(world: World) -> None:
    """Not even that of another restricted one, which may have readers of its own; and the draft is told the same."""
    office = await Office.make(world)
    await world.target(office.indicator, 2025, kind="average", value=4, window_start=2023, window_end=2026)
    await office.approved("2022", value=9, classification="restricted")  # outside the window
    secret = await office.approved("2023", value=2, classification="restricted")
    later = [
        await office.reviewed("2024", value=3, classification="restricted"),
        await office.reviewed("2025", value=7),
    ]
    for one in later:
        draft = (await office.manager.api.get(one.path)).json()["score"]
        assert (draft["mean"], draft["light"]) == (None, "grey")
        await office.approve(one)
    scores, _ = await assert_kept(world.owner)
    assert [scores[one.id]["mean"] for one in (secret, *later)] == [2, None, None]
    shown = (await office.manager.api.get(later[1].path)).json()["score"]
    assert (shown["mean"], shown["progress"], shown["expected_value"]) == (None, None, 4)


async def test_two_who_approve_at_once_see_each_other_s_figure(world: World) -> None:
    for _ in range(3):
        office = await Office.make(world)
        figures = [await office.reviewed(str(year), value=year) for year in (2022, 2023, 2024)]
        etags = [await office.manager.api.etag(one.path) for one in figures]
        answers = await asyncio.gather(
            *(
                office.manager.api.step(f"{one.path}/approve", etag)
                for one, etag in zip(figures, etags, strict=True)
            )
        )
        assert {answer.status_code for answer in answers} == {200}
        stood = (await kept_standings(world.owner))[office.indicator, "internal"]
        assert (stood["result_id"], stood["before_id"]) == (figures[2].id, figures[1].id)


async def test_the_rows_are_written_by_nobody_else(world: World) -> None:
    """The wall lets only the owner's people write, and an approval that fails leaves none."""
    office = await Office.make(world)
    result = await office.reviewed()
    refused = await office.reviewer.api.step(
        f"{result.path}/approve", await office.reviewer.api.etag(result.path)
    )
    assert refused.status_code == 403
    assert result.id not in await kept_scores(world.owner)
    await office.approve(result)
    async with world.owner.transaction():
        await world.owner.execute("set local role mutabaa_app")
        assert await world.owner.fetchval("select count(*) from scores where result_id = $1", result.id) == 0
        assert "0" in await world.owner.execute("update scores set light = light where not published")
    deleted = "select has_table_privilege('mutabaa_app', 'standings', 'delete')"
    assert await world.owner.fetchval(deleted) is False
