"""The data that is measured on: real entities and priorities, invented people, indicators and figures.

Everything is written set-based behind the service and reads as if the service had: subjects, events, waits,
sessions, and obligations by the service's own tick. The newest complete month is left open, to be entered;
one office has a backlog of submitted figures, to be decided.
"""

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from uuid import UUID

import asyncpg

from app import clock, ids, migrating, parties, ticking
from app.enums import DivisionFunction, Role, SubjectKind, Tenure
from app.services.load import merging
from app.services.load.catalogue import ENTITIES, load_holidays, load_structure, read_catalogue
from app.services.load.demo import DIVISIONS, MEMBERSHIPS, USERS
from app.services.load.indicators import DEFINITIONS, INDICATORS, TARGETS
from app.services.load.merging import Connection, Record
from app.services.load.schedules import SCHEDULES
from app.tokens import Claims, TokenKeys
from bench import crowd, paths

DATA = migrating.ROOT / "data"
_MARK = "pragma: the bench's own data"
_BACKLOG_OFFICE = 10
"""Which entity, in the order of the file, has not decided for long."""
_CROWDED_OFFICE = 9
"""Whose manager has more open than anybody else, of every kind."""
_SINCE_SERVICE = 36
"""For how many months figures have been entered in the service; what is older was loaded."""


@dataclass(frozen=True)
class Size:
    """How much there is. `months`: figures of each indicator; `backlog`: figures that wait for one office;
    `waiting`: things that wait for the manager of another."""

    entities: int = 59
    indicators: int = 2_000
    months: int = 120
    users: int = 200
    backlog: int = 500
    waiting: int = 10_000

    @property
    def name(self) -> str:
        """The name of its database."""
        numbers = (self.entities, self.indicators, self.months, self.users, self.backlog, self.waiting)
        return "_".join(map(str, ("bench", *numbers)))


@dataclass(frozen=True)
class Person:
    """Somebody who is signed in."""

    id: UUID
    session_id: UUID
    role: Role
    entity_id: UUID


async def fill(url: str, size: Size) -> None:
    """Fill the migrated, empty database at `url` (a superuser's address)."""
    now = clock.now()
    connection = await asyncpg.connect(url, server_settings={"timezone": "UTC"})
    try:
        async with connection.transaction():
            entities = await _catalogue(connection, size, now)
            offices = await _people(connection, size, entities, now)
            await _indicators(connection, size, entities, now)
        await ticking.tick(url)
        async with connection.transaction():
            await _contributions(connection, now)
            await _results(connection, size, offices, now)
            await crowd.fill(connection, list(offices)[_of(_CROWDED_OFFICE, size)], size.waiting, now)
            await paths.fill(connection, now)
            await _signed_in(connection, size, now)
            await _mark(connection)
        await connection.execute("analyze")
        await migrating.migrate(url)  # scores what was approved
        await connection.execute("vacuum (analyze)")
    finally:
        await connection.close()


async def people(connection: Connection) -> list[Person]:
    """Who is signed in, in a fixed order."""
    rows = await connection.fetch("select * from bench.people order by number")
    return [Person(row["id"], row["session_id"], Role(row["role"]), row["entity_id"]) for row in rows]


def token(keys: TokenKeys, person: Person) -> str:
    """An access token of the person's session, good for a day."""
    return keys.issue(Claims(person.id, person.session_id), 86_400)


async def undo(connection: Connection) -> None:
    """Bring results, events and waits back to where filling left them."""
    async with connection.transaction():
        await connection.execute("set local session_replication_role = replica")
        for statement in _UNDO:
            await connection.execute(statement)
    await connection.execute("vacuum results, events, waits, subjects, idempotency_keys")


# What there is before any figure


async def _catalogue(connection: Connection, size: Size, now: datetime) -> list[Record]:
    catalogue = read_catalogue(DATA)
    catalogue = replace(catalogue, entities=catalogue.entities[: size.entities], programmes=[])
    await load_structure(connection, catalogue, now)
    await load_holidays(connection, now)
    by_code = await merging.codes(connection, ENTITIES.name)
    return [record | {"id": by_code[record["code"]]} for record in catalogue.entities]


