"""Who is in charge of an indicator, over HTTP."""

import json
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from app.enums import DivisionFunction, Role
from app.schemas.indicators import IndicatorRead
from tests.factories.world import World
from tests.results.office import Office

ENTRY = {"period": "2024", "value": 12.5}


def path_of(indicator: UUID) -> str:
    return f"/v1/indicators/{indicator}"


async def name(office: Office, indicator: UUID, division_id: UUID | None) -> httpx.Response:
    """The manager says who is in charge."""
    path = path_of(indicator)
    body = {"division_id": str(division_id) if division_id else None}
    return await office.manager.api.patch(path, await office.manager.api.etag(path), body)


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
    assert "indicators.edit" in read.actions
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
        ("indicators.edit", office.manager.id, [executing, None]),
        ("indicators.edit", office.manager.id, [None, executing]),
    ]
    assert {(event["from_state"], event["to_state"]) for event in events} == {(None, None)}


async def test_what_changes_nothing_writes_nothing(world: World) -> None:
    office = await Office.make(world)
    path = path_of(office.indicator)
    etag = await office.manager.api.etag(path)
    for body in ({}, {"division_id": str(office.executing.id)}):
        same = await office.manager.api.patch(path, etag, body)
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
        refused = await name(office, office.indicator, division_id)
        assert refused.status_code == 422
        [fault] = refused.json()["errors"]
        assert (fault["pointer"], fault["code"]) == ("#/division_id", code)
    assert await office.manager.api.etag(path_of(office.indicator)) == etag


@pytest.mark.parametrize(
    "patch",
    [
        {"name_en": "Another"},
        {"entity_id": str(uuid4())},
        {"division_id": "PLAN"},
        {"division_id": 7},
        {"division_id": None, "version": 9},
        [],
    ],
)
async def test_bad_patches_change_nothing(world: World, patch: Any) -> None:
    office = await Office.make(world)
    path = path_of(office.indicator)
    etag = await office.manager.api.etag(path)
    assert (await office.manager.api.patch(path, etag, patch)).status_code == 422
    assert await office.manager.api.etag(path) == etag


async def test_the_manager_changes_only_what_they_saw(world: World) -> None:
    office = await Office.make(world)
    path = path_of(office.indicator)
    etag = await office.manager.api.etag(path)
    body = {"division_id": None}
    assert (await office.manager.api.patch(path, None, body)).status_code == 428
    assert (await office.manager.api.patch(path, etag, body)).status_code == 200
    late = await office.manager.api.patch(path, etag, {"division_id": str(office.executing.id)})
    assert (late.status_code, late.json()["code"]) == (412, "stale")
    unknown = await office.manager.api.patch(path_of(uuid4()), etag, body)
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
    ]
    for person in others:
        seen = await person.api.get(path)
        assert "indicators.edit" not in seen.json()["actions"]
        refused = await person.api.patch(path, seen.headers["ETag"], {"division_id": None})
        assert refused.status_code == 403
    assert (await world.api.patch(path, '"1.x"', {"division_id": None})).status_code == 401


async def test_the_service_itself_can_change_nothing_else_of_an_indicator(world: World) -> None:
    granted = await world.owner.fetch(
        "select column_name from information_schema.column_privileges"
        " where table_name = 'indicators' and grantee = 'mutabaa_app' and privilege_type = 'UPDATE'"
    )
    assert {row["column_name"] for row in granted} == {"division_id", "version"}
