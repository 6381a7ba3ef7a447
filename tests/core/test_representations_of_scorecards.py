"""Every answer about scorecards and improvement plans as it is sent: valid against its model to the last member, and
after a change the same as a read."""

from fastapi import FastAPI

from app.schemas.gaps import Gaps
from app.schemas.improvement_plans import ImprovementPlanList, ImprovementPlanRead
from app.schemas.scorecards import ScorecardList, ScorecardRead
from tests.core.representations import read, valid, walked
from tests.factories.scorecards import Improving, Office
from tests.factories.world import World


async def test_scorecards(world: World, app: FastAPI) -> None:
    office = await Office.make(world, app)
    one, two = await office.indicators(2)
    bare = await world.indicator(office.entity)
    made = await office.draft(note="بطاقة الوزارة")
    path = made.headers["Location"]
    assert valid(ScorecardRead, made) == await office.read(path)
    answer = await office.edit(path, [(one, 33.3333), (two, 66.6667), (bare, 12)])
    assert valid(ScorecardRead, answer) == await office.read(path)
    await read(ScorecardRead, path, office.drafter, office.head)
    await read(Gaps, f"{path}/gaps", office.drafter)
    await office.edited(path, [(one, 33.3333), (two, 66.6667)])
    await office.aligned(path)
    await read(ScorecardRead, path, office.manager)
    await office.fired(office.head, path, "scorecards.approve")
    await read(ScorecardRead, path, office.unit)
    await office.fired(office.unit, path, "aligned")
    await read(ScorecardRead, path, office.drafter)
    await office.fired(office.head, path, "scorecards.approve")
    await office.fired(office.unit, path, "scorecards.agree")
    await read(ScorecardRead, path, office.member, office.unit)
    await read(Gaps, f"{path}/gaps", office.member, office.unit)
    opened = await office.new_version(path)
    valid(ScorecardRead, opened)
    again = opened.headers["Location"]
    await office.edited(again, [(two, 100)], note="بعد المراجعة")
    said = await office.read(again)
    assert {change["field"].partition(".")[0] for change in said["difference"]} == {"note", "lines"}
    await read(ScorecardRead, again, office.drafter)
    await office.in_force(again)
    await read(ScorecardRead, path, office.member)
    discarded = await office.drafted(year=2031)
    answer = await office.drafter.api.step(f"{discarded}/discard", await office.drafter.api.etag(discarded))
    assert valid(ScorecardRead, answer) == await office.read(discarded)
    await walked(office.drafter, ScorecardList, f"/v1/scorecards?entity_id={office.entity.id}")


async def test_improvement_plans(world: World, app: FastAPI) -> None:
    made = await Improving.make(world, app)
    office = made.office
    reason = {"reason": "لم تُذكر كلفة الإجراءات"}
    drafted = await made.draft()
    path = drafted.headers["Location"]
    assert valid(ImprovementPlanRead, drafted) == await office.read(path)
    for person, verb, body in (
        (office.drafter, "submit", None),
        (office.drafter, "withdraw", None),
        (office.drafter, "submit", None),
        (office.specialist, "assure", None),
        (office.manager, "return", reason),
        (office.drafter, "submit", None),
        (office.specialist, "assure", None),
        (office.manager, "approve", None),
        (office.member, "report", {"number": 1, "done_on": "2026-01-15", "note": "أُنجز"}),
        (office.drafter, "report", {"number": 2, "done_on": "2026-02-15"}),
        (office.manager, "complete", None),
    ):
        answer = await made.take(person, path, verb, body)
        assert valid(ImprovementPlanRead, answer) == await office.read(path, person)
        await read(ImprovementPlanRead, path, office.drafter, office.head, office.member)
    await read(ImprovementPlanRead, path, office.unit)
    ended = await made.approved()
    valid(ImprovementPlanRead, await made.take(office.manager, ended, "end", reason))
    discarded = await made.drafted()
    valid(ImprovementPlanRead, await made.take(office.drafter, discarded, "discard"))
    await walked(office.drafter, ImprovementPlanList, f"/v1/improvement-plans?entity_id={office.entity.id}")
