"""Every answer about risks as it is sent: valid against its model to the last member, and after a change the same as a
read."""

from typing import Any

import pytest

from app.schemas.risk_matrix import RiskLessonList, RiskMatrix
from app.schemas.risk_settings import RiskSettingsList
from app.schemas.risks import RiskList, RiskRead
from app.schemas.swot_entries import SwotEntryList, SwotEntryRead
from tests.factories.risks import LESSONS, PLAN, REASON, RESOURCES, RiskOffice
from tests.factories.world import Person, World


@pytest.fixture(scope="module")
async def office(world: World) -> RiskOffice:
    return await RiskOffice.make(world)


async def same(person: Person, path: str, verb: str, body: dict[str, Any]) -> None:
    """The answer to a step is what a read gives then, under the same ETag."""
    answer = await person.api.step(f"{path}/{verb}", await person.api.etag(path), body)
    assert answer.status_code == 200, answer.text
    RiskRead.model_validate_json(answer.content)
    read = await person.api.get(path)
    assert read.content == answer.content
    assert read.headers["ETag"] == answer.headers["ETag"]


async def test_every_step_answers_what_a_read_gives(office: RiskOffice) -> None:
    path = await office.registered(office.enterer)
    why = {"reason": REASON}
    granted = [{"number": 1, "amount": 0.125}, {"number": 2, "amount": 2}]
    await same(office.manager, path, "raise-to-unit", why)
    await same(office.unit, path, "answer", {"answer": PLAN})
    await same(office.manager, path, "choose-strategy", {"strategy": "accept", "plan": PLAN})
    await same(office.head_office, path, "refuse-acceptance", {**why, "decision": office.letter()})
    await same(office.manager, path, "choose-strategy", {"strategy": "transfer", "plan": PLAN})
    await same(office.specialist, path, "ask-resources", {"resources": RESOURCES, **why})
    await same(
        office.head_office, path, "grant-resources", {"granted": granted, "decision": office.letter(), **why}
    )
    levels = {"probability": 4, "impact": 4, "residual_probability": 1, "residual_impact": 2}
    await same(office.enterer, path, "assess", {**levels, "note": PLAN})
    await same(office.manager, path, "treat", {"what": PLAN})
    await same(office.manager, path, "choose-strategy", {"strategy": "accept", "plan": PLAN})
    await same(office.manager, path, "accept", why)
    await same(office.manager, path, "raise-to-head", why)
    await same(office.head_office, path, "answer", {"answer": PLAN, "decision": office.letter()})
    await same(
        office.specialist, path, "occur", {"what": REASON, "kind": "data", "tie": "national_programme"}
    )
    await same(office.manager, path, "close", {"lessons": LESSONS})


async def test_lists_and_the_matrix_say_what_their_models_promise(office: RiskOffice) -> None:
    entries = f"/v1/entities/{office.entity.id}/swot-entries"
    risk = (await office.raised("unit", classification="restricted")).rpartition("/")[2]
    said = {"year": 2026, "kind": "threat", "says": REASON, "risk_id": risk}
    made = await office.specialist.api.create(entries, said)
    SwotEntryRead.model_validate_json(made.content)
    for person in (office.manager, office.head, office.unit, office.enterer):
        for path, model in (
            ("/v1/risks", RiskList),
            ("/v1/risk-matrix", RiskMatrix),
            ("/v1/risk-lessons", RiskLessonList),
            ("/v1/risk-settings", RiskSettingsList),
            ("/v1/swot-entries", SwotEntryList),
        ):
            model.model_validate_json((await person.api.get(path)).content)


async def test_pages_hold_together(office: RiskOffice) -> None:
    for number in range(3):
        await office.closed(title=f"خطر رقم {number}", probability=number + 1)
        said = {"year": 2026 + number % 2, "kind": "weakness", "says": REASON}
        await office.specialist.api.create(f"/v1/entities/{office.entity.id}/swot-entries", said)
    for path in ("/v1/risks", "/v1/risk-lessons", "/v1/risk-settings", "/v1/swot-entries"):
        whole = (await office.manager.api.get(path)).json()["items"]
        paged: list[Any] = []
        cursor: dict[str, str] = {}
        while True:
            page = (await office.manager.api.get(path, limit="1", **cursor)).json()
            paged += page["items"]
            if page["next_cursor"] is None:
                break
            cursor = {"cursor": page["next_cursor"]}
        assert paged == whole, path


async def test_what_is_unchanged_is_not_sent_again(office: RiskOffice) -> None:
    path = await office.registered()
    for each in (path, "/v1/risk-matrix"):
        first = await office.manager.api.get(each)
        again = await office.manager.api.send("GET", each, headers={"If-None-Match": first.headers["ETag"]})
        assert again.status_code == 304, each