_FIRST = ("سالم", "Salim"), ("مريم", "Maryam"), ("أحمد", "Ahmed"), ("عائشة", "Aisha"), ("خالد", "Khalid")
_LAST = ("الحارثي", "Al Harthy"), ("البلوشي", "Al Balushi"), ("الكندي", "Al Kindi"), ("الهنائي", "Al Hinai")


async def _people(
    connection: Connection, size: Size, entities: Sequence[Record], now: datetime
) -> dict[UUID, tuple[UUID, UUID, UUID]]:
    """Of each entity its divisions and who enters, reviews and approves; then specialists and UNIT's people."""
    divisions: list[Record] = []
    posts: list[tuple[Record, Role, list[Record]]] = []
    for entity in entities:
        own = [_division(entity, number) for number in range(4)]
        divisions += own
        posts += [
            (entity, Role.DIVISION_MEMBER, own[:3]),
            (entity, Role.DIVISION_MEMBER, own[3:]),
            (entity, Role.MANAGER, []),
        ]
    await merging.insert(connection, DIVISIONS, divisions, now)
    unit = next(entity for entity in entities if entity["is_unit"])
    posts += [(unit, role, []) for role in (Role.UNIT_EDITOR, Role.UNIT_SPECIALIST) * 3][:5]
    posts += [(entity, Role.SPECIALIST, []) for entity in entities]
    posts = posts[: size.users]
    users: list[Record] = []
    memberships: list[Record] = []
    for number, (entity, role, places) in enumerate(posts):
        (ar, en), (family_ar, family_en) = _FIRST[number % 5], _LAST[number % 4]
        user = {
            "id": ids.new(),
            "email": f"person{number}@bench.mutabaa.example",
            "name_ar": f"{ar} {family_ar}",
            "name_en": f"{en} {family_en}",
            "language": "ar",
        }
        users.append(user)
        held: list[Record | None] = [*places] or [None]
        memberships += [_membership(user, entity, role, place) for place in held]
    await merging.insert(connection, USERS, users, now)
    await merging.insert(connection, MEMBERSHIPS, memberships, now)
    await connection.execute("create schema bench")
    await connection.execute(
        "create table bench.people (number int, id uuid, session_id uuid, role text, entity_id uuid)"
    )
    await connection.copy_records_to_table(
        "people",
        schema_name="bench",
        records=[
            (number, user["id"], ids.new(), role.value, entity["id"])
            for number, (user, (entity, role, _)) in enumerate(zip(users, posts, strict=True))
        ],
    )
    return {
        entity["id"]: (users[3 * n]["id"], users[3 * n + 1]["id"], users[3 * n + 2]["id"])
        for n, entity in enumerate(entities)
    }


def _division(entity: Record, number: int) -> Record:
    executing = number < 3
    name_ar, name_en = (
        (f"المديرية العامة للتشغيل {number + 1}", f"Directorate General of Operations {number + 1}")
        if executing
        else ("المديرية العامة للتخطيط", "Directorate General of Planning")
    )
    return {
        "id": ids.new(),
        "entity_id": entity["id"],
        "code": f"D{number}",
        "name_ar": name_ar,
        "name_en": name_en,
        "function": (DivisionFunction.EXECUTING if executing else DivisionFunction.PLANNING).value,
    }


def _membership(user: Record, entity: Record, role: Role, place: Record | None) -> Record:
    return {
        "id": ids.new(),
        "user_id": user["id"],
        "entity_id": entity["id"],
        "division_id": place["id"] if place else None,
        "role": role.value,
        "tenure": Tenure.SUBSTANTIVE.value,
        "parties": parties.membership_parties(
            role,
            entity["id"],
            place["id"] if place else None,
            DivisionFunction(place["function"]) if place else None,
            of_unit=bool(entity["is_unit"]),
        ),
        "starts_at": datetime(2015, 1, 1, tzinfo=clock.MUSCAT),
    }


