"""The people of `expected/cast.md`, made in a database: one of each, in their entities and divisions."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from app import ids
from app.enums import DivisionFunction, Frequency, IndicatorLevel, Role, SubjectKind, Tenure
from tests.api import Api
from tests.factories.world import LONG_AGO, Division, Entity, Person, World
from tests.role_matrix.expectation import group_of

REPRESENTATIVES = (Role.TECHNICAL_REPRESENTATIVE, Role.MEDIA_REPRESENTATIVE, Role.EXPERT)
FUNCTIONS = (
    DivisionFunction.EXECUTING,
    DivisionFunction.PLANNING,
    DivisionFunction.FINANCE,
    DivisionFunction.COMMUNICATION,
)
READING_RESULTS = ["results.read", "indicators.read"]
READING = [*READING_RESULTS, "reopenings.read"]
OFFICE = [
    "catalogue.read",
    "definitions.read",
    "contributions.read",
    "contributions.invite",
    "obligations.read",
]


@dataclass(frozen=True)
class Cast:
    """The people by their keys, and those who bring subjects into their states without being tested."""

    world: World
    entity: Entity
    other: Entity
    unit: Entity
    in_charge: Division
    planning: Division
    other_division: Division
    people: dict[str, Person]
    main: UUID
    vision: UUID
    scorecard: UUID
    undivided: UUID
    clerk: Person
    reviewer: Person
    approver: Person

    def api(self, who: str) -> Api:
        """The client that speaks for a person of the cast."""
        return self.people[who].api

    @property
    def everybody(self) -> list[str]:
        """The keys of all people, as the cast's table has them."""
        return list(group_of())

    async def assign(self, who: str, subject_id: UUID) -> None:
        """Put a person to work on a subject, as the manager would."""
        await self.world.assign(self.people[who], subject_id, self.entity)

    async def assign_all(self, result_id: UUID) -> None:
        """Assign those who are there "on result"."""
        for who in self.people:
            if who.endswith("_on_result"):
                await self.assign(who, result_id)

    async def assign_to_indicator(self, indicator_id: UUID) -> None:
        """Assign those who are there "on indicator" to another indicator too."""
        for who in self.people:
            if who.endswith("_on_indicator"):
                await self.assign(who, indicator_id)


async def build(world: World) -> Cast:
    """Everybody, the entities and the indicators."""
    entity, other = await world.entity(), await world.entity()
    unit = await world.entity(is_unit=True)
    in_charge = await world.division(entity)
    people: dict[str, Person] = {}

    await _former(world, entity, people)
    people["manager"] = await world.user()
    await world.appoint(people["manager"], Role.MANAGER, entity, starts_at=datetime.now(UTC))
    for key, role in (
        ("head", Role.HEAD),
        ("head_office", Role.HEAD_OFFICE),
        ("specialist", Role.SPECIALIST),
    ):
        people[key] = await world.person(role, entity)
    for key, post in (("acting_manager", Role.MANAGER), ("acting_head", Role.HEAD)):
        people[key] = await _acting(world, post, entity)
    for key in ("specialist_delegation_over", "delegate"):
        people[key] = await world.person(Role.SPECIALIST, entity)
        delegation = await world.delegate(people["manager"], people[key], entity, "results.approve")
        if key == "specialist_delegation_over":
            await _end(world, "delegations", delegation)
    for key, division in (("in_charge", in_charge), *[(f.value, None) for f in FUNCTIONS]):
        place = division or await world.division(entity, DivisionFunction(key))
        people[f"division_head_{key}"] = await world.person(Role.DIVISION_HEAD, division=place)
        people[f"division_member_{key}"] = await world.person(Role.DIVISION_MEMBER, division=place)
        if key == "planning":
            planning = place
    for role in REPRESENTATIVES:
        for relation in ("", "_on_result", "_on_indicator"):
            people[f"{role.value}{relation}"] = await world.person(role, entity)
    people["expert_assignment_over"] = await world.person(Role.EXPERT, entity)

    await _unit(world, unit, people)
    other_division = await _elsewhere(world, other, people)
    third = await world.entity()
    people["third_manager"] = await world.person(Role.MANAGER, third)
    people["third_specialist"] = await world.person(Role.SPECIALIST, third)
    people["administrator"] = await world.person(Role.ADMINISTRATOR)
    people["nobody"] = await world.user()
    people["anonymous"] = Person(people["nobody"].id, "", people["nobody"].session_id, world.api)

    people["account_reading_manager"] = await account(people["manager"], READING)
    people["account_reading_in_charge"] = await account(people["division_member_in_charge"], READING_RESULTS)
    people["account_approving"] = await account(people["manager"], ["results.read", "results.approve"])
    people["account_catalogue"] = await account(people["manager"], ["catalogue.read"])
    people["account_office"] = await account(people["manager"], OFFICE)

    monthly = Frequency.MONTHLY
    main = await world.indicator(entity, in_charge, frequency=monthly)
    for who, person in people.items():
        if who.endswith("_on_indicator"):
            await world.assign(person, main, entity)
    over = await world.assign(people["expert_assignment_over"], main, entity)
    await _end(world, "assignments", over)
    assert set(people) == set(group_of()), set(people) ^ set(group_of())

    approver = await world.person(Role.SPECIALIST, entity)
    await world.delegate(people["manager"], approver, entity, "results.approve")
    return Cast(
        world,
        entity,
        other,
        unit,
        in_charge,
        planning,
        other_division,
        people,
        main=main,
        vision=await world.indicator(entity, in_charge, frequency=monthly, level=IndicatorLevel.VISION),
        scorecard=await world.indicator(entity, in_charge, frequency=monthly, in_scorecard=True),
        undivided=await world.indicator(entity, frequency=monthly),
        clerk=await world.person(Role.DIVISION_MEMBER, division=in_charge),
        reviewer=await world.person(Role.DIVISION_MEMBER, division=planning),
        approver=approver,
    )


