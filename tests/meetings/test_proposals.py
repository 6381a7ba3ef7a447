"""What might be discussed: what is open of what the reader sees, of whom the meeting is with, the most urgent first."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from app import clock
from app.enums import Role
from app.schemas.meetings import AgendaProposals
from tests.factories.challenges import CHALLENGE
from tests.factories.meetings import MEETING, SERIES, moments
from tests.factories.path_runs import Walk, stage
from tests.factories.risks import PLAN, RiskOffice
from tests.factories.world import Division, Entity, Person, World
from tests.results.office import Office

INITIATIVE: dict[str, Any] = {
    "code": "INV-7",
    "kind": "initiative",
    "name_ar": "منصة التوظيف الموحدة",
    "name_en": "Unified employment platform",
    "goal": "رفع نسبة التعمين",
    "starts_on": "2025-01-01",
    "ends_on": "2027-12-31",
    "milestones": [
        {
            "number": 1,
            "title_ar": "التنفيذ",
            "weight": 100,
            "starts_on": "2025-01-01",
            "due_on": "2027-12-31",
        }
    ],
}


async def meeting(by: Person, entity: Entity, *invited: Person, with_whom: str = "internal") -> str:
    """A planned meeting; returns its path."""
    people = [{"user_id": str(person.id)} for person in invited]
    body = {**MEETING, **moments(), "with_whom": with_whom, "people": people}
    answer = await by.api.create(f"/v1/entities/{entity.id}/meetings", body)
    assert answer.status_code == 201, answer.text
    return answer.headers["Location"]


async def proposed(person: Person, path: str) -> list[tuple[str, str]]:
    """Kind and reason of each, in order."""
    answer = await person.api.get(f"{path}/agenda-proposals")
    assert answer.status_code == 200, answer.text
    found = AgendaProposals.model_validate_json(answer.content)
    assert not found.more
    return [(each.kind, each.why.value) for each in found.proposals]


@pytest.fixture(scope="module")
async def office(world: World) -> Office:
    """A ministry with a red indicator of one division, what is late of it, and an indicator of another."""
    made = await Office.make(world)
    await world.owner.execute(
        "update definitions set baseline_value = 0, baseline_year = 2020"
        " where id = (select definition_id from indicators where id = $1)",
        made.indicator,
    )
    await world.target(made.indicator, 2025, value=100)
    await made.approved("2024", value=10)
    return made


@pytest.fixture(scope="module")
async def elsewhere(office: Office) -> tuple[Division, Person]:
    """Another division that owes a figure, and somebody of it."""
    division = await office.world.division(office.entity)
    indicator = await office.world.indicator(office.entity, division, name_ar="عدد الباحثين المدربين")
    await office.world.obligation(indicator, office.entity, "2024")
    return division, await office.world.person(Role.DIVISION_MEMBER, division=division)


async def initiative(office: Office, manager: Person) -> UUID:
    """One in work that is far behind."""
    answer = await office.enterer.api.create(f"/v1/entities/{office.entity.id}/initiatives", INITIATIVE)
    assert answer.status_code == 201, answer.text
    path = answer.headers["Location"]
    named = {"division_id": str(office.executing.id), "manager_id": str(manager.id)}
    for person, verb, body in (
        (office.enterer, "submit", None),
        (office.manager, "approve", None),
        (office.manager, "put-in-charge", named),
    ):
        step = await person.api.step(f"{path}/{verb}", await person.api.etag(path), body)
        assert step.status_code == 200, step.text
    return UUID(path.rpartition("/")[2])


async def test_what_is_open_of_whom_the_meeting_is_with(
    office: Office, elsewhere: tuple[Division, Person]
) -> None:
    late = await initiative(office, office.second_enterer)
    for about, title in ((office.indicator, "نقص البيانات"), (late, "تأخر التعاقد")):
        body = {**CHALLENGE, "about_id": str(about), "title": title}
        assert (await office.specialist.api.create("/v1/challenges", body)).status_code == 201
    path = await meeting(office.specialist, office.entity)
    everything = [
        ("obligation", "overdue"),
        ("initiative", "late"),
        ("indicator", "red"),
        ("challenge", "open"),
        ("challenge", "open"),
    ]
    assert await proposed(office.manager, path) == everything
    divided = await meeting(office.specialist, office.entity, elsewhere[1], with_whom="divisions")
    assert await proposed(office.manager, divided) == [("obligation", "overdue")]
    managed = await meeting(
        office.specialist, office.entity, office.second_enterer, with_whom="project_managers"
    )
    assert await proposed(office.manager, managed) == [("initiative", "late"), ("challenge", "open")]
    nobody = await meeting(office.specialist, office.entity, with_whom="divisions")
    assert await proposed(office.manager, nobody) == []


async def test_of_what_the_reader_may_see(office: Office, elsewhere: tuple[Division, Person]) -> None:
    body = {**CHALLENGE, "about_id": str(office.indicator), "classification": "restricted"}
    made = await office.manager.api.create("/v1/challenges", body)
    path = await meeting(office.specialist, office.entity, elsewhere[1])
    hidden = made.json()["id"]
    assert hidden in (await office.manager.api.get(f"{path}/agenda-proposals")).text
    for person in (office.specialist, elsewhere[1]):
        assert hidden not in (await person.api.get(f"{path}/agenda-proposals")).text
    assert ("challenge", "open") not in await proposed(elsewhere[1], path)


async def test_risks_to_be_assessed_anew_or_decided_about(world: World) -> None:
    office = await RiskOffice.make(world)
    late, asked = await office.registered(title="تأخر التوريد"), await office.asked()
    restricted = await office.raised(classification="restricted", by=office.manager)
    await office.registered()
    await office.closed()
    ended = await office.raised()
    await office.done(office.head, ended, "answer", answer=PLAN)
    await world.owner.execute(
        "update risks set review_on = '2026-01-04' where id = $1", UUID(late.rpartition("/")[2])
    )
    second = await world.person(Role.SPECIALIST, office.entity)
    path = await meeting(office.specialist, office.entity, office.enterer)
    everything = [("risk", "overdue"), ("risk", "open"), ("risk", "open")]
    assert await proposed(office.manager, path) == everything
    found = (await office.manager.api.get(f"{path}/agenda-proposals")).json()["proposals"]
    assert (found[0]["title_ar"], found[0]["due"]) == ("تأخر التوريد", "2026-01-04")
    ids = {each["subject_id"] for each in found}
    assert ids == {each.rpartition("/")[2] for each in (late, asked, restricted)}
    assert await proposed(second, path) == everything[:2], "not what is restricted"
    own = await office.chosen("accept", about_id=None, entity_id=str(office.entity.id))
    assert own.rpartition("/")[2] in (await office.manager.api.get(f"{path}/agenda-proposals")).text
    assert own.rpartition("/")[2] not in (await office.enterer.api.get(f"{path}/agenda-proposals")).text
    divided = await meeting(office.specialist, office.entity, office.enterer, with_whom="divisions")
    assert await proposed(office.manager, divided) == everything, "all but the office's own"


async def test_what_stands_on_the_agenda_is_marked(office: Office) -> None:
    path = await meeting(office.specialist, office.entity)
    item = {"title": "المؤشر دون المستهدف", "about_id": str(office.indicator)}
    answer = await office.specialist.api.send(
        "PUT",
        f"{path}/agenda",
        json={"items": [item]},
        headers={"If-Match": await office.specialist.api.etag(path)},
    )
    assert answer.status_code == 200, answer.text
    items = (await office.manager.api.get(f"{path}/agenda-proposals")).json()["proposals"]
    assert [each["kind"] for each in items if each["on_agenda"]] == ["indicator"]


async def test_a_late_stage_of_a_path(world: World) -> None:
    walk = await Walk.make(world)
    run = await walk.started([stage("draft", "planning")])
    path = await meeting(walk.specialist, walk.entity)
    assert await proposed(walk.manager, path) == [], "it is not late yet"
    await world.owner.execute(
        "update path_stages set due = '2026-01-04', due_from = null where run_id = $1",
        UUID(run.rpartition("/")[2]),
    )
    assert await proposed(walk.manager, path) == [("path_stage", "late")]
    divided = await meeting(walk.specialist, walk.entity, walk.executor, with_whom="divisions")
    assert await proposed(walk.manager, divided) == [], "another division's"


async def test_what_earlier_meetings_of_the_series_left_to_be_done(office: Office) -> None:
    body = {**SERIES, "with_whom": "internal", "starts_on": "2026-11-01", "ends_on": "2027-01-31"}
    answer = await office.specialist.api.create(f"/v1/entities/{office.entity.id}/meeting-series", body)
    assert answer.status_code == 201, answer.text
    first, second = (f"/v1/meetings/{each['id']}" for each in answer.json()["meetings"][:2])
    held = await office.specialist.api.step(
        f"{first}/hold", await office.specialist.api.etag(first), {"attended": []}
    )
    assert held.status_code == 200, held.text
    action = {
        "source": "meeting",
        "source_id": first.rpartition("/")[2],
        "title": "رفع تقرير المخصصات",
        "division_id": str(office.executing.id),
        "due": (clock.today() + timedelta(days=10)).isoformat(),
    }
    made = await office.specialist.api.create(f"/v1/entities/{office.entity.id}/actions", action)
    assert made.status_code == 201, made.text
    assert ("action", "open") in await proposed(office.manager, second)
    assert ("action", "open") not in await proposed(office.manager, first), "it is no earlier one"
    item = {"title": "متابعة التقرير", "about_id": made.json()["id"]}
    agenda = await office.specialist.api.send(
        "PUT",
        f"{second}/agenda",
        json={"items": [item]},
        headers={"If-Match": await office.specialist.api.etag(second)},
    )
    assert agenda.json()["agenda"][0]["about"]["kind"] == "action", agenda.text
