"""Bad input of every kind: a precise refusal in the reader's language, nothing written, never a 500."""

import base64
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import httpx
import pytest
from jose import jws

from app import clock, tokens
from app.tokens import Claims, TokenKeys
from tests.api import Api
from tests.core.refusals import check, client_of, forged_cursor, refused, written
from tests.core.scene import Scene
from tests.factories.world import Person, World

JSON = {"Content-Type": "application/json"}
PATCH = {"Content-Type": "application/merge-patch+json"}
SEEN = {"If-Match": '"1.x"'}
ENTRY = {"period": "2021", "value": 1}
LONG = "ع" * 100_000


@pytest.fixture(scope="module")
async def scene(world: World) -> Scene:
    """What the paths name."""
    return await Scene.make(world)


@pytest.fixture(autouse=True)
async def nothing_is_written(
    scene: Scene, owner: "asyncpg.Connection[asyncpg.Record]"
) -> AsyncIterator[None]:
    """Around every test of this module."""
    before = await written(owner)
    yield
    assert await written(owner) == before


def _person(scene: Scene, path: str, verb: str = "") -> Person:
    office = scene.office
    if "reopenings" in path:
        return office.head if verb in ("grant", "refuse") else office.manager
    return office.reviewer if verb in ("review", "return", "decisions") else office.enterer


# Bodies

ENTRIES: list[tuple[str, Any, str, str]] = [
    # (what is wrong, members beside a good entry, pointer, code of the fault)
    ("unknown field", {"valeu": 1}, "#/valeu", "unknown_field"),
    ("state set by hand", {"state": "approved"}, "#/state", "unknown_field"),
    ("unknown field with slash and tilde", {"a/b~c": 1}, "#/a~1b~0c", "unknown_field"),
    ("period as a number", {"period": 2024}, "#/period", "wrong_type"),
    ("period null", {"period": None}, "#/period", "wrong_type"),
    ("period empty", {"period": ""}, "#/period", "bad_format"),
    ("period 0000", {"period": "0000"}, "#/period", "absurd_period"),
    ("period 1949", {"period": "1949"}, "#/period", "absurd_period"),
    ("period 9999", {"period": "9999"}, "#/period", "absurd_period"),
    ("month 13", {"period": "2024-13"}, "#/period", "bad_format"),
    ("month 00", {"period": "2024-00"}, "#/period", "bad_format"),
    ("quarter 5", {"period": "2024-Q5"}, "#/period", "bad_format"),
    ("half 3", {"period": "2024-S3"}, "#/period", "bad_format"),
    ("Arabic digits", {"period": "٢٠٢٤"}, "#/period", "bad_format"),
    ("trailing newline", {"period": "2024\n"}, "#/period", "bad_format"),
    ("too long a period", {"period": "2024-01-01"}, "#/period", "too_long"),
    ("quarter of an annual indicator", {"period": "2024-Q1"}, "#/period", "period_does_not_fit"),
    ("period to come", {"period": "2040"}, "#/period", "period_not_over"),
    ("value as text", {"value": "35.4"}, "#/value", "wrong_type"),
    ("value true", {"value": True}, "#/value", "wrong_type"),
    ("value a list", {"value": [1]}, "#/value", "wrong_type"),
    ("value an object", {"value": {}}, "#/value", "wrong_type"),
    ("too many digits", {"value": 10**24}, "#/value", "too_many_digits"),
    ("too many decimals", {"value": 0.12345678901}, "#/value", "too_many_digits"),
    ("a huge number", {"value": 1e300}, "#/value", "too_many_digits"),
    ("a rank where there is none", {"rank": 5}, "#/rank", "not_measured"),
    ("rank as text", {"rank": "5", "value": None}, "#/rank", "wrong_type"),
    ("rank true", {"rank": True}, "#/rank", "wrong_type"),
    ("rank with a fraction", {"rank": 1.5}, "#/rank", "wrong_type"),
    ("rank zero", {"rank": 0}, "#/rank", "too_small"),
    ("rank beyond all", {"rank": 10**7}, "#/rank", "too_large"),
    ("number ranked without a rank", {"rank_of": 5}, "#/rank", "missing"),
    ("numerator alone", {"numerator": 1}, "#/denominator", "missing"),
    ("denominator zero", {"numerator": 1, "denominator": 0}, "#/denominator", "zero"),
    ("unknown status", {"obs_status": "Z"}, "#/obs_status", "not_allowed"),
    ("status null", {"obs_status": None}, "#/obs_status", "not_allowed"),
    ("unknown classification", {"classification": "secret"}, "#/classification", "not_allowed"),
    ("classification a list", {"classification": ["open"]}, "#/classification", "not_allowed"),
    ("note a number", {"note": 5}, "#/note", "wrong_type"),
    ("note empty", {"note": ""}, "#/note", "too_short"),
    ("note of spaces", {"note": "   "}, "#/note", "bad_format"),
    ("note with NUL", {"note": "a\0b"}, "#/note", "bad_format"),
    ("note with escape", {"note": "a\x1bb"}, "#/note", "bad_format"),
    ("note of 100,000 characters", {"note": LONG}, "#/note", "too_long"),
]


