"""Factories: entities, divisions, people and indicators, written behind the service with real names.

Each makes one valid thing with its subject row and returns what a test needs of it. States are never
written here: a test brings a thing into its state through the service itself.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any
from uuid import UUID

import asyncpg

from app import ids, parties
from app.enums import (
    DefinitionState,
    DivisionFunction,
    EnteredBy,
    Frequency,
    IndicatorLevel,
    IndicatorState,
    Measure,
    Role,
    SubjectKind,
    Tenure,
)
from app.services.obligations import periods
from app.tokens import Claims, TokenKeys
from tests.api import Api

LONG_AGO = datetime(2025, 1, 1, tzinfo=UTC)

MINISTRIES = (
    ("وزارة العمل", "Ministry of Labour"),
    ("وزارة المالية", "Ministry of Finance"),
    ("وزارة الاقتصاد", "Ministry of Economy"),
    ("هيئة البيئة", "Environment Authority"),
)
PEOPLE = (
    ("سالم بن ناصر الحارثي", "Salim Al Harthy"),
    ("مريم بنت خلفان البلوشية", "Maryam Al Balushi"),
    ("أحمد بن سعيد الكندي", "Ahmed Al Kindi"),
    ("عائشة بنت راشد الهنائية", "Aisha Al Hinai"),
)


@dataclass(frozen=True)
class Entity:
    """An entity, and whether it is UNIT."""

    id: UUID
    code: str
    is_unit: bool


@dataclass(frozen=True)
class Division:
    """A division and its function."""

    id: UUID
    entity: Entity
    function: DivisionFunction


@dataclass(frozen=True)
class Person:
    """A person with a session, and the client that speaks for them."""

    id: UUID
    email: str
    session_id: UUID
    api: Api
    memberships: tuple[UUID, ...] = field(default=())


class World:
    """The factories of one database."""

    def __init__(self, owner: "asyncpg.Connection[asyncpg.Record]", api: Api, keys: TokenKeys) -> None:
        self.owner = owner
        self.api = api
        self.keys = keys
        self._numbers = count(1)

    async def entity(self, *, is_unit: bool = False) -> Entity:
        """A ministry, or UNIT (of which a database holds one: the same is returned again)."""
        if is_unit:
            found = await self.owner.fetchrow("select id, code from entities where is_unit")
            if found is not None:
                return Entity(found["id"], found["code"], True)
        number = next(self._numbers)
        name_ar, name_en = MINISTRIES[number % len(MINISTRIES)]
        if is_unit:
            name_ar, name_en = (
                "وحدة متابعة تنفيذ رؤية عُمان 2040",
                "Oman Vision 2040 Implementation Follow-up Unit",
            )
        made = Entity(ids.new(), f"T{number}", is_unit)
        await self.subject(made.id, SubjectKind.ENTITY, made.id)
        await self.insert(
            "entities",
            id=made.id,
            code=made.code,
            name_ar=name_ar,
            name_en=name_en,
            kind="central_unit" if is_unit else "ministry",
            is_unit=is_unit,
        )
        return made

    async def division(
        self, entity: Entity, function: DivisionFunction = DivisionFunction.EXECUTING
    ) -> Division:
        """A division of the entity."""
        made = Division(ids.new(), entity, function)
        await self.subject(made.id, SubjectKind.DIVISION, entity.id)
        await self.insert(
            "divisions",
            id=made.id,
            entity_id=entity.id,
            code=f"D{next(self._numbers)}",
            name_ar="المديرية العامة للتخطيط"
            if function is DivisionFunction.PLANNING
            else "المديرية العامة للتشغيل",
            name_en=f"Directorate General ({function.value})",
            function=function.value,
        )
        return made

    async def user(self) -> Person:
        """A person without any role, signed in."""
        number = next(self._numbers)
        name_ar, name_en = PEOPLE[number % len(PEOPLE)]
        user_id, session_id = ids.new(), ids.new()
        email = f"person{number}@test.mutabaa.example"
        await self.subject(user_id, SubjectKind.USER, None)
        await self.insert("users", id=user_id, email=email, name_ar=name_ar, name_en=name_en)
        now = datetime.now(UTC)
        await self.insert(
            "sessions",
            id=session_id,
            user_id=user_id,
            created_at=now - timedelta(days=600),
            expires_at=now + timedelta(days=3650),
        )
        token = self.keys.issue(Claims(user_id, session_id), 3600)
        return Person(user_id, email, session_id, self.api.as_(token))

    async def person(
        self, role: Role, entity: Entity | None = None, division: Division | None = None
    ) -> Person:
        """A person who holds one role since long ago."""
        person = await self.user()
        membership = await self.appoint(person, role, entity, division)
        return Person(person.id, person.email, person.session_id, person.api, (membership,))

    async def appoint(
        self,
        person: Person,
        role: Role,
        entity: Entity | None = None,
        division: Division | None = None,
        *,
        tenure: Tenure = Tenure.SUBSTANTIVE,
        starts_at: datetime = LONG_AGO,
        ends_at: datetime | None = None,
    ) -> UUID:
        """Give a person a role; returns the membership's id."""
        entity = entity or (division.entity if division else None)
        membership_id = ids.new()
        await self.subject(membership_id, SubjectKind.MEMBERSHIP, entity.id if entity else None)
        await self.insert(
            "memberships",
            id=membership_id,
            user_id=person.id,
            entity_id=entity.id if entity else None,
            division_id=division.id if division else None,
            role=role.value,
            tenure=tenure.value,
            parties=parties.membership_parties(
                role,
                entity.id if entity else None,
                division.id if division else None,
                division.function if division else None,
                of_unit=bool(entity and entity.is_unit),
            ),
            starts_at=starts_at,
            ends_at=ends_at,
        )
        return membership_id

    async def indicator(
        self,
        entity: Entity,
        division: Division | None = None,
        *,
        level: IndicatorLevel = IndicatorLevel.MAIN,
        measure: Measure = Measure.VALUE,
        frequency: Frequency = Frequency.ANNUAL,
        in_scorecard: bool = False,
        entered_by: EnteredBy = EnteredBy.OWNER,
        name_ar: str = "معدل التعمين في القطاع الخاص",
        name_en: str = "Omanisation rate in the private sector",
    ) -> UUID:
        """An active indicator of the entity, with its first definition in force; returns its id."""
        indicator_id, definition_id = ids.new(), ids.new()
        await self.subject(indicator_id, SubjectKind.INDICATOR, entity.id)
        await self.subject(definition_id, SubjectKind.DEFINITION, entity.id)
        async with self.owner.transaction():  # each of the two refers to the other
            await self.insert(
                "indicators",
                id=indicator_id,
                code=f"i{next(self._numbers)}",
                level=level.value,
                state=IndicatorState.ACTIVE.value,
                in_scorecard=in_scorecard,
                entity_id=entity.id,
                owner_assumed=False,
                division_id=division.id if division else None,
                definition_id=definition_id,
                name_ar=name_ar,
                name_en=name_en,
                name_ar_translated=False,
                unit_ar="نسبة مئوية",
                unit_en="percent",
                polarity="higher_better",
                frequency=frequency.value,
                measure=measure.value,
                entered_by=entered_by.value,
                verified=True,
            )
            await self.insert(
                "definitions",
                id=definition_id,
                indicator_id=indicator_id,
                entity_id=entity.id,
                number=1,
                state=DefinitionState.ACTIVE.value,
                method_ar="نسبة العمانيين إلى إجمالي العاملين في القطاع الخاص",
                method_en="Omanis as a share of all workers in the private sector",
                source="المركز الوطني للإحصاء والمعلومات",
                decimals=1,
                aggregation="last",
                green_at=90,
                amber_at=70,
                recorded_at=LONG_AGO,
            )
        return indicator_id

    async def target(self, indicator_id: UUID, year: int, **numbers: Any) -> None:
        """A target of the definition in force; `numbers`: kind (a value unless said), value, rank ..."""
        await self.insert(
            "targets",
            definition_id=await self.owner.fetchval(
                "select definition_id from indicators where id = $1", indicator_id
            ),
            year=year,
            **{"kind": "value", **numbers},
        )

    async def holiday(
        self,
        day: date,
        name_ar: str = "عيد الأضحى",
        name_en: str = "Eid al-Adha",
        *,
        estimated: bool = False,
    ) -> UUID:
        """A public holiday; returns its id."""
        holiday_id = ids.new()
        await self.subject(holiday_id, SubjectKind.HOLIDAY, None)
        await self.insert(
            "holidays", id=holiday_id, day=day, name_ar=name_ar, name_en=name_en, estimated=estimated
        )
        return holiday_id

    async def schedule(
        self,
        indicator_id: UUID,
        entity: Entity,
        *,
        frequency: Frequency = Frequency.ANNUAL,
        starts_on: date = date(2020, 1, 1),
        windows: tuple[int, int, int, int] = (1, 20, 10, 20),
    ) -> UUID:
        """The indicator's next schedule; `windows`: opens_after, due_after, late_for, closes_after. What is
        due by it, `obligation` makes."""
        schedule_id = ids.new()
        earlier = await self.owner.fetchval(
            "select count(*) from schedules where indicator_id = $1", indicator_id
        )
        opens_after, due_after, late_for, closes_after = windows
        await self.insert(
            "schedules",
            id=schedule_id,
            indicator_id=indicator_id,
            entity_id=entity.id,
            number=earlier + 1,
            frequency=frequency.value,
            starts_on=starts_on,
            opens_after=opens_after,
            due_after=due_after,
            late_for=late_for,
            closes_after=closes_after,
            set_at=LONG_AGO,
        )
        return schedule_id

    async def obligation(
        self,
        indicator_id: UUID,
        entity: Entity,
        period: str = "2024",
        *,
        opens_on: date | None = None,
        due_on: date | None = None,
        late_until: date | None = None,
        closes_on: date | None = None,
        **more: Any,
    ) -> UUID:
        """What the indicator owes for a period, by its newest schedule (made when it has none); each day that
        is not given lies two weeks after the one before it."""
        schedule_id = await self.owner.fetchval(
            "select id from schedules where indicator_id = $1 order by number desc limit 1", indicator_id
        ) or await self.schedule(indicator_id, entity)
        measured = periods.parse(period)
        opens_on = opens_on or measured.end + timedelta(days=1)
        due_on = due_on or opens_on + timedelta(days=14)
        late_until = late_until or due_on + timedelta(days=14)
        obligation_id = ids.new()
        await self.subject(obligation_id, SubjectKind.OBLIGATION, entity.id)
        await self.insert(
            "obligations",
            id=obligation_id,
            entity_id=entity.id,
            indicator_id=indicator_id,
            schedule_id=schedule_id,
            period=period,
            period_start=measured.start,
            period_end=measured.end,
            opens_on=opens_on,
            due_on=due_on,
            late_until=late_until,
            closes_on=closes_on or late_until + timedelta(days=14),
            **more,
        )
        return obligation_id

    async def contribution(
        self,
        whole: UUID,
        owner: Entity,
        contributor: Entity,
        by: Person,
        *,
        part: UUID | None = None,
        weight: int | Decimal = 40,
    ) -> UUID:
        """A contribution to the owner's indicator `whole`, invited by a person: accepted where it has its part."""
        contribution_id = ids.new()
        await self.subject(contribution_id, SubjectKind.CONTRIBUTION, owner.id)
        await self.insert(
            "contributions",
            id=contribution_id,
            indicator_id=whole,
            entity_id=owner.id,
            contributor_id=contributor.id,
            part_id=part,
            weight=weight,
            state="accepted" if part else "invited",
            invited_by_id=by.id,
            invited_at=LONG_AGO,
        )
        return contribution_id

    async def assign(self, person: Person, subject_id: UUID, entity: Entity) -> UUID:
        """Put a person to work on a subject."""
        assignment_id = ids.new()
        await self.subject(assignment_id, SubjectKind.ASSIGNMENT, entity.id)
        await self.insert(
            "assignments",
            id=assignment_id,
            user_id=person.id,
            subject_id=subject_id,
            entity_id=entity.id,
            starts_at=LONG_AGO,
        )
        return assignment_id

    async def delegate(self, manager: Person, specialist: Person, entity: Entity, action: str) -> UUID:
        """The manager lets a specialist take one of the manager's actions."""
        delegation_id = ids.new()
        await self.subject(delegation_id, SubjectKind.DELEGATION, entity.id)
        await self.insert(
            "delegations",
            id=delegation_id,
            entity_id=entity.id,
            delegator_id=manager.id,
            delegate_id=specialist.id,
            action=action,
            party=parties.party_key(Role.MANAGER, entity.id),
            reason="إجازة اعتيادية",
            starts_at=LONG_AGO,
            ends_at=datetime.now(UTC) + timedelta(days=30),
        )
        return delegation_id

    async def subject(self, id_: UUID, kind: SubjectKind, entity_id: UUID | None) -> None:
        """The subject row of something."""
        await self.insert("subjects", id=id_, kind=kind.value, entity_id=entity_id, created_at=LONG_AGO)

    async def insert(self, table: str, **values: Any) -> None:
        """One row, as the owner of the tables."""
        names: Sequence[str] = list(values)
        marks = ", ".join(f"${position}" for position in range(1, len(names) + 1))
        await self.owner.execute(
            f"insert into {table} ({', '.join(names)}) values ({marks})", *values.values()
        )
