"""Many decisions in one request: each stands or falls by itself, in the order sent."""

from collections import Counter
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from app.enums import Role
from tests.factories.world import World
from tests.results.office import Figure, Office

PATH = "/v1/results/decisions"


def _item(figure: Figure | UUID, version: int, decision: str, reason: str | None = None) -> dict[str, Any]:
    id_ = figure.id if isinstance(figure, Figure) else figure
    said = {"id": str(id_), "if_match": f'"{version}.x"', "decision": decision}
    return said if reason is None else said | {"reason": reason}


async def test_five_hundred_decisions_in_one_request(world: World) -> None:
    office = await Office.make(world)
    figures = await office.many_submitted(500)
    items = [_item(id_, 2, "review") for id_ in figures]
    answer = await office.reviewer.api.create(PATH, {"items": items}, key="review-all")
    assert answer.status_code == 200, answer.text
    outcomes = answer.json()["items"]
    assert [outcome["id"] for outcome in outcomes] == [str(id_) for id_ in figures]
    assert {(o["status"], o["code"], o["title"], o["state"], o["version"]) for o in outcomes} == {
        (200, None, None, "reviewed", 3)
    }

    facts = await world.owner.fetch(
        """
        select r.state, r.version, r.reviewed_by_id, r.controlled_by, w.party, w.action,
               (select count(*) from events e where e.subject_id = r.id and e.action = 'results.review') as told
        from results r join waits w on w.subject_id = r.id and w.closed_at is null
        where r.id = any($1)
        """,
        figures,
    )
    reviewer = office.reviewer.id
    assert Counter(map(tuple, [(*row[:3], tuple(row[3]), *row[4:]) for row in map(tuple, facts)])) == {
        ("reviewed", 3, reviewer, (reviewer,), f"manager:{office.entity.id}", "results.approve", 1): 500
    }

    again = await office.reviewer.api.create(PATH, {"items": items}, key="review-all")
    assert (again.status_code, again.content) == (200, answer.content)
    told = await world.owner.fetchval("select count(*) from events where subject_id = any($1)", figures)
    assert told == 500


async def test_each_decision_has_the_outcome_that_it_would_have_by_itself(world: World) -> None:
    office = await Office.make(world)
    two_hats = await world.person(Role.DIVISION_MEMBER, division=office.planning)
    await world.appoint(two_hats, Role.DIVISION_MEMBER, division=office.executing)
    other = await Office.make(world)
    good, stale, twice_seen, mute, drafted, returned = [
        await office.submitted(str(2010 + number)) for number in range(6)
    ]
    await office.taken(office.enterer, drafted, "withdraw")
    own = await office.draft("2020")
    etag = await two_hats.api.etag(own.path)
    assert (await two_hats.api.patch(own.path, etag, {"value": 9})).status_code == 200
    await office.taken(two_hats, own, "submit")
    hidden = await other.submitted()
    items = [
        _item(hidden, 2, "review"),
        _item(good, 2, "review"),
        _item(stale, 1, "review"),
        _item(mute, 2, "return"),
        _item(drafted, 3, "review"),
        _item(own, 3, "review"),
        _item(returned, 2, "return", "يرجى التحقق"),
        _item(twice_seen, 2, "approve"),
        _item(uuid4(), 2, "review"),
    ]
    answer = await two_hats.api.create(PATH, {"items": items})
    assert answer.status_code == 200, answer.text
    outcomes = answer.json()["items"]
    assert [outcome["id"] for outcome in outcomes] == [item["id"] for item in items]
    assert [(o["status"], o["code"], o["state"], o["version"]) for o in outcomes] == [
        (404, "not_found", None, None),
        (200, None, "reviewed", 3),
        (412, "stale", None, None),
        (422, "invalid", None, None),
        (409, "wrong_state", None, None),
        (403, "four_eyes", None, None),
        (200, None, "draft", 3),
        (403, "forbidden", None, None),
        (404, "not_found", None, None),
    ]
    for item, outcome in zip(items, outcomes, strict=True):
        if outcome["status"] not in (200, 404):
            alone = await two_hats.api.step(
                f"/v1/results/{item['id']}/{item['decision']}", item["if_match"], {}
            )
            assert (alone.status_code, alone.json()["code"]) == (outcome["status"], outcome["code"])
    sent_back = (await office.enterer.api.get(returned.path)).json()
    assert (sent_back["returned"]["reason"], sent_back["state"]) == ("يرجى التحقق", "draft")
    arabic = await two_hats.api.send(
        "POST",
        PATH,
        json={"items": items[:1]},
        headers={"Accept-Language": "ar", "Idempotency-Key": uuid4().hex},
    )
    assert arabic.json()["items"][0]["title"] == "غير موجود أو غير متاح لك"


async def test_the_head_decides_exceptionally_only_one_by_one(world: World) -> None:
    office = await Office.make(world)
    figure = await office.submitted()
    await world.owner.execute(
        "update memberships set ends_at = $2 where user_id = any($1)",
        [office.reviewer.id, office.second_reviewer.id],
        datetime.now(UTC),
    )
    answer = await office.head.api.create(PATH, {"items": [_item(figure, 2, "review", "سبب")]})
    assert [(o["status"], o["code"]) for o in answer.json()["items"]] == [(403, "forbidden")]
    alone = await office.head.api.step(f"{figure.path}/review", '"2.x"', {"reason": "لا يوجد مراجع"})
    assert (alone.status_code, alone.json()["exceptional"]) == (200, True)


async def test_what_is_named_twice_is_refused_as_a_whole(world: World) -> None:
    office = await Office.make(world)
    one, two = await office.submitted("2023"), await office.submitted("2024")
    items = [_item(one, 2, "review"), _item(two, 2, "review"), _item(one, 2, "return", "سبب")]
    answer = await office.reviewer.api.create(PATH, {"items": items})
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "#/items/2/id")
    assert answer.json()["errors"][0]["code"] == "repeated"
    assert (await office.manager.api.get(one.path)).json()["state"] == "submitted"
    assert (await office.manager.api.get(two.path)).json()["state"] == "submitted"


async def test_no_decision_and_five_hundred_and_one_are_refused(world: World) -> None:
    office = await Office.make(world)
    for count, code in ((0, "too_few"), (501, "too_many")):
        items = [_item(uuid4(), 2, "review") for _ in range(count)]
        answer = await office.reviewer.api.create(PATH, {"items": items})
        assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, code)
        assert answer.json()["errors"][0]["pointer"] == "#/items"
