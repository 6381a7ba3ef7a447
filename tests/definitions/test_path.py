"""The whole way of an indicator by real people: drafted, confirmed, put in force, defined anew, retired."""

import json

import pytest

from app.enums import Role
from app.schemas.definitions import DefinitionList, DefinitionRead
from app.schemas.indicators import IndicatorRead
from tests.definitions.ministry import COMPLETE, REASON, Ministry, indicator, refused
from tests.factories.world import World
from tests.results.office import Office


async def test_a_main_indicator_from_draft_to_retirement(world: World) -> None:
    ministry = await Ministry.make(world)
    answer = await ministry.draft()
    drafted = IndicatorRead.model_validate_json(answer.content)
    path, definition = answer.headers["Location"], f"/v1/definitions/{drafted.draft_id}"
    assert (drafted.state, drafted.definition, drafted.verified, drafted.shared) == (
        "draft",
        None,
        False,
        None,
    )
    assert drafted.actions == ["indicators.edit"]
    await ministry.assigned(path)
    await ministry.done(ministry.drafter, f"{definition}/submit")
    # Who drafted it never confirms it; whom it waits for is told.
    refused(await ministry.take(ministry.drafter, f"{definition}/confirm"), 403, "four_eyes")
    seen = DefinitionRead.model_validate_json((await ministry.representative.api.get(definition)).content)
    assert [wait.party for wait in seen.awaiting] == ["technical_representative", "specialist"]
    assert seen.actions == ["definitions.confirm", "definitions.return"]
    confirmed = await ministry.done(ministry.representative, f"{definition}/confirm")
    assert confirmed.json()["confirmed_by"]["id"] == str(ministry.representative.id)
    # Nobody has said whether others contribute.
    before = (await ministry.manager.api.get(definition)).json()
    assert "definitions.activate" not in before["actions"]
    refused(await ministry.take(ministry.manager, f"{definition}/activate"), 409, "contributors_not_stated")
    await ministry.done(ministry.manager, f"{path}/declare-contributors", {"shared": False})
    refused(await ministry.take(ministry.specialist, f"{definition}/activate"), 403, "forbidden")
    await ministry.done(ministry.manager, f"{definition}/activate")
    active = IndicatorRead.model_validate_json(
        (await world.api.as_(ministry.unit.api.token).get(path)).content
    )
    assert active.definition is not None
    assert (active.state, active.verified, active.definition.number) == ("active", True, 1)
    assert active.definition.method_ar == COMPLETE["method_ar"]
    assert active.draft_id is None
    retired = await ministry.done(
        ministry.manager, f"{path}/retire", {"reason": "حلّ محله مؤشر الإنتاجية الجديد"}
    )
    assert retired.json()["state"] == "retired"
    assert retired.json()["retired_on"] is not None
    assert retired.json()["actions"] == []
    refused(
        await ministry.take(ministry.manager, f"{path}/retire", {"reason": "مرة أخرى"}), 409, "wrong_state"
    )
    told = await world.owner.fetch(
        "select action, from_state, to_state from events where subject_id = any($1::uuid[]) order by id",
        [drafted.id, drafted.draft_id],
    )
    assert [tuple(event) for event in told] == [
        ("indicators.create", None, "draft"),
        ("definitions.create", None, "draft"),
        ("definitions.submit", "draft", "submitted"),
        ("definitions.confirm", "submitted", "confirmed"),
        ("indicators.declare_contributors", None, None),
        ("indicators.put_in_force", "draft", "active"),
        ("definitions.activate", "confirmed", "active"),
        ("indicators.retire", "active", "retired"),
    ]


