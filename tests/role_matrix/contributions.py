"""Contributions brought into each state through the service, and the requests that each action is."""

from uuid import UUID, uuid4

import httpx

from app.enums import Frequency, IndicatorLevel
from tests.api import Api
from tests.role_matrix.cast import Cast
from tests.role_matrix.definitions import Definitions
from tests.role_matrix.indicators import invitation
from tests.role_matrix.results import REASON
from tests.role_matrix.things import Thing, made, take

STATES = ("invited", "accepted", "refused", "withdrawn", "left")
ACTIONS = tuple(
    f"contributions.{verb}" for verb in ("edit", "withdraw", "accept", "refuse", "leave", "explain")
)


class Contributions:
    """Makes contributions of the other entity, each to an indicator of its own."""

    def __init__(self, cast: Cast, definitions: Definitions) -> None:
        self.cast = cast
        self.inviter = definitions.hands["main"].activator
        self.parts: dict[UUID, UUID] = {}
        """The other entity's own indicator for each contribution."""

    async def make(self, state: str, whole: UUID | None = None) -> Thing:
        """A contribution in the state."""
        world, answers = self.cast.world, self.cast.api("other_manager")
        whole = whole or await world.indicator(
            self.cast.entity, self.cast.in_charge, frequency=Frequency.MONTHLY
        )
        part = await world.indicator(
            self.cast.other,
            self.cast.other_division,
            frequency=Frequency.MONTHLY,
            level=IndicatorLevel.SPECIAL,
        )
        path = f"/v1/indicators/{whole}"
        keyed = {"If-Match": await self.inviter.api.etag(path), "Idempotency-Key": uuid4().hex}
        thing = made(
            await self.inviter.api.send(
                "POST", f"{path}/contributions", json=invitation(self.cast), headers=keyed
            )
        )
        self.parts[thing.id] = part
        if state in ("accepted", "left"):
            thing = await take(answers, thing, "accept", {"indicator_id": str(part)})
        if state == "left":
            return await take(answers, thing, "leave", REASON)
        if state == "refused":
            return await take(answers, thing, "refuse", REASON)
        if state == "withdrawn":
            return await take(self.inviter.api, thing, "withdraw", REASON)
        return thing

    async def send(self, api: Api, action: str, thing: Thing, said: str = "nothing") -> httpx.Response:
        """The request that the action is."""
        verb = action.partition(".")[2]
        if verb == "edit":
            return await api.patch(thing.path, thing.etag, {"weight": 30})
        body: object = REASON
        if verb == "accept":
            body = {"indicator_id": str(self.parts[thing.id])}
        if verb == "explain":
            body = {**REASON, "period": "2026-01"}
        return await api.step(f"{thing.path}/{verb}", thing.etag, body)
