"""Who is told of what: the people for whom a thing waits, and those who worked on it."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
import structlog

from app import clock
from app.db import Database
from app.enums import Role, SubjectKind
from app.enums.notifications import Work
from app.services import loaders
from app.services.notifications import seeing, telling, trouble
from app.services.people import actor as actors
from tests.factories.notifications import told
from tests.factories.path_runs import Walk, stage, verified
from tests.factories.world import Person, World
from tests.logged import lines_of
from tests.results.office import REASON, Office


@pytest.fixture(autouse=True)
async def nothing_left(world: World) -> AsyncIterator[None]:
    """Each test begins with an empty outbox."""
    yield
    await world.owner.execute("delete from outbox")


async def reasons(person: Person, subject_id: UUID) -> list[tuple[str, str]]:
    """Why a person was told of a thing, the newest first, and of which step."""
    return [(n["reason"], n["action"]) for n in await told(person) if n["subject_id"] == str(subject_id)]


async def test_each_step_tells_whom_it_waits_for_and_who_worked_on_it(
    world: World, working: Database
) -> None:
    office = await Office.make(world)
    figure = await office.draft()
    await telling.tell_all(working, mailing=True)
    # The colleague of who entered it could submit it too.
    assert await reasons(office.enterer, figure.id) == []
    assert await reasons(office.second_enterer, figure.id) == [("awaited", "results.submit")]
    assert await reasons(office.reviewer, figure.id) == []

    await office.submit(figure)
    await telling.tell_all(working, mailing=True)
    for reviewer in (office.reviewer, office.second_reviewer):
        assert await reasons(reviewer, figure.id) == [("awaited", "results.review")]
    assert await reasons(office.enterer, figure.id) == []

    await office.taken(office.reviewer, figure, "return", {"reason": REASON})
    await telling.tell_all(working, mailing=True)
    assert await reasons(office.enterer, figure.id) == [("awaited", "results.submit")]
    assert (await reasons(office.reviewer, figure.id))[0] == ("awaited", "results.review")

    await office.submit(figure)
    await office.review(figure)
    await office.approve(figure)
    await telling.tell_all(working, mailing=True)
    assert (await reasons(office.enterer, figure.id))[0] == ("told", "results.approve")
    # Whoever reviews controls; what became of the figure is told to who entered it.
    assert ("told", "results.approve") not in await reasons(office.reviewer, figure.id)
    assert await reasons(office.head, figure.id) == []
    assert await world.owner.fetchval("select count(*) from outbox") == 0


async def test_what_is_told_is_title_and_place_and_no_figure(world: World, working: Database) -> None:
    office = await Office.make(world)
    figure = await office.submitted()
    [item] = [n for n in await told(office.reviewer, working) if n["subject_id"] == str(figure.id)]
    assert item["title"] == {
        "ar": "معدل التعمين في القطاع الخاص",
        "en": "Omanisation rate in the private sector",
    }
    assert (item["kind"], item["period"], item["entity"]["code"]) == ("result", "2024", office.entity.code)
    assert item["read_at"] is None
    assert "35.4" not in str(item)


async def test_strangers_blocked_people_and_former_holders_are_told_nothing(
    world: World, working: Database
) -> None:
    office, other = await Office.make(world), await Office.make(world)
    unit = await world.person(Role.UNIT_EDITOR, await world.entity(is_unit=True))
    gone = await world.user()
    membership = await world.appoint(gone, Role.DIVISION_MEMBER, division=office.planning)
    await world.owner.execute("update memberships set ends_at = now() where id = $1", membership)
    blocked = await world.person(Role.DIVISION_MEMBER, division=office.planning)
    await world.owner.execute("update users set is_active = false where id = $1", blocked.id)
    figure = await office.submitted()
    await telling.tell_all(working, mailing=True)
    people = await world.owner.fetch("select person_id from notifications where subject_id = $1", figure.id)
    found = {row["person_id"] for row in people}
    assert {office.reviewer.id, office.second_reviewer.id} <= found
    assert found & {other.reviewer.id, unit.id, gone.id, blocked.id} == set()


async def test_who_worked_on_it_and_may_see_it_no_more_is_not_told(world: World, working: Database) -> None:
    office = await Office.make(world)
    guest = await world.user()
    membership = await world.appoint(guest, Role.DIVISION_MEMBER, division=office.executing)
    body = {"period": "2024", "value": 35.4, "note": "المتوسط السنوي"}
    answer = await guest.api.create(f"/v1/indicators/{office.indicator}/results", body)
    figure = UUID(answer.json()["id"])
    await guest.api.step(f"/v1/results/{figure}/submit", answer.headers["ETag"])
    await world.owner.execute("update memberships set ends_at = now() where id = $1", membership)
    etag = await office.reviewer.api.etag(f"/v1/results/{figure}")
    done = await office.reviewer.api.step(f"/v1/results/{figure}/return", etag, {"reason": REASON})
    assert done.status_code == 200, done.text
    await telling.tell_all(working, mailing=True)
    assert (
        await world.owner.fetchval("select count(*) from notifications where person_id = $1", guest.id) == 0
    )
    assert await reasons(office.second_enterer, figure) != []


async def test_delegates_are_told_and_four_eyes_keeps_others_from_it(world: World, working: Database) -> None:
    office = await Office.make(world)
    given = await office.manager.api.create(
        f"/v1/entities/{office.entity.id}/delegations",
        {
            "delegate_id": str(office.specialist.id),
            "action": "results.approve",
            "ends_at": (clock.now() + timedelta(days=30)).isoformat(),
            "reason": "إجازة سنوية",
        },
    )
    assert given.status_code == 201, given.text
    figure = await office.reviewed()
    await telling.tell_all(working, mailing=True)
    assert ("awaited", "results.approve") in await reasons(office.manager, figure.id)
    assert ("awaited", "results.approve") in await reasons(office.specialist, figure.id)


async def test_a_refused_request_tells_nobody(world: World, working: Database) -> None:
    office = await Office.make(world)
    figure = await office.submitted()
    await telling.tell_all(working, mailing=True)
    jobs = await world.owner.fetchval("select count(*) from jobs.pgqueuer")
    etag = await office.enterer.api.etag(figure.path)
    assert (await office.enterer.api.step(f"{figure.path}/review", etag)).status_code == 403
    preview = await office.review(figure)
    await telling.tell_all(working, mailing=True)
    jobs = await world.owner.fetchval("select count(*) from jobs.pgqueuer")
    etag = await office.manager.api.etag(preview.path)
    shown = await office.manager.api.step(f"{preview.path}/preview-approval", etag)
    assert shown.status_code == 200
    assert await world.owner.fetchval("select count(*) from outbox") == 0
    assert await world.owner.fetchval("select count(*) from jobs.pgqueuer") == jobs


async def test_a_bulk_decision_wakes_the_worker_once(world: World, working: Database) -> None:
    office = await Office.make(world)
    figures = await office.many_submitted(30)
    await telling.tell_all(working, mailing=True)
    before = await world.owner.fetchval("select count(*) from jobs.pgqueuer")
    items = [{"id": str(id_), "if_match": '"2.x"', "decision": "review"} for id_ in figures]
    answer = await office.reviewer.api.create("/v1/results/decisions", {"items": items})
    assert {item["status"] for item in answer.json()["items"]} == {200}
    assert await world.owner.fetchval("select count(*) from outbox") == 30
    assert await world.owner.fetchval("select count(*) from jobs.pgqueuer") == before + 1
    assert await telling.tell_all(working, mailing=True) == 30
    awaited = [n for n in await told(office.manager, limit=200) if n["reason"] == "awaited"]
    assert {n["subject_id"] for n in awaited} == set(map(str, figures))


async def test_two_workers_tell_each_once(world: World, working: Database) -> None:
    office = await Office.make(world)
    figures = await office.many_submitted(20)
    await telling.tell_all(working, mailing=True)
    items = [{"id": str(id_), "if_match": '"2.x"', "decision": "review"} for id_ in figures]
    await office.reviewer.api.create("/v1/results/decisions", {"items": items})
    done = await asyncio.gather(*(telling.tell_all(working, mailing=True) for _ in range(2)))
    assert sum(done) == 20
    rows = await world.owner.fetch(
        "select person_id, event_id, count(*) from notifications where subject_id = any($1)"
        " group by 1, 2 having count(*) > 1",
        list(figures),
    )
    assert rows == []


async def test_an_event_that_fails_is_tried_again_and_parked(
    world: World, working: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    office = await Office.make(world)
    await office.submitted()
    await telling.tell_all(working, mailing=True)
    figure = await office.draft("2023")

    async def fails(*_: object) -> None:
        raise ValueError("35.4 does not belong into an error")

    with monkeypatch.context() as patch:
        patch.setattr(actors, "told", fails)
        for attempt in range(1, 6):
            await world.owner.execute("update outbox set due_at = now() - interval '1 hour'")
            await telling.tell_all(working, mailing=True)
            row = await world.owner.fetchrow("select * from outbox")
            assert (row["attempts"], row["error"], row["parked_at"] is not None) == (
                attempt,
                "ValueError",
                attempt == 5,
            )
            if attempt < 5:
                assert row["due_at"] > row["due_at"].now(row["due_at"].tzinfo)
    await telling.tell_all(working, mailing=True)
    assert await world.owner.fetchval("select count(*) from outbox where parked_at is not null") == 1

    administrator = await world.person(Role.ADMINISTRATOR)
    [job] = (await administrator.api.get("/v1/parked-jobs")).json()["items"]
    assert (job["what"], job["attempts"], job["last_error"]) == ("tell", 5, "ValueError")
    assert (await administrator.api.send("POST", f"/v1/parked-jobs/{job['id']}/retry")).status_code == 204
    assert (await administrator.api.get("/v1/parked-jobs")).json()["items"] == []
    await telling.tell_all(working, mailing=True)
    assert await reasons(office.second_enterer, figure.id) == [("awaited", "results.submit")]


async def test_whom_a_stage_is_given_to_is_told(world: World, working: Database) -> None:
    walk = await Walk.make(world)
    path = await walk.started([stage("draft", "planning")])
    await telling.tell_all(working, mailing=True)
    assert await told(walk.financier) == []
    given = await walk.done(
        walk.manager, path, "draft", "reassign", parties=[{"party": "finance"}], reason="الدائرة في إجازة"
    )
    await telling.tell_all(working, mailing=True)
    assert await reasons(walk.financier, UUID(given["id"])) == [("awaited", "path_stages.complete")]
    await walk.done(walk.financier, path, "draft")
    await telling.tell_all(working, mailing=True)
    assert await reasons(walk.manager, UUID(given["id"])) == [("told", "path_stages.complete")]


async def test_whom_a_stage_informs_is_told_when_it_ended_well(world: World, working: Database) -> None:
    walk = await Walk.make(world)
    colleague = await world.person(Role.DIVISION_MEMBER, walk.entity, walk.planning_division)
    representative = await world.person(Role.TECHNICAL_REPRESENTATIVE, walk.entity)
    elsewhere = await Walk.make(world)
    informs = ["planning", "finance", "executing", "head", "technical_representative", "unit"]
    outside = ["ministry_of_economy", "all_staff"]
    path = await walk.started(
        [stage("draft", "planning", collaborators=["finance"], informs=[*informs, *outside])],
        [verified("verify", "office", of=["draft"], informs=["finance", "executing"])],
    )
    await world.assign(representative, walk.entity.id, walk.entity)
    draft = UUID((await walk.open(path))["draft"].rpartition("/")[2])
    await telling.tell_all(working, mailing=True)
    before = ("awaited", "path_stages.complete")
    assert await reasons(colleague, draft) == [before]

    await walk.done(walk.planner, path, "draft")
    await telling.tell_all(working, mailing=True)
    done = ("told", "path_stages.complete")
    assert await reasons(colleague, draft) == [done, before]
    for person in (walk.financier, walk.head, representative):
        assert await reasons(person, draft) == [done]
    # Who ended it knows; who is not named is not told; the executing division and UNIT do not see the path.
    assert await reasons(walk.planner, draft) == [before]
    for person in (walk.colleague, walk.head_office, walk.executor, walk.unit, elsewhere.financier):
        assert await reasons(person, draft) == []
    [item] = [n for n in await told(walk.financier) if n["subject_id"] == str(draft)]
    assert (item["title"]["ar"], item["due"]) == ("مرحلة العمل draft", None)

    verify = UUID((await walk.open(path))["verify"].rpartition("/")[2])
    await walk.returned(walk.specialist, path, "verify", "draft")
    await telling.tell_all(working, mailing=True)
    assert await reasons(walk.financier, verify) == await reasons(walk.executor, verify) == []

    await walk.done(colleague, path, "draft")
    verify = UUID((await walk.open(path))["verify"].rpartition("/")[2])
    await walk.done(walk.specialist, path, "verify")
    await telling.tell_all(working, mailing=True)
    # The path is finished, so that everybody of the entity sees it.
    for person in (walk.financier, walk.executor, walk.division_head):
        assert await reasons(person, verify) == [done]


async def test_one_of_several_who_acts_ends_nothing_yet(world: World, working: Database) -> None:
    walk = await Walk.make(world)
    quorum = {"of": "parties", "count": 2}
    path = await walk.started([stage("talk", ["planning", "finance"], quorum=quorum, informs=["head"])])
    talk = UUID((await walk.open(path))["talk"].rpartition("/")[2])
    await walk.done(walk.planner, path, "talk")
    await telling.tell_all(working, mailing=True)
    assert await reasons(walk.head, talk) == []
    await walk.done(walk.financier, path, "talk")
    await telling.tell_all(working, mailing=True)
    assert await reasons(walk.head, talk) == [("told", "path_stages.complete")]


async def test_a_stage_that_was_not_applicable_informs_nobody(world: World, working: Database) -> None:
    walk = await Walk.make(world)
    outcomes = ["done", "not_applicable"]
    path = await walk.started([stage("trip", "planning", outcomes=outcomes, informs=["head"])])
    trip = UUID((await walk.open(path))["trip"].rpartition("/")[2])
    await walk.done(walk.planner, path, "trip", "skip", reason="لا زيارات خارجية هذا العام")
    await telling.tell_all(working, mailing=True)
    assert await reasons(walk.head, trip) == []


@pytest.mark.parametrize("kind", loaders.LOADS)
async def test_the_worker_may_look_whether_a_person_sees_a_thing(
    world: World, working: Database, kind: SubjectKind
) -> None:
    person = await world.user()
    async with working.writing() as lane:
        actor = await actors.told(lane, person.id, clock.now())
        assert actor is not None
        assert not await seeing.sees(lane, actor, kind, uuid4(), clock.now())


async def test_a_failure_is_on_record_whatever_the_form_of_the_logs(
    working: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = lines_of(trouble, monkeypatch)
    await trouble.of_chore(working, Work.SCAN, ValueError("35.4"), clock.now())
    [line] = lines
    assert "fault" in structlog.dev.ConsoleRenderer(colors=False)(None, "error", dict(line))
    await trouble.chore_done(working, Work.SCAN)
