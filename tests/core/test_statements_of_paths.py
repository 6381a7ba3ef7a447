"""How many statements a path costs: a read two; an act a fixed number, however many stages the run has."""

from typing import Any

from app.schemas.path_runs import PathRunList, PathRunRead, PathRunTimeline, PathStageRead
from tests.core.test_statements import READ, app, counted
from tests.factories.path_runs import Walk, stage, verified
from tests.factories.world import World

__all__ = ["app"]

ACT = 9
"""Who acts, the lock of the run, the facts, the change, its event, the act, what is open beside it, the run's version,
the answer."""

OPENING = ACT + 4
"""And the next group: the holidays and the due dates that are counted by them, the stages, their events."""


async def _run(world: World, width: int = 1) -> tuple[Walk, str]:
    walk = await Walk.make(world)
    groups: list[list[dict[str, Any]]] = [
        [stage("draft", "planning"), *(stage(f"beside-{number}", "finance") for number in range(width))],
        [
            verified(
                f"verify-{number}",
                "office",
                of=["draft"],
                due={"kind": "offset", "since": "previous_group", "working_days": 5},
            )
            for number in range(width)
        ],
    ]
    return walk, await walk.started(*groups)


async def test_reads_of_paths_take_two_statements_and_are_valid(world: World) -> None:
    walk, run = await _run(world)
    await walk.done(walk.planner, run, "draft")
    where = (await walk.open(run))["beside-0"]
    for path, model in (
        (run, PathRunRead),
        (f"{run}/timeline", PathRunTimeline),
        (where, PathStageRead),
        ("/v1/path-runs", PathRunList),
        ("/v1/path-runs?timing=overdue&state=running", PathRunList),
    ):
        await walk.manager.api.get(path)
        with counted(READ):
            answer = await walk.manager.api.get(path)
        model.model_validate_json(answer.content)


async def test_an_act_takes_as_many_statements_however_wide_its_group_is(world: World) -> None:
    costs = []
    for width in (1, 6):
        walk, run = await _run(world, width)
        open_ = await walk.open(run)
        etag = await walk.planner.api.etag(open_["draft"])
        with counted(ACT) as heard:
            answer = await walk.planner.api.step(f"{open_['draft']}/complete", etag)
        assert answer.status_code == 200, answer.text
        costs.append(len(heard))
        for number in range(width - 1):
            await walk.done(walk.financier, run, f"beside-{number}")
        last = open_[f"beside-{width - 1}"]
        etag = await walk.financier.api.etag(last)
        with counted(OPENING) as heard:
            answer = await walk.financier.api.step(f"{last}/complete", etag)
        assert answer.status_code == 200, answer.text
        costs.append(len(heard))
    assert costs[:2] == costs[2:]
