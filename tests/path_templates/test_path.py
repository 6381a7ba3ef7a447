"""The whole life of a path template by real people: copied, changed, approved, superseded (Guide P-4, P-8)."""

import asyncio
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from app import clock
from app.enums import Role
from app.schemas.path_templates import PathTemplateList, PathTemplateRead
from tests.definitions.ministry import refused
from tests.factories.path_templates import APPROVED, DRAFTED, GROUPS, VERIFIED, Drafting, models
from tests.factories.world import World

REASON = {"reason": "لم تُذكر اللجنة الاستشارية في المسار"}


def stages(read: Any) -> dict[str, Any]:
    return {stage["key"]: stage for group in read["groups"] for stage in group}


async def test_a_copy_of_the_annual_plan_from_draft_to_force(world: World) -> None:
    shipped = await models(world)
    office = await Drafting.make(world)
    answer = await office.draft(copied_from_id=str(shipped["annual_plan"]), note="لا توجد لجنة استشارية")
    assert answer.status_code == 201, answer.text
    made = PathTemplateRead.model_validate_json(answer.content)
    assert (made.code, made.number, made.state, made.stages) == ("annual_plan", 1, "draft", 46)
    assert made.entity is not None
    assert made.copied_from_id == shipped["annual_plan"]
    assert made.difference == [], "the first version of the entity follows none"
    assert made.actions == ["path_templates.edit", "path_templates.discard", "path_templates.submit"]
    assert [(wait.party, wait.action) for wait in made.awaiting] == [
        ("specialist", "path_templates.submit"),
        ("manager", "path_templates.submit"),
    ]
    path = answer.headers["Location"]
    groups = answer.json()["groups"]
    groups[0][0]["due"] = {"kind": "date", "month": 3, "day": 1, "year": -1}
    edited = await office.edit(path, office.manager, groups=groups)
    assert edited.status_code == 200, edited.text
    assert stages(edited.json())["A-1"]["due"]["month"] == 3
    submitted = await office.done(office.manager, f"{path}/submit")
    assert [wait["party"] for wait in submitted.json()["awaiting"]] == ["head"]
    inbox = (await office.head.api.get("/v1/inbox")).json()["items"]
    assert [(item["title"]["ar"], item["action"]) for item in inbox] == [
        ("مسار الخطة السنوية", "path_templates.approve")
    ]
    refused(await office.take(office.manager, f"{path}/approve"), 403, "forbidden")
    approved = await office.done(office.head, f"{path}/approve")
    assert approved.json()["approved_by"]["id"] == str(office.head.id)
    assert approved.json()["awaiting"] == []
    told = await world.owner.fetch(
        "select action, from_state, to_state from events where subject_id = $1 order by id", made.id
    )
    assert [tuple(event) for event in told] == [
        ("path_templates.create", None, "draft"),
        ("path_templates.edit", "draft", "draft"),
        ("path_templates.submit", "draft", "submitted"),
        ("path_templates.approve", "submitted", "approved"),
    ]


async def test_a_new_version_supersedes_the_one_before_and_says_how_it_differs(world: World) -> None:
    office = await Drafting.make(world)
    first = await office.approved()
    opened = await office.open(first)
    assert (opened.status_code, opened.json()["number"], opened.json()["difference"]) == (
        201,
        2,
        [
            {
                "stage": None,
                "field": "note",
                "before": None,
                "after": "طلبت الأمانة العامة لمجلس الوزراء مواعيد أبكر",
            }
        ],
    )
    second = opened.headers["Location"]
    refused(await office.open(first), 409, "already_exists")
    seen = (await office.specialist.api.get(first)).json()
    assert "path_templates.new_version" not in seen["actions"]
    discussed = {
        "key": "discuss",
        "title_ar": "مناقشة المسودة مع التقسيمات",
        "title_en": "Discuss the draft with the divisions",
        "kind": "discuss",
        "responsible": [{"party": "planning"}],
        "due": {"kind": "months", "months": [{"month": 6, "year": -1}]},
    }
    earlier = {**DRAFTED, "due": {"kind": "date", "month": 4, "day": 30, "year": -1}}
    approval = {**APPROVED, "controls": ["draft"]}
    answer = await office.edit(second, groups=[[earlier], [discussed], [approval]])
    assert answer.status_code == 200, answer.text
    assert [tuple(each.values()) for each in answer.json()["difference"][1:]] == [
        ("draft", "due", "05-15 of the year before", "04-30 of the year before"),
        ("discuss", "stage", None, "مناقشة المسودة مع التقسيمات · Discuss the draft with the divisions"),
        ("approval", "controls", "draft, verify", "draft"),
        ("verify", "stage", "التحقق من مواءمة المسودة · Verify the draft", None),
    ]
    await office.done(office.specialist, f"{second}/submit")
    await office.done(office.head, f"{second}/approve")
    states = [(await office.manager.api.get(path)).json()["state"] for path in (first, second)]
    assert states == ["superseded", "approved"]
    refused(await office.take(office.manager, f"{first}/submit"), 409, "wrong_state")


