"""Every answer as it is sent: valid against its model to the last member, with real Arabic, and its ETag."""

import json
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from pydantic import BaseModel

from app.enums import IndicatorLevel, Role
from app.schemas.inbox import InboxList
from app.schemas.indicators import IndicatorList, IndicatorRead
from app.schemas.reopenings import ReopeningList, ReopeningRead
from app.schemas.results import DecisionsRead, HistoryList, ResultList, ResultRead
from tests.factories.world import World
from tests.results.office import Office

NOTE = "المتوسط السنوي لعام ٢٠٢٤م — «أوّلي»"


def _valid(model: type[BaseModel], content: bytes) -> Any:
    """Members that are missing or in surplus fail: no View has defaults, and all forbid extras."""
    model.model_validate_json(content)
    said = json.loads(content)
    assert set(said) == set(model.model_fields)
    return said


async def _full(world: World) -> tuple[Office, list[str]]:
    """An office with everything in it, and the paths of its results."""
    office = await Office.make(
        world, level=IndicatorLevel.VISION, name_ar="ترتيب سلطنة عُمان في مؤشر الابتكار"
    )
    await world.target(office.indicator, 2030, value=Decimal("20.50"), source="t")
    figures = [
        await office.draft("2019", note=NOTE),
        await office.submitted("2020", numerator=3, denominator=4),
        await office.reviewed("2021", classification="restricted"),
        await office.approved("2022"),
        await office.discarded("2023"),
    ]
    returned = await office.submitted("2018")
    await office.taken(office.reviewer, returned, "return", {"reason": "يُرجى التحقّق من المصدر"})
    return office, [figure.path for figure in (*figures, returned)]


async def test_every_result_is_valid(world: World) -> None:
    office, paths = await _full(world)
    for person in (office.enterer, office.reviewer, office.manager, office.head):
        for path in paths:
            answer = await person.api.get(path)
            assert answer.status_code == 200
            body = _valid(ResultRead, answer.content)
            assert (answer.headers["Content-Type"], answer.headers["Content-Language"]) == (
                "application/json",
                "en",
            )
            assert body["entity"]["name_ar"] in answer.text  # letters, not escapes
            history = await person.api.get(f"{path}/history")
            _valid(HistoryList, history.content)
    noted = (await office.enterer.api.get(paths[0])).json()
    assert noted["note"] == NOTE


@pytest.mark.parametrize(
    ("path", "model"),
    [
        ("/v1/results", ResultList),
        ("/v1/results?all_revisions=true", ResultList),
        ("/v1/results?as_of=2100-01-01T00:00:00Z", ResultList),
        ("/v1/results?limit=1", ResultList),
        ("/v1/indicators", IndicatorList),
        ("/v1/indicators?q=الابتكار", IndicatorList),
        ("/v1/inbox", InboxList),
        ("/v1/inbox?limit=1", InboxList),
        ("/v1/inbox?of=division", InboxList),
        ("/v1/reopenings", ReopeningList),
        ("/v1/results/{approved}/history?limit=1", HistoryList),
    ],
)
async def test_every_list_is_valid(world: World, path: str, model: type[BaseModel]) -> None:
    office, paths = await _full(world)
    await office.asked(await office.approved("2017"))
    unit = await world.person(Role.UNIT_SPECIALIST, await world.entity(is_unit=True))
    found = 0
    for person in (office.enterer, office.reviewer, office.manager, office.head, unit):
        answer = await person.api.get(path.format(approved=paths[3].rpartition("/")[2]))
        assert answer.status_code == 200, answer.text
        found += len(_valid(model, answer.content)["items"])
    assert found


async def test_lists_are_walked_to_their_end_without_gap_or_repetition(world: World) -> None:
    office = await Office.make(world)
    await office.many_submitted(25)
    for path, key in (("/v1/results?all_revisions=true", "id"), ("/v1/inbox?", "subject_id")):
        whole = (await office.reviewer.api.get(f"{path}&limit=200")).json()["items"]
        walked, cursor = [], ""
        while cursor is not None:
            page = (await office.reviewer.api.get(f"{path}&limit=7{cursor and '&cursor=' + cursor}")).json()
            assert len(page["items"]) <= 7
            walked += page["items"]
            cursor = page["next_cursor"]
        assert walked == whole
        assert len({item[key] for item in walked}) == len(walked) == 26


async def test_indicators_and_reopenings_are_valid(world: World) -> None:
    office = await Office.make(world)
    await world.target(office.indicator, 2030, value=Decimal("20.50"), source="t")
    body = _valid(IndicatorRead, (await office.enterer.api.get(f"/v1/indicators/{office.indicator}")).content)
    assert body["definition"]["targets"][0]["value"] == 20.5
    assert body["actions"] == ["results.create"]
    leave = await office.asked(await office.approved())
    for verb in (None, "grant"):
        if verb:
            etag = await office.head.api.etag(leave)
            answer = await office.head.api.step(f"{leave}/{verb}", etag)
            _valid(ReopeningRead, answer.content)
        for person in (office.manager, office.head):
            _valid(ReopeningRead, (await person.api.get(leave)).content)


