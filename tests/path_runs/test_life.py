"""How a path is walked: groups, returns, several who must agree, and its end."""

from datetime import date
from typing import Any

import pytest

from app.enums import DivisionFunction, Role
from tests.factories.path_runs import REASON, Walk, approved, stage, verified
from tests.factories.role_plans import agreed
from tests.factories.world import Person, World

DRAFT_VERIFY_APPROVE: Any = (
    [stage("draft", "planning")],
    [verified("verify", "office", of=["draft"])],
    [approved("approve", "head", of=["draft", "verify"])],
)


def states(run: dict[str, Any]) -> list[tuple[str, int, str]]:
    return [(each["key"], each["round"], each["state"]) for each in run["stages"]]


async def test_groups_open_one_after_the_other_to_the_end(world: World) -> None:
    walk = await Walk.make(world)
    path = await walk.started(*DRAFT_VERIFY_APPROVE)
    assert states(await walk.run(path)) == [
        ("draft", 1, "open"),
        ("verify", 1, "pending"),
        ("approve", 1, "pending"),
    ]
    ended = await walk.done(walk.planner, path, "draft")
    assert (ended["state"], ended["actions"]) == ("done", [])
    assert ended["acts"][0]["person"]["id"] == str(walk.planner.id)
    assert list(await walk.open(path)) == ["verify"]
    await walk.done(walk.specialist, path, "verify")
    await walk.done(walk.head, path, "approve", "approve")
    run = await walk.run(path)
    assert run["state"] == "finished"
    assert run["progress"] == {"total": 3, "over": 3}
    assert run["open_stages"] == []
    assert run["actions"] == []


async def test_side_by_side_the_group_waits_for_all(world: World) -> None:
    walk = await Walk.make(world)
    path = await walk.started(
        [stage("money", "finance"), stage("work", "executing")], [stage("sum", "office")]
    )
    await walk.done(walk.executor, path, "work")
    assert list(await walk.open(path)) == ["money"]
    await walk.done(walk.financier, path, "money")
    assert list(await walk.open(path)) == ["sum"]


async def test_a_return_walks_again_from_there_and_keeps_what_was_done(world: World) -> None:
    walk = await Walk.make(world)
    path = await walk.started(*DRAFT_VERIFY_APPROVE)
    await walk.done(walk.planner, path, "draft")
    await walk.done(walk.specialist, path, "verify")
    returned = await walk.returned(walk.head, path, "approve", "draft")
    assert (returned["state"], returned["returned_to"], returned["reason"]) == ("returned", "draft", REASON)
    run = await walk.run(path)
    assert states(run) == [
        ("draft", 1, "done"),
        ("draft", 2, "open"),
        ("verify", 1, "done"),
        ("verify", 2, "pending"),
        ("approve", 1, "returned"),
        ("approve", 2, "pending"),
    ]
    assert [each["superseded"] for each in run["stages"]] == [True, False, True, False, True, False]
    await walk.done(walk.planner, path, "draft")
    # The head who returned may approve what was done again.
    await walk.done(walk.colleague, path, "verify")
    await walk.done(walk.head, path, "approve", "approve")
    assert (await walk.run(path))["state"] == "finished"


async def test_what_runs_beside_a_return_is_void(world: World) -> None:
    walk = await Walk.make(world)
    path = await walk.started(
        [stage("draft", "planning")],
        [verified("check", "office", of=["draft"]), stage("money", "finance")],
    )
    await walk.done(walk.planner, path, "draft")
    await walk.returned(walk.specialist, path, "check", "draft")
    assert states(await walk.run(path)) == [
        ("draft", 1, "done"),
        ("draft", 2, "open"),
        ("check", 1, "returned"),
        ("check", 2, "pending"),
        ("money", 1, "voided"),
        ("money", 2, "pending"),
    ]
    waiting = await walk.financier.api.get("/v1/inbox")
    assert waiting.json()["items"] == []


