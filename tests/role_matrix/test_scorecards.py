"""Scorecards: every person of the cast, every action, every state."""

from uuid import UUID

import pytest

from app import clock, permissions
from app.errors import Forbidden
from app.services.people import actor as actors
from app.services.scorecards import queries
from tests.role_matrix.cast import Cast
from tests.role_matrix.expectation import NEVER, table
from tests.role_matrix.refusals import Case, disagreements
from tests.role_matrix.scorecards import ACTIONS, STATES, Scorecards, send
from tests.role_matrix.things import Question, in_turn

OF_THE_PATH = {"scorecards.align": "draft", "scorecards.approve": "aligned", "scorecards.agree": "approved"}


@pytest.mark.parametrize("state", STATES)
async def test_every_action(cast: Cast, scorecards: Scorecards, state: str) -> None:
    """Each person gets exactly the status of the table, and is offered what it allows; a refusal writes nothing."""

    async def fresh():
        return await scorecards.make(state)

    shared = await fresh()
    question = Question(
        area="scorecards",
        reading="scorecards.read",
        actions=ACTIONS,
        state=state,
        shared=shared,
        fresh=fresh,
        send=send,
    )
    cases = question.cases(cast, in_turn(cast, STATES.index(state)))
    lines = table("scorecards", "scorecards.read")
    cases += [
        Case(
            f"{who} GET the gaps of {state}",
            lines.answer(state, who=who),
            lambda who=who: cast.api(who).get(f"{shared.path}/gaps"),
            lambda who=who: cast.api(who).get(f"{shared.path}/gaps"),
        )
        for who in cast.everybody
    ]
    found = await disagreements(cast.world.owner, cases)
    assert not found, "\n".join([f"{len(found)} of {len(cases)}:", *found])


async def test_create(cast: Cast, scorecards: Scorecards) -> None:
    """Who drafts the scorecard of a year."""
    path = f"/v1/entities/{cast.entity.id}/scorecards"
    lines = table("scorecards", "scorecards.create")

    def sends(who: str):
        return lambda: cast.api(who).create(path, {"year": next(scorecards.years)})

    cases = [
        Case(f"{who} scorecards.create", lines.answer("own", who=who), sends(who), sends(who))
        for who in cast.everybody
    ]
    found = await disagreements(cast.world.owner, cases)
    assert not found, "\n".join(found)


@pytest.mark.parametrize("action", OF_THE_PATH)
async def test_the_rules_of_the_path(cast: Cast, scorecards: Scorecards, action: str) -> None:
    """What a stage that fires the action asks of who takes it."""
    lines = table("scorecards", "rules of the path")
    thing = await scorecards.make(OF_THE_PATH[action])
    wrong = []
    for who in cast.everybody:
        if lines.cell(action, who=who) == NEVER:
            continue
        person = cast.people[who]
        async with scorecards.office.database.previewing() as lane:
            now = clock.now()
            actor = await actors.load(lane, person.id, person.session_id, now)
            assert actor is not None
            facts = await queries.facts(lane, actor, UUID(str(thing.id)), now)
        try:
            found = 404 if facts is None else 200
            if facts is not None:
                permissions.entitlement(actor, action, facts)
        except Forbidden:
            found = 403
        if found != lines.answer(action, who=who).status:
            wrong.append(f"{who}: {found}")
    assert not wrong, "\n".join(wrong)
