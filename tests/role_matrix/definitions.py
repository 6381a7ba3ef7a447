"""Definitions brought into each state through the service, and the requests that each action is."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from uuid import UUID, uuid4

import httpx

from app.enums import Frequency, IndicatorLevel, Role, Tenure
from tests.api import Api
from tests.factories.world import LONG_AGO, Person
from tests.role_matrix.cast import Cast
from tests.role_matrix.results import REASON, done
from tests.role_matrix.things import Thing, made, seen, take

STATES = ("draft", "submitted", "confirmed", "active", "superseded", "discarded")
LEVELS = ("main", "vision")
ACTIONS = tuple(
    f"definitions.{verb}"
    for verb in ("edit", "submit", "withdraw", "discard", "confirm", "return", "activate")
)
COMPLETE = {
    "method_ar": "عدد العمانيين مقسومًا على إجمالي العاملين",
    "method_en": "Omanis divided by all workers",
    "formula_ar": "العمانيون ÷ العاملون × 100",
    "formula_en": "Omanis / workers x 100",
    "source": "المركز الوطني للإحصاء والمعلومات",
    "targets": [{"year": 2030, "kind": "value", "value": 40}],
}
FURTHER = {"reason": "حدّث المركز الوطني للإحصاء والمعلومات منهجية المسح"}
_numbers = count(1)


@dataclass(frozen=True)
class Hands:
    """Who drafts, confirms and activates what the people of the cast are then asked about."""

    author: Person
    confirmer: Person
    activator: Person


class Definitions:
    """Makes versions, each of an indicator of its own, by real requests of entitled people."""

    def __init__(self, cast: Cast, hands: dict[str, Hands]) -> None:
        self.cast = cast
        self.hands = hands

    async def indicator(self, level: str = "main", *, shared: bool | None = False) -> UUID:
        """An indicator in force, to which those are assigned who are there "on indicator"."""
        made = await self.cast.world.indicator(
            self.cast.entity,
            self.cast.in_charge,
            frequency=Frequency.MONTHLY,
            level=IndicatorLevel(level),
        )
        await self.cast.world.owner.execute("update indicators set shared = $2 where id = $1", made, shared)
        await self.cast.assign_to_indicator(made)
        return made

    async def draft(self, author: Api, indicator: UUID) -> Thing:
        """A further version that could be submitted as it is."""
        path = f"/v1/indicators/{indicator}"
        keyed = {"If-Match": await author.etag(path), "Idempotency-Key": uuid4().hex}
        drafted = made(await author.send("POST", f"{path}/definitions", json=FURTHER, headers=keyed))
        edited = done(await author.patch(drafted.path, drafted.etag, COMPLETE))
        return Thing(drafted.path, edited.headers["ETag"])

    async def make(self, state: str, level: str = "main") -> Thing:
        """A version in the state."""
        hands = self.hands[level]
        indicator = await self.indicator(level)
        first = await self.cast.world.owner.fetchval(
            "select definition_id from indicators where id = $1", indicator
        )
        thing = await self.draft(hands.author.api, indicator)
        if state == "draft":
            return thing
        if state == "discarded":
            return await take(hands.author.api, thing, "discard")
        for person, verb, reached in (
            (hands.author, "submit", "submitted"),
            (hands.confirmer, "confirm", "confirmed"),
            (hands.activator, "activate", "active"),
        ):
            thing = await take(person.api, thing, verb)
            if state == reached:
                return thing
        return await seen(hands.author.api, f"/v1/definitions/{first}")


async def hands(cast: Cast) -> dict[str, Hands]:
    """People beside those who are asked: of the office, and of UNIT."""
    world = cast.world
    activator = await world.user()
    until = datetime.now(UTC) + timedelta(days=30)
    await world.appoint(
        activator, Role.MANAGER, cast.entity, tenure=Tenure.ACTING, starts_at=LONG_AGO, ends_at=until
    )
    return {
        "main": Hands(
            await world.person(Role.SPECIALIST, cast.entity),
            await world.person(Role.SPECIALIST, cast.entity),
            activator,
        ),
        "vision": Hands(
            await world.person(Role.UNIT_EDITOR, cast.unit),
            await world.person(Role.UNIT_SPECIALIST, cast.unit),
            await world.person(Role.UNIT_SPECIALIST, cast.unit),
        ),
    }


async def send(
    api: Api, action: str, thing: Thing, said: str = "nothing", body: object = None
) -> httpx.Response:
    """The request that the action is."""
    verb = action.partition(".")[2]
    if verb == "edit":
        return await api.patch(thing.path, thing.etag, body or {"source": f"التقرير السنوي {next(_numbers)}"})
    return await api.step(f"{thing.path}/{verb}", thing.etag, body or (REASON if verb == "return" else None))
