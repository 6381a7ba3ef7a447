"""What is changed of an indicator over HTTP: who is in charge, who enters, who contributes, what it is called."""

import json
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from app import clock
from app.enums import DivisionFunction, Frequency, IndicatorLevel, Role
from app.schemas.indicators import IndicatorRead
from tests.contributions.sharing import Sharing, step
from tests.definitions.ministry import Ministry, refused
from tests.factories.world import World
from tests.results.office import Office

ENTRY = {"period": "2024", "value": 12.5}


def path_of(indicator: UUID) -> str:
    return f"/v1/indicators/{indicator}"


async def name(office: Office, indicator: UUID, division_id: UUID | None) -> httpx.Response:
    """The manager says who is in charge."""
    path = path_of(indicator)
    body = {"division_id": str(division_id) if division_id else None}
    return await office.manager.api.step(f"{path}/put-in-charge", await office.manager.api.etag(path), body)


async def test_the_division_that_the_manager_names_enters_the_results(world: World) -> None:
    office = await Office.make(world)
    indicator = await world.indicator(office.entity)
    results = f"{path_of(indicator)}/results"
    assert (await office.enterer.api.create(results, ENTRY)).status_code == 403
    named = await name(office, indicator, office.executing.id)
    assert named.status_code == 200, named.text
    read = IndicatorRead.model_validate_json(named.content)
    assert read.division is not None
    assert (read.division.id, read.version) == (office.executing.id, 2)
    assert read.actions == [
        "indicators.put_in_charge",
        "indicators.declare_contributors",
        "indicators.retire",
        "schedules.set",
        "indicators.require_evidence",
        "contributions.invite",
        "assignments.create",
    ]
    seen = await office.enterer.api.get(path_of(indicator))
    assert seen.json()["actions"] == ["results.create"]
    assert (await office.enterer.api.create(results, ENTRY)).status_code == 201


async def test_the_event_says_who_was_and_who_is_in_charge(world: World) -> None:
    office = await Office.make(world)
    assert (await name(office, office.indicator, None)).json()["division"] is None
    assert (await name(office, office.indicator, office.executing.id)).status_code == 200
    events = await world.owner.fetch(
        "select action, actor_id, from_state, to_state, changes from events where subject_id = $1 order by at",
        office.indicator,
    )
    executing = str(office.executing.id)
    assert [
        (event["action"], event["actor_id"], json.loads(event["changes"])["fields"]["division_id"])
        for event in events
    ] == [
        ("indicators.put_in_charge", office.manager.id, [executing, None]),
        ("indicators.put_in_charge", office.manager.id, [None, executing]),
    ]
    assert {(event["from_state"], event["to_state"]) for event in events} == {(None, None)}


async def test_what_changes_nothing_writes_nothing(world: World) -> None:
    office = await Office.make(world)
    editor = await world.person(Role.UNIT_EDITOR, await world.entity(is_unit=True))
    path = path_of(office.indicator)
    etag = await office.manager.api.etag(path)
    same = await name(office, office.indicator, office.executing.id)
    assert (same.status_code, same.headers["ETag"]) == (200, etag)
    etag = await editor.api.etag(path)
    for body in ({}, {"name_ar": "معدل التعمين في القطاع الخاص", "unit_en": "percent", "note": None}):
        same = await editor.api.patch(path, etag, body)
        assert (same.status_code, same.headers["ETag"]) == (200, etag)
    written = "select count(*) from events where subject_id = $1"
    assert await world.owner.fetchval(written, office.indicator) == 0


async def test_results_on_their_way_keep_their_chain(world: World) -> None:
    office = await Office.make(world)
    draft = await office.draft()
    heir = await world.division(office.entity)
    successor = await world.person(Role.DIVISION_MEMBER, division=heir)
    assert (await name(office, office.indicator, heir.id)).status_code == 200
    assert (await successor.api.get(draft.path)).status_code == 404
    await office.approve(await office.review(await office.submit(draft)))
    results = f"{path_of(office.indicator)}/results"
    following = {**ENTRY, "period": "2023"}
    assert (await office.enterer.api.create(results, following)).status_code == 403
    assert (await successor.api.create(results, following)).status_code == 201


