"""Bad input about indicators, definitions, contributions and obligations: a precise refusal in the reader's
language, nothing written, never a 500."""

import json
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from tests.contributions.sharing import REASON
from tests.core.ground import Ground
from tests.core.refusals import check, client_of, forged_cursor, refused, written
from tests.definitions.ministry import COMPLETE, indicator
from tests.factories.calendar import PLAN
from tests.factories.world import World

LONG = "ع" * 100_000
STALE = {"If-Match": '"99.x"'}


@pytest.fixture(scope="module")
async def ground(world: World) -> Ground:
    """What the paths name."""
    return await Ground.make(world)


@pytest.fixture(autouse=True)
async def nothing_is_written(
    ground: Ground, owner: "asyncpg.Connection[asyncpg.Record]"
) -> AsyncIterator[None]:
    """Around every test of this module."""
    before = await written(owner)
    yield
    assert await written(owner) == before


# Writes: who takes one, on what, with a body that would do.

MADE: dict[str, tuple[str, str, Any]] = {
    "entities/{entity}/indicators": ("specialist", "", indicator(code="never-made")),
    "holidays": ("editor", "", {"day": "2031-06-02", "name_ar": "عطلة", "name_en": "Holiday"}),
    "indicators/{active}/definitions": ("specialist", "indicators/{active}", {"reason": REASON}),
    "indicators/{active}/contributions": (
        "manager",
        "indicators/{active}",
        {"contributor_id": "{other}", "weight": 10},
    ),
    "indicators/{active}/schedules": ("manager", "indicators/{active}", PLAN),
    "obligations/{closed}/reopenings": (
        "manager",
        "obligations/{closed}",
        {"reason": REASON, "expires_on": "2099-01-01"},
    ),
}
"""What makes something: the person, what is seen before (nothing: it needs no If-Match), the body."""

STEPS: dict[str, tuple[str, Any]] = {
    "indicators/{active}/put-in-charge": ("manager", {"division_id": None}),
    "indicators/{vision}/name-enterer": ("editor", {"entered_by": "unit"}),
    "indicators/{active}/declare-contributors": ("manager", {"shared": True}),
    "indicators/{active}/retire": ("manager", {"reason": REASON}),
    "definitions/{draft}/submit": ("specialist", None),
    "definitions/{draft}/discard": ("specialist", None),
    "definitions/{submitted}/withdraw": ("specialist", None),
    "definitions/{submitted}/confirm": ("confirmer", None),
    "definitions/{submitted}/return": ("confirmer", {"reason": REASON}),
    "definitions/{confirmed}/activate": ("manager", None),
    "contributions/{invited}/accept": ("contributor", {"indicator_id": "{part}"}),
    "contributions/{invited}/refuse": ("contributor", {"reason": REASON}),
    "contributions/{accepted}/leave": ("contributor", {"reason": REASON}),
    "contributions/{accepted}/withdraw": ("manager", {"reason": REASON}),
    "contributions/{accepted}/explain": ("contributor", {"period": "2024", "reason": REASON}),
    "obligations/{due}/excuse": ("head", {"reason": REASON}),
    "obligations/{excused}/reinstate": ("head", {"reason": REASON}),
    "holidays/{holiday}/cancel": ("editor", {"reason": REASON}),
}
PATCHES: dict[str, tuple[str, Any]] = {
    "indicators/{drafted}": ("specialist", {"name_en": "Rate"}),
    "definitions/{draft}": ("specialist", {"decimals": 2}),
    "contributions/{invited}": ("manager", {"weight": 5}),
    "holidays/{holiday}": ("editor", {"name_en": "Eid"}),
}


async def _refused(
    ground: Ground, path: str, status: int, code: str, body: Any = None, **headers: str
) -> set[tuple[str | None, str]]:
    """Send a write of the tables with this body and what its person sees; answers pointers and codes."""
    if path in MADE:
        who, seen, _ = MADE[path]
    else:
        who = (PATCHES if path in PATCHES else STEPS)[path][0]
        seen = path if path in PATCHES else path.rpartition("/")[0]
    api = ground.people[who].api
    etag = {"If-Match": await api.etag(ground.path(seen))} if seen else {}
    media_type = "application/merge-patch+json" if path in PATCHES else "application/json"
    async with client_of(api, **{**etag, "Content-Type": media_type, **headers}) as http:
        problem = await refused(
            http,
            "PATCH" if path in PATCHES else "POST",
            ground.path(path),
            status,
            code,
            content=None if body is None else _said(ground, body),
        )
    return {(fault.pointer, fault.code) for fault in problem.errors or ()}


