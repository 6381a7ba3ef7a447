"""Every answer about actions and evaluations as it is sent: valid against its model to the last member, and after a change
the same as a read."""

from typing import Any

import pytest
from pydantic import BaseModel

from app.schemas.actions import ActionList, ActionRead, ActionStatistics
from app.schemas.challenge_threads import ChallengeThread
from app.schemas.evaluations import EvaluationList, EvaluationRead
from tests.factories.actions import (
    NOTE,
    OUTCOME,
    WHY,
    approved,
    cancelled,
    evaluated,
    id_of,
    in_days,
    opened,
    proposed,
)
from tests.factories.challenges import Bureau
from tests.factories.world import Person, World


@pytest.fixture(scope="module")
async def bureau(world: World) -> Bureau:
    return await Bureau.make(world)


async def same(person: Person, path: str, verb: str, **body: Any) -> None:
    """The answer to a step is what a read gives then, under the same ETag."""
    model: type[BaseModel] = ActionRead if path.startswith("/v1/actions") else EvaluationRead
    answer = await person.api.step(f"{path}/{verb}", await person.api.etag(path), body)
    assert answer.status_code == 200, answer.text
    model.model_validate_json(answer.content)
    read = await person.api.get(path)
    assert (read.content, read.headers["ETag"]) == (answer.content, answer.headers["ETag"])


async def test_every_step_answers_what_a_read_gives(bureau: Bureau) -> None:
    path = await proposed(bureau, about_id=str(bureau.indicator))
    await same(bureau.head_office, path, "accept", decision=bureau.letter())
    await same(bureau.enterer, path, "note", note=NOTE)
    await same(bureau.specialist, path, "postpone", due=in_days(30), reason=WHY)
    await same(bureau.enterer, path, "report", outcome=OUTCOME)
    await same(bureau.manager, path, "return", reason=WHY)
    await same(bureau.enterer, path, "report", outcome=OUTCOME)
    await same(bureau.manager, path, "confirm")
    await same(bureau.head, await proposed(bureau), "refuse", reason=WHY)
    await same(bureau.manager, await opened(bureau), "cancel", reason=WHY)
    await same(bureau.manager, await evaluated(bureau), "approve")
    await same(bureau.manager, await evaluated(bureau), "discard", reason=WHY)


async def test_lists_statistics_and_threads_say_what_their_models_promise(bureau: Bureau) -> None:
    challenge = await bureau.opened()
    evaluation = await approved(bureau, about_id=str(bureau.indicator))
    await cancelled(bureau, source="challenge", source_id=id_of(challenge), about_id=id_of(challenge))
    await opened(bureau, source="evaluation", source_id=id_of(evaluation), owner_id=str(bureau.enterer.id))
    for person in (bureau.manager, bureau.head, bureau.unit, bureau.enterer):
        ActionList.model_validate_json((await person.api.get("/v1/actions")).content)
        ActionStatistics.model_validate_json((await person.api.get("/v1/action-statistics")).content)
        EvaluationList.model_validate_json((await person.api.get("/v1/evaluations")).content)
    thread = await bureau.manager.api.get(f"{challenge}/thread")
    assert len(ChallengeThread.model_validate_json(thread.content).follow_up) == 1


async def test_what_is_unchanged_is_not_sent_again(bureau: Bureau) -> None:
    for each in (await opened(bureau), await evaluated(bureau), "/v1/action-statistics"):
        first = await bureau.manager.api.get(each)
        again = await bureau.manager.api.send("GET", each, headers={"If-None-Match": first.headers["ETag"]})
        assert again.status_code == 304, each
