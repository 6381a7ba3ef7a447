"""An indicator's figures over time: the same that its card shows, what was known before, and what is expected."""

from datetime import UTC, date, datetime
from decimal import Decimal
from random import Random
from typing import Any
from uuid import UUID

from app.enums import Measure, Polarity, Role, TargetKind
from app.schemas.series import SeriesRead
from app.services.scores import rules
from app.services.series.queries import LEVELS
from tests.core.refusals import client_of, refused
from tests.definitions.ministry import Ministry
from tests.factories.world import Person, World
from tests.results.office import Figure, Office


async def series(person: Person, indicator: UUID, **params: str) -> SeriesRead:
    """The series as a person sees it."""
    answer = await person.api.get(f"/v1/indicators/{indicator}/series", **params)
    assert answer.status_code == 200, answer.text
    return SeriesRead.model_validate_json(answer.content)


async def known(world: World, figure: Figure, moment: datetime) -> None:
    """Let a revision have been known since then."""
    async with world.owner.transaction():
        await world.owner.execute("set local session_replication_role = replica")  # past the trigger
        await world.owner.execute("update results set known_from = $2 where id = $1", figure.id, moment)


async def test_each_period_has_its_latest_figure_its_score_and_what_was_known_before(world: World) -> None:
    office = await Office.make(world, measure=Measure.VALUE_AND_RANK)
    await world.owner.execute(
        "update definitions set baseline_value = 20, baseline_year = 2020, baseline_rank = 60"
        " where indicator_id = $1",
        office.indicator,
    )
    await world.target(office.indicator, 2030, kind="minimum_and_top_rank", value=Decimal("40.50"), rank=40)
    first = await office.approved("2023", value=30.10, rank=50, rank_of=141, obs_status="P")
    await office.approved("2024", value=31, rank=48, obs_status="B")
    await office.submitted("2022", value=29)
    await office.reopened(first)
    second = await office.finished(await office.corrected(first, 30.5))
    seen = await series(office.manager, office.indicator)
    assert (seen.indicator.id, seen.entity.id, seen.unit_ar) == (
        office.indicator,
        office.entity.id,
        "نسبة مئوية",
    )
    assert (seen.decimals, seen.older, seen.as_of) == (1, False, None)
    assert [(point.period, str(point.value), point.rank, point.obs_status) for point in seen.points] == [
        ("2023", "30.5", 50, "P"),
        ("2024", "31", 48, "B"),
    ]
    of_2023, of_2024 = seen.points
    assert (of_2023.result_id, of_2023.revision, of_2023.period_end) == (second.id, 2, date(2023, 12, 31))
    assert [(old.result_id, old.revision, str(old.value)) for old in of_2023.revised] == [
        (first.id, 1, "30.1")
    ]
    assert of_2024.revised == []
    # 3 of 10 years: 26.15, and rank 54.
    assert (str(of_2023.expected_value), str(of_2023.expected_rank)) == ("26.15", "54")
    assert (str(of_2023.progress), of_2023.light.value) == ("50", "green")
    assert [(knot.measure, knot.kind, knot.year, str(knot.goal)) for knot in seen.path] == [
        ("value", "baseline", 2020, "20"),
        ("value", "target", 2030, "40.5"),
        ("rank", "baseline", 2020, "60"),
        ("rank", "target", 2030, "40"),
    ]
    assert [knot.day for knot in seen.path][:2] == [date(2020, 12, 31), date(2030, 12, 31)]
    assert seen.levels == []


async def test_it_shows_nobody_more_than_the_card(world: World) -> None:
    office = await Office.make(world)
    published = await office.published(await office.approved("2022"))
    await office.reopened(published)
    await office.finished(await office.corrected(published, 36))
    await office.approved("2023")
    await office.draft("2024")
    await office.approved("2021", classification="restricted")
    unit = await world.person(Role.UNIT_SPECIALIST, await world.entity(is_unit=True))
    stranger = await world.person(Role.MANAGER, await world.entity())
    found: dict[str, list[str]] = {}
    for name, person in {"head": office.head, "unit": unit, "stranger": stranger}.items():
        card = (await person.api.get(f"/v1/indicators/{office.indicator}/card")).json()
        seen = await series(person, office.indicator)
        assert [str(point.result_id) for point in reversed(seen.points)] == [
            figure["result_id"] for figure in card["series"]
        ]
        found[name] = [f"{point.period}.{point.revision}" for point in seen.points]
        assert all(old.revision < point.revision for point in seen.points for old in point.revised)
    assert found == {
        "head": ["2021.1", "2022.2", "2023.1"],
        "unit": ["2022.2", "2023.1"],
        "stranger": ["2022.1"],
    }