async def _indicators(connection: Connection, size: Size, entities: Sequence[Record], now: datetime) -> None:
    """Indicators under the names of real ones, monthly, each with a definition in force and yearly targets."""
    chance = random.Random(2040)
    real = read_catalogue(DATA).indicators.records
    priorities = sorted((await merging.codes(connection, "priorities")).values())
    divisions = await connection.fetch(
        "select id, entity_id from divisions where function = 'executing' order by entity_id, code"
    )
    starts_on = month(clock.today(), -size.months - 1)
    indicators: list[Record] = []
    definitions: list[Record] = []
    targets: list[Record] = []
    schedules: list[Record] = []
    for number in range(size.indicators):
        entity, name = entities[number % len(entities)], real[number % len(real)]
        own = [row["id"] for row in divisions if row["entity_id"] == entity["id"]]
        higher, baseline = chance.random() < 0.75, round(chance.uniform(20, 60), 1)
        goal = baseline + (1 if higher else -1) * chance.uniform(5, 15)
        indicator_id, definition_id = ids.new(), ids.new()
        indicators.append(
            {
                "id": indicator_id,
                "code": f"b{number}",
                "level": chance.choices(("vision", "main", "special"), (1, 6, 3))[0],
                "state": "active",
                "in_scorecard": chance.random() < 0.3,
                "entity_id": entity["id"],
                "owner_assumed": False,
                "division_id": chance.choice(own),
                "priority_id": chance.choice(priorities),
                "definition_id": definition_id,
                "name_ar": f"{name['name_ar']} {number}",
                "name_en": f"{name['name_en']} {number}",
                "name_ar_translated": False,
                "unit_ar": "نسبة مئوية",
                "unit_en": "percent",
                "polarity": "higher_better" if higher else "lower_better",
                "frequency": "monthly",
                "measure": "value",
                "entered_by": "owner",
                "verified": True,
            }
        )
        definitions.append(
            {
                "id": definition_id,
                "indicator_id": indicator_id,
                "entity_id": entity["id"],
                "number": 1,
                "state": "active",
                "method_ar": "نسبة ما تحقق إلى المجموع بنهاية الشهر وفق السجلات الإدارية",
                "method_en": "What was reached as a share of the total at the end of the month, by the registers",
                "source": "المركز الوطني للإحصاء والمعلومات",
                "decimals": 1,
                "aggregation": "last",
                "green_at": 90,
                "amber_at": 70,
                "baseline_value": baseline,
                "baseline_year": starts_on.year - 1,
                "recorded_at": now,
            }
        )
        for year in (*range(starts_on.year, 2031), 2040):
            way = (year - starts_on.year + 1) / (2041 - starts_on.year)
            value = round(baseline + way * (goal - baseline), 2)
            targets.append({"definition_id": definition_id, "year": year, "kind": "value", "value": value})
        schedules.append(
            {
                "id": ids.new(),
                "indicator_id": indicator_id,
                "entity_id": entity["id"],
                "number": 1,
                "frequency": "monthly",
                "starts_on": starts_on,
                "opens_after": 1,
                "due_after": 20,
                "late_for": 10,
                "closes_after": 20,
                "set_at": now,
            }
        )
    for table, records in (
        (INDICATORS, indicators),
        (DEFINITIONS, definitions),
        (TARGETS, targets),
        (SCHEDULES, schedules),
    ):
        await merging.insert(connection, table, records, now)


