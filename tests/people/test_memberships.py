"""Appointing and ending, by whom each role asks for; rights begin and end with the clock."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from app import clock
from app.enums import DivisionFunction, Role, Tenure
from app.schemas.memberships import MembershipList, MembershipRead
from app.tokens import Claims
from tests.api import Api
from tests.factories.world import Division, Entity, Person, World

DAY = timedelta(days=1)


class Office:
    """An entity with its office, and an administrator."""

    entity: Entity
    planning: Division
    secretariat: Division
    people: dict[Role, Person]

    @property
    def path(self) -> str:
        return f"/v1/entities/{self.entity.id}/memberships"

    def __getitem__(self, role: Role) -> Person:
        return self.people[role]


async def made_office(world: World, entity: Entity) -> Office:
    made = Office()
    made.entity = entity
    made.planning = await world.division(entity, DivisionFunction.PLANNING)
    made.secretariat = await world.division(entity, DivisionFunction.HEAD_OFFICE)
    roles = (Role.HEAD, Role.HEAD_OFFICE, Role.MANAGER, Role.SPECIALIST, Role.EXPERT)
    made.people = {role: await world.person(role, entity) for role in roles}
    made.people[Role.ADMINISTRATOR] = await world.person(Role.ADMINISTRATOR)
    made.people[Role.DIVISION_HEAD] = await world.person(Role.DIVISION_HEAD, division=made.planning)
    return made


@pytest.fixture
async def office(world: World) -> Office:
    return await made_office(world, await world.entity())


def letter(head: Person) -> dict[str, Any]:
    return {"decided_by_id": str(head.id), "letter_number": "٣١/٢٠٢٦", "letter_date": "2026-01-15"}


def appointment(person: Person, role: Role, **more: Any) -> dict[str, Any]:
    return {"user_id": str(person.id), "role": role.value, **more}


async def rows(world: World) -> tuple[int, ...]:
    tables = ("subjects", "events", "memberships", "decisions", "idempotency_keys")
    return tuple([await world.owner.fetchval(f"select count(*) from {table}") for table in tables])


APPOINTERS = {
    # What is appointed -> who may. Written from the guide and the design, not from the table.
    "head": {Role.ADMINISTRATOR},
    "head_office": {Role.ADMINISTRATOR},
    "secretary": {Role.ADMINISTRATOR},
    "manager": {Role.HEAD, Role.HEAD_OFFICE},
    "acting_head": {Role.HEAD, Role.HEAD_OFFICE},
    "acting_manager": {Role.HEAD, Role.HEAD_OFFICE},
    "technical_representative": {Role.HEAD, Role.HEAD_OFFICE},
    "media_representative": {Role.HEAD, Role.HEAD_OFFICE},
    "expert": {Role.HEAD, Role.HEAD_OFFICE},
    "specialist": {Role.MANAGER},
    "division_head": {Role.MANAGER},
    "division_member": {Role.MANAGER},
}


@pytest.mark.parametrize("what", APPOINTERS)
async def test_each_role_has_its_appointer(world: World, office: Office, what: str) -> None:
    for role in office.people:
        person = await world.user()
        body: dict[str, Any] = appointment(person, Role.DIVISION_MEMBER)
        if what == "secretary":
            body["division_id"] = str(office.secretariat.id)
        elif what.startswith("acting_"):
            ends_at = (datetime.now(UTC) + DAY).isoformat()
            body |= {"role": what.removeprefix("acting_"), "tenure": "acting", "ends_at": ends_at}
        else:
            body["role"] = what
            if what.startswith("division_"):
                body["division_id"] = str(office.planning.id)
        if what in ("head", "manager"):
            # The post is taken until its present holder's end; appoint for afterwards.
            held = office[Role(what)].memberships[0]
            ends_at_row = datetime.now(UTC) + timedelta(hours=1)
            await world.owner.execute("update memberships set ends_at = $1 where id = $2", ends_at_row, held)
            body["starts_at"] = (datetime.now(UTC) + timedelta(days=10 + len(office.people))).isoformat()
        if role is Role.HEAD_OFFICE:
            body["decision"] = letter(office[Role.HEAD])
        before = await rows(world)
        answer = await office[role].api.create(office.path, body)
        if role in APPOINTERS[what]:
            assert answer.status_code == 201, (role, answer.text)
            read = MembershipRead.model_validate_json(answer.content)
            assert (read.decision_id is not None) == (role is Role.HEAD_OFFICE)
            await world.owner.execute("update memberships set ends_at = starts_at where id = $1", read.id)
        else:
            assert answer.status_code == 403, (role, answer.text)
            assert await rows(world) == before


async def test_an_appointed_manager_is_one_at_once(world: World, office: Office) -> None:
    person = await world.user()
    office_path = f"/v1/entities/{office.entity.id}/divisions"
    division = {"code": "NEW", "name_ar": "دائرة المشاريع", "name_en": "Projects", "function": "executing"}
    assert (await person.api.create(office_path, division)).status_code == 403
    ends_at = (datetime.now(UTC) + DAY).isoformat()
    body = appointment(person, Role.MANAGER, tenure="acting", ends_at=ends_at)
    made = await office[Role.HEAD].api.create(office.path, body)
    assert made.status_code == 201, made.text
    assert made.json()["state"] == "in_force"
    assert made.json()["actions"] == ["memberships.end"]
    assert (await person.api.create(office_path, division)).status_code == 201
    # Ended, it is gone at the next request, and what the holder sees of it stays.
    path = made.headers["Location"]
    ended = await office[Role.HEAD_OFFICE].api.step(
        f"{path}/end", made.headers["ETag"], {"reason": "عاد المدير", "decision": letter(office[Role.HEAD])}
    )
    assert ended.status_code == 200, ended.text
    assert (ended.json()["state"], ended.json()["actions"]) == ("ended", [])
    assert (await person.api.create(office_path, {**division, "code": "NEW2"})).status_code == 403
    own = await person.api.get(path)
    assert (own.status_code, own.json()["state"]) == (200, "ended")
    again = await office[Role.HEAD].api.step(f"{path}/end", ended.headers["ETag"], {"reason": "مرة أخرى"})
    assert (again.status_code, again.json()["code"]) == (409, "wrong_state")


async def test_an_acting_holder_begins_and_ends_with_the_clock(world: World, office: Office) -> None:
    person = await world.user()
    now = datetime.now(UTC)
    starts_at, ends_at = now + DAY, now + 8 * DAY
    body = appointment(
        person, Role.MANAGER, tenure="acting", starts_at=starts_at.isoformat(), ends_at=ends_at.isoformat()
    )
    made = await office[Role.HEAD].api.create(office.path, body)
    assert (made.status_code, made.json()["state"]) == (201, "planned")
    path = made.headers["Location"]

    async def seen(moment: datetime) -> tuple[int, str]:
        with clock.moved_to(moment):
            token = world.keys.issue(Claims(person.id, person.session_id), 600)
            api = Api(world.api.http, token, world.api.headers)
            looked_up = await api.get("/v1/users")
            return looked_up.status_code, (await api.get(path)).json()["state"]

    second = timedelta(seconds=1)
    assert await seen(now) == (403, "planned")
    assert await seen(starts_at - second) == (403, "planned")
    assert await seen(starts_at) == (200, "in_force")
    assert await seen(ends_at - second) == (200, "in_force")
    assert await seen(ends_at) == (403, "ended")


async def test_a_planned_membership_can_be_called_off(world: World, office: Office) -> None:
    person = await world.user()
    starts_at = datetime.now(UTC) + 5 * DAY
    made = await office[Role.MANAGER].api.create(
        office.path, appointment(person, Role.SPECIALIST, starts_at=starts_at.isoformat())
    )
    path = made.headers["Location"]
    early = {"reason": "لا حاجة", "ends_at": (starts_at - DAY).isoformat()}
    assert (
        await office[Role.MANAGER].api.step(f"{path}/end", made.headers["ETag"], early)
    ).status_code == 422
    ended = await office[Role.MANAGER].api.step(f"{path}/end", made.headers["ETag"], {"reason": "لا حاجة"})
    assert (ended.status_code, ended.json()["state"]) == (200, "ended")
    assert ended.json()["ends_at"] == ended.json()["starts_at"]
    # The same person may be appointed anew for the same time.
    again = await office[Role.MANAGER].api.create(
        office.path, appointment(person, Role.SPECIALIST, starts_at=starts_at.isoformat())
    )
    assert again.status_code == 201, again.text


async def test_a_post_has_one_holder_at_a_time(world: World, office: Office) -> None:
    person = await world.user()
    taken = await office[Role.HEAD].api.create(office.path, appointment(person, Role.MANAGER))
    assert (taken.status_code, taken.json()["code"]) == (409, "already_exists")
    twice = await office[Role.MANAGER].api.create(
        office.path, appointment(office[Role.SPECIALIST], Role.SPECIALIST)
    )
    assert (twice.status_code, twice.json()["code"]) == (409, "already_exists")


async def test_of_two_managers_at_once_one_wins(world: World) -> None:
    entity = await world.entity()
    head = await world.person(Role.HEAD, entity)
    path = f"/v1/entities/{entity.id}/memberships"
    people = [await world.user() for _ in range(8)]
    answers = await asyncio.gather(
        *[head.api.create(path, appointment(person, Role.MANAGER)) for person in people]
    )
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 7
    held = await world.owner.fetchval(
        "select count(*) from memberships where entity_id = $1 and role = 'manager'", entity.id
    )
    assert held == 1


async def test_nobody_appoints_themself(world: World, office: Office) -> None:
    ends_at = (datetime.now(UTC) + DAY).isoformat()
    acting = {"tenure": "acting", "ends_at": ends_at}
    for appointer, body in (
        (Role.ADMINISTRATOR, appointment(office[Role.ADMINISTRATOR], Role.HEAD_OFFICE)),
        (Role.HEAD, appointment(office[Role.HEAD], Role.MANAGER, **acting)),
        (Role.MANAGER, appointment(office[Role.MANAGER], Role.SPECIALIST)),
        (
            Role.HEAD_OFFICE,
            appointment(office[Role.HEAD_OFFICE], Role.MANAGER, **acting, decision=letter(office[Role.HEAD])),
        ),
        (
            Role.HEAD_OFFICE,
            appointment(office[Role.HEAD], Role.MANAGER, **acting, decision=letter(office[Role.HEAD])),
        ),
    ):
        before = await rows(world)
        refused = await office[appointer].api.create(office.path, body)
        assert refused.status_code == 403, refused.text
        assert await rows(world) == before


async def test_the_follow_up_units_people_are_appointed_there_only(world: World, office: Office) -> None:
    unit = await made_office(world, await world.entity(is_unit=True))
    person = await world.user()
    elsewhere = await office[Role.HEAD].api.create(office.path, appointment(person, Role.UNIT_EDITOR))
    assert elsewhere.status_code == 422
    assert elsewhere.json()["errors"][0]["code"] == "only_in_unit"
    by_manager = await unit[Role.MANAGER].api.create(unit.path, appointment(person, Role.UNIT_EDITOR))
    assert by_manager.status_code == 403
    made = await unit[Role.HEAD].api.create(unit.path, appointment(person, Role.UNIT_EDITOR))
    assert made.status_code == 201, made.text
    assert (await person.api.get("/v1/users")).status_code == 200
    actions = (await unit[Role.HEAD].api.get(f"/v1/entities/{unit.entity.id}")).json()["actions"]
    assert "memberships.appoint_unit" in actions
    elsewhere_actions = (await office[Role.HEAD].api.get(f"/v1/entities/{office.entity.id}")).json()[
        "actions"
    ]
    assert "memberships.appoint_unit" not in elsewhere_actions


@pytest.mark.parametrize(
    ("more", "pointer", "code"),
    [
        ({"role": "administrator"}, "#/role", "not_appointed_here"),
        ({"role": "minister"}, "#/role", "not_allowed"),
        ({"user_id": str(uuid4())}, "#/user_id", "unknown_reference"),
        ({"user_id": 7}, "#/user_id", "wrong_type"),
        ({"role": "division_member"}, "#/division_id", "missing"),
        ({"role": "division_member", "division_id": str(uuid4())}, "#/division_id", "unknown_reference"),
        ({"division_id": str(uuid4())}, "#/division_id", "out_of_place"),
        ({"starts_at": "2020-01-01T00:00:00Z"}, "#/starts_at", "in_the_past"),
        ({"starts_at": "2030-01-01T00:00:00"}, "#/starts_at", None),
        ({"starts_at": "0001-01-01T00:00:00+14:00"}, "#/starts_at", "invalid_value"),
        ({"ends_at": "9999-12-31T23:59:59-14:00"}, "#/ends_at", "invalid_value"),
        ({"ends_at": "2020-01-01T00:00:00Z"}, "#/ends_at", "before_start"),
        ({"tenure": "acting"}, "#/tenure", "not_a_post"),
        ({"parties": ["unit"]}, "#/parties", "unknown_field"),
        ({"decision": {"decided_by_id": str(uuid4())}}, "#/decision/letter_number", "missing"),
    ],
)
async def test_bad_appointments_are_refused_with_their_place(
    world: World, office: Office, more: dict[str, Any], pointer: str, code: str | None
) -> None:
    body = {**appointment(await world.user(), Role.SPECIALIST), **more}
    before = await rows(world)
    refused = await office[Role.MANAGER].api.create(office.path, body)
    assert refused.status_code == 422, refused.text
    faults = {fault["pointer"]: fault["code"] for fault in refused.json()["errors"]}
    assert pointer in faults
    if code is not None:
        assert faults[pointer] == code
    assert await rows(world) == before


async def test_blocked_people_and_foreign_divisions_are_refused(world: World, office: Office) -> None:
    blocked = await world.user()
    await world.owner.execute("update users set is_active = false where id = $1", blocked.id)
    refused = await office[Role.MANAGER].api.create(office.path, appointment(blocked, Role.SPECIALIST))
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (422, "blocked")
    foreign = await world.division(await world.entity())
    body = appointment(await world.user(), Role.DIVISION_MEMBER, division_id=str(foreign.id))
    refused = await office[Role.MANAGER].api.create(office.path, body)
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (422, "unknown_reference")
    letter_out_of_place = appointment(await world.user(), Role.SPECIALIST, decision=letter(office[Role.HEAD]))
    refused = await office[Role.MANAGER].api.create(office.path, letter_out_of_place)
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (422, "not_recorded")


async def test_who_sees_memberships(world: World, office: Office) -> None:
    unit = await world.entity(is_unit=True)
    national = await world.person(Role.UNIT_SPECIALIST, unit)
    foreign = await world.person(Role.MANAGER, await world.entity())
    path = f"/v1/memberships/{office[Role.EXPERT].memberships[0]}"
    everybody = 6  # the office's five and the division's head
    for person, one, listed in (
        (office[Role.HEAD], 200, everybody),
        (office[Role.HEAD_OFFICE], 200, everybody),
        (office[Role.MANAGER], 200, everybody),
        (office[Role.SPECIALIST], 200, everybody),
        (office[Role.ADMINISTRATOR], 200, everybody),
        (national, 200, everybody),
        (office[Role.EXPERT], 200, 1),
        (office[Role.DIVISION_HEAD], 404, 1),
        (foreign, 404, 0),
    ):
        assert (await person.api.get(path)).status_code == one
        answer = await person.api.get(office.path)
        MembershipList.model_validate_json(answer.content)
        assert len(answer.json()["items"]) == listed
        if person is not office[Role.HEAD]:
            # With a version that is not the present one: who is entitled learns that, and nobody ends it.
            end = await person.api.step(f"{path}/end", '"9.x"', {"reason": "انتهى"})
            entitled = person is office[Role.HEAD_OFFICE]
            assert end.status_code == (404 if one == 404 else 412 if entitled else 403)
    managers = (await office[Role.HEAD].api.get(office.path, role="manager")).json()["items"]
    assert [item["user"]["id"] for item in managers] == [str(office[Role.MANAGER].id)]
    theirs = (await office[Role.HEAD].api.get(office.path, user_id=str(office[Role.EXPERT].id))).json()[
        "items"
    ]
    assert [item["role"] for item in theirs] == ["expert"]
    then = (await office[Role.HEAD].api.get(office.path, in_force_at="2024-01-01T00:00:00Z")).json()["items"]
    assert then == []
    assert (
        await office[Role.HEAD].api.get(office.path, in_force_at="2024-01-01T00:00:00")
    ).status_code == 422
    assert (await office[Role.HEAD].api.get(f"/v1/entities/{uuid4()}/memberships")).status_code == 404
    paged: list[str] = []
    params: dict[str, Any] = {"limit": 4}
    while True:
        page = (await office[Role.HEAD].api.get(office.path, **params)).json()
        paged += [item["id"] for item in page["items"]]
        if page["next_cursor"] is None:
            break
        params["cursor"] = page["next_cursor"]
    assert len(paged) == len(set(paged)) == everybody


async def test_nobody_ends_an_administrator_here(world: World, office: Office) -> None:
    other = await world.person(Role.ADMINISTRATOR)
    path = f"/v1/memberships/{other.memberships[0]}"
    seen = await office[Role.ADMINISTRATOR].api.get(path)
    assert (seen.status_code, seen.json()["entity"], seen.json()["actions"]) == (200, None, [])
    refused = await office[Role.ADMINISTRATOR].api.step(f"{path}/end", seen.headers["ETag"], {"reason": "س"})
    assert refused.status_code == 403


async def test_a_retry_appoints_once(world: World, office: Office) -> None:
    body, key = appointment(await world.user(), Role.SPECIALIST), uuid4().hex
    answers = [await office[Role.MANAGER].api.create(office.path, body, key=key) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [201, 201, 201]
    assert len({answer.content for answer in answers}) == 1
    assert (await office[Role.MANAGER].api.send("POST", office.path, json=body)).status_code == 400


async def test_ending_races_with_ending(world: World, office: Office) -> None:
    path = f"/v1/memberships/{office[Role.EXPERT].memberships[0]}"
    etag = await office[Role.HEAD].api.etag(path)
    answers = await asyncio.gather(
        *[office[Role.HEAD].api.step(f"{path}/end", etag, {"reason": "انتهى التكليف"}) for _ in range(6)]
    )
    codes = sorted(answer.status_code for answer in answers)
    assert codes[0] == 200
    assert set(codes[1:]) <= {409, 412}
    ends = await world.owner.fetchval(
        "select count(*) from events where subject_id = $1 and action = 'memberships.end'",
        office[Role.EXPERT].memberships[0],
    )
    assert ends == 1


async def test_an_end_to_come_can_be_brought_forward_but_not_put_off(world: World, office: Office) -> None:
    path = f"/v1/memberships/{office[Role.SPECIALIST].memberships[0]}"
    api = office[Role.MANAGER].api
    later = datetime.now(UTC) + 30 * DAY
    first = await api.step(
        f"{path}/end", await api.etag(path), {"reason": "نقل", "ends_at": later.isoformat()}
    )
    assert (first.status_code, first.json()["state"]) == (200, "in_force")
    assert (await office[Role.SPECIALIST].api.get(path)).status_code == 200
    off = {"reason": "تأجيل", "ends_at": (later + DAY).isoformat()}
    refused = await api.step(f"{path}/end", first.headers["ETag"], off)
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (422, "not_earlier")
    now = await api.step(f"{path}/end", first.headers["ETag"], {"reason": "الآن"})
    assert (now.status_code, now.json()["state"]) == (200, "ended")


async def test_a_division_of_the_heads_office_is_no_way_into_it(world: World, office: Office) -> None:
    """Whoever works in a division with that function records the head's decisions: not the manager's to give."""
    person = await world.user()
    body = appointment(person, Role.DIVISION_MEMBER, division_id=str(office.secretariat.id))
    assert (await office[Role.MANAGER].api.create(office.path, body)).status_code == 403
    assert (await office[Role.ADMINISTRATOR].api.create(office.path, body)).status_code == 201
    member = (await office[Role.ADMINISTRATOR].api.get(office.path, user_id=str(person.id))).json()["items"][
        0
    ]
    manager_sees = await office[Role.MANAGER].api.get(f"/v1/memberships/{member['id']}")
    assert manager_sees.json()["actions"] == []


async def test_acting_holders_are_dated_and_of_posts(world: World, office: Office) -> None:
    person = await world.user()
    undated = await office[Role.HEAD].api.create(
        office.path, appointment(person, Role.MANAGER, tenure=Tenure.ACTING.value)
    )
    assert (undated.status_code, undated.json()["errors"][0]["pointer"]) == (422, "#/ends_at")
