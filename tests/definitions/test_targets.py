"""Targets of every kind and every impossible shape; what a definition needs to be submitted."""

from collections.abc import Mapping
from typing import Any

import asyncpg
import pytest

from app.errors import Invalid
from app.services.definitions import difference, rules
from tests.definitions.ministry import COMPLETE, Ministry, refused
from tests.factories.world import World

POSSIBLE: tuple[tuple[str, dict[str, Any], str], ...] = (
    # (measure, target, in words)
    ("value", {"kind": "value", "value": 0}, "value 0"),
    ("value", {"kind": "value", "value": -4.5, "source": "الخطة العاشرة"}, "value -4.5 [الخطة العاشرة]"),
    ("value", {"kind": "floor", "value": 7.5}, "floor 7.5"),
    ("value", {"kind": "ceiling", "value": 60}, "ceiling 60"),
    ("value", {"kind": "range", "value": 3, "value_max": 5}, "range 3..5"),
    ("value", {"kind": "band", "value": 1, "value_max": 3}, "band 1..3"),
    (
        "value",
        {"kind": "band", "value": 1, "value_max": 3, "outer_min": -1, "outer_max": 5},
        "band 1..3 (outer -1..5)",
    ),
    ("value", {"kind": "band", "value": 1, "value_max": 3, "outer_max": 5.5}, "band 1..3 (outer ..5.5)"),
    (
        "value",
        {"kind": "average", "value": 3.5, "window_start": 2021, "window_end": 2025},
        "average 3.5 (2021..2025)",
    ),
    (
        "value",
        {"kind": "average", "value": 3.5, "window_start": 1950, "window_end": 1950},
        "average 3.5 (1950..1950)",
    ),
    ("value", {"kind": "blank"}, "blank"),
    ("rank", {"kind": "top_rank", "rank": 20}, "top_rank 20"),
    ("value_and_rank", {"kind": "top_rank", "rank": 10}, "top_rank 10"),
    (
        "value_and_rank",
        {"kind": "minimum_and_top_rank", "value": 5.56, "rank": 20},
        "minimum_and_top_rank 5.56 rank 20",
    ),
    ("value_and_rank", {"kind": "value", "value": 1}, "value 1"),
)

IMPOSSIBLE: tuple[tuple[str, dict[str, Any], tuple[tuple[str, str], ...]], ...] = (
    # (measure, target, its faults: field and code)
    ("value", {"kind": "value"}, (("value", "missing"),)),
    ("value", {"kind": "floor", "value": 1, "value_max": 2}, (("value_max", "out_of_place"),)),
    ("value", {"kind": "range", "value": 1}, (("value_max", "missing"),)),
    ("value", {"kind": "range", "value": 5, "value_max": 3}, (("value_max", "wrong_order"),)),
    ("value", {"kind": "range", "value": 5, "value_max": 5}, (("value_max", "wrong_order"),)),
    (
        "value",
        {"kind": "range", "value": 1, "value_max": 3, "outer_min": 0},
        (("outer_min", "out_of_place"),),
    ),
    ("value", {"kind": "band", "value_max": 3}, (("value", "missing"),)),
    (
        "value",
        {"kind": "band", "value": 1, "value_max": 3, "outer_min": 1, "outer_max": 3},
        (("outer_min", "wrong_order"), ("outer_max", "wrong_order")),
    ),
    ("value", {"kind": "average", "value": 1}, (("window_start", "missing"), ("window_end", "missing"))),
    (
        "value",
        {"kind": "average", "value": 1, "window_start": 2025, "window_end": 2021},
        (("window_end", "wrong_order"),),
    ),
    (
        "value",
        {"kind": "value", "value": 1, "window_start": 2021, "window_end": 2025},
        (("window_start", "out_of_place"), ("window_end", "out_of_place")),
    ),
    ("value", {"kind": "blank", "value": 1}, (("value", "out_of_place"),)),
    ("value", {"kind": "value", "value": 1, "rank": 3}, (("rank", "out_of_place"), ("rank", "not_measured"))),
    ("value", {"kind": "top_rank", "rank": 3}, (("rank", "not_measured"),)),
    ("rank", {"kind": "top_rank"}, (("rank", "missing"),)),
    (
        "rank",
        {"kind": "top_rank", "rank": 3, "value": 1},
        (("value", "out_of_place"), ("value", "not_measured")),
    ),
    ("rank", {"kind": "value", "value": 3}, (("value", "not_measured"),)),
    ("rank", {"kind": "minimum_and_top_rank", "value": 1, "rank": 3}, (("value", "not_measured"),)),
    ("value_and_rank", {"kind": "minimum_and_top_rank", "rank": 3}, (("value", "missing"),)),
    ("value_and_rank", {"kind": "minimum_and_top_rank", "value": 3}, (("rank", "missing"),)),
)

