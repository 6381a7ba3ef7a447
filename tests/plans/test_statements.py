"""How many statements annual plans and proposals cost: a read two whatever they hold, a step five or six, entering an
item two more for what it names and where it stands."""

from fastapi import FastAPI

from tests.core.test_statements import READ, TRANSITION, app, counted
from tests.factories.plans import GOAL, Planning
from tests.factories.world import World

__all__ = ["app"]

OF_AN_ITEM = TRANSITION + 2


async def test_reads_and_steps(app: FastAPI, world: World) -> None:  # the fixture that counts
    office = await Planning.make(world)
    moved = await world.indicator(office.entity)
    funded = await office.initiative(asks=1000, answer="granted", moves=[moved])
    plan = await office.begun(GOAL, {"kind": "initiative", "initiative_id": str(funded)})
    await plan.checked()
    api = office.planner.api
    proposal = None
    etag = await api.etag(plan.path)
    with counted(TRANSITION):
        assert (await api.step(f"{plan.path}/open-proposals", etag)).status_code == 200
    form = {"title": "منصة", "problem": "غياب المعلومات", "idea": "ربط البيانات", "effect": "تشغيل أسرع"}
    proposal = (await office.executor.api.create(f"{plan.path}/proposals", form)).headers["Location"]
    for path in (
        plan.path,
        "/v1/plans",
        "/v1/proposal-calls",
        proposal,
        "/v1/proposals",
        "/v1/development-plans",
    ):
        assert (await api.get(path)).status_code == 200
        with counted(READ):
            assert (await api.get(path)).status_code == 200
    etag = await api.etag(proposal)
    with counted(TRANSITION):
        assert (await api.step(f"{proposal}/sort", etag, {"rank": 1, "meets": []})).status_code == 200
    etag = await api.etag(plan.path)
    with counted(TRANSITION):
        assert (await api.patch(plan.path, etag, {"name_ar": "خطة معدلة"})).status_code == 200
    item = (await plan.read())["contents"][0]["id"]
    etag = await api.etag(plan.path)
    with counted(TRANSITION + 1):
        assert (await api.patch(f"/v1/plan-items/{item}", etag, {"note": "ملاحظة"})).status_code == 200
    etag = await api.etag(plan.path)
    with counted(OF_AN_ITEM + 3):  # and the key: held, looked up, kept
        added = await api.step(f"{plan.path}/items", etag, GOAL, key="annual-plan-item-2")
        assert added.status_code == 201
