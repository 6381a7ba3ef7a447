"""Models and migrations agree, and the functions of the schema read Arabic as its readers do."""

import asyncpg
import pytest

from app.db import SCHEMA
from app.migrating import drift, migrate

FOLDED = (
    # (what is written, what it is found by)
    ("أحمد", "احمد"),
    ("إبراهيم", "ابراهيم"),
    ("آمنة", "امنه"),
    ("ٱلرحمن", "الرحمن"),
    ("مصطفى", "مصطفي"),
    ("علي", "علي"),
    ("مدرسة", "مدرسه"),
    ("مؤشر", "موشر"),
    ("شؤون", "شوون"),
    ("رئيس", "رييس"),
    ("مـعـدل", "معدل"),
    ("مُعَدَّلُ النُّمُوِّ", "معدل النمو"),
    ("عُمان", "عمان"),
    ("رؤية ٢٠٤٠", "رويه 2040"),
    ("۲۰۴۰", "2040"),
    ("کیفیت", "كيفيت"),
    ("Oman VISION 2040", "oman vision 2040"),
    ("ﻻ", "لا"),
    ("ﷲ", "الله"),
    ("ﻣﻌﺪﻝ", "معدل"),
    ("سل\u200fطنة", "سلطنه"),
    ("\u202bنص\u202c", "نص"),
    ("سلطنة‌عمان", "سلطنهعمان"),
    ("ＧＤＰ", "gdp"),
    ("", ""),
)
SORTED = (
    ("الابتكار", "ابتكار"),
    ("ألمانيا", "المانيا"),
    ("المانيا", "مانيا"),
    ("العمل", "عمل"),
    ("الـعمل", "عمل"),
    ("والعمل", "والعمل"),
    ("ال", "ال"),
    ("الا", "الا"),
    ("The Ministry", "ministry"),
    ("THE Ministry", "ministry"),
    ("Theatre", "theatre"),
    ("  الصحة", "صحه"),
    ("اَلصِّحَّة", "صحه"),
)


@pytest.mark.parametrize(("written", "found"), FOLDED)
async def test_fold(owner: "asyncpg.Connection[asyncpg.Record]", written: str, found: str) -> None:
    folded = await owner.fetchval("select fold($1)", written)
    assert folded == found
    assert await owner.fetchval("select fold($1)", folded) == folded, "folding twice changes nothing"


@pytest.mark.parametrize(("name", "key"), SORTED)
async def test_sort_key(owner: "asyncpg.Connection[asyncpg.Record]", name: str, key: str) -> None:
    assert await owner.fetchval("select sort_key($1)", name) == key


@pytest.mark.filterwarnings("ignore:Did not recognize type 'xid8'")
async def test_models_and_migrations_agree(database_url: str) -> None:
    await drift(database_url)


async def test_an_upgrade_of_the_newest_changes_nothing(
    database_url: str, owner: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    shape = """
        select md5(string_agg(line, e'\n' order by line)) from (
            select concat_ws(' ', table_name, column_name, data_type, is_nullable, column_default) as line
            from information_schema.columns where table_schema = 'public'
            union all select indexdef from pg_indexes where schemaname = 'public'
            union all select concat_ws(' ', conrelid::regclass, conname, pg_get_constraintdef(oid))
                      from pg_constraint where connamespace = 'public'::regnamespace
            union all select concat_ws(' ', tablename, policyname, qual, with_check) from pg_policies
            union all select concat_ws(' ', table_name, grantee, privilege_type)
                      from information_schema.table_privileges where table_schema = 'public'
        ) as shape
    """
    before = await owner.fetchval(shape)
    await migrate(database_url)
    assert await owner.fetchval(shape) == before
    assert await owner.fetchval("select version_num from alembic_version") == SCHEMA


async def test_every_table_of_an_entity_has_the_second_wall(
    owner: "asyncpg.Connection[asyncpg.Record]",
) -> None:
    rows = await owner.fetch(
        "select relname from pg_class where relrowsecurity and relnamespace = 'public'::regnamespace"
    )
    assert {"results", "waits", "reopenings", "decisions", "role_plans", "role_plan_steps"} <= {
        row["relname"] for row in rows
    }
    unknown_to_the_worker = await owner.fetch(
        "select tablename, policyname from pg_policies"
        " where 'mutabaa_app' = any (roles) and not 'mutabaa_worker' = any (roles)"
    )
    assert unknown_to_the_worker == [], "a wall of the service is one of its worker too"
    owned = await owner.fetchval(
        "select count(*) from pg_class where relowner::regrole::text in ('mutabaa_app', 'mutabaa_worker')"
    )
    assert owned == 0
