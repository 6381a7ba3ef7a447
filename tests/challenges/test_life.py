"""The life of a challenge, played at random by the people of an office against a model in plain Python.

After every step the service must agree with the model, and the promises of escalation must hold in the rows themselves:
no level is left out but by a rule of the routing table, nobody decides what they do not hold, the clock never runs
backwards, exactly one level holds what is open, and what has ended waits for nobody.
"""

import itertools
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule

from app import clock
from app.tokens import Claims
from tests.api import Api
from tests.factories.challenges import HOW, INSTRUCTIONS, REASON, SOLUTION, Bureau
from tests.factories.world import Person, World
from tests.playing import Draw, Played, play

PEOPLE = ("manager", "specialist", "enterer", "head", "head_office", "unit")
STATE_AT = {
    "office": "open",
    "head": "with_head",
    "committee": "with_committee",
    "body": "with_body",
    "unit": "with_unit",
}
HOLDERS = {
    "office": ("manager",),
    "head": ("head",),
    "committee": ("head_office", "head"),
    "body": ("head_office", "head"),
    "unit": ("unit",),
    None: (),
}
IN_OFFICE = ("open", "decided")
STATES = {
    "record-attempt": IN_OFFICE,
    "propose-solution": IN_OFFICE,
    "record-coordination": IN_OFFICE,
    "escalate-to-head": IN_OFFICE,
    "escalate-to-body": IN_OFFICE,
    "decide": ("with_head", "with_unit"),
    "record-answer": ("with_committee", "with_body"),
    "pause": (*IN_OFFICE, "with_head", "with_unit", "with_committee", "with_body"),
    "resume": (*IN_OFFICE, "with_head", "with_unit", "with_committee", "with_body"),
    "close": IN_OFFICE,
    "reopen": ("closed", "accepted"),
}
WRITERS = {
    "record-attempt": ("manager", "specialist", "enterer"),
    "propose-solution": ("manager", "specialist", "enterer"),
    "record-coordination": ("manager", "specialist"),
    "escalate-to-head": ("manager",),
    "escalate-to-body": ("manager",),
    "record-answer": ("head_office", "head"),
    "close": ("manager",),
    "reopen": ("manager", "head"),
}
RULINGS = ("solve_here", "return_with_instructions", "escalate", "close_as_accepted")
ONWARD = {
    "open": (
        ("manager", "escalate-to-head"),
        ("manager", "escalate-to-head"),
        ("manager", "escalate-to-body"),
        ("manager", "escalate-to-body"),
        ("manager", "close"),
    ),
    "decided": (("manager", "close"), ("manager", "escalate-to-body"), ("head", "close")),
    "with_head": (("head", "decide"), ("head_office", "decide")),
    "with_unit": (("unit", "decide"),),
    "with_committee": (("head_office", "record-answer"),),
    "with_body": (("head_office", "record-answer"),),
    "closed": (("manager", "reopen"),),
    "accepted": (("manager", "reopen"), ("head", "reopen")),
}


REACHED: set[str] = set()
"""The states that the play came to: all of them, or it would show little."""


def later(day: date, working_days: int) -> date:
    """The day so many working days after: Friday and Saturday are none."""
    while working_days:
        day += timedelta(days=1)
        working_days -= day.isoweekday() not in (5, 6)
    return day


