"""The ministry that the tests of initiatives share the shape of."""

import pytest

from tests.factories.initiatives import House
from tests.factories.world import World


@pytest.fixture
async def house(world: World) -> House:
    """A new ministry, with everyone whom an initiative meets."""
    return await House.make(world)
