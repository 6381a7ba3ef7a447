"""Bad input about challenges: a precise refusal in the reader's language, nothing written, never a 500."""

from typing import Any

import pytest

from app import clock
from tests.core.refusals import written
from tests.factories.challenges import HOW, INSTRUCTIONS, REASON, SOLUTION, Bureau
from tests.factories.world import World

TODAY = clock.today().isoformat()
NOBODY = "019a0000-0000-7000-8000-0000000000ff"
STEPS: dict[str, dict[str, Any]] = {
    "record-attempt": {"tried_on": TODAY, "what": REASON},
    "propose-solution": SOLUTION,
    "withdraw-solution": {"number": 1, "reason": REASON},
    "analyse-solution": {"number": 1, "analysis": REASON, "recommended": True},
    "record-coordination": {"on": TODAY, "with_whom": "مختص وحدة المتابعة"},
    "escalate-to-head": {"route_id": NOBODY, "reason": REASON},
    "escalate-to-body": {"route_id": NOBODY, "reason": REASON},
    "pause": {"reason": REASON},
    "close": {"how": HOW},
}
"""What the manager may do to a challenge that is ready, with a body of the right form."""


@pytest.fixture(scope="module")
async def bureau(world: World) -> Bureau:
    return await Bureau.make(world)


@pytest.fixture(scope="module")
async def path(bureau: Bureau) -> str:
    return await bureau.returned()


@pytest.mark.parametrize("verb", STEPS)
async def test_a_step_with_a_bad_body(bureau: Bureau, path: str, verb: str) -> None:
    api, body = bureau.manager.api, STEPS[verb]
    before = await written(bureau.world.owner)
    etag = await api.etag(path)
    headers = {"If-Match": etag, "Content-Type": "application/json"}
    step = f"{path}/{verb}"
    assert (await api.step(step, None, body)).status_code == 428
    assert (await api.step(step, '"99.x"', body)).status_code == 412
    broken = await api.send("POST", step, content=b'{"reason":', headers=headers)
    assert broken.status_code == 400
    twice = await api.send("POST", step, content=b'{"reason": "1", "reason": "2"}', headers=headers)
    assert twice.status_code == 400
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
    assert await written(bureau.world.owner) == before


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ({"kind": "weather"}, "kind"),
        ({"level": "heaven"}, "level"),
        ({"state": "lost"}, "state"),
        ({"overdue": "perhaps"}, "overdue"),
        ({"about_id": "x"}, "about_id"),
        ({"q": ""}, "q"),
        ({"colour": "red"}, "colour"),
        ({"cursor": "abc"}, "cursor"),
    ],
)
async def test_a_filter_that_is_wrong(bureau: Bureau, query: dict[str, str], parameter: str) -> None:
    answer = await bureau.manager.api.get("/v1/challenges", **query)
    assert answer.status_code == 422
    assert [fault["parameter"] for fault in answer.json()["errors"]] == [parameter]


async def test_a_ruling_of_a_bad_form(bureau: Bureau) -> None:
    path = await bureau.with_head()
    before = await written(bureau.world.owner)
    for wrong, pointer in (
        ({"ruling": "perhaps", "reason": INSTRUCTIONS}, "#/ruling"),
        ({"ruling": "solve_here"}, "#/reason"),
        ({"ruling": "solve_here", "reason": INSTRUCTIONS, "decision": bureau.letter()}, "#/decision"),
        ({"ruling": "escalate", "reason": INSTRUCTIONS}, "#/route_id"),
    ):
        answer = await bureau.head.api.step(f"{path}/decide", await bureau.head.api.etag(path), wrong)
        assert answer.status_code == 422
        assert [fault["pointer"] for fault in answer.json()["errors"]] == [pointer]
    assert await written(bureau.world.owner) == before


async def test_statistics_of_no_day(bureau: Bureau) -> None:
    for day in ("2026-02-30", "20260201", "tomorrow"):
        answer = await bureau.manager.api.get("/v1/challenge-statistics", since=day)
        assert (answer.status_code, answer.json()["errors"][0]["parameter"]) == (422, "since")
