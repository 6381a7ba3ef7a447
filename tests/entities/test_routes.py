"""Entities and divisions over HTTP, with the names that people search for."""

from typing import Any
from uuid import uuid4

import pytest

from app.enums import DivisionFunction, Role
from app.schemas.entities import DivisionList, DivisionRead, EntityList, EntityRead
from tests.api import Api
from tests.factories.world import World

NAMES = {
    "MOL": ("وزارة العمل", "Ministry of Labour", "ministry"),
    "EA": ("هيئة البيئة", "Environment Authority", "authority"),
    "MTC": ("وزارة التراث والسياحة", "The Ministry of Heritage and Tourism", "ministry"),
    "OV": ("الأمانة العامة لمجلس الوزراء", "Secretariat General of the Council of Ministers", "council"),
    "ESC": ("أكاديمية 2040 الوطنية", "National Academy 2040", "academy"),
    "PCT": ("هيئة 100%_تجريبية", "Hundred percent trial", "authority"),
}


@pytest.fixture(scope="module")
async def administrator(world: World) -> Api:
    person = await world.person(Role.ADMINISTRATOR)
    for code, (name_ar, name_en, kind) in NAMES.items():
        made = await person.api.create(
            "/v1/entities", {"code": code, "name_ar": name_ar, "name_en": name_en, "kind": kind}
        )
        assert made.status_code == 201, made.text
        EntityRead.model_validate_json(made.content)
        assert made.headers["Location"] == f"/v1/entities/{made.json()['id']}"
    return person.api


async def codes(api: Api, **params: Any) -> list[str]:
    response = await api.get("/v1/entities", **params)
    assert response.status_code == 200, response.text
    EntityList.model_validate_json(response.content)
    return [item["code"] for item in response.json()["items"]]


@pytest.mark.parametrize(
    ("q", "found"),
    [
        ("الامانه", "OV"),  # hamza and ta marbuta
        ("الأَمَانَة العَامّة", "OV"),  # diacritics
        ("وزاره العمـــل", "MOL"),  # tatweel
        ("labour MINISTRY", "MOL"),  # any order, any case
        ("اكاديميه ٢٠٤٠", "ESC"),  # Arabic digits
        ("هيئه البيئه", "EA"),
        ("ea البيئة", "EA"),  # the code, too
        ("100%_تجريبية", "PCT"),  # LIKE's own signs are plain text
    ],
)
async def test_search_finds_what_an_arabic_reader_takes_as_the_same(
    administrator: Api, q: str, found: str
) -> None:
    assert await codes(administrator, q=q) == [found]


@pytest.mark.parametrize("q", ["%", "_", "\\", "وزارة البيئة", "zzz"])
async def test_every_word_must_be_contained_and_signs_are_no_wildcards(administrator: Api, q: str) -> None:
    found = await codes(administrator, q=q)
    assert set(found) <= {"PCT"}
    assert found == (["PCT"] if q in ("%", "_") else [])


async def test_names_are_sorted_without_their_article(administrator: Api) -> None:
    arabic = Api(administrator.http, administrator.token, {"Accept-Language": "ar"})
    ours = [code for code in await codes(arabic) if code in NAMES]
    # أكاديمية, الأمانة (as أمانة), هيئة, هيئة, وزارة, وزارة
    assert ours == ["ESC", "OV", "PCT", "EA", "MTC", "MOL"]
    english = [code for code in await codes(administrator) if code in NAMES]
    assert english == ["EA", "PCT", "MTC", "MOL", "ESC", "OV"]
    assert [code for code in await codes(administrator, sort="code") if code in NAMES] == sorted(NAMES)


