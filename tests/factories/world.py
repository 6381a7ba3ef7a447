"""Factories: entities, divisions, people and indicators, written behind the service with real names.

Each makes one valid thing with its subject row and returns what a test needs of it. States are never
written here: a test brings a thing into its state through the service itself.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID

import asyncpg

from app import ids, parties
from app.enums import DivisionFunction, Frequency, IndicatorLevel, Measure, Role, SubjectKind, Tenure
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
        name_ar: str = "معدل التعمين في القطاع الخاص",
        name_en: str = "Omanisation rate in the private sector",
    ) -> UUID:
        """An indicator of the entity; returns its id."""
        indicator_id = ids.new()
        await self.subject(indicator_id, SubjectKind.INDICATOR, entity.id)
        await self.insert(
            "indicators",
            id=indicator_id,
            code=f"i{next(self._numbers)}",
            level=level.value,
            in_scorecard=in_scorecard,
            entity_id=entity.id,
            owner_assumed=False,
            division_id=division.id if division else None,
            name_ar=name_ar,
            name_en=name_en,
            name_ar_translated=False,
            unit_ar="نسبة مئوية",
            unit_en="percent",
            polarity="higher_better",
            frequency=frequency.value,
            measure=measure.value,
            decimals=1,
            confidence="A",
            verified=True,
            source="test",
        )
        return indicator_id

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
