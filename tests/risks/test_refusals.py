"""What is refused, precisely, and changes nothing; who sees what; and what two people do at the same moment."""

import asyncio
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from app.enums import Role
from tests.core.refusals import written
from tests.evidence.bringing import Proof, announcement, put, step, taken
from tests.factories.challenges import CHALLENGE
from tests.factories.plans import Planning
from tests.factories.risks import LESSONS, PLAN, REASON, RESOURCES, RISK, RiskOffice
from tests.factories.world import Person, World


@pytest.fixture(scope="module")
async def office(world: World) -> RiskOffice:
    return await RiskOffice.make(world)


async def sees(person: Person, path: str) -> bool:
    status = (await person.api.get(path)).status_code
    assert status in (200, 404)
    listed = (await person.api.get("/v1/risks", limit="200")).json()["items"]
    counted = (await person.api.get("/v1/risk-matrix")).json()
    ids = {item["id"] for item in listed}
    assert (path.rpartition("/")[2] in ids) == (status == 200)
    assert counted["total"] == sum(item["review_on"] is not None for item in listed)
    return status == 200


@pytest.mark.parametrize(
    ("said", "pointer", "code"),
    [
        ({"about_id": str(uuid4())}, "#/about_id", "unknown_reference"),
        ({"about_id": None}, "#/entity_id", "missing"),
        ({"entity_id": str(uuid4())}, "#/entity_id", "another_entity"),
        ({"division_id": str(uuid4())}, "#/division_id", "unknown_reference"),
        ({"owner_id": str(uuid4())}, "#/owner_id", "unknown_reference"),
        ({"kind": "weather"}, "#/kind", "not_allowed"),
        ({"title": "سطر\nآخر"}, "#/title", "bad_format"),
        ({"cause": ""}, "#/cause", "too_short"),
        ({"probability": 0}, "#/probability", "too_small"),
        ({"probability": 6}, "#/probability", "too_large"),
        ({"impact": True}, "#/impact", "wrong_type"),
        ({"residual_impact": 2}, "#/residual_probability", "missing"),
        ({"residual_probability": 5, "residual_impact": 1}, "#/residual_probability", "above_inherent"),
        ({"state": "closed"}, "#/state", "unknown_field"),
    ],
)
async def test_a_risk_that_cannot_be_registered(
    office: RiskOffice, said: dict[str, Any], pointer: str, code: str
) -> None:
    before = await written(office.world.owner)
    answer = await office.register(**said)
    assert answer.status_code == 422, answer.text
    assert [(each["pointer"], each["code"]) for each in answer.json()["errors"]] == [(pointer, code)]
    assert await written(office.world.owner) == before


async def test_resources_are_asked_and_answered_precisely(office: RiskOffice) -> None:
    path = await office.chosen()
    bad = [
        {**RESOURCES[0], "unit": "درهم"},
        {**RESOURCES[1], "unit": None},
        {**RESOURCES[1], "unit": "OMR"},
    ]
    answer = await office.take(office.manager, path, "ask-resources", resources=bad, reason=REASON)
    assert [(e["pointer"], e["code"]) for e in answer.json()["errors"]] == [
        ("#/resources/0/unit", "out_of_place"),
        ("#/resources/1/unit", "missing"),
        ("#/resources/2/unit", "out_of_place"),
    ]
    path = await office.asked()
    before = await written(office.world.owner)
    for granted, pointer, code in (
        ([(1, 5)], "#/granted", "unanswered"),
        ([(1, 5), (1, 5)], "#/granted/1/number", "repeated"),
        ([(1, 5), (3, 5)], "#/granted/1/number", "not_asked"),
        ([(1, 5), (2, 3)], "#/granted/1/amount", "more_than_asked"),
        ([(1, 5), (2, -1)], "#/granted/1/amount", "too_small"),
    ):
        body = {"granted": [{"number": number, "amount": amount} for number, amount in granted]}
        answer = await office.take(office.head, path, "grant-resources", **body)
        assert [(e["pointer"], e["code"]) for e in answer.json()["errors"]] == [(pointer, code)]
    letterless = await office.take(
        office.head_office, path, "grant-resources", granted=[{"number": 1, "amount": 1}]
    )
    assert letterless.status_code == 422
    assert await written(office.world.owner) == before


