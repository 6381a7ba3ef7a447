"""A ministry with an indicator, a definition, a contribution and an obligation in every state, and another
ministry that contributes to one of them."""

from dataclasses import dataclass
from uuid import UUID, uuid4

from app.enums import DivisionFunction, IndicatorLevel, Role
from tests.contributions.sharing import REASON
from tests.definitions.ministry import COMPLETE, Ministry
from tests.factories.calendar import know_holidays, scheduled
from tests.factories.world import Person, World
from tests.obligations.owing import CLOSED, OPEN, around, last_year, priority

WEIGHT = 20


@dataclass(frozen=True)
class Ground:
    """What the paths of the tables name, and by whom each is asked."""

    world: World
    ministry: Ministry
    people: dict[str, Person]
    names: dict[str, str]

    @classmethod
    async def make(cls, world: World) -> "Ground":
        """Everything that a path can name."""
        await know_holidays(world)
        ministry, other = await Ministry.make(world), await Ministry.make(world)
        people = {
            "specialist": ministry.drafter,
            "confirmer": ministry.specialist,
            "enterer": ministry.enterer,
            "manager": ministry.manager,
            "head": ministry.head,
            "editor": ministry.editor,
            "contributor": other.manager,
            "stranger": await world.person(Role.MANAGER, await world.entity()),
        }
        names = {"entity": str(ministry.entity.id), "other": str(other.entity.id), "unknown": str(uuid4())}
        names |= {"head": str(ministry.head.id), "executing": str(ministry.executing.id)}
        planning = await world.division(ministry.entity, DivisionFunction.PLANNING)
        names |= {"planning": str(planning.id), "priority": str(await priority(world))}
        ground = cls(world, ministry, people, names)
        await ground._define(other)
        await ground._share(other)
        await ground._owe()
        names["holiday"] = str(await world.owner.fetchval("select id from holidays order by day limit 1"))
        return ground

    async def _define(self, other: Ministry) -> None:
        """An indicator in each state, and a second version of a definition in each."""
        ministry, names = self.ministry, self.names
        drafted = await ministry.drafted()
        names["drafted"], names["first_draft"] = str(drafted.id), _id(drafted.definition)
        foreign = await other.drafted()
        names["foreign_drafted"], names["foreign_definition"] = str(foreign.id), _id(foreign.definition)
        retired = await ministry.active()
        await ministry.done(ministry.manager, f"{retired.path}/retire", {"reason": REASON})
        names["retired"] = str(retired.id)
        for state in ("draft", "submitted", "confirmed", "returned", "discarded", "superseded"):
            active = await ministry.active(frequency="monthly" if state == "draft" else "annual")
            names[f"of_{state}"] = str(active.id)
            second = await ministry.opened(active.path)
            await ministry.edited(
                second, method_en="Omanis / residents", targets=[*COMPLETE["targets"], _LAST]
            )
            for verb, person in _WAYS[state]:
                body = {"reason": REASON} if verb == "return" else None
                await ministry.done(person(ministry), f"{second}/{verb}", body)
            names[state] = _id(second)
        names["active"] = names["of_superseded"]
        vision = await self.world.indicator(ministry.entity, level=IndicatorLevel.VISION)
        names["vision"] = str(vision)

    async def _share(self, other: Ministry) -> None:
        """A contribution in each state; the whole of each is an indicator of its own."""
        world, ministry, names = self.world, self.ministry, self.names
        part = await world.indicator(other.entity, other.executing, level=IndicatorLevel.SPECIAL)
        names["part"], names["main_part"] = str(part), str(await world.indicator(other.entity))
        for state in ("invited", "refused", "accepted", "left", "withdrawn"):
            whole = f"/v1/indicators/{await world.indicator(ministry.entity, ministry.executing)}"
            answer = await ministry.manager.api.send(
                "POST",
                f"{whole}/contributions",
                json={"contributor_id": names["other"], "weight": WEIGHT},
                headers={
                    "If-Match": await ministry.manager.api.etag(whole),
                    "Idempotency-Key": uuid4().hex,
                },
            )
            assert answer.status_code == 201, answer.text
            path = answer.headers["Location"]
            accepting = {"indicator_id": names["part"]}
            for verb, person, body in {
                "invited": (),
                "refused": (("refuse", other.manager, {"reason": REASON}),),
                "accepted": (("accept", other.manager, accepting),),
                "left": (("accept", other.manager, accepting), ("leave", other.manager, {"reason": REASON})),
                "withdrawn": (("withdraw", ministry.manager, {"reason": REASON}),),
            }[state]:
                await ministry.done(person, f"{path}/{verb}", body)
            names[state], names[f"whole_of_{state}"] = _id(path), _id(whole)

    async def _owe(self) -> None:
        """Obligations of every kind, and an indicator whose schedule made its own."""
        world, ministry, names = self.world, self.ministry, self.names
        for name, days in (("closed", CLOSED), ("due", OPEN), ("excused", OPEN)):
            indicator = await world.indicator(ministry.entity, ministry.executing)
            owed = await world.obligation(indicator, ministry.entity, last_year(), **around(*days))
            names[name], names[f"owing_{name}"] = str(owed), str(indicator)
        await ministry.done(ministry.head, f"/v1/obligations/{names['excused']}/excuse", {"reason": REASON})
        scheduled_one = await world.indicator(ministry.entity, ministry.executing)
        await scheduled(ministry.manager, scheduled_one)
        names["scheduled"] = str(scheduled_one)

    def path(self, path: str) -> str:
        """A path of the tables, below /v1."""
        return "/v1/" + path.format(**self.names)


_LAST = {
    "year": 2040,
    "kind": "band",
    "value": 40,
    "value_max": 45,
    "outer_min": 30,
    "source": "وثيقة الرؤية",
}
_SUBMITTED = (("submit", lambda ministry: ministry.drafter),)
_CONFIRMED = (*_SUBMITTED, ("confirm", lambda ministry: ministry.specialist))
_WAYS = {
    "draft": (),
    "submitted": _SUBMITTED,
    "confirmed": _CONFIRMED,
    "returned": (*_CONFIRMED, ("return", lambda ministry: ministry.manager)),
    "discarded": (("discard", lambda ministry: ministry.drafter),),
    "superseded": (*_CONFIRMED, ("activate", lambda ministry: ministry.manager)),
}
"""What brings the second version where it is; the last makes the first one superseded."""


def _id(path: str) -> str:
    return str(UUID(path.rpartition("/")[2]))
