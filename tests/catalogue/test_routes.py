"""The national catalogue and the calendar over HTTP."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from uuid import UUID, uuid4

import httpx
import pytest
from pydantic import BaseModel

from app import clock, ids
from app.schemas.catalogue import (
    DevelopmentPlanList,
    PillarList,
    PillarRead,
    PriorityList,
    PriorityRead,
    ProgrammeList,
    ProgrammeRead,
    WorkingDayRead,
)
from app.schemas.holidays import HolidayList
from tests.api import Api
from tests.factories.world import World

PILLARS = (
    ("PIL1", "الإنسان والمجتمع", "People and Society"),
    ("PIL2", "الاقتصاد والتنمية", "Economy and Development"),
    ("PIL3", "الحوكمة والأداء المؤسسي", "Governance and Institutional Performance"),
    ("PIL4", "البيئة المستدامة", "Sustainable Environment"),
)
PRIORITIES = (
    ("PR10", "PIL4", 1, "البيئة والموارد الطبيعية", "Environment and Natural Resources"),
    ("PR06", "PIL2", 2, "التنويع الاقتصادي والاستدامة المالية", "Economic Diversification"),
    ("PR02", "PIL1", 2, "الصحة", "Health"),
    ("PR01", "PIL1", 1, "التعليم والتعلم", "Education and Learning"),
    ("PR05", "PIL2", 1, "القيادة والإدارة الاقتصادية", "Economic Leadership and Management"),
)
PROGRAMMES = (
    ("PG02", "current", "PR06", "البرنامج الوطني للاستدامة المالية (استدامة)", "Fiscal Sustainability"),
    ("PG07", "predecessor", "PR06", "البرنامج الوطني للتوازن المالي (توازن)", "Programme for Fiscal Balance"),
    ("PG06", "current", "PR10", "برنامج الحياد الصفري", "The Net-Zero Programme"),
    ("PG12", "current", None, "منظومة الإجادة المؤسسية", "Institutional Excellence System"),
)
HOLIDAYS = (
    (date(2025, 11, 26), "يوم وطني", "National Day", False),
    (date(2026, 5, 28), "عيد الأضحى", "Eid al-Adha", False),
    (date(2026, 5, 29), "عيد الأضحى", "Eid al-Adha", False),
    (date(2026, 5, 26), "عيد الأضحى", "Eid al-Adha", False),
    (date(2026, 5, 27), "عيد الأضحى", "Eid al-Adha", False),
    (date(2027, 3, 10), "عيد الفطر", "Eid al-Fitr", True),
)


@pytest.fixture(scope="module")
async def catalogue(world: World) -> Mapping[str, UUID]:
    """A small catalogue; ids by code."""
    made = {code: ids.new() for code, *_ in (*PILLARS, *PRIORITIES, *PROGRAMMES)}
    for position, (code, name_ar, name_en) in enumerate(PILLARS, 1):
        await world.insert(
            "pillars",
            id=made[code],
            code=code,
            position=position,
            name_ar=name_ar,
            name_en=name_en,
            source="test",
        )
    for code, pillar, position, name_ar, name_en in PRIORITIES:
        await world.insert(
            "priorities",
            id=made[code],
            code=code,
            pillar_id=made[pillar],
            position=position,
            name_ar=name_ar,
            name_en=name_en,
            name_ar_translated=False,
            source="test",
        )
    lead = await world.entity()
    for code, status, priority, name_ar, name_en in PROGRAMMES:
        await world.insert(
            "programmes",
            id=made[code],
            code=code,
            kind="national_programme",
            status=status,
            name_ar=name_ar,
            name_en=name_en,
            name_ar_translated=True,
            lead_entity_id=lead.id if code == "PG02" else None,
            priority_id=made[priority] if priority else None,
            period=None,
            source="test",
        )
    for day, name_ar, name_en, estimated in HOLIDAYS:
        await world.holiday(day, name_ar, name_en, estimated=estimated)
    return {**made, "lead": lead.id}


@pytest.fixture(scope="module")
async def api(world: World, catalogue: Mapping[str, UUID]) -> Api:
    """A signed-in person without any role: the catalogue is open to all of them."""
    return (await world.user()).api


def codes(response: httpx.Response) -> list[str]:
    """The codes of a list, in order."""
    assert response.status_code == 200, response.text
    return [item["code"] for item in response.json()["items"]]


def fault(response: httpx.Response) -> tuple[int, str, str, str]:
    """Status, code, and the first fault's parameter and code."""
    body = response.json()
    assert response.headers["content-type"] == "application/problem+json"
    first = body["errors"][0]
    return response.status_code, body["code"], first["parameter"], first["code"]


