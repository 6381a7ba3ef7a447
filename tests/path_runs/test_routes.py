"""What a path asks for and refuses: rights, input, evidence, races, and what is seen of it."""

import asyncio
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from app import clock
from app.enums import Role
from app.tokens import Claims
from tests.evidence.bringing import Proof, announcement, put, step, taken
from tests.factories.path_runs import REASON, YEAR, Walk, approved, stage, verified
from tests.factories.world import World

LETTER = {"number": "م و/٢٠٢٦/٤١٢", "date": "2026-11-10", "sender": "وزارة الاقتصاد"}
QUESTIONS = [
    {"key": "aligned", "ar": "هل تتوافق مع أهداف الرؤية؟", "en": "Is it aligned with the vision's goals?"},
    {"key": "templates", "ar": "هل استخدمت القوالب المعتمدة؟", "en": "Are the templates right?"},
]


def pointers(answer: Any) -> list[str]:
    assert answer.status_code == 422, answer.text
    return [each["pointer"] for each in answer.json()["errors"]]


async def test_who_starts_a_path(world: World) -> None:
    walk = await Walk.make(world)
    template = await walk.template([stage("draft", "planning")])
    for person in (walk.planner, walk.head, walk.executor, walk.head_office, walk.unit):
        refused = await walk.start(template, person)
        # The planning directorate enters plans, not the year of the entity.
        assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")
    assert (await walk.start(template, walk.specialist)).status_code == 201
    again = await walk.start(template, walk.manager)
    assert (again.status_code, again.json()["code"]) == (409, "already_exists")
    assert (await walk.start(template, walk.manager, year=YEAR + 1)).status_code == 201


async def test_a_path_is_of_an_approved_template_of_the_entity(world: World) -> None:
    walk, other = await Walk.make(world), await Walk.make(world)
    theirs = await other.template([stage("draft", "planning")])
    assert pointers(await walk.start(theirs)) == ["#/template_id"]
    assert pointers(await walk.start(str(uuid4()))) == ["#/template_id"]
    draft = await walk.drafting.drafted(runs_on="entity", groups=[[stage("draft", "planning")]])
    refused = await walk.start(draft.rpartition("/")[2])
    assert (refused.status_code, refused.json()["code"]) == (409, "template_not_approved")
    mine = await walk.template([stage("draft", "planning")])
    assert pointers(await walk.start(mine, year=None)) == ["#/year"]
    assert pointers(await walk.start(mine, subject_id=str(uuid4()))) == ["#/subject_id"]
    for year in (1999, clock.today().year - 4, clock.today().year + 4):
        assert pointers(await walk.start(mine, year=year)) == ["#/year"]
    assert (await walk.start(mine, subject_id=str(other.entity.id))).status_code == 403
    of_a_plan = (await walk.drafting.approved()).rpartition("/")[2]
    assert pointers(await walk.start(of_a_plan)) == ["#/template_id"]


async def test_who_acts_is_who_the_stage_names(world: World) -> None:
    walk = await Walk.make(world)
    path = await walk.started([stage("draft", "planning")], [stage("send", "office")])
    for person in (walk.manager, walk.specialist, walk.head, walk.head_office):
        assert (await walk.act(person, path, "draft")).status_code == 403
    for person in (walk.financier, walk.executor, walk.unit):
        assert (await walk.act(person, path, "draft")).status_code == 404
    pending = next(each for each in (await walk.run(path))["stages"] if each["key"] == "send")
    early = await walk.specialist.api.step(
        f"/v1/path-stages/{pending['id']}/complete",
        await walk.specialist.api.etag(f"/v1/path-stages/{pending['id']}"),
    )
    assert (early.status_code, early.json()["code"]) == (409, "wrong_state")
    await walk.done(walk.planner, path, "draft")


