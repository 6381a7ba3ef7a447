"""Every answer about challenges as it is sent: valid against its model to the last member, and after a change the same as
a read."""

from typing import Any

import pytest

from app import clock
from app.schemas.challenge_threads import ChallengeStatistics, ChallengeThread
from app.schemas.challenges import ChallengeList, ChallengeRead
from tests.factories.challenges import HOW, INSTRUCTIONS, REASON, SOLUTION, Bureau
from tests.factories.world import Person, World


@pytest.fixture(scope="module")
async def bureau(world: World) -> Bureau:
    return await Bureau.make(world)


async def same(person: Person, path: str, verb: str, body: dict[str, Any]) -> None:
    """The answer to a step is what a read gives then, under the same ETag."""
    answer = await person.api.step(f"{path}/{verb}", await person.api.etag(path), body)
    assert answer.status_code == 200, answer.text
    ChallengeRead.model_validate_json(answer.content)
    read = await person.api.get(path)
    assert read.content == answer.content
    assert read.headers["ETag"] == answer.headers["ETag"]
    thread = await person.api.get(f"{path}/thread")
    ChallengeThread.model_validate_json(thread.content)


async def test_every_step_answers_what_a_read_gives(bureau: Bureau) -> None:
    path = await bureau.opened()
    today = clock.today().isoformat()
    why = {"reason": REASON}
    await same(bureau.specialist, path, "record-attempt", {"tried_on": today, "what": REASON})
    await same(bureau.enterer, path, "propose-solution", SOLUTION)
    await same(bureau.enterer, path, "propose-solution", {"title": "تمويل مشترك", "effect": "نصف الكلفة"})
    await same(
        bureau.manager, path, "analyse-solution", {"number": 1, "analysis": "مناسب", "recommended": True}
    )
    await same(bureau.specialist, path, "withdraw-solution", {"number": 2, **why})
    await same(bureau.manager, path, "record-coordination", {"on": today, "with_whom": "مختص وحدة المتابعة"})
    await same(bureau.manager, path, "pause", why)
    await same(bureau.manager, path, "resume", why)
    route = await bureau.way(bureau.manager, path, "office-to-head")
    await same(bureau.manager, path, "escalate-to-head", {"route_id": route, **why})
    ruled = {"ruling": "return_with_instructions", "reason": INSTRUCTIONS}
    await same(bureau.head_office, path, "decide", {**ruled, "decision": bureau.letter()})
    route = await bureau.way(bureau.manager, path, "office-to-ministry-of-economy")
    await same(bureau.manager, path, "escalate-to-body", {"route_id": route, **why})
    answered = {"ruling": "solve_here", "reason": INSTRUCTIONS, "answer": bureau.answer()}
    await same(bureau.head_office, path, "record-answer", answered)
    await same(bureau.manager, path, "close", {"how": HOW})
    await same(bureau.manager, path, "reopen", why)


async def test_lists_and_statistics_say_what_their_models_promise(bureau: Bureau) -> None:
    await bureau.with_committee()
    await bureau.with_body("office-to-unit", classification="restricted")
    await bureau.closed(owner_id=str(bureau.specialist.id), tie="national_programme")
    for person in (bureau.manager, bureau.head, bureau.unit, bureau.enterer):
        ChallengeList.model_validate_json((await person.api.get("/v1/challenges")).content)
        ChallengeStatistics.model_validate_json((await person.api.get("/v1/challenge-statistics")).content)


async def test_what_is_unchanged_is_not_sent_again(bureau: Bureau) -> None:
    path = await bureau.opened()
    for each in (path, f"{path}/thread", "/v1/challenge-statistics"):
        first = await bureau.manager.api.get(each)
        again = await bureau.manager.api.send("GET", each, headers={"If-None-Match": first.headers["ETag"]})
        assert again.status_code == 304, each
