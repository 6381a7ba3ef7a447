"""Scenes of risks: about the first indicator of the ministry, wherever somebody is to decide about them."""

from tests.contract.scenes.base import Base, Json, Scene
from tests.contract.service import ENTERER, HEAD_OFFICE, MANAGER, SPECIALIST, UNIT_EDITOR

_REASON = "كلفة المعالجة تفوق الأثر المتوقع"
_LEVELS = {"probability": 3, "impact": 3, "residual_probability": 1, "residual_impact": 1}
"""Within the smallest matrix that UNIT can set, and of a score that the manager accepts."""

_RISK: Json = {
    "kind": "resources",
    "title": "تعذر توفير مدربين",
    "cause": "الاعتماد على معهد واحد",
    "effect": "تأخر بلوغ المستهدف",
    **_LEVELS,
}


class Risks(Base):
    """Registered, assessed, treated, accepted, raised; the settings and the analysis."""

    def _list_risks(self) -> Scene:
        return Scene(MANAGER, known={"entity_id": self.entities["MOL"], "about_id": self.indicator["id"]})

    def _read_risk_matrix(self) -> Scene:
        return Scene(MANAGER, known={"entity_id": self.entities["MOL"]}, unfit=("settings_id",))

    _list_risk_lessons = _read_risk_matrix

    def _register_risk(self) -> Scene:
        needed = {**_LEVELS, "about_id": self.indicator["id"]}
        return Scene(SPECIALIST, needed=needed, unfit=("entity_id", "division_id", "owner_id"))

    def _read_risk(self) -> Scene:
        return Scene(MANAGER, self._risk().rpartition("/")[2])

    def _edit_risk(self) -> Scene:
        return self._seen(SPECIALIST, self._risk(), unfit=("division_id", "owner_id"))

    def _assess_risk(self) -> Scene:
        return self._seen(ENTERER, self._risk(), needed=_LEVELS)

    def _choose_risk_strategy(self) -> Scene:
        return self._seen(MANAGER, self._risk())

    def _accept_risk(self) -> Scene:
        return self._seen(MANAGER, self._chosen("accept"), unfit=("decision",))

    _refuse_risk_acceptance = _accept_risk

    def _treat_risk(self) -> Scene:
        return self._seen(MANAGER, self._chosen("mitigate"))

    def _ask_risk_resources(self) -> Scene:
        asked = [{"kind": "people", "what": "مدرب معتمد", "asked": 2, "unit": "مدرب"}]
        return self._seen(MANAGER, self._chosen("transfer"), needed={"resources": asked})

    def _grant_risk_resources(self) -> Scene:
        path = self._chosen("mitigate")
        asked = [{"kind": "money", "what": "رسوم المعهد البديل", "asked": 18500}]
        self.service.step(MANAGER, path, "ask-resources", {"resources": asked, "reason": _REASON})
        granted = [{"number": 1, "amount": 12000}]
        return self._seen(
            HEAD_OFFICE, path, needed={"granted": granted, "decision": self._letter(HEAD_OFFICE)}
        )

    def _raise_risk_to_head(self) -> Scene:
        return self._seen(MANAGER, self._risk())

    _raise_risk_to_unit = _raise_risk_to_head

    def _answer_risk(self) -> Scene:
        path = self._risk()
        self.service.step(MANAGER, path, "raise-to-head", {"reason": _REASON})
        return self._seen(HEAD_OFFICE, path, needed={"decision": self._letter(HEAD_OFFICE)})

    def _report_risk_occurrence(self) -> Scene:
        return self._seen(SPECIALIST, self._risk())

    def _close_risk(self) -> Scene:
        return self._seen(MANAGER, self._risk())

    def _read_risk_settings(self) -> Scene:
        return self._first(MANAGER, "/v1/risk-settings")

    def _set_risk_settings(self) -> Scene:
        # The highest score of the smallest matrix: the scenes of the manager's acceptance hold with these settings too.
        return Scene(UNIT_EDITOR, needed={"head_from": 9})

    def _list_swot_entries(self) -> Scene:
        return Scene(MANAGER, known={"entity_id": self.entities["MOL"]})

    def _create_swot_entry(self) -> Scene:
        return Scene(SPECIALIST, self.entities["MOL"], unfit=("risk_id",))

    def _read_swot_entry(self) -> Scene:
        return Scene(MANAGER, self._entry().rpartition("/")[2])

    def _edit_swot_entry(self) -> Scene:
        return self._seen(MANAGER, self._entry(), unfit=("risk_id",))

    def _withdraw_swot_entry(self) -> Scene:
        return self._seen(MANAGER, self._entry())

    def _risk(self) -> str:
        body = {**_RISK, "about_id": self.indicator["id"]}
        return f"/v1/risks/{self.service.create(SPECIALIST, '/v1/risks', body)['id']}"

    def _chosen(self, strategy: str) -> str:
        path = self._risk()
        self.service.step(MANAGER, path, "choose-strategy", {"strategy": strategy, "plan": _REASON})
        return path

    def _entry(self) -> str:
        body = {"year": 2026, "kind": "threat", "says": "ارتباط تنفيذ البرامج بمورّد واحد"}
        made = self.service.create(SPECIALIST, f"/v1/entities/{self.entities['MOL']}/swot-entries", body)
        return f"/v1/swot-entries/{made['id']}"
