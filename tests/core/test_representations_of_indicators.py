"""Every answer about indicators, definitions, contributions and obligations as it is sent: valid against its
model to the last member, and after a change the same as a read."""

import json
from typing import Any
from uuid import uuid4

import pytest
from pydantic import BaseModel

from app.schemas.contributions import ContributionList, ContributionRead
from app.schemas.definitions import DefinitionList, DefinitionRead
from app.schemas.holidays import HolidayList, HolidayRead
from app.schemas.indicators import IndicatorCard, IndicatorList, IndicatorRead
from app.schemas.obligations import ObligationCalendar, ObligationList, ObligationRates, ObligationRead
from app.schemas.schedules import ScheduleList, ScheduleRead
from app.schemas.scoreboard import ScoreboardRead
from tests.contributions.sharing import REASON
from tests.core.ground import Ground
from tests.definitions.ministry import indicator
from tests.factories.calendar import PLAN
from tests.factories.world import World

INDICATORS = (
    "drafted",
    "of_draft",
    "of_submitted",
    "active",
    "retired",
    "vision",
    "scheduled",
    "whole_of_accepted",
)
VERSIONS = ("first_draft", "draft", "submitted", "confirmed", "returned", "discarded", "superseded")
CONTRIBUTIONS = ("invited", "refused", "accepted", "left", "withdrawn")
OBLIGATIONS = ("closed", "due", "excused")

READS: list[tuple[str, type[BaseModel]]] = [
    *[(f"indicators/{{{name}}}", IndicatorRead) for name in INDICATORS],
    *[(f"indicators/{{{name}}}/card", IndicatorCard) for name in INDICATORS],
    *[(f"definitions/{{{name}}}", DefinitionRead) for name in VERSIONS],
    *[(f"contributions/{{{name}}}", ContributionRead) for name in CONTRIBUTIONS],
    *[(f"obligations/{{{name}}}", ObligationRead) for name in OBLIGATIONS],
    *[
        (f"obligations/rates?by={by}&entity_id={{entity}}", ObligationRates)
        for by in ("nation", "entity", "division", "priority", "person")
    ],
    ("obligations/calendar?year=2026&entity_id={entity}", ObligationCalendar),
    *[
        (f"scoreboard?by={by}&entity_id={{entity}}", ScoreboardRead)
        for by in ("nation", "pillar", "priority", "entity")
    ],
    ("scoreboard?by=entity&as_of=2026-01-01T00:00:00Z", ScoreboardRead),
    ("holidays/{holiday}", HolidayRead),
]
LISTS: list[tuple[str, type[BaseModel]]] = [
    ("indicators?entity_id={entity}&state=draft", IndicatorList),
    ("indicators?contributor_id={other}", IndicatorList),
    ("indicators/{of_superseded}/definitions", DefinitionList),
    ("indicators/{of_draft}/definitions?limit=1", DefinitionList),
    ("indicators/{whole_of_accepted}/contributions?period=2025", ContributionList),
    ("contributions?entity_id={entity}", ContributionList),
    ("contributions?contributor_id={other}&state=accepted", ContributionList),
    ("indicators/{scheduled}/schedules", ScheduleList),
    ("obligations?entity_id={entity}", ObligationList),
    ("obligations?indicator_id={scheduled}&limit=2", ObligationList),
    ("obligations?entity_id={entity}&late=true", ObligationList),
    ("holidays?year=2026", HolidayList),
]


@pytest.fixture(scope="module")
async def ground(world: World) -> Ground:
    """What the paths name."""
    return await Ground.make(world)


def _valid(model: type[BaseModel], content: bytes) -> Any:
    """Members that are missing or in surplus fail: no View has defaults, and all forbid extras."""
    model.model_validate_json(content)
    said = json.loads(content)
    assert set(said) == set(model.model_fields)
    return said


@pytest.mark.parametrize(("path", "model"), READS, ids=[path for path, _ in READS])
async def test_every_single_resource_is_valid(ground: Ground, path: str, model: type[BaseModel]) -> None:
    """For each person who sees it: what is not theirs is left out, and what is there is of its model."""
    seen = 0
    for person in ground.people.values():
        answer = await person.api.get(ground.path(path))
        assert answer.status_code in (200, 403, 404), answer.text
        if answer.status_code == 200:
            seen += 1
            _valid(model, answer.content)
            again = await person.api.send(
                "GET", ground.path(path), headers={"If-None-Match": answer.headers["ETag"]}
            )
            assert (again.status_code, again.content) == (304, b"")
    assert seen >= 2


@pytest.mark.parametrize(("path", "model"), LISTS, ids=[path for path, _ in LISTS])
async def test_every_list_is_valid(ground: Ground, path: str, model: type[BaseModel]) -> None:
    found = 0
    for person in ground.people.values():
        answer = await person.api.get(ground.path(path))
        if answer.status_code != 404:
            found += len(_valid(model, answer.content)["items"])
    assert found


