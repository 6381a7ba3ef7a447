"""A risk from its registering to what was learned from it: who takes which step, and whom it waits for."""

from datetime import date
from typing import Any

import pytest

from app import clock
from app.schemas.risks import RiskRead
from app.services.calendar import rules as calendar
from tests.factories.risks import LESSONS, PLAN, REASON, RESOURCES, RISK, RiskOffice
from tests.factories.world import Person, World


@pytest.fixture(scope="module")
async def office(world: World) -> RiskOffice:
    return await RiskOffice.make(world)


async def read(person: Person, path: str) -> dict[str, Any]:
    answer = await person.api.get(path)
    assert answer.status_code == 200, answer.text
    RiskRead.model_validate(answer.json())
    found: dict[str, Any] = answer.json()
    return found


def awaited(risk: dict[str, Any]) -> list[tuple[str, str]]:
    return [(wait["party"], wait["action"]) for wait in risk["awaiting"]]


async def test_a_risk_is_graded_and_is_to_be_assessed_anew(office: RiskOffice) -> None:
    risk = await read(office.manager, await office.registered())
    assert (risk["score"], risk["grade"], risk["residual"]) == (16, "critical", None)
    due = calendar.add_working_days(clock.today(), 10, ())
    assert date.fromisoformat(risk["review_on"]) == due, "ten working days for what is critical"
    assert risk["division"]["id"] == str(office.executing.id), "who is in charge of the subject owns it"
    assert (risk["state"], awaited(risk)) == ("open", [("manager", "risks.choose_strategy")])
    assert risk["awaiting"][0]["due"] == risk["review_on"]


async def test_the_office_itself_has_risks(office: RiskOffice) -> None:
    path = await office.registered(
        about_id=None, entity_id=str(office.entity.id), kind="organisational_culture", probability=1, impact=3
    )
    risk = await read(office.specialist, path)
    assert (risk["about"], risk["division"], risk["grade"]) == (None, None, "low")
    assert risk["owner"]["id"] == str(office.specialist.id)
    hidden = await office.enterer.api.get(path)
    assert hidden.status_code == 404, "a division has no part in the office's own risks"


async def test_treatment_with_what_the_head_grants(office: RiskOffice) -> None:
    path = await office.asked()
    waiting = await read(office.head, path)
    assert (waiting["state"], awaited(waiting)) == (
        "resources_asked",
        [("head", "risks.grant_resources")],
    )
    granted = [{"number": 1, "amount": 12000}, {"number": 2, "amount": 0}]
    risk = await office.done(
        office.head_office, path, "grant-resources", granted=granted, decision=office.letter()
    )
    assert [(r["asked"], r["unit"], r["granted"]) for r in risk["resources"]] == [
        (18500.5, "OMR", 12000),
        (2, "مدرب", 0),
    ]
    assert risk["resources"][0]["granted_by"]["id"] == str(office.head.id)
    assert risk["resources"][0]["letter"]["letter_number"] == "م و/٢١٧"
    early = await office.take(office.manager, path, "treat", what=PLAN)
    assert (early.status_code, early.json()["code"]) == (409, "remainder_unknown")
    assessed = await office.done(
        office.enterer, path, "assess", probability=4, impact=4, residual_probability=1, residual_impact=4
    )
    assert (assessed["grade"], assessed["inherent"]["grade"]) == ("low", "critical")
    assert [a["number"] for a in assessed["assessments"]] == [1, 2]
    treated = await office.done(office.manager, path, "treat", what=PLAN)
    assert (treated["state"], awaited(treated)) == ("treated", [("manager", "risks.assess")])
    assert treated["awaiting"][0]["due"] == assessed["review_on"]


async def test_a_new_assessment_moves_the_day_that_it_waits_for(office: RiskOffice) -> None:
    path = await office.treated()
    first = (await read(office.manager, path))["awaiting"]
    risk = await office.done(
        office.specialist, path, "assess", probability=5, impact=5, residual_probability=4, residual_impact=4
    )
    assert risk["review_on"] < first[0]["due"]
    assert [wait["due"] for wait in risk["awaiting"]] == [risk["review_on"]]


@pytest.mark.parametrize(("impact", "by", "not_by"), [(2, "manager", "head"), (3, "head", "manager")])
async def test_the_threshold_says_who_accepts(office: RiskOffice, impact: int, by: str, not_by: str) -> None:
    """Scores of 8 and 12: the head accepts from 10 on."""
    path = await office.chosen("accept", probability=4, impact=impact)
    risk = await read(office.manager, path)
    assert (risk["state"], awaited(risk)) == ("to_accept", [(by, "risks.accept")])
    refused = await office.take(getattr(office, not_by), path, "accept", reason=REASON)
    assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")
    accepted = await office.done(getattr(office, by), path, "accept", reason=REASON)
    assert (accepted["state"], accepted["exceptional"]) == ("accepted", False)


async def test_nobody_accepts_what_they_assessed(office: RiskOffice) -> None:
    path = await office.chosen("accept", by=office.manager, probability=2, impact=2)
    refused = await office.take(office.manager, path, "accept", reason=REASON)
    assert (refused.status_code, refused.json()["code"]) == (403, "four_eyes")
    risk = await read(office.head, path)
    assert ("head", "risks.accept") in awaited(risk), "no other manager is left"
    accepted = await office.done(office.head, path, "accept", reason=REASON)
    assert accepted["exceptional"] is True


