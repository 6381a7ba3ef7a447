"""Who drafts, approves, runs and sees communication plans; and that a media representative writes nothing else (Guide
O-4)."""

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from app.enums import Role, Tenure
from app.parties import Actor, Facts, party_key
from app.permissions import ANYONE, OWN, RULES, allows
from app.services import transition_tables
from tests.evidence import bringing
from tests.factories.communications import PLAN, YEAR, Ministry, refused
from tests.factories.world import Person, World

LETTER_DATE = "2026-11-15"
WRITTEN_BY_MEDIA = {
    *(
        f"communication_plans.{verb}"
        for verb in ("create", "edit", "discard", "submit", "withdraw", "revise")
    ),
    "communication_plans.ask_support",
    *(f"communication_activities.{verb}" for verb in ("create", "edit", "report", "cancel")),
    *(f"evidence.{verb}" for verb in ("create", "edit", "upload", "withdraw", "supersede")),
}


@pytest.fixture(scope="module")
async def ministry(world: World) -> Ministry:
    return await Ministry.make(world)


async def acting(ministry: Ministry, person: Person) -> None:
    """Make a person acting manager beside the manager."""
    until = datetime.now(UTC) + timedelta(days=30)
    await ministry.world.appoint(person, Role.MANAGER, ministry.entity, tenure=Tenure.ACTING, ends_at=until)


def test_a_media_representative_may_take_no_other_action() -> None:
    """Whatever a subject is and whoever its steps name, with every key that an assignment gives."""
    entity, subject = uuid4(), uuid4()
    key = party_key(Role.MEDIA_REPRESENTATIVE, subject)
    media = Actor(uuid4(), uuid4(), frozenset({key}), frozenset({entity}), assigned=frozenset({subject}))
    naming = {"communication_plans", "communication_activities", "evidence"}
    held = set()
    for action, rule in RULES.items():
        area = action.partition(".")[0]
        # Only these areas ever name a media representative, and only to enter.
        steps = {"enter": (key,), "attach": (key,)} if area in naming else {}
        facts = Facts("", subject, entity, steps=steps)
        if not {ANYONE, OWN} & set(rule.who) and allows(media, action, facts):
            held.add(action)
    assert held == WRITTEN_BY_MEDIA
    by_anybody = {action for action, rule in RULES.items() if ANYONE in rule.who}
    changing = {action for action in by_anybody if transition_tables.find(action) is not None}
    assert changing <= {"me.edit"}


async def test_the_keys_of_a_media_representative_come_from_assignments_alone(ministry: Ministry) -> None:
    indicator = await ministry.world.indicator(ministry.entity)
    await ministry.assigned(ministry.idle, indicator)
    for path, body in (
        (f"/v1/entities/{ministry.entity.id}/indicators", {}),
        (f"/v1/indicators/{indicator}/results", {"period": "2024", "value": 1}),
    ):
        assert (await ministry.idle.api.create(path, body)).status_code == 403
    refused(await ministry.begin(ministry.idle, year=YEAR + 9), 403, "forbidden")
    shown = (await ministry.idle.api.get(f"/v1/indicators/{indicator}")).json()
    assert shown["actions"] == []


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("drafter", 201),
        ("colleague", 201),
        ("representative", 201),
        ("idle", 403),
        ("specialist", 403),
        ("manager", 403),
        ("head", 403),
        ("office", 403),
        ("executor", 403),
        ("unit", 422),
    ],
)
async def test_who_begins_a_plan(world: World, who: str, status: int) -> None:
    ministry = await Ministry.make(world)
    answer = await ministry.begin(getattr(ministry, who))
    assert answer.status_code == status, answer.text


async def test_a_representative_assigned_to_the_plan_itself_works_on_it(world: World) -> None:
    ministry = await Ministry.make(world)
    plan = await ministry.draft()
    assert (await ministry.idle.api.get(plan)).status_code == 404
    await ministry.assigned(ministry.idle, plan.rpartition("/")[2])
    etag = await ministry.idle.api.etag(plan)
    assert (await ministry.idle.api.patch(plan, etag, {"note": "بعد المراجعة"})).status_code == 200
    activity = await ministry.added(plan, ministry.idle)
    await ministry.done(ministry.idle, f"{plan}/submit")
    await ministry.done(ministry.manager, f"{plan}/approve")
    await ministry.done(ministry.idle, f"{activity}/report", ministry.report())
    refused(await ministry.begin(ministry.idle, year=YEAR + 1), 403, "forbidden")


