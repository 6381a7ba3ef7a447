"""Indicators brought into each state through the service, and the requests that each action is."""

from itertools import count
from uuid import uuid4

import httpx

from app import clock
from tests.api import Api
from tests.factories.world import Person
from tests.role_matrix.cast import Cast
from tests.role_matrix.definitions import FURTHER, Definitions
from tests.role_matrix.results import REASON, done
from tests.role_matrix.things import Thing, made, seen

STATES = ("draft", "active", "retired")
ACTIONS = (
    "indicators.edit",
    "indicators.put_in_charge",
    "indicators.name_enterer",
    "indicators.declare_contributors",
    "indicators.retire",
    "schedules.set",
    "indicators.require_evidence",
    "contributions.invite",
)
SCHEDULE = {
    "frequency": "monthly",
    "starts_on": f"{clock.today().year}-01-01",
    "opens_after": 1,
    "due_after": 20,
    "late_for": 20,
    "closes_after": 20,
}
_numbers = count(1)


def new(level: str) -> dict[str, object]:
    """A draft as it is entered first."""
    return {
        "code": f"new{next(_numbers)}",
        "level": level,
        "name_ar": "معدل التعمين في قطاع النقل",
        "name_en": "Omanisation rate in transport",
        "unit_ar": "نسبة مئوية",
        "unit_en": "percent",
        "polarity": "higher_better",
        "measure": "value",
        "frequency": "monthly",
    }


class Indicators:
    """Makes indicators, by real requests of entitled people."""

    def __init__(self, cast: Cast, definitions: Definitions) -> None:
        self.cast = cast
        self.definitions = definitions

    def retires(self, level: str) -> Person:
        """Who retires one of the level."""
        hands = self.definitions.hands[level]
        return hands.author if level == "vision" else hands.activator

    async def make(self, state: str, level: str = "main", *, in_scorecard: bool = False) -> Thing:
        """An indicator in the state, to which those are assigned who are there "on indicator"."""
        hands, owner = self.definitions.hands[level], self.cast.world.owner
        if state.startswith("draft"):
            path = f"/v1/entities/{self.cast.entity.id}/indicators"
            thing = made(await hands.author.api.create(path, new(level)))
            await owner.execute(
                "update indicators set division_id = $2 where id = $1", thing.id, self.cast.in_charge.id
            )
            await self.cast.assign_to_indicator(thing.id)
        else:
            indicator = await self.definitions.indicator(level, shared=None)
            thing = await seen(self.cast.api("manager"), f"/v1/indicators/{indicator}")
        if in_scorecard:
            await owner.execute("update indicators set in_scorecard = true where id = $1", thing.id)
        if state == "draft_shared":
            inviter = self.definitions.hands["main"].activator.api
            done(await send(self.cast, inviter, "contributions.invite", thing))
            thing = await seen(inviter, thing.path)
        if state == "retired":
            done(await send(self.cast, self.retires(level).api, "indicators.retire", thing))
            thing = await seen(self.cast.api("manager"), thing.path)
        return thing


async def send(cast: Cast, api: Api, action: str, thing: Thing) -> httpx.Response:
    """The request that the action is."""
    keyed = {"If-Match": thing.etag, "Idempotency-Key": uuid4().hex}
    if action == "indicators.edit":
        return await api.patch(thing.path, thing.etag, {"publisher": f"وزارة العمل {next(_numbers)}"})
    if action == "definitions.create":
        return await api.send("POST", f"{thing.path}/definitions", json=FURTHER, headers=keyed)
    if action == "schedules.set":
        return await api.send("POST", f"{thing.path}/schedules", json=SCHEDULE, headers=keyed)
    if action == "contributions.invite":
        return await api.send("POST", f"{thing.path}/contributions", json=invitation(cast), headers=keyed)
    verb = action.partition(".")[2].replace("_", "-")
    body: object = {
        "put-in-charge": {"division_id": str(cast.in_charge.id)},
        "name-enterer": {"entered_by": "unit"},
        "declare-contributors": {"shared": False},
        "retire": REASON,
        "require-evidence": {"items": [{"kind": "document", "minimum": 1}]},
    }[verb]
    return await api.step(f"{thing.path}/{verb}", thing.etag, body)


def invitation(cast: Cast, weight: int = 20) -> dict[str, object]:
    """What is asked of the other entity."""
    return {"contributor_id": str(cast.other.id), "weight": weight, "message": "نرجو المساهمة بمؤشركم"}
