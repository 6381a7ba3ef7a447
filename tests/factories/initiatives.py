"""A ministry that carries out initiatives, and its steps as people take them through the service."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx

from app import clock
from app.enums import DivisionFunction, Role
from tests.factories.world import Division, Entity, Person, World

REASON = "تأخر إسناد المناقصة بسبب إعادة الطرح"


def today() -> date:
    """The day that the service goes by."""
    return clock.day(clock.now())


def milestone(number: int, starts_on: date, due_on: date, weight: float = 50, **more: Any) -> dict[str, Any]:
    """A milestone as a body says it."""
    return {
        "number": number,
        "title_ar": f"المرحلة {number}: إعداد الدراسات وطرح المناقصة",
        "title_en": f"Phase {number}",
        "weight": weight,
        "starts_on": starts_on.isoformat(),
        "due_on": due_on.isoformat(),
        "acceptance": "محضر استلام معتمد",
        "depends_on": [],
    } | more


def proposal(**fields: Any) -> dict[str, Any]:
    """The body of a project that began a hundred days ago and takes two hundred: two milestones of equal weight, the
    first due fifty days ago."""
    begin, end = today() - timedelta(days=100), today() + timedelta(days=99)
    return {
        "code": f"INV-{uuid4().hex[:8]}",
        "kind": "project",
        "name_ar": "منصة التوظيف الموحدة",
        "name_en": "Unified employment platform",
        "goal": "رفع نسبة التعمين في القطاع الخاص",
        "starts_on": begin.isoformat(),
        "ends_on": end.isoformat(),
        "sectors": ["tourism"],
        "people_count": 12,
        "milestones": [
            milestone(1, begin, begin + timedelta(days=49)),
            milestone(2, begin + timedelta(days=50), end, depends_on=[1]),
        ],
    } | fields


@dataclass(frozen=True)
class Thing:
    """Something of the service, wherever it stands."""

    id: UUID
    path: str

    @classmethod
    def of(cls, answer: httpx.Response, path: str) -> "Thing":
        """What an answer shows; `path`: of the collection that it is in."""
        assert answer.status_code in (200, 201), answer.text
        id_ = answer.json()["id"]
        return cls(UUID(id_), f"{path}/{id_}")


@dataclass(frozen=True)
class House:
    """An entity with its divisions, its office and everyone whom an initiative meets."""

    world: World
    entity: Entity
    executing: Division
    other_division: Division
    planning: Division
    finance: Division
    member: Person
    colleague: Person
    outsider: Person
    planner: Person
    treasurer: Person
    drafter: Person
    specialist: Person
    manager: Person
    representative: Person
    head: Person
    head_office: Person
    unit: Person
    editor: Person

    @classmethod
    async def make(cls, world: World) -> "House":
        """A new ministry; UNIT is the one that the database holds."""
        entity, unit = await world.entity(), await world.entity(is_unit=True)
        executing, other = await world.division(entity), await world.division(entity)
        planning = await world.division(entity, DivisionFunction.PLANNING)
        finance = await world.division(entity, DivisionFunction.FINANCE)
        return cls(
            world=world,
            entity=entity,
            executing=executing,
            other_division=other,
            planning=planning,
            finance=finance,
            member=await world.person(Role.DIVISION_MEMBER, division=executing),
            colleague=await world.person(Role.DIVISION_HEAD, division=executing),
            outsider=await world.person(Role.DIVISION_MEMBER, division=other),
            planner=await world.person(Role.DIVISION_MEMBER, division=planning),
            treasurer=await world.person(Role.DIVISION_MEMBER, division=finance),
            drafter=await world.person(Role.SPECIALIST, entity),
            specialist=await world.person(Role.SPECIALIST, entity),
            manager=await world.person(Role.MANAGER, entity),
            representative=await world.person(Role.TECHNICAL_REPRESENTATIVE, entity),
            head=await world.person(Role.HEAD, entity),
            head_office=await world.person(Role.HEAD_OFFICE, entity),
            unit=await world.person(Role.UNIT_SPECIALIST, unit),
            editor=await world.person(Role.UNIT_EDITOR, unit),
        )

    async def propose(self, by: Person | None = None, **fields: Any) -> httpx.Response:
        """The answer to a proposal, of the division's member unless said."""
        return await (by or self.member).api.create(
            f"/v1/entities/{self.entity.id}/initiatives", proposal(**fields)
        )

    async def drafted(self, by: Person | None = None, **fields: Any) -> Thing:
        """A draft of the division's."""
        return Thing.of(await self.propose(by, **fields), "/v1/initiatives")

    async def submitted(self, **fields: Any) -> Thing:
        """A submitted initiative."""
        made = await self.drafted(**fields)
        await self.done(self.member, made, "submit")
        return made

    async def approved(self, **fields: Any) -> Thing:
        """An approved initiative; a foresight one by the representative, who is assigned to it."""
        made = await self.submitted(**fields)
        if fields.get("kind") == "foresight":
            await self.assign(made)
            await self.done(self.representative, made, "approve")
        else:
            await self.done(self.manager, made, "approve")
        return made

    async def closing(self, **fields: Any) -> Thing:
        """An initiative that asks to be closed, with a document that nobody has looked at."""
        made = await self.approved(**fields)
        await self.done(self.member, made, "ask-to-close")
        return made

    async def closed(self, **fields: Any) -> Thing:
        """A closed initiative."""
        made = await self.approved(**fields)
        await self.proven(made)
        await self.done(self.member, made, "ask-to-close")
        await self.done(self.manager, made, "confirm-closing")
        return made

    async def stopped(self, **fields: Any) -> Thing:
        """A stopped initiative."""
        made = await self.approved(**fields)
        await self.done(self.head, made, "stop", {"reason": REASON})
        return made

    async def proven(self, subject: Thing, by: Person | None = None, kind: str = "document") -> Thing:
        """Verified evidence of a thing, brought by the division's member unless said."""
        from tests.evidence import bringing  # it builds on the factories itself

        person = by or self.member
        answer = await person.api.create("/v1/evidence", bringing.announcement(subject.id, kind=kind))
        proof = bringing.Proof.of(answer)
        answer = await bringing.put(person, proof)
        assert answer.status_code == 200, answer.text
        await bringing.taken(self.specialist, proof, "verify")
        return Thing(proof.id, proof.path)

    async def assign(self, subject: Thing) -> None:
        """The technical representative put to work on it, by the manager."""
        answer = await self.manager.api.create(
            f"/v1/entities/{self.entity.id}/assignments",
            {"user_id": str(self.representative.id), "subject_id": str(subject.id)},
        )
        assert answer.status_code == 201, answer.text

    async def report(
        self,
        initiative: Thing,
        by: Person | None = None,
        reached: Mapping[int, float] | None = None,
        **more: Any,
    ) -> httpx.Response:
        """The answer to a report of today."""
        body = {
            "as_of": today().isoformat(),
            "milestones": [
                {"number": number, "percent": percent} for number, percent in (reached or {1: 100}).items()
            ],
            "note": "أُسندت المناقصة وبدأ التنفيذ",
        } | more
        return await (by or self.member).api.create(f"{initiative.path}/progress-reports", body)

    async def reported(
        self, initiative: Thing, reached: Mapping[int, float] | None = None, **more: Any
    ) -> Thing:
        """A drafted report."""
        return Thing.of(await self.report(initiative, None, reached, **more), "/v1/progress-reports")

    async def progressed(
        self, initiative: Thing, reached: Mapping[int, float] | None = None, **more: Any
    ) -> Thing:
        """An approved report."""
        made = await self.reported(initiative, reached, **more)
        await self.done(self.member, made, "submit")
        await self.done(self.planner, made, "review")
        await self.done(self.manager, made, "approve")
        return made

    async def checked(self, initiative: Thing, by: Person | None = None) -> Thing:
        """A check on the ground, by a specialist unless said."""
        answer = await (by or self.drafter).api.create(
            f"{initiative.path}/site-checks",
            {
                "checked_on": today().isoformat(),
                "place": "ولاية صحار، المنطقة الصناعية",
                "findings": "اكتملت أعمال الأساسات والعمل مطابق للمخططات",
                "conforms": True,
            },
        )
        return Thing.of(answer, "/v1/site-checks")

    async def read(self, thing: Thing, by: Person | None = None) -> dict[str, Any]:
        """The thing as somebody sees it, the specialist unless said."""
        answer = await (by or self.specialist).api.get(thing.path)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    async def take(self, person: Person, thing: Thing, verb: str, body: Any = None) -> httpx.Response:
        """The answer to a step, on what the person sees now."""
        return await person.api.step(f"{thing.path}/{verb}", await person.api.etag(thing.path), body)

    async def done(self, person: Person, thing: Thing, verb: str, body: Any = None) -> dict[str, Any]:
        """A step that succeeds."""
        answer = await self.take(person, thing, verb, body)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())
