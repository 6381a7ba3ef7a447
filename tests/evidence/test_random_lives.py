"""The life of evidence played at random against a model in plain Python: who may do what in which state, how the
version of the result rises, what waits for whom, and what the approval freezes."""

from collections import Counter
from dataclasses import dataclass, field
from itertools import count
from random import Random
from typing import Any
from uuid import uuid4

import httpx

from tests.evidence.bringing import Proof, a_pdf, announcement
from tests.factories.world import Person, World
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
    *((who, verb) for who in sorted(ENTER) for verb in ("edit", "upload", "upload", "upload", "supersede")),
    *((who, verb) for who in ("specialist", "specialist", "head") for verb in ("verify", "verify", "reject")),
    ("enterer", "withdraw"),
]
TRIES = [*_ENTITLED * 2, *((who, verb) for who in WHO for verb in SOURCES)]
"""Who tries what: mostly what may be theirs."""


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
    brought_by: set[str] = field(default_factory=set)

    def answer(self, who: str, verb: str, piece: Piece) -> tuple[int, str | None]:
        """The status and code that a step deserves."""
        verifies = verb in ("verify", "reject")
        if verifies:
            barred = piece.state == "submitted" and "specialist" in {
                *piece.edited,
                *self.brought_by,
                self.entered_by,
            }
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


class Life:
    """Everybody tries everything, on one result after another: the same walk at every run."""

    def __init__(self, world: World, office: Office) -> None:
        self.world = world
        self.office = office
        self.chance = Random(2040)
        self.years = count(1950)
        self.notes = count(1)
        self.met: Counter[tuple[str, int]] = Counter()
        self.bundle: Bundle

    async def walk(self, steps: int) -> None:
        """So many steps, each compared with the model."""
        self.bundle = await self._fresh("enterer")
        for _ in range(steps):
            if self.bundle.state == "approved" and self.chance.random() < 0.2:
                self.bundle = await self._fresh(self.chance.choice(("enterer", "specialist")))
            await self._one()
            await self._all_is_as_it_should_be()

    async def _one(self) -> None:
        kind, chance = self.chance.random(), self.chance
        if kind < 0.15 or not self.bundle.pieces:
            await self._announce(chance.choice((*WHO, *sorted(ENTER))))
        elif kind < 0.75:
            by, verb = chance.choice(TRIES)
            await self._try(by, verb, chance.randrange(3), stale=chance.random() < 0.05)
        elif kind < 0.95:
            due = {"draft": "submit", "submitted": "review", "reviewed": "approve", "approved": "approve"}
            back = self.bundle.state == "submitted" and self.met["return", 200] <= self.met["review", 200]
            await self._move("return" if back else due[self.bundle.state])
        else:
            await self._move(chance.choice(sorted(STEPS)))

    async def _announce(self, by: str) -> None:
        """Evidence about the present result."""
        answer = await self._person(by).api.create("/v1/evidence", announcement(self.bundle.figure.id))
        if by not in ENTER:
            self._is(answer, 403, "forbidden")
        elif self.bundle.state != "draft":
            self._is(answer, 409, "subject_decided")
        else:
            self.bundle.pieces.append(Piece(Proof.of(answer), {by}))
            self.bundle.brought_by.add(by)
            self.bundle.version += 1

    async def _try(self, by: str, verb: str, at: int, *, stale: bool) -> None:
        """A step on one of the pieces, now and then on what is no longer so."""
        bundle = self.bundle
        piece = bundle.pieces[-1 - at % len(bundle.pieces)]
        status, code = bundle.answer(by, verb, piece)
        etag = await self._person(by).api.etag(piece.proof.path)
        if stale and status != 403:
            status, code, etag = 412, "stale", '"99.x"'
        answer = await self._send(self._person(by), verb, piece.proof, etag)
        self._is(answer, status, code)
        self.met[verb, status] += 1
        if status >= 400:
            return
        bundle.version += 1
        if verb in ("edit", "upload", "supersede"):
            bundle.brought_by.add(by)
        if verb in ("edit", "upload"):
            piece.edited.add(by)
        if verb == "supersede":
            bundle.pieces.append(Piece(Proof.of(answer), {by, *piece.edited}, piece))
        before = piece.supersedes
        if verb == "upload" and before is not None and before.state in SOURCES["supersede"]:
            before.state = "superseded"
        piece.state = TARGETS.get(verb, piece.state)

    async def _move(self, verb: str) -> None:
        """A step of the result by who may take it."""
        bundle = self.bundle
        who, sources, target = STEPS[verb]
        api = self._person(who).api
        etag = await api.etag(bundle.figure.path)
        body = {"reason": "يرجى التحقق"} if verb == "return" else None
        answer = await api.step(f"{bundle.figure.path}/{verb}", etag, body)
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

    async def _all_is_as_it_should_be(self) -> None:
        """States, waits, the version of the result, and what is frozen."""
        bundle = self.bundle
        row = await self.world.owner.fetchrow(
            "select state, version, (select array_agg(x->>'id') from jsonb_array_elements(evidence) x) as frozen"
            " from results where id = $1",
            bundle.figure.id,
        )
        assert row is not None
        assert (row["state"], row["version"]) == (bundle.state, bundle.version)
        verified = {str(piece.proof.id) for piece in bundle.pieces if piece.state == "verified"}
        assert set(row["frozen"] or ()) == (verified if bundle.state == "approved" else set())
        found = await self.world.owner.fetch(
            "select e.id, e.state, array_remove(array_agg(split_part(w.party, ':', 1) || ' ' || w.action), null)"
            " as waits from evidence e left join waits w on w.subject_id = e.id and w.closed_at is null"
            " where e.subject_id = $1 group by e.id",
            bundle.figure.id,
        )
        assert {each["id"]: (each["state"], set(each["waits"])) for each in found} == {
            piece.proof.id: (piece.state, {f"{who} {what}" for who, what in WAITS.get(piece.state, ())})
            for piece in bundle.pieces
        }

    async def _fresh(self, by: str) -> Bundle:
        body = {"period": str(next(self.years)), "value": 1}
        path = f"/v1/indicators/{self.office.indicator}/results"
        return Bundle(Figure.of(await self._person(by).api.create(path, body)), by)

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
    life = Life(world, await Office.make(world))
    await life.walk(500)
    wanted = {(verb, status) for verb in SOURCES for status in (200, 403, 409)} | {(v, 200) for v in STEPS}
    wanted = wanted - {("supersede", 200)} | {("supersede", 201)}
    assert wanted <= life.met.keys(), wanted - life.met.keys()