async def test_an_acceptance_holds_for_what_was_known(office: RiskOffice) -> None:
    path = await office.accepted(probability=2, impact=3)
    same = await office.done(office.specialist, path, "assess", probability=3, impact=2)
    assert same["state"] == "accepted"
    graver = await office.done(office.specialist, path, "assess", probability=4, impact=3)
    assert (graver["state"], awaited(graver)) == ("to_accept", [("head", "risks.accept")])
    back = await office.done(office.head, path, "refuse-acceptance", reason=REASON)
    assert (back["state"], back["strategy"], back["plan"], awaited(back)) == (
        "open",
        None,
        None,
        [("manager", "risks.choose_strategy")],
    )


async def test_raised_and_answered_it_goes_on_from_there(office: RiskOffice) -> None:
    path = await office.chosen()
    assert (await office.unit.api.get(path)).status_code == 404, "UNIT knows what was raised to it"
    for level, person in (("unit", office.unit), ("head", office.head)):
        raised = await office.done(office.manager, path, f"raise-to-{level}", reason=REASON)
        assert (raised["state"], awaited(raised)) == (f"with_{level}", [(level, "risks.answer")])
        other = office.head if level == "unit" else office.unit
        refused = await office.take(other, path, "answer", answer=PLAN)
        assert refused.status_code == 403
        answered = await office.done(person, path, "answer", answer=PLAN)
        assert answered["state"] == "in_treatment"
    risk = await read(office.unit, path)
    assert [(r["level"], r["answer"]) for r in risk["raisings"]] == [("unit", PLAN), ("head", PLAN)]


async def test_a_risk_that_happens_becomes_a_challenge(office: RiskOffice) -> None:
    path = await office.occurred()
    risk = await read(office.manager, path)
    assert (risk["state"], risk["review_on"], awaited(risk)) == (
        "occurred",
        None,
        [("manager", "risks.close")],
    )
    challenge = (await office.manager.api.get(f"/v1/challenges/{risk['challenge']['id']}")).json()
    assert (challenge["about"]["id"], challenge["about"]["kind"]) == (risk["id"], "risk")
    assert challenge["about"]["name_ar"] == RISK["title"]
    assert (challenge["title"], challenge["impact"]) == (RISK["title"], RISK["effect"])
    assert (challenge["kind"], challenge["division"]) == ("resources", risk["division"])
    listed = (await office.enterer.api.get("/v1/challenges", about_id=risk["id"])).json()["items"]
    assert [item["id"] for item in listed] == [challenge["id"]]
    again = await office.take(office.specialist, path, "occur", what=REASON)
    assert (again.status_code, again.json()["code"]) == (409, "wrong_state")
    closed = await office.done(office.manager, path, "close", lessons=LESSONS)
    assert (closed["state"], closed["lessons"], closed["awaiting"]) == ("closed", LESSONS, [])


async def test_lessons_are_read_by_kind(office: RiskOffice) -> None:
    path = await office.closed(kind="legal")
    found = (await office.specialist.api.get("/v1/risk-lessons", kind="legal")).json()["items"]
    assert [(lesson["risk"]["id"], lesson["lessons"]) for lesson in found] == [
        (path.rpartition("/")[2], LESSONS)
    ]
    assert (await office.unit.api.get("/v1/risk-lessons", kind="legal")).json()["items"] == []
    for verb, body in (("assess", {"probability": 1, "impact": 1}), ("close", {"lessons": LESSONS})):
        answer = await office.take(office.manager, path, verb, **body)
        assert (answer.status_code, answer.json()["code"]) == (409, "wrong_state")


async def test_edits_are_written_once_and_stay_in_the_history(office: RiskOffice) -> None:
    path = await office.registered()
    etag = await office.enterer.api.etag(path)
    edited = await office.enterer.api.patch(path, etag, {"kind": "stakeholders"})
    assert edited.json()["kind"] == "stakeholders"
    same = await office.enterer.api.patch(path, edited.headers["ETag"], {"kind": "stakeholders"})
    assert same.json()["version"] == edited.json()["version"]
    nobody = await office.enterer.api.patch(path, same.headers["ETag"], {"division_id": None})
    assert nobody.json()["errors"][0]["pointer"] == "#/division_id"


async def test_what_waits_stands_in_the_inbox(office: RiskOffice) -> None:
    path = await office.asked(title="نقص تمويل خطة التخفيف")
    items = (await office.head.api.get("/v1/inbox")).json()["items"]
    found = [item for item in items if item["subject_id"] == path.rpartition("/")[2]]
    assert [(item["kind"], item["action"]) for item in found] == [("risk", "risks.grant_resources")]
    assert found[0]["title"]["ar"].startswith("نقص تمويل خطة التخفيف · ")


async def test_resources_are_all_asked_in_one_go(office: RiskOffice) -> None:
    path = await office.asked()
    again = await office.take(office.specialist, path, "ask-resources", resources=RESOURCES, reason=REASON)
    assert (again.status_code, again.json()["code"]) == (409, "wrong_state")


async def test_its_treatment_is_followed_by_actions(office: RiskOffice) -> None:
    path = await office.chosen()
    body = {
        "source": "risk",
        "source_id": path.rpartition("/")[2],
        "title": "توقيع الاتفاقية مع المعهد البديل",
        "description": PLAN,
        "due": calendar.add_working_days(clock.today(), 20, ()).isoformat(),
        "division_id": str(office.executing.id),
    }
    made = await office.specialist.api.create(f"/v1/entities/{office.entity.id}/actions", body)
    assert made.status_code == 201, made.text
    risk = await read(office.enterer, path)
    assert [action["id"] for action in risk["follow_up"]] == [made.json()["id"]]
    listed = (await office.manager.api.get("/v1/actions", source_id=body["source_id"])).json()["items"]
    assert [action["id"] for action in listed] == [made.json()["id"]]
