"""Initiatives, reports, checks and programmes: every person of the cast, every action, every state."""

from collections.abc import Awaitable, Callable

import pytest

from tests.factories.initiatives import proposal
from tests.role_matrix.cast import Cast
from tests.role_matrix.expectation import table
from tests.role_matrix.initiatives import ACTIONS, REPORT_ACTIONS, REPORT_STATES, STATES, Initiatives, send
from tests.role_matrix.refusals import Case, disagreements
from tests.role_matrix.things import Question, Thing, in_turn


@pytest.fixture(scope="module")
async def initiatives(cast: Cast) -> Initiatives:
    """Makes initiatives in every state."""
    return await Initiatives.of(cast)


async def _ask(
    cast: Cast,
    reading: str,
    actions: tuple[str, ...],
    state: str,
    fresh: Callable[[], Awaitable[Thing]],
    turn: int,
) -> None:
    question = Question("initiatives", reading, actions, state, await fresh(), fresh, send)
    cases = question.cases(cast, in_turn(cast, turn))
    found = await disagreements(cast.world.owner, cases)
    assert not found, "\n".join([f"{len(found)} of {len(cases)}:", *found])


@pytest.mark.parametrize("state", STATES)
async def test_every_action_on_an_initiative(cast: Cast, initiatives: Initiatives, state: str) -> None:
    """Each person gets exactly the status of the table, and is offered what it allows; a refusal writes nothing."""
    turn = STATES.index(state)
    await _ask(cast, "initiatives.read", ACTIONS, state, lambda: initiatives.make(state), turn)


@pytest.mark.parametrize("state", REPORT_STATES)
async def test_every_action_on_a_report(cast: Cast, initiatives: Initiatives, state: str) -> None:
    turn = REPORT_STATES.index(state)
    await _ask(cast, "progress_reports.read", REPORT_ACTIONS, state, lambda: initiatives.report(state), turn)


@pytest.mark.parametrize("state", ["recorded", "withdrawn"])
async def test_every_action_on_a_check(cast: Cast, initiatives: Initiatives, state: str) -> None:
    actions = ("site_checks.withdraw",)
    await _ask(cast, "site_checks.read", actions, state, lambda: initiatives.check(state), 0)


@pytest.mark.parametrize("state", ["standing", "ended"])
async def test_every_action_on_a_part_in_a_programme(
    cast: Cast, initiatives: Initiatives, state: str
) -> None:
    actions = ("programme_participants.end",)
    fresh = lambda: initiatives.participant(state)  # noqa: E731
    await _ask(cast, "programme_participants.read", actions, state, fresh, 1)


async def test_who_proposes_and_who_shares_a_programme(cast: Cast, initiatives: Initiatives) -> None:
    shared = await initiatives.programme()
    await initiatives.participant("standing", shared)
    propose = f"/v1/entities/{cast.entity.id}/initiatives"

    def case(who: str, action: str, state: str) -> Case:
        async def ask(programme_id: object = shared):
            api = cast.api(who)
            if action == "initiatives.create":
                return await api.create(propose, proposal())
            if action == "programmes.read_parts":
                return await api.get(f"/v1/programmes/{shared}/parts")
            path = f"/v1/programmes/{programme_id}/participants"
            return await api.create(path, {"entity_id": str(cast.entity.id)})

        async def afresh():
            return await ask(await initiatives.programme())

        return Case(f"{who} {action}", table("initiatives", action).answer(state, who=who), ask, afresh)

    cases = [
        case(who, action, state)
        for action, state in (
            ("initiatives.create", "entity"),
            ("programmes.read_parts", "shared"),
            ("programme_participants.create", "programme"),
        )
        for who in cast.everybody
    ]
    found = await disagreements(cast.world.owner, cases)
    assert not found, "\n".join(found)
