"""An entity in its planning year: its people, and annual plans made through the service's own HTTP."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import count
from typing import Any
from uuid import UUID

import httpx
from fastapi import FastAPI

from app import clock, errors, ids, permissions
from app.db import Database
from app.enums import DivisionFunction, Role, SubjectKind
from app.enums.plans import Question
from app.parties import Entitlement
from app.services.people import actor as actors
from app.services.people.decisions import Letter
from app.services.people.steps import Said
from app.services.plans import facts, walking
from app.services.transitions import Fire
from tests.factories.path_runs import Walk
from tests.factories.world import LONG_AGO, Division, Entity, Person, World

YEAR = 2027
CRITERIA = [
    {
        "key": "alignment",
        "ar": "ارتباط المبادرة بأحد أهداف رؤية عُمان 2040",
        "en": "The initiative serves a goal of Oman Vision 2040",
    },
    {"key": "readiness", "ar": "جاهزية المبادرة للتنفيذ", "en": "The initiative is ready to be carried out"},
]
GOAL = {
    "kind": "goal",
    "title_ar": "رفع نسبة التعمين في القطاع الخاص",
    "title_en": "Raise the share of Omanis in the private sector",
}
QUESTIONS = tuple(question.value for question in Question)
_numbers = count(1)


@dataclass(frozen=True)
class Planning:
    """An entity with everybody whom its annual plan meets."""

    world: World
    entity: Entity
    executing: Division
    planner: Person
    other_planner: Person
    finance: Person
    executor: Person
    specialist: Person
    manager: Person
    representative: Person
    head: Person
    head_office: Person
    unit: Person

    @classmethod
    async def make(cls, world: World) -> "Planning":
        """A new entity; UNIT is the one that the database holds."""
        entity, unit = await world.entity(), await world.entity(is_unit=True)
        planning = await world.division(entity, DivisionFunction.PLANNING)
        finance = await world.division(entity, DivisionFunction.FINANCE)
        executing = await world.division(entity)
        return cls(
            world=world,
            entity=entity,
            executing=executing,
            planner=await world.person(Role.DIVISION_MEMBER, division=planning),
            other_planner=await world.person(Role.DIVISION_MEMBER, division=planning),
            finance=await world.person(Role.DIVISION_MEMBER, division=finance),
            executor=await world.person(Role.DIVISION_MEMBER, division=executing),
            specialist=await world.person(Role.SPECIALIST, entity),
            manager=await world.person(Role.MANAGER, entity),
            representative=await world.person(Role.TECHNICAL_REPRESENTATIVE, entity),
            head=await world.person(Role.HEAD, entity),
            head_office=await world.person(Role.HEAD_OFFICE, entity),
            unit=await world.person(Role.UNIT_SPECIALIST, unit),
        )

    @classmethod
    async def beside(cls, walk: Walk) -> "Planning":
        """The entity of somebody's path, with its people."""
        world, entity = walk.world, walk.entity
        return cls(
            world=world,
            entity=entity,
            executing=walk.executing_division,
            planner=walk.planner,
            other_planner=await world.person(Role.DIVISION_MEMBER, division=walk.planning_division),
            finance=walk.financier,
            executor=walk.executor,
            specialist=walk.specialist,
            manager=walk.manager,
            representative=await world.person(Role.TECHNICAL_REPRESENTATIVE, entity),
            head=walk.head,
            head_office=walk.head_office,
            unit=walk.unit,
        )

    async def create(self, by: Person | None = None, **fields: Any) -> httpx.Response:
        """The answer to beginning a plan, by planning unless said."""
        body = {
            "year": YEAR,
            "name_ar": f"الخطة السنوية لعام {YEAR}",
            "name_en": f"Annual plan {YEAR}",
            "criteria": CRITERIA,
            **fields,
        }
        return await (by or self.planner).api.create(f"/v1/entities/{self.entity.id}/plans", body)

    async def begun(self, *items: dict[str, Any], by: Person | None = None, **fields: Any) -> "AnnualPlan":
        """A drafted plan that holds `items`: a goal unless said; by planning unless said."""
        answer = await self.create(by, **fields)
        assert answer.status_code == 201, answer.text
        plan = AnnualPlan(self, UUID(answer.json()["id"]))
        for item in items or (GOAL,):
            await plan.add(item, by)
        return plan

    async def initiative(
        self,
        *,
        starts_on: date = date(YEAR, 2, 1),
        ends_on: date = date(YEAR, 11, 30),
        asks: Decimal | int | None = None,
        answer: str | None = None,
        year: int = YEAR,
        moves: Sequence[UUID] = (),
        name_ar: str = "منصة مواءمة التدريب مع سوق العمل",
        **more: Any,
    ) -> UUID:
        """An approved initiative of the entity; `asks` for money in a year, which was answered or not."""
        initiative_id = ids.new()
        await self.world.subject(initiative_id, SubjectKind.INITIATIVE, self.entity.id)
        await self.world.insert(
            "initiatives",
            **{
                "id": initiative_id,
                "entity_id": self.entity.id,
                "code": f"N{next(_numbers)}",
                "kind": "initiative",
                "state": "approved",
                "classification": "internal",
                "name_ar": name_ar,
                "name_en": "Training matched to the labour market",
                "goal": "مواءمة مخرجات التدريب مع احتياجات سوق العمل",
                "starts_on": starts_on,
                "ends_on": ends_on,
                "baseline_starts_on": starts_on,
                "baseline_ends_on": ends_on,
                "proposed_at": LONG_AGO,
                "approved_at": LONG_AGO,
                **more,
            },
        )
        for indicator_id in moves:
            await self.world.insert(
                "initiative_effects",
                initiative_id=initiative_id,
                indicator_id=indicator_id,
                entity_id=self.entity.id,
                expected=Decimal("1.5"),
            )
        if asks is not None:
            await self.ask(initiative_id, asks, answer, year=year)
        return initiative_id

    async def ask(
        self, initiative_id: UUID, asks: Decimal | int, answer: str | None, *, year: int = YEAR
    ) -> None:
        """Ask for money for an initiative, and answer: granted in full, refused, or nothing said."""
        await self.world.insert(
            "budget_lines",
            id=ids.new(),
            entity_id=self.entity.id,
            initiative_id=initiative_id,
            year=year,
            source="state_budget",
            requested=Decimal(asks),
            approved=Decimal(asks) if answer == "granted" else None,
            answer=answer,
            answered_on=date(2026, 9, 15) if answer else None,
        )

    def letter(self) -> Letter:
        """The head's letter, as the head's office records it."""
        return Letter(self.head.id, "م و/٢٠٢٦/٤١٢", date(2026, 11, 10))


