"""How many statements the requests of challenges cost: a read two, a step that moves one six, since the stay that it ends
and the one that it begins are written too."""

from typing import Any

import pytest

from tests.core.test_statements import READ, TRANSITION, app, counted  # noqa: F401  # app: the watched one
from tests.factories.challenges import HOW, INSTRUCTIONS, REASON, SOLUTION, Bureau
from tests.factories.world import Person, World

MOVE = TRANSITION + 1


@pytest.fixture(scope="module")
async def bureau(world: World) -> Bureau:
    return await Bureau.make(world)


async def cost(person: Person, path: str, verb: str, most: int, body: dict[str, Any]) -> None:
    etag = await person.api.etag(path)
    with counted(most):
        answer = await person.api.step(f"{path}/{verb}", etag, body)
    assert answer.status_code == 200, answer.text


async def test_a_read_takes_two_statements(bureau: Bureau) -> None:
    path = await bureau.with_body()
    tables = (await bureau.manager.api.get("/v1/escalation-routes")).json()["items"]
    for each in (
        path,
        f"{path}/thread",
        "/v1/challenges",
        "/v1/challenges?overdue=true&kind=data",
        "/v1/challenge-statistics",
        "/v1/escalation-routes",
        f"/v1/escalation-routes/{tables[0]['id']}",
        "/v1/inbox",
    ):
        await bureau.manager.api.get(each)
        with counted(READ):
            assert (await bureau.manager.api.get(each)).status_code == 200


async def test_a_step_takes_five_or_six(bureau: Bureau) -> None:
    path = await bureau.ready()
    route = await bureau.way(bureau.manager, path, "office-to-head")
    ruled = {"ruling": "return_with_instructions", "reason": INSTRUCTIONS}
    await cost(bureau.specialist, path, "propose-solution", MOVE, SOLUTION)
    await cost(bureau.manager, path, "pause", MOVE, {"reason": REASON})
    await cost(bureau.manager, path, "resume", MOVE, {"reason": REASON})
    await cost(bureau.manager, path, "escalate-to-head", MOVE, {"route_id": route, "reason": REASON})
    await cost(bureau.head, path, "decide", MOVE, ruled)
    await cost(bureau.manager, path, "close", MOVE, {"how": HOW})
    await cost(bureau.manager, path, "reopen", MOVE, {"reason": REASON})
