"""The lines of a transition table, as data that knows neither database nor HTTP."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Awaited:
    """Whom a state waits for: the parties of `step`, to take `action`."""

    step: str
    action: str


@dataclass(frozen=True)
class Transition:
    """A line of an area's transition table. `reason`: the person must give one. `renews`: where it leaves the state as
    it is, the thing waits anew, for whom and until when the facts say then."""

    action: str
    sources: frozenset[str]
    target: str
    reason: bool = False
    renews: bool = False


@dataclass(frozen=True)
class Fire:
    """A transition of a subject that a stage of its path fires."""

    transition: Transition
    run: Callable[..., Awaitable[None]]
