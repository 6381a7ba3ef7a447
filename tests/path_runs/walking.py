"""Plans and scorecards on their paths, and what people do in the stages."""

from typing import Any

import httpx

from tests.factories.path_runs import approved, stage, verified
from tests.factories.path_templates import Drafting
from tests.factories.plans import AnnualPlan, Planning
from tests.factories.world import Person, World

PLAN_PATH: Any = [
    [stage("draft", "planning")],
    [verified("verify", "office", of=["draft"], fires="plans.verify")],
    [
        approved(
            "preliminary",
            "head",
            of=["draft", "verify"],
            kind="approve_preliminarily",
            fires="plans.approve_preliminarily",
        )
    ],
    [stage("cut", "finance", fires="plans.cut")],
    [approved("approve", "head", of=["draft", "verify"], fires="plans.approve")],
]
SCORECARD_PATH: Any = [
    [stage("draft", "specialist")],
    [verified("align", "office", of=["draft"], fires="scorecards.align")],
    [approved("approve", "head", of=["draft", "align"], fires="scorecards.approve")],
    [approved("agree", "unit", of=["draft", "align", "approve"], fires="scorecards.agree")],
]


async def start(drafting: Drafting, subject_id: Any, by: Person, **template: Any) -> str:
    """The path of a run of a new template on a subject."""
    template_id = (await drafting.approved(**template)).rpartition("/")[2]
    body = {"subject_id": str(subject_id), "template_id": template_id}
    answer = await by.api.create("/v1/path-runs", body)
    assert answer.status_code == 201, answer.text
    return answer.headers["Location"]


async def act(person: Person, run: str, key: str, verb: str = "complete", **body: Any) -> httpx.Response:
    """The answer to an act in an open stage of a run."""
    open_stages = (await person.api.get(run)).json()["open_stages"]
    path = next(f"/v1/path-stages/{each['id']}" for each in open_stages if each["key"] == key)
    return await person.api.step(f"{path}/{verb}", await person.api.etag(path), body or None)


async def done(person: Person, run: str, key: str, verb: str = "complete", **body: Any) -> dict[str, Any]:
    """The same, which succeeds; returns the stage."""
    answer = await act(person, run, key, verb, **body)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def planned(world: World, groups: Any = PLAN_PATH) -> tuple[Planning, AnnualPlan, str]:
    """A drafted plan that walks its path, begun by who enters plans."""
    office = await Planning.make(world)
    plan = await office.begun()
    drafting = await Drafting.at(world, office.entity, manager=office.manager, head=office.head)
    run = await start(drafting, plan.id, office.planner, runs_on="plan", groups=groups)
    return office, plan, run