async def test_the_four_pillars_stand_in_order(api: Api) -> None:
    response = await api.get("/v1/pillars")
    assert codes(response) == ["PIL1", "PIL2", "PIL3", "PIL4"]
    assert PillarList.model_validate_json(response.content).next_cursor is None


async def test_priorities_follow_their_pillars(api: Api, catalogue: Mapping[str, UUID]) -> None:
    response = await api.get("/v1/priorities")
    assert codes(response) == ["PR01", "PR02", "PR05", "PR06", "PR10"]
    PriorityList.model_validate_json(response.content)
    assert codes(await api.get("/v1/priorities", pillar_id=catalogue["PIL2"])) == ["PR05", "PR06"]
    assert codes(await api.get("/v1/priorities", pillar_id=uuid4())) == []
    assert response.json()["items"][0]["pillar"] == {
        "id": str(catalogue["PIL1"]),
        "code": "PIL1",
        "name_ar": "الإنسان والمجتمع",
        "name_en": "People and Society",
    }


async def test_programmes_are_sorted_by_name_in_the_readers_language(api: Api) -> None:
    english = await api.get("/v1/programmes")
    # "The" is no part of a name's place: Fiscal, Institutional, Net-Zero, Programme.
    assert codes(english) == ["PG02", "PG12", "PG06", "PG07"]
    assert english.headers["Content-Language"] == "en"
    arabic = await api.send("GET", "/v1/programmes", headers={"Accept-Language": "ar"})
    assert codes(arabic) == ["PG06", "PG02", "PG07", "PG12"]
    ProgrammeList.model_validate_json(arabic.content)


@pytest.mark.parametrize(
    ("q", "found"),
    [
        ("استدامه", ["PG02"]),  # ta marbuta written as ha
        ("الاجادة", ["PG12"]),  # alef without hamza
        ("مَاليّ", ["PG02", "PG07"]),  # with diacritics
        ("fiscal BALANCE", ["PG07"]),
        ("pg06", ["PG06"]),
        ("استدامة fiscal", ["PG02"]),  # words of both names together
        ("PG02البرنامج", []),  # never across the border of two names
        ("100%", []),
        ("_", []),
    ],
)
async def test_programmes_are_found_as_an_arabic_reader_expects(api: Api, q: str, found: list[str]) -> None:
    assert codes(await api.get("/v1/programmes", q=q)) == found


async def test_programmes_are_filtered(api: Api, catalogue: Mapping[str, UUID]) -> None:
    assert codes(await api.get("/v1/programmes", status="predecessor")) == ["PG07"]
    assert codes(await api.get("/v1/programmes", priority_id=catalogue["PR06"])) == ["PG02", "PG07"]
    both = await api.get("/v1/programmes", priority_id=catalogue["PR06"], status="current", q="مالية")
    assert codes(both) == ["PG02"]


async def test_programmes_are_paged_without_gap_or_repetition(api: Api) -> None:
    seen: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        page = await api.get("/v1/programmes", limit=1, **cursor)
        seen += codes(page)
        if page.json()["next_cursor"] is None:
            break
        cursor = {"cursor": page.json()["next_cursor"]}
    assert seen == ["PG02", "PG12", "PG06", "PG07"]
    other_filters = await api.get("/v1/programmes", status="current", limit=1, **cursor)
    assert fault(other_filters) == (422, "invalid", "cursor", "bad_cursor")


