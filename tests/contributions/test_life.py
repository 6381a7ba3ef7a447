"""The life of contributions, played at random by three offices against a model in plain Python.

Each office owns one special indicator, which can be a whole and a part. After every step the service must
agree with the model on every contribution, on how far each part has come, and on what can be certified.
"""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import httpx
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule

from app.enums import IndicatorLevel
from tests.contributions.sharing import REASON, invite
from tests.factories.world import Person, World
from tests.playing import Draw, Played, play
from tests.results.office import Figure, Office

OFFICES = (0, 1, 2)
PERIODS = ("2023", "2024")
WEIGHTS = (10, 45, 60, 100)
ONWARD = {None: "draft", "draft": "submitted", "submitted": "reviewed", "reviewed": "approved"}
STEPS = {
    # verb: (from, to, who answers for it)
    "edit": ({"invited"}, "invited", "owner"),
    "accept": ({"invited"}, "accepted", "contributor"),
    "refuse": ({"invited"}, "refused", "contributor"),
    "withdraw": ({"invited", "accepted"}, "withdrawn", "owner"),
    "leave": ({"accepted"}, "left", "contributor"),
    "explain": ({"accepted"}, "accepted", "either"),
}
STANDING = ("invited", "accepted")


@dataclass
class Contribution:
    """What the model knows of one contribution; offices go by their numbers."""

    owner: int
    contributor: int
    weight: int
    id: str
    state: str = "invited"
    version: int = 1
    explained: dict[str, str] = field(default_factory=dict)

    @property
    def path(self) -> str:
        return f"/v1/contributions/{self.id}"


@dataclass
class Model:
    """All contributions, the state of each office's figure of a period, and what was certified with it."""

    contributions: list[Contribution] = field(default_factory=list)
    figures: dict[tuple[int, str], str] = field(default_factory=dict)
    frozen: dict[tuple[int, str], set[tuple[str, int, bool, str | None]]] = field(default_factory=dict)

    def accepted(self, owner: int) -> list[Contribution]:
        return [c for c in self.contributions if c.owner == owner and c.state == "accepted"]

    def part(self, contribution: Contribution, period: str) -> str:
        state = self.figures.get((contribution.contributor, period))
        if state == "approved":
            return "approved"
        if state in ("submitted", "reviewed"):
            return "pending"
        return "explained" if period in contribution.explained else "missing"

    def refusal(self, owner: int, period: str) -> str | None:
        """Why the owner cannot certify its figure of a period."""
        parts = self.accepted(owner)
        if sum(part.weight for part in parts) > 100:
            return "weights_beyond_100"
        able = all(self.part(part, period) in ("approved", "explained") for part in parts)
        return None if able else "parts_missing"

    def closes_a_circle(self, contribution: Contribution) -> bool:
        above, pending = set(), [contribution.owner]
        while pending:
            office = pending.pop()
            above.add(office)
            pending += [
                c.owner
                for c in self.contributions
                if c.contributor == office and c.state == "accepted" and c.owner not in above
            ]
        return contribution.contributor in above