@dataclass
class Model:
    """What escalation promises, told once more and independently of the service."""

    opener: str
    day: date
    due: date
    level: str | None = "office"
    state: str = "open"
    version: int = 1
    stay: int = 1
    attempts: int = 0
    solutions: int = 0
    coordinated: bool = False
    with_head_before: bool = False
    unit_knows: bool = False
    paused_on: date | None = None
    barred: set[str] = field(default_factory=set)
    ways: dict[str, dict[str, Any]] = field(default_factory=dict)

    def sees(self, who: str) -> bool:
        """UNIT sees it once it was coordinated with it, or escalated to it."""
        return who != "unit" or self.unit_knows

    def entitled(self, who: str, verb: str) -> str:
        """`self`, `records` for the head, `exceptional`, or the code of the refusal."""
        named = WRITERS.get(verb, HOLDERS[self.level] or ("manager",))
        if verb == "decide" and self.level not in ("head", "unit"):
            named = ("head", "unit")
        control = verb in ("decide", "close") and self.level is not None
        if who in named:
            if not (control and who in self.barred):
                return "self"
            refusal = "four_eyes"
        elif who == "head_office" and "head" in named and verb in ("decide", "pause", "resume", "reopen"):
            return "records"
        else:
            refusal = "forbidden"
        if verb == "close" and self.level == "office" and "manager" in self.barred:
            if who == "head" and "head" not in self.barred:
                return "exceptional"
            if who == "head_office":
                return "records"
        return refusal

    def fitting(self) -> list[dict[str, Any]]:
        """The routes of the table by which it may go up from here."""
        return [
            way
            for way in self.ways.values()
            if way["from_level"] == self.level and (self.with_head_before or not way["after_head"])
        ]

    def ready(self, *, for_head: bool = False) -> bool:
        """Everything that goes up with it is there."""
        return bool(self.attempts and self.solutions and (self.coordinated or not for_head))


