"""Things that have one address: how the matrix makes them, and asks everybody for every action on them."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from uuid import UUID

import httpx

from tests.api import Api
from tests.role_matrix.cast import Cast
from tests.role_matrix.expectation import Answer, group_of, persons_of, table
from tests.role_matrix.refusals import Case
from tests.role_matrix.results import done


@dataclass(frozen=True)
class Thing:
    """Something in some state: where it is, and under which ETag it is to be changed."""

    path: str
    etag: str

    @property
    def id(self) -> UUID:
        """Its id."""
        return UUID(self.path.rpartition("/")[2])


def made(response: httpx.Response) -> Thing:
    """What a request that was to be done has made."""
    done(response)
    return Thing(response.headers["Location"], response.headers["ETag"])


async def seen(api: Api, path: str) -> Thing:
    """A thing as it is now."""
    return Thing(path, await api.etag(path))


async def take(api: Api, thing: Thing, verb: str, body: object = None) -> Thing:
    """Take a step that is known to be allowed; the thing as it is then."""
    response = done(await api.step(f"{thing.path}/{verb}", thing.etag, body))
    return Thing(thing.path, response.headers["ETag"])


@dataclass(frozen=True)
class Question:
    """A thing in a state, of which everybody is asked: the file with the tables, and what is sent.

    `reading` is the permission of `GET`, empty where that is not asked; `asked` names the further columns that
    say for what a line stands.
    """

    area: str
    reading: str
    actions: tuple[str, ...]
    state: str
    shared: Thing
    fresh: Callable[[], Awaitable[Thing]]
    send: Callable[[Api, str, Thing, str], Awaitable[httpx.Response]]
    asked: Mapping[str, str] = field(default_factory=dict)

    def cases(self, cast: Cast, people: Iterable[str]) -> list[Case]:
        """Everybody reads it and finds there what they may do; the `people` send each action."""
        reads = [self._reads(cast, who) for who in cast.everybody if self.reading]
        return reads + [
            self._sends(cast, who, action, said)
            for action in self.actions
            for who in people
            for said in self._said(who, action)
        ]

    def _said(self, who: str, action: str) -> tuple[str, ...]:
        """What may go with the action: a letter is brought by the head's office alone."""
        may = "said" in table(self.area, action).keys and who == "head_office"
        return ("nothing", "letter") if may else ("nothing",)

    def _answer(self, who: str, action: str, said: str) -> Answer:
        lines = table(self.area, action)
        asked = {**self.asked, **({"said": said} if "said" in lines.keys else {})}
        return lines.answer(self.state, who=who, **asked)

    def _reads(self, cast: Cast, who: str) -> Case:
        async def get() -> httpx.Response:
            return await cast.api(who).get(self.shared.path)

        expected = self._answer(who, self.reading, "nothing")
        return Case(self._name(who, self.reading), expected, get, get, lambda found: self._offers(who, found))

    def _sends(self, cast: Cast, who: str, action: str, said: str) -> Case:
        async def shared() -> httpx.Response:
            return await self.send(cast.api(who), action, self.shared, said)

        async def fresh() -> httpx.Response:
            return await self.send(cast.api(who), action, await self.fresh(), said)

        return Case(f"{self._name(who, action)} with {said}", self._answer(who, action, said), shared, fresh)

    def _offers(self, who: str, response: httpx.Response) -> str | None:
        """What is wrong with the `actions` of the thing that the person reads."""
        if not response.is_success:
            return None
        answers = {a: self._answer(who, a, self._said(who, a)[-1]) for a in self.actions}
        said = {action: answer for action, answer in answers.items() if not answer.left_open}
        expected = {action for action, answer in said.items() if answer.offered}
        offered = set(response.json()["actions"]) & said.keys()
        if offered == expected:
            return None
        return f"expected to be offered {sorted(expected)}, got {sorted(offered)}"

    def _name(self, who: str, action: str) -> str:
        return f"{who} ({group_of()[who]}) {action} on {' '.join(self.asked.values())} {self.state}"


def in_turn(cast: Cast, turn: int, turns: int = 3, always: str | None = None) -> list[str]:
    """Everybody but, of those who have no part in a subject, only every third: the others in another turn.

    `always` is a group that has a part in this one.
    """
    people = list(group_of())
    return [
        who
        for who in cast.everybody
        if group_of()[who] not in ("strangers", "colleagues")
        or (always and who in persons_of()[always])
        or people.index(who) % turns == turn % turns
    ]