@pytest.mark.parametrize(
    ("members", "pointer", "code"), [case[1:] for case in ENTRIES], ids=[case[0] for case in ENTRIES]
)
async def test_a_bad_entry(scene: Scene, members: dict[str, Any], pointer: str, code: str) -> None:
    path = f"/v1/indicators/{scene.names['indicator']}/results"
    body = json.dumps(ENTRY | members).encode()
    async with client_of(scene.office.enterer.api, **JSON) as http:
        problem = await refused(http, "POST", path, 422, "invalid", content=body)
    assert (pointer, code) in [(item.pointer, item.code) for item in problem.errors or ()]


@pytest.mark.parametrize(
    ("members", "pointer"),
    [case[1:3] for case in ENTRIES if not case[0].startswith("period") and "period" not in case[1]],
    ids=[case[0] for case in ENTRIES if not case[0].startswith("period") and "period" not in case[1]],
)
async def test_a_bad_correction(scene: Scene, members: dict[str, Any], pointer: str) -> None:
    path = f"/v1/results/{scene.names['draft']}"
    async with client_of(scene.office.enterer.api, **PATCH, **SEEN) as http:
        problem = await refused(http, "PATCH", path, 422, "invalid", content=json.dumps(members).encode())
    assert pointer in [item.pointer for item in problem.errors or ()]


RAW: list[tuple[str, bytes, int, str]] = [
    ("nothing", b"", 422, "invalid"),
    ("an open brace", b"{", 400, "malformed"),
    ("a missing value", b'{"period":}', 400, "malformed"),
    ("a trailing comma", b'{"period":"2021",}', 400, "malformed"),
    ("two documents", b'{"period":"2021"}{}', 400, "malformed"),
    ("no UTF-8", b'{"period":"2021","note":"\xff\xfe"}', 400, "malformed"),
    ("cut UTF-8", '{"period":"2021","note":"ع'.encode()[:-1] + b'"}', 400, "malformed"),
    ("UTF-16", '{"period":"2021","value":1}'.encode("utf-16"), 400, "malformed"),
    ("deep lists", b"[" * 100_000, 400, "malformed"),
    ("deep closed lists", b"[" * 100_000 + b"]" * 100_000, 400, "malformed"),
    ("deep objects", b'{"a":' * 100_000 + b"1" + b"}" * 100_000, 400, "malformed"),
    ("NaN", b'{"period":"2021","value":NaN}', 422, "invalid"),
    ("Infinity", b'{"period":"2021","value":Infinity}', 422, "invalid"),
    ("-Infinity", b'{"period":"2021","value":-Infinity}', 422, "invalid"),
    ("the same name twice", b'{"period":"2022","value":1,"value":2}', 400, "malformed"),
    ("a number beyond floats", b'{"period":"2021","value":1e400}', 422, "invalid"),
    ("a number of 5000 digits", b'{"period":"2021","value":' + b"9" * 5000 + b"}", 400, "malformed"),
    ("an exponent without end", b'{"period":"2021","value":1e999999999}', 422, "invalid"),
    ("a list", b"[]", 422, "invalid"),
    ("null", b"null", 422, "invalid"),
    ("a text", b'"x"', 422, "invalid"),
    ("a lone surrogate", b'{"period":"2021","value":1,"note":"a\\ud800b"}', 422, "invalid"),
    ("a lone surrogate as a name", b'{"period":"2021","value":1,"\\ud800":1}', 422, "invalid"),
    ("an escaped NUL", b'{"period":"2021","value":1,"note":"a\\u0000b"}', 422, "invalid"),
    ("an escaped NUL as a name", b'{"period":"2021","value":1,"\\u0000":1}', 422, "invalid"),
    ("a name of 100,000 characters", json.dumps({"period": "2021", LONG: 1}).encode(), 422, "invalid"),
]


