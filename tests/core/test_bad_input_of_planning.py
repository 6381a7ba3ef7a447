"""Bad input about plans, proposals, paths, initiatives, their reports, money, checks on the ground, shared programmes and
detailed plans: a precise refusal in the reader's language, nothing written, never a 500."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from app.enums import Role
from tests.core.refusals import check, client_of, forged_cursor, refused, written
from tests.factories import detailed_plans
from tests.factories.initiatives import REASON, House, milestone, proposal, today
from tests.factories.path_runs import Walk, stage, verified
from tests.factories.plans import CRITERIA, GOAL, YEAR, Planning
from tests.factories.world import Person, World

LONG = "ع" * 100_000
TOMORROW = (today() + timedelta(days=1)).isoformat()


@dataclass(frozen=True)
class Ground:
    """What the paths name, and who asks."""

    people: dict[str, Person]
    names: dict[str, str]
    walk: Walk

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
async def ground(world: World) -> Ground:
    """An initiative as a draft and carried out, with a report and a check; a plan that takes proposals; a path whose
    second stage is open; a detailed plan."""
    house = await House.make(world)
    running = await house.approved()
    line = {"year": today().year, "source": "state_budget"}
    await house.done(house.treasurer, running, "request-budget", {**line, "requested": 1000})
    report = await house.reported(running, {1: 60})
    check_ = await house.checked(running)
    office = await Planning.make(world)
    plan = await office.begun()
    assert (await plan.post("open-proposals")).status_code == 200
    form = {name: text for name, text in FORM.items() if name != "cost"}
    proposed = await office.executor.api.create(f"{plan.path}/proposals", form)
    quiet = await office.begun(year=YEAR + 1)
    walk = await Walk.make(world)
    checklist = [{"key": "aligned", "ar": "هل تتوافق مع الرؤية؟", "en": "Is it aligned?"}]
    template = await walk.template(
        [stage("draft", "planning")],
        [verified("verify", "office", of=["draft"], checklist=checklist)],
        [stage("publish", "planning")],
    )
    run = (await walk.start(template)).headers["Location"]
    await walk.done(walk.planner, run, "draft")
    detailing = await detailed_plans.Detailing.make(world)
    detailed = await detailing.draft()
    names = {
        "entity": str(house.entity.id),
        "division": str(house.executing.id),
        "planning_division": str(house.planning.id),
        "initiative": str((await house.drafted()).id),
        "running": str(running.id),
        "report": str(report.id),
        "check": str(check_.id),
        "planner_of": str(office.entity.id),
        "plan": str(plan.id),
        "quiet": str(quiet.id),
        "item": (await quiet.read())["contents"][0]["id"],
        "other_item": (await plan.read())["contents"][0]["id"],
        "proposal": proposed.json()["id"],
        "indicator": str(await world.indicator(house.entity)),
        "foreign_indicator": str(await world.indicator(office.entity)),
        "walker": str(walk.entity.id),
        "template": template,
        "run": run.rpartition("/")[2],
        "stage": (await walk.open(run))["verify"].rpartition("/")[2],
        "annual": str(detailing.annual.id),
        "detailed_initiative": str(detailing.initiative),
        "detailed": detailed.rpartition("/")[2],
        "unknown": str(uuid4()),
    }
    people = {
        "member": house.member,
        "specialist": house.drafter,
        "treasurer": house.treasurer,
        "house_manager": house.manager,
        "planner": office.planner,
        "checker": office.specialist,
        "staff": office.executor,
        "manager": walk.manager,
        "verifier": walk.specialist,
        "executor": detailing.executor,
        "stranger": await world.person(Role.MANAGER, await world.entity()),
    }
    return Ground(people, names, walk)


@pytest.fixture(autouse=True)
async def nothing_is_written(
    ground: Ground, owner: "asyncpg.Connection[asyncpg.Record]"
) -> AsyncIterator[None]:
    """Around every test of this module."""
    before = await written(owner)
    yield
    assert await written(owner) == before


FORM: dict[str, Any] = {
    "title": "منصة رقمية لمواءمة التدريب مع سوق العمل",
    "problem": "لا تتوفر لدى الباحثين عن عمل معلومات عن المهارات المطلوبة",
    "idea": "ربط بيانات المنشآت ببرامج التدريب في منصة واحدة",
    "effect": "رفع نسبة التشغيل بعد التدريب إلى 70 بالمئة",
    "cost": 45000.5,
}
BEGIN, END = today() - timedelta(days=100), today() + timedelta(days=99)
LINE = {"year": today().year, "source": "state_budget"}
PLAN = {"year": YEAR + 2, "name_ar": "الخطة السنوية", "name_en": "Annual plan", "criteria": CRITERIA}
RUN = {"subject_id": "{walker}", "template_id": "{template}", "year": YEAR + 1}
DETAILED = {
    "plan_id": "{annual}",
    "about": "initiative",
    "initiative_id": "{detailed_initiative}",
    **detailed_plans.NAMES,
    "tasks": [dict(task) for task in detailed_plans.TASKS],
}
CHECKED = {"checked_on": today().isoformat(), "place": "ولاية صحار", "findings": "مطابق", "conforms": True}

# Writes: who takes one, what its person sees before (nothing: it needs no If-Match), a body that would do.
WRITES: dict[str, tuple[str, str, Any]] = {
    "entities/{entity}/initiatives": ("member", "", proposal(code="never-made")),
    "initiatives/{initiative}": ("member", "initiatives/{initiative}", {}),
    "initiatives/{running}/revise": ("specialist", "initiatives/{running}", {"reason": REASON}),
    "initiatives/{running}/put-in-charge": ("house_manager", "initiatives/{running}", {}),
    "initiatives/{running}/request-budget": (
        "treasurer",
        "initiatives/{running}",
        {**LINE, "source": "partner", "requested": 1},
    ),
    "initiatives/{running}/answer-budget": (
        "treasurer",
        "initiatives/{running}",
        {**LINE, "answer": "granted", "approved": 900, "answered_on": today().isoformat()},
    ),
    "initiatives/{running}/record-spending": ("treasurer", "initiatives/{running}", {**LINE, "spent": 0}),
    "initiatives/{running}/site-checks": ("specialist", "", CHECKED),
    "site-checks/{check}/withdraw": ("specialist", "site-checks/{check}", {"reason": REASON}),
    "progress-reports/{report}": ("member", "progress-reports/{report}", {}),
    "entities/{planner_of}/plans": ("planner", "", PLAN),
    "plans/{quiet}": ("planner", "plans/{quiet}", {}),
    "plans/{quiet}/items": ("planner", "plans/{quiet}", GOAL),
    "plan-items/{item}": ("planner", "plans/{quiet}", {}),
    "plan-items/{item}/drop": ("planner", "plans/{quiet}", {"reason": REASON}),
    "plans/{quiet}/checks": (
        "checker",
        "plans/{quiet}",
        {"item_id": "{item}", "answers": [{"question": "aligned", "passed": True}]},
    ),
    "plans/{plan}/proposals": ("staff", "", FORM),
    "proposals/{proposal}/sort": ("planner", "proposals/{proposal}", {"rank": 1, "meets": []}),
    "path-runs": ("manager", "", RUN),
    "path-runs/{run}/stop": ("manager", "path-runs/{run}", {"reason": REASON}),
    "path-stages/{stage}/complete": (
        "verifier",
        "path-stages/{stage}",
        {"answers": {"aligned": {"answer": "yes"}}},
    ),
    "path-stages/{stage}/return": ("verifier", "path-stages/{stage}", {"reason": REASON, "to": "draft"}),
    "path-stages/{stage}/reassign": (
        "manager",
        "path-stages/{stage}",
        {"reason": REASON, "parties": [{"party": "specialist"}]},
    ),
    "detailed-plans": ("executor", "", DETAILED),
    "detailed-plans/{detailed}": ("executor", "detailed-plans/{detailed}", {}),
}
PATCHES = {
    "initiatives/{initiative}",
    "progress-reports/{report}",
    "plans/{quiet}",
    "plan-items/{item}",
    "detailed-plans/{detailed}",
}
MADE = {
    "entities/{entity}/initiatives",
    "initiatives/{running}/site-checks",
    "entities/{planner_of}/plans",
    "plans/{quiet}/items",
    "plans/{quiet}/checks",
    "plans/{plan}/proposals",
    "path-runs",
    "detailed-plans",
}


async def _refused(
    ground: Ground, path: str, status: int, code: str, body: Any = None, **headers: str
) -> set[tuple[str | None, str]]:
    """Send a write of the table with this body and what its person sees; answers pointers and codes."""
    who, seen, _ = WRITES[path]
    api = ground.people[who].api
    etag = {"If-Match": await api.etag(ground.path(seen))} if seen else {}
    media_type = "application/merge-patch+json" if path in PATCHES else "application/json"
    async with client_of(api, **{**etag, "Content-Type": media_type, **headers}) as http:
        problem = await refused(
            http,
            "PATCH" if path in PATCHES else "POST",
            ground.path(path),
            status,
            code,
            content=None if body is None else json.dumps(ground.said(body), default=str),
        )
    return {(item.pointer, item.code) for item in problem.errors or ()}


NEW, EDIT, REVISE = (
    "entities/{entity}/initiatives",
    "initiatives/{initiative}",
    "initiatives/{running}/revise",
)
ASK, ANSWER, SPEND = (
    f"initiatives/{{running}}/{verb}" for verb in ("request-budget", "answer-budget", "record-spending")
)
REPORT, ANNUAL, ITEMS, CHECKS = (
    "progress-reports/{report}",
    "entities/{planner_of}/plans",
    "plans/{quiet}/items",
    "plans/{quiet}/checks",
)
PROPOSE, SORT = "plans/{plan}/proposals", "proposals/{proposal}/sort"
COMPLETE, RETURN, REASSIGN = (f"path-stages/{{stage}}/{verb}" for verb in ("complete", "return", "reassign"))
TASK = dict(detailed_plans.TASKS[0])


def _one(**more: Any) -> list[dict[str, Any]]:
    return [{**milestone(1, BEGIN, END, 100), **more}]


CIRCLE = [milestone(1, BEGIN, END, depends_on=[2]), milestone(2, BEGIN, END, depends_on=[1])]
BODIES: list[tuple[str, Any, str, str]] = [
    # (the write, members beside a good body, pointer, code of the fault)
    # Initiatives: milestones outside the dates, circles, weights
    (NEW, {"code": "مبادرة"}, "#/code", "bad_format"),
    (NEW, {"state": "approved"}, "#/state", "unknown_field"),
    (NEW, {"kind": "programme"}, "#/kind", "not_allowed"),
    (NEW, {"name_ar": "\u200f"}, "#/name_ar", "bad_format"),
    (NEW, {"goal": LONG}, "#/goal", "too_long"),
    (NEW, {"starts_on": "2026-02-30"}, "#/starts_on", "wrong_type"),
    (NEW, {"starts_on": "1999-12-31"}, "#/starts_on", "too_small"),
    (NEW, {"ends_on": "2101-01-01"}, "#/ends_on", "too_large"),
    (NEW, {"ends_on": (BEGIN - timedelta(days=1)).isoformat()}, "#/ends_on", "wrong_order"),
    (NEW, {"people_count": -1}, "#/people_count", "too_small"),
    (NEW, {"people_count": 1.5}, "#/people_count", "wrong_type"),
    (NEW, {"sectors": ["oil"]}, "#/sectors/0", "not_allowed"),
    (NEW, {"sectors": ["tourism", "tourism"]}, "#/sectors", "repeated"),
    (NEW, {"programme_weight": 2}, "#/programme_weight", "out_of_place"),
    (NEW, {"programme_id": "{unknown}"}, "#/programme_id", "unknown_reference"),
    (NEW, {"milestones": [{}] * 201}, "#/milestones", "too_many"),
    (NEW, {"milestones": CIRCLE}, "#/milestones/0/depends_on", "circle"),
    (NEW, {"milestones": _one(depends_on=[1])}, "#/milestones/0/depends_on", "circle"),
    (NEW, {"milestones": _one(depends_on=[7])}, "#/milestones/0/depends_on/0", "unknown_reference"),
    (NEW, {"milestones": _one(weight=100.001)}, "#/milestones/0/weight", "too_large"),
    (NEW, {"milestones": _one() * 2}, "#/milestones/1/number", "repeated"),
    (NEW, {"milestones": CIRCLE[:1] + _one(number=3)}, "#/milestones", "weights"),
    (
        NEW,
        {"milestones": _one(due_on=(END + timedelta(days=1)).isoformat())},
        "#/milestones/0/due_on",
        "outside",
    ),
    (
        NEW,
        {"milestones": _one(starts_on=(BEGIN - timedelta(days=1)).isoformat())},
        "#/milestones/0/starts_on",
        "outside",
    ),
    (
        NEW,
        {"effects": [{"indicator_id": "{foreign_indicator}"}]},
        "#/effects/0/indicator_id",
        "unknown_reference",
    ),
    (NEW, {"effects": [{"indicator_id": "{indicator}"}] * 2}, "#/effects/1/indicator_id", "repeated"),
    (EDIT, {"code": "x"}, "#/code", "unknown_field"),
    (EDIT, {"goal": None}, "#/goal", "wrong_type"),
    (EDIT, {"milestones": CIRCLE}, "#/milestones/0/depends_on", "circle"),
    (EDIT, {"ends_on": BEGIN.isoformat()}, "#/milestones/0/due_on", "outside"),
    (REVISE, {"reason": " "}, "#/reason", "bad_format"),
    (REVISE, {"milestones": _one(weight=99)}, "#/milestones", "weights"),
    (REVISE, {"milestones": CIRCLE}, "#/milestones/0/depends_on", "circle"),
    (REVISE, {"kind": "project"}, "#/kind", "unknown_field"),
    (
        "initiatives/{running}/put-in-charge",
        {"division_id": "{unknown}"},
        "#/division_id",
        "unknown_reference",
    ),
    (
        "initiatives/{running}/put-in-charge",
        {"division_id": "{planning_division}"},
        "#/division_id",
        "not_executing",
    ),
    ("initiatives/{running}/put-in-charge", {"manager_id": "{unknown}"}, "#/manager_id", "holds_no_role"),
    # Money that does not add up
    (ASK, {"year": today().year + 20}, "#/year", "outside"),
    (ASK, {"requested": -1}, "#/requested", "too_small"),
    (ASK, {"requested": 1.0001}, "#/requested", "too_many_digits"),
    (ASK, {"requested": 10**12}, "#/requested", "too_large"),
    (ASK, {"requested": "1"}, "#/requested", "wrong_type"),
    (ASK, {"source": "loan"}, "#/source", "not_allowed"),
    (ANSWER, {"approved": None}, "#/approved", "missing"),
    (ANSWER, {"approved": 1000.001}, "#/approved", "too_large"),
    (ANSWER, {"answer": "refused"}, "#/approved", "out_of_place"),
    (ANSWER, {"answered_on": TOMORROW}, "#/answered_on", "in_the_future"),
    (ANSWER, {"letter_number": ""}, "#/letter_number", "too_short"),
    (SPEND, {"spent": 0.001}, "#/reason", "missing"),
    (SPEND, {"spent": None}, "#/spent", "wrong_type"),
    # Reports and checks on the ground
    (REPORT, {"as_of": TOMORROW}, "#/as_of", "in_the_future"),
    (REPORT, {"as_of": None}, "#/as_of", "wrong_type"),
    (REPORT, {"percent": 99}, "#/override_reason", "missing"),
    (REPORT, {"percent": 100.5}, "#/percent", "too_large"),
    (REPORT, {"milestones": [{"number": 9, "percent": 1}]}, "#/milestones/0/number", "unknown_reference"),
    (REPORT, {"milestones": [{"number": 1, "percent": 1}] * 2}, "#/milestones/1/number", "repeated"),
    (REPORT, {"milestones": [{"number": 1, "percent": -1}]}, "#/milestones/0/percent", "too_small"),
    (REPORT, {"computed": 4}, "#/computed", "unknown_field"),
    ("initiatives/{running}/site-checks", {"checked_on": TOMORROW}, "#/checked_on", "in_the_future"),
    ("initiatives/{running}/site-checks", {"conforms": "yes"}, "#/conforms", "wrong_type"),
    ("site-checks/{check}/withdraw", {"reason": LONG}, "#/reason", "too_long"),
    # Annual plans, their items and checks
    (ANNUAL, {"year": 2020}, "#/year", "too_small"),
    (ANNUAL, {"year": 2101}, "#/year", "too_large"),
    (ANNUAL, {"name_ar": " "}, "#/name_ar", "bad_format"),
    (ANNUAL, {"state": "approved"}, "#/state", "unknown_field"),
    (ANNUAL, {"criteria": CRITERIA[:1] * 2}, "#/criteria/1/key", "repeated"),
    (ANNUAL, {"criteria": CRITERIA * 16}, "#/criteria", "too_many"),
    (ANNUAL, {"development_plan_id": "{unknown}"}, "#/development_plan_id", "unknown_reference"),
    ("plans/{quiet}", {"year": YEAR}, "#/year", "unknown_field"),
    ("plans/{quiet}", {"criteria": None}, "#/criteria", "wrong_type"),
    (ITEMS, {"kind": "indicator", "title_ar": None, "title_en": None}, "#/indicator_id", "missing"),
    (ITEMS, {"indicator_id": "{foreign_indicator}"}, "#/indicator_id", "out_of_place"),
    (ITEMS, {"priority_id": "{unknown}"}, "#/priority_id", "unknown_reference"),
    (ITEMS, {"kind": "wish"}, "#/kind", "not_allowed"),
    ("plan-items/{item}", {"kind": "indicator"}, "#/kind", "unknown_field"),
    ("plan-items/{item}/drop", {"reason": None}, "#/reason", "wrong_type"),
    (CHECKS, {"answers": []}, "#/answers", "too_few"),
    (CHECKS, {"item_id": "{other_item}"}, "#/item_id", "unknown_reference"),
    (CHECKS, {"answers": [{"question": "aligned", "passed": False}]}, "#/answers/0/remark", "missing"),
    (CHECKS, {"answers": [{"question": "pretty", "passed": True}]}, "#/answers/0/question", "not_allowed"),
    # Proposals
    (PROPOSE, {"title": ""}, "#/title", "too_short"),
    (PROPOSE, {"cost": -1}, "#/cost", "too_small"),
    (PROPOSE, {"cost": 0.0001}, "#/cost", "too_many_digits"),
    (PROPOSE, {"indicator_id": "{unknown}"}, "#/indicator_id", "unknown_reference"),
    (SORT, {"rank": 0}, "#/rank", "too_small"),
    (SORT, {"meets": ["beauty"]}, "#/meets/0", "unknown_criterion"),
    (SORT, {"decision": {}}, "#/decision/decided_by_id", "missing"),
    # Paths: unknown parties, a return to a later stage
    ("path-runs", {"template_id": "{unknown}"}, "#/template_id", "unknown_reference"),
    ("path-runs", {"subject_id": "{unknown}"}, "#/subject_id", "unknown_reference"),
    ("path-runs", {"year": None}, "#/year", "missing"),
    ("path-runs", {"year": 1999}, "#/year", "too_small"),
    ("path-runs", {"groups": []}, "#/groups", "unknown_field"),
    ("path-runs/{run}/stop", {"reason": "\t"}, "#/reason", "bad_format"),
    (COMPLETE, {"answers": {"aligned": {"answer": "perhaps"}}}, "#/answers/aligned/answer", "not_allowed"),
    (COMPLETE, {"answers": {}}, "#/answers/aligned", "missing"),
    (COMPLETE, {"answers": {"aligned": {"answer": "no"}}}, "#/answers/aligned/remark", "missing"),
    (COMPLETE, {"outcome": "done"}, "#/outcome", "unknown_field"),
    (RETURN, {"to": "publish"}, "#/to", "not_a_target"),
    (RETURN, {"to": "verify"}, "#/to", "not_a_target"),
    (RETURN, {"to": "مرحلة"}, "#/to", "bad_format"),
    (RETURN, {"reason": ""}, "#/reason", "too_short"),
    (REASSIGN, {"parties": []}, "#/parties", "too_few"),
    (REASSIGN, {"parties": [{"party": "everybody"}]}, "#/parties/0/party", "not_allowed"),
    (REASSIGN, {"parties": [{"party": "ministry_of_finance"}]}, "#/parties/0/party", "outside"),
    (
        REASSIGN,
        {"parties": [{"party": "division", "division_id": "{division}"}]},
        "#/parties/0/division_id",
        "unknown_reference",
    ),
    # Detailed plans
    ("detailed-plans", {"plan_id": "{plan}"}, "#/plan_id", "unknown_reference"),
    ("detailed-plans", {"initiative_id": "{running}"}, "#/initiative_id", "unknown_reference"),
    ("detailed-plans", {"about": "plan"}, "#/about", "not_allowed"),
    ("detailed-plans", {"scorecard_id": "{unknown}"}, "#/scorecard_id", "out_of_place"),
    ("detailed-plans/{detailed}", {"tasks": [{**TASK, "weight": 0}]}, "#/tasks/0/weight", "too_small"),
    (
        "detailed-plans/{detailed}",
        {"tasks": [{**TASK, "ends_on": f"{YEAR}-12-31"}]},
        "#/tasks/0/ends_on",
        "out_of_range",
    ),
    ("detailed-plans/{detailed}", {"tasks": [TASK] * 101}, "#/tasks", "too_many"),
    ("detailed-plans/{detailed}", {"state": "approved"}, "#/state", "unknown_field"),
]


@pytest.mark.parametrize(
    ("path", "members", "pointer", "code"),
    BODIES,
    ids=[f"{path} {str(members)[:60]}" for path, members, _, _ in BODIES],
)
async def test_a_bad_body(ground: Ground, path: str, members: Any, pointer: str, code: str) -> None:
    assert (pointer, code) in await _refused(ground, path, 422, "invalid", WRITES[path][2] | members)


@pytest.mark.parametrize("path", WRITES)
async def test_a_body_that_is_none(ground: Ground, path: str) -> None:
    for body in ([], "x", 1):
        await _refused(ground, path, 422, "invalid", body)
    await _refused(ground, path, 415, "unsupported_media_type", {}, **{"Content-Type": "text/plain"})


@pytest.mark.parametrize("path", [path for path, (_, seen, _) in WRITES.items() if seen])
async def test_what_was_not_seen_is_not_changed(ground: Ground, path: str) -> None:
    """A version that has passed, none at all, and whatever is no version."""
    body = WRITES[path][2]
    for etag in ('"99.x"', '"1"', "x"):
        await _refused(ground, path, 412, "stale", body, **{"If-Match": etag})
    media_type = "application/merge-patch+json" if path in PATCHES else "application/json"
    async with client_of(ground.people[WRITES[path][0]].api, **{"Content-Type": media_type}) as http:
        await refused(
            http,
            "PATCH" if path in PATCHES else "POST",
            ground.path(path),
            428,
            "precondition_required",
            content=json.dumps(ground.said(body), default=str),
        )


@pytest.mark.parametrize("path", sorted(MADE))
async def test_what_is_made_needs_a_key(ground: Ground, path: str) -> None:
    for key in ("", "short", "a" * 101):
        headers = {"Idempotency-Key": key}
        await _refused(ground, path, 400, "idempotency_key_required", WRITES[path][2], **headers)


STATES: list[tuple[str, str, str, Any, int, str]] = [
    # (who, thing, verb, body, status, code): overlapping plans and steps at the wrong moment
    (
        "planner",
        "entities/{planner_of}",
        "plans",
        {**PLAN, "year": YEAR, "criteria": []},
        409,
        "overlapping_plan",
    ),
    ("manager", "path-runs", "", {**RUN, "year": YEAR}, 409, "already_exists"),
    ("executor", "detailed-plans", "", DETAILED, 409, "already_exists"),
    ("planner", "plans/{quiet}", "proposals", FORM, 409, "proposals_closed"),
    (
        "member",
        "initiatives/{running}",
        "progress-reports",
        {"as_of": today().isoformat()},
        409,
        "already_exists",
    ),
    ("member", "initiatives/{running}", "submit", None, 409, "wrong_state"),
    ("house_manager", "initiatives/{running}", "approve", None, 409, "wrong_state"),
    ("member", "initiatives/{running}", "ask-to-close", None, 409, "report_in_work"),
    ("verifier", "path-stages/{stage}", "approve", None, 409, "outcome_not_allowed"),
    ("stranger", "path-stages/{stage}", "complete", None, 404, "not_found"),
    ("stranger", "initiatives/{running}", "stop", {"reason": REASON}, 404, "not_found"),
    ("stranger", "plans/{plan}", "proposals", FORM, 404, "not_found"),
    ("stranger", "detailed-plans/{detailed}", "present", None, 404, "not_found"),
]


@pytest.mark.parametrize(("who", "thing", "verb", "body", "status", "code"), STATES)
async def test_what_cannot_be_now(
    ground: Ground, who: str, thing: str, verb: str, body: Any, status: int, code: str
) -> None:
    api = ground.people[who].api
    seen = (
        {} if status == 404 or not verb or verb in ("plans", "proposals") else await _etag(ground, who, thing)
    )
    async with client_of(api, **seen) as http:
        path = ground.path(f"{thing}/{verb}" if verb else thing)
        await refused(http, "POST", path, status, code, json=ground.said(body))


async def _etag(ground: Ground, who: str, thing: str) -> dict[str, str]:
    return {"If-Match": await ground.people[who].api.etag(ground.path(thing))}


READS = {
    "initiatives": "initiative",
    "progress-reports": "report",
    "site-checks": "check",
    "plans": "quiet",
    "proposals": "proposal",
    "path-runs": "run",
    "path-stages": "stage",
    "detailed-plans": "detailed",
}


@pytest.mark.parametrize("kind", READS)
async def test_an_id_that_names_nothing(ground: Ground, kind: str) -> None:
    """Whatever is made up, and what is not the person's to see, is not there."""
    async with client_of(ground.people["stranger"].api) as http:
        for named in ("x", "1", "%00", "٣", ground.names["unknown"], ground.names[READS[kind]]):
            await refused(http, "GET", f"/v1/{kind}/{named}", 404, "not_found")


