"""Actions and evaluations brought into each state through the service, and the requests that each of their steps is."""

from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from typing import Any

import httpx

from app import clock
from app.enums import Role
from tests.api import Api
from tests.factories.actions import EVALUATION, NOTE, OUTCOME, TITLE, WHY, directive, in_days
from tests.factories.world import Person
from tests.role_matrix.cast import Cast
from tests.role_matrix.things import Thing, made, take

ASKED = {
    "proposed": ("edit", "accept", "refuse", "note", "cancel"),
    "open": ("edit", "note", "postpone", "report", "confirm"),
    "reported": ("edit", "report", "confirm", "return"),
}
"""Of which steps everybody is asked in a state: those that it allows to somebody, and some that it does not."""

_numbers = count(1)


@dataclass(frozen=True)
class Followed:
    """Makes actions that serve the indicator of the cast, and evaluations of it, by real requests of entitled people:
    a specialist beside those who are asked opens and drafts."""

    cast: Cast
    opener: Person

    @classmethod
    async def of(cls, cast: Cast) -> "Followed":
        """For the cast's entity."""
        return cls(cast, await cast.world.person(Role.SPECIALIST, cast.entity))

    def action(self, state: str = "open") -> dict[str, Any]:
        """The body of a new action, which the division in charge owns."""
        body: dict[str, Any] = {
            "source": "improvement_proposal" if state == "proposed" else "directive",
            "title": TITLE,
            "division_id": str(self.cast.in_charge.id),
            "about_id": str(self.cast.main),
            "due": in_days(10),
        }
        return body if state == "proposed" else {**body, "directive": directive()}

    def evaluation(self) -> dict[str, Any]:
        """The body of a new evaluation."""
        return {**EVALUATION, "about_id": str(self.cast.main)}

    async def opened(self, state: str) -> Thing:
        """An action in the state."""
        path = f"/v1/entities/{self.cast.entity.id}/actions"
        thing = made(await self.opener.api.create(path, self.action(state)))
        if state == "reported":
            owner = self.cast.people["division_head_in_charge"].api
            return await take(owner, thing, "report", {"outcome": OUTCOME})
        return thing

    async def evaluated(self, state: str) -> Thing:
        """An evaluation in the state."""
        path = f"/v1/entities/{self.cast.entity.id}/evaluations"
        thing = made(await self.opener.api.create(path, self.evaluation()))
        if state == "approved":
            return await take(self.cast.people["manager"].api, thing, "approve")
        return thing

    async def send(self, api: Api, action: str, thing: Thing, said: str = "nothing") -> httpx.Response:
        """The request that the step is."""
        verb = action.partition(".")[2]
        if verb == "edit":
            return await api.patch(thing.path, thing.etag, {"title": f"{TITLE} {next(_numbers)}"})
        later = (clock.today() + timedelta(days=30)).isoformat()
        bodies: dict[str, dict[str, Any]] = {
            "note": {"note": NOTE},
            "postpone": {"due": later, "reason": WHY},
            "report": {"outcome": OUTCOME},
            "accept": {},
            "confirm": {},
            "approve": {},
        }
        body = dict(bodies.get(verb, {"reason": WHY}))
        if said == "letter":
            body["decision"] = {
                "decided_by_id": str(self.cast.people["head"].id),
                "letter_number": "م و/٢١٧",
                "letter_date": clock.today().isoformat(),
            }
        return await api.step(f"{thing.path}/{verb}", thing.etag, body)