@pytest.mark.parametrize(("body", "status", "code"), [c[1:] for c in RAW], ids=[c[0] for c in RAW])
async def test_a_body_that_is_no_entry(scene: Scene, body: bytes, status: int, code: str) -> None:
    path = f"/v1/indicators/{scene.names['indicator']}/results"
    async with client_of(scene.office.enterer.api, **JSON) as http:
        await refused(http, "POST", path, status, code, content=body)


OTHER_BODIES: list[tuple[str, str, Any, str]] = [
    ("results/decisions", "decisions", {}, "#/items"),
    ("results/decisions", "decisions", {"items": {}}, "#/items"),
    ("results/decisions", "decisions", {"items": [1]}, "#/items/0"),
    ("results/decisions", "decisions", {"items": [{"id": "x"}]}, "#/items/0/id"),
    ("results/decisions", "decisions", {"items": [], "all": True}, "#/all"),
    (
        "results/decisions",
        "decisions",
        {"items": [{"id": str(UUID(int=1)), "if_match": "1", "decision": "review"}]},
        "#/items/0/if_match",
    ),
    (
        "results/decisions",
        "decisions",
        {"items": [{"id": str(UUID(int=1)), "if_match": 'W/"1.x"', "decision": "review"}]},
        "#/items/0/if_match",
    ),
    (
        "results/decisions",
        "decisions",
        {"items": [{"id": str(UUID(int=1)), "if_match": '"1.x"', "decision": "discard"}]},
        "#/items/0/decision",
    ),
    ("results/{submitted}/review", "review", {"raeson": "x"}, "#/raeson"),
    ("results/{submitted}/review", "review", {"reason": "\0"}, "#/reason"),
    ("results/{submitted}/review", "review", {"reason": LONG}, "#/reason"),
    ("results/{submitted}/review", "review", {"decision": {}}, "#/decision/decided_by_id"),
    ("results/{submitted}/return", "return", {}, "#/reason"),
    ("results/{submitted}/return", "return", {"reason": ""}, "#/reason"),
    ("results/{submitted}/return", "return", {"reason": " \t\n "}, "#/reason"),
    ("results/{submitted}/return", "return", {"reason": None}, "#/reason"),
    ("results/{open_to_asking}/reopenings", "ask", {"reason": "x"}, "#/expires_on"),
    ("results/{open_to_asking}/reopenings", "ask", {"reason": "x", "expires_on": 0}, "#/expires_on"),
    ("results/{open_to_asking}/reopenings", "ask", {"reason": "x", "expires_on": 1795651200}, "#/expires_on"),
    ("results/{open_to_asking}/reopenings", "ask", {"reason": "x", "expires_on": "soon"}, "#/expires_on"),
    (
        "results/{open_to_asking}/reopenings",
        "ask",
        {"reason": "x", "expires_on": "2026-02-30"},
        "#/expires_on",
    ),
    (
        "results/{open_to_asking}/reopenings",
        "ask",
        {"reason": "x", "expires_on": "0001-01-01"},
        "#/expires_on",
    ),
    (
        "results/{open_to_asking}/reopenings",
        "ask",
        {"reason": "x", "expires_on": "9999-12-31"},
        "#/expires_on",
    ),
    (
        "reopenings/{leave}/grant",
        "grant",
        {"decision": {"decided_by_id": "{head}", "letter_number": "1", "letter_date": "2026-01-01"}},
        "#/decision",
    ),
    (
        "reopenings/{leave}/grant",
        "grant",
        {"decision": {"decided_by_id": "{head}", "letter_number": "1", "letter_date": 5}},
        "#/decision/letter_date",
    ),
    ("reopenings/{leave}/refuse", "refuse", {"reason": 5}, "#/reason"),
]