async def test_a_delegate_of_the_manager_takes_the_managers_stages(world: World) -> None:
    walk = await Walk.make(world)
    path = await walk.started([stage("send", "manager")])
    assert (await walk.act(walk.specialist, path, "send")).status_code == 403
    await world.delegate(walk.manager, walk.specialist, walk.entity, "path_stages.complete")
    assert [each["kind"] for each in (await walk.specialist.api.get("/v1/inbox")).json()["items"]] == [
        "path_stage"
    ]
    ended = await walk.done(walk.specialist, path, "send")
    assert ended["acts"][0]["acting_for"]["id"] == str(walk.manager.id)


async def test_a_checklist_is_answered_before_the_stage_ends_well(world: World) -> None:
    walk = await Walk.make(world)
    path = await walk.started(
        [stage("draft", "planning")], [verified("verify", "office", of=["draft"], checklist=QUESTIONS)]
    )
    await walk.done(walk.planner, path, "draft")
    assert pointers(await walk.act(walk.specialist, path, "verify")) == [
        "#/answers/aligned",
        "#/answers/templates",
    ]
    said: dict[str, Any] = {"aligned": {"answer": "no"}, "other": {"answer": "yes"}}
    assert pointers(await walk.act(walk.specialist, path, "verify", answers=said)) == [
        "#/answers/aligned/remark",
        "#/answers/other",
        "#/answers/templates",
    ]
    said = {
        "aligned": {"answer": "no", "remark": "المبادرة الثالثة خارج الأولويات"},
        "templates": {"answer": "yes"},
    }
    ended = await walk.done(walk.specialist, path, "verify", answers=said)
    assert ended["acts"][0]["answers"]["aligned"]["remark"] == "المبادرة الثالثة خارج الأولويات"


async def test_an_answer_from_outside_comes_with_its_letter(world: World) -> None:
    walk = await Walk.make(world)
    answered = stage("answer", "head_office", kind="record_answer")
    path = await walk.started([answered], [stage("end", "office")])
    assert pointers(await walk.act(walk.head_office, path, "answer")) == ["#/letter"]
    tomorrow = (clock.today() + timedelta(days=1)).isoformat()
    late = await walk.act(walk.head_office, path, "answer", letter=LETTER | {"date": tomorrow})
    assert pointers(late) == ["#/letter/date"]
    ended = await walk.done(walk.head_office, path, "answer", letter=LETTER)
    assert ended["acts"][0]["letter"] == LETTER
    assert pointers(await walk.act(walk.specialist, path, "end", letter=LETTER)) == ["#/letter"]


async def test_a_return_names_an_earlier_stage(world: World) -> None:
    walk = await Walk.make(world)
    path = await walk.started([stage("draft", "planning")], [verified("verify", "office", of=["draft"])])
    await walk.done(walk.planner, path, "draft")
    wrong = await walk.act(walk.specialist, path, "verify", "return", reason=REASON, to="verify")
    assert pointers(wrong) == ["#/to"]
    assert pointers(await walk.act(walk.specialist, path, "verify", "return", to="draft")) == ["#/reason"]


async def test_the_template_says_how_a_stage_may_end(world: World) -> None:
    walk = await Walk.make(world)
    path = await walk.started([stage("draft", "planning")])
    for verb, body in (
        ("approve", {}),
        ("skip", {"reason": "لا ينطبق"}),
        ("return", {"reason": REASON, "to": "draft"}),
    ):
        refused = await walk.act(walk.planner, path, "draft", verb, **body)
        assert (refused.status_code, refused.json()["code"]) == (409, "outcome_not_allowed")


