"""Actions and evaluations: every person of the cast, every step, in the states that tell."""

from typing import Any

import pytest

from tests.role_matrix.actions import ASKED, Followed
from tests.role_matrix.cast import Cast
from tests.role_matrix.expectation import table
from tests.role_matrix.refusals import Case, disagreements
from tests.role_matrix.things import Question, in_turn


@pytest.fixture(scope="module")
async def followed(cast: Cast) -> Followed:
    """Makes actions and evaluations in every state."""
    return await Followed.of(cast)


async def agrees(cast: Cast, question: Question, turn: int) -> None:
    cases = question.cases(cast, in_turn(cast, turn))
    found = await disagreements(cast.world.owner, cases)
    assert not found, "\n".join([f"{len(found)} of {len(cases)}:", *found])


@pytest.mark.parametrize("state", ASKED)
async def test_every_step_of_an_action(cast: Cast, followed: Followed, state: str) -> None:
    """Each person gets exactly the status of the table, and is offered what it allows; a refusal writes nothing."""
    question = Question(
        area="actions",
        reading="actions.read",
        actions=tuple(f"actions.{verb}" for verb in ASKED[state]),
        state=state,
        shared=await followed.opened(state),
        fresh=lambda: followed.opened(state),
        send=followed.send,
    )
    await agrees(cast, question, list(ASKED).index(state))


@pytest.mark.parametrize("state", ["draft", "approved"])
async def test_every_step_of_an_evaluation(cast: Cast, followed: Followed, state: str) -> None:
    """The same of evaluations."""
    question = Question(
        area="evaluations",
        reading="evaluations.read",
        actions=("evaluations.edit", "evaluations.approve", "evaluations.discard"),
        state=state,
        shared=await followed.evaluated(state),
        fresh=lambda: followed.evaluated(state),
        send=followed.send,
    )
    await agrees(cast, question, 0 if state == "draft" else 1)


@pytest.mark.parametrize(
    ("area", "action", "thing"),
    [("actions", "actions.open", "actions"), ("evaluations", "evaluations.create", "evaluations")],
)
async def test_who_begins_one(cast: Cast, followed: Followed, area: str, action: str, thing: str) -> None:
    """The office of the entity, and nobody else."""
    body: dict[str, Any] = followed.action() if area == "actions" else followed.evaluation()
    path, lines = f"/v1/entities/{cast.entity.id}/{thing}", table(area, action)
    cases = [
        Case(
            f"{who} asks for {action}",
            lines.answer("entity", who=who),
            lambda who=who: cast.api(who).create(path, body),
            lambda who=who: cast.api(who).create(path, body),
        )
        for who in in_turn(cast, 2)
    ]
    found = await disagreements(cast.world.owner, cases)
    assert not found, "\n".join(found)


async def test_lists(cast: Cast) -> None:
    """Whoever is signed in may ask; what they find is what they may see."""
    cases = [
        Case(
            f"{who} reads {path}",
            table(area, f"{area}.read of lists").answer(f"{area}.read", who=who),
            lambda who=who, path=path: cast.api(who).get(path),
            lambda who=who, path=path: cast.api(who).get(path),
        )
        for who in in_turn(cast, 0)
        for area, path in (
            ("actions", "/v1/actions"),
            ("actions", "/v1/action-statistics"),
            ("evaluations", "/v1/evaluations"),
        )
    ]
    found = await disagreements(cast.world.owner, cases)
    assert not found, "\n".join(found)