async def test_another_specialist_confirms_and_no_representative_is_awaited(world: World) -> None:
    ministry = await Ministry.make(world)
    made = await ministry.drafted()
    submitted = await ministry.done(ministry.drafter, f"{made.definition}/submit")
    assert [wait["party"] for wait in submitted.json()["awaiting"]] == ["specialist"]
    # Not assigned to this one, the representative does not even see the draft.
    assert (await ministry.representative.api.get(made.definition)).status_code == 404
    confirmed = await ministry.done(ministry.specialist, f"{made.definition}/confirm")
    assert [wait["party"] for wait in confirmed.json()["awaiting"]] == ["manager"]
    inbox = (await ministry.manager.api.get("/v1/inbox")).json()["items"]
    assert [(item["kind"], item["action"]) for item in inbox] == [("definition", "definitions.activate")]


async def test_a_vision_indicator_is_units(world: World) -> None:
    ministry = await Ministry.make(world)
    refused(await ministry.draft(level="vision"), 403, "forbidden")
    refused(await ministry.draft(ministry.editor), 403, "forbidden")
    refused(await ministry.draft(ministry.manager), 403, "forbidden")
    made = await ministry.drafted(ministry.editor, level="vision")
    assert (await ministry.drafter.api.get(made.path)).json()["actions"] == []
    await ministry.done(ministry.editor, f"{made.definition}/submit")
    refused(await ministry.take(ministry.specialist, f"{made.definition}/confirm"), 403, "forbidden")
    refused(await ministry.take(ministry.editor, f"{made.definition}/confirm"), 403, "four_eyes")
    await ministry.done(ministry.unit, f"{made.definition}/confirm")
    # Whoever confirmed does not put it in force, though UNIT does both.
    refused(await ministry.take(ministry.unit, f"{made.definition}/activate"), 403, "four_eyes")
    third = await world.person(Role.UNIT_SPECIALIST, await world.entity(is_unit=True))
    await ministry.done(third, f"{made.definition}/activate")
    named = await ministry.done(ministry.editor, f"{made.path}/name-enterer", {"entered_by": "unit"})
    assert named.json()["entered_by"] == "unit"
    assert "results.create" in (await ministry.unit.api.get(made.path)).json()["actions"]
    assert "results.create" not in (await ministry.drafter.api.get(made.path)).json()["actions"]
    reason = {"reason": "توقف الناشر عن إصدار المؤشر"}
    refused(await ministry.take(ministry.manager, f"{made.path}/retire", reason), 403, "forbidden")
    await ministry.done(ministry.editor, f"{made.path}/retire", reason)


async def test_a_vision_indicator_is_never_its_owners_however_few_people_unit_has(world: World) -> None:
    ministry = await Ministry.make(world)
    made = await ministry.drafted(ministry.editor, level="vision")
    await world.owner.execute(
        "update memberships m set ends_at = now() - interval '1 hour' from entities e"
        " where e.id = m.entity_id and e.is_unit and m.user_id <> $1",
        ministry.editor.id,
    )

    async def is_not_the_heads(action: str) -> None:
        said = (await ministry.head.api.get(made.definition)).json()
        assert said["actions"] == []
        assert [wait["party"] for wait in said["awaiting"]] == ["unit"]
        assert (await ministry.head.api.get("/v1/inbox")).json()["items"] == []
        for verb in (action, "return"):
            reason = {"reason": "لا يوجد من يتولى ذلك"}
            refused(await ministry.take(ministry.head, f"{made.definition}/{verb}", reason), 403, "forbidden")

    await ministry.done(ministry.editor, f"{made.definition}/submit")
    await is_not_the_heads("confirm")
    another = await world.person(Role.UNIT_SPECIALIST, await world.entity(is_unit=True))
    await ministry.done(another, f"{made.definition}/confirm")
    await is_not_the_heads("activate")


@pytest.mark.parametrize("level", ["special", "excellence"])
async def test_the_other_levels_are_the_offices(world: World, level: str) -> None:
    ministry = await Ministry.make(world)
    made = await ministry.active(level=level)
    assert (await ministry.enterer.api.get(made.path)).json()["state"] == "active"


