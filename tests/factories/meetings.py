"""Meetings through the service: planned, held, minuted and confirmed by the people of one office."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx

from app.enums import Role
from tests.factories.world import Division, Entity, Person, World

REASON = "تعارض موعد الاجتماع مع اجتماع مجلس الوزراء"
MINUTES = "استُعرض تقدم المبادرات المتأخرة واتُّفق على خطة معالجة."
DECISION = "تُعاد جدولة المرحلة الثانية من البرنامج ويُرفع التقرير خلال أسبوعين"

MEETING: dict[str, Any] = {
    "with_whom": "internal",
    "title_ar": "اجتماع متابعة مستهدفات الربع",
    "title_en": "Follow-up of the quarter's targets",
    "place": "قاعة الاجتماعات الرئيسية",
}
SERIES: dict[str, Any] = {
    "with_whom": "divisions",
    "title_ar": "اجتماع متابعة التقسيمات المنفذة",
    "title_en": "Follow-up with the executing divisions",
    "every": "weekly",
    "weekday": "tuesday",
    "starts_on": "2027-01-03",
    "ends_on": "2027-01-31",
    "starts_at": "09:30",
    "minutes": 60,
}


def moments(start: datetime | None = None, minutes: int = 90) -> dict[str, str]:
    """Beginning and end of a meeting; by default one that began yesterday, so that it can be held."""
    begins = start or (datetime.now(UTC) - timedelta(days=1)).replace(microsecond=0)
    return {
        "starts_at": begins.isoformat(),
        "ends_at": (begins + timedelta(minutes=minutes)).isoformat(),
    }


@dataclass(frozen=True)
class Office:
    """An entity with everybody whom its meetings concern, and an indicator."""

    world: World
    entity: Entity
    executing: Division
    indicator: UUID
    manager: Person
    specialist: Person
    second: Person
    member: Person
    head: Person
    head_office: Person
    unit: Person

    @classmethod
    async def make(cls, world: World) -> "Office":
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
            second=await world.person(Role.SPECIALIST, entity),
            member=await world.person(Role.DIVISION_MEMBER, division=executing),
            head=await world.person(Role.HEAD, entity),
            head_office=await world.person(Role.HEAD_OFFICE, entity),
            unit=await world.person(Role.UNIT_SPECIALIST, unit),
        )

    def invited(self, *people: Person) -> list[dict[str, Any]]:
        """These persons, as members."""
        return [{"user_id": str(person.id)} for person in people]

    async def plan(self, by: Person | None = None, **said: Any) -> httpx.Response:
        """The answer to planning a meeting, by the specialist unless said."""
        body = {**MEETING, **moments(), "people": self.invited(self.member, self.second), **said}
        return await (by or self.specialist).api.create(f"/v1/entities/{self.entity.id}/meetings", body)

    async def planned(self, by: Person | None = None, **said: Any) -> str:
        """A planned meeting; returns its path."""
        answer = await self.plan(by, **said)
        assert answer.status_code == 201, answer.text
        return answer.headers["Location"]

    async def plan_series(self, by: Person | None = None, **said: Any) -> httpx.Response:
        """The answer to planning a series, by the specialist unless said."""
        body = {**SERIES, "people": self.invited(self.member), **said}
        return await (by or self.specialist).api.create(f"/v1/entities/{self.entity.id}/meeting-series", body)

    async def series(self, by: Person | None = None, **said: Any) -> str:
        """A running series; returns its path."""
        answer = await self.plan_series(by, **said)
        assert answer.status_code == 201, answer.text
        return answer.headers["Location"]

    async def take(self, person: Person, path: str, verb: str, **body: Any) -> httpx.Response:
        """The answer to a step, on what the person sees now."""
        return await person.api.step(f"{path}/{verb}", await person.api.etag(path), body)

    async def change(self, person: Person, path: str, **patch: Any) -> httpx.Response:
        """The answer to a change of what the person sees now."""
        return await person.api.patch(path, await person.api.etag(path), patch)

    async def set_agenda(self, person: Person, path: str, *items: dict[str, Any]) -> httpx.Response:
        """The answer to setting the agenda, on what the person sees now."""
        etag = await person.api.etag(path)
        return await person.api.send(
            "PUT", f"{path}/agenda", json={"items": list(items)}, headers={"If-Match": etag}
        )

    async def held(self, by: Person | None = None, **said: Any) -> str:
        """A meeting that was held, with minutes by the specialist unless said; returns its path."""
        path = await self.planned(by, **said)
        answer = await self.take(by or self.specialist, path, "hold", attended=[1], minutes=MINUTES)
        assert answer.status_code == 200, answer.text
        return path

    async def decide(self, person: Person, path: str, **said: Any) -> httpx.Response:
        """The answer to recording a decision of a meeting that was held."""
        etag = await person.api.etag(path)
        return await person.api.send(
            "POST",
            f"{path}/decisions",
            json={"text": DECISION, **said},
            headers={"If-Match": etag, "Idempotency-Key": f"decision-{etag[1:9]}-{path[-12:]}"},
        )

    async def decided(self, path: str, **said: Any) -> str:
        """A decision by the specialist; returns its path."""
        answer = await self.decide(self.specialist, path, **said)
        assert answer.status_code == 201, answer.text
        return answer.headers["Location"]

    async def confirmed(self, **said: Any) -> str:
        """A meeting whose minutes the second specialist confirmed; returns its path."""
        path = await self.held(**said)
        answer = await self.take(self.second, path, "confirm")
        assert answer.status_code == 200, answer.text
        return path

    async def cancelled(self, **said: Any) -> str:
        """A meeting that was called off; returns its path."""
        path = await self.planned(**said)
        answer = await self.take(self.specialist, path, "cancel", reason=REASON)
        assert answer.status_code == 200, answer.text
        return path
