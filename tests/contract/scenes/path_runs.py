"""Scenes of paths that are walked: the year of the first ministry, by a short path of its own that its people approved."""

from typing import Any

from app import clock
from tests.contract.scenes.base import Base, Scene
from tests.contract.service import HEAD_OFFICE, MANAGER, SPECIALIST

_DUE = {"kind": "date", "month": 5, "day": 15}
_GROUPS: list[list[dict[str, Any]]] = [
    [
        {
            "key": "draft",
            "title_ar": "إعداد المسودة",
            "title_en": "Draft it",
            "kind": "prepare",
            "responsible": [{"party": "specialist"}],
            "due": _DUE,
            "outcomes": ["done", "not_applicable"],
        }
    ],
    [
        {
            "key": "approval",
            "title_ar": "الاعتماد من مدير المكتب",
            "title_en": "The manager approves",
            "kind": "approve",
            "responsible": [{"party": "manager"}],
            "due": _DUE,
            "outcomes": ["approved", "returned"],
            "returns_to": ["draft"],
            "controls": ["draft"],
        }
    ],
]


class PathRuns(Base):
    """A run in each state, of this year, by a template of its own: an entity walks each once a year."""

    def _template_of_runs(self) -> str:
        body = {
            "code": f"walked-{next(self._numbers)}",
            "runs_on": "entity",
            "chain": "plans",
            "title_ar": "مسار مختصر للسنة",
            "title_en": "A short path of the year",
            "groups": _GROUPS,
        }
        path = f"/v1/entities/{self.entities['MOL']}/path-templates"
        made = f"/v1/path-templates/{self.service.create(SPECIALIST, path, body)['id']}"
        self.service.step(SPECIALIST, made, "submit")
        self.service.step(HEAD_OFFICE, made, "approve", {"decision": self._letter(HEAD_OFFICE)})
        return made.rpartition("/")[2]

    def _list_path_runs(self) -> Scene:
        known = {"entity_id": self.entities["MOL"], "subject_id": self.entities["MOL"]}
        return Scene(MANAGER, known=known, needed=known)

    def _start_path_run(self) -> Scene:
        return Scene(MANAGER, needed=self._asked())

    def _read_path_run(self) -> Scene:
        return Scene(MANAGER, self._walked().rpartition("/")[2])

    _read_path_run_timeline = _read_path_run

    def _stop_path_run(self) -> Scene:
        return self._seen(MANAGER, self._walked())

    def _read_path_stage(self) -> Scene:
        return Scene(MANAGER, self._drafting().rpartition("/")[2])

    def _complete_path_stage(self) -> Scene:
        return self._seen(SPECIALIST, self._drafting(), unfit=("decision", "answers", "letter"))

    def _skip_path_stage(self) -> Scene:
        return self._seen(SPECIALIST, self._drafting(), unfit=("decision",))

    def _approve_path_stage(self) -> Scene:
        return self._seen(MANAGER, self._approving(), unfit=("decision", "answers", "letter"))

    def _return_path_stage(self) -> Scene:
        return self._seen(MANAGER, self._approving(), needed={"to": "draft"}, unfit=("decision", "answers"))

    def _reassign_path_stage(self) -> Scene:
        return self._seen(MANAGER, self._drafting(), needed={"parties": [{"party": "planning"}]})

    def _asked(self) -> dict[str, Any]:
        return {
            "subject_id": self.entities["MOL"],
            "template_id": self._template_of_runs(),
            "year": clock.day(clock.now()).year,
        }

    def _walked(self) -> str:
        return f"/v1/path-runs/{self.service.create(MANAGER, '/v1/path-runs', self._asked())['id']}"

    def _drafting(self) -> str:
        return self._stage_of(self._walked(), 0)

    def _approving(self) -> str:
        run = self._walked()
        self.service.step(SPECIALIST, self._stage_of(run, 0), "complete")
        return self._stage_of(run, 1)

    def _stage_of(self, run: str, place: int) -> str:
        return f"/v1/path-stages/{self.service.read(MANAGER, run)['stages'][place]['id']}"
