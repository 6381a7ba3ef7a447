"""The life of evidence as people live it: announced, uploaded, verified, superseded, frozen."""

import hashlib
from datetime import date
from uuid import UUID

import asyncpg
import pytest

from app.enums import Role
from app.schemas.evidence import EvidenceList, EvidenceRead
from app.schemas.results import ResultRead
from app.services.evidence import rules
from tests.definitions.ministry import Ministry
from tests.evidence.bringing import (
    TITLE,
    a_pdf,
    announced,
    announcement,
    put,
    step,
    submitted,
    taken,
    verified,
)
from tests.factories.world import World
from tests.results.office import Figure, Office

REASON = {"reason": "لا يذكر الكشف تاريخ الإنجاز"}


async def test_from_announcement_to_verification(world: World) -> None:
    office = await Office.make(world)
    figure = await office.draft()
    before = await office.enterer.api.etag(figure.path)
    proof = await announced(office.enterer, figure)

    seen = await office.enterer.api.get(proof.path)
    read = EvidenceRead.model_validate_json(seen.content)
    assert (read.state, read.title, read.file) == ("awaiting_file", TITLE, None)
    assert read.subject.id == figure.id
    assert read.actions == ["evidence.edit", "evidence.upload", "evidence.withdraw"]
    assert [wait.party for wait in read.awaiting] == ["division", "specialist"]
    assert before.split(".")[0] != (await office.enterer.api.etag(figure.path)).split(".")[0]

    [waiting] = [
        i for i in (await office.enterer.api.get("/v1/inbox")).json()["items"] if i["kind"] == "evidence"
    ]
    assert waiting["action"] == "evidence.upload"
    assert waiting["title"]["ar"] == f"{TITLE} · معدل التعمين في القطاع الخاص"
    assert waiting["period"] == "2024"

    content = a_pdf()
    answer = await put(office.enterer, proof, content, etag=seen.headers["ETag"])
    read = EvidenceRead.model_validate_json(answer.content)
    assert read.state == "submitted"
    assert read.file is not None
    assert read.file.name == "كشف الإنجاز.pdf"
    assert read.file.media_type == "application/pdf"
    assert (read.file.size, read.file.sha256) == (len(content), hashlib.sha256(content).hexdigest())
    assert [wait.party for wait in read.awaiting] == ["specialist"]

    inbox = (await office.specialist.api.get("/v1/inbox")).json()["items"]
    assert [(item["subject_id"], item["action"]) for item in inbox if item["kind"] == "evidence"] == [
        (str(proof.id), "evidence.verify")
    ]
    assert "evidence.verify" in (await office.specialist.api.get(proof.path)).json()["actions"]
    await taken(office.specialist, proof, "verify")
    read = EvidenceRead.model_validate_json((await office.enterer.api.get(proof.path)).content)
    assert read.state == "verified"
    assert read.decided is not None
    assert read.decided.by.id == office.specialist.id
    assert read.awaiting == []
    listed = await office.enterer.api.get("/v1/evidence", subject_id=str(figure.id))
    assert [item.id for item in EvidenceList.model_validate_json(listed.content).items] == [proof.id]

    await office.finished(figure)
    result = ResultRead.model_validate_json((await office.manager.api.get(figure.path)).content)
    assert result.evidence is not None
    [frozen] = result.evidence
    assert (
        (frozen.id, frozen.sha256, frozen.state) == (proof.id, read.file.sha256, "verified")
        if read.file
        else None
    )


