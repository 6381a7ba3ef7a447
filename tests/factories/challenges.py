"""Challenges through the service: opened, made ready, escalated, decided by the people of one office."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

import httpx

from app import clock
from app.enums import Role
from app.tokens import Claims
from tests.factories.world import Division, Entity, Person, World

REASON = "استُنفدت الحلول داخل المكتب والتقسيمات المعنية"
INSTRUCTIONS = "يُعاد جدولة البرنامج وتُعرض البدائل خلال أسبوعين"
HOW = "صُرفت المخصصات وبدأت المرحلة الثانية"

CHALLENGE: dict[str, Any] = {
    "kind": "resources",
    "tie": "own",
    "title": "نقص الاعتماد المالي لبرنامج تدريب الباحثين عن عمل",
    "cause": "لم تُدرج مخصصات المرحلة الثانية في موازنة العام",
    "impact": "تأخر تدريب ٦٠٠ باحث عن عمل وعدم بلوغ مستهدف العام",
}
SOLUTION: dict[str, Any] = {
    "title": "مناقلة من بند التدريب الخارجي",
    "effect": "تمويل ٧٠٪ من المرحلة الثانية خلال الربع الجاري",
    "cost": 120000.5,
    "days": 30,
}


@dataclass(frozen=True)
class Bureau:
    """An entity with everybody whom a challenge meets, and an indicator that it blocks."""

    world: World
    entity: Entity
    executing: Division
    indicator: UUID
    manager: Person
    specialist: Person
    representative: Person
    enterer: Person
    head: Person
    head_office: Person
    unit: Person
    editor: Person

    @classmethod
    async def make(cls, world: World) -> "Bureau":
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
            representative=await world.person(Role.TECHNICAL_REPRESENTATIVE, entity),
            enterer=await world.person(Role.DIVISION_MEMBER, division=executing),
            head=await world.person(Role.HEAD, entity),
            head_office=await world.person(Role.HEAD_OFFICE, entity),
            unit=await world.person(Role.UNIT_SPECIALIST, unit),
            editor=await world.person(Role.UNIT_EDITOR, unit),
        )

    def now(self) -> "Bureau":
        """The same people, signed in at the moment that the service believes in."""

        def anew(person: Person) -> Person:
            token = self.world.keys.issue(Claims(person.id, person.session_id), 3600)
            return replace(person, api=person.api.as_(token))

        people = {name: value for name, value in vars(self).items() if isinstance(value, Person)}
        return replace(self, **{name: anew(person) for name, person in people.items()})

    async def open(self, by: Person | None = None, **said: Any) -> httpx.Response:
        """The answer to opening a challenge, by the specialist unless said."""
        body = {"about_id": str(self.indicator), **CHALLENGE, **said}
        return await (by or self.specialist).api.create("/v1/challenges", body)

    async def opened(self, by: Person | None = None, **said: Any) -> str:
        """A new challenge; returns its path."""
        answer = await self.open(by, **said)
        assert answer.status_code == 201, answer.text
        return answer.headers["Location"]

    async def take(self, person: Person, path: str, verb: str, **body: Any) -> httpx.Response:
        """The answer to a step, on what the person sees now."""
        return await person.api.step(f"{path}/{verb}", await person.api.etag(path), body)

    async def done(self, person: Person, path: str, verb: str, **body: Any) -> dict[str, Any]:
        """A step that succeeds; returns the challenge."""
        answer = await self.take(person, path, verb, **body)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def ready(self, by: Person | None = None, **said: Any) -> str:
        """A challenge with everything that goes up to the head with it; returns its path."""
        path = await self.opened(by, **said)
        await self.tried(path)
        await self.done(self.specialist, path, "propose-solution", **SOLUTION)
        await self.coordinated(path)
        return path

    async def tried(self, path: str) -> None:
        """Something that was tried."""
        await self.done(
            self.specialist,
            path,
            "record-attempt",
            tried_on=clock.today().isoformat(),
            what="اجتماع مع دائرة الشؤون المالية لإعادة توزيع المخصصات",
        )

    async def coordinated(self, path: str, on: date | None = None) -> None:
        """The coordination with UNIT's specialist."""
        day = (on or clock.today()).isoformat()
        await self.done(self.manager, path, "record-coordination", on=day, with_whom="مختص وحدة المتابعة")

    async def way(self, person: Person, path: str, code: str) -> str:
        """The id of a route that fits the challenge now, by its code."""
        found = (await person.api.get(path)).json()["ways"]
        return next(way["id"] for way in found if way["code"] == code)

    async def with_head(self, by: Person | None = None, **said: Any) -> str:
        """A challenge that the head holds; returns its path."""
        path = await self.ready(by, **said)
        route = await self.way(self.manager, path, "office-to-head")
        await self.done(self.manager, path, "escalate-to-head", route_id=route, reason=REASON)
        return path

    async def returned(self, **said: Any) -> str:
        """A challenge that came back from the head with instructions; returns its path."""
        path = await self.with_head(**said)
        await self.done(self.head, path, "decide", ruling="return_with_instructions", reason=INSTRUCTIONS)
        return path

    async def with_committee(self, **said: Any) -> str:
        """A challenge that the competent committee holds; returns its path."""
        path = await self.with_head(**said)
        route = await self.way(self.head, path, "head-to-competent-committee")
        await self.done(self.head, path, "decide", ruling="escalate", reason=REASON, route_id=route)
        return path

    async def with_body(self, code: str = "office-to-ministry-of-finance", **said: Any) -> str:
        """A challenge that an outside body holds, or UNIT, by the office's own route; returns its path."""
        path = await self.returned(**said)
        route = await self.way(self.manager, path, code)
        await self.done(self.manager, path, "escalate-to-body", route_id=route, reason=REASON)
        return path

    async def closed(self, **said: Any) -> str:
        """A solved challenge; returns its path."""
        path = await self.opened(**said)
        await self.done(self.manager, path, "close", how=HOW)
        return path

    def letter(self) -> dict[str, Any]:
        """A letter of the head that the head's office records."""
        return {
            "decided_by_id": str(self.head.id),
            "letter_number": "م و/٢١٧",
            "letter_date": clock.today().isoformat(),
        }

    def answer(self, of: str = "وزارة المالية") -> dict[str, Any]:
        """A letter of a committee or an outside body."""
        return {"of": of, "letter_number": "م م/٤١٢", "letter_date": clock.today().isoformat()}
