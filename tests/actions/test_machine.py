"""The life of an action played at random: whatever people try, it follows the model, and waits for exactly whom it must."""

from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule

from tests.factories.actions import NOTE, OUTCOME, WHY, id_of, in_days, opened
from tests.factories.challenges import Bureau
from tests.factories.world import World
from tests.playing import Played, play

OF = {
    "manager": ("postpone", "confirm", "return", "cancel"),
    "specialist": ("postpone", "confirm", "return", "cancel"),
    "enterer": ("note", "report"),
    "head": ("accept", "refuse"),
    "unit": (),
}
"""Whose step each is; the specialist opened it, so that four eyes keeps them from confirming and returning."""

FROM = {
    "accept": ("proposed", "open"),
    "refuse": ("proposed", "refused"),
    "note": ("open", "open"),
    "postpone": ("open", "open"),
    "report": ("open", "reported"),
    "confirm": ("reported", "done"),
    "return": ("reported", "open"),
}
WAITS = {"proposed": {"head"}, "open": {"division"}, "reported": {"manager", "specialist"}}
STANDING = tuple(WAITS)


class Life(Played):
    """One action, and what people try on it."""

    path: str

    @initialize(source=st.sampled_from(("directive", "improvement_proposal")))
    def begin(self, source: str) -> None:
        self.bureau = self.wait_for(Bureau.make(self.world))
        self.path = self.wait_for(opened(self.bureau, source=source))
        self.state = "open" if source == "directive" else "proposed"
        self.days, self.notes, self.postponed = 10, 0, 0

    @rule(who=st.sampled_from(sorted(OF)), verb=st.sampled_from(sorted({*FROM, "cancel"})))
    def attempt(self, who: str, verb: str) -> None:
        bodies: dict[str, dict[str, Any]] = {
            "note": {"note": NOTE},
            "report": {"outcome": OUTCOME},
            "postpone": {"due": in_days(self.days + 5), "reason": WHY},
            "confirm": {},
            "accept": {},
        }
        person = getattr(self.bureau, who)
        etag = self.wait_for(self.bureau.manager.api.etag(self.path))
        body = bodies.get(verb, {"reason": WHY})
        answer = self.wait_for(person.api.step(f"{self.path}/{verb}", etag, body))
        assert answer.status_code == self.expected(who, verb), (who, verb, self.state, answer.text)
        if answer.status_code == 200:
            self.state = FROM[verb][1] if verb in FROM else "cancelled"
            self.days += 5 * (verb == "postpone")
            self.postponed += verb == "postpone"
            self.notes += verb == "note"

    def expected(self, who: str, verb: str) -> int:
        if who == "unit":
            return 404
        if verb not in OF[who]:
            return 403
        if who == "specialist" and verb in ("confirm", "return") and self.state == "reported":
            return 403
        return 200 if self.state in (FROM[verb][:1] if verb in FROM else STANDING) else 409

    @invariant()
    def it_is_as_the_model_says(self) -> None:
        if not hasattr(self, "path"):
            return
        found = self.wait_for(self.bureau.manager.api.get(self.path)).json()
        assert (found["state"], found["due"]) == (self.state, in_days(self.days))
        assert (len(found["notes"]), found["postponed"]) == (self.notes, self.postponed)
        rows = self.wait_for(
            self.world.owner.fetch(
                "select party, due::text from waits where subject_id = $1::uuid and closed_at is null",
                id_of(self.path),
            )
        )
        assert {row["party"].partition(":")[0] for row in rows} == WAITS.get(self.state, set())
        assert {row["due"] for row in rows} <= {in_days(self.days) if self.state == "open" else None}


async def test_an_action_lives_as_it_must(world: World) -> None:
    await play(Life, world, runs=5)