EMPTY: Mapping[str, Any] = {**dict.fromkeys(rules.FIELDS), "green_at": 90, "amber_at": 70}


def full(target: Mapping[str, Any], year: int = 2030) -> dict[str, Any]:
    """A target with all its fields."""
    return {"year": year, **dict.fromkeys(rules.TARGET), **target}


@pytest.mark.parametrize(("measure", "target", "words"), POSSIBLE)
def test_every_kind_of_target(measure: str, target: dict[str, Any], words: str) -> None:
    rules.check(EMPTY, [full({"kind": "blank"}, 2029), full(target)], measure)
    assert difference.told(full(target)) == words


@pytest.mark.parametrize(("measure", "target", "faults"), IMPOSSIBLE)
def test_every_impossible_shape(
    measure: str, target: dict[str, Any], faults: tuple[tuple[str, str], ...]
) -> None:
    with pytest.raises(Invalid) as refusal:
        rules.check(EMPTY, [full({"kind": "blank"}, 2029), full(target)], measure)
    assert [(fault.pointer, fault.code) for fault in refusal.value.errors] == [
        (f"#/targets/1/{field}", code) for field, code in faults
    ]


@pytest.mark.parametrize(("measure", "target", "_"), POSSIBLE)
async def test_the_schema_takes_what_the_rules_allow(
    world: World, measure: str, target: dict[str, Any], _: str
) -> None:
    ministry = await office(world)
    made = await ministry.drafted(measure=measure, definition={"targets": [{"year": 2030, **target}]})
    read = (await ministry.drafter.api.get(made.definition)).json()
    assert read["targets"] == [full(target)]


_OFFICES: dict[int, Ministry] = {}


async def office(world: World) -> Ministry:
    """One ministry for the many targets of this module."""
    if id(world) not in _OFFICES:
        _OFFICES[id(world)] = await Ministry.make(world)
    return _OFFICES[id(world)]


@pytest.mark.parametrize(("measure", "target", "faults"), IMPOSSIBLE)
async def test_the_schema_refuses_what_the_rules_refuse(
    world: World, measure: str, target: dict[str, Any], faults: tuple[tuple[str, str], ...]
) -> None:
    """The second wall: the CHECKs know the shape; what the indicator measures, only the rules do."""
    ministry = await office(world)
    answer = await ministry.draft(measure=measure, definition={"targets": [{"year": 2030, **target}]})
    refused(answer, 422, "invalid", *[f"#/definition/targets/0/{field}" for field, _ in faults])
    if all(code == "not_measured" for _, code in faults):
        return
    made = await ministry.drafted(definition={})
    columns = ", ".join(target)
    marks = ", ".join(f"${number}" for number in range(2, len(target) + 2))
    with pytest.raises(asyncpg.CheckViolationError):
        await world.owner.execute(
            f"insert into targets (definition_id, year, {columns}) values ($1, 2030, {marks})",
            made.definition.rpartition("/")[2],
            *target.values(),
        )


