"""Entities, people, role plans and service accounts: every person of the cast, every action."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import count
from uuid import uuid4

import httpx
import pytest

from app import clock
from app.enums import DivisionFunction, Role, Tenure
from tests.api import Api
from tests.factories.world import LONG_AGO
from tests.role_matrix.cast import Cast, account
from tests.role_matrix.expectation import group_of, table, tables
from tests.role_matrix.refusals import Case, disagreements
from tests.role_matrix.results import REASON, done

_numbers = count(1)
_POSTS = {"acting_head": Role.HEAD, "acting_manager": Role.MANAGER}


@dataclass(frozen=True)
class Asked:
    """A request, but for who sends it and for the letter that may go with it."""

    method: str
    path: str
    body: dict[str, object] | None = None
    etag: str | None = None
    key: bool = False

    async def send(self, api: Api, letter: dict[str, object] | None) -> httpx.Response:
        """Send it."""
        body = {**(self.body or {}), "decision": letter} if letter else self.body
        headers = {"If-Match": self.etag} if self.etag else {}
        if self.key:
            headers["Idempotency-Key"] = uuid4().hex
        if self.method == "PATCH":
            headers["Content-Type"] = "application/merge-patch+json"
        return await api.send(self.method, self.path, json=body, headers=headers)


QUESTIONS = [(name, column) for name, each in tables("office").items() for column in each.states]


@pytest.mark.parametrize(("name", "column"), QUESTIONS)
async def test_every_action(cast: Cast, name: str, column: str) -> None:
    """Each person gets exactly the status of the table; what is refused writes nothing."""
    lines = table("office", name)
    make = MAKERS[name]
    shared = await make(cast, column)
    cases = []
    for who in cast.everybody:
        for said in _said(lines.keys, who, name):
            asked = {"who": who, **({"said": said} if "said" in lines.keys else {})}
            letter = _letter(cast, name) if said == "letter" else None

            async def fresh(who: str = who, letter: dict[str, object] | None = letter) -> httpx.Response:
                return await (await make(cast, column)).send(cast.api(who), letter)

            cases.append(
                Case(
                    f"{who} ({group_of()[who]}) {name} {column} {said}",
                    lines.answer(column, **asked),
                    lambda who=who, letter=letter: shared.send(cast.api(who), letter),
                    fresh,
                )
            )
    found = await disagreements(cast.world.owner, cases)
    assert not found, "\n".join([f"{len(found)} of {len(cases)}:", *found])


def _said(keys: tuple[str, ...], who: str, name: str) -> tuple[str, ...]:
    """What may go with the request: a letter is brought by the head's office of the place alone."""
    records = "unit_head_office" if name.endswith("in UNIT") else "head_office"
    return ("nothing", "letter") if "said" in keys and who == records else ("nothing",)


def _letter(cast: Cast, name: str) -> dict[str, object]:
    head = cast.people["unit_head" if name.endswith("in UNIT") else "head"]
    return {
        "decided_by_id": str(head.id),
        "letter_number": "١٢/٢٠٢٦",
        "letter_date": clock.today().isoformat(),
    }


def _in(days: int) -> str:
    return (datetime.now(UTC) + timedelta(days=days)).isoformat()


async def _etag(cast: Cast, who: str, path: str) -> str:
    return await cast.api(who).etag(path)


async def _catalogue(cast: Cast, column: str) -> Asked:
    entity = f"/v1/entities/{cast.entity.id}"
    paths = {
        "entity": entity,
        "division": f"/v1/divisions/{cast.in_charge.id}",
        "divisions": f"{entity}/divisions",
    }
    return Asked("GET", paths[column])


async def _entity_create(cast: Cast, _: str) -> Asked:
    body = {
        "code": f"M{next(_numbers)}",
        "name_ar": "وزارة العمل",
        "name_en": "Ministry of Labour",
        "kind": "ministry",
    }
    return Asked("POST", "/v1/entities", body, key=True)


async def _entity_edit(cast: Cast, _: str) -> Asked:
    entity = await cast.world.entity()
    path = f"/v1/entities/{entity.id}"
    body = {"name_en": f"Ministry of Labour {next(_numbers)}"}
    return Asked("PATCH", path, body, await _etag(cast, "administrator", path))


async def _division_create(cast: Cast, _: str) -> Asked:
    body = {
        "code": f"N{next(_numbers)}",
        "name_ar": "دائرة التخطيط",
        "name_en": "Planning directorate",
        "function": "other",
    }
    return Asked("POST", f"/v1/entities/{cast.entity.id}/divisions", body, key=True)


async def _division_edit(cast: Cast, _: str) -> Asked:
    division = await cast.world.division(cast.entity, DivisionFunction.OTHER)
    path = f"/v1/divisions/{division.id}"
    body = {"name_en": f"Planning and studies {next(_numbers)}"}
    return Asked("PATCH", path, body, await _etag(cast, "administrator", path))


