"""Plays the tables of `expected/plans.md`: each person tries each step in each state, over HTTP; what the stages of a
path fire, as a stage would."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import pytest
from fastapi import FastAPI

from app.enums import Role
from app.errors import AppError
from tests.factories.plans import AnnualPlan, Planning
from tests.factories.world import Person, World
from tests.role_matrix.expectation import Table, tables

FORM = {
    "title": "منصة رقمية لمواءمة التدريب مع سوق العمل",
    "problem": "لا تتوفر لدى الباحثين عن عمل معلومات عن المهارات المطلوبة",
    "idea": "ربط بيانات المنشآت ببرامج التدريب",
    "effect": "رفع نسبة التشغيل بعد التدريب",
}
REASON = "توجيه من الإدارة العليا"
BODIES: Mapping[str, tuple[str, Any]] = {
    "plans.discard": ("discard", None),
    "plans.open_proposals": ("open-proposals", None),
    "plans.close_proposals": ("close-proposals", None),
    "plans.open_version": ("versions", {"reason": REASON}),
    "plans.record_platform_entry": (
        "record-platform-entry",
        {"platform": "منصة الإجادة", "entered_on": "2026-11-01"},
    ),
}
FIRED = tuple(
    f"plans.{verb}" for verb in ("verify", "approve_preliminarily", "cut", "approve", "revise", "confirm")
)
PLANS = tables("plans")


class Ministry:
    """The people of the tables, and plans and proposals in any state."""

    def __init__(self, world: World, app: FastAPI) -> None:
        self.world, self.app = world, app
        self.office: Planning
        self.people: dict[str, Person]

    async def renew(self) -> None:
        """Another entity, whose year has no plan yet."""
        self.office = office = await Planning.make(self.world)
        self.people = {
            "of_planning": office.planner,
            "of_finance": office.finance,
            "of_a_division": office.executor,
            "office_specialist": office.specialist,
            "office_manager": office.manager,
            "a_representative": office.representative,
            "the_head": office.head,
            "the_heads_office": office.head_office,
            "of_unit": office.unit,
            "a_stranger": await self.world.person(Role.MANAGER, await self.world.entity()),
        }

    async def plan(self, state: str) -> AnnualPlan:
        """A plan in a state, of a new entity, checked by somebody of the office who takes no step of the tables."""
        await self.renew()
        checker = await self.world.person(Role.SPECIALIST, self.office.entity)
        by_other = await self.office.create(by=self.office.other_planner)
        plan = AnnualPlan(self.office, UUID(by_other.json()["id"]))
        item = await plan.add(
            {"kind": "goal", "title_ar": "رفع نسبة التعمين في القطاع الخاص"}, by=self.office.other_planner
        )
        assert (await plan.check(item["id"], by=checker)).status_code == 201
        head, office = self.office.head, self.office.head_office
        if state == "preliminary":
            await plan.fire(self.app, "plans.approve_preliminarily", head)
        elif state == "discarded":
            assert (await plan.post("discard", by=self.office.other_planner)).status_code == 200
        elif state != "draft":
            await plan.fire(self.app, "plans.approve", head)
        if state == "confirmed":
            await plan.fire(self.app, "plans.confirm", office)
        if state == "superseded":
            answer = await plan.post("versions", {"reason": REASON}, by=self.office.other_planner)
            later = AnnualPlan(self.office, UUID(answer.json()["id"]))
            assert (
                await later.check((await later.read())["contents"][0]["id"], by=checker)
            ).status_code == 201
            await later.fire(self.app, "plans.approve", head)
        return plan

    async def proposal(self, state: str) -> str:
        """The path of a proposal of somebody of a division, in a state."""
        plan = await self.plan("draft")
        assert (await plan.post("open-proposals")).status_code == 200
        path = (await self.office.executor.api.create(f"{plan.path}/proposals", FORM)).headers["Location"]
        decider = self.office.other_planner.api
        if state in ("sorted", "accepted"):
            sorted_ = await decider.step(f"{path}/sort", await decider.etag(path), {"rank": 1, "meets": []})
            assert sorted_.status_code == 200
        if state in ("accepted", "refused"):
            verb = "accept" if state == "accepted" else "refuse"
            decided = await decider.step(f"{path}/{verb}", await decider.etag(path), {"reason": REASON})
            assert decided.status_code == 200
        if state == "withdrawn":
            own = self.office.executor.api
            assert (await own.step(f"{path}/withdraw", await own.etag(path))).status_code == 200
        return path


@pytest.fixture
async def ministry(world: World, app: FastAPI) -> Ministry:
    return Ministry(world, app)


def _people(table: Table) -> list[str]:
    return [name for line in table.lines for name in line["who"].split(", ")]


@pytest.mark.parametrize("state", PLANS["plans.read"].states)
@pytest.mark.parametrize(
    "action", ["plans.read", "plans.edit", "plans.check", "plans.record_link", *BODIES, *FIRED]
)
async def test_plans(ministry: Ministry, action: str, state: str) -> None:
    table = PLANS[action]
    plan = await ministry.plan(state)
    wrong = []
    for who in _people(table):
        expected = table.answer(state, who=who)
        status = await _tried(ministry, plan, action, who)
        if status not in expected.statuses:
            wrong.append(f"{who}: {status}, not {expected}")
        if expected.done and action != "plans.read":
            plan = await ministry.plan(state)
    assert not wrong, f"{action} in {state}: {'; '.join(wrong)}"


async def _tried(ministry: Ministry, plan: AnnualPlan, action: str, who: str) -> int:
    person = ministry.people[who]
    if action == "plans.read":
        return (await person.api.get(plan.path)).status_code
    if action in FIRED:
        return await _fired(ministry, plan, action, person)
    seen = await ministry.office.other_planner.api.etag(plan.path)
    if action == "plans.edit":
        return (await person.api.patch(plan.path, seen, {"name_ar": "خطة معدلة"})).status_code
    if action == "plans.check":
        item = (await plan.read())["contents"][0]["id"]
        return (await plan.check(item, by=person)).status_code
    if action == "plans.record_link":
        link = {"division_id": str(ministry.office.executing.id), "half": 1, "staff": 10, "linked": 4}
        return (await plan.post("job-plan-links", link, by=person)).status_code
    verb, body = BODIES[action]
    return (await plan.post(verb, body, by=person)).status_code


async def _fired(ministry: Ministry, plan: AnnualPlan, action: str, person: Person) -> int:
    recorded = person is ministry.office.head_office and action.startswith("plans.approve")
    try:
        await plan.fire(ministry.app, action, person, REASON, ministry.office.letter() if recorded else None)
    except AppError as refusal:
        return refusal.status
    return 200


@pytest.mark.parametrize("state", PLANS["plans.verify_link"].states)
async def test_links(ministry: Ministry, state: str) -> None:
    table = PLANS["plans.verify_link"]
    plan = await ministry.plan("confirmed" if state == "confirmed" else "approved")
    link = {"division_id": str(ministry.office.executing.id), "half": 1, "staff": 10, "linked": 4}
    recorded = (await plan.post("job-plan-links", link, by=ministry.office.other_planner)).json()
    path = f"/v1/job-plan-links/{recorded['job_plan_links'][0]['id']}/verify"
    if state == "superseded":
        opened = await plan.post("versions", {"reason": REASON}, by=ministry.office.other_planner)
        later = AnnualPlan(ministry.office, UUID(opened.json()["id"]))
        assert (await later.check((await later.read())["contents"][0]["id"])).status_code == 201
        await later.fire(ministry.app, "plans.approve", ministry.office.head)
    people = sorted(_people(table), key=lambda who: table.answer(state, who=who).done)
    for who in people:
        etag = await ministry.office.other_planner.api.etag(plan.path)
        answer = await ministry.people[who].api.step(path, etag)
        assert answer.status_code in table.answer(state, who=who).statuses, f"{who}: {answer.text}"


async def test_creating(ministry: Ministry) -> None:
    table = PLANS["plans.create"]
    for who in _people(table):
        await ministry.renew()
        answer = await ministry.office.create(by=ministry.people[who])
        assert answer.status_code in table.answer("none", who=who).statuses, f"{who}: {answer.text}"


@pytest.mark.parametrize("state", PLANS["proposals.create"].states)
async def test_proposing(ministry: Ministry, state: str) -> None:
    table = PLANS["proposals.create"]
    plan = await ministry.plan("draft")
    if state == "open":
        assert (await plan.post("open-proposals")).status_code == 200
    for who in _people(table):
        answer = await ministry.people[who].api.create(f"{plan.path}/proposals", FORM)
        assert answer.status_code in table.answer(state, who=who).statuses, f"{who}: {answer.text}"


@pytest.mark.parametrize("state", PLANS["proposals.read"].states)
@pytest.mark.parametrize("action", ["read", "sort", "rank", "accept", "refuse", "withdraw"])
async def test_proposals(ministry: Ministry, action: str, state: str) -> None:
    table = PLANS[f"proposals.{action}"]
    path = await ministry.proposal(state)
    body = {"sort": {"rank": 1, "meets": []}, "rank": {"rank": 2, "meets": []}, "withdraw": None}
    for who in _people(table):
        expected = table.answer(state, who=who)
        api = ministry.people[who].api
        if action == "read":
            answer = await api.get(path)
        else:
            etag = await ministry.office.other_planner.api.etag(path)
            answer = await api.step(f"{path}/{action}", etag, body.get(action, {"reason": REASON}))
        assert answer.status_code in expected.statuses, f"{who}: {answer.text}"
        if expected.done and action != "read":
            path = await ministry.proposal(state)
