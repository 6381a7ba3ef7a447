"""One result from entry to approval, as each person lives it."""

from app.enums import DivisionFunction, Role
from tests.factories.world import World


async def test_from_entry_to_approval(world: World) -> None:
    ministry = await world.entity()
    executing = await world.division(ministry)
    planning = await world.division(ministry, DivisionFunction.PLANNING)
    indicator = await world.indicator(ministry, executing)
    enterer = await world.person(Role.DIVISION_MEMBER, division=executing)
    reviewer = await world.person(Role.DIVISION_MEMBER, division=planning)
    manager = await world.person(Role.MANAGER, ministry)
    stranger = await world.person(Role.MANAGER, await world.entity())

    made = await enterer.api.create(f"/v1/indicators/{indicator}/results", {"period": "2024", "value": 35.4})
    assert made.status_code == 201, made.text
    path = made.headers["Location"]
    body = made.json()
    assert body["state"] == "draft"
    assert body["value"] == 35.4
    assert body["actions"] == ["results.edit", "results.discard", "results.submit"]
    assert [wait["party"] for wait in body["awaiting"]] == ["division", "specialist"]
    assert body["awaiting"][0]["division"]["id"] == str(executing.id)

    assert (await stranger.api.get(path)).status_code == 404

    submitted = await enterer.api.step(f"{path}/submit", made.headers["ETag"])
    assert submitted.status_code == 200, submitted.text
    assert [wait["party"] for wait in submitted.json()["awaiting"]] == ["planning"]

    inbox = (await reviewer.api.get("/v1/inbox")).json()["items"]
    assert [(item["subject_id"], item["action"]) for item in inbox] == [(body["id"], "results.review")]

    reviewed = await reviewer.api.step(f"{path}/review", await reviewer.api.etag(path))
    assert reviewed.status_code == 200, reviewed.text
    approved = await manager.api.step(f"{path}/approve", await manager.api.etag(path))
    assert approved.status_code == 200, approved.text
    final = approved.json()
    assert final["state"] == "approved"
    assert final["entered_by"]["id"] == str(enterer.id)
    assert final["reviewed_by"]["id"] == str(reviewer.id)
    assert final["approved_by"]["id"] == str(manager.id)
    assert final["awaiting"] == []

    history = (await manager.api.get(f"{path}/history")).json()["items"]
    assert [item["action"] for item in history] == [
        "results.create",
        "results.submit",
        "results.review",
        "results.approve",
    ]
    assert [[wait["party"] for wait in item["awaiting"]] for item in history] == [
        ["division", "specialist"],
        ["planning"],
        ["manager"],
        [],
    ]
    assert history[0]["changes"] != []
    assert (await stranger.api.get(path)).status_code == 404