def _holiday(**said: object) -> dict[str, object]:
    day = date(2031, 1, 1) + timedelta(days=next(_numbers))
    return {"day": day.isoformat(), "name_ar": "عيد الفطر", "name_en": "Eid al-Fitr", **said}


async def _holiday_create(_: Cast, __: str) -> Asked:
    return Asked("POST", "/v1/holidays", _holiday(), key=True)


async def _holiday_in(cast: Cast, state: str) -> tuple[str, str]:
    unit = cast.api("unit_editor")
    made = done(await unit.create("/v1/holidays", _holiday()))
    path, etag = made.headers["Location"], made.headers["ETag"]
    if state == "cancelled":
        etag = done(await unit.step(f"{path}/cancel", etag, REASON)).headers["ETag"]
    return path, etag


async def _holiday_edit(cast: Cast, state: str) -> Asked:
    path, etag = await _holiday_in(cast, state)
    return Asked("PATCH", path, {"name_en": f"Eid {next(_numbers)}"}, etag)


async def _holiday_cancel(cast: Cast, state: str) -> Asked:
    path, etag = await _holiday_in(cast, state)
    return Asked("POST", f"{path}/cancel", dict(REASON), etag)


async def _user_create(cast: Cast, _: str) -> Asked:
    body = {
        "email": f"new{next(_numbers)}@test.mutabaa.example",
        "name_ar": "مريم البلوشية",
        "name_en": "Maryam",
    }
    return Asked("POST", "/v1/users", body)


async def _user_path(cast: Cast) -> tuple[str, str]:
    path = f"/v1/users/{(await cast.world.user()).id}"
    return path, await _etag(cast, "administrator", path)


async def _user_read(cast: Cast, _: str) -> Asked:
    return Asked("GET", (await _user_path(cast))[0])


async def _user_edit(cast: Cast, _: str) -> Asked:
    path, etag = await _user_path(cast)
    return Asked("PATCH", path, {"name_en": f"Maryam {next(_numbers)}"}, etag)


async def _user_invite(cast: Cast, _: str) -> Asked:
    path, etag = await _user_path(cast)
    return Asked("POST", f"{path}/invite", None, etag)


async def _membership_create(cast: Cast, column: str) -> Asked:
    body: dict[str, object] = {"user_id": str((await cast.world.user()).id), "role": column}
    if column in _POSTS:
        body |= {"role": _POSTS[column].value, "tenure": "acting", "ends_at": _in(20)}
    if column.startswith("division_"):
        body["division_id"] = str(cast.in_charge.id)
    place = cast.unit if column.startswith("unit_") else cast.entity
    return Asked("POST", f"/v1/entities/{place.id}/memberships", body, key=True)


async def _membership_end(cast: Cast, column: str) -> Asked:
    person = await cast.world.user()
    role = Role.MANAGER if column == "acting_manager" else Role(column.removesuffix("_ended"))
    if column == "acting_manager":
        until = datetime.now(UTC) + timedelta(days=30)
        made = await cast.world.appoint(
            person, role, cast.entity, tenure=Tenure.ACTING, starts_at=LONG_AGO, ends_at=until
        )
    elif role is Role.DIVISION_MEMBER:
        made = await cast.world.appoint(person, role, division=cast.in_charge)
    else:
        made = await cast.world.appoint(person, role, cast.entity)
    path = f"/v1/memberships/{made}"
    if column.endswith("_ended"):
        done(await cast.api("head").step(f"{path}/end", await _etag(cast, "head", path), REASON))
    return Asked("POST", f"{path}/end", dict(REASON), await _etag(cast, "head", path))


async def _assignment_create(cast: Cast, _: str) -> Asked:
    expert = await cast.world.person(Role.EXPERT, cast.entity)
    body = {"user_id": str(expert.id), "subject_id": str(cast.vision)}
    return Asked("POST", f"/v1/entities/{cast.entity.id}/assignments", body, key=True)


async def _assignment_end(cast: Cast, column: str) -> Asked:
    made = done(await (await _assignment_create(cast, column)).send(cast.api("manager"), None))
    return await _ending(cast, made, column)


async def _delegation_create(cast: Cast, _: str) -> Asked:
    specialist = await cast.world.person(Role.SPECIALIST, cast.entity)
    body = {
        "delegate_id": str(specialist.id),
        "action": "results.approve",
        "ends_at": _in(30),
        "reason": "إجازة اعتيادية",
    }
    return Asked("POST", f"/v1/entities/{cast.entity.id}/delegations", body, key=True)


async def _delegation_end(cast: Cast, column: str) -> Asked:
    made = done(await (await _delegation_create(cast, column)).send(cast.api("manager"), None))
    return await _ending(cast, made, column)


