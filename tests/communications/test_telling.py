"""What a communication plan may tell to the whole entity: nothing that is not approved, or for a few alone."""

from typing import Any

import pytest

from app.enums import DivisionFunction, Role
from tests.factories.communications import ACTIVITY, PLAN, YEAR, refused
from tests.factories.initiatives import House, Thing
from tests.factories.world import Person, World


@pytest.fixture
async def house(world: World) -> House:
    """A new ministry, with everyone whom an initiative meets."""
    return await House.make(world)


async def _submitted(writer: Person, house: House, about: Thing, who: Person) -> Thing:
    """A communication plan about an initiative, before who approves it."""
    body: dict[str, Any] = {**PLAN, "about_id": str(about.id), "year": YEAR}
    plan = Thing.of(await writer.api.create("/v1/communication-plans", body), "/v1/communication-plans")
    added = await who.api.send(
        "POST",
        f"{plan.path}/activities",
        json=dict(ACTIVITY),
        headers={"If-Match": await who.api.etag(plan.path), "Idempotency-Key": str(plan.id)},
    )
    assert added.status_code == 201, added.text
    await house.done(who, plan, "submit")
    return plan


async def test_a_draft_is_not_told_and_what_became_restricted_never(house: House, world: World) -> None:
    communication = await world.division(house.entity, DivisionFunction.COMMUNICATION)
    colleague = await world.person(Role.DIVISION_MEMBER, division=communication)
    media = await world.person(Role.MEDIA_REPRESENTATIVE, house.entity)
    made = await house.drafted()
    assigned = await house.manager.api.create(
        f"/v1/entities/{house.entity.id}/assignments",
        {"user_id": str(media.id), "subject_id": str(made.id)},
    )
    assert assigned.status_code == 201, assigned.text
    plan = await _submitted(media, house, made, media)
    assert "communication_plans.approve" not in (await house.read(plan, house.manager))["actions"]
    refused(await house.take(house.manager, plan, "approve"), 409, "not_to_be_told")
    etag = await house.member.api.etag(made.path)
    patched = await house.member.api.patch(made.path, etag, {"classification": "restricted"})
    assert patched.status_code == 200, patched.text
    await house.done(house.member, made, "submit")
    await house.done(house.manager, made, "approve")
    refused(await house.take(house.manager, plan, "approve"), 409, "not_to_be_told")
    assert (await colleague.api.get(plan.path)).status_code == 200  # drafted by their division
    for person in (house.outsider, house.unit):
        assert (await person.api.get(plan.path)).status_code == 404


async def test_what_is_approved_is_told(house: House, world: World) -> None:
    communication = await world.division(house.entity, DivisionFunction.COMMUNICATION)
    colleague = await world.person(Role.DIVISION_MEMBER, division=communication)
    plan = await _submitted(colleague, house, await house.approved(), colleague)
    approved = await house.done(house.manager, plan, "approve")
    assert approved["state"] == "approved"
    assert (await house.outsider.api.get(plan.path)).status_code == 200
