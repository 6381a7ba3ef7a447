"""Definitions: every person of the cast, every action, every state, main and vision indicators."""

from itertools import product

import pytest

from tests.role_matrix.cast import Cast
from tests.role_matrix.definitions import ACTIONS, LEVELS, STATES, Definitions, send
from tests.role_matrix.expectation import table
from tests.role_matrix.indicators import Indicators
from tests.role_matrix.refusals import Case, disagreements
from tests.role_matrix.results import done
from tests.role_matrix.things import Question, in_turn


@pytest.mark.parametrize(("level", "state"), list(product(LEVELS, STATES)))
async def test_every_action(cast: Cast, definitions: Definitions, level: str, state: str) -> None:
    """Each person gets exactly the status of the table, and is offered what it allows; a refusal writes
    nothing. Who has nothing to do with the entity sends the actions in turn."""

    async def fresh():
        return await definitions.make(state, level)

    question = Question(
        area="definitions",
        reading="definitions.read",
        actions=ACTIONS,
        state=state,
        shared=await fresh(),
        fresh=fresh,
        send=send,
        asked={"level": level},
    )
    cases = question.cases(cast, in_turn(cast, LEVELS.index(level) + STATES.index(state)))
    found = await disagreements(cast.world.owner, cases)
    assert not found, "\n".join([f"{len(found)} of {len(cases)}:", *found])


@pytest.mark.parametrize(("level", "state"), list(product(LEVELS, ("draft", "draft_shared"))))
async def test_a_first_version(cast: Cast, indicators: Indicators, level: str, state: str) -> None:
    """What is drafted of an indicator that is a draft itself stays with those who draft it."""
    lines = table("definitions", "definitions.read of a first version")
    thing = await indicators.make(state, level)
    author = indicators.definitions.hands[level].author.api
    path = f"/v1/definitions/{done(await author.get(thing.path)).json()['draft_id']}"
    cases = [
        Case(
            f"{who} definitions.read of the first version of {level} {state}",
            lines.answer(state, who=who, level=level),
            lambda who=who: cast.api(who).get(path),
            lambda who=who: cast.api(who).get(path),
        )
        for who in cast.everybody
    ]
    found = await disagreements(cast.world.owner, cases)
    assert not found, "\n".join(found)
