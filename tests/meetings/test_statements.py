"""How many statements the requests of meetings cost: a read two, a step five or six, one more where people are named anew."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest

from tests.core.test_statements import READ, TRANSITION, app, counted  # noqa: F401  # app: the watched one
from tests.factories.meetings import MINUTES, REASON, Office, moments
from tests.factories.world import World

AHEAD = datetime(2027, 3, 2, 5, tzinfo=UTC)


@pytest.fixture(scope="module")
async def office(world: World) -> Office:
    return await Office.make(world)


async def test_a_read_takes_two_statements(office: Office) -> None:
    path = await office.held()
    decision = await office.decided(path, about_id=str(office.indicator))
    for each in (
        path,
        f"{path}/agenda-proposals",
        decision,
        await office.series(),
        "/v1/meetings",
        "/v1/meetings?mine=true&from_day=2026-01-01",
        f"/v1/meetings?about_id={office.indicator}",
        "/v1/meeting-series",
        f"/v1/meeting-decisions?about_id={office.indicator}",
        "/v1/inbox",
    ):
        await office.manager.api.get(each)
        with counted(READ):
            answer = await office.manager.api.get(each)
        assert answer.status_code == 200, answer.text


async def test_a_step_takes_five_or_six(office: Office) -> None:
    path = await office.planned(**moments(AHEAD))
    api = office.specialist.api
    etag = await api.etag(path)
    with counted(TRANSITION):
        assert (await api.patch(path, etag, {"place": "القاعة الصغرى"})).status_code == 200
    etag = await api.etag(path)
    with counted(TRANSITION):
        assert (await api.step(f"{path}/cancel", etag, {"reason": REASON})).status_code == 200
    path = await office.planned()
    etag = await api.etag(path)
    with counted(TRANSITION + 1):
        answer = await api.step(f"{path}/hold", etag, {"attended": [1], "minutes": MINUTES})
    assert answer.status_code == 200
    etag = await office.second.api.etag(path)
    with counted(TRANSITION):
        assert (await office.second.api.step(f"{path}/confirm", etag, {})).status_code == 200


async def test_a_series_of_sixty_takes_as_many_as_one_of_one(office: Office) -> None:
    path = f"/v1/entities/{office.entity.id}/meeting-series"
    body = {
        "with_whom": "internal",
        "title_ar": "اجتماع فريق المكتب",
        "title_en": "Office team meeting",
        "every": "weekly",
        "weekday": "sunday",
        "starts_on": "2027-01-01",
        "starts_at": "10:00",
        "minutes": 45,
        "people": office.invited(office.member, office.second),
    }
    for ends_on, meetings in (("2027-01-03", 1), ("2028-01-31", 56)):
        with counted(16):
            answer = await office.specialist.api.send(
                "POST", path, json={**body, "ends_on": ends_on}, headers={"Idempotency-Key": uuid4().hex}
            )
        assert answer.status_code == 201, answer.text
        assert abs(len(answer.json()["meetings"]) - meetings) <= 1