async def test_a_new_version_tells_what_differs_and_results_keep_theirs(world: World) -> None:
    office = await Office.make(world)
    ministry = await Ministry.make(world)
    made = await ministry.active()
    await ministry.done(
        ministry.manager, f"{made.path}/put-in-charge", {"division_id": str(ministry.executing.id)}
    )
    entered = await ministry.enterer.api.create(f"{made.path}/results", {"period": "2024", "value": 33})
    assert entered.status_code == 201, entered.text
    second = await ministry.opened(made.path)
    begun = (await ministry.drafter.api.get(second)).json()
    assert (begun["number"], begun["reason"], begun["difference"]) == (2, REASON, [])
    assert begun["targets"] == [
        {**dict.fromkeys(begun["targets"][0]), "year": 2030, "kind": "value", "value": 40}
    ]
    refused(await ministry.open(made.path, ministry.specialist), 409, "already_exists")
    await ministry.edited(
        second,
        method_ar="نسبة العمانيين إلى إجمالي العاملين بأجر في القطاع الخاص",
        baseline_value=32.15,
        green_at=95,
        targets=[
            {"year": 2030, "kind": "value", "value": 42.5},
            {"year": 2040, "kind": "range", "value": 50, "value_max": 60.0, "source": "وثيقة الرؤية"},
        ],
    )
    differs = [
        {
            "field": "method_ar",
            "before": COMPLETE["method_ar"],
            "after": "نسبة العمانيين إلى إجمالي العاملين بأجر في القطاع الخاص",
        },
        {"field": "green_at", "before": "90", "after": "95"},
        {"field": "baseline_value", "before": "32.1", "after": "32.15"},
        {"field": "targets.2030", "before": "value 40", "after": "value 42.5"},
        {"field": "targets.2040", "before": None, "after": "range 50..60 [وثيقة الرؤية]"},
    ]
    assert (await ministry.manager.api.get(second)).json()["difference"] == differs
    # In force is the first until the second is.
    assert (await office.head.api.get(made.path)).json()["definition"]["number"] == 1
    assert (await office.head.api.get(second)).status_code == 404
    await ministry.finished(second)
    read = (await office.head.api.get(second)).json()
    assert (read["state"], read["difference"]) == ("active", differs)
    assert (await office.head.api.get(made.definition)).json()["state"] == "superseded"
    assert (await office.head.api.get(made.path)).json()["definition"]["id"] == read["id"]
    later = await ministry.enterer.api.create(f"{made.path}/results", {"period": "2023", "value": 32})
    kept = [
        await world.owner.fetchval("select definition_id from results where id = $1", answer.json()["id"])
        for answer in (entered, later)
    ]
    assert [str(id_) for id_ in kept] == [made.definition.rpartition("/")[2], read["id"]]
    versions = DefinitionList.model_validate_json(
        (await office.head.api.get(f"{made.path}/definitions")).content
    )
    assert [(item.number, item.state) for item in versions.items] == [(2, "active"), (1, "superseded")]
    edits = await world.owner.fetchval(
        "select changes from events where subject_id = $1 and action = 'definitions.edit'",
        second.rpartition("/")[2],
    )
    assert json.loads(edits)["fields"] == {
        change["field"]: [change["before"], change["after"]] for change in differs
    }


async def test_the_version_before_is_the_latest_that_was_not_discarded(world: World) -> None:
    ministry = await Ministry.make(world)
    made = await ministry.active()
    dead = await ministry.opened(made.path)
    await ministry.edited(dead, decimals=3)
    await ministry.done(ministry.specialist, f"{dead}/discard")
    third = await ministry.opened(made.path)
    read = (await ministry.drafter.api.get(third)).json()
    assert (read["number"], read["difference"], read["decimals"]) == (3, [], 1)
    page = (await ministry.drafter.api.get(f"{made.path}/definitions", limit=2)).json()
    assert [item["number"] for item in page["items"]] == [3, 2]
    rest = await ministry.drafter.api.get(f"{made.path}/definitions", limit=2, cursor=page["next_cursor"])
    assert [item["number"] for item in rest.json()["items"]] == [1]
    assert [
        item["number"] for item in (await ministry.unit.api.get(f"{made.path}/definitions")).json()["items"]
    ] == [1]