async def test_pages_hold_every_entity_once(administrator: Api) -> None:
    seen: list[str] = []
    cursor = None
    while True:
        params = {"limit": 2, "sort": "name_ar"} | ({"cursor": cursor} if cursor else {})
        page = (await administrator.get("/v1/entities", **params)).json()
        seen += [item["code"] for item in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert seen == await codes(administrator, sort="name_ar")
    first = (await administrator.get("/v1/entities", limit=2, sort="name_ar")).json()["next_cursor"]
    other = await administrator.get("/v1/entities", limit=2, sort="code", cursor=first)
    assert other.status_code == 422
    assert other.json()["errors"][0]["code"] == "bad_cursor"


async def test_kind_narrows_the_list(administrator: Api) -> None:
    assert sorted(await codes(administrator, kind="academy")) == ["ESC"]


async def test_a_taken_code_is_refused_and_a_retry_has_one_effect(administrator: Api) -> None:
    body = {"code": "MOL", "name_ar": "وزارة أخرى", "name_en": "Another", "kind": "ministry"}
    refused = await administrator.create("/v1/entities", body)
    assert (refused.status_code, refused.json()["code"]) == (409, "already_exists")
    key = uuid4().hex
    fresh = {**body, "code": "MOL2"}
    first = await administrator.create("/v1/entities", fresh, key=key)
    again = await administrator.create("/v1/entities", fresh, key=key)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.content == again.content


async def test_only_an_administrator_edits_and_only_what_they_saw(administrator: Api, world: World) -> None:
    entity = await world.entity()
    manager = await world.person(Role.MANAGER, entity)
    path = f"/v1/entities/{entity.id}"
    seen = await manager.api.get(path)
    assert "entities.edit" not in seen.json()["actions"]
    assert {"divisions.create", "memberships.appoint_staff", "role_plans.create"} <= set(
        seen.json()["actions"]
    )
    assert (await manager.api.patch(path, seen.headers["ETag"], {"name_en": "Mine"})).status_code == 403
    etag = await administrator.etag(path)
    assert (await administrator.patch(path, None, {"name_en": "Mine"})).status_code == 428
    edited = await administrator.patch(path, etag, {"name_en": "Ministry of Work", "source": "decree.om"})
    assert edited.status_code == 200, edited.text
    EntityRead.model_validate_json(edited.content)
    assert (edited.json()["name_en"], edited.json()["version"]) == ("Ministry of Work", 2)
    assert (await administrator.patch(path, etag, {"name_en": "Late"})).status_code == 412
    same = await administrator.patch(path, edited.headers["ETag"], {"name_en": "Ministry of Work"})
    assert same.json()["version"] == 2
    nothing = await administrator.patch(path, edited.headers["ETag"], {})
    assert (nothing.status_code, nothing.json()["version"]) == (200, 2)
    event = await world.owner.fetchrow(
        "select action, changes #>> '{fields,name_en,1}' as after from events where subject_id = $1",
        entity.id,
    )
    assert tuple(event) == ("entities.edit", "Ministry of Work")


@pytest.mark.parametrize(
    "patch",
    [
        {"code": "X"},
        {"name_ar": None},
        {"name_ar": ""},
        {"name_ar": "   "},
        {"kind": "NOT A KIND"},
        {"is_unit": True},
        {"name_en": "a\u0000b"},
        {"name_en": "x" * 301},
    ],
)
async def test_bad_patches_change_nothing(administrator: Api, world: World, patch: dict[str, Any]) -> None:
    entity = await world.entity()
    path = f"/v1/entities/{entity.id}"
    etag = await administrator.etag(path)
    assert (await administrator.patch(path, etag, patch)).status_code == 422
    assert await administrator.etag(path) == etag


async def test_divisions_belong_to_their_entity(world: World) -> None:
    entity, other = await world.entity(), await world.entity()
    manager = await world.person(Role.MANAGER, entity)
    specialist = await world.person(Role.SPECIALIST, entity)
    path = f"/v1/entities/{entity.id}/divisions"
    body = {"code": "PLAN", "name_ar": "دائرة التخطيط", "name_en": "Planning", "function": "planning"}
    assert (await specialist.api.create(path, body)).status_code == 403
    assert (await manager.api.create(f"/v1/entities/{other.id}/divisions", body)).status_code == 403
    assert (await manager.api.create(f"/v1/entities/{uuid4()}/divisions", body)).status_code == 404
    made = await manager.api.create(path, body)
    assert made.status_code == 201, made.text
    DivisionRead.model_validate_json(made.content)
    assert made.json()["actions"] == ["divisions.edit"]
    assert (await manager.api.create(path, body)).status_code == 409
    await world.division(entity, DivisionFunction.EXECUTING)
    listed = await specialist.api.get(path)
    DivisionList.model_validate_json(listed.content)
    assert [item["code"] for item in listed.json()["items"]][-1] == "PLAN"
    narrowed = (await specialist.api.get(path, function="planning")).json()["items"]
    assert [item["code"] for item in narrowed] == ["PLAN"]
    first = (await specialist.api.get(path, limit=1)).json()
    rest = (await specialist.api.get(path, limit=1, cursor=first["next_cursor"])).json()
    assert [item["code"] for item in rest["items"]] == ["PLAN"]
    assert (await specialist.api.get(f"/v1/entities/{other.id}/divisions")).json()["items"] == []
    assert (await specialist.api.get(f"/v1/entities/{uuid4()}/divisions")).status_code == 404

    one = made.headers["Location"]
    fixed = await manager.api.patch(one, made.headers["ETag"], {"function": "other"})
    assert fixed.status_code == 422
    renamed = await manager.api.patch(one, made.headers["ETag"], {"name_ar": "دائرة التخطيط والدراسات"})
    assert renamed.json()["name_ar"] == "دائرة التخطيط والدراسات"
    assert (await specialist.api.patch(one, renamed.headers["ETag"], {"name_en": "x"})).status_code == 403


async def test_an_unchanged_entity_is_not_sent_again(administrator: Api, world: World) -> None:
    entity = await world.entity()
    first = await administrator.get(f"/v1/entities/{entity.id}")
    again = await administrator.send(
        "GET", f"/v1/entities/{entity.id}", headers={"If-None-Match": first.headers["ETag"]}
    )
    assert (again.status_code, again.content) == (304, b"")


async def test_nobody_reads_without_signing_in(world: World) -> None:
    entity = await world.entity()
    for path in ("/v1/entities", f"/v1/entities/{entity.id}", f"/v1/divisions/{uuid4()}"):
        assert (await world.api.get(path)).status_code == 401