def _said(ground: Ground, body: Any) -> bytes:
    said = json.dumps(body)
    for name, value in ground.names.items():
        said = said.replace(f'"{{{name}}}"', f'"{value}"')
    return said.encode()


NEW = "entities/{entity}/indicators"
ENTRY = "definitions/{draft}"
BODIES: list[tuple[str, Any, str, str]] = [
    # (the write, members beside a good body, pointer, code of the fault)
    (NEW, {"state": "active"}, "#/state", "unknown_field"),
    (NEW, {"in_scorecard": True}, "#/in_scorecard", "unknown_field"),
    (NEW, {"code": ""}, "#/code", "too_short"),
    (NEW, {"code": "مؤشر"}, "#/code", "bad_format"),
    (NEW, {"code": "a b"}, "#/code", "bad_format"),
    (NEW, {"code": None}, "#/code", "wrong_type"),
    (NEW, {"level": "top"}, "#/level", "not_allowed"),
    (NEW, {"name_ar": "  "}, "#/name_ar", "bad_format"),
    (NEW, {"name_en": "a\0b"}, "#/name_en", "bad_format"),
    (NEW, {"name_en": LONG}, "#/name_en", "too_long"),
    (NEW, {"unit_ar": None}, "#/unit_ar", "wrong_type"),
    (NEW, {"polarity": "up"}, "#/polarity", "not_allowed"),
    (NEW, {"measure": 1}, "#/measure", "not_allowed"),
    (NEW, {"frequency": "daily"}, "#/frequency", "not_allowed"),
    (NEW, {"priority_id": "x"}, "#/priority_id", "wrong_type"),
    (NEW, {"priority_id": "{unknown}"}, "#/priority_id", "unknown_reference"),
    (NEW, {"programme_id": "{priority}"}, "#/programme_id", "unknown_reference"),
    (NEW, {"definition": []}, "#/definition", "wrong_type"),
    (NEW, {"definition": {"state": "active"}}, "#/definition/state", "unknown_field"),
    (NEW, {"definition": {"decimals": 11}}, "#/definition/decimals", "too_large"),
    (NEW, {"definition": {"targets": [{"year": 2030}]}}, "#/definition/targets/0/kind", "missing"),
    (NEW, {"definition": {"baseline_value": 1}}, "#/definition/baseline_year", "missing"),
    ("indicators/{drafted}", {"code": "x"}, "#/code", "unknown_field"),
    ("indicators/{drafted}", {"shared": True}, "#/shared", "unknown_field"),
    ("indicators/{drafted}", {"name_ar": None}, "#/name_ar", "wrong_type"),
    ("indicators/{drafted}", {"unit_en": ""}, "#/unit_en", "too_short"),
    ("indicators/{drafted}", {"priority_id": "{unknown}"}, "#/priority_id", "unknown_reference"),
    ("indicators/{active}/put-in-charge", {"division_id": "x"}, "#/division_id", "wrong_type"),
    ("indicators/{active}/put-in-charge", {"division_id": "{unknown}"}, "#/division_id", "unknown_reference"),
    ("indicators/{active}/put-in-charge", {"division_id": "{planning}"}, "#/division_id", "not_executing"),
    ("indicators/{active}/put-in-charge", {"division": None}, "#/division", "unknown_field"),
    ("indicators/{vision}/name-enterer", {"entered_by": "nobody"}, "#/entered_by", "not_allowed"),
    ("indicators/{active}/declare-contributors", {"shared": 1}, "#/shared", "wrong_type"),
    ("indicators/{active}/declare-contributors", {"shared": None}, "#/shared", "wrong_type"),
    ("indicators/{active}/retire", {"reason": " \n"}, "#/reason", "bad_format"),
    ("indicators/{active}/retire", {"retired_on": "2026-01-01"}, "#/retired_on", "unknown_field"),
    ("indicators/{active}/definitions", {"reason": None}, "#/reason", "wrong_type"),
    ("indicators/{active}/definitions", {"number": 7}, "#/number", "unknown_field"),
    (ENTRY, {"number": 7}, "#/number", "unknown_field"),
    (ENTRY, {"method_ar": 5}, "#/method_ar", "wrong_type"),
    (ENTRY, {"method_en": ""}, "#/method_en", "too_short"),
    (ENTRY, {"source": "two\nlines"}, "#/source", "bad_format"),
    (ENTRY, {"decimals": 1.5}, "#/decimals", "wrong_type"),
    (ENTRY, {"decimals": None}, "#/decimals", "wrong_type"),
    (ENTRY, {"aggregation": "median"}, "#/aggregation", "not_allowed"),
    (ENTRY, {"amber_at": 95}, "#/amber_at", "too_large"),
    (ENTRY, {"green_at": "90"}, "#/green_at", "wrong_type"),
    (ENTRY, {"tolerance": 0}, "#/tolerance", "too_small"),
    (ENTRY, {"baseline_rank": 3}, "#/baseline_rank", "not_measured"),
    (ENTRY, {"baseline_year": 10}, "#/baseline_year", "too_small"),
    (ENTRY, {"targets": None}, "#/targets", "wrong_type"),
    (ENTRY, {"targets": [{"year": 2030, "kind": "best"}]}, "#/targets/0/kind", "not_allowed"),
    (ENTRY, {"targets": [{"year": 2030, "kind": "value"}]}, "#/targets/0/value", "missing"),
    (
        ENTRY,
        {"targets": [{"year": 2030, "kind": "value", "value": 1e300}]},
        "#/targets/0/value",
        "too_many_digits",
    ),
    (ENTRY, {"targets": [*COMPLETE["targets"], *COMPLETE["targets"]]}, "#/targets/1/year", "repeated"),
    (
        ENTRY,
        {"targets": [{"year": year, "kind": "blank"} for year in range(1990, 2091)]},
        "#/targets",
        "too_many",
    ),
    ("definitions/{submitted}/confirm", {"raeson": "x"}, "#/raeson", "unknown_field"),
    ("definitions/{submitted}/confirm", {"decision": {}}, "#/decision/decided_by_id", "missing"),
    ("definitions/{submitted}/return", {"reason": LONG}, "#/reason", "too_long"),
    ("definitions/{confirmed}/activate", {"reason": "\0"}, "#/reason", "bad_format"),
    ("indicators/{active}/contributions", {"weight": 0}, "#/weight", "too_small"),
    ("indicators/{active}/contributions", {"weight": 100.5}, "#/weight", "too_large"),
    ("indicators/{active}/contributions", {"weight": "30"}, "#/weight", "wrong_type"),
    ("indicators/{active}/contributions", {"contributor_id": "{entity}"}, "#/contributor_id", "own_entity"),
    (
        "indicators/{active}/contributions",
        {"contributor_id": "{unknown}"},
        "#/contributor_id",
        "unknown_reference",
    ),
    ("indicators/{active}/contributions", {"message": ""}, "#/message", "too_short"),
    ("contributions/{invited}", {"weight": None}, "#/weight", "wrong_type"),
    ("contributions/{invited}", {"contributor_id": "{entity}"}, "#/contributor_id", "unknown_field"),
    ("contributions/{invited}/accept", {"indicator_id": "{unknown}"}, "#/indicator_id", "unknown_reference"),
    ("contributions/{invited}/accept", {"indicator_id": "{active}"}, "#/indicator_id", "unknown_reference"),
    ("contributions/{invited}/accept", {"indicator_id": "{main_part}"}, "#/indicator_id", "not_special"),
    ("contributions/{invited}/accept", {"weight": 50}, "#/weight", "unknown_field"),
    ("contributions/{invited}/refuse", {"reason": ""}, "#/reason", "too_short"),
    ("contributions/{accepted}/leave", {"reason": 5}, "#/reason", "wrong_type"),
    ("contributions/{accepted}/withdraw", {"reason": None}, "#/reason", "wrong_type"),
    ("contributions/{accepted}/explain", {"period": "2024-13"}, "#/period", "bad_format"),
    ("contributions/{accepted}/explain", {"period": "2024-Q1"}, "#/period", "period_does_not_fit"),
    ("contributions/{accepted}/explain", {"period": "9999"}, "#/period", "absurd_period"),
    ("indicators/{active}/schedules", {"frequency": "weekly"}, "#/frequency", "not_allowed"),
    ("indicators/{active}/schedules", {"starts_on": "2026-02-30"}, "#/starts_on", "wrong_type"),
    ("indicators/{active}/schedules", {"starts_on": "2026-02-01"}, "#/starts_on", "not_a_boundary"),
    ("indicators/{active}/schedules", {"starts_on": "9999-10-01"}, "#/starts_on", "beyond_calendar"),
    ("indicators/{active}/schedules", {"starts_on": "0002-01-01"}, "#/starts_on", "long_past"),
    ("indicators/{active}/schedules", {"late_for": 367}, "#/late_for", "too_large"),
    ("obligations/{closed}/reopenings", {"expires_on": "2001-01-01"}, "#/expires_on", "out_of_range"),
    ("obligations/{closed}/reopenings", {"period": "2020"}, "#/period", "unknown_field"),
    ("obligations/{due}/excuse", {"reason": "a\x1bb"}, "#/reason", "bad_format"),
    ("obligations/{due}/excuse", {"decision": []}, "#/decision", "wrong_type"),
    ("obligations/{excused}/reinstate", {"due_on": "2027-01-01"}, "#/due_on", "unknown_field"),
    ("holidays", {"estimated": 0}, "#/estimated", "wrong_type"),
    ("holidays", {"day": "2031-06-02T00:00:00Z"}, "#/day", "bad_format"),
    ("holidays/{holiday}", {"day": "2027-03-04"}, "#/day", "unknown_field"),
    ("holidays/{holiday}", {"estimated": "true"}, "#/estimated", "wrong_type"),
    ("holidays/{holiday}/cancel", {"reason": LONG}, "#/reason", "too_long"),
]


