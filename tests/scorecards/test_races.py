"""Two at once: one comes first, the other is told so, and nothing is done twice."""

import asyncio

import asyncpg
import pytest
from fastapi import FastAPI

from app import errors
from tests.factories.scorecards import YEAR, Improving, Office
from tests.factories.world import World


async def test_two_drafts_of_a_year(world: World, app: FastAPI) -> None:
    office = await Office.make(world, app)
    answers = await asyncio.gather(
        office.draft(), office.draft(office.specialist), office.draft(office.manager)
    )
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409]
    numbers = await world.owner.fetch("select number from scorecards where entity_id = $1", office.entity.id)
    assert [row["number"] for row in numbers] == [1]


async def test_two_edits_of_what_was_seen(world: World, app: FastAPI) -> None:
    """The lines are those of one of the two, not of both."""
    office = await Office.make(world, app)
    one, two = await office.indicators(2)
    path = await office.drafted()
    answers = await asyncio.gather(
        office.edit(path, [(one, 100)]), office.edit(path, [(one, 50), (two, 50)], office.specialist)
    )
    assert sorted(answer.status_code for answer in answers) == [200, 412]
    assert (await office.read(path))["weight"] == 100


async def test_an_edit_beside_the_alignment(world: World, app: FastAPI) -> None:
    """Whoever aligns decides about what they saw."""
    office = await Office.make(world, app)
    one, two = await office.indicators(2)
    path = await office.drafted([(one, 100)])

    async def aligned() -> bool:
        try:
            await office.aligned(path)
        except (errors.Stale, errors.WrongState):
            return False
        return True

    answer, done = await asyncio.gather(office.edit(path, [(two, 100)], office.manager), aligned())
    said = await office.read(path)
    lines = [line["indicator"]["id"] for line in said["lines"]]
    if answer.status_code == 200:
        assert lines == [str(two)]
    else:
        assert answer.status_code in (409, 412)
        assert done
        assert lines == [str(one)]


async def test_two_versions_at_once(world: World, app: FastAPI) -> None:
    office = await Office.make(world, app)
    (one,) = await office.indicators(1)
    path = await office.drafted([(one, 100)])
    await office.in_force(path)
    answers = await asyncio.gather(office.new_version(path), office.new_version(path, office.manager))
    first, second = sorted(answer.status_code for answer in answers)
    assert first == 201
    assert second in (409, 412)


async def test_two_reports_of_a_step(world: World, app: FastAPI) -> None:
    made = await Improving.make(world, app)
    office = made.office
    path = await made.approved()
    body = {"number": 1, "done_on": "2026-01-15", "note": "أُنجز"}
    answers = await asyncio.gather(
        made.take(office.member, path, "report", body), made.take(office.drafter, path, "report", body)
    )
    assert sorted(answer.status_code for answer in answers) in ([200, 412], [200, 200])
    events = await world.owner.fetchval(
        "select count(*) from events where action = 'improvement_plans.report' and subject_id = $1::uuid",
        path.rpartition("/")[2],
    )
    assert events == 1


async def test_what_is_agreed_never_changes(world: World, app: FastAPI) -> None:
    """The tables hold it too: lines, snapshot, state, and one in force for each entity and year."""
    office = await Office.make(world, app)
    (one,) = await office.indicators(1)
    path = await office.drafted([(one, 100)])
    await office.in_force(path)
    scorecard = path.rpartition("/")[2]
    for statement in (
        "update scorecard_lines set weight = 1 where scorecard_id = $1::uuid",
        "delete from scorecard_lines where scorecard_id = $1::uuid",
        "update scorecards set snapshot = '[]' where id = $1::uuid",
        "update scorecards set state = 'draft', snapshot = null where id = $1::uuid",
        "update scorecards set note = 'x' where id = $1::uuid",
    ):
        with pytest.raises(asyncpg.CheckViolationError):
            await world.owner.execute(statement, scorecard)
    with pytest.raises(asyncpg.UniqueViolationError):
        await world.owner.execute(
            "insert into scorecards (id, entity_id, year, number, state, drafted_by_id, drafted_at, snapshot)"
            " select s.id, $1, $2, 9, 'in_force', $3, now(), '[]' from subjects s where s.entity_id = $1"
            " and s.id not in (select id from scorecards) limit 1",
            office.entity.id,
            YEAR,
            office.drafter.id,
        )
