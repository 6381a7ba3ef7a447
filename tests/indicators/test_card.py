"""An indicator at a glance: each part as far as the reader may see it."""

from app.enums import IndicatorLevel, Measure, Role
from app.schemas.indicators import IndicatorCard
from tests.definitions.ministry import Ministry
from tests.factories.world import Person, World
from tests.obligations.owing import CLOSED, LATE, OPEN, OVERDUE, around, last_year
from tests.results.office import Office


async def card(person: Person, path: str) -> IndicatorCard:
    """The card as a person sees it."""
    answer = await person.api.get(f"{path}/card")
    assert answer.status_code == 200, answer.text
    return IndicatorCard.model_validate_json(answer.content)


async def test_the_figures_are_the_latest_approved_of_each_period(world: World) -> None:
    office = await Office.make(world, measure=Measure.VALUE_AND_RANK)
    path = f"/v1/indicators/{office.indicator}"
    await world.target(office.indicator, 2030, value=40)
    first = await office.approved("2023", value=30.10, rank=5, rank_of=141)
    later = await office.approved("2024", value=31)
    await office.reopened(first)
    corrected = await office.finished(await office.corrected(first, 30.5))
    under_way = await office.submitted("2022", value=29)
    seen = await card(office.manager, path)
    assert [(figure.period, figure.result_id, str(figure.value), figure.rank) for figure in seen.series] == [
        ("2024", later.id, "31", None),
        ("2023", corrected.id, "30.5", 5),
    ]
    assert seen.latest == seen.series[0]
    assert seen.definition is not None
    assert [(target.year, str(target.value)) for target in seen.definition.targets] == [(2030, "40")]
    assert [(wait.kind, wait.subject_id, wait.period, wait.party, wait.action) for wait in seen.awaiting] == [
        ("result", under_way.id, "2022", "planning", "results.review")
    ]
    assert seen.division is not None


async def test_strangers_see_what_is_published_only(world: World) -> None:
    office = await Office.make(world)
    path = f"/v1/indicators/{office.indicator}"
    published = await office.published(await office.approved("2022"))
    await office.approved("2023")
    await office.draft("2024")
    restricted = await office.approved("2021", classification="restricted")
    stranger = await world.person(Role.MANAGER, await world.entity())
    seen = await card(stranger, path)
    assert [figure.result_id for figure in seen.series] == [published.id]
    assert (seen.latest, seen.awaiting) == (seen.series[0], [])
    unit = await world.person(Role.UNIT_SPECIALIST, await world.entity(is_unit=True))
    assert [figure.period for figure in (await card(unit, path)).series] == ["2023", "2022"]
    assert restricted.id in [figure.result_id for figure in (await card(office.head, path)).series]


async def test_an_indicator_without_anything_yet(world: World) -> None:
    ministry = await Ministry.make(world)
    made = await ministry.drafted()
    seen = await card(ministry.manager, made.path)
    assert (seen.definition, seen.latest, seen.series, seen.contributions) == (None, None, [], [])
    assert [(wait.kind, wait.party, wait.action) for wait in seen.awaiting] == [
        ("definition", "specialist", "definitions.submit")
    ]


async def test_the_most_urgent_figure_and_the_schedule(world: World) -> None:
    office = await Office.make(world)
    path = f"/v1/indicators/{office.indicator}"
    bare = await card(office.manager, path)
    assert (bare.obligation, bare.schedule) == (None, None)
    year = int(last_year())
    for number, days in enumerate(((5, 15, 20, 30), OPEN, LATE, OVERDUE, CLOSED)):
        await world.obligation(office.indicator, office.entity, str(year - number), **around(*days))

    async def urgent(person: Person = office.manager) -> tuple[str, str, bool] | None:
        seen = (await card(person, path)).obligation
        return (seen.period, seen.state.value, seen.closed) if seen else None

    async def excuse(*numbers: int) -> None:
        await world.owner.execute(
            "update obligations set excused_at = now(), excused_by_id = $3, excuse = 'x'"
            " where indicator_id = $1 and period = any($2)",
            office.indicator,
            [str(year - number) for number in numbers],
            office.head.id,
        )

    schedule = (await card(office.manager, path)).schedule
    assert schedule is not None
    assert (schedule.frequency, schedule.due_after) == ("annual", 20)
    assert await urgent() == (str(year - 4), "overdue", True)
    await excuse(4)
    assert await urgent() == (str(year - 3), "overdue", False)
    in_review = await office.submitted(str(year - 3))
    assert await urgent() == (str(year - 2), "late", False), "what is late comes before what is in review"
    await excuse(2)
    assert await urgent() == (str(year - 3), "in_review", False)
    await office.approve(await office.review(in_review))
    assert await urgent() == (str(year - 1), "open", False)
    await excuse(1)
    assert await urgent() == (str(year), "not_yet", False)
    await excuse(0)
    assert await urgent() is None
    stranger = await world.person(Role.MANAGER, await world.entity())
    assert await urgent(stranger) is None


async def test_who_contributes(world: World) -> None:
    ministry = await Ministry.make(world)
    made = await ministry.active()
    other, third = await world.entity(), await world.entity()
    part = await world.indicator(
        other,
        level=IndicatorLevel.SPECIAL,
        name_ar="التعمين في قطاع المالية",
        name_en="Omanisation in finance",
    )
    await ministry.invited(made.id, other, part=part)
    await ministry.invited(made.id, third)
    ours = await card(ministry.manager, made.path)
    told = {item.entity.id: (item.state, item.part and item.part.name_ar) for item in ours.contributions}
    assert told == {other.id: ("accepted", "التعمين في قطاع المالية"), third.id: ("invited", None)}
    stranger = await world.person(Role.MANAGER, await world.entity())
    seen = (await card(stranger, made.path)).contributions
    assert [(item.entity.id, item.weight) for item in seen] == [(other.id, ours.contributions[0].weight)]


async def test_the_series_goes_back_sixty_periods(world: World) -> None:
    office = await Office.make(world)
    figure = await office.approved("2024")
    columns = await world.owner.fetchval(
        "select string_agg(attname, ', ') from pg_attribute where attrelid = 'results'::regclass and attnum > 0"
        " and attname not in ('id', 'period', 'period_start', 'period_end')"
    )
    async with world.owner.transaction():
        await world.owner.execute(
            "create temporary table older on commit drop as select gen_random_uuid() as id,"
            " make_date(year, 1, 1) as first from generate_series(1951, 2023) as year"
        )
        await world.owner.execute(
            "insert into subjects (id, kind, entity_id, created_at) select id, 'result', $1, now() from older",
            office.entity.id,
        )
        await world.owner.execute(
            f"insert into results (id, period, period_start, period_end, {columns})"
            f" select o.id, to_char(o.first, 'YYYY'), o.first, o.first + 364, {columns}"
            " from results, older o where results.id = $1",
            figure.id,
        )
    seen = await card(office.manager, f"/v1/indicators/{office.indicator}")
    assert [figure.period for figure in seen.series] == [str(year) for year in range(2024, 1964, -1)]


async def test_it_is_not_sent_again_unchanged(world: World) -> None:
    office = await Office.make(world)
    path = f"/v1/indicators/{office.indicator}/card"
    etag = await office.manager.api.etag(path)
    same = await office.manager.api.send("GET", path, headers={"If-None-Match": etag})
    assert same.status_code == 304
    await office.approved()
    changed = await office.manager.api.send("GET", path, headers={"If-None-Match": etag})
    assert changed.status_code == 200
