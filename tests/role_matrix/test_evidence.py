"""Evidence: every person of the cast, every action, every state, every classification."""

import pytest

from tests.role_matrix.cast import Cast
from tests.role_matrix.evidence import ACTIONS, STATES, SUBJECTS, Evidences, a_file, announcement, send
from tests.role_matrix.expectation import table
from tests.role_matrix.refusals import Case, disagreements, said
from tests.role_matrix.results import done
from tests.role_matrix.things import Question, in_turn, seen


@pytest.mark.parametrize(("state", "classification"), SUBJECTS)
async def test_every_action(cast: Cast, evidences: Evidences, state: str, classification: str) -> None:
    """Each person gets exactly the status of the table, and is offered what it allows; a refusal writes
    nothing. Who has nothing to do with the entity sends the actions in turn."""

    async def fresh():
        return await evidences.make(state, classification)

    shared = await fresh()
    question = Question(
        area="evidence",
        reading="evidence.read",
        actions=ACTIONS,
        state=state,
        shared=shared,
        fresh=fresh,
        send=send,
        asked={"classification": classification},
    )
    lines = table("evidence", "evidence.read content")
    cases = question.cases(cast, in_turn(cast, STATES.index(state), turns=8))
    for who in cast.everybody:

        async def get(who: str = who):
            return await cast.api(who).get(f"{shared.path}/content")

        answer = lines.answer(state, who=who, classification=classification)
        cases.append(Case(f"{who} reads the file of {classification} {state}", answer, get, get))
    found = await disagreements(cast.world.owner, cases)
    assert not found, "\n".join([f"{len(found)} of {len(cases)}:", *found])


@pytest.mark.parametrize("state", table("evidence", "evidence.create").states)
async def test_create(cast: Cast, evidences: Evidences, state: str) -> None:
    """Who announces evidence about a result, by the state of the result."""
    lines = table("evidence", "evidence.create")
    result = await evidences.results.make(state)
    await cast.assign_all(result.id)

    def sends(who: str):
        return lambda: cast.api(who).create("/v1/evidence", announcement(result.id))

    cases = [
        Case(f"{who} evidence.create {state}", lines.answer(state, who=who), sends(who), sends(who))
        for who in cast.everybody
    ]
    found = await disagreements(cast.world.owner, cases)
    assert not found, "\n".join(found)


async def test_four_eyes(cast: Cast, evidences: Evidences) -> None:
    """Whoever had a hand in the evidence, or in the figure, does not verify it."""
    lines = table("evidence", "four eyes")
    specialist, clerk = cast.people["specialist"], cast.clerk.api
    found = []
    for hand in lines.states:
        for action in ("evidence.verify", "evidence.reject"):
            by = specialist.api
            entered = specialist if hand == "entered_the_figure" else None
            result = await evidences.results.make("draft", clerk=entered)
            thing = await evidences.announce(by if hand == "announced" else clerk, result)
            if hand == "described":
                done(await send(by, "evidence.edit", thing))
            brings = by if hand == "uploaded" else clerk
            thing = await seen(brings, thing.path)
            headers = {"If-Match": thing.etag}
            done(await brings.send("PUT", f"{thing.path}/content", content=a_file(), headers=headers))
            answer = await send(by, action, await seen(by, thing.path))
            if said(answer).removesuffix(" ") != str(lines.answer(hand, action=action)):
                found.append(f"{action} after {hand}: got {said(answer)}")
    assert not found, "\n".join(found)
