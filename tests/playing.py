"""What the machines share that play the life of something at random against a model in plain Python."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, TypeVar

import anyio.from_thread
import anyio.to_thread
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.internal.conjecture.providers import AVAILABLE_PROVIDERS, HypothesisProvider
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test

from tests.factories.world import World

T = TypeVar("T")
Draw = Callable[[st.SearchStrategy[Any]], Any]

STEPS_OF_A_RUN = 24


class Steady(HypothesisProvider):
    """Draws as Hypothesis does, but nothing that it finds written in the sources: a run is the same whatever
    modules are loaded before it, and however the code around it changes."""

    def _maybe_draw_constant(self, *_: Any, **__: Any) -> None:
        return None


AVAILABLE_PROVIDERS["steady"] = f"{__name__}.{Steady.__name__}"


class Played(RuleBasedStateMachine):
    """A machine whose rules are what people try, rightly or not."""

    world: World

    def wait_for(self, work: Awaitable[T]) -> T:
        """Run on the event loop of the test, where the application lives."""

        async def waited() -> T:
            return await work

        return anyio.from_thread.run(waited)


async def play(life: type[Played], world: World, *, runs: int) -> None:
    """Play the machine so many times, the same way each time the test is run."""
    machine = type("LifeHere", (life,), {"world": world})
    await anyio.to_thread.run_sync(
        partial(
            run_state_machine_as_test,
            machine,
            settings=settings(
                max_examples=runs,
                stateful_step_count=STEPS_OF_A_RUN,
                deadline=None,
                derandomize=True,
                backend="steady",
                database=None,
                phases=(Phase.generate,),  # shrinking costs minutes; a run of two dozen steps is readable
                suppress_health_check=list(HealthCheck),
            ),
        )
    )
