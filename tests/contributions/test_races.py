"""Two managers at the same moment: one circle is never closed, one answer counts, and nothing is certified
without the parts that stand when it is."""

import asyncio
from collections.abc import Awaitable
from uuid import UUID

import asyncpg
import httpx
import pytest

from app.enums import IndicatorLevel
from tests.contributions.sharing import REASON, Sharing, invite, try_step
from tests.factories.world import World
from tests.results.office import Office

ROUNDS = 5


async def _together(*requests: Awaitable[httpx.Response]) -> list[tuple[int, str | None]]:
    answers = await asyncio.gather(*requests)
    return [(answer.status_code, answer.json().get("code")) for answer in answers]


async def _blocked(world: World, pid: int) -> None:
    """Wait until another session waits for what this one holds."""
    for _ in range(200):
        if await world.owner.fetchval(
            "select count(*) from pg_stat_activity where $1 = any(pg_blocking_pids(pid))", pid
        ):
            return
        await asyncio.sleep(0.01)
    raise AssertionError("nobody waits")


async def _invited_in_a_ring(world: World, count: int) -> list[tuple[Office, str, str, UUID]]:
    """Each office is invited by the one before it; who accepts what, by which indicator."""
    offices = [await Office.make(world, level=IndicatorLevel.SPECIAL) for _ in range(count)]
    found = []
    for owner, contributor in zip(offices, offices[1:] + offices[:1], strict=True):
        path = (await invite(owner, contributor)).headers["Location"]
        etag = await contributor.manager.api.etag(path)
        found.append((contributor, path, etag, contributor.indicator))
    return found


@pytest.mark.parametrize("count", [2, 3])
async def test_acceptances_at_the_same_moment_close_no_circle(world: World, count: int) -> None:
    for _ in range(ROUNDS):
        ring = await _invited_in_a_ring(world, count)
        outcome = await _together(
            *(
                office.manager.api.step(f"{path}/accept", etag, {"indicator_id": str(part)})
                for office, path, etag, part in ring
            )
        )
        assert sorted(outcome, key=str) == [*[(200, None)] * (count - 1), (409, "circle")]


async def test_an_acceptance_waits_for_the_one_before_it(world: World, database_url: str) -> None:
    (second, path, etag, part), (first, *_) = await _invited_in_a_ring(world, 2)
    rival = await asyncpg.connect(database_url)
    try:
        transaction = rival.transaction()
        await transaction.start()
        await rival.execute("select pg_advisory_xact_lock(hashtext('contributions.accept'))")
        await rival.execute(
            "update contributions set state = 'accepted', part_id = $1 where contributor_id = $2",
            first.indicator,
            first.entity.id,
        )
        acceptance = asyncio.create_task(
            second.manager.api.step(f"{path}/accept", etag, {"indicator_id": str(part)})
        )
        await _blocked(world, rival.get_server_pid())
        await transaction.commit()
        answer = await acceptance
    finally:
        await rival.close()
    assert (answer.status_code, answer.json()["code"]) == (409, "circle")


async def test_two_answers_to_one_invitation_have_one_winner(world: World) -> None:
    sharing = await Sharing.make(world)
    (other,) = sharing.contributors
    for number in range(ROUNDS):
        whole = await world.indicator(sharing.owner.entity)
        path = (await sharing.invite(other, 10 + number, whole=whole)).headers["Location"]
        etag = await other.manager.api.etag(path)
        accept = {"indicator_id": str(other.indicator)}
        outcome = await _together(
            other.manager.api.step(f"{path}/accept", etag, accept),
            sharing.owner.manager.api.step(f"{path}/withdraw", etag, {"reason": REASON}),
            other.manager.api.step(f"{path}/refuse", etag, {"reason": REASON}),
        )
        winners = [said for said in outcome if said == (200, None)]
        assert len(winners) == 1, outcome
        assert set(outcome) <= {(200, None), (412, "stale"), (409, "wrong_state")}
        events = await world.owner.fetchval(
            "select count(*) from events where subject_id = $1", UUID(path.rpartition("/")[2])
        )
        assert events == 2


async def test_two_invitations_of_one_entity_have_one_winner(world: World) -> None:
    sharing = await Sharing.make(world)
    (other,) = sharing.contributors
    for _ in range(ROUNDS):
        whole = await world.indicator(sharing.owner.entity)
        outcome = await _together(*(sharing.invite(other, weight, whole=whole) for weight in (10, 20)))
        assert (201, None) in outcome
        assert len(set(outcome) - {(412, "stale"), (409, "already_exists")}) == 1
        standing = await world.owner.fetchval(
            "select count(*) from contributions where indicator_id = $1", whole
        )
        assert standing == 1


@pytest.mark.parametrize("bulk", [False, True])
@pytest.mark.parametrize("alone", [False, True])
async def test_a_part_that_is_accepted_during_the_approval_is_asked_for(
    world: World, database_url: str, bulk: bool, alone: bool
) -> None:
    """One more part, or (`alone`) the first of all."""
    sharing = await Sharing.make(world, 2)
    first, second = sharing.contributors
    if not alone:
        await sharing.accepted(first)
        await first.approved("2024")
    path = await sharing.invited(second)
    figure = await sharing.owner.reviewed("2024")
    manager = sharing.owner.manager.api
    holder = await asyncpg.connect(database_url)
    try:
        # The approval has looked at its parts and waits for the row of the result.
        held = holder.transaction()
        await held.start()
        await holder.execute("select from results where id = $1 for update", figure.id)
        item = {"id": str(figure.id), "if_match": '"3.x"', "decision": "approve"}
        approval = asyncio.create_task(
            manager.create("/v1/results/decisions", {"items": [item]})
            if bulk
            else manager.step(f"{figure.path}/approve", '"3.x"')
        )
        await _blocked(world, holder.get_server_pid())
        accepted = await try_step(second.manager, path, "accept", {"indicator_id": str(second.indicator)})
        assert accepted.status_code == 200, accepted.text
        await held.rollback()
        answer = await approval
    finally:
        await holder.close()
    assert (answer.status_code, answer.json()["code"]) == (409, "parts_missing")
    assert (await manager.get(figure.path)).json()["state"] == "reviewed"
    assert (
        await world.owner.fetchval("select count(*) from result_parts where result_id = $1", figure.id) == 0
    )
