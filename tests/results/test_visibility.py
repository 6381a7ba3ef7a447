"""The two walls: the visibility query decides what a person sees, and row-level security, coarse and never
narrower, hides what is out of their reach whatever is asked."""

import random
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from sqlalchemy import select

from app import clock
from app.db import Query, Reader
from app.enums import Classification, DivisionFunction, Role
from app.models import Obligation, Reopening, Result
from app.parties import Actor
from app.services.obligations import queries as obligations
from app.services.people import actor as actors
from app.services.people import visibility
from app.services.reopenings import queries as reopenings
from app.services.results import queries as results
from tests.factories.world import Division, Entity, Person, World
from tests.results.office import Office

SEED = 2040
PEOPLE = 30
_VISIBLE = {
    "results": Query(lambda: select(Result.__table__.c.id).where(results.visible(Result.__table__))),
    "obligations": Query(
        lambda: select(Obligation.__table__.c.id).where(obligations.visible(Obligation.__table__))
    ),
    "reopenings": Query(
        lambda: select(Reopening.__table__.c.id).where(reopenings.visible(Reopening.__table__))
    ),
}
OFFICE_ROLES = (
    Role.HEAD_OFFICE,
    Role.SPECIALIST,
    Role.TECHNICAL_REPRESENTATIVE,
    Role.MEDIA_REPRESENTATIVE,
    Role.EXPERT,
)


@dataclass(frozen=True)
class Nation:
    """Two offices and UNIT, with results in every state and of every classification."""

    offices: Sequence[Office]
    unit: Entity
    indicators: Sequence[UUID]
    results: Sequence[UUID]


async def _nation(world: World) -> Nation:
    offices = [await Office.make(world) for _ in range(2)]
    unit = await world.entity(is_unit=True)
    indicators, made = [], []
    for office in offices:
        indicators.append(office.indicator)
        await _ask_entry(office, await world.obligation(office.indicator, office.entity, "1998"))
        for state in ("draft", "submitted", "reviewed", "approved", "discarded"):
            for classification in Classification:
                indicator = await world.indicator(office.entity, office.executing)
                figure = await getattr(office, state)(
                    indicator=indicator, classification=classification.value
                )
                made.append(figure.id)
                indicators.append(indicator)
                if state == "approved":
                    await office.asked(figure)
                    if classification is not Classification.RESTRICTED:
                        other = await office.approved("2023", indicator=indicator)
                        made.append((await office.published(other)).id)
    return Nation(offices, unit, indicators, made)


async def _ask_entry(office: Office, due: UUID) -> None:
    """Leave to enter a closed period, asked by the manager."""
    path = f"/v1/obligations/{due}"
    asked = await office.manager.api.send(
        "POST",
        f"{path}/reopenings",
        json={"reason": "تأخر المسح", "expires_on": clock.today().isoformat()},
        headers={"If-Match": await office.manager.api.etag(path), "Idempotency-Key": f"entry-{due}"},
    )
    assert asked.status_code == 201, asked.text


async def _somebody(world: World, nation: Nation, chance: random.Random) -> Person:
    """A person with any mix of roles, assignments and delegations; some have ended."""
    person = await world.user()
    ended = datetime(2025, 6, 1, tzinfo=UTC)
    for _ in range(chance.randint(0, 3)):
        office = chance.choice(nation.offices)
        division: Division | None = None
        entity: Entity | None = office.entity
        role = chance.choice((*OFFICE_ROLES, Role.DIVISION_MEMBER, Role.UNIT_SPECIALIST, Role.ADMINISTRATOR))
        if role is Role.DIVISION_MEMBER:
            function = chance.choice((DivisionFunction.PLANNING, DivisionFunction.OTHER, None))
            division = office.executing if function is None else await world.division(office.entity, function)
        elif role is Role.UNIT_SPECIALIST:
            entity = nation.unit
        elif role is Role.ADMINISTRATOR:
            entity = None
        try:
            await world.appoint(
                person, role, entity, division, ends_at=ended if chance.random() < 0.2 else None
            )
        except asyncpg.ExclusionViolationError:
            continue
    for subject in chance.sample([*nation.results, *nation.indicators], chance.randint(0, 3)):
        owner = await world.owner.fetchval("select entity_id from subjects where id = $1", subject)
        office = next(office for office in nation.offices if office.entity.id == owner)
        await world.assign(person, subject, office.entity)
    if chance.random() < 0.3:
        office = chance.choice(nation.offices)
        await world.delegate(office.manager, person, office.entity, "results.approve")
    return person


@asynccontextmanager
async def _as_person(connection: asyncpg.Connection, person: Person) -> AsyncIterator[Actor]:
    """A transaction of the runtime role with this person's settings, as every request has it."""
    async with connection.transaction(readonly=True):
        await connection.execute("set local role mutabaa_app")
        now = clock.now()
        actor = await actors.load(Reader(connection), person.id, person.session_id, now)  # type: ignore[arg-type]
        assert actor is not None
        yield actor