@pytest.mark.parametrize(
    ("path", "members", "pointer", "code"),
    BODIES,
    ids=[f"{path} {str(members)[:60]}" for path, members, _, _ in BODIES],
)
async def test_a_bad_body(ground: Ground, path: str, members: Any, pointer: str, code: str) -> None:
    good = {} if path in PATCHES else (MADE[path][2] if path in MADE else STEPS[path][1]) or {}
    status_code = "beyond_calendar" if code == "beyond_calendar" else "invalid"
    faults = await _refused(ground, path, 422, status_code, good | members)
    assert (pointer, code) in faults


NEED_A_BODY = [path for path, line in {**MADE, **STEPS, **PATCHES}.items() if line[-1] is not None]


@pytest.mark.parametrize("path", NEED_A_BODY)
async def test_a_body_that_is_none(ground: Ground, path: str) -> None:
    for body in (None, [], "x", 1):
        await _refused(ground, path, 422, "invalid", body)
    if path not in PATCHES:
        assert any(code == "missing" for _, code in await _refused(ground, path, 422, "invalid", {}))


WRITES = [*MADE, *STEPS, *PATCHES]


@pytest.mark.parametrize("path", WRITES)
async def test_a_wrong_media_type(ground: Ground, path: str) -> None:
    await _refused(ground, path, 415, "unsupported_media_type", {}, **{"Content-Type": "text/plain"})


