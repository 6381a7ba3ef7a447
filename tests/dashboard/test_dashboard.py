"""A phone's first screen: the same counts as the lists behind it, of the reader's own entities, and small."""

from datetime import timedelta
from uuid import UUID

from app import clock
from app.enums import Role
from app.schemas.dashboard import DashboardRead
from app.services.calendar import days_sql
from app.services.calendar.rules import add_working_days
from tests.contributions.sharing import REASON
from tests.factories.world import Person, World
from tests.obligations.owing import CLOSED, LATE, OPEN, OVERDUE, around, last_year
from tests.results.office import Office
from tests.scoreboard.test_routes import board, growing, line

LONG = "نسبة العمانيين العاملين في المهن التخصصية والفنية العليا في منشآت القطاع الخاص " * 4


async def dashboard(person: Person, language: str = "ar") -> DashboardRead:
    """The first screen of a person."""
    answer = await person.api.send("GET", "/v1/dashboard", headers={"Accept-Language": language})
    assert answer.status_code == 200, answer.text
    assert len(answer.content) < 8000
    return DashboardRead.model_validate_json(answer.content)


async def behind(office: Office, on_track: int, indicator: UUID | None = None) -> UUID:
    """An indicator of the office of which so many percent of what is expected in 2024 are done."""
    made = indicator or await office.world.indicator(office.entity, office.executing)
    await growing(office.world, office, made)
    await office.approved("2024", indicator=made, value=0.4 * on_track)
    return made


async def test_what_waits_is_counted_as_the_inbox_lists_it(world: World) -> None:
    office = await Office.make(world)
    today = clock.today()
    last = (add_working_days(today, days_sql.SOON, []) - today).days
    for year, days in (("2019", None), ("2020", -1), ("2021", 0), ("2022", last), ("2023", last + 1)):
        figure = await office.submitted(year)
        await world.owner.execute(
            "update waits set due = $2 where subject_id = $1 and closed_at is null",
            figure.id,
            None if days is None else today + timedelta(days),
        )
    own = await office.draft("2024")
    await office.taken(office.enterer, own, "submit")
    # Who entered a figure does not review it, and is not told that it waits.
    await world.appoint(office.enterer, Role.DIVISION_MEMBER, division=office.planning)
    for person in (office.reviewer, office.second_reviewer, office.enterer, office.manager, office.head):
        listed = (await person.api.get("/v1/inbox?limit=200")).json()["items"]
        seen = (await dashboard(person)).inbox
        assert seen.count == len(listed)
        if person is office.reviewer:
            assert (seen.count, seen.late, seen.due_soon) == (6, 1, 2)
    assert (await dashboard(office.enterer)).inbox.count == 0


async def test_own_entities_stand_as_on_the_scoreboard(world: World) -> None:
    first, second, stranger = [await Office.make(world) for _ in range(3)]
    for office, indicators in ((first, (95, 40)), (second, (75,)), (stranger, (-50,))):
        for on_track in indicators:
            await behind(office, on_track)
    both = first.manager
    await world.appoint(both, Role.SPECIALIST, second.entity)
    seen = await dashboard(both)
    assert [(each.entity and each.entity.id, each.indicators) for each in seen.standing] == [
        (first.entity.id, 3),
        (second.entity.id, 2),
    ]
    for office, each in zip((first, second), seen.standing, strict=True):
        whole = await line(both, office)
        assert each.entity is not None
        assert whole.key is not None
        assert each.entity.name == whole.key.name_ar
        assert (each.green, each.amber, each.red, each.grey) == (
            whole.green,
            whole.amber,
            whole.red,
            whole.grey,
        )
        assert (each.light, each.trend, each.overdue) == (whole.light, whole.trend, whole.overdue)
        assert (each.score is None) is (whole.score is None)
    assert [(item.light, str(item.on_track), item.entity) for item in seen.urgent] == [
        ("red", "40.0", first.entity.code),
        ("amber", "75.0", second.entity.code),
    ]
    assert [item.entity for item in (await dashboard(stranger.head)).urgent] == [stranger.entity.code]


