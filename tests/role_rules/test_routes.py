"""The role rules over HTTP."""

import httpx

from app import permissions
from app.enums import Role
from app.schemas.role_rules import RoleRuleList
from tests.factories.world import World

PATH = "/v1/role-rules"


async def test_anyone_signed_in_reads_every_rule(world: World) -> None:
    expert = await world.person(Role.EXPERT, await world.entity())
    response = await expert.api.get(PATH)
    assert response.status_code == 200, response.text
    body = response.json()
    RoleRuleList.model_validate_json(response.content)
    assert [item["action"] for item in body["items"]] == list(permissions.RULES)
    assert body["next_cursor"] is None


async def test_a_rule_says_who_when_and_under_which_conditions(world: World) -> None:
    person = await world.user()
    body = (await person.api.get(PATH)).json()
    rules = {item["action"]: item for item in body["items"]}

    approve = rules["results.approve"]
    assert [who["party"] for who in approve["who"]] == ["step:approve"]
    assert (approve["four_eyes"], approve["delegable"], approve["recordable"]) == (True, True, True)
    assert (approve["subject"], approve["from_states"], approve["to_state"]) == (
        "result",
        ["reviewed"],
        "approved",
    )
    assert approve["says_ar"] == "اعتماد نتيجة"
    assert approve["guide"] == ["D-2"]

    grant = rules["reopenings.grant"]
    assert "UNIT" in grant["who"][0]["relation_en"]
    assert "وحدة المتابعة" in grant["who"][0]["relation_ar"]
    assert (grant["subject"], grant["from_states"], grant["to_state"]) == ("reopening", ["asked"], "granted")

    appoint = rules["memberships.appoint_office"]
    assert [who["party"] for who in appoint["who"]] == ["head"]
    assert appoint["recordable"] is True
    assert appoint["guide"] == ["O-3", "O-4", "O-6", "O-7"]


async def test_the_default_chains_stand_beside_the_rules(world: World) -> None:
    person = await world.user()
    chains = {
        chain["chain"]: chain["steps"] for chain in (await person.api.get(PATH)).json()["default_chains"]
    }
    assert list(chains) == ["results", "plans", "detailed_plans", "reports", "communication"]
    assert [(step["step"], [who["party"] for who in step["parties"]]) for step in chains["results"]] == [
        ("enter", ["executing", "specialist"]),
        ("review", ["planning"]),
        ("approve", ["manager"]),
    ]


async def test_who_has_the_page_is_not_sent_it_again(world: World) -> None:
    person = await world.user()
    etag = await person.api.etag(PATH)
    again = await person.api.send("GET", PATH, headers={"If-None-Match": etag})
    assert (again.status_code, again.content) == (304, b"")
    other = await person.api.send("GET", PATH, headers={"If-None-Match": '"1.another"'})
    assert other.status_code == 200


async def test_without_sign_in_nothing_is_said(client: httpx.AsyncClient) -> None:
    response = await client.get(PATH)
    assert response.status_code == 401
    assert response.json()["code"] == "unauthenticated"
