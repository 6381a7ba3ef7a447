"""How many statements the requests of scorecards and improvement plans cost, whatever they hold."""

from fastapi import FastAPI

from app import clock
from tests.core.test_statements import READ, TRANSITION, app, counted  # noqa: F401  # app: the watched one
from tests.factories.scorecards import YEAR, Improving, Office
from tests.factories.world import World


async def test_a_read_takes_two_statements(world: World, app: FastAPI) -> None:  # noqa: F811
    office = await Office.make(world, app)
    indicators = await office.indicators(20)
    path = await office.drafted([(indicator, 5) for indicator in indicators])
    await office.in_force(path)
    plan = await (made := await Improving.make(world, app)).approved()
    for person, asked in (
        (office.drafter, path),
        (office.unit, f"{path}/gaps"),
        (office.member, f"/v1/entities/{office.entity.id}/gaps?year={YEAR}"),
        (office.drafter, f"/v1/scorecards?entity_id={office.entity.id}&year={YEAR}&state=in_force"),
        (made.office.member, plan),
        (made.office.unit, "/v1/improvement-plans?late=false&state=approved"),
        (made.office.member, "/v1/inbox"),
    ):
        await person.api.get(asked)
        with counted(READ):
            answer = await person.api.get(asked)
        assert answer.status_code == 200, answer.text


async def test_an_edit_is_the_same_number_whatever_it_holds(world: World, app: FastAPI) -> None:  # noqa: F811
    """Rights, facts, what the lines name, the draft, its event, the lines gone and written, the answer."""
    office = await Office.make(world, app)
    indicators = await office.indicators(25)
    path = await office.drafted()
    for lines in ([(indicators[0], 100)], [(indicator, 4) for indicator in indicators]):
        said = [{"indicator_id": str(indicator), "weight": weight} for indicator, weight in lines]
        etag = await office.drafter.api.etag(path)
        with counted(8):
            answer = await office.drafter.api.patch(path, etag, {"lines": said})
        assert answer.status_code == 200, answer.text
    etag = await office.drafter.api.etag(path)
    with counted(TRANSITION):
        await office.drafter.api.patch(path, etag, {"note": "بطاقة الوزارة"})


async def test_steps_of_a_plan_take_five_statements(world: World, app: FastAPI) -> None:  # noqa: F811
    """A report takes one more, for the step itself."""
    made = await Improving.make(world, app)
    office = made.office
    path = await made.drafted()
    today = clock.today().isoformat()
    for person, verb, body, most in (
        (office.drafter, "submit", None, TRANSITION),
        (office.specialist, "assure", None, TRANSITION),
        (office.manager, "approve", None, TRANSITION),
        (office.member, "report", {"number": 1, "done_on": today}, TRANSITION + 1),
        (office.drafter, "report", {"number": 2, "done_on": today}, TRANSITION + 1),
        (office.manager, "complete", None, TRANSITION),
    ):
        etag = await person.api.etag(path)
        with counted(most):
            answer = await person.api.step(f"{path}/{verb}", etag, body)
        assert answer.status_code == 200, answer.text
