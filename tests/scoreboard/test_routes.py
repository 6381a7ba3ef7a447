"""The scoreboard as it is asked for: whose figures each reader sees, what is missing, and what looks back."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from app import clock
from app.enums import IndicatorLevel, Role
from app.schemas.scoreboard import ScoreboardLine, ScoreboardRead
from tests.factories.world import Person, World
from tests.obligations.owing import NOT_YET, OVERDUE, around, last_year, priority
from tests.results.office import Office


async def board(person: Person, by: str = "entity", **asked: Any) -> ScoreboardRead:
    """The scoreboard as a person sees it."""
    answer = await person.api.get("/v1/scoreboard", by=by, **asked)
    assert answer.status_code == 200, answer.text
    return ScoreboardRead.model_validate_json(answer.content)


async def line(person: Person, office: Office, **asked: Any) -> ScoreboardLine:
    """The line of an office."""
    found = (await board(person, entity_id=str(office.entity.id), **asked)).lines
    assert len(found) == 1
    assert found[0].key is not None
    assert found[0].key.id == office.entity.id
    return found[0]


async def growing(world: World, office: Office, indicator: UUID | None = None) -> UUID:
    """From 0 at the end of 2020 to 100 at the end of 2030: by 2024 40 is expected."""
    indicator = indicator or office.indicator
    await world.target(indicator, 2030, value=100)
    await world.owner.execute(
        "update definitions set baseline_value = 0, baseline_year = 2020 where indicator_id = $1", indicator
    )
    return indicator


async def test_an_approval_moves_the_line_of_its_entity(world: World) -> None:
    office = await Office.make(world)
    await growing(world, office)
    before = await line(office.manager, office)
    assert (before.indicators, before.asked, before.assessed, before.coverage) == (1, 1, 0, 0)
    assert (before.score, before.light, before.grey, before.trend) == (None, "grey", 1, None)
    await office.approved("2023", value=30)
    await office.approved("2024", value=36)
    after = await line(office.manager, office)
    assert (after.assessed, after.coverage, after.score, after.pace) == (1, 1, 36, 90)
    assert (after.light, after.green, after.on_track) == ("green", 1, 0)
    assert (after.trend, after.change) == ("better", 6)


async def test_each_reader_sees_what_is_theirs_to_see(world: World) -> None:
    """The owner's people, UNIT and a partner see what is approved, all others what is published, and nobody what
    is restricted or on its way."""
    office, partner = await Office.make(world), await Office.make(world)
    await growing(world, office)
    await office.published(await office.approved("2022", value=20))
    await office.approved("2023", value=24)
    await office.approved("2024", value=99, classification="restricted")
    await office.reviewed("2021", value=99)
    await world.contribution(
        office.indicator, office.entity, partner.entity, office.manager, part=partner.indicator
    )
    unit = await world.person(Role.UNIT_SPECIALIST, await world.entity(is_unit=True))
    stranger = await world.person(Role.MANAGER, await world.entity())
    for person, score in (
        (office.enterer, 24),
        (office.head, 24),
        (unit, 24),
        (partner.manager, 24),
        (stranger, 20),
    ):
        seen = await line(person, office)
        assert (seen.score, seen.assessed) == (score, 1)
        indicator = (await person.api.get(f"/v1/indicators/{office.indicator}")).json()
        assert seen.model_dump()[indicator["light"]] == 1
        lights = (await person.api.get("/v1/indicators", entity_id=str(office.entity.id))).json()["items"]
        assert [item["light"] for item in lights] == [indicator["light"]]


async def test_what_is_overdue_is_missing_and_what_is_not_due_yet_is_not_asked(world: World) -> None:
    office = await Office.make(world)
    indicators = [await growing(world, office, await world.indicator(office.entity)) for _ in range(2)]
    await growing(world, office)
    await office.approved("2023", value=30)
    await world.obligation(office.indicator, office.entity, last_year(), **around(*OVERDUE))
    await world.obligation(indicators[0], office.entity, last_year(), **around(*NOT_YET))
    seen = await line(office.manager, office)
    assert (seen.indicators, seen.asked, seen.assessed, seen.overdue) == (3, 2, 0, 1)
    assert (seen.coverage, seen.score, seen.green) == (0, None, 1)
    assert (seen.completeness, seen.timeliness) == (0, 0)

    # To whom it is not told what an entity owes, the published figure is what there is.
    stranger = await world.person(Role.MANAGER, await world.entity())
    told = await line(stranger, office)
    assert (told.overdue, told.completeness, told.timeliness) == (None, None, None)
    assert (told.asked, told.assessed) == (3, 0)
    nation = (await board(stranger, "nation")).lines[0]
    assert (nation.overdue, nation.completeness) == (None, None)

    # Once it is handed in it is not overdue any more; excused, it is due from nobody.
    await world.owner.execute(
        "update obligations set excused_at = now(), excused_by_id = $1, excuse = 'توقف المسح'"
        " where indicator_id = $2",
        office.head.id,
        office.indicator,
    )
    excused = await line(office.manager, office)
    assert (excused.asked, excused.assessed, excused.overdue, excused.score) == (2, 1, 0, 30)
    assert excused.completeness is None


async def test_rates_are_those_of_what_is_due(world: World) -> None:
    office = await Office.make(world)
    today = clock.today()
    for number, submitted in enumerate((-3, -1, None, 5)):
        indicator = await world.indicator(office.entity, office.executing)
        due = today - timedelta(days=20 + number)
        period = str(today.year - 1)
        days = {
            "opens_on": due - timedelta(days=20),
            "due_on": due,
            "late_until": due + timedelta(days=5),
            "closes_on": today + timedelta(days=9),
        }
        await world.obligation(indicator, office.entity, period, **days)
        if submitted is not None:
            made = await office.submitted(period, indicator=indicator)
            moment = datetime(due.year, due.month, due.day, 8, tzinfo=UTC) + timedelta(days=submitted)
            await world.owner.execute("update results set submitted_at = $2 where id = $1", made.id, moment)
            if number != 1:
                await office.approve(await office.review(made))
    told = await board(office.manager, entity_id=str(office.entity.id))
    rates = await office.manager.api.get(
        "/v1/obligations/rates", by="entity", entity_id=str(office.entity.id), from_due=told.from_due
    )
    rate, seen = rates.json()["rates"][0], told.lines[0]
    assert (rate["due"], rate["complete"], rate["timely"]) == (4, 2, 2)
    assert (seen.completeness, seen.timeliness) == (rate["completeness"], rate["timeliness"])
    served = await world.owner.fetch(
        "select served_on is not null as known from obligations where entity_id = $1", office.entity.id
    )
    assert sorted(row["known"] for row in served) == [False, False, True, True]


async def test_looking_back_shows_what_was_known_then(world: World) -> None:
    office = await Office.make(world)
    await growing(world, office)
    first = await office.approved("2022", value=20)
    await office.approved("2023", value=60)
    moments = [datetime(2025, month, 1, tzinfo=UTC) for month in (1, 3, 5)]
    for period, moment in (("2022", moments[0]), ("2023", moments[1])):
        await _known(world, office, period, moment)
    await office.reopened(first)
    await office.finished(await office.corrected(first, 10))
    week = timedelta(days=7)
    for moment, score, change in (
        (moments[0] - week, None, None),
        (moments[0] + week, 20, None),
        (moments[1] + week, 60, 40),
        (None, 60, 50),
    ):
        asked = {} if moment is None else {"as_of": moment.isoformat()}
        seen = await line(office.manager, office, **asked)
        assert (seen.score, seen.change) == (score, change)
        assert seen.indicators == 1
        assert moment is None or (seen.completeness, seen.timeliness, seen.overdue) == (None, None, None)
    stranger = await world.person(Role.MANAGER, await world.entity())
    assert (await line(stranger, office, as_of=moments[2].isoformat())).assessed == 0
    long_ago = await board(office.manager, "nation", as_of="0001-01-01T00:00:00Z")
    assert long_ago.lines[0].assessed == 0
    assert (long_ago.from_due, long_ago.as_of) == (None, datetime(1, 1, 1, tzinfo=UTC))


async def _known(world: World, office: Office, period: str, moment: datetime) -> None:
    """As if it had been approved at that moment; the trigger that freezes it looks away."""
    async with world.owner.transaction():
        await world.owner.execute("set local session_replication_role = replica")
        for table, key in (("results", "id"), ("scores", "result_id")):
            await world.owner.execute(
                f"update {table} set known_from = $3 where {key} in"
                " (select id from results where indicator_id = $1 and period = $2)",
                *(office.indicator, period, moment),
            )


async def test_each_line_opens_into_what_it_is_made_of(world: World) -> None:
    office, other = await Office.make(world), await Office.make(world)
    serves = await priority(world)
    pillar = await world.owner.fetchval("select pillar_id from priorities where id = $1", serves)
    for place in (office, other):
        indicator = await growing(
            world, place, await world.indicator(place.entity, level=IndicatorLevel.MAIN)
        )
        await world.owner.execute("update indicators set priority_id = $2 where id = $1", indicator, serves)
        await world.indicator(place.entity, level=IndicatorLevel.SPECIAL)
    unit = await world.person(Role.UNIT_SPECIALIST, await world.entity(is_unit=True))
    nation = (await board(unit, "nation", level="main")).lines[0]
    assert nation.key is None
    by_pillar = await _opened(unit, nation)
    assert {found.key and found.key.kind for found in by_pillar} == {"pillar", None}
    mine = next(found for found in by_pillar if found.key and found.key.id == pillar)
    none = next(found for found in by_pillar if found.key is None)
    assert (none.below.lines, none.below.indicators) == (None, None)
    (by_priority,) = await _opened(unit, mine)
    assert by_priority.key is not None
    assert (by_priority.key.kind, by_priority.key.id) == ("priority", serves)
    by_entity = await _opened(unit, by_priority)
    assert {found.key and found.key.id for found in by_entity} == {office.entity.id, other.entity.id}
    for found in (nation, mine, by_priority, *by_entity):
        assert found.below.indicators is not None
        listed = (await unit.api.get(f"{found.below.indicators}&limit=200")).json()["items"]
        assert len(listed) == found.indicators
        assert {item["level"] for item in listed} == {"main"}
    assert all(found.below.lines is None for found in by_entity)
    assert [found.indicators for found in by_entity] == [1, 1]


async def _opened(person: Person, found: ScoreboardLine) -> list[ScoreboardLine]:
    assert found.below.lines is not None
    answer = await person.api.get(found.below.lines)
    assert answer.status_code == 200, answer.text
    return ScoreboardRead.model_validate_json(answer.content).lines


async def test_a_link_looks_back_too(world: World) -> None:
    office = await Office.make(world)
    serves = await priority(world)
    await world.owner.execute(
        "update indicators set priority_id = $2 where id = $1", office.indicator, serves
    )
    asked = {"by": "pillar", "as_of": "2025-06-01T00:00:00+04:00", "entity_id": str(office.entity.id)}
    (found,) = (await board(office.manager, **asked)).lines
    assert found.below.lines is not None
    answer = ScoreboardRead.model_validate_json((await office.manager.api.get(found.below.lines)).content)
    assert answer.as_of == datetime(2025, 5, 31, 20, tzinfo=UTC)
    assert [entry.key and entry.key.id for entry in answer.lines] == [serves]


async def test_what_is_not_active_counts_nowhere(world: World) -> None:
    office = await Office.make(world)
    await office.approved()
    await world.owner.execute(
        "update indicators set state = 'retired', retired_on = current_date where id = $1", office.indicator
    )
    assert (await board(office.manager, entity_id=str(office.entity.id))).lines == []


async def test_it_is_for_who_is_signed_in_and_known_again(world: World) -> None:
    person = await world.user()
    answer = await person.api.get("/v1/scoreboard", by="nation")
    again = await person.api.send(
        "GET", "/v1/scoreboard?by=nation", headers={"If-None-Match": answer.headers["ETag"]}
    )
    assert again.status_code == 304
    assert (await world.api.get("/v1/scoreboard", by="nation")).status_code == 401