async def test_returned_withdrawn_and_discarded(world: World) -> None:
    office = await Drafting.make(world)
    path = await office.submitted()
    await office.done(office.manager, f"{path}/withdraw")
    await office.done(office.manager, f"{path}/submit")
    refused(await office.take(office.head, f"{path}/return"), 422, "invalid")
    returned = await office.done(office.head, f"{path}/return", REASON)
    assert returned.json()["returned"]["reason"] == REASON["reason"]
    assert (returned.json()["state"], returned.json()["submitted_at"]) == ("draft", None)
    refused(await office.take(office.head, f"{path}/approve"), 409, "wrong_state")
    await office.done(office.specialist, f"{path}/discard")
    refused(await office.edit(path, title_ar="مسار آخر"), 409, "wrong_state")
    code = (await office.specialist.api.get(path)).json()["code"]
    again = await office.draft(code=code)
    assert (again.status_code, again.json()["number"], again.json()["difference"]) == (201, 2, [])


async def test_the_heads_office_records_with_the_letter(world: World) -> None:
    office = await Drafting.make(world)
    path = await office.submitted()
    refused(await office.take(office.head_office, f"{path}/approve"), 422, "invalid", "#/decision")
    letter = {
        "decided_by_id": str(office.head.id),
        "letter_number": "٧/٢٠٢٦",
        "letter_date": clock.today().isoformat(),
    }
    approved = await office.done(office.head_office, f"{path}/approve", {"decision": letter})
    assert approved.json()["approved_by"]["id"] == str(office.head.id)


async def test_whoever_edits_never_approves(world: World) -> None:
    office = await Drafting.make(world)
    await world.appoint(office.head, Role.SPECIALIST, office.entity)
    path = await office.drafted()
    edited = await office.edit(path, office.head, title_en="The head's own path")
    assert edited.status_code == 200, edited.text
    await office.done(office.specialist, f"{path}/submit")
    refused(await office.take(office.head, f"{path}/approve"), 403, "four_eyes")
    refused(await office.take(office.head, f"{path}/return", REASON), 403, "four_eyes")
    assert (await office.head.api.get(path)).json()["actions"] == ["path_templates.withdraw"]
    assert (await office.head.api.get("/v1/inbox")).json()["items"] == []


async def test_a_model_is_nobodys_to_change(world: World) -> None:
    shipped = await models(world)
    office = await Drafting.make(world)
    path = f"/v1/path-templates/{shipped['scorecard']}"
    seen = PathTemplateRead.model_validate_json((await office.manager.api.get(path)).content)
    assert (seen.entity, seen.state, seen.actions, seen.awaiting) == (None, "model", [], [])
    refused(await office.edit(path, title_ar="بطاقة أخرى"), 403, "forbidden")
    refused(await office.open(path), 403, "forbidden")
    refused(await office.take(office.head, f"{path}/approve"), 403, "forbidden")


async def test_what_is_copied_must_be_a_model_or_ones_own(world: World) -> None:
    shipped = await models(world)
    office, other = await Drafting.make(world), await Drafting.make(world)
    theirs = (await other.approved()).rpartition("/")[2]
    for source in (theirs, "019a0000-0000-7000-8000-000000000001"):
        refused(await office.draft(copied_from_id=source), 422, "invalid", "#/copied_from_id")
    own = (await office.approved()).rpartition("/")[2]
    copied = await office.draft(copied_from_id=own, code="short", title_ar="المسار المختصر")
    assert (copied.json()["code"], copied.json()["number"], copied.json()["title_ar"]) == (
        "short",
        1,
        "المسار المختصر",
    )
    differs = await office.draft(copied_from_id=str(shipped["scorecard"]), code="short")
    refused(differs, 422, "invalid", "#/runs_on")