async def test_what_was_known_at_a_moment(world: World) -> None:
    office = await Office.make(world)
    first = await office.approved("2023", value=4.3)
    await office.reopened(first)
    second = await office.finished(await office.corrected(first, 7.99))
    third_year = await office.approved("2024", value=5)
    await known(world, first, datetime(2024, 2, 1, tzinfo=UTC))
    await known(world, second, datetime(2025, 6, 1, tzinfo=UTC))
    await known(world, third_year, datetime(2025, 7, 1, tzinfo=UTC))

    async def values(moment: str) -> list[tuple[str, list[str]]]:
        seen = await series(office.manager, office.indicator, as_of=moment)
        assert seen.as_of == datetime.fromisoformat(moment)
        return [(str(point.value), [str(old.value) for old in point.revised]) for point in seen.points]

    assert await values("2024-02-01T00:00:00+00:00") == [("4.3", [])]
    assert await values("2025-06-01T04:00:00+04:00") == [("7.99", ["4.3"])]
    assert await values("2026-01-01T00:00:00+00:00") == [("7.99", ["4.3"]), ("5", [])]
    assert await values("1999-01-01T00:00:00+00:00") == []
    path = f"/v1/indicators/{office.indicator}/series"
    async with client_of(office.manager.api) as http:
        problem = await refused(http, "GET", path, 422, "invalid", params={"as_of": "2100-01-01T00:00:00Z"})
    assert [(fault.parameter, fault.code) for fault in problem.errors or ()] == [("as_of", "in_the_future")]


async def test_a_window_of_periods_and_the_bound(world: World) -> None:
    office = await Office.make(world)
    figure = await office.approved("2024")
    columns = await world.owner.fetchval(
        "select string_agg(attname, ', ') from pg_attribute where attrelid = 'results'::regclass and attnum > 0"
        " and attname not in ('id', 'period', 'period_start', 'period_end')"
    )
    async with world.owner.transaction():
        await world.owner.execute(
            "create temporary table older on commit drop as select gen_random_uuid() as id, month::date as first"
            " from generate_series(date '1973-12-01', date '2023-12-01', '1 month') as month"
        )
        await world.owner.execute(
            "insert into subjects (id, kind, entity_id, created_at) select id, 'result', $1, now() from older",
            office.entity.id,
        )
        await world.owner.execute(
            f"insert into results (id, period, period_start, period_end, {columns})"
            " select o.id, to_char(o.first, 'YYYY-MM'), o.first, (o.first + interval '1 month - 1 day')::date,"
            f" {columns} from results, older o where results.id = $1",
            figure.id,
        )
    whole = await series(office.manager, office.indicator)
    assert (len(whole.points), whole.older) == (600, True)
    assert (whole.points[0].period, whole.points[-1].period) == ("1974-02", "2024")
    before = await series(office.manager, office.indicator, to_period="1974-01-31")
    assert ([point.period for point in before.points], before.older) == (["1973-12", "1974-01"], False)
    window = await series(office.manager, office.indicator, from_period="2023-11-30", to_period="2023-12-31")
    assert [point.period for point in window.points] == ["2023-11", "2023-12"]
    no_span = {"from_period": "2024-01-01", "to_period": "2023-12-31"}
    async with client_of(office.manager.api) as http:
        path = f"/v1/indicators/{office.indicator}/series"
        problem = await refused(http, "GET", path, 422, "invalid", params=no_span)
    assert [(fault.parameter, fault.code) for fault in problem.errors or ()] == [
        ("to_period", "out_of_range")
    ]


