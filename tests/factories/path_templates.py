"""Path templates, made as people make them; and the models that ship, loaded as `mutabaa load` does."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx

from app.enums import Role
from app.services.load import merging
from app.services.load.path_templates import FOLDER, load_path_templates, read_path_templates
from tests.factories.world import Entity, Person, World

DATA = Path(__file__).resolve().parents[2] / "data"

DRAFTED: Mapping[str, Any] = {
    "key": "draft",
    "title_ar": "إعداد مسودة الخطة",
    "title_en": "Draft the plan",
    "kind": "prepare",
    "responsible": [{"party": "planning"}],
    "due": {"kind": "date", "month": 5, "day": 15, "year": -1},
}
VERIFIED: Mapping[str, Any] = {
    "key": "verify",
    "title_ar": "التحقق من مواءمة المسودة",
    "title_en": "Verify the draft",
    "kind": "verify",
    "responsible": [{"party": "office"}],
    "due": {"kind": "date", "month": 5, "day": 21, "year": -1},
    "outcomes": ["done", "returned"],
    "returns_to": ["draft"],
    "controls": ["draft"],
    "fires": "plans.verify",
}
APPROVED: Mapping[str, Any] = {
    "key": "approval",
    "title_ar": "اعتماد الخطة من رئيس الوحدة",
    "title_en": "The head approves the plan",
    "kind": "approve",
    "responsible": [{"party": "head"}],
    "due": {"kind": "offset", "since": "previous_group", "working_days": 5},
    "outcomes": ["approved", "returned"],
    "returns_to": ["draft"],
    "controls": ["draft", "verify"],
    "fires": "plans.approve",
}
GROUPS: Sequence[Sequence[Mapping[str, Any]]] = [[DRAFTED], [VERIFIED], [APPROVED]]


def template(**fields: Any) -> dict[str, Any]:
    """The body of a new template that copies none: draft, verify, approve."""
    return {
        "code": f"plan-{uuid4().hex[:8]}",
        "runs_on": "plan",
        "chain": "plans",
        "title_ar": "مسار الخطة السنوية في الوزارة",
        "title_en": "The ministry's path of the annual plan",
        "groups": [list(group) for group in GROUPS],
    } | fields


async def models(world: World) -> Mapping[str, UUID]:
    """The models that ship, loaded; their ids by code. Loading again changes nothing."""
    shipped = read_path_templates(DATA)
    async with world.owner.transaction():
        await load_path_templates(world.owner, shipped, datetime.now(UTC))
    return {model["code"]: merging.made_id(FOLDER, model["code"], 1) for model in shipped}


@dataclass(frozen=True)
class Drafting:
    """An entity with the people whom its templates meet."""

    world: World
    entity: Entity
    specialist: Person
    manager: Person
    head: Person
    head_office: Person

    @classmethod
    async def make(cls, world: World) -> "Drafting":
        """A new entity with its office and head."""
        entity = await world.entity()
        return await cls.at(
            world,
            entity,
            manager=await world.person(Role.MANAGER, entity),
            head=await world.person(Role.HEAD, entity),
        )

    @classmethod
    async def at(cls, world: World, entity: Entity, *, manager: Person, head: Person) -> "Drafting":
        """The same of an entity whose manager and head are there already."""
        return cls(
            world,
            entity,
            await world.person(Role.SPECIALIST, entity),
            manager,
            head,
            await world.person(Role.HEAD_OFFICE, entity),
        )

    async def draft(self, by: Person | None = None, **fields: Any) -> httpx.Response:
        """The answer to drafting a template, by the specialist unless said: as `fields` say where they copy one,
        else one of our own."""
        body = fields if "copied_from_id" in fields else template(**fields)
        return await (by or self.specialist).api.create(f"/v1/entities/{self.entity.id}/path-templates", body)

    async def drafted(self, by: Person | None = None, **fields: Any) -> str:
        """The path of a draft."""
        answer = await self.draft(by, **fields)
        assert answer.status_code == 201, answer.text
        return answer.headers["Location"]

    async def submitted(self, **fields: Any) -> str:
        """The path of a template that waits for the head."""
        path = await self.drafted(**fields)
        await self.done(self.specialist, f"{path}/submit")
        return path

    async def approved(self, **fields: Any) -> str:
        """The path of a template in force."""
        path = await self.submitted(**fields)
        await self.done(self.head, f"{path}/approve")
        return path

    async def opened(self, path: str) -> str:
        """The path of the next version of an approved template."""
        answer = await self.open(path)
        assert answer.status_code == 201, answer.text
        return answer.headers["Location"]

    async def open(self, path: str, by: Person | None = None) -> httpx.Response:
        """The answer to opening a new version."""
        person = by or self.specialist
        return await person.api.send(
            "POST",
            f"{path}/new-version",
            json={"note": "طلبت الأمانة العامة لمجلس الوزراء مواعيد أبكر"},
            headers={"If-Match": await person.api.etag(path), "Idempotency-Key": uuid4().hex},
        )

    async def edit(self, path: str, by: Person | None = None, **fields: Any) -> httpx.Response:
        """The answer to a change of a draft."""
        person = by or self.specialist
        return await person.api.patch(path, await person.api.etag(path), fields)

    async def take(self, person: Person, step: str, body: Any = None) -> httpx.Response:
        """The answer to a step (a path that ends in its verb), on what the person sees now."""
        return await person.api.step(step, await person.api.etag(step.rpartition("/")[0]), body)

    async def done(self, person: Person, step: str, body: Any = None) -> httpx.Response:
        """A step that succeeds."""
        answer = await self.take(person, step, body)
        assert answer.status_code == 200, answer.text
        return answer
