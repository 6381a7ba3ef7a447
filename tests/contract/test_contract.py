"""The committed contract: what the code says, sound by other people's tools, and true of every answer."""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlsplit

import httpx
import pytest
from jsonschema import Draft202012Validator, FormatChecker
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from app import contract, errors
from app.main import create_app
from app.permissions import PUBLIC, RULES
from app.services.evidence.sniffing import ALLOWED
from tests import contract_lint
from tests.contract.scenes import Stage
from tests.contract.service import UNIT_EDITOR, Service
from tests.contract_lint import BASE_URI

CONTRACT = contract_lint.read()
OPERATIONS = [
    (method, path, operation)
    for path, item in CONTRACT["paths"].items()
    for method, operation in item.items()
]
SAID = [pytest.param(*said, id=said[2]["operationId"]) for said in OPERATIONS]
READS = [
    pytest.param(path, operation, id=operation["operationId"])
    for method, path, operation in OPERATIONS
    if method == "get"
]
PROTECTED = [
    pytest.param(method, path, id=operation["operationId"])
    for method, path, operation in OPERATIONS
    if operation["x-permission"] != PUBLIC
]

FILES = {"read_evidence_content"}
"""What is answered with a file, as it is."""

NO_TOKENS = ("Bearer", "Bearer x.y.z", "Basic eDp5", "Bearer eyJhbGciOiJub25lIn0.e30.")

FORMATS = FormatChecker(["uuid", "date"])
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)")


@FORMATS.checks("date-time")
def _is_moment(said: object) -> bool:
    """RFC 3339, 5.6; the library has no check of its own without further packages."""
    if not isinstance(said, str):
        return True
    return bool(_MOMENT.fullmatch(said) and datetime.fromisoformat(said))


@FORMATS.checks("uri-reference")
def _is_reference(said: object) -> bool:
    return not isinstance(said, str) or (
        quote(said, safe="/:?#[]@!$&'()*+,;=%~") == said and bool(urlsplit(said))
    )


@FORMATS.checks("int32")
def _is_int32(said: object) -> bool:
    return not isinstance(said, int) or -(2**31) <= said < 2**31


@FORMATS.checks("int64")
def _is_int64(said: object) -> bool:
    return not isinstance(said, int) or -(2**63) <= said < 2**63


UNCHECKED = {"double", "password", "binary"}
"""Every JSON number is a double, a password is any text, and a file is any bytes."""


# The file.


@pytest.mark.parametrize(
    "check",
    [contract_lint.stale, contract_lint.invalid, contract_lint.bad_examples],
    ids=lambda check: check.__name__,
)
def test_the_file_is_what_the_code_says_and_sound(check: Any) -> None:
    assert check() == []


def test_each_answer_names_the_errors_that_its_route_declares() -> None:
    """And no others than those that follow from what an operation takes."""
    of_all = {
        error.code
        for kinds in (contract.ALWAYS, contract.WITH_BODY, contract.WITH_IF_MATCH, contract.WITH_KEY)
        for error in (*kinds, errors.NotFound, errors.Forbidden, errors.KeyRequired)
    }
    differing = {}
    for (path, method), route in contract.routes_of(create_app()):
        if not route.include_in_schema:
            continue
        declared = {code for answer in route.responses.values() for code in answer.get(contract.CODES, ())}
        operation = CONTRACT["paths"][path][method]
        named = {code for _, answer in _answers(operation) for code in answer.get(contract.CODES, ())}
        if declared - of_all != named - of_all or not declared <= named:
            differing[operation["operationId"]] = declared ^ (named - of_all)
    assert differing == {}


def test_every_format_is_one_that_is_checked_here() -> None:
    said = {node["format"] for node in _nodes(CONTRACT) if isinstance(node.get("format"), str)}
    assert said - UNCHECKED <= set(FORMATS.checkers)


@pytest.mark.parametrize(("method", "path", "operation"), SAID)
def test_every_operation_names_a_rule_or_is_public(method: str, path: str, operation: dict[str, Any]) -> None:
    permission = operation["x-permission"]
    assert permission == PUBLIC or permission in RULES
    # A list of nothing would read as forgotten: what needs no sign-in says so.
    assert operation.get("security", CONTRACT["security"]) == (
        [{}] if permission == PUBLIC else CONTRACT["security"]
    )


DRAWN = ("/v1/indicators/{id}/series", "/v1/initiatives/{id}/curve", "/v1/path-runs/{id}/timeline")
"""What is answered as a picture too, where that is asked for."""
CALENDARS = ("read_calendar",)
"""What a calendar program reads (RFC 5545)."""


