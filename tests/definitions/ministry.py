"""A ministry with everyone whom an indicator meets on its way to being measured, and their steps."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import httpx

from app.enums import Role
from tests.factories.world import Division, Entity, Person, World

REASON = "حدّث المركز الوطني للإحصاء منهجية المسح"

TARGET = {"year": 2030, "kind": "value", "value": 40}

COMPLETE: Mapping[str, Any] = {
    "method_ar": "نسبة العمانيين إلى إجمالي العاملين في القطاع الخاص",
    "method_en": "Omanis as a share of all workers in the private sector",
    "formula_ar": "العمانيون ÷ إجمالي العاملين × 100",
    "formula_en": "Omanis / all workers x 100",
    "source": "المركز الوطني للإحصاء والمعلومات",
    "baseline_value": 32.1,
    "baseline_year": 2020,
    "targets": [TARGET],
}


def indicator(**fields: Any) -> dict[str, Any]:
    """The body of a new main indicator with a complete definition."""
    return {
        "code": f"omanisation-{uuid4().hex[:8]}",
        "level": "main",
        "name_ar": "معدل التعمين في القطاع الخاص",
        "name_en": "Omanisation rate in the private sector",
        "unit_ar": "نسبة مئوية",
        "unit_en": "percent",
        "polarity": "higher_better",
        "frequency": "annual",
        "measure": "value",
        "definition": dict(COMPLETE),
    } | fields


@dataclass(frozen=True)
class Ministry:
    """An entity with its office, a representative, an executing division, and UNIT's two people."""

    world: World
    entity: Entity
    executing: Division
    drafter: Person
    specialist: Person
    representative: Person
    enterer: Person
    manager: Person
    head: Person
    editor: Person
    unit: Person

    @classmethod
    async def make(cls, world: World) -> "Ministry":
        """A new ministry; UNIT is the one that the database holds."""
        entity, unit = await world.entity(), await world.entity(is_unit=True)
        executing = await world.division(entity)
        return cls(
            world=world,
            entity=entity,
            executing=executing,
            drafter=await world.person(Role.SPECIALIST, entity),
            specialist=await world.person(Role.SPECIALIST, entity),
            representative=await world.person(Role.TECHNICAL_REPRESENTATIVE, entity),
            enterer=await world.person(Role.DIVISION_MEMBER, division=executing),
            manager=await world.person(Role.MANAGER, entity),
            head=await world.person(Role.HEAD, entity),
            editor=await world.person(Role.UNIT_EDITOR, unit),
            unit=await world.person(Role.UNIT_SPECIALIST, unit),
        )

    async def draft(self, by: Person | None = None, **fields: Any) -> httpx.Response:
        """The answer to drafting an indicator, by the specialist unless said."""
        return await (by or self.drafter).api.create(
            f"/v1/entities/{self.entity.id}/indicators", indicator(**fields)
        )

    async def drafted(self, by: Person | None = None, **fields: Any) -> "Draft":
        """A drafted indicator and its first definition, of which it is stated that nobody contributes."""
        answer = await self.draft(by, **fields)
        assert answer.status_code == 201, answer.text
        made = Draft(answer.headers["Location"], f"/v1/definitions/{answer.json()['draft_id']}")
        await self.done(self.manager, f"{made.path}/declare-contributors", {"shared": False})
        return made

    async def active(self, by: Person | None = None, **fields: Any) -> "Draft":
        """An active indicator and its definition, brought there by the people of the ministry."""
        made = await self.drafted(by, **fields)
        await self.finished(made.definition, by)
        return made

    async def finished(self, definition: str, by: Person | None = None) -> None:
        """A main indicator's definition brought in force."""
        await self.done(by or self.drafter, f"{definition}/submit")
        await self.done(self.specialist, f"{definition}/confirm")
        await self.done(self.manager, f"{definition}/activate")

    async def opened(self, path: str, by: Person | None = None) -> str:
        """A new version of an indicator's definition; returns its path."""
        answer = await self.open(path, by)
        assert answer.status_code == 201, answer.text
        return answer.headers["Location"]

    async def open(self, path: str, by: Person | None = None) -> httpx.Response:
        """The answer to opening a new version."""
        person = by or self.drafter
        return await person.api.send(
            "POST",
            f"{path}/definitions",
            json={"reason": REASON},
            headers={"If-Match": await person.api.etag(path), "Idempotency-Key": uuid4().hex},
        )

    async def edited(self, definition: str, by: Person | None = None, **fields: Any) -> None:
        """A drafted definition with other words or numbers."""
        person = by or self.drafter
        answer = await person.api.patch(definition, await person.api.etag(definition), fields)
        assert answer.status_code == 200, answer.text

    async def take(self, person: Person, step: str, body: Any = None) -> httpx.Response:
        """The answer to a step (a path that ends in its verb), on what the person sees now."""
        return await person.api.step(step, await person.api.etag(step.rpartition("/")[0]), body)

    async def done(self, person: Person, step: str, body: Any = None) -> httpx.Response:
        """A step that succeeds."""
        answer = await self.take(person, step, body)
        assert answer.status_code == 200, answer.text
        return answer

    async def assigned(self, path: str) -> None:
        """The representative put to work on the indicator at `path`, by the manager."""
        answer = await self.manager.api.create(
            f"/v1/entities/{self.entity.id}/assignments",
            {"user_id": str(self.representative.id), "subject_id": path.rpartition("/")[2]},
        )
        assert answer.status_code == 201, answer.text

    async def invited(self, indicator_id: UUID, other: Entity, *, part: UUID | None = None) -> UUID:
        """A contribution of another entity, written behind the service: invited, or accepted with its part."""
        return await self.world.contribution(
            indicator_id, self.entity, other, self.manager, part=part, weight=Decimal("12.50")
        )


@dataclass(frozen=True)
class Draft:
    """An indicator and one version of its definition, by their paths."""

    path: str
    definition: str

    @property
    def id(self) -> UUID:
        """The indicator's id."""
        return UUID(self.path.rpartition("/")[2])


def refused(answer: httpx.Response, status: int, code: str, *pointers: str) -> None:
    """The answer is this problem, with these faults."""
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    if pointers:
        assert [fault["pointer"] for fault in answer.json()["errors"]] == list(pointers), answer.text
