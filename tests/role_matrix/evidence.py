"""Evidence brought into each state through the service, and the requests that each action is."""

from itertools import count
from uuid import UUID, uuid4

import httpx

from tests.api import Api
from tests.role_matrix.cast import Cast
from tests.role_matrix.results import REASON, Result, Results, done
from tests.role_matrix.things import Thing, made, seen, take

STATES = (
    "awaiting_file",
    "submitted",
    "verified",
    "rejected",
    "withdrawn",
    "superseded",
    "under_review",
    "approved",
)
SUBJECTS = [
    *((state, ("internal", "open")[turn % 2]) for turn, state in enumerate(STATES)),
    ("submitted", "restricted"),
    ("approved", "restricted"),
]
"""Open and internal evidence are read alike: each state has one of the two."""
ACTIONS = tuple(
    f"evidence.{verb}" for verb in ("edit", "upload", "verify", "reject", "withdraw", "supersede")
)
TUS = {"Tus-Resumable": "1.0.0"}
_numbers = count(1)


def a_file() -> bytes:
    """A PDF like no other."""
    return b"%PDF-1.7\n%" + uuid4().hex.encode() + b"\n%%EOF\n"


def announcement(subject_id: UUID, classification: str = "internal") -> dict[str, str]:
    """What announces evidence about a result."""
    return {
        "subject_id": str(subject_id),
        "kind": "minutes",
        "title": "محضر لجنة متابعة المؤشرات",
        "classification": classification,
    }


class Evidences:
    """Makes evidence, each about a result of its own, by real requests of entitled people."""

    def __init__(self, cast: Cast, results: Results) -> None:
        self.cast = cast
        self.results = results

    async def announce(self, api: Api, result: Result, classification: str = "internal") -> Thing:
        """Evidence that waits for its file."""
        return made(await api.create("/v1/evidence", announcement(result.id, classification)))

    async def make(self, state: str, classification: str = "internal") -> Thing:
        """Evidence in the state, brought by the clerk, verified by the approver; to its result those are assigned who
        are there "on result"."""
        clerk, verifier = self.cast.clerk.api, self.cast.approver.api
        result = await self.results.make("draft")
        await self.cast.assign_all(result.id)
        thing = await self.announce(clerk, result, classification)
        if state == "awaiting_file":
            return thing
        thing = await upload(clerk, thing)
        if state in ("verified", "approved"):
            thing = await take(verifier, thing, "verify")
        if state == "rejected":
            return await take(verifier, thing, "reject", REASON)
        if state == "withdrawn":
            return await take(clerk, thing, "withdraw")
        if state == "superseded":
            await upload(clerk, made(await send(clerk, "evidence.supersede", thing)))
        if state in ("under_review", "approved"):
            steps = ((clerk, "submit"), (self.cast.reviewer.api, "review"), (verifier, "approve"))
            for api, verb in steps[: 1 if state == "under_review" else 3]:
                path = f"/v1/results/{result.id}"
                done(await api.step(f"{path}/{verb}", await api.etag(path)))
        return await seen(clerk, thing.path)


async def upload(api: Api, thing: Thing) -> Thing:
    """An upload that is known to be allowed; the evidence as it is then."""
    return Thing(thing.path, done(await send(api, "evidence.upload", thing)).headers["ETag"])


async def send(api: Api, action: str, thing: Thing, said: str = "nothing") -> httpx.Response:
    """The request that the action is."""
    verb = action.partition(".")[2]
    if verb == "edit":
        return await api.patch(thing.path, thing.etag, {"note": f"الجدول {next(_numbers)}"})
    if verb == "upload":
        headers = {"If-Match": thing.etag}
        return await api.send("PUT", f"{thing.path}/content", content=a_file(), headers=headers)
    body = REASON if verb in ("reject", "supersede") else None
    return await api.step(f"{thing.path}/{verb}", thing.etag, body, key=uuid4().hex)


async def begin_upload(api: Api, thing: Thing) -> httpx.Response:
    """The request for an upload in pieces."""
    return await api.send("POST", f"{thing.path}/uploads", headers={**TUS, "Upload-Length": "10"})


async def touch_upload(api: Api, path: str, method: str) -> httpx.Response:
    """A request to an upload, by its method."""
    if method != "patch":
        return await api.send(method.upper(), path, headers=TUS)
    headers = {**TUS, "Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"}
    return await api.send("PATCH", path, headers=headers, content=b"abc")
