"""UNIT's settings in versions, and the matrix that is drawn by them."""

from typing import Any

import httpx
import pytest

from app.schemas.risk_matrix import RiskMatrix
from app.schemas.risk_settings import RiskSettingsList, RiskSettingsRead
from tests.factories.risks import REASON, SETTINGS, RiskOffice
from tests.factories.world import World


@pytest.fixture(scope="module")
async def office(world: World) -> RiskOffice:
    return await RiskOffice.make(world)


async def latest(office: RiskOffice) -> dict[str, Any]:
    answer = await office.editor.api.get("/v1/risk-settings")
    RiskSettingsList.model_validate(answer.json())
    found: dict[str, Any] = answer.json()["items"][0]
    assert found["in_force"]
    return found


async def put(office: RiskOffice, **said: Any) -> httpx.Response:
    body = {"follows": (await latest(office))["number"], **SETTINGS, **said}
    return await office.editor.api.create("/v1/risk-settings", body)


def faults(answer: httpx.Response) -> list[tuple[str, str]]:
    assert answer.status_code == 422, answer.text
    return [(fault["pointer"], fault["code"]) for fault in answer.json()["errors"]]


async def matrix(office: RiskOffice, **asked: Any) -> dict[str, Any]:
    answer = await office.manager.api.get("/v1/risk-matrix", entity_id=str(office.entity.id), **asked)
    assert answer.status_code == 200, answer.text
    RiskMatrix.model_validate(answer.json())
    found: dict[str, Any] = answer.json()
    return found


async def test_ours_ship_as_an_assumption(office: RiskOffice) -> None:
    shipped = (await office.enterer.api.get("/v1/risk-settings")).json()["items"][-1]
    assert (shipped["number"], shipped["set_by"], len(shipped["probability"])) == (1, None, 5)
    assert "افتراض" in shipped["reason"]
    one = await office.enterer.api.get(f"/v1/risk-settings/{shipped['id']}")
    RiskSettingsRead.model_validate(one.json())
    again = await office.enterer.api.send(
        "GET", f"/v1/risk-settings/{shipped['id']}", headers={"If-None-Match": one.headers["ETag"]}
    )
    assert again.status_code == 304


async def test_the_cells_hold_what_the_list_does(office: RiskOffice) -> None:
    """Whatever is registered, closed or assessed: the matrix counts what the list finds open, cell by cell."""
    for probability, impact, residual in ((1, 1, None), (4, 4, 2), (4, 4, None), (5, 3, 1), (2, 5, None)):
        await office.registered(
            probability=probability, impact=impact, residual_probability=residual, residual_impact=residual
        )
    await office.closed(probability=3, impact=3)
    await office.occurred(probability=3, impact=2)
    listed = (
        await office.manager.api.get("/v1/risks", entity_id=str(office.entity.id), open="true", limit="200")
    ).json()["items"]
    assert [risk["score"] for risk in listed] == sorted((r["score"] for r in listed), reverse=True), "ranked"
    for of in ("inherent", "residual"):
        drawn = await matrix(office, of=of)
        assert len(drawn["cells"]) == 25
        assert [level["name_ar"] for level in drawn["probability"]][:2] == ["نادر", "غير مرجح"]
        for cell in drawn["cells"]:
            assert cell["score"] == cell["probability"] * cell["impact"]
            here = [
                risk["id"]
                for risk in listed
                if risk[of] is not None
                and (risk[of]["probability"], risk[of]["impact"]) == (cell["probability"], cell["impact"])
            ]
            assert (cell["count"], sorted(cell["risk_ids"])) == (len(here), sorted(here))
            assert all(risk[of]["grade"] == cell["grade"] for risk in listed if risk["id"] in here)
        assert drawn["total"] + drawn["not_assessed"] == len(listed)
        assert drawn["total"] == sum(grade["count"] for grade in drawn["by_grade"])
    critical = (await office.manager.api.get("/v1/risks", grade="critical")).json()["items"]
    assert {risk["grade"] for risk in critical} == {"critical"}


