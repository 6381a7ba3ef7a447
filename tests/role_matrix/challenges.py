"""Challenges brought to each level through the service, and the requests that each action is."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID

import httpx

from app import clock
from app.enums import Role, Tenure
from tests.api import Api
from tests.factories.challenges import CHALLENGE, HOW, INSTRUCTIONS, REASON, SOLUTION
from tests.factories.world import LONG_AGO, Person
from tests.role_matrix.cast import Cast
from tests.role_matrix.results import done
from tests.role_matrix.things import Thing, made, take

STATES = (
    "open",
    "with_head",
    "with_committee",
    "with_body",
    "with_unit",
    "decided",
    "closed",
    "accepted",
)
ACTIONS = tuple(
    f"challenges.{verb}"
    for verb in (
        "edit",
        "record_attempt",
        "propose_solution",
        "withdraw_solution",
        "analyse_solution",
        "record_coordination",
        "escalate_to_head",
        "escalate_to_body",
        "decide",
        "record_answer",
        "pause",
        "resume",
        "close",
        "reopen",
    )
)
_numbers = count(1)


@dataclass(frozen=True)
class Hands:
    """Who brings to its level what the people of the cast are then asked about."""

    opener: Person
    manager: Person
    head: Person
    recorder: Person


async def hands(cast: Cast) -> Hands:
    """People beside those who are asked."""
    until = datetime.now(UTC) + timedelta(days=30)
    posts: list[Person] = []
    for post in (Role.MANAGER, Role.HEAD):
        person = await cast.world.user()
        await cast.world.appoint(
            person, post, cast.entity, tenure=Tenure.ACTING, starts_at=LONG_AGO, ends_at=until
        )
        posts.append(person)
    return Hands(
        await cast.world.person(Role.SPECIALIST, cast.entity),
        *posts,
        await cast.world.person(Role.HEAD_OFFICE, cast.entity),
    )


class Challenges:
    """Makes challenges about the indicator of the cast, by real requests of entitled people."""

    def __init__(self, cast: Cast, by: Hands, routes: dict[str, str]) -> None:
        self.cast = cast
        self.by = by
        self.routes = routes

    async def opened(self) -> Thing:
        """One of which UNIT has not been told."""
        body = {**CHALLENGE, "about_id": str(self.cast.main)}
        return made(await self.by.opener.api.create("/v1/challenges", body))

    async def with_head(self) -> Thing:
        """One that the head holds."""
        thing = await self.opened()
        today = clock.today().isoformat()
        for verb, body in (
            ("record-attempt", {"tried_on": today, "what": REASON}),
            ("propose-solution", SOLUTION),
            ("record-coordination", {"on": today, "with_whom": "مختص وحدة المتابعة"}),
            ("escalate-to-head", {"route_id": self.routes["office-to-head"], "reason": REASON}),
        ):
            thing = await take(self.by.manager.api, thing, verb, body)
        return thing

    async def make(self, state: str) -> Thing:
        """One in the state; in the office (`open`) it came back from the head, so that every way up is open."""
        thing = await self.with_head()
        if state == "with_head":
            return thing
        ruling: dict[str, Any] = {"reason": INSTRUCTIONS}
        if state == "with_committee":
            ruling |= {"ruling": "escalate", "route_id": self.routes["head-to-competent-committee"]}
        else:
            said = {"decided": "solve_here", "accepted": "close_as_accepted"}
            ruling["ruling"] = said.get(state, "return_with_instructions")
        thing = await take(self.by.head.api, thing, "decide", ruling)
        if state == "closed":
            return await take(self.by.manager.api, thing, "close", {"how": HOW})
        if state in ("with_body", "with_unit"):
            code = "office-to-unit" if state == "with_unit" else "office-to-ministry-of-finance"
            body = {"route_id": self.routes[code], "reason": REASON}
            thing = await take(self.by.manager.api, thing, "escalate-to-body", body)
        return thing

    async def send(self, api: Api, action: str, thing: Thing, said: str = "nothing") -> httpx.Response:
        """The request that the action is."""
        verb = action.partition(".")[2]
        if verb == "edit":
            return await api.patch(thing.path, thing.etag, {"cause": f"سبب معدل {next(_numbers)}"})
        today = clock.today().isoformat()
        letter = {"of": "وزارة المالية", "letter_number": "م م/٤١٢", "letter_date": today}
        bodies: dict[str, dict[str, Any]] = {
            "record_attempt": {"tried_on": today, "what": REASON},
            "propose_solution": SOLUTION,
            "withdraw_solution": {"number": 1, "reason": REASON},
            "analyse_solution": {"number": 1, "analysis": REASON, "recommended": True},
            "record_coordination": {"on": today, "with_whom": "مختص وحدة المتابعة"},
            "escalate_to_head": {"route_id": self.routes["office-to-head"], "reason": REASON},
            "escalate_to_body": {"route_id": self.routes["office-to-unit"], "reason": REASON},
            "decide": {"ruling": "return_with_instructions", "reason": INSTRUCTIONS},
            "record_answer": {"ruling": "solve_here", "reason": INSTRUCTIONS, "answer": letter},
            "close": {"how": HOW},
        }
        body = dict(bodies.get(verb, {"reason": REASON}))
        if said == "letter":
            body["decision"] = {
                "decided_by_id": str(self.cast.people["head"].id),
                "letter_number": "م و/٢١٧",
                "letter_date": today,
            }
        return await api.step(f"{thing.path}/{verb.replace('_', '-')}", thing.etag, body)


async def routes(api: Api) -> dict[str, str]:
    """The ids of the routes in force, by their codes."""
    tables = done(await api.get("/v1/escalation-routes")).json()["items"]
    found = done(await api.get(f"/v1/escalation-routes/{tables[0]['id']}")).json()
    return {route["code"]: str(UUID(route["id"])) for route in found["routes"]}
