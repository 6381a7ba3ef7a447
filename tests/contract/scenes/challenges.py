"""Scenes of challenges: about the first indicator of the ministry, at each level that somebody holds."""

from functools import cached_property
from typing import Any

from app import clock
from tests.contract.scenes.base import Base, Json, Scene
from tests.contract.service import ENTERER, HEAD_OFFICE, MANAGER, SPECIALIST, UNIT_EDITOR

_REASON = "استُنفدت الحلول داخل المكتب"
_CHALLENGE: Json = {
    "kind": "resources",
    "tie": "own",
    "title": "نقص الاعتماد المالي",
    "cause": "لم تُدرج المخصصات في الموازنة",
    "impact": "تأخر بلوغ المستهدف",
}


def _today() -> str:
    return clock.today().isoformat()


class Challenges(Base):
    """Opened, made ready, escalated, decided."""

    def _list_challenges(self) -> Scene:
        return Scene(MANAGER, known={"entity_id": self.entities["MOL"], "about_id": self.indicator["id"]})

    def _read_challenge_statistics(self) -> Scene:
        return Scene(MANAGER, known={"entity_id": self.entities["MOL"]})

    def _open_challenge(self) -> Scene:
        return Scene(
            SPECIALIST,
            needed={"about_id": self.indicator["id"]},
            unfit=("division_id", "owner_id", "priority_id"),
        )

    def _read_challenge(self) -> Scene:
        return Scene(MANAGER, self._ready().rpartition("/")[2])

    _read_challenge_thread = _read_challenge

    def _edit_challenge(self) -> Scene:
        return self._seen(SPECIALIST, self._ready(), unfit=("division_id", "owner_id", "priority_id"))

    def _record_attempt(self) -> Scene:
        return self._seen(SPECIALIST, self._ready(), needed={"tried_on": _today()})

    def _propose_solution(self) -> Scene:
        return self._seen(ENTERER, self._ready())

    def _withdraw_solution(self) -> Scene:
        return self._seen(MANAGER, self._ready(), needed={"number": 1})

    _analyse_solution = _withdraw_solution

    def _record_coordination(self) -> Scene:
        return self._seen(MANAGER, self._ready(), needed={"on": _today()})

    def _escalate_challenge_to_head(self) -> Scene:
        return self._seen(MANAGER, self._ready(), needed={"route_id": self._routes["office-to-head"]})

    def _escalate_challenge_to_body(self) -> Scene:
        return self._seen(MANAGER, self._returned(), needed={"route_id": self._routes["office-to-unit"]})

    def _decide_challenge(self) -> Scene:
        ruled = {"ruling": "return_with_instructions", "decision": self._letter(HEAD_OFFICE)}
        return self._seen(HEAD_OFFICE, self._with_head(), needed=ruled, unfit=("route_id",))

    def _record_answer_to_challenge(self) -> Scene:
        path = self._returned()
        body = {"route_id": self._routes["office-to-ministry-of-finance"], "reason": _REASON}
        self.service.step(MANAGER, path, "escalate-to-body", body)
        answer = {"of": "وزارة المالية", "letter_number": "م م/٤١٢", "letter_date": _today()}
        needed = {"ruling": "solve_here", "answer": answer}
        return self._seen(HEAD_OFFICE, path, needed=needed, unfit=("route_id",))

    def _pause_challenge(self) -> Scene:
        return self._seen(MANAGER, self._ready(), unfit=("decision",))

    def _resume_challenge(self) -> Scene:
        path = self._ready()
        self.service.step(MANAGER, path, "pause", {"reason": _REASON})
        return self._seen(MANAGER, path, unfit=("decision",))

    _close_challenge = _pause_challenge

    def _reopen_challenge(self) -> Scene:
        path = self._ready()
        self.service.step(MANAGER, path, "close", {"how": _REASON})
        return self._seen(MANAGER, path, unfit=("decision",))

    def _read_escalation_routes(self) -> Scene:
        return self._first(MANAGER, "/v1/escalation-routes")

    def _set_escalation_routes(self) -> Scene:
        return Scene(UNIT_EDITOR)

    @cached_property
    def _routes(self) -> dict[str, str]:
        """The ids of the routes that ship, by their codes."""
        tables = self.service.read(MANAGER, "/v1/escalation-routes?limit=200")["items"]
        found = self.service.read(MANAGER, f"/v1/escalation-routes/{tables[-1]['id']}")
        return {route["code"]: route["id"] for route in found["routes"]}

    def _ready(self) -> str:
        body = {**_CHALLENGE, "about_id": self.indicator["id"]}
        path = f"/v1/challenges/{self.service.create(SPECIALIST, '/v1/challenges', body)['id']}"
        steps: tuple[tuple[str, dict[str, Any]], ...] = (
            ("record-attempt", {"tried_on": _today(), "what": _REASON}),
            ("propose-solution", {"title": "مناقلة", "effect": "تمويل المرحلة الثانية"}),
            ("record-coordination", {"on": _today(), "with_whom": "مختص وحدة المتابعة"}),
        )
        for verb, said in steps:
            self.service.step(MANAGER, path, verb, said)
        return path

    def _with_head(self) -> str:
        path = self._ready()
        body = {"route_id": self._routes["office-to-head"], "reason": _REASON}
        self.service.step(MANAGER, path, "escalate-to-head", body)
        return path

    def _returned(self) -> str:
        path = self._with_head()
        ruled = {
            "ruling": "return_with_instructions",
            "reason": _REASON,
            "decision": self._letter(HEAD_OFFICE),
        }
        self.service.step(HEAD_OFFICE, path, "decide", ruled)
        return path
