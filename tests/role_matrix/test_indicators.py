"""Indicators: every person of the cast, every action, every state, main and vision indicators."""

from itertools import product

import pytest

from tests.api import Api
from tests.role_matrix.cast import Cast
from tests.role_matrix.expectation import table
from tests.role_matrix.indicators import ACTIONS, STATES, Indicators, new, send
from tests.role_matrix.refusals import Case, disagreements
from tests.role_matrix.results import done
from tests.role_matrix.things import Question, Thing, in_turn, seen

LEVELS = ("main", "vision")
LISTS = {
    "definitions.read": "definitions",
    "contributions.read": "contributions",
    "indicators.read": "schedules",
}


@pytest.mark.parametrize(("level", "state"), list(product(LEVELS, STATES)))
async def test_every_action(cast: Cast, indicators: Indicators, level: str, state: str) -> None:
    """Each person gets exactly the status of the table, and is offered what it allows; a refusal writes
    nothing. Who has nothing to do with the entity sends the actions in turn."""
    found = await _wrong(cast, indicators, "indicators.read", ACTIONS, state, level)
    assert not found, "\n".join(found)


@pytest.mark.parametrize("state", STATES)
async def test_schedules_of_the_scorecard(cast: Cast, indicators: Indicators, state: str) -> None:
    """What stands in a scorecard is measured as often as UNIT says, and proved by what UNIT asks for."""
    asked = ("schedules.set", "indicators.require_evidence")
    found = await _wrong(cast, indicators, "", asked, state, "scorecard")
    assert not found, "\n".join(found)


@pytest.mark.parametrize("level", LEVELS)
async def test_an_invited_entity_reads_the_draft(cast: Cast, indicators: Indicators, level: str) -> None:
    """The office that is to contribute sees what to, and the card and the series like the indicator."""
    found = await _wrong(cast, indicators, "indicators.read", (), "draft_shared", level)
    for state in STATES:
        path = (await indicators.make(state, level)).path
        lines = table("indicators", "indicators.read")
        cases = [
            Case(
                f"{who} GET the {part} of {level} {state}",
                lines.answer(state, who=who, level=level),
                lambda who=who, read=f"{path}/{part}": cast.api(who).get(read),
                lambda who=who, read=f"{path}/{part}": cast.api(who).get(read),
            )
            for who in cast.everybody
            for part in ("card", "series")
        ]
        found += await disagreements(cast.world.owner, cases)
    assert not found, "\n".join(found)


@pytest.mark.parametrize("level", table("indicators", "indicators.create").states)
async def test_create(cast: Cast, level: str) -> None:
    """Who enters a new indicator, by its level."""
    path = f"/v1/entities/{cast.entity.id}/indicators"
    lines = table("indicators", "indicators.create")
    cases = [
        Case(
            f"{who} indicators.create {level}",
            lines.answer(level, who=who),
            lambda who=who: cast.api(who).create(path, new(level)),
            lambda who=who: cast.api(who).create(path, new(level)),
        )
        for who in cast.everybody
    ]
    found = await disagreements(cast.world.owner, cases)
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    ("level", "state"), list(product(LEVELS, table("indicators", "definitions.create").states))
)
async def test_further_versions(cast: Cast, indicators: Indicators, level: str, state: str) -> None:
    """Who begins another version of what is in force, once at a time."""
    found = await _wrong(cast, indicators, "", ("definitions.create",), state, level)
    assert not found, "\n".join(found)


async def test_lists(cast: Cast, indicators: Indicators) -> None:
    """The versions, contributions and schedules of an indicator in force."""
    thing = await indicators.make("active")
    cases = [
        Case(
            f"{who} GET the {name}",
            table("indicators", "lists of an indicator").answer(permission, who=who),
            lambda who=who, name=name: cast.api(who).get(f"{thing.path}/{name}"),
            lambda who=who, name=name: cast.api(who).get(f"{thing.path}/{name}"),
        )
        for who in cast.everybody
        for permission, name in LISTS.items()
    ]
    found = await disagreements(cast.world.owner, cases)
    assert not found, "\n".join(found)


async def _wrong(
    cast: Cast, indicators: Indicators, reading: str, actions: tuple[str, ...], state: str, level: str
) -> list[str]:
    async def fresh() -> Thing:
        if level == "scorecard":
            return await indicators.make(state, in_scorecard=True)
        if state != "under_way":
            return await indicators.make(state, level)
        thing = await indicators.make("active", level)
        author = indicators.definitions.hands[level].author.api
        done(await send(cast, author, "definitions.create", thing))
        return await seen(author, thing.path)

    async def sends(api: Api, action: str, thing: Thing, _: str):
        return await send(cast, api, action, thing)

    question = Question(
        area="indicators",
        reading=reading,
        actions=actions,
        state=state,
        shared=await fresh(),
        fresh=fresh,
        send=sends,
        asked={"level": level},
    )
    turn = (*LEVELS, "scorecard").index(level) + (*STATES, "under_way", "draft_shared").index(state)
    cases = question.cases(cast, in_turn(cast, turn))
    found = await disagreements(cast.world.owner, cases)
    return [f"{len(found)} of {len(cases)}:", *found] if found else []