async def test_evidence_is_there_before_a_stage_ends_well(world: World) -> None:
    walk = await Walk.make(world)
    path = await walk.started(
        [stage("minutes", "planning", evidence=[{"kind": "minutes", "minimum": 1}])],
        [verified("verify", "planning", of=["minutes"])],
    )
    missing = await walk.act(walk.planner, path, "minutes")
    assert (missing.status_code, missing.json()["code"]) == (409, "evidence_missing")
    where = (await walk.open(path))["minutes"]
    assert "path_stages.complete" not in (await walk.planner.api.get(where)).json()["actions"]
    proof = {
        "subject_id": where.rpartition("/")[2],
        "kind": "minutes",
        "title": "محضر اجتماع مناقشة المسودة",
        "classification": "internal",
    }
    stranger = await walk.specialist.api.create("/v1/evidence", proof)
    assert stranger.status_code == 403
    other = await world.person(Role.DIVISION_MEMBER, walk.entity, walk.planning_division)
    made = await other.api.create("/v1/evidence", proof)
    assert made.status_code == 201, made.text
    assert made.json()["title"] == proof["title"]
    still = await walk.act(walk.planner, path, "minutes")
    assert still.json()["code"] == "evidence_missing"
    content = await other.api.send(
        "PUT",
        f"{made.headers['Location']}/content",
        headers={
            "If-Match": made.headers["ETag"],
            "Content-Type": "text/plain",
            "Content-Disposition": 'attachment; filename="minutes.txt"',
        },
        content="محضر الاجتماع".encode(),
    )
    assert content.status_code in (200, 201, 204), content.text
    await walk.done(walk.planner, path, "minutes")
    # Who brought its evidence had a hand in it.
    assert (await walk.act(other, path, "verify")).json()["code"] == "four_eyes"


async def test_the_heads_office_brings_the_scan_of_what_the_head_decides(world: World) -> None:
    """A stage of the head that asks for the scan ends by what the head's office records and brings; what others take is
    not the head's office's."""
    walk = await Walk.make(world)
    path = await walk.started(
        [
            approved(
                "approve",
                "head",
                of=[],
                outcomes=["approved"],
                returns_to=[],
                evidence=[{"kind": "letter", "minimum": 1}],
            ),
            stage("money", "finance"),
        ]
    )
    open_ = {key: UUID(where.rpartition("/")[2]) for key, where in (await walk.open(path)).items()}
    office = walk.head_office
    said = {
        "decided_by_id": str(walk.head.id),
        "letter_number": "م ر/٢٠٢٦/٣١",
        "letter_date": "2026-01-15",
    }
    missing = await walk.act(office, path, "approve", "approve", decision=said)
    assert (missing.status_code, missing.json()["code"]) == (409, "evidence_missing")
    scan = announcement(open_["approve"], kind="letter", title="صورة كتاب اعتماد رئيس الوحدة")
    for person in (walk.manager, walk.specialist, walk.financier):
        refused = await person.api.create("/v1/evidence", scan)
        assert refused.status_code in (403, 422), refused.text
    theirs = await office.api.create("/v1/evidence", announcement(open_["money"]))
    assert theirs.status_code == 403
    proof = Proof.of(await office.api.create("/v1/evidence", scan))
    waiting = (await office.api.get("/v1/inbox")).json()["items"]
    assert str(proof.id) in [each["subject_id"] for each in waiting]
    assert (await put(office, proof, name="كتاب الاعتماد.pdf")).status_code == 200
    ended = await walk.done(office, path, "approve", "approve", decision=said)
    act = ended["acts"][0]
    assert (ended["state"], act["person"]["id"]) == ("approved", str(walk.head.id))
    assert act["recorded_by"]["id"] == str(office.id)
    # Somebody else looks whether the scan shows what was recorded.
    assert (await step(office, proof, "verify")).status_code == 403
    assert (await taken(walk.specialist, proof, "verify")) == proof


