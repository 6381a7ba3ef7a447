"""Challenges that a release kept whose pause did not stop the clock of what waits."""

from datetime import date
from uuid import UUID, uuid4

import asyncpg

from app.local_postgres import Server
from app.migrating import migrate
from tests.conftest import url_of

DUE = date(2026, 11, 30)


async def _challenge(
    owner: "asyncpg.Connection[asyncpg.Record]", code: str, entity_id: UUID, *, paused: bool
) -> UUID:
    """One that the office holds, with what was awaited before the last day was moved, and what is now."""
    id_, person = uuid4(), uuid4()
    await owner.execute(
        """
        insert into challenges (id, entity_id, code, about_id, about_kind, kind, tie, title, cause, impact, owner_id,
                                classification, state, table_id, level, holders, addressed, held_since, due, paused_at,
                                opened_by_id, opened_at, barred, edited_by)
        select $1::uuid, $2::uuid, $3, $4::uuid, 'indicator', 'resources', 'own', 'نقص الاعتماد المالي', 'لم تُدرج المخصصات',
               'تأخر التدريب',
               $5::uuid, 'internal', 'open', $4::uuid, 'office', array['manager:' || $2::uuid], array['manager:' || $2::uuid],
               now(), $6::date, case when $7::boolean then now() end, $5::uuid, now(), array[$5::uuid], array[$5::uuid]
        """,
        *(id_, entity_id, code, uuid4(), person, DUE, paused),
    )
    await owner.execute(
        """
        insert into waits (subject_id, entity_id, action, party, rank, due, opened_at, opened_by_event, closed_at)
        select $1::uuid, $2::uuid, 'challenges.close', 'manager:' || $2::uuid, 0, $3::date, now(), 1, closed_at
        from (values (null::timestamptz), (now())) as w (closed_at)
        """,
        *(id_, entity_id, DUE),
    )
    return id_


async def test_what_waits_for_a_paused_one_has_no_day(cluster: Server) -> None:
    name = f"test_{uuid4().hex}"
    server = await asyncpg.connect(url_of(cluster, "postgres"))
    await server.execute(f"create database {name}")
    await migrate(url_of(cluster, name), "action_kinds")
    owner = await asyncpg.connect(url_of(cluster, name))
    try:
        # What else those rows would need (people, an indicator) has no part in it.
        await owner.execute("set session_replication_role = replica")
        entity_id = uuid4()
        paused = await _challenge(owner, "CH-2026-0001", entity_id, paused=True)
        runs = await _challenge(owner, "CH-2026-0002", entity_id, paused=False)
        await migrate(url_of(cluster, name), "flagged")
        waits = await owner.fetch("select subject_id, closed_at is null as open, due from waits")
        assert {(row["subject_id"], row["open"]): row["due"] for row in waits} == {
            (paused, True): None,
            (paused, False): DUE,
            (runs, True): DUE,
            (runs, False): DUE,
        }
        assert await owner.fetchval("select due from challenges where id = $1", paused) == DUE
    finally:
        await owner.close()
        await server.execute(f"drop database {name} with (force)")
        await server.close()