async def test_a_return_voids_the_confirmation(world: World) -> None:
    ministry = await Ministry.make(world)
    made = await ministry.drafted()
    await ministry.done(ministry.drafter, f"{made.definition}/submit")
    await ministry.done(ministry.specialist, f"{made.definition}/confirm")
    refused(
        await ministry.take(ministry.specialist, f"{made.definition}/return", {"reason": "سهو"}),
        403,
        "forbidden",
    )
    reason = "المعادلة لا تطابق المنهجية"
    returned = await ministry.done(ministry.manager, f"{made.definition}/return", {"reason": reason})
    read = returned.json()
    assert (read["state"], read["confirmed_by"], read["submitted_at"]) == ("draft", None, None)
    assert (read["returned"]["by"]["id"], read["returned"]["reason"]) == (str(ministry.manager.id), reason)
    assert [wait["party"] for wait in read["awaiting"]] == ["specialist"]
    await ministry.edited(made.definition, formula_ar="عدد العمانيين ÷ عدد العاملين × 100")
    await ministry.finished(made.definition)  # who confirmed and who returned may decide anew
    assert (await ministry.unit.api.get(made.definition)).json()["returned"] is None


async def test_it_is_taken_back_until_it_is_confirmed(world: World) -> None:
    ministry = await Ministry.make(world)
    made = await ministry.drafted()
    await ministry.done(ministry.drafter, f"{made.definition}/submit")
    await ministry.done(ministry.specialist, f"{made.definition}/withdraw")
    await ministry.done(ministry.drafter, f"{made.definition}/submit")
    await ministry.done(ministry.specialist, f"{made.definition}/confirm")
    refused(await ministry.take(ministry.drafter, f"{made.definition}/withdraw"), 409, "wrong_state")
    refused(await ministry.take(ministry.drafter, f"{made.definition}/discard"), 409, "wrong_state")
    etag = await ministry.drafter.api.etag(made.definition)
    refused(await ministry.drafter.api.patch(made.definition, etag, {"decimals": 2}), 409, "wrong_state")


async def test_who_edits_never_controls(world: World) -> None:
    ministry = await Ministry.make(world)
    made = await ministry.drafted()
    await ministry.edited(made.definition, ministry.specialist, decimals=2)
    await ministry.done(ministry.drafter, f"{made.definition}/submit")
    refused(await ministry.take(ministry.specialist, f"{made.definition}/confirm"), 403, "four_eyes")


async def test_who_changes_what_a_draft_measures_edits_its_definition(world: World) -> None:
    ministry = await Ministry.make(world)
    made = await ministry.drafted()
    api = ministry.specialist.api
    answer = await api.patch(
        made.path, await api.etag(made.path), {"unit_ar": "لكل ألف", "unit_en": "per mille"}
    )
    assert answer.status_code == 200, answer.text
    await ministry.done(ministry.drafter, f"{made.definition}/submit")
    refused(await ministry.take(ministry.specialist, f"{made.definition}/confirm"), 403, "four_eyes")
    etag = await api.etag(made.path)
    refused(
        await api.patch(made.path, etag, {"measure": "rank", "name_en": "Other"}),
        409,
        "fixed_once_confirmed",
        "#/measure",
    )
    assert (await api.patch(made.path, etag, {"name_en": "Omanisation rate"})).status_code == 200