async def test_path_and_levels_are_those_that_the_arithmetic_uses(world: World) -> None:
    """In each year: the level it is held against, and what is expected at its end."""
    random = Random(2040)
    kinds = [kind.value for kind in TargetKind]
    years = range(2016, 2042)
    for polarity in [*Polarity] * 5:
        owner = await world.entity()
        person = await world.person(Role.MANAGER, owner)
        indicator = await world.indicator(owner, measure=Measure.VALUE_AND_RANK)
        baseline = rules.Baseline(
            random.choice([None, Decimal(10)]), random.choice([None, 90]), random.choice([None, 2018, 2020])
        )
        await world.owner.execute(
            "update definitions set baseline_value = $2, baseline_rank = $3, baseline_year = $4"
            " where indicator_id = $1",
            *(indicator, baseline.value, baseline.rank, baseline.year),
        )
        await world.owner.execute(
            "update indicators set polarity = $2 where id = $1", indicator, polarity.value
        )
        targets = {}
        for year in sorted(random.sample(years, random.randint(0, 6))):
            targets[year] = _target(random, random.choice(kinds))
            await world.target(indicator, year, **_columns(targets[year]))
        definition = rules.Definition(
            polarity, Measure.VALUE_AND_RANK, baseline, targets, Decimal(90), Decimal(70)
        )
        _agrees(await series(person, indicator), definition, years)


def _target(random: Random, kind: str) -> rules.Target:
    low = Decimal(random.randint(0, 50))
    ends = kind in ("band", "range")
    return rules.Target(
        TargetKind(kind),
        value=None if kind in ("top_rank", "blank") else low,
        value_max=low + 5 if ends else None,
        outer_min=low - 5 if kind == "band" else None,
        rank=random.randint(1, 80) if "rank" in kind else None,
        window_start=2021 if kind == "average" else None,
        window_end=2025 if kind == "average" else None,
    )


def _columns(target: rules.Target) -> dict[str, Any]:
    names = ("value", "value_max", "outer_min", "outer_max", "rank", "window_start", "window_end")
    return {"kind": target.kind.value, **{name: getattr(target, name) for name in names}}


def _agrees(seen: SeriesRead, definition: rules.Definition, years: range) -> None:
    knots = {
        measure: [(knot.year, knot.goal) for knot in seen.path if knot.measure == measure]
        for measure in ("value", "rank")
    }
    for year in years:
        held = rules.target_for(definition.targets, year)
        found = [
            level
            for level in seen.levels
            if (level.first_year is None or level.first_year <= year)
            and (level.last_year is None or year <= level.last_year)
        ]
        averaged = [level.low for level in found if level.kind == TargetKind.AVERAGE]
        within = held is not None and held.kind == TargetKind.AVERAGE and 2021 <= year <= 2025
        assert averaged == ([held.value] if held is not None and within else [])
        blank = [level for level in found if level.kind == TargetKind.BLANK]
        if held is not None and held.kind in LEVELS and held.kind != TargetKind.AVERAGE:
            level = (blank or [level for level in found if level.kind != TargetKind.AVERAGE])[0]
            assert level.kind == held.kind
            if held.kind != TargetKind.BLANK:
                assert {level.low, level.high} - {None} == {held.value, held.value_max} - {None}
                assert (level.outer_min, level.outer_max) == (held.outer_min, held.outer_max)
        day = date(year, 12, 31)
        expectation = rules.expectation(definition, day)
        if held is not None and held.kind in rules.ON_VALUES:
            assert rules.expected(knots["value"], day) == expectation.value
        if held is not None and held.kind in rules.ON_RANKS:
            assert rules.expected(knots["rank"], day) == expectation.rank


async def test_an_indicator_without_anything_yet(world: World) -> None:
    ministry = await Ministry.make(world)
    made = await ministry.drafted()
    seen = await series(ministry.manager, made.id)
    assert (seen.points, seen.path, seen.levels) == ([], [], [])
    assert (seen.definition_id, seen.decimals, seen.older) == (None, None, False)
    stranger = await world.person(Role.MANAGER, await world.entity())
    async with client_of(stranger.api) as http:
        await refused(http, "GET", f"{made.path}/series", 404, "not_found")
