"""An improvement plan of a vision indicator from its draft to its completion (Guide I-8, O-3)."""

from datetime import timedelta
from uuid import UUID

import asyncpg
import pytest
from fastapi import FastAPI

from app import clock
from app.enums import Role
from tests.definitions.ministry import refused
from tests.evidence.bringing import announced, put, submitted, taken
from tests.factories.scorecards import GOAL, STEP, Improving, Office
from tests.factories.world import World
from tests.results.office import Figure

REASON = {"reason": "لم تُذكر كلفة الإجراءات"}


async def test_from_the_draft_to_its_completion(world: World, app: FastAPI) -> None:
    """Drafted by a specialist, assured by another, approved by the manager, carried out, completed."""
    made = await Improving.make(world, app)
    office = made.office
    path = await made.drafted()
    said = await office.read(path)
    assert (said["state"], said["step_count"], said["done_count"], said["late"]) == ("draft", 2, 0, False)
    assert said["actions"] == [f"improvement_plans.{verb}" for verb in ("edit", "discard", "submit")]
    assert (await office.unit.api.get(path)).status_code == 404
    await made.taken(office.drafter, path, "submit")
    refused(await made.take(office.drafter, path, "assure"), 403, "four_eyes")
    [waiting] = (await office.specialist.api.get("/v1/inbox")).json()["items"]
    assert (waiting["action"], waiting["kind"]) == ("improvement_plans.assure", "improvement_plan")
    assert waiting["title"]["ar"] == "معدل التعمين في القطاع الخاص"
    assert (await office.drafter.api.get("/v1/inbox")).json()["items"] == []
    await made.taken(office.specialist, path, "assure")
    refused(await made.take(office.specialist, path, "approve"), 403, "forbidden")
    said = await made.taken(office.manager, path, "approve")
    assert said["state"] == "approved"
    assert {wait["due"] for wait in said["awaiting"]} == {"2027-12-31"}
    assert (await office.read(path, office.unit))["state"] == "approved"
    today = clock.today().isoformat()
    refused(await made.take(office.member, path, "report", {"number": 2, "done_on": today}), 403, "forbidden")
    said = await made.taken(
        office.member, path, "report", {"number": 1, "done_on": today, "note": "وُقعت مع اثنتي عشرة منشأة"}
    )
    assert said["steps"][0]["reported_by"]["id"] == str(office.member.id)
    refused(await made.take(office.manager, path, "complete"), 409, "steps_open", "#/steps/1")
    await made.done(path, 2)
    assert "improvement_plans.complete" in (await office.read(path, office.manager))["actions"]
    said = await made.taken(office.manager, path, "complete")
    assert (said["state"], said["done_count"], said["awaiting"]) == ("completed", 2, [])
    refused(
        await made.take(office.drafter, path, "report", {"number": 1, "done_on": None}), 409, "wrong_state"
    )


async def test_the_representative_of_the_indicator_assures(world: World, app: FastAPI) -> None:
    """Assigned to the indicator, they see its plans, and are awaited before the specialists."""
    made = await Improving.make(world, app)
    office = made.office
    path = await made.drafted()
    assert (await office.representative.api.get(path)).status_code == 404
    await world.assign(office.representative, made.indicator, office.entity)
    await made.taken(office.drafter, path, "submit")
    said = await office.read(path)
    assert [wait["party"] for wait in said["awaiting"]] == ["technical_representative", "specialist"]
    await made.taken(office.representative, path, "assure")


async def test_a_return_voids_the_round(world: World, app: FastAPI) -> None:
    made = await Improving.make(world, app)
    office = made.office
    path = await made.assured()
    said = await made.taken(office.manager, path, "return", REASON)
    assert (said["state"], said["assured_by"], said["returned"]["reason"]) == (
        "draft",
        None,
        REASON["reason"],
    )
    answer = await office.specialist.api.patch(
        path, await office.specialist.api.etag(path), {"goal": GOAL + "."}
    )
    assert answer.status_code == 200, answer.text
    await made.taken(office.drafter, path, "submit")
    refused(await made.take(office.specialist, path, "assure"), 403, "four_eyes")
    said = await office.read(path, office.head)
    assert "improvement_plans.assure" in said["actions"]
    assert said["awaiting"][-1]["party"] == "head"
    refused(await made.take(office.head, path, "assure"), 422, "invalid", "#/reason")
    said = await made.taken(office.head, path, "assure", {"reason": "شارك الأخصائيان في الإعداد"})
    assert said["exceptional"] is True


async def test_only_vision_indicators_have_plans(world: World, app: FastAPI) -> None:
    office = await Office.make(world, app)
    (main,) = await office.indicators(1)
    refused(await Improving(office, main).draft(), 409, "not_vision")
    made = await Improving.make(world, app)
    refused(await made.draft(made.office.manager), 403, "forbidden")
    refused(await made.draft(office.drafter), 403, "forbidden")
    await made.drafted()
    refused(await made.draft(), 409, "already_exists")