def _body(path: str) -> Any:
    return {**STEPS, **PATCHES, **{name: line[1:] for name, line in MADE.items()}}[path][-1]


@pytest.mark.parametrize("path", [path for path in WRITES if path not in MADE or MADE[path][1]])
async def test_what_was_not_seen_is_not_changed(ground: Ground, path: str) -> None:
    """A version that has passed, none at all, and whatever is no version."""
    for etag in ('"99.x"', '"1"', 'W/"1.x"', '"1.x", "2.x"', "x"):
        await _refused(ground, path, 412, "stale", _body(path), **{"If-Match": etag})
    who = MADE[path][0] if path in MADE else (PATCHES if path in PATCHES else STEPS)[path][0]
    media_type = "application/merge-patch+json" if path in PATCHES else "application/json"
    async with client_of(ground.people[who].api, **{"Content-Type": media_type}) as http:
        for headers in ({}, {"If-Match": "*"}):
            await refused(
                http,
                "PATCH" if path in PATCHES else "POST",
                ground.path(path),
                428,
                "precondition_required",
                headers=headers,
                content=_said(ground, _body(path)),
            )


@pytest.mark.parametrize("path", MADE)
async def test_what_is_made_needs_a_key(ground: Ground, path: str) -> None:
    for key in ("", "short", "a" * 101, "with space"):
        await _refused(ground, path, 400, "idempotency_key_required", _body(path), **{"Idempotency-Key": key})


