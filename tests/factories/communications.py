"""A ministry that plans its communication, and its steps over HTTP (Guide O-4, C-1)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import httpx

from app import clock
from app.enums import DivisionFunction, Role
from tests.factories.world import Division, Entity, Person, World

YEAR = clock.today().year
REASON = "اعتُمدت بطاقة المؤشرات فتغيّرت رسائل الخطة"

PLAN: Mapping[str, Any] = {
    "name_ar": f"خطة التواصل والإعلام لعام {YEAR}",
    "name_en": f"Communication and media plan {YEAR}",
    "note": "تُنفذ مع دائرة الإعلام في وحدة المتابعة",
    "audiences": [
        {"ar": "موظفو الوزارة", "en": "Staff of the ministry"},
        {"ar": "منشآت القطاع الخاص"},
    ],
    "messages": [{"ar": "شارك في إعداد الخطة السنوية", "en": "Take part in the annual plan"}],
    "channels": [{"ar": "البريد الداخلي", "en": "Internal mail"}, {"ar": "حسابات التواصل الاجتماعي"}],
}
ACTIVITY: Mapping[str, Any] = {
    "name_ar": "لقاء توعوي حول معايير إدراج المبادرات",
    "name_en": "Awareness meeting on the inclusion criteria",
    "scope": "internal",
    "audience": "موظفو التقسيمات المنفذة",
    "channel": "لقاء حضوري",
    "owner": "دائرة التواصل والإعلام",
    "starts_on": f"{YEAR}-04-18",
    "ends_on": f"{YEAR}-12-31",
}
REPORT: Mapping[str, Any] = {"outcome": "حضر ممثلو جميع التقسيمات ورُفعت التوصيات", "reached": 140}


@dataclass(frozen=True)
class Ministry:
    """An entity with its office, its communication division, a media representative assigned to the entity as a whole and
    one who is assigned to nothing, and a person of UNIT."""

    world: World
    entity: Entity
    communication: Division
    drafter: Person
    colleague: Person
    representative: Person
    idle: Person
    specialist: Person
    manager: Person
    head: Person
    office: Person
    executing: Division
    executor: Person
    unit: Person

    @classmethod
    async def make(cls, world: World) -> "Ministry":
        """A new ministry; UNIT is the one that the database holds."""
        entity, unit = await world.entity(), await world.entity(is_unit=True)
        communication = await world.division(entity, DivisionFunction.COMMUNICATION)
        executing = await world.division(entity)
        made = cls(
            world=world,
            entity=entity,
            communication=communication,
            drafter=await world.person(Role.DIVISION_MEMBER, division=communication),
            colleague=await world.person(Role.DIVISION_HEAD, division=communication),
            representative=await world.person(Role.MEDIA_REPRESENTATIVE, entity),
            idle=await world.person(Role.MEDIA_REPRESENTATIVE, entity),
            specialist=await world.person(Role.SPECIALIST, entity),
            manager=await world.person(Role.MANAGER, entity),
            head=await world.person(Role.HEAD, entity),
            office=await world.person(Role.HEAD_OFFICE, entity),
            executing=executing,
            executor=await world.person(Role.DIVISION_MEMBER, division=executing),
            unit=await world.person(Role.UNIT_SPECIALIST, unit),
        )
        await made.assigned(made.representative, entity.id)
        return made

    async def assigned(self, person: Person, subject_id: UUID | str) -> None:
        """A person put to work on something, by the manager."""
        answer = await self.manager.api.create(
            f"/v1/entities/{self.entity.id}/assignments",
            {"user_id": str(person.id), "subject_id": str(subject_id)},
        )
        assert answer.status_code == 201, answer.text

    async def begin(
        self, by: Person | None = None, about: UUID | None = None, year: int = YEAR, **fields: Any
    ) -> httpx.Response:
        """The answer to beginning a plan: by the communication division, about the entity, unless said."""
        body = {**PLAN, "about_id": str(about or self.entity.id), "year": year, **fields}
        return await (by or self.drafter).api.create("/v1/communication-plans", body)

    async def draft(
        self, by: Person | None = None, about: UUID | None = None, year: int = YEAR, **fields: Any
    ) -> str:
        """A drafted plan; returns its path."""
        answer = await self.begin(by, about, year, **fields)
        assert answer.status_code == 201, answer.text
        return answer.headers["Location"]

    async def add(self, plan: str, by: Person | None = None, **fields: Any) -> httpx.Response:
        """The answer to adding an activity to a plan."""
        person = by or self.drafter
        body = {**ACTIVITY, **fields}
        return await person.api.send(
            "POST",
            f"{plan}/activities",
            json={name: value for name, value in body.items() if value is not None},
            headers={"If-Match": await person.api.etag(plan), "Idempotency-Key": uuid4().hex},
        )

    async def added(self, plan: str, by: Person | None = None, **fields: Any) -> str:
        """An activity of a plan; returns its path."""
        answer = await self.add(plan, by, **fields)
        assert answer.status_code == 201, answer.text
        return answer.headers["Location"]

    async def submitted(self, by: Person | None = None, **fields: Any) -> str:
        """A plan with one activity, before who approves it."""
        plan = await self.draft(by, **fields)
        await self.added(plan, by)
        await self.done(by or self.drafter, f"{plan}/submit")
        return plan

    async def approved(self, by: Person | None = None, **fields: Any) -> str:
        """A plan in force with one activity."""
        plan = await self.submitted(by, **fields)
        await self.done(self.manager, f"{plan}/approve")
        return plan

    async def revised(self, plan: str, by: Person | None = None) -> str:
        """A drafted next version of a plan in force."""
        answer = await self.revise(plan, by)
        assert answer.status_code == 201, answer.text
        return answer.headers["Location"]

    async def revise(self, plan: str, by: Person | None = None) -> httpx.Response:
        """The answer to beginning it."""
        person = by or self.drafter
        return await person.api.send(
            "POST",
            f"{plan}/revise",
            json={"reason": REASON},
            headers={"If-Match": await person.api.etag(plan), "Idempotency-Key": uuid4().hex},
        )

    async def activity_of(self, plan: str) -> str:
        """The path of the first activity of a plan."""
        shown = (await self.manager.api.get(plan)).json()
        return f"/v1/communication-activities/{shown['activities'][0]['id']}"

    async def take(self, person: Person, step: str, body: Any = None) -> httpx.Response:
        """The answer to a step (a path that ends in its verb), on what the person sees now."""
        return await person.api.step(step, await person.api.etag(step.rpartition("/")[0]), body)

    async def done(self, person: Person, step: str, body: Any = None) -> httpx.Response:
        """A step that succeeds."""
        answer = await self.take(person, step, body)
        assert answer.status_code == 200, answer.text
        return answer

    def report(self, done_on: date | None = None) -> dict[str, Any]:
        """What is told of an activity that was held."""
        return {**REPORT, "done_on": (done_on or clock.today()).isoformat()}


def refused(answer: httpx.Response, status: int, code: str, *pointers: str) -> None:
    """The answer is this problem, with these faults."""
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    if pointers:
        assert [fault["pointer"] for fault in answer.json()["errors"]] == list(pointers), answer.text