async def test_of_what_was_treated_the_remainder_stays_known(office: RiskOffice) -> None:
    path = await office.treated()
    before = await written(office.world.owner)
    answer = await office.take(office.specialist, path, "assess", probability=2, impact=2)
    assert answer.status_code == 422, answer.text
    assert [(e["pointer"], e["code"]) for e in answer.json()["errors"]] == [("#/residual_impact", "missing")]
    assert await written(office.world.owner) == before


async def test_who_registers_and_assesses(office: RiskOffice) -> None:
    world = office.world
    elsewhere = await world.person(Role.DIVISION_MEMBER, division=await world.division(office.entity))
    other = await RiskOffice.make(world)
    for person in (office.head, office.head_office, elsewhere, office.unit, other.manager):
        answer = await office.register(person)
        assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
    own = {"about_id": None, "entity_id": str(office.entity.id)}
    for person in (office.enterer, other.manager, office.unit):
        assert (await office.register(person, **own)).status_code == 403
    path = await office.registered(office.enterer)
    for person in (office.enterer, office.specialist, office.manager):
        await office.done(person, path, "assess", probability=2, impact=2)
    refused = await office.take(office.head, path, "assess", probability=2, impact=2)
    assert refused.status_code == 403
    refused = await office.take(office.enterer, path, "choose-strategy", strategy="avoid", plan=PLAN)
    assert refused.status_code == 403


async def test_who_sees_a_risk(office: RiskOffice) -> None:
    path = await office.registered()
    restricted = await office.registered(office.specialist, classification="restricted")
    world = office.world
    second = await world.person(Role.SPECIALIST, office.entity)
    elsewhere = await world.person(Role.DIVISION_MEMBER, division=await world.division(office.entity))
    other, stranger = await RiskOffice.make(world), await world.user()
    for person in (office.manager, office.specialist, office.head, office.head_office, office.enterer):
        assert await sees(person, path)
        assert await sees(person, restricted)
    assert await sees(second, path)
    assert not await sees(second, restricted)
    for person in (office.unit, office.editor, other.manager, other.head, elsewhere, stranger):
        assert not await sees(person, path)
    await office.done(office.manager, restricted, "raise-to-unit", reason=REASON)
    assert await sees(office.unit, restricted)
    assert (await office.unit.api.get(restricted)).json()["actions"] == ["risks.answer"]


async def test_who_works_on_what_it_is_about_works_on_it(office: RiskOffice) -> None:
    """Whoever enters a plan has a part in the risks of it: sees them, assesses them, and says that one has happened."""
    planning = await Planning.make(office.world)
    plan = await planning.begun()
    answer = await planning.planner.api.create("/v1/risks", {**RISK, "about_id": str(plan.id)})
    assert answer.status_code == 201, answer.text
    path, colleague = answer.headers["Location"], planning.other_planner
    assert not await sees(planning.executor, path)
    assert await sees(colleague, path)
    await office.done(colleague, path, "assess", probability=2, impact=2)
    subject = {**announcement(office.indicator), "subject_id": path.rpartition("/")[2]}
    assert (await colleague.api.create("/v1/evidence", subject)).status_code == 201
    risk = await office.done(colleague, path, "occur", what=REASON)
    seen = await planning.planner.api.get(f"/v1/challenges/{risk['challenge']['id']}")
    assert "challenges.propose_solution" in seen.json()["actions"]


async def test_a_restricted_risk_happens_as_a_restricted_challenge(office: RiskOffice) -> None:
    path = await office.occurred(classification="restricted")
    found = (await office.manager.api.get(path)).json()["challenge"]
    challenge = (await office.manager.api.get(f"/v1/challenges/{found['id']}")).json()
    assert challenge["classification"] == "restricted"