async def test_who_prepared_does_not_verify_and_who_verified_does_not_approve(world: World) -> None:
    walk = await Walk.make(world)
    path = await walk.started(
        [stage("draft", "specialist")],
        [verified("verify", "office", of=["draft"])],
        [approved("approve", "specialist", of=["draft", "verify"])],
    )
    await walk.done(walk.specialist, path, "draft")
    refused = await walk.act(walk.specialist, path, "verify")
    assert (refused.status_code, refused.json()["code"]) == (403, "four_eyes")
    await walk.done(walk.manager, path, "verify")
    refused = await walk.act(walk.specialist, path, "approve", "approve")
    assert refused.json()["code"] == "four_eyes"
    await walk.done(walk.colleague, path, "approve", "approve")


async def test_where_four_eyes_leaves_nobody_the_head_decides_with_a_reason(world: World) -> None:
    walk = await Walk.make(world)
    path = await walk.started([stage("draft", "finance")], [verified("verify", "finance", of=["draft"])])
    await walk.done(walk.financier, path, "draft")
    inbox = (await walk.head.api.get("/v1/inbox")).json()["items"]
    assert [(each["kind"], each["party"]) for each in inbox] == [("path_stage", "head")]
    assert (await walk.financier.api.get("/v1/inbox")).json()["items"] == []
    missing = await walk.act(walk.head, path, "verify")
    assert missing.json()["errors"][0]["pointer"] == "#/reason"
    ended = await walk.done(walk.head, path, "verify", reason="لا يوجد مدقق آخر في المكتب")
    assert ended["acts"][0]["exceptional"] is True
    assert (await walk.run(path))["state"] == "finished"


async def test_the_heads_office_records_what_the_head_did(world: World) -> None:
    walk = await Walk.make(world)
    path = await walk.started([approved("approve", "head", of=[], outcomes=["approved"], returns_to=[])])
    missing = await walk.act(walk.head_office, path, "approve", "approve")
    assert missing.json()["errors"][0]["pointer"] == "#/decision"
    ended = await walk.done(
        walk.head_office,
        path,
        "approve",
        "approve",
        decision={
            "decided_by_id": str(walk.head.id),
            "letter_number": "١٢/٢٠٢٦",
            "letter_date": "2026-01-15",
        },
    )
    act = ended["acts"][0]
    assert act["person"]["id"] == str(walk.head.id)
    assert act["recorded_by"]["id"] == str(walk.head_office.id)
    assert act["decision_id"] is not None


async def test_several_parties_each_take_it_once(world: World) -> None:
    walk = await Walk.make(world)
    together = stage("agree", ["office", "planning", "finance"], quorum={"of": "parties", "count": 3})
    path = await walk.started([together], [stage("after", "office")])
    first = await walk.done(walk.specialist, path, "agree")
    assert first["state"] == "open"
    assert {each["party"] for each in first["awaiting"]} == {"planning", "finance"}
    assert first["actions"] == []
    again = await walk.act(walk.specialist, path, "agree")
    assert again.json()["code"] == "already_acted"
    # The manager is of the office too, which has taken it.
    same = await walk.act(walk.manager, path, "agree")
    assert same.json()["code"] == "party_done"
    await walk.done(walk.planner, path, "agree")
    last = await walk.done(walk.financier, path, "agree")
    assert (last["state"], len(last["acts"])) == ("done", 3)
    assert list(await walk.open(path)) == ["after"]


async def test_who_is_of_two_parties_leaves_a_place_to_who_is_of_one(world: World) -> None:
    walk = await Walk.make(world)
    both = await world.person(Role.DIVISION_MEMBER, walk.entity, walk.planning_division)
    await world.appoint(both, Role.SPECIALIST, walk.entity)
    together = stage("agree", ["planning", "specialist"], quorum={"of": "parties", "count": 2})
    path = await walk.started([together])
    first = await walk.done(both, path, "agree")
    assert {each["party"] for each in first["awaiting"]} == {"planning", "specialist"}
    assert (await walk.done(walk.planner, path, "agree"))["state"] == "done"


async def _inbox(person: Person) -> list[str]:
    answer = await person.api.get("/v1/inbox", kind="path_stage")
    assert answer.status_code == 200, answer.text
    return [line["subject_id"] for line in answer.json()["items"]]


