"""Bad input about scorecards and improvement plans: a precise refusal in the reader's language, nothing written, never a
500."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import asyncpg
import pytest
from fastapi import FastAPI

from tests.core.refusals import check, client_of, forged_cursor, refused, written
from tests.factories.scorecards import CAUSE, GOAL, STEP, Improving, Office
from tests.factories.world import Person, World

LONG = "ع" * 100_000
REASON = {"reason": "بعد مراجعة منتصف السنة"}


@dataclass(frozen=True)
class Ground:
    """What the paths name, and who asks."""

    office: Office
    people: dict[str, Person]
    names: dict[str, str]

    def path(self, pattern: str) -> str:
        return "/v1/" + pattern.format(**self.names)

    def said(self, body: Any) -> Any:
        """The body with the ids that it names."""
        if isinstance(body, dict):
            return {name: self.said(value) for name, value in body.items()}
        if isinstance(body, list):
            return [self.said(value) for value in body]
        return self.names.get(body[1:-1], body) if isinstance(body, str) and body.startswith("{") else body


@pytest.fixture(scope="module")
async def ground(world: World, app: FastAPI) -> Ground:
    """A scorecard as a draft and one in force; an improvement plan as a draft, submitted and carried out."""
    office = await Office.make(world, app)
    one, two = await office.indicators(2, year=2029)
    force = await office.drafted([(one, 100)], year=2029)
    await office.in_force(force)
    plans = [await Improving.make(world, app) for _ in range(3)]
    paths = [await plans[0].drafted(), await plans[1].submitted(), await plans[2].approved()]
    names = {
        "entity": str(office.entity.id),
        "draft": (await office.drafted([(one, 100)])).rpartition("/")[2],
        "in_force": force.rpartition("/")[2],
        "indicator": str(one),
        "other": str(two),
        "vision": str(plans[0].indicator),
        "plan": paths[0].rpartition("/")[2],
        "submitted": paths[1].rpartition("/")[2],
        "carried_out": paths[2].rpartition("/")[2],
        "unknown": str(uuid4()),
    }
    people = {
        "drafter": office.drafter,
        "planner": plans[0].office.drafter,
        "assurer": plans[1].office.specialist,
        "reporter": plans[2].office.drafter,
        "manager": plans[2].office.manager,
    }
    return Ground(office, people, names)


@pytest.fixture(autouse=True)
async def nothing_is_written(
    ground: Ground, owner: "asyncpg.Connection[asyncpg.Record]"
) -> AsyncIterator[None]:
    """Around every test of this module."""
    before = await written(owner)
    yield
    assert await written(owner) == before


SCORECARD, LINES, PLAN, REPORT = (
    "entities/{entity}/scorecards",
    "scorecards/{draft}",
    "improvement-plans/{plan}",
    "improvement-plans/{carried_out}/report",
)
LINE = {"indicator_id": "{indicator}", "weight": 40}
WHO = {
    SCORECARD: "drafter",
    LINES: "drafter",
    "scorecards/{in_force}/new-version": "drafter",
    "indicators/{vision}/improvement-plans": "planner",
    PLAN: "planner",
    "improvement-plans/{submitted}/assure": "assurer",
    "improvement-plans/{submitted}/return": "assurer",
    REPORT: "reporter",
    "improvement-plans/{carried_out}/end": "manager",
}
NEW_PLAN = {"cause": CAUSE, "goal": GOAL, "due": "2027-12-31"}
BODIES: list[tuple[str, Any, str, str]] = [
    (SCORECARD, {}, "#/year", "missing"),
    (SCORECARD, {"year": 1999}, "#/year", "too_small"),
    (SCORECARD, {"year": 2101}, "#/year", "too_large"),
    (SCORECARD, {"year": 2027.5}, "#/year", "wrong_type"),
    (SCORECARD, {"year": 2030, "state": "in_force"}, "#/state", "unknown_field"),
    (SCORECARD, {"year": 2030, "note": " "}, "#/note", "bad_format"),
    (SCORECARD, {"year": 2030, "note": LONG}, "#/note", "too_long"),
    (SCORECARD, {"year": 2030, "copied_from_id": "x"}, "#/copied_from_id", "wrong_type"),
    (SCORECARD, {"year": 2030, "copied_from_id": "{unknown}"}, "#/copied_from_id", "unknown_reference"),
    (SCORECARD, {"year": 2030, "copied_from_id": "{entity}"}, "#/copied_from_id", "unknown_reference"),
    (LINES, {"year": 2030}, "#/year", "unknown_field"),
    (LINES, {"lines": None}, "#/lines", "wrong_type"),
    (LINES, {"lines": [LINE] * 101}, "#/lines", "too_many"),
    (LINES, {"lines": [{"weight": 1}]}, "#/lines/0/indicator_id", "missing"),
    (LINES, {"lines": [{**LINE, "weight": 0}]}, "#/lines/0/weight", "too_small"),
    (LINES, {"lines": [{**LINE, "weight": -3}]}, "#/lines/0/weight", "too_small"),
    (LINES, {"lines": [{**LINE, "weight": 100.5}]}, "#/lines/0/weight", "too_large"),
    (LINES, {"lines": [{**LINE, "weight": "40"}]}, "#/lines/0/weight", "wrong_type"),
    (LINES, {"lines": [{**LINE, "weight": True}]}, "#/lines/0/weight", "wrong_type"),
    (LINES, {"lines": [{**LINE, "weight": 1.23456}]}, "#/lines/0/weight", "too_many_digits"),
    (LINES, {"lines": [{**LINE, "target": 4}]}, "#/lines/0/target", "unknown_field"),
    (LINES, {"lines": [{**LINE, "note": "\0"}]}, "#/lines/0/note", "bad_format"),
    (LINES, {"lines": [LINE, LINE]}, "#/lines/1/indicator_id", "repeated"),
    (
        LINES,
        {"lines": [{**LINE, "indicator_id": "{unknown}"}]},
        "#/lines/0/indicator_id",
        "unknown_reference",
    ),
    ("scorecards/{in_force}/new-version", {}, "#/reason", "missing"),
    ("scorecards/{in_force}/new-version", {"reason": LONG}, "#/reason", "too_long"),
    ("indicators/{vision}/improvement-plans", {**NEW_PLAN, "cause": ""}, "#/cause", "too_short"),
    ("indicators/{vision}/improvement-plans", {**NEW_PLAN, "due": "2027-02-30"}, "#/due", "wrong_type"),
    ("indicators/{vision}/improvement-plans", {**NEW_PLAN, "due": 20271231}, "#/due", "wrong_type"),
    ("indicators/{vision}/improvement-plans", {**NEW_PLAN, "steps": [STEP] * 51}, "#/steps", "too_many"),
    (PLAN, {"state": "approved"}, "#/state", "unknown_field"),
    (PLAN, {"cause": None}, "#/cause", "wrong_type"),
    (PLAN, {"goal": "\t"}, "#/goal", "bad_format"),
    (PLAN, {"steps": [{**STEP, "title": "two\nlines"}]}, "#/steps/0/title", "bad_format"),
    (PLAN, {"steps": [{**STEP, "done_on": "2026-01-01"}]}, "#/steps/0/done_on", "unknown_field"),
    (PLAN, {"steps": [{**STEP, "division_id": "{unknown}"}]}, "#/steps/0/division_id", "unknown_reference"),
    (PLAN, {"due": "2027-01-01"}, "#/steps/0/due", "too_late"),
    ("improvement-plans/{submitted}/assure", {"raeson": "x"}, "#/raeson", "unknown_field"),
    ("improvement-plans/{submitted}/return", {}, "#/reason", "missing"),
    (REPORT, {"number": 1}, "#/done_on", "missing"),
    (REPORT, {"number": 0, "done_on": None}, "#/number", "too_small"),
    (REPORT, {"number": 7, "done_on": None}, "#/number", "unknown_reference"),
    (REPORT, {"number": 1, "done_on": "2999-01-01"}, "#/done_on", "in_the_future"),
    (REPORT, {"number": 1, "done_on": None, "note": "أُنجز"}, "#/note", "out_of_place"),
    ("improvement-plans/{carried_out}/end", {"reason": " \n"}, "#/reason", "bad_format"),
]


@pytest.mark.parametrize(("path", "body", "pointer", "code"), BODIES)
async def test_a_bad_body(ground: Ground, path: str, body: Any, pointer: str, code: str) -> None:
    api = ground.people[WHO[path]].api
    patches = path in (LINES, PLAN)
    headers = {"Content-Type": "application/merge-patch+json" if patches else "application/json"}
    if path not in (SCORECARD, "indicators/{vision}/improvement-plans"):
        seen = path if patches else path.rpartition("/")[0]
        headers["If-Match"] = await api.etag(ground.path(seen))
    async with client_of(api, **headers) as http:
        problem = await refused(
            http,
            "PATCH" if patches else "POST",
            ground.path(path),
            422,
            "invalid",
            json=ground.said(body),
        )
    assert (pointer, code) in {(fault.pointer, fault.code) for fault in problem.errors or ()}


PARAMETERS = (
    ("scorecards", "entity_id", "x"),
    ("scorecards", "year", "27"),
    ("scorecards", "year", "2027.5"),
    ("scorecards", "state", "gone"),
    ("scorecards", "cursor", "bnVsbA"),
    ("scorecards", "limit", "0"),
    ("scorecards", "sort", "year"),
    ("entities/{entity}/gaps", "year", "x"),
    ("scorecards/{draft}/gaps", "year", "2027"),
    ("improvement-plans", "late", "maybe"),
    ("improvement-plans", "indicator_id", "1"),
    ("improvement-plans", "state", "aligned"),
    ("improvement-plans", "cursor", "a" * 600),
)


@pytest.mark.parametrize(("path", "name", "value"), PARAMETERS)
async def test_a_bad_parameter(ground: Ground, path: str, name: str, value: str) -> None:
    async with client_of(ground.office.drafter.api) as http:
        problem = await refused(http, "GET", ground.path(path), 422, "invalid", params={name: value})
    assert name in [item.parameter for item in problem.errors or ()]


async def test_the_year_is_asked_for(ground: Ground) -> None:
    async with client_of(ground.office.drafter.api) as http:
        await refused(http, "GET", ground.path("entities/{entity}/gaps"), 422, "invalid")


@pytest.mark.parametrize("path", ["scorecards", "improvement-plans"])
@pytest.mark.parametrize("position", [(), ("x",), (None,), (1,), ([],)])
async def test_a_forged_cursor(ground: Ground, path: str, position: tuple[Any, ...]) -> None:
    async with client_of(ground.office.drafter.api, **{"Accept-Language": "en"}) as http:
        answer = await http.get(ground.path(path), params={"cursor": forged_cursor({}, *position)})
    check(answer, 422, "invalid", "en")


@pytest.mark.parametrize(
    "path",
    [
        "scorecards/{unknown}",
        "scorecards/{plan}",
        "scorecards/{unknown}/gaps",
        "improvement-plans/{unknown}",
        "improvement-plans/{draft}",
        "scorecards/not-an-id",
    ],
)
async def test_what_is_not_there(ground: Ground, path: str) -> None:
    async with client_of(ground.office.drafter.api) as http:
        await refused(http, "GET", ground.path(path), 404, "not_found")


@pytest.mark.parametrize(
    ("path", "body"),
    [("scorecards/{draft}/discard", None), ("scorecards/{in_force}/new-version", REASON)],
)
async def test_what_was_seen_is_said(ground: Ground, path: str, body: Any) -> None:
    """428 without If-Match, 412 for another version."""
    api = ground.office.drafter.api
    async with client_of(api) as http:
        await refused(http, "POST", ground.path(path), 428, "precondition_required", json=body)
        await refused(
            http, "POST", ground.path(path), 412, "stale", json=body, headers={"If-Match": '"99.x"'}
        )