# Paths

READS = (
    "indicators/{active}",
    "indicators/{active}/card",
    "indicators/{active}/series",
    "indicators/{active}/definitions",
    "indicators/{active}/contributions",
    "indicators/{active}/schedules",
    "definitions/{draft}",
    "contributions/{accepted}",
    "obligations/{due}",
    "holidays/{holiday}",
)
HIDDEN = {
    "indicators": "foreign_drafted",
    "definitions": "foreign_definition",
    "contributions": "unknown",
    "obligations": "unknown",
    "holidays": "indicator",
    "entities": "division",
}


@pytest.mark.parametrize(
    ("method", "path"),
    [
        *[("GET", path) for path in READS],
        *[("PATCH" if path in PATCHES else "POST", path) for path in WRITES if "{" in path],
    ],
)
async def test_an_id_that_names_nothing(ground: Ground, method: str, path: str) -> None:
    """Whatever is made up, and what is not the person's to see: 404, whatever else is wrong."""
    kind, _, rest = path.partition("/")
    verb = rest.partition("/")[2]
    hidden = {**ground.names, "indicator": ground.names["active"], "division": ground.names["executing"]}
    ids = ("x", "1", "%00", "null", "٣", ground.names["unknown"], hidden[HIDDEN[kind]])
    body = None if method == "GET" else _said(ground, _body(path))
    media_type = "application/merge-patch+json" if method == "PATCH" else "application/json"
    async with client_of(ground.people["specialist"].api, **STALE, **{"Content-Type": media_type}) as http:
        for id_ in ids:
            await refused(
                http, method, f"/v1/{kind}/{id_}{verb and '/' + verb}", 404, "not_found", content=body
            )


# Query parameters

LISTS = (
    "indicators",
    "indicators/{active}/definitions",
    "indicators/{active}/contributions",
    "indicators/{active}/schedules",
    "contributions",
    "obligations",
)
FOR_EVERY_LIST = (
    ("limit", "0"),
    ("limit", "x"),
    ("limit", "9" * 30),
    ("cursor", "x"),
    ("cursor", "a" * 600),
    ("cursor", "bnVsbA"),
    ("cursor", "W10"),
    ("stat", "draft"),
    ("كلمة", "1"),
)
ONE_OF = (
    ("indicators", "state", "gone"),
    ("indicators", "contributor_id", "x"),
    ("indicators", "division_id", "1"),
    ("indicators", "verified", "maybe"),
    ("indicators/{active}", "as_of", "2024-01-01"),
    ("indicators/{active}/card", "q", "x"),
    ("indicators/{active}/series", "limit", "5"),
    ("dashboard", "entity_id", "x"),
    ("indicators/{active}/series", "from_period", "2024"),
    ("indicators/{active}/series", "to_period", "2024-02-30"),
    ("indicators/{active}/series", "as_of", "2024-01-01"),
    ("indicators/{active}/series", "as_of", "2999-01-01T00:00:00Z"),
    ("indicators/{active}/series", "as_of", "0001-01-01T00:00:00+14:00"),
    ("indicators/{active}/contributions", "state", "asked"),
    ("indicators/{active}/contributions", "period", "2024-13"),
    ("contributions", "entity_id", "x"),
    ("contributions", "state", "draft"),
    ("contributions", "period", "2024"),
    ("obligations", "state", "gone"),
    ("obligations", "period", "2024-W01"),
    ("obligations", "from_due", "2024-02-30"),
    ("obligations", "to_due", "10000-01-01"),
    ("obligations", "late", "maybe"),
    ("obligations", "indicator_id", "x"),
    ("obligations/{due}", "state", "due"),
    ("obligations/rates", "by", "planet"),
    ("obligations/rates?by=nation", "from_due", "soon"),
    ("obligations/rates?by=nation", "limit", "5"),
    ("obligations/calendar", "year", "1900"),
    ("obligations/calendar", "year", "9" * 30),
    ("obligations/calendar?year=2026", "division_id", "x"),
    ("holidays", "year", "1000"),
    ("holidays", "cursor", "x"),
    ("scoreboard", "by", "planet"),
    ("scoreboard", "by", "person"),
    ("scoreboard?by=entity", "as_of", "2024-01-01"),
    ("scoreboard?by=entity", "as_of", "2999-01-01T00:00:00Z"),
    ("scoreboard?by=nation", "as_of", "9999-12-31T23:59:59-14:00"),
    ("scoreboard?by=entity", "entity_id", "x"),
    ("scoreboard?by=pillar", "level", "national"),
    ("scoreboard?by=entity", "limit", "5"),
    ("scoreboard?by=entity", "محور", "1"),
)


