"""Schedules over HTTP: who sets them, what they make due, what is refused."""

import json
from collections.abc import AsyncIterator
from datetime import date
from typing import Any
from uuid import uuid4

import pytest

from app.enums import Frequency, IndicatorLevel, Role
from app.schemas.schedules import ScheduleList, ScheduleRead
from tests.evidence.bringing import announced, submitted
from tests.factories.calendar import NOW, PLAN, at, know_holidays, owed, scheduled, set_schedule
from tests.factories.world import World
from tests.results.office import Office


@pytest.fixture(autouse=True)
async def _calendar(world: World) -> AsyncIterator[None]:
    await know_holidays(world)
    with at(NOW):
        yield


async def test_a_schedule_makes_what_is_due_to_the_end_of_next_year(world: World) -> None:
    office = await Office.make(world, frequency=Frequency.ANNUAL)
    path = f"/v1/indicators/{office.indicator}"
    etag = await office.manager.api.etag(path)
    answer = await set_schedule(office.manager, office.indicator)
    assert answer.status_code == 201, answer.text
    made = ScheduleRead.model_validate_json(answer.content)
    assert (made.number, made.frequency, made.in_force) == (1, "quarterly", True)
    assert made.set_by is not None
    assert made.set_by.id == office.manager.id
    assert answer.headers["Location"] == path
    assert answer.headers["ETag"].startswith('"2.')
    assert etag.startswith('"1.')
    rows = await owed(world.owner, office.indicator)
    assert [row["period"] for row in rows] == [f"{year}-Q{n}" for year in (2026, 2027) for n in (1, 2, 3, 4)]
    # Eid al-Fitr 2026 is over on 22 March; the first quarter ends on a Tuesday.
    first = rows[0]
    assert [first[name] for name in ("opens_on", "due_on", "late_until", "closes_on")] == [
        date(2026, 4, 1),
        date(2026, 4, 14),
        date(2026, 4, 21),
        date(2026, 5, 5),
    ]
    read = await office.manager.api.get(path)
    assert (read.json()["frequency"], read.json()["version"]) == ("quarterly", 2)
    # Every obligation is a subject of the entity.
    assert await world.owner.fetchval(
        "select count(*) from subjects s join obligations o on o.id = s.id and o.entity_id = s.entity_id"
        " where o.indicator_id = $1 and s.kind = 'obligation'",
        office.indicator,
    ) == len(rows)


async def test_the_event_stands_on_the_indicator(world: World) -> None:
    office = await Office.make(world)
    await scheduled(office.manager, office.indicator)
    await scheduled(
        office.manager,
        office.indicator,
        starts_on="2027-01-01",
        frequency="monthly",
        due_after=15,
        reason=None,
    )
    events = await world.owner.fetch(
        "select actor_id, reason, changes from events where subject_id = $1 and action = 'schedules.set'"
        " order by id",
        office.indicator,
    )
    first, second = (json.loads(event["changes"])["fields"] for event in events)
    assert first["starts_on"] == [None, "2026-01-01"]
    assert set(first) == set(PLAN) - {"reason"}
    assert second == {
        "frequency": ["quarterly", "monthly"],
        "starts_on": ["2026-01-01", "2027-01-01"],
        "due_after": ["10", "15"],
    }
    assert [event["reason"] for event in events] == [PLAN["reason"], None]
    assert {event["actor_id"] for event in events} == {office.manager.id}


async def test_the_list_has_the_newest_first_and_one_in_force(world: World) -> None:
    office = await Office.make(world)
    path = f"/v1/indicators/{office.indicator}/schedules"
    anybody = await world.user()
    assert (await anybody.api.get(path)).json() == {"items": [], "next_cursor": None}
    await scheduled(office.manager, office.indicator, starts_on="2025-01-01", frequency="annual")
    await scheduled(office.manager, office.indicator, starts_on="2026-01-01")
    await scheduled(office.manager, office.indicator, starts_on="2027-07-01", frequency="monthly")
    answer = await anybody.api.get(path)
    listed = ScheduleList.model_validate_json(answer.content).items
    assert [(item.number, item.frequency, item.in_force) for item in listed] == [
        (3, "monthly", False),
        (2, "quarterly", True),
        (1, "annual", False),
    ]
    page = (await anybody.api.get(path, limit=2)).json()
    rest = (await anybody.api.get(path, limit=2, cursor=page["next_cursor"])).json()
    assert [item["number"] for item in page["items"] + rest["items"]] == [3, 2, 1]
    assert rest["next_cursor"] is None
    # The one to come changes nothing yet.
    read = (await anybody.api.get(f"/v1/indicators/{office.indicator}")).json()
    assert read["frequency"] == "quarterly"
    with at(date(2027, 7, 1)):
        later = (await (await world.user()).api.get(path)).json()["items"]
    assert [item["in_force"] for item in later] == [True, False, False]
    assert (await anybody.api.get(f"/v1/indicators/{uuid4()}/schedules")).status_code == 404