async def _ending(cast: Cast, made: httpx.Response, column: str) -> Asked:
    path, etag = made.headers["Location"], made.headers["ETag"]
    if column == "ended":
        etag = done(await cast.api("manager").step(f"{path}/end", etag, REASON)).headers["ETag"]
    return Asked("POST", f"{path}/end", dict(REASON), etag)


async def _role_plan(cast: Cast, state: str) -> tuple[str, str]:
    """A version in the state; whatever was being drafted is approved first, for there is one at a time."""
    await _finish_role_plan(cast)
    manager, head = cast.api("manager"), cast.api("head")
    made = done(await manager.create(f"/v1/entities/{cast.entity.id}/role-plans", {"note": "خطة الأدوار"}))
    path, etag = made.headers["Location"], made.headers["ETag"]
    if state != "draft":
        etag = done(await manager.step(f"{path}/submit", etag)).headers["ETag"]
    if state == "approved":
        etag = done(await head.step(f"{path}/approve", etag)).headers["ETag"]
    return path, etag


async def _finish_role_plan(cast: Cast) -> None:
    manager, head = cast.api("manager"), cast.api("head")
    listed = done(await manager.get(f"/v1/entities/{cast.entity.id}/role-plans")).json()["items"]
    for plan in [plan for plan in listed if plan["state"] != "approved"]:
        path = f"/v1/role-plans/{plan['id']}"
        if plan["state"] == "draft":
            done(await manager.step(f"{path}/submit", await manager.etag(path)))
        done(await head.step(f"{path}/approve", await head.etag(path)))


async def _role_plan_create(cast: Cast, column: str) -> Asked:
    if column == "another_open":
        await _role_plan(cast, "draft")
    else:
        await _finish_role_plan(cast)
    return Asked("POST", f"/v1/entities/{cast.entity.id}/role-plans", {"note": "خطة الأدوار"}, key=True)


async def _role_plan_edit(cast: Cast, state: str) -> Asked:
    path, etag = await _role_plan(cast, state)
    return Asked("PATCH", path, {"note": f"خطة الأدوار {next(_numbers)}"}, etag)


def _role_plan_step(verb: str, body: dict[str, object] | None) -> Callable[[Cast, str], Awaitable[Asked]]:
    async def make(cast: Cast, state: str) -> Asked:
        path, etag = await _role_plan(cast, state)
        return Asked("POST", f"{path}/{verb}", body, etag)

    return make


_OF_PROGRAMS = {
    "reading_the_catalogue": "catalogue.read",
    "naming_divisions": "indicators.put_in_charge",
    "activating_definitions": "definitions.activate",
    "entering_entities": "entities.create",
    "entering_people": "users.create",
}


async def _account_create(_: Cast, column: str) -> Asked:
    body: dict[str, object] = {
        "name": "لوحة المتابعة",
        "permissions": [_OF_PROGRAMS.get(column, "results.read")],
        "expires_at": _in(370 if column == "beyond_a_year" else 30),
    }
    return Asked("POST", "/v1/service-accounts", body)


async def _account_end(cast: Cast, column: str) -> Asked:
    maker = cast.people["manager" if column == "of_manager" else "specialist"]
    await account(maker, ["catalogue.read"])
    newest = done(await maker.api.get("/v1/service-accounts")).json()["items"][0]["id"]
    path = f"/v1/service-accounts/{newest}"
    if column == "ended":
        done(await maker.api.step(f"{path}/end", await maker.api.etag(path)))
    return Asked("POST", f"{path}/end", None, await maker.api.etag(path))


MAKERS: dict[str, Callable[[Cast, str], Awaitable[Asked]]] = {
    "catalogue.read": _catalogue,
    "entities.create": _entity_create,
    "entities.edit": _entity_edit,
    "divisions.create": _division_create,
    "divisions.edit": _division_edit,
    "holidays.create": _holiday_create,
    "holidays.edit": _holiday_edit,
    "holidays.cancel": _holiday_cancel,
    "users.read": _user_read,
    "users.create": _user_create,
    "users.edit": _user_edit,
    "users.invite": _user_invite,
    "memberships.create": _membership_create,
    "memberships.create in UNIT": _membership_create,
    "memberships.end": _membership_end,
    "assignments.create": _assignment_create,
    "assignments.end": _assignment_end,
    "delegations.create": _delegation_create,
    "delegations.end": _delegation_end,
    "role_plans.create": _role_plan_create,
    "role_plans.edit": _role_plan_edit,
    "role_plans.submit": _role_plan_step("submit", None),
    "role_plans.approve": _role_plan_step("approve", None),
    "role_plans.return": _role_plan_step("return", dict(REASON)),
    "service_accounts.create": _account_create,
    "service_accounts.end": _account_end,
}
