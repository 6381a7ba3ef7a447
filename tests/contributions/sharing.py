"""A shared indicator: its owner, the entities that contribute to it, and the steps as their managers take them."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import httpx

from app.enums import IndicatorLevel
from tests.factories.world import Person, World
from tests.results.office import Office

WEIGHT = 20
REASON = "أعيد تنظيم الجهة ولم يعد هذا المجال من اختصاصها"


@dataclass(frozen=True)
class Sharing:
    """The owner with the whole, its first indicator, and each contributor with a special indicator."""

    world: World
    owner: Office
    contributors: tuple[Office, ...]

    @classmethod
    async def make(cls, world: World, contributors: int = 1, **traits: Any) -> "Sharing":
        """Offices that share nothing yet; `traits` are those of the contributors' indicators."""
        owner = await Office.make(world)
        others = [
            await Office.make(world, **{"level": IndicatorLevel.SPECIAL, **traits})
            for _ in range(contributors)
        ]
        return cls(world, owner, tuple(others))

    async def invite(
        self, contributor: Office, weight: float = WEIGHT, *, whole: UUID | None = None, **body: Any
    ) -> httpx.Response:
        """The answer to the invitation by the owner's manager."""
        return await invite(self.owner, contributor, weight, whole=whole, **body)

    async def invited(self, contributor: Office, weight: float = WEIGHT) -> str:
        """An invitation; returns its path."""
        answer = await self.invite(contributor, weight)
        assert answer.status_code == 201, answer.text
        return answer.headers["Location"]

    async def accepted(self, contributor: Office, weight: float = WEIGHT) -> str:
        """An accepted contribution by the contributor's first indicator; returns its path."""
        path = await self.invited(contributor, weight)
        await step(contributor.manager, path, "accept", {"indicator_id": str(contributor.indicator)})
        return path

    async def parts(self, period: str = "2024", person: Person | None = None) -> dict[str, Any]:
        """The parts of a period by the contributor's code, as the owner's manager (or another) reads them."""
        api = (person or self.owner.manager).api
        answer = await api.get(f"/v1/indicators/{self.owner.indicator}/contributions", period=period)
        assert answer.status_code == 200, answer.text
        return {item["contributor"]["code"]: item["part"] for item in answer.json()["items"]}


async def invite(
    owner: Office, contributor: Office, weight: float = WEIGHT, *, whole: UUID | None = None, **body: Any
) -> httpx.Response:
    """The answer to an invitation to an indicator of the owner, its first unless `whole` names another."""
    path = f"/v1/indicators/{whole or owner.indicator}"
    return await owner.manager.api.send(
        "POST",
        f"{path}/contributions",
        json={"contributor_id": str(contributor.entity.id), "weight": weight, **body},
        headers={
            "If-Match": await owner.manager.api.etag(path),
            "Idempotency-Key": uuid4().hex,
        },
    )


async def try_step(person: Person, path: str, verb: str, body: Any = None) -> httpx.Response:
    """The answer to a step on what the person sees now."""
    return await person.api.step(f"{path}/{verb}", await person.api.etag(path), body)


async def step(person: Person, path: str, verb: str, body: Any = None) -> httpx.Response:
    """A step that succeeds."""
    answer = await try_step(person, path, verb, body)
    assert answer.status_code == 200, answer.text
    return answer