@pytest.mark.parametrize(
    ("path", "name", "value"),
    [(path, name, value) for path in LISTS for name, value in FOR_EVERY_LIST] + list(ONE_OF),
)
async def test_a_bad_parameter(ground: Ground, path: str, name: str, value: str) -> None:
    url, _, asked = path.partition("?")
    params = dict(part.split("=") for part in asked.split("&") if part)
    async with client_of(ground.people["manager"].api) as http:
        problem = await refused(http, "GET", ground.path(url), 422, "invalid", params={**params, name: value})
    assert [item.parameter for item in problem.errors or ()] == [name]


@pytest.mark.parametrize("path", ["obligations/rates", "obligations/calendar", "scoreboard"])
async def test_a_missing_parameter(ground: Ground, path: str) -> None:
    async with client_of(ground.people["manager"].api) as http:
        problem = await refused(http, "GET", ground.path(path), 422, "invalid")
    assert [(item.parameter, item.code) for item in problem.errors or ()] == [
        ("year" if "calendar" in path else "by", "missing")
    ]


async def test_a_cursor_of_another_list(ground: Ground) -> None:
    """Each list takes its own cursors only: of the same filters and the same thing."""
    api = ground.people["manager"].api
    asked: dict[str, dict[str, str]] = {
        "indicators": {"entity_id": ground.names["entity"]},
        "indicators/{of_superseded}/definitions": {},
        "contributions": {"entity_id": ground.names["entity"]},
        "obligations": {"entity_id": ground.names["entity"]},
    }
    cursors = {}
    for path, params in asked.items():
        page = (await api.get(ground.path(path), limit=1, **params)).json()
        assert page["next_cursor"], path
        cursors[path] = page["next_cursor"]
    async with client_of(api) as http:
        for path in (*asked, "indicators/{of_draft}/definitions", "indicators/{scheduled}/schedules"):
            for cursor in cursors.values():
                # Without the filters that it was made with, each of them is foreign, its own too.
                if path == "indicators/{of_superseded}/definitions" and cursor == cursors[path]:
                    continue
                problem = await refused(
                    http, "GET", ground.path(path), 422, "invalid", params={"cursor": cursor}
                )
                assert [(item.parameter, item.code) for item in problem.errors or ()] == [
                    ("cursor", "bad_cursor")
                ]


FORGED = (
    ("indicators/{active}/definitions", {"indicator_id": "{active}"}, (2**31,)),
    ("indicators/{active}/definitions", {"indicator_id": "{active}"}, (None,)),
    ("indicators/{active}/definitions", {"indicator_id": "{active}"}, ("x",)),
    ("indicators/{active}/schedules", {"indicator_id": "{active}"}, (2**63,)),
    ("indicators/{active}/schedules", {"indicator_id": "{active}"}, (float("inf"),)),
    ("contributions", {}, ("2024-01-01", "x")),
    ("contributions", {}, ("a\0b", str(UUID(int=1)))),
    ("contributions", {}, ([], {})),
    ("obligations", {}, ("2024-02-30", str(UUID(int=1)))),
    ("obligations", {}, ("10000-01-01", str(UUID(int=1)))),
    ("obligations", {}, (1, 2)),
    ("obligations", {}, ()),
)


@pytest.mark.parametrize(("path", "filters", "position"), FORGED)
async def test_a_forged_cursor(
    ground: Ground, path: str, filters: dict[str, str], position: tuple[Any, ...]
) -> None:
    """Well bound to its filters, with a position that is none: refused, and no fault of ours."""
    bound = {name: UUID(value.format(**ground.names)) for name, value in filters.items()}
    async with client_of(ground.people["manager"].api, **{"Accept-Language": "en"}) as http:
        answer = await http.get(ground.path(path), params={"cursor": forged_cursor(bound, *position)})
    if answer.status_code != 200:
        problem = check(answer, 422, "invalid", "en")
        assert [(item.parameter, item.code) for item in problem.errors or ()] == [("cursor", "bad_cursor")]
    else:
        assert position == (2**31,), answer.text