async def test_unit_sees_the_nation(world: World) -> None:
    office = await Office.make(world)
    worst = await behind(office, -500)
    unit = await world.person(Role.UNIT_SPECIALIST, await world.entity(is_unit=True))
    seen = await dashboard(unit)
    (nation,) = (await board(unit, "nation")).lines
    assert [each.entity for each in seen.standing] == [None]
    each = seen.standing[0]
    assert (each.indicators, each.green, each.amber, each.red, each.grey) == (
        nation.indicators,
        nation.green,
        nation.amber,
        nation.red,
        nation.grey,
    )
    assert (seen.urgent[0].id, seen.urgent[0].entity, str(seen.urgent[0].on_track)) == (
        worst,
        office.entity.code,
        "-500.0",
    )
    listed = (await unit.api.get("/v1/obligations?late=true&limit=200")).json()["items"]
    assert seen.late.total == len(listed)


async def test_what_is_late_is_what_the_own_entity_owes(world: World) -> None:
    office, partner = await Office.make(world), await Office.make(world)
    year = int(last_year())
    owed = [
        await world.obligation(office.indicator, office.entity, str(year - number), **around(*days))
        for number, days in enumerate((OPEN, LATE, OVERDUE, CLOSED))
    ]
    await world.contribution(
        office.indicator, office.entity, partner.entity, office.manager, part=partner.indicator
    )
    await office.submitted(str(year - 2))
    seen = (await dashboard(office.specialist)).late
    listed = (await office.specialist.api.get("/v1/obligations?late=true")).json()["items"]
    assert [str(item.id) for item in seen.items] == [item["id"] for item in listed]
    assert seen.total == len(listed) == 3
    assert [(item.id, item.state) for item in seen.items] == [
        (owed[2], "in_review"),
        (owed[3], "overdue"),
        (owed[1], "late"),
    ]
    assert {item.indicator_id for item in seen.items} == {office.indicator}
    # The partner sees what the owner owes, but owes it not.
    assert (await partner.manager.api.get("/v1/obligations?late=true")).json()["items"] != []
    assert (await dashboard(partner.manager)).late.total == 0
    await office.head.api.step(
        f"/v1/obligations/{owed[3]}/excuse",
        await office.head.api.etag(f"/v1/obligations/{owed[3]}"),
        {"reason": REASON},
    )
    assert (await dashboard(office.specialist)).late.total == 2


async def test_it_is_small_whatever_things_are_called(world: World) -> None:
    """Seven entities of one person, each with red indicators and late figures, all with the longest names."""
    person = await world.user()
    for _ in range(7):
        office = await Office.make(world)
        await world.appoint(person, Role.SPECIALIST, office.entity)
        await world.owner.execute(
            "update entities set name_ar = left($2, 300), code = code || repeat('x', 50) where id = $1",
            office.entity.id,
            LONG,
        )
        indicator = await world.indicator(
            office.entity, office.executing, name_ar=LONG[:300], name_en="n" * 300
        )
        await behind(office, -10, indicator)
        await world.obligation(indicator, office.entity, last_year(), **around(*OVERDUE))
    seen = await dashboard(person)
    assert (len(seen.standing), len(seen.urgent), len(seen.late.items)) == (6, 5, 5)
    assert seen.late.total == 7
    names = [item.name for item in (*seen.urgent, *seen.late.items)]
    assert all(len(name) == 100 and name.endswith("…") and name[:99] == LONG[:99] for name in names)
    in_english = await dashboard(person, "en")
    assert {item.name for item in in_english.urgent} == {"n" * 99 + "…"}


async def test_who_has_no_role_sees_an_empty_one_and_it_is_not_sent_again(world: World) -> None:
    person = await world.user()
    seen = await dashboard(person)
    assert (seen.standing, seen.urgent, seen.late.total, seen.inbox.count) == ([], [], 0, 0)
    etag = await person.api.etag("/v1/dashboard")
    again = await person.api.send("GET", "/v1/dashboard", headers={"If-None-Match": etag})
    assert again.status_code == 304