async def test_a_challenge_is_about_a_risk_that_has_happened(office: RiskOffice) -> None:
    happened = await office.occurred()
    for path in (
        await office.registered(),
        await office.treated(),
        await office.accepted(),
        await office.raised(),
        await office.closed(),
    ):
        body = {**CHALLENGE, "about_id": path.rpartition("/")[2]}
        for language, word in (("en", "has happened"), ("ar", "وقوع الخطر")):
            answer = await office.specialist.api.send(
                "POST",
                "/v1/challenges",
                json=body,
                headers={"Accept-Language": language, "Idempotency-Key": uuid4().hex},
            )
            assert answer.status_code == 422, answer.text
            [error] = answer.json()["errors"]
            assert (error["pointer"], error["code"]) == ("#/about_id", "not_occurred")
            assert word in error["detail"]
        listed = await office.specialist.api.get("/v1/challenges", about_id=body["about_id"])
        assert listed.json()["items"] == []
        assert (await office.head.api.create("/v1/challenges", body)).status_code == 403
    body = {**CHALLENGE, "about_id": happened.rpartition("/")[2]}
    made = await office.specialist.api.create("/v1/challenges", body)
    assert made.status_code == 201, made.text
    assert (made.json()["about"]["kind"], made.json()["title"]) == ("risk", CHALLENGE["title"])
    listed = await office.specialist.api.get("/v1/challenges", about_id=body["about_id"])
    assert len(listed.json()["items"]) == 2, "beside the one that it was opened as"


async def test_of_two_at_once_one_is_told(office: RiskOffice) -> None:
    path = await office.chosen("accept", probability=2, impact=2)
    etag = await office.manager.api.etag(path)
    answers = await asyncio.gather(
        *(office.manager.api.step(f"{path}/accept", etag, {"reason": REASON}) for _ in range(2)),
        office.specialist.api.step(f"{path}/occur", etag, {"what": REASON}),
    )
    assert sorted(answer.status_code for answer in answers) == [200, 412, 412]
    made = await office.world.owner.fetchval(
        "select count(*) from challenges where about_id = $1::uuid", path.rpartition("/")[2]
    )
    assert made == (answers[2].status_code == 200), "who loses leaves no challenge behind"
    answers = await asyncio.gather(*(office.register() for _ in range(4)))
    assert len({answer.json()["code"] for answer in answers}) == 4


async def test_the_schema_holds_what_the_service_promises(office: RiskOffice) -> None:
    path = await office.registered()
    closed = await office.closed()
    id_, owner = path.rpartition("/")[2], office.world.owner
    for statement in (
        "update risks set about_id = id where id = $1::uuid",
        "update risks set impact = 6 where id = $1::uuid",
        "update risks set residual_impact = 2 where id = $1::uuid",
        "update risks set residual_impact = 5, residual_probability = 1 where id = $1::uuid",
        "update risks set strategy = 'accept' where id = $1::uuid",
        "update risks set state = 'in_treatment' where id = $1::uuid",
        "update risks set state = 'closed' where id = $1::uuid",
        "update risks set state = 'occurred', review_on = null where id = $1::uuid",
        "update risks set review_on = null where id = $1::uuid",
        "update risks set addressed = '{}' where id = $1::uuid",
    ):
        with pytest.raises(asyncpg.IntegrityConstraintViolationError):
            await owner.execute(statement, id_)
    with pytest.raises(asyncpg.IntegrityConstraintViolationError):
        await owner.execute("update risks set title = 'x' where id = $1::uuid", closed.rpartition("/")[2])


async def test_the_analysis_is_the_offices(office: RiskOffice) -> None:
    entries = f"/v1/entities/{office.entity.id}/swot-entries"
    risk = await office.registered(title=RISK["title"])
    body = {"year": 2026, "kind": "threat", "says": "ارتباط تنفيذ البرامج بمورّد واحد"}
    made = await office.specialist.api.create(entries, {**body, "risk_id": risk.rpartition("/")[2]})
    assert made.status_code == 201, made.text
    path = made.headers["Location"]
    assert made.json()["risk"]["title"] == RISK["title"]
    assert made.json()["actions"] == ["swot_entries.edit", "swot_entries.withdraw"]
    for person, status in ((office.head, 200), (office.enterer, 404), (office.unit, 404)):
        assert (await person.api.get(path)).status_code == status
    for person in (office.head, office.enterer, office.unit):
        assert (await person.api.create(entries, body)).status_code == 403
    other = await RiskOffice.make(office.world)
    foreign = await other.specialist.api.create(
        f"/v1/entities/{other.entity.id}/swot-entries", {**body, "risk_id": risk.rpartition("/")[2]}
    )
    assert foreign.json()["errors"][0]["pointer"] == "#/risk_id"
    edited = await office.manager.api.patch(path, made.headers["ETag"], {"kind": "weakness", "risk_id": None})
    assert (edited.json()["kind"], edited.json()["risk"]) == ("weakness", None)
    stale = await office.manager.api.patch(path, made.headers["ETag"], {"year": 2027})
    assert stale.status_code == 412
    gone = await office.manager.api.step(f"{path}/withdraw", edited.headers["ETag"], {"reason": REASON})
    assert gone.json()["withdrawn_by"]["id"] == str(office.manager.id)
    listed = await office.head.api.get("/v1/swot-entries", withdrawn="false", year="2026")
    assert listed.json()["items"] == []
    again = await office.manager.api.patch(path, gone.headers["ETag"], {"year": 2027})
    assert (again.status_code, again.json()["code"]) == (409, "wrong_state")


