"""Every answer about meetings as it is sent: valid against its model to the last member, and after a change the same as a
read."""

from typing import Any

import httpx
import pytest
from pydantic import BaseModel

from app.schemas.challenge_threads import ChallengeThread
from app.schemas.meeting_decisions import MeetingDecisionList, MeetingDecisionRead
from app.schemas.meeting_series import MeetingSeriesList, MeetingSeriesRead
from app.schemas.meetings import AgendaProposals, MeetingList, MeetingRead
from tests.factories.challenges import CHALLENGE
from tests.factories.meetings import MINUTES, REASON, Office
from tests.factories.world import Person, World


@pytest.fixture(scope="module")
async def office(world: World) -> Office:
    return await Office.make(world)


async def same(person: Person, path: str, answer: httpx.Response, model: type[BaseModel]) -> None:
    """The answer to a change is what a read gives then, under the same ETag."""
    assert answer.is_success, answer.text
    model.model_validate_json(answer.content)
    read = await person.api.get(path)
    assert read.content == answer.content
    assert read.headers["ETag"] == answer.headers["ETag"]
    again = await person.api.send("GET", path, headers={"If-None-Match": read.headers["ETag"]})
    assert again.status_code == 304


async def test_every_step_answers_what_a_read_gives(office: Office) -> None:
    challenge = await office.specialist.api.create(
        "/v1/challenges", {**CHALLENGE, "about_id": str(office.indicator)}
    )
    about: dict[str, Any] = {"about_id": challenge.json()["id"]}
    person = office.specialist
    planned = await office.plan()
    path = planned.headers["Location"]
    await same(person, path, planned, MeetingRead)
    await same(person, path, await office.change(person, path, place="القاعة الصغرى"), MeetingRead)
    await same(person, path, await office.set_agenda(person, path, {"title": "بند", **about}), MeetingRead)
    await same(
        person, path, await office.take(person, path, "hold", attended=[1], minutes=MINUTES), MeetingRead
    )
    decided = await office.decide(person, path, **about)
    decision = decided.headers["Location"]
    await same(person, decision, decided, MeetingDecisionRead)
    changed = await office.change(person, decision, about_id=str(office.indicator))
    await same(person, decision, changed, MeetingDecisionRead)
    await same(person, decision, await office.change(person, decision, **about), MeetingDecisionRead)
    await same(office.second, path, await office.take(office.second, path, "confirm"), MeetingRead)
    thread = await person.api.get(f"/v1/challenges/{about['about_id']}/thread")
    assert len(ChallengeThread.model_validate_json(thread.content).decisions) == 1
    again = await office.held()
    gone = await office.decided(again)
    withdrawn = await office.take(person, gone, "withdraw", reason=REASON)
    await same(person, gone, withdrawn, MeetingDecisionRead)
    planned = await office.plan_series()
    series = planned.headers["Location"]
    await same(person, series, planned, MeetingSeriesRead)
    await same(person, series, await office.take(person, series, "end", reason=REASON), MeetingSeriesRead)
    cancelled = await office.planned()
    await same(person, cancelled, await office.take(person, cancelled, "cancel", reason=REASON), MeetingRead)


async def test_lists_say_what_their_models_promise(office: Office) -> None:
    path = await office.confirmed(with_whom="unit_team", people=office.invited(office.second))
    for person in (office.manager, office.head, office.unit, office.member):
        MeetingList.model_validate_json((await person.api.get("/v1/meetings")).content)
        MeetingSeriesList.model_validate_json((await person.api.get("/v1/meeting-series")).content)
        MeetingDecisionList.model_validate_json((await person.api.get("/v1/meeting-decisions")).content)
    for person in (office.manager, office.unit):
        AgendaProposals.model_validate_json((await person.api.get(f"{path}/agenda-proposals")).content)
    first = (await office.manager.api.get("/v1/meetings", limit="1")).json()
    more = await office.manager.api.get("/v1/meetings", limit="1", cursor=first["next_cursor"])
    assert more.status_code == 200
    assert more.json()["items"][0]["id"] != first["items"][0]["id"]
