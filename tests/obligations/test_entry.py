"""Entering figures in the periods that an indicator owes, and until when each step is due."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from app import clock
from app.enums import Frequency
from tests.factories.world import World
from tests.obligations.owing import CLOSED, LATE, NOT_YET, OPEN, OVERDUE, around, last_year
from tests.results.office import Office


async def _enter(office: Office, period: str, indicator: UUID | None = None, **figure: Any) -> httpx.Response:
    path = f"/v1/indicators/{indicator or office.indicator}/results"
    return await office.enterer.api.create(path, {"period": period, "value": 4.3} | figure)


def _fault(answer: httpx.Response) -> tuple[int, str, str]:
    assert answer.status_code == 422, answer.text
    (fault,) = answer.json()["errors"]
    return answer.status_code, fault["code"], fault["pointer"]


async def _nothing_entered(world: World, indicator: UUID) -> None:
    found = await world.owner.fetchval("select count(*) from results where indicator_id = $1", indicator)
    assert found == 0


@pytest.mark.parametrize("days", [OPEN, LATE, OVERDUE])
async def test_an_open_period_is_entered_in_time_and_late(
    world: World, days: tuple[int, int, int, int]
) -> None:
    office = await Office.make(world)
    await world.obligation(office.indicator, office.entity, last_year(), **around(*days))
    assert (await _enter(office, last_year())).status_code == 201


async def test_a_closed_period_is_not_entered(world: World) -> None:
    office = await Office.make(world)
    await world.obligation(office.indicator, office.entity, last_year(), **around(*CLOSED))
    refused = await _enter(office, last_year())
    assert (refused.status_code, refused.json()["code"]) == (409, "period_closed")
    await _nothing_entered(world, office.indicator)


async def test_the_last_day_is_still_a_day(world: World) -> None:
    office = await Office.make(world)
    await world.obligation(office.indicator, office.entity, last_year(), **around(-30, -20, -10, 0))
    assert (await _enter(office, last_year())).status_code == 201


async def test_before_the_opening_a_figure_is_not_final(world: World) -> None:
    office = await Office.make(world)
    await world.obligation(office.indicator, office.entity, last_year(), **around(*NOT_YET))
    assert _fault(await _enter(office, last_year())) == (422, "not_yet_open", "#/period")
    await _nothing_entered(world, office.indicator)
    made = await _enter(office, last_year(), obs_status="P")
    assert made.status_code == 201, made.text
    path = made.headers["Location"]
    final = await office.enterer.api.patch(path, made.headers["ETag"], {"obs_status": "A"})
    assert _fault(final) == (422, "not_yet_open", "#/period")
    assert (await office.enterer.api.patch(path, made.headers["ETag"], {"value": 5})).status_code == 200


async def test_on_the_opening_day_it_is_final(world: World) -> None:
    office = await Office.make(world)
    await world.obligation(office.indicator, office.entity, last_year(), **around(0, 10, 20, 30))
    assert (await _enter(office, last_year())).status_code == 201


async def test_a_period_that_is_not_owed_is_refused_with_those_that_are(world: World) -> None:
    office = await Office.make(world)
    for period in ("2021", "2022", "2023"):
        await world.obligation(office.indicator, office.entity, period)
    for foreign in ("2020", "2024", "2022-Q1", "2022-S1", "2022-05"):
        answer = await _enter(office, foreign)
        assert _fault(answer) == (422, "no_such_period", "#/period"), foreign
        assert "2021" in answer.text
        assert "2023" in answer.text
    await _nothing_entered(world, office.indicator)


async def test_a_scheduled_indicator_without_periods_takes_nothing(world: World) -> None:
    office = await Office.make(world)
    await world.schedule(office.indicator, office.entity, starts_on=date(2090, 1, 1))
    assert _fault(await _enter(office, "2024")) == (422, "no_such_period", "#/period")


async def test_a_replaced_period_is_none(world: World) -> None:
    office = await Office.make(world)
    await world.obligation(
        office.indicator, office.entity, last_year(), **around(*OPEN), replaced_at=clock.now()
    )
    assert _fault(await _enter(office, last_year())) == (422, "no_such_period", "#/period")


async def test_an_earlier_schedule_s_periods_keep_its_frequency(world: World) -> None:
    office = await Office.make(world, frequency=Frequency.MONTHLY)
    await world.schedule(office.indicator, office.entity, frequency=Frequency.QUARTERLY)
    quarter = f"{last_year()}-Q1"
    await world.obligation(office.indicator, office.entity, quarter, **around(*OPEN))
    await world.schedule(
        office.indicator,
        office.entity,
        frequency=Frequency.MONTHLY,
        starts_on=date(int(last_year()), 4, 1),
    )
    assert (await _enter(office, quarter)).status_code == 201


@pytest.mark.parametrize("scheduled", [False, True])
async def test_an_irregular_indicator_takes_any_period(world: World, scheduled: bool) -> None:
    office = await Office.make(world, frequency=Frequency.IRREGULAR)
    if scheduled:
        await world.schedule(office.indicator, office.entity, frequency=Frequency.IRREGULAR)
    for period in ("2021", "2022-Q3", "2023-05"):
        made = await _enter(office, period)
        assert made.status_code == 201, made.text
        assert made.json()["awaiting"][0]["due"] is None


async def test_without_a_schedule_the_frequency_decides(world: World) -> None:
    office = await Office.make(world, frequency=Frequency.QUARTERLY)
    assert (await _enter(office, "2024-Q2")).status_code == 201
    assert _fault(await _enter(office, "2024")) == (422, "period_does_not_fit", "#/period")
    assert _fault(await _enter(office, "2090-Q1")) == (422, "period_not_over", "#/period")


async def test_a_retired_indicator_takes_what_was_due_and_nothing_else(world: World) -> None:
    office = await Office.make(world)
    due = await world.obligation(office.indicator, office.entity, last_year(), **around(*OPEN))
    to_come = str(clock.today().year + 1)
    await world.obligation(office.indicator, office.entity, to_come)
    path = f"/v1/indicators/{office.indicator}"
    retired = await office.manager.api.step(
        f"{path}/retire", await office.manager.api.etag(path), {"reason": "حلّ محله مؤشر آخر"}
    )
    assert retired.status_code == 200, retired.text
    due_path = f"/v1/obligations/{due}"
    assert "results.create" in (await office.enterer.api.get(due_path)).json()["actions"]
    refused = await _enter(office, to_come, obs_status="F")
    assert (refused.status_code, refused.json()["code"]) == (409, "indicator_not_active")
    refused = await _enter(office, str(int(last_year()) - 1))
    assert (refused.status_code, refused.json()["code"]) == (409, "indicator_not_active")
    await _nothing_entered(world, office.indicator)
    assert (await _enter(office, last_year())).status_code == 201


async def test_each_step_has_the_day_by_which_it_is_due(world: World) -> None:
    office = await Office.make(world)
    days = around(*OPEN)
    await world.obligation(office.indicator, office.entity, last_year(), **days)
    due, closes = days["due_on"].isoformat(), days["closes_on"].isoformat()

    async def dues() -> set[str | None]:
        body = (await office.manager.api.get(figure.path)).json()
        waits = await world.owner.fetch(
            "select due from waits where subject_id = $1 and closed_at is null", figure.id
        )
        said = {line["due"] for line in body["awaiting"]}
        assert said == {row["due"] and row["due"].isoformat() for row in waits}
        return said

    figure = await office.draft(last_year())
    assert await dues() == {due}
    inbox = (await office.enterer.api.get("/v1/inbox")).json()["items"]
    assert [item["due"] for item in inbox if item["subject_id"] == str(figure.id)] == [due]
    await office.submit(figure)
    assert await dues() == {closes}
    await office.review(figure)
    assert await dues() == {closes}
    await office.taken(office.manager, figure, "return", {"reason": "راجع المصدر"})
    assert await dues() == {due}
    await office.finished(figure)
    await office.reopened(figure)
    figure = await office.corrected(figure, 5)
    assert await dues() == {None}, "a correction's period was served"


async def test_bulk_decisions_give_each_its_own_day(world: World) -> None:
    office = await Office.make(world)
    figures = {}
    for number in range(3):
        period = f"{int(last_year()) - number}"
        days = around(-10, 10 + number, 20 + number, 30 + number)
        await world.obligation(office.indicator, office.entity, period, **days)
        figures[(await office.submitted(period)).id] = days["closes_on"]
    await world.owner.execute("update waits set due = null where subject_id = any($1)", list(figures))
    items = [{"id": str(id_), "if_match": '"2.x"', "decision": "review"} for id_ in figures]
    answer = await office.reviewer.api.create("/v1/results/decisions", {"items": items})
    assert [item["status"] for item in answer.json()["items"]] == [200] * 3, answer.text
    found = await world.owner.fetch(
        "select subject_id, due from waits where subject_id = any($1) and closed_at is null", list(figures)
    )
    assert {row["subject_id"]: row["due"] for row in found} == figures


async def test_a_figure_without_obligation_is_due_on_no_day(world: World) -> None:
    office = await Office.make(world)
    figure = await office.submitted("2019")
    awaiting = (await office.manager.api.get(figure.path)).json()["awaiting"]
    assert [line["due"] for line in awaiting] == [None]


async def test_the_opening_is_told_by_its_day(world: World) -> None:
    office = await Office.make(world)
    await world.obligation(office.indicator, office.entity, last_year(), **around(*NOT_YET))
    opens = clock.today() + timedelta(days=NOT_YET[0])
    arabic = await office.enterer.api.send(
        "POST",
        f"/v1/indicators/{office.indicator}/results",
        json={"period": last_year(), "value": 1},
        headers={"Idempotency-Key": "opening-in-arabic", "Accept-Language": "ar"},
    )
    assert opens.isoformat() in arabic.text
    assert "ابتداءً" in arabic.text
