"""The life of evidence played at random against a model in plain Python: who may do what in which state, how the
version of the result rises, what waits for whom, and what the approval freezes."""

from collections import Counter
from dataclasses import dataclass, field
from itertools import count
from typing import Any, ClassVar
from uuid import uuid4

import httpx
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule

from tests.evidence.bringing import Proof, a_pdf, announcement
from tests.factories.world import Person, World
from tests.playing import Played, play
from tests.results.office import Figure, Office

ENTER = {"enterer", "second_enterer", "specialist"}
SOURCES = {
    "edit": {"awaiting_file", "submitted"},
    "upload": {"awaiting_file"},
    "withdraw": {"awaiting_file", "submitted"},
    "supersede": {"submitted", "verified", "rejected"},
    "verify": {"submitted"},
    "reject": {"submitted"},
}
TARGETS = {"upload": "submitted", "withdraw": "withdrawn", "verify": "verified", "reject": "rejected"}
STEPS = {
    # verb of the result -> (who, from, to)
    "submit": ("second_enterer", {"draft"}, "submitted"),
    "review": ("reviewer", {"submitted"}, "reviewed"),
    "return": ("reviewer", {"submitted"}, "draft"),
    "approve": ("manager", {"reviewed"}, "approved"),
}
WAITS = {
    "awaiting_file": {("division", "evidence.upload"), ("specialist", "evidence.upload")},
    "submitted": {("specialist", "evidence.verify")},
}
WHO = ("enterer", "second_enterer", "specialist", "reviewer", "manager", "head")

_ENTITLED = [
    *(
        (who, verb)
        for who in sorted(ENTER)
        for verb in ("edit", "upload", "upload", "upload", "supersede", "supersede")
    ),
    *((who, verb) for who in ("specialist", "specialist", "head") for verb in ("verify", "verify", "reject")),
    ("enterer", "withdraw"),
]
_TRIES = st.tuples(
    st.sampled_from([*_ENTITLED * 2, *((who, verb) for who in WHO for verb in SOURCES)]),
    st.integers(0, 4),
    st.integers(0, 9),
)
"""Who tries what on which piece, and whether on one that is no longer so."""


@dataclass
class Piece:
    """A piece of evidence as it should be."""

    proof: Proof
    edited: set[str]
    supersedes: "Piece | None" = None
    state: str = "awaiting_file"


@dataclass
class Bundle:
    """A result as it should be, with its evidence."""

    figure: Figure
    entered_by: str
    state: str = "draft"
    version: int = 1
    pieces: list[Piece] = field(default_factory=list)

    def answer(self, who: str, verb: str, piece: Piece) -> tuple[int, str | None]:
        """The status and code that a step deserves."""
        verifies = verb in ("verify", "reject")
        if verifies:
            barred = piece.state == "submitted" and "specialist" in {*piece.edited, self.entered_by}
            if who == "specialist" and barred:
                return 403, "four_eyes"
            if who != "specialist" and not (who == "head" and barred):
                return 403, "forbidden"
        elif who not in ENTER:
            return 403, "forbidden"
        if piece.state not in SOURCES[verb]:
            return 409, "wrong_state"
        if self.state != "draft" and (not verifies or self.state == "approved"):
            return 409, "subject_decided"
        if verb == "supersede" and self.successor(piece):
            return 409, "already_succeeded"
        return (201 if verb == "supersede" else 200), None

    def successor(self, piece: Piece) -> bool:
        """Whether another takes its place, or is about to."""
        return any(each.supersedes is piece and each.state != "withdrawn" for each in self.pieces)


