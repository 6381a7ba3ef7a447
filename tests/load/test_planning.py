"""The planning year that the demo tells: annex A as it ran, an annual plan in November, and what goes with them."""

import json
from datetime import UTC, date, datetime, time
from typing import Any

import httpx
import pytest

from tests.api import Api
from tests.load.conftest import DATA, Loaded, rows
from tests.load.test_load import signed_in

Owner = "asyncpg.Connection[asyncpg.Record]"
DOMAIN = "demo.mutabaa.example"
LAST_DAY = date(2026, 11, 22)

READ = (
    "plans",
    "path-runs",
    "path-templates",
    "initiatives",
    "scorecards",
    "improvement-plans",
    "communication-plans",
    "communication-activities",
    "detailed-plans",
    "challenges",
    "risks",
    "meeting-series",
    "meetings",
    "meeting-decisions",
    "actions",
    "evaluations",
)
"""Lists, and where their things are read."""


async def one(client: httpx.AsyncClient, who: str, path: str, **wanted: Any) -> dict[str, Any]:
    """The only thing of a list that somebody sees."""
    answer = await (await signed_in(client, f"{who}@{DOMAIN}")).get(path, **wanted)
    assert answer.status_code == 200, answer.text
    [item] = answer.json()["items"]
    return dict(item)


async def read(client: httpx.AsyncClient, who: str, path: str) -> dict[str, Any]:
    """A thing as somebody sees it."""
    answer = await (await signed_in(client, f"{who}@{DOMAIN}")).get(path)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def test_annex_a_is_replayed_on_its_days(loaded: Loaded, client: httpx.AsyncClient) -> None:
    """26 steps on the days of 2023 that the annex names, days off included, all of them history by now."""
    model = json.loads((DATA / "path_templates" / "annual_plan.json").read_text(encoding="utf-8"))
    annex = {
        stage["key"]: date(2024 + stage["due"]["year"], stage["due"]["month"], stage["due"]["day"])
        for group in model["groups"]
        for stage in group
        if stage["due"]["kind"] == "date" and int(stage["key"].split("-")[1]) <= 26
    }
    assert len(annex) == 26
    assert (annex["A-1"], annex["A-26"]) == (date(2023, 4, 12), date(2023, 6, 11))
    run = await one(client, "manager.mol", "/v1/path-runs", year="2024")
    assert run["state"] == "stopped"
    assert run["open_stages"] == []
    timeline = await read(client, "manager.mol", f"/v1/path-runs/{run['id']}/timeline")
    items = {item["key"]: item for item in timeline["bars"] if item["state"] == "done"}
    assert items.keys() == annex.keys()
    for key, day in annex.items():
        item = items[key]
        assert (item["planned_to"], item["actual_to"]) == (day.isoformat(), day.isoformat()), key
        assert (item["timing"], item["days_late"], item["round"]) == ("ended_on_time", 0, 1), key
    assert any(day.isoweekday() == 5 for day in annex.values()), "days off are not shifted"
    assert {item["state"] for item in timeline["bars"]} == {"done", "stopped"}


async def test_november_finds_the_plan_of_2027_before_its_discussion(
    loaded: Loaded, client: httpx.AsyncClient
) -> None:
    run = await one(client, "manager.mof", "/v1/path-runs", year="2027", subject_id=await plan_id(client))
    assert (run["state"], [stage["key"] for stage in run["open_stages"]]) == ("running", ["A-36"])
    assert {wait["party"] for wait in run["open_stages"][0]["awaiting"]} >= {"head", "planning", "finance"}
    timeline = await read(client, "manager.mof", f"/v1/path-runs/{run['id']}/timeline")
    late = {item["key"]: item["days_late"] for item in timeline["bars"] if item["timing"] == "ended_late"}
    assert late["A-14"] == 2
    assert len(late) < 8
    plan = await read(client, "manager.mof", f"/v1/plans/{await plan_id(client)}")
    assert plan["state"] == "approved"
    assert plan["development_plan"]["code"] == "FYP11"
    states = {item["initiative"]["code"]: item["state"] for item in plan["contents"] if item["initiative"]}
    assert states == {"D27-01": "kept", "D27-02": "kept", "D27-03": "dropped"}


async def plan_id(client: httpx.AsyncClient) -> str:
    """The id of the plan of 2027."""
    plan = await one(client, "manager.mof", "/v1/plans", year="2027")
    return str(plan["id"])


