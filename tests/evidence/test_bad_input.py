"""Bad input about evidence: a precise refusal in the reader's language, nothing written, never a 500."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from tests.core.refusals import client_of, forged_cursor, refused, written
from tests.evidence.bringing import Proof, announced, announcement, submitted
from tests.factories.world import World
from tests.results.office import Office

LONG = "ع" * 100_000
TEXT = "كشف\u0000إنجاز"


@dataclass(frozen=True)
class Ground:
    """What the bodies name."""

    office: Office
    other: Office
    draft: UUID
    waiting: Proof
    brought: Proof


@pytest.fixture(scope="module")
async def ground(world: World) -> Ground:
    """A draft with evidence that waits for its file, and evidence that has it."""
    office = await Office.make(world)
    figure = await office.draft()
    return Ground(
        office,
        await Office.make(world),
        figure.id,
        await announced(office.enterer, figure),
        await submitted(office.enterer, figure),
    )


@pytest.fixture(autouse=True)
async def nothing_is_written(
    ground: Ground, owner: "asyncpg.Connection[asyncpg.Record]"
) -> AsyncIterator[None]:
    """Around every test of this module."""
    before = await written(owner)
    yield
    assert await written(owner) == before


ANNOUNCED = (
    ("subject_id", "x", "#/subject_id"),
    ("subject_id", None, "#/subject_id"),
    ("subject_id", "019a0000-0000-7000-8000-000000000000", "#/subject_id"),
    ("kind", "video", "#/kind"),
    ("kind", None, "#/kind"),
    ("title", "", "#/title"),
    ("title", "   ", "#/title"),
    ("title", "\u200f\u202e", "#/title"),
    ("title", LONG[:301], "#/title"),
    ("title", TEXT, "#/title"),
    ("title", 7, "#/title"),
    ("note", LONG[:2001], "#/note"),
    ("note", TEXT, "#/note"),
    ("classification", "secret", "#/classification"),
    ("state", "verified", "#/state"),
    ("sha256", "0" * 64, "#/sha256"),
    ("file_name", "x.pdf", "#/file_name"),
)


@pytest.mark.parametrize(("name", "value", "pointer"), ANNOUNCED)
async def test_a_bad_announcement(ground: Ground, name: str, value: Any, pointer: str) -> None:
    async with client_of(ground.office.enterer.api) as http:
        body = announcement(ground.draft) | {name: value}
        problem = await refused(http, "POST", "/v1/evidence", 422, "invalid", json=body)
    assert [item.pointer for item in problem.errors or ()] == [pointer]


async def test_what_takes_no_evidence_is_an_unknown_reference(ground: Ground) -> None:
    """An indicator, a person, evidence itself, and a draft of others are told apart for nobody."""
    office = ground.office
    for subject in (office.indicator, office.enterer.id, ground.waiting.id, ground.other.indicator):
        async with client_of(office.enterer.api) as http:
            body = announcement(subject)
            problem = await refused(http, "POST", "/v1/evidence", 422, "invalid", json=body)
        assert [item.code for item in problem.errors or ()] == ["unknown_reference"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("kind", None),
        ("title", None),
        ("classification", None),
        ("title", ""),
        ("file", {}),
        ("state", "verified"),
    ],
)
async def test_a_bad_description(ground: Ground, name: str, value: Any) -> None:
    api = ground.office.enterer.api
    said = {"If-Match": await api.etag(ground.waiting.path), "Content-Type": "application/merge-patch+json"}
    async with client_of(api, **said) as http:
        problem = await refused(http, "PATCH", ground.waiting.path, 422, "invalid", json={name: value})
    assert [item.pointer for item in problem.errors or ()] == [f"#/{name}"]


@pytest.mark.parametrize(
    "body", [{}, {"reason": ""}, {"reason": None}, {"reason": TEXT}, {"reason": LONG[:2001]}]
)
@pytest.mark.parametrize("verb", ["reject", "supersede"])
async def test_a_step_without_a_reason(ground: Ground, verb: str, body: dict[str, Any]) -> None:
    person = ground.office.specialist
    async with client_of(person.api, **{"If-Match": await person.api.etag(ground.brought.path)}) as http:
        problem = await refused(http, "POST", f"{ground.brought.path}/{verb}", 422, "invalid", json=body)
    assert [item.pointer for item in problem.errors or ()] == ["#/reason"]


@pytest.mark.parametrize(
    ("items", "pointer"),
    [
        (None, "#/items"),
        ([{"kind": "document"}], "#/items/0/minimum"),
        ([{"minimum": 0}], "#/items/0/minimum"),
        ([{"minimum": 21}], "#/items/0/minimum"),
        ([{"minimum": 1.5}], "#/items/0/minimum"),
        ([{"kind": "video", "minimum": 1}], "#/items/0/kind"),
        ([{"minimum": 1}] * 8, "#/items"),
        ([{"minimum": 1}] * 2, "#/items/1/kind"),
    ],
)
async def test_a_bad_requirement(ground: Ground, items: Any, pointer: str) -> None:
    path, manager = f"/v1/indicators/{ground.office.indicator}", ground.office.manager.api
    async with client_of(manager, **{"If-Match": await manager.etag(path)}) as http:
        problem = await refused(
            http, "POST", f"{path}/require-evidence", 422, "invalid", json={"items": items}
        )
    assert [item.pointer for item in problem.errors or ()] == [pointer]


@pytest.mark.parametrize(
    ("params", "name"),
    [
        ({}, "subject_id"),
        ({"subject_id": "x"}, "subject_id"),
        ({"state": "x"}, "state"),
        ({"kind": "x"}, "kind"),
        ({"limit": "0"}, "limit"),
        ({"cursor": "!"}, "cursor"),
        ({"cursor": "x" * 20}, "cursor"),
        ({"entity": "x"}, "entity"),
    ],
)
async def test_a_bad_list(ground: Ground, params: dict[str, str], name: str) -> None:
    asked = {"subject_id": str(ground.draft), **params} if params else {}
    async with client_of(ground.office.enterer.api) as http:
        problem = await refused(http, "GET", "/v1/evidence", 422, "invalid", params=asked)
    assert [item.parameter for item in problem.errors or ()] == [name]


@pytest.mark.parametrize("position", [("x",), (None,), (1,), (), ("a\0b",)])
async def test_a_forged_cursor(ground: Ground, position: tuple[Any, ...]) -> None:
    cursor = forged_cursor({"subject_id": ground.draft}, *position)
    asked = {"subject_id": str(ground.draft), "cursor": cursor}
    async with client_of(ground.office.enterer.api) as http:
        problem = await refused(http, "GET", "/v1/evidence", 422, "invalid", params=asked)
    assert [item.code for item in problem.errors or ()] == ["bad_cursor"]


async def test_the_order_of_refusals(ground: Ground) -> None:
    """404 before 403 before 428 before 412 before 409 before 422, as everywhere."""
    office, path = ground.office, f"{ground.waiting.path}/verify"
    bad = {"reason": ""}
    for person, etag, status, code in (
        (ground.other.specialist, None, 404, "not_found"),
        (office.enterer, None, 403, "forbidden"),
        (office.specialist, None, 428, "precondition_required"),
        (office.specialist, '"99.x"', 412, "stale"),
        (office.specialist, await office.specialist.api.etag(ground.waiting.path), 409, "wrong_state"),
    ):
        async with client_of(person.api, **({"If-Match": etag} if etag else {})) as http:
            await refused(http, "POST", path, status, code, json=bad)
