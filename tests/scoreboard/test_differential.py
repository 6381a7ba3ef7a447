"""Each line that is answered is what `rules.roll_up` makes of the same facts, read off the tables one by one."""

import random
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any
from uuid import UUID

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app import clock, ids
from app.db import OwnerLane
from app.enums import Light, Role, SubjectKind
from app.schemas.scoreboard import ScoreboardLine
from app.services.scoreboard.rules import Member, roll_up
from app.services.scores import commands
from app.services.scores.rules import Score
from tests.factories.world import Entity, Person, World
from tests.obligations.owing import Owed, priority, scatter
from tests.scoreboard.test_routes import board
from tests.scores.drawing import Case, cases
from tests.scores.recomputed import assert_kept
from tests.scores.test_kept import FIGURES, NOW, defined, figure

SHOWN = (
    *("indicators", "asked", "assessed", "coverage", "on_track"),
    *("score", "pace", "light", "trend", "change"),
)
INDICATORS = st.tuples(cases(), st.lists(FIGURES, max_size=3), st.integers(0, 2))


@settings(max_examples=4, deadline=None, suppress_health_check=list(HealthCheck))
@given(indicators=st.lists(INDICATORS, min_size=4, max_size=9), seed=st.integers(0, 1000))
async def test_lines_are_what_the_rules_make_of_the_facts(
    world: World, indicators: list[tuple[Case, list[dict[str, Any]], int]], seed: int
) -> None:
    """For the owner's people, a stranger and UNIT; by entity, priority, pillar and for the nation. One of the entities
    has a scorecard in force this year, of all but its last indicator, and another one of last year."""
    await world.owner.execute("truncate scores, standings, obligations, scorecards cascade")
    await world.owner.execute("delete from results")
    await world.owner.execute("update indicators set state = 'retired', retired_on = current_date")
    chance = random.Random(seed)
    entities, serves = [await world.entity() for _ in range(3)], [await priority(world), None]
    owed: dict[UUID, list[Owed]] = {}
    keys: dict[UUID, tuple[UUID, UUID | None]] = {}
    head = await world.person(Role.HEAD, entities[0])
    for number, (case, told, count) in enumerate(indicators):
        entity, served = entities[number % 3], serves[number % 2]
        indicator = await defined(world, entity, case)
        await world.owner.execute("update indicators set priority_id = $2 where id = $1", indicator, served)
        owed[indicator] = await scatter(world, chance, entity, indicator, count, clock.today(), head.id)
        for said in told:
            await figure(world, indicator, said, NOW)
        keys[indicator] = (entity.id, served)
    weights = await _weighed(
        world, chance, entities[0], [i for i in keys if keys[i][0] == entities[0].id], head
    )
    await _weighed(world, chance, entities[1], [i for i in keys if keys[i][0] == entities[1].id], head, ago=1)
    while await commands.fill(OwnerLane(world.owner)):
        pass
    _, standings = await assert_kept(world.owner)
    unit = await world.person(Role.UNIT_SPECIALIST, await world.entity(is_unit=True))
    stranger = await world.person(Role.MANAGER, await world.entity())
    for person, near in ((head, {entities[0].id}), (unit, {e.id for e in entities}), (stranger, set())):
        members = {
            indicator: replace(
                _member(indicator, standings, owed[indicator], near=entity in near),
                weight=weights.get(indicator, Decimal(1)),
            )
            for indicator, (entity, _) in keys.items()
        }
        await _compare(world, person, members, keys)


async def _weighed(
    world: World, chance: random.Random, entity: Entity, indicators: list[UUID], head: Person, *, ago: int = 0
) -> dict[UUID, Decimal]:
    """A scorecard in force of all these indicators but the last; what each of them weighs."""
    chosen = indicators[:-1]
    scorecard = ids.new()
    await world.subject(scorecard, SubjectKind.SCORECARD, entity.id)
    said = {"id": scorecard, "entity_id": entity.id, "year": clock.today().year - ago, "number": 1}
    await world.insert(
        "scorecards", **said, state="draft", drafted_by_id=head.id, drafted_at=NOW, edited_by=[head.id]
    )
    left, weights = Decimal(100), {}
    for rank, indicator in enumerate(chosen, 1):
        last = rank == len(chosen)
        weight = left if last else (left * chance.randint(1, 9) / 10).quantize(Decimal("0.0001"))
        left -= weight
        await world.insert(
            "scorecard_lines",
            scorecard_id=scorecard,
            indicator_id=indicator,
            entity_id=entity.id,
            definition_id=await world.owner.fetchval(
                "select definition_id from indicators where id = $1", indicator
            ),
            rank=rank,
            weight=weight,
        )
        weights[indicator] = weight * len(chosen) / 100
    await world.owner.execute(
        "update scorecards set state = 'in_force', snapshot = '[]' where id = $1", scorecard
    )
    return weights


async def _compare(
    world: World,
    person: Person,
    members: Mapping[UUID, Member],
    keys: Mapping[UUID, tuple[UUID, UUID | None]],
) -> None:
    pillars = dict(await world.owner.fetch("select id, pillar_id from priorities"))
    of: dict[str, Any] = {
        "entity": lambda key: key[0],
        "priority": lambda key: key[1],
        "pillar": lambda key: pillars.get(key[1]),
        "nation": lambda _: None,
    }
    for by, key_of in of.items():
        groups: dict[UUID | None, list[Member]] = {}
        for indicator, member in members.items():
            groups.setdefault(key_of(keys[indicator]), []).append(member)
        lines = {line.key and line.key.id: line for line in (await board(person, by)).lines}
        assert lines.keys() == groups.keys()
        for key, group in groups.items():
            _same(lines[key], group)


def _same(line: ScoreboardLine, group: list[Member]) -> None:
    found = roll_up(group)
    expected = {name: getattr(found, name) for name in SHOWN}
    assert {name: getattr(line, name) for name in SHOWN} == expected
    assert {light: getattr(line, light.value) for light in Light} == found.lights
    assert line.overdue in (None, found.overdue)


def _member(
    indicator: UUID, standings: Mapping[tuple[UUID, str], Mapping[str, Any]], owed: list[Owed], *, near: bool
) -> Member:
    """An indicator as a reader sees it who is of its entity or of UNIT (`near`), or a stranger to it."""
    stood = standings.get((indicator, "internal" if near else "published"))
    seen = owed if near else []
    since = stood["period_end"] if stood else None
    overdue = any(
        one.state(clock.today()) == "overdue" and (since is None or one.period_end > since) for one in seen
    )
    if stood is None:
        return Member(Score(None, None, Light.GREY), asked=overdue or not seen, overdue=overdue)
    score = Score(stood["progress"], stood["on_track"], Light(stood["light"]))
    blank = stood["target_kind"] == "blank"
    return Member(score, stood["before_progress"], asked=not blank, overdue=overdue)