@pytest.mark.parametrize(("method", "path", "operation"), SAID)
def test_bodies_are_of_one_media_type(method: str, path: str, operation: dict[str, Any]) -> None:
    taken = list(operation.get("requestBody", {}).get("content", {}))
    if operation["tags"] == ["uploads"]:
        assert taken == (["application/offset+octet-stream"] if method == "patch" else [])
        assert method in ("options", "post", "head", "patch", "delete")
        assert not any("content" in answer for status, answer in _answers(operation) if status < 400)
        return
    if method == "patch":
        assert taken == ["application/merge-patch+json"]
    elif method == "put" and operation["tags"] == ["evidence"]:
        assert taken == ["application/octet-stream"]
    elif taken:
        assert taken == [
            "application/x-www-form-urlencoded" if path == "/v1/auth/token" else "application/json"
        ]
    assert method in ("get", "post", "put", "patch", "delete")
    for status, answer in _answers(operation):
        wanted = ["application/json"] if status < 400 else ["application/problem+json"]
        if status < 400 and operation["operationId"] in FILES:
            wanted = sorted(ALLOWED)
        if status == 200 and operation["operationId"] in CALENDARS:
            wanted = ["text/calendar"]
        if status == 200 and path in DRAWN:
            wanted.append("image/svg+xml")
        assert list(answer.get("content", wanted)) == wanted, status


@pytest.mark.parametrize(("method", "path", "operation"), SAID)
def test_every_single_resource_has_an_etag(method: str, path: str, operation: dict[str, Any]) -> None:
    """Whatever carries a version, or is changed or decided under If-Match, is answered with its ETag."""
    parameters = {parameter.get("name") for parameter in operation["parameters"]}
    versioned = bool({"If-Match", "If-None-Match"} & parameters)
    for status, answer in _answers(operation):
        if status < 300 and "content" in answer:
            if versioned or "version" in _schema(answer).get("properties", {}):
                assert "ETag" in answer["headers"]
            if status == 201:
                assert "Location" in answer["headers"]
    statuses = {status for status, _ in _answers(operation)}
    # The tus protocol has a precondition of its own, the offset, and 412 for its version.
    of_tus = operation["tags"] == ["uploads"]
    assert ("If-Match" in parameters) == (428 in statuses)
    assert of_tus or ("If-Match" in parameters) == (412 in statuses)
    assert ("If-None-Match" in parameters) == (304 in statuses)
    assert method != "patch" or of_tus or "If-Match" in parameters


@pytest.mark.parametrize(("method", "path", "operation"), SAID)
def test_every_list_has_items_and_a_cursor(method: str, path: str, operation: dict[str, Any]) -> None:
    schema = _schema(dict(_answers(operation)).get(200, {}))
    is_list = operation["operationId"].startswith("list_")
    assert is_list == ("next_cursor" in schema.get("properties", {}))
    if is_list:
        assert {"items", "next_cursor"} <= set(schema["required"])
        assert "maxItems" in schema["properties"]["items"]
        assert "null" in schema["properties"]["next_cursor"]["type"]


# What is on the wire.


@pytest.mark.parametrize(("path", "operation"), READS)
def test_what_is_read_is_as_the_contract_says(
    real_service: Service, stage: Stage, path: str, operation: dict[str, Any]
) -> None:
    """Bytes against the schema of the contract, by a validator that knows nothing of our models."""
    scene = stage.scene(operation["operationId"])
    query = {**scene.needed, **({"limit": 2} if _takes(operation, "limit") else {})}
    url = re.sub(r"\{[a-z]+\}", str(scene.id), path)
    for _ in range(3):
        answer = _get(real_service, scene.person, url, query)
        assert answer.status_code == 200, answer.text
        _validate(operation, answer)
        cursor = (
            None if operation["operationId"] in {*FILES, *CALENDARS} else answer.json().get("next_cursor")
        )
        if cursor is None:
            break
        query["cursor"] = cursor
    if _takes(operation, "If-None-Match"):
        again = _get(real_service, scene.person, url, query, If_None_Match=answer.headers["ETag"])
        assert (again.status_code, again.content) == (304, b"")
        _validate(operation, again)


