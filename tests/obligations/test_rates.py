"""The rates, against a plain recount in Python of chance worlds."""

import random
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from uuid import UUID

import pytest

from app import clock
from app.enums import DivisionFunction, EnteredBy, Role
from app.schemas.obligations import ObligationRates
from tests.factories.world import Division, Entity, Person, World
from tests.obligations.owing import LATE, Owed, around, last_year, priority, scatter
from tests.results.office import Office

PATH = "/v1/obligations/rates"


@dataclass(frozen=True)
class Indicator:
    """What the keys of an indicator's figures are."""

    id: UUID
    entity: Entity
    division: Division | None
    priority: UUID | None
    entered_by: EnteredBy


@dataclass(frozen=True)
class Nation:
    """Two ministries and what they owe; `people` by the party that they answer to."""

    entities: list[Entity]
    indicators: dict[UUID, Indicator]
    owed: list[Owed]
    unit: Person
    managers: list[Person]
    people: dict[UUID, list[Person]]


@pytest.fixture(scope="module")
async def nation(world: World) -> Nation:
    chance = random.Random(2040)
    unit = await world.person(Role.UNIT_SPECIALIST, await world.entity(is_unit=True))
    made = Nation([], {}, [], unit, [], defaultdict(list))
    labour = await priority(world)
    for _ in range(2):
        entity = await world.entity()
        made.entities.append(entity)
        made.managers.append(await world.person(Role.MANAGER, entity))
        staffed, empty = [await world.division(entity, DivisionFunction.EXECUTING) for _ in range(2)]
        made.people[staffed.id] = [
            await world.person(Role.DIVISION_HEAD, division=staffed),
            await world.person(Role.DIVISION_MEMBER, division=staffed),
        ]
        made.people[entity.id] = [await world.person(Role.SPECIALIST, entity) for _ in range(2)]
        former = await world.person(Role.SPECIALIST, entity)
        await world.owner.execute("update users set is_active = false where id = $1", former.id)
        for division, entered_by in (
            (staffed, EnteredBy.OWNER),
            (staffed, EnteredBy.UNIT),
            (empty, EnteredBy.OWNER),
            (None, EnteredBy.OWNER),
        ):
            serves = labour if chance.random() < 0.5 else None
            id_ = await world.indicator(entity, division, entered_by=entered_by)
            await world.owner.execute("update indicators set priority_id = $2 where id = $1", id_, serves)
            made.indicators[id_] = Indicator(id_, entity, division, serves, entered_by)
            made.owed.extend(
                await scatter(world, chance, entity, id_, 20, clock.today() - timedelta(days=5), unit.id)
            )
    return made


def recount(owed: Iterable[Owed], today: date) -> dict[str, Any]:
    """One line's numbers."""
    past = [one for one in owed if one.due_on < today]
    due = [one for one in past if one.state(today) != "excused"]
    states = [one.state(today) for one in due]
    timely = sum(one.timely() for one in due)
    complete = states.count("complete")
    return {
        "due": len(due),
        "complete": complete,
        "timely": timely,
        "late": states.count("late"),
        "overdue": states.count("overdue"),
        "in_review": states.count("in_review"),
        "excused": len(past) - len(due),
        "completeness": share(complete, len(due)),
        "timeliness": share(timely, len(due)),
    }


def share(part: int, whole: int) -> float | None:
    """Four decimals, rounded as people do."""
    if not whole:
        return None
    return float((Decimal(part) / whole).quantize(Decimal("0.0001"), ROUND_HALF_UP))


def grouped(
    owed: Iterable[Owed], keys: Callable[[Owed], Iterable[UUID | None]], today: date
) -> dict[str | None, dict[str, Any]]:
    """The lines that are expected; a key of which nothing is past its due day has none."""
    found: dict[UUID | None, list[Owed]] = defaultdict(list)
    for one in owed:
        if one.due_on < today:
            for key in keys(one):
                found[key].append(one)
    return {key and str(key): recount(group, today) for key, group in found.items()}


async def lines(person: Person, by: str, **filters: Any) -> dict[str | None, dict[str, Any]]:
    """What the service says, by the key's id."""
    answer = await person.api.get(PATH, by=by, **filters)
    assert answer.status_code == 200, answer.text
    ObligationRates.model_validate_json(answer.content)
    body = answer.json()
    assert body["by"] == by
    found = {line["key"] and line["key"]["id"]: line for line in body["rates"]}
    assert len(found) == len(body["rates"])
    for line in found.values():
        assert line["due"] == line["complete"] + line["in_review"] + line["late"] + line["overdue"]
    return {key: {name: line[name] for name in line if name != "key"} for key, line in found.items()}


async def test_every_key_is_counted_as_by_hand(nation: Nation) -> None:
    today, of = clock.today(), nation.indicators

    def division_or_office(one: Owed) -> list[UUID | None]:
        if of[one.indicator].entered_by is EnteredBy.UNIT:
            return [None]
        division = of[one.indicator].division
        return [division.id if division else one.entity]

    expected: dict[str, Callable[[Owed], list[UUID | None]]] = {
        "entity": lambda one: [one.entity],
        "division": division_or_office,
        "priority": lambda one: [of[one.indicator].priority],
        "nation": lambda _: [None],
    }
    for by, keys in expected.items():
        assert await lines(nation.unit, by) == grouped(nation.owed, keys, today), by
        own = [one for one in nation.owed if one.entity == nation.entities[0].id]
        assert await lines(nation.managers[0], by) == grouped(own, keys, today), by
    everything = recount(nation.owed, today)
    for count in ("complete", "timely", "late", "overdue", "in_review", "excused"):
        assert everything[count] > 0, "a count that is always nought is not tested"