async def test_where_four_eyes_leaves_nobody_the_head_confirms_with_a_reason(world: World) -> None:
    ministry = await Ministry.make(world)
    made = await ministry.drafted()
    await ministry.edited(made.definition, ministry.specialist, decimals=2)
    await ministry.done(ministry.drafter, f"{made.definition}/submit")
    seen = (await ministry.head.api.get(made.definition)).json()
    assert seen["actions"] == ["definitions.confirm", "definitions.return"]
    assert [wait["party"] for wait in seen["awaiting"]] == ["specialist", "head"]
    step = f"{made.definition}/confirm"
    refused(await ministry.take(ministry.head, step), 422, "invalid", "#/reason")
    office = await world.person(Role.HEAD_OFFICE, ministry.entity)
    letter = {
        "decided_by_id": str(ministry.head.id),
        "letter_number": "١٢/٢٠٢٦",
        "letter_date": "2026-11-01",
    }
    reason = {"reason": "لا يوجد أخصائي آخر في المكتب"}
    refused(await ministry.take(office, step, reason), 422, "invalid", "#/decision")
    recorded = await ministry.done(office, step, {**reason, "decision": letter})
    assert recorded.json()["exceptional"] is True
    assert recorded.json()["confirmed_by"]["id"] == str(ministry.head.id)
    await ministry.done(ministry.manager, f"{made.definition}/activate")


async def test_an_assigned_representative_is_somebody_left(world: World) -> None:
    ministry = await Ministry.make(world)
    made = await ministry.drafted()
    await ministry.edited(made.definition, ministry.specialist, decimals=2)
    await ministry.assigned(made.path)
    await ministry.done(ministry.drafter, f"{made.definition}/submit")
    reason = {"reason": "لا يوجد أخصائي آخر في المكتب"}
    refused(await ministry.take(ministry.head, f"{made.definition}/confirm", reason), 403, "forbidden")
    # An assignment without the post, or one that has ended, is nobody.
    await world.owner.execute(
        "update memberships set ends_at = now() - interval '1 hour' where user_id = $1",
        ministry.representative.id,
    )
    await ministry.done(ministry.head, f"{made.definition}/confirm", reason)


async def test_retiring_discards_the_version_in_work(world: World) -> None:
    ministry = await Ministry.make(world)
    made = await ministry.active()
    second = await ministry.opened(made.path)
    await ministry.done(ministry.drafter, f"{second}/submit")
    await ministry.done(ministry.manager, f"{made.path}/retire", {"reason": "استُبدل بمؤشر آخر"})
    read = (await ministry.drafter.api.get(second)).json()
    assert (read["state"], read["awaiting"], read["actions"]) == ("discarded", [], [])
    assert (await ministry.drafter.api.get(made.path)).json()["definition"]["number"] == 1
    refused(await ministry.open(made.path), 409, "wrong_state")


@pytest.mark.parametrize("in_work", [True, False])
async def test_what_was_never_in_force_can_be_retired_too(world: World, in_work: bool) -> None:
    """With its definition in work, or discarded already."""
    ministry = await Ministry.make(world)
    made = await ministry.drafted()
    if not in_work:
        await ministry.done(ministry.drafter, f"{made.definition}/discard")
    assert "indicators.retire" in (await ministry.manager.api.get(made.path)).json()["actions"]
    refused(await ministry.take(ministry.drafter, f"{made.path}/retire", {"reason": "خطأ"}), 403, "forbidden")
    answer = await ministry.done(ministry.manager, f"{made.path}/retire", {"reason": "أُعدّ خطأً"})
    retired = IndicatorRead.model_validate_json(answer.content)
    assert (retired.state, retired.definition, retired.draft_id) == ("retired", None, None)
    read = (await ministry.drafter.api.get(made.definition)).json()
    assert (read["state"], read["awaiting"], read["actions"]) == ("discarded", [], [])
    stranger = await world.person(Role.SPECIALIST, await world.entity())
    code = retired.code
    for path in (made.path, made.definition, f"{made.path}/definitions", f"{made.path}/card"):
        for person in (stranger, ministry.enterer, ministry.unit):
            assert (await person.api.get(path)).status_code == 404
        for person in (ministry.drafter, ministry.manager, ministry.head):
            assert (await person.api.get(path)).status_code == 200
    for person, expected in ((stranger, []), (ministry.drafter, [code])):
        listed = (await person.api.get("/v1/indicators", entity_id=str(ministry.entity.id))).json()["items"]
        assert [item["code"] for item in listed] == expected


