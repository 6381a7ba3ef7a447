"""The parties that take each step of the results chain, in SQL and in Python, for every kind of role plan."""

import json
import random
from itertools import count, product
from uuid import UUID

from sqlalchemy import select

from app import ids
from app.db import Query
from app.enums import Chain, DivisionFunction, EnteredBy, Party, Role, Step, SubjectKind
from app.models import Indicator
from app.services.role_plans import chains
from tests.factories.world import LONG_AGO, Division, Entity, World

_i = Indicator.__table__
_QUERY = Query(
    lambda: select(
        _i.c.id,
        _i.c.entity_id,
        _i.c.division_id,
        _i.c.entered_by,
        *[chains.step_keys(step, _i).label(step.value) for step in Step],
        chains.steps_in_force(Chain.RESULTS, _i.c.entity_id).label("steps"),
    )
)


Steps = list[tuple[Step, Party, UUID | None]]


async def _plan(world: World, entity: Entity, number: int, steps: Steps) -> None:
    """An approved role plan with these steps of the results chain, and one step of another chain."""
    person = await world.user()
    plan_id, ranks = ids.new(), count()
    await world.subject(plan_id, SubjectKind.ROLE_PLAN, entity.id)
    await world.insert(
        "role_plans",
        id=plan_id,
        entity_id=entity.id,
        number=number,
        state="draft",
        drafted_by_id=person.id,
        edited_by=[person.id],
        drafted_at=LONG_AGO,
    )
    named = [(Chain.RESULTS, *step) for step in steps] + [(Chain.PLANS, Step.ENTER, Party.PLANNING, None)]
    for chain, step, party, division_id in named:
        await world.insert(
            "role_plan_steps",
            role_plan_id=plan_id,
            entity_id=entity.id,
            chain=chain.value,
            step=step.value,
            rank=next(ranks),
            party=party.value,
            division_id=division_id,
        )
    await world.owner.execute("update role_plans set state = 'approved' where id = $1", plan_id)


async def test_sql_names_the_same_parties_in_the_same_order(world: World) -> None:
    chance = random.Random(7)
    in_force: dict[UUID, Steps] = {}
    for planned in range(-2, 10):
        entity = await world.entity()
        divisions: list[Division] = [await world.division(entity) for _ in range(2)]
        if planned == -1:  # a plan that says nothing of this chain
            await _plan(world, entity, 1, [])
        elif planned >= 0:
            parties = chance.sample(list(Party), min(planned, 4))
            enter = [
                (Step.ENTER, party, divisions[1].id if party is Party.DIVISION else None) for party in parties
            ]
            await _plan(world, entity, 1, [(Step.APPROVE, Party.HEAD, None)])
            in_force[entity.id] = [*enter, (Step.REVIEW, Party.MANAGER, None)]
            await _plan(world, entity, 2, in_force[entity.id])
        for division, entered_by in product((None, divisions[0]), EnteredBy):
            await world.indicator(entity, division, entered_by=entered_by)
    rows = await world.owner.fetch(_QUERY.sql, *_QUERY.arguments({}))
    assert len(rows) == 12 * 4
    for row in rows:
        named = in_force.get(row["entity_id"])
        steps = None if named is None else json.dumps(named, default=str)
        for said in (steps, row["steps"]):
            in_python = chains.keys(
                Chain.RESULTS, said, row["entity_id"], row["division_id"], row["entered_by"]
            )
            assert {step.value: tuple(row[step.value]) for step in Step} == in_python, dict(row)
    assert {tuple(row["enter"]) for row in rows if row["entered_by"] == "unit"} == {("unit",)}
    assert () in {tuple(row["enter"]) for row in rows}, "a chain in which nobody enters is among them"


async def test_unit_enters_by_its_own_people(world: World) -> None:
    unit = await world.person(Role.UNIT_SPECIALIST, await world.entity(is_unit=True))
    entity = await world.entity()
    executing = await world.division(entity, DivisionFunction.EXECUTING)
    member = await world.person(Role.DIVISION_MEMBER, division=executing)
    indicator = await world.indicator(entity, executing, entered_by=EnteredBy.UNIT)
    path, entry = f"/v1/indicators/{indicator}/results", {"period": "2024", "value": 3.2}
    assert (await member.api.create(path, entry)).status_code == 403
    made = await unit.api.create(path, entry)
    assert made.status_code == 201, made.text
    assert [line["party"] for line in made.json()["awaiting"]] == ["unit"]