async def test_only_an_executing_division_of_the_owner_entity_is_in_charge(world: World) -> None:
    office = await Office.make(world)
    foreign = await world.division(await world.entity())
    finance = await world.division(office.entity, DivisionFunction.FINANCE)
    etag = await office.manager.api.etag(path_of(office.indicator))
    for division_id, code in (
        (uuid4(), "unknown_reference"),
        (office.entity.id, "unknown_reference"),
        (foreign.id, "unknown_reference"),
        (office.planning.id, "not_executing"),
        (finance.id, "not_executing"),
    ):
        answer = await name(office, office.indicator, division_id)
        assert answer.status_code == 422
        [fault] = answer.json()["errors"]
        assert (fault["pointer"], fault["code"]) == ("#/division_id", code)
    assert await office.manager.api.etag(path_of(office.indicator)) == etag


@pytest.mark.parametrize(
    ("step", "body"),
    [
        ("put-in-charge", {"division_id": "PLAN"}),
        ("put-in-charge", {"division_id": 7}),
        ("put-in-charge", {}),
        ("put-in-charge", {"division_id": None, "version": 9}),
        ("put-in-charge", []),
        ("declare-contributors", {"shared": "yes"}),
        ("declare-contributors", {"shared": None}),
        ("retire", {"reason": " "}),
        ("retire", {}),
    ],
)
async def test_bad_bodies_change_nothing(world: World, step: str, body: Any) -> None:
    office = await Office.make(world)
    path = path_of(office.indicator)
    etag = await office.manager.api.etag(path)
    assert (await office.manager.api.step(f"{path}/{step}", etag, body)).status_code == 422
    assert await office.manager.api.etag(path) == etag


@pytest.mark.parametrize(
    ("patch", "pointer"),
    [
        ({"entity_id": str(uuid4())}, "#/entity_id"),
        ({"division_id": None}, "#/division_id"),
        ({"name_ar": None}, "#/name_ar"),
        ({"name_en": ""}, "#/name_en"),
        ({"measure": "both"}, "#/measure"),
        ({"priority_id": str(uuid4())}, "#/priority_id"),
        ({"programme_id": str(uuid4())}, "#/programme_id"),
        ({"state": "active"}, "#/state"),
        ([], "#"),
    ],
)
async def test_bad_patches_change_nothing(world: World, patch: Any, pointer: str) -> None:
    office = await Office.make(world)
    editor = await world.person(Role.UNIT_EDITOR, await world.entity(is_unit=True))
    path = path_of(office.indicator)
    etag = await editor.api.etag(path)
    refused(await editor.api.patch(path, etag, patch), 422, "invalid", pointer)
    assert await editor.api.etag(path) == etag


async def test_one_changes_only_what_one_saw(world: World) -> None:
    office = await Office.make(world)
    path = path_of(office.indicator)
    step = f"{path}/put-in-charge"
    etag = await office.manager.api.etag(path)
    body = {"division_id": None}
    assert (await office.manager.api.step(step, None, body)).status_code == 428
    assert (await office.manager.api.step(step, etag, body)).status_code == 200
    late = await office.manager.api.step(step, etag, {"division_id": str(office.executing.id)})
    assert (late.status_code, late.json()["code"]) == (412, "stale")
    unknown = await office.manager.api.step(f"{path_of(uuid4())}/put-in-charge", etag, body)
    assert unknown.status_code == 404


