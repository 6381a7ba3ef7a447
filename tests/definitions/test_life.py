"""The life of definitions, played at random by several people against a model in plain Python.

After every step the service must agree with the model, and the promises of the guide must hold in the rows
themselves: nothing is in force that somebody else has not confirmed.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import httpx
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule

from app.enums import Role, Tenure
from tests.definitions.ministry import COMPLETE, Ministry
from tests.factories.world import Person, World
from tests.playing import Draw, Played, play

PEOPLE = ("drafter", "two_hats", "representative", "manager", "head", "enterer")
"""With two hats: a specialist who is also acting manager."""
DEFINERS = {"drafter", "two_hats"}
STEPS = {
    # verb: (from, to)
    "edit": ({"draft"}, "draft"),
    "discard": ({"draft"}, "discarded"),
    "submit": ({"draft"}, "submitted"),
    "withdraw": ({"submitted"}, "draft"),
    "confirm": ({"submitted"}, "confirmed"),
    "return": ({"submitted", "confirmed"}, "draft"),
    "activate": ({"confirmed"}, "active"),
}
DUE = {"submitted": "confirm", "confirmed": "activate"}


@dataclass
class Version:
    """What the model knows of one version."""

    number: int
    path: str
    state: str = "draft"
    version: int = 1
    edited_by: set[str] = field(default_factory=set)
    confirmed_by: str | None = None

    @property
    def barred(self) -> set[str]:
        """Whom four eyes keeps from controlling it now."""
        return self.edited_by | ({self.confirmed_by} if self.confirmed_by else set())


class Model:
    """The rules of the guide, told once more and independently of the service."""

    def __init__(self) -> None:
        self.versions: list[Version] = []
        self.assigned = False

    def controllers(self, state: str) -> set[str]:
        """Who is named for the control step that is due."""
        if state == "submitted":
            return DEFINERS | ({"representative"} if self.assigned else set())
        return {"manager", "two_hats"}

    def nobody_left(self, one: Version) -> bool:
        """Four eyes leaves nobody of them."""
        return one.state in DUE and not self.controllers(one.state) - one.barred

    def sees(self, who: str, one: Version) -> bool:
        """Drafts are for who works on them."""
        return (
            one.state in ("active", "superseded")
            or who not in ("representative", "enterer")
            or (who == "representative" and self.assigned)
        )

    def answer(self, who: str, verb: str, one: Version) -> tuple[int, str | None]:
        """The status and code that a step deserves."""
        if not self.sees(who, one):
            return 404, "not_found"
        status, code = self.entitled(who, verb, one)
        if status == 200 and one.state not in STEPS[verb][0]:
            return 409, "wrong_state"
        return status, code

    def entitled(self, who: str, verb: str, one: Version) -> tuple[int, str | None]:
        """(200, None), or the refusal by person."""
        if verb not in ("confirm", "return", "activate"):
            return (200, None) if who in DEFINERS else (403, "forbidden")
        due = one.state in DUE
        if verb == "return":
            named = (
                self.controllers(one.state)
                if due
                else self.controllers("submitted") | self.controllers("confirmed")
            )
        else:
            named = self.controllers("submitted" if verb == "confirm" else "confirmed")
        if who in named and not (due and who in one.barred):
            return 200, None
        if who == "head" and self.nobody_left(one) and verb in (DUE[one.state], "return"):
            return 200, "exceptional"
        return 403, "four_eyes" if who in named else "forbidden"

    @property
    def open(self) -> Version | None:
        """The version in work."""
        return next((one for one in self.versions if one.state in ("draft", *DUE)), None)


class Life(Played):
    """The machine: each rule is something that a person tries, rightly or not."""

    def __init__(self) -> None:
        super().__init__()
        self.model = Model()
        self.people: dict[str, Person] = {}

    @initialize()
    def a_draft(self) -> None:
        self.wait_for(self._staffed())

    async def _staffed(self) -> None:
        self.ministry = await Ministry.make(self.world)
        two_hats = self.ministry.specialist
        until = datetime.now(UTC) + timedelta(days=30)
        await self.world.appoint(
            two_hats, Role.MANAGER, self.ministry.entity, tenure=Tenure.ACTING, ends_at=until
        )
        self.people = {name: getattr(self.ministry, name, two_hats) for name in PEOPLE}
        made = await self.ministry.drafted()
        self.path, self.indicator_id = made.path, made.id
        self.model.versions.append(Version(1, made.definition, edited_by={"drafter"}))

    @rule(
        data=st.data(), deed=st.sampled_from(("step", "step", "onward", "onward", "barred", "open", "assign"))
    )
    def something_is_done(self, data: st.DataObject, deed: str) -> None:
        getattr(self, f"_{deed}")(data.draw)

    def _step(self, draw: Draw) -> None:
        """Anybody tries any step on any version."""
        who, verb = draw(st.sampled_from(PEOPLE)), draw(st.sampled_from(sorted(STEPS)))
        self.taken(who, verb, draw(st.sampled_from(self.model.versions[::-1])))

    def _onward(self, draw: Draw) -> None:
        """What is due, by somebody who may do it."""
        one = self.model.open
        if one is not None:
            verb = DUE.get(one.state, "submit")
            able = [who for who in PEOPLE if self.model.answer(who, verb, one)[0] == 200]
            if able:
                self.taken(draw(st.sampled_from(able)), verb, one)

    def _barred(self, draw: Draw) -> None:
        """Whoever edited or controlled the version in work tries to control it."""
        one = self.model.open
        if one is not None:
            for who in sorted(one.barred):
                self.taken(who, draw(st.sampled_from(("confirm", "activate", "return"))), one)

    def _open(self, draw: Draw) -> None:
        """Somebody opens a new version."""
        who = draw(st.sampled_from(("drafter", "two_hats", "manager")))
        answer = self.wait_for(self.ministry.open(self.path, self.people[who]))
        if who not in DEFINERS:
            return self.refused(answer, 403, "forbidden")
        if self.model.open is not None:
            return self.refused(answer, 409, "already_exists")
        assert answer.status_code == 201, answer.text
        number = len(self.model.versions) + 1
        empty = all(one.state == "discarded" for one in self.model.versions)
        one = Version(number, answer.headers["Location"], edited_by={who})
        self.model.versions.append(one)
        if empty:  # nothing is in force to begin from
            self.wait_for(self.ministry.edited(one.path, self.people[who], **COMPLETE))
            one.version += 1
        return None

    def _assign(self, _: Draw) -> None:
        """The representative is assigned to the indicator, or not any more."""
        if self.model.assigned:
            end = "update assignments set ends_at = $2 where user_id = $1 and ends_at is null"
            person = self.people["representative"].id
            self.wait_for(self.world.owner.execute(end, person, datetime.now(UTC)))
        else:
            self.wait_for(self.ministry.assigned(self.path))
        self.model.assigned = not self.model.assigned

    def taken(self, who: str, verb: str, one: Version) -> None:
        api, etag = self.people[who].api, f'"{one.version}.whatever"'
        if verb == "edit":
            text = f"نسبة العمانيين إلى إجمالي العاملين، صياغة {uuid4().hex[:6]}"
            answer = self.wait_for(api.patch(one.path, etag, {"method_ar": text}))
        else:
            body = {"reason": "سبب"} if verb in ("confirm", "return", "activate") else None
            answer = self.wait_for(api.step(f"{one.path}/{verb}", etag, body))
        status, code = self.model.answer(who, verb, one)
        if status != 200:
            return self.refused(answer, status, code)
        assert answer.status_code == 200, (who, verb, one, answer.text)
        one.state, one.version = STEPS[verb][1], one.version + 1
        if verb == "edit":
            one.edited_by.add(who)
        elif verb == "confirm":
            one.confirmed_by = who
        elif verb == "return":
            one.confirmed_by = None
        elif verb == "activate":
            for other in self.model.versions:
                if other is not one and other.state == "active":
                    other.state, other.version = "superseded", other.version + 1
        return None

    def refused(self, answer: httpx.Response, status: int, code: str | None) -> None:
        assert (answer.status_code, answer.json().get("code")) == (status, code), answer.text

    @invariant()
    def all_agree(self) -> None:
        if self.people:
            self.wait_for(self._compare())

    async def _compare(self) -> None:
        owner = self.world.owner
        rows = await owner.fetch(
            "select * from definitions where indicator_id = $1 order by number", self.indicator_id
        )
        assert [(row["number"], row["state"], row["version"]) for row in rows] == [
            (one.number, one.state, one.version) for one in self.model.versions
        ]
        active = [row for row in rows if row["state"] == "active"]
        assert len(active) <= 1
        assert len([row for row in rows if row["state"] in ("draft", "submitted", "confirmed")]) <= 1
        indicator = await owner.fetchrow("select * from indicators where id = $1", self.indicator_id)
        assert indicator["definition_id"] == (active[0]["id"] if active else None)
        assert (indicator["state"], indicator["verified"]) == (
            ("active", True) if active else ("draft", False)
        )
        for row in rows:
            if row["state"] in ("active", "superseded"):
                controllers = [row["confirmed_by_id"], row["activated_by_id"]]
                assert None not in controllers
                assert len({*controllers, *row["edited_by"]}) == 2 + len(row["edited_by"]), "four eyes"
                assert sorted(controllers) == sorted(row["controlled_by"])
            waits = await owner.fetch(
                "select action from waits where subject_id = $1 and closed_at is null", row["id"]
            )
            due = {"draft": "submit", **DUE}.get(row["state"])
            assert {wait["action"] for wait in waits} == ({f"definitions.{due}"} if due else set())


async def test_definitions_live_as_the_guide_says(world: World) -> None:
    await play(Life, world, runs=15)
