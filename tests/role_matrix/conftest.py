"""The cast and the results of the matrix, once per module."""

import logging
from collections.abc import AsyncIterator

import pytest
import structlog
from fastapi import FastAPI

from app import clock
from tests.factories.calendar import know_holidays
from tests.factories.world import World
from tests.role_matrix.cast import Cast, build
from tests.role_matrix.contributions import Contributions
from tests.role_matrix.definitions import Definitions, hands
from tests.role_matrix.evidence import Evidences
from tests.role_matrix.improvement_plans import ImprovementPlans
from tests.role_matrix.indicators import Indicators
from tests.role_matrix.obligations import Obligations
from tests.role_matrix.results import Results
from tests.role_matrix.scorecards import Scorecards


@pytest.fixture(scope="module")
async def cast(world: World) -> AsyncIterator[Cast]:
    """Everybody of `expected/cast.md`."""
    before = structlog.get_config()
    # Thousands of requests, each a line of log, would bury what a failing test says.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    yield await build(world)
    structlog.configure(**before)


@pytest.fixture(scope="module")
async def results(cast: Cast) -> Results:
    """Makes results in every state."""
    return Results(cast)


@pytest.fixture(scope="module")
async def evidences(cast: Cast, results: Results) -> Evidences:
    """Makes evidence in every state."""
    return Evidences(cast, results)


@pytest.fixture(scope="module")
async def calendar(cast: Cast) -> None:
    """The holidays without which nothing is due."""
    this_year = clock.today().year
    await know_holidays(cast.world, range(this_year - 2, this_year + 4))


@pytest.fixture(scope="module")
async def definitions(cast: Cast) -> Definitions:
    """Makes definitions in every state."""
    return Definitions(cast, await hands(cast))


@pytest.fixture(scope="module")
async def indicators(cast: Cast, calendar: None, definitions: Definitions) -> Indicators:
    """Makes indicators in every state."""
    return Indicators(cast, definitions)


@pytest.fixture(scope="module")
async def contributions(cast: Cast, definitions: Definitions) -> Contributions:
    """Makes contributions of the other entity in every state."""
    return Contributions(cast, definitions)


@pytest.fixture(scope="module")
async def obligations(
    cast: Cast, calendar: None, definitions: Definitions, contributions: Contributions, results: Results
) -> Obligations:
    """Makes what is due in every state."""
    return Obligations(cast, definitions, contributions, results)


@pytest.fixture(scope="module")
async def scorecards(cast: Cast, app: FastAPI) -> Scorecards:
    """Makes scorecards in every state."""
    return await Scorecards.of(cast, app)


@pytest.fixture(scope="module")
async def improvement_plans(cast: Cast, app: FastAPI) -> ImprovementPlans:
    """Makes improvement plans in every state."""
    return await ImprovementPlans.of(cast, app)