async def test_the_head_brings_it_too_and_it_is_brought_anew_by_either(world: World) -> None:
    walk = await Walk.make(world)
    path = await walk.started([stage("sign", ["head", "head_office"]), stage("rest", "office")])
    where = UUID((await walk.open(path))["sign"].rpartition("/")[2])
    scan = announcement(where, kind="letter")
    first = Proof.of(await walk.head.api.create("/v1/evidence", scan))
    assert (await put(walk.head, first)).status_code == 200
    again = await taken(walk.head_office, first, "supersede", {"reason": "صفحة ناقصة في الصورة"})
    awaiting = (await walk.head.api.get(again.path)).json()["awaiting"]
    assert [each["party"] for each in awaiting] == ["head", "head_office"]


async def test_two_at_once_are_one_and_the_other_is_told(world: World) -> None:
    walk = await Walk.make(world)
    path = await walk.started([stage("draft", "specialist")], [stage("next", "office")])
    where = (await walk.open(path))["draft"]
    seen = await walk.specialist.api.etag(where)
    answers = await asyncio.gather(
        walk.specialist.api.step(f"{where}/complete", seen),
        walk.colleague.api.step(f"{where}/complete", seen),
    )
    assert sorted(answer.status_code for answer in answers) == [200, 412]
    run = await walk.run(path)
    assert [each["key"] for each in run["open_stages"]] == ["next"]


async def test_the_last_two_of_a_group_at_once_open_the_next(world: World) -> None:
    walk = await Walk.make(world)
    path = await walk.started(
        [stage("money", "finance"), stage("work", "executing")], [stage("sum", "office")]
    )
    open_ = await walk.open(path)
    answers = await asyncio.gather(
        walk.financier.api.step(f"{open_['money']}/complete", await walk.financier.api.etag(open_["money"])),
        walk.executor.api.step(f"{open_['work']}/complete", await walk.executor.api.etag(open_["work"])),
    )
    assert [answer.status_code for answer in answers] == [200, 200]
    assert list(await walk.open(path)) == ["sum"]


async def test_one_person_at_once_in_what_they_control_is_barred(world: World) -> None:
    walk = await Walk.make(world)
    path = await walk.started(
        [
            stage("draft", "specialist"),
            verified("check", "specialist", of=[], controls=["draft"], outcomes=["done"]),
        ]
    )
    open_ = await walk.open(path)
    seen = [await walk.specialist.api.etag(open_[key]) for key in ("draft", "check")]
    answers = await asyncio.gather(
        walk.specialist.api.step(f"{open_['draft']}/complete", seen[0]),
        walk.specialist.api.step(f"{open_['check']}/complete", seen[1]),
    )
    after = (await walk.run(path))["stages"]
    took = {each["key"]: each["acts"][0]["person"]["id"] for each in after if each["acts"]}
    assert sorted(answer.status_code for answer in answers)[0] == 200
    assert took.get("check") != str(walk.specialist.id) or "draft" not in took


async def test_lists_show_whose_turn_it_is_and_what_is_late(world: World) -> None:
    walk = await Walk.make(world)
    late = await walk.started(
        [stage("draft", "planning", due={"kind": "date", "month": 1, "day": 4})], year=2026
    )
    soon = await walk.started([stage("draft", "planning", due={"kind": "date", "month": 12, "day": 1})])
    listed = (await walk.manager.api.get("/v1/path-runs", entity_id=str(walk.entity.id))).json()["items"]
    assert [f"/v1/path-runs/{each['id']}" for each in listed] == [soon, late]
    assert listed[1]["open_stages"][0]["timing"] == "overdue"
    assert listed[1]["open_stages"][0]["days_late"] > 0
    assert listed[1]["open_stages"][0]["awaiting"][0]["party"] == "planning"
    overdue = (await walk.manager.api.get("/v1/path-runs", timing="overdue")).json()["items"]
    assert [f"/v1/path-runs/{each['id']}" for each in overdue] == [late]
    of_2027 = (await walk.manager.api.get("/v1/path-runs", year=2027, state="running")).json()["items"]
    assert len(of_2027) == 1
    assert (await walk.manager.api.get("/v1/path-runs", timing="later")).status_code == 422
    seen_by_unit = await walk.unit.api.get("/v1/path-runs", entity_id=str(walk.entity.id))
    assert seen_by_unit.json()["items"] == []


