"""Meetings, their series and decisions: every person of the cast, every action, in the states that tell."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any
from uuid import uuid4

import httpx
import pytest

from app.enums import Role
from tests.api import Api
from tests.factories.meetings import DECISION, MEETING, MINUTES, REASON, SERIES, moments
from tests.factories.world import Person
from tests.role_matrix.cast import Cast
from tests.role_matrix.expectation import table
from tests.role_matrix.refusals import Case, disagreements
from tests.role_matrix.things import Question, Thing, in_turn, made, take

ACTIONS = tuple(
    f"meetings.{verb}" for verb in ("edit", "set_agenda", "cancel", "hold", "record_decision", "confirm")
)
_numbers = count(1)


@dataclass(frozen=True)
class Hands:
    """Who plans and writes what the people of the cast are then asked about, and who confirms it."""

    cast: Cast
    writer: Person
    confirmer: Person

    async def planned(self) -> Thing:
        """A meeting with UNIT's team that began yesterday."""
        body = {**MEETING, **moments(), "with_whom": "unit_team"}
        return made(await self.writer.api.create(f"/v1/entities/{self.cast.entity.id}/meetings", body))

    async def held(self) -> Thing:
        """One whose minutes wait to be confirmed."""
        body = {"attended": [], "minutes": MINUTES}
        return await take(self.writer.api, await self.planned(), "hold", body)

    async def decision(self, state: str) -> Thing:
        """A decision of it, whose minutes are confirmed where it is `final`."""
        meeting = await self.held()
        thing = made(await self.send(self.writer.api, "meetings.record_decision", meeting))
        if state == "final":
            path = meeting.path
            etag = await self.confirmer.api.etag(path)
            await take(self.confirmer.api, Thing(path, etag), "confirm")
            thing = Thing(thing.path, await self.writer.api.etag(thing.path))
        return thing

    async def series(self) -> Thing:
        """A series with UNIT's team."""
        body = {**SERIES, "with_whom": "unit_team"}
        return made(await self.writer.api.create(f"/v1/entities/{self.cast.entity.id}/meeting-series", body))

    async def make(self, state: str) -> Thing:
        """A meeting in the state."""
        return await (self.held() if state == "held" else self.planned())

    async def send(self, api: Api, action: str, thing: Thing, said: str = "nothing") -> httpx.Response:
        """The request that the action is. `said`: no letter goes with it."""
        verb = action.partition(".")[2]
        if action == "meetings.edit":
            field = "minutes" if await self._is_held(thing) else "place"
            return await api.patch(thing.path, thing.etag, {field: f"نص معدل {next(_numbers)}"})
        if action == "meeting_decisions.edit":
            return await api.patch(thing.path, thing.etag, {"text": f"نص معدل {next(_numbers)}"})
        headers = {"If-Match": thing.etag}
        if verb == "set_agenda":
            body = {"items": [{"title": f"بند {next(_numbers)}"}]}
            return await api.send("PUT", f"{thing.path}/agenda", json=body, headers=headers)
        if verb == "record_decision":
            headers["Idempotency-Key"] = uuid4().hex
            return await api.send("POST", f"{thing.path}/decisions", json={"text": DECISION}, headers=headers)
        bodies: dict[str, Any] = {"hold": {"attended": []}, "confirm": None}
        return await api.step(f"{thing.path}/{verb}", thing.etag, bodies.get(verb, {"reason": REASON}))

    async def _is_held(self, thing: Thing) -> bool:
        return (await self.writer.api.get(thing.path)).json()["state"] == "held"


@pytest.fixture(scope="module")
async def by(cast: Cast) -> Hands:
    """Two specialists beside those who are asked."""
    return Hands(
        cast,
        await cast.world.person(Role.SPECIALIST, cast.entity),
        await cast.world.person(Role.SPECIALIST, cast.entity),
    )


async def play(cast: Cast, question: Question, turn: int) -> None:
    cases = question.cases(cast, in_turn(cast, turn))
    found = await disagreements(cast.world.owner, cases)
    assert not found, "\n".join([f"{len(found)} of {len(cases)}:", *found])


@pytest.mark.parametrize("state", ["planned", "held"])
async def test_every_action(cast: Cast, by: Hands, state: str) -> None:
    """Each person gets exactly the status of the table, and is offered what it allows; a refusal writes nothing."""

    async def fresh() -> Thing:
        return await by.make(state)

    question = Question("meetings", "meetings.read", ACTIONS, state, await fresh(), fresh, by.send)
    await play(cast, question, ("planned", "held").index(state))


@pytest.mark.parametrize("state", ["recorded", "final"])
async def test_decisions(cast: Cast, by: Hands, state: str) -> None:
    """Written by the office until the minutes are confirmed."""

    async def fresh() -> Thing:
        return await by.decision(state)

    actions = ("meeting_decisions.edit", "meeting_decisions.withdraw")
    question = Question("meetings", "meeting_decisions.read", actions, state, await fresh(), fresh, by.send)
    await play(cast, question, 2)


async def test_series(cast: Cast, by: Hands) -> None:
    """Ended by the office."""
    question = Question(
        "meetings",
        "meeting_series.read",
        ("meeting_series.end",),
        "running",
        await by.series(),
        by.series,
        by.send,
    )
    await play(cast, question, 0)


@pytest.mark.parametrize(
    ("action", "kind", "body"),
    [
        (
            "meetings.plan",
            "meetings",
            {**MEETING, **moments(datetime(2027, 3, 2, 5, tzinfo=UTC) + timedelta(days=1))},
        ),
        ("meeting_series.plan", "meeting-series", {**SERIES, "ends_on": "2027-01-08"}),
    ],
)
async def test_who_plans(cast: Cast, action: str, kind: str, body: dict[str, Any]) -> None:
    """The office, of its own entity."""
    lines = table("meetings", action)
    path = f"/v1/entities/{cast.entity.id}/{kind}"
    cases = [
        Case(
            f"{who} {action}",
            lines.answer("entity", who=who),
            lambda who=who: cast.api(who).create(path, body),
            lambda who=who: cast.api(who).create(path, body),
        )
        for who in cast.everybody
    ]
    found = await disagreements(cast.world.owner, cases)
    assert not found, "\n".join(found)


async def test_lists(cast: Cast) -> None:
    """Whoever is signed in may ask; what they find is what they may see."""
    lines = table("meetings", "meetings.read of lists")
    cases = [
        Case(
            f"{who} reads {path}",
            lines.answer(permission, who=who),
            lambda who=who, path=path: cast.api(who).get(path),
            lambda who=who, path=path: cast.api(who).get(path),
        )
        for who in cast.everybody
        for permission, path in (
            ("meetings.read", "/v1/meetings"),
            ("meeting_series.read", "/v1/meeting-series"),
            ("meeting_decisions.read", "/v1/meeting-decisions"),
        )
    ]
    found = await disagreements(cast.world.owner, cases)
    assert not found, "\n".join(found)
