"""The cast and the results of the matrix, once per module."""

import logging

import pytest
import structlog

from tests.factories.world import World
from tests.role_matrix.cast import Cast, build
from tests.role_matrix.results import Results


@pytest.fixture(scope="module")
async def cast(world: World) -> Cast:
    """Everybody of `expected/cast.md`."""
    # Thousands of requests, each a line of log, would bury what a failing test says.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    return await build(world)


@pytest.fixture(scope="module")
async def results(cast: Cast) -> Results:
    """Makes results in every state."""
    return Results(cast)
