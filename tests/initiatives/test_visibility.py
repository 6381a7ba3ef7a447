"""Who sees which initiative, report and check (Guide N-8, V-3)."""

import pytest

from app.enums import Role
from tests.factories.initiatives import House, Thing, today
from tests.factories.world import Person, World


async def seers(house: House, thing: Thing, *people: Person) -> set[int]:
    """The positions of those who see it; a list says the same as a single read."""
    found = set()
    for place, person in enumerate(people):
        status = (await person.api.get(thing.path)).status_code
        assert status in (200, 404)
        if status == 200:
            found.add(place)
        listed = await person.api.get("/v1/initiatives", entity_id=str(house.entity.id))
        assert (str(thing.id) in {item["id"] for item in listed.json()["items"]}) == (status == 200)
    return found


@pytest.fixture
async def stranger(world: World) -> Person:
    """The manager of another entity."""
    return await world.person(Role.MANAGER, await world.entity())


async def test_work_is_seen_by_who_works_on_it(house: House, stranger: Person) -> None:
    people = (
        *(house.member, house.colleague, house.drafter, house.manager, house.head, house.head_office),
        *(house.planner, house.treasurer),
        *(house.outsider, house.representative, house.unit, house.editor, stranger),
    )
    for state in ("drafted", "submitted"):
        made = await getattr(house, state)()
        assert await seers(house, made, *people) == set(range(8)), state


async def test_what_is_approved_is_seen_by_the_entity_and_unit(house: House, stranger: Person) -> None:
    people = (house.member, house.outsider, house.representative, house.unit, house.editor, stranger)
    for state in ("approved", "closed", "stopped"):
        made = await getattr(house, state)()
        assert await seers(house, made, *people) == set(range(5)), state


async def test_what_is_restricted_is_for_the_named(house: House, stranger: Person) -> None:
    people = (
        *(house.member, house.manager, house.head, house.head_office, house.representative),
        *(house.drafter, house.planner, house.outsider, house.unit, stranger),
    )
    made = await house.approved(classification="restricted")
    await house.assign(made)
    assert await seers(house, made, *people) == set(range(6))
    report = await house.progressed(made)
    for place, person in enumerate(people):
        seen = (await person.api.get(report.path)).status_code == 200
        assert seen == (place < 6 or person is house.planner)  # planning reviews the report


async def test_who_is_to_answer_for_its_money_sees_what_is_restricted(house: House) -> None:
    made = await house.approved(classification="restricted")
    assert (await house.treasurer.api.get(made.path)).status_code == 404
    line = {"year": today().year, "source": "state_budget"}
    await house.done(house.member, made, "request-budget", {**line, "requested": 100000})
    assert (await house.planner.api.get(made.path)).status_code == 404
    answer = {**line, "answer": "granted", "approved": 90000, "answered_on": today().isoformat()}
    answered = await house.done(house.treasurer, made, "answer-budget", answer)
    assert answered["money"]["approved"] == 90000
    assert (await house.treasurer.api.get(made.path)).status_code == 200
    report = await house.reported(made)
    assert (await house.treasurer.api.get(report.path)).status_code == 404
    # A request that is taken back unanswered leaves nothing to see.
    other = await house.approved(classification="restricted")
    await house.done(house.member, other, "request-budget", {**line, "requested": 5000})
    await house.done(house.member, other, "request-budget", {**line, "requested": None})
    assert (await house.treasurer.api.get(other.path)).status_code == 404


async def test_reports_on_their_way_are_for_who_works_on_them(house: House, stranger: Person) -> None:
    made = await house.approved()
    report = await house.reported(made)
    for person in (house.member, house.planner, house.manager, house.specialist, house.head):
        assert (await person.api.get(report.path)).status_code == 200
    for person in (house.outsider, house.treasurer, house.unit, stranger):
        assert (await person.api.get(report.path)).status_code == 404
        listed = await person.api.get(f"{made.path}/progress-reports")
        assert listed.status_code == 404 if person is stranger else listed.json()["items"] == []
    await house.done(house.member, report, "submit")
    await house.done(house.planner, report, "review")
    await house.done(house.manager, report, "approve")
    for person in (house.outsider, house.unit):
        seen = await person.api.get(report.path)
        assert seen.status_code == 200
        assert seen.json()["entered_by"] is None  # what went before is for who was at work on it
    assert (await stranger.api.get(report.path)).status_code == 404