async def _ids(connection: asyncpg.Connection, query: Query, params: dict[str, Any]) -> set[UUID]:
    return {row["id"] for row in await connection.fetch(query.sql, *query.arguments(params))}


async def test_row_level_security_is_never_narrower_and_hides_what_is_out_of_reach(world: World) -> None:
    nation = await _nation(world)
    chance = random.Random(SEED)
    owner = world.owner
    seen_in_all = 0
    fixed = [getattr(office, name) for office in nation.offices for name in ("head", "manager", "reviewer")]
    for person in [*fixed, *[await _somebody(world, nation, chance) for _ in range(PEOPLE)]]:
        async with _as_person(owner, person) as actor:
            params = {**visibility.of(actor), "now": clock.now()}
            inside = {table: await _ids(owner, query, params) for table, query in _VISIBLE.items()}
            bare = {
                table: await owner.fetch(f"select * from {table}")
                for table in ("results", "obligations", "reopenings", "waits", "decisions")
            }
        for table, query in _VISIBLE.items():
            # The owner of the tables is not held by row-level security: what the rule alone says.
            outside = await _ids(owner, query, params)
            assert inside[table] == outside, f"{table}: hidden from {actor.keys} by row-level security"
        for table, rows in bare.items():
            for row in rows:
                published = table == "results" and row["published_at"] is not None
                assert published or actor.national or row["entity_id"] in actor.entity_ids, table
        reached = {row["id"] for row in bare["results"]}
        assert inside["results"] <= reached

        listed = (await person.api.get("/v1/results", all_revisions="true", limit=200)).json()["items"]
        assert {UUID(item["id"]) for item in listed} == inside["results"]
        for result_id in nation.results:
            status = (await person.api.get(f"/v1/results/{result_id}")).status_code
            assert status == (200 if result_id in inside["results"] else 404)
        seen_in_all += len(inside["results"])
    assert 0 < seen_in_all < PEOPLE * len(nation.results)


async def test_what_waits_for_a_person_is_visible_to_them(world: World) -> None:
    for classification in Classification:
        office = await Office.make(world)
        await world.delegate(office.manager, office.specialist, office.entity, "results.approve")
        figure = await office.reviewed(classification=classification.value)
        for person in (office.manager, office.specialist):
            waiting = (await person.api.get("/v1/inbox")).json()["items"]
            assert [item["subject_id"] for item in waiting] == [str(figure.id)], classification
            seen = await person.api.get(figure.path)
            assert seen.status_code == 200, (classification, person is office.manager)
            assert "results.approve" in seen.json()["actions"]


async def test_a_delegate_sees_what_they_may_approve(world: World) -> None:
    office = await Office.make(world)
    await world.delegate(office.manager, office.specialist, office.entity, "results.approve")
    figure = await office.reviewed(classification="restricted")
    # As under a role plan where the specialists do not stand in for the division.
    await world.owner.execute(
        "update results set parties_enter = $2 where id = $1", figure.id, [f"division:{office.executing.id}"]
    )
    waiting = (await office.specialist.api.get("/v1/inbox")).json()["items"]
    assert [item["subject_id"] for item in waiting] == [str(figure.id)]
    approved = await office.specialist.api.step(f"{figure.path}/approve", '"3.x"')
    assert approved.status_code == 200, approved.text


async def test_nobody_in_particular_sees_only_what_is_published(world: World) -> None:
    nation = await _nation(world)
    owner = world.owner
    expected = {
        row["id"] for row in await owner.fetch("select id from results where published_at is not null")
    }
    assert expected
    assert len(expected) < len(nation.results)
    for settings in (
        {},
        {"app.entities": "", "app.national": ""},
        {"app.entities": "{}", "app.national": "off"},
    ):
        async with owner.transaction():
            await owner.execute("set local role mutabaa_app")
            for name, value in settings.items():
                await owner.execute("select set_config($1, $2, true)", name, value)
            rows = await owner.fetch("select * from results")
            assert {row["id"] for row in rows} == expected
            for table in ("waits", "reopenings", "decisions", "role_plans", "role_plan_steps"):
                assert await owner.fetchval(f"select count(*) from {table}") == 0, table


async def test_the_settings_end_with_their_transaction(world: World) -> None:
    nation = await _nation(world)
    async with _as_person(world.owner, nation.offices[0].manager):
        assert await world.owner.fetchval("select current_setting('app.entities', true)")
    assert not await world.owner.fetchval("select current_setting('app.entities', true)")
    assert not await world.owner.fetchval("select current_setting('app.national', true)")