async def test_rejected_evidence_is_superseded_by_other_evidence(world: World) -> None:
    office = await Office.make(world)
    figure = await office.draft()
    first = await submitted(office.enterer, figure)
    await taken(office.specialist, first, "reject", REASON)
    read = EvidenceRead.model_validate_json((await office.enterer.api.get(first.path)).content)
    assert read.decided is not None
    assert (read.state, read.decided.reason) == ("rejected", REASON["reason"])
    assert read.actions == ["evidence.supersede"]

    second = await taken(office.second_enterer, first, "supersede", {"reason": "صدرت نسخة مصححة"})
    hands = await world.owner.fetchval("select edited_by from evidence where id = $1", second.id)
    assert set(hands) == {
        office.enterer.id,
        office.second_enterer.id,
    }  # the description is still the first one's
    assert (await step(office.enterer, first, "supersede", REASON)).json()["code"] == "already_succeeded"
    halfway = (await office.enterer.api.get(first.path)).json()
    assert (halfway["state"], halfway["successor_id"]) == ("rejected", str(second.id))
    await put(office.enterer, second)
    old, new = [(await office.enterer.api.get(each.path)).json() for each in (first, second)]
    assert (old["state"], old["actions"], old["awaiting"]) == ("superseded", [], [])
    assert (new["state"], new["supersedes_id"], new["title"]) == ("submitted", str(first.id), TITLE)
    assert (await office.enterer.api.get(f"{first.path}/content")).status_code == 200

    third = await taken(office.enterer, second, "supersede", REASON)
    await taken(office.enterer, third, "withdraw")
    assert (await office.enterer.api.get(second.path)).json()["successor_id"] is None
    await taken(office.specialist, second, "verify")
    await office.finished(figure)
    result = (await office.enterer.api.get(figure.path)).json()
    assert [each["id"] for each in result["evidence"]] == [str(second.id)]