async def test_the_role_plan_names_who_takes_a_step_of_the_chain_with_substitutes(world: World) -> None:
    """A stage of who enters waits for whom the role plan names, the substitutes behind; any of them takes it (Guide P-13)."""
    walk = await Walk.make(world)
    steps = {"enter": ["finance", "planning", "specialist"], "review": ["manager"], "approve": ["head"]}
    await agreed(walk.manager, walk.head, walk.entity, "plans", steps)
    path = await walk.started(
        [stage("draft", "enterer")],
        [verified("review", "reviewer", of=["draft"])],
        [approved("approve", "approver", of=["draft", "review"])],
    )
    run = await walk.run(path)
    assert [[each["party"] for each in stage["parties"]] for stage in run["stages"]] == [
        ["finance", "planning", "specialist"],
        ["manager"],
        ["head"],
    ]
    [draft] = run["open_stages"]
    assert [(each["party"], each["substitute"]) for each in draft["awaiting"]] == [
        ("finance", False),
        ("planning", True),
        ("specialist", True),
    ]
    ranks = await world.owner.fetch(
        "select party, rank from waits where subject_id = $1 order by rank", draft["id"]
    )
    assert [tuple(row) for row in ranks] == [
        (f"{party}:{walk.entity.id}", rank) for rank, party in enumerate(steps["enter"])
    ]
    for person in (walk.financier, walk.planner, walk.colleague):
        assert len(await _inbox(person)) == 1
    assert (await walk.act(walk.executor, path, "draft")).status_code == 404
    await walk.done(walk.colleague, path, "draft")
    assert await _inbox(walk.financier) == []
    await walk.done(walk.manager, path, "review")
    await walk.done(walk.head, path, "approve", "approve")
    assert (await walk.run(path))["state"] == "finished"


async def test_a_committee_needs_several_of_its_members(world: World) -> None:
    """The advisory committee by a number of its members; where the supervisory committee sits with it, one of each."""
    walk = await Walk.make(world)
    advisory = await world.division(walk.entity, DivisionFunction.ADVISORY_COMMITTEE)
    supervisory = await world.division(walk.entity, DivisionFunction.SUPERVISORY_COMMITTEE)
    first, second, third = [await world.person(Role.DIVISION_MEMBER, walk.entity, advisory) for _ in range(3)]
    overseer = await world.person(Role.DIVISION_HEAD, walk.entity, supervisory)
    path = await walk.started(
        [stage("advise", "advisory_committee", kind="discuss", quorum={"of": "people", "count": 2})],
        [
            approved(
                "endorse",
                ["advisory_committee", "supervisory_committee"],
                of=["advise"],
                quorum={"of": "parties", "count": 2},
            )
        ],
    )
    assert (await walk.done(first, path, "advise"))["state"] == "open"
    assert (await walk.act(first, path, "advise")).json()["code"] == "already_acted"
    assert (await walk.act(overseer, path, "advise")).status_code == 403
    assert (await walk.done(second, path, "advise"))["state"] == "done"
    # Who advised does not endorse the advice.
    assert (await walk.act(first, path, "endorse", "approve")).json()["code"] == "four_eyes"
    open_ = await walk.done(third, path, "endorse", "approve")
    assert (open_["state"], [each["party"] for each in open_["awaiting"]]) == (
        "open",
        ["supervisory_committee"],
    )
    ended = await walk.done(overseer, path, "endorse", "approve")
    assert (ended["state"], len(ended["acts"])) == ("approved", 2)


async def test_several_people_of_one_party(world: World) -> None:
    walk = await Walk.make(world)
    path = await walk.started([stage("discuss", "specialist", quorum={"of": "people", "count": 2})])
    waiting = {person.id: await _inbox(person) for person in (walk.specialist, walk.colleague)}
    assert all(len(lines) == 1 for lines in waiting.values())
    assert (await walk.done(walk.specialist, path, "discuss"))["state"] == "open"
    assert (await walk.act(walk.specialist, path, "discuss")).json()["code"] == "already_acted"
    assert await _inbox(walk.specialist) == []  # their part is done
    assert await _inbox(walk.colleague) == waiting[walk.colleague.id]
    assert (await walk.done(walk.colleague, path, "discuss"))["state"] == "done"