async def test_without_a_source_everything_is_said(world: World) -> None:
    office = await Drafting.make(world)
    answer = await office.specialist.api.create(f"/v1/entities/{office.entity.id}/path-templates", {})
    refused(
        answer,
        422,
        "invalid",
        *(f"#/{name}" for name in ("code", "runs_on", "chain", "title_ar", "title_en", "groups")),
    )


async def test_a_patch_that_changes_nothing_writes_nothing(world: World) -> None:
    office = await Drafting.make(world)
    path = await office.drafted()
    before = await office.manager.api.etag(path)
    answer = await office.edit(path, office.manager, groups=[list(group) for group in GROUPS])
    assert answer.status_code == 200
    assert await office.manager.api.etag(path) == before


async def test_a_division_is_one_of_the_entity(world: World) -> None:
    office, other = await Drafting.make(world), await Drafting.make(world)
    own, foreign = await world.division(office.entity), await world.division(other.entity)

    def by(division_id: UUID) -> list[list[dict[str, Any]]]:
        drafted = {**DRAFTED, "responsible": [{"party": "division", "division_id": str(division_id)}]}
        return [[drafted], [dict(VERIFIED)], [dict(APPROVED)]]

    path = await office.drafted(groups=by(own.id))
    at = "#/groups/0/0/responsible/0/division_id"
    refused(await office.edit(path, groups=by(foreign.id)), 422, "invalid", at)
    refused(await office.draft(groups=by(foreign.id)), 422, "invalid", at)
    seen = (await office.specialist.api.get(path)).json()
    assert stages(seen)["draft"]["responsible"] == [{"party": "division", "division_id": str(own.id)}]


async def test_of_two_at_once_one_wins(world: World) -> None:
    office = await Drafting.make(world)
    path = await office.submitted()
    seen = await office.head.api.etag(path)
    approved, returned, withdrawn = await asyncio.gather(
        office.head.api.step(f"{path}/approve", seen),
        office.head.api.step(f"{path}/return", seen, REASON),
        office.manager.api.step(f"{path}/withdraw", await office.manager.api.etag(path)),
    )
    codes = sorted(answer.status_code for answer in (approved, returned, withdrawn))
    assert codes[0] == 200
    assert set(codes[1:]) <= {409, 412}
    first = await office.approved()
    opened = await asyncio.gather(office.open(first), office.open(first, office.manager))
    assert sorted(answer.status_code for answer in opened) == [201, 409]
    drafted = await asyncio.gather(office.draft(code="twice"), office.draft(office.manager, code="twice"))
    assert sorted(answer.status_code for answer in drafted) == [201, 409]


async def test_the_schema_keeps_what_is_no_draft(world: World) -> None:
    office = await Drafting.make(world)
    approved = UUID((await office.approved()).rpartition("/")[2])
    for change in (
        "groups = '[]'",
        "title_ar = 'غيره'",
        "state = 'draft'",
        "runs_on = 'entity'",
        "approved_at = now()",
    ):
        with pytest.raises(asyncpg.CheckViolationError):
            await world.owner.execute(f"update path_templates set {change} where id = $1", approved)


async def test_lists_are_narrowed_and_paged(world: World) -> None:
    await models(world)
    office = await Drafting.make(world)
    for number in range(3):
        await office.approved(code=f"list-{number}", title_ar=f"مسار الخطة رقم {number}")

    async def listed(**asked: Any) -> PathTemplateList:
        answer = await office.head.api.get("/v1/path-templates", **asked)
        assert answer.status_code == 200, answer.text
        return PathTemplateList.model_validate_json(answer.content)

    codes = [item.code for item in (await listed(state="model")).items]
    assert codes == ["annual_plan", "detailed_plans", "follow_up_year", "report", "scorecard", "short_plan"]
    assert [item.code for item in (await listed(runs_on="scorecard")).items] == ["scorecard"]
    assert [item.code for item in (await listed(q="بطاقه المؤشرات")).items] == ["scorecard"]
    assert [item.code for item in (await listed(code="report")).items] == ["report"]
    first = await listed(entity_id=str(office.entity.id), limit=2)
    assert [item.code for item in first.items] == ["list-0", "list-1"]
    second = await listed(entity_id=str(office.entity.id), limit=2, cursor=first.next_cursor)
    assert ([item.code for item in second.items], second.next_cursor) == (["list-2"], None)