async def test_another_frequency_replaces_what_was_due_from_then_on(world: World) -> None:
    office = await Office.make(world)
    await scheduled(office.manager, office.indicator, frequency="monthly")
    before = await owed(world.owner, office.indicator)
    assert len(before) == 24
    await scheduled(office.manager, office.indicator, starts_on="2026-07-01")
    after = await owed(world.owner, office.indicator)
    assert [row["period"] for row in after] == [
        *[f"2026-{month:02}" for month in range(1, 7)],
        *["2026-Q3", "2026-Q4", "2027-Q1", "2027-Q2", "2027-Q3", "2027-Q4"],
    ]
    assert [row["id"] for row in after[:6]] == [row["id"] for row in before[:6]]
    replaced = await world.owner.fetch(
        "select o.version, o.replaced_at, e.action, e.actor_id from obligations o"
        " left join events e on e.subject_id = o.id where o.id = any($1)",
        [row["id"] for row in before[6:]],
    )
    assert len(replaced) == 18
    assert {tuple(row) for row in replaced} == {(2, NOW, "obligations.replace", office.manager.id)}


async def test_a_mistaken_schedule_is_put_right_from_its_own_start(world: World) -> None:
    office = await Office.make(world)
    await scheduled(office.manager, office.indicator, frequency="monthly")
    await scheduled(office.manager, office.indicator, frequency="annual")
    assert [row["period"] for row in await owed(world.owner, office.indicator)] == ["2026", "2027"]


async def test_an_irregular_frequency_ends_what_is_due(world: World) -> None:
    office = await Office.make(world)
    await scheduled(office.manager, office.indicator)
    await scheduled(office.manager, office.indicator, starts_on="2026-10-01", frequency="irregular")
    assert [row["period"] for row in await owed(world.owner, office.indicator)] == [
        "2026-Q1",
        "2026-Q2",
        "2026-Q3",
    ]


async def test_a_biennial_indicator_is_asked_every_second_year(world: World) -> None:
    office = await Office.make(world)
    await scheduled(office.manager, office.indicator, starts_on="2023-01-01", frequency="biennial")
    assert [row["period"] for row in await owed(world.owner, office.indicator)] == ["2023", "2025", "2027"]


async def test_periods_with_figures_are_not_replaced(world: World) -> None:
    office = await Office.make(world, frequency=Frequency.QUARTERLY)
    await scheduled(office.manager, office.indicator, closes_after=60)
    figure = await office.draft("2026-Q3")
    before = await owed(world.owner, office.indicator)
    for start in ("2026-07-01", "2026-04-01"):
        refused = await set_schedule(office.manager, office.indicator, starts_on=start)
        assert (refused.status_code, refused.json()["code"]) == (409, "figures_exist")
    assert await owed(world.owner, office.indicator) == before
    # What comes after the period can be replaced; and all, once the draft is discarded.
    await scheduled(office.manager, office.indicator, starts_on="2026-10-01", closes_after=60)
    await office.taken(office.enterer, figure, "discard")
    other = await world.indicator(office.entity, office.executing, frequency=Frequency.QUARTERLY)
    await scheduled(office.manager, other, closes_after=60)
    await office.taken(office.enterer, await office.draft("2026-Q3", indicator=other), "discard")
    await scheduled(office.manager, other, starts_on="2026-07-01", frequency="semiannual")


async def test_open_figures_are_due_with_their_period(world: World) -> None:
    """An indicator that was measured before it had a schedule."""
    office = await Office.make(world, frequency=Frequency.QUARTERLY)
    drafted = await office.draft("2026-Q1")
    awaited = await announced(office.enterer, drafted)
    brought = await submitted(office.enterer, drafted)
    reviewed = await office.reviewed("2026-Q2")
    await scheduled(office.manager, office.indicator)
    due = {
        row["subject_id"]: row["due"]
        for row in await world.owner.fetch(
            "select subject_id, due from waits where closed_at is null and entity_id = $1", office.entity.id
        )
    }
    first, second, *_ = await owed(world.owner, office.indicator)
    assert due == {
        drafted.id: first["due_on"],
        awaited.id: first["due_on"],
        brought.id: first["closes_on"],
        reviewed.id: second["closes_on"],
    }


