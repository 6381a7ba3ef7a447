"""The money of an initiative: asked for, answered, spent (Guide N-4, P-10)."""

from datetime import timedelta
from typing import Any

import pytest

from tests.factories.initiatives import House, Thing, today

YEAR = today().year
LINE = {"year": YEAR, "source": "state_budget"}
ANSWER = {**LINE, "answer": "granted", "approved": 200000, "answered_on": today().isoformat()}


async def _asked(house: House, made: Thing, **more: Any) -> dict[str, Any]:
    return await house.done(house.member, made, "request-budget", {**LINE, "requested": 250000.5, **more})


async def test_money_is_asked_for_granted_and_spent(house: House) -> None:
    made = await house.approved()
    asked = await _asked(house, made, note="حسب المصفوفة المالية")
    assert asked["budget"][0]["requested"] == 250000.5
    assert asked["money"] == {"requested": 250000.5, "approved": 0, "spent": 0}
    for person in (house.member, house.planner, house.manager):
        assert (await house.take(person, made, "answer-budget", ANSWER)).status_code == 403
    answered = await house.done(house.treasurer, made, "answer-budget", {**ANSWER, "letter_number": "م/٢١٠"})
    assert answered["budget"][0]["approved"] == 200000
    again = await house.take(house.member, made, "request-budget", {**LINE, "requested": 1})
    assert (again.status_code, again.json()["code"]) == (409, "budget_answered")
    spent = await house.done(house.treasurer, made, "record-spending", {**LINE, "spent": 150000})
    assert spent["money"]["spent"] == 150000
    over = await house.take(house.member, made, "record-spending", {**LINE, "spent": 200000.001})
    assert (over.status_code, over.json()["errors"][0]["pointer"]) == (422, "#/reason")
    body = {**LINE, "spent": 200000.001, "reason": "ارتفاع أسعار المواد"}
    assert (await house.done(house.member, made, "record-spending", body))["budget"][0]["overspent_reason"]


async def test_one_line_for_each_year_and_source_and_it_can_be_taken_back(house: House) -> None:
    made = await house.drafted()
    await _asked(house, made)
    changed = await _asked(house, made, requested=1000)
    assert [line["requested"] for line in changed["budget"]] == [1000]
    gone = await _asked(house, made, requested=None)
    assert gone["budget"] == []
    refused = await house.take(house.planner, made, "request-budget", {**LINE, "requested": None})
    assert (refused.status_code, refused.json()["code"]) == (409, "no_budget_request")


async def test_the_dates_of_a_draft_hold_the_years_that_money_is_asked_for(house: House) -> None:
    end = today().replace(year=YEAR + 1, month=12, day=1)
    made = await house.drafted(ends_on=end.isoformat())
    await _asked(house, made, year=YEAR + 1)
    shorter = today() + timedelta(days=99)
    if shorter.year > YEAR:
        shorter = today()
    body = {"ends_on": shorter.isoformat(), "milestones": []}
    refused = await house.member.api.patch(made.path, await house.member.api.etag(made.path), body)
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (422, "budget_outside")
    await _asked(house, made, year=YEAR + 1, requested=None)
    moved = await house.member.api.patch(made.path, await house.member.api.etag(made.path), body)
    assert moved.status_code == 200, moved.text


@pytest.mark.parametrize(
    ("verb", "body", "pointer"),
    [
        ("answer-budget", {**ANSWER, "approved": 300000}, "#/approved"),
        ("answer-budget", {**ANSWER, "approved": None}, "#/approved"),
        ("answer-budget", {**ANSWER, "answer": "refused"}, "#/approved"),
        ("answer-budget", {**ANSWER, "answered_on": "2099-01-01"}, "#/answered_on"),
        ("request-budget", {**LINE, "year": YEAR + 20, "requested": 1}, "#/year"),
        ("request-budget", {**LINE, "requested": -1}, "#/requested"),
        ("request-budget", {**LINE, "requested": 1.0001}, "#/requested"),
        ("request-budget", {**LINE, "requested": "NaN"}, "#/requested"),
        ("request-budget", {**LINE, "source": "loan", "requested": 1}, "#/source"),
    ],
)
async def test_money_that_does_not_add_up_is_refused(
    house: House, verb: str, body: dict[str, Any], pointer: str
) -> None:
    made = await house.approved()
    await _asked(house, made)
    before = await house.read(made)
    refused = await house.take(house.treasurer, made, verb, body)
    assert refused.status_code == 422
    assert [fault["pointer"] for fault in refused.json()["errors"]] == [pointer]
    assert await house.read(made) == before


async def test_what_was_never_asked_for_is_not_answered(house: House) -> None:
    made = await house.approved()
    for verb, body in (("answer-budget", ANSWER), ("record-spending", {**LINE, "spent": 1})):
        refused = await house.take(house.treasurer, made, verb, body)
        assert (refused.status_code, refused.json()["code"]) == (409, "no_budget_request")
