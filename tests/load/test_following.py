"""What the demo tells of challenges, risks, meetings, actions and evaluations."""

from typing import Any

import httpx
import pytest

from tests.load.conftest import Loaded
from tests.load.test_load import signed_in
from tests.load.test_planning import DOMAIN, LAST_DAY, end_of, one, read

Owner = "asyncpg.Connection[asyncpg.Record]"
INVENTED = ("تجريبي", "افتراضي")
TOLD = {
    "challenges": "title cause impact coordination_note",
    "challenge_attempts": "what",
    "challenge_solutions": "title effect analysis",
    "risks": "title cause effect plan",
    "risk_assessments": "note",
    "risk_resources": "what",
    "meeting_series": "title_ar place",
    "meetings": "title_ar minutes",
    "agenda_items": "title",
    "meeting_decisions": "text",
    "actions": "title description outcome issued_by",
    "action_notes": "note",
    "evaluations": "title findings conclusion",
}
"""What is written of each in words."""


async def waiting(client: httpx.AsyncClient, who: str) -> set[str]:
    """What waits for somebody, by the step that they are to take."""
    items = (await (await signed_in(client, f"{who}@{DOMAIN}")).get("/v1/inbox", limit="200")).json()["items"]
    return {item["action"] for item in items}


async def things(client: httpx.AsyncClient, who: str, path: str, **wanted: Any) -> list[dict[str, Any]]:
    """What somebody sees of a list."""
    answer = await (await signed_in(client, f"{who}@{DOMAIN}")).get(path, **wanted)
    assert answer.status_code == 200, answer.text
    return list(answer.json()["items"])


async def test_a_delayed_project_has_a_challenge_in_the_office(
    loaded: Loaded, client: httpx.AsyncClient
) -> None:
    found = await one(client, "manager.mol", "/v1/challenges")
    assert (found["state"], found["about"]["code"], found["level"]) == ("open", "D26-02", "office")
    challenge = await read(client, "member1.skl.mol", f"/v1/challenges/{found['id']}")
    assert len(challenge["attempts"]) == 1
    assert "challenges.record_attempt" in challenge["actions"]
    assert "challenges.close" in await waiting(client, "manager.mol")
    assert await things(client, "specialist1.unit", "/v1/challenges", entity_id=found["entity"]["id"]) == []


async def test_a_red_indicator_has_a_challenge_that_waits_for_the_head(
    loaded: Loaded, client: httpx.AsyncClient
) -> None:
    found = await one(client, "manager.mof", "/v1/challenges")
    assert (found["state"], found["about"]["code"]) == ("with_head", "non_oil_revenue_gdp")
    challenge = await read(client, "specialist1.unit", f"/v1/challenges/{found['id']}")
    assert len(challenge["attempts"]) == 2
    assert [solution["recommended"] for solution in challenge["solutions"]] == [True, False]
    assert challenge["coordination"]["on"] == "2026-11-10"
    thread = await read(client, "head-office.mof", f"/v1/challenges/{found['id']}/thread")
    assert [stay["level"] for stay in thread["stays"]] == ["office", "head"]
    assert "challenges.decide" in await waiting(client, "head-office.mof")


async def test_a_risk_of_the_office_is_treated_and_one_of_an_initiative_asks_for_resources(
    loaded: Loaded, client: httpx.AsyncClient
) -> None:
    office = await one(client, "manager.mof", "/v1/risks")
    assert (office["state"], office["kind"], office["about"]) == ("in_treatment", "sustainability", None)
    assert (office["inherent"]["score"], office["residual"]["score"]) == (12, 6)
    delivery = await one(client, "member1.emp.mol", "/v1/risks")
    assert (delivery["state"], delivery["about"]["code"]) == ("resources_asked", "D26-01")
    risk = await read(client, "manager.mol", f"/v1/risks/{delivery['id']}")
    assert [(asked["kind"], asked["asked"]) for asked in risk["resources"]] == [
        ("money", 24000),
        ("people", 3),
    ]
    assert "risks.grant_resources" in await waiting(client, "head-office.mol")