async def test_evidence_of_a_risk(office: RiskOffice) -> None:
    path = await office.registered()
    before = (await office.enterer.api.get(path)).json()["version"]
    subject = {**announcement(office.indicator), "subject_id": path.rpartition("/")[2]}
    made = await office.enterer.api.create("/v1/evidence", subject)
    assert made.status_code == 201, made.text
    assert made.json()["subject"]["name_ar"] == RISK["title"]
    assert (await office.enterer.api.get(path)).json()["version"] == before + 1
    assert (await office.head.api.create("/v1/evidence", subject)).status_code == 403
    other = await RiskOffice.make(office.world)
    assert (await other.manager.api.create("/v1/evidence", subject)).status_code == 422
    await office.done(office.manager, path, "close", lessons=LESSONS)
    late = await office.enterer.api.create("/v1/evidence", subject)
    assert (late.status_code, late.json()["code"]) == (409, "subject_decided")


@pytest.mark.parametrize("classification", ["internal", "restricted"])
async def test_the_heads_office_brings_the_scan_of_what_the_head_answered(
    office: RiskOffice, classification: str
) -> None:
    path = await office.raised(by=office.enterer, classification=classification)
    scan = {
        **announcement(office.indicator, kind="letter", title="صورة كتاب رئيس الوحدة بشأن الخطر"),
        "subject_id": path.rpartition("/")[2],
    }
    proof = Proof.of(await office.head_office.api.create("/v1/evidence", scan))
    assert (await put(office.head_office, proof)).status_code == 200
    assert (await step(office.head_office, proof, "verify")).status_code == 403
    await office.done(
        office.head_office,
        path,
        "answer",
        answer=PLAN,
        decision={
            "decided_by_id": str(office.head.id),
            "letter_number": "م و/٢٠٢٦/٢١٧",
            "letter_date": "2026-01-15",
        },
    )
    await taken(office.manager if classification == "restricted" else office.specialist, proof, "verify")
    other = await RiskOffice.make(office.world)
    assert (await other.head_office.api.create("/v1/evidence", scan)).status_code == 422


async def test_evidence_of_a_restricted_risk_names_it_to_no_other_specialist(office: RiskOffice) -> None:
    path = await office.registered(office.specialist, classification="restricted")
    second = await office.world.person(Role.SPECIALIST, office.entity)
    subject = {**announcement(office.indicator), "subject_id": path.rpartition("/")[2]}
    made = await office.specialist.api.create("/v1/evidence", subject)
    assert made.status_code == 201, made.text
    proof = Proof.of(made)
    evidence_id = proof.path.rpartition("/")[2]
    for verifying in (False, True):
        assert evidence_id not in (await second.api.get("/v1/inbox")).text
        assert (await second.api.get(proof.path)).status_code == 404
        if not verifying:
            assert evidence_id in (await office.specialist.api.get("/v1/inbox")).text
            assert (await put(office.specialist, proof)).status_code == 200
    assert evidence_id in (await office.manager.api.get("/v1/inbox")).text
    verified = await office.manager.api.step(
        f"{proof.path}/verify", await office.manager.api.etag(proof.path)
    )
    assert verified.status_code == 200, verified.text
