"""Challenges: every person of the cast, every action, at every level; and the routing table."""

import pytest

from tests.factories.challenges import CHALLENGE
from tests.role_matrix.cast import Cast
from tests.role_matrix.challenges import ACTIONS, STATES, Challenges, hands, routes
from tests.role_matrix.expectation import table
from tests.role_matrix.refusals import Case, disagreements
from tests.role_matrix.results import done
from tests.role_matrix.things import Question, in_turn

ROUTE = {
    "code": "office-to-head",
    "from_level": "office",
    "to_level": "head",
    "escalated_by": "office",
    "limit_days": 10,
    "title_ar": "من المكتب إلى رئيس الوحدة",
    "title_en": "From the office to the head",
}


@pytest.fixture(scope="module")
async def challenges(cast: Cast) -> Challenges:
    """Makes challenges at every level."""
    by = await hands(cast)
    return Challenges(cast, by, await routes(by.manager.api))


@pytest.mark.parametrize("state", STATES)
async def test_every_action(cast: Cast, challenges: Challenges, state: str) -> None:
    """Each person gets exactly the status of the table, and is offered what it allows; a refusal writes nothing."""

    async def fresh():
        return await challenges.make(state)

    question = Question(
        area="challenges",
        reading="challenges.read",
        actions=ACTIONS,
        state=state,
        shared=await fresh(),
        fresh=fresh,
        send=challenges.send,
    )
    cases = question.cases(cast, in_turn(cast, STATES.index(state)))
    found = await disagreements(cast.world.owner, cases)
    assert not found, "\n".join([f"{len(found)} of {len(cases)}:", *found])


async def test_what_unit_was_not_told_of(cast: Cast, challenges: Challenges) -> None:
    """Before the coordination UNIT does not know that it exists."""
    thing = await challenges.opened()
    lines = table("challenges", "challenges.read before the coordination")
    cases = [
        Case(
            f"{who} reads {path}",
            lines.answer("uncoordinated", who=who),
            lambda who=who, path=path: cast.api(who).get(path),
            lambda who=who, path=path: cast.api(who).get(path),
        )
        for who in cast.everybody
        for path in (thing.path, f"{thing.path}/thread")
    ]
    found = await disagreements(cast.world.owner, cases)
    assert not found, "\n".join(found)


async def test_who_opens_one(cast: Cast) -> None:
    """About an indicator that everybody sees."""
    body = {**CHALLENGE, "about_id": str(cast.main)}
    lines = table("challenges", "challenges.open")
    cases = [
        Case(
            f"{who} opens a challenge",
            lines.answer("indicator", who=who),
            lambda who=who: cast.api(who).create("/v1/challenges", body),
            lambda who=who: cast.api(who).create("/v1/challenges", body),
        )
        for who in cast.everybody
    ]
    found = await disagreements(cast.world.owner, cases)
    assert not found, "\n".join(found)


async def test_lists(cast: Cast) -> None:
    """Whoever is signed in may ask; what they find is what they may see."""
    lines = table("challenges", "challenges.read of lists")
    cases = [
        Case(
            f"{who} reads {path}",
            lines.answer(permission, who=who),
            lambda who=who, path=path: cast.api(who).get(path),
            lambda who=who, path=path: cast.api(who).get(path),
        )
        for who in cast.everybody
        for permission, path in (
            ("challenges.read", "/v1/challenges"),
            ("challenges.read", "/v1/challenge-statistics"),
            ("escalation_routes.read", "/v1/escalation-routes"),
        )
    ]
    found = await disagreements(cast.world.owner, cases)
    assert not found, "\n".join(found)


async def test_who_sets_the_routing_table(cast: Cast) -> None:
    """UNIT's editors."""
    lines = table("challenges", "escalation_routes.set")

    async def send(who: str):
        newest = done(await cast.api("manager").get("/v1/escalation-routes")).json()["items"][0]["number"]
        body = {"follows": newest, "office_limit": 15, "routes": [ROUTE], "reason": "مراجعة سنوية"}
        return await cast.api(who).create("/v1/escalation-routes", body)

    cases = [
        Case(
            f"{who} sets the routing table",
            lines.answer("table", who=who),
            lambda who=who: send(who),
            lambda who=who: send(who),
        )
        for who in cast.everybody
    ]
    found = await disagreements(cast.world.owner, cases)
    assert not found, "\n".join(found)