async def test_what_is_due_soon_is_seen_and_found(world: World) -> None:
    """Within a week, and not before its own first day."""
    walk = await Walk.make(world)
    today = clock.today()

    def on(day: date, prefix: str = "") -> dict[str, int]:
        # 29 February is no day of a template.
        day = day if (day.month, day.day) != (2, 29) else day + timedelta(days=1)
        said = {"month": day.month, "day": day.day, "year": day.year - today.year}
        return {f"{prefix}{name}": value for name, value in said.items()}

    def due(days: int) -> dict[str, Any]:
        return {"kind": "date", **on(today + timedelta(days=days))}

    ahead = {
        "kind": "date_range",
        **on(today + timedelta(days=2)),
        **on(today + timedelta(days=3), "end_"),
    }
    soon = await walk.started([stage("draft", "planning", due=due(2))], year=today.year)
    later = await walk.started([stage("draft", "planning", due=due(40))], year=today.year)
    not_yet = await walk.started([stage("draft", "planning", due=ahead)], year=today.year)
    listed = (await walk.manager.api.get("/v1/path-runs", timing="due_soon")).json()["items"]
    assert [f"/v1/path-runs/{each['id']}" for each in listed] == [soon]
    for path, timing in ((soon, "due_soon"), (later, "on_time"), (not_yet, "not_yet")):
        where = (await walk.open(path))["draft"]
        shown = (await walk.planner.api.get(where)).json()
        assert (shown["timing"], shown["days_late"]) == (timing, 0)
        assert [each["timing"] for each in (await walk.run(path))["stages"]] == [timing]


async def test_working_days_late_leave_out_weekends_and_holidays(world: World) -> None:
    walk = await Walk.make(world)
    await world.holiday(date(2026, 1, 6))
    path = await walk.started(
        [stage("draft", "planning", due={"kind": "date", "month": 1, "day": 4})], year=2026
    )
    where = (await walk.open(path))["draft"].rpartition("/")[2]
    # Sunday 4 January to Sunday 11 January: 5, 7, 8 and 11 January are working days, 6 January is a holiday.
    late = await world.owner.fetchval("select opened_at from path_stages where id = $1", where)
    assert late is not None
    with clock.moved_to(late.replace(year=2026, month=1, day=11, hour=6)):
        token = world.keys.issue(Claims(walk.manager.id, walk.manager.session_id), 3600)
        seen = await walk.manager.api.as_(token).get(f"/v1/path-stages/{where}")
    assert (seen.json()["timing"], seen.json()["days_late"]) == ("overdue", 4)


async def test_a_timeline_is_read_and_drawn(world: World) -> None:
    walk = await Walk.make(world)
    path = await walk.started(
        [stage("draft", "planning")],
        [verified("verify", "office", of=["draft"])],
        [approved("approve", "head", of=["draft", "verify"])],
    )
    await walk.done(walk.planner, path, "draft")
    await walk.returned(walk.specialist, path, "verify", "draft")
    read = await walk.manager.api.get(f"{path}/timeline")
    bars = read.json()["bars"]
    assert [(each["key"], each["round"]) for each in bars] == [
        ("draft", 1),
        ("draft", 2),
        ("verify", 1),
        ("verify", 2),
        ("approve", 1),
    ]
    assert bars[0]["actual_to"] == read.json()["today"]
    for language, word in (("ar", "المخطط"), ("en", "Planned")):
        drawn = await walk.manager.api.send(
            "GET", f"{path}/timeline", headers={"Accept": "image/svg+xml", "Accept-Language": language}
        )
        assert drawn.status_code == 200
        assert drawn.text.startswith("<svg ")
        assert word in drawn.text
    assert (await walk.executor.api.get(f"{path}/timeline")).status_code == 404