async def test_what_a_change_answers_is_what_a_read_answers(world: World) -> None:
    office = await Office.make(world)
    path = f"/v1/indicators/{office.indicator}/results"
    made = await office.enterer.api.create(path, {"period": "2024", "value": 1, "note": NOTE})
    where = made.headers["Location"]
    read = await office.enterer.api.get(where)
    assert (made.content, made.headers["ETag"]) == (read.content, read.headers["ETag"])
    _valid(ResultRead, made.content)
    edited = await office.enterer.api.patch(where, made.headers["ETag"], {"value": 2})
    read = await office.enterer.api.get(where)
    assert (edited.content, edited.headers["ETag"]) == (read.content, read.headers["ETag"])
    submitted = await office.enterer.api.step(f"{where}/submit", edited.headers["ETag"])
    read = await office.enterer.api.get(where)
    assert (submitted.content, submitted.headers["ETag"]) == (read.content, read.headers["ETag"])
    items = [{"id": made.json()["id"], "if_match": '"3.x"', "decision": "review"}]
    bulk = await office.reviewer.api.create("/v1/results/decisions", {"items": items})
    _valid(DecisionsRead, bulk.content)


async def test_if_none_match_compares_the_whole(world: World) -> None:
    office = await Office.make(world)
    leave = await office.asked(await office.approved("2020"))
    figure = await office.draft()
    api = office.manager.api
    for path in (figure.path, leave, f"/v1/indicators/{office.indicator}"):
        etag = await api.etag(path)
        for said in (etag, "*", f'"1.other", {etag}', f"W/{etag}", f'"x",{etag} , "y"'):
            answer = await api.send("GET", path, headers={"If-None-Match": said})
            assert (answer.status_code, answer.content, answer.headers["ETag"]) == (304, b"", etag), said
        for said in ('"1.other"', etag.strip('"'), ""):
            answer = await api.send("GET", path, headers={"If-None-Match": said})
            assert answer.status_code == 200, said


async def test_an_etag_differs_where_the_actions_differ_and_the_version_holds_for_all(world: World) -> None:
    office = await Office.make(world)
    figure = await office.submitted()
    by_enterer = await office.enterer.api.etag(figure.path)
    by_reviewer = await office.reviewer.api.etag(figure.path)
    assert by_enterer != by_reviewer
    assert by_enterer.partition(".")[0] == by_reviewer.partition(".")[0] == '"2'
    stale = await office.enterer.api.send("GET", figure.path, headers={"If-None-Match": by_reviewer})
    assert stale.status_code == 200
    passed = await office.reviewer.api.step(f"{figure.path}/review", by_enterer)
    assert passed.status_code == 200
    assert passed.headers["ETag"].startswith('"3.')


async def test_a_new_etag_whenever_what_is_shown_changes(world: World) -> None:
    office = await Office.make(world)
    figure = await office.approved()
    before = await office.manager.api.etag(figure.path)
    await office.asked(figure)
    after = await office.manager.api.etag(figure.path)
    assert before != after  # the leave can no longer be asked for
    assert UUID(figure.path.rpartition("/")[2]) == figure.id


NUMBERS = (
    "35.4",
    "12345678901234.1234567891",
    "-0.0000000001",
    "99999999999999.9",
    "1e3",
    "0.1",
    "-0",
)


@pytest.mark.parametrize("number", NUMBERS)
async def test_a_number_is_kept_to_its_last_digit(world: World, number: str) -> None:
    office = await Office.make(world)
    figure = await office.draft(value=7)
    api, plain = office.enterer.api, format(Decimal(number).normalize() + 0, "f")
    answer = await api.send(
        "PATCH",
        figure.path,
        content=f'{{"value": {number}}}'.encode(),
        headers={"Content-Type": "application/merge-patch+json", "If-Match": '"1.x"'},
    )
    assert answer.status_code == 200, answer.text
    assert await world.owner.fetchval("select value from results where id = $1", figure.id) == Decimal(number)
    assert json.loads(answer.content, parse_float=str, parse_int=str)["value"] == plain
    told = (await api.get(f"{figure.path}/history")).json()["items"][-1]["changes"]
    assert told == [{"field": "value", "before": "7", "after": plain}]


async def test_all_letters_are_kept(world: World) -> None:
    office = await Office.make(world)
    note = "نسبة \u200f(٢٠٢٤)\u200f \u202bمن اليمين\u202c — \U0001f1f4\U0001f1f2 e\u0301\n\tسطر"
    figure = await office.draft(note=note)
    assert (await office.manager.api.get(figure.path)).json()["note"] == note
    assert await world.owner.fetchval("select note from results where id = $1", figure.id) == note
