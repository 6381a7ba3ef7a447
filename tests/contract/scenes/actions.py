"""Scenes of actions and evaluations: of the ministry, owned by its employment division, in each state."""

from datetime import UTC, datetime, timedelta
from typing import Any

from tests.contract.scenes.base import Base, Json, Scene
from tests.contract.service import ENTERER, HEAD_OFFICE, MANAGER, OTHER_SPECIALIST, SPECIALIST

_OUTCOME = "وافقت الجهة المختصة على المقترح"
_EVALUATION: Json = {
    "title": "تقييم تقدم برامج الخطة السنوية",
    "period_from": "2026-01-01",
    "period_to": "2026-03-31",
    "findings": "تأخر برنامجان عن مواعيد مراحلهما",
    "conclusion": "يلزم إجراء تصحيحي",
    "rating": "at_risk",
}
_OWNERS = ("owner_id", "division_id")


def _day(ahead: int) -> str:
    return (datetime.now(UTC).date() + timedelta(days=ahead)).isoformat()


class Actions(Base):
    """Opened, reported, confirmed; drafted, approved."""

    def _list_actions(self) -> Scene:
        return Scene(MANAGER, known={"entity_id": self.entities["MOL"], "about_id": self.indicator["id"]})

    def _read_action_statistics(self) -> Scene:
        return Scene(MANAGER, known={"entity_id": self.entities["MOL"]})

    def _open_action(self) -> Scene:
        needed: dict[str, Any] = {
            "source": "improvement_proposal",
            "division_id": self.divisions["MOL", "EMP"],
            "due": _day(30),
        }
        return Scene(
            SPECIALIST,
            self.entities["MOL"],
            needed=needed,
            unfit=("source_id", "about_id", "owner_id", "directive"),
        )

    def _read_action(self) -> Scene:
        return Scene(MANAGER, self._opened().rpartition("/")[2])

    def _edit_action(self) -> Scene:
        return self._seen(SPECIALIST, self._opened(), unfit=_OWNERS)

    def _accept_action(self) -> Scene:
        decided = {"decision": self._letter(HEAD_OFFICE)}
        return self._seen(HEAD_OFFICE, self._opened("improvement_proposal"), needed=decided)

    _refuse_action = _accept_action

    def _note_action(self) -> Scene:
        return self._seen(ENTERER, self._opened())

    _report_action = _note_action

    def _postpone_action(self) -> Scene:
        return self._seen(MANAGER, self._opened(), needed={"due": _day(60)})

    def _confirm_action(self) -> Scene:
        path = self._opened()
        self.service.step(ENTERER, path, "report", {"outcome": _OUTCOME})
        return self._seen(OTHER_SPECIALIST, path, unfit=("decision",))

    _return_action = _confirm_action

    def _cancel_action(self) -> Scene:
        return self._seen(MANAGER, self._opened(), unfit=("decision",))

    def _create_evaluation(self) -> Scene:
        period = {name: _EVALUATION[name] for name in ("period_from", "period_to")}
        return Scene(SPECIALIST, self.entities["MOL"], needed=period, unfit=("about_id",))

    def _read_evaluation(self) -> Scene:
        return Scene(MANAGER, self._evaluated().rpartition("/")[2])

    def _edit_evaluation(self) -> Scene:
        return self._seen(SPECIALIST, self._evaluated(), unfit=("period_from", "period_to"))

    def _approve_evaluation(self) -> Scene:
        return self._seen(MANAGER, self._evaluated(), unfit=("decision",))

    _discard_evaluation = _approve_evaluation

    def _opened(self, source: str = "directive") -> str:
        body: dict[str, Any] = {
            "source": source,
            "title": "مراجعة إجراءات صرف المخصصات",
            "division_id": self.divisions["MOL", "EMP"],
            "due": _day(30),
        }
        if source == "directive":
            body["directive"] = {
                "issued_by": "وكيل الوزارة",
                "letter_number": "م و/٣٤١",
                "letter_date": _day(-1),
            }
        made = self.service.create(SPECIALIST, f"/v1/entities/{self.entities['MOL']}/actions", body)
        return f"/v1/actions/{made['id']}"

    def _evaluated(self) -> str:
        path = f"/v1/entities/{self.entities['MOL']}/evaluations"
        return f"/v1/evaluations/{self.service.create(SPECIALIST, path, _EVALUATION)['id']}"