async def test_nobody_else_names_a_division(world: World) -> None:
    office = await Office.make(world)
    path = path_of(office.indicator)
    others = [
        office.enterer,
        office.second_enterer,
        office.reviewer,
        office.specialist,
        office.head,
        await world.person(Role.HEAD_OFFICE, office.entity),
        await world.person(Role.MANAGER, await world.entity()),
        await world.person(Role.ADMINISTRATOR),
        await world.person(Role.UNIT_EDITOR, await world.entity(is_unit=True)),
    ]
    for person in others:
        seen = await person.api.get(path)
        assert "indicators.put_in_charge" not in seen.json()["actions"]
        answer = await person.api.step(f"{path}/put-in-charge", seen.headers["ETag"], {"division_id": None})
        assert answer.status_code == 403
    assert (await world.api.step(f"{path}/put-in-charge", '"1.x"', {"division_id": None})).status_code == 401


async def test_what_an_active_indicator_is_called_is_units_to_correct(world: World) -> None:
    ministry = await Ministry.make(world)
    made = await ministry.active()
    patch = {"name_ar": "معدل التعمين في منشآت القطاع الخاص", "publisher": "وزارة العمل", "note": "سنوي"}
    for person in (ministry.drafter, ministry.manager, ministry.head, ministry.unit):
        etag = await person.api.etag(made.path)
        refused(await person.api.patch(made.path, etag, patch), 403, "forbidden")
    api = ministry.editor.api
    answer = await api.patch(made.path, await api.etag(made.path), patch)
    assert answer.status_code == 200, answer.text
    assert {name: answer.json()[name] for name in patch} == patch
    assert "indicators.edit" in answer.json()["actions"]
    assert "definitions.create" not in answer.json()["actions"]
    assert "definitions.create" in (await ministry.drafter.api.get(made.path)).json()["actions"]
    fixed = {"unit_en": "per mille", "frequency": "monthly", "name_en": "Rate"}
    etag = await api.etag(made.path)
    refused(await api.patch(made.path, etag, fixed), 409, "fixed_once_confirmed", "#/unit_en", "#/frequency")
    assert await api.etag(made.path) == etag


async def test_only_a_vision_indicator_is_entered_by_unit(world: World) -> None:
    ministry = await Ministry.make(world)
    made = await ministry.active()
    body = {"entered_by": "unit"}
    refused(await ministry.take(ministry.editor, f"{made.path}/name-enterer", body), 403, "forbidden")
    assert "indicators.name_enterer" not in (await ministry.editor.api.get(made.path)).json()["actions"]
    vision = path_of(await world.indicator(ministry.entity, level=IndicatorLevel.VISION))
    assert "indicators.name_enterer" in (await ministry.editor.api.get(vision)).json()["actions"]
    refused(await ministry.take(ministry.unit, f"{vision}/name-enterer", body), 403, "forbidden")
    await ministry.done(ministry.editor, f"{vision}/name-enterer", body)
    entered = await ministry.unit.api.create(f"{vision}/results", ENTRY)
    assert entered.status_code == 201, entered.text
    refused(await ministry.drafter.api.create(f"{vision}/results", ENTRY), 403, "forbidden")


async def test_who_contributes_is_stated_by_the_manager(world: World) -> None:
    ministry = await Ministry.make(world)
    made = await ministry.active()
    step = f"{made.path}/declare-contributors"
    refused(await ministry.take(ministry.drafter, step, {"shared": True}), 403, "forbidden")
    assert (await ministry.done(ministry.manager, step, {"shared": True})).json()["shared"] is True
    other = await world.entity()
    part = await world.indicator(other, level=IndicatorLevel.SPECIAL)
    await ministry.invited(made.id, other, part=part)
    refused(await ministry.take(ministry.manager, step, {"shared": False}), 409, "contributions_stand")


async def test_what_is_retired_owes_nothing_for_later_periods(world: World) -> None:
    ministry = await Ministry.make(world)
    made = await ministry.active()
    today = clock.day(clock.now())
    passed, to_come = [
        await world.obligation(made.id, ministry.entity, str(year)) for year in (today.year, today.year + 1)
    ]
    await ministry.done(ministry.manager, f"{made.path}/retire", {"reason": "حلّ محله مؤشر آخر"})
    rows = await world.owner.fetch("select id, replaced_at from obligations where indicator_id = $1", made.id)
    assert {row["id"]: row["replaced_at"] is not None for row in rows} == {passed: False, to_come: True}
    assert (await ministry.unit.api.get(made.path)).json()["retired_on"] == today.isoformat()