async def test_who_edited_never_approves(world: World) -> None:
    ministry = await Ministry.make(world)
    await acting(ministry, ministry.representative)
    plan = await ministry.submitted(ministry.representative)
    refused(await ministry.take(ministry.representative, f"{plan}/approve"), 403, "four_eyes")
    refused(
        await ministry.take(ministry.representative, f"{plan}/return", {"reason": "سبب"}), 403, "four_eyes"
    )
    await ministry.done(ministry.manager, f"{plan}/approve")


async def test_who_added_an_activity_to_the_draft_never_approves(world: World) -> None:
    ministry = await Ministry.make(world)
    await acting(ministry, ministry.colleague)
    plan = await ministry.draft()
    await ministry.added(plan, ministry.colleague)
    await ministry.done(ministry.drafter, f"{plan}/submit")
    refused(await ministry.take(ministry.colleague, f"{plan}/approve"), 403, "four_eyes")


async def test_where_nobody_is_left_the_head_decides_with_a_reason(world: World) -> None:
    entity = await world.entity()
    manager = await world.person(Role.MANAGER, entity)
    representative = await world.user()
    await world.appoint(representative, Role.MEDIA_REPRESENTATIVE, entity)
    head = await world.person(Role.HEAD, entity)
    # The only holder of the post drafts as a media representative too.
    await world.appoint(manager, Role.MEDIA_REPRESENTATIVE, entity)
    await world.assign(manager, entity.id, entity)
    body = {**PLAN, "about_id": str(entity.id), "year": YEAR}
    plan = (await manager.api.create("/v1/communication-plans", body)).headers["Location"]
    ministry = Ministry.__new__(Ministry)
    await Ministry.added(ministry, plan, manager)
    etag = await manager.api.etag(plan)
    assert (await manager.api.step(f"{plan}/submit", etag)).status_code == 200
    refused(await manager.api.step(f"{plan}/approve", await manager.api.etag(plan)), 403, "four_eyes")
    seen = (await head.api.get(plan)).json()
    assert "head" in {wait["party"] for wait in seen["awaiting"]}
    assert "communication_plans.approve" in seen["actions"]
    refused(await head.api.step(f"{plan}/approve", await head.api.etag(plan)), 422, "invalid", "#/reason")
    inbox = (await head.api.get("/v1/inbox")).json()["items"]
    assert [item["party"] for item in inbox if item["subject_id"] == seen["id"]] == ["head"]
    answer = await head.api.step(
        f"{plan}/approve", await head.api.etag(plan), {"reason": "لا يوجد من يعتمد غيره"}
    )
    assert answer.json()["exceptional"] is True


async def test_the_role_plan_names_who_drafts_and_approves(world: World) -> None:
    """A small entity without a communication division."""
    ministry = await Ministry.make(world)
    body = {
        "note": "لا توجد دائرة تواصل",
        "chains": {
            "communication": {
                "enter": [{"party": "specialist"}],
                "review": [],
                "approve": [{"party": "head"}],
            }
        },
    }
    answer = await ministry.manager.api.create(f"/v1/entities/{ministry.entity.id}/role-plans", body)
    assert answer.status_code == 201, answer.text
    path = answer.headers["Location"]
    await ministry.done(ministry.manager, f"{path}/submit")
    await ministry.done(ministry.head, f"{path}/approve")
    refused(await ministry.begin(), 403, "forbidden")
    plan = await ministry.submitted(ministry.specialist)
    refused(await ministry.take(ministry.manager, f"{plan}/approve"), 403, "forbidden")
    letter = {"decided_by_id": str(ministry.head.id), "letter_number": "٤٥/٢٠٢٦", "letter_date": LETTER_DATE}
    refused(await ministry.take(ministry.office, f"{plan}/approve"), 422, "invalid", "#/decision")
    recorded = (await ministry.done(ministry.office, f"{plan}/approve", {"decision": letter})).json()
    assert recorded["approved_by"]["id"] == str(ministry.head.id)
    powers = (await ministry.specialist.api.get("/v1/me")).json()["powers"]["entities"]
    assert "communication_plans.create" in powers[0]["actions"]


async def test_who_sees_a_draft_and_who_a_plan_in_force(world: World) -> None:
    ministry, other = await Ministry.make(world), await Ministry.make(world)
    draft = await ministry.draft()
    activity = await ministry.added(draft)
    at_work = ("drafter", "colleague", "representative", "specialist", "manager", "head", "office")
    for who in (*at_work, "idle", "executor", "unit"):
        status = 200 if who in at_work else 404
        for path in (draft, activity):
            assert (await getattr(ministry, who).api.get(path)).status_code == status, who
    await ministry.done(ministry.drafter, f"{draft}/submit")
    await ministry.done(ministry.manager, f"{draft}/approve")
    for who in (*at_work, "idle", "executor"):
        answer = await getattr(ministry, who).api.get("/v1/communication-plans")
        assert draft.endswith(answer.json()["items"][0]["id"]), who
    for stranger in (other.manager, other.representative, ministry.unit):
        for path in (draft, activity):
            assert (await stranger.api.get(path)).status_code == 404
        listed = await stranger.api.get("/v1/communication-activities", entity_id=str(ministry.entity.id))
        assert listed.json()["items"] == []