async def test_a_risk_keeps_the_version_that_it_was_assessed_with(office: RiskOffice) -> None:
    path = await office.registered(probability=3, impact=3)
    before = await matrix(office)
    made = await put(office)
    assert made.status_code == 201, made.text
    risk = (await office.manager.api.get(path)).json()
    assert (risk["grade"], risk["settings"]["number"]) == ("medium", before["settings"]["number"])
    drawn = await matrix(office)
    assert (len(drawn["cells"]), drawn["total"]) == (9, 0)
    assert drawn["other_settings"] == [{**before["settings"], "count": before["total"]}]
    assert (await matrix(office, settings_id=before["settings"]["id"]))["cells"] == before["cells"]
    beyond = await office.take(office.specialist, path, "assess", probability=4, impact=3)
    assert faults(beyond) == [("#/probability", "outside_the_matrix")]
    assessed = await office.done(office.specialist, path, "assess", probability=3, impact=3)
    assert (assessed["grade"], assessed["settings"]["id"]) == ("critical", made.json()["id"])
    assert [each["inherent"]["grade"] for each in assessed["assessments"]] == ["medium", "critical"]
    assert (await matrix(office))["total"] == 1
    unknown = await office.manager.api.get("/v1/risk-matrix", settings_id=str(office.entity.id))
    assert unknown.status_code == 404


async def test_an_acceptance_holds_only_by_the_matrix_that_it_was_given_under(office: RiskOffice) -> None:
    assert (await put(office)).status_code == 201
    path = await office.accepted(probability=2, impact=2)
    sooner = {"review_days": {"low": 60, "medium": 30, "high": 10, "critical": 5}}
    assert (await put(office, **sooner)).status_code == 201
    same = await office.done(office.specialist, path, "assess", probability=2, impact=2)
    assert same["state"] == "accepted", "the same levels say the same"
    impact = [*SETTINGS["impact"][:2], {"name_ar": "كارثي", "name_en": "Catastrophic"}]
    assert (await put(office, impact=impact)).status_code == 201
    other = await office.done(office.specialist, path, "assess", probability=1, impact=1)
    assert other["state"] == "to_accept", "one of three says nothing of four of other three"
    again = await office.done(office.manager, path, "accept", reason=REASON)
    assert (again["state"], again["settings"]["id"]) == ("accepted", (await latest(office))["id"])
    stricter = {"impact": impact, "thresholds": {"medium_from": 2, "high_from": 3, "critical_from": 4}}
    assert (await put(office, **stricter)).status_code == 201
    low = await office.done(office.specialist, path, "assess", probability=1, impact=1)
    assert low["state"] == "accepted"


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({"probability": SETTINGS["probability"][:2]}, [("#/probability", "too_few")]),
        ({"probability": SETTINGS["probability"] * 2}, [("#/probability", "too_many")]),
        (
            {"impact": [SETTINGS["impact"][0], *SETTINGS["impact"][:2]]},
            [("#/impact/1/name_ar", "repeated"), ("#/impact/1/name_en", "repeated")],
        ),
        (
            {"thresholds": {"medium_from": 6, "high_from": 3, "critical_from": 9}},
            [("#/thresholds/high_from", "not_rising")],
        ),
        (
            {"thresholds": {"medium_from": 1, "high_from": 6, "critical_from": 10}},
            [("#/thresholds/medium_from", "not_rising"), ("#/thresholds/critical_from", "beyond_the_matrix")],
        ),
        ({"head_from": 10}, [("#/head_from", "beyond_the_matrix")]),
        (
            {"review_days": {"low": 10, "medium": 20, "high": 5, "critical": 5}},
            [("#/review_days/medium", "less_often")],
        ),
        ({"head_from": "6"}, [("#/head_from", "wrong_type")]),
    ],
)
async def test_settings_that_make_no_matrix(
    office: RiskOffice, said: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    before = await latest(office)
    assert faults(await put(office, **said)) == expected
    assert await latest(office) == before, "nothing changed"


async def test_two_editors_do_not_overwrite_each_other(office: RiskOffice) -> None:
    follows = (await latest(office))["number"]
    assert (await put(office, follows=follows)).status_code == 201
    late = await put(office, follows=follows)
    assert (late.status_code, late.json()["code"]) == (409, "not_the_latest_settings")
    for person in (office.manager, office.head, office.unit):
        refused = await person.api.create("/v1/risk-settings", {**SETTINGS, "follows": 1, "reason": REASON})
        assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")
