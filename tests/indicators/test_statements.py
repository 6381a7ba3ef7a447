"""How many statements indicators and definitions cost: a read two, a plain transition five. What puts a
definition in force changes three things, each with its event."""

from typing import Any

from tests.core.test_statements import READ, TRANSITION, app, counted
from tests.definitions.ministry import Ministry
from tests.factories.world import Person, World
from tests.results.office import Office

__all__ = ["app"]  # the application with a listener on both of its lanes: a fixture of this module too


async def test_a_read_takes_two_statements(world: World) -> None:
    office = await Office.make(world)
    await office.approved()
    await office.submitted("2023")
    ministry = await Ministry.make(world)
    made = await ministry.active()
    second = await ministry.opened(made.path)
    for person, path in (
        (office.manager, f"/v1/indicators/{office.indicator}/card"),
        (office.manager, f"/v1/indicators/{office.indicator}/series"),
        (office.manager, f"/v1/indicators/{office.indicator}/series?as_of=2026-01-01T00:00:00Z"),
        (ministry.manager, f"{made.path}/card"),
        (ministry.manager, made.path),
        (ministry.manager, f"{made.path}/definitions"),
        (ministry.manager, second),
        (ministry.manager, "/v1/indicators"),
        (ministry.manager, f"/v1/indicators?state=draft&contributor_id={ministry.entity.id}&q=معدل"),
    ):
        assert (await person.api.get(path)).status_code == 200
        with counted(READ):
            assert (await person.api.get(path)).status_code == 200


async def test_what_changes_costs_little(world: World) -> None:
    ministry = await Ministry.make(world)
    made = await ministry.drafted()
    steps: list[tuple[Person, str, Any, int]] = [
        (ministry.manager, f"{made.path}/declare-contributors", {"shared": True}, TRANSITION),
        (ministry.manager, f"{made.path}/declare-contributors", {"shared": False}, TRANSITION),
        (ministry.drafter, f"{made.definition}/submit", None, TRANSITION),
        (ministry.drafter, f"{made.definition}/withdraw", None, TRANSITION),
        (ministry.drafter, f"{made.definition}/submit", None, TRANSITION),
        (ministry.specialist, f"{made.definition}/return", {"reason": "سبب"}, TRANSITION),
        (ministry.drafter, f"{made.definition}/submit", None, TRANSITION),
        (ministry.specialist, f"{made.definition}/confirm", None, TRANSITION),
        (ministry.manager, f"{made.definition}/activate", None, TRANSITION + 2),
    ]
    await measured(steps)
    second = await ministry.opened(made.path)
    etag = await ministry.drafter.api.etag(second)
    with counted(TRANSITION):
        assert (await ministry.drafter.api.patch(second, etag, {"decimals": 3})).status_code == 200
    await ministry.done(ministry.drafter, f"{second}/submit")
    await ministry.done(ministry.specialist, f"{second}/confirm")
    await measured(
        [
            (ministry.manager, f"{second}/activate", None, TRANSITION + 4),
            (ministry.manager, f"{made.path}/retire", {"reason": "سبب"}, TRANSITION + 3),
        ]
    )


async def measured(steps: list[tuple[Person, str, Any, int]]) -> None:
    """Each step succeeds with at most so many statements."""
    for person, step, body, at_most in steps:
        etag = await person.api.etag(step.rpartition("/")[0])
        with counted(at_most):
            answer = await person.api.step(step, etag, body)
            assert answer.status_code == 200, (step, answer.text)
