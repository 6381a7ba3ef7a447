"""Two people at the same moment: one of them wins, the other is told, and nothing happens twice."""

import asyncio
from collections import Counter
from collections.abc import Awaitable
from datetime import UTC, datetime
from uuid import uuid4

import asyncpg
import httpx
import pytest

from app.enums import Role
from tests.factories.world import Person, World
from tests.results.office import Figure, Office

ROUNDS = 5


async def _together(*requests: Awaitable[httpx.Response]) -> list[tuple[int, str | None]]:
    answers = await asyncio.gather(*requests)
    return [(answer.status_code, answer.json().get("code")) for answer in answers]


async def _events(world: World, figure: Figure, action: str) -> int:
    return await world.owner.fetchval(
        "select count(*) from events where subject_id = $1 and action = $2", figure.id, action
    )


async def _blocked(world: World, pid: int) -> None:
    """Wait until another session waits for what this one holds."""
    for _ in range(200):
        waits = await world.owner.fetchval(
            "select count(*) from pg_stat_activity where $1 = any(pg_blocking_pids(pid))", pid
        )
        if waits:
            return
        await asyncio.sleep(0.01)
    raise AssertionError("nobody waits")


@pytest.mark.parametrize("rival", ["edit", "withdraw", "return"])
async def test_approve_against_a_change_of_the_same_result(world: World, rival: str) -> None:
    office = await Office.make(world)
    for number in range(ROUNDS):
        period = str(2010 + number)
        figure = await (office.submitted(period) if rival == "withdraw" else office.reviewed(period))
        etag = await office.manager.api.etag(figure.path)
        if rival == "withdraw":
            first = office.reviewer.api.step(f"{figure.path}/review", etag)
        else:
            first = office.manager.api.step(f"{figure.path}/approve", etag)
        if rival == "edit":
            second = office.enterer.api.patch(figure.path, etag, {"value": 1})
        elif rival == "withdraw":
            second = office.enterer.api.step(f"{figure.path}/withdraw", etag)
        else:
            second = office.manager.api.step(f"{figure.path}/return", etag, {"reason": "سبب"})
        pair = (second, first) if number % 2 else (first, second)
        outcome = Counter(await _together(*pair))
        assert outcome[(200, None)] == 1, outcome
        others = [said for said in outcome if said[0] != 200]
        assert all(said in {(412, "stale"), (409, "wrong_state")} for said in others), outcome
        body = (await office.manager.api.get(figure.path)).json()
        assert body["value"] == 35.4
        assert body["version"] == (3 if rival == "withdraw" else 4)


async def test_approve_against_approve_has_one_winner(world: World) -> None:
    office = await Office.make(world)
    await world.delegate(office.manager, office.specialist, office.entity, "results.approve")
    for number in range(ROUNDS):
        figure = await office.reviewed(str(2010 + number))
        etag = await office.manager.api.etag(figure.path)
        outcome = await _together(
            office.specialist.api.step(f"{figure.path}/approve", etag),
            office.manager.api.step(f"{figure.path}/approve", etag),
        )
        assert sorted(outcome) == [(200, None), (412, "stale")]
        assert await _events(world, figure, "results.approve") == 1
        winner = office.specialist if outcome[0][0] == 200 else office.manager
        body = (await office.manager.api.get(figure.path)).json()
        assert body["approved_by"]["id"] == str(winner.id)
        acting_for = (await office.manager.api.get(f"{figure.path}/history")).json()["items"][-1][
            "acting_for"
        ]
        assert (acting_for or {}).get("id") == (
            str(office.manager.id) if winner is office.specialist else None
        )


async def _ends(world: World, connection: asyncpg.Connection, person: Person) -> None:
    await connection.execute(
        "update memberships set ends_at = $2 where user_id = $1 and ends_at is null",
        person.id,
        datetime.now(UTC),
    )


