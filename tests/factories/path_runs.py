"""Path runs, made as people make them: an entity with everybody whom a path names, and the stages that they take."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import httpx

from app.enums import DivisionFunction, Role
from tests.factories.path_templates import Drafting
from tests.factories.world import Division, Entity, Person, World

YEAR = 2027
REASON = "المبادرة الثالثة لا تحرك أي مؤشر، يرجى مراجعتها مع التقسيم المعني"


def stage(key: str, party: str | Sequence[str], **more: Any) -> dict[str, Any]:
    """A stage of a template: prepared by `party` and due in May, unless said."""
    parties = [party] if isinstance(party, str) else party
    return {
        "key": key,
        "title_ar": f"مرحلة العمل {key}",
        "title_en": f"Stage {key}",
        "kind": "prepare",
        "responsible": [{"party": each} for each in parties],
        "due": {"kind": "date", "month": 5, "day": 16},
    } | more


def verified(key: str, party: str | Sequence[str], *, of: Sequence[str], **more: Any) -> dict[str, Any]:
    """A stage that verifies the stages `of`, and may return to them."""
    checks = {
        "kind": "verify",
        "outcomes": ["done", "returned"],
        "returns_to": list(of),
        "controls": list(of),
    }
    return stage(key, party, **{**checks, **more})


def approved(key: str, party: str | Sequence[str], *, of: Sequence[str], **more: Any) -> dict[str, Any]:
    """A stage that approves the stages `of`, and may return to them."""
    return verified(key, party, of=of, **{"kind": "approve", "outcomes": ["approved", "returned"], **more})


@dataclass(frozen=True)
class Walk:
    """An entity with its office, head, divisions and UNIT, whose paths are walked."""

    world: World
    entity: Entity
    drafting: Drafting
    planning_division: Division
    executing_division: Division
    manager: Person
    specialist: Person
    colleague: Person
    head: Person
    head_office: Person
    planner: Person
    financier: Person
    executor: Person
    division_head: Person
    unit: Person

    @classmethod
    async def make(cls, world: World) -> "Walk":
        """A new entity with everybody."""
        drafting = await Drafting.make(world)
        entity = drafting.entity
        planning = await world.division(entity, DivisionFunction.PLANNING)
        finance = await world.division(entity, DivisionFunction.FINANCE)
        executing = await world.division(entity)
        return cls(
            world=world,
            entity=entity,
            drafting=drafting,
            planning_division=planning,
            executing_division=executing,
            manager=drafting.manager,
            specialist=drafting.specialist,
            colleague=await world.person(Role.SPECIALIST, entity),
            head=drafting.head,
            head_office=drafting.head_office,
            planner=await world.person(Role.DIVISION_MEMBER, entity, planning),
            financier=await world.person(Role.DIVISION_MEMBER, entity, finance),
            executor=await world.person(Role.DIVISION_MEMBER, entity, executing),
            division_head=await world.person(Role.DIVISION_HEAD, entity, executing),
            unit=await world.person(Role.UNIT_SPECIALIST, await world.entity(is_unit=True)),
        )

    async def template(self, *groups: Sequence[Mapping[str, Any]], **fields: Any) -> str:
        """The id of an approved template of the entity's year with these groups."""
        said = {"runs_on": "entity", "groups": [list(group) for group in groups], **fields}
        return (await self.drafting.approved(**said)).rpartition("/")[2]

    async def start(self, template_id: str, by: Person | None = None, **fields: Any) -> httpx.Response:
        """The answer to starting a path, of the entity unless said, by its manager unless said."""
        body = {"subject_id": str(self.entity.id), "template_id": template_id, "year": YEAR} | fields
        return await (by or self.manager).api.create("/v1/path-runs", body)

    async def started(self, *groups: Sequence[Mapping[str, Any]], **fields: Any) -> str:
        """The path of a run of a new template with these groups."""
        answer = await self.start(await self.template(*groups), **fields)
        assert answer.status_code == 201, answer.text
        return answer.headers["Location"]

    async def run(self, path: str, by: Person | None = None) -> dict[str, Any]:
        """A run as somebody sees it."""
        answer = await (by or self.manager).api.get(path)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def open(self, path: str) -> dict[str, str]:
        """The open stages of a run: the path of each by its key."""
        return {
            each["key"]: f"/v1/path-stages/{each['id']}" for each in (await self.run(path))["open_stages"]
        }

    async def act(
        self, person: Person, path: str, key: str, verb: str = "complete", **body: Any
    ) -> httpx.Response:
        """The answer to an act of a person in an open stage of a run, on what the person sees now."""
        stage = (await self.open(path))[key]
        seen = await person.api.get(stage)
        etag = seen.headers.get("ETag", '"1.unseen"')
        return await person.api.step(f"{stage}/{verb}", etag, body or None)

    async def done(
        self, person: Person, path: str, key: str, verb: str = "complete", **body: Any
    ) -> dict[str, Any]:
        """The same, which succeeds; returns the stage."""
        answer = await self.act(person, path, key, verb, **body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def returned(self, person: Person, path: str, key: str, to: str) -> dict[str, Any]:
        """A return of an open stage to another."""
        return await self.done(person, path, key, "return", reason=REASON, to=to)