LISTS = (
    "plans",
    "proposal-calls",
    "proposals",
    "path-runs",
    "initiatives",
    "initiatives/{running}/progress-reports",
    "initiatives/{running}/site-checks",
    "detailed-plans",
)
FOR_EVERY_LIST = (
    ("limit", "0"),
    ("limit", "9" * 30),
    ("cursor", "x"),
    ("cursor", "bnVsbA"),
    ("stat", "draft"),
    ("كلمة", "1"),
)
ONE_OF = (
    ("plans", "year", "2020"),
    ("plans", "state", "gone"),
    ("plans", "entity_id", "x"),
    ("proposals", "mine", "maybe"),
    ("proposals", "plan_id", "1"),
    ("path-runs", "timing", "someday"),
    ("path-runs", "subject_id", "x"),
    ("initiatives", "status", "green"),
    ("initiatives", "sector", "oil"),
    ("initiatives", "q", ""),
    ("initiatives/{running}/progress-reports", "state", "gone"),
    ("initiatives/{running}/curve", "from", "2026-01-01"),
    ("detailed-plans", "about", "plan"),
    ("detailed-plans", "division_id", "x"),
)


@pytest.mark.parametrize(
    ("path", "name", "value"),
    [(path, name, value) for path in LISTS for name, value in FOR_EVERY_LIST] + list(ONE_OF),
)
async def test_a_bad_parameter(ground: Ground, path: str, name: str, value: str) -> None:
    async with client_of(ground.people["specialist"].api) as http:
        problem = await refused(http, "GET", ground.path(path), 422, "invalid", params={name: value})
    assert [item.parameter for item in problem.errors or ()] == [name]


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize("position", [(), ("x",), (None, None), (1, 2), ([], {}), ("a\0b", str(uuid4()))])
async def test_a_forged_cursor(ground: Ground, path: str, position: tuple[Any, ...]) -> None:
    """Well bound to its filters, with a position that is none: refused, and no fault of ours."""
    async with client_of(ground.people["specialist"].api, **{"Accept-Language": "en"}) as http:
        answer = await http.get(ground.path(path), params={"cursor": forged_cursor({}, *position)})
    problem = check(answer, 422, "invalid", "en")
    assert [(item.parameter, item.code) for item in problem.errors or ()] == [("cursor", "bad_cursor")]


async def test_two_who_act_at_once_on_what_neither_may(ground: Ground) -> None:
    """Both are refused, and neither has left a trace."""
    path = ground.path("path-stages/{stage}/complete")
    etag = await ground.walk.manager.api.etag(ground.path("path-stages/{stage}"))
    people = (ground.walk.executor, ground.walk.planner)
    answers = await asyncio.gather(*(person.api.step(path, etag, {"answers": {}}) for person in people))
    assert {answer.status_code for answer in answers} <= {403, 404, 422}
