"""Risks: every person of the cast, every action, where it is to be decided about; the settings; the analysis."""

from collections.abc import Awaitable, Callable

import httpx
import pytest

from tests.factories.risks import REASON, RISK, SETTINGS
from tests.role_matrix.cast import Cast
from tests.role_matrix.challenges import hands
from tests.role_matrix.expectation import table
from tests.role_matrix.refusals import Case, disagreements
from tests.role_matrix.results import done
from tests.role_matrix.risks import ACTIONS, STATES, SWOT, Risks
from tests.role_matrix.things import Question, Thing, in_turn, made

Sent = Callable[[str], Awaitable[httpx.Response]]


@pytest.fixture(scope="module")
async def risks(cast: Cast) -> Risks:
    """Makes risks in every state."""
    return Risks(cast, await hands(cast))


async def agreed(cast: Cast, name: str, state: str, shared: Sent, fresh: Sent | None = None) -> None:
    """Everybody is answered as the table says, each refusal on what all share."""
    lines = table("risks", name)
    cases = [
        Case(
            f"{who}: {name} of {state}",
            lines.answer(state, who=who),
            lambda who=who: shared(who),
            lambda who=who: (fresh or shared)(who),
        )
        for who in cast.everybody
    ]
    found = await disagreements(cast.world.owner, cases)
    assert not found, "\n".join(found)


@pytest.mark.parametrize("state", STATES)
async def test_every_action(cast: Cast, risks: Risks, state: str) -> None:
    """Each person gets exactly the status of the table, and is offered what it allows; a refusal writes nothing."""

    async def fresh() -> Thing:
        return await risks.make(state)

    question = Question(
        area="risks",
        reading="risks.read",
        actions=ACTIONS,
        state=state,
        shared=await fresh(),
        fresh=fresh,
        send=risks.send,
    )
    cases = question.cases(cast, in_turn(cast, STATES.index(state), turns=6))
    found = await disagreements(cast.world.owner, cases)
    assert not found, "\n".join([f"{len(found)} of {len(cases)}:", *found])


async def test_who_registers_one(cast: Cast) -> None:
    """About an indicator that everybody sees, and about the office itself."""
    office = {**RISK, "entity_id": str(cast.entity.id)}
    for state, body in (("indicator", {**RISK, "about_id": str(cast.main)}), ("office", office)):
        await agreed(
            cast,
            "risks.register",
            state,
            lambda who, body=body: cast.api(who).create("/v1/risks", body),
        )


async def test_lists(cast: Cast) -> None:
    """Whoever is signed in may ask; what they find is what they may see."""
    for permission, path in (
        ("risks.read", "/v1/risks"),
        ("risks.read", "/v1/risk-matrix"),
        ("risks.read", "/v1/risk-lessons"),
        ("risk_settings.read", "/v1/risk-settings"),
        ("swot_entries.read", "/v1/swot-entries"),
    ):
        await agreed(cast, "risks.read of lists", permission, lambda who, path=path: cast.api(who).get(path))


async def test_who_sets_the_settings(cast: Cast) -> None:
    """UNIT's editors."""

    async def send(who: str) -> httpx.Response:
        newest = done(await cast.api("manager").get("/v1/risk-settings")).json()["items"][0]["number"]
        return await cast.api(who).create("/v1/risk-settings", {**SETTINGS, "follows": newest})

    await agreed(cast, "risk_settings.set", "settings", send)


async def test_the_analysis(cast: Cast) -> None:
    """The office writes it, and the head reads it."""
    entries = f"/v1/entities/{cast.entity.id}/swot-entries"

    async def fresh() -> Thing:
        return made(await cast.api("specialist").create(entries, SWOT))

    shared = await fresh()

    async def edit(who: str, thing: Thing) -> httpx.Response:
        return await cast.api(who).patch(thing.path, thing.etag, {"says": REASON})

    async def withdraw(who: str, thing: Thing) -> httpx.Response:
        return await cast.api(who).step(f"{thing.path}/withdraw", thing.etag, {"reason": REASON})

    await agreed(cast, "swot_entries.read of one", "standing", lambda who: cast.api(who).get(shared.path))
    await agreed(cast, "swot_entries.create", "standing", lambda who: cast.api(who).create(entries, SWOT))
    for name, send in (("swot_entries.edit", edit), ("swot_entries.withdraw", withdraw)):

        async def anew(who: str, send=send) -> httpx.Response:
            return await send(who, await fresh())

        await agreed(cast, name, "standing", lambda who, send=send: send(who, shared), anew)
