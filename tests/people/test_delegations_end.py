"""A head does not sign in: the head's office records that the head ends a delegation."""

from datetime import UTC, datetime

from app.enums import Role
from tests.factories.world import World


async def test_the_heads_office_records_the_end_of_a_delegation(world: World) -> None:
    ministry = await world.entity()
    head = await world.person(Role.HEAD, ministry)
    office = await world.person(Role.HEAD_OFFICE, ministry)
    manager = await world.person(Role.MANAGER, ministry)
    specialist = await world.person(Role.SPECIALIST, ministry)
    delegation = await world.delegate(manager, specialist, ministry, "results.approve")
    path = f"/v1/delegations/{delegation}"

    without = await office.api.step(
        f"{path}/end", await office.api.etag(path), {"reason": "عاد المدير من إجازته"}
    )
    assert without.status_code == 422
    assert without.json()["errors"][0]["pointer"] == "#/decision"

    letter = {"decided_by_id": str(head.id), "letter_number": "٤/٢٠٢٦", "letter_date": "2026-01-15"}
    ended = await office.api.step(
        f"{path}/end", await office.api.etag(path), {"reason": "عاد المدير من إجازته", "decision": letter}
    )
    assert ended.status_code == 200, ended.text
    assert datetime.fromisoformat(ended.json()["ends_at"]) <= datetime.now(UTC)
    said = await world.owner.fetchrow(
        "select actor_id, acting_for_id from events where subject_id = $1 and action = 'delegations.end'",
        delegation,
    )
    assert said is not None
    assert (said["actor_id"], said["acting_for_id"]) == (office.id, head.id)