@pytest.mark.parametrize(
    "listed", ["indicators", "obligations", "results", "entities", "programmes", "users"]
)
def test_everything_that_is_listed_is_as_the_contract_says(real_service: Service, listed: str) -> None:
    """All of it to the last page, and a single resource for each of the first hundred."""
    operation = CONTRACT["paths"][f"/v1/{listed}"]["get"]
    single = CONTRACT["paths"][f"/v1/{listed}/{{id}}"]["get"]
    query: dict[str, Any] = {"limit": 200}
    seen: list[str] = []
    while True:
        answer = _get(real_service, UNIT_EDITOR, f"/v1/{listed}", query)
        _validate(operation, answer)
        seen += [item["id"] for item in answer.json()["items"]]
        if answer.json()["next_cursor"] is None:
            break
        query["cursor"] = answer.json()["next_cursor"]
    assert seen
    assert len(set(seen)) == len(seen)
    for found in seen[:100]:
        _validate(single, _get(real_service, UNIT_EDITOR, f"/v1/{listed}/{found}", {}))


@pytest.mark.parametrize(("method", "path"), PROTECTED)
def test_nothing_but_what_is_public_is_answered_without_a_token(
    real_service: Service, method: str, path: str
) -> None:
    url = path.replace("{id}", "019a0000-0000-7000-8000-000000000001")
    for said in ({}, *({"Authorization": token} for token in NO_TOKENS)):
        answer = real_service.http.request(method, url, headers=said)
        assert answer.status_code == 401, answer.text
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")
        _validate(CONTRACT["paths"][path][method], answer)


def _get(
    service: Service, person: str | None, url: str, query: dict[str, Any], **headers: str
) -> httpx.Response:
    asked = str(httpx.URL(url, params=query)) if query else url
    return service.call(person, "GET", asked, **headers)


def _validate(operation: dict[str, Any], answer: httpx.Response) -> None:
    """Status, media type, headers and body are those that the contract declares."""
    declared = dict(_answers(operation))
    assert answer.status_code in declared, f"{answer.status_code} is not declared: {answer.text}"
    promised = declared[answer.status_code]
    for name, header in promised["headers"].items():
        if name in answer.headers:
            said: Any = answer.headers[name]
            schema = _resolved(header)["schema"]
            _check(schema, int(said) if schema["type"] == "integer" else said, name)
    if "content" not in promised or answer.request.method == "HEAD":
        assert answer.content == b""
        return
    if operation["operationId"] in FILES and answer.is_success:
        assert answer.headers["Content-Type"] in promised["content"]
        assert promised["headers"].keys() - {
            "RateLimit",
            "RateLimit-Policy",
            "Access-Control-Allow-Origin",
        } <= {name.title() if name != "etag" else "ETag" for name in answer.headers}
        return
    media_type, media = next(iter(promised["content"].items()))
    assert answer.headers["Content-Language"] in ("ar", "en")
    if operation["operationId"] in CALENDARS and answer.is_success:
        assert answer.headers["Content-Type"] == f"{media_type}; charset=utf-8"
        assert answer.text.startswith("BEGIN:VCALENDAR\r\n")
        return
    assert answer.headers["Content-Type"] == media_type
    _check(media["schema"], answer.json(), str(answer.request.url))


def _check(schema: dict[str, Any], said: Any, where: str) -> None:
    registry = Registry[Any]().with_resource(BASE_URI, DRAFT202012.create_resource(CONTRACT))
    faults = Draft202012Validator(_absolute(schema), registry=registry, format_checker=FORMATS).iter_errors(
        said
    )
    assert [f"{where}: {fault.json_path}: {fault.message}" for fault in faults] == []


def _absolute(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema with its reference into the contract as the registry names it."""
    return {**schema, "$ref": f"{BASE_URI}{schema['$ref']}"} if "$ref" in schema else schema


def _answers(operation: dict[str, Any]) -> Iterator[tuple[int, dict[str, Any]]]:
    for status, answer in operation["responses"].items():
        yield int(status), _resolved(answer)


def _schema(answer: dict[str, Any]) -> dict[str, Any]:
    """The schema of an answer's JSON body."""
    return _resolved(answer.get("content", {}).get("application/json", {}).get("schema", {}))


def _resolved(node: dict[str, Any]) -> dict[str, Any]:
    if "$ref" not in node:
        return node
    found: Any = CONTRACT
    for part in node["$ref"].removeprefix("#/").split("/"):
        found = found[part]
    return _resolved(found)


def _takes(operation: dict[str, Any], name: str) -> bool:
    return any(parameter.get("name") == name for parameter in operation["parameters"])


def _nodes(node: Any) -> Iterator[dict[str, Any]]:
    """Every object of the document."""
    if isinstance(node, dict):
        yield node
    for child in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from _nodes(child)
