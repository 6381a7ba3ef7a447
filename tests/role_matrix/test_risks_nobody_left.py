"""Risks that are brought by who alone could decide about them: who does."""

from dataclasses import replace
from datetime import timedelta
from itertools import product
from typing import Any

import httpx
import pytest

from app import clock
from app.enums import Role, Tenure
from tests.factories.risks import PLAN, REASON, RiskOffice
from tests.factories.world import World
from tests.role_matrix.expectation import table, tables
from tests.role_matrix.refusals import Case, disagreements
from tests.role_matrix.results import done
from tests.role_matrix.things import Thing, seen

PLACES = ("head_is_manager", "acting_head_left", "manager_assessed")
STATES = ("resources_asked", "with_head", "to_accept")
ACTIONS = ("risks.grant_resources", "risks.answer", "risks.accept")
WHO = ("manager", "head", "head_office")


async def at(world: World, place: str) -> RiskOffice:
    """The entity of a place; its head is whoever decides for it, the acting one where there is one."""
    office = await RiskOffice.make(world)
    if place == "manager_assessed":
        return office
    office = await office.head_is_manager()
    if place == "head_is_manager":
        return office
    acting, until = await world.user(), clock.now() + timedelta(days=30)
    await world.appoint(acting, Role.HEAD, office.entity, tenure=Tenure.ACTING, ends_at=until)
    return replace(office, head=acting)


async def make(office: RiskOffice, state: str) -> Thing:
    """A risk that the manager brought to the state, or assessed."""
    if state == "resources_asked":
        path = await office.asked()
    elif state == "with_head":
        path = await office.raised()
    else:
        path = await office.chosen("accept", by=office.manager, probability=2, impact=2)
    return await seen(office.manager.api, path)


async def send(office: RiskOffice, who: str, action: str, thing: Thing, said: str) -> httpx.Response:
    """The request that the action is."""
    body: dict[str, Any] = {} if said == "nothing" else {"reason": REASON}
    if action == "risks.answer":
        body = {"answer": PLAN}
    if action == "risks.grant_resources":
        body["granted"] = [{"number": number, "amount": 1} for number in (1, 2)]
    if said == "letter":
        body["decision"] = office.letter()
    verb = action.partition(".")[2].replace("_", "-")
    return await getattr(office, who).api.step(f"{thing.path}/{verb}", thing.etag, body)


@pytest.mark.parametrize("place", PLACES)
async def test_who_decides(world: World, place: str) -> None:
    office = await at(world, place)
    cases, found = [], []
    for state, who in product(STATES, WHO):
        if place == "head_is_manager" and who == "head":
            continue  # the same person
        shared = await make(office, state)
        expected = {}
        for action in ACTIONS:
            lines = table("risks_nobody_left", action)
            ways = ("nothing", "reason") if action == "risks.grant_resources" else ("reason",)
            for said in (*ways, *(["letter"] if who == "head_office" else [])):
                expected[action, said] = lines.answer(state, place=place, who=who, said=said)
                cases.append(
                    Case(
                        f"{place} {who} {action} {state} with {said}",
                        expected[action, said],
                        lambda a=action, t=shared, w=who, s=said: send(office, w, a, t, s),
                        lambda a=action, w=who, s=said, st=state: again(office, w, a, st, s),
                    )
                )
        offered = set(done(await getattr(office, who).api.get(shared.path)).json()["actions"]) & set(ACTIONS)
        allowed = {action for (action, _), answer in expected.items() if answer.offered}
        if offered != allowed:
            found.append(f"{place} {who} {state}: expected to be offered {allowed}, got {offered}")
        waits = f'"{shared.id}"' in (await getattr(office, who).api.get("/v1/inbox")).text
        if waits != bool(allowed):
            found.append(f"{place} {who} {state}: in the inbox {waits}, though offered {allowed}")
    found += await disagreements(world.owner, cases)
    assert not found, "\n".join(found)


async def again(office: RiskOffice, who: str, action: str, state: str, said: str) -> httpx.Response:
    """The same on a risk of its own."""
    return await send(office, who, action, await make(office, state), said)


def test_every_place_is_written_down() -> None:
    for one in tables("risks_nobody_left").values():
        assert {place.strip() for line in one.lines for place in line["place"].split(",")} == set(PLACES)