@pytest.mark.parametrize(
    ("path", "key"),
    [
        ("indicators?entity_id={entity}", "id"),
        ("indicators/{of_superseded}/definitions?", "id"),
        ("contributions?entity_id={entity}", "id"),
        ("obligations?entity_id={entity}", "id"),
        ("indicators/{scheduled}/schedules?", "number"),
    ],
)
async def test_lists_are_walked_to_their_end_without_gap_or_repetition(
    ground: Ground, path: str, key: str
) -> None:
    api, url = ground.people["manager"].api, ground.path(path)
    whole = (await api.get(f"{url}&limit=200")).json()["items"]
    walked, cursor = [], ""
    while cursor is not None:
        page = (await api.get(f"{url}&limit=1{cursor and '&cursor=' + cursor}")).json()
        assert len(page["items"]) <= 1
        walked += page["items"]
        cursor = page["next_cursor"]
    assert walked == whole
    assert len({item[key] for item in walked}) == len(walked) > 0


CHANGES: list[tuple[str, str, str, str, Any]] = [
    # (who, method, what is seen, the step, body): a step on what is in no other line
    ("specialist", "PATCH", "indicators/{drafted}", "", {"name_en": "Rate"}),
    ("manager", "POST", "indicators/{of_draft}", "put-in-charge", {"division_id": "{executing}"}),
    ("editor", "POST", "indicators/{vision}", "name-enterer", {"entered_by": "unit"}),
    ("manager", "POST", "indicators/{of_submitted}", "declare-contributors", {"shared": True}),
    ("manager", "POST", "indicators/{of_confirmed}", "retire", {"reason": REASON}),
    ("specialist", "PATCH", "definitions/{first_draft}", "", {"decimals": 3, "targets": []}),
    ("specialist", "POST", "definitions/{draft}", "submit", None),
    ("specialist", "POST", "definitions/{draft}", "withdraw", None),
    ("specialist", "POST", "definitions/{draft}", "submit", None),
    ("confirmer", "POST", "definitions/{draft}", "confirm", None),
    ("manager", "POST", "definitions/{draft}", "return", {"reason": REASON}),
    ("specialist", "POST", "definitions/{draft}", "discard", None),
    ("manager", "PATCH", "contributions/{invited}", "", {"weight": 12.5}),
    ("contributor", "POST", "contributions/{invited}", "accept", {"indicator_id": "{part}"}),
    ("contributor", "POST", "contributions/{invited}", "explain", {"period": "2024", "reason": REASON}),
    ("contributor", "POST", "contributions/{invited}", "leave", {"reason": REASON}),
    ("manager", "POST", "contributions/{accepted}", "withdraw", {"reason": REASON}),
    ("head", "POST", "obligations/{due}", "excuse", {"reason": REASON}),
    ("head", "POST", "obligations/{due}", "reinstate", {"reason": REASON}),
    ("editor", "PATCH", "holidays/{holiday}", "", {"name_en": "Eid"}),
    ("editor", "POST", "holidays/{holiday}", "cancel", {"reason": REASON}),
]


async def test_what_a_change_answers_is_what_a_read_answers(world: World) -> None:
    ground = await Ground.make(world)
    for who, method, seen, step, said in CHANGES:
        api, path = ground.people[who].api, ground.path(seen)
        body = json.loads(
            json.dumps(said)
            .replace("{executing}", ground.names["executing"])
            .replace("{part}", ground.names["part"])
        )
        etag = await api.etag(path)
        if method == "PATCH":
            answer = await api.patch(path, etag, body)
        else:
            answer = await api.step(f"{path}/{step}", etag, body)
        assert answer.status_code == 200, (seen, step, answer.text)
        read = await api.get(path)
        assert (answer.content, answer.headers["ETag"]) == (read.content, read.headers["ETag"]), (seen, step)
        assert answer.headers["ETag"] != etag


async def test_what_is_made_is_what_a_read_answers(world: World) -> None:
    ground = await Ground.make(world)
    made: list[tuple[str, str, str | None, Any]] = [
        ("specialist", "entities/{entity}/indicators", None, indicator()),
        ("specialist", "indicators/{active}/definitions", "indicators/{active}", {"reason": REASON}),
        (
            "manager",
            "indicators/{active}/contributions",
            "indicators/{active}",
            {"contributor_id": ground.names["other"], "weight": 10},
        ),
        ("editor", "holidays", None, {"day": "2031-06-01", "name_ar": "عطلة", "name_en": "Holiday"}),
    ]
    for who, path, seen, body in made:
        api = ground.people[who].api
        headers = {"Idempotency-Key": uuid4().hex}
        if seen is not None:
            headers["If-Match"] = await api.etag(ground.path(seen))
        answer = await api.send("POST", ground.path(path), json=body, headers=headers)
        assert answer.status_code == 201, answer.text
        read = await api.get(answer.headers["Location"])
        assert (answer.content, answer.headers["ETag"]) == (read.content, read.headers["ETag"])


async def test_a_schedule_that_is_set_is_the_first_of_the_list(ground: Ground) -> None:
    """A schedule is a part of its indicator: Location is the indicator's."""
    api, path = ground.people["manager"].api, ground.path("indicators/{active}")
    answer = await api.send(
        "POST",
        f"{path}/schedules",
        json=PLAN,
        headers={"If-Match": await api.etag(path), "Idempotency-Key": uuid4().hex},
    )
    assert (answer.status_code, answer.headers["Location"]) == (201, path), answer.text
    listed = (await api.get(f"{path}/schedules")).json()["items"]
    assert listed[0] == _valid(ScheduleRead, answer.content)
    assert answer.headers["ETag"].partition(".")[0] == (await api.etag(path)).partition(".")[0]