async def test_what_is_approved_keeps_its_evidence_as_it_was(
    world: World, owner: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    office = await Office.make(world)
    figure = await office.draft()
    proof = await verified(office, figure)
    other = await submitted(office.enterer, figure, kind="photograph")
    await taken(office.specialist, other, "reject", REASON)
    last = await verified(office, figure)
    await office.finished(figure)
    etag = await office.enterer.api.etag(proof.path)
    refusals = [
        await office.enterer.api.patch(proof.path, etag, {"title": "عنوان آخر"}),
        await put(office.enterer, proof, etag=etag),
        await step(office.enterer, proof, "withdraw"),
        await step(office.enterer, proof, "supersede", REASON),
        await step(office.specialist, proof, "reject", REASON),
        await office.enterer.api.create("/v1/evidence", announcement(figure.id)),
    ]
    assert [answer.status_code for answer in refusals] == [409] * 6
    assert (await office.manager.api.get(proof.path)).json()["actions"] == []
    for statement in (
        "update evidence set title = 'x', version = version + 1 where id = $1",
        "update evidence set state = 'superseded' where id = $1",
        "insert into evidence select * from evidence where id = $1",
    ):
        with pytest.raises(asyncpg.CheckViolationError, match="of what is approved never changes"):
            await owner.execute(statement, proof.id)
    with pytest.raises(asyncpg.CheckViolationError, match="never changes"):
        await owner.execute("update results set evidence = '[]' where id = $1", figure.id)
    result = (await office.manager.api.get(figure.path)).json()
    assert [each["id"] for each in result["evidence"]] == [str(proof.id), str(last.id)]


async def test_the_schema_holds_the_file_and_the_decision(
    world: World, owner: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    office = await Office.make(world)
    proof = await verified(office, await office.draft())
    for change in (
        "sha256 = repeat('0', 64)",
        "file_name = 'x'",
        "subject_id = id",
        "title = 'x'",
        "decision_reason = 'x'",
        "state = 'submitted'",
        "state = 'withdrawn'",
    ):
        with pytest.raises((asyncpg.CheckViolationError, asyncpg.ForeignKeyViolationError)):
            await owner.execute(f"update evidence set {change} where id = $1", proof.id)


async def test_a_discarded_draft_takes_its_open_evidence_with_it(world: World) -> None:
    office = await Office.make(world)
    figure = await office.draft()
    waiting = await announced(office.enterer, figure)
    brought = await submitted(office.enterer, figure)
    kept = await verified(office, figure)
    await office.taken(office.enterer, figure, "discard")
    states = [(await office.enterer.api.get(each.path)).json()["state"] for each in (waiting, brought, kept)]
    assert states == ["withdrawn", "withdrawn", "verified"]
    for person in (office.enterer, office.specialist):
        assert (await person.api.get("/v1/inbox")).json()["items"] == []


async def test_whoever_describes_it_otherwise_never_verifies_it(world: World) -> None:
    office = await Office.make(world)
    proof = await submitted(office.enterer, await office.draft())
    same = await office.specialist.api.patch(
        proof.path, await office.specialist.api.etag(proof.path), {"title": TITLE, "kind": "document"}
    )
    assert same.json()["version"] == 2
    changed = await office.specialist.api.patch(
        proof.path, same.headers["ETag"], {"note": None, "kind": "letter"}
    )
    assert (changed.json()["note"], changed.json()["kind"], changed.json()["version"]) == (None, "letter", 3)
    assert "evidence.verify" not in changed.json()["actions"]
    assert (await step(office.specialist, proof, "verify")).json()["code"] == "four_eyes"


async def test_whoever_verified_the_evidence_does_not_change_what_it_proves(world: World) -> None:
    office = await Office.make(world)
    figure = await office.draft()
    first, second = [await submitted(office.enterer, figure) for _ in range(2)]
    await taken(office.specialist, first, "reject", REASON)
    assert "results.edit" in (await office.specialist.api.get(figure.path)).json()["actions"]
    await taken(office.specialist, second, "verify")
    seen = await office.specialist.api.get(figure.path)
    assert "results.edit" not in seen.json()["actions"]
    refused = await office.specialist.api.patch(figure.path, seen.headers["ETag"], {"value": 99})
    assert (refused.status_code, refused.json()["code"]) == (403, "four_eyes")
    changed = await office.enterer.api.patch(
        figure.path, await office.enterer.api.etag(figure.path), {"value": 99}
    )
    assert changed.status_code == 200, changed.text

    ministry = await Ministry.make(world)
    drafted = await ministry.drafted()
    definition = Figure(UUID(drafted.definition.rpartition("/")[2]), drafted.definition)
    await taken(ministry.specialist, await submitted(ministry.drafter, definition), "verify")
    seen = await ministry.specialist.api.get(definition.path)
    assert "definitions.edit" not in seen.json()["actions"]
    refused = await ministry.specialist.api.patch(definition.path, seen.headers["ETag"], {"decimals": 2})
    assert (refused.status_code, refused.json()["code"]) == (403, "four_eyes")
    assert "definitions.edit" in (await ministry.drafter.api.get(definition.path)).json()["actions"]


async def test_where_four_eyes_leaves_nobody_the_head_verifies_with_a_reason(world: World) -> None:
    office = await Office.make(world)
    proof = await submitted(office.specialist, await office.draft())
    read = (await office.head.api.get(proof.path)).json()
    assert [(wait["party"], wait["substitute"]) for wait in read["awaiting"]] == [
        ("specialist", False),
        ("head", True),
    ]
    [waiting] = (await office.head.api.get("/v1/inbox")).json()["items"]
    assert (waiting["action"], waiting["party"]) == ("evidence.verify", "head")
    assert (await step(office.head, proof, "verify")).status_code == 422
    clerk = await world.person(Role.HEAD_OFFICE, office.entity)
    assert (await step(clerk, proof, "verify", REASON)).json()["errors"][0]["pointer"] == "#/decision"
    await taken(office.head, proof, "verify", REASON)
    decided = (await office.head.api.get(proof.path)).json()["decided"]
    assert (decided["exceptional"], decided["by"]["id"]) == (True, str(office.head.id))


async def test_the_evidence_of_a_definition(world: World) -> None:
    ministry = await Ministry.make(world)
    drafted = await ministry.drafted()
    figure = Figure(UUID(drafted.definition.rpartition("/")[2]), drafted.definition)
    proof = await submitted(ministry.drafter, figure)
    waiting = await announced(ministry.drafter, figure)
    refused = await ministry.take(ministry.drafter, f"{drafted.definition}/submit")
    assert (refused.status_code, refused.json()["code"]) == (409, "evidence_missing")
    await taken(ministry.drafter, waiting, "withdraw")
    assert (
        await ministry.enterer.api.get(proof.path)
    ).status_code == 404  # a draft of which nobody is in charge
    await ministry.done(ministry.drafter, f"{drafted.definition}/submit")
    await ministry.done(ministry.specialist, f"{drafted.definition}/confirm")
    refused = await ministry.take(ministry.manager, f"{drafted.definition}/activate")
    assert (refused.status_code, refused.json()["code"]) == (409, "evidence_unverified")
    assert (await step(ministry.drafter, proof, "verify")).json()["code"] == "four_eyes"
    assert (await ministry.unit.api.get(proof.path)).status_code == 404
    await taken(ministry.specialist, proof, "verify")
    await ministry.done(ministry.manager, f"{drafted.definition}/activate")
    assert (await ministry.unit.api.get(proof.path)).status_code == 200
    assert (await step(ministry.drafter, proof, "supersede", REASON)).json()["code"] == "subject_decided"

    further = await ministry.opened(drafted.path)
    waiting = await announced(ministry.drafter, Figure(UUID(further.rpartition("/")[2]), further))
    await ministry.done(ministry.manager, f"{drafted.path}/retire", {"reason": "انتهى البرنامج"})
    assert (await ministry.drafter.api.get(waiting.path)).json()["state"] == "withdrawn"


async def test_of_a_vision_indicator_unit_proves_and_verifies_the_definition(world: World) -> None:
    ministry = await Ministry.make(world)
    drafted = await ministry.drafted(ministry.editor, level="vision")
    figure = Figure(UUID(drafted.definition.rpartition("/")[2]), drafted.definition)
    proof = await submitted(ministry.editor, figure)
    assert (await step(ministry.editor, proof, "verify")).json()["code"] == "four_eyes"
    assert (await step(ministry.specialist, proof, "verify")).json()["code"] == "forbidden"
    # Had everybody of UNIT a hand in it, it would still not be for the head of the owner.
    await world.owner.execute(
        "update evidence set edited_by = array(select distinct user_id from memberships where user_id <> $2)"
        " where id = $1",
        proof.id,
        ministry.head.id,
    )
    read = (await ministry.head.api.get(proof.path)).json()
    assert ([wait["party"] for wait in read["awaiting"]], read["actions"]) == (["unit"], [])
    assert (await step(ministry.head, proof, "verify", REASON)).json()["code"] == "forbidden"
    await world.owner.execute(
        "update evidence set edited_by = $2 where id = $1", proof.id, [ministry.editor.id]
    )
    await taken(ministry.unit, proof, "verify")


async def test_the_representative_who_is_assigned_is_awaited_first(world: World) -> None:
    office = await Office.make(world)
    person = await world.person(Role.TECHNICAL_REPRESENTATIVE, office.entity)
    await world.assign(person, office.indicator, office.entity)
    due_on, closes_on = date(2098, 1, 31), date(2099, 1, 31)
    await world.obligation(office.indicator, office.entity, "2025", due_on=due_on, closes_on=closes_on)
    later = await office.draft("2025")
    proof = await announced(office.enterer, later)
    [wait, _] = (await office.enterer.api.get(proof.path)).json()["awaiting"]
    assert wait["due"] == due_on.isoformat()
    await put(office.enterer, proof)
    read = (await person.api.get(proof.path)).json()
    assert [(wait["party"], wait["due"]) for wait in read["awaiting"]] == [
        ("technical_representative", closes_on.isoformat()),
        ("specialist", closes_on.isoformat()),
    ]
    await taken(person, proof, "verify")


async def test_there_is_an_end_to_what_is_brought(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    office = await Office.make(world)
    figure = await office.draft()
    monkeypatch.setattr(rules, "MOST", 2)
    first = await announced(office.enterer, figure)
    await taken(office.enterer, first, "withdraw")
    second = await submitted(office.enterer, figure)
    before = await office.enterer.api.etag(figure.path)
    for refused in (
        await office.enterer.api.create("/v1/evidence", announcement(figure.id)),
        await step(office.enterer, second, "supersede", REASON),
    ):
        assert (refused.status_code, refused.json()["code"]) == (409, "too_much_evidence")
    assert await office.enterer.api.etag(figure.path) == before
    await submitted(office.enterer, await office.draft("2023"))


async def test_the_same_key_announces_once(world: World) -> None:
    office = await Office.make(world)
    figure = await office.draft()
    body = announcement(figure.id)
    first = await office.enterer.api.create("/v1/evidence", body, key="evidence-once")
    again = await office.enterer.api.create("/v1/evidence", body, key="evidence-once")
    assert (again.status_code, again.content) == (201, first.content)
    other = await office.enterer.api.create("/v1/evidence", {**body, "title": "آخر"}, key="evidence-once")
    assert other.json()["code"] == "idempotency_key_reused"
    listed = await office.enterer.api.get("/v1/evidence", subject_id=str(figure.id))
    assert len(listed.json()["items"]) == 1
