"""The routing table: versions of it, what it must be, and that what runs keeps its own (Guide X-4)."""

from typing import Any

import httpx
import pytest

from app.schemas.escalation_routes import EscalationRoutesList, EscalationRoutesRead
from tests.factories.challenges import REASON, Bureau
from tests.factories.world import World

TO_HEAD: dict[str, Any] = {
    "code": "office-to-head",
    "from_level": "office",
    "to_level": "head",
    "escalated_by": "office",
    "limit_days": 5,
    "title_ar": "من المكتب إلى رئيس الوحدة",
    "title_en": "From the office to the head",
}
TO_COMMITTEE: dict[str, Any] = {
    "code": "head-to-committee",
    "from_level": "head",
    "to_level": "committee",
    "to_body": "supervisory_committee",
    "escalated_by": "head",
    "limit_days": 10,
    "title_ar": "من رئيس الوحدة إلى اللجنة الإشرافية",
    "title_en": "From the head to the supervisory committee",
}


@pytest.fixture(scope="module")
async def bureau(world: World) -> Bureau:
    return await Bureau.make(world)


async def latest(bureau: Bureau) -> dict[str, Any]:
    answer = await bureau.editor.api.get("/v1/escalation-routes")
    EscalationRoutesList.model_validate(answer.json())
    found: dict[str, Any] = answer.json()["items"][0]
    assert found["in_force"]
    return found


async def put(bureau: Bureau, *routes: dict[str, Any], **said: Any) -> httpx.Response:
    body = {
        "follows": (await latest(bureau))["number"],
        "office_limit": 7,
        "routes": list(routes),
        "reason": "مراجعة سنوية لمسارات التصعيد",
        **said,
    }
    return await bureau.editor.api.create("/v1/escalation-routes", body)


def faults(answer: httpx.Response) -> list[tuple[str, str]]:
    assert answer.status_code == 422, answer.text
    return [(fault["pointer"], fault["code"]) for fault in answer.json()["errors"]]


async def test_the_guides_routes_ship(bureau: Bureau) -> None:
    first = await bureau.manager.api.get("/v1/escalation-routes", limit="200")
    shipped = first.json()["items"][-1]
    assert (shipped["number"], shipped["set_by"]) == (1, None)
    answer = await bureau.enterer.api.get(f"/v1/escalation-routes/{shipped['id']}")
    EscalationRoutesRead.model_validate(answer.json())
    ways = {(route["from_level"], route["to_level"]) for route in answer.json()["routes"]}
    assert ways == {("office", "head"), ("head", "committee"), ("office", "body"), ("office", "unit")}
    again = await bureau.enterer.api.send(
        "GET",
        f"/v1/escalation-routes/{shipped['id']}",
        headers={"If-None-Match": answer.headers["ETag"]},
    )
    assert again.status_code == 304


async def test_a_new_version_leaves_what_runs_alone(bureau: Bureau) -> None:
    running = await bureau.ready()
    before = (await bureau.manager.api.get(running)).json()
    made = await put(bureau, TO_HEAD, TO_COMMITTEE)
    assert made.status_code == 201, made.text
    assert made.json()["number"] == before["routing_table"]["number"] + 1
    after = (await bureau.manager.api.get(running)).json()
    assert after["ways"] == before["ways"]
    new = (await bureau.manager.api.get(await bureau.ready())).json()
    assert new["routing_table"]["id"] == made.json()["id"]
    assert [way["limit_days"] for way in new["ways"]] == [5]
    assert new["stays"][0]["limit_days"] == 7
    other = await bureau.take(
        bureau.manager, running, "escalate-to-head", route_id=new["ways"][0]["id"], reason=REASON
    )
    assert faults(other) == [("#/route_id", "does_not_fit")], "a route of another version"


async def test_only_units_editors_set_it(bureau: Bureau) -> None:
    body = {"follows": 1, "office_limit": 7, "routes": [TO_HEAD], "reason": REASON}
    for person in (bureau.manager, bureau.head, bureau.unit, bureau.specialist):
        answer = await person.api.create("/v1/escalation-routes", body)
        assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")


async def test_two_editors_do_not_overwrite_each_other(bureau: Bureau) -> None:
    follows = (await latest(bureau))["number"]
    assert (await put(bureau, TO_HEAD, follows=follows)).status_code == 201
    late = await put(bureau, TO_HEAD, follows=follows)
    assert (late.status_code, late.json()["code"]) == (409, "not_the_latest_table")


async def test_a_circle_is_refused(bureau: Bureau) -> None:
    back = {**TO_COMMITTEE, "code": "back", "from_level": "committee", "to_level": "head", "to_body": None}
    answer = await put(bureau, TO_HEAD, TO_COMMITTEE, back)
    assert faults(answer) == [("#/routes/1/to_level", "circle"), ("#/routes/2/to_level", "circle")]
    self_ = {**TO_COMMITTEE, "from_level": "committee"}
    assert ("#/routes/1/to_level", "circle") in faults(await put(bureau, TO_HEAD, self_))
    to_office = {**TO_COMMITTEE, "to_level": "office", "to_body": None}
    assert ("#/routes/1/to_level", "circle") in faults(await put(bureau, TO_HEAD, to_office))


async def test_a_level_without_a_holder_is_refused(bureau: Bureau) -> None:
    nobody = {**TO_COMMITTEE, "to_body": None}
    assert faults(await put(bureau, TO_HEAD, nobody)) == [("#/routes/1/to_body", "missing")]
    named = {**TO_HEAD, "to_body": "ministry_of_finance"}
    assert faults(await put(bureau, named)) == [("#/routes/0/to_body", "out_of_place")]
    misplaced = {**TO_COMMITTEE, "to_body": "ministry_of_finance"}
    assert faults(await put(bureau, TO_HEAD, misplaced)) == [("#/routes/1/to_body", "not_at_this_level")]


async def test_every_challenge_has_a_way_to_the_head(bureau: Bureau) -> None:
    only = {**TO_HEAD, "kind": "data"}
    found = faults(await put(bureau, only))
    assert {code for _, code in found} == {"no_way_to_the_head"}
    assert len(found) == 14, "seven other kinds, tied to either"
    both = ({**TO_HEAD, "tie": "own"}, {**TO_HEAD, "tie": "national_programme", "code": "national"})
    assert (await put(bureau, *both)).status_code == 201


@pytest.mark.parametrize(
    ("wrong", "fault"),
    [
        ({"escalated_by": "office"}, ("#/routes/1/escalated_by", "not_the_holder")),
        ({"code": "office-to-head"}, ("#/routes/1/code", "repeated")),
        ({"limit_days": 0}, ("#/routes/1/limit_days", "too_small")),
        ({"limit_days": 121}, ("#/routes/1/limit_days", "too_large")),
        ({"from_level": "unit"}, ("#/routes/1/from_level", "top_level")),
        ({"after_head": True}, ("#/routes/1/after_head", "out_of_place")),
        ({"to_level": "heaven"}, ("#/routes/1/to_level", "not_allowed")),
        ({"title_ar": "  "}, ("#/routes/1/title_ar", "bad_format")),
        ({"colour": "red"}, ("#/routes/1/colour", "unknown_field")),
    ],
)
async def test_bad_routes_are_told_precisely(
    bureau: Bureau, wrong: dict[str, Any], fault: tuple[str, str]
) -> None:
    number = (await latest(bureau))["number"]
    assert fault in faults(await put(bureau, TO_HEAD, {**TO_COMMITTEE, **wrong}))
    assert (await latest(bureau))["number"] == number, "nothing changed"