async def test_the_office_meets_units_team_each_month(loaded: Loaded, client: httpx.AsyncClient) -> None:
    series = await one(client, "specialist1.unit", "/v1/meeting-series")
    planned = (await read(client, "specialist1.unit", f"/v1/meeting-series/{series['id']}"))["meetings"]
    assert [meeting["starts_at"][:7] for meeting in planned] == [
        "2026-11",
        "2026-12",
        *(f"2027-0{month}" for month in range(1, 7)),
    ]
    assert [meeting["state"] for meeting in planned] == ["confirmed"] + ["planned"] * 7
    meeting = await read(client, "manager.mol", f"/v1/meetings/{planned[0]['id']}")
    assert [person["attended"] for person in meeting["people"]] == [True] * 4 + [False]
    assert [item["about"] and item["about"]["kind"] for item in meeting["agenda"]] == [
        "challenge",
        "initiative",
        None,
    ]
    assert [decision["state"] for decision in meeting["decisions"]] == ["final", "final"]
    assert meeting["confirmed_by"]["id"] != meeting["planned_by"]["id"]


async def test_what_the_meeting_decided_is_done_overdue_and_open(
    loaded: Loaded, client: httpx.AsyncClient
) -> None:
    found = {
        (action["state"], action["overdue"]): action
        for action in await things(client, "manager.mol", "/v1/actions", source="meeting")
    }
    assert found.keys() == {("done", False), ("open", True), ("open", False)}
    assert {action["comes_from"]["kind"] for action in found.values()} == {"meeting_decision"}
    challenge = await one(client, "manager.mol", "/v1/challenges")
    assert found["open", False]["about"]["id"] == challenge["id"]
    late = await read(client, "member1.emp.mol", f"/v1/actions/{found['open', True]['id']}")
    assert len(late["notes"]) == 1
    assert "actions.report" in late["actions"]


async def test_a_directive_is_carried_out_and_a_proposal_waits_for_the_head(
    loaded: Loaded, client: httpx.AsyncClient
) -> None:
    directive = await one(client, "member1.plan.mof", "/v1/actions", source="directive")
    shown = await read(client, "manager.mof", f"/v1/actions/{directive['id']}")
    assert (shown["state"], shown["directive"]["letter_date"]) == ("open", "2026-11-08")
    proposal = await one(client, "manager.mof", "/v1/actions", source="improvement_proposal")
    assert proposal["state"] == "proposed"
    assert "actions.accept" in await waiting(client, "head-office.mof")


async def test_a_half_year_is_evaluated_and_frozen(loaded: Loaded, client: httpx.AsyncClient) -> None:
    found = await one(client, "manager.mof", "/v1/evaluations")
    assert (found["state"], found["period_from"], found["period_to"]) == (
        "approved",
        "2026-01-01",
        "2026-06-30",
    )
    assert (await read(client, "manager.mof", f"/v1/evaluations/{found['id']}"))["actions"] == []


async def test_it_lies_in_the_past(loaded: Loaded, owner: Owner) -> None:
    for table in (
        "challenges",
        "risks",
        "meeting_series",
        "meetings",
        "meeting_decisions",
        "actions",
        "evaluations",
    ):
        late = "select t.id from {} t join events e on e.subject_id = t.id where e.at > $1"
        assert await owner.fetchval(f"select count(*) from {table}") > 0, table
        assert await owner.fetch(late.format(table), end_of(LAST_DAY)) == [], table


@pytest.mark.parametrize("table", TOLD)
async def test_every_text_says_that_it_is_invented(loaded: Loaded, owner: Owner, table: str) -> None:
    columns = TOLD[table].split()
    found = await owner.fetch(f"select {', '.join(columns)} from {table}")
    texts = [text for row in found for text in row if text is not None]
    assert texts
    assert [text for text in texts if not any(mark in text for mark in INVENTED)] == []
