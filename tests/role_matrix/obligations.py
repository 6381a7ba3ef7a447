"""Obligations brought into each state through the service, and the requests that each action is."""

from datetime import UTC, datetime
from uuid import UUID, uuid4

import httpx

from app import clock
from app.enums import Frequency, IndicatorLevel
from tests.api import Api
from tests.role_matrix.cast import Cast
from tests.role_matrix.contributions import Contributions
from tests.role_matrix.definitions import Definitions
from tests.role_matrix.results import ASKED, REASON, Results, done
from tests.role_matrix.things import Thing, made, seen, take

STATES = ("open", "closed", "closed_asked", "complete", "excused")
LEVELS = ("main", "scorecard")
ACTIONS = ("obligations.ask_reopening", "obligations.excuse", "obligations.reinstate")
WINDOWS = {"opens_after": 1, "due_after": 10, "late_for": 10, "closes_after": 20}
"""Together longer than a month: the last month that is over, or the one before it, can be entered."""


class Obligations:
    """Makes what is due, each of an indicator of its own."""

    def __init__(
        self, cast: Cast, definitions: Definitions, contributions: Contributions, results: Results
    ) -> None:
        self.cast = cast
        self.manager = definitions.hands["main"].activator
        self.contributions = contributions
        self.results = results
        self.of: dict[UUID, tuple[UUID, str]] = {}
        """The indicator and the period of each."""

    async def indicator(self, level: str = "main") -> UUID:
        """A monthly indicator whose figures are due since last year, entered by the division in charge."""
        today = clock.today()
        indicator = await self.cast.world.indicator(
            self.cast.entity,
            self.cast.in_charge,
            frequency=Frequency.MONTHLY,
            level=IndicatorLevel.VISION if level == "vision" else IndicatorLevel.MAIN,
            in_scorecard=level == "scorecard",
        )
        sets = self.manager.api if level == "main" else self.cast.api("unit_editor")
        path = f"/v1/indicators/{indicator}"
        body = {"frequency": "monthly", "starts_on": f"{today.year - 1}-01-01", **WINDOWS}
        keyed = {"If-Match": await sets.etag(path), "Idempotency-Key": uuid4().hex}
        done(await sets.send("POST", f"{path}/schedules", json=body, headers=keyed))
        return indicator

    async def make(self, state: str, level: str = "main") -> Thing:
        """An obligation in the state."""
        indicator = await self.indicator(level)
        if state == "shared":
            await self.contributions.make("accepted", indicator)
        thing = await self._due(indicator, closed=state.startswith("closed") or state == "shared")
        if state == "complete":
            await self.results.make("approved", indicator=indicator, period=self.of[thing.id][1])
        if state == "excused":
            await self.cast.world.owner.execute(
                "update obligations set excused_at = $2, excused_by_id = $3, excuse = $4 where id = $1",
                thing.id,
                datetime.now(UTC),
                self.cast.people["head"].id,
                REASON["reason"],
            )
        if state in ("closed_asked", "closed_granted", "closed_used"):
            reopening = await self.reopening(thing)
            if state != "closed_asked":
                await take(self.cast.api("head" if level == "main" else "unit_editor"), reopening, "grant")
            if state == "closed_used":
                entered = made(await self.enter(self.cast.clerk.api, thing))
                await take(self.cast.clerk.api, entered, "discard")
        return await seen(self.manager.api, thing.path)

    async def reopening(self, thing: Thing, asks: Api | None = None) -> Thing:
        """Leave to enter, asked for."""
        return made(await self.send(asks or self.manager.api, "obligations.ask_reopening", thing, "nothing"))

    async def enter(self, api: Api, thing: Thing) -> httpx.Response:
        """Enter the figure that is due."""
        indicator, period = self.of[thing.id]
        return await api.create(f"/v1/indicators/{indicator}/results", {"period": period, "value": 35.4})

    async def send(self, api: Api, action: str, thing: Thing, said: str) -> httpx.Response:
        """The request that the action is; `said` is what goes with it."""
        verb = action.partition(".")[2]
        if verb == "ask_reopening":
            keyed = {"If-Match": thing.etag, "Idempotency-Key": uuid4().hex}
            return await api.send("POST", f"{thing.path}/reopenings", json=ASKED, headers=keyed)
        letter = {
            "decided_by_id": str(self.cast.people["head"].id),
            "letter_number": "١٢/٢٠٢٦",
            "letter_date": clock.today().isoformat(),
        }
        body = {**REASON, **({"decision": letter} if said == "letter" else {})}
        return await api.step(f"{thing.path}/{verb}", thing.etag, body)

    async def _due(self, indicator: UUID, *, closed: bool) -> Thing:
        """The last month that is closed, or the first that can be entered."""
        due = await self.cast.world.owner.fetch(
            "select id, period from obligations where indicator_id = $1 and (closes_on < $2) = $3 "
            "order by period_start",
            indicator,
            clock.today(),
            closed,
        )
        chosen = due[-1 if closed else 0]
        self.of[chosen["id"]] = (indicator, chosen["period"])
        return await seen(self.manager.api, f"/v1/obligations/{chosen['id']}")
