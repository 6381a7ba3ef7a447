"""Path runs and a stage of theirs, brought into each state through the service, and the requests that each action is."""

from typing import Any
from uuid import UUID

import httpx

from app import clock
from tests.api import Api
from tests.factories.path_runs import stage, verified
from tests.factories.path_templates import Drafting
from tests.role_matrix.cast import Cast
from tests.role_matrix.results import done
from tests.role_matrix.things import Thing, seen, take

RUN_STATES = ("running", "finished", "stopped")
STAGE_STATES = ("pending", "open", "done", "returned", "stopped")
RUN_ACTIONS = ("path_runs.stop",)
STAGE_ACTIONS = tuple(f"path_stages.{verb}" for verb in ("complete", "approve", "return", "skip", "reassign"))
REASON = "المبادرة الثالثة لا تحرك أي مؤشر، يرجى مراجعتها"
BODIES: dict[str, Any] = {
    "path_runs.stop": {"reason": REASON},
    "path_stages.return": {"reason": REASON, "to": "draft"},
    "path_stages.skip": {"reason": REASON},
    "path_stages.reassign": {"parties": [{"party": "planning"}], "reason": REASON},
}
GROUPS = [
    [stage("draft", "planning")],
    [verified("verify", "office", of=["draft"], outcomes=["done", "returned", "not_applicable"])],
    [stage("send", "office")],
]


class PathRuns:
    """Makes runs of this year, each by a template of its own, by real requests of entitled people."""

    def __init__(self, cast: Cast, drafting: Drafting) -> None:
        self.cast = cast
        self._drafting = drafting

    @classmethod
    async def of(cls, cast: Cast) -> "PathRuns":
        """With people of the entity who draft and approve templates."""
        drafting = await Drafting.at(
            cast.world, cast.entity, manager=cast.people["manager"], head=cast.people["head"]
        )
        return cls(cast, drafting)

    async def template(self, groups: Any = GROUPS) -> str:
        """An approved template of the entity, which walks each once a year."""
        return await self._drafting.approved(runs_on="entity", groups=groups)

    async def side_by_side(self, *parties: str) -> dict[str, UUID]:
        """Open stages of these parties in one run, by name (`heads_stage`); those who are there "on result" are assigned
        to the run."""
        groups = [[stage(party, party) for party in parties]]
        path = done(await self.start(self.cast.people["manager"].api, await self.template(groups))).headers
        await self.cast.assign_all(Thing(path["Location"], "").id)
        found = {f"{party}s_stage": await self._stage(path["Location"], party) for party in parties}
        return {name: Thing(where, "").id for name, where in found.items()}

    async def start(self, api: Api, template: str) -> httpx.Response:
        """The answer to starting a run of the entity by the template."""
        body = {
            "subject_id": str(self.cast.entity.id),
            "template_id": template.rpartition("/")[2],
            "year": clock.today().year,
        }
        return await api.create("/v1/path-runs", body)

    async def run(self, state: str) -> Thing:
        """A run in the state; those who are there "on result" are assigned to it."""
        manager = self.cast.people["manager"].api
        response = done(await self.start(manager, await self.template()))
        path = response.headers["Location"]
        await self.cast.assign_all(Thing(path, "").id)
        if state == "finished":
            for who, key in (
                ("division_member_planning", "draft"),
                ("manager", "verify"),
                ("manager", "send"),
            ):
                await self._take(path, who, key)
        if state == "stopped":
            await take(manager, await seen(manager, path), "stop", BODIES["path_runs.stop"])
        return await seen(manager, path)

    async def stage(self, state: str) -> Thing:
        """The stage `verify` of a run of its own, in the state."""
        manager = self.cast.people["manager"].api
        run = await self.run("running")
        where = await self._stage(run.path, "verify")
        if state != "pending":
            await self._take(run.path, "division_member_planning", "draft")
        if state == "done":
            await self._take(run.path, "specialist", "verify")
        if state == "returned":
            thing = await seen(manager, where)
            await take(manager, thing, "return", BODIES["path_stages.return"])
        if state == "stopped":
            await take(manager, await seen(manager, run.path), "stop", BODIES["path_runs.stop"])
        return await seen(manager, where)

    async def _take(self, run: str, who: str, key: str) -> None:
        where = await self._stage(run, key)
        api = self.cast.api(who)
        await take(api, await seen(api, where), "complete")

    async def _stage(self, run: str, key: str) -> str:
        said = done(await self.cast.people["manager"].api.get(run)).json()
        return next(f"/v1/path-stages/{each['id']}" for each in said["stages"] if each["key"] == key)


async def send(api: Api, action: str, thing: Thing, _: str = "nothing") -> httpx.Response:
    """The request that the action is."""
    verb = action.partition(".")[2]
    return await api.step(f"{thing.path}/{verb}", thing.etag, BODIES.get(action))
