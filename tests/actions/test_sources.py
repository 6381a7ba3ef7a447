"""What actions come from: meetings and their decisions, beside challenges and evaluations (Guide M-2)."""

from typing import Any

import httpx
import pytest

from tests.factories.actions import TITLE, id_of, in_days
from tests.factories.meetings import Office
from tests.factories.world import World


@pytest.fixture(scope="module")
async def office(world: World) -> Office:
    return await Office.make(world)


async def from_(office: Office, path: str, **more: Any) -> httpx.Response:
    body = {
        "source": "meeting",
        "source_id": id_of(path),
        "title": TITLE,
        "division_id": str(office.executing.id),
        "due": in_days(10),
        **more,
    }
    return await office.specialist.api.create(f"/v1/entities/{office.entity.id}/actions", body)


async def test_it_comes_from_a_meeting_or_what_it_decided(office: Office) -> None:
    meeting = await office.held()
    decision = await office.decided(meeting, text="تُعدّ دراسة\nعاجلة للبدائل")
    code = (await office.manager.api.get(meeting)).json()["code"]
    for path, kind, said in ((meeting, "meeting", code), (decision, "meeting_decision", f"{code}.1")):
        answer = await from_(office, path)
        assert answer.status_code == 201, answer.text
        comes_from = answer.json()["comes_from"]
        assert (comes_from["kind"], comes_from["id"], comes_from["code"]) == (kind, id_of(path), said)
        listed = (await office.member.api.get("/v1/actions", source_id=id_of(path), source="meeting")).json()
        assert [item["id"] for item in listed["items"]] == [answer.json()["id"]]
    assert comes_from["name_ar"] == "تُعدّ دراسة عاجلة للبدائل"


async def test_a_restricted_meeting_closes_its_actions(office: Office) -> None:
    decision = await office.decided(await office.held(classification="restricted"))
    answer = await from_(office, decision)
    assert answer.json()["classification"] == "restricted"
    refused = await from_(office, decision, classification="internal")
    assert refused.json()["errors"][0]["code"] == "more_open_than_subject"


async def test_nothing_comes_from_a_meeting_that_was_called_off(office: Office) -> None:
    answer = await from_(office, await office.cancelled())
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "ended")
