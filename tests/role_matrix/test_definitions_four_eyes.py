"""Four eyes on definitions: people who had a hand in a version, and who decides where that leaves nobody."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import product
from uuid import UUID

import pytest

from app import clock
from app.enums import Frequency, Role, Tenure
from tests.api import Api
from tests.factories.world import LONG_AGO, Person
from tests.role_matrix.cast import Cast, account
from tests.role_matrix.definitions import LEVELS, Definitions, send
from tests.role_matrix.expectation import NEVER, table, tables
from tests.role_matrix.refusals import Case, disagreements
from tests.role_matrix.results import REASON, done
from tests.role_matrix.things import Thing, take

ACTIONS = ("definitions.confirm", "definitions.activate", "definitions.return")
HANDS = (
    "took_no_part",
    "drafted",
    "edited",
    "sent",
    "withdrew",
    "confirmed",
    "confirmed_before_return",
    "returned",
    "drafted_before_return",
    "drafted_what_is_in_force",
    "drafted_by_account",
    "acts_by_account",
    "delegate_drafted",
)
PLACES = ("sole_specialist_drafted", "representative_left", "sole_manager_confirmed")
ORDER = ("draft", "submitted", "confirmed", "active")
OF_A_PROGRAM = [
    "definitions.read",
    "indicators.read",
    "definitions.create",
    "definitions.edit",
    "definitions.confirm",
    "definitions.return",
    "definitions.activate",
]


@pytest.mark.parametrize(
    ("level", "hand"), [pair for pair in product(LEVELS, HANDS) if pair != ("vision", "delegate_drafted")]
)
async def test_a_hand_in_it(cast: Cast, definitions: Definitions, level: str, hand: str) -> None:
    """Who had a hand in a version is refused the control steps, and not offered them."""
    person = await _person(cast, level, hand)
    speaker = person.account if hand == "acts_by_account" else person.api
    cases, found = [], []
    for state in ORDER:
        if table("definitions_four_eyes", "definitions.confirm").cell(state, who=hand) == NEVER:
            continue
        shared = await _with_a_hand(definitions, person, level, hand, state)
        expected = {a: table("definitions_four_eyes", a).answer(state, who=hand) for a in ACTIONS}
        for action, answer in expected.items():

            async def fresh(action: str = action, state: str = state):
                return await send(
                    speaker, action, await _with_a_hand(definitions, person, level, hand, state)
                )

            name = f"{hand} {action} on {level} {state}"
            cases.append(Case(name, answer, lambda a=action, s=shared: send(speaker, a, s), fresh))
        offered = set(done(await speaker.get(shared.path)).json()["actions"]) & set(ACTIONS)
        allowed = {action for action, answer in expected.items() if answer.offered}
        if offered != allowed:
            found.append(f"{hand} on {level} {state}: expected to be offered {allowed}, got {offered}")
    found += await disagreements(cast.world.owner, cases)
    assert not found, "\n".join(found)


@pytest.mark.parametrize("place", PLACES)
async def test_nobody_left(cast: Cast, definitions: Definitions, place: str) -> None:
    """The head, or the head's office with a letter, takes the step that four eyes leaves to nobody."""
    here = await _place(definitions, place)
    cases, found = [], []
    for state, who in product(ORDER, here.people):
        shared = await here.make(state)
        expected = {}
        for action, said in product(ACTIONS, ("nothing", "reason", "letter")):
            if (action, said) == ("definitions.return", "nothing"):
                continue
            if said == "letter" and who != "head_office":
                continue  # whoever else brings a letter has a wrong body: not a question of who may
            expected[action, said] = table("definitions_nobody_left", action).answer(
                state, place=place, who=who, said=said
            )
            body, speaker = here.body(said), here.people[who].api

            async def fresh(action: str = action, state: str = state, body: object = body, speaker=speaker):
                return await send(speaker, action, await here.make(state), body=body)

            cases.append(
                Case(
                    f"{place} {who} {action} {state} with {said}",
                    expected[action, said],
                    lambda a=action, s=shared, b=body, speaker=speaker: send(speaker, a, s, body=b),
                    fresh,
                )
            )
        offered = set(done(await here.people[who].api.get(shared.path)).json()["actions"]) & set(ACTIONS)
        allowed = {action for (action, _), answer in expected.items() if answer.offered}
        if offered != allowed:
            found.append(f"{place} {who} {state}: expected to be offered {allowed}, got {offered}")
    found += await disagreements(cast.world.owner, cases)
    assert not found, "\n".join(found)


def test_every_hand_and_place_is_written_down() -> None:
    """No line of the tables is left unasked."""
    for one in tables("definitions_four_eyes").values():
        assert {who.strip() for line in one.lines for who in line["who"].split(",")} == set(HANDS)
    for one in tables("definitions_nobody_left").values():
        places = {place.strip() for line in one.lines for place in line["place"].split(",")}
        assert places - {"any"} == set(PLACES)


@dataclass(frozen=True)
class AllHats:
    """Somebody who could do everything, and their service account."""

    person: Person
    account: Api

    @property
    def api(self) -> Api:
        """The person's own client."""
        return self.person.api


