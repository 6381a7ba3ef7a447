"""A ministry with everyone whom a result meets on its way, and the steps as they take them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx

from app import clock, ids
from app.db import OwnerLane
from app.enums import DivisionFunction, Role
from app.services.scores import commands as scores
from tests.factories.world import Division, Entity, Person, World

REASON = "القيمة لا تطابق التقرير السنوي"


@dataclass(frozen=True)
class Figure:
    """One revision, wherever it stands."""

    id: UUID
    path: str

    @classmethod
    def of(cls, answer: httpx.Response) -> "Figure":
        """The revision that an answer shows."""
        assert answer.status_code in (200, 201), answer.text
        id_ = answer.json()["id"]
        return cls(UUID(id_), f"/v1/results/{id_}")


@dataclass(frozen=True)
class Office:
    """An entity, its two divisions, and one person or two for each step of the guide's chain."""

    world: World
    entity: Entity
    executing: Division
    planning: Division
    indicator: UUID
    enterer: Person
    second_enterer: Person
    reviewer: Person
    second_reviewer: Person
    specialist: Person
    manager: Person
    head: Person

    @classmethod
    async def make(cls, world: World, **traits: Any) -> "Office":
        """A new ministry; `traits` are those of its first indicator."""
        entity = await world.entity()
        executing = await world.division(entity)
        planning = await world.division(entity, DivisionFunction.PLANNING)
        return cls(
            world=world,
            entity=entity,
            executing=executing,
            planning=planning,
            indicator=await world.indicator(entity, executing, **traits),
            enterer=await world.person(Role.DIVISION_MEMBER, division=executing),
            second_enterer=await world.person(Role.DIVISION_HEAD, division=executing),
            reviewer=await world.person(Role.DIVISION_MEMBER, division=planning),
            second_reviewer=await world.person(Role.DIVISION_HEAD, division=planning),
            specialist=await world.person(Role.SPECIALIST, entity),
            manager=await world.person(Role.MANAGER, entity),
            head=await world.person(Role.HEAD, entity),
        )

    async def draft(self, period: str = "2024", *, indicator: UUID | None = None, **figure: Any) -> Figure:
        """A draft of the enterer's."""
        body = {"period": period, "value": 35.4, "note": "المتوسط السنوي"} | figure
        path = f"/v1/indicators/{indicator or self.indicator}/results"
        return Figure.of(await self.enterer.api.create(path, body))

    async def submitted(self, period: str = "2024", **figure: Any) -> Figure:
        """A submitted result."""
        made = await self.draft(period, **figure)
        return await self.submit(made)

    async def reviewed(self, period: str = "2024", **figure: Any) -> Figure:
        """A result that waits for the manager."""
        made = await self.submitted(period, **figure)
        return await self.review(made)

    async def approved(self, period: str = "2024", **figure: Any) -> Figure:
        """An approved result."""
        made = await self.reviewed(period, **figure)
        return await self.approve(made)

    async def discarded(self, period: str = "2024", **figure: Any) -> Figure:
        """A discarded draft."""
        return await self.taken(self.enterer, await self.draft(period, **figure), "discard")

    async def submit(self, figure: Figure) -> Figure:
        """The enterer's step."""
        return await self.taken(self.enterer, figure, "submit")

    async def review(self, figure: Figure) -> Figure:
        """The reviewer's step."""
        return await self.taken(self.reviewer, figure, "review")

    async def approve(self, figure: Figure) -> Figure:
        """The manager's step."""
        return await self.taken(self.manager, figure, "approve")

    async def taken(
        self, person: Person, figure: Figure, verb: str, body: Mapping[str, Any] | None = None
    ) -> Figure:
        """A step that succeeds, on what the person sees now."""
        answer = await person.api.step(f"{figure.path}/{verb}", await person.api.etag(figure.path), body)
        assert answer.status_code == 200, answer.text
        return figure

    async def reopened(self, figure: Figure, grantor: Person | None = None) -> str:
        """Leave to correct an approved result, asked by the manager and granted; returns its path."""
        path = await self.asked(figure)
        by = grantor or self.head
        granted = await by.api.step(f"{path}/grant", await by.api.etag(path))
        assert granted.status_code == 200, granted.text
        return path

    async def asked(self, figure: Figure, expires_on: date | None = None) -> str:
        """Leave to correct, asked by the manager; returns the reopening's path."""
        answer = await self.ask(figure, expires_on)
        assert answer.status_code == 201, answer.text
        return answer.headers["Location"]

    async def ask(self, figure: Figure, expires_on: date | None = None) -> httpx.Response:
        """The answer to the manager's asking."""
        last_day = expires_on or clock.today() + timedelta(days=30)
        return await self.manager.api.send(
            "POST",
            f"{figure.path}/reopenings",
            json={"reason": "نُشرت قيمة معدّلة", "expires_on": last_day.isoformat()},
            headers={
                "If-Match": await self.manager.api.etag(figure.path),
                "Idempotency-Key": f"ask-{figure.id}-{datetime.now(UTC).timestamp()}",
            },
        )

    async def corrected(self, figure: Figure, value: float) -> Figure:
        """A draft correction with another value; the reopening must have been granted."""
        answer = await self.enterer.api.step(
            f"{figure.path}/correct", await self.enterer.api.etag(figure.path)
        )
        made = Figure.of(answer)
        patched = await self.enterer.api.patch(made.path, answer.headers["ETag"], {"value": value})
        assert patched.status_code == 200, patched.text
        return made

    async def finished(self, figure: Figure) -> Figure:
        """A draft brought to its approval."""
        return await self.approve(await self.review(await self.submit(figure)))

    async def published(self, figure: Figure) -> Figure:
        """An approved result that is published to all, with its score."""
        await self.world.owner.execute(
            "update results set published_at = $2 where id = $1", figure.id, datetime.now(UTC)
        )
        await scores.keep(OwnerLane(self.world.owner), [figure.id])
        return figure

    async def many_submitted(self, count: int) -> list[UUID]:
        """Copies of one submitted result, for other days, written behind the service for speed."""
        pattern = await self.submitted(
            "1999", indicator=await self.world.indicator(self.entity, self.executing)
        )
        owner = self.world.owner
        made = [ids.new() for _ in range(count)]
        days = [date(1950, 1, 1) + timedelta(days=number) for number in range(count)]
        columns = await owner.fetchval(
            """
            select string_agg(attname, ', ') from pg_attribute
            where attrelid = 'results'::regclass and attnum > 0
              and attname not in ('id', 'period_start', 'period_end')
            """
        )
        async with owner.transaction():
            await owner.execute(
                "insert into subjects (id, kind, entity_id, created_at)"
                " select unnest($1::uuid[]), 'result', $2, now()",
                made,
                self.entity.id,
            )
            await owner.execute(
                f"insert into results (id, period_start, period_end, {columns})"
                f" select g.id, g.day, g.day, {columns}"
                " from results, unnest($1::uuid[], $2::date[]) as g (id, day) where results.id = $3",
                made,
                days,
                pattern.id,
            )
            await owner.execute(
                """
                insert into waits (subject_id, entity_id, action, party, rank, opened_at, opened_by_event)
                select g.id, w.entity_id, w.action, w.party, w.rank, w.opened_at, w.opened_by_event
                from waits w, unnest($1::uuid[]) as g (id)
                where w.subject_id = $2 and w.closed_at is null
                """,
                made,
                pattern.id,
            )
        return made