@pytest.mark.parametrize("commits", [True, False])
async def test_an_approval_waits_for_the_end_of_the_right_it_rests_on(
    world: World, database_url: str, commits: bool
) -> None:
    office = await Office.make(world)
    figure = await office.reviewed()
    etag = await office.manager.api.etag(figure.path)
    rival = await asyncpg.connect(database_url)
    try:
        transaction = rival.transaction()
        await transaction.start()
        await _ends(world, rival, office.manager)
        approval = asyncio.create_task(office.manager.api.step(f"{figure.path}/approve", etag))
        await _blocked(world, rival.get_server_pid())
        await (transaction.commit() if commits else transaction.rollback())
        answer = await approval
    finally:
        await rival.close()
    state = await world.owner.fetchval("select state from results where id = $1", figure.id)
    if commits:
        assert (answer.status_code, answer.json()["code"], state) == (404, "not_found", "reviewed")
    else:
        assert (answer.status_code, state) == (200, "approved")


@pytest.mark.parametrize("delegated", [False, True])
async def test_the_end_of_a_right_waits_for_the_approval_that_rests_on_it(
    world: World, database_url: str, delegated: bool
) -> None:
    office = await Office.make(world)
    approver = office.specialist if delegated else office.manager
    if delegated:
        await world.delegate(office.manager, office.specialist, office.entity, "results.approve")
    figure = await office.reviewed()
    etag = await approver.api.etag(figure.path)
    holder, ender = await asyncpg.connect(database_url), await asyncpg.connect(database_url)
    try:
        # The approval has loaded its rights and waits for the row of the result.
        held = holder.transaction()
        await held.start()
        await holder.execute("select from results where id = $1 for update", figure.id)
        approval = asyncio.create_task(approver.api.step(f"{figure.path}/approve", etag))
        await _blocked(world, holder.get_server_pid())
        await ender.execute("set lock_timeout = '300ms'")
        with pytest.raises(asyncpg.LockNotAvailableError):
            await _ends(world, ender, office.manager)
        await held.rollback()
        assert (await approval).status_code == 200
        await _ends(world, ender, office.manager)
    finally:
        await holder.close()
        await ender.close()


async def test_a_right_that_ended_before_approves_nothing(world: World) -> None:
    office = await Office.make(world)
    await world.delegate(office.manager, office.specialist, office.entity, "results.approve")
    figure = await office.reviewed()
    etag = await office.specialist.api.etag(figure.path)
    await _ends(world, world.owner, office.manager)
    assert (await office.manager.api.step(f"{figure.path}/approve", etag)).status_code == 404
    answer = await office.specialist.api.step(f"{figure.path}/approve", etag)
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")


async def test_fifty_people_edit_what_they_saw_and_one_wins(world: World) -> None:
    office = await Office.make(world)
    figure = await office.draft()
    etag = await office.enterer.api.etag(figure.path)
    outcome = Counter(
        await _together(
            *(office.enterer.api.patch(figure.path, etag, {"value": number}) for number in range(100, 150))
        )
    )
    assert outcome == {(200, None): 1, (412, "stale"): 49}
    assert await _events(world, figure, "results.edit") == 1
    assert (await office.enterer.api.get(figure.path)).json()["version"] == 2


async def test_fifty_retries_of_one_key_have_one_effect(world: World) -> None:
    office = await Office.make(world)
    path, body = f"/v1/indicators/{office.indicator}/results", {"period": "2024", "value": 35.4}
    answers = await asyncio.gather(
        *(office.enterer.api.create(path, body, key="entry-2024") for _ in range(50))
    )
    made = [answer for answer in answers if answer.status_code == 201]
    refused = [answer for answer in answers if answer.status_code != 201]
    assert made
    assert {(answer.status_code, answer.json()["code"]) for answer in refused} <= {
        (409, "idempotency_key_in_flight")
    }
    assert len({(answer.content, answer.headers["ETag"], answer.headers["Location"]) for answer in made}) == 1
    again = await office.enterer.api.create(path, body, key="entry-2024")
    assert (again.status_code, again.content) == (201, made[0].content)
    rows = await world.owner.fetchval(
        "select count(*) from results where indicator_id = $1", office.indicator
    )
    assert rows == 1


