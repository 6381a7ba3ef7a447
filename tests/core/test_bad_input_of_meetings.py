"""Bad input about meetings: a precise refusal in the reader's language, nothing written, never a 500."""

from typing import Any

import pytest

from tests.core.refusals import written
from tests.factories.meetings import DECISION, REASON, Office
from tests.factories.world import World

STEPS: dict[str, tuple[str, str, dict[str, Any]]] = {
    "cancel": ("planned", "POST", {"reason": REASON}),
    "hold": ("planned", "POST", {"attended": [1], "minutes": "نص"}),
    "agenda": ("planned", "PUT", {"items": [{"title": "بند"}]}),
    "decisions": ("held", "POST", {"text": DECISION}),
}
"""What the specialist may do to a meeting in a state, with a body of the right form."""


@pytest.fixture(scope="module")
async def office(world: World) -> Office:
    return await Office.make(world)


@pytest.fixture(scope="module")
async def paths(office: Office) -> dict[str, str]:
    return {"planned": await office.planned(), "held": await office.held()}


@pytest.mark.parametrize("verb", STEPS)
async def test_a_step_with_a_bad_body(office: Office, paths: dict[str, str], verb: str) -> None:
    state, method, body = STEPS[verb]
    api, step = office.specialist.api, f"{paths[state]}/{verb}"
    before = await written(office.world.owner)
    etag = await api.etag(paths[state])
    headers = {"If-Match": etag, "Idempotency-Key": f"bad-input-{verb}"}
    if verb != "decisions":
        del headers["Idempotency-Key"]
    unseen = {name: value for name, value in headers.items() if name != "If-Match"}
    assert (await api.send(method, step, json=body, headers=unseen)).status_code == 428
    stale = await api.send(method, step, json=body, headers={**headers, "If-Match": '"99.x"'})
    assert stale.status_code == 412
    said = {**headers, "Content-Type": "application/json"}
    for content in (b'{"reason":', b'{"reason": "1", "reason": "2"}'):
        assert (await api.send(method, step, content=content, headers=said)).status_code == 400
    text = await api.send(method, step, content=b"x", headers={**headers, "Content-Type": "text/plain"})
    assert text.status_code == 415
    for number, wrong in enumerate(
        (
            {**body, "no_such": 1},
            dict.fromkeys(body),
            {name: {"x": 1} for name in body},
            {name: "ع" * 100_000 if isinstance(value, str) else [10**30] for name, value in body.items()},
            [body],
        )
    ):
        own = {**headers, "Accept-Language": "ar"}
        if verb == "decisions":
            own["Idempotency-Key"] = f"bad-input-{verb}-{number}"
        answer = await api.send(method, step, json=wrong, headers=own)
        assert answer.status_code == 422, (wrong, answer.text)
        assert answer.json()["title"] == "بعض المدخلات غير صالحة"
        assert all(fault["pointer"].startswith("#") for fault in answer.json()["errors"])
    assert await written(office.world.owner) == before


@pytest.mark.parametrize(
    ("patch", "pointer"),
    [
        ({"title_ar": None}, "#/title_ar"),
        ({"starts_at": None}, "#/starts_at"),
        ({"starts_at": 1767225600}, "#/starts_at"),
        ({"people": None}, "#/people"),
        ({"people": [{"user_id": "x"}]}, "#/people/0/user_id"),
        ({"people": [{"role": "king"}]}, "#/people/0/role"),
        ({"attended": [0]}, "#/attended/0"),
        ({"attended": ["1"]}, "#/attended/0"),
        ({"attended": [True]}, "#/attended/0"),
        ({"minutes": "ع" * 20_001}, "#/minutes"),
        ({"state": "held"}, "#/state"),
        ({"sequence": 9}, "#/sequence"),
    ],
)
async def test_a_patch_of_a_bad_form(
    office: Office, paths: dict[str, str], patch: dict[str, Any], pointer: str
) -> None:
    answer = await office.change(office.specialist, paths["planned"], **patch)
    assert answer.status_code == 422, answer.text
    assert [fault["pointer"] for fault in answer.json()["errors"]] == [pointer]