@pytest.mark.parametrize(
    ("path", "code", "model"),
    [
        ("/v1/pillars", "PIL3", PillarRead),
        ("/v1/priorities", "PR06", PriorityRead),
        ("/v1/programmes", "PG02", ProgrammeRead),
        ("/v1/programmes", "PG12", ProgrammeRead),
    ],
)
async def test_one_thing_of_the_catalogue(
    api: Api, catalogue: Mapping[str, UUID], path: str, code: str, model: type[BaseModel]
) -> None:
    one = f"{path}/{catalogue[code]}"
    response = await api.get(one)
    assert response.status_code == 200, response.text
    assert response.json()["code"] == code
    model.model_validate_json(response.content)
    etag = response.headers["ETag"]
    assert etag.startswith('"1.')
    for said in (etag, f'"9.other", {etag}', "*"):
        again = await api.send("GET", one, headers={"If-None-Match": said})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["ETag"] == etag


async def test_a_programme_names_who_leads_it(api: Api, catalogue: Mapping[str, UUID]) -> None:
    led = (await api.get(f"/v1/programmes/{catalogue['PG02']}")).json()
    assert led["lead_entity"]["id"] == str(catalogue["lead"])
    assert led["priority"]["code"] == "PR06"
    alone = (await api.get(f"/v1/programmes/{catalogue['PG12']}")).json()
    assert (alone["lead_entity"], alone["priority"]) == (None, None)


@pytest.mark.parametrize("path", ["/v1/pillars", "/v1/priorities", "/v1/programmes"])
async def test_what_does_not_exist_is_not_found(api: Api, path: str) -> None:
    for unknown in (str(uuid4()), "PIL1", "0"):
        response = await api.get(f"{path}/{unknown}")
        assert (response.status_code, response.json()["code"]) == (404, "not_found")


async def test_holidays_of_a_year(api: Api) -> None:
    response = await api.get("/v1/holidays", year=2026)
    listed = HolidayList.model_validate_json(response.content)
    assert [item.day.day for item in listed.items] == [26, 27, 28, 29]
    assert [item["estimated"] for item in (await api.get("/v1/holidays", year=2027)).json()["items"]] == [
        True
    ]
    assert (await api.get("/v1/holidays", year=2100)).json()["items"] == []


async def test_holidays_are_those_of_this_year_in_oman(world: World, catalogue: Mapping[str, UUID]) -> None:
    # Half past eight in the evening of 31 December in London: 2026 has begun in Muscat.
    with clock.moved_to(datetime(2025, 12, 31, 20, 30, tzinfo=UTC)):
        person = await world.user()
        new_year = await person.api.get("/v1/holidays")
    assert {item["day"][:4] for item in new_year.json()["items"]} == {"2026"}


@pytest.mark.parametrize(
    ("start", "days", "end", "skipped"),
    [
        ("2026-05-25", 1, "2026-05-31", ["2026-05-26", "2026-05-27", "2026-05-28"]),
        ("2026-05-31", -1, "2026-05-25", ["2026-05-26", "2026-05-27", "2026-05-28"]),
        ("2026-05-27", 0, "2026-05-31", ["2026-05-27", "2026-05-28"]),
        ("2026-06-01", 0, "2026-06-01", []),
        ("2025-11-25", 1, "2025-11-27", ["2025-11-26"]),
        ("2026-01-01", 250, "2026-12-22", ["2026-05-26", "2026-05-27", "2026-05-28"]),
    ],
)
async def test_working_days(api: Api, start: str, days: int, end: str, skipped: list[str]) -> None:
    response = await api.get("/v1/working-days", start=start, days=days)
    assert response.status_code == 200, response.text
    body = response.json()
    WorkingDayRead.model_validate_json(response.content)
    assert (body["start"], body["days"], body["date"]) == (start, days, end)
    assert [item["day"] for item in body["skipped"]] == skipped
    if skipped:
        assert body["skipped"][-1]["name_ar"] in ("عيد الأضحى", "يوم وطني")
    again = await api.send(
        "GET",
        "/v1/working-days",
        params={"start": start, "days": days},
        headers={"If-None-Match": response.headers["ETag"]},
    )
    assert again.status_code == 304


