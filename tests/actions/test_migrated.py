"""Actions and evaluations that a release kept before they said of what kind the things are that they name."""

from collections.abc import AsyncIterator
from uuid import UUID, uuid4

import asyncpg
import pytest

from app.local_postgres import Server
from app.migrating import migrate
from tests.conftest import url_of

ENTITY, PERSON, CHALLENGE, INDICATOR = (uuid4() for _ in range(4))
TITLE = "مخاطبة وزارة المالية بشأن مناقلة مخصصات المرحلة الثانية"


@pytest.fixture
async def owner(cluster: Server) -> AsyncIterator["asyncpg.Connection[asyncpg.Record]"]:
    """A login that owns a database as that release left it, with a challenge and an indicator."""
    name = f"test_{uuid4().hex}"
    server = await asyncpg.connect(url_of(cluster, "postgres"))
    await server.execute(f"create database {name}")
    await migrate(url_of(cluster, name), "calendar")
    connection = await asyncpg.connect(url_of(cluster, name))
    # What else those rows would need (people, divisions) has no part in it.
    await connection.execute("set session_replication_role = replica")
    for id_, kind in ((CHALLENGE, "challenge"), (INDICATOR, "indicator")):
        await _subject(connection, id_, kind)
    yield connection
    await connection.close()
    await server.execute(f"drop database {name} with (force)")
    await server.close()


async def _subject(connection: "asyncpg.Connection[asyncpg.Record]", id_: UUID, kind: str) -> None:
    await connection.execute(
        "insert into subjects (id, kind, entity_id, created_at) values ($1, $2, $3, now())", id_, kind, ENTITY
    )


async def _action(
    connection: "asyncpg.Connection[asyncpg.Record]", code: str, state: str, source_id: UUID | None
) -> None:
    action_id = uuid4()
    await _subject(connection, action_id, "action")
    await connection.execute(
        """
        insert into actions (id, entity_id, code, source, source_id, about_id, title, owner_id, due, classification, state,
                             opened_by_id, opened_at, edited_by, ended_at, ended_by_id, end_reason)
        select $1, $2, $3, case when $4::uuid is null then 'improvement_proposal' else 'challenge' end, $4, $5, $6, $7,
               '2026-11-30', 'internal', $8, $7, now(), array[$7::uuid],
               e.at, case when e.at is not null then $7 end, case when e.at is not null then 'لم تعد لازمة' end
        from (select case when $8 = 'cancelled' then now() end) e (at)
        """,
        action_id,
        ENTITY,
        code,
        source_id,
        None if source_id is None else INDICATOR,
        TITLE,
        PERSON,
        state,
    )


async def _evaluation(
    connection: "asyncpg.Connection[asyncpg.Record]", code: str, about_id: UUID | None
) -> None:
    evaluation_id = uuid4()
    await _subject(connection, evaluation_id, "evaluation")
    await connection.execute(
        """
        insert into evaluations (id, entity_id, code, title, period_from, period_to, about_id, findings, conclusion,
                                 rating, classification, state, drafted_by_id, drafted_at, edited_by, ended_by_id, ended_at)
        values ($1, $2, $3, 'تقييم الربع الثالث', '2026-07-01', '2026-09-30', $4, 'تأخر برنامجان', 'يلزم إجراء تصحيحي',
                'late', 'internal', 'approved', $5, now(), array[$5::uuid], $5, now())
        """,
        evaluation_id,
        ENTITY,
        code,
        about_id,
        PERSON,
    )


async def test_what_is_named_is_given_its_kind_also_by_what_has_ended(
    owner: "asyncpg.Connection[asyncpg.Record]", cluster: Server
) -> None:
    await _action(owner, "AC-2026-0001", "open", CHALLENGE)
    await _action(owner, "AC-2026-0002", "cancelled", CHALLENGE)
    await _action(owner, "AC-2026-0003", "open", None)
    await _evaluation(owner, "EV-2026-0001", INDICATOR)
    await _evaluation(owner, "EV-2026-0002", None)
    await migrate(url_of(cluster, await owner.fetchval("select current_database()")), "action_kinds")
    kinds = await owner.fetch(
        """
        select code, source_kind, about_kind, version from actions
        union all select code, null, about_kind, version from evaluations order by code
        """
    )
    assert [tuple(row) for row in kinds] == [
        ("AC-2026-0001", "challenge", "indicator", 1),
        ("AC-2026-0002", "challenge", "indicator", 1),
        ("AC-2026-0003", None, None, 1),
        ("EV-2026-0001", None, "indicator", 1),
        ("EV-2026-0002", None, None, 1),
    ]
    await owner.execute("set session_replication_role = origin")
    for table in ("actions", "evaluations"):
        with pytest.raises(asyncpg.CheckViolationError, match="never changes"):
            await owner.execute(f"update {table} set about_kind = 'result' where about_id is not null")