async def test_fifty_different_entries_of_one_figure_make_one(world: World) -> None:
    office = await Office.make(world)
    path, body = f"/v1/indicators/{office.indicator}/results", {"period": "2024", "value": 35.4}
    outcome = Counter(await _together(*(office.enterer.api.create(path, body) for _ in range(50))))
    assert outcome == {(201, None): 1, (409, "already_exists"): 49}


async def test_a_key_is_bound_to_its_request_and_to_its_person(world: World) -> None:
    office = await Office.make(world)
    path = f"/v1/indicators/{office.indicator}/results"
    made = await office.enterer.api.create(path, {"period": "2023", "value": 1}, key="entry-2023")
    assert made.status_code == 201
    other_body = await office.enterer.api.create(path, {"period": "2023", "value": 2}, key="entry-2023")
    assert (other_body.status_code, other_body.json()["code"]) == (422, "idempotency_key_reused")
    second = await world.indicator(office.entity, office.executing)
    other_path = await office.enterer.api.create(
        f"/v1/indicators/{second}/results", {"period": "2023", "value": 1}, key="entry-2023"
    )
    assert (other_path.status_code, other_path.json()["code"]) == (422, "idempotency_key_reused")
    other_person = await office.second_enterer.api.create(
        path, {"period": "2022", "value": 3}, key="entry-2023"
    )
    assert other_person.status_code == 201


async def test_a_refused_request_does_not_use_its_key_up(world: World) -> None:
    office = await Office.make(world)
    path, key = f"/v1/indicators/{office.indicator}/results", uuid4().hex
    refused = await office.enterer.api.create(path, {"period": "2024-Q1", "value": 1}, key=key)
    assert refused.status_code == 422
    assert (await office.enterer.api.create(path, {"period": "2024", "value": 1}, key=key)).status_code == 201


async def test_an_answer_is_not_repeated_to_who_lost_sight_of_the_thing(world: World) -> None:
    office = await Office.make(world)
    path, body = f"/v1/indicators/{office.indicator}/results", {"period": "2024", "value": 35.4}
    made = await office.enterer.api.create(path, body, key="entry-2024")
    step = await office.enterer.api.step(
        f"{made.headers['Location']}/submit", made.headers["ETag"], key="submit-2024"
    )
    assert (made.status_code, step.status_code) == (201, 200)
    await _ends(world, world.owner, office.enterer)
    for again in (
        await office.enterer.api.create(path, body, key="entry-2024"),
        await office.enterer.api.step(
            f"{made.headers['Location']}/submit", made.headers["ETag"], key="submit-2024"
        ),
    ):
        assert (again.status_code, again.json()["code"]) == (404, "not_found")


async def test_a_transition_is_repeated_by_its_key(world: World) -> None:
    office = await Office.make(world)
    figure = await office.draft()
    etag = await office.enterer.api.etag(figure.path)
    first = await office.enterer.api.step(f"{figure.path}/submit", etag, key="submit-once")
    again = await office.enterer.api.step(f"{figure.path}/submit", etag, key="submit-once")
    assert (first.status_code, first.content, first.headers["ETag"]) == (
        again.status_code,
        again.content,
        again.headers["ETag"],
    )
    assert await _events(world, figure, "results.submit") == 1


async def test_bulk_decisions_in_opposite_orders_do_not_lock_each_other_out(world: World) -> None:
    office = await Office.make(world)
    figures = await office.many_submitted(300)
    deputy = await world.person(Role.DIVISION_MEMBER, division=office.planning)
    items = [{"id": str(id_), "if_match": '"2.x"', "decision": "review"} for id_ in figures]
    answers = await asyncio.gather(
        office.reviewer.api.create("/v1/results/decisions", {"items": items}),
        deputy.api.create("/v1/results/decisions", {"items": items[::-1]}),
        office.second_reviewer.api.create("/v1/results/decisions", {"items": items[150:] + items[:150]}),
    )
    assert [answer.status_code for answer in answers] == [200, 200, 200]
    won = Counter(
        item["id"] for answer in answers for item in answer.json()["items"] if item["status"] == 200
    )
    assert won == {str(id_): 1 for id_ in figures}
