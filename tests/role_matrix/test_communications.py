"""Communication plans, their activities and detailed plans: every person of the cast, every action, every state."""

from uuid import UUID

import pytest

from tests.factories.communications import PLAN, YEAR
from tests.role_matrix.cast import Cast
from tests.role_matrix.communications import (
    ACTIVITY_ACTIONS,
    ACTIVITY_STATES,
    DETAILED_ACTIONS,
    DETAILED_STATES,
    PLAN_ACTIONS,
    PLAN_STATES,
    Communications,
    send,
)
from tests.role_matrix.expectation import table
from tests.role_matrix.refusals import Case, disagreements
from tests.role_matrix.things import Question, in_turn

COMMUNICATORS = ("division_head_communication", "division_member_communication")


@pytest.fixture(scope="module")
async def communications(cast: Cast) -> Communications:
    """Makes plans and activities in every state."""
    return await Communications.of(cast)


def _people(cast: Cast, turn: int) -> list[str]:
    return sorted({*in_turn(cast, turn), *COMMUNICATORS})


@pytest.mark.parametrize("state", PLAN_STATES)
async def test_plans(cast: Cast, communications: Communications, state: str) -> None:
    """Each person gets exactly the status of the table, and is offered what it allows; a refusal writes nothing."""
    question = Question(
        area="communications",
        reading="communication_plans.read",
        actions=PLAN_ACTIONS,
        state=state,
        shared=await communications.plan(state),
        fresh=lambda: communications.plan(state),
        send=send,
    )
    await _agrees(cast, question, PLAN_STATES.index(state))


@pytest.mark.parametrize("state", ACTIVITY_STATES)
async def test_activities(cast: Cast, communications: Communications, state: str) -> None:
    """The same of activities."""
    question = Question(
        area="communications",
        reading="communication_activities.read",
        actions=ACTIVITY_ACTIONS,
        state=state,
        shared=await communications.activity(state),
        fresh=lambda: communications.activity(state),
        send=send,
    )
    await _agrees(cast, question, ACTIVITY_STATES.index(state))


@pytest.mark.parametrize("state", DETAILED_STATES)
async def test_detailed_plans(cast: Cast, communications: Communications, state: str) -> None:
    """The same of detailed plans."""
    question = Question(
        area="detailed_plans",
        reading="detailed_plans.read",
        actions=DETAILED_ACTIONS,
        state=state,
        shared=await communications.detailed(state),
        fresh=lambda: communications.detailed(state),
        send=send,
    )
    await _agrees(cast, question, DETAILED_STATES.index(state))


async def _agrees(cast: Cast, question: Question, turn: int) -> None:
    cases = question.cases(cast, _people(cast, turn))
    found = await disagreements(cast.world.owner, cases)
    assert not found, "\n".join([f"{len(found)} of {len(cases)}:", *found])


@pytest.mark.parametrize("area", ["communications", "detailed_plans"])
async def test_create(cast: Cast, communications: Communications, area: str) -> None:
    """Who begins a communication plan, and a detailed one."""
    action = {"communications": "communication_plans.create", "detailed_plans": "detailed_plans.create"}[area]
    path = f"/v1/{action.partition('.')[0].replace('_', '-')}"
    lines = table(area, action)

    async def about() -> UUID:
        made = await communications.initiative()
        await cast.assign_all(made)
        return made

    def body(initiative: UUID) -> dict[str, object]:
        if area == "detailed_plans":
            return communications.detailed_body(initiative)
        return {**PLAN, "about_id": str(initiative), "year": YEAR}

    shared = await about()

    def sends(who: str, *, fresh: bool):
        async def sent():
            return await cast.api(who).create(path, body(await about() if fresh else shared))

        return sent

    cases = [
        Case(f"{who} {action}", lines.answer("own", who=who), sends(who, fresh=False), sends(who, fresh=True))
        for who in cast.everybody
    ]
    found = await disagreements(cast.world.owner, cases)
    assert not found, "\n".join(found)
