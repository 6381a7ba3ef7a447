"""The shipped data in a database: all of it, once, with its history."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import httpx
import pytest

from app import clock
from app.enums import DivisionFunction
from app.services.load.merging import NAMESPACE, made_id
from tests.api import Api
from tests.load.conftest import PASSWORD, Loaded, checksums, rows

Owner = "asyncpg.Connection[asyncpg.Record]"
MUSCAT_OFFSET = timedelta(hours=4)
PLATFORM = "تأخر المنشآت في تسمية منسقيها للتشغيل التجريبي لمنصة مواءمة المهارات (تجريبي)"
_INDICATORS = ("indicators", "demo_indicators")


async def signed_in(client: httpx.AsyncClient, email: str, password: str = PASSWORD) -> Api:
    """A client that speaks for a person of the demo."""
    answer = await client.post("/v1/auth/sign-in", json={"email": email, "password": password})
    assert answer.status_code == 200, answer.text
    return Api(client, answer.json()["access_token"])


@pytest.fixture(scope="module")
async def editor(loaded: Loaded, client: httpx.AsyncClient) -> Api:
    """Somebody of the follow-up unit."""
    return await signed_in(client, "editor.unit@demo.mutabaa.example")


@pytest.mark.parametrize(
    ("table", "files"),
    [
        ("entities", "entities"),
        ("pillars", "pillars"),
        ("priorities", "priorities"),
        ("programmes", "programmes"),
        ("development_plans", "plans"),
        ("sources", "sources"),
        ("indicators", "indicators demo_indicators"),
        ("definitions", "indicators demo_indicators"),
        ("targets", "targets demo_targets"),
        ("schedules", "schedules"),
        ("divisions", "demo_divisions"),
        ("users", "demo_people"),
        ("memberships", "demo_people"),
    ],
)
async def test_every_line_is_a_row(loaded: Loaded, owner: Owner, table: str, files: str) -> None:
    lines = sum(len(rows(file)) for file in files.split())
    assert await owner.fetchval(f"select count(*) from {table}") == lines


async def test_every_figure_is_there_once_and_published(loaded: Loaded, owner: Owner) -> None:
    feeds = {row["series"]: row["indicator"] for row in rows("series_map") if row["indicator"]}
    shipped = {(feeds[row["series"]], row["period"]) for row in rows("series")}
    found = await owner.fetch(
        """
        select i.code, r.period, count(*) as revisions, min(r.revision) as first, max(r.revision) as last,
               bool_and(r.published_at = r.recorded_at and r.approved_at = r.recorded_at
                        and r.known_from is not null and r.classification = 'open'
                        and r.entered_by_id is null and r.edited_by = '{}' and r.controlled_by = '{}') as sound
        from results r join indicators i on i.id = r.indicator_id
        where r.source_id is not null group by 1, 2
        """
    )
    assert {(row["code"], row["period"]) for row in found} == shipped
    assert all(row["sound"] and row["first"] == 1 and row["last"] == row["revisions"] for row in found)


async def test_progress_is_said_for_each_step(loaded: Loaded) -> None:
    assert f"indicators: {len(rows('indicators'))} new, 0 changed, 0 unchanged" in loaded.said
    assert len(loaded.said) == len(loaded.counts)


async def test_a_second_run_changes_nothing(loaded: Loaded, owner: Owner) -> None:
    before = await checksums(owner)
    counts = await loaded.again()
    assert await checksums(owner) == before
    assert {name for name, tally in counts.items() if tally.new or tally.changed or tally.kept} == set()


@pytest.mark.parametrize(
    ("table", "state"),
    [
        ("entities", None),
        ("divisions", None),
        ("users", None),
        ("memberships", None),
        ("holidays", None),
        ("indicators", "active"),
        ("definitions", "active"),
        ("results", "approved"),
    ],
)
async def test_every_loaded_subject_begins_with_an_event_by_nobody(
    loaded: Loaded, owner: Owner, table: str, state: str | None
) -> None:
    strange = await owner.fetch(
        f"""
        select t.id from {table} t
        where not exists (select from subjects s where s.id = t.id and s.kind || 's' = $2 or s.id = t.id and $2 = 'entities')
           or (select action from events e where e.subject_id = t.id order by e.id limit 1)
              not in ($1, 'results.create')
           or exists (select from events e where e.subject_id = t.id and e.action = $1
                      and (e.actor_id is not null or e.from_state is not null))
        """,
        f"{table}.load",
        table,
    )
    assert strange == []
    states = await owner.fetch(
        """
        select distinct on (subject_id) to_state from events where action = $1 order by subject_id, id
        """,
        f"{table}.load",
    )
    assert {row["to_state"] for row in states} == {state}


async def test_no_event_tells_a_password(loaded: Loaded, owner: Owner) -> None:
    assert await owner.fetchval("select count(*) from events where changes::text ~ 'password|argon2'") == 0


async def test_ids_are_the_same_everywhere(loaded: Loaded, owner: Owner) -> None:
    assert UUID("00000000-0000-0000-0000-000000000000") != NAMESPACE
    found = await owner.fetchval("select id from indicators where code = 'gii'")
    assert found == made_id("indicators", "gii")


async def test_growth_of_2022_as_it_was_known(editor: Api, owner: Owner) -> None:
    growth = await owner.fetchval("select id from indicators where code = 'gdp_growth_real'")

    async def known(moment: datetime) -> list[float]:
        answer = await editor.get(
            "/v1/results", indicator_id=str(growth), period="2022", as_of=moment.isoformat()
        )
        assert answer.status_code == 200, answer.text
        return [item["value"] for item in answer.json()["items"]]

    first, rebased = datetime(2023, 6, 19, tzinfo=UTC), datetime(2026, 8, 5, tzinfo=UTC)
    instant = timedelta(microseconds=1)
    assert await known(first - MUSCAT_OFFSET - instant) == []
    assert await known(first - MUSCAT_OFFSET) == [4.3]
    assert await known(rebased - MUSCAT_OFFSET - instant) == [4.3]
    assert await known(rebased - MUSCAT_OFFSET) == [7.99]


async def test_the_older_revision_answers_what_was_known(editor: Api, owner: Owner) -> None:
    newest = await owner.fetchval(
        """
        select r.id from results r join indicators i on i.id = r.indicator_id
        where i.code = 'gdp_growth_real' and r.period = '2022' order by revision desc limit 1
        """
    )
    now = (await editor.get(f"/v1/results/{newest}")).json()
    then = (await editor.get(f"/v1/results/{newest}", as_of="2024-01-01T00:00:00Z")).json()
    assert (now["value"], then["value"]) == (7.99, 4.3)
    assert now["corrects_id"] == then["id"]
    assert "National Centre for Statistics and Information" in now["source"]["attribution"]
    history = (await editor.get(f"/v1/results/{newest}/history")).json()["items"]
    assert [item["action"] for item in history] == ["results.load", "results.load"]
    assert history[0]["reason"].startswith("fact: ")


async def test_a_rank_known_first_is_carried_on(loaded: Loaded, owner: Owner) -> None:
    found = await owner.fetch(
        """
        select r.value, r.rank from results r join indicators i on i.id = r.indicator_id
        where i.code = 'ydi' and r.period = '2020' order by revision
        """
    )
    assert [tuple(row) for row in found] == [(None, 52), (Decimal("0.769"), 52)]


async def test_preliminary_figures_are_provisional(loaded: Loaded, owner: Owner) -> None:
    found = await owner.fetch(
        """
        select distinct s.code from results r join sources s on s.id = r.source_id where r.obs_status = 'P'
        """
    )
    assert [row["code"] for row in found] == ["ncsi-bulletin-2026-07"]


async def test_marks_of_doubt_are_kept(loaded: Loaded, owner: Owner) -> None:
    doubtful = {row["code"] for row in rows("entities") if row["evidence"] == "C"}
    found = await owner.fetch("select code from entities where not verified")
    assert {row["code"] for row in found} == doubtful
    unverified = {row["code"] for file in _INDICATORS for row in rows(file) if row["unverified"] == "true"}
    found = await owner.fetch("select code from indicators where not verified")
    assert {row["code"] for row in found} == unverified
    assert await owner.fetchval("select code from entities where is_unit") == "OV2040"


async def test_holidays_are_known_in_both_languages(loaded: Loaded, owner: Owner) -> None:
    day = await owner.fetchrow("select * from holidays where day = $1", date(2027, 3, 8))
    assert (day["name_ar"], day["name_en"], day["estimated"]) == ("عيد الفطر", "Eid al-Fitr", True)
    assert not await owner.fetchval("select estimated from holidays where day = $1", date(2026, 11, 20))
    years = await owner.fetch("select distinct extract(year from day)::int as y from holidays order by 1")
    assert [row["y"] for row in years] == list(range(2021, 2032))


async def test_work_waits_in_the_inboxes(loaded: Loaded, client: httpx.AsyncClient) -> None:
    waiting = {
        "member2.plan.mol": {
            ("omanis_private_jobs", "results.review"),
            ("Platform that matches skills to the labour market (demo)", "progress_reports.review"),
        },
        "manager.mol": {
            ("skilled_private", "results.approve"),
            ("Simplifying work permits (demo)", "initiatives.approve"),
            (f"{PLATFORM} · Platform that matches skills to the labour market (demo)", "challenges.close"),
        },
        "member2.plan.mof": {
            ("gross_debt_gdp", "results.review"),
            ("Detailed plan D27-01 (demo)", "detailed_plans.review"),
            ("إعداد عرض موحد عن تقدم مبادرات خطة 2027 (تجريبي) · Ministry of Finance", "actions.report"),
            ("Discuss the plan with the Secretariat-General", "path_stages.complete"),
        },
        "manager.mof": {
            ("non_oil_revenue_gdp", "results.approve"),
            ("Automating the preparation of the state budget (demo)", "progress_reports.approve"),
            (
                "انتقال أخصائيي المكتب قبل توثيق ما لديهم من معرفة (تجريبي) · Ministry of Finance",
                "risks.treat",
            ),
            ("Discuss the plan with the Secretariat-General", "path_stages.complete"),
        },
        "manager.mht": set(),
        "member1.plan.mtcit": {("demo_omanis_digital_jobs", "results.review")},
        "manager.moheri": {("omanis_private_jobs", "contributions.accept")},
    }
    titles = {row["name_en"]: row["code"] for file in _INDICATORS for row in rows(file)}
    for name, expected in waiting.items():
        api = await signed_in(client, f"{name}@demo.mutabaa.example")
        items = (await api.get("/v1/inbox")).json()["items"]
        found = {(titles.get(item["title"]["en"], item["title"]["en"]), item["action"]) for item in items}
        assert found == expected, name


async def test_invented_figures_say_so_and_are_not_published(loaded: Loaded, owner: Owner) -> None:
    found = await owner.fetch(
        "select note, published_at, source_id, state from results where entered_by_id is not null"
    )
    assert {row["state"] for row in found} == {"draft", "submitted", "reviewed", "approved"}
    assert all("A demo figure" in row["note"] and row["published_at"] is None for row in found)


async def test_everybody_who_signs_in_can(loaded: Loaded, client: httpx.AsyncClient, owner: Owner) -> None:
    for row in rows("demo_people"):
        known = await owner.fetchval("select password_hash from users where email = $1", row["email"])
        assert (known is not None) == (row["sign_in"] == "true"), row["email"]
    one_each = {row["role"]: row["email"] for row in rows("demo_people") if row["sign_in"] == "true"}
    for role, email in one_each.items():
        me = (await (await signed_in(client, email)).get("/v1/me")).json()
        assert [membership["role"] for membership in me["memberships"]] == [role]
    head = {"email": "head.mol@demo.mutabaa.example", "password": PASSWORD}
    assert (await client.post("/v1/auth/sign-in", json=head)).status_code == 401


async def test_representatives_are_assigned_to_an_indicator_of_their_own(
    loaded: Loaded, owner: Owner
) -> None:
    found = await owner.fetch(
        """
        select u.email, m.role, i.code, i.entity_id = m.entity_id as own
        from assignments a join users u on u.id = a.user_id join memberships m on m.user_id = u.id
        join indicators i on i.id = a.subject_id
        """
    )
    assert len(found) == 6
    assert all(row["own"] for row in found)
    assert {row["role"] for row in found} == {"technical_representative", "media_representative", "expert"}


async def test_divisions_in_charge_are_executing_ones(loaded: Loaded, owner: Owner) -> None:
    found = await owner.fetch(
        "select i.code, d.code as division, d.function from indicators i join divisions d on d.id = i.division_id"
    )
    assert {(row["code"], row["division"]) for row in found} == {
        (row["indicator"], row["division"]) for row in rows("demo_in_charge")
    }
    assert {row["function"] for row in found} == {DivisionFunction.EXECUTING.value}


async def test_the_first_version_of_each_definition_is_in_force(loaded: Loaded, owner: Owner) -> None:
    found = {
        row["code"]: row
        for row in await owner.fetch(
            """
            select i.code, i.state as indicator, i.shared, i.entered_by, d.*
            from indicators i join definitions d on d.id = i.definition_id
            """
        )
    }
    said = {row["code"]: row for file in _INDICATORS for row in rows(file)}
    assert found.keys() == said.keys()
    for code, row in found.items():
        assert (row["indicator"], row["state"], row["number"], row["version"]) == ("active", "active", 1, 1)
        assert row["id"] == made_id("definitions", row["indicator_id"], 1)
        for name in ("method_ar", "formula_en", "denominator_ar", "aggregation", "entered_by", "source"):
            assert row[name] == (said[code][name] or None), (code, name)
        assert row["shared"] is (True if code == "omanis_private_jobs" else None), code
    assert found["gii"]["entered_by"] == "unit"


async def test_what_unit_enters_begins_with_unit(loaded: Loaded, owner: Owner) -> None:
    found = await owner.fetch(
        """
        select distinct r.parties_enter = '{unit}' as by_unit from results r
        join indicators i on i.id = r.indicator_id where i.entered_by = $1 and r.source_id is not null
        """,
        "unit",
    )
    assert [row["by_unit"] for row in found] == [True]


async def test_obligations_stand_for_every_period_to_the_end_of_next_year(
    loaded: Loaded, owner: Owner
) -> None:
    found = await owner.fetch(
        """
        select i.code, i.frequency, min(o.period) as first, max(o.period) as last, count(*) as periods
        from obligations o join indicators i on i.id = o.indicator_id group by 1, 2
        """
    )
    next_year = clock.day(clock.now()).year + 1
    expected = {
        "annual": ("2024", f"{next_year}", next_year - 2023),
        "monthly": ("2023-01", f"{next_year}-12", (next_year - 2022) * 12),
    }
    assert {row["code"] for row in found} == {row["indicator"] for row in rows("schedules")}
    for row in found:
        assert (row["first"], row["last"], row["periods"]) == expected[row["frequency"]], row["code"]
    assert await owner.fetchval("select count(*) from schedules where set_by_id is not null") == 0


async def test_monthly_figures_were_known_in_time(loaded: Loaded, owner: Owner) -> None:
    """Windows and vintages are both assumptions of ours; they must at least fit each other."""
    late = await owner.fetch(
        """
        select i.code, o.period from obligations o
        join indicators i on i.id = o.indicator_id
        join results r on r.indicator_id = o.indicator_id and r.period = o.period
        where i.frequency = 'monthly' and o.due_on < (r.known_from at time zone 'Asia/Muscat')::date
          and not (i.code = 'cpi_index_general' and o.period < '2024')
        """
    )
    assert late == []


async def test_a_figure_of_last_year_can_be_entered_until_this_year_is_over(
    loaded: Loaded, owner: Owner
) -> None:
    """The demo enters such figures on whatever day it is started."""
    closing = await owner.fetch(
        """
        select o.period, o.closes_on from obligations o join indicators i on i.id = o.indicator_id
        where i.frequency = 'annual'
        """
    )
    assert closing
    assert all(row["closes_on"] > date(int(row["period"]) + 1, 12, 31) for row in closing)


async def test_three_entities_contribute_to_one_indicator(loaded: Loaded, owner: Owner) -> None:
    found = await owner.fetch(
        """
        select e.code as contributor, c.state, p.code as part, c.message,
               (select r.state from results r where r.indicator_id = c.part_id) as figure
        from contributions c join entities e on e.id = c.contributor_id
        join indicators i on i.id = c.indicator_id left join indicators p on p.id = c.part_id
        where i.code = 'omanis_private_jobs'
        """
    )
    assert {(row["contributor"], row["state"], row["part"], row["figure"]) for row in found} == {
        ("MHT", "accepted", "demo_omanis_tourism_jobs", "approved"),
        ("MTCIT", "accepted", "demo_omanis_digital_jobs", "submitted"),
        ("MOHERI", "invited", None, None),
    }
    assert all("A demo invitation" in row["message"] for row in found)
