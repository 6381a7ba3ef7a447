"""Reopenings: every person of the cast, every state, whoever grants, every classification; of approved results
and of closed periods."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import product
from uuid import UUID

import httpx
import pytest

from app import clock
from app.enums import Role, Tenure
from tests.factories.world import LONG_AGO, Person
from tests.role_matrix.cast import Cast
from tests.role_matrix.expectation import group_of, table
from tests.role_matrix.obligations import Obligations
from tests.role_matrix.refusals import Case, disagreements
from tests.role_matrix.results import ASKED, CLASSIFICATIONS, REASON, Result, Results, done, send
from tests.role_matrix.things import seen, take

STATES = ("asked", "granted", "refused", "used")
GRANTORS = ("head", "unit")
OF_A_PERIOD = "of a closed period"
SUBJECTS = [
    *product(GRANTORS, CLASSIFICATIONS, STATES),
    *product(GRANTORS, [OF_A_PERIOD], STATES),
]
DECISIONS = ("reopenings.grant", "reopenings.refuse")
BOTH_POSTS = "asked_as_acting_manager_and_head"


@dataclass(frozen=True)
class Reopening:
    """A reopening in some state."""

    path: str
    etag: str
    about: UUID
    """The approved result, or the indicator whose period is closed."""


@pytest.mark.parametrize(("grantor", "of", "state"), SUBJECTS)
async def test_every_action(
    cast: Cast, results: Results, obligations: Obligations, grantor: str, of: str, state: str
) -> None:
    """Each person gets exactly the status of the table, and is offered what it allows.

    Who has nothing to do with the entity asks for the internal ones only; all others for every classification.
    """

    async def make() -> Reopening:
        if of == OF_A_PERIOD:
            return await _of_a_period(cast, obligations, grantor, state)
        return await _make(cast, results, grantor, of, state)

    classification = "internal" if of == OF_A_PERIOD else of
    shared = await make()
    for who in cast.people:
        if "_on_" in who and not who.startswith("former"):
            await cast.assign(who, shared.about)
    asked = {"grantor": grantor, "classification": classification}
    cases = []
    for who in cast.everybody:
        if group_of()[who] == "strangers" and classification != "internal":
            continue
        reading = table("reopenings", "reopenings.read").answer(state, who=who, **asked)

        def offers(response: httpx.Response, who: str = who) -> str | None:
            said = "letter" if who == "head_office" else "nothing"
            expected = {
                a
                for a in DECISIONS
                if table("reopenings", a).answer(state, who=who, said=said, **asked).offered
            }
            offered = set(response.json()["actions"])
            return None if offered == expected else f"expected to be offered {expected}, got {offered}"

        def read(who: str = who):
            return cast.api(who).get(shared.path)

        name = f"{who} ({group_of()[who]}) %s on {grantor} {of} {state}"
        cases.append(Case(name % "reopenings.read", reading, read, read, offers))
        for action, said in product(DECISIONS, ("nothing", "letter")):
            if said == "letter" and who != "head_office":
                continue  # whoever else brings a letter has a wrong body: not a question of who may

            async def fresh(who: str = who, action: str = action, said: str = said) -> httpx.Response:
                own = await make()
                if group_of()[who] == "assigned":
                    await cast.assign(who, own.about)
                return await _decide(cast, cast.people[who], action, own, said)

            cases.append(
                Case(
                    f"{name % action} with {said}",
                    table("reopenings", action).answer(state, who=who, said=said, **asked),
                    lambda who=who, a=action, s=said: _decide(cast, cast.people[who], a, shared, s),
                    fresh,
                )
            )
    found = await disagreements(cast.world.owner, cases)
    assert not found, "\n".join([f"{len(found)} of {len(cases)}:", *found])


@pytest.mark.parametrize(("grantor", "of"), list(product(GRANTORS, ("internal", OF_A_PERIOD))))
async def test_who_asked_does_not_grant(
    cast: Cast, results: Results, obligations: Obligations, grantor: str, of: str
) -> None:
    """An acting manager who is acting head too does not grant what they asked for themselves."""
    both = await cast.world.user()
    until = datetime.now(UTC) + timedelta(days=30)
    for post in (Role.MANAGER, Role.HEAD):
        await cast.world.appoint(
            both, post, cast.entity, tenure=Tenure.ACTING, starts_at=LONG_AGO, ends_at=until
        )
    found = []
    for state, action in product(STATES, DECISIONS):
        if of == OF_A_PERIOD:
            own = await _of_a_period(cast, obligations, grantor, state, asks=both)
        else:
            own = await _make(cast, results, grantor, of, state, asks=both)
        lines = table("reopenings", action)
        expected = lines.answer(
            state, who=BOTH_POSTS, grantor=grantor, classification="internal", said="nothing"
        )
        case = Case(
            f"{BOTH_POSTS} {action} on {grantor} {of} {state}",
            expected,
            lambda own=own, action=action: _decide(cast, both, action, own, "nothing"),
            lambda own=own, action=action: _decide(cast, both, action, own, "nothing"),
        )
        found += await disagreements(cast.world.owner, [case])
    assert not found, "\n".join(found)


async def _make(
    cast: Cast,
    results: Results,
    grantor: str,
    classification: str,
    state: str,
    *,
    asks: Person | None = None,
) -> Reopening:
    """A reopening in the state. UNIT's are of a vision indicator and, restricted ones, of one in the scorecard."""
    indicator = cast.main
    if grantor == "unit":
        indicator = cast.scorecard if classification == "restricted" else cast.vision
    result = await results.make("approved", classification, indicator)
    asked = done(await send((asks or cast.people["manager"]).api, "reopenings.ask", result, ASKED))
    path, etag = asked.headers["Location"], asked.headers["ETag"]
    decides = cast.people["head" if grantor == "head" else "unit_specialist"]
    if state == "refused":
        etag = done(await decides.api.step(f"{path}/refuse", etag, REASON)).headers["ETag"]
    if state in ("granted", "used"):
        etag = done(await decides.api.step(f"{path}/grant", etag)).headers["ETag"]
    if state == "used":
        seen = Result(result.path, await cast.clerk.api.etag(result.path))
        done(await send(cast.clerk.api, "results.correct", seen))
        etag = await cast.api("manager").etag(path)
    return Reopening(path, etag, result.id)


async def _of_a_period(
    cast: Cast, obligations: Obligations, grantor: str, state: str, *, asks: Person | None = None
) -> Reopening:
    """The same of a closed period: of a main indicator, or of one in the scorecard."""
    due = await obligations.make("closed", "main" if grantor == "head" else "scorecard")
    thing = await obligations.reopening(due, asks.api if asks else None)
    decides = cast.api("head" if grantor == "head" else "unit_specialist")
    if state == "refused":
        thing = await take(decides, thing, "refuse", REASON)
    if state in ("granted", "used"):
        thing = await take(decides, thing, "grant")
    if state == "used":
        done(await obligations.enter(cast.clerk.api, due))
        thing = await seen(cast.api("manager"), thing.path)
    return Reopening(thing.path, thing.etag, obligations.of[due.id][0])


async def _decide(cast: Cast, who: Person, action: str, reopening: Reopening, said: str) -> httpx.Response:
    letter = {
        "decided_by_id": str(cast.people["head"].id),
        "letter_number": "١٢/٢٠٢٦",
        "letter_date": clock.today().isoformat(),
    }
    body = {**REASON, **({"decision": letter} if said == "letter" else {})}
    verb = action.partition(".")[2]
    return await who.api.step(f"{reopening.path}/{verb}", reopening.etag, body)