@pytest.mark.parametrize(
    ("path", "verb", "body", "pointer"),
    OTHER_BODIES,
    ids=[f"{case[1]} {case[3]} {str(case[2])[:40]}" for case in OTHER_BODIES],
)
async def test_other_bad_bodies(scene: Scene, path: str, verb: str, body: Any, pointer: str) -> None:
    path = "/v1/" + path.format(**scene.names)
    person = _person(scene, path, verb)
    headers = {**JSON, "If-Match": await person.api.etag(path.rpartition("/")[0]) if "-" in path else '"1.x"'}
    said = json.dumps(body).replace("{head}", scene.names["head"]).encode()
    async with client_of(person.api, **headers) as http:
        problem = await refused(http, "POST", path, 422, "invalid", content=said)
    assert pointer in [item.pointer for item in problem.errors or ()]


MEDIA = (
    None,
    "text/plain",
    "text/json",
    "application/xml",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "application/octet-stream",
    "application/json; charset=utf-16",
    "json",
)


@pytest.mark.parametrize("media_type", MEDIA)
async def test_a_wrong_media_type(scene: Scene, media_type: str | None) -> None:
    body = json.dumps(ENTRY).encode()
    headers = {"Content-Type": media_type} if media_type else {}
    for person, method, path in (
        (scene.office.enterer, "POST", f"/v1/indicators/{scene.names['indicator']}/results"),
        (scene.office.enterer, "PATCH", f"/v1/results/{scene.names['draft']}"),
        (scene.office.reviewer, "POST", f"/v1/results/{scene.names['submitted']}/review"),
    ):
        async with client_of(person.api, **SEEN, **headers) as http:
            await refused(http, method, path, 415, "unsupported_media_type", content=body)


# Paths

WITH_ID = (
    ("GET", "results/{id}"),
    ("GET", "results/{id}/history"),
    ("PATCH", "results/{id}"),
    ("POST", "results/{id}/submit"),
    ("POST", "results/{id}/withdraw"),
    ("POST", "results/{id}/discard"),
    ("POST", "results/{id}/review"),
    ("POST", "results/{id}/approve"),
    ("POST", "results/{id}/preview-approval"),
    ("POST", "results/{id}/return"),
    ("POST", "results/{id}/correct"),
    ("POST", "results/{id}/reopenings"),
    ("POST", "indicators/{id}/results"),
    ("GET", "indicators/{id}"),
    ("GET", "reopenings/{id}"),
    ("POST", "reopenings/{id}/grant"),
    ("POST", "reopenings/{id}/refuse"),
)
GOOD_BODIES = {
    "return": {"reason": "سبب"},
    "refuse": {"reason": "سبب"},
    "reopenings": {"reason": "سبب", "expires_on": "2026-12-31"},
    "results": ENTRY,
}


@pytest.mark.parametrize(("method", "path"), WITH_ID)
@pytest.mark.parametrize("id_", ["x", "1", "{unknown}", "%00", "{unknown}%0A", "null", "٣", "{foreign}"])
async def test_an_id_that_names_nothing(scene: Scene, method: str, path: str, id_: str) -> None:
    kind = path.partition("/")[0]
    foreign = {"results": "foreign_draft", "reopenings": "foreign_leave", "indicators": "unknown"}[kind]
    id_ = id_.replace("{foreign}", scene.names[foreign]).format(**scene.names)
    person = _person(scene, path, path.rpartition("/")[2])
    body = GOOD_BODIES.get(path.rpartition("/")[2], {"value": 1} if method == "PATCH" else None)
    headers = PATCH if method == "PATCH" else {}
    async with client_of(person.api, **SEEN, **headers) as http:
        if path.endswith("preview-approval"):  # nothing is changed, so that a key is refused before
            del http.headers["Idempotency-Key"]
        extra = {} if body is None else {"json": body}
        await refused(http, method, "/v1/" + path.format(id=id_), 404, "not_found", **extra)


