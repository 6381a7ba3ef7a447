"""The way of a challenge through the levels, as the guide describes it (X-1 to X-6)."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import uuid4

import pytest

from app.schemas.challenge_threads import ChallengeStatistics, ChallengeThread
from app.schemas.challenges import ChallengeList, ChallengeRead
from tests.factories.calendar import at
from tests.factories.challenges import HOW, INSTRUCTIONS, REASON, Bureau
from tests.factories.world import World
from tests.obligations.owing import priority


@pytest.fixture(scope="module")
async def bureau(world: World) -> Bureau:
    return await Bureau.make(world)


async def awaited(bureau: Bureau, path: str) -> set[tuple[str, str]]:
    rows = await bureau.world.owner.fetch(
        "select party, action from waits where subject_id = $1::uuid and closed_at is null",
        path.rpartition("/")[2],
    )
    return {(row["party"].partition(":")[0], row["action"]) for row in rows}


def stays(challenge: Mapping[str, Any]) -> list[tuple[str, str | None]]:
    return [(stay["level"], stay["ruling"]) for stay in challenge["stays"]]


async def test_a_challenge_is_opened_and_waits_for_the_manager(bureau: Bureau) -> None:
    path = await bureau.opened(bureau.enterer)
    found = (await bureau.enterer.api.get(path)).json()
    ChallengeRead.model_validate(found)
    assert (found["state"], found["level"]) == ("open", "office")
    assert found["about"]["id"] == str(bureau.indicator)
    assert found["division"]["id"] == str(bureau.executing.id)
    assert found["code"].startswith("CH-")
    assert await awaited(bureau, path) == {("manager", "challenges.close")}
    assert "challenges.escalate_to_head" not in found["actions"]
    assert found["due"] is not None
    assert not found["overdue"]


async def test_it_goes_up_only_with_everything_that_goes_with_it(bureau: Bureau) -> None:
    path = await bureau.opened()
    route = await bureau.way(bureau.manager, path, "office-to-head")
    answer = await bureau.take(bureau.manager, path, "escalate-to-head", route_id=route, reason=REASON)
    assert (answer.status_code, answer.json()["code"]) == (409, "not_ready_to_escalate")
    pointers = [fault["pointer"] for fault in answer.json()["errors"]]
    assert pointers == ["#/attempts", "#/solutions", "#/coordination"]
    assert (await bureau.manager.api.get(path)).json()["version"] == 1, "nothing changed"


async def test_through_the_head_to_the_committee_and_back(bureau: Bureau) -> None:
    path = await bureau.with_committee()
    found = (await bureau.head_office.api.get(path)).json()
    assert (found["state"], found["level"], found["body"]) == (
        "with_committee",
        "committee",
        "competent_committee",
    )
    assert await awaited(bureau, path) == {
        ("head_office", "challenges.record_answer"),
        ("head", "challenges.record_answer"),
    }
    decided = await bureau.done(
        bureau.head_office,
        path,
        "record-answer",
        ruling="solve_here",
        reason="قررت اللجنة تمويل البرنامج",
        answer=bureau.answer("اللجنة المختصة"),
    )
    ChallengeRead.model_validate(decided)
    assert decided["state"] == "decided"
    assert decided["stays"][2]["answer"]["of"] == "اللجنة المختصة"
    closed = await bureau.done(bureau.manager, path, "close", how=HOW)
    assert (closed["state"], closed["level"], closed["outcome"]) == ("closed", None, HOW)
    assert stays(closed) == [
        ("office", "escalate"),
        ("head", "escalate"),
        ("committee", "solve_here"),
        ("office", "solved"),
    ]
    assert await awaited(bureau, path) == set()
    reopened = await bureau.done(bureau.manager, path, "reopen", reason="عاد النقص في الموازنة المعدلة")
    assert (reopened["state"], reopened["outcome"]) == ("open", None)
    assert await awaited(bureau, path) == {("manager", "challenges.close")}


async def test_from_the_office_to_the_body_only_after_the_head(bureau: Bureau) -> None:
    path = await bureau.ready()
    found = (await bureau.manager.api.get(path)).json()
    assert {way["code"] for way in found["ways"]} == {"office-to-head"}
    path = await bureau.with_body()
    found = (await bureau.manager.api.get(path)).json()
    assert (found["state"], found["body"]) == ("with_body", "ministry_of_finance")
    assert stays(found) == [
        ("office", "escalate"),
        ("head", "return_with_instructions"),
        ("office", "escalate"),
        ("body", None),
    ]


async def test_unit_decides_what_is_escalated_to_it(bureau: Bureau) -> None:
    path = await bureau.with_body("office-to-unit")
    assert await awaited(bureau, path) == {("unit", "challenges.decide")}
    found = (await bureau.unit.api.get(path)).json()
    assert "challenges.decide" in found["actions"]
    inbox = (await bureau.unit.api.get("/v1/inbox")).json()["items"]
    assert path.rpartition("/")[2] in {item["subject_id"] for item in inbox}
    back = await bureau.done(
        bureau.unit, path, "decide", ruling="return_with_instructions", reason=INSTRUCTIONS
    )
    assert back["state"] == "open"
    assert back["stays"][-1]["instruction"] == INSTRUCTIONS


async def test_the_heads_office_records_the_heads_decision(bureau: Bureau) -> None:
    path = await bureau.with_head()
    answer = await bureau.take(
        bureau.head_office, path, "decide", ruling="close_as_accepted", reason=INSTRUCTIONS
    )
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "#/decision"
    accepted = await bureau.done(
        bureau.head_office,
        path,
        "decide",
        ruling="close_as_accepted",
        reason="يُقبل الأثر لهذا العام",
        decision=bureau.letter(),
    )
    assert (accepted["state"], accepted["outcome"]) == ("accepted", "يُقبل الأثر لهذا العام")
    assert accepted["stays"][1]["decided_by"]["id"] == str(bureau.head.id)
    assert accepted["stays"][1]["letter"]["letter_number"] == "م و/٢١٧"


async def test_who_opened_it_never_confirms_that_it_is_solved(bureau: Bureau) -> None:
    path = await bureau.opened(bureau.manager)
    answer = await bureau.take(bureau.manager, path, "close", how=HOW)
    assert (answer.status_code, answer.json()["code"]) == (403, "four_eyes")
    found = (await bureau.head.api.get(path)).json()
    assert "challenges.close" in found["actions"], "four eyes leaves no manager"
    assert [(each["party"], each["action"]) for each in found["awaiting"]] == [
        ("manager", "challenges.close"),
        ("head", "challenges.close"),
    ]
    closed = await bureau.done(bureau.head, path, "close", how=HOW)
    assert closed["exceptional"]


async def test_the_representative_who_is_assigned_analyses_first(bureau: Bureau) -> None:
    path = await bureau.with_head()
    assigned = await bureau.manager.api.create(
        f"/v1/entities/{bureau.entity.id}/assignments",
        {"user_id": str(bureau.representative.id), "subject_id": path.rpartition("/")[2]},
    )
    assert assigned.status_code == 201, assigned.text
    route = await bureau.way(bureau.head, path, "head-to-supervisory-committee")
    said = {"ruling": "escalate", "reason": REASON, "route_id": route}
    await bureau.done(bureau.manager, path, "analyse-solution", number=1, analysis="مناسب", recommended=True)
    answer = await bureau.take(bureau.head, path, "decide", **said)
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (409, "not_analysed")
    analysed = await bureau.done(
        bureau.representative,
        path,
        "analyse-solution",
        number=1,
        analysis="الأقل كلفة والأسرع أثرًا",
        recommended=True,
    )
    assert analysed["solutions"][0]["analysis"]["by_representative"]
    assert (await bureau.done(bureau.head, path, "decide", **said))["body"] == "supervisory_committee"


async def test_the_whole_thread_is_one_page(bureau: Bureau) -> None:
    path = await bureau.with_body()
    answer = await bureau.manager.api.get(f"{path}/thread")
    assert answer.status_code == 200, answer.text
    ChallengeThread.model_validate(answer.json())
    steps = [(step["action"].partition(".")[2], step["stay"]) for step in answer.json()["steps"]]
    assert steps == [
        ("open", 1),
        ("record_attempt", 1),
        ("propose_solution", 1),
        ("record_coordination", 1),
        ("escalate_to_head", 1),
        ("decide", 2),
        ("escalate_to_body", 3),
    ]
    assert answer.json()["steps"][4]["awaiting"][0]["party"] == "head"


async def test_lists_and_statistics(world: World) -> None:
    bureau = await Bureau.make(world)
    await bureau.with_committee()
    await bureau.closed()
    answer = await bureau.manager.api.get("/v1/challenges", entity_id=str(bureau.entity.id))
    ChallengeList.model_validate(answer.json())
    assert [item["state"] for item in answer.json()["items"]] == ["with_committee", "closed"]
    for given, count in (
        ({"level": "committee"}, 1),
        ({"state": "closed"}, 1),
        ({"open": "true"}, 1),
        ({"overdue": "true"}, 0),
        ({"flagged": "true"}, 0),
        ({"kind": "data"}, 0),
        ({"about_id": str(bureau.indicator)}, 2),
        ({"about_kind": "indicator"}, 2),
        ({"about_kind": "result"}, 0),
        ({"q": "الاعتماد المالي"}, 2),
        ({"q": "غير موجود"}, 0),
        ({"division_id": str(bureau.executing.id)}, 2),
        ({"priority_id": str(uuid4())}, 0),
    ):
        found = await bureau.manager.api.get("/v1/challenges", entity_id=str(bureau.entity.id), **given)
        assert len(found.json()["items"]) == count, given
    page = await bureau.manager.api.get("/v1/challenges", entity_id=str(bureau.entity.id), limit="1")
    after = await bureau.manager.api.get(
        "/v1/challenges", entity_id=str(bureau.entity.id), limit="1", cursor=page.json()["next_cursor"]
    )
    assert [item["state"] for item in after.json()["items"]] == ["closed"]
    answer = await bureau.manager.api.get("/v1/challenge-statistics", entity_id=str(bureau.entity.id))
    assert answer.status_code == 200, answer.text
    ChallengeStatistics.model_validate(answer.json())
    counted = answer.json()
    assert (counted["total"], counted["open"], counted["closed"], counted["overdue"]) == (2, 1, 1, 0)
    levels = {level["level"]: level for level in counted["levels"]}
    assert list(levels) == ["office", "head", "committee", "body", "unit"]
    assert (levels["office"]["ended"], levels["office"]["median_days"]) == (2, 0)
    assert (levels["committee"]["open"], levels["committee"]["median_days"]) == (1, None)
    assert counted["by_kind"][0]["kind"] == "resources"
    assert counted["by_entity"][0]["entity"]["id"] == str(bureau.entity.id)
    assert counted["by_priority"][0]["priority"] is None


async def test_medians_are_of_working_days_at_each_level_and_of_whole_lives(world: World) -> None:
    """Of March 2026, whose weekends are Fridays and Saturdays; no holiday is known."""
    bureau = await Bureau.make(world)
    serves = await priority(world)
    without = await world.indicator(bureau.entity, bureau.executing)
    await world.owner.execute(
        "update indicators set priority_id = $2 where id = $1", bureau.indicator, serves
    )

    with at(date(2026, 3, 1)):
        then = bureau.now()
        brief, long, untied = (
            await then.opened(),
            await then.ready(),
            await then.opened(about_id=str(without)),
        )
        await then.opened(kind="data")
    for day, path in ((3, brief), (5, untied)):  # two days, and four
        with at(date(2026, 3, day)):
            then = bureau.now()
            await then.done(then.manager, path, "close", how=HOW)
    with at(date(2026, 3, 5)):  # four days in the office
        then = bureau.now()
        route = await then.way(then.manager, long, "office-to-head")
        await then.done(then.manager, long, "escalate-to-head", route_id=route, reason=REASON)
    with at(date(2026, 3, 9)):  # two with the head, over a weekend
        then = bureau.now()
        await then.done(then.head, long, "decide", ruling="return_with_instructions", reason=INSTRUCTIONS)
    with at(date(2026, 3, 10)):  # one more in the office
        then = bureau.now()
        await then.done(then.manager, long, "close", how=HOW)

    with at(date(2026, 3, 31)):
        api = bureau.now().manager.api
        answer = await api.get("/v1/challenge-statistics", entity_id=str(bureau.entity.id))
        of_one = await api.get("/v1/challenge-statistics", priority_id=str(serves), kind="resources")
    counted = answer.json()
    levels = [
        (level["level"], level["open"], level["overdue"], level["ended"], level["median_days"])
        for level in counted["levels"]
    ]
    assert levels == [
        ("office", 1, 1, 4, 3),
        ("head", 0, 0, 1, 2),
        ("committee", 0, 0, 0, None),
        ("body", 0, 0, 0, None),
        ("unit", 0, 0, 0, None),
    ]
    counts = ("total", "open", "overdue", "closed", "accepted", "median_days")
    by_priority = [
        (line["priority"] and line["priority"]["id"], *(line[name] for name in counts))
        for line in counted["by_priority"]
    ]
    assert by_priority == [(str(serves), 3, 1, 1, 2, 0, 4.5), (None, 1, 0, 0, 1, 0, 4)]
    by_kind = [(line["kind"], *(line[name] for name in counts)) for line in counted["by_kind"]]
    assert by_kind == [("data", 1, 1, 1, 0, 0, None), ("resources", 3, 0, 0, 3, 0, 4)]
    assert [line["median_days"] for line in counted["by_entity"]] == [4]
    assert (of_one.json()["total"], of_one.json()["levels"][0]["median_days"]) == (2, 2)
