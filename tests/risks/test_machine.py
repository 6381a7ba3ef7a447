"""The life of a risk played at random: whatever people try, it follows the model, and waits for exactly whom it must."""

from datetime import timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule

from app import clock
from app.enums import Role, Tenure
from tests.factories.risks import LESSONS, PLAN, REASON, RESOURCES, RiskOffice
from tests.factories.world import Person, World
from tests.playing import Played, play

HEAD_FROM = 10
"""Of the settings that ship."""

IN_OFFICE = {"open", "in_treatment", "to_accept", "treated", "accepted"}
BROUGHT = {"resources_asked", "with_head", "with_unit"}
FROM = {
    "assess": IN_OFFICE,
    "choose-strategy": IN_OFFICE,
    "accept": {"to_accept"},
    "refuse-acceptance": {"to_accept"},
    "treat": {"in_treatment"},
    "ask-resources": {"in_treatment"},
    "grant-resources": {"resources_asked"},
    "raise-to-head": IN_OFFICE,
    "raise-to-unit": IN_OFFICE,
    "answer": {"with_head", "with_unit"},
    "occur": IN_OFFICE | BROUGHT,
    "close": IN_OFFICE | {"occurred"},
}
ENDING = {"occur", "close"}
CONTROL = {"accept", "refuse-acceptance", "grant-resources", "answer"}
OF = {
    **{verb: {"manager"} for verb in ("choose-strategy", "treat", "raise-to-head", "raise-to-unit", "close")},
    **{verb: {"manager", "specialist", "division"} for verb in ("assess", "occur")},
    "ask-resources": {"manager", "specialist"},
    "grant-resources": {"head"},
}
"""Whose step each is, of those that do not depend on the risk."""

ASSESSED: tuple[dict[str, int], ...] = (
    {"probability": 2, "impact": 2},
    {"probability": 4, "impact": 4},
    {"probability": 4, "impact": 4, "residual_probability": 2, "residual_impact": 3},
    {"probability": 5, "impact": 4, "residual_probability": 4, "residual_impact": 4},
)
PLACES = ("ordinary", "with_an_acting_manager", "head_is_manager")
said = st.fixed_dictionaries(
    {"levels": st.sampled_from(ASSESSED), "strategy": st.sampled_from(("mitigate", "accept"))}
)