async def test_an_entry_for_an_indicator_of_another_entity(scene: Scene) -> None:
    path = f"/v1/indicators/{scene.names['foreign_indicator']}/results"
    async with client_of(scene.office.enterer.api) as http:
        await refused(http, "POST", path, 403, "forbidden", json=ENTRY)


@pytest.mark.parametrize(
    "path", ["/v1/", "/v1/nothing", "/v1/results/", "/v1//results", "/v1/Results", "/v1/نتائج"]
)
async def test_an_unknown_path(scene: Scene, client: httpx.AsyncClient, path: str) -> None:
    async with client_of(scene.office.enterer.api) as http:
        await refused(http, "GET", path, 404, "not_found")
    async with client_of(Api(client)) as http:
        await refused(http, "GET", path, 401, "unauthenticated")


@pytest.mark.parametrize("path", ["/nothing", "/v2/results", "/" + "a" * 3000, "/a%0Ab", "/%ff"])
async def test_an_unknown_path_outside(client: httpx.AsyncClient, path: str) -> None:
    async with client_of(Api(client)) as http:
        await refused(http, "GET", path, 404, "not_found")


METHODS = (
    ("/v1/results", {"GET"}),
    ("/v1/results/{draft}", {"GET", "PATCH"}),
    ("/v1/results/{draft}/history", {"GET"}),
    ("/v1/results/{draft}/submit", {"POST"}),
    ("/v1/indicators/{indicator}/results", {"POST"}),
    ("/v1/indicators/{indicator}", {"GET", "PATCH"}),
    ("/v1/reopenings", {"GET"}),
    ("/v1/inbox", {"GET"}),
    ("/v1/notifications", {"GET"}),
    ("/v1/notifications/read-all", {"POST"}),
    ("/v1/me/notification-settings", {"GET", "PATCH"}),
    ("/v1/me/calendar-feed", {"GET", "POST", "DELETE"}),
    ("/v1/calendar-feeds/wJ9yqk3Vb0m2s8Xn1cE6rT4uZ7aLhPdQfGiKoSvYx5A.ics", {"GET"}),
)


@pytest.mark.parametrize(("path", "allowed"), METHODS)
async def test_a_method_that_is_not_taken(scene: Scene, path: str, allowed: set[str]) -> None:
    path = path.format(**scene.names)
    for method in ("HEAD", "OPTIONS", "PUT", "DELETE", "GET", "POST", "PATCH", "TRACE"):
        if method in allowed:
            continue
        async with client_of(scene.office.enterer.api, **SEEN) as http:
            if method == "HEAD":
                answer = await http.head(path)
                assert answer.status_code == 405
            else:
                await refused(http, method, path, 405, "method_not_allowed")
                answer = await http.request(method, path)
        assert {name.strip() for name in answer.headers["Allow"].split(",")} == allowed, method


# Headers

BAD_ETAGS = (
    "1",
    "abc",
    '"abc"',
    '"1"',
    "1.x",
    'W/"1.x"',
    '"1.x", "2.x"',
    '"-1.x"',
    '"1.x',
    '"9999999999.x"',
    '"2.x"',
    '"1.ع"',
)


@pytest.mark.parametrize("etag", BAD_ETAGS)
async def test_an_if_match_that_is_not_of_what_stands(scene: Scene, etag: str) -> None:
    for method, path, headers in (
        ("PATCH", "/v1/results/{draft}", PATCH),
        ("POST", "/v1/results/{draft}/submit", {}),
    ):
        async with client_of(scene.office.enterer.api, **headers) as http:
            await refused(
                http,
                method,
                path.format(**scene.names),
                412,
                "stale",
                headers={"If-Match": etag.encode()},  # type: ignore[dict-item]
                content=b"{}" if method == "PATCH" else None,
            )