async def test_what_waits_for_two_parties_of_a_person_is_one_line_since_the_first(world: World) -> None:
    walk = await Walk.make(world)
    both = await world.person(Role.DIVISION_MEMBER, walk.entity, walk.planning_division)
    await world.appoint(both, Role.SPECIALIST, walk.entity)
    path = await walk.started([stage("draft", "planning")])
    [first] = (await both.api.get("/v1/inbox")).json()["items"]
    to = [{"party": "planning"}, {"party": "specialist"}]
    given = await walk.act(
        walk.manager, path, "draft", "reassign", parties=to, reason="لا تكفي الدائرة وحدها"
    )
    assert given.status_code == 200, given.text
    [line] = (await both.api.get("/v1/inbox")).json()["items"]
    assert (line["since"], line["party"]) == (first["since"], first["party"])
    assert (await both.api.get("/v1/dashboard")).json()["inbox"]["count"] == 1
    assert len((await both.api.get("/v1/inbox", of="division")).json()["items"]) == 1
    assert len((await walk.specialist.api.get("/v1/inbox")).json()["items"]) == 1


async def test_one_of_several_returns_for_all(world: World) -> None:
    walk = await Walk.make(world)
    together = verified("agree", ["office", "finance"], of=["draft"], quorum={"of": "parties", "count": 2})
    path = await walk.started([stage("draft", "planning")], [together])
    await walk.done(walk.planner, path, "draft")
    await walk.done(walk.specialist, path, "agree")
    await walk.returned(walk.financier, path, "agree", "draft")
    assert list(await walk.open(path)) == ["draft"]


async def test_others_say_the_same_or_return(world: World) -> None:
    walk = await Walk.make(world)
    together = stage(
        "remarks",
        ["office", "finance"],
        quorum={"of": "parties", "count": 2},
        outcomes=["done", "not_applicable"],
    )
    path = await walk.started([together])
    await walk.done(walk.specialist, path, "remarks")
    other = await walk.act(walk.financier, path, "remarks", "skip", reason="لا ملاحظات لدينا")
    assert other.json()["code"] == "others_said_otherwise"


async def test_what_does_not_apply_is_said_with_a_reason(world: World) -> None:
    walk = await Walk.make(world)
    path = await walk.started([stage("remarks", "office", outcomes=["done", "not_applicable"])])
    assert (await walk.act(walk.specialist, path, "remarks", "skip")).status_code == 422
    ended = await walk.done(walk.specialist, path, "remarks", "skip", reason="لم ترد ملاحظات")
    assert (ended["state"], ended["reason"]) == ("not_applicable", "لم ترد ملاحظات")


async def test_a_recurring_stage_opens_occasion_by_occasion(world: World) -> None:
    walk = await Walk.make(world)
    path = await walk.started(
        [
            stage("report", "planning", due={"kind": "recurring", "frequency": "quarterly"}),
            stage("follow", "office", due={"kind": "continuous"}),
        ]
    )
    run = await walk.run(path)
    due = [each["due"] for each in run["stages"] if each["key"] == "report"]
    assert due[0] == "2027-03-31"
    assert len(due) == 4
    for _ in range(4):
        assert "report" in await walk.open(path)
        await walk.done(walk.planner, path, "report")
    assert list(await walk.open(path)) == ["follow"]
    await walk.done(walk.specialist, path, "follow")
    assert (await walk.run(path))["state"] == "finished"


async def test_a_stage_is_given_to_others(world: World) -> None:
    walk = await Walk.make(world)
    path = await walk.started([stage("draft", "planning")], [verified("check", "office", of=["draft"])])
    given = await walk.done(
        walk.manager, path, "draft", "reassign", parties=[{"party": "finance"}], reason="الدائرة في إجازة"
    )
    assert [each["party"] for each in given["awaiting"]] == ["finance"]
    assert (await walk.act(walk.planner, path, "draft")).status_code == 403
    await walk.done(walk.financier, path, "draft")
    await walk.returned(walk.specialist, path, "check", "draft")
    await walk.done(walk.financier, path, "draft")


async def test_what_the_head_approves_is_given_to_nobody_else(world: World) -> None:
    walk = await Walk.make(world)
    path = await walk.started([approved("approve", "head", of=[], outcomes=["approved"], returns_to=[])])
    refused = await walk.act(
        walk.manager, path, "approve", "reassign", parties=[{"party": "manager"}], reason="اختصارًا للوقت"
    )
    assert (refused.status_code, refused.json()["code"]) == (409, "not_reassignable")