class Life(Played):
    """One risk, and what people try on it."""

    path: str

    @initialize(place=st.sampled_from(PLACES), levels=st.sampled_from(ASSESSED))
    def begin(self, place: str, levels: dict[str, int]) -> None:
        office = self.wait_for(RiskOffice.make(self.world))
        self.people: dict[str, tuple[Person, set[str]]] = {
            "manager": (office.manager, {"manager"}),
            "specialist": (office.specialist, {"specialist"}),
            "enterer": (office.enterer, {"division"}),
            "unit": (office.unit, {"unit"}),
        }
        if place == "head_is_manager":
            self.wait_for(office.head_is_manager())
            self.people["manager"] = (office.manager, {"manager", "head"})
        else:
            self.people["head"] = (office.head, {"head"})
        if place == "with_an_acting_manager":
            self.people["deputy"] = (self.wait_for(self.deputy(office)), {"manager"})
        self.path = self.wait_for(office.registered(office.manager, **levels))
        self.state, self.by, self.assessed_by, self.raised_from = "open", "", "manager", ""
        self.levels, self.known_to_unit, self.happened, self.exceptional = levels, False, False, False

    async def deputy(self, office: RiskOffice) -> Person:
        person, until = await self.world.user(), clock.now() + timedelta(days=30)
        await self.world.appoint(person, Role.MANAGER, office.entity, tenure=Tenure.ACTING, ends_at=until)
        return person

    @property
    def score(self) -> int:
        return score_of(self.levels)

    @rule(pick=st.sampled_from(range(997)), said=said)
    def go_on(self, pick: int, said: dict[str, Any]) -> None:
        """Somebody does what they may, of all that may be done and does not end it; rather what leads to a decision."""
        may: dict[str, list[str]] = {}
        for verb in sorted(FROM.keys() - ENDING):
            for who in self.people:
                if self.expected(who, verb, said) == 200:
                    may.setdefault(verb, []).append(who)
        if may:
            verbs = [
                *sorted(may),
                *(verb for verb in ("accept", "ask-resources", "choose-strategy") if verb in may),
            ]
            verb = verbs[pick % len(verbs)]
            self.attempt_of(may[verb][pick // 13 % len(may[verb])], verb, said)

    @rule(verb=st.sampled_from(sorted(CONTROL)), said=said)
    def decide_oneself(self, verb: str, said: dict[str, Any]) -> None:
        """Whoever assessed it last, or brought it there, tries to decide about it."""
        if self.state in FROM[verb]:
            for who in sorted(self.barred()):
                self.attempt_of(who, verb, said)

    @rule(
        who=st.sampled_from(("manager", "specialist", "enterer", "unit", "head", "deputy")),
        verb=st.sampled_from(sorted(FROM)),
        said=said,
    )
    def attempt(self, who: str, verb: str, said: dict[str, Any]) -> None:
        if who in self.people:
            self.attempt_of(who, verb, said)

    def attempt_of(self, who: str, verb: str, said: dict[str, Any]) -> None:
        bodies: dict[str, dict[str, Any]] = {
            "assess": said["levels"],
            "choose-strategy": {"strategy": said["strategy"], "plan": PLAN},
            "treat": {"what": PLAN},
            "ask-resources": {"resources": RESOURCES, "reason": REASON},
            "answer": {"answer": PLAN},
            "occur": {"what": REASON},
            "close": {"lessons": LESSONS},
        }
        body = bodies.get(verb, {"reason": REASON})
        if verb == "grant-resources":
            body = {"reason": REASON, "granted": self.asked()}
        manager, (person, _) = self.people["manager"][0], self.people[who]
        etag = self.wait_for(manager.api.etag(self.path))
        answer = self.wait_for(person.api.step(f"{self.path}/{verb}", etag, body))
        told = (who, verb, self.state, self.by, self.assessed_by, said, answer.text)
        assert answer.status_code == self.expected(who, verb, said), told
        if answer.status_code == 200:
            if verb in CONTROL:
                assert who not in self.barred() or (verb in ("grant-resources", "answer") and self.alone())
            self.took(who, verb, said)

    def asked(self) -> list[dict[str, Any]]:
        """What waits for an answer, or what nobody asked for."""
        rows = self.wait_for(
            self.world.owner.fetch(
                "select number from risk_resources where risk_id = $1::uuid and granted_at is null",
                self.path.rpartition("/")[2],
            )
        )
        return [{"number": row["number"], "amount": 1} for row in rows] or [{"number": 1, "amount": 1}]

    def barred(self) -> set[str]:
        if self.state == "to_accept":
            return {self.assessed_by}
        return {self.by} if self.state in BROUGHT else set()

    def deciding(self) -> str:
        """Who decides about it in this state."""
        if self.state == "to_accept":
            return "head" if self.score >= HEAD_FROM else "manager"
        return "unit" if self.state == "with_unit" else "head"

    def alone(self) -> bool:
        """Whether four eyes leaves nobody who decides; there are others of UNIT."""
        holders = {who for who, (_, hats) in self.people.items() if self.deciding() in hats}
        return self.deciding() != "unit" and holders <= self.barred()

    def by_exception(self, who: str, verb: str) -> bool:
        if self.state == "to_accept" and self.deciding() == "head":
            return False
        barred = who in self.barred() and self.state == "to_accept"
        due = verb in CONTROL and self.state in FROM[verb]
        return due and self.alone() and "head" in self.people[who][1] and not barred

    def entitled(self, verb: str) -> set[str]:
        if verb in ("accept", "refuse-acceptance"):
            return {self.deciding()} if self.state == "to_accept" else {"manager", "head"}
        if verb == "answer":
            return {self.deciding()} if self.state in FROM[verb] else {"head", "unit"}
        return OF[verb]

    def expected(self, who: str, verb: str, said: dict[str, Any]) -> int:
        hats = self.people[who][1]
        if who == "unit" and not self.known_to_unit:
            return 404
        if not self.by_exception(who, verb):
            if not hats & self.entitled(verb):
                return 403
            if verb in CONTROL and who in self.barred():
                return 403
        if self.state not in FROM[verb]:
            return 409
        if verb == "treat" and "residual_impact" not in self.levels:
            return 409
        return 422 if self.unsaid(verb, said) else 200

    def unsaid(self, verb: str, said: dict[str, Any]) -> bool:
        """An assessment of a treated risk does not say what remains."""
        return verb == "assess" and self.state == "treated" and "residual_impact" not in said["levels"]

    def took(self, who: str, verb: str, said: dict[str, Any]) -> None:
        flagged, before = self.by_exception(who, verb), self.state
        if verb == "assess":
            if before == "accepted" and score_of(said["levels"]) > self.score:
                self.state = "to_accept"
            self.levels, self.assessed_by = said["levels"], who
        elif verb == "choose-strategy":
            self.state = "to_accept" if said["strategy"] == "accept" else "in_treatment"
        elif verb == "answer":
            self.state = self.raised_from
        else:
            self.state = {
                "accept": "accepted",
                "refuse-acceptance": "open",
                "treat": "treated",
                "ask-resources": "resources_asked",
                "grant-resources": "in_treatment",
                "raise-to-head": "with_head",
                "raise-to-unit": "with_unit",
                "occur": "occurred",
                "close": "closed",
            }[verb]
        if self.state in BROUGHT:
            self.by = who
        if verb.startswith("raise"):
            self.raised_from = before
        self.known_to_unit |= verb == "raise-to-unit"
        self.happened |= verb == "occur"
        if verb in CONTROL:
            self.exceptional = flagged or self.exceptional

    @invariant()
    def it_is_as_the_model_says(self) -> None:
        if not hasattr(self, "path"):
            return
        found = self.wait_for(self.people["manager"][0].api.get(self.path)).json()
        assert (found["state"], found["score"]) == (self.state, self.score)
        assert found["exceptional"] == self.exceptional
        rows = self.wait_for(
            self.world.owner.fetch(
                "select party, due::text from waits where subject_id = $1::uuid and closed_at is null",
                found["id"],
            )
        )
        awaited = {"closed": set()}.get(self.state, {self.deciding() if self.decided_about() else "manager"})
        assert {row["party"].partition(":")[0] for row in rows} == awaited
        assert {row["due"] for row in rows} <= {found["review_on"]}
        about = self.wait_for(
            self.world.owner.fetch("select id from challenges where about_id = $1::uuid", found["id"])
        )
        assert [str(row["id"]) for row in about] == ([found["challenge"]["id"]] if self.happened else [])

    def decided_about(self) -> bool:
        return self.state in BROUGHT | {"to_accept"}


def score_of(levels: dict[str, int]) -> int:
    """What counts: what remains where that is said."""
    of = "residual_" if "residual_impact" in levels else ""
    return levels[f"{of}probability"] * levels[f"{of}impact"]


async def test_a_risk_lives_as_it_must(world: World) -> None:
    await play(Life, world, runs=28)
