"""Who is invited is told of plan, change and cancelling; whoever confirms is awaited."""

from uuid import UUID

import pytest

from app.db import Database
from tests.evidence.bringing import Proof, announcement, put
from tests.factories.meetings import REASON, Office
from tests.factories.notifications import told
from tests.factories.world import Person, World
from tests.notifications.conftest import working  # noqa: F401  # the worker's pools


@pytest.fixture(scope="module")
async def office(world: World) -> Office:
    return await Office.make(world)


async def heard(person: Person, path: str, database: Database) -> list[tuple[str, str]]:
    """Why the person was told of it, and of which step, the newest first."""
    subject_id = path.rpartition("/")[2]
    return [
        (each["reason"], each["action"])
        for each in await told(person, database)
        if each["subject_id"] == subject_id
    ]


async def test_plan_change_and_cancelling(office: Office, working: Database) -> None:  # noqa: F811
    path = await office.planned(people=office.invited(office.member, office.specialist))
    assert await heard(office.member, path, working) == [("invited", "meetings.plan")]
    assert await heard(office.specialist, path, working) == [], "who planned it knows"
    await office.change(office.manager, path, place="القاعة الصغرى")
    await office.take(office.manager, path, "cancel", reason=REASON)
    assert await heard(office.member, path, working) == [
        ("invited", "meetings.cancel"),
        ("invited", "meetings.edit"),
        ("invited", "meetings.plan"),
    ]
    assert await heard(office.unit, path, working) == []
    [last, *_] = await told(office.member)
    assert last["title"]["ar"] == "اجتماع متابعة مستهدفات الربع"
    assert last["due"] is not None, "the day of the meeting"


async def test_a_series_is_told_once(office: Office, working: Database) -> None:  # noqa: F811
    path = await office.series()
    assert await heard(office.member, path, working) == [("invited", "meeting_series.plan")]
    assert len([each for each in await told(office.member) if each["kind"] == "meeting"]) <= 3
    await office.take(office.manager, path, "end", reason=REASON)
    assert (await heard(office.member, path, working))[0] == ("invited", "meeting_series.end")


async def test_minutes_wait_for_another_person_of_the_office(
    office: Office,
    working: Database,  # noqa: F811
) -> None:
    path = await office.held()
    subject_id = path.rpartition("/")[2]
    assert ("awaited", "meetings.confirm") in await heard(office.second, path, working)
    assert ("awaited", "meetings.confirm") not in await heard(office.specialist, path, working)
    inbox = (await office.second.api.get("/v1/inbox")).json()["items"]
    assert [each["action"] for each in inbox if each["subject_id"] == subject_id] == ["meetings.confirm"]
    assert subject_id not in str((await office.specialist.api.get("/v1/inbox")).json())
    await office.take(office.second, path, "confirm")
    assert ("told", "meetings.confirm") in await heard(office.specialist, path, working)


async def test_signed_minutes_are_its_evidence(office: Office) -> None:
    path = await office.confirmed()
    made = await office.specialist.api.create(
        "/v1/evidence", announcement(UUID(path.rpartition("/")[2]), title="المحضر الموقع")
    )
    proof = Proof.of(made)
    brought = await put(office.specialist, proof)
    assert brought.status_code == 200, brought.text
    verified = await office.take(office.second, proof.path, "verify")
    assert verified.status_code == 200, verified.text
    planned = UUID((await office.planned()).rpartition("/")[2])
    early = await office.specialist.api.create("/v1/evidence", announcement(planned))
    assert early.status_code == 409, early.text


async def test_of_a_restricted_meeting_only_the_manager_verifies_its_evidence(office: Office) -> None:
    path = await office.held(classification="restricted", people=office.invited(office.member))
    proof = Proof.of(
        await office.specialist.api.create(
            "/v1/evidence", announcement(UUID(path.rpartition("/")[2]), title="المحضر الموقع")
        )
    )
    evidence_id = proof.path.rpartition("/")[2]
    assert evidence_id in (await office.specialist.api.get("/v1/inbox")).text
    assert evidence_id not in (await office.second.api.get("/v1/inbox")).text
    assert (await put(office.specialist, proof)).status_code == 200
    assert (await office.second.api.get(proof.path)).status_code == 404
    assert evidence_id not in (await office.second.api.get("/v1/inbox")).text
    assert evidence_id in (await office.manager.api.get("/v1/inbox")).text
    verified = await office.take(office.manager, proof.path, "verify")
    assert verified.status_code == 200, verified.text
