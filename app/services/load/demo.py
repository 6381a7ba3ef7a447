"""What the demo invents: special indicators, divisions, users, memberships, who is in charge of what, and
assignments.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from app import clock, parties, passwords
from app.enums import (
    DIVISION_ROLES,
    REPRESENTATIVES,
    DivisionFunction,
    Language,
    Role,
    SubjectKind,
    Tenure,
)
from app.services.load import merging
from app.services.load.catalogue import Catalogue
from app.services.load.files import Row, read
from app.services.load.indicators import INDICATORS, Indicators, load_indicators, read_told, with_targets
from app.services.load.merging import Connection, Record, Table, Tally

DIVISIONS = Table("divisions", key=("entity_id", "code"), kind=SubjectKind.DIVISION)
USERS = Table("users", key=("email",), kind=SubjectKind.USER, untold=frozenset({"password_hash"}))
MEMBERSHIPS = Table(
    "memberships",
    key=("user_id", "entity_id", "division_id", "role"),
    kind=SubjectKind.MEMBERSHIP,
    untold=frozenset({"parties"}),
)
ASSIGNMENTS = Table("assignments", key=("user_id", "subject_id"), kind=SubjectKind.ASSIGNMENT)

STARTS_AT = datetime(2023, 1, 1, tzinfo=clock.MUSCAT)
"""Since when all of them hold their roles: before anything that the demo tells of."""


@dataclass(frozen=True)
class Person:
    """A line of demo_people.csv."""

    email: str
    name_ar: str
    name_en: str
    role: Role
    entity: str | None
    division: str | None
    signs_in: bool


@dataclass(frozen=True)
class Demo:
    """What the demo's files say. In columns that end with `_id` there are codes as yet.

    `in_charge`: (entity, division) by indicator. `functions`: what a division does, by (entity, code).
    """

    indicators: Indicators
    divisions: list[Record]
    in_charge: dict[str, tuple[str, str]]
    people: list[Person]
    functions: dict[tuple[str, str], DivisionFunction]


def read_demo(folder: Path, catalogue: Catalogue) -> Demo:
    """Read and check the demo's files. Raises DataError."""
    entities = {record["code"]: record["code"] for record in catalogue.entities}
    indicators = with_targets(read_told(folder, "demo_indicators", catalogue.known), folder, "demo_targets")
    owners = {
        record["code"]: record["entity_id"] for record in (*catalogue.indicators.records, *indicators.records)
    }
    divisions = [
        {
            "entity_id": row.known("entity", entities, "known entity"),
            "code": row.text("code"),
            "name_ar": row.text("name_ar"),
            "name_en": row.text("name_en"),
            "function": row.word("function", DivisionFunction).value,
        }
        for row in read(folder, "demo_divisions", "entity code name_ar name_en function", key="entity code")
    ]
    functions = {(d["entity_id"], d["code"]): DivisionFunction(d["function"]) for d in divisions}
    in_charge = {}
    for row in read(folder, "demo_in_charge", "indicator entity division", key="indicator"):
        owner = row.known("indicator", owners, "known indicator")
        if row.text("entity") != owner:
            raise row.fault("entity", f"the indicator belongs to {owner}")
        in_charge[row.text("indicator")] = (owner, _division(row, owner, functions))
    people = [
        _person(row, entities, functions)
        for row in read(
            folder, "demo_people", "entity division role email sign_in name_ar name_en", key="email"
        )
    ]
    return Demo(indicators, divisions, in_charge, people, functions)


def _division(row: Row, entity: str, functions: Mapping[tuple[str, str], DivisionFunction]) -> str:
    division = row.text("division")
    if (entity, division) not in functions:
        raise row.fault("division", f"'{division}' is no division of {entity} in demo_divisions.csv")
    return division


def _person(
    row: Row, entities: Mapping[str, str], functions: Mapping[tuple[str, str], DivisionFunction]
) -> Person:
    role = row.word("role", Role)
    entity = row.optional("entity")
    if (entity is None) != (role is Role.ADMINISTRATOR):
        raise row.fault("entity", "everybody but the administrator belongs to an entity")
    if entity is not None:
        row.known("entity", entities, "known entity")
    if (row.optional("division") is not None) != (role in DIVISION_ROLES):
        raise row.fault("division", "heads and members of a division stand in one, and nobody else")
    return Person(
        email=row.text("email"),
        name_ar=row.text("name_ar"),
        name_en=row.text("name_en"),
        role=role,
        entity=entity,
        division=_division(row, entity, functions) if entity and row.optional("division") else None,
        signs_in=row.flag("sign_in"),
    )


# Writing. Each of these runs in the caller's transaction.


