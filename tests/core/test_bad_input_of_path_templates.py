"""Bad input about path templates: a precise refusal in the reader's language, nothing written, never a 500."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from app.enums import Role
from tests.core.refusals import client_of, forged_cursor, refused, written
from tests.factories.path_templates import APPROVED, DRAFTED, GROUPS, Drafting, template
from tests.factories.world import Person, World

LONG = "ع" * 100_000


@dataclass(frozen=True)
class Ground:
    """An entity with a template in each state, and a stranger."""

    office: Drafting
    stranger: Person
    paths: dict[str, str]


@pytest.fixture(scope="module")
async def ground(world: World) -> Ground:
    """What the tables name."""
    office = await Drafting.make(world)
    approved = await office.approved()
    paths = {
        "new": f"/v1/entities/{office.entity.id}/path-templates",
        "draft": await office.drafted(),
        "submitted": await office.submitted(),
        "approved": approved,
        "unknown": f"/v1/path-templates/{uuid4()}",
        "malformed": "/v1/path-templates/not-an-id",
    }
    return Ground(office, await world.person(Role.MANAGER, await world.entity()), paths)


@pytest.fixture(autouse=True)
async def nothing_is_written(
    ground: Ground, owner: "asyncpg.Connection[asyncpg.Record]"
) -> AsyncIterator[None]:
    """Around every test of this module."""
    before = await written(owner)
    yield
    assert await written(owner) == before


def stage(**fields: Any) -> list[Any]:
    """Groups whose first stage says something else."""
    return [[{**DRAFTED, **fields}], *GROUPS[1:]]


BODIES: list[tuple[dict[str, Any], str, str]] = [
    # (members beside a good body, pointer, code of the fault)
    ({"state": "approved"}, "#/state", "unknown_field"),
    ({"code": ""}, "#/code", "too_short"),
    ({"code": "خطة"}, "#/code", "bad_format"),
    ({"runs_on": "world"}, "#/runs_on", "not_allowed"),
    ({"runs_on": None}, "#/runs_on", "missing"),
    ({"chain": 7}, "#/chain", "not_allowed"),
    ({"title_ar": "\u200f"}, "#/title_ar", "bad_format"),
    ({"title_en": "a\0b"}, "#/title_en", "bad_format"),
    ({"title_en": LONG}, "#/title_en", "too_long"),
    ({"note": ""}, "#/note", "too_short"),
    ({"copied_from_id": "x"}, "#/copied_from_id", "wrong_type"),
    ({"copied_from_id": str(uuid4())}, "#/copied_from_id", "unknown_reference"),
    ({"groups": {}}, "#/groups", "wrong_type"),
    ({"groups": []}, "#/groups", "too_few"),
    ({"groups": [[]]}, "#/groups/0", "too_few"),
    ({"groups": [["draft"]]}, "#/groups/0/0", "wrong_type"),
    ({"groups": stage(state="open")}, "#/groups/0/0/state", "unknown_field"),
    ({"groups": stage(key="")}, "#/groups/0/0/key", "too_short"),
    ({"groups": stage(key="م-1")}, "#/groups/0/0/key", "bad_format"),
    ({"groups": stage(key=None)}, "#/groups/0/0/key", "wrong_type"),
    ({"groups": stage(kind="dance")}, "#/groups/0/0/kind", "not_allowed"),
    ({"groups": stage(title_ar=" ")}, "#/groups/0/0/title_ar", "bad_format"),
    ({"groups": stage(responsible=[])}, "#/groups/0/0/responsible", "too_few"),
    ({"groups": stage(responsible=[{"party": "nobody"}])}, "#/groups/0/0/responsible/0/party", "not_allowed"),
    (
        {"groups": stage(responsible=[{"party": "undersecretaries"}])},
        "#/groups/0/0/responsible/0/party",
        "outside",
    ),
    (
        {"groups": stage(responsible=[{"party": "division", "division_id": str(uuid4())}])},
        "#/groups/0/0/responsible/0/division_id",
        "unknown_reference",
    ),
    ({"groups": stage(due={"kind": "someday"})}, "#/groups/0/0/due/kind", "not_allowed"),
    (
        {"groups": stage(due={"kind": "date", "month": 13, "day": 1})},
        "#/groups/0/0/due/month",
        "too_large",
    ),
    (
        {"groups": stage(due={"kind": "date", "month": 4, "day": 31})},
        "#/groups/0/0/due/day",
        "no_such_day",
    ),
    (
        {"groups": stage(due={"kind": "date", "month": 1.5, "day": 1})},
        "#/groups/0/0/due/month",
        "wrong_type",
    ),
    ({"groups": stage(quorum={"of": "parties", "count": 1})}, "#/groups/0/0/quorum/count", "too_small"),
    ({"groups": stage(quorum={"of": "parties", "count": 2})}, "#/groups/0/0/quorum/count", "too_large"),
    ({"groups": stage(evidence=[{"minimum": 21}])}, "#/groups/0/0/evidence/0/minimum", "too_large"),
    ({"groups": stage(evidence=[{"kind": "song"}])}, "#/groups/0/0/evidence/0/kind", "not_allowed"),
    ({"groups": stage(fires="Drop")}, "#/groups/0/0/fires", "bad_format"),
    ({"groups": stage(fires="plans.drop")}, "#/groups/0/0/fires", "not_fireable"),
    ({"groups": [[dict(DRAFTED)]] * 61}, "#/groups", "too_many"),
    ({"groups": [[dict(DRAFTED)] * 81]}, "#/groups/0", "too_many"),
    ({"groups": [[dict(DRAFTED)], [dict(DRAFTED)]]}, "#/groups/1/0/key", "repeated"),
    (
        {"groups": [[dict(DRAFTED)], [{**APPROVED, "returns_to": ["approval"], "controls": []}]]},
        "#/groups/1/0/returns_to/0",
        "not_earlier",
    ),
]


@pytest.mark.parametrize(("said", "pointer", "code"), BODIES)
async def test_bodies(ground: Ground, said: dict[str, Any], pointer: str, code: str) -> None:
    async with client_of(ground.office.specialist.api) as http:
        problem = await refused(http, "POST", ground.paths["new"], 422, "invalid", json=template(**said))
    assert (pointer, code) in {(fault.pointer, fault.code) for fault in problem.errors or ()}
    if not {"groups", "title_ar", "note"} & said.keys():
        return
    api = ground.office.specialist.api
    headers = {
        "If-Match": await api.etag(ground.paths["draft"]),
        "Content-Type": "application/merge-patch+json",
    }
    async with client_of(api, **headers) as http:
        body = json.dumps(said).encode()
        problem = await refused(http, "PATCH", ground.paths["draft"], 422, "invalid", content=body)
    assert (pointer, code) in {(fault.pointer, fault.code) for fault in problem.errors or ()}


@pytest.mark.parametrize(
    ("thing", "verb", "person", "status", "code"),
    [
        ("unknown", "submit", "specialist", 404, "not_found"),
        ("draft", "submit", "stranger", 404, "not_found"),
        ("approved", "submit", "stranger", 404, "not_found"),
        ("draft", "submit", "head", 403, "forbidden"),
        ("draft", "withdraw", "specialist", 409, "wrong_state"),
        ("draft", "approve", "head", 409, "wrong_state"),
        ("submitted", "submit", "specialist", 409, "wrong_state"),
        ("submitted", "discard", "specialist", 409, "wrong_state"),
        ("submitted", "approve", "specialist", 403, "forbidden"),
        ("approved", "discard", "manager", 409, "wrong_state"),
    ],
)
async def test_steps_at_the_wrong_moment_or_by_the_wrong_person(
    ground: Ground, thing: str, verb: str, person: str, status: int, code: str
) -> None:
    who: Person = ground.stranger if person == "stranger" else getattr(ground.office, person)
    seen = {} if status == 404 else {"If-Match": await who.api.etag(ground.paths[thing])}
    async with client_of(who.api, **seen) as http:
        await refused(http, "POST", f"{ground.paths[thing]}/{verb}", status, code)


async def test_what_was_not_seen_is_not_changed(ground: Ground) -> None:
    api, path = ground.office.specialist.api, ground.paths["draft"]
    async with client_of(api) as http:
        await refused(http, "POST", f"{path}/submit", 428, "precondition_required")
    async with client_of(api, **{"If-Match": '"99.x"'}) as http:
        await refused(http, "POST", f"{path}/submit", 412, "stale")
        await refused(http, "PATCH", path, 412, "stale", json={"note": "ن"})
    async with client_of(api, **{"If-Match": '"99.x"'}) as http:
        await refused(
            http, "POST", f"{ground.paths['approved']}/new-version", 412, "stale", json={"note": "سبب"}
        )
    async with client_of(api, **{"Idempotency-Key": ""}) as http:
        await refused(http, "POST", ground.paths["new"], 400, "idempotency_key_required", json=template())
    async with client_of(ground.office.manager.api) as http:
        answer = await http.get(ground.paths["malformed"])
        assert answer.status_code in (404, 422)


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("runs_on=world", "runs_on"),
        ("state=finished", "state"),
        ("entity_id=x", "entity_id"),
        ("code=a%20b", "code"),
        ("q=", "q"),
        ("limit=0", "limit"),
        ("kind=plan", "kind"),
        ("cursor=bm9uc2Vuc2U", "cursor"),
        (f"state=model&cursor={forged_cursor({}, 'a', str(uuid4()))}", "cursor"),
        (f"cursor={forged_cursor({}, 'a', 'b')}", "cursor"),
        (f"cursor={forged_cursor({}, 1)}", "cursor"),
    ],
)
async def test_queries(ground: Ground, query: str, parameter: str) -> None:
    async with client_of(ground.office.manager.api) as http:
        problem = await refused(http, "GET", f"/v1/path-templates?{query}", 422, "invalid")
    assert parameter in {fault.parameter for fault in problem.errors or ()}