@pytest.mark.parametrize(
    ("patch", "pointers"),
    [
        ({"targets": [{"year": 2030, "kind": "value", "value": 1}] * 2}, ["#/targets/1/year"]),
        ({"targets": [{"year": 1800, "kind": "blank"}]}, ["#/targets/0/year"]),
        ({"targets": [{"year": 2030, "kind": "wish", "value": 1}]}, ["#/targets/0/kind"]),
        ({"targets": [{"year": 2030, "kind": "value", "value": "40"}]}, ["#/targets/0/value"]),
        ({"targets": [{"year": 2030, "kind": "value", "value": 1, "goal": 2}]}, ["#/targets/0/goal"]),
        ({"targets": None}, ["#/targets"]),
        (
            {
                "targets": [
                    {"year": 2030, "kind": "average", "value": 1, "window_start": 1949, "window_end": 2201}
                ]
            },
            ["#/targets/0/window_start", "#/targets/0/window_end"],
        ),
        ({"amber_at": 91}, ["#/amber_at"]),
        ({"green_at": 1001}, ["#/green_at"]),
        ({"amber_at": -1}, ["#/amber_at"]),
        ({"green_at": None}, ["#/green_at"]),
        ({"tolerance": 0}, ["#/tolerance"]),
        ({"decimals": 11}, ["#/decimals"]),
        ({"aggregation": "mean"}, ["#/aggregation"]),
        ({"baseline_rank": 3}, ["#/baseline_rank"]),
        ({"baseline_rank_of": 9}, ["#/baseline_rank"]),
        ({"baseline_rank": 10, "baseline_rank_of": 9}, ["#/baseline_rank", "#/baseline_rank"]),
        ({"baseline_year": None}, ["#/baseline_year"]),
        ({"source": "   "}, ["#/source"]),
        ({"method_ar": "x" * 2001}, ["#/method_ar"]),
        ({"number": 7}, ["#/number"]),
    ],
)
async def test_bad_patches_are_told_and_change_nothing(
    world: World, patch: dict[str, Any], pointers: list[str]
) -> None:
    ministry = await Ministry.make(world)
    made = await ministry.drafted()
    etag = await ministry.drafter.api.etag(made.definition)
    answer = await ministry.drafter.api.patch(made.definition, etag, patch)
    refused(answer, 422, "invalid", *pointers)
    assert await ministry.drafter.api.etag(made.definition) == etag


async def test_a_patch_that_changes_nothing_writes_nothing(world: World) -> None:
    ministry = await Ministry.make(world)
    made = await ministry.drafted()
    api = ministry.specialist.api
    etag = await api.etag(made.definition)
    for patch in ({}, {"targets": COMPLETE["targets"], "baseline_value": 32.10, "green_at": 90}):
        same = await api.patch(made.definition, etag, patch)
        assert (same.status_code, same.headers["ETag"]) == (200, etag)
    await ministry.done(ministry.drafter, f"{made.definition}/submit")
    await ministry.done(ministry.specialist, f"{made.definition}/confirm")  # so they edited nothing


async def test_targets_are_replaced_as_a_whole(world: World) -> None:
    ministry = await Ministry.make(world)
    made = await ministry.drafted()
    await ministry.edited(made.definition, targets=[{"year": 2040, "kind": "blank"}])
    read = (await ministry.drafter.api.get(made.definition)).json()
    assert [target["year"] for target in read["targets"]] == [2040]


@pytest.mark.parametrize(
    ("definition", "pointers"),
    [
        (
            {},
            ["#/method_ar", "#/method_en", "#/formula_ar", "#/formula_en", "#/source", "#/targets"],
        ),
        ({**COMPLETE, "formula_ar": None}, ["#/formula_ar"]),
        ({**COMPLETE, "targets": [{"year": 2030, "kind": "blank"}]}, ["#/targets"]),
    ],
)
async def test_an_incomplete_definition_is_not_submitted(
    world: World, definition: dict[str, Any], pointers: list[str]
) -> None:
    ministry = await Ministry.make(world)
    made = await ministry.drafted(definition=definition)
    answer = await ministry.take(ministry.drafter, f"{made.definition}/submit")
    refused(answer, 409, "incomplete_definition", *pointers)
    said = await ministry.drafter.api.send(
        "POST",
        f"{made.definition}/submit",
        headers={"If-Match": await ministry.drafter.api.etag(made.definition), "Accept-Language": "ar"},
    )
    assert said.json()["title"] == "التعريف غير مكتمل للرفع"


async def test_what_is_measured_may_change_and_the_targets_must_follow(world: World) -> None:
    ministry = await Ministry.make(world)
    made = await ministry.drafted()
    api = ministry.drafter.api
    assert (await api.patch(made.path, await api.etag(made.path), {"measure": "rank"})).status_code == 200
    answer = await ministry.take(ministry.drafter, f"{made.definition}/submit")
    refused(answer, 409, "incomplete_definition", "#/baseline_value", "#/targets/0/value")