@pytest.mark.parametrize("etag", [None, "*", " * "])
async def test_an_if_match_that_names_no_version(scene: Scene, etag: str | None) -> None:
    headers = {} if etag is None else {"If-Match": etag}
    async with client_of(scene.office.enterer.api, **headers) as http:
        path = f"/v1/results/{scene.names['draft']}/submit"
        await refused(http, "POST", path, 428, "precondition_required")


BAD_KEYS = (
    "",
    "short",
    "a" * 101,
    "with space",
    "semi;colon",
    "مفتاح-التكرار",
    "tab\tin-it-",
    '"quoted-key"',
)


@pytest.mark.parametrize("key", BAD_KEYS)
async def test_a_bad_idempotency_key(scene: Scene, key: str) -> None:
    for path, body in (
        ("/v1/indicators/{indicator}/results", ENTRY),
        (
            "/v1/results/decisions",
            {"items": []} | {"items": [{"id": str(UUID(int=1)), "if_match": '"1.x"', "decision": "review"}]},
        ),
        ("/v1/results/{draft}/submit", None),
        ("/v1/results/{unknown}/submit", None),  # 400 comes before 404
        ("/v1/indicators/{unknown}/results", ENTRY),
    ):
        async with client_of(scene.office.enterer.api, **SEEN) as http:
            del http.headers["Idempotency-Key"]
            await refused(
                http,
                "POST",
                path.format(**scene.names),
                400,
                "idempotency_key_required",
                headers={"Idempotency-Key": key.encode()},  # type: ignore[dict-item]
                **({} if body is None else {"json": body}),
            )


async def test_a_missing_idempotency_key(scene: Scene) -> None:
    async with client_of(scene.office.enterer.api) as http:
        del http.headers["Idempotency-Key"]
        path = f"/v1/indicators/{scene.names['indicator']}/results"
        await refused(http, "POST", path, 400, "idempotency_key_required", json=ENTRY)


# Query parameters

LISTS = (
    "/v1/results",
    "/v1/indicators",
    "/v1/reopenings",
    "/v1/inbox",
    "/v1/notifications",
    "/v1/results/{approved}/history",
)
FOR_EVERY_LIST = (
    ("limit", "0"),
    ("limit", "-1"),
    ("limit", "x"),
    ("limit", "1.5"),
    ("limit", "9" * 30),
    ("limit", ""),
    ("cursor", "x"),
    ("cursor", "!!"),
    ("cursor", "a" * 600),
    ("cursor", "bnVsbA"),
    ("cursor", "W10"),
)
FILTERS = (
    ("/v1/results", "state", "gone"),
    ("/v1/results", "entity_id", "x"),
    ("/v1/results", "indicator_id", "1"),
    ("/v1/results", "period", "2024-13"),
    ("/v1/results", "period", "2024\0"),
    ("/v1/results", "from_period", "2024-02-30"),
    ("/v1/results", "to_period", "10000-01-01"),
    ("/v1/results", "as_of", "2024-01-01T00:00:00"),
    ("/v1/results", "as_of", "yesterday"),
    ("/v1/results", "as_of", "0001-01-01T00:00:00+14:00"),
    ("/v1/results", "all_revisions", "maybe"),
    ("/v1/results/{approved}", "as_of", "2024-01-01"),
    ("/v1/indicators", "q", ""),
    ("/v1/indicators", "q", "a" * 201),
    ("/v1/indicators", "q", "a\0b"),
    ("/v1/indicators", "level", "top"),
    ("/v1/indicators", "in_scorecard", "2"),
    ("/v1/indicators", "pillar_id", "x"),
    ("/v1/reopenings", "state", "lapsed"),
    ("/v1/reopenings", "result_id", "x"),
)


