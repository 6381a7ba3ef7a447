"""What waits for a person and for their division or office, and how it is narrowed."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from fastapi import FastAPI

from app import clock
from app.enums import Role
from app.services import seeing
from app.services.calendar import days_sql
from app.services.calendar.rules import add_working_days
from app.services.challenges import subjects
from app.services.inbox import kinds
from tests.factories.challenges import Bureau
from tests.factories.initiatives import House
from tests.factories.scorecards import Improving
from tests.factories.world import Person, World
from tests.results.office import Office


def identity(path: str) -> str:
    """The id at the end of a path."""
    return path.rpartition("/")[2]


async def lines(person: Person, **params: Any) -> list[dict[str, Any]]:
    """What the inbox of a person says."""
    answer = await person.api.get("/v1/inbox", **params)
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def of(person: Person, subject_id: UUID | str, whose: str = "division") -> list[tuple[str, str]]:
    """Who is awaited to do what with a thing, as a person reads it."""
    found = await lines(person, of=whose)
    return [(line["party"], line["action"]) for line in found if line["subject_id"] == str(subject_id)]


@pytest.fixture(scope="module")
async def office(world: World) -> Office:
    return await Office.make(world)


@pytest.fixture(scope="module")
async def bureau(world: World) -> Bureau:
    return await Bureau.make(world)


def test_each_kind_that_waits_or_is_named_is_seen_by_a_rule() -> None:
    assert kinds.KINDS.keys() | subjects.KINDS.keys() == seeing.KINDS.keys()


async def test_a_colleagues_wait_is_the_offices_and_not_anothers(office: Office) -> None:
    figure = await office.reviewed("2019")
    awaited = [("manager", "results.approve")]
    assert await of(office.manager, figure.id, "me") == awaited
    assert await of(office.specialist, figure.id, "me") == []
    assert await of(office.specialist, figure.id) == awaited
    for other in (office.enterer, office.reviewer, office.head):
        assert await of(other, figure.id) == []
    elsewhere = await office.world.person(Role.SPECIALIST, await office.world.entity())
    assert await of(elsewhere, figure.id) == []


async def test_what_waits_for_a_division_is_its_peoples_alone(office: Office) -> None:
    draft = await office.draft("2018")
    division = await office.world.division(office.entity)
    other = await office.world.person(Role.DIVISION_MEMBER, division=division)
    assert await of(office.second_enterer, draft.id) == [("division", "results.submit")]
    assert await of(other, draft.id) == []


async def test_four_eyes_keeps_from_the_step_and_not_from_seeing_that_it_waits(
    world: World, app: FastAPI
) -> None:
    improving = await Improving.make(world, app)
    people = improving.office
    path = await improving.submitted()
    awaited = [("specialist", "improvement_plans.assure")]
    assert await of(people.drafter, identity(path), "me") == []
    assert await of(people.drafter, identity(path)) == awaited
    assert await of(people.specialist, identity(path), "me") == awaited


async def test_a_representatives_wait_is_the_offices(world: World, app: FastAPI) -> None:
    improving = await Improving.make(world, app)
    people = improving.office
    await world.assign(people.representative, improving.indicator, people.entity)
    path = await improving.submitted()
    awaited = [("technical_representative", "improvement_plans.assure")]
    assert await of(people.representative, identity(path), "me") == awaited
    assert await of(people.manager, identity(path)) == awaited
    assert await of(people.member, identity(path)) == []


async def test_what_a_colleague_may_not_see_is_not_shown(bureau: Bureau) -> None:
    open_ = await bureau.opened(bureau.enterer)
    hidden = await bureau.opened(bureau.enterer, classification="restricted")
    awaited = [("manager", "challenges.close")]
    assert await of(bureau.specialist, identity(open_)) == awaited
    assert await of(bureau.specialist, identity(hidden)) == []
    assert await of(bureau.manager, identity(hidden)) == awaited


async def test_what_waits_for_a_project_manager_is_the_divisions(world: World) -> None:
    house = await House.make(world)
    project = await house.approved()
    path = f"/v1/initiatives/{project.id}"
    named = await house.manager.api.step(
        f"{path}/put-in-charge",
        await house.manager.api.etag(path),
        {"division_id": str(house.executing.id), "manager_id": str(house.outsider.id)},
    )
    assert named.status_code == 200, named.text
    made = await house.report(project, by=house.outsider)
    assert made.status_code == 201, made.text
    report_id = made.json()["id"]
    mine = await of(house.outsider, report_id, "me")
    assert mine == [("project_manager", "progress_reports.submit")]
    assert await of(house.member, report_id) == mine
    assert await of(house.planner, report_id) == []


async def a_holiday(world: World) -> date:
    """A working day of the week to come on which offices are closed."""
    day = add_working_days(clock.today(), 2, [])
    await world.holiday(day)
    return day


async def test_late_and_soon(world: World, bureau: Bureau) -> None:
    today = clock.today()
    last = (add_working_days(today, days_sql.SOON, [await a_holiday(world)]) - today).days
    days = {"late": -3, "today": 0, "last": last, "later": last + 1, "never": None}
    made = {}
    for name, ahead in days.items():
        made[name] = identity(await bureau.opened())
        due = None if ahead is None else today + timedelta(days=ahead)
        await world.owner.execute(
            "update waits set due = $1 where subject_id = $2 and closed_at is null", due, UUID(made[name])
        )
    ours = {subject: name for name, subject in made.items()}
    for whose in ("me", "division"):
        found = {
            due: [
                (ours[line["subject_id"]], line["late"], line["overdue_days"])
                for line in await lines(bureau.manager, of=whose, **({"due": due} if due else {}))
                if line["subject_id"] in ours
            ]
            for due in ("late", "soon", "")
        }
        assert found["late"] == [("late", True, 3)]
        assert found["soon"] == [("today", False, 0), ("last", False, 0)]
        assert found[""] == [(name, name == "late", 3 if name == "late" else 0) for name in days]


async def test_kind_and_entity(bureau: Bureau, office: Office) -> None:
    await bureau.opened()
    manager = bureau.manager
    assert {line["kind"] for line in await lines(manager, kind="challenge")} == {"challenge"}
    assert await lines(manager, kind="result") == []
    assert await lines(manager, entity_id=office.entity.id) == []
    assert len(await lines(manager, entity_id=bureau.entity.id)) == len(await lines(manager))


async def test_pages_keep_their_order_under_a_filter(bureau: Bureau) -> None:
    for _ in range(3):
        await bureau.opened()
    asked = {"of": "division", "kind": "challenge"}
    whole = [line["subject_id"] for line in await lines(bureau.specialist, **asked)]
    assert len(whole) >= 3
    paged, cursor = [], None
    while True:
        page = (
            await bureau.specialist.api.get(
                "/v1/inbox", **asked, limit=2, **({"cursor": cursor} if cursor else {})
            )
        ).json()
        paged += [line["subject_id"] for line in page["items"]]
        cursor = page["next_cursor"] or cursor
        if page["next_cursor"] is None:
            break
    assert paged == whole
    foreign = await bureau.specialist.api.get("/v1/inbox", cursor=cursor)
    assert foreign.status_code == 422


@pytest.mark.parametrize(
    ("params", "pointer"),
    [
        ({"of": "all"}, "of"),
        ({"due": "yesterday"}, "due"),
        ({"kind": "x"}, "kind"),
        ({"entity_id": 5}, "entity_id"),
    ],
)
async def test_what_is_no_filter_is_refused(bureau: Bureau, params: dict[str, Any], pointer: str) -> None:
    answer = await bureau.manager.api.get("/v1/inbox", **params)
    assert answer.status_code == 422
    assert pointer in answer.text
