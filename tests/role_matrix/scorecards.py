"""Scorecards brought into each state, and the requests that each action is."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import httpx
from fastapi import FastAPI

from app.enums import Role
from tests.api import Api
from tests.factories.scorecards import Office
from tests.role_matrix.cast import Cast
from tests.role_matrix.things import Thing, seen

STATES = ("draft", "aligned", "approved", "in_force", "superseded", "discarded")
ACTIONS = ("scorecards.edit", "scorecards.discard", "scorecards.new_version")
REASON = {"reason": "أضيف مؤشر الأمن الغذائي بعد مراجعة منتصف السنة"}


async def office_of(cast: Cast, app: FastAPI) -> Office:
    """The office of the cast's entity: its head, and people beside those who are asked."""
    world = cast.world
    return Office(
        world=world,
        database=app.state.database,
        entity=cast.entity,
        executing=cast.in_charge,
        drafter=await world.person(Role.SPECIALIST, cast.entity),
        specialist=await world.person(Role.SPECIALIST, cast.entity),
        representative=cast.people["technical_representative"],
        member=cast.people["division_member_in_charge"],
        manager=cast.people["manager"],
        head=cast.people["head"],
        head_office=cast.people["head_office"],
        unit=await world.person(Role.UNIT_SPECIALIST, cast.unit),
    )


@dataclass(frozen=True)
class Scorecards:
    """Makes scorecards, each of a year of its own, since a year has one."""

    office: Office
    years: Iterator[int] = field(default_factory=lambda: iter(range(2001, 2100)))

    @classmethod
    async def of(cls, cast: Cast, app: FastAPI) -> "Scorecards":
        """For the cast's entity."""
        return cls(await office_of(cast, app))

    async def make(self, state: str) -> Thing:
        """A scorecard in the state."""
        office, year = self.office, next(self.years)
        (indicator,) = await office.indicators(1, year=year)
        path = await office.drafted([(indicator, 100)], year=year)
        author = office.drafter.api
        if state == "discarded":
            answer = await author.step(f"{path}/discard", await author.etag(path))
            assert answer.status_code == 200, answer.text
        if state in STATES[1:5]:
            await office.aligned(path)
        if state in STATES[2:5]:
            await office.fired(office.head, path, "scorecards.approve")
        if state in STATES[3:5]:
            await office.fired(office.unit, path, "scorecards.agree")
        if state == "superseded":
            opened = await office.new_version(path)
            assert opened.status_code == 201, opened.text
            await office.in_force(opened.headers["Location"])
        return await seen(author, path)


async def send(api: Api, action: str, thing: Thing, said: str = "nothing") -> httpx.Response:
    """The request that the action is."""
    verb = action.partition(".")[2].replace("_", "-")
    if verb == "edit":
        return await api.patch(thing.path, thing.etag, {"note": "بعد مراجعة المكتب"})
    if verb == "new-version":
        headers = {"If-Match": thing.etag, "Idempotency-Key": f"version-{thing.id}"}
        return await api.send("POST", f"{thing.path}/{verb}", json=REASON, headers=headers)
    return await api.step(f"{thing.path}/{verb}", thing.etag)
