"""Improvement plans: every person of the cast, every action, every state."""

import pytest

from tests.factories.scorecards import CAUSE, GOAL
from tests.role_matrix.cast import Cast
from tests.role_matrix.expectation import table
from tests.role_matrix.improvement_plans import ACTIONS, STATES, ImprovementPlans, send
from tests.role_matrix.refusals import Case, disagreements
from tests.role_matrix.things import Question, in_turn


@pytest.mark.parametrize("state", STATES)
async def test_every_action(cast: Cast, improvement_plans: ImprovementPlans, state: str) -> None:
    """Each person gets exactly the status of the table, and is offered what it allows; a refusal writes nothing."""

    async def fresh():
        return await improvement_plans.make(state)

    question = Question(
        area="improvement_plans",
        reading="improvement_plans.read",
        actions=ACTIONS,
        state=state,
        shared=await fresh(),
        fresh=fresh,
        send=send,
    )
    cases = question.cases(cast, in_turn(cast, STATES.index(state), turns=4))
    found = await disagreements(cast.world.owner, cases)
    assert not found, "\n".join([f"{len(found)} of {len(cases)}:", *found])


async def test_create(cast: Cast, improvement_plans: ImprovementPlans) -> None:
    """Who drafts a plan for a vision indicator of the entity."""
    lines = table("improvement_plans", "improvement_plans.create")
    shared = await improvement_plans.improving()
    body = {"cause": CAUSE, "goal": GOAL, "due": "2027-12-31"}

    async def fresh(who: str):
        made = await improvement_plans.improving()
        return await cast.api(who).create(f"/v1/indicators/{made.indicator}/improvement-plans", body)

    cases = [
        Case(
            f"{who} improvement_plans.create",
            lines.answer("vision", who=who),
            lambda who=who: cast.api(who).create(
                f"/v1/indicators/{shared.indicator}/improvement-plans", body
            ),
            lambda who=who: fresh(who),
        )
        for who in cast.everybody
    ]
    found = await disagreements(cast.world.owner, cases)
    assert not found, "\n".join(found)