@pytest.mark.parametrize(
    ("path", "name", "value"),
    [(path, name, value) for path in LISTS for name, value in FOR_EVERY_LIST] + list(FILTERS),
)
async def test_a_bad_parameter(scene: Scene, path: str, name: str, value: str) -> None:
    async with client_of(scene.office.manager.api) as http:
        problem = await refused(http, "GET", path.format(**scene.names), 422, "invalid", params={name: value})
    assert [item.parameter for item in problem.errors or ()] == [name]


SORTED = {"sort": "sort_en"}
FORGED = (
    ("/v1/results", {}, ()),
    ("/v1/results", {}, ("2024-01-01",)),
    ("/v1/results", {}, ("2024-01-01", "x")),
    ("/v1/results", {}, ("x", str(UUID(int=1)))),
    ("/v1/results", {}, (None, None)),
    ("/v1/results", {}, ([], {})),
    ("/v1/results", {}, ("2024-01-01", str(UUID(int=1)), 1)),
    ("/v1/inbox", {}, ("0001-01-01T00:00:00+23:59", str(UUID(int=1)))),
    ("/v1/inbox", {}, (5, str(UUID(int=1)))),
    ("/v1/notifications", {}, ("x",)),
    ("/v1/notifications", {}, (None,)),
    ("/v1/reopenings", {}, (1,)),
    ("/v1/results/{approved}/history", {"id": "{approved}"}, (2**31,)),
    ("/v1/results/{approved}/history", {"id": "{approved}"}, (2**63,)),
    ("/v1/results/{approved}/history", {"id": "{approved}"}, (float("inf"),)),
    ("/v1/results/{approved}/history", {"id": "{approved}"}, ("9" * 100,)),
    ("/v1/results/{approved}/history", {"id": "{approved}"}, (None,)),
    ("/v1/indicators", SORTED, ("a\0b", str(UUID(int=1)))),
    ("/v1/indicators", SORTED, ("a\ud800b", str(UUID(int=1)))),
)


@pytest.mark.parametrize(("path", "filters", "position"), FORGED)
async def test_a_forged_cursor(
    scene: Scene, path: str, filters: dict[str, Any], position: tuple[Any, ...]
) -> None:
    bound = {name: value.format(**scene.names) for name, value in filters.items()}
    async with client_of(scene.office.manager.api, **{"Accept-Language": "en"}) as http:
        answer = await http.get(
            path.format(**scene.names), params={"cursor": forged_cursor(bound, *position)}
        )
    # Whatever a client makes up is refused, or is a position like any other; it is no fault of ours.
    if answer.status_code != 200:
        problem = check(answer, 422, "invalid", "en")
        assert [(item.parameter, item.code) for item in problem.errors or ()] == [("cursor", "bad_cursor")]
    else:
        assert position in ((2**31,),), answer.text


async def test_a_cursor_of_other_filters(scene: Scene) -> None:
    api = scene.office.manager.api
    page = (await api.get("/v1/results", limit=1, entity_id=str(scene.office.entity.id))).json()
    assert page["next_cursor"]
    async with client_of(api) as http:
        for path, params in (
            ("/v1/results", {}),
            ("/v1/results", {"state": "draft"}),
            ("/v1/results", {"entity_id": str(scene.other.entity.id)}),
            ("/v1/indicators", {}),
            ("/v1/inbox", {}),
        ):
            problem = await refused(
                http, "GET", path, 422, "invalid", params={**params, "cursor": page["next_cursor"]}
            )
            assert [(item.parameter, item.code) for item in problem.errors or ()] == [
                ("cursor", "bad_cursor")
            ]


# Tokens

REQUESTS = (
    ("GET", "/v1/results", {}),
    ("GET", "/v1/results/x", {}),
    ("GET", "/v1/results?limit=x", {}),
    ("GET", "/v1/nothing", {}),
    ("DELETE", "/v1/results", {}),
    ("POST", "/v1/indicators/{indicator}/results", {"content": b"{", "headers": JSON}),
    ("POST", "/v1/indicators/{indicator}/results", {"content": b"[" * 100_000, "headers": JSON}),
    ("POST", "/v1/indicators/{indicator}/results", {"content": b"\xff", "headers": JSON}),
    ("POST", "/v1/indicators/x/results", {"json": {}}),
    ("POST", "/v1/results/{draft}/submit", {}),
    ("PATCH", "/v1/results/{draft}", {"json": {"x": 1}}),
)


