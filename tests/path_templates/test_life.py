"""The life of one template's versions, played at random by an office against a model in plain Python.

After every step the service must agree with the model on each version: its state, whom it waits for, what each person
may do; and what was approved must say for ever what it said then.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule

from app.enums import DivisionFunction, Role, Tenure
from tests.factories.path_templates import Drafting
from tests.factories.world import Person, World
from tests.playing import Played, play

PEOPLE = ("specialist", "manager", "head", "both", "planner")
OFFICE = ("specialist", "manager", "both")
HEADS = ("head", "both")
"""`both` is the acting head and a specialist too."""

STEPS = {
    # verb: (from, to, who answers for it)
    "edit": ("draft", "draft", OFFICE),
    "discard": ("draft", "discarded", OFFICE),
    "submit": ("draft", "submitted", OFFICE),
    "withdraw": ("submitted", "draft", OFFICE),
    "return": ("submitted", "draft", HEADS),
    "approve": ("submitted", "approved", HEADS),
    "new_version": ("approved", "approved", OFFICE),
}
CONTROL = ("return", "approve")
AWAITED = {"draft": ["specialist", "manager"], "submitted": ["head"]}


@dataclass
class Version:
    """What the model knows of one version."""

    path: str
    edited_by: set[str]
    title: str
    state: str = "draft"
    said: Any = None

    def refusal(self, who: str, verb: str, *, in_work: bool) -> int:
        """The status of a step that this person tries; 200 where it is taken."""
        source, _, parties = STEPS[verb]
        if who == "planner" and self.state not in ("approved", "superseded"):
            return 404
        if who not in parties:
            return 403
        if verb in CONTROL and self.state == "submitted" and who in self.edited_by:
            return 403
        if self.state != source or (verb == "new_version" and in_work):
            return 409
        return 200


@dataclass
class Model:
    """All versions of the template."""

    versions: list[Version] = field(default_factory=list)

    @property
    def in_work(self) -> bool:
        return any(version.state in AWAITED for version in self.versions)


class Life(Played):
    """The machine: each rule is something that a person tries, rightly or not."""

    def __init__(self) -> None:
        super().__init__()
        self.model = Model()
        self.turn = 0

    @initialize()
    def an_office(self) -> None:
        self.office = self.wait_for(Drafting.make(self.world))
        both, planner = self.wait_for(_two_more(self.world, self.office))
        self.people: dict[str, Person] = {
            "specialist": self.office.specialist,
            "manager": self.office.manager,
            "head": self.office.head,
            "both": both,
            "planner": planner,
        }
        path = self.wait_for(self.office.drafted(code="the-path", title_ar="المسار الأول"))
        self.model.versions.append(Version(path, {"specialist"}, "المسار الأول"))

    @rule(
        who=st.sampled_from(PEOPLE),
        verb=st.sampled_from(("edit", "submit", "submit", "approve", "approve", "new_version", *STEPS)),
        older=st.integers(0, 3),
    )
    def somebody_tries(self, who: str, verb: str, older: int) -> None:
        versions = self.model.versions
        version = versions[-1 - (older if older < len(versions) and older > 1 else 0)]
        expected = version.refusal(who, verb, in_work=self.model.in_work)
        self.turn += 1
        title = f"المسار في الدورة {self.turn}"
        answer = self.wait_for(self._sent(self.people[who], version, verb, title))
        made = verb == "new_version" and expected == 200
        assert answer.status_code == (201 if made else expected), (who, verb, version.state, answer.text)
        if made:
            versions.append(Version(answer.headers["Location"], {who}, version.title))
        elif expected == 200:
            self._taken(version, who, verb, title)

    def _taken(self, version: Version, who: str, verb: str, title: str) -> None:
        version.state = STEPS[verb][1]
        if verb == "edit":
            version.title = title
            version.edited_by.add(who)
        if verb == "approve":
            for other in self.model.versions:
                if other is not version and other.state == "approved":
                    other.state = "superseded"
            read = self.wait_for(self.people["manager"].api.get(version.path)).json()
            version.said = (read["groups"], read["title_ar"], read["note"], read["approved_at"])

    async def _sent(self, person: Person, version: Version, verb: str, title: str) -> httpx.Response:
        seen = await self.people["manager"].api.etag(version.path)
        if verb == "edit":
            return await person.api.patch(version.path, seen, {"title_ar": title})
        if verb == "new_version":
            headers = {"If-Match": seen, "Idempotency-Key": f"turn-{self.turn}-{person.id}"}
            body = {"note": "مواعيد أبكر"}
            return await person.api.send("POST", f"{version.path}/new-version", json=body, headers=headers)
        body = {"reason": "تُراجع المواعيد"} if verb == "return" else None
        return await person.api.step(f"{version.path}/{verb}", seen, body)

    @invariant()
    def the_service_agrees(self) -> None:
        for version in self.model.versions:
            for who, person in self.people.items():
                answer = self.wait_for(person.api.get(version.path))
                if who == "planner" and version.state not in ("approved", "superseded"):
                    assert answer.status_code == 404
                    continue
                read = answer.json()
                assert (read["state"], read["title_ar"]) == (version.state, version.title)
                assert [wait["party"] for wait in read["awaiting"]] == AWAITED.get(version.state, [])
                possible = {
                    f"path_templates.{verb}"
                    for verb in STEPS
                    if version.refusal(who, verb, in_work=self.model.in_work) == 200
                }
                assert set(read["actions"]) == possible, (who, version.state)
            if version.said is not None:
                said = (read["groups"], read["title_ar"], read["note"], read["approved_at"])
                assert said == version.said
        states = [version.state for version in self.model.versions]
        assert states.count("approved") <= 1
        assert sum(state in AWAITED for state in states) <= 1


async def _two_more(world: World, office: Drafting) -> tuple[Person, Person]:
    """Who is head and specialist at once, and who only works in the entity."""
    both = await world.person(Role.SPECIALIST, office.entity)
    await world.appoint(both, Role.HEAD, office.entity, tenure=Tenure.ACTING, ends_at=_NEXT_YEAR)
    planner = await world.person(
        Role.DIVISION_MEMBER, division=await world.division(office.entity, DivisionFunction.PLANNING)
    )
    return both, planner


_NEXT_YEAR = datetime.now(UTC) + timedelta(days=365)


async def test_versions_live_as_the_model_says(world: World) -> None:
    await play(Life, world, runs=6)
