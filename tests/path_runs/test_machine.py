"""Paths played at random: random templates, people who try what they may and what they may not, against a model.

Held at every step: nobody takes a stage who is not entitled, four eyes holds, a running path waits for somebody, what is
returned is done again, and a run keeps the version of its template.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule

from app.enums import Role
from tests.factories.path_runs import REASON, Walk, stage
from tests.factories.world import Person, World
from tests.playing import Played, play

RUNS = 8
PARTIES = ("planning", "finance", "office", "executing", "unit", "specialist")
VERBS = {"complete": "done", "approve": "approved", "return": "returned", "skip": "not_applicable"}
CONTROL = ("verify", "approve")
OVER = ("done", "approved", "not_applicable")


@dataclass
class Stage:
    """A stage of the model, in the round that counts."""

    said: Mapping[str, Any]
    group: int
    round: int = 1
    state: str = "pending"
    took: list[tuple[str, frozenset[int], str]] = field(default_factory=list)


def matched(people: list[frozenset[int]]) -> int:
    """The most of them that can sit at once: by trying everything, since there are few."""
    if not people:
        return 0
    first, rest = people[0], people[1:]
    taken = [1 + matched([seats - {seat} for seats in rest]) for seat in first]
    return max([matched(rest), *taken])


class Paths(Played):
    """The life of one run."""

    walk: Walk
    path: str = ""
    people: Mapping[str, Person]
    parties: Mapping[str, frozenset[str]]
    stages: dict[str, Stage]
    template: str
    unit_saw = False

    @initialize(data=st.data())
    def begin(self, data: st.DataObject) -> None:
        """A run of a random template that the service took."""
        self.wait_for(self._set_up())
        groups: list[list[dict[str, Any]]] = []
        earlier: list[str] = []
        for number in range(data.draw(st.integers(2, 3))):
            group = [
                self._drawn(data, f"S{number}-{position}", number, earlier)
                for position in range(data.draw(st.integers(1, 2)))
            ]
            groups.append(group)
            earlier += [each["key"] for each in group]
        answer = self.wait_for(self.walk.drafting.draft(runs_on="entity", groups=groups))
        assert answer.status_code == 201, answer.text
        self.stages = {
            each["key"]: Stage(each, number) for number, group in enumerate(groups) for each in group
        }
        self.wait_for(self._start(answer.headers["Location"]))
        self._open(0)

    async def _set_up(self) -> None:
        self.walk = walk = await Walk.make(self.world)
        another = await self.world.person(Role.DIVISION_MEMBER, walk.entity, walk.planning_division)
        unit = await self.world.entity(is_unit=True)
        of_unit = await self.world.person(Role.UNIT_SPECIALIST, unit)
        # Who does nothing here: of UNIT there is always somebody left.
        await self.world.person(Role.UNIT_SPECIALIST, unit)
        self.people = {
            "manager": walk.manager,
            "specialist": walk.specialist,
            "colleague": walk.colleague,
            "planner": walk.planner,
            "another": another,
            "financier": walk.financier,
            "executor": walk.executor,
            "unit": walk.unit,
            "of_unit": of_unit,
            "head": walk.head,
        }
        self.parties = {
            "planning": frozenset({"planner", "another"}),
            "finance": frozenset({"financier"}),
            "office": frozenset({"manager", "specialist", "colleague"}),
            "specialist": frozenset({"specialist", "colleague"}),
            "executing": frozenset({"executor"}),
            "unit": frozenset({"unit", "of_unit"}),
        }

    def _drawn(self, data: st.DataObject, key: str, group: int, earlier: list[str]) -> dict[str, Any]:
        kind = data.draw(st.sampled_from(("prepare", *CONTROL) if group else ("prepare",)))
        parties = data.draw(st.lists(st.sampled_from(PARTIES), min_size=1, max_size=3, unique=True))
        well = "approved" if kind == "approve" else "done"
        returns = bool(earlier) and (kind in CONTROL or data.draw(st.booleans()))
        outcomes = [well, *(["returned"] if returns else [])]
        if data.draw(st.booleans()):
            outcomes.append("not_applicable")

        def keys(least: int) -> list[str]:
            return data.draw(st.lists(st.sampled_from(earlier), min_size=least, max_size=3, unique=True))

        quorum = data.draw(st.sampled_from([None, None, "people", "parties"]))
        if quorum == "parties" and len(parties) < 2:
            quorum = "people"
        return stage(
            key,
            parties,
            kind=kind,
            outcomes=outcomes,
            returns_to=keys(1) if returns else [],
            controls=keys(1) if kind in CONTROL else [],
            quorum=quorum and {"of": quorum, "count": 2},
        )

    async def _start(self, template: str) -> None:
        drafting = self.walk.drafting
        await drafting.done(drafting.specialist, f"{template}/submit")
        await drafting.done(drafting.head, f"{template}/approve")
        self.template = template
        answer = await self.walk.start(template.rpartition("/")[2])
        assert answer.status_code == 201, answer.text
        self.path = answer.headers["Location"]

    def _open(self, group: int) -> None:
        for each in self.stages.values():
            if each.group == group:
                each.state = "open"

    @rule(data=st.data())
    def act(self, data: st.DataObject) -> None:
        """Somebody tries something in a stage: mostly in one that is open."""
        open_ = [key for key, each in self.stages.items() if each.state == "open"]
        key = data.draw(st.sampled_from([*open_, *open_, *open_, *self.stages]))
        each = self.stages[key]
        likely = [person for person in self.people if self._seats(each, person)]
        person = data.draw(st.sampled_from([*likely, *likely, *likely, "head", *self.people]))
        verb = data.draw(st.sampled_from(["complete", "approve", "complete", "approve", "return", "skip"]))
        to = data.draw(st.sampled_from(each.said["returns_to"] or ["S0-0"]))
        expected = self._expected(each, person, verb)
        body = {"reason": REASON} | ({"to": to} if verb == "return" else {})
        answer = self.wait_for(self._try(person, key, each.round, verb, body))
        assert answer.status_code == expected, (key, person, verb, expected, answer.text)
        if expected == 200:
            self._move(each, person, VERBS[verb], to)

    @precondition(lambda self: self.template)
    @rule()
    def change_the_template(self) -> None:
        """The template is superseded meanwhile: the run keeps the version that it began with."""
        self.wait_for(self._supersede())
        self.template = ""

    async def _supersede(self) -> None:
        drafting = self.walk.drafting
        opened = await drafting.opened(self.template)
        changed = await drafting.edit(opened, groups=[[stage("other", "office")]])
        assert changed.status_code == 200, changed.text
        await drafting.done(drafting.specialist, f"{opened}/submit")
        await drafting.done(drafting.head, f"{opened}/approve")

    async def _try(self, person: str, key: str, round_: int, verb: str, body: Mapping[str, Any]) -> Any:
        run = await self.walk.run(self.path)
        found = next(each for each in run["stages"] if (each["key"], each["round"]) == (key, round_))
        path = f"/v1/path-stages/{found['id']}"
        etag = await self.walk.manager.api.etag(path)
        return await self.people[person].api.step(f"{path}/{verb}", etag, body)

    def _seats(self, each: Stage, person: str) -> frozenset[int]:
        parties = [party["party"] for party in each.said["responsible"]]
        return frozenset(seat for seat, party in enumerate(parties) if person in self.parties[party])

    def _barred(self, each: Stage) -> set[str]:
        if each.state != "open":
            return set()
        bound = [self.stages[key] for key in each.said["controls"]]
        bound += [other for other in self.stages.values() if each.said["key"] in other.said["controls"]]
        return {who for other in bound for who, _, _ in other.took}

    def _awaited(self, each: Stage) -> set[str]:
        """The parties of which an act would add something."""
        taken = [held for _, held, _ in each.took]
        parties = [party["party"] for party in each.said["responsible"]]
        return {party for seat, party in enumerate(parties) if self._adds(each, taken, frozenset({seat}))}

    def _exceptional(self, each: Stage, person: str) -> bool:
        """Whether the head decides because nobody is left who could."""
        awaited = self._awaited(each)
        holders = {who for party in awaited for who in self.parties[party]}
        gone = self._barred(each) | {who for who, _, _ in each.took}
        nobody = each.state == "open" and "unit" not in awaited and holders <= gone
        # The head is of no party here: whatever they took, they took because nobody was left.
        return nobody and person == "head"

    def _expected(self, each: Stage, person: str, verb: str) -> int:
        if not self._sees(person):
            return 404
        seats, exceptional = self._seats(each, person), self._exceptional(each, person)
        if not exceptional and (not seats or person in self._barred(each)):
            return 403
        outcome = VERBS[verb]
        others = {said for _, _, said in each.took}
        taken = [held for _, held, _ in each.took]
        possible = (
            each.state == "open"
            and outcome in each.said["outcomes"]
            and (outcome == "returned" or others <= {outcome})
            and (exceptional or person not in [who for who, _, _ in each.took])
            and (exceptional or outcome == "returned" or self._adds(each, taken, seats))
        )
        return 200 if possible else 409

    def _sees(self, person: str) -> bool:
        if person in ("manager", "specialist", "colleague", "head") or self._finished():
            return True
        if person in self.parties["unit"]:
            return self.unit_saw
        return any(self._seats(each, person) for each in self.stages.values())

    def _adds(self, each: Stage, taken: list[frozenset[int]], seats: frozenset[int]) -> bool:
        quorum = each.said["quorum"]
        if quorum is None or quorum["of"] == "people":
            return True
        return matched([*taken, seats]) > matched(taken)

    def _move(self, each: Stage, person: str, outcome: str, to: str) -> None:
        exceptional = self._exceptional(each, person)
        each.took.append((person, self._seats(each, person), outcome))
        if outcome == "returned":
            self._send_back(each, to)
            return
        quorum = each.said["quorum"]
        if quorum is not None and not exceptional:
            held = [seats for _, seats, _ in each.took]
            count = len(held) if quorum["of"] == "people" else matched(held)
            if count < quorum["count"]:
                return
        each.state = outcome
        if all(other.state in OVER for other in self.stages.values() if other.group == each.group):
            self._open(each.group + 1)
        self._note_unit()

    def _send_back(self, each: Stage, to: str) -> None:
        first = self.stages[to].group
        for other in self.stages.values():
            if first <= other.group <= each.group:
                other.round, other.state, other.took = other.round + 1, "pending", []
        self._open(first)

    def _note_unit(self) -> None:
        for each in self.stages.values():
            parties = [party["party"] for party in each.said["responsible"]]
            self.unit_saw = self.unit_saw or ("unit" in parties and each.state == "open")

    def _finished(self) -> bool:
        return all(each.state in OVER for each in self.stages.values())

    @invariant()
    def the_run_is_what_the_model_says(self) -> None:
        if not self.path:
            return
        self._note_unit()
        run = self.wait_for(self.walk.run(self.path))
        counting = {each["key"]: each for each in run["stages"] if not each["superseded"]}
        assert {key: (each["round"], each["state"]) for key, each in counting.items()} == {
            key: (each.round, each.state) for key, each in self.stages.items()
        }
        assert run["template"]["number"] == 1
        assert run["state"] == ("finished" if self._finished() else "running")
        if not self._finished():
            assert run["open_stages"], "a running path has an open stage"
        for each in run["open_stages"]:
            assert each["awaiting"], "an open stage waits for somebody"
        for key, each in counting.items():
            if each["kind"] in CONTROL and each["state"] in OVER:
                for controlled in self.stages[key].said["controls"]:
                    assert not self._took(each) & self._took(counting[controlled]), "four eyes"

    def _took(self, shown: Mapping[str, Any]) -> set[str]:
        """Who took a stage in the ordinary way."""
        return {act["person"]["id"] for act in shown["acts"] if not act["exceptional"]}


async def test_paths_played_at_random(world: World) -> None:
    await play(Paths, world, runs=RUNS)