@pytest.mark.parametrize(
    ("start", "days", "parameter"),
    [
        ("2024-12-31", 1, "start"),
        ("2028-01-01", 0, "start"),
        ("2027-12-30", 1, "days"),
        ("2027-12-31", 0, "days"),  # a Friday: the next working day lies in 2028
        ("2025-01-05", -6, "days"),
        ("0001-01-02", -366, "start"),
        ("9999-12-30", 366, "start"),
    ],
)
async def test_beyond_the_known_holidays_nothing_is_guessed(
    api: Api, start: str, days: int, parameter: str
) -> None:
    response = await api.get("/v1/working-days", start=start, days=days)
    assert fault(response) == (422, "beyond_calendar", parameter, "beyond_calendar")
    assert "2025" in response.json()["detail"]
    assert "2027" in response.json()["detail"]


@pytest.mark.parametrize(
    ("path", "params", "parameter"),
    [
        ("/v1/working-days", {"start": "2026-01-01", "days": "367"}, "days"),
        ("/v1/working-days", {"start": "2026-01-01", "days": "-367"}, "days"),
        ("/v1/working-days", {"start": "2026-01-01", "days": "1.5"}, "days"),
        ("/v1/working-days", {"start": "2026-01-01"}, "days"),
        ("/v1/working-days", {"days": "1"}, "start"),
        ("/v1/working-days", {"start": "2026-02-30", "days": "1"}, "start"),
        ("/v1/working-days", {"start": "1767225600", "days": "1"}, "start"),
        ("/v1/working-days", {"start": "2026-01-01T00:00:00", "days": "1"}, "start"),
        ("/v1/working-days", {"start": "٢٠٢٦-٠١-٠١", "days": "1"}, "start"),
        ("/v1/holidays", {"year": "1969"}, "year"),
        ("/v1/holidays", {"year": "99999999999999999999"}, "year"),
        ("/v1/priorities", {"pillar_id": "PIL1"}, "pillar_id"),
        ("/v1/programmes", {"q": ""}, "q"),
        ("/v1/programmes", {"q": "a\x00"}, "q"),
        ("/v1/programmes", {"status": "Current"}, "status"),
        ("/v1/programmes", {"limit": "0"}, "limit"),
        ("/v1/programmes", {"cursor": "abc"}, "cursor"),
    ],
)
async def test_input_that_is_none_is_named(
    api: Api, path: str, params: dict[str, str], parameter: str
) -> None:
    response = await api.get(path, **params)
    assert fault(response)[:3] == (422, "invalid", parameter)


@pytest.mark.parametrize(
    "path", ["/v1/pillars", "/v1/priorities", "/v1/programmes", "/v1/holidays", "/v1/working-days"]
)
async def test_without_sign_in_nothing_is_said(client: httpx.AsyncClient, path: str) -> None:
    response = await client.get(path)
    assert response.status_code == 401


async def test_the_plans_of_the_nation(world: World) -> None:
    person = await world.user()
    whole, part = ids.new(), ids.new()
    for id_, code, kind, part_of, name_ar, starts_on, ends_on in (
        (
            whole,
            "FYP11",
            "five_year",
            None,
            "خطة التنمية الخمسية الحادية عشرة",
            date(2026, 1, 1),
            date(2030, 12, 31),
        ),
        (
            part,
            "FYP11-A",
            "work_programme",
            whole,
            "برنامج العمل الأول",
            date(2026, 1, 1),
            date(2027, 12, 31),
        ),
    ):
        await world.insert(
            "development_plans",
            id=id_,
            code=code,
            kind=kind,
            part_of_id=part_of,
            name_ar=name_ar,
            name_en=f"Plan {code}",
            starts_on=starts_on,
            ends_on=ends_on,
            source="https://qanoon.om/?p=41695",
        )
    listed = await person.api.get("/v1/development-plans")
    assert [one.code for one in DevelopmentPlanList.model_validate_json(listed.content).items] == [
        "FYP11",
        "FYP11-A",
    ]
    read = await person.api.get(f"/v1/development-plans/{part}")
    assert read.json()["part_of"]["code"] == "FYP11"
    assert (await person.api.get(f"/v1/development-plans/{ids.new()}")).status_code == 404
