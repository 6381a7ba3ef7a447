"""A scene for every operation: who may take it, on which thing, in which state, and what the body refers to.

A generated request knows only the contract. A scene lends it what only a running service knows (ids, ETags,
dates that mean something now), so that it gets past the first refusal. States are reached through the service
itself, by the demo's people. Each module holds the scenes of an area: a method `_<operation id>` for each.
"""

from collections.abc import Callable

from tests.contract.scenes.accounts import Accounts
from tests.contract.scenes.actions import Actions
from tests.contract.scenes.base import Scene
from tests.contract.scenes.challenges import Challenges
from tests.contract.scenes.communications import Communications
from tests.contract.scenes.contributions import Contributions
from tests.contract.scenes.evidence import Evidence
from tests.contract.scenes.indicators import Indicators
from tests.contract.scenes.initiatives import Initiatives
from tests.contract.scenes.meetings import Meetings
from tests.contract.scenes.notifications import Notifications
from tests.contract.scenes.obligations import Obligations
from tests.contract.scenes.path_runs import PathRuns
from tests.contract.scenes.path_templates import PathTemplates
from tests.contract.scenes.plans import Plans
from tests.contract.scenes.risks import Risks
from tests.contract.scenes.scoreboard import Scoreboard
from tests.contract.scenes.scorecards import Scorecards
from tests.contract.service import MANAGER, Service

__all__ = ["Scene", "Stage"]


class Stage(
    Accounts,
    Indicators,
    Contributions,
    Obligations,
    Initiatives,
    Evidence,
    PathTemplates,
    Scoreboard,
    PathRuns,
    Communications,
    Scorecards,
    Plans,
    Notifications,
    Challenges,
    Risks,
    Actions,
    Meetings,
):
    """Prepares scenes. One that is used up (a draft that was submitted) is made anew when it is wanted."""

    def __init__(self, service: Service) -> None:
        super().__init__(service)
        self._scenes: dict[str, Scene] = {}

    def scene(self, operation_id: str) -> Scene:
        """The scene of an operation, which stands until it is used up."""
        if operation_id not in self._scenes:
            make: Callable[[], Scene] = getattr(self, f"_{operation_id}", self._any_reader)
            self._scenes[operation_id] = make()
        return self._scenes[operation_id]

    def use_up(self, operation_id: str) -> None:
        """The thing of the scene is no longer what it was."""
        self._scenes.pop(operation_id, None)

    def _any_reader(self) -> Scene:
        return Scene(MANAGER, known={"entity_id": self.entities["MOL"], "indicator_id": self.indicator["id"]})
