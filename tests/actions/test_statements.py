"""How many statements the requests of actions and evaluations cost: a read two, a step five or six."""

from typing import Any

import pytest

from tests.core.test_statements import READ, TRANSITION, app, counted  # noqa: F401  # app: the watched one
from tests.factories.actions import NOTE, OUTCOME, WHY, evaluated, id_of, in_days, opened
from tests.factories.challenges import Bureau
from tests.factories.world import Person, World

WITH_A_CHILD = TRANSITION + 1
"""What is noted or put off is kept in a row of its own."""


@pytest.fixture(scope="module")
async def bureau(world: World) -> Bureau:
    return await Bureau.make(world)


async def cost(person: Person, path: str, verb: str, most: int, **body: Any) -> None:
    etag = await person.api.etag(path)
    with counted(most):
        answer = await person.api.step(f"{path}/{verb}", etag, body)
    assert answer.status_code == 200, answer.text


async def test_a_read_takes_two_statements(bureau: Bureau) -> None:
    challenge, evaluation = await bureau.opened(), await evaluated(bureau)
    for source, path in (("challenge", challenge), ("evaluation", evaluation)):
        action = await opened(bureau, source=source, source_id=id_of(path))
    for each in (
        action,
        evaluation,
        f"{challenge}/thread",
        "/v1/actions",
        "/v1/actions?overdue=false&owner=division&q=الموحد",
        "/v1/action-statistics",
        "/v1/evaluations",
        "/v1/inbox",
    ):
        await bureau.manager.api.get(each)
        with counted(READ):
            assert (await bureau.manager.api.get(each)).status_code == 200


async def test_a_step_takes_five_or_six(bureau: Bureau) -> None:
    path = await opened(bureau)
    await cost(bureau.enterer, path, "note", WITH_A_CHILD, note=NOTE)
    await cost(bureau.manager, path, "postpone", WITH_A_CHILD, due=in_days(30), reason=WHY)
    await cost(bureau.enterer, path, "report", TRANSITION, outcome=OUTCOME)
    await cost(bureau.manager, path, "return", TRANSITION, reason=WHY)
    await cost(bureau.enterer, path, "report", TRANSITION, outcome=OUTCOME)
    await cost(bureau.manager, path, "confirm", TRANSITION)
    await cost(bureau.manager, await evaluated(bureau), "approve", TRANSITION)
