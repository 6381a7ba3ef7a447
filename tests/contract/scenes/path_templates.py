"""Scenes of path templates: copies of the model of a scorecard, drafted and approved by the first ministry's people."""

from functools import cached_property
from typing import Any

from tests.contract.scenes.base import Base, Scene
from tests.contract.service import HEAD_OFFICE, MANAGER, SPECIALIST


class PathTemplates(Base):
    """One in each state. Groups at random are never a path: they are refused, and what is taken is sent without."""

    @cached_property
    def _model(self) -> str:
        listed = self.service.read(MANAGER, "/v1/path-templates?state=model&code=scorecard")["items"]
        return str(listed[0]["id"])

    def _list_path_templates(self) -> Scene:
        return Scene(MANAGER, known={"entity_id": self.entities["MOL"], "code": "scorecard"})

    def _create_path_template(self) -> Scene:
        needed = self._copied()
        return Scene(SPECIALIST, self.entities["MOL"], needed=needed, unfit=("groups", "runs_on"))

    def _read_path_template(self) -> Scene:
        return Scene(MANAGER, self._drafted().rpartition("/")[2])

    def _edit_path_template(self) -> Scene:
        return self._seen(SPECIALIST, self._drafted(), unfit=("groups",))

    def _submit_path_template(self) -> Scene:
        return self._seen(SPECIALIST, self._drafted())

    _discard_path_template = _submit_path_template

    def _withdraw_path_template(self) -> Scene:
        return self._seen(SPECIALIST, self._submitted_template())

    def _approve_path_template(self) -> Scene:
        letter = self._letter(HEAD_OFFICE)
        return self._seen(HEAD_OFFICE, self._submitted_template(), known=letter, needed={"decision": letter})

    _return_path_template = _approve_path_template

    def _open_path_template_version(self) -> Scene:
        path = self._submitted_template()
        self.service.step(HEAD_OFFICE, path, "approve", {"decision": self._letter(HEAD_OFFICE)})
        return self._seen(SPECIALIST, path)

    def _copied(self) -> dict[str, Any]:
        return {"copied_from_id": self._model, "code": f"contract-{next(self._numbers)}"}

    def _drafted(self) -> str:
        path = f"/v1/entities/{self.entities['MOL']}/path-templates"
        return f"/v1/path-templates/{self.service.create(SPECIALIST, path, self._copied())['id']}"

    def _submitted_template(self) -> str:
        path = self._drafted()
        self.service.step(SPECIALIST, path, "submit")
        return path