@pytest.mark.parametrize(
    ("parties", "pointer"),
    [
        ([], "#/parties"),
        ([{"party": "ministry_of_finance"}], "#/parties/0/party"),
        ([{"party": "planning"}, {"party": "planning"}], "#/parties/1"),
        ([{"party": "division"}], "#/parties/0/division_id"),
        ([{"party": "division", "division_id": str(uuid4())}], "#/parties/0/division_id"),
    ],
)
async def test_a_stage_is_given_only_to_parties_that_are_there(
    world: World, parties: list[Any], pointer: str
) -> None:
    walk = await Walk.make(world)
    path = await walk.started([stage("draft", "planning")])
    refused = await walk.act(walk.manager, path, "draft", "reassign", parties=parties, reason="إعادة توزيع")
    assert pointers(refused) == [pointer]


async def test_what_is_finished_is_read_by_the_whole_entity(world: World) -> None:
    walk = await Walk.make(world)
    path = await walk.started([stage("draft", "planning")])
    assert (await walk.executor.api.get(path)).status_code == 404
    await walk.done(walk.planner, path, "draft")
    assert (await walk.executor.api.get(path)).status_code == 200
    assert (await walk.unit.api.get(path)).status_code == 200
    stranger = await Walk.make(world)
    assert (await stranger.manager.api.get(path)).status_code == 404


LONG = "ع" * 2001


@pytest.mark.parametrize(
    ("verb", "body", "pointer"),
    [
        ("complete", {"answers": {"aligned": {"answer": "perhaps"}}}, "#/answers/aligned/answer"),
        ("complete", {"answers": {"aligned": "yes"}}, "#/answers/aligned"),
        ("complete", {"letter": {"number": " ", "date": "2026-11-10", "sender": "وزارة"}}, "#/letter/number"),
        ("complete", {"letter": {"number": "1", "date": 20261110, "sender": "وزارة"}}, "#/letter/date"),
        ("complete", {"reason": LONG}, "#/reason"),
        ("complete", {"outcome": "done"}, "#/outcome"),
        ("return", {"reason": REASON, "to": "لا"}, "#/to"),
        ("skip", {"reason": "\u202e"}, "#/reason"),
        ("reassign", {"reason": REASON, "parties": [{"party": "everybody"}]}, "#/parties/0/party"),
        ("reassign", {"reason": REASON, "parties": [{"party": "planning"}] * 11}, "#/parties"),
    ],
)
async def test_what_cannot_be_read_is_told_where(
    world: World, verb: str, body: dict[str, Any], pointer: str
) -> None:
    walk = await Walk.make(world)
    path = await walk.started([stage("draft", "specialist", outcomes=["done", "not_applicable"])])
    before = await walk.run(path)
    person = walk.manager if verb == "reassign" else walk.specialist
    assert pointer in pointers(await walk.act(person, path, "draft", verb, **body))
    assert await walk.run(path) == before


async def test_one_acts_on_what_one_saw(world: World) -> None:
    walk = await Walk.make(world)
    path = await walk.started([stage("draft", "specialist")])
    where = (await walk.open(path))["draft"]
    assert (await walk.specialist.api.step(f"{where}/complete")).status_code == 428
    assert (await walk.specialist.api.step(f"{where}/complete", '"99.x"')).status_code == 412
    assert (await walk.manager.api.step(f"{path}/stop", '"99.x"', {"reason": REASON})).status_code == 412
    without_key = await walk.manager.api.send("POST", "/v1/path-runs", json={})
    assert without_key.status_code in (400, 422)
    key = uuid4().hex
    etag = await walk.specialist.api.etag(where)
    first = await walk.specialist.api.step(f"{where}/complete", etag, key=key)
    again = await walk.specialist.api.step(f"{where}/complete", etag, key=key)
    assert (first.status_code, again.status_code, again.content) == (200, 200, first.content)
