"""Scenes of scorecards and improvement plans of the first ministry, each in the state that its operation wants."""

from itertools import count
from typing import Any
from uuid import UUID

from tests.contract.scenes.base import Scene
from tests.contract.scenes.results import Results
from tests.contract.service import MANAGER, OTHER_SPECIALIST, SPECIALIST

_YEARS = count(2001)
_PLAN: dict[str, Any] = {
    "cause": "ضعف مواءمة مخرجات التدريب لاحتياجات القطاع الخاص",
    "goal": "رفع نسبة التعمين نقطتين مئويتين",
    "due": "2099-12-31",
    "steps": [{"title": "توقيع اتفاقيات تدريب مقرون بالتشغيل", "due": "2099-06-30"}],
}


class Scorecards(Results):
    """Drafted, in force; planned, carried out."""

    def _list_scorecards(self) -> Scene:
        return Scene(
            SPECIALIST, known={"entity_id": self.entities["MOL"], "year": self._drafted_scorecard()["year"]}
        )

    def _create_scorecard(self) -> Scene:
        unfit = ("copied_from_id",)
        return Scene(SPECIALIST, self.entities["MOL"], needed={"year": next(_YEARS)}, unfit=unfit)

    def _read_scorecard(self) -> Scene:
        return Scene(SPECIALIST, self._drafted_scorecard()["id"])

    _read_gaps = _read_scorecard

    def _read_gaps_of_entity(self) -> Scene:
        year = self._drafted_scorecard()["year"]
        return Scene(SPECIALIST, self.entities["MOL"], known={"year": year}, needed={"year": year})

    def _edit_scorecard(self) -> Scene:
        """Indicators drawn at random may stand there twice: one line is enough."""
        line = {"indicator_id": self._monthly(), "weight": 40}
        return self._seen(
            SPECIALIST, f"/v1/scorecards/{self._drafted_scorecard()['id']}", needed={"lines": [line]}
        )

    def _discard_scorecard(self) -> Scene:
        return self._seen(SPECIALIST, f"/v1/scorecards/{self._drafted_scorecard()['id']}")

    def _open_scorecard_version(self) -> Scene:
        card = self._drafted_scorecard()["id"]
        self.service.sql(
            "update scorecards set state = 'in_force', snapshot = '[]' where id = $1", UUID(card)
        )
        return self._seen(SPECIALIST, f"/v1/scorecards/{card}")

    def _list_improvement_plans(self) -> Scene:
        plan = self.service.read(SPECIALIST, self._drafted_improvement())
        return Scene(SPECIALIST, known={"indicator_id": plan["indicator"]["id"]})

    def _create_improvement_plan(self) -> Scene:
        return Scene(SPECIALIST, self._monthly(level="vision"), needed={"due": "2099-12-31", "steps": []})

    def _read_improvement_plan(self) -> Scene:
        return Scene(SPECIALIST, self._drafted_improvement().rpartition("/")[2])

    def _edit_improvement_plan(self) -> Scene:
        return self._seen(SPECIALIST, self._drafted_improvement(), needed={"due": "2099-12-31", "steps": []})

    def _submit_improvement_plan(self) -> Scene:
        return self._seen(SPECIALIST, self._drafted_improvement())

    _discard_improvement_plan = _submit_improvement_plan

    def _withdraw_improvement_plan(self) -> Scene:
        return self._seen(SPECIALIST, self._submitted_improvement())

    def _assure_improvement_plan(self) -> Scene:
        return self._seen(OTHER_SPECIALIST, self._submitted_improvement(), unfit=("decision",))

    _return_improvement_plan = _assure_improvement_plan

    def _approve_improvement_plan(self) -> Scene:
        path = self._submitted_improvement()
        self.service.step(OTHER_SPECIALIST, path, "assure")
        return self._seen(MANAGER, path, unfit=("decision",))

    def _report_improvement_step(self) -> Scene:
        said = {"number": 1, "done_on": "2026-01-15"}
        return self._seen(SPECIALIST, self._approved_improvement(), needed=said)

    def _complete_improvement_plan(self) -> Scene:
        path = self._approved_improvement()
        self.service.step(SPECIALIST, path, "report", {"number": 1, "done_on": "2026-01-15"})
        return self._seen(MANAGER, path)

    def _end_improvement_plan(self) -> Scene:
        return self._seen(MANAGER, self._approved_improvement(), unfit=("decision",))

    def _drafted_scorecard(self) -> dict[str, Any]:
        path = f"/v1/entities/{self.entities['MOL']}/scorecards"
        return self.service.create(SPECIALIST, path, {"year": next(_YEARS)})

    def _drafted_improvement(self) -> str:
        path = f"/v1/indicators/{self._monthly(level='vision')}/improvement-plans"
        return f"/v1/improvement-plans/{self.service.create(SPECIALIST, path, _PLAN)['id']}"

    def _submitted_improvement(self) -> str:
        path = self._drafted_improvement()
        self.service.step(SPECIALIST, path, "submit")
        return path

    def _approved_improvement(self) -> str:
        path = self._submitted_improvement()
        self.service.step(OTHER_SPECIALIST, path, "assure")
        self.service.step(MANAGER, path, "approve")
        return path