async def test_people_share_what_their_party_owes(nation: Nation) -> None:
    def holders(one: Owed) -> list[UUID | None]:
        indicator = nation.indicators[one.indicator]
        if indicator.entered_by is EnteredBy.UNIT:
            return [None]
        party = indicator.division.id if indicator.division else one.entity
        return [person.id for person in nation.people.get(party, [])] or [None]

    for entity, manager in zip(nation.entities, nation.managers, strict=True):
        own = [one for one in nation.owed if one.entity == entity.id]
        expected = grouped(own, holders, clock.today())
        assert None in expected
        assert await lines(manager, "person") == expected
        assert await lines(manager, "person", entity_id=str(entity.id)) == expected


async def test_filters_narrow_what_is_counted(nation: Nation) -> None:
    today = clock.today()
    first, last = today - timedelta(days=9), today - timedelta(days=4)
    within = [one for one in nation.owed if first <= one.due_on <= last]
    assert 0 < len(within) < len(nation.owed)
    asked = {"from_due": first.isoformat(), "to_due": last.isoformat()}
    assert await lines(nation.unit, "nation", **asked) == {None: recount(within, today)}
    labour = next(one.priority for one in nation.indicators.values() if one.priority)
    served = [one for one in nation.owed if nation.indicators[one.indicator].priority == labour]
    assert await lines(nation.unit, "nation", priority_id=str(labour)) == {None: recount(served, today)}
    entity = nation.entities[1].id
    assert await lines(nation.unit, "entity", entity_id=str(entity)) == {
        str(entity): recount([one for one in nation.owed if one.entity == entity], today)
    }


async def test_nothing_due_is_no_rate(nation: Nation) -> None:
    later = clock.today().isoformat()
    nothing = await lines(nation.unit, "nation", from_due=later)
    assert nothing == {None: recount([], clock.today())}
    assert nothing[None]["completeness"] is None
    assert await lines(nation.unit, "entity", from_due=later) == {}


async def test_names_of_people_stay_in_their_office(world: World, nation: Nation) -> None:
    entity = nation.entities[0]
    for role in (Role.HEAD, Role.HEAD_OFFICE, Role.SPECIALIST):
        assert (await (await world.person(role, entity)).api.get(PATH, by="person")).status_code == 200
    division = nation.people[next(iter(nation.people))][0]
    editor = await world.person(Role.UNIT_EDITOR, await world.entity(is_unit=True))
    expert = await world.person(Role.EXPERT, entity)
    for person in (nation.unit, editor, expert, division, await world.user()):
        refused = await person.api.get(PATH, by="person")
        assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")
        named = await person.api.get(PATH, by="person", entity_id=str(entity.id))
        assert named.status_code == 403
    other = await nation.managers[0].api.get(PATH, by="person", entity_id=str(nation.entities[1].id))
    assert other.status_code == 403


async def test_a_stranger_counts_nothing(world: World) -> None:
    stranger = await world.user()
    assert (await lines(stranger, "nation"))[None]["due"] == 0
    assert await lines(stranger, "entity") == {}


async def test_what_a_partner_owes_is_theirs_to_answer_for(world: World) -> None:
    ours, theirs = await Office.make(world), await Office.make(world)
    for office in (ours, theirs):
        await world.obligation(office.indicator, office.entity, last_year(), **around(*LATE))
    await world.contribution(ours.indicator, ours.entity, theirs.entity, ours.manager, part=theirs.indicator)
    listed = (await ours.manager.api.get("/v1/obligations", late=True)).json()["items"]
    assert {item["entity"]["id"] for item in listed} == {str(ours.entity.id), str(theirs.entity.id)}
    for by, key in (("entity", ours.entity.id), ("division", ours.executing.id), ("nation", None)):
        found = await lines(ours.manager, by)
        assert {key: line["late"] for key, line in found.items()} == {key and str(key): 1}
        assert await lines(ours.manager, by, entity_id=str(theirs.entity.id)) == (
            {None: recount([], clock.today())} if by == "nation" else {}
        )


@pytest.mark.parametrize("path", [PATH, "/v1/obligations"])
async def test_a_span_that_ends_before_it_begins_is_refused(nation: Nation, path: str) -> None:
    by = {"by": "nation"} if path == PATH else {}
    refused = await nation.unit.api.get(path, from_due="2026-05-02", to_due="2026-05-01", **by)
    assert refused.status_code == 422
    assert [(e["parameter"], e["code"]) for e in refused.json()["errors"]] == [("to_due", "out_of_range")]
    one_day = await nation.unit.api.get(path, from_due="2026-05-01", to_due="2026-05-01", **by)
    assert one_day.status_code == 200


@pytest.mark.parametrize("query", ["", "by=team", "by=nation&to_due=soon", "by=entity&state=late"])
async def test_what_cannot_be_counted_is_refused(nation: Nation, query: str) -> None:
    assert (await nation.unit.api.get(f"{PATH}?{query}")).status_code == 422