async def test_what_waits_for_a_period_after_the_retirement_is_due_no_more(world: World) -> None:
    office = await Office.make(world)
    year = clock.today().year
    figures = {}
    for period, status in ((year, "P"), (year + 1, "E")):
        closes = date(period + 1, 3, 31)
        await world.obligation(office.indicator, office.entity, str(period), closes_on=closes)
        figures[period] = (await office.submitted(str(period), obs_status=status)).id

    async def dues() -> dict[int, Any]:
        waits = await world.owner.fetch(
            "select subject_id, due from waits where subject_id = any($1) and closed_at is null",
            list(figures.values()),
        )
        due = {row["subject_id"]: row["due"] for row in waits}
        return {period: due[id_] for period, id_ in figures.items()}

    assert await dues() == {period: date(period + 1, 3, 31) for period in figures}
    retire = {"reason": "حلّ محله مؤشر آخر"}
    await step(office.manager, path_of(office.indicator), "retire", retire)
    assert await dues() == {year: date(year + 1, 3, 31), year + 1: None}


async def test_retiring_withdraws_the_invitations_that_nobody_has_answered(world: World) -> None:
    sharing = await Sharing.make(world, 2)
    owner, (invited, accepted) = sharing.owner, sharing.contributors
    path, kept = await sharing.invited(invited), await sharing.accepted(accepted)
    inbox = (await invited.manager.api.get("/v1/inbox")).json()["items"]
    assert [item["action"] for item in inbox] == ["contributions.accept"]
    reason = "حلّ محله مؤشر الإنتاجية"
    await step(owner.manager, path_of(owner.indicator), "retire", {"reason": reason})
    assert (await invited.manager.api.get("/v1/inbox")).json()["items"] == []
    said = (await invited.manager.api.get(path)).json()
    assert (said["state"], said["reason"], said["awaiting"], said["actions"], said["version"]) == (
        "withdrawn",
        reason,
        [],
        [],
        2,
    )
    assert said["ended_by"]["id"] == str(owner.manager.id)
    event = await world.owner.fetchrow(
        "select action, from_state, to_state, actor_id, reason from events where subject_id = $1"
        " order by id desc limit 1",
        UUID(said["id"]),
    )
    assert tuple(event) == ("contributions.withdraw", "invited", "withdrawn", owner.manager.id, reason)
    assert (await accepted.manager.api.get(kept)).json()["state"] == "accepted"


async def test_the_schedule_in_force_is_the_newest_that_has_begun(world: World) -> None:
    ministry = await Ministry.make(world)
    made = await ministry.active()
    assert (await ministry.unit.api.get(made.path)).json()["schedule"] is None
    await world.schedule(made.id, ministry.entity, windows=(1, 20, 10, 5))
    tomorrow = clock.day(clock.now()) + timedelta(days=1)
    await world.schedule(made.id, ministry.entity, frequency=Frequency.MONTHLY, starts_on=tomorrow)
    assert (await ministry.unit.api.get(made.path)).json()["schedule"] == {
        "frequency": "annual",
        "starts_on": "2020-01-01",
        "opens_after": 1,
        "due_after": 20,
        "late_for": 10,
        "closes_after": 5,
    }


async def test_the_service_itself_can_change_nothing_else_of_an_indicator(world: World) -> None:
    granted = await world.owner.fetch(
        "select column_name from information_schema.column_privileges"
        " where table_name = 'indicators' and grantee = 'mutabaa_app' and privilege_type = 'UPDATE'"
    )
    never = {"id", "code", "level", "entity_id", "owner_assumed", "confidence"}
    assert not never & {row["column_name"] for row in granted}
