"""How many statements the requests of risks cost: a read two, a step five, and one more where a row of its own is kept."""

from typing import Any

import pytest

from tests.core.test_statements import READ, TRANSITION, app, counted  # noqa: F401  # app: the watched one
from tests.factories.risks import LESSONS, PLAN, REASON, RESOURCES, RiskOffice
from tests.factories.world import Person, World

KEPT = TRANSITION + 1


@pytest.fixture(scope="module")
async def office(world: World) -> RiskOffice:
    return await RiskOffice.make(world)


async def cost(person: Person, path: str, verb: str, most: int, body: dict[str, Any]) -> None:
    etag = await person.api.etag(path)
    with counted(most):
        answer = await person.api.step(f"{path}/{verb}", etag, body)
    assert answer.status_code == 200, answer.text


async def test_a_read_takes_two_statements(office: RiskOffice) -> None:
    path = await office.asked()
    settings = (await office.manager.api.get("/v1/risk-settings")).json()["items"]
    for each in (
        path,
        "/v1/risks",
        "/v1/risks?overdue=true&grade=high",
        "/v1/risk-matrix?of=residual",
        "/v1/risk-lessons",
        "/v1/swot-entries",
        "/v1/risk-settings",
        f"/v1/risk-settings/{settings[0]['id']}",
    ):
        await office.manager.api.get(each)
        with counted(READ):
            assert (await office.manager.api.get(each)).status_code == 200


async def test_a_step_takes_five_or_six(office: RiskOffice) -> None:
    path = await office.registered(residual_probability=2, residual_impact=2)
    await cost(office.manager, path, "raise-to-unit", KEPT, {"reason": REASON})
    await cost(office.unit, path, "answer", KEPT, {"answer": PLAN})
    await cost(office.manager, path, "choose-strategy", TRANSITION, {"strategy": "avoid", "plan": PLAN})
    await cost(office.manager, path, "ask-resources", KEPT, {"resources": RESOURCES, "reason": REASON})
    granted = [{"number": number, "amount": 1} for number in (1, 2)]
    await cost(office.head, path, "grant-resources", KEPT, {"granted": granted})
    await cost(office.enterer, path, "assess", KEPT, {"probability": 2, "impact": 2})
    await cost(office.manager, path, "close", TRANSITION, {"lessons": LESSONS})