class Life(Played):
    """Everybody tries everything, on one result after another."""

    met: ClassVar[Counter[tuple[str, int]]] = Counter()

    @initialize()
    def begin(self) -> None:
        """An office with one specialist, so that four eyes may leave nobody."""
        self.office = self.wait_for(Office.make(self.world))
        self.years = count(1950)
        self.notes = count(1)
        self.bundle = self._fresh("enterer")

    @precondition(lambda self: self.bundle.state == "approved")
    @rule(by=st.sampled_from(("enterer", "specialist")))
    def enter_another(self, by: str) -> None:
        """The next figure."""
        self.bundle = self._fresh(by)

    @rule(by=st.sampled_from((*WHO, *sorted(ENTER))))
    def announce(self, by: str) -> None:
        """Evidence about the present result."""
        answer = self.wait_for(
            self._person(by).api.create("/v1/evidence", announcement(self.bundle.figure.id))
        )
        if by not in ENTER:
            self._is(answer, 403, "forbidden")
        elif self.bundle.state != "draft":
            self._is(answer, 409, "subject_decided")
        else:
            self.bundle.pieces.append(Piece(Proof.of(answer), {by}))
            self.bundle.version += 1

    @precondition(lambda self: self.bundle.pieces)
    @rule(tries=st.lists(_TRIES, min_size=1, max_size=6))
    def try_steps(self, tries: list[tuple[tuple[str, str], int, int]]) -> None:
        """Steps on the pieces, one after another."""
        for (by, verb), at, stale in tries:
            self._try(by, verb, at, stale)

    def _try(self, by: str, verb: str, at: int, stale: int) -> None:
        """A step on one of the pieces, now and then on what is no longer so."""
        bundle = self.bundle
        piece = bundle.pieces[-1 - at % len(bundle.pieces)]
        status, code = bundle.answer(by, verb, piece)
        etag = self.wait_for(self._person(by).api.etag(piece.proof.path))
        if stale == 0 and status != 403:
            status, code, etag = 412, "stale", '"99.x"'
        answer = self.wait_for(self._send(self._person(by), verb, piece.proof, etag))
        self._is(answer, status, code)
        self.met[verb, status] += 1
        if status >= 400:
            return
        bundle.version += 1
        if verb in ("edit", "upload"):
            piece.edited.add(by)
        if verb == "supersede":
            bundle.pieces.append(Piece(Proof.of(answer), {by}, piece))
        before = piece.supersedes
        if verb == "upload" and before is not None and before.state in SOURCES["supersede"]:
            before.state = "superseded"
        piece.state = TARGETS.get(verb, piece.state)

    @precondition(lambda self: self.bundle.pieces)
    @rule(back=st.integers(0, 3))
    def move_on(self, back: int) -> None:
        """The step of the result that is due, or now and then a return."""
        due = {"draft": "submit", "submitted": "review" if back else "return", "reviewed": "approve"}
        self._move(due.get(self.bundle.state, "approve"))

    @rule(verb=st.sampled_from(sorted(STEPS)))
    def move_out_of_turn(self, verb: str) -> None:
        """Any step that is not due."""
        if self.bundle.state not in STEPS[verb][1]:
            self._move(verb)

    def _move(self, verb: str) -> None:
        """A step of the result by who may take it."""
        bundle = self.bundle
        who, sources, target = STEPS[verb]
        api = self._person(who).api
        etag = self.wait_for(api.etag(bundle.figure.path))
        body = {"reason": "يرجى التحقق"} if verb == "return" else None
        answer = self.wait_for(api.step(f"{bundle.figure.path}/{verb}", etag, body))
        states = {piece.state for piece in bundle.pieces}
        if bundle.state not in sources:
            assert answer.status_code in (403, 409), answer.text
        elif verb == "submit" and "awaiting_file" in states:
            self._is(answer, 409, "evidence_missing")
        elif verb == "approve" and "submitted" in states:
            self._is(answer, 409, "evidence_unverified")
        else:
            self._is(answer, 200, None)
            self.met[verb, 200] += 1
            bundle.state, bundle.version = target, bundle.version + 1

    @invariant()
    def all_is_as_it_should_be(self) -> None:
        """States, waits, the version of the result, and what is frozen."""
        if not hasattr(self, "bundle"):
            return
        bundle = self.bundle
        row = self.wait_for(
            self.world.owner.fetchrow(
                "select state, version, (select array_agg(x->>'id') from jsonb_array_elements(evidence) x) as frozen"
                " from results where id = $1",
                bundle.figure.id,
            )
        )
        assert row is not None
        assert (row["state"], row["version"]) == (bundle.state, bundle.version)
        verified = {str(piece.proof.id) for piece in bundle.pieces if piece.state == "verified"}
        assert set(row["frozen"] or ()) == (verified if bundle.state == "approved" else set())
        found = self.wait_for(
            self.world.owner.fetch(
                "select e.id, e.state, array_remove(array_agg(split_part(w.party, ':', 1) || ' ' || w.action), null)"
                " as waits from evidence e left join waits w on w.subject_id = e.id and w.closed_at is null"
                " where e.subject_id = $1 group by e.id",
                bundle.figure.id,
            )
        )
        assert {each["id"]: (each["state"], set(each["waits"])) for each in found} == {
            piece.proof.id: (piece.state, {f"{who} {what}" for who, what in WAITS.get(piece.state, ())})
            for piece in bundle.pieces
        }

    def _fresh(self, by: str) -> Bundle:
        body = {"period": str(next(self.years)), "value": 1}
        path = f"/v1/indicators/{self.office.indicator}/results"
        return Bundle(Figure.of(self.wait_for(self._person(by).api.create(path, body))), by)

    def _person(self, who: str) -> Person:
        person: Person = getattr(self.office, who)
        return person

    async def _send(self, person: Person, verb: str, proof: Proof, etag: str) -> httpx.Response:
        if verb == "edit":
            return await person.api.patch(proof.path, etag, {"note": f"الجدول {next(self.notes)}"})
        if verb == "upload":
            headers = {"If-Match": etag}
            return await person.api.send("PUT", f"{proof.path}/content", content=a_pdf(), headers=headers)
        body: Any = {"reason": "سبب"} if verb in ("reject", "supersede", "verify") else None
        return await person.api.step(f"{proof.path}/{verb}", etag, body, key=uuid4().hex)

    @staticmethod
    def _is(answer: httpx.Response, status: int, code: str | None) -> None:
        said = answer.json().get("code") if answer.status_code >= 400 else None
        assert (answer.status_code, said) == (status, code), answer.text


async def test_evidence_lives_as_the_model_says(world: World) -> None:
    await play(Life, world, runs=24)
    wanted = {(verb, status) for verb in SOURCES for status in (200, 403, 409)} | {(v, 200) for v in STEPS}
    wanted = wanted - {("supersede", 200)} | {("supersede", 201)}
    assert wanted <= Life.met.keys(), wanted - Life.met.keys()