@pytest.mark.parametrize(
    ("said", "pointer", "code"),
    [
        ({"starts_on": "2026-02-01"}, "#/starts_on", "not_a_boundary"),
        ({"starts_on": "2015-01-01"}, "#/starts_on", "long_past"),
        ({"starts_on": "0002-01-01"}, "#/starts_on", "long_past"),
        ({"starts_on": "0001-01-01"}, "#/starts_on", "out_of_range"),
        ({"starts_on": "9999-10-01"}, "#/starts_on", "beyond_calendar"),
        ({"starts_on": "2032-01-01"}, "#/starts_on", "beyond_calendar"),
        ({"starts_on": "2020-07-01"}, "#/starts_on", "beyond_calendar"),
        ({"starts_on": "2026-01-01T00:00:00Z"}, "#/starts_on", "bad_format"),
        ({"starts_on": 20260101}, "#/starts_on", "wrong_type"),
        ({"frequency": "weekly"}, "#/frequency", "not_allowed"),
        ({"opens_after": 0}, "#/opens_after", "too_small"),
        ({"opens_after": 11}, "#/due_after", "due_before_opening"),
        ({"closes_after": 367}, "#/closes_after", "too_large"),
        ({"late_for": -1}, "#/late_for", "too_small"),
        ({"late_for": None}, "#/late_for", "wrong_type"),
        ({"number": 3}, "#/number", "unknown_field"),
        ({"reason": " "}, "#/reason", "bad_format"),
    ],
)
async def test_bad_input_is_named_and_changes_nothing(
    world: World, said: dict[str, Any], pointer: str, code: str
) -> None:
    office = await Office.make(world)
    refused = await set_schedule(office.manager, office.indicator, **said)
    assert refused.status_code == 422, refused.text
    assert (pointer, code) in {(fault["pointer"], fault["code"]) for fault in refused.json()["errors"]}
    assert await owed(world.owner, office.indicator) == []
    assert (await office.manager.api.etag(f"/v1/indicators/{office.indicator}")).startswith('"1.')


async def test_who_sets_a_schedule(world: World) -> None:
    """The manager for the entity's own indicators, UNIT's editors for vision and scorecard indicators."""
    office = await Office.make(world)
    unit = await world.entity(is_unit=True)
    editor = await world.person(Role.UNIT_EDITOR, unit)
    specialist_of_unit = await world.person(Role.UNIT_SPECIALIST, unit)
    own = office.indicator
    vision = await world.indicator(office.entity, level=IndicatorLevel.VISION)
    in_scorecard = await world.indicator(office.entity, in_scorecard=True)
    everybody = [
        editor,
        specialist_of_unit,
        office.manager,
        office.head,
        office.specialist,
        office.enterer,
        await world.person(Role.MANAGER, await world.entity()),
        await world.person(Role.ADMINISTRATOR),
    ]
    for indicator, rightful in ((own, office.manager), (vision, editor), (in_scorecard, editor)):
        for person in everybody:
            if person is not rightful:
                answer = await set_schedule(person, indicator)
                assert answer.status_code == 403, (answer.text, everybody.index(person))
        assert await owed(world.owner, indicator) == []
        await scheduled(rightful, indicator)
        assert len(await owed(world.owner, indicator)) == 8


async def test_what_was_not_seen_is_not_changed(world: World) -> None:
    office = await Office.make(world)
    path = f"/v1/indicators/{office.indicator}"
    etag = await office.manager.api.etag(path)
    key = {"Idempotency-Key": uuid4().hex}
    send = office.manager.api.send
    assert (await send("POST", f"{path}/schedules", json=PLAN, headers=key)).status_code == 428
    seen = {"If-Match": etag}
    assert (await send("POST", f"{path}/schedules", json=PLAN, headers=seen)).status_code == 400
    made = await send("POST", f"{path}/schedules", json=PLAN, headers=key | seen)
    assert made.status_code == 201
    again = await send("POST", f"{path}/schedules", json=PLAN, headers=key | seen)
    assert (again.status_code, again.content) == (201, made.content)
    assert len(await owed(world.owner, office.indicator)) == 8
    late = await send("POST", f"{path}/schedules", json=PLAN, headers=seen | {"Idempotency-Key": uuid4().hex})
    assert (late.status_code, late.json()["code"]) == (412, "stale")
    # The answer's ETag is the indicator's: what follows can be sent at once.
    following = {"If-Match": made.headers["ETag"], "Idempotency-Key": uuid4().hex}
    body = PLAN | {"starts_on": "2027-01-01"}
    assert (await send("POST", f"{path}/schedules", json=body, headers=following)).status_code == 201


async def test_a_retired_indicator_takes_no_schedule(world: World) -> None:
    office = await Office.make(world)
    await world.owner.execute(
        "update indicators set state = 'retired', retired_on = '2026-11-01' where id = $1", office.indicator
    )
    refused = await set_schedule(office.manager, office.indicator)
    assert (refused.status_code, refused.json()["code"]) == (409, "wrong_state")
