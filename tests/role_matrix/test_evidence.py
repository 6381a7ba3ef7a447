"""Evidence: every person of the cast, every action, every state, every classification."""

from functools import partial
from itertools import product
from uuid import UUID

import httpx
import pytest

from tests.role_matrix.cast import Cast
from tests.role_matrix.challenges import hands
from tests.role_matrix.evidence import (
    ACTIONS,
    STATES,
    SUBJECTS,
    Evidences,
    a_file,
    announcement,
    begin_upload,
    send,
    touch_upload,
    upload,
)
from tests.role_matrix.expectation import table
from tests.role_matrix.path_runs import PathRuns
from tests.role_matrix.refusals import Case, disagreements, said
from tests.role_matrix.results import done
from tests.role_matrix.risks import Risks
from tests.role_matrix.things import Question, Thing, in_turn, made, seen


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
    cases = question.cases(cast, in_turn(cast, STATES.index(state), turns=8))

    async def get(who: str):
        return await cast.api(who).get(f"{shared.path}/content")

    async def link(who: str):
        return await cast.api(who).send("POST", f"{shared.path}/link")

    async def begin(who: str):
        return await begin_upload(cast.api(who), shared)

    asked = {"evidence.read content": get, "evidence.read link": link, "evidence.upload in pieces": begin}
    for (name, sends), who in product(asked.items(), cast.everybody):
        answer = table("evidence", name).answer(state, who=who, classification=classification)
        request = partial(sends, who)
        cases.append(Case(f"{who}, {name} of {classification} {state}", answer, request, request))
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


async def test_of_what_the_head_decides(cast: Cast) -> None:
    """Who brings evidence of it, and who verifies the scan that the head's office brought."""
    by, runs = await hands(cast), await PathRuns.of(cast)
    risks = Risks(cast, by)

    async def subjects() -> dict[str, UUID]:
        stages = await runs.side_by_side("head", "office")
        return {**stages, "risk": (await risks.make("with_head")).id}

    async def scan(subject_id: UUID) -> Thing:
        brings = by.recorder.api
        return await upload(brings, made(await brings.create("/v1/evidence", announcement(subject_id))))

    async def verify(who: str, thing: Thing) -> httpx.Response:
        return await send(cast.api(who), "evidence.verify", thing)

    async def verify_another(who: str, subject_id: UUID) -> httpx.Response:
        return await verify(who, await scan(subject_id))

    cases = []
    for state, subject_id in (await subjects()).items():
        for who in cast.everybody:
            answer = table("evidence", "evidence.create of others").answer(state, who=who)
            request = partial(cast.api(who).create, "/v1/evidence", announcement(subject_id))
            cases.append(Case(f"{who} evidence.create of {state}", answer, request, request))
    # Others, for whoever brings evidence of a thing does not verify any of it.
    others, lines = await subjects(), table("evidence", "evidence.verify of others")
    for state in lines.states:
        shared = await scan(others[state])
        for who in cast.everybody:
            sent, anew = partial(verify, who, shared), partial(verify_another, who, others[state])
            cases.append(Case(f"{who} evidence.verify of {state}", lines.answer(state, who=who), sent, anew))
    found = await disagreements(cast.world.owner, cases)
    assert not found, "\n".join(found)


async def test_an_upload_is_of_who_began_it(cast: Cast, evidences: Evidences) -> None:
    """Whoever else asks for it, or sends to it, is told that there is none."""
    lines = table("evidence", "uploads")
    thing = await evidences.make("awaiting_file")
    upload = (await begin_upload(cast.clerk.api, thing)).headers["Location"]
    cases = []
    for method, who in product(lines.states, cast.everybody):
        request = partial(touch_upload, cast.api(who), upload, method)
        cases.append(Case(f"{who} {method}", lines.answer(method, who=who), request, request))
    found = await disagreements(cast.world.owner, cases)
    assert not found, "\n".join(found)
    assert (await touch_upload(cast.clerk.api, upload, "patch")).status_code == 204


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
            if hand == "brought_another":
                await evidences.announce(by, result)
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


async def test_four_eyes_of_the_figure(cast: Cast, evidences: Evidences) -> None:
    """Whoever verified evidence of a draft does not correct that draft."""
    lines = table("evidence", "four eyes of the figure")
    specialist, clerk = cast.people["specialist"].api, cast.clerk.api
    found = []
    for hand in lines.states:
        result = await evidences.results.make("draft")
        thing = await seen(clerk, (await evidences.announce(clerk, result)).path)
        headers = {"If-Match": thing.etag}
        done(await clerk.send("PUT", f"{thing.path}/content", content=a_file(), headers=headers))
        if hand != "nothing":
            verb = {"verified": "evidence.verify", "rejected": "evidence.reject"}[hand]
            done(await send(specialist, verb, await seen(specialist, thing.path)))
        draft = await seen(specialist, result.path)
        answer = await specialist.patch(result.path, draft.etag, {"value": 77})
        if said(answer).removesuffix(" ") != str(lines.answer(hand, action="results.edit")):
            found.append(f"results.edit after {hand}: got {said(answer)}")
    assert not found, "\n".join(found)
