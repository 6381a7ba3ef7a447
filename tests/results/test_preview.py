"""What an approval would do is shown to who may take it, and leaves nothing behind."""

import asyncio

from app.enums import Role
from app.schemas.scoreboard import ApprovalPreview
from tests.factories.world import World
from tests.load.conftest import checksums
from tests.results.office import Figure, Office
from tests.scoreboard.test_routes import growing, line


def preview(figure: Figure) -> str:
    """The address of the preview of a figure."""
    return f"{figure.path}/preview-approval"


async def test_it_tells_what_the_approval_then_does(world: World) -> None:
    office = await Office.make(world)
    await growing(world, office)
    await office.approved("2023", value=30)
    figure = await office.reviewed("2024", value=20)
    kept = await checksums(world.owner)
    answer = await office.manager.api.step(preview(figure), await office.manager.api.etag(figure.path))
    assert answer.status_code == 200, answer.text
    assert await checksums(world.owner) == kept
    told = ApprovalPreview.model_validate_json(answer.content)
    assert told.result_id == figure.id
    assert told.before.indicator is not None
    assert told.after.indicator is not None
    assert (told.before.indicator.progress, told.before.indicator.light) == (30, "green")
    assert (told.after.indicator.progress, told.after.indicator.light) == (20, "red")
    assert told.after.indicator.before is not None
    assert told.before.entity is not None
    assert told.after.entity is not None
    assert (told.before.entity.score, told.after.entity.score) == (30, 20)
    assert (told.after.entity.trend, told.after.entity.change) == ("worse", -10)
    assert (told.before.nation.red, told.after.nation.red) == (0, 1)
    assert (told.before.priority, told.after.pillar) == (None, None)

    assert (await line(office.manager, office)).score == 30
    await office.approve(figure)
    now = await line(office.manager, office)
    assert now == told.after.entity


async def test_where_no_indicator_is_active_there_is_no_line(world: World) -> None:
    """What was handed in before an indicator was retired is still decided about."""
    office = await Office.make(world)
    await growing(world, office)
    figure = await office.reviewed("2024", value=20)
    await world.owner.execute(
        "update indicators set state = 'retired', retired_on = '2026-11-01' where id = $1", office.indicator
    )
    answer = await office.manager.api.step(preview(figure), await office.manager.api.etag(figure.path))
    assert answer.status_code == 200, answer.text
    told = ApprovalPreview.model_validate_json(answer.content)
    for side in (told.before, told.after):
        assert (side.entity, side.priority, side.pillar) == (None, None, None)
    assert told.before.nation == told.after.nation
    assert told.before.indicator is None
    assert told.after.indicator is not None
    assert told.after.indicator.progress == 20


async def test_it_is_shown_to_who_may_approve_now_in_the_order_of_refusals(world: World) -> None:
    office = await Office.make(world)
    figure, early = await office.reviewed("2024"), await office.submitted("2023")
    etag = await office.manager.api.etag(figure.path)
    stranger = await world.person(Role.MANAGER, await world.entity())
    for person, path, said, status in (
        (stranger, figure, etag, 404),
        (office.reviewer, figure, etag, 403),
        (office.enterer, figure, etag, 403),
        (office.manager, figure, None, 428),
        (office.manager, figure, '"1.x"', 412),
        (office.manager, early, await office.manager.api.etag(early.path), 409),
    ):
        answer = await person.api.step(preview(path), said)
        assert answer.status_code == status, answer.text
        assert (await person.api.step(f"{path.path}/approve", said)).status_code == status
    assert (await world.api.step(preview(figure), etag)).status_code == 401
    keyed = await office.manager.api.send(
        "POST", preview(figure), headers={"If-Match": etag, "Idempotency-Key": "preview-1"}
    )
    assert (keyed.status_code, keyed.json()["code"]) == (400, "malformed")


async def test_where_four_eyes_leaves_nobody_the_head_is_shown_it_before_giving_the_reason(
    world: World,
) -> None:
    office = await Office.make(world)
    figure = await office.reviewed()
    await world.owner.execute("update memberships set ends_at = now() where user_id = $1", office.manager.id)
    etag = await office.head.api.etag(figure.path)
    assert (await office.head.api.step(f"{figure.path}/approve", etag, {})).status_code == 422
    assert (await office.head.api.step(preview(figure), etag)).status_code == 200
    clerk = await world.person(Role.HEAD_OFFICE, office.entity)
    assert (await clerk.api.step(preview(figure), etag)).status_code == 200


async def test_many_previews_and_an_approval_at_once(world: World) -> None:
    office = await Office.make(world)
    await growing(world, office)
    figure = await office.reviewed(value=40)
    etag = await office.manager.api.etag(figure.path)
    steps = [office.manager.api.step(preview(figure), etag) for _ in range(3)]
    approved, *seen = await asyncio.gather(office.manager.api.step(f"{figure.path}/approve", etag), *steps)
    assert approved.status_code == 200, approved.text
    assert {answer.status_code for answer in seen} <= {200, 412}
    assert (await line(office.manager, office)).score == 40