async def test_a_draft_whose_definition_was_discarded_gets_another(world: World) -> None:
    ministry = await Ministry.make(world)
    made = await ministry.drafted()
    await ministry.done(ministry.drafter, f"{made.definition}/discard")
    assert (await ministry.drafter.api.get(made.path)).json()["draft_id"] is None
    again = await ministry.opened(made.path, ministry.specialist)
    read = (await ministry.drafter.api.get(again)).json()
    assert (read["number"], read["method_ar"], read["targets"]) == (2, None, [])


async def test_drafts_are_for_who_works_on_them(world: World) -> None:
    ministry = await Ministry.make(world)
    made = await ministry.drafted()
    stranger = await world.person(Role.SPECIALIST, await world.entity())
    for path in (made.path, made.definition, f"{made.path}/definitions", f"{made.path}/card"):
        for person in (ministry.head, ministry.manager, ministry.specialist):
            assert (await person.api.get(path)).status_code == 200
        for person in (stranger, ministry.enterer, ministry.representative, ministry.unit):
            assert (await person.api.get(path)).status_code == 404
    await ministry.assigned(made.path)
    assert (await ministry.representative.api.get(made.definition)).status_code == 200
    await ministry.done(
        ministry.manager, f"{made.path}/put-in-charge", {"division_id": str(ministry.executing.id)}
    )
    assert (await ministry.enterer.api.get(made.definition)).status_code == 200
    vision = await ministry.drafted(ministry.editor, level="vision")
    assert (await ministry.unit.api.get(vision.definition)).status_code == 200
    assert (await stranger.api.get(vision.path)).status_code == 404


async def test_an_invited_office_sees_the_draft_but_not_its_definition(world: World) -> None:
    ministry = await Ministry.make(world)
    made = await ministry.drafted()
    other = await world.entity()
    guest = await world.person(Role.MANAGER, other)
    await ministry.invited(made.id, other)
    assert (await guest.api.get(made.path)).json()["draft_id"] is None
    assert (await guest.api.get(f"{made.path}/definitions")).json() == {"items": [], "next_cursor": None}
    assert (await guest.api.get(made.definition)).status_code == 404
    card = (await guest.api.get(f"{made.path}/card")).json()
    assert [(item["state"], item["weight"], item["part"]) for item in card["contributions"]] == [
        ("invited", 12.5, None)
    ]
    assert card["awaiting"] == []


async def test_shared_asks_for_at_least_one_who_is_invited(world: World) -> None:
    ministry = await Ministry.make(world)
    made = await ministry.drafted()
    await ministry.done(ministry.manager, f"{made.path}/declare-contributors", {"shared": True})
    await ministry.done(ministry.drafter, f"{made.definition}/submit")
    await ministry.done(ministry.specialist, f"{made.definition}/confirm")
    activate = f"{made.definition}/activate"
    refused(await ministry.take(ministry.manager, activate), 409, "contributors_not_stated")
    await ministry.invited(made.id, await world.entity())
    none = {"shared": False}
    refused(
        await ministry.take(ministry.manager, f"{made.path}/declare-contributors", none),
        409,
        "contributions_stand",
    )
    await ministry.done(ministry.manager, activate)


async def test_a_code_is_taken_once(world: World) -> None:
    ministry = await Ministry.make(world)
    body = indicator()
    path = f"/v1/entities/{ministry.entity.id}/indicators"
    made = await ministry.drafter.api.create(path, body, key="indicator-once-1")
    again = await ministry.drafter.api.create(path, body, key="indicator-once-1")
    assert (again.status_code, again.headers["Location"]) == (201, made.headers["Location"])
    refused(await ministry.drafter.api.create(path, body), 409, "already_exists")