@dataclass(frozen=True)
class AnnualPlan:
    """A plan, and what people do with it."""

    office: Planning
    id: UUID

    @property
    def path(self) -> str:
        """Where it is."""
        return f"/v1/plans/{self.id}"

    async def read(self, by: Person | None = None) -> dict[str, Any]:
        """What a person sees of it, planning unless said."""
        answer = await (by or self.office.planner).api.get(self.path)
        assert answer.status_code == 200, answer.text
        said: dict[str, Any] = answer.json()
        return said

    async def post(
        self, verb: str, body: Any = None, *, by: Person | None = None, etag: str | None = None
    ) -> httpx.Response:
        """The answer to a request about the plan as it is, with both headers."""
        api = (by or self.office.planner).api
        etag = etag or await self.office.planner.api.etag(self.path)
        return await api.step(f"{self.path}/{verb}", etag, body, key=ids.new().hex)

    async def add(self, item: dict[str, Any], by: Person | None = None) -> dict[str, Any]:
        """Enter an item; returns it."""
        answer = await self.post("items", item, by=by)
        assert answer.status_code == 201, answer.text
        entered: dict[str, Any] = answer.json()["contents"][-1]
        return entered

    async def check(
        self, item_id: str, *failed: str, by: Person | None = None, questions: Sequence[str] = QUESTIONS
    ) -> httpx.Response:
        """Answer the questions about an item, by a specialist unless said: yes, but for those that failed."""
        answers = [
            {"question": question, "passed": False, "remark": "الصياغة بحاجة إلى مراجعة"}
            if question in failed
            else {"question": question, "passed": True}
            for question in questions
        ]
        body = {"item_id": item_id, "answers": answers}
        return await self.post("checks", body, by=by or self.office.specialist)

    async def checked(self, by: Person | None = None) -> None:
        """Every kept item passes all questions, by a specialist unless said."""
        for item in (await self.read())["contents"]:
            if item["state"] == "kept":
                answer = await self.check(item["id"], by=by)
                assert answer.status_code == 201, answer.text

    async def fire(
        self,
        app: FastAPI,
        action: str,
        by: Person,
        reason: str | None = None,
        letter: Letter | None = None,
    ) -> None:
        """What a stage of its path that names `action` does, by a person whom the role rules allow it."""
        await self._run(app, walking.FIRES[action], by, Said(reason, letter))

    async def send_back(self, app: FastAPI, state: str, by: Person, reason: str | None) -> None:
        """What a return to an earlier stage does."""
        # Who had the right to return the stage has it to return the plan.
        await self._run(app, walking.RETURNS[state], by, Said(reason), Entitlement(""))

    async def _run(
        self,
        app: FastAPI,
        fire: Fire,
        by: Person,
        said: Said,
        entitlement: Entitlement | None = None,
    ) -> None:
        database: Database = app.state.database
        now = clock.now()
        async with database.writing() as lane:
            actor = await actors.load(lane, by.id, by.session_id, now)
            assert actor is not None
            found = await facts.one(lane, actor, self.id, now)
            if found is None:
                raise errors.NotFound()
            right = entitlement or permissions.entitlement(actor, fire.transition.action, found)
            if found.state not in fire.transition.sources:
                raise errors.WrongState()
            await fire.run(lane, actor, found, right, said, now)

    async def approved(self, app: FastAPI) -> None:
        """Checked, verified and approved by the head."""
        await self.checked()
        await self.fire(app, "plans.verify", self.office.manager)
        await self.fire(app, "plans.approve", self.office.head)
