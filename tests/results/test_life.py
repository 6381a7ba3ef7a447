"""The life of results, played at random by several people against a model in plain Python.

After every step the service must agree with the model on state, version, figures, who did what, whom
each thing waits for, the history, and the inbox of each person.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule

from app import clock
from app.enums import Role
from tests.factories.world import Person, World
from tests.playing import Draw, Played, play
from tests.results.office import Office

PEOPLE = (
    "enterer",
    "second_enterer",
    "reviewer",
    "second_reviewer",
    "two_hats",
    "manager",
    "specialist",
    "head",
)
ENTER = {"enterer", "second_enterer", "two_hats", "specialist"}
DELEGATES = {"specialist", "two_hats"}
"""Who may take the manager's step in the manager's name."""
LEAVING = ("reviewer", "second_reviewer")
"""Who comes and goes, so that at times only the person with two hats is left to review."""
PERIODS = ("2023", "2024")
STEPS = {
    # verb: (from, to)
    "edit": ({"draft"}, "draft"),
    "discard": ({"draft"}, "discarded"),
    "submit": ({"draft"}, "submitted"),
    "withdraw": ({"submitted"}, "draft"),
    "review": ({"submitted"}, "reviewed"),
    "return": ({"submitted", "reviewed"}, "draft"),
    "approve": ({"reviewed"}, "approved"),
}
DUE = {"draft": "results.submit", "submitted": "results.review", "reviewed": "results.approve"}
OPEN = set(DUE)


@dataclass
class Revision:
    """What the model knows of one revision. Persons go by their names in PEOPLE."""

    number: int
    period: str
    value: int
    entered_by: str
    corrects: "Revision | None" = None
    id: UUID | None = None
    state: str = "draft"
    version: int = 1
    edited_by: set[str] = field(default_factory=set)
    reviewed_by: str | None = None
    approved_by: str | None = None
    returned_by: str | None = None
    exceptional: bool = False
    history: list[tuple[str, str]] = field(default_factory=list)
    leave: "Leave | None" = None

    @property
    def path(self) -> str:
        return f"/v1/results/{self.id}"

    @property
    def barred(self) -> set[str]:
        """Whom four eyes keeps from controlling it now."""
        return self.edited_by | ({self.reviewed_by} if self.reviewed_by else set())


@dataclass
class Leave:
    """A reopening."""

    id: UUID
    state: str = "asked"
    version: int = 1


class Model:
    """The rules of the guide, told once more and independently of the service."""

    def __init__(self) -> None:
        self.revisions: list[Revision] = []
        self.present = set(PEOPLE)

    def parties(self, state: str) -> set[str]:
        """Who is named for the step that is due, by their own post."""
        by_state = {
            "draft": ENTER,
            "submitted": {"reviewer", "second_reviewer", "two_hats"},
            "reviewed": {"manager"},
        }
        return by_state.get(state, set()) & self.present

    def nobody_left(self, revision: Revision) -> bool:
        """Four eyes leaves nobody of those who are named for a control step."""
        return revision.state in ("submitted", "reviewed") and not (
            self.parties(revision.state) - revision.barred
        )

    def controllers(self, state: str) -> set[str]:
        """Who may take the control step that is due, delegates included."""
        return self.parties(state) | (DELEGATES if state == "reviewed" else set())

    def entitled(self, who: str, verb: str, revision: Revision) -> tuple[int, str | None]:
        """(200, None), or the refusal by person."""
        if verb in ("edit", "discard", "submit", "withdraw", "correct"):
            return (200, None) if who in ENTER else (403, "forbidden")
        due = revision.state in ("submitted", "reviewed")
        if verb == "review":
            named = self.controllers("submitted")
        elif verb == "approve":
            named = self.controllers("reviewed")
        else:
            named = (
                self.controllers(revision.state)
                if due
                else self.controllers("submitted") | self.controllers("reviewed")
            )
        if who in named and not (due and who in revision.barred):
            return 200, None
        if who == "head" and self.nobody_left(revision):
            return 200, "exceptional"
        return 403, ("four_eyes" if who in named else "forbidden")

    def answer(
        self, who: str, verb: str, revision: Revision, *, stale: bool = False
    ) -> tuple[int, str | None]:
        """The status and code that a step deserves."""
        if who not in self.present:
            return 404, "not_found"
        status, code = self.entitled(who, verb, revision)
        if status != 200:
            return status, code
        if stale:
            return 412, "stale"
        sources = {"approved"} if verb == "correct" else STEPS[verb][0]
        if revision.state not in sources:
            return 409, "wrong_state"
        if verb == "correct" and self.later(revision):
            return 409, "not_the_latest"
        if verb == "correct" and (revision.leave is None or revision.leave.state != "granted"):
            return 409, "reopening_required"
        return 200, code

    def later(self, revision: Revision) -> bool:
        """Whether a correction of it stands or is in work."""
        return any(other.corrects is revision and other.state != "discarded" for other in self.revisions)

    def of(self, period: str) -> list[Revision]:
        """The revisions of a figure."""
        return [revision for revision in self.revisions if revision.period == period]

    def inbox(self, who: str) -> set[tuple[str, str]]:
        """What waits for a person: (subject, action)."""
        found = set()
        for revision in self.revisions:
            action = DUE.get(revision.state)
            if action and who in self.present:
                control = revision.state != "draft"
                named = self.parties(revision.state) | (DELEGATES if revision.state == "reviewed" else set())
                mine = who in named or (who == "head" and self.nobody_left(revision))
                if mine and not (control and who in revision.barred):
                    found.add((str(revision.id), action))
            if who == "head" and revision.leave and revision.leave.state == "asked":
                found.add((str(revision.leave.id), "reopenings.grant"))
        return found


class Life(Played):
    """The machine: each rule is something that a person tries, rightly or not."""

    def __init__(self) -> None:
        super().__init__()
        self.model = Model()
        self.frozen: dict[UUID, Any] = {}
        self.people: dict[str, Person] = {}
        self.value = 0
        self.changed = False
        self.written = ""

    @initialize(short_of_reviewers=st.booleans())
    def an_office(self, short_of_reviewers: bool) -> None:
        self.office = self.wait_for(self._staffed())
        self._entry("two_hats" if short_of_reviewers else "enterer", "2024")
        for who in LEAVING if short_of_reviewers else ():
            self._comes_or_goes(who)

    async def _staffed(self) -> Office:
        office = await Office.make(self.world)
        two_hats = await self.world.person(Role.DIVISION_MEMBER, division=office.executing)
        await self.world.appoint(two_hats, Role.DIVISION_MEMBER, division=office.planning)
        await self.world.appoint(two_hats, Role.SPECIALIST, office.entity)  # only they take delegations
        for action in ("results.approve", "results.return"):
            for delegate in (office.specialist, two_hats):
                await self.world.delegate(office.manager, delegate, office.entity, action)
        self.people = {name: getattr(office, name, two_hats) for name in PEOPLE}
        return office

    # What people do. One rule draws among them, so that every run meets all of them.

    @rule(
        data=st.data(),
        deed=st.sampled_from(
            (
                "step",
                "step",
                "step",
                "barred_try",
                "onward",
                "onward",
                "reopen",
                "enter",
                "leave",
                "come_or_go",
            )
        ),
    )
    def something_is_done(self, data: st.DataObject, deed: str) -> None:
        getattr(self, f"_{deed}")(data.draw)

    def _enter(self, draw: Draw) -> None:
        self._entry(draw(st.sampled_from(PEOPLE)), draw(st.sampled_from(PERIODS)))

    def _entry(self, who: str, period: str) -> None:
        self.value += 1
        answer = self.wait_for(
            self.people[who].api.create(
                f"/v1/indicators/{self.office.indicator}/results", {"period": period, "value": self.value}
            )
        )
        earlier = self.model.of(period)
        if who not in ENTER:
            self.refused(answer, 403, "forbidden")
        elif any(revision.state != "discarded" for revision in earlier):
            self.refused(answer, 409, "already_exists")
        else:
            self.begun(Revision(len(earlier) + 1, period, self.value, who), "results.create", answer)

    def _step(self, draw: Draw) -> None:
        """Anybody tries any step."""
        verb = draw(st.sampled_from(("withdraw", "return", "review", "correct", *STEPS)))
        stale = draw(st.integers(0, 9)) == 9
        who = draw(st.sampled_from((*PEOPLE, "two_hats", "two_hats", "head")))
        self.taken(who, verb, draw(st.sampled_from(self.model.revisions)), stale=stale)

    def _onward(self, draw: Draw) -> None:
        """What is due, by somebody who may do it, so that figures get somewhere."""
        for _ in range(draw(st.integers(1, 3))):
            for revision in self.model.revisions:
                verb = DUE.get(revision.state, "").removeprefix("results.")
                able = [who for who in PEOPLE if verb and self.model.answer(who, verb, revision)[0] == 200]
                if able:
                    self.taken(draw(st.sampled_from(able[::-1])), verb, revision)
                    break

    def _barred_try(self, _: Draw) -> None:
        """Whoever edited or already controlled a revision tries to take the step that is due."""
        for revision in self.model.revisions:
            if revision.state in ("submitted", "reviewed"):
                for verb in (DUE[revision.state].removeprefix("results."), "return"):
                    for who in sorted(revision.barred):
                        self.taken(who, verb, revision)

    def _reopen(self, draw: Draw) -> None:
        """The next steps towards a correction of what is approved."""
        for revision in self.model.revisions:
            if revision.state == "approved" and not self.model.later(revision):
                leave = revision.leave
                if leave is None or leave.state in ("used", "refused"):
                    self._ask("manager", revision)
                if revision.leave and revision.leave.state == "asked":
                    self._decide("head", revision.leave, "grant")
                if draw(st.booleans()):
                    self.taken(draw(st.sampled_from(sorted(ENTER))), "correct", revision)

    def _leave(self, draw: Draw) -> None:
        """Somebody asks for leave to correct, or decides about it."""
        revision = draw(st.sampled_from(self.model.revisions))
        if revision.leave is None or draw(st.booleans()):
            self._ask(draw(st.sampled_from(("manager", "enterer"))), revision)
        else:
            who, verb = draw(st.sampled_from(("head", "manager"))), draw(st.sampled_from(("grant", "refuse")))
            self._decide(who, revision.leave, verb)

    def _ask(self, who: str, revision: Revision) -> None:
        last_day = clock.today() + timedelta(days=9)
        answer = self.wait_for(
            self.people[who].api.send(
                "POST",
                f"{revision.path}/reopenings",
                json={"reason": "نُشرت قيمة معدّلة", "expires_on": last_day.isoformat()},
                headers={
                    "If-Match": f'"{revision.version}.x"',
                    "Idempotency-Key": f"ask-{datetime.now(UTC).timestamp()}",
                },
            )
        )
        if who != "manager":
            self.refused(answer, 403, "forbidden")
        elif revision.state != "approved":
            self.refused(answer, 409, "wrong_state")
        elif self.model.later(revision):
            self.refused(answer, 409, "not_the_latest")
        elif revision.leave and revision.leave.state in ("asked", "granted"):
            self.refused(answer, 409, "already_exists")
        else:
            assert answer.status_code == 201, answer.text
            revision.leave = Leave(UUID(answer.json()["id"]))
            self.changed = True

    def _decide(self, who: str, leave: Leave, verb: str) -> None:
        api = self.people[who].api
        etag = f'"{leave.version}.x"'
        answer = self.wait_for(api.step(f"/v1/reopenings/{leave.id}/{verb}", etag, {"reason": "قرار"}))
        if who != "head":
            self.refused(answer, 403, "forbidden")
        elif leave.state != "asked":
            self.refused(answer, 409, "wrong_state")
        else:
            assert answer.status_code == 200, answer.text
            leave.state, leave.version = ("granted" if verb == "grant" else "refused"), leave.version + 1
            self.changed = True

    def _come_or_go(self, draw: Draw) -> None:
        """A reviewer leaves the planning directorate, or comes back."""
        self._comes_or_goes(draw(st.sampled_from(LEAVING)))

    def _comes_or_goes(self, who: str) -> None:
        person, now = self.people[who], datetime.now(UTC)
        if who in self.model.present:
            end = "update memberships set ends_at = $2 where user_id = $1 and ends_at is null"
            self.wait_for(self.world.owner.execute(end, person.id, now))
            self.model.present.remove(who)
        else:
            division = self.office.planning
            self.wait_for(self.world.appoint(person, Role.DIVISION_MEMBER, division=division, starts_at=now))
            self.model.present.add(who)
        self.changed = True

    # What must come of it

    def taken(self, who: str, verb: str, revision: Revision, *, stale: bool = False) -> None:
        api = self.people[who].api
        etag = f'"{revision.version + (1 if stale else 0)}.whatever"'
        if verb == "edit":
            self.value += 1
            answer = self.wait_for(api.patch(revision.path, etag, {"value": self.value}))
        else:
            body = {"reason": "سبب"} if verb in ("review", "return", "approve") else None
            answer = self.wait_for(api.step(f"{revision.path}/{verb}", etag, body))
        status, code = self.model.answer(who, verb, revision, stale=stale)
        if status != 200:
            return self.refused(answer, status, code)
        if verb == "correct":
            assert revision.leave is not None
            revision.leave.state, revision.leave.version = "used", revision.leave.version + 1
            numbers = [other.number for other in self.model.of(revision.period)]
            made = Revision(max(numbers) + 1, revision.period, revision.value, who, corrects=revision)
            return self.begun(made, "results.correct", answer)
        assert answer.status_code == 200, (who, verb, revision, answer.text)
        self.changed = True
        revision.state, revision.version = STEPS[verb][1], revision.version + 1
        revision.history.append((f"results.{verb}", who))
        if code == "exceptional" and verb != "return":
            revision.exceptional = True
        match verb:
            case "edit":
                revision.value = self.value
                revision.edited_by.add(who)
            case "review":
                revision.reviewed_by = who
            case "approve":
                revision.approved_by, revision.returned_by = who, None
                assert revision.id is not None
                self.frozen[revision.id] = revision.value
            case "return":
                revision.returned_by, revision.reviewed_by, revision.exceptional = who, None, False
        return None

    def begun(self, revision: Revision, action: str, answer: httpx.Response) -> None:
        assert answer.status_code == 201, answer.text
        revision.id = UUID(answer.json()["id"])
        revision.edited_by = {revision.entered_by}
        revision.history = [(action, revision.entered_by)]
        self.model.revisions.append(revision)
        self.changed = True

    def refused(self, answer: httpx.Response, status: int, code: str | None) -> None:
        assert (answer.status_code, answer.json().get("code")) == (status, code), answer.text

    @invariant()
    def all_agree(self) -> None:
        """After a change everything is compared; after a refusal nothing may have been written."""
        if self.people:
            written = self.wait_for(self._fingerprint())
            if self.changed:
                self.wait_for(self._compare())
            else:
                assert written == self.written, "a refusal left something behind"
            self.changed, self.written = False, written

    async def _fingerprint(self) -> str:
        return await self.world.owner.fetchval(
            """
            select md5(concat((select json_agg(r order by id) from results r),
                              (select json_agg(w order by id) from waits w),
                              (select json_agg(o order by id) from reopenings o),
                              (select count(*) from events), (select count(*) from subjects)))
            """
        )

    async def _compare(self) -> None:
        names = {str(person.id): name for name, person in self.people.items()}
        for revision in self.model.revisions:
            seen = (await self.people["head"].api.get(revision.path)).json()
            said = {
                name: names[seen[name]["id"]] if seen[name] else None
                for name in ("entered_by", "reviewed_by", "approved_by")
            }
            assert said == {
                "entered_by": revision.entered_by,
                "reviewed_by": revision.reviewed_by,
                "approved_by": revision.approved_by,
            }
            assert (seen["state"], seen["version"], seen["value"], seen["revision"]) == (
                revision.state,
                revision.version,
                revision.value,
                revision.number,
            )
            assert seen["exceptional"] is revision.exceptional
            assert (names[seen["returned"]["by"]["id"]] if seen["returned"] else None) == revision.returned_by
            people = [revision.reviewed_by, revision.approved_by]
            assert len({*people, *revision.edited_by}) == len(
                [name for name in people if name] + list(revision.edited_by)
            ) + (None in people), "four eyes"
            assert [wait["party"] for wait in seen["awaiting"]] == self._awaited(revision)
        await self._compare_waits()
        for period in PERIODS:
            await self._compare_history(period, names)
        for name, person in self.people.items():
            items = (await person.api.get("/v1/inbox")).json()["items"]
            found = [(item["subject_id"], item["action"]) for item in items]
            assert len(found) == len(set(found))
            assert set(found) == self.model.inbox(name), name
        for id_, value in self.frozen.items():
            stored = await self.world.owner.fetchval("select value from results where id = $1", id_)
            assert stored == value, "an approved figure changed"

    def _awaited(self, revision: Revision) -> list[str]:
        parties = {
            "draft": ["division", "specialist"],
            "submitted": ["planning"],
            "reviewed": ["manager"],
        }.get(revision.state, [])
        return parties + (["head"] if self.model.nobody_left(revision) else [])

    async def _compare_waits(self) -> None:
        """The open waits are a function of the state and the parties, nothing else."""
        rebuilt = await self.world.owner.fetch(
            """
            select r.id, p.party, p.rank - 1 as rank, d.action
            from results r
            join (values ('draft', 'results.submit'), ('submitted', 'results.review'),
                         ('reviewed', 'results.approve')) as d (state, action) using (state)
            cross join lateral unnest(case r.state when 'draft' then r.parties_enter
                                                   when 'submitted' then r.parties_review
                                                   else r.parties_approve end)
                with ordinality as p (party, rank)
            where r.entity_id = $1
            union all
            select o.id, 'head:' || o.entity_id, 0, 'reopenings.grant'
            from reopenings o where o.entity_id = $1 and o.state = 'asked'
            """,
            self.office.entity.id,
        )
        stored = await self.world.owner.fetch(
            "select subject_id, party, rank, action from waits where entity_id = $1 and closed_at is null",
            self.office.entity.id,
        )
        assert sorted(map(tuple, stored)) == sorted(map(tuple, rebuilt))
        many = await self.world.owner.fetchval(
            """
            select count(*) from (
                select from results where entity_id = $1 and state in ('draft', 'submitted', 'reviewed')
                group by indicator_id, period_start, period_end having count(*) > 1
            ) as figure
            """,
            self.office.entity.id,
        )
        assert many == 0, "more than one open revision of a figure"

    async def _compare_history(self, period: str, names: dict[str, str]) -> None:
        revisions = self.model.of(period)
        if not revisions:
            return
        items = (await self.people["head"].api.get(f"{revisions[-1].path}/history", limit=200)).json()[
            "items"
        ]
        assert len(items) == sum(len(revision.history) for revision in revisions)
        assert [item["at"] for item in items] == sorted(item["at"] for item in items)
        for revision in revisions:
            told = [
                (item["action"], names[item["actor"]["id"]])
                for item in items
                if item["result_id"] == str(revision.id)
            ]
            assert told == revision.history


async def test_results_live_as_the_guide_says(world: World) -> None:
    await play(Life, world, runs=18)