async def test_a_run_is_stopped_and_waits_for_nobody(world: World) -> None:
    walk = await Walk.make(world)
    path = await walk.started(*DRAFT_VERIFY_APPROVE)
    seen = await walk.manager.api.etag(path)
    stopped = await walk.manager.api.step(f"{path}/stop", seen, {"reason": "دُمجت الخطة في خطة أخرى"})
    assert stopped.status_code == 200, stopped.text
    assert {each["state"] for each in stopped.json()["stages"]} == {"stopped"}
    assert (await walk.planner.api.get("/v1/inbox")).json()["items"] == []


async def test_dates_move_to_working_days(world: World) -> None:
    walk = await Walk.make(world)
    # 7 May 2027 is a Friday; the day after the weekend is a holiday.
    await world.holiday(date(2027, 5, 9))
    path = await walk.started(
        [stage("draft", "planning", due={"kind": "date", "month": 5, "day": 7})],
        [stage("send", "office", due={"kind": "offset", "since": "previous_group", "working_days": 3})],
    )
    run = await walk.run(path)
    assert [each["due"] for each in run["stages"]] == ["2027-05-10", None]
    await walk.done(walk.planner, path, "draft")
    assert (await walk.run(path))["stages"][1]["due"] is not None


async def test_unit_sees_a_run_from_its_own_stage_on(world: World) -> None:
    walk = await Walk.make(world)
    path = await walk.started([stage("draft", "planning")], [stage("agree", "unit")])
    assert (await walk.unit.api.get(path)).status_code == 404
    await walk.done(walk.planner, path, "draft")
    assert (await walk.unit.api.get(path)).status_code == 200
    await walk.done(walk.unit, path, "agree")
    assert (await walk.run(path, walk.unit))["state"] == "finished"


async def test_what_is_controlled_is_not_done_by_who_controlled_it_already(world: World) -> None:
    walk = await Walk.make(world)
    beside = verified("check", "office", of=[], controls=["draft"], outcomes=["done"])
    path = await walk.started([stage("draft", "office"), beside])
    await walk.done(walk.specialist, path, "check")
    refused = await walk.act(walk.specialist, path, "draft")
    assert (refused.status_code, refused.json()["code"]) == (403, "four_eyes")
    await walk.done(walk.colleague, path, "draft")


@pytest.mark.parametrize("party", ["head", "head_office", "unit"])
async def test_what_is_the_heads_or_units_is_given_to_nobody_else(world: World, party: str) -> None:
    walk = await Walk.make(world)
    path = await walk.started([stage("send", ["planning", party], kind="send"), stage("work", "finance")])
    to = [{"party": "manager"}]
    refused = await walk.act(walk.manager, path, "send", "reassign", parties=to, reason="اختصارًا للوقت")
    assert (refused.status_code, refused.json()["code"]) == (409, "not_reassignable")
    to_unit = [{"party": "office"}, {"party": "unit"}]
    refused = await walk.act(walk.manager, path, "work", "reassign", parties=to_unit, reason="اختصارًا للوقت")
    assert [each["pointer"] for each in refused.json()["errors"]] == ["#/parties/1/party"]


async def test_an_answer_from_outside_is_recorded_by_the_heads_office_alone(world: World) -> None:
    walk = await Walk.make(world)
    path = await walk.started([stage("answer", "head_office", kind="record_answer")])
    to = [{"party": "office"}]
    refused = await walk.act(walk.manager, path, "answer", "reassign", parties=to, reason="اختصارًا للوقت")
    assert refused.json()["code"] == "not_reassignable"


async def test_a_quorum_of_people_is_not_given_to_one_post(world: World) -> None:
    walk = await Walk.make(world)
    path = await walk.started([stage("discuss", "specialist", quorum={"of": "people", "count": 2})])
    to = [{"party": "manager"}]
    refused = await walk.act(walk.manager, path, "discuss", "reassign", parties=to, reason="إجازة")
    assert [each["pointer"] for each in refused.json()["errors"]] == ["#/parties"]
