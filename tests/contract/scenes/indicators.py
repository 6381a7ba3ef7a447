"""Scenes of indicators and the versions of their definitions."""

from tests.contract.scenes.base import Scene
from tests.contract.scenes.catalogue import Catalogue
from tests.contract.service import (
    MANAGER,
    OTHER_MANAGER,
    OTHER_SPECIALIST,
    SPECIALIST,
    UNIT_EDITOR,
)

_DEFINITION = {
    "method_ar": "حصر إداري",
    "method_en": "A count of records",
    "formula_ar": "أ ÷ ب",
    "formula_en": "a / b",
    "source": "المركز الوطني للإحصاء والمعلومات",
    "targets": [{"year": 2030, "kind": "value", "value": 40}],
}


class Indicators(Catalogue):
    """Drafts are made over HTTP; an active indicator is one beside the shipped ones."""

    def _read_indicator(self) -> Scene:
        return Scene(MANAGER, self.indicator["id"])

    _read_indicator_card = _list_definitions = _read_indicator

    def _read_indicator_series(self) -> Scene:
        return Scene(MANAGER, self.indicator["id"], known={"as_of": "2026-06-01T00:00:00+04:00"})

    def _list_indicators(self) -> Scene:
        known = {"entity_id": self.entities["MOL"], "priority_id": self._read_priority().id}
        return Scene(UNIT_EDITOR, known=known)

    def _create_indicator(self) -> Scene:
        needed = {
            "code": f"contract-{next(self._numbers)}",
            "level": "special",
            "measure": "value",
            "definition": _DEFINITION,
        }
        return Scene(SPECIALIST, self.entities["MOL"], known=self._served(), needed=needed)

    def _edit_indicator(self) -> Scene:
        body = {
            **self._create_indicator().needed,
            "name_ar": "معدل",
            "name_en": "Rate",
            "unit_ar": "نسبة مئوية",
            "unit_en": "percent",
            "polarity": "higher_better",
            "frequency": "annual",
        }
        path = f"/v1/entities/{self.entities['MOL']}/indicators"
        made = self.service.create(SPECIALIST, path, body)["id"]
        return self._seen(SPECIALIST, f"/v1/indicators/{made}", known=self._served())

    def _served(self) -> dict[str, str | None]:
        """What an indicator serves."""
        return {"priority_id": self._read_priority().id, "programme_id": self._read_programme().id}

    def _put_division_in_charge(self) -> Scene:
        path = f"/v1/indicators/{self.other_indicator['id']}"
        return self._seen(OTHER_MANAGER, path, known={"division_id": self.divisions["MOF", "BUD"]})

    def _name_enterer(self) -> Scene:
        return self._seen(UNIT_EDITOR, f"/v1/indicators/{self._monthly(level='vision')}")

    def _declare_contributors(self) -> Scene:
        return self._seen(MANAGER, f"/v1/indicators/{self._monthly()}")

    _retire_indicator = _declare_contributors

    # Definitions.

    def _open_definition(self) -> Scene:
        return self._seen(SPECIALIST, f"/v1/indicators/{self._monthly()}")

    def _read_definition(self) -> Scene:
        return Scene(SPECIALIST, self._drafted_definition())

    def _edit_definition(self) -> Scene:
        """What is drawn at random seldom fits together: the numbers are left to those that are sent as drawn."""
        unfit = ("targets", "green_at", "amber_at", "baseline_value", "baseline_rank", "baseline_rank_of")
        return self._seen(SPECIALIST, f"/v1/definitions/{self._drafted_definition()}", unfit=unfit)

    def _submit_definition(self) -> Scene:
        return self._seen(SPECIALIST, f"/v1/definitions/{self._drafted_definition()}")

    _discard_definition = _submit_definition

    def _withdraw_definition(self) -> Scene:
        return self._seen(SPECIALIST, f"/v1/definitions/{self._submitted_definition()}")

    def _confirm_definition(self) -> Scene:
        path = f"/v1/definitions/{self._submitted_definition()}"
        return self._seen(OTHER_SPECIALIST, path, unfit=("decision",))

    _return_definition = _confirm_definition

    def _activate_definition(self) -> Scene:
        path = f"/v1/definitions/{self._submitted_definition()}"
        self.service.step(OTHER_SPECIALIST, path, "confirm")
        return self._seen(MANAGER, path, unfit=("decision",))

    def _drafted_definition(self) -> str:
        """The second version, which says what the first one does."""
        path = f"/v1/indicators/{self._monthly()}"
        body = {"reason": "حُدّثت منهجية المسح"}
        made: str = self.service.step(SPECIALIST, path, "definitions", body)["id"]
        return made

    def _submitted_definition(self) -> str:
        made = self._drafted_definition()
        self.service.step(SPECIALIST, f"/v1/definitions/{made}", "submit")
        return made