def _forged(world: World, person: Person, tmp_path: Path, kind: str) -> str:
    claims, keys = Claims(person.id, person.session_id), world.keys
    good = keys.issue(claims, 600)
    header, payload, signature = good.split(".")

    def encoded(said: Any) -> str:
        return base64.urlsafe_b64encode(json.dumps(said).encode()).decode().rstrip("=")

    match kind:
        case "garbage":
            return "not.a.token"
        case "expired":
            with clock.moved_to(datetime.now(UTC) - timedelta(hours=1)):
                return keys.issue(claims, 600)
        case "of tomorrow":
            with clock.moved_to(datetime.now(UTC) + timedelta(days=1)):
                return keys.issue(claims, 600)
        case "none":
            return f"{encoded({'typ': 'at+jwt', 'alg': 'none'})}.{payload}."
        case "none with a signature":
            return f"{encoded({'typ': 'at+jwt', 'alg': 'none'})}.{payload}.{signature}"
        case "another payload":
            said = json.loads(base64.urlsafe_b64decode(payload + "=="))
            return f"{header}.{encoded({**said, 'sub': str(uuid4())})}.{signature}"
        case "HS256 with the public key":
            public = json.dumps(json.loads(keys.jwks())["keys"][0])
            return str(jws.sign({"sub": str(person.id)}, public, algorithm="HS256"))
        case "another key":
            folder = tmp_path / "keys"
            tokens.generate(folder)
            return TokenKeys.load(folder, "mutabaa", "mutabaa-api").issue(claims, 600)
        case "another audience" | "another issuer":
            other = replace_names(keys, kind)
            return other.issue(claims, 600)
        case "another session":
            return keys.issue(Claims(person.id, uuid4()), 600)
        case "another person's session":
            return keys.issue(Claims(uuid4(), person.session_id), 600)
    return ""


def replace_names(keys: TokenKeys, kind: str) -> TokenKeys:
    """The same keys under another issuer or audience."""
    other = object.__new__(TokenKeys)
    other.__dict__.update(keys.__dict__)
    if kind == "another audience":
        other._audience = "somebody-else"
    else:
        other._issuer = "somebody-else"
    return other


KINDS = (
    "garbage",
    "expired",
    "of tomorrow",
    "none",
    "none with a signature",
    "another payload",
    "HS256 with the public key",
    "another key",
    "another audience",
    "another issuer",
    "another session",
    "another person's session",
    "",
)


@pytest.mark.parametrize("kind", KINDS)
async def test_a_token_that_is_not_genuine(
    scene: Scene, world: World, client: httpx.AsyncClient, tmp_path: Path, kind: str
) -> None:
    token = _forged(world, scene.office.enterer, tmp_path, kind)
    for method, path, extra in REQUESTS:
        async with client_of(Api(client, token), **SEEN) as http:
            await refused(http, method, path.format(**scene.names), 401, "unauthenticated", **extra)


@pytest.mark.parametrize(
    ("method", "path", "extra"), REQUESTS, ids=[f"{r[0]} {r[1]} {str(r[2])[:40]}" for r in REQUESTS]
)
async def test_an_ended_session_is_told_first(
    scene: Scene, method: str, path: str, extra: dict[str, Any]
) -> None:
    async with client_of(scene.gone.api, **SEEN) as http:
        await refused(http, method, path.format(**scene.names), 401, "unauthenticated", **extra)


@pytest.mark.parametrize("scheme", ["", "Basic", "Token", "Bearer Bearer"])
async def test_another_scheme(scene: Scene, client: httpx.AsyncClient, scheme: str) -> None:
    async with client_of(Api(client)) as http:
        http.headers["Authorization"] = f"{scheme} {scene.office.enterer.api.token}".strip()
        await refused(http, "GET", "/v1/results", 401, "unauthenticated")
