"""The list of indicators: what is found, in which order, and who finds drafts."""

from typing import Any

import pytest

from app.enums import DivisionFunction, IndicatorLevel, Role
from app.schemas.indicators import IndicatorList
from tests.definitions.ministry import Ministry
from tests.factories.world import Person, World

NAMES = (
    ("البطالة بين الشباب", "Youth unemployment"),
    ("أعداد السياح الدوليين", "The international tourists"),
    ("معدل التعمين", "Omanisation rate"),
    ("الإنتاجية", "Productivity"),
    ("نسبة الطاقة المتجددة", "A renewable energy share"),
)


async def found(person: Person, *, language: str = "en", **filters: Any) -> list[str]:
    """The names that a list gives, in its order."""
    answer = await person.api.send(
        "GET", "/v1/indicators", params=filters, headers={"Accept-Language": language}
    )
    assert answer.status_code == 200, answer.text
    page = IndicatorList.model_validate_json(answer.content)
    return [item.name_ar if language == "ar" else item.name_en for item in page.items]


async def test_sorted_and_searched_as_an_arabic_reader_expects(world: World) -> None:
    ministry = await Ministry.make(world)
    for name_ar, name_en in NAMES:
        await world.indicator(ministry.entity, name_ar=name_ar, name_en=name_en)
    ours = {"entity_id": str(ministry.entity.id)}
    assert await found(ministry.unit, language="ar", **ours) == [
        "أعداد السياح الدوليين",
        "الإنتاجية",
        "البطالة بين الشباب",
        "معدل التعمين",
        "نسبة الطاقة المتجددة",
    ]
    for words, name in (
        ("انتاجيه", "الإنتاجية"),
        ("الشباب البطاله", "البطالة بين الشباب"),
        ("السياح", "أعداد السياح الدوليين"),
        ("التعمين", "معدل التعمين"),
        ("بالشباب", "البطالة بين الشباب"),
        ("للسياح", "أعداد السياح الدوليين"),
        ("المعدل", "معدل التعمين"),
        ("اعداد السيّاح", "أعداد السياح الدوليين"),
        ("RENEWABLE", "نسبة الطاقة المتجددة"),
    ):
        assert await found(ministry.unit, language="ar", q=words, **ours) == [name]
    assert await found(ministry.unit, q="100%", **ours) == []


async def test_each_names_the_division_in_charge(world: World) -> None:
    entity = await world.entity()
    division = await world.division(entity, DivisionFunction.EXECUTING)
    with_one, without = await world.indicator(entity, division), await world.indicator(entity)
    person = await world.person(Role.MANAGER, entity)
    items = (await person.api.get("/v1/indicators", entity_id=str(entity.id))).json()["items"]
    named = {item["id"]: item["division"] and item["division"]["id"] for item in items}
    assert named == {str(with_one): str(division.id), str(without): None}


async def test_pages_go_on_where_they_ended(world: World) -> None:
    ministry = await Ministry.make(world)
    for name_ar, name_en in NAMES:
        await world.indicator(ministry.entity, name_ar=name_ar, name_en=name_en)
    seen, cursor = [], None
    while True:
        asked = {"entity_id": str(ministry.entity.id), "limit": 2, **({"cursor": cursor} if cursor else {})}
        page = (await ministry.unit.api.get("/v1/indicators", **asked)).json()
        seen += [item["name_en"] for item in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert seen == await found(ministry.unit, entity_id=str(ministry.entity.id))
    assert len(seen) == len(NAMES)
    first = (await ministry.unit.api.get("/v1/indicators", limit=1)).json()["next_cursor"]
    foreign = await ministry.unit.api.get("/v1/indicators", limit=1, cursor=first, state="active")
    assert foreign.status_code == 422


async def test_drafts_are_found_by_who_works_on_them(world: World) -> None:
    ministry = await Ministry.make(world)
    await ministry.drafted(name_en="Ours in work")
    await ministry.drafted(ministry.editor, level="vision", name_en="The nation's in work")
    stranger = await world.person(Role.MANAGER, await world.entity())
    ours = {"entity_id": str(ministry.entity.id)}
    both = ["The nation's in work", "Ours in work"]
    assert await found(ministry.drafter, **ours) == both
    assert await found(ministry.drafter, state="draft", **ours) == both
    assert await found(ministry.unit, state="draft", **ours) == ["The nation's in work"]
    assert await found(stranger, **ours) == []
    assert await found(ministry.drafter, state="active", **ours) == []


async def test_filters(world: World) -> None:
    ministry = await Ministry.make(world)
    other = await world.entity()
    part = await world.indicator(other, level=IndicatorLevel.SPECIAL)
    whole = await world.indicator(ministry.entity, name_en="Shared", in_scorecard=True)
    await world.indicator(ministry.entity, ministry.executing, name_en="Alone")
    invited = await world.indicator(ministry.entity, name_en="Invited")
    await ministry.invited(whole, other, part=part)
    await ministry.invited(invited, other)
    ours = {"entity_id": str(ministry.entity.id)}
    assert await found(ministry.unit, contributor_id=str(other.id), **ours) == ["Shared"]
    assert await found(ministry.unit, division_id=str(ministry.executing.id)) == ["Alone"]
    assert await found(ministry.unit, in_scorecard="true", **ours) == ["Shared"]
    assert await found(ministry.unit, in_scorecard="false", **ours) == ["Alone", "Invited"]
    assert await found(ministry.unit, verified="false", **ours) == []
    assert await found(ministry.unit, verified="true", level="main", **ours) == ["Alone", "Invited", "Shared"]


@pytest.mark.parametrize("asked", [{"state": "new"}, {"contributor_id": "x"}, {"colour": "red"}])
async def test_a_filter_that_is_none_is_refused(world: World, asked: dict[str, str]) -> None:
    person = await world.user()
    assert (await person.api.get("/v1/indicators", **asked)).status_code == 422
