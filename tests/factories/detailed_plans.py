"""A ministry whose divisions plan in detail, and its steps over HTTP (Guide N-3, P-8 annex B, D-1)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx

from app.enums import Role
from tests.factories.plans import YEAR, AnnualPlan, Planning
from tests.factories.world import Person, World

TASKS: tuple[Mapping[str, Any], ...] = (
    {
        "title_ar": "إعداد كراسة المنافسة وطرحها",
        "title_en": "Write and publish the tender",
        "output": "كراسة منافسة معتمدة",
        "owner": "دائرة المشاريع",
        "starts_on": f"{YEAR}-02-01",
        "ends_on": f"{YEAR}-04-30",
        "weight": 40.5,
    },
    {
        "title_ar": "تشغيل المنصة تجريبيًا",
        "output": "تقرير التشغيل التجريبي",
        "owner": "دائرة تقنية المعلومات",
        "starts_on": f"{YEAR}-05-01",
        "ends_on": f"{YEAR}-11-30",
        "weight": 59.5,
    },
)
NAMES = {
    "name_ar": "الخطة التفصيلية لمنصة مواءمة التدريب",
    "name_en": "Detailed plan of the training platform",
}


@dataclass(frozen=True)
class Detailing:
    """An entity in its planning year, with the head of the executing division, an initiative that this division carries
    out, and a drafted annual plan that holds it."""

    planning: Planning
    chief: Person
    initiative: UUID
    annual: AnnualPlan

    @property
    def executor(self) -> Person:
        """A member of the executing division."""
        return self.planning.executor

    @property
    def planner(self) -> Person:
        """A member of the planning directorate."""
        return self.planning.planner

    @property
    def manager(self) -> Person:
        """The manager of the office."""
        return self.planning.manager

    @classmethod
    async def make(cls, world: World, **initiative: Any) -> "Detailing":
        """A new ministry."""
        planning = await Planning.make(world)
        chief = await world.person(Role.DIVISION_HEAD, division=planning.executing)
        made = await planning.initiative(division_id=planning.executing.id, **initiative)
        annual = await planning.begun({"kind": "initiative", "initiative_id": str(made)})
        return cls(planning, chief, made, annual)

    def body(self, **fields: Any) -> dict[str, Any]:
        """The body of the initiative's detailed plan."""
        return {
            "plan_id": str(self.annual.id),
            "about": "initiative",
            "initiative_id": str(self.initiative),
            **NAMES,
            "tasks": [dict(task) for task in TASKS],
            **fields,
        }

    async def begin(self, by: Person | None = None, **fields: Any) -> httpx.Response:
        """The answer to beginning it, by the executing division unless said."""
        return await (by or self.executor).api.create("/v1/detailed-plans", self.body(**fields))

    async def draft(self, by: Person | None = None, **fields: Any) -> str:
        """A drafted detailed plan; returns its path."""
        answer = await self.begin(by, **fields)
        assert answer.status_code == 201, answer.text
        return answer.headers["Location"]

    async def presented(self, by: Person | None = None, **fields: Any) -> str:
        """One that is before the head of the division."""
        plan = await self.draft(by, **fields)
        await self.done(by or self.executor, f"{plan}/present")
        return plan

    async def endorsed(self, by: Person | None = None, **fields: Any) -> str:
        """One that the head of the division approved."""
        plan = await self.presented(by, **fields)
        await self.done(self.chief, f"{plan}/endorse")
        return plan

    async def submitted(self, by: Person | None = None, **fields: Any) -> str:
        """One that is entered."""
        plan = await self.endorsed(by, **fields)
        await self.done(by or self.executor, f"{plan}/submit")
        return plan

    async def reviewed(self, **fields: Any) -> str:
        """One that the planning directorate passed on."""
        plan = await self.submitted(**fields)
        await self.done(self.planner, f"{plan}/review")
        return plan

    async def approved(self, **fields: Any) -> str:
        """One that the office approved."""
        plan = await self.reviewed(**fields)
        await self.done(self.manager, f"{plan}/approve")
        return plan

    async def take(self, person: Person, step: str, body: Any = None) -> httpx.Response:
        """The answer to a step (a path that ends in its verb), on what the person sees now."""
        return await person.api.step(step, await person.api.etag(step.rpartition("/")[0]), body)

    async def done(self, person: Person, step: str, body: Any = None) -> httpx.Response:
        """A step that succeeds."""
        answer = await self.take(person, step, body)
        assert answer.status_code == 200, answer.text
        return answer

    async def edited(self, plan: str, by: Person | None = None, **fields: Any) -> httpx.Response:
        """The answer to a change of a draft."""
        api = (by or self.executor).api
        return await api.patch(plan, await api.etag(plan), fields)