async def test_of_two_who_approve_at_once_one_is_told_that_it_changed(world: World) -> None:
    ministry = await Ministry.make(world)
    await acting(ministry, ministry.head)
    plan = await ministry.submitted()
    etag = await ministry.manager.api.etag(plan)
    answers = await asyncio.gather(
        *(person.api.step(f"{plan}/approve", etag) for person in (ministry.manager, ministry.head))
    )
    assert sorted(answer.status_code for answer in answers) in ([200, 409], [200, 412])


async def test_of_two_who_report_at_once_one_is_told_that_it_changed(world: World) -> None:
    ministry = await Ministry.make(world)
    activity = await ministry.activity_of(await ministry.approved())
    etag = await ministry.drafter.api.etag(activity)
    answers = await asyncio.gather(
        *(
            person.api.step(f"{activity}/report", etag, ministry.report())
            for person in (ministry.drafter, ministry.representative)
        )
    )
    assert sorted(answer.status_code for answer in answers) in ([200, 409], [200, 412])


async def test_an_approval_and_a_new_activity_at_once(world: World) -> None:
    """The approver approves what they saw: either the activity is in it, or the approval is refused."""
    ministry = await Ministry.make(world)
    first = await ministry.approved()
    second = await ministry.revised(first)
    await ministry.done(ministry.drafter, f"{second}/submit")
    activity = await ministry.activity_of(first)
    told, approved = await asyncio.gather(
        ministry.take(ministry.drafter, f"{activity}/report", ministry.report()),
        ministry.take(ministry.manager, f"{second}/approve"),
    )
    assert (told.status_code, approved.status_code) in ((200, 200), (412, 200), (200, 412))
    kept = (await ministry.drafter.api.get(activity)).json()
    assert kept["state"] == ("done" if told.status_code == 200 else "planned")


async def test_evidence_of_an_activity_is_brought_by_who_runs_it(world: World) -> None:
    ministry = await Ministry.make(world)
    plan = await ministry.draft()
    activity = await ministry.added(plan)
    body = {
        "subject_id": activity.rpartition("/")[2],
        "kind": "photograph",
        "title": "صور اللقاء التوعوي",
        "classification": "internal",
    }
    refused(await ministry.representative.api.create("/v1/evidence", body), 409, "subject_decided")
    await ministry.done(ministry.drafter, f"{plan}/submit")
    await ministry.done(ministry.manager, f"{plan}/approve")
    refused(await ministry.specialist.api.create("/v1/evidence", body), 403, "forbidden")
    before = await ministry.manager.api.etag(activity)
    made = await ministry.representative.api.create("/v1/evidence", body)
    assert made.status_code == 201, made.text
    assert await ministry.manager.api.etag(activity) != before
    evidence = made.headers["Location"]
    shown = (await ministry.representative.api.get(evidence)).json()
    assert (shown["subject"]["kind"], shown["subject"]["name_ar"]) == (
        "communication_activity",
        "لقاء توعوي حول معايير إدراج المبادرات",
    )
    refused(await ministry.take(ministry.idle, f"{activity}/report", ministry.report()), 403, "forbidden")
    await ministry.done(ministry.drafter, f"{activity}/report", ministry.report())
    assert (await ministry.drafter.api.create("/v1/evidence", body)).status_code == 201


async def test_the_evidence_of_a_cancelled_activity_waits_for_nobody(world: World) -> None:
    ministry = await Ministry.make(world)
    plan = await ministry.approved()
    activity = await ministry.activity_of(plan)
    body = bringing.announcement(UUID(activity.rpartition("/")[2]))
    made = bringing.Proof.of(await ministry.representative.api.create("/v1/evidence", body))
    assert (await bringing.put(ministry.representative, made)).status_code == 200
    await ministry.done(ministry.drafter, f"{activity}/cancel", {"reason": "أُلغي اللقاء"})
    assert (await ministry.specialist.api.get(made.path)).json()["state"] == "withdrawn"
    items = (await ministry.specialist.api.get("/v1/inbox")).json()["items"]
    assert str(made.id) not in {item["subject_id"] for item in items}
