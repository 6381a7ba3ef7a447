"""What is due: every person of the cast, every action, every state; and who may enter what is due."""

from itertools import product

import pytest

from app.enums import EnteredBy, Frequency, IndicatorLevel
from tests.api import Api
from tests.role_matrix.cast import Cast
from tests.role_matrix.expectation import table
from tests.role_matrix.obligations import ACTIONS, LEVELS, STATES, Obligations
from tests.role_matrix.refusals import Case, disagreements
from tests.role_matrix.results import Results
from tests.role_matrix.things import Question, Thing, in_turn


@pytest.mark.parametrize(("level", "state"), [*product(LEVELS, STATES), ("main", "shared")])
async def test_every_action(cast: Cast, obligations: Obligations, level: str, state: str) -> None:
    """Each person gets exactly the status of the table, and is offered what it allows; a refusal writes
    nothing."""

    async def fresh() -> Thing:
        return await obligations.make(state, level)

    question = Question(
        area="obligations",
        reading="obligations.read",
        actions=ACTIONS,
        state=state,
        shared=await fresh(),
        fresh=fresh,
        send=obligations.send,
        asked={"level": level},
    )
    turn = LEVELS.index(level) + (*STATES, "shared").index(state)
    cases = question.cases(cast, in_turn(cast, turn, always="others" if state == "shared" else None))
    found = await disagreements(cast.world.owner, cases)
    assert not found, "\n".join([f"{len(found)} of {len(cases)}:", *found])


@pytest.mark.parametrize("column", table("obligations", "results.create in a period that is due").states)
async def test_entering_what_is_due(cast: Cast, obligations: Obligations, column: str) -> None:
    """Who enters in a period that is open, that is closed, and that was opened again, once."""
    lines = table("obligations", "results.create in a period that is due")
    shared = await obligations.make(column)

    async def fresh(who: str):
        return await obligations.enter(cast.api(who), await obligations.make(column))

    cases = [
        Case(
            f"{who} results.create {column}",
            lines.answer(column, who=who),
            lambda who=who: obligations.enter(cast.api(who), shared),
            lambda who=who: fresh(who),
        )
        for who in cast.everybody
    ]
    found = await disagreements(cast.world.owner, cases)
    assert not found, "\n".join(found)


async def test_an_index_that_unit_enters(cast: Cast, results: Results) -> None:
    """The values of an international index: UNIT, and nobody of the owner."""
    lines = table("obligations", "results.create of an index that UNIT enters")
    index = await cast.world.indicator(
        cast.entity,
        cast.in_charge,
        level=IndicatorLevel.VISION,
        frequency=Frequency.MONTHLY,
        entered_by=EnteredBy.UNIT,
    )

    def sends(api: Api):
        body = {"period": results.period(index), "value": 1}
        return lambda: api.create(f"/v1/indicators/{index}/results", body)

    cases = [
        Case(
            f"{who} results.create of an index",
            lines.answer("free", who=who),
            sends(cast.api(who)),
            sends(cast.api(who)),
        )
        for who in cast.everybody
    ]
    found = await disagreements(cast.world.owner, cases)
    assert not found, "\n".join(found)