async def _person(cast: Cast, level: str, hand: str) -> AllHats:
    world = cast.world
    person = await world.user()
    if level == "vision":
        await world.appoint(person, Role.UNIT_EDITOR, cast.unit)
        await world.appoint(person, Role.UNIT_SPECIALIST, cast.unit)
        return await _with_account(person, hand)
    await world.appoint(person, Role.SPECIALIST, cast.entity)
    if hand == "delegate_drafted":
        await world.delegate(cast.people["manager"], person, cast.entity, "definitions.activate")
        return AllHats(person, person.api)
    await world.appoint(person, Role.TECHNICAL_REPRESENTATIVE, cast.entity)
    until = datetime.now(UTC) + timedelta(days=30)
    await world.appoint(
        person, Role.MANAGER, cast.entity, tenure=Tenure.ACTING, starts_at=LONG_AGO, ends_at=until
    )
    return await _with_account(person, hand)


async def _with_account(person: Person, hand: str) -> AllHats:
    if "account" not in hand:
        return AllHats(person, person.api)
    return AllHats(person, (await account(person, OF_A_PROGRAM)).api)


async def _with_a_hand(definitions: Definitions, person: AllHats, level: str, hand: str, state: str) -> Thing:
    """A version in the state, in which the person had the hand; the rest was done by others."""
    me, hands = person.api, definitions.hands[level]
    author, confirmer, activator = hands.author.api, hands.confirmer.api, hands.activator.api
    indicator = await definitions.indicator(level)
    if level == "main":
        await definitions.cast.world.assign(person.person, indicator, definitions.cast.entity)
    first = {
        "drafted": me,
        "drafted_before_return": me,
        "acts_by_account": me,
        "delegate_drafted": me,
        "drafted_by_account": person.account,
    }.get(hand, author)
    if hand == "drafted_what_is_in_force":
        before = await definitions.draft(me, indicator)
        for speaker, verb in ((me, "submit"), (confirmer, "confirm"), (activator, "activate")):
            before = await take(speaker, before, verb)
    thing = await definitions.draft(first, indicator)
    if hand == "edited":
        thing = Thing(thing.path, done(await send(me, "definitions.edit", thing)).headers["ETag"])
    if hand == "withdrew":
        thing = await take(author, thing, "submit")
        thing = await take(me, thing, "withdraw")
    if hand == "confirmed_before_return":
        thing = await take(author, thing, "submit")
        thing = await take(me, thing, "confirm")
        thing = await take(activator, thing, "return", REASON)
    if hand in ("returned", "drafted_before_return"):
        thing = await take(author, thing, "submit")
        thing = await take(me if hand == "returned" else confirmer, thing, "return", REASON)
    if hand == "drafted_before_return":
        thing = Thing(thing.path, done(await send(author, "definitions.edit", thing)).headers["ETag"])
    steps = (
        (me if hand == "sent" else author, "submit"),
        (me if hand == "confirmed" else confirmer, "confirm"),
        (activator, "activate"),
    )
    for speaker, verb in steps[: ORDER.index(state)]:
        thing = await take(speaker, thing, verb)
    return thing


@dataclass(frozen=True)
class Place:
    """A small entity, and how a version comes into a state there."""

    people: dict[str, Person]
    confirms: Person
    activates: Person
    indicator: Callable[[], Awaitable[UUID]]
    draft: Callable[[Api, UUID], Awaitable[Thing]]

    def body(self, said: str) -> object:
        """What goes with the request."""
        letter = {
            "decided_by_id": str(self.people["head"].id),
            "letter_number": "١٢/٢٠٢٦",
            "letter_date": clock.today().isoformat(),
        }
        return {"nothing": None, "reason": REASON, "letter": {**REASON, "decision": letter}}[said]

    async def make(self, state: str) -> Thing:
        """A version in the state, drafted by the only specialist."""
        author = self.people["specialist"].api
        thing = await self.draft(author, await self.indicator())
        steps = (
            (author, "submit", None),
            (self.confirms.api, "confirm", REASON),
            (self.activates.api, "activate", REASON),
        )
        for speaker, verb, body in steps[: ORDER.index(state)]:
            thing = await take(speaker, thing, verb, body)
        return thing


async def _place(definitions: Definitions, place: str) -> Place:
    world = definitions.cast.world
    entity = await world.entity()
    people = {
        "head": await world.person(Role.HEAD, entity),
        "head_office": await world.person(Role.HEAD_OFFICE, entity),
        "manager": await world.person(Role.MANAGER, entity),
        "specialist": await world.person(Role.SPECIALIST, entity),
    }
    confirms, activates = people["head"], people["manager"]
    if place == "representative_left":
        confirms = people["representative"] = await world.person(Role.TECHNICAL_REPRESENTATIVE, entity)
    if place == "sole_manager_confirmed":
        await world.appoint(people["manager"], Role.SPECIALIST, entity)
        confirms, activates = people["manager"], people["head"]

    async def indicator() -> UUID:
        made = await world.indicator(entity, frequency=Frequency.MONTHLY)
        await world.owner.execute("update indicators set shared = false where id = $1", made)
        if place == "representative_left":
            await world.assign(people["representative"], made, entity)
        return made

    return Place(people, confirms, activates, indicator, definitions.draft)
