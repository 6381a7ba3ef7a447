"""Contributions: every person of the cast, every action, every state; and who reads whose figures for them."""

import pytest

from app.enums import Frequency
from tests.role_matrix.cast import Cast
from tests.role_matrix.contributions import ACTIONS, STATES, Contributions
from tests.role_matrix.expectation import persons_of, table
from tests.role_matrix.refusals import Case, disagreements
from tests.role_matrix.results import Results
from tests.role_matrix.things import Question, in_turn


@pytest.mark.parametrize("state", STATES)
async def test_every_action(cast: Cast, contributions: Contributions, state: str) -> None:
    """Each person gets exactly the status of the table, and is offered what it allows."""

    async def fresh():
        return await contributions.make(state)

    question = Question(
        area="contributions",
        reading="contributions.read",
        actions=ACTIONS,
        state=state,
        shared=await fresh(),
        fresh=fresh,
        send=contributions.send,
    )
    cases = question.cases(cast, in_turn(cast, STATES.index(state), always="others"))
    found = await disagreements(cast.world.owner, cases)
    assert not found, "\n".join([f"{len(found)} of {len(cases)}:", *found])


@pytest.mark.parametrize("column", table("contributions", "results.read of a whole").states)
async def test_the_contributor_reads_the_whole(
    cast: Cast, contributions: Contributions, results: Results, column: str
) -> None:
    """The contributor's people read what the owner has approved, as long as they contribute."""
    state, classification, standing = _of(column)
    whole = await cast.world.indicator(cast.entity, cast.in_charge, frequency=Frequency.MONTHLY)
    result = await results.make(state, classification, whole)
    await contributions.make(standing, whole)
    await _read(cast, "results.read of a whole", column, result.path)


@pytest.mark.parametrize("column", table("contributions", "results.read of a part").states)
async def test_the_owner_reads_the_part(
    cast: Cast, contributions: Contributions, results: Results, column: str
) -> None:
    """And the owner's people the contributor's figure."""
    state, classification, standing = _of(column)
    part = contributions.parts[(await contributions.make(standing)).id]
    people = cast.people
    result = await results.make(
        state,
        classification,
        part,
        clerk=people["other_division_member_executing"],
        reviewer=people["other_division_member_planning"],
        approver=people["other_delegate"],
    )
    await _read(cast, "results.read of a part", column, result.path)


def _of(column: str) -> tuple[str, str, str]:
    """The state, the classification and the standing of the contribution that a column names."""
    first, _, state = column.partition("_")
    if first in ("internal", "restricted"):
        return state, first, "accepted"
    return state, "internal", first


async def _read(cast: Cast, name: str, column: str, path: str) -> None:
    """Those of whom the table speaks read the result."""
    lines = table("contributions", name)
    named = {word.strip() for line in lines.lines for word in line["who"].split(",")}
    people = frozenset().union(*(persons_of()[word] for word in named))
    cases = [
        Case(
            f"{who} {name} {column}",
            lines.answer(column, who=who),
            lambda who=who: cast.api(who).get(path),
            lambda who=who: cast.api(who).get(path),
        )
        for who in sorted(people)
    ]
    found = await disagreements(cast.world.owner, cases)
    assert not found, "\n".join(found)