async def test_initiatives_are_in_all_their_states(
    loaded: Loaded, client: httpx.AsyncClient, owner: Owner
) -> None:
    found = {row["code"]: row["state"] for row in await owner.fetch("select code, state from initiatives")}
    assert found.keys() == {row["code"] for row in rows("demo_initiatives")}
    assert {code for code, state in found.items() if state == "submitted"} == {"D26-05"}
    api = await signed_in(client, f"specialist1.unit@{DOMAIN}")
    items = (await api.get("/v1/initiatives", limit="200")).json()["items"]
    status = {item["code"]: item["status"] for item in items}
    assert status["D26-02"] == "late"
    assert "D26-05" not in status
    reports = await owner.fetch("select distinct state from progress_reports")
    assert {row["state"] for row in reports} == {"draft", "submitted", "reviewed", "approved"}


async def test_two_entities_share_a_national_programme(
    loaded: Loaded, client: httpx.AsyncClient, owner: Owner
) -> None:
    programme = await owner.fetchval("select id from programmes where code = 'PG04'")
    shown = await read(client, "manager.mht", f"/v1/programmes/{programme}/parts")
    assert {part["entity"]["code"] for part in shown["parts"]} == {"MOL", "MHT"}


async def test_one_scorecard_is_in_force_and_one_waits_for_unit(
    loaded: Loaded, client: httpx.AsyncClient, owner: Owner
) -> None:
    found = await owner.fetch(
        "select e.code, s.year, s.state from scorecards s join entities e on e.id = s.entity_id order by 2"
    )
    assert [tuple(row) for row in found] == [("MOL", 2026, "in_force"), ("MOF", 2027, "approved")]
    marked = await owner.fetch("select code from indicators where in_scorecard order by 1")
    lines = {row["indicator"] for row in rows("demo_scorecard_lines") if row["entity"] == "MOL"}
    assert {row["code"] for row in marked} == lines
    api = await signed_in(client, f"specialist1.unit@{DOMAIN}")
    actions = {item["action"] for item in (await api.get("/v1/inbox")).json()["items"]}
    assert "path_stages.approve" in actions


async def test_the_rest_is_as_far_as_it_should_be(loaded: Loaded, owner: Owner) -> None:
    light = await owner.fetchval(
        """
        select s.light from improvement_plans p join standings s on s.indicator_id = p.indicator_id
        where p.state = 'approved' and s.scope = 'internal'
        """
    )
    assert light == "red"
    plans = await owner.fetch("select state, count(*) from detailed_plans group by 1")
    assert dict(map(tuple, plans)) == {"submitted": 1, "dropped": 1}
    answered = await owner.fetch(
        """
        select s.key, a.state from communication_activities a join path_stages s on s.id = a.stage_id
        join communication_plans p on p.id = a.plan_id where p.state = 'approved'
        """
    )
    assert dict(map(tuple, answered)) == {"A-9": "done", "A-10": "done", "A-27": "done", "A-42": "planned"}


async def test_what_is_told_lies_in_the_past_and_says_that_it_is_invented(
    loaded: Loaded, owner: Owner
) -> None:
    told = "select id from {} t where exists (select from events e where e.subject_id = t.id and e.at > $1)"
    for table in ("plans", "initiatives", "path_runs", "path_stages", "scorecards", "detailed_plans"):
        assert await owner.fetch(told.format(table), end_of(LAST_DAY)) == [], table
    for table in ("plans", "initiatives", "detailed_plans", "communication_plans"):
        names = await owner.fetch(f"select name_ar, name_en from {table}")
        assert names
        assert all("(تجريبي)" in name and "(demo)" in english for name, english in names), table


def end_of(day: date) -> datetime:
    """The last hour of a day."""
    return datetime.combine(day, time(23), UTC)


@pytest.mark.parametrize(
    "who",
    [
        "manager.mol",
        "media.mof",
        "member1.rev.mof",
        "head-office.mof",
        "specialist1.unit",
        "manager.mht",
        "expert.mol",
    ],
)
async def test_everybody_reads_what_they_see(loaded: Loaded, client: httpx.AsyncClient, who: str) -> None:
    api: Api = await signed_in(client, f"{who}@{DOMAIN}")
    for path in READ:
        answer = await api.get(f"/v1/{path}", limit="200")
        assert answer.status_code == 200, answer.text
        for item in answer.json()["items"]:
            single = await api.get(f"/v1/{path}/{item['id']}")
            assert single.status_code == 200, single.text