class Life(Played):
    """The machine: each rule is something that a person tries, rightly or not."""

    def __init__(self) -> None:
        super().__init__()
        self.model = Model()
        self.results: dict[tuple[int, str], Figure] = {}
        self.said = 0

    @initialize()
    def three_offices(self) -> None:
        self.offices = [self.wait_for(Office.make(self.world, level=IndicatorLevel.SPECIAL)) for _ in OFFICES]

    @rule(
        data=st.data(),
        deed=st.sampled_from(
            (
                "invite",
                "invite",
                "step",
                "step",
                "accept",
                "accept",
                "change",
                "change",
                "explain",
                "onward",
                "onward",
                "certify",
            )
        ),
    )
    def something_is_done(self, data: st.DataObject, deed: str) -> None:
        getattr(self, f"_{deed}")(data.draw)

    def _invite(self, draw: Draw) -> None:
        owner, contributor = draw(st.sampled_from(OFFICES)), draw(st.sampled_from(OFFICES))
        weight = draw(st.sampled_from(WEIGHTS))
        self.said += 1
        answer = self.wait_for(
            invite(self.offices[owner], self.offices[contributor], weight, message=f"دعوة {self.said}")
        )
        stands = any(
            (c.owner, c.contributor) == (owner, contributor) and c.state in STANDING
            for c in self.model.contributions
        )
        if owner == contributor:
            self._refused(answer, 422, "invalid")
        elif stands:
            self._refused(answer, 409, "already_exists")
        else:
            assert answer.status_code == 201, answer.text
            self.model.contributions.append(Contribution(owner, contributor, weight, answer.json()["id"]))

    def _accept(self, draw: Draw) -> None:
        waiting = [c for c in self.model.contributions if c.state == "invited"]
        if waiting:
            self._taken("accept", draw(st.sampled_from(waiting)), draw)

    def _explain(self, draw: Draw) -> None:
        standing = [c for c in self.model.contributions if c.state == "accepted"]
        if standing:
            self._taken("explain", draw(st.sampled_from(standing)), draw)

    def _change(self, draw: Draw) -> None:
        """Something that fits the state, other than the acceptance."""
        standing = [c for c in self.model.contributions if c.state in STANDING]
        if standing:
            contribution = draw(st.sampled_from(standing))
            verbs = {"invited": ("edit", "refuse", "withdraw"), "accepted": ("leave", "withdraw")}
            self._taken(draw(st.sampled_from(verbs[contribution.state])), contribution, draw)

    def _step(self, draw: Draw) -> None:
        """Anybody of the three offices tries any step."""
        if self.model.contributions:
            contribution = draw(st.sampled_from(self.model.contributions))
            self._taken(draw(st.sampled_from(sorted(STEPS))), contribution, draw, anybody=draw(st.booleans()))

    def _taken(
        self,
        verb: str,
        contribution: Contribution,
        draw: Draw,
        *,
        anybody: bool = False,
        period: str | None = None,
    ) -> None:
        sources, target, side = STEPS[verb]
        able = {
            "owner": {contribution.owner},
            "contributor": {contribution.contributor},
            "either": {contribution.owner, contribution.contributor},
        }[side]
        who = draw(st.sampled_from(OFFICES if anybody else sorted(able)))
        stale = draw(st.integers(0, 9)) == 9
        period, weight = period or draw(st.sampled_from(PERIODS)), draw(st.sampled_from(WEIGHTS))
        self.said += 1
        bodies = {
            "edit": {"weight": weight},
            "accept": {"indicator_id": str(self.offices[contribution.contributor].indicator)},
            "explain": {"period": period, "reason": f"سبب {self.said}"},
        }
        answer = self._sent(
            self.offices[who].manager,
            contribution,
            verb,
            bodies.get(verb, {"reason": REASON}),
            contribution.version - stale,
        )
        sees = contribution.state == "accepted" or who in (contribution.owner, contribution.contributor)
        if not sees:
            self._refused(answer, 404, "not_found")
        elif who not in able:
            self._refused(answer, 403, "forbidden")
        elif stale:
            self._refused(answer, 412, "stale")
        elif contribution.state not in sources:
            self._refused(answer, 409, "wrong_state")
        elif verb == "accept" and self.model.closes_a_circle(contribution):
            self._refused(answer, 409, "circle")
        elif verb == "explain" and self.model.part(contribution, period) in ("approved", "pending"):
            self._refused(answer, 409, "part_not_missing")
        else:
            assert answer.status_code == 200, answer.text
            contribution.state = target
            if verb == "edit":
                contribution.version += weight != contribution.weight
                contribution.weight = weight
            else:
                contribution.version += 1
            if verb == "explain":
                contribution.explained[period] = f"سبب {self.said}"

    def _sent(
        self, person: Person, contribution: Contribution, verb: str, body: Any, version: int
    ) -> httpx.Response:
        etag = f'"{version}.x"'
        if verb == "edit":
            return self.wait_for(person.api.patch(contribution.path, etag, body))
        return self.wait_for(person.api.step(f"{contribution.path}/{verb}", etag, body))

    def _onward(self, draw: Draw) -> None:
        """The figure of an office takes its next step, or several."""
        key = draw(st.sampled_from(OFFICES)), draw(st.sampled_from(PERIODS))
        for _ in range(draw(st.integers(1, 4))):
            self._next(*key)

    def _certify(self, draw: Draw) -> None:
        """A figure is brought before its manager, who tries; at times what is missing is explained first."""
        number, period = draw(st.sampled_from(OFFICES)), draw(st.sampled_from(PERIODS))
        while self.model.figures.get((number, period)) not in ("reviewed", "approved"):
            self._next(number, period)
        for part in self.model.accepted(number) if draw(st.booleans()) else ():
            if self.model.part(part, period) == "missing":
                self._taken("explain", part, draw, period=period)
        self._next(number, period)

    def _next(self, number: int, period: str) -> None:
        office, key = self.offices[number], (number, period)
        target = ONWARD.get(self.model.figures.get(key))
        if target == "draft":
            self.results[key] = self.wait_for(office.draft(period))
        elif target == "submitted":
            self.wait_for(office.submit(self.results[key]))
        elif target == "reviewed":
            self.wait_for(office.review(self.results[key]))
        elif target == "approved":
            refusal = self.model.refusal(number, period)
            answer = self.wait_for(office.manager.api.step(f"{self.results[key].path}/approve", '"3.x"'))
            if refusal is not None:
                self._refused(answer, 409, refusal)
                return
            assert answer.status_code == 200, answer.text
            self.model.frozen[key] = {
                (
                    part.id,
                    part.weight,
                    state == "approved",
                    part.explained.get(period) if state != "approved" else None,
                )
                for part in self.model.accepted(number)
                for state in [self.model.part(part, period)]
            }
        if target is not None:
            self.model.figures[key] = target

    def _refused(self, answer: httpx.Response, status: int, code: str) -> None:
        assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text

    @invariant()
    def the_service_agrees(self) -> None:
        if hasattr(self, "offices"):
            self.wait_for(self._compare())

    async def _compare(self) -> None:
        for number, office in enumerate(self.offices):
            await self._compare_contributions(number, office)
            inbox = (await office.manager.api.get("/v1/inbox")).json()["items"]
            assert {item["subject_id"] for item in inbox if item["kind"] == "contribution"} == {
                c.id for c in self.model.contributions if c.contributor == number and c.state == "invited"
            }
        await self._compare_certified()
        await self._check_the_tables()

    async def _compare_contributions(self, number: int, office: Office) -> None:
        for period in PERIODS:
            items = (
                await office.manager.api.get(
                    f"/v1/indicators/{office.indicator}/contributions", period=period, limit=200
                )
            ).json()["items"]
            found = {
                item["id"]: (
                    item["state"],
                    item["weight"],
                    item["version"],
                    item["part"] and (item["part"]["state"], item["part"]["absence"]),
                )
                for item in items
            }
            expected = {}
            for c in self.model.contributions:
                if c.owner == number:
                    state = self.model.part(c, period)
                    part = (state, c.explained[period] if state == "explained" else None)
                    expected[c.id] = (c.state, c.weight, c.version, part if c.state == "accepted" else None)
            assert found == expected

    async def _compare_certified(self) -> None:
        for (number, period), state in self.model.figures.items():
            figure = self.results[number, period]
            seen = (await self.offices[number].manager.api.get(figure.path)).json()
            assert seen["state"] == state
            if state == "reviewed":
                offered = "results.approve" in seen["actions"]
                assert offered == (self.model.refusal(number, period) is None)
            rows = await self.world.owner.fetch("select * from result_parts where result_id = $1", figure.id)
            assert {
                (
                    str(row["contribution_id"]),
                    row["weight"],
                    row["part_result_id"] is not None,
                    row["absence"],
                )
                for row in rows
            } == self.model.frozen.get((number, period), set())
            assert len(seen["parts"]) == len(rows)
            assert sum(row["weight"] for row in rows) <= 100

    async def _check_the_tables(self) -> None:
        """What must hold whatever the model says: one standing contribution for each pair, and no circle."""
        entities: list[UUID] = [office.entity.id for office in self.offices]
        doubled = await self.world.owner.fetchval(
            "select count(*) from (select from contributions where entity_id = any($1)"
            " and state in ('invited', 'accepted') group by indicator_id, contributor_id having count(*) > 1) d",
            entities,
        )
        circles = await self.world.owner.fetchval(
            """
            with recursive above as (
                select part_id as start, indicator_id as reached from contributions
                where state = 'accepted' and entity_id = any($1)
                union
                select a.start, c.indicator_id from above a
                join contributions c on c.part_id = a.reached and c.state = 'accepted'
            )
            select count(*) from above where start = reached
            """,
            entities,
        )
        assert (doubled, circles) == (0, 0)


async def test_contributions_live_as_the_guide_says(world: World) -> None:
    await play(Life, world, runs=8)
    # The walk must have met what it is about.
    codes = await world.owner.fetch("select distinct action from events")
    assert {f"contributions.{verb}" for verb in ("invite", *STEPS)} <= {row["action"] for row in codes}
    kinds = await world.owner.fetch("select distinct absence is null as figure from result_parts")
    assert {row["figure"] for row in kinds} == {True, False}
