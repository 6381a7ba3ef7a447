"""An indicator shared with three entities, from the invitations to the certified result."""

from uuid import UUID

from app.schemas.contributions import ContributionList, ContributionRead
from app.schemas.results import ResultRead
from tests.contributions.sharing import REASON, Sharing, step, try_step
from tests.factories.world import World


async def test_from_invitation_to_certification(world: World) -> None:
    sharing = await Sharing.make(world, 3)
    owner, (labour, finance, economy) = sharing.owner, sharing.contributors
    whole = f"/v1/indicators/{owner.indicator}"
    await world.target(owner.indicator, 2025, value=60)

    before = (await owner.manager.api.get(whole)).json()
    assert before["shared"] is None
    made = await sharing.invite(labour, 20, message="نرجو الإسهام بمؤشر التدريب")
    assert made.status_code == 201, made.text
    body = made.json()
    assert (body["state"], body["weight"], body["part"], body["part_indicator"]) == (
        "invited",
        20,
        None,
        None,
    )
    assert body["actions"] == ["contributions.edit", "contributions.withdraw"]
    assert [(wait["party"], wait["action"]) for wait in body["awaiting"]] == [
        ("manager", "contributions.accept")
    ]
    after = (await owner.manager.api.get(whole)).json()
    assert (after["shared"], after["version"]) == (True, before["version"] + 1)
    path = made.headers["Location"]

    # The invited side finds it, though nothing of the owner is within its reach yet.
    inbox = (await labour.manager.api.get("/v1/inbox")).json()["items"]
    assert [(item["subject_id"], item["action"], item["kind"]) for item in inbox] == [
        (body["id"], "contributions.accept", "contribution")
    ]
    seen = (await labour.manager.api.get(path)).json()
    assert seen["actions"] == ["contributions.accept", "contributions.refuse"]
    assert seen["message"] == "نرجو الإسهام بمؤشر التدريب"
    accepted = await step(labour.manager, path, "accept", {"indicator_id": str(labour.indicator)})
    assert accepted.json()["state"] == "accepted"
    assert accepted.json()["part_indicator"]["id"] == str(labour.indicator)
    assert accepted.json()["awaiting"] == []
    assert (await labour.manager.api.get("/v1/inbox")).json()["items"] == []
    assert accepted.json()["actions"] == ["contributions.leave", "contributions.explain"]

    of_finance, of_economy = [await sharing.accepted(other, 30) for other in (finance, economy)]
    assert {code: part["state"] for code, part in (await sharing.parts("2025")).items()} == {
        other.entity.code: "missing" for other in sharing.contributors
    }

    part = await labour.approved("2025", value=41.5)
    await finance.submitted("2025")
    await economy.draft("2025")
    composite = await owner.reviewed("2025", value=55)
    parts = await sharing.parts("2025")
    assert parts[labour.entity.code] == {
        "period": "2025",
        "state": "approved",
        "figure": {
            "period": "2025",
            "result_id": str(part.id),
            "value": 41.5,
            "rank": None,
            "unit_ar": "نسبة مئوية",
            "unit_en": "percent",
        },
        "absence": None,
    }
    pending = parts[finance.entity.code]
    assert pending["state"] == "pending"
    assert (pending["figure"]["result_id"], pending["figure"]["value"]) == (None, None)
    assert parts[economy.entity.code] == {
        "period": "2025",
        "state": "missing",
        "figure": None,
        "absence": None,
    }

    refused = await try_step(owner.manager, composite.path, "approve")
    assert (refused.status_code, refused.json()["code"]) == (409, "parts_missing")
    assert [fault["code"] for fault in refused.json()["errors"]] == ["part_pending", "part_missing"]
    assert all("2025" in fault["detail"] for fault in refused.json()["errors"])
    shown = (await owner.manager.api.get(composite.path)).json()
    assert shown["actions"] == ["results.return"]
    assert shown["parts"] == []

    explained = await step(
        economy.specialist, of_economy, "explain", {"period": "2025", "reason": "تأجل المسح الميداني"}
    )
    assert explained.json()["version"] == 3
    figure = (await finance.manager.api.get("/v1/results", indicator_id=str(finance.indicator))).json()
    submitted = UUID(figure["items"][0]["id"])
    for person, verb in ((finance.reviewer, "review"), (finance.manager, "approve")):
        await step(person, f"/v1/results/{submitted}", verb)
    assert "results.approve" in (await owner.manager.api.get(composite.path)).json()["actions"]
    certified = await step(owner.manager, composite.path, "approve")
    frozen = {part["contributor"]["code"]: part for part in certified.json()["parts"]}
    assert {code: (part["weight"], part["result_id"], part["absence"]) for code, part in frozen.items()} == {
        labour.entity.code: (20, str(part.id), None),
        finance.entity.code: (30, str(submitted), None),
        economy.entity.code: (30, None, "تأجل المسح الميداني"),
    }

    # The contributor sees the whole; what was certified stays as it was.
    seen = (await economy.reviewer.api.get(of_economy)).json()["whole"]
    assert seen["target"]["value"] == 60
    assert (seen["result"]["id"], seen["result"]["value"]) == (str(composite.id), 55)
    assert {part["contributor"]["code"]: part["state"] for part in seen["parts"]} == {
        labour.entity.code: "approved",
        finance.entity.code: "approved",
        economy.entity.code: "explained",
    }
    await step(economy.manager, of_economy, "explain", {"period": "2025", "reason": "سبب آخر"})
    await step(finance.manager, of_finance, "leave", {"reason": REASON})
    again = (await owner.manager.api.get(composite.path)).json()
    # What was answered is what the contract says, nothing more and nothing less.
    ContributionRead.model_validate_json((await economy.reviewer.api.get(of_economy)).content)
    ContributionList.model_validate_json((await labour.reviewer.api.get(f"{whole}/contributions")).content)
    ResultRead.model_validate_json(certified.content)
    # Who has left is named still; its figure is not for the owner any more.
    frozen[finance.entity.code]["result_id"] = None
    assert {part["contributor"]["code"]: part for part in again["parts"]} == frozen
