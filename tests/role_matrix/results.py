"""Results brought into each state through the service, and the requests that each action is."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import product
from uuid import UUID

import httpx

from app import clock
from tests.api import Api
from tests.factories.world import Person
from tests.role_matrix.cast import Cast

STATES = (
    "draft",
    "submitted",
    "reviewed",
    "approved",
    "asked",
    "reopened",
    "corrected",
    "published",
    "discarded",
)
CLASSIFICATIONS = ("open", "internal", "restricted")
SUBJECTS = [pair for pair in product(CLASSIFICATIONS, STATES) if pair != ("restricted", "published")]
REASON = {"reason": "القيمة لا تطابق التقرير السنوي"}
ASKED = {
    "reason": "نشر المركز الوطني للإحصاء قيمة معدّلة",
    "expires_on": (clock.today() + timedelta(days=30)).isoformat(),
}
TRANSITIONS = ("submit", "withdraw", "discard", "review", "approve", "return", "correct")


@dataclass(frozen=True)
class Result:
    """A result in some state: where it is, and under which ETag it is to be changed."""

    path: str
    etag: str

    @property
    def id(self) -> UUID:
        """Its id."""
        return UUID(self.path.rpartition("/")[2])


class Results:
    """Makes results, each of a month of its own, by real requests of entitled people."""

    def __init__(self, cast: Cast) -> None:
        self.cast = cast
        self._months: defaultdict[UUID, Iterator[str]] = defaultdict(_months)

    def period(self, indicator: UUID) -> str:
        """A month that has no figure yet."""
        return next(self._months[indicator])

    async def make(
        self,
        state: str,
        classification: str = "internal",
        indicator: UUID | None = None,
        *,
        clerk: Person | None = None,
        reviewer: Person | None = None,
        approver: Person | None = None,
        period: str | None = None,
    ) -> Result:
        """A result in the state, entered by `clerk`, reviewed by `reviewer` and approved by `approver`; of
        a month that has none yet unless `period` says of which."""
        people, cast = self.cast.people, self.cast
        enters, reviews = (clerk or cast.clerk).api, (reviewer or cast.reviewer).api
        approves = (approver or cast.approver).api
        indicator = indicator or cast.main
        draft = done(
            await enters.create(
                f"/v1/indicators/{indicator}/results",
                {"period": period or self.period(indicator), "value": 35.4, "classification": classification},
            )
        )
        result = Result(draft.headers["Location"], draft.headers["ETag"])
        if state == "discarded":
            return await take(enters, result, "discard")
        if state == "draft":
            return result
        result = await take(enters, result, "submit")
        if state == "submitted":
            return result
        result = await take(reviews, result, "review")
        if state == "reviewed":
            return result
        result = await take(approves, result, "approve")
        if state == "published":  # nobody can publish yet: the owner of the tables does
            await cast.world.owner.execute(
                "update results set published_at = approved_at where id = $1", result.id
            )
        if state in ("asked", "reopened", "corrected"):
            asked = done(
                await cast.api("manager").send(
                    "POST",
                    f"{result.path}/reopenings",
                    json=ASKED,
                    headers={"If-Match": result.etag, "Idempotency-Key": f"ask-{result.id}"},
                )
            )
            if state != "asked":
                grantor = people["head" if indicator == cast.main else "unit_editor"].api
                done(await grantor.step(f"{asked.headers['Location']}/grant", asked.headers["ETag"]))
            result = Result(result.path, await cast.api("manager").etag(result.path))
        if state == "corrected":
            made = done(await enters.step(f"{result.path}/correct", result.etag))
            later = Result(made.headers["Location"], made.headers["ETag"])
            edited = done(await enters.patch(later.path, later.etag, {"value": 36.1}))
            later = Result(later.path, edited.headers["ETag"])
            for actor, step in ((enters, "submit"), (reviews, "review"), (approves, "approve")):
                later = await take(actor, later, step)
            result = Result(result.path, await cast.api("manager").etag(result.path))
        return result


async def send(api: Api, action: str, result: Result, body: object = None) -> httpx.Response:
    """The request that the action is."""
    verb = action.partition(".")[2]
    if action == "results.read":
        return await api.get(result.path)
    if action == "results.history":
        return await api.get(f"{result.path}/history")
    if action == "results.edit":
        return await api.patch(result.path, result.etag, body or {"value": 36.2})
    if action == "reopenings.ask":
        headers = {"If-Match": result.etag, "Idempotency-Key": f"matrix-{result.id}"}
        return await api.send("POST", f"{result.path}/reopenings", json=body or ASKED, headers=headers)
    assert verb in TRANSITIONS, action
    return await api.step(
        f"{result.path}/{verb}", result.etag, body or (REASON if verb == "return" else None)
    )


async def take(api: Api, result: Result, verb: str, body: object = None) -> Result:
    """Take a step that is known to be allowed; the result as it is then."""
    response = done(await send(api, f"results.{verb}", result, body))
    return Result(result.path, response.headers["ETag"])


def done(response: httpx.Response) -> httpx.Response:
    """The response, which must have been a success."""
    assert response.is_success, f"{response.request.method} {response.request.url.path}: {response.text}"
    return response


def _months() -> Iterator[str]:
    return (f"{year}-{month:02}" for year, month in product(range(1975, 2026), range(1, 13)))
