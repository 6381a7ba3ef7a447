"""What cannot be said of an initiative: each fault with its pointer, and nothing changed (Guide N-1)."""

from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from typing import Any

import pytest

from app.errors import Invalid
from app.services.initiatives import checks
from tests.factories.initiatives import House, milestone, today

BEGIN, END = date(2026, 1, 1), date(2026, 12, 31)


def _said(number: int, **more: Any) -> dict[str, Any]:
    return {
        "number": number,
        "weight": 50,
        "starts_on": BEGIN,
        "due_on": END,
        "depends_on": [],
        "done_on": None,
    } | more


def _initiative(*milestones: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "starts_on": BEGIN,
        "ends_on": END,
        "programme_id": None,
        "programme_weight": None,
        "sectors": [],
        "milestones": list(milestones),
        "effects": [],
    } | more


def _faults(said: dict[str, Any], check: Callable[..., None] = checks.check) -> list[tuple[str, str | None]]:
    try:
        check(said)
    except Invalid as refusal:
        return [(fault.code, fault.pointer) for fault in refusal.errors]
    return []


@pytest.mark.parametrize(
    ("said", "faults"),
    [
        (_initiative(_said(1), _said(2)), []),
        (_initiative(starts_on=END, ends_on=BEGIN), [("wrong_order", "#/ends_on")]),
        (_initiative(_said(1), _said(1)), [("repeated", "#/milestones/1/number")]),
        (_initiative(_said(1, starts_on=date(2025, 12, 31))), [("outside", "#/milestones/0/starts_on")]),
        (_initiative(_said(1, due_on=date(2027, 1, 1))), [("outside", "#/milestones/0/due_on")]),
        (
            _initiative(_said(1, starts_on=date(2026, 5, 2), due_on=date(2026, 5, 1))),
            [("wrong_order", "#/milestones/0/due_on")],
        ),
        (_initiative(_said(1, depends_on=[7])), [("unknown_reference", "#/milestones/0/depends_on/0")]),
        (
            _initiative(_said(1), _said(2, depends_on=[1], due_on=date(2026, 6, 1))),
            [("wrong_order", "#/milestones/1/depends_on/0")],
        ),
        (_initiative(_said(1, depends_on=[1])), [("circle", "#/milestones/0/depends_on")]),
        (
            _initiative(_said(1, depends_on=[2]), _said(2, depends_on=[1])),
            [("circle", "#/milestones/0/depends_on")],
        ),
        (_initiative(_said(1, weight=100), _said(2, weight=0.01)), [("weights", "#/milestones")]),
        (_initiative(programme_weight=2), [("out_of_place", "#/programme_weight")]),
        (_initiative(sectors=["tourism", "tourism"]), [("repeated", "#/sectors")]),
        (
            _initiative(effects=[{"indicator_id": 1, "by_year": 2025}, {"indicator_id": 1, "by_year": None}]),
            [("too_small", "#/effects/0/by_year"), ("repeated", "#/effects/1/indicator_id")],
        ),
    ],
)
def test_every_fault_has_its_pointer(said: dict[str, Any], faults: list[tuple[str, str]]) -> None:
    assert _faults(said) == faults


def test_weights_come_to_a_hundred_from_the_submission_on() -> None:
    half = _initiative(_said(1))
    assert _faults(half) == []
    revised = partial(checks.check_revision, {"milestones": [], "baseline_numbers": set(), "budget": []})
    assert _faults(half, revised) == [("weights", "#/milestones")]


async def test_a_bad_plan_changes_nothing(house: House) -> None:
    made = await house.drafted()
    before = await house.read(made)
    begin = today()
    plan = [
        milestone(1, begin, begin + timedelta(days=9), depends_on=[2]),
        milestone(2, begin, begin + timedelta(days=9), depends_on=[1]),
    ]
    answer = await house.member.api.patch(
        made.path, await house.member.api.etag(made.path), {"milestones": plan}
    )
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["code"] == "circle"
    assert await house.read(made) == before


async def test_an_effect_is_on_an_indicator_of_the_own_entity_or_a_shared_one(house: House) -> None:
    own = await house.world.indicator(house.entity)
    other = await house.world.entity()
    foreign, shared = await house.world.indicator(other), await house.world.indicator(other)
    await house.world.contribution(shared, other, house.entity, house.manager, part=own)
    effects = [{"indicator_id": str(id_), "expected": 1.5} for id_ in (own, shared, foreign)]
    refused = await house.propose(effects=effects)
    assert refused.status_code == 422
    assert [fault["pointer"] for fault in refused.json()["errors"]] == ["#/effects/2/indicator_id"]
    made = await house.propose(effects=effects[:2])
    assert {effect["indicator"]["id"] for effect in made.json()["effects"]} == {str(own), str(shared)}


@pytest.mark.parametrize(
    "fields",
    [
        {"starts_on": "2026-02-30"},
        {"starts_on": "1999-12-31"},
        {"people_count": -1},
        {"kind": "programme"},
        {"sectors": ["oil"]},
        {"name_ar": "\u200f"},
        {"milestones": [{"number": 0}]},
        {"milestones": [{}] * 201},
        {"programme_id": "019a0000-0000-7000-8000-000000000001"},
        {"division_id": "019a0000-0000-7000-8000-000000000001"},
        {"effects": [{"indicator_id": "019a0000-0000-7000-8000-000000000001", "expected": "NaN"}]},
        {"unknown": 1},
    ],
)
async def test_bad_input_is_refused(house: House, fields: dict[str, Any]) -> None:
    answer = await house.propose(house.specialist, **fields)
    assert answer.status_code == 422, answer.text
    assert answer.json()["errors"]
    count = await house.world.owner.fetchval(
        "select count(*) from initiatives where entity_id = $1", house.entity.id
    )
    assert count == 0
