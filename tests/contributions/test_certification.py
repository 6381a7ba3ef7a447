"""Certification: the owner approves a result of a shared indicator, one by one and in bulk."""

from typing import Any

import asyncpg

from tests.contributions.sharing import REASON, Sharing, step, try_step
from tests.factories.world import World
from tests.results.office import Figure, Office

BULK = "/v1/results/decisions"


def _item(figure: Figure, version: int, decision: str = "approve") -> dict[str, Any]:
    return {"id": str(figure.id), "if_match": f'"{version}.x"', "decision": decision}


async def _frozen(world: World, figure: Figure) -> list[tuple[Any, ...]]:
    rows = await world.owner.fetch(
        "select weight, part_result_id, absence from result_parts where result_id = $1 order by contribution_id",
        figure.id,
    )
    return [tuple(row) for row in rows]


async def test_weights_beyond_one_hundred_are_offered_but_not_certified(world: World) -> None:
    sharing = await Sharing.make(world, 2)
    first, second = sharing.contributors
    await sharing.accepted(first, 60)
    path = await sharing.accepted(second, 40.5)
    for other in sharing.contributors:
        await other.approved("2024")
    whole = await sharing.owner.reviewed("2024")
    shown = (await sharing.owner.manager.api.get(whole.path)).json()
    assert "results.approve" not in shown["actions"]
    refused = await try_step(sharing.owner.manager, whole.path, "approve")
    assert (refused.status_code, refused.json()["code"]) == (409, "weights_beyond_100")
    assert refused.json()["detail"] == "The accepted weights come to 100.5 percent."
    assert await _frozen(world, whole) == []
    await step(sharing.owner.manager, path, "withdraw", {"reason": REASON})
    await step(sharing.owner.manager, whole.path, "approve")
    assert [row[0] for row in await _frozen(world, whole)] == [60]


async def test_an_invitation_that_is_not_accepted_holds_nothing_up(world: World) -> None:
    sharing = await Sharing.make(world, 2)
    first, second = sharing.contributors
    await sharing.invited(first)
    refused = await sharing.invited(second)
    await step(second.manager, refused, "refuse", {"reason": REASON})
    whole = await sharing.owner.approved("2024")
    assert (await sharing.owner.manager.api.get(whole.path)).json()["parts"] == []


async def test_what_is_missing_is_named_in_arabic_too(world: World) -> None:
    sharing = await Sharing.make(world)
    (other,) = sharing.contributors
    await sharing.accepted(other)
    whole = await sharing.owner.reviewed("2024")
    answer = await sharing.owner.manager.api.send(
        "POST",
        f"{whole.path}/approve",
        headers={"If-Match": await sharing.owner.manager.api.etag(whole.path), "Accept-Language": "ar"},
    )
    name = await world.owner.fetchval("select name_ar from entities where id = $1", other.entity.id)
    assert answer.status_code == 409
    assert answer.json()["errors"] == [
        {"code": "part_missing", "detail": f"{name}: قيمة الفترة 2024 غير متوفرة ولم يُبيَّن السبب."}
    ]


async def test_who_may_not_approve_learns_nothing_of_the_parts(world: World) -> None:
    sharing = await Sharing.make(world)
    (other,) = sharing.contributors
    await sharing.accepted(other)
    whole = await sharing.owner.reviewed("2024")
    assert (await try_step(sharing.owner.enterer, whole.path, "approve")).status_code == 403
    stale = await sharing.owner.manager.api.step(f"{whole.path}/approve", '"1.x"')
    assert stale.status_code == 412
    assert (await sharing.owner.manager.api.step(f"{whole.path}/approve")).status_code == 428


async def test_a_correction_is_certified_with_the_parts_of_its_day(world: World) -> None:
    sharing = await Sharing.make(world)
    (other,) = sharing.contributors
    await sharing.accepted(other, 25)
    part = await other.approved("2024", value=30)
    whole = await sharing.owner.approved("2024", value=50)
    before = await _frozen(world, whole)
    assert before == [(25, part.id, None)]
    await other.reopened(part)
    corrected_part = await other.finished(await other.corrected(part, 31))
    await sharing.owner.reopened(whole)
    corrected = await sharing.owner.finished(await sharing.owner.corrected(whole, 52))
    assert await _frozen(world, whole) == before
    assert await _frozen(world, corrected) == [(25, corrected_part.id, None)]


async def test_in_bulk_each_result_stands_or_falls_by_its_own_parts(world: World) -> None:
    sharing = await Sharing.make(world, 2)
    owner, (first, second) = sharing.owner, sharing.contributors
    paths = [await sharing.accepted(other, 50) for other in (first, second)]
    complete, explained, missing = [await owner.reviewed(year) for year in ("2021", "2022", "2023")]
    ordinary = await owner.reviewed("2024", indicator=await world.indicator(owner.entity, owner.executing))
    returned = await owner.reviewed("2020")
    ours = {year: (await first.approved(year)).id for year in ("2021", "2022", "2023")}
    theirs = await second.approved("2021")
    await step(second.manager, paths[1], "explain", {"period": "2022", "reason": "تأجل المسح"})
    items = [_item(complete, 3), _item(missing, 3), _item(explained, 3), _item(ordinary, 3)]
    items.append(_item(returned, 3, "return") | {"reason": "يرجى التحقق"})
    answer = await owner.manager.api.create(BULK, {"items": items})
    assert answer.status_code == 200, answer.text
    assert [(o["status"], o["code"], o["state"]) for o in answer.json()["items"]] == [
        (200, None, "approved"),
        (409, "parts_missing", None),
        (200, None, "approved"),
        (200, None, "approved"),
        (200, None, "draft"),
    ]
    assert await _frozen(world, complete) == [
        (50, ours["2021"], None),
        (50, theirs.id, None),
    ]
    assert await _frozen(world, explained) == [(50, ours["2022"], None), (50, None, "تأجل المسح")]
    for figure in (missing, ordinary, returned):
        assert await _frozen(world, figure) == []
    assert (await owner.manager.api.get(missing.path)).json()["version"] == 3


async def test_what_is_frozen_is_frozen_against_sql(world: World) -> None:
    sharing = await Sharing.make(world)
    (other,) = sharing.contributors
    await sharing.accepted(other)
    await other.approved("2024")
    await sharing.owner.approved("2024")
    for statement in ("update result_parts set weight = 1", "delete from result_parts"):
        assert await _is_refused(world, statement), statement


async def _is_refused(world: World, statement: str) -> bool:
    try:
        async with world.owner.transaction():
            await world.owner.execute("set local role mutabaa_app")
            await world.owner.execute(statement)
    except asyncpg.InsufficientPrivilegeError:
        return True
    return False


async def test_the_delegate_of_the_manager_certifies_by_the_same_rule(world: World) -> None:
    sharing = await Sharing.make(world)
    (other,) = sharing.contributors
    owner: Office = sharing.owner
    await sharing.accepted(other)
    await world.delegate(owner.manager, owner.specialist, owner.entity, "results.approve")
    whole = await owner.reviewed("2024")
    refused = await try_step(owner.specialist, whole.path, "approve")
    assert (refused.status_code, refused.json()["code"]) == (409, "parts_missing")
    part = await other.approved("2024")
    await step(owner.specialist, whole.path, "approve")
    assert [row[1] for row in await _frozen(world, whole)] == [part.id]
