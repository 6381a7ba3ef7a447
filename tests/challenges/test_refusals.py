"""What is refused, precisely, and changes nothing; and what two people do at the same moment."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from app import clock
from app.enums import Classification, Role
from tests.factories.challenges import CHALLENGE, HOW, INSTRUCTIONS, REASON, SOLUTION, Bureau
from tests.factories.world import World

Brought = Callable[[Bureau], Awaitable[str]]


@pytest.fixture(scope="module")
async def bureau(world: World) -> Bureau:
    return await Bureau.make(world)


@pytest.mark.parametrize(
    ("said", "pointer", "code"),
    [
        ({"about_id": str(uuid4())}, "#/about_id", "unknown_reference"),
        ({"division_id": str(uuid4())}, "#/division_id", "unknown_reference"),
        ({"owner_id": str(uuid4())}, "#/owner_id", "unknown_reference"),
        ({"priority_id": str(uuid4())}, "#/priority_id", "unknown_reference"),
        ({"kind": "weather"}, "#/kind", "not_allowed"),
        ({"title": "سطر\nآخر"}, "#/title", "bad_format"),
        ({"cause": ""}, "#/cause", "too_short"),
        ({"impact": "أ" * 2001}, "#/impact", "too_long"),
        ({"level": "head"}, "#/level", "unknown_field"),
        ({"classification": "secret"}, "#/classification", "not_allowed"),
    ],
)
async def test_a_challenge_that_cannot_be_opened(
    bureau: Bureau, said: dict[str, Any], pointer: str, code: str
) -> None:
    count = await bureau.world.owner.fetchval("select count(*) from challenges")
    answer = await bureau.open(**said)
    assert answer.status_code == 422, answer.text
    assert [(each["pointer"], each["code"]) for each in answer.json()["errors"]] == [(pointer, code)]
    assert await bureau.world.owner.fetchval("select count(*) from challenges") == count


async def test_only_the_office_and_who_is_in_charge_open_one(bureau: Bureau) -> None:
    elsewhere = await bureau.world.person(
        Role.DIVISION_MEMBER, division=await bureau.world.division(bureau.entity)
    )
    other = await Bureau.make(bureau.world)
    for person in (bureau.head, bureau.head_office, elsewhere, bureau.unit, other.manager):
        answer = await bureau.open(person)
        assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
    for person in (bureau.manager, bureau.specialist, bureau.enterer):
        assert (await bureau.open(person)).status_code == 201


async def test_a_restricted_result_makes_a_restricted_challenge(bureau: Bureau) -> None:
    made = await bureau.enterer.api.create(
        f"/v1/indicators/{bureau.indicator}/results",
        {"period": "2024", "value": 4.5, "classification": "restricted"},
    )
    assert made.status_code == 201, made.text
    about = made.json()["id"]
    answer = await bureau.open(bureau.enterer, about_id=about, classification="internal")
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "more_open_than_subject")
    path = await bureau.opened(bureau.enterer, about_id=about)
    found = (await bureau.enterer.api.get(path)).json()
    assert (found["classification"], found["about"]["period"]) == (Classification.RESTRICTED, "2024")
    patched = await bureau.enterer.api.patch(
        path, await bureau.enterer.api.etag(path), {"classification": "open"}
    )
    assert patched.json()["errors"][0]["code"] == "more_open_than_subject"


async def test_edits_are_checked_and_written_once(bureau: Bureau) -> None:
    path = await bureau.opened()
    api = bureau.specialist.api
    etag = await api.etag(path)
    same = await api.patch(path, etag, {"kind": "resources"})
    assert same.json()["version"] == 1, "a patch that changes nothing writes nothing"
    nobody = await api.patch(path, etag, {"division_id": None})
    assert [each["pointer"] for each in nobody.json()["errors"]] == ["#/division_id"]
    done = await api.patch(path, etag, {"kind": "technical", "tie": "national_programme"})
    assert (done.status_code, done.json()["kind"], done.json()["version"]) == (200, "technical", 2)
    stale = await api.patch(path, etag, {"kind": "data"})
    assert stale.status_code == 412
    fields = await bureau.world.owner.fetchval(
        "select changes -> 'fields' from events where subject_id = $1::uuid and action = 'challenges.edit'",
        path.rpartition("/")[2],
    )
    assert '"technical"' in fields


async def test_an_opened_one_is_repeated_by_its_key(bureau: Bureau) -> None:
    key = uuid4().hex
    body = {"about_id": str(bureau.indicator), **CHALLENGE}
    first = await bureau.manager.api.create("/v1/challenges", body, key=key)
    second = await bureau.manager.api.create("/v1/challenges", body, key=key)
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json()["id"] == second.json()["id"]


async def test_days_that_are_yet_to_come_are_refused(bureau: Bureau) -> None:
    path = await bureau.opened()
    tomorrow = (clock.today() + timedelta(days=1)).isoformat()
    attempt = await bureau.take(
        bureau.specialist, path, "record-attempt", tried_on=tomorrow, what="اجتماع مقبل"
    )
    assert attempt.json()["errors"][0]["pointer"] == "#/tried_on"
    coordination = await bureau.take(
        bureau.manager, path, "record-coordination", on=tomorrow, with_whom="مختص وحدة المتابعة"
    )
    assert coordination.json()["errors"][0]["pointer"] == "#/on"
    held = await bureau.with_body()
    for day, code in (
        (tomorrow, "in_the_future"),
        ((clock.today() - timedelta(days=1)).isoformat(), "before_the_escalation"),
    ):
        answer = await bureau.take(
            bureau.head_office,
            held,
            "record-answer",
            ruling="solve_here",
            reason=INSTRUCTIONS,
            answer={**bureau.answer(), "letter_date": day},
        )
        assert [(each["pointer"], each["code"]) for each in answer.json()["errors"]] == [
            ("#/answer/letter_date", code)
        ]


async def test_a_ruling_and_its_route_go_together(bureau: Bureau) -> None:
    path = await bureau.with_head()
    for said, code in (
        ({"ruling": "escalate"}, "missing"),
        ({"ruling": "solve_here", "route_id": str(uuid4())}, "out_of_place"),
        ({"ruling": "escalate", "route_id": str(uuid4())}, "does_not_fit"),
    ):
        answer = await bureau.take(bureau.head, path, "decide", reason=INSTRUCTIONS, **said)
        assert [(each["pointer"], each["code"]) for each in answer.json()["errors"]] == [("#/route_id", code)]
    solved = await bureau.take(bureau.head, path, "decide", ruling="solved", reason=INSTRUCTIONS)
    assert solved.json()["errors"][0]["pointer"] == "#/ruling"
    assert (await bureau.manager.api.get(path)).json()["state"] == "with_head"


async def test_solutions_are_withdrawn_and_recommended_one_at_a_time(bureau: Bureau) -> None:
    path = await bureau.opened()
    for title in ("مناقلة", "تمويل مشترك", "إعادة جدولة"):
        await bureau.done(bureau.enterer, path, "propose-solution", **{**SOLUTION, "title": title})
    for number in (1, 2):
        found = await bureau.done(
            bureau.manager, path, "analyse-solution", number=number, analysis="مناسب", recommended=True
        )
    assert [each["recommended"] for each in found["solutions"]] == [False, True, False]
    await bureau.done(bureau.specialist, path, "withdraw-solution", number=2, reason="تعذر التمويل المشترك")
    for verb, said in (
        ("withdraw-solution", {"reason": REASON}),
        ("analyse-solution", {"analysis": "مناسب", "recommended": False}),
    ):
        answer = await bureau.take(bureau.manager, path, verb, number=2, **said)
        assert answer.json()["errors"][0]["pointer"] == "#/number"
    refused = await bureau.take(
        bureau.specialist, path, "analyse-solution", number=1, analysis="مناسب", recommended=True
    )
    assert refused.status_code == 403
    for cost in (-1, "NaN", 1e30, 0.0001):
        answer = await bureau.take(bureau.specialist, path, "propose-solution", **{**SOLUTION, "cost": cost})
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "#/cost")
    for _ in range(17):
        await bureau.done(bureau.specialist, path, "propose-solution", **SOLUTION)
    full = await bureau.take(bureau.specialist, path, "propose-solution", **SOLUTION)
    assert (full.status_code, full.json()["code"]) == (409, "too_many")


async def test_of_two_who_decide_at_once_one_is_told(bureau: Bureau) -> None:
    path = await bureau.with_head()
    etag = await bureau.head.api.etag(path)
    body = {"ruling": "return_with_instructions", "reason": INSTRUCTIONS}
    answers = await asyncio.gather(
        *(bureau.head.api.step(f"{path}/decide", etag, body) for _ in range(2)),
        bureau.head_office.api.step(f"{path}/decide", etag, {**body, "decision": bureau.letter()}),
    )
    assert sorted(answer.status_code for answer in answers) == [200, 412, 412]
    again = await bureau.take(bureau.head, path, "decide", **body)
    assert (again.status_code, again.json()["code"]) == (409, "wrong_state"), "the head holds it no more"
    found = (await bureau.head.api.get(path)).json()
    assert len(found["stays"]) == 3


async def test_of_two_who_close_and_escalate_at_once_one_is_told(bureau: Bureau) -> None:
    path = await bureau.ready()
    route = await bureau.way(bureau.manager, path, "office-to-head")
    etag = await bureau.manager.api.etag(path)
    answers = await asyncio.gather(
        bureau.manager.api.step(f"{path}/close", etag, {"how": HOW}),
        bureau.manager.api.step(f"{path}/escalate-to-head", etag, {"route_id": route, "reason": REASON}),
    )
    assert sorted(answer.status_code for answer in answers) == [200, 412]


async def test_those_opened_at_once_have_numbers_of_their_own(world: World) -> None:
    bureau = await Bureau.make(world)
    answers = await asyncio.gather(*(bureau.open() for _ in range(5)))
    codes = {answer.json()["code"] for answer in answers}
    assert len(codes) == 5


async def test_the_schema_holds_what_the_service_promises(bureau: Bureau) -> None:
    path = await bureau.with_head()
    id_ = path.rpartition("/")[2]
    owner = bureau.world.owner
    for statement in (
        "update challenges set holders = '{}' where id = $1::uuid",
        "update challenges set level = 'office' where id = $1::uuid",
        "update challenges set due = due - 1 where id = $1::uuid",
        "update challenges set held_since = held_since - interval '1 day' where id = $1::uuid",
        "update challenges set about_id = id where id = $1::uuid",
        "update challenges set addressed = '{}' where id = $1::uuid",
        "update challenges set table_id = id where id = $1::uuid",
        "update challenge_stays set due = due - 1 where challenge_id = $1::uuid and number = 2",
        "update challenge_stays set days = 0 where challenge_id = $1::uuid and number = 1",
        "update challenge_stays set level = 'unit' where challenge_id = $1::uuid and number = 2",
    ):
        with pytest.raises(asyncpg.IntegrityConstraintViolationError):
            await owner.execute(statement, id_)