async def account(maker: Person, permissions: list[str], entity: Entity | None = None) -> Person:
    """A service account that `maker` makes through the service, signed in by its secret."""
    made = await maker.api.send(
        "POST",
        "/v1/service-accounts",
        json={
            "name": "لوحة المتابعة",
            "permissions": permissions,
            "entity_id": str(entity.id) if entity else None,
            "expires_at": (datetime.now(UTC) + timedelta(days=30)).isoformat(),
        },
    )
    assert made.status_code == 201, made.text
    secret = made.json()
    token = await maker.api.http.post(
        "/v1/auth/token",
        data={
            "grant_type": "client_credentials",
            "client_id": secret["client_id"],
            "client_secret": secret["client_secret"],
        },
    )
    assert token.status_code == 200, token.text
    return Person(maker.id, maker.email, maker.session_id, maker.api.as_(token.json()["access_token"]))


async def holiday(world: World, day: date) -> UUID:
    """A public holiday of Oman."""
    made = ids.new()
    await world.subject(made, SubjectKind.HOLIDAY, None)
    await world.insert("holidays", id=made, day=day, name_ar="عطلة", name_en="Holiday", estimated=False)
    return made


async def _former(world: World, entity: Entity, people: dict[str, Person]) -> None:
    former = await world.person(Role.MANAGER, entity)
    people["former_manager"] = former
    people["account_of_former_manager"] = await account(
        former, [*READING, "results.approve", "results.decide_many"]
    )
    await _end(world, "memberships", former.memberships[0])
    expert = await world.person(Role.EXPERT, entity)
    people["former_expert_on_indicator"] = expert
    await _end(world, "memberships", expert.memberships[0])


async def _acting(world: World, post: Role, entity: Entity) -> Person:
    person = await world.user()
    until = datetime.now(UTC) + timedelta(days=30)
    await world.appoint(person, post, entity, tenure=Tenure.ACTING, starts_at=LONG_AGO, ends_at=until)
    return person


async def _unit(world: World, unit: Entity, people: dict[str, Person]) -> None:
    people["unit_editor"] = await world.person(Role.UNIT_EDITOR, unit)
    people["unit_specialist"] = await world.person(Role.UNIT_SPECIALIST, unit)
    people["unit_manager"] = await world.person(Role.MANAGER, unit)
    people["unit_head"] = await world.person(Role.HEAD, unit)
    people["unit_head_office"] = await world.person(Role.HEAD_OFFICE, unit)
    people["unit_office_specialist"] = await world.person(Role.SPECIALIST, unit)
    people["unit_division_member"] = await world.person(
        Role.DIVISION_MEMBER, division=await world.division(unit)
    )


async def _elsewhere(world: World, other: Entity, people: dict[str, Person]) -> Division:
    """The people of the other entity; its executing division."""
    for role in (Role.HEAD, Role.HEAD_OFFICE, Role.MANAGER, Role.SPECIALIST, *REPRESENTATIVES):
        people[f"other_{role.value}"] = await world.person(role, other)
    people["other_delegate"] = await world.person(Role.SPECIALIST, other)
    await world.delegate(people["other_manager"], people["other_delegate"], other, "results.approve")
    for function in FUNCTIONS:
        place = await world.division(other, function)
        for role in (Role.DIVISION_HEAD, Role.DIVISION_MEMBER):
            people[f"other_{role.value}_{function.value}"] = await world.person(role, division=place)
        if function is DivisionFunction.EXECUTING:
            executing = place
    return executing


async def _end(world: World, table: str, id_: UUID) -> None:
    """End an interval just now."""
    await world.owner.execute(f"update {table} set ends_at = $1 where id = $2", datetime.now(UTC), id_)
