"""Risks through the service: registered, assessed, treated, raised and decided by the people of one office."""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx

from app import clock
from app.enums import Role
from tests.factories.world import LONG_AGO, Division, Entity, Person, World

REASON = "كلفة المعالجة تفوق الأثر المتوقع"
PLAN = "توقيع اتفاقية مع معهد بديل وتوزيع الدفعات على فصلين"
LESSONS = "يُبرم اتفاق بديل قبل بدء كل برنامج تدريبي لا بعد تعثره"

RISK: dict[str, Any] = {
    "kind": "resources",
    "title": "تعذر توفير مدربين للدفعة الثانية",
    "cause": "الاعتماد على معهد واحد دون عقد ملزم",
    "effect": "تأخر تدريب ٦٠٠ باحث عن عمل وعدم بلوغ مستهدف العام",
    "probability": 4,
    "impact": 4,
}
RESOURCES: list[dict[str, Any]] = [
    {"kind": "money", "what": "رسوم المعهد البديل", "asked": 18500.5},
    {"kind": "people", "what": "مدرب معتمد في إدارة المشاريع", "asked": 2, "unit": "مدرب"},
]
SETTINGS: dict[str, Any] = {
    "probability": [
        {"name_ar": "ضعيف", "name_en": "Low"},
        {"name_ar": "متوسط", "name_en": "Medium"},
        {"name_ar": "مرتفع", "name_en": "High"},
    ],
    "impact": [
        {"name_ar": "محدود", "name_en": "Minor"},
        {"name_ar": "ملموس", "name_en": "Moderate"},
        {"name_ar": "جسيم", "name_en": "Severe"},
    ],
    "thresholds": {"medium_from": 3, "high_from": 6, "critical_from": 9},
    "head_from": 6,
    "review_days": {"low": 100, "medium": 50, "high": 20, "critical": 5},
    "reason": "مصفوفة أبسط للسنة الأولى من تفعيل المكاتب",
}


@dataclass(frozen=True)
class RiskOffice:
    """An entity with everybody whom a risk meets, and an indicator that it threatens."""

    world: World
    entity: Entity
    executing: Division
    indicator: UUID
    manager: Person
    specialist: Person
    enterer: Person
    head: Person
    head_office: Person
    unit: Person
    editor: Person

    @classmethod
    async def make(cls, world: World) -> "RiskOffice":
        """A new entity; UNIT is the one that the database holds."""
        entity, unit = await world.entity(), await world.entity(is_unit=True)
        executing = await world.division(entity)
        return cls(
            world=world,
            entity=entity,
            executing=executing,
            indicator=await world.indicator(entity, executing),
            manager=await world.person(Role.MANAGER, entity),
            specialist=await world.person(Role.SPECIALIST, entity),
            enterer=await world.person(Role.DIVISION_MEMBER, division=executing),
            head=await world.person(Role.HEAD, entity),
            head_office=await world.person(Role.HEAD_OFFICE, entity),
            unit=await world.person(Role.UNIT_SPECIALIST, unit),
            editor=await world.person(Role.UNIT_EDITOR, unit),
        )

    async def head_is_manager(self) -> "RiskOffice":
        """The same with the manager as its head too, who has followed the head before."""
        start, end = LONG_AGO, LONG_AGO + timedelta(days=1)
        await self.world.owner.execute(
            "update memberships set starts_at = $1, ends_at = $2 where id = any($3)",
            *(start, end, list(self.head.memberships)),
        )
        await self.world.appoint(self.manager, Role.HEAD, self.entity, starts_at=end)
        return replace(self, head=self.manager)

    async def register(self, by: Person | None = None, **said: Any) -> httpx.Response:
        """The answer to registering a risk, by the specialist and about the indicator unless said."""
        body = {"about_id": str(self.indicator), **RISK, **said}
        return await (by or self.specialist).api.create("/v1/risks", body)

    async def registered(self, by: Person | None = None, **said: Any) -> str:
        """A new risk; returns its path."""
        answer = await self.register(by, **said)
        assert answer.status_code == 201, answer.text
        return answer.headers["Location"]

    async def take(self, person: Person, path: str, verb: str, **body: Any) -> httpx.Response:
        """The answer to a step, on what the person sees now."""
        return await person.api.step(f"{path}/{verb}", await person.api.etag(path), body)

    async def done(self, person: Person, path: str, verb: str, **body: Any) -> dict[str, Any]:
        """A step that succeeds; returns the risk."""
        answer = await self.take(person, path, verb, **body)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def chosen(self, strategy: str = "mitigate", **said: Any) -> str:
        """A risk with a strategy: in treatment, or to be accepted; returns its path."""
        path = await self.registered(**said)
        await self.done(self.manager, path, "choose-strategy", strategy=strategy, plan=PLAN)
        return path

    async def asked(self, **said: Any) -> str:
        """A risk whose treatment waits for what the head grants; returns its path."""
        path = await self.chosen(**said)
        await self.done(self.manager, path, "ask-resources", resources=RESOURCES, reason=REASON)
        return path

    async def treated(self, **said: Any) -> str:
        """A treated risk; returns its path."""
        path = await self.chosen(residual_probability=2, residual_impact=2, **said)
        await self.done(self.manager, path, "treat", what=PLAN)
        return path

    async def accepted(self, **said: Any) -> str:
        """A risk that the manager, or from the threshold on the head, accepted; returns its path."""
        path = await self.chosen("accept", **said)
        score = (await self.manager.api.get(path)).json()["score"]
        await self.done(self.head if score >= 10 else self.manager, path, "accept", reason=REASON)
        return path

    async def raised(self, to: str = "head", **said: Any) -> str:
        """A risk that waits for the head's answer, or UNIT's; returns its path."""
        path = await self.registered(**said)
        await self.done(self.manager, path, f"raise-to-{to}", reason=REASON)
        return path

    async def occurred(self, **said: Any) -> str:
        """A risk that has become a challenge; returns its path."""
        path = await self.registered(**said)
        await self.done(self.specialist, path, "occur", what="اعتذر المعهد عن تنفيذ الدفعة الثانية")
        return path

    async def closed(self, **said: Any) -> str:
        """A closed risk; returns its path."""
        path = await self.registered(**said)
        await self.done(self.manager, path, "close", lessons=LESSONS)
        return path

    def letter(self) -> dict[str, Any]:
        """A letter of the head that the head's office records."""
        return {
            "decided_by_id": str(self.head.id),
            "letter_number": "م و/٢١٧",
            "letter_date": clock.today().isoformat(),
        }
