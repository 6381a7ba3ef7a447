"""Excusing a figure that is due, and taking that back."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from app import clock
from app.enums import IndicatorLevel, Role
from tests.factories.world import Person, World
from tests.obligations.owing import OVERDUE, around, events_of, last_year
from tests.results.office import Office

WHY = {"reason": "توقف المسح الميداني بسبب الحالة المدارية"}


async def _owing(world: World, **traits: Any) -> tuple[Office, UUID, str]:
    office = await Office.make(world, **traits)
    due = await world.obligation(office.indicator, office.entity, last_year(), **around(*OVERDUE))
    return office, due, f"/v1/obligations/{due}"


async def _take(person: Person, path: str, verb: str, body: Any = WHY) -> httpx.Response:
    return await person.api.step(f"{path}/{verb}", await person.api.etag(path), body)


async def test_excused_and_due_again(world: World) -> None:
    office, due, path = await _owing(world)
    excused = await _take(office.head, path, "excuse")
    assert excused.status_code == 200, excused.text
    said = excused.json()
    assert (said["state"], said["excuse"], said["version"]) == ("excused", WHY["reason"], 2)
    assert said["actions"] == ["obligations.reinstate"]
    assert said["excused_by"]["id"] == str(office.head.id)
    assert abs(datetime.fromisoformat(said["excused_at"]) - clock.now()) < timedelta(minutes=5)
    again = await _take(office.head, path, "excuse")
    assert (again.status_code, again.json()["code"]) == (409, "wrong_state")

    back = await _take(office.head, path, "reinstate", {"reason": "نُشرت البيانات"})
    assert back.status_code == 200, back.text
    assert (back.json()["state"], back.json()["excuse"], back.json()["version"]) == ("overdue", None, 3)
    assert (back.json()["excused_by"], back.json()["excused_at"]) == (None, None)
    assert (await _take(office.head, path, "reinstate")).status_code == 409
    assert await events_of(world.owner, due) == [
        ("obligations.excuse", office.head.id, WHY["reason"]),
        ("obligations.reinstate", office.head.id, "نُشرت البيانات"),
    ]


async def test_only_the_grantor_excuses(world: World) -> None:
    unit = await world.person(Role.UNIT_SPECIALIST, await world.entity(is_unit=True))
    for traits, entitled in (
        ({}, "head"),
        ({"level": IndicatorLevel.VISION}, "unit"),
        ({"in_scorecard": True}, "unit"),
    ):
        office, due, path = await _owing(world, **traits)
        people = {"head": office.head, "unit": unit, "manager": office.manager, "enterer": office.enterer}
        for name, person in people.items():
            if name != entitled:
                assert (await _take(person, path, "excuse")).status_code == 403, (traits, name)
        assert await events_of(world.owner, due) == []
        assert (await _take(people[entitled], path, "excuse")).status_code == 200


async def test_the_head_office_records_it_with_the_letter(world: World) -> None:
    office, due, path = await _owing(world)
    recorder = await world.person(Role.HEAD_OFFICE, office.entity)
    mute = await _take(recorder, path, "excuse")
    assert (mute.status_code, mute.json()["errors"][0]["pointer"]) == (422, "#/decision")
    letter = {"decided_by_id": str(office.head.id), "letter_number": "٧/٢٠٢٦", "letter_date": "2026-01-15"}
    done = await _take(recorder, path, "excuse", WHY | {"decision": letter})
    assert done.status_code == 200, done.text
    kept = await world.owner.fetchrow(
        "select e.actor_id, e.acting_for_id, o.excused_by_id from events e"
        " join obligations o on o.id = e.subject_id where o.id = $1",
        due,
    )
    assert tuple(kept) == (recorder.id, office.head.id, office.head.id)
    out_of_place = await _take(office.head, path, "reinstate", WHY | {"decision": letter})
    assert (out_of_place.status_code, out_of_place.json()["errors"][0]["code"]) == (422, "not_recorded")


async def test_an_approved_figure_needs_no_excuse(world: World) -> None:
    office, due, path = await _owing(world)
    await office.approved(last_year())
    refused = await _take(office.head, path, "excuse")
    assert (refused.status_code, refused.json()["code"]) == (409, "complete")
    assert await events_of(world.owner, due) == []


@pytest.mark.parametrize("body", [{}, {"reason": ""}, {"reason": "  "}, {"reason": "x", "until": "2027"}])
async def test_a_reason_is_needed(world: World, body: Any) -> None:
    office, due, path = await _owing(world)
    assert (await _take(office.head, path, "excuse", body)).status_code == 422
    assert await events_of(world.owner, due) == []


async def test_what_was_not_seen_is_not_excused(world: World) -> None:
    office, _, path = await _owing(world)
    seen = await office.head.api.etag(path)
    await _take(office.head, path, "excuse")
    await _take(office.head, path, "reinstate")
    assert (await office.head.api.step(f"{path}/excuse", seen, WHY)).status_code == 412
    assert (await office.head.api.step(f"{path}/excuse", None, WHY)).status_code == 428
