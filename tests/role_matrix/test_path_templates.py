"""Path templates: every person of the cast, every action, every state."""

from functools import partial
from uuid import uuid4

import httpx
import pytest

from tests.factories.path_templates import template
from tests.role_matrix.cast import Cast
from tests.role_matrix.expectation import table
from tests.role_matrix.path_templates import ACTIONS, STATES, PathTemplates
from tests.role_matrix.refusals import Case, disagreements
from tests.role_matrix.things import Question, in_turn


@pytest.fixture(scope="module")
async def path_templates(cast: Cast) -> PathTemplates:
    """Makes path templates in every state."""
    return await PathTemplates.of(cast)


@pytest.mark.parametrize("state", STATES)
async def test_every_action(cast: Cast, path_templates: PathTemplates, state: str) -> None:
    """Each person gets exactly the status of the table, and is offered what it allows; a refusal writes
    nothing. Who has nothing to do with the entity sends the actions in turn."""

    async def fresh():
        return await path_templates.make(state)

    question = Question(
        area="path_templates",
        reading="path_templates.read",
        actions=ACTIONS,
        state=state,
        shared=await fresh(),
        fresh=fresh,
        send=path_templates.send,
    )
    cases = question.cases(cast, in_turn(cast, STATES.index(state)))
    found = await disagreements(cast.world.owner, cases)
    assert not found, "\n".join([f"{len(found)} of {len(cases)}:", *found])


@pytest.mark.parametrize("column", ["copy", "own", "elsewhere"])
async def test_drafting(cast: Cast, path_templates: PathTemplates, column: str) -> None:
    """The office drafts for its own entity, and nobody else does."""
    entity = cast.other if column == "elsewhere" else cast.entity

    async def draft(who: str) -> httpx.Response:
        copied = {"copied_from_id": str(path_templates.model), "code": f"card-{uuid4().hex[:8]}"}
        body = template() if column == "own" else copied
        return await cast.api(who).create(f"/v1/entities/{entity.id}/path-templates", body)

    lines = table("path_templates", "path_templates.create")
    cases = [
        Case(
            f"{who} path_templates.create {column}",
            lines.answer(column, who=who),
            partial(draft, who),
            partial(draft, who),
        )
        for who in cast.everybody
    ]
    found = await disagreements(cast.world.owner, cases)
    assert not found, "\n".join(found)
