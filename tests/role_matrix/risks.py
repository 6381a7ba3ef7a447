"""Risks brought to where somebody is to decide about them, and the requests that each action is."""

from itertools import count
from typing import Any

import httpx

from app import clock
from tests.api import Api
from tests.factories.risks import LESSONS, PLAN, REASON, RESOURCES, RISK
from tests.role_matrix.cast import Cast
from tests.role_matrix.challenges import Hands
from tests.role_matrix.things import Thing, made, take

STATES = ("in_treatment", "resources_asked", "to_accept", "with_head")
ACTIONS = tuple(
    f"risks.{verb}"
    for verb in (
        "edit",
        "assess",
        "choose_strategy",
        "accept",
        "refuse_acceptance",
        "treat",
        "ask_resources",
        "grant_resources",
        "raise_to_head",
        "raise_to_unit",
        "answer",
        "occur",
        "close",
    )
)
SWOT = {"year": 2026, "kind": "threat", "says": "ارتباط تنفيذ البرامج بمورّد واحد"}
_numbers = count(1)


class Risks:
    """Makes risks about the indicator of the cast, by real requests of entitled people."""

    def __init__(self, cast: Cast, by: Hands) -> None:
        self.cast = cast
        self.by = by

    async def make(self, state: str) -> Thing:
        """One in the state, of which UNIT knows, and of a score that the head accepts."""
        body = {**RISK, "about_id": str(self.cast.main), "residual_probability": 4, "residual_impact": 4}
        manager = self.by.manager.api
        thing = made(await self.by.opener.api.create("/v1/risks", body))
        thing = await take(manager, thing, "raise-to-unit", {"reason": REASON})
        thing = await take(self.cast.api("unit_specialist"), thing, "answer", {"answer": PLAN})
        strategy = "accept" if state == "to_accept" else "mitigate"
        thing = await take(manager, thing, "choose-strategy", {"strategy": strategy, "plan": PLAN})
        if state == "resources_asked":
            asked = {"resources": RESOURCES, "reason": REASON}
            return await take(manager, thing, "ask-resources", asked)
        if state == "with_head":
            return await take(manager, thing, "raise-to-head", {"reason": REASON})
        return thing

    async def send(self, api: Api, action: str, thing: Thing, said: str = "nothing") -> httpx.Response:
        """The request that the action is."""
        verb = action.partition(".")[2]
        if verb == "edit":
            return await api.patch(thing.path, thing.etag, {"cause": f"سبب معدل {next(_numbers)}"})
        granted = [{"number": number, "amount": 1} for number in (1, 2)]
        bodies: dict[str, dict[str, Any]] = {
            "assess": {"probability": 3, "impact": 3},
            "choose_strategy": {"strategy": "avoid", "plan": PLAN},
            "treat": {"what": PLAN},
            "ask_resources": {"resources": RESOURCES, "reason": REASON},
            "grant_resources": {"granted": granted},
            "answer": {"answer": PLAN},
            "occur": {"what": REASON},
            "close": {"lessons": LESSONS},
        }
        body = dict(bodies.get(verb, {"reason": REASON}))
        if said == "letter":
            body["decision"] = {
                "decided_by_id": str(self.cast.people["head"].id),
                "letter_number": "م و/٢١٧",
                "letter_date": clock.today().isoformat(),
            }
        return await api.step(f"{thing.path}/{verb.replace('_', '-')}", thing.etag, body)