class Life(Played):
    """The machine: each rule is something that a person tries, rightly or not."""

    def __init__(self) -> None:
        super().__init__()
        self.model: Model | None = None
        self.people: dict[str, Person] = {}
        self.now = datetime(2026, 3, 1, 6, tzinfo=UTC)
        self.patch = pytest.MonkeyPatch()
        self.patch.setattr(clock, "now", lambda: self.now)

    def teardown(self) -> None:
        self.patch.undo()

    @initialize(
        data=st.data(),
        opener=st.sampled_from(("manager", "specialist", "enterer")),
        ready=st.sampled_from((True, True, False)),
    )
    def a_challenge(self, data: st.DataObject, opener: str, ready: bool) -> None:
        self.wait_for(self._opened(opener))
        for verb in ("record-attempt", "propose-solution", "record-coordination") if ready else ():
            self.taken("manager", verb, data.draw)

    async def _opened(self, opener: str) -> None:
        self.bureau = await Bureau.make(self.world)
        self.people = {name: getattr(self.bureau, name) for name in PEOPLE}
        self.path = await self.bureau.opened(self.people[opener])
        table = (await self.bureau.manager.api.get("/v1/escalation-routes")).json()["items"][0]
        routes = (await self.bureau.manager.api.get(f"/v1/escalation-routes/{table['id']}")).json()["routes"]
        today = clock.day(self.now)
        self.office_limit: int = table["office_limit"]
        self.model = Model(opener, today, later(today, self.office_limit), barred={opener})
        self.model.ways = {way["id"]: way for way in routes}

    @rule(
        data=st.data(),
        deed=st.sampled_from(("step", "onward", "onward", "onward", "write", "clock")),
        days=st.integers(0, 12),
    )
    def something_is_done(self, data: st.DataObject, deed: str, days: int) -> None:
        self.now += timedelta(days=days)
        getattr(self, f"_{deed}")(data.draw)

    def _step(self, draw: Draw) -> None:
        """Anybody tries anything."""
        self.taken(draw(st.sampled_from(PEOPLE)), draw(st.sampled_from(sorted(STATES))), draw)

    def _onward(self, draw: Draw) -> None:
        """What leads on, by somebody who may."""
        assert self.model is not None
        verbs = [
            (who, verb)
            for who, verb in ONWARD[self.model.state]
            if verb != "escalate-to-body" or self.model.with_head_before
        ]
        self.taken(*draw(st.sampled_from(verbs)), draw, wisely=True)

    def _write(self, draw: Draw) -> None:
        """The office makes it ready."""
        verbs = ("record-attempt", "propose-solution", "record-coordination")
        self.taken("manager", draw(st.sampled_from(verbs)), draw)

    def _clock(self, draw: Draw) -> None:
        """Whoever holds it stops the clock, or lets it run."""
        assert self.model is not None
        who = draw(st.sampled_from(HOLDERS[self.model.level] or PEOPLE))
        self.taken(who, "pause" if self.model.paused_on is None else "resume", draw)

    def taken(self, who: str, verb: str, draw: Draw, *, wisely: bool = False) -> None:
        """`wisely`: by a route that fits, where there is one."""
        m = self.model
        assert m is not None
        body: dict[str, Any] = {"reason": REASON}
        ruling = None
        if verb == "record-attempt":
            body = {"tried_on": clock.day(self.now).isoformat(), "what": REASON}
        elif verb == "propose-solution":
            body = dict(SOLUTION)
        elif verb == "record-coordination":
            body = {"on": clock.day(self.now).isoformat(), "with_whom": "مختص وحدة المتابعة"}
        elif verb == "close":
            body = {"how": HOW}
        elif verb in ("decide", "record-answer"):
            ruling = draw(st.sampled_from(RULINGS))
            body = {"ruling": ruling, "reason": INSTRUCTIONS}
        way = None
        if verb in ("escalate-to-head", "escalate-to-body") or ruling == "escalate":
            fitting = [
                each for each in m.fitting() if (each["to_level"] == "head") == (verb == "escalate-to-head")
            ]
            among = fitting if wisely and fitting else m.ways.values()
            way = draw(st.sampled_from(sorted(among, key=lambda each: str(each["code"]))))
            body["route_id"] = way["id"]
        if verb == "record-answer":
            body["answer"] = {**self.bureau.answer(), "letter_date": clock.day(self.now).isoformat()}
        right = m.entitled(who, verb)
        if right == "records":
            body["decision"] = {**self.bureau.letter(), "letter_date": clock.day(self.now).isoformat()}
        answer = self.wait_for(self.api(who).step(f"{self.path}/{verb}", f'"{m.version}.whatever"', body))
        status, code = self.deserved(who, verb, right, way)
        said = None if answer.status_code == 200 else answer.json()["code"]
        assert (answer.status_code, said) == (status, code), (who, verb, m, answer.text)
        if status == 200:
            self.happened(who, verb, right, ruling, way, answer)

    def api(self, who: str) -> Api:
        """A client in the person's name, signed in at the moment that is played."""
        person = self.people[who]
        return person.api.as_(self.world.keys.issue(Claims(person.id, person.session_id), 3600))

    def deserved(self, who: str, verb: str, right: str, way: dict[str, Any] | None) -> tuple[int, str | None]:
        m = self.model
        assert m is not None
        if not m.sees(who):
            return 404, "not_found"
        if right in ("forbidden", "four_eyes"):
            return 403, right
        if m.state not in STATES[verb]:
            return 409, "wrong_state"
        if verb == "pause" and m.paused_on is not None:
            return 409, "already_paused"
        if verb == "resume" and m.paused_on is None:
            return 409, "not_paused"
        if verb == "escalate-to-head" and not m.ready(for_head=True):
            return 409, "not_ready_to_escalate"
        if verb == "escalate-to-body" and not m.ready():
            return 409, "not_ready_to_escalate"
        if way is not None:
            to_head = verb == "escalate-to-head"
            if way not in m.fitting() or (way["to_level"] == "head") != to_head:
                return 422, "invalid"
        if right == "records" and verb in ("decide", "close") and "head" in m.barred:
            return 403, "four_eyes"
        return 200, None

    def happened(
        self,
        who: str,
        verb: str,
        right: str,
        ruling: str | None,
        way: dict[str, Any] | None,
        answer: httpx.Response,
    ) -> None:
        m = self.model
        assert m is not None
        today = clock.day(self.now)
        m.version += 1
        by = "head" if right == "records" else who
        if verb == "record-attempt":
            m.attempts += 1
        elif verb == "propose-solution":
            m.solutions += 1
        elif verb == "record-coordination":
            m.coordinated = m.unit_knows = True
        elif verb == "pause":
            m.paused_on = today
        elif verb == "resume":
            assert m.paused_on is not None
            still = 0
            while later(m.paused_on, still + 1) <= today:
                still += 1
            assert later(m.due, still) >= m.due
            m.due, m.paused_on = (later(m.due, still) if still else m.due), None
        elif verb == "close":
            self.ended("closed")
        elif ruling == "close_as_accepted":
            self.ended("accepted")
        elif way is not None:
            self.moved(way["to_level"], way["limit_days"], by)
        else:
            self.moved("office", self.office_limit, by)
            if ruling == "solve_here":
                m.state = "decided"
        assert answer.json()["state"] == m.state
        REACHED.add(m.state)

    def ended(self, state: str) -> None:
        assert self.model is not None
        self.model.state, self.model.level, self.model.paused_on = state, None, None
        self.model.barred = set()

    def moved(self, level: str, limit: int, by: str) -> None:
        m = self.model
        assert m is not None
        m.level, m.state, m.stay, m.paused_on = level, STATE_AT[level], m.stay + 1, None
        m.due = later(clock.day(self.now), limit)
        m.barred = {m.opener} if level == "office" else {m.opener, by}
        m.with_head_before = m.with_head_before or level == "head"
        m.unit_knows = m.unit_knows or level == "unit"

    @invariant()
    def all_agree(self) -> None:
        if self.model is not None:
            self.wait_for(self._compare(self.model))

    async def _compare(self, m: Model) -> None:
        owner, id_ = self.world.owner, UUID(self.path.rpartition("/")[2])
        row = await owner.fetchrow("select * from challenges where id = $1", id_)
        stays = await owner.fetch(
            "select * from challenge_stays where challenge_id = $1 order by number", id_
        )
        waits = await owner.fetch(
            "select * from waits where subject_id = $1 and closed_at is null order by rank", id_
        )
        assert row is not None
        assert (row["state"], row["level"], row["version"], row["stay"]) == (
            m.state,
            m.level,
            m.version,
            m.stay,
        )
        assert len(stays) == m.stay
        open_ = [stay for stay in stays if stay["ended_at"] is None]
        parties = [key.partition(":")[0] for key in row["holders"]]
        assert tuple(parties) == HOLDERS[m.level]
        assert len(open_) == (m.level is not None), "exactly one level holds what is open"
        assert [wait["party"] for wait in waits] == row["holders"], "what has ended waits for nobody"
        if open_:
            assert open_[0] is stays[-1]
            assert row["due"] == open_[0]["due"] == m.due
            awaited_until = m.due if m.paused_on is None else None
            assert {wait["due"] for wait in waits} == {awaited_until}, "a clock that stands still has no day"
            assert (row["paused_at"] is None) == (m.paused_on is None)
        self.forwards(stays)
        self.by_the_table(stays)

    def forwards(self, stays: list[Any]) -> None:
        for before, after in itertools.pairwise(stays):
            assert before["opened_at"] <= before["ended_at"] <= after["opened_at"]
        for stay in stays:
            assert stay["days"] is None or stay["days"] >= 0
            assert stay["due"] >= later(clock.day(stay["opened_at"]), stay["limit_days"])

    def by_the_table(self, stays: list[Any]) -> None:
        assert self.model is not None
        persons = {self.people[name].id: name for name in PEOPLE}
        assert stays[0]["level"] == "office"
        for before, after in itertools.pairwise(stays):
            if after["route_id"] is None:
                assert after["level"] == "office"
            else:
                way = self.model.ways[str(after["route_id"])]
                assert (way["from_level"], way["to_level"]) == (before["level"], after["level"])
                assert before["decision"] == "escalate"
                if way["after_head"]:
                    levels = [stay["level"] for stay in stays[: after["number"] - 1]]
                    assert "head" in levels, "the head had it before"
        for stay in stays:
            if stay["ended_at"] is not None:
                name = persons[stay["decided_by_id"]]
                exceptional = stay["decision"] == "solved" and name == "head"
                assert name in HOLDERS[stay["level"]] or exceptional, "only who holds it decides"


async def test_challenges_live_as_the_guide_says(world: World) -> None:
    REACHED.clear()
    await play(Life, world, runs=18)
    assert {*STATE_AT.values(), "decided", "closed", "accepted"} == REACHED
