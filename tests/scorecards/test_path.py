"""A scorecard walks its path over HTTP: who holds it, who sees it, and what a return does to it (Guide I-5, P-3)."""

from typing import Any
from uuid import uuid4

from app.enums import Frequency
from tests.definitions.ministry import refused
from tests.factories.path_runs import REASON, YEAR, Walk, approved, stage, verified
from tests.factories.world import World

PATH = (
    [stage("K-1", ["specialist", "manager"])],
    [verified("K-2", "office", of=["K-1"], fires="scorecards.align")],
    [approved("K-3", "head", of=["K-1", "K-2"], fires="scorecards.approve")],
    [approved("K-4", "unit", of=["K-1", "K-3"], fires="scorecards.agree")],
)


async def walking(world: World) -> tuple[Walk, str, str]:
    """An entity, its drafted scorecard of one indicator, and the run of its path."""
    walk = await Walk.make(world)
    indicator = await world.indicator(walk.entity, frequency=Frequency.QUARTERLY)
    await world.target(indicator, YEAR, value=40)
    api = walk.specialist.api
    made = await api.create(f"/v1/entities/{walk.entity.id}/scorecards", {"year": YEAR})
    assert made.status_code == 201, made.text
    scorecard = made.headers["Location"]
    lines = {"lines": [{"indicator_id": str(indicator), "weight": 100}]}
    assert (await api.patch(scorecard, made.headers["ETag"], lines)).status_code == 200
    template = await walk.template(*PATH, runs_on="scorecard", chain="plans")
    run = await walk.start(template, subject_id=made.json()["id"])
    assert run.status_code == 201, run.text
    return walk, scorecard, run.headers["Location"]


async def read(person: Any, path: str) -> dict[str, Any]:
    answer = await person.api.get(path)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_from_the_first_stage_into_force(world: World) -> None:
    """While a control stage is open it is not edited; each stage moves it on, and UNIT's agreement ends the path."""
    walk, scorecard, run = await walking(world)
    said = await read(walk.specialist, scorecard)
    assert [stage["key"] for stage in said["path"]["stages"]] == ["K-1"]
    assert said["actions"] == ["scorecards.edit"]
    refused(
        await walk.specialist.api.step(f"{scorecard}/discard", await walk.specialist.api.etag(scorecard)),
        409,
        "on_path",
    )
    before = await walk.specialist.api.etag(scorecard)
    await walk.done(walk.specialist, run, "K-1")
    note = {"note": "بعد مراجعة المكتب"}
    refused(await walk.specialist.api.patch(scorecard, before, note), 412, "stale")
    now = await walk.specialist.api.etag(scorecard)
    refused(await walk.specialist.api.patch(scorecard, now, note), 409, "under_control")
    assert (await read(walk.specialist, scorecard))["actions"] == []
    refused(await walk.act(walk.specialist, run, "K-2"), 403, "four_eyes")
    await walk.done(walk.colleague, run, "K-2")
    assert (await read(walk.head, scorecard))["state"] == "aligned"
    assert (await walk.unit.api.get(scorecard)).status_code == 404
    await walk.done(walk.head, run, "K-3", "approve")
    assert (await read(walk.unit, scorecard))["state"] == "approved"
    await walk.done(walk.unit, run, "K-4", "approve")
    said = await read(walk.executor, scorecard)
    assert (said["state"], said["path"], said["agreed_by"]["id"]) == ("in_force", None, str(walk.unit.id))
    opened = await walk.manager.api.step(
        f"{scorecard}/new-version",
        await walk.manager.api.etag(scorecard),
        {"reason": REASON},
        key=uuid4().hex,
    )
    assert opened.status_code == 201, opened.text


async def test_a_return_takes_it_back(world: World) -> None:
    """From UNIT before the head, and from the head to who drafts it, who may edit it again."""
    walk, scorecard, run = await walking(world)
    await walk.done(walk.specialist, run, "K-1")
    await walk.done(walk.colleague, run, "K-2")
    await walk.done(walk.head, run, "K-3", "approve")
    await walk.returned(walk.unit, run, "K-4", "K-3")
    said = await read(walk.specialist, scorecard)
    assert (said["state"], said["returned"]["reason"]) == ("aligned", REASON)
    await walk.returned(walk.head, run, "K-3", "K-1")
    said = await read(walk.specialist, scorecard)
    assert (said["state"], said["aligned_by"]) == ("draft", None)
    assert "scorecards.edit" in said["actions"]


async def test_an_incomplete_scorecard_stays_a_draft(world: World) -> None:
    """The stage that would align it is refused with what is missing, and nothing is done."""
    walk, scorecard, run = await walking(world)
    now = await walk.specialist.api.etag(scorecard)
    assert (await walk.specialist.api.patch(scorecard, now, {"lines": []})).status_code == 200
    await walk.done(walk.specialist, run, "K-1")
    refused(await walk.act(walk.colleague, run, "K-2"), 409, "incomplete_scorecard", "#/lines")
    assert (await read(walk.specialist, scorecard))["state"] == "draft"
    assert list(await walk.open(run)) == ["K-2"]