FORBIDDEN = (
    "update events set reason = 'x'",
    "delete from events",
    "truncate events",
    "update subjects set kind = 'result'",
    "delete from subjects",
    "update decisions set letter_number = 'x'",
    "delete from decisions",
    "delete from results",
    "truncate results",
    "delete from waits",
    "update waits set party = 'unit'",
    "update waits set opened_at = now()",
    "delete from reopenings",
    "delete from memberships",
    "delete from users",
    "update indicators set code = 'x'",
    "update indicators set level = 'vision'",
    "update indicators set entity_id = null",
    "delete from indicators",
    "delete from definitions",
    "update schedules set due_after = 1",
    "delete from schedules",
    "update obligations set period = 'x'",
    "delete from obligations",
    "update contributions set entity_id = contributor_id",
    "delete from contributions",
    "delete from contribution_absences",
    "update result_parts set weight = 1",
    "delete from result_parts",
    "delete from holidays",
    "update holidays set day = '2026-01-01'",
    "update alembic_version set version_num = 'x'",
    "alter table results disable row level security",
    "alter table results disable trigger results_guard",
    "drop policy reachable on results",
    "drop trigger results_guard on results",
    "create table public.mine ()",
    "create or replace function fold(source text) returns text language sql as 'select source'",
    "alter role mutabaa_app bypassrls",
    "alter role mutabaa_app superuser",
    "copy results to program 'cat'",
    "set session_replication_role = replica",
)


@pytest.mark.parametrize("statement", FORBIDDEN)
async def test_the_runtime_role_is_refused(world: World, runtime: asyncpg.Connection, statement: str) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with runtime.transaction():
            await runtime.execute(statement)


@pytest.fixture(scope="module")
async def runtime(database_url: str) -> AsyncIterator[asyncpg.Connection]:
    """A connection that logged in as the runtime role and nobody else, as production may have it."""
    connection = await asyncpg.connect(database_url)
    await connection.execute("set session authorization mutabaa_app")
    yield connection
    await connection.close()


@pytest.mark.parametrize("role", ["postgres", "none"])
async def test_the_runtime_role_stays_what_it_is(runtime: asyncpg.Connection, role: str) -> None:
    try:
        await runtime.execute(f"set role {role}")
    except asyncpg.InsufficientPrivilegeError:
        pass
    else:
        assert await runtime.fetchval("select current_user::text") == "mutabaa_app"
    held = await runtime.fetchrow(
        "select rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolcanlogin from pg_roles"
        " where rolname = 'mutabaa_app'"
    )
    assert not any(held)


FIGURES = (
    "value = 1",
    "rank = 1",
    "numerator = 1, denominator = 2",
    "obs_status = 'E'",
    "note = 'x'",
    "classification = 'open'",
    "period = '1999'",
    "revision = 7",
    "state = 'draft', approved_at = null",
    "state = 'discarded', approved_at = null",
    "known_from = now()",
    "approved_by_id = null",
    "approved_at = now()",
    "entered_by_id = null",
    "edited_by = '{}'",
)


@pytest.mark.parametrize("change", FIGURES)
async def test_what_is_approved_is_frozen_against_sql(world: World, change: str) -> None:
    office = await Office.make(world)
    figure = await office.approved()
    before = await world.owner.fetchrow("select * from results where id = $1", figure.id)
    await _is_refused(world, f"update results set {change} where id = '{figure.id}'")
    assert await world.owner.fetchrow("select * from results where id = $1", figure.id) == before


@pytest.mark.parametrize("state", ["submitted", "reviewed", "discarded"])
async def test_figures_are_changed_only_while_they_are_drafted(world: World, state: str) -> None:
    office = await Office.make(world)
    figure = await getattr(office, state)()
    await _is_refused(world, f"update results set value = 1 where id = '{figure.id}'")
    assert await world.owner.fetchval("select state from results where id = $1", figure.id) == state


async def _is_refused(world: World, statement: str) -> None:
    """By the tables themselves, though the runtime role reaches the whole nation."""

    async def run() -> None:
        async with world.owner.transaction():
            await world.owner.execute("set local role mutabaa_app")
            await world.owner.execute("select set_config('app.national', 'on', true)")
            await world.owner.execute(statement)

    with pytest.raises(asyncpg.CheckViolationError):
        await run()


async def test_nothing_is_written_into_an_entity_out_of_reach(world: World) -> None:
    mine, other = await Office.make(world), await Office.make(world)
    figure = await other.draft()
    async with world.owner.transaction():
        await world.owner.execute("set local role mutabaa_app")
        await world.owner.execute(
            "select set_config('app.entities', array[$1::uuid]::text, true)", mine.entity.id
        )
        done = await world.owner.execute("update results set value = 1 where id = $1", figure.id)
    assert done == "UPDATE 0"
