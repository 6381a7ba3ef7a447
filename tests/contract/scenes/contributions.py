"""Scenes of contributions: of the second ministry to indicators of the first."""

from functools import cached_property

from tests.contract.scenes.base import Base, Scene
from tests.contract.service import MANAGER, OTHER_MANAGER


class Contributions(Base):
    """Inviting, answering, ending, explaining."""

    def _invite_contributor(self) -> Scene:
        known = {"contributor_id": self.entities["MOF"]}
        return self._seen(MANAGER, f"/v1/indicators/{self._monthly()}", known=known)

    def _list_contributors(self) -> Scene:
        whole = self.service.read(MANAGER, f"/v1/contributions/{self._accepted()}")["indicator"]["id"]
        return Scene(MANAGER, whole, known={"period": "2026-01"})

    def _list_contributions(self) -> Scene:
        self._accepted()
        known = {"entity_id": self.entities["MOL"], "contributor_id": self.entities["MOF"]}
        return Scene(MANAGER, known=known)

    def _read_contribution(self) -> Scene:
        return Scene(OTHER_MANAGER, self._accepted())

    def _edit_contribution(self) -> Scene:
        return self._seen(MANAGER, f"/v1/contributions/{self._invited()}")

    def _accept_contribution(self) -> Scene:
        path = f"/v1/contributions/{self._invited()}"
        return self._seen(OTHER_MANAGER, path, known={"indicator_id": self._part})

    def _refuse_contribution(self) -> Scene:
        return self._seen(OTHER_MANAGER, f"/v1/contributions/{self._invited()}")

    def _leave_contribution(self) -> Scene:
        return self._seen(OTHER_MANAGER, f"/v1/contributions/{self._accepted()}")

    def _withdraw_contribution(self) -> Scene:
        """By turns an invitation and a contribution."""
        contribution = self._invited() if next(self._numbers) % 2 else self._accepted()
        return self._seen(MANAGER, f"/v1/contributions/{contribution}")

    def _explain_missing_part(self) -> Scene:
        path = f"/v1/contributions/{self._accepted()}"
        return self._seen(OTHER_MANAGER, path, known={"period": "2026-01"})

    @cached_property
    def _part(self) -> str:
        """A special indicator of the contributor's."""
        return self._monthly(self.other_indicator, "special")

    def _invited(self) -> str:
        body = {"contributor_id": self.entities["MOF"], "weight": 30}
        made: str = self.service.step(MANAGER, f"/v1/indicators/{self._monthly()}", "contributions", body)[
            "id"
        ]
        return made

    def _accepted(self) -> str:
        made = self._invited()
        body = {"indicator_id": self._part}
        self.service.step(OTHER_MANAGER, f"/v1/contributions/{made}", "accept", body)
        return made
