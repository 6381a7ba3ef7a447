"""Scenes of the scoreboard."""

from tests.contract.scenes.base import Base, Scene
from tests.contract.service import MANAGER


class Scoreboard(Base):
    """Where we stand."""

    def _read_scoreboard(self) -> Scene:
        known = {"entity_id": self.entities["MOL"], "as_of": "2025-06-01T00:00:00+04:00"}
        return Scene(MANAGER, known=known, needed={"by": "priority"})
