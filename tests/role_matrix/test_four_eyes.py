"""Four eyes: people who had a hand in a figure, and who decides where that leaves nobody."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import product

import httpx
import pytest

from app import clock
from app.enums import DivisionFunction, Frequency, Role, Tenure
from tests.api import Api
from tests.factories.world import LONG_AGO, Person, World
from tests.role_matrix.cast import Cast, account
from tests.role_matrix.evidence import announcement
from tests.role_matrix.expectation import NEVER, table, tables
from tests.role_matrix.refusals import Case, disagreements
from tests.role_matrix.results import ASKED, REASON, Result, Results, done, send, take
from tests.role_matrix.things import made

ACTIONS = ("results.review", "results.approve", "results.return")
HANDS = (
    "took_no_part",
    "entered",
    "edited",
    "brought_evidence",
    "sent",
    "withdrew",
    "reviewed",
    "reviewed_before_return",
    "returned",
    "entered_before_return",
    "opened_correction",
    "entered_what_is_corrected",
    "entered_by_account",
    "acts_by_account",
    "delegate_entered",
)
PLACES = ("sole_reviewer_entered", "no_planning", "sole_approver_entered", "delegate_left")
ORDER = ("draft", "submitted", "reviewed", "approved")


@pytest.mark.parametrize("hand", HANDS)
async def test_a_hand_in_it(cast: Cast, results: Results, hand: str) -> None:
    """Who had a hand in a figure is refused the control steps, and not offered them."""
    person = await _person(cast, hand)
    cases = []
    for state in table("four_eyes", "results.review").states:
        if table("four_eyes", "results.review").cell(state, who=hand) == NEVER:
            continue
        shared = await _with_a_hand(cast, results, person, hand, state)
        speaker = person.account if hand == "acts_by_account" else person.api
        expected = {a: table("four_eyes", a).answer(state, who=hand) for a in ACTIONS}
        cases += [
            Case(
                f"{hand} {action} {state}",
                expected[action],
                lambda action=action, shared=shared, speaker=speaker: send(speaker, action, shared),
                lambda action=action, state=state, speaker=speaker: _again(
                    cast, results, person, hand, state, speaker, action
                ),
            )
            for action in ACTIONS
        ]
        offered = set(done(await speaker.get(shared.path)).json()["actions"]) & set(ACTIONS)
        assert offered == {a for a in ACTIONS if expected[a].offered}, f"{hand} {state}: offered {offered}"
    found = await disagreements(cast.world.owner, cases)
    assert not found, "\n".join(found)


@pytest.mark.parametrize("place", PLACES)
async def test_nobody_left(cast: Cast, place: str) -> None:
    """The head, or the head's office with a letter, takes the step that four eyes leaves to nobody."""
    here = await _place(cast.world, place)
    cases, found = [], []
    for state, who in product(ORDER, here.people):
        shared = await here.make(state)
        expected = {}
        for action in ACTIONS:
            lines = table("nobody_left", action)
            for said in (
                ("reason", "letter") if action == "results.return" else ("nothing", "reason", "letter")
            ):
                if said == "letter" and who != "head_office":
                    continue  # whoever else brings a letter has a wrong body: not a question of who may
                expected[action, said] = lines.answer(state, place=place, who=who, said=said)
                body = here.body(said)
                cases.append(
                    Case(
                        f"{place} {who} {action} {state} with {said}",
                        expected[action, said],
                        lambda a=action, s=shared, w=who, b=body: send(here.people[w].api, a, s, b),
                        lambda a=action, t=state, w=who, b=body: here.again(w, a, t, b),
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
    for one in tables("four_eyes").values():
        assert {who.strip() for line in one.lines for who in line["who"].split(",")} == set(HANDS)
    for one in tables("nobody_left").values():
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


async def _person(cast: Cast, hand: str) -> AllHats:
    world = cast.world
    if hand == "delegate_entered":
        delegate = await world.person(Role.SPECIALIST, cast.entity)
        await world.delegate(cast.people["manager"], delegate, cast.entity, "results.approve")
        return AllHats(delegate, delegate.api)
    person = await world.person(Role.DIVISION_MEMBER, division=cast.in_charge)
    await world.appoint(person, Role.DIVISION_MEMBER, division=cast.planning)
    until = datetime.now(UTC) + timedelta(days=30)
    await world.appoint(
        person, Role.MANAGER, cast.entity, tenure=Tenure.ACTING, starts_at=LONG_AGO, ends_at=until
    )
    may = ["results.read", "results.create", "results.review", "results.approve", "results.return"]
    return AllHats(person, (await account(person, may)).api)


async def _again(
    cast: Cast, results: Results, person: AllHats, hand: str, state: str, speaker: Api, action: str
) -> httpx.Response:
    return await send(speaker, action, await _with_a_hand(cast, results, person, hand, state))


async def _with_a_hand(cast: Cast, results: Results, person: AllHats, hand: str, state: str) -> Result:
    """A result in the state, in which the person had the hand; the rest was done by others."""
    me, clerk, reviewer, approver = person.api, cast.clerk.api, cast.reviewer.api, cast.approver.api
    path = f"/v1/indicators/{cast.main}/results"
    first = {
        "entered": me,
        "entered_before_return": me,
        "acts_by_account": me,
        "delegate_entered": me,
        "entered_what_is_corrected": me,
        "entered_by_account": person.account,
    }.get(hand, clerk)
    entered = done(await first.create(path, {"period": results.period(cast.main), "value": 35.4}))
    result = Result(entered.headers["Location"], entered.headers["ETag"])
    if hand == "edited":
        result = Result(result.path, done(await send(me, "results.edit", result)).headers["ETag"])
    if hand == "brought_evidence":
        thing = made(await me.create("/v1/evidence", announcement(result.id)))
        await take(clerk, Result(thing.path, thing.etag), "withdraw")
        result = Result(result.path, await clerk.etag(result.path))
    if hand == "withdrew":
        result = await take(clerk, result, "submit")
        result = await take(me, result, "withdraw")
    if hand == "reviewed_before_return":
        for speaker, verb in ((clerk, "submit"), (me, "review"), (cast.api("manager"), "return")):
            result = await take(speaker, result, verb)
    if hand in ("returned", "entered_before_return"):
        result = await take(clerk, result, "submit")
        result = await take(me if hand == "returned" else reviewer, result, "return")
    if hand == "entered_before_return":
        result = Result(result.path, done(await send(clerk, "results.edit", result)).headers["ETag"])
    if hand in ("opened_correction", "entered_what_is_corrected"):
        result = await _corrected(cast, result, me if hand == "opened_correction" else clerk)
    if state == "discarded":
        return await take(clerk, result, "discard")
    steps = [
        (me if hand == "sent" else clerk, "submit"),
        (me if hand == "reviewed" else reviewer, "review"),
        (approver, "approve"),
    ]
    for speaker, verb in steps[: ORDER.index(state)]:
        result = await take(speaker, result, verb)
    return result


async def _corrected(cast: Cast, result: Result, opens: Api) -> Result:
    """The draft of a second revision."""
    for speaker, verb in (
        (cast.clerk.api, "submit"),
        (cast.reviewer.api, "review"),
        (cast.approver.api, "approve"),
    ):
        result = await take(speaker, result, verb)
    asked = done(await send(cast.api("manager"), "reopenings.ask", result, ASKED))
    done(await cast.api("head").step(f"{asked.headers['Location']}/grant", asked.headers["ETag"]))
    result = Result(result.path, await opens.etag(result.path))
    opened = done(await send(opens, "results.correct", result))
    return Result(opened.headers["Location"], opened.headers["ETag"])


@dataclass(frozen=True)
class Place:
    """A small entity with one indicator, and how a result comes into a state there."""

    people: dict[str, Person]
    clerk: Person
    approver: Person | None
    indicator: object
    months: object

    def body(self, said: str) -> object:
        """What goes with the request."""
        letter = {
            "decided_by_id": str(self.people["head"].id),
            "letter_number": "١٢/٢٠٢٦",
            "letter_date": clock.today().isoformat(),
        }
        return {"nothing": None, "reason": REASON, "letter": {**REASON, "decision": letter}}[said]

    async def make(self, state: str) -> Result:
        """A result in the state, entered by who keeps others from deciding."""
        body = {"period": next(self.months), "value": 35.4}
        made = done(await self.clerk.api.create(f"/v1/indicators/{self.indicator}/results", body))
        result = Result(made.headers["Location"], made.headers["ETag"])
        planning = self.people.get("planning")
        reviewer = self.people["head"] if planning in (None, self.clerk) else planning
        manager = self.people["manager"]
        approver = self.people["head"] if manager == self.clerk else manager
        steps = [
            (self.clerk, "submit", None),
            (reviewer, "review", REASON),
            (self.approver or approver, "approve", REASON),
        ]
        for person, verb, body in steps[: ORDER.index(state)]:
            result = await take(person.api, result, verb, body)
        return result

    async def again(self, who: str, action: str, state: str, body: object) -> httpx.Response:
        """The request, on a result of its own."""
        return await send(self.people[who].api, action, await self.make(state), body)


async def _place(world: World, place: str) -> Place:
    entity = await world.entity()
    in_charge = await world.division(entity)
    planning = await world.division(entity, DivisionFunction.PLANNING)
    people = {
        "head": await world.person(Role.HEAD, entity),
        "head_office": await world.person(Role.HEAD_OFFICE, entity),
        "manager": await world.person(Role.MANAGER, entity),
    }
    approver = None
    if place != "no_planning":
        people["planning"] = await world.person(Role.DIVISION_MEMBER, division=planning)
    if place == "sole_reviewer_entered":
        clerk = people["planning"]
    elif place == "no_planning":
        clerk = await world.user()
    else:
        clerk = people["manager"]
    await world.appoint(clerk, Role.DIVISION_MEMBER, division=in_charge)
    if place == "delegate_left":
        approver = await world.person(Role.SPECIALIST, entity)
        await world.delegate(people["manager"], approver, entity, "results.approve")
    indicator = await world.indicator(entity, in_charge, frequency=Frequency.MONTHLY)
    months = (f"{year}-{month:02}" for year, month in product(range(1990, 2026), range(1, 13)))
    return Place(people, clerk, approver, indicator, months)
