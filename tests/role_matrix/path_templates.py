"""Path templates brought into each state through the service, and the requests that each action is."""

from itertools import count
from uuid import UUID, uuid4

import httpx

from app import clock
from tests.api import Api
from tests.factories.path_templates import Drafting, models
from tests.role_matrix.cast import Cast
from tests.role_matrix.results import REASON
from tests.role_matrix.things import Thing, seen

STATES = ("model", "draft", "submitted", "approved", "superseded", "discarded")
ACTIONS = tuple(
    f"path_templates.{verb}"
    for verb in ("edit", "submit", "withdraw", "discard", "new_version", "approve", "return")
)
_FURTHER = {"note": "طلبت الأمانة العامة لمجلس الوزراء مواعيد أبكر"}
_numbers = count(1)


class PathTemplates:
    """Makes versions, each of a template of its own, by real requests of entitled people beside the cast."""

    def __init__(self, cast: Cast, office: Drafting, model: UUID) -> None:
        self.cast = cast
        self.office = office
        self.model = model

    @classmethod
    async def of(cls, cast: Cast) -> "PathTemplates":
        """Of the entity of the cast; its acting head approves."""
        shipped = await models(cast.world)
        office = await Drafting.at(
            cast.world,
            cast.entity,
            manager=cast.people["manager"],
            head=cast.people["acting_head"],
        )
        return cls(cast, office, shipped["scorecard"])

    async def make(self, state: str) -> Thing:
        """A version in the state."""
        office = self.office
        match state:
            case "model":
                path = f"/v1/path-templates/{self.model}"
            case "draft":
                path = await office.drafted()
            case "submitted":
                path = await office.submitted()
            case "discarded":
                path = await office.drafted()
                await office.done(office.specialist, f"{path}/discard")
            case "superseded":
                path = await office.approved()
                following = await office.opened(path)
                await office.done(office.specialist, f"{following}/submit")
                await office.done(office.head, f"{following}/approve")
            case _:
                path = await office.approved()
        return await seen(office.specialist.api, path)

    async def send(self, api: Api, action: str, thing: Thing, said: str) -> httpx.Response:
        """The request that the action is."""
        verb = action.partition(".")[2].replace("_", "-")
        if verb == "edit":
            return await api.patch(thing.path, thing.etag, {"note": f"تعديل {next(_numbers)}"})
        if verb == "new-version":
            headers = {"If-Match": thing.etag, "Idempotency-Key": uuid4().hex}
            return await api.send("POST", f"{thing.path}/{verb}", json=_FURTHER, headers=headers)
        body: dict[str, object] = dict(REASON) if verb == "return" else {}
        if said == "letter":
            body["decision"] = {
                "decided_by_id": str(self.cast.people["head"].id),
                "letter_number": "١٢/٢٠٢٦",
                "letter_date": clock.today().isoformat(),
            }
        return await api.step(f"{thing.path}/{verb}", thing.etag, body or None)
