"""Who sees which path template: models all, what is approved the entity and UNIT, drafts the office."""

from app.enums import DivisionFunction, Role
from tests.factories.path_templates import Drafting, models
from tests.factories.world import World


async def test_who_sees_what(world: World) -> None:
    shipped = await models(world)
    office, other = await Drafting.make(world), await Drafting.make(world)
    unit = await world.person(Role.UNIT_SPECIALIST, await world.entity(is_unit=True))
    planning = await world.person(
        Role.DIVISION_MEMBER, division=await world.division(office.entity, DivisionFunction.PLANNING)
    )
    stranger = await world.user()
    first = await office.approved()
    draft = await office.drafted()
    submitted = await office.submitted()
    await office.done(office.head, f"{await office.submitted()}/approve")
    discarded = await office.drafted()
    await office.done(office.manager, f"{discarded}/discard")
    second = await office.opened(first)
    await office.done(office.specialist, f"{second}/submit")
    await office.done(office.head, f"{second}/approve")
    everywhere = f"/v1/path-templates/{shipped['report']}"
    for person, work, force in (
        (office.specialist, 200, 200),
        (office.manager, 200, 200),
        (office.head, 200, 200),
        (office.head_office, 200, 200),
        (planning, 404, 200),
        (unit, 404, 200),
        (other.manager, 404, 404),
        (stranger, 404, 404),
    ):
        expected = {
            everywhere: 200,
            **dict.fromkeys((draft, submitted, discarded), work),
            **dict.fromkeys((first, second), force),
        }
        seen = {path: (await person.api.get(path)).status_code for path in expected}
        assert seen == expected
        listed = (await person.api.get("/v1/path-templates", limit=200)).json()["items"]
        ids = {item["id"] for item in listed}
        assert {path for path in expected if path.rpartition("/")[2] in ids} == {
            path for path, status in expected.items() if status == 200
        }


async def test_whoever_does_not_see_a_draft_does_nothing_to_it(world: World) -> None:
    office = await Drafting.make(world)
    stranger = await world.person(Role.MANAGER, await world.entity())
    path = await office.drafted()
    etag = await office.specialist.api.etag(path)
    for verb in ("submit", "discard", "approve", "withdraw"):
        assert (await stranger.api.step(f"{path}/{verb}", etag)).status_code == 404
    answer = await stranger.api.create(
        f"/v1/entities/{office.entity.id}/path-templates", {"copied_from_id": path.rpartition("/")[2]}
    )
    assert answer.status_code == 403
