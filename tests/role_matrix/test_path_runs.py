"""Path runs and their stages: every person of the cast, every action, every state."""

import pytest

from tests.role_matrix.cast import Cast
from tests.role_matrix.expectation import table
from tests.role_matrix.path_runs import (
    RUN_ACTIONS,
    RUN_STATES,
    STAGE_ACTIONS,
    STAGE_STATES,
    PathRuns,
    send,
)
from tests.role_matrix.refusals import Case, disagreements
from tests.role_matrix.things import Question, in_turn


@pytest.fixture(scope="module")
async def path_runs(cast: Cast) -> PathRuns:
    """Makes runs in every state."""
    return await PathRuns.of(cast)


@pytest.mark.parametrize("state", RUN_STATES)
async def test_every_action_on_a_run(cast: Cast, path_runs: PathRuns, state: str) -> None:
    """Each person gets exactly the status of the table, and is offered what it allows; a refusal writes nothing."""

    async def fresh():
        return await path_runs.run(state)

    question = Question("path_runs", "path_runs.read", RUN_ACTIONS, state, await fresh(), fresh, send)
    cases = question.cases(cast, in_turn(cast, RUN_STATES.index(state), turns=8))
    found = await disagreements(cast.world.owner, cases)
    assert not found, "\n".join([f"{len(found)} of {len(cases)}:", *found])


@pytest.mark.parametrize("state", STAGE_STATES)
async def test_every_action_on_a_stage(cast: Cast, path_runs: PathRuns, state: str) -> None:
    """The same for a stage."""

    async def fresh():
        return await path_runs.stage(state)

    question = Question("path_runs", "path_runs.read stage", STAGE_ACTIONS, state, await fresh(), fresh, send)
    cases = question.cases(cast, in_turn(cast, STAGE_STATES.index(state), turns=8))
    found = await disagreements(cast.world.owner, cases)
    assert not found, "\n".join([f"{len(found)} of {len(cases)}:", *found])


async def test_start(cast: Cast, path_runs: PathRuns) -> None:
    """Who starts a path of the entity's year."""
    lines = table("path_runs", "path_runs.create")

    templates = {who: await path_runs.template() for who in cast.everybody}

    def sends(who: str):
        return lambda: path_runs.start(cast.api(who), templates[who])

    cases = [
        Case(f"{who} path_runs.create", lines.answer("new", who=who), sends(who), sends(who))
        for who in cast.everybody
    ]
    found = await disagreements(cast.world.owner, cases)
    assert not found, "\n".join(found)