async def test_what_cannot_be_is_told_where(world: World, app: FastAPI) -> None:
    """A step after the plan's end, a division of another entity, a day to come, a step that there is none of."""
    made, other = await Improving.make(world, app), await Office.make(world, app)
    office = made.office
    steps = [{**STEP, "due": "2028-01-01"}, {**STEP, "division_id": str(other.executing.id)}]
    refused(await made.draft(steps=steps), 422, "invalid", "#/steps/0/due", "#/steps/1/division_id")
    path = await made.drafted(steps=[])
    refused(await made.take(office.drafter, path, "submit"), 409, "incomplete_plan", "#/steps")
    etag = await office.drafter.api.etag(path)
    refused(await office.drafter.api.patch(path, etag, {"due": None}), 422, "invalid", "#/due")
    answer = await office.drafter.api.patch(path, etag, {"steps": [STEP]})
    assert answer.status_code == 200, answer.text
    refused(
        await office.drafter.api.patch(path, answer.headers["ETag"], {"due": "2027-01-01"}),
        422,
        "invalid",
        "#/steps/0/due",
    )
    await made.taken(office.drafter, path, "submit")
    await made.taken(office.specialist, path, "assure")
    await made.taken(office.manager, path, "approve")
    tomorrow = (clock.today() + timedelta(days=1)).isoformat()
    for body, pointer in (
        ({"number": 2, "done_on": None}, "#/number"),
        ({"number": 1, "done_on": tomorrow}, "#/done_on"),
        ({"number": 1, "done_on": None, "note": "لا شيء"}, "#/note"),
    ):
        refused(await made.take(office.drafter, path, "report", body), 422, "invalid", pointer)
    refused(await made.take(office.manager, path, "end", {}), 422, "invalid", "#/reason")
    said = await made.taken(office.manager, path, "end", {"reason": "أُدرج المؤشر في برنامج وطني"})
    assert (said["state"], said["end_reason"]) == ("ended", "أُدرج المؤشر في برنامج وطني")


async def test_what_is_late_is_found(world: World, app: FastAPI) -> None:
    """By the day of the plan, or of a step that is not done."""
    made = await Improving.make(world, app)
    office, today = made.office, clock.today()
    late = [{**STEP, "due": (today - timedelta(days=1)).isoformat()}]
    path = await made.approved(steps=late)
    asked = {"entity_id": str(office.entity.id)}

    async def found(**more: object) -> list[str]:
        answer = await office.unit.api.get("/v1/improvement-plans", **asked, **more)
        assert answer.status_code == 200, answer.text
        return [item["id"] for item in answer.json()["items"]]

    mine = [path.rpartition("/")[2]]
    assert (await office.read(path))["late"] is True
    assert await found(late="true") == mine
    assert await found(late="false") == []
    await made.done(path, 1)
    assert await found(late="true") == []
    assert await found(state="approved", indicator_id=str(made.indicator)) == mine
    assert await found(state="draft") == []


async def test_who_sees_a_plan(world: World, app: FastAPI) -> None:
    """In work the office, the division of a step and who is assigned; approved the entity's people and UNIT."""
    made = await Improving.make(world, app)
    office = made.office
    aside = await world.person(Role.DIVISION_MEMBER, division=await world.division(office.entity))
    stranger = await world.person(Role.MANAGER, await world.entity())
    path = await made.submitted()
    for person, sees in (
        (office.member, True),
        (office.head, True),
        (aside, False),
        (office.unit, False),
        (stranger, False),
    ):
        assert ((await person.api.get(path)).status_code == 200) is sees
    await made.taken(office.specialist, path, "assure")
    await made.taken(office.manager, path, "approve")
    for person, sees in ((aside, True), (office.unit, True), (stranger, False)):
        assert ((await person.api.get(path)).status_code == 200) is sees


async def test_evidence_of_what_was_done(world: World, app: FastAPI) -> None:
    """Brought by the division while the plan is carried out, verified by a specialist, frozen with the plan."""
    made = await Improving.make(world, app)
    office = made.office
    path = await made.approved()
    subject = Figure(UUID(path.rpartition("/")[2]), path)
    proof = await submitted(office.member, subject)
    await made.done(path)
    refused(await made.take(office.manager, path, "complete"), 409, "evidence_unverified")
    assert "improvement_plans.complete" not in (await office.read(path, office.manager))["actions"]
    await taken(office.specialist, proof, "verify")
    own = await submitted(office.specialist, subject)  # who assured the plan may bring proof of what was done
    await taken(office.specialist, own, "withdraw")
    await made.taken(office.manager, path, "complete")
    assert (await office.unit.api.get(proof.path)).status_code == 200
    answer = await office.member.api.create(
        "/v1/evidence",
        {"subject_id": str(subject.id), "kind": "letter", "title": "خطاب", "classification": "internal"},
    )
    refused(answer, 409, "subject_decided")
    with pytest.raises(asyncpg.CheckViolationError):
        await world.owner.execute("update evidence set title = 'آخر' where id = $1", proof.id)


async def test_ending_a_plan_withdraws_undecided_evidence(world: World, app: FastAPI) -> None:
    """So does discarding a draft."""
    made = await Improving.make(world, app)
    office = made.office
    path = await made.approved()
    proof = await announced(office.member, Figure(UUID(path.rpartition("/")[2]), path))
    await made.taken(office.manager, path, "end", REASON)
    assert (await office.read(proof.path, office.member))["state"] == "withdrawn"
    again = await made.drafted()
    proof = await announced(office.drafter, Figure(UUID(again.rpartition("/")[2]), again))
    answer = await put(office.drafter, proof)
    assert answer.status_code == 200
    await made.taken(office.drafter, again, "discard")
    assert (await office.read(proof.path))["state"] == "withdrawn"
