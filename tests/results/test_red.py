"""A figure that is far behind says why, and who works on a draft sees what it would come to."""

from app.enums import Role
from app.schemas.results import ResultRead
from tests.factories.world import World
from tests.results.office import Office
from tests.scoreboard.test_routes import growing


async def test_a_red_figure_needs_a_note(world: World) -> None:
    office = await Office.make(world)
    await growing(world, office)
    red = await office.draft("2024", value=10, note=None)
    etag = await office.enterer.api.etag(red.path)
    for language, title in (
        ("en", "The draft is not complete enough to be submitted"),
        ("ar", "المسودة غير مكتملة للرفع"),
    ):
        answer = await office.enterer.api.send(
            "POST", f"{red.path}/submit", headers={"If-Match": etag, "Accept-Language": language}
        )
        problem = answer.json()
        assert (answer.status_code, problem["code"], problem["title"]) == (409, "incomplete", title)
        assert [(error["pointer"], error["code"]) for error in problem["errors"]] == [
            ("#/note", "red_needs_note")
        ]
    assert await office.enterer.api.etag(red.path) == etag
    patched = await office.enterer.api.patch(red.path, etag, {"note": "تأخرت المشاريع بسبب الأنواء المناخية"})
    assert patched.status_code == 200
    assert (await office.submit(red)).id == red.id


async def test_only_a_red_one_does(world: World) -> None:
    """Amber, green and what cannot be assessed is submitted as it is; a rank that is far behind is red too."""
    office = await Office.make(world)
    await growing(world, office)
    for period, value in (("2024", 30), ("2023", 40)):
        await office.submitted(period, value=value, note=None)
    grey = await world.indicator(office.entity, office.executing)
    await world.target(grey, 2030, value=100)
    await office.submit(await office.draft("2024", indicator=grey, value=1, note=None))


async def test_what_a_draft_would_come_to_is_what_it_comes_to(world: World) -> None:
    office = await Office.make(world)
    await growing(world, office)
    figure = await office.draft("2024", value=30.0000000001)
    for person, step in (
        (office.enterer, office.submit),
        (office.reviewer, office.review),
        (office.manager, office.approve),
    ):
        seen = ResultRead.model_validate_json((await person.api.get(figure.path)).content)
        await step(figure)
        after = ResultRead.model_validate_json((await person.api.get(figure.path)).content)
        assert after.score == seen.score
    score = (await office.manager.api.get(figure.path)).json()["score"]
    assert score == {
        "progress": 30.0000000001,
        "on_track": 75.0000000003,
        "light": "amber",
        "expected_value": 40,
        "expected_rank": None,
        "target_year": 2030,
        "target_kind": "value",
        "mean": None,
    }


async def test_a_correction_is_asked_again(world: World) -> None:
    office = await Office.make(world)
    await growing(world, office)
    approved = await office.approved("2024", value=40, note=None)
    await office.reopened(approved)
    worse = await office.corrected(approved, 1)
    answer = await office.enterer.api.step(f"{worse.path}/submit", await office.enterer.api.etag(worse.path))
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (409, "red_needs_note")


async def test_a_stranger_sees_the_score_of_what_is_published(world: World) -> None:
    office = await Office.make(world)
    await growing(world, office)
    figure = await office.published(await office.approved("2024", value=36))
    stranger = await world.person(Role.MANAGER, await world.entity())
    assert (await stranger.api.get(figure.path)).json()["score"]["light"] == "green"
