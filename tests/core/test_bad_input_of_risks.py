"""Bad input about risks: a precise refusal in the reader's language, nothing written, never a 500."""

from typing import Any

import pytest

from tests.core.refusals import written
from tests.factories.risks import LESSONS, PLAN, REASON, RESOURCES, RiskOffice
from tests.factories.world import World

STEPS: dict[str, dict[str, Any]] = {
    "assess": {"probability": 3, "impact": 3},
    "choose-strategy": {"strategy": "avoid", "plan": PLAN},
    "treat": {"what": PLAN},
    "ask-resources": {"resources": RESOURCES, "reason": REASON},
    "raise-to-head": {"reason": REASON},
    "occur": {"what": REASON},
    "close": {"lessons": LESSONS},
}
"""What the manager may do to a risk in treatment, with a body of the right form."""


@pytest.fixture(scope="module")
async def office(world: World) -> RiskOffice:
    return await RiskOffice.make(world)


@pytest.fixture(scope="module")
async def path(office: RiskOffice) -> str:
    return await office.chosen(residual_probability=2, residual_impact=2)


@pytest.mark.parametrize("verb", STEPS)
async def test_a_step_with_a_bad_body(office: RiskOffice, path: str, verb: str) -> None:
    api, body = office.manager.api, STEPS[verb]
    before = await written(office.world.owner)
    etag = await api.etag(path)
    headers = {"If-Match": etag, "Content-Type": "application/json"}
    step = f"{path}/{verb}"
    assert (await api.step(step, None, body)).status_code == 428
    assert (await api.step(step, '"99.x"', body)).status_code == 412
    broken = await api.send("POST", step, content=b'{"reason":', headers=headers)
    assert broken.status_code == 400
    text = await api.send("POST", step, content=b"x", headers={**headers, "Content-Type": "text/plain"})
    assert text.status_code == 415
    for wrong in (
        {**body, "no_such": 1},
        dict.fromkeys(body),
        {name: ["x"] for name in body},
        {name: "ع" * 100_000 if isinstance(value, str) else 10**30 for name, value in body.items()},
        [body],
    ):
        answer = await api.step(step, etag, wrong)
        assert answer.status_code == 422, (wrong, answer.text)
        assert all(fault["pointer"].startswith("#") for fault in answer.json()["errors"])
        arabic = await api.send("POST", step, json=wrong, headers={"If-Match": etag, "Accept-Language": "ar"})
        assert arabic.json()["title"] == "بعض المدخلات غير صالحة"
    assert await written(office.world.owner) == before


@pytest.mark.parametrize(
    ("path", "query", "parameter"),
    [
        ("risks", {"kind": "weather"}, "kind"),
        ("risks", {"grade": "grave"}, "grade"),
        ("risks", {"strategy": "hope"}, "strategy"),
        ("risks", {"overdue": "perhaps"}, "overdue"),
        ("risks", {"about_id": "x"}, "about_id"),
        ("risks", {"colour": "red"}, "colour"),
        ("risks", {"cursor": "abc"}, "cursor"),
        ("risk-matrix", {"of": "all"}, "of"),
        ("risk-matrix", {"settings_id": "1"}, "settings_id"),
        ("risk-lessons", {"q": ""}, "q"),
        ("swot-entries", {"year": "99999"}, "year"),
    ],
)
async def test_a_filter_that_is_wrong(
    office: RiskOffice, path: str, query: dict[str, str], parameter: str
) -> None:
    answer = await office.manager.api.get(f"/v1/{path}", **query)
    assert answer.status_code == 422
    assert [fault["parameter"] for fault in answer.json()["errors"]] == [parameter]
