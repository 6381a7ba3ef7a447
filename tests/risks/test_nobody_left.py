"""A risk that was brought by who alone could decide about it is decided about all the same, and flagged."""

from datetime import timedelta
from typing import Any

import pytest

from app import clock
from app.enums import Role, Tenure
from tests.factories.risks import PLAN, REASON, RiskOffice
from tests.factories.world import World

GRANTED = [{"number": number, "amount": 1} for number in (1, 2)]


@pytest.fixture
async def office(world: World) -> RiskOffice:
    """One whose manager is the head too."""
    return await (await RiskOffice.make(world)).head_is_manager()


def awaited(risk: dict[str, Any]) -> list[tuple[str, str, bool]]:
    return [(wait["party"], wait["action"], wait["substitute"]) for wait in risk["awaiting"]]


async def inbox(office: RiskOffice, path: str) -> list[tuple[str, str]]:
    items = (await office.manager.api.get("/v1/inbox")).json()["items"]
    return [
        (each["party"], each["action"]) for each in items if each["subject_id"] == path.rpartition("/")[2]
    ]


async def test_a_head_who_asked_grants_with_a_reason(office: RiskOffice) -> None:
    path = await office.asked()
    risk = (await office.manager.api.get(path)).json()
    assert awaited(risk) == [("head", "risks.grant_resources", False)]
    assert await inbox(office, path) == [("head", "risks.grant_resources")]
    silent = await office.take(office.manager, path, "grant-resources", granted=GRANTED)
    assert [fault["pointer"] for fault in silent.json()["errors"]] == ["#/reason"]
    granted = await office.done(
        office.manager, path, "grant-resources", granted=GRANTED, reason="لا رئيس غيري في الوحدة"
    )
    assert (granted["state"], granted["exceptional"]) == ("in_treatment", True)


async def test_a_head_who_raised_it_answers(office: RiskOffice) -> None:
    path = await office.raised()
    assert await inbox(office, path) == [("head", "risks.answer")]
    answered = await office.done(office.manager, path, "answer", answer=PLAN)
    assert (answered["state"], answered["exceptional"]) == ("open", True)


async def test_not_while_another_head_is_left(office: RiskOffice) -> None:
    acting, until = await office.world.user(), clock.now() + timedelta(days=30)
    await office.world.appoint(acting, Role.HEAD, office.entity, tenure=Tenure.ACTING, ends_at=until)
    path = await office.raised()
    assert await inbox(office, path) == []
    refused = await office.take(office.manager, path, "answer", answer=PLAN)
    assert (refused.status_code, refused.json()["code"]) == (403, "four_eyes")
    answered = await office.done(acting, path, "answer", answer=PLAN)
    assert answered["exceptional"] is False


async def test_what_was_raised_to_unit_is_units_alone(world: World) -> None:
    office = await RiskOffice.make(world)
    path = await office.raised("unit")
    risk_id = path.rpartition("/")[2]
    await world.owner.execute(
        "update risks set barred = (select array_agg(distinct user_id) from memberships"
        " where parties @> '{unit}') where id = $1::uuid",
        risk_id,
    )
    refused = await office.take(office.unit, path, "answer", answer=PLAN)
    assert (refused.status_code, refused.json()["code"]) == (403, "four_eyes")
    assert (await office.take(office.head, path, "answer", answer=PLAN)).status_code == 403
    assert awaited((await office.head.api.get(path)).json()) == [("unit", "risks.answer", False)]
    waiting = (await office.head.api.get("/v1/inbox")).json()["items"]
    assert [each for each in waiting if each["subject_id"] == risk_id] == []
    other = await world.person(Role.UNIT_SPECIALIST, await world.entity(is_unit=True))
    answered = await office.done(other, path, "answer", answer=PLAN)
    assert (answered["state"], answered["exceptional"]) == ("open", False)


async def test_who_assessed_never_accepts_though_nobody_else_could(office: RiskOffice) -> None:
    path = await office.chosen("accept", by=office.manager, probability=5, impact=5)
    refused = await office.take(office.manager, path, "accept", reason=REASON)
    assert (refused.status_code, refused.json()["code"]) == (403, "four_eyes")
    await office.done(office.specialist, path, "assess", probability=5, impact=5)
    accepted = await office.done(office.manager, path, "accept", reason=REASON)
    assert (accepted["state"], accepted["exceptional"]) == ("accepted", False)
