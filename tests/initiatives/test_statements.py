"""How many statements the requests of initiatives cost."""

from tests.core.test_statements import APPROVAL, READ, TRANSITION, app, counted  # noqa: F401  # app: the watched one
from tests.factories.initiatives import REASON, House, today


async def test_a_read_takes_two_statements(house: House) -> None:
    made = await house.approved()
    report = await house.progressed(made)
    check = await house.checked(made)
    for path in (
        made.path,
        f"{made.path}/curve",
        f"{made.path}/progress-reports",
        f"{made.path}/site-checks",
        "/v1/initiatives?status=late&kind=project",
        report.path,
        check.path,
        "/v1/inbox",
    ):
        await house.specialist.api.get(path)
        with counted(READ):
            assert (await house.specialist.api.get(path)).status_code == 200


async def test_a_step_takes_five_statements(house: House) -> None:
    made = await house.drafted()
    source = {"year": today().year, "source": "partner"}
    for person, verb, body, most in (
        (house.member, "submit", None, TRANSITION),
        (house.manager, "return", {"reason": REASON}, TRANSITION),
        (house.member, "submit", None, TRANSITION),
        (house.manager, "approve", None, APPROVAL),  # what was approved is kept beside it
        (house.member, "request-budget", {**source, "requested": 5}, APPROVAL),  # and the line itself
        (house.member, "ask-to-close", None, TRANSITION),
    ):
        etag = await person.api.etag(made.path)
        with counted(most):
            answer = await person.api.step(f"{made.path}/{verb}", etag, body)
        assert answer.status_code == 200, answer.text


async def test_a_step_of_a_report_takes_five_statements(house: House) -> None:
    made = await house.approved()
    report = await house.reported(made)
    for person, verb, most in (
        (house.member, "submit", TRANSITION),
        (house.planner, "review", TRANSITION),
        (house.manager, "approve", APPROVAL),  # and the initiative stands where it says
    ):
        etag = await person.api.etag(report.path)
        with counted(most):
            answer = await person.api.step(f"{report.path}/{verb}", etag)
        assert answer.status_code == 200, answer.text