async def test_checks_on_the_ground_are_recorded_by_the_office_and_the_representative(
    house: House, stranger: Person
) -> None:
    made = await house.approved()
    body = {"checked_on": "2026-01-01", "place": "صحار", "findings": "مطابق", "conforms": True}
    path = f"{made.path}/site-checks"
    for person in (house.member, house.representative, house.unit, house.head):
        assert (await person.api.create(path, body)).status_code == 403
    assert (await stranger.api.create(path, body)).status_code == 404
    await house.assign(made)
    mine = await house.checked(made, house.representative)
    proof = await house.proven(mine, house.representative, kind="photograph")
    assert (await house.manager.api.get(proof.path)).json()["state"] == "verified"
    future = await house.manager.api.create(path, {**body, "checked_on": "2099-01-01"})
    assert (future.status_code, future.json()["errors"][0]["code"]) == (422, "in_the_future")
    taken = await house.done(house.manager, mine, "withdraw", {"reason": "سُجلت خطأً"})
    assert taken["state"] == "withdrawn"
    assert (await house.take(house.manager, mine, "withdraw", {"reason": "مرة أخرى"})).status_code == 409
    listed = (await house.outsider.api.get(path)).json()["items"]
    assert [item["id"] for item in listed] == [str(mine.id)]
    assert (await stranger.api.get(path)).status_code == 404
    draft = await house.drafted()
    refused = await house.manager.api.create(f"{draft.path}/site-checks", body)
    assert (refused.status_code, refused.json()["code"]) == (409, "initiative_not_running")


async def test_the_curve_is_read_by_who_sees_the_initiative(house: House, stranger: Person) -> None:
    made = await house.approved()
    assert (await stranger.api.get(f"{made.path}/curve")).status_code == 404
    curve = (await house.unit.api.get(f"{made.path}/curve")).json()
    assert [point["percent"] for point in curve["planned"]] == [0, 50, 100]
    assert curve["revised"] == []
    for language in ("ar", "en"):
        chart = await house.unit.api.send(
            "GET", f"{made.path}/curve", headers={"Accept": "image/svg+xml", "Accept-Language": language}
        )
        assert chart.status_code == 200, chart.text
        assert chart.text.startswith("<svg ")
    assert (
        "المخطط عند الاعتماد"
        in (
            await house.unit.api.send(
                "GET", f"{made.path}/curve", headers={"Accept": "image/svg+xml", "Accept-Language": "ar"}
            )
        ).text
    )


async def test_the_wall_hides_what_the_rule_would_show(house: House, stranger: Person) -> None:
    """Who belongs to no entity of the programme reads no row, whatever a query asks."""
    made = await house.approved()
    async with house.world.owner.transaction():
        await house.world.owner.execute("set local role mutabaa_app")
        await house.world.owner.execute("select set_config('app.entities', $1, true)", f"{{{made.id}}}")
        for table in ("initiatives", "milestones", "milestone_baselines"):
            assert await house.world.owner.fetchval(f"select count(*) from {table}") == 0


async def test_what_proves_a_check_is_told_once_it_is_verified(house: House, stranger: Person) -> None:
    from tests.evidence import bringing

    made = await house.approved()
    mine = await house.checked(made)
    proof = bringing.Proof.of(
        await house.drafter.api.create("/v1/evidence", bringing.announcement(mine.id, kind="photograph"))
    )
    assert (await bringing.put(house.drafter, proof)).status_code == 200
    at_work = (house.drafter, house.specialist, house.manager, house.head, house.member)
    for person in at_work:
        assert (await person.api.get(proof.path)).status_code == 200
    for person in (house.unit, house.outsider, stranger):
        assert (await person.api.get(mine.path)).status_code == (404 if person is stranger else 200)
        assert (await person.api.get(proof.path)).status_code == 404
    await bringing.taken(house.specialist, proof, "verify")
    assert (await house.unit.api.get(proof.path)).status_code == 200
    for person in (house.outsider, stranger):
        assert (await person.api.get(proof.path)).status_code == 404
