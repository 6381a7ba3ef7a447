"""A year's calendar of what is due."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from app.schemas.obligations import ObligationCalendar
from app.services.obligations.calendar import MOST
from tests.factories.world import LONG_AGO, Person, World
from tests.results.office import Office

PATH = "/v1/obligations/calendar"


async def _year(person: Person, year: int, **filters: Any) -> dict[str, Any]:
    answer = await person.api.get(PATH, year=year, **filters)
    assert answer.status_code == 200, answer.text
    ObligationCalendar.model_validate_json(answer.content)
    body: dict[str, Any] = answer.json()
    return body


async def _due(world: World, office: Office, indicator: UUID, period: str, opens: date) -> UUID:
    """An obligation open for entry on three days of due and late, and a month more."""
    return await world.obligation(
        indicator,
        office.entity,
        period,
        opens_on=opens,
        due_on=opens + timedelta(days=1),
        late_until=opens + timedelta(days=2),
        closes_on=opens + timedelta(days=30),
    )


async def test_it_holds_every_period_open_in_the_year(world: World) -> None:
    office = await Office.make(world)
    plain = await world.indicator(office.entity)
    before = await _due(world, office, office.indicator, "2021", date(2022, 11, 30))  # closes on 30 December
    across = await _due(world, office, office.indicator, "2018", date(2022, 12, 31))
    inside = await _due(world, office, plain, "2022-S2", date(2023, 2, 1))
    early = await _due(world, office, plain, "2022-S1", date(2023, 1, 10))
    last = await _due(world, office, office.indicator, "2020", date(2023, 12, 31))
    after = await _due(world, office, plain, "2019", date(2024, 1, 1))

    body = await _year(office.manager, 2023)
    assert (body["year"], body["weekend"]) == (2023, [5, 6])
    shown = {
        item["indicator"]["id"]: [period["obligation_id"] for period in item["periods"]]
        for item in body["indicators"]
    }
    assert shown == {
        str(office.indicator): [str(across), str(last)],
        str(plain): [str(early), str(inside)],
    }
    ours = next(item for item in body["indicators"] if item["indicator"]["id"] == str(office.indicator))
    assert ours["division"]["id"] == str(office.executing.id)
    assert ours["periods"][0] == {
        "obligation_id": str(across),
        "period": "2018",
        "period_start": "2018-01-01",
        "period_end": "2018-12-31",
        "opens_on": "2022-12-31",
        "due_on": "2023-01-01",
        "late_until": "2023-01-02",
        "closes_on": "2023-01-30",
        "state": "overdue",
        "closed": True,
    }
    assert str(before) not in str(body)
    assert str(after) not in str(body)


async def test_filters(world: World) -> None:
    office, other = await Office.make(world), await Office.make(world)
    plain = await world.indicator(office.entity)
    for owner, indicator in ((office, office.indicator), (office, plain), (other, other.indicator)):
        await _due(world, owner, indicator, "2024", date(2025, 2, 2))

    async def shown(person: Person, **filters: Any) -> set[str]:
        return {item["indicator"]["id"] for item in (await _year(person, 2025, **filters))["indicators"]}

    assert await shown(office.manager) == {str(office.indicator), str(plain)}
    assert await shown(office.manager, division_id=str(office.executing.id)) == {str(office.indicator)}
    assert await shown(office.enterer, mine=True) == {str(office.indicator)}
    assert await shown(office.manager, entity_id=str(other.entity.id)) == set()
    assert await shown(await world.user()) == set()


async def test_holidays_of_the_year_without_the_cancelled(world: World) -> None:
    office = await Office.make(world)
    for day in (date(2025, 12, 31), date(2026, 11, 19), date(2026, 3, 20), date(2027, 1, 1)):
        await world.holiday(day, "العيد الوطني", "National Day", estimated=day.month == 3)
    gone = await world.holiday(date(2026, 5, 27))
    await world.owner.execute("update holidays set cancelled_at = $2 where id = $1", gone, LONG_AGO)
    named = {"name_ar": "العيد الوطني", "name_en": "National Day"}
    assert (await _year(office.manager, 2026))["holidays"] == [
        {"day": "2026-03-20", **named, "estimated": True},
        {"day": "2026-11-19", **named, "estimated": False},
    ]


async def test_too_many_indicators_are_to_be_narrowed(world: World) -> None:
    office = await Office.make(world)
    await _due(world, office, office.indicator, "2017", date(2018, 2, 1))
    for _ in range(MOST):
        await _due(world, office, await world.indicator(office.entity), "2017", date(2018, 2, 1))
    refused = await office.manager.api.get(PATH, year=2018)
    assert (refused.status_code, refused.json()["code"]) == (422, "too_many_indicators")
    narrowed = await _year(office.manager, 2018, division_id=str(office.executing.id))
    assert len(narrowed["indicators"]) == 1
    await world.owner.execute(
        "update obligations set replaced_at = $2 where indicator_id = $1", office.indicator, LONG_AGO
    )
    assert len((await _year(office.manager, 2018))["indicators"]) == MOST
