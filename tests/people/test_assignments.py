"""Assignments and delegations over HTTP: what they give, and when it ends."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from app.enums import DivisionFunction, Role
from app.schemas.assignments import AssignmentList, AssignmentRead
from app.schemas.delegations import DelegationList, DelegationRead
from app.schemas.head_decisions import HeadDecisionList, HeadDecisionRead
from tests.factories.world import Entity, Person, World

DAY = timedelta(days=1)


class Office:
    """An entity with its office, an indicator and a draft of its result."""

    entity: Entity
    people: dict[Role, Person]
    indicator: str
    result: str

    def path(self, what: str) -> str:
        return f"/v1/entities/{self.entity.id}/{what}"

    def __getitem__(self, role: Role) -> Person:
        return self.people[role]


@pytest.fixture
async def office(world: World) -> Office:
    made = Office()
    made.entity = await world.entity()
    executing = await world.division(made.entity, DivisionFunction.EXECUTING)
    planning = await world.division(made.entity, DivisionFunction.PLANNING)
    roles = (
        Role.HEAD,
        Role.HEAD_OFFICE,
        Role.MANAGER,
        Role.SPECIALIST,
        Role.TECHNICAL_REPRESENTATIVE,
    )
    made.people = {role: await world.person(role, made.entity) for role in roles}
    made.people[Role.DIVISION_MEMBER] = await world.person(Role.DIVISION_MEMBER, division=executing)
    made.people[Role.DIVISION_HEAD] = await world.person(Role.DIVISION_HEAD, division=planning)
    made.indicator = str(await world.indicator(made.entity, executing))
    entered = await made[Role.DIVISION_MEMBER].api.create(
        f"/v1/indicators/{made.indicator}/results", {"period": "2024", "value": 12.5}
    )
    assert entered.status_code == 201, entered.text
    made.result = entered.json()["id"]
    return made


async def rows(world: World) -> tuple[int, ...]:
    tables = ("subjects", "events", "assignments", "delegations", "idempotency_keys")
    return tuple([await world.owner.fetchval(f"select count(*) from {table}") for table in tables])


async def test_a_representative_reads_what_they_are_assigned_while_they_are(office: Office) -> None:
    representative, manager = office[Role.TECHNICAL_REPRESENTATIVE], office[Role.MANAGER]
    result = f"/v1/results/{office.result}"
    assert (await representative.api.get(result)).status_code == 404
    body = {"user_id": str(representative.id), "subject_id": office.indicator}
    made = await manager.api.create(office.path("assignments"), body)
    assert made.status_code == 201, made.text
    read = AssignmentRead.model_validate_json(made.content)
    assert (read.subject_kind, str(read.indicator.id) if read.indicator else None) == (
        "indicator",
        office.indicator,
    )
    assert made.json()["actions"] == ["assignments.end"]
    assert (await representative.api.get(result)).status_code == 200
    path = made.headers["Location"]
    assert (await representative.api.get(path)).json()["actions"] == []
    etag = await representative.api.etag(path)
    assert (await representative.api.step(f"{path}/end", etag, {"reason": "س"})).status_code == 403
    ended = await manager.api.step(f"{path}/end", made.headers["ETag"], {"reason": "اكتمل العمل"})
    assert (ended.status_code, ended.json()["state"]) == (200, "ended")
    assert (await representative.api.get(result)).status_code == 404
    again = await manager.api.step(f"{path}/end", ended.headers["ETag"], {"reason": "س"})
    assert again.status_code == 409


async def test_a_result_is_assigned_by_who_sees_it(world: World, office: Office) -> None:
    representative, manager = office[Role.TECHNICAL_REPRESENTATIVE], office[Role.MANAGER]
    body = {"user_id": str(representative.id), "subject_id": office.result}
    made = await manager.api.create(office.path("assignments"), body)
    assert made.status_code == 201, made.text
    assert (made.json()["subject_kind"], made.json()["period"]) == ("result", "2024")
    assert (await representative.api.get(f"/v1/results/{office.result}")).status_code == 200
    twice = await manager.api.create(office.path("assignments"), body)
    assert (twice.status_code, twice.json()["code"]) == (409, "already_exists")
    # What a restricted result is about is said to who may read it; that somebody is assigned, to the office.
    await world.owner.execute(
        "update results set classification = 'restricted', parties_enter = array[parties_enter[1]] where id = $1",
        UUID(office.result),
    )
    for role, period in ((Role.HEAD_OFFICE, "2024"), (Role.SPECIALIST, None)):
        seen = (await office[role].api.get(made.headers["Location"])).json()
        assert seen["period"] == period
        assert (seen["indicator"] is None) == (period is None)


async def test_bad_assignments_are_refused_with_their_place(world: World, office: Office) -> None:
    manager, representative = office[Role.MANAGER], office[Role.TECHNICAL_REPRESENTATIVE]
    foreign_entity = await world.entity()
    stranger = await world.person(Role.EXPERT, foreign_entity)
    foreign = await world.indicator(foreign_entity)
    good = {"user_id": str(representative.id), "subject_id": office.indicator}
    for more, pointer, code in (
        ({"user_id": str(uuid4())}, "#/user_id", "unknown_reference"),
        ({"user_id": str(stranger.id)}, "#/user_id", "holds_no_role"),
        ({"subject_id": str(uuid4())}, "#/subject_id", "unknown_reference"),
        ({"subject_id": str(foreign)}, "#/subject_id", "unknown_reference"),
        ({"subject_id": str(office.entity.id)}, "#/user_id", "holds_no_role"),
        ({"subject_id": str(foreign_entity.id)}, "#/subject_id", "unknown_reference"),
        ({"starts_at": "2020-01-01T00:00:00Z"}, "#/starts_at", "in_the_past"),
        ({"ends_at": "2020-01-01T00:00:00Z"}, "#/ends_at", "before_start"),
        ({"note": "x"}, "#/note", "unknown_field"),
    ):
        before = await rows(world)
        refused = await manager.api.create(office.path("assignments"), {**good, **more})
        assert refused.status_code == 422, refused.text
        assert (refused.json()["errors"][0]["pointer"], refused.json()["errors"][0]["code"]) == (
            pointer,
            code,
        )
        assert await rows(world) == before
    for role in (Role.HEAD, Role.HEAD_OFFICE, Role.SPECIALIST, Role.DIVISION_HEAD):
        assert (await office[role].api.create(office.path("assignments"), good)).status_code == 403


async def test_who_sees_assignments(world: World, office: Office) -> None:
    representative = office[Role.TECHNICAL_REPRESENTATIVE]
    body = {"user_id": str(representative.id), "subject_id": office.indicator}
    made = await office[Role.MANAGER].api.create(office.path("assignments"), body)
    path = made.headers["Location"]
    unit = await world.person(Role.UNIT_SPECIALIST, await world.entity(is_unit=True))
    administrator = await world.person(Role.ADMINISTRATOR)
    for person, status in (
        (office[Role.HEAD], 200),
        (office[Role.HEAD_OFFICE], 200),
        (office[Role.MANAGER], 200),
        (office[Role.SPECIALIST], 200),
        (representative, 200),
        (office[Role.DIVISION_MEMBER], 404),
        (unit, 404),
        (administrator, 404),
    ):
        assert (await person.api.get(path)).status_code == status
        listed = await person.api.get(office.path("assignments"))
        AssignmentList.model_validate_json(listed.content)
        assert len(listed.json()["items"]) == (1 if status == 200 else 0)
    narrowed = await office[Role.HEAD].api.get(office.path("assignments"), subject_id=str(uuid4()))
    assert narrowed.json()["items"] == []


def delegation(delegate: Person, **more: Any) -> dict[str, Any]:
    return {
        "delegate_id": str(delegate.id),
        "action": "results.approve",
        "ends_at": (datetime.now(UTC) + 7 * DAY).isoformat(),
        "reason": "إجازة اعتيادية",
        **more,
    }


async def test_a_specialist_approves_while_the_manager_lets_them(office: Office) -> None:
    manager, specialist = office[Role.MANAGER], office[Role.SPECIALIST]
    result = f"/v1/results/{office.result}"
    for role, step in ((Role.DIVISION_MEMBER, "submit"), (Role.DIVISION_HEAD, "review")):
        taken = await office[role].api.step(f"{result}/{step}", await office[role].api.etag(result))
        assert taken.status_code == 200, taken.text
    etag = await specialist.api.etag(result)
    assert (await specialist.api.step(f"{result}/approve", etag)).status_code == 403
    made = await manager.api.create(office.path("delegations"), delegation(specialist))
    assert made.status_code == 201, made.text
    DelegationRead.model_validate_json(made.content)
    assert made.json()["delegator"]["id"] == str(manager.id)
    assert "results.approve" in (await specialist.api.get(result)).json()["actions"]
    path = made.headers["Location"]
    assert (await specialist.api.get(path)).json()["actions"] == []
    ended = await manager.api.step(f"{path}/end", made.headers["ETag"], {"reason": "عدت من الإجازة"})
    assert (ended.status_code, ended.json()["state"]) == (200, "ended")
    assert (await specialist.api.step(f"{result}/approve", etag)).status_code == 403
    again = await manager.api.create(office.path("delegations"), delegation(specialist))
    assert again.status_code == 201
    approved = await specialist.api.step(f"{result}/approve", await specialist.api.etag(result))
    assert approved.status_code == 200, approved.text


async def test_a_delegation_rests_on_the_delegators_post(world: World, office: Office) -> None:
    manager, specialist = office[Role.MANAGER], office[Role.SPECIALIST]
    made = await manager.api.create(
        office.path("delegations"), delegation(specialist, action="results.approve")
    )
    assert made.status_code == 201
    result = f"/v1/results/{office.result}"
    for role, step in ((Role.DIVISION_MEMBER, "submit"), (Role.DIVISION_HEAD, "review")):
        await office[role].api.step(f"{result}/{step}", await office[role].api.etag(result))
    assert "results.return" in (await specialist.api.get(result)).json()["actions"]
    membership = f"/v1/memberships/{manager.memberships[0]}"
    etag = await office[Role.HEAD].api.etag(membership)
    ended = await office[Role.HEAD].api.step(f"{membership}/end", etag, {"reason": "تكليف جديد"})
    assert ended.status_code == 200, ended.text
    assert "results.return" not in (await specialist.api.get(result)).json()["actions"]


async def test_a_delegation_to_come_can_be_called_off(office: Office) -> None:
    starts_at = datetime.now(UTC) + 2 * DAY
    body = delegation(office[Role.SPECIALIST], starts_at=starts_at.isoformat())
    made = await office[Role.MANAGER].api.create(office.path("delegations"), body)
    assert made.json()["state"] == "planned"
    ended = await office[Role.HEAD].api.step(
        f"{made.headers['Location']}/end", made.headers["ETag"], {"reason": "لا حاجة"}
    )
    assert (ended.status_code, ended.json()["state"]) == (200, "ended")
    assert ended.json()["ends_at"] == ended.json()["starts_at"]


async def test_bad_delegations_are_refused_with_their_place(world: World, office: Office) -> None:
    manager, specialist = office[Role.MANAGER], office[Role.SPECIALIST]
    in_two_years = (datetime.now(UTC) + 730 * DAY).isoformat()
    for more, pointer, code in (
        ({"delegate_id": str(office[Role.TECHNICAL_REPRESENTATIVE].id)}, "#/delegate_id", "not_a_specialist"),
        ({"delegate_id": str(manager.id)}, "#/delegate_id", "oneself"),
        ({"delegate_id": str(uuid4())}, "#/delegate_id", "unknown_reference"),
        ({"action": "results.create"}, "#/action", "invalid_value"),
        ({"action": "no such"}, "#/action", "bad_format"),
        ({"ends_at": in_two_years}, "#/ends_at", "too_long"),
        ({"ends_at": None}, "#/ends_at", "wrong_type"),
        ({"reason": ""}, "#/reason", "too_short"),
        ({"party": "head"}, "#/party", "unknown_field"),
    ):
        before = await rows(world)
        refused = await manager.api.create(office.path("delegations"), {**delegation(specialist), **more})
        assert refused.status_code == 422, refused.text
        assert (refused.json()["errors"][0]["pointer"], refused.json()["errors"][0]["code"]) == (
            pointer,
            code,
        )
        assert await rows(world) == before
    other = await world.person(Role.SPECIALIST, office.entity)
    for role in (Role.HEAD, Role.SPECIALIST, Role.DIVISION_HEAD):
        refused = await office[role].api.create(office.path("delegations"), delegation(other))
        assert refused.status_code == 403


async def test_who_sees_delegations(world: World, office: Office) -> None:
    made = await office[Role.MANAGER].api.create(
        office.path("delegations"), delegation(office[Role.SPECIALIST])
    )
    unit = await world.person(Role.UNIT_SPECIALIST, await world.entity(is_unit=True))
    for person, status in (
        (office[Role.HEAD], 200),
        (office[Role.SPECIALIST], 200),
        (office[Role.DIVISION_MEMBER], 404),
        (office[Role.TECHNICAL_REPRESENTATIVE], 404),
        (unit, 404),
    ):
        assert (await person.api.get(made.headers["Location"])).status_code == status
        listed = await person.api.get(office.path("delegations"))
        DelegationList.model_validate_json(listed.content)
        assert len(listed.json()["items"]) == (1 if status == 200 else 0)


async def test_recorded_decisions_say_who_decided_what(world: World, office: Office) -> None:
    head, recorder = office[Role.HEAD], office[Role.HEAD_OFFICE]
    letter = {"decided_by_id": str(head.id), "letter_number": "٤٤/٢٠٢٦", "letter_date": "2026-01-15"}
    paths = []
    for _ in range(3):
        person = await world.user()
        made = await recorder.api.create(
            office.path("memberships"), {"user_id": str(person.id), "role": "expert", "decision": letter}
        )
        assert made.status_code == 201, made.text
        paths.append((f"/v1/decisions/{made.json()['decision_id']}", made.json()["id"]))
    path, membership_id = paths[-1]
    read = await office[Role.MANAGER].api.get(path)
    decision = HeadDecisionRead.model_validate_json(read.content)
    assert (decision.action, str(decision.subject_id)) == ("memberships.appoint_office", membership_id)
    assert (decision.decided_by.id, decision.recorded_by.id) == (head.id, recorder.id)
    assert read.json()["actions"] == []
    unit = await world.person(Role.UNIT_SPECIALIST, await world.entity(is_unit=True))
    administrator = await world.person(Role.ADMINISTRATOR)
    for person, status in (
        (head, 200),
        (recorder, 200),
        (office[Role.SPECIALIST], 404),
        (unit, 404),
        (administrator, 404),
    ):
        assert (await person.api.get(path)).status_code == status
        listed = await person.api.get(office.path("decisions"))
        HeadDecisionList.model_validate_json(listed.content)
        expected = [each.rpartition("/")[2] for each, _ in reversed(paths)] if status == 200 else []
        assert [item["id"] for item in listed.json()["items"]] == expected
    page = (await head.api.get(office.path("decisions"), limit=2)).json()
    rest = (await head.api.get(office.path("decisions"), limit=2, cursor=page["next_cursor"])).json()
    assert (len(page["items"]), len(rest["items"]), rest["next_cursor"]) == (2, 1, None)