async def load_structure(connection: Connection, demo: Demo, at: datetime) -> dict[str, Tally]:
    """The invented indicators, divisions, and which of these is in charge of an indicator."""
    invented = await load_indicators(connection, demo.indicators, at)
    entities = await merging.codes(connection, "entities")
    divisions = [record | {"entity_id": entities[record["entity_id"]]} for record in demo.divisions]
    done: dict[str, Tally] = {
        "demo indicators": invented["indicators"],
        "demo targets": invented["targets"],
    }
    done["divisions"] = await merging.merge(connection, DIVISIONS, divisions, at)
    by_code = await _divisions(connection)
    in_charge = [
        {"code": indicator, "division_id": by_code[place]} for indicator, place in demo.in_charge.items()
    ]
    done["divisions in charge"] = await merging.merge(connection, INDICATORS, in_charge, at)
    return done


async def load_people(
    connection: Connection, demo: Demo, hashes: Mapping[str, str | None], at: datetime
) -> dict[str, Tally]:
    """Users with the password hashes that `password_hashes` chose, their memberships and assignments."""
    users = [
        {
            "email": person.email,
            "name_ar": person.name_ar,
            "name_en": person.name_en,
            "language": Language.AR.value,
            "password_hash": hashes[person.email],
        }
        for person in demo.people
    ]
    done: dict[str, Tally] = {"people": await merging.merge(connection, USERS, users, at)}
    by_email = {row["email"]: row["id"] for row in await connection.fetch("select email, id from users")}
    entities = {row["code"]: row for row in await connection.fetch("select code, id, is_unit from entities")}
    divisions = await _divisions(connection)
    memberships = [
        _membership(person, demo, by_email[person.email], entities, divisions) for person in demo.people
    ]
    done["memberships"] = await merging.merge(connection, MEMBERSHIPS, memberships, at)
    indicators = await merging.codes(connection, "indicators")
    assignments = [
        {
            "user_id": by_email[person.email],
            "subject_id": indicators[indicator],
            "entity_id": entities[entity]["id"],
            "starts_at": STARTS_AT,
        }
        for person, entity, indicator in _assigned(demo)
    ]
    done["assignments"] = await merging.merge(connection, ASSIGNMENTS, assignments, at)
    return done


def _membership(
    person: Person,
    demo: Demo,
    user_id: Any,
    entities: Mapping[str, Any],
    divisions: Mapping[tuple[str, str], Any],
) -> Record:
    entity = entities[person.entity] if person.entity else None
    entity_id = entity["id"] if entity else None
    division_id, function = None, None
    if person.entity and person.division:
        place = (person.entity, person.division)
        division_id, function = divisions[place], demo.functions[place]
    return {
        "user_id": user_id,
        "entity_id": entity_id,
        "division_id": division_id,
        "role": person.role.value,
        "tenure": Tenure.SUBSTANTIVE.value,
        "parties": parties.membership_parties(
            person.role, entity_id, division_id, function, of_unit=bool(entity and entity["is_unit"])
        ),
        "starts_at": STARTS_AT,
    }


def _assigned(demo: Demo) -> Sequence[tuple[Person, str, str]]:
    """Representatives and experts, each with the first indicator of their entity that has a division in charge."""
    first: dict[str, str] = {}
    for indicator, (entity, _) in demo.in_charge.items():
        first.setdefault(entity, indicator)
    return [
        (person, person.entity, first[person.entity])
        for person in demo.people
        if person.role in REPRESENTATIVES and person.entity in first
    ]


async def _divisions(connection: Connection) -> dict[tuple[str, str], Any]:
    rows = await connection.fetch(
        "select e.code as entity, d.code, d.id from divisions d join entities e on e.id = d.entity_id"
    )
    return {(row["entity"], row["code"]): row["id"] for row in rows}


async def password_hashes(connection: Connection, demo: Demo, password: str | None) -> dict[str, str | None]:
    """The password hash for each person of the demo; None for who does not sign in.

    All share one password, so one hash, salt included, serves them all and the demo starts seconds sooner.
    That is all right here only: elsewhere equal hashes would tell who has the same password, and one guess
    would open all accounts; here both are printed on the first screen. Who has set a password of their own
    keeps it, and a hash that fits already stays, so that a second run changes nothing. Without a password
    nobody's is touched.
    """
    rows = await connection.fetch(
        """
        select email, password_hash,
               exists (
                   select from events e
                   where e.subject_id = u.id
                     and e.action in ('auth.password_changed', 'auth.invitation_accepted')
               ) as own
        from users u where email = any($1)
        """,
        [person.email for person in demo.people],
    )
    standing = {row["email"]: row["password_hash"] for row in rows}
    if password is None:
        return {person.email: standing.get(person.email) for person in demo.people}
    own = {row["email"] for row in rows if row["own"]}
    fitting = None
    for old in sorted({row["password_hash"] for row in rows if row["password_hash"] and not row["own"]}):
        if (await passwords.verified(password, old))[0]:
            fitting = old
    fitting = fitting or await passwords.hashed(password)
    return {
        person.email: standing[person.email] if person.email in own else fitting if person.signs_in else None
        for person in demo.people
    }
