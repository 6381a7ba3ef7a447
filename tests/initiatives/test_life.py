"""The life of an initiative from proposal to closing, over HTTP (Guide N-1, N-5, N-6, N-8)."""

import asyncio
from datetime import timedelta

from app.enums import Role
from tests.factories import role_plans
from tests.factories.initiatives import REASON, House, milestone, proposal, today


async def test_an_initiative_goes_from_proposal_to_closing(house: House) -> None:
    made = await house.drafted()
    draft = await house.read(made, house.member)
    assert draft["state"] == "draft"
    assert draft["status"] is None
    assert draft["division"]["id"] == str(house.executing.id)
    assert [party["party"] for party in draft["awaiting"]] == ["division", "specialist"]
    submitted = await house.done(house.member, made, "submit")
    assert [party["party"] for party in submitted["awaiting"]] == ["manager"]
    approved = await house.done(house.manager, made, "approve")
    assert approved["state"] == "approved"
    assert approved["baseline"] == {"starts_on": approved["starts_on"], "ends_on": approved["ends_on"]}
    assert all(
        each["baseline"] == {name: each[name] for name in ("weight", "starts_on", "due_on")}
        for each in approved["milestones"]
    )
    assert approved["status"] == "late"  # nothing is reported, and half of it is due
    await house.proven(made)
    closing = await house.done(house.colleague, made, "ask-to-close")
    assert {party["party"] for party in closing["awaiting"]} == {"manager", "specialist"}
    closed = await house.done(house.manager, made, "confirm-closing")
    assert (closed["state"], closed["status"]) == ("closed", "closed")
    assert closed["actions"] == []


async def test_a_member_proposes_for_their_own_division_only(house: House) -> None:
    refused = await house.propose(house.outsider, division_id=str(house.executing.id))
    assert refused.status_code == 403
    own = await house.propose(house.outsider)
    assert own.json()["division"]["id"] == str(house.other_division.id)
    assert (await house.propose(house.planner)).status_code == 403  # planning executes nothing
    open_ = await house.propose(house.specialist)
    assert open_.json()["division"] is None
    for person in (house.manager, house.head, house.representative, house.unit):
        assert (await house.propose(person)).status_code == 403


async def test_a_draft_is_submitted_once_it_is_whole(house: House) -> None:
    begin, end = today(), today() + timedelta(days=30)
    made = await house.drafted(house.specialist, milestones=[milestone(1, begin, end, 60)])
    answer = await house.take(house.specialist, made, "submit")
    assert answer.status_code == 409
    assert answer.json()["code"] == "incomplete_initiative"
    assert {fault["pointer"] for fault in answer.json()["errors"]} == {"#/division_id", "#/milestones"}
    assert (
        await house.take(house.manager, made, "put-in-charge", {"division_id": str(house.executing.id)})
    ).status_code == 200
    moved = await house.read(made, house.member)
    assert [party["party"] for party in moved["awaiting"]] == ["division", "specialist"]
    etag = await house.member.api.etag(made.path)
    answer = await house.member.api.patch(made.path, etag, {"milestones": [milestone(1, begin, end, 100)]})
    assert answer.status_code == 200, answer.text
    await house.done(house.member, made, "submit")


async def test_whoever_edits_does_not_approve(house: House) -> None:
    made = await house.submitted()
    delegate = house.drafter
    await house.world.delegate(house.manager, delegate, house.entity, "initiatives.approve")
    await house.done(house.manager, made, "return", {"reason": REASON})
    etag = await delegate.api.etag(made.path)
    assert (await delegate.api.patch(made.path, etag, {"goal": "هدف معدّل"})).status_code == 200
    await house.done(house.member, made, "submit")
    refused = await house.take(delegate, made, "approve")
    assert (refused.status_code, refused.json()["code"]) == (403, "four_eyes")
    approved = await house.done(house.manager, made, "approve")
    assert approved["returned"] is None
    assert (await house.take(house.member, made, "approve")).status_code == 403


async def test_foresight_is_approved_by_the_representative_assigned(house: House) -> None:
    made = await house.submitted(kind="foresight")
    assert (await house.take(house.manager, made, "approve")).status_code == 403
    assert (await house.take(house.head, made, "approve")).status_code == 403
    assert (await house.representative.api.get(made.path)).status_code == 404
    assert "assignments.create" in (await house.read(made, house.manager))["actions"]
    await house.assign(made)
    approved = await house.done(house.representative, made, "approve")
    assert approved["state"] == "approved"


