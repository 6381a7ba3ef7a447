"""What was known when, for readers of different sight; and what is not visible does not leak."""

from datetime import UTC, datetime, timedelta

import httpx

from app.enums import Role
from tests.factories.world import World
from tests.results.office import Office


def _shown(answer: httpx.Response) -> str | None:
    assert answer.status_code in (200, 404), answer.text
    return answer.json()["id"] if answer.status_code == 200 else None


async def test_each_reader_gets_the_revision_that_was_known_and_that_they_may_see(world: World) -> None:
    office = await Office.make(world)
    unit = await world.person(Role.UNIT_SPECIALIST, await world.entity(is_unit=True))
    stranger = await world.person(Role.MANAGER, await world.entity())
    before = datetime.now(UTC)
    first = await office.published(await office.approved(value=4.3))
    between = datetime.now(UTC)
    await office.reopened(first)
    second = await office.corrected(first, 7.99)
    drafted = datetime.now(UTC)
    await office.finished(second)
    after = datetime.now(UTC)

    own, nation, public = office.second_reviewer.api, unit.api, stranger.api
    expected = [
        (before, None, None, None),
        (between, first, first, first),
        (drafted, first, first, first),
        (after, second, second, first),
    ]
    for moment, *wanted in expected:
        for api, figure in zip((own, nation, public), wanted, strict=True):
            for asked in (first, second):
                if api is public and asked is second:
                    continue
                shown = _shown(await api.get(asked.path, as_of=moment.isoformat()))
                assert shown == (None if figure is None else str(figure.id)), (moment, api is public)
            listed = await api.get(
                "/v1/results", indicator_id=str(office.indicator), as_of=moment.isoformat()
            )
            assert [item["id"] for item in listed.json()["items"]] == ([str(figure.id)] if figure else [])
    assert _shown(await public.get(second.path, as_of=after.isoformat())) is None
    assert _shown(await public.get(second.path)) is None


async def test_a_replaced_vintage_stays_what_was_known_then(world: World) -> None:
    office = await Office.make(world)
    first = await office.approved(value=4.3)
    await office.reopened(first)
    second = await office.finished(await office.corrected(first, 7.99))
    # As loaded history has it: known long before it was recorded here.
    for figure, known_from in (
        (first, datetime(2023, 3, 1, tzinfo=UTC)),
        (second, datetime(2025, 6, 1, tzinfo=UTC)),
    ):
        async with world.owner.transaction():
            await world.owner.execute("set local session_replication_role = replica")  # past the trigger
            await world.owner.execute(
                "update results set known_from = $2 where id = $1", figure.id, known_from
            )
    api = office.manager.api
    for moment, value in (("2024-01-01T00:00:00Z", 4.3), ("2025-06-01T04:00:00+04:00", 7.99)):
        assert (await api.get(first.path, as_of=moment)).json()["value"] == value
    assert (await api.get(second.path, as_of="2023-02-28T23:59:59Z")).status_code == 404


async def test_a_draft_correction_is_hidden_from_unit_and_strangers(world: World) -> None:
    office = await Office.make(world)
    unit = await world.person(Role.UNIT_SPECIALIST, await world.entity(is_unit=True))
    stranger = await world.person(Role.SPECIALIST, await world.entity())
    first = await office.published(await office.approved())
    await office.reopened(first)
    draft = await office.corrected(first, 36)
    for api in (unit.api, stranger.api):
        for path in (draft.path, f"{draft.path}/history"):
            assert (await api.get(path)).status_code == 404
        assert (await api.get(first.path)).json()["corrected_by_id"] is None
        params = {"indicator_id": str(office.indicator), "all_revisions": "true"}
        listed = (await api.get("/v1/results", **params)).json()["items"]
        assert [item["id"] for item in listed] == [str(first.id)]
        items = (await api.get(f"{first.path}/history")).json()["items"]
        assert {item["result_id"] for item in items} == {str(first.id)}
        for verb in ("submit", "discard", "withdraw"):
            refused = await api.step(f"{draft.path}/{verb}", '"2.aaaaaaaaaaaaaaaa"')
            assert (refused.status_code, refused.json()["code"]) == (404, "not_found")


async def test_corrected_by_is_said_only_to_who_may_see_it(world: World) -> None:
    office = await Office.make(world)
    stranger = await world.person(Role.SPECIALIST, await world.entity())
    first = await office.published(await office.approved())
    await office.reopened(first)
    second = await office.finished(await office.corrected(first, 36))
    assert (await stranger.api.get(first.path)).json()["corrected_by_id"] is None
    assert (await office.manager.api.get(first.path)).json()["corrected_by_id"] == str(second.id)
    await office.published(second)
    assert (await stranger.api.get(first.path)).json()["corrected_by_id"] == str(second.id)


async def test_a_revision_says_what_it_corrects_only_to_who_may_see_that(world: World) -> None:
    office = await Office.make(world)
    stranger = await world.person(Role.SPECIALIST, await world.entity())
    first = await office.approved()
    await office.reopened(first)
    second = await office.published(await office.finished(await office.corrected(first, 36)))
    assert (await office.manager.api.get(second.path)).json()["corrects_id"] == str(first.id)
    assert (await stranger.api.get(second.path)).json()["corrects_id"] is None


async def test_a_stranger_reads_of_a_published_result_only_its_approval(world: World) -> None:
    office = await Office.make(world)
    stranger = await world.person(Role.SPECIALIST, await world.entity())
    figure = await office.published(await office.approved())
    items = (await stranger.api.get(f"{figure.path}/history")).json()["items"]
    assert [(item["action"], item["awaiting"]) for item in items] == [("results.approve", [])]
    assert len((await office.enterer.api.get(f"{figure.path}/history")).json()["items"]) == 4


async def test_a_published_result_shows_a_stranger_no_action_and_nobody_awaited(world: World) -> None:
    office = await Office.make(world)
    stranger = await world.person(Role.MANAGER, await world.entity())
    figure = await office.published(await office.approved())
    body = (await stranger.api.get(figure.path)).json()
    assert (body["actions"], body["awaiting"], body["returned"]) == ([], [], None)


async def test_as_of_far_away_moments_is_answered(world: World) -> None:
    office = await Office.make(world)
    figure = await office.approved()
    for moment, status in (
        ("0001-01-01T00:00:00+23:59", 422),
        ("9999-12-31T23:59:59-23:59", 422),
        ("0001-01-02T00:00:00Z", 404),
        ("9999-12-30T00:00:00Z", 200),
        ((datetime.now(UTC) + timedelta(days=1)).isoformat(), 200),
    ):
        one = await office.manager.api.get(figure.path, as_of=moment)
        assert one.status_code == status, (moment, one.text)
        many = await office.manager.api.get("/v1/results", as_of=moment)
        assert many.status_code == (422 if status == 422 else 200), (moment, many.text)
