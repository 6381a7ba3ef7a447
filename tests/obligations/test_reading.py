"""The list of what is due, one of it, and who sees it."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from app import clock
from app.enums import EnteredBy, IndicatorLevel, Role
from app.schemas.obligations import ObligationList, ObligationRead
from tests.contributions.sharing import Sharing
from tests.factories.world import Person, World
from tests.obligations.owing import (
    CLOSED,
    LATE,
    LONG_AGO,
    NOT_YET,
    OPEN,
    OVERDUE,
    around,
    last_year,
    priority,
)
from tests.results.office import Office

PATH = "/v1/obligations"
WHEN = {"open": OPEN, "not_yet": NOT_YET, "late": LATE, "overdue": OVERDUE}


@dataclass(frozen=True)
class Owing:
    """An office that owes a figure in each state that the days alone make."""

    office: Office
    ids: dict[str, UUID]

    def path(self, state: str) -> str:
        return f"{PATH}/{self.ids[state]}"


@pytest.fixture
async def owing(world: World) -> Owing:
    office = await Office.make(world)
    made = {}
    for number, (state, days) in enumerate(WHEN.items()):
        period = f"{int(last_year()) - number}"
        made[state] = await world.obligation(office.indicator, office.entity, period, **around(*days))
    return Owing(office, made)


async def listed(person: Person, **filters: Any) -> list[UUID]:
    answer = await person.api.get(PATH, **filters)
    assert answer.status_code == 200, answer.text
    ObligationList.model_validate_json(answer.content)
    return [UUID(item["id"]) for item in answer.json()["items"]]


async def test_each_says_where_it_stands(owing: Owing) -> None:
    for state, id_ in owing.ids.items():
        answer = await owing.office.manager.api.get(f"{PATH}/{id_}")
        said = ObligationRead.model_validate_json(answer.content)
        assert (said.state, said.closed, said.result_id, said.excuse) == (state, False, None, None)
        assert said.indicator.id == owing.office.indicator
        assert said.division is not None
        assert said.division.id == owing.office.executing.id


async def test_figures_move_it_on_and_only_who_may_see_a_figure_is_told_its_id(world: World) -> None:
    office = await Office.make(world)
    colleague = await world.person(Role.DIVISION_MEMBER, division=await world.division(office.entity))
    due = await world.obligation(office.indicator, office.entity, last_year(), **around(*OPEN))

    async def said(person: Person) -> tuple[str, str | None]:
        body = (await person.api.get(f"{PATH}/{due}")).json()
        return body["state"], body["result_id"]

    figure = await office.draft(last_year())
    assert await said(office.enterer) == ("entered", str(figure.id))
    assert await said(colleague) == ("entered", None)
    await office.submit(figure)
    assert await said(colleague) == ("in_review", None)
    await office.approve(await office.review(figure))
    assert await said(colleague) == ("complete", str(figure.id))


@pytest.mark.parametrize("days", [OPEN, LATE])
async def test_partners_do_not_learn_of_a_draft(world: World, days: tuple[int, int, int, int]) -> None:
    sharing = await Sharing.make(world)
    owner, (other,) = sharing.owner, sharing.contributors
    await sharing.accepted(other)
    unit = await world.person(Role.UNIT_SPECIALIST, await world.entity(is_unit=True))
    late = days == LATE
    for office, partner in ((owner, other), (other, owner)):
        due = await world.obligation(office.indicator, office.entity, last_year(), **around(*days))
        figure = await office.draft(last_year())
        at_home = "late" if late else "entered"
        for person, state in (
            *((getattr(partner, name), "late" if late else "open") for name in ("enterer", "manager")),
            *((getattr(office, name), at_home) for name in ("enterer", "reviewer", "manager")),
            (unit, at_home),
        ):
            assert (await person.api.get(f"{PATH}/{due}")).json()["state"] == state
            for asked in ("entered", "open", "late"):
                found = await listed(person, indicator_id=str(office.indicator), state=asked)
                assert found == [due] * (asked == state)
        # Handed in, it is told to both.
        await office.submit(figure)
        assert (await partner.enterer.api.get(f"{PATH}/{due}")).json()["state"] == "in_review"


async def test_a_forecast_completes_nothing(world: World) -> None:
    office = await Office.make(world)
    due = await world.obligation(office.indicator, office.entity, last_year(), **around(*LATE))
    await office.approved(last_year(), obs_status="F")
    assert (await office.manager.api.get(f"{PATH}/{due}")).json()["state"] == "late"


async def test_filters_and_order(world: World, owing: Owing) -> None:
    office, manager = owing.office, owing.office.manager
    by_due = [owing.ids[state] for state in ("overdue", "late")]
    todo = sorted(owing.ids[state] for state in ("open", "not_yet"))
    assert await listed(manager) == by_due + todo
    for state, id_ in owing.ids.items():
        assert await listed(manager, state=state) == [id_]
    assert await listed(manager, late=True) == by_due
    assert await listed(manager, period=last_year()) == [owing.ids["open"]]
    today = clock.today()
    assert await listed(manager, from_due=(today - timedelta(days=10)).isoformat()) == [
        owing.ids["late"],
        *todo,
    ]
    assert await listed(manager, to_due=(today - timedelta(days=11)).isoformat()) == [owing.ids["overdue"]]
    assert await listed(manager, division_id=str(office.executing.id)) == by_due + todo
    assert await listed(manager, division_id=str(office.planning.id)) == []

    plain = await world.indicator(office.entity)
    other = await world.obligation(plain, office.entity, last_year(), **around(*OVERDUE))
    assert await listed(manager, indicator_id=str(plain)) == [other]
    assert await listed(manager, entity_id=str(office.entity.id), state="overdue") == sorted(
        [other, owing.ids["overdue"]]
    )
    labour = await priority(world)
    await world.owner.execute("update indicators set priority_id = $2 where id = $1", plain, labour)
    assert await listed(manager, priority_id=str(labour)) == [other]


async def test_pages_hold_everything_once(owing: Owing) -> None:
    manager, seen, cursor = owing.office.manager, [], None
    while True:
        page = (await manager.api.get(PATH, limit=1, **({"cursor": cursor} if cursor else {}))).json()
        seen += [item["id"] for item in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert seen == [str(id_) for id_ in await listed(manager)]


async def test_mine_is_what_a_party_of_mine_enters(world: World) -> None:
    office = await Office.make(world)
    unit = await world.person(Role.UNIT_EDITOR, await world.entity(is_unit=True))
    days = around(*OPEN)

    async def due(indicator: UUID) -> UUID:
        return await world.obligation(indicator, office.entity, last_year(), **days)

    in_charge = await due(office.indicator)
    other_division = await world.division(office.entity)
    elsewhere = await due(await world.indicator(office.entity, other_division))
    of_office = await due(await world.indicator(office.entity))
    index = await due(await world.indicator(office.entity, entered_by=EnteredBy.UNIT))

    assert await listed(office.enterer, mine=True) == [in_charge]
    assert await listed(office.reviewer, mine=True) == []
    assert await listed(office.specialist, mine=True) == sorted([in_charge, elsewhere, of_office])
    assert index in await listed(unit, mine=True)
    assert not {in_charge, elsewhere, of_office} & set(await listed(unit, mine=True))
    assert set(await listed(office.reviewer)) == {in_charge, elsewhere, of_office, index}
    items = (await office.reviewer.api.get(PATH)).json()["items"]
    assert {UUID(item["id"]) for item in items if item["entered_by"] == "unit"} == {index}


async def test_the_own_entity_unit_and_partners_see_it_strangers_do_not(world: World) -> None:
    owner, partner = await Office.make(world), await Office.make(world)
    due = await world.obligation(owner.indicator, owner.entity, last_year(), **around(*OPEN))
    theirs = await world.obligation(partner.indicator, partner.entity, last_year(), **around(*OPEN))
    kept = await world.indicator(owner.entity, owner.executing)
    private = await world.obligation(kept, owner.entity, last_year(), **around(*OPEN))
    unit = await world.person(Role.UNIT_SPECIALIST, await world.entity(is_unit=True))
    stranger = await world.person(Role.HEAD, await world.entity())
    nobody = await world.user()
    expert = await world.person(Role.EXPERT, owner.entity)

    async def sees(person: Person) -> set[UUID]:
        found = set(await listed(person, state="open")) & {due, theirs, private}
        for id_ in (due, theirs, private):
            assert (await person.api.get(f"{PATH}/{id_}")).status_code == (200 if id_ in found else 404)
        return found

    assert await sees(owner.enterer) == await sees(expert) == {due, private}
    assert await sees(partner.manager) == {theirs}
    await world.contribution(
        owner.indicator, owner.entity, partner.entity, owner.manager, part=partner.indicator
    )
    assert await sees(owner.enterer) == {due, theirs, private}
    assert await sees(partner.manager) == await sees(partner.enterer) == {due, theirs}
    assert await sees(unit) == {due, theirs, private}
    assert await sees(stranger) == await sees(nobody) == set()


async def test_what_another_schedule_replaced_is_gone(world: World, owing: Owing) -> None:
    gone = owing.ids["open"]
    await world.owner.execute("update obligations set replaced_at = $2 where id = $1", gone, LONG_AGO)
    assert gone not in await listed(owing.office.manager)
    assert (await owing.office.manager.api.get(f"{PATH}/{gone}")).status_code == 404


async def test_the_actions_are_what_would_not_be_refused(world: World, owing: Owing) -> None:
    office = owing.office

    async def actions(person: Person, path: str) -> list[str]:
        found = (await person.api.get(path)).json()["actions"]
        assert isinstance(found, list)
        return found

    for state in WHEN:
        assert await actions(office.enterer, owing.path(state)) == ["results.create"]
        assert await actions(office.head, owing.path(state)) == ["obligations.excuse"]
        assert await actions(office.manager, owing.path(state)) == []
    closed = f"{PATH}/{await world.obligation(office.indicator, office.entity, '1999', **around(*CLOSED))}"
    assert await actions(office.enterer, closed) == []
    assert await actions(office.manager, closed) == ["obligations.ask_reopening"]
    await office.draft(last_year())
    assert await actions(office.enterer, owing.path("open")) == []
    await world.owner.execute(
        "update indicators set state = 'retired', retired_on = current_date where id = $1", office.indicator
    )
    assert await actions(office.enterer, owing.path("late")) == ["results.create"], "it is still owed"


async def test_a_vision_indicator_is_unit_s_to_excuse(world: World) -> None:
    office = await Office.make(world, level=IndicatorLevel.VISION)
    unit = await world.person(Role.UNIT_SPECIALIST, await world.entity(is_unit=True))
    due = await world.obligation(office.indicator, office.entity, last_year(), **around(*OPEN))
    assert (await unit.api.get(f"{PATH}/{due}")).json()["actions"] == ["obligations.excuse"]
    assert (await office.head.api.get(f"{PATH}/{due}")).json()["actions"] == []


async def test_an_etag_spares_the_answer(owing: Owing) -> None:
    manager = owing.office.manager
    etag = await manager.api.etag(owing.path("open"))
    again: httpx.Response = await manager.api.send("GET", owing.path("open"), headers={"If-None-Match": etag})
    assert again.status_code == 304


@pytest.mark.parametrize(
    "query", ["state=gone", "from_due=2026-13-01", "late=perhaps", "entity_id=7", "period=20245", "who=me"]
)
async def test_a_filter_that_cannot_be_is_refused(owing: Owing, query: str) -> None:
    answer = await owing.office.manager.api.get(f"{PATH}?{query}")
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
