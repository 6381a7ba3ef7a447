"""Scorecards and improvement plans, made through the service's own HTTP by an office whose people are all there.

How a scorecard comes into force, the stages of its path say; `fired` takes such a transition as a stage does.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import httpx
from fastapi import FastAPI

from app import clock, permissions
from app.db import Database
from app.enums import Frequency, IndicatorLevel, Role
from app.services.people import actor as actors
from app.services.people.steps import NOTHING_SAID, Said
from app.services.scorecards import queries, walking
from tests.factories.world import Division, Entity, Person, World

YEAR = 2027


@dataclass(frozen=True)
class Office:
    """An entity with its office, head, an executing division and a technical representative, and one of UNIT."""

    world: World
    database: Database
    entity: Entity
    executing: Division
    drafter: Person
    specialist: Person
    representative: Person
    member: Person
    manager: Person
    head: Person
    head_office: Person
    unit: Person

    @classmethod
    async def make(
        cls,
        world: World,
        app: FastAPI,
        entity: Entity | None = None,
        *,
        manager: Person | None = None,
        head: Person | None = None,
    ) -> "Office":
        """A new entity, or one that has its manager and head; UNIT is the one that the database holds."""
        entity, unit = entity or await world.entity(), await world.entity(is_unit=True)
        executing = await world.division(entity)
        return cls(
            world=world,
            database=app.state.database,
            entity=entity,
            executing=executing,
            drafter=await world.person(Role.SPECIALIST, entity),
            specialist=await world.person(Role.SPECIALIST, entity),
            representative=await world.person(Role.TECHNICAL_REPRESENTATIVE, entity),
            member=await world.person(Role.DIVISION_MEMBER, division=executing),
            manager=manager or await world.person(Role.MANAGER, entity),
            head=head or await world.person(Role.HEAD, entity),
            head_office=await world.person(Role.HEAD_OFFICE, entity),
            unit=await world.person(Role.UNIT_SPECIALIST, unit),
        )

    async def indicators(
        self, count: int = 2, *, year: int = YEAR, level: IndicatorLevel = IndicatorLevel.MAIN, **more: Any
    ) -> list[UUID]:
        """Active indicators of the entity with a target of the year each."""
        made = []
        for number in range(count):
            indicator = await self.world.indicator(
                self.entity, level=level, **{"frequency": Frequency.QUARTERLY, **more}
            )
            await self.world.target(indicator, year, value=40 + number)
            made.append(indicator)
        return made

    async def draft(self, by: Person | None = None, *, year: int = YEAR, **said: Any) -> httpx.Response:
        """The answer to drafting the scorecard of a year."""
        return await (by or self.drafter).api.create(
            f"/v1/entities/{self.entity.id}/scorecards", {"year": year, **said}
        )

    async def drafted(
        self, lines: Sequence[tuple[UUID, float]] = (), by: Person | None = None, **said: Any
    ) -> str:
        """The path of a drafted scorecard with these indicators and weights."""
        answer = await self.draft(by, **said)
        assert answer.status_code == 201, answer.text
        path: str = answer.headers["Location"]
        if lines:
            await self.edited(path, lines, by)
        return path

    async def edit(
        self, path: str, lines: Sequence[tuple[UUID, float]], by: Person | None = None, **more: Any
    ) -> httpx.Response:
        """The answer to writing the lines of a draft."""
        person = by or self.drafter
        said = [{"indicator_id": str(indicator), "weight": weight} for indicator, weight in lines]
        return await person.api.patch(path, await person.api.etag(path), {"lines": said, **more})

    async def edited(
        self, path: str, lines: Sequence[tuple[UUID, float]], by: Person | None = None, **more: Any
    ) -> None:
        """The lines of a draft written."""
        answer = await self.edit(path, lines, by, **more)
        assert answer.status_code == 200, answer.text

    async def fired(self, person: Person, path: str, action: str, said: Said = NOTHING_SAID) -> None:
        """A transition that a stage of a path fires, by this person; `action`: as a template names it, or the state
        that a return leads back to. Raises what it raises."""
        fire = walking.FIRES.get(action) or walking.RETURNS[action]
        async with self.database.writing() as lane:
            now = clock.now()
            actor = await actors.load(lane, person.id, person.session_id, now)
            assert actor is not None
            facts = await queries.facts(lane, actor, UUID(path.rpartition("/")[2]), now)
            assert facts is not None
            right = (
                permissions.entitlement(actor, action, facts)
                if action in walking.FIRES
                else permissions.Entitlement("")
            )
            await fire.run(lane, actor, facts, right, said, now)

    async def aligned(self, path: str) -> None:
        """A draft that another specialist aligned."""
        await self.fired(self.specialist, path, "scorecards.align")

    async def approved(self, path: str) -> None:
        """A draft aligned, and approved by the head."""
        await self.aligned(path)
        await self.fired(self.head, path, "scorecards.approve")

    async def in_force(self, path: str) -> None:
        """A draft brought into force."""
        await self.approved(path)
        await self.fired(self.unit, path, "scorecards.agree")

    async def new_version(self, path: str, by: Person | None = None) -> httpx.Response:
        """The answer to opening a new version of the scorecard in force."""
        person = by or self.drafter
        return await person.api.step(
            f"{path}/new-version",
            await person.api.etag(path),
            {"reason": "أضيف مؤشر الأمن الغذائي بعد مراجعة منتصف السنة"},
            key=uuid4().hex,
        )

    async def read(self, path: str, by: Person | None = None) -> dict[str, Any]:
        """The scorecard (or plan) as this person reads it."""
        answer = await (by or self.drafter).api.get(path)
        assert answer.status_code == 200, answer.text
        said: dict[str, Any] = answer.json()
        return said