async def test_a_revision_keeps_what_was_approved(house: House) -> None:
    made = await house.approved()
    before = await house.read(made)
    later = (today() + timedelta(days=200)).isoformat()
    for person in (house.member, house.head, house.unit):
        refused = await house.take(person, made, "revise", {"reason": REASON, "ends_on": later})
        assert refused.status_code == 403
    missing = await house.take(house.specialist, made, "revise", {"ends_on": later})
    assert missing.status_code == 422
    body = {"reason": REASON, "ends_on": later}
    after = await house.done(house.specialist, made, "revise", body)
    assert after["ends_on"] == later
    assert after["baseline"] == before["baseline"]
    assert after["revised_by"]["id"] == str(house.specialist.id)
    short = [milestone(1, today(), today() + timedelta(days=5), 90)]
    refused = await house.take(house.specialist, made, "revise", {"reason": REASON, "milestones": short})
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["code"] == "weights"
    # Who revised it does not confirm its end.
    await house.proven(made)
    await house.done(house.member, made, "ask-to-close")


async def test_the_number_of_a_milestone_that_is_taken_out_is_not_given_again(house: House) -> None:
    made = await house.approved()
    one, two = (milestone(number, today(), today() + timedelta(days=9)) for number in (1, 2))
    await house.done(
        house.specialist, made, "revise", {"reason": REASON, "milestones": [one | {"weight": 100}]}
    )
    again = {"reason": REASON, "milestones": [one, two]}
    refused = await house.take(house.specialist, made, "revise", again)
    assert refused.status_code == 422
    assert [(fault["code"], fault["pointer"]) for fault in refused.json()["errors"]] == [
        ("taken_out", "#/milestones/1/number")
    ]
    other = {"reason": REASON, "milestones": [one, two | {"number": 3}]}
    revised = await house.done(house.specialist, made, "revise", other)
    assert [each["baseline"] is None for each in revised["milestones"]] == [False, True]


async def test_a_reached_milestone_stays_in_the_plan(house: House) -> None:
    made = await house.approved()
    await house.progressed(made, {1: 100})
    body = {"reason": REASON, "milestones": [milestone(2, today(), today() + timedelta(days=20), 100)]}
    refused = await house.take(house.specialist, made, "revise", body)
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (422, "reached")


async def test_the_head_stops_and_the_office_records_it(house: House) -> None:
    made = await house.approved()
    assert (await house.take(house.manager, made, "stop", {"reason": REASON})).status_code == 403
    letter = {
        "decided_by_id": str(house.head.id),
        "letter_number": "١٢/٢٠٢٦",
        "letter_date": today().isoformat(),
    }
    assert (await house.take(house.head_office, made, "stop", {"reason": REASON})).status_code == 422
    stopped = await house.done(house.head_office, made, "stop", {"reason": REASON, "decision": letter})
    assert (stopped["state"], stopped["status"]) == ("stopped", "stopped")
    assert stopped["stopped"]["by"]["id"] == str(house.head.id)
    assert (await house.take(house.head, made, "stop", {"reason": REASON})).status_code == 409


async def test_closing_needs_verified_documents_and_another_person(house: House) -> None:
    made = await house.closing()
    unproven = await house.take(house.manager, made, "confirm-closing")
    assert (unproven.status_code, unproven.json()["code"]) == (409, "closing_not_proven")
    back = await house.done(house.manager, made, "return-to-work", {"reason": REASON})
    assert back["state"] == "approved"
    await house.proven(made)
    # The office's specialist may ask too; then somebody else confirms.
    await house.done(house.drafter, made, "ask-to-close")
    refused = await house.take(house.drafter, made, "confirm-closing")
    assert (refused.status_code, refused.json()["code"]) == (403, "four_eyes")
    closed = await house.done(house.specialist, made, "confirm-closing")
    assert closed["closed_by"]["id"] == str(house.specialist.id)


async def test_what_came_with_the_proposal_does_not_prove_the_end(house: House) -> None:
    made = await house.drafted()
    await house.proven(made)
    await house.done(house.member, made, "submit")
    await house.done(house.manager, made, "approve")
    await house.done(house.member, made, "ask-to-close")
    assert "initiatives.confirm_closing" not in (await house.read(made, house.manager))["actions"]
    unproven = await house.take(house.manager, made, "confirm-closing")
    assert (unproven.status_code, unproven.json()["code"]) == (409, "closing_not_proven")
    await house.proven(made)
    await house.done(house.manager, made, "confirm-closing")


async def test_who_vouched_for_the_proof_does_not_say_that_it_ended(house: House) -> None:
    made = await house.approved()
    await house.proven(made)  # verified by the specialist, who may enter too
    assert "initiatives.ask_to_close" not in (await house.read(made, house.specialist))["actions"]
    refused = await house.take(house.specialist, made, "ask-to-close")
    assert (refused.status_code, refused.json()["code"]) == (403, "four_eyes")
    await house.done(house.drafter, made, "ask-to-close")
    # Nor after it was sent back, having verified meanwhile.
    await house.done(house.manager, made, "return-to-work", {"reason": REASON})
    assert (await house.take(house.specialist, made, "ask-to-close")).status_code == 403
    # Who verified what came with the draft may.
    other = await house.drafted()
    await house.proven(other)
    await house.done(house.member, other, "submit")
    await house.done(house.manager, other, "approve")
    await house.done(house.specialist, other, "ask-to-close")


