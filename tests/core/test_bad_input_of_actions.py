"""Bad input about actions and evaluations: a precise refusal in the reader's language, nothing written, never a 500."""

from typing import Any

import pytest

from tests.core.refusals import written
from tests.factories.actions import EVALUATION, NOTE, OUTCOME, WHY, evaluated, in_days, opened, said
from tests.factories.challenges import Bureau
from tests.factories.world import Person, World

STEPS: dict[str, dict[str, Any]] = {
    "note": {"note": NOTE},
    "report": {"outcome": OUTCOME},
    "postpone": {"due": in_days(30), "reason": WHY},
    "cancel": {"reason": WHY},
    "discard": {"reason": WHY},
}
"""Steps with a body of the right form; `discard` is that of an evaluation."""


@pytest.fixture(scope="module")
async def bureau(world: World) -> Bureau:
    return await Bureau.make(world)


@pytest.fixture(scope="module")
async def paths(bureau: Bureau) -> dict[str, tuple[Person, str]]:
    """Of which thing each step is, and who takes it."""
    action, evaluation = await opened(bureau), await evaluated(bureau)
    owned = dict.fromkeys(("note", "report"), (bureau.enterer, action))
    managed = dict.fromkeys(("postpone", "cancel"), (bureau.manager, action))
    return {**owned, **managed, "discard": (bureau.manager, evaluation)}


@pytest.mark.parametrize("verb", STEPS)
async def test_a_step_with_a_bad_body(
    bureau: Bureau, paths: dict[str, tuple[Person, str]], verb: str
) -> None:
    (person, path), body = paths[verb], STEPS[verb]
    api, step = person.api, f"{path}/{verb}"
    before, etag = await written(bureau.world.owner), await api.etag(path)
    headers = {"If-Match": etag, "Content-Type": "application/json"}
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
        dict.fromkeys(body, "ع" * 100_000),
        dict.fromkeys(body, " \u200f "),
        [body],
    ):
        answer = await api.step(step, etag, wrong)
        assert answer.status_code == 422, (wrong, answer.text)
        assert all(fault["pointer"].startswith("#") for fault in answer.json()["errors"])
        arabic = await api.send("POST", step, json=wrong, headers={"If-Match": etag, "Accept-Language": "ar"})
        assert arabic.json()["title"] == "بعض المدخلات غير صالحة"
    assert await written(bureau.world.owner) == before


@pytest.mark.parametrize(
    ("thing", "wrong", "pointer"),
    [
        ("actions", {"due": "2027-02-30"}, "#/due"),
        ("actions", {"due": 20270101}, "#/due"),
        ("actions", {"title": ""}, "#/title"),
        ("actions", {"title": "سطر\nآخر"}, "#/title"),
        ("actions", {"source": "rumour"}, "#/source"),
        ("actions", {"classification": "secret"}, "#/classification"),
        ("actions", {"directive": {"issued_by": "الوكيل"}}, "#/directive/letter_number"),
        ("actions", {"state": "done"}, "#/state"),
        ("evaluations", {"rating": "superb"}, "#/rating"),
        ("evaluations", {"period_from": "2026-7-1"}, "#/period_from"),
        ("evaluations", {"findings": None}, "#/findings"),
        ("evaluations", {"about_id": "x"}, "#/about_id"),
    ],
)
async def test_a_new_one_of_a_bad_form(
    bureau: Bureau, thing: str, wrong: dict[str, Any], pointer: str
) -> None:
    before = await written(bureau.world.owner)
    body = said(bureau) if thing == "actions" else EVALUATION
    answer = await bureau.specialist.api.create(f"/v1/entities/{bureau.entity.id}/{thing}", {**body, **wrong})
    assert answer.status_code == 422
    assert pointer in [fault["pointer"] for fault in answer.json()["errors"]]
    assert await written(bureau.world.owner) == before


@pytest.mark.parametrize(
    ("path", "parameter", "value"),
    [
        ("/v1/actions", "source", "rumour"),
        ("/v1/actions", "state", "lost"),
        ("/v1/actions", "owner", "you"),
        ("/v1/actions", "due_before", "tomorrow"),
        ("/v1/actions", "overdue", "perhaps"),
        ("/v1/actions", "source_id", "x"),
        ("/v1/actions", "q", ""),
        ("/v1/actions", "colour", "red"),
        ("/v1/actions", "cursor", "abc"),
        ("/v1/action-statistics", "since", "2026-02-30"),
        ("/v1/evaluations", "rating", "superb"),
        ("/v1/evaluations", "since", "20260201"),
    ],
)
async def test_a_filter_that_is_wrong(bureau: Bureau, path: str, parameter: str, value: str) -> None:
    answer = await bureau.manager.api.get(path, **{parameter: value})
    assert answer.status_code == 422
    assert [fault["parameter"] for fault in answer.json()["errors"]] == [parameter]
