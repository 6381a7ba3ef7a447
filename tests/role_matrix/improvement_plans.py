"""Improvement plans brought into each state, and the requests that each action is."""

from dataclasses import dataclass

import httpx
from fastapi import FastAPI

from app import clock
from app.enums import IndicatorLevel
from tests.api import Api
from tests.factories.scorecards import STEP, Improving, Office
from tests.role_matrix.cast import Cast
from tests.role_matrix.results import REASON
from tests.role_matrix.scorecards import office_of
from tests.role_matrix.things import Thing, seen

STATES = ("draft", "submitted", "assured", "approved", "done", "completed", "ended", "discarded")
ACTIONS = tuple(
    f"improvement_plans.{verb}"
    for verb in (
        *("edit", "submit", "withdraw", "discard", "assure", "return", "approve"),
        *("report", "complete", "end"),
    )
)


@dataclass(frozen=True)
class ImprovementPlans:
    """Makes plans, each of an indicator of its own, to which those are assigned who are there "on indicator"."""

    cast: Cast
    office: Office

    @classmethod
    async def of(cls, cast: Cast, app: FastAPI) -> "ImprovementPlans":
        """For the cast's entity."""
        return cls(cast, await office_of(cast, app))

    async def improving(self) -> Improving:
        """A vision indicator without a plan."""
        (indicator,) = await self.office.indicators(1, level=IndicatorLevel.VISION)
        await self.cast.assign_to_indicator(indicator)
        return Improving(self.office, indicator)

    async def make(self, state: str) -> Thing:
        """A plan in the state."""
        made, office = await self.improving(), self.office
        steps = [{**STEP, "division_id": str(office.executing.id)}]
        path = await made.drafted(steps=steps)
        manager = self.cast.people["acting_manager"]
        way = (
            (office.drafter, "submit", "submitted", None),
            (office.specialist, "assure", "assured", None),
            (manager, "approve", "approved", None),
        )
        if state == "discarded":
            await made.taken(office.drafter, path, "discard")
        elif state != "draft":
            for person, verb, reached, body in way:
                await made.taken(person, path, verb, body)
                if reached == state:
                    break
        if state in ("done", "completed"):
            await made.done(path, 1)
        if state == "completed":
            await made.taken(manager, path, "complete")
        if state == "ended":
            await made.taken(manager, path, "end", REASON)
        return await seen(office.drafter.api, path)


async def send(api: Api, action: str, thing: Thing, said: str = "nothing") -> httpx.Response:
    """The request that the action is."""
    verb = action.partition(".")[2]
    if verb == "edit":
        return await api.patch(thing.path, thing.etag, {"goal": "رفع نسبة التعمين ثلاث نقاط مئوية"})
    bodies = {
        "return": REASON,
        "end": REASON,
        "report": {"number": 1, "done_on": clock.today().isoformat(), "note": "أُنجز في موعده"},
    }
    return await api.step(f"{thing.path}/{verb}", thing.etag, bodies.get(verb))