async def test_the_evidence_of_what_is_closed_never_changes(house: House) -> None:
    made = await house.closed()
    answer = await house.member.api.create(
        "/v1/evidence",
        {
            "subject_id": str(made.id),
            "kind": "document",
            "title": "ملحق متأخر",
            "classification": "internal",
        },
    )
    assert answer.status_code == 409


async def test_the_project_manager_runs_it(house: House) -> None:
    made = await house.approved()
    manager = await house.world.person(Role.EXPERT, house.entity)
    stranger = await house.world.person(Role.DIVISION_MEMBER, house.entity, house.other_division)
    assert (await house.report(made, manager)).status_code in (403, 404)
    elsewhere = await house.world.user()
    refused = await house.take(house.manager, made, "put-in-charge", {"manager_id": str(elsewhere.id)})
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (422, "holds_no_role")
    nobody = await house.take(house.manager, made, "put-in-charge", {"division_id": None})
    assert (nobody.status_code, nobody.json()["errors"][0]["pointer"]) == (422, "#/division_id")
    # A media representative writes nothing else (Guide O-4).
    media = await house.world.person(Role.MEDIA_REPRESENTATIVE, house.entity)
    refused = await house.take(house.manager, made, "put-in-charge", {"manager_id": str(media.id)})
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (422, "holds_no_role")
    named = await house.done(house.manager, made, "put-in-charge", {"manager_id": str(manager.id)})
    assert named["manager"]["id"] == str(manager.id)
    assert (await house.report(made, stranger)).status_code == 403
    report = await house.report(made, manager)
    assert report.status_code == 201
    path = f"/v1/progress-reports/{report.json()['id']}"
    submitted = await manager.api.step(f"{path}/submit", await manager.api.etag(path))
    assert submitted.status_code == 200
    powers = (await manager.api.get("/v1/me")).json()["powers"]["entities"][0]["actions"]
    assert "progress_reports.create" in powers


async def test_of_two_at_once_one_wins(house: House) -> None:
    made = await house.submitted()
    etag = await house.manager.api.etag(made.path)
    await house.world.delegate(house.manager, house.drafter, house.entity, "initiatives.approve")
    answers = await asyncio.gather(
        house.manager.api.step(f"{made.path}/approve", etag),
        house.drafter.api.step(f"{made.path}/approve", etag),
    )
    assert sorted(answer.status_code for answer in answers) == [200, 412]
    count = await house.world.owner.fetchval(
        "select count(*) from milestone_baselines where initiative_id = $1", made.id
    )
    assert count == 2


async def test_a_code_stands_once_in_its_entity(house: House) -> None:
    body = proposal(code="INV-01")
    path = f"/v1/entities/{house.entity.id}/initiatives"
    assert (await house.member.api.create(path, body)).status_code == 201
    again = await house.member.api.create(path, body)
    assert (again.status_code, again.json()["code"]) == (409, "already_exists")


async def test_the_end_of_a_restricted_one_waits_only_for_who_sees_it(house: House) -> None:
    steps = {"enter": ["executing"], "review": ["planning"], "approve": ["manager"]}
    await role_plans.agreed(house.manager, house.head, house.entity, "detailed_plans", steps)
    made = await house.approved(classification="restricted")
    assert (await house.specialist.api.get(made.path)).status_code == 404
    await house.proven(made)
    asked = await house.done(house.member, made, "ask-to-close")
    assert [wait["party"] for wait in asked["awaiting"]] == ["manager"]
    items = (await house.specialist.api.get("/v1/inbox")).json()["items"]
    assert str(made.id) not in {item["subject_id"] for item in items}
    # Where the manager worked on it, no specialist is left to confirm, so that the head does.
    await house.done(house.manager, made, "return-to-work", {"reason": REASON})
    await house.done(house.manager, made, "revise", {"reason": REASON, "goal": "هدف معدّل"})
    again = await house.done(house.member, made, "ask-to-close")
    assert [wait["party"] for wait in again["awaiting"]] == ["manager", "head"]
    refused = await house.take(house.manager, made, "confirm-closing")
    assert (refused.status_code, refused.json()["code"]) == (403, "four_eyes")
    closed = await house.done(house.head, made, "confirm-closing", {"reason": REASON})
    assert (closed["state"], closed["exceptional"]) == ("closed", True)


async def test_who_proposes_a_restricted_one_sees_their_draft(house: House) -> None:
    steps = {"enter": ["executing"], "review": ["planning"], "approve": ["manager"]}
    await role_plans.agreed(house.manager, house.head, house.entity, "detailed_plans", steps)
    made = await house.drafted(
        house.specialist, classification="restricted", division_id=str(house.executing.id)
    )
    assert (await house.specialist.api.get(made.path)).status_code == 200
    assert (await house.drafter.api.get(made.path)).status_code == 404
    await house.done(house.member, made, "submit")
    assert (await house.specialist.api.get(made.path)).status_code == 404
