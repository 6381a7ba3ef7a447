"""Which refusal comes first, when a request has several faults."""

from uuid import uuid4

import httpx
import pytest

from app import ids
from tests.role_matrix.cast import Cast
from tests.role_matrix.expectation import NEVER, Table, table
from tests.role_matrix.refusals import Case, disagreements
from tests.role_matrix.results import ASKED, REASON, Results

SENDS = {
    "results.edit": ("division_member_in_charge", "draft", "submitted"),
    "results.approve": ("manager", "reviewed", "submitted"),
    "results.return": ("division_member_planning", "submitted", "draft"),
    "reopenings.ask": ("manager", "approved", "draft"),
    "results.create": ("division_member_in_charge", "free", "draft"),
}
SAID = (
    "nothing_wrong",
    "no_if_match",
    "if_match_of_anything",
    "stale_if_match",
    "malformed_body",
    "unknown_field",
    "no_reason",
    "no_key",
    "unknown_id",
)
WHO = {"not_entitled": "head", "invisible": "other_manager", "anonymous": "anonymous"}


@pytest.mark.parametrize("action", SENDS)
async def test_which_refusal_comes_first(cast: Cast, results: Results, action: str) -> None:
    """Each faulty request is refused for its first fault, and writes nothing."""
    lines = table("order", "order")
    found, asked = [], 0
    for said in SAID:
        for column in lines.states:
            if not _covered(lines, action, said) or lines.cell(column, action=action, said=said) == NEVER:
                continue
            asked += 1
            entitled, right, wrong = SENDS[action]
            who = WHO.get(column, entitled)
            state = wrong if column == "wrong_state" else right

            async def request(who: str = who, state: str = state, said: str = said) -> httpx.Response:
                return await _send(cast, results, action, who, state, said)

            expected = lines.answer(column, action=action, said=said)
            response = await request()
            if response.status_code != expected.status:
                found.append(f"{action} {said} by {column}: expected {expected}, got {response.status_code}")
    assert asked, "the table asks nothing of this action"
    assert not found, "\n".join(found)


async def test_a_faulty_request_writes_nothing(cast: Cast, results: Results) -> None:
    """All of them once more on one shared draft, between two fingerprints."""
    shared = await results.make("draft")
    cases = []
    for said in ("no_if_match", "if_match_of_anything", "stale_if_match", "malformed_body", "unknown_field"):
        for column, who in {"entitled": "division_member_in_charge", **WHO}.items():
            expected = table("order", "order").answer(column, action="results.edit", said=said)

            def send(who: str = who, said: str = said):
                return _request(cast, "results.edit", who, shared.path, shared.etag, {"value": 1}, said)

            cases.append(Case(f"{who} {said}", expected, send, send))
    found = await disagreements(cast.world.owner, cases)
    assert not found, "\n".join(found)


def _covered(lines: Table, action: str, said: str) -> bool:
    """Whether the table asks this of the action: not every fault can be made with every request."""
    return any(
        action in line["action"].split(", ") and said in line["said"].split(", ") for line in lines.lines
    )


async def _send(cast: Cast, results: Results, action: str, who: str, state: str, said: str) -> httpx.Response:
    if action == "results.create":
        period = results.period(cast.main)
        if state == "draft":
            made = await results.make("draft")
            period = (await cast.api("manager").get(made.path)).json()["period"]
        indicator = ids.new() if said == "unknown_id" else cast.main
        path = f"/v1/indicators/{indicator}/results"
        return await _request(cast, action, who, path, None, {"period": period, "value": 1}, said)
    result = await results.make(state)
    path = f"/v1/results/{ids.new()}" if said == "unknown_id" else result.path
    bodies = {"results.edit": {"value": 1}, "reopenings.ask": ASKED}
    suffix = {"results.edit": "", "reopenings.ask": "/reopenings"}
    path += suffix.get(action, "/" + action.partition(".")[2])
    return await _request(cast, action, who, path, result.etag, bodies.get(action, REASON), said)


async def _request(
    cast: Cast, action: str, who: str, path: str, etag: str | None, body: dict[str, object], said: str
) -> httpx.Response:
    headers = {"Content-Type": "application/json"}
    if action == "results.edit":
        headers["Content-Type"] = "application/merge-patch+json"
    if etag and said != "no_if_match":
        headers["If-Match"] = {"if_match_of_anything": "*", "stale_if_match": '"999.stale"'}.get(said, etag)
    if action in ("results.create", "reopenings.ask") and said != "no_key":
        headers["Idempotency-Key"] = uuid4().hex
    if said == "unknown_field":
        body = {**body, "colour": "green"}
    if said == "no_reason":
        body = {}
    method = "PATCH" if action == "results.edit" else "POST"
    if said == "malformed_body":
        return await cast.api(who).send(method, path, headers=headers, content=b'{"value": ')
    return await cast.api(who).send(method, path, json=body, headers=headers)