def month(day: date, by: int) -> date:
    """The first day of the month so many months on."""
    months = day.year * 12 + day.month - 1 + by
    return date(months // 12, months % 12 + 1, 1)


async def _contributions(connection: Connection, now: datetime) -> None:
    """One indicator in twenty is shared with the next entity."""
    await connection.execute(
        """
        with numbered as (
            select i.id, i.entity_id, substr(i.code, 2)::int as number from indicators i
        ),
        pairs as (
            select uuidv7() as id, w.id as whole, w.entity_id as owner, p.id as part, p.entity_id as contributor
            from numbered w join numbered p on p.number = w.number + 1
            where w.number % 20 = 0 and p.entity_id <> w.entity_id
        ),
        born as (
            insert into subjects (id, kind, entity_id, created_at) select id, $1, owner, $2 from pairs
        )
        insert into contributions (id, indicator_id, entity_id, contributor_id, part_id, weight, state,
                                   invited_by_id, invited_at)
        select p.id, p.whole, p.owner, p.contributor, p.part, 40, 'accepted',
               (select id from bench.people order by number limit 1), $2
        from pairs p
        """,
        SubjectKind.CONTRIBUTION.value,
        now,
    )


# Figures, with what was written of them


def _of(office: int, size: Size) -> int:
    """Which of the entities that office is of: with few of them, one from the end."""
    return office - max(0, _BACKLOG_OFFICE + 1 - size.entities)


async def _results(
    connection: Connection, size: Size, offices: dict[UUID, tuple[UUID, UUID, UUID]], now: datetime
) -> None:
    newest = month(clock.day(now), -2)
    late = {}  # of an office the state that its figures do not leave, and for how many months
    for number, state, count in (
        (_BACKLOG_OFFICE, "submitted", size.backlog),
        (_CROWDED_OFFICE, "reviewed", size.waiting // crowd.SHARE),
    ):
        office = list(offices)[_of(number, size)]
        held = await connection.fetchval("select count(*) from indicators where entity_id = $1", office)
        late[office] = state, math.ceil(count / max(held, 1))
    await connection.execute(
        "create temp table office (entity_id uuid, enterer uuid, reviewer uuid, manager uuid, late text, months int)"
        " on commit drop"
    )
    await connection.copy_records_to_table(
        "office", records=[(key, *who, *late.get(key, (None, 0))) for key, who in offices.items()]
    )
    # Filling is not what is measured: no trigger fires, and no reference is looked up a million times.
    await connection.execute("set local session_replication_role = replica")
    await connection.execute("select setseed(0.2040)")
    await connection.execute(_FIGURES, newest, size.months)
    for statement in _WRITTEN:
        await connection.execute(statement)


_FIGURES = f"""
    create temp table figure on commit drop as
    with drawn as (
        select i.id as indicator_id, i.entity_id, i.division_id, i.definition_id, m.age,
               ($1::date - make_interval(months => m.age))::date as starts,
               d.baseline_value as base, i.polarity, random() as chance, random() as noise
        from generate_series($2::int - 1, 0, -1) as m (age), indicators i
        join definitions d on d.id = i.definition_id
    )
    select uuidv7() as id, d.*, (d.starts + interval '1 month - 1 day')::date as ends,
           round((d.base + (case d.polarity when 'higher_better' then 1 else -1 end)
                  * ((120 - d.age) / 12.0 * d.noise))::numeric, 2) as value,
           case when d.age < o.months then o.late
                when d.age > 0 or d.chance < 0.7 then 'approved'
                when d.chance < 0.8 then 'reviewed'
                when d.chance < 0.9 then 'submitted'
                else 'draft' end as state,
           case when d.chance < 0.02 then 'restricted' else 'internal' end as classification,
           d.age < {_SINCE_SERVICE} as served,
           (d.starts + interval '1 month 6 hours') at time zone 'Asia/Muscat' as entered_at,
           o.enterer, o.reviewer, o.manager
    from drawn d join office o using (entity_id)
"""

_WRITTEN = (
    "insert into subjects (id, kind, entity_id, created_at)"
    " select id, 'result', entity_id, entered_at from figure",
    """
    insert into results (
        id, indicator_id, entity_id, definition_id, division_id, period, period_start, period_end, revision,
        state, classification, version, value, obs_status, parties_enter, parties_review, parties_approve,
        edited_by, controlled_by, recorded_at, known_from, entered_by_id, entered_at, submitted_by_id,
        submitted_at, reviewed_by_id, reviewed_at, approved_by_id, approved_at, published_at
    )
    select id, indicator_id, entity_id, definition_id, division_id, to_char(starts, 'YYYY-MM'), starts, ends, 1,
           state, classification,
           case state when 'draft' then 1 when 'submitted' then 2 when 'reviewed' then 3 else 4 end,
           value, 'A',
           array['division:' || division_id, 'specialist:' || entity_id], array['planning:' || entity_id],
           array['manager:' || entity_id],
           array[enterer],
           case state when 'reviewed' then array[reviewer] when 'approved' then array[reviewer, manager]
                else '{}' end,
           entered_at, case when state = 'approved' then entered_at + interval '3 days' end,
           enterer, entered_at,
           case when state <> 'draft' then enterer end,
           case when state <> 'draft' then entered_at + interval '1 day' end,
           case when state in ('reviewed', 'approved') then reviewer end,
           case when state in ('reviewed', 'approved') then entered_at + interval '2 days' end,
           case when state = 'approved' then manager end,
           case when state = 'approved' then entered_at + interval '3 days' end,
           case when state = 'approved' and classification <> 'restricted' and age > 1 and chance < 0.9
                then entered_at + interval '10 days' end
    from figure
    """,
    # One event for what was loaded; one for each step of what came through the service.
    """
    insert into events (subject_id, action, from_state, to_state, actor_id, changes, at)
    select f.id, s.action, s.from_state, s.to_state, case s.who when 1 then f.enterer when 2 then f.reviewer
           else f.manager end,
           case s.number when 1 then jsonb_build_object('fields', jsonb_build_object(
               'value', jsonb_build_array(null, f.value::text), 'obs_status', jsonb_build_array(null, 'A'),
               'classification', jsonb_build_array(null, f.classification))) else '{}' end,
           f.entered_at + (s.number - 1) * interval '1 day'
    from figure f
    join (values (1, 'results.create', null, 'draft', 1), (2, 'results.submit', 'draft', 'submitted', 1),
                 (3, 'results.review', 'submitted', 'reviewed', 2),
                 (4, 'results.approve', 'reviewed', 'approved', 3))
         as s (number, action, from_state, to_state, who)
      on s.number <= case when not f.served then 1
                          else array_position(array['draft', 'submitted', 'reviewed', 'approved'], f.state) end
    order by f.entered_at, s.number
    """,
    """
    insert into waits (subject_id, entity_id, action, party, rank, due, opened_at, opened_by_event, closed_at,
                       closed_by_event)
    select r.id, r.entity_id, s.awaited, p.party, p.rank - 1,
           case s.action when 'results.create' then o.due_on else o.closes_on end, e.at, e.id, n.at, n.id
    from events e
    join results r on r.id = e.subject_id
    join (values ('results.create', 'results.submit'), ('results.submit', 'results.review'),
                 ('results.review', 'results.approve')) as s (action, awaited) on s.action = e.action
    cross join lateral unnest(case s.action when 'results.create' then r.parties_enter
                                            when 'results.submit' then r.parties_review
                                            else r.parties_approve end) with ordinality as p (party, rank)
    left join events n on n.subject_id = e.subject_id and n.action = s.awaited
    left join obligations o on o.indicator_id = r.indicator_id and o.period_start = r.period_start
    where n.id is not null or r.state <> 'approved'
    order by e.id, p.rank
    """,
)


async def _signed_in(connection: Connection, size: Size, now: datetime) -> None:
    await connection.execute(
        "insert into sessions (id, user_id, created_at, expires_at)"
        " select session_id, id, $1::timestamptz, $2::timestamptz from bench.people",
        now,
        now + timedelta(days=3650),
    )


async def _mark(connection: Connection) -> None:
    """Remember where filling ended, and the backlog as it stood."""
    await connection.execute(
        """
        create table bench.mark as
        select (select max(id) from events) as event, (select max(id) from waits) as wait
        """
    )
    await connection.execute(
        "create table bench.backlog as select r.* from results r where state in ('submitted', 'reviewed', 'draft')"
    )


_UNDO = (
    "delete from idempotency_keys",
    "delete from waits where id > (select wait from bench.mark)",
    "update waits set closed_at = null, closed_by_event = null"
    " where closed_by_event > (select event from bench.mark)",
    "delete from results r using events e"
    " where e.subject_id = r.id and e.action = 'results.create' and e.id > (select event from bench.mark)",
    "delete from subjects s using events e"
    " where e.subject_id = s.id and e.action = 'results.create' and e.id > (select event from bench.mark)",
    "delete from results r using bench.backlog b where b.id = r.id and b.version <> r.version",
    "insert into results select b.* from bench.backlog b where not exists (select from results r where r.id = b.id)",
    "delete from events where id > (select event from bench.mark)",
)
