"""Scenes of initiatives of the first ministry, their progress reports and checks on the ground, and of the programmes
that entities share; each thing in the state that its operation wants."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from app import ids
from tests.contract.scenes.base import Json, Scene
from tests.contract.scenes.evidence import Evidence, pdf
from tests.contract.service import ENTERER, FINANCE, MANAGER, PLANNER, SPECIALIST, UNIT_EDITOR

_HEAD = "head.mol"
_BEGIN, _END = date(2026, 1, 1), date(2027, 12, 31)
_MILESTONES: list[Json] = [
    {
        "number": 1,
        "title_ar": "إعداد كراسة الشروط وطرح المناقصة",
        "weight": 100,
        "starts_on": _BEGIN.isoformat(),
        "due_on": _END.isoformat(),
    }
]
_PLANNED: Json = {
    "starts_on": _BEGIN.isoformat(),
    "ends_on": _END.isoformat(),
    "milestones": _MILESTONES,
    "effects": [],
    "sectors": ["tourism"],
}
_MONEY: Json = {"year": 2026, "source": "state_budget"}
_LETTERS, _NOT_OURS = ("decision",), ("programme_id", "programme_weight")
_PROGRAMME = """
    insert into programmes (id, code, kind, status, name_ar, name_en, name_ar_translated, lead_entity_id, source)
    values ($1, $2, 'national_programme', 'current', 'البرنامج الوطني للتشغيل', 'Employment programme', false, $3,
        'https://www.oman2040.om')
"""


class Initiatives(Evidence):
    """Proposed, carried out, reported of, closed; shared."""

    def _list_initiatives(self) -> Scene:
        self._proposed_initiative()
        return Scene(ENTERER, known={"entity_id": self.entities["MOL"]})

    def _create_initiative(self) -> Scene:
        code = f"contract-{next(self._numbers)}"
        return Scene(
            ENTERER,
            self.entities["MOL"],
            needed={"code": code, **_PLANNED},
            unfit=("division_id", *_NOT_OURS),
        )

    def _read_initiative(self) -> Scene:
        return Scene(ENTERER, self._carried_out().rpartition("/")[2])

    _read_initiative_curve = _read_initiative

    def _edit_initiative(self) -> Scene:
        return self._seen(ENTERER, self._proposed_initiative(), needed=_PLANNED, unfit=_NOT_OURS)

    def _submit_initiative(self) -> Scene:
        return self._seen(ENTERER, self._proposed_initiative())

    _discard_initiative = _submit_initiative

    def _withdraw_initiative(self) -> Scene:
        return self._seen(ENTERER, self._submitted_initiative())

    def _approve_initiative(self) -> Scene:
        return self._seen(MANAGER, self._submitted_initiative(), unfit=_LETTERS)

    _return_initiative = _approve_initiative

    def _revise_initiative(self) -> Scene:
        return self._seen(SPECIALIST, self._carried_out(), needed=_PLANNED)

    def _put_in_charge_of_initiative(self) -> Scene:
        known = {"division_id": self.divisions["MOL", "SKL"], "manager_id": self._user(ENTERER)}
        return self._seen(MANAGER, self._carried_out(), known=known)

    def _stop_initiative(self) -> Scene:
        return self._seen(_HEAD, self._carried_out(), unfit=_LETTERS)

    def _ask_to_close_initiative(self) -> Scene:
        return self._seen(ENTERER, self._carried_out())

    def _confirm_closing_of_initiative(self) -> Scene:
        return self._seen(MANAGER, self._closing(), unfit=_LETTERS)

    def _return_initiative_to_work(self) -> Scene:
        return self._seen(MANAGER, self._closing(), unfit=_LETTERS)

    def _request_budget(self) -> Scene:
        return self._seen(ENTERER, self._carried_out(), needed={**_MONEY, "requested": 250000})

    def _answer_budget(self) -> Scene:
        needed = {**_MONEY, "answer": "granted", "approved": 1000.5, "answered_on": "2026-02-15"}
        return self._seen(FINANCE, self._paid(), needed=needed)

    def _record_spending(self) -> Scene:
        return self._seen(FINANCE, self._paid(), needed={**_MONEY, "reason": "صُرفت دفعة مقدمة"})

    def _list_progress_reports(self) -> Scene:
        return Scene(ENTERER, self.service.read(ENTERER, self._reported())["initiative"]["id"])

    def _create_progress_report(self) -> Scene:
        needed = {"as_of": self._today, "milestones": [{"number": 1, "percent": 40}]}
        return self._seen(ENTERER, self._carried_out(), needed=needed, unfit=("percent",))

    def _read_progress_report(self) -> Scene:
        return Scene(ENTERER, self._reported().rpartition("/")[2])

    def _edit_progress_report(self) -> Scene:
        needed = {"as_of": self._today, "milestones": [{"number": 1, "percent": 55}]}
        return self._seen(ENTERER, self._reported(), needed=needed, unfit=("percent",))

    def _submit_progress_report(self) -> Scene:
        return self._seen(ENTERER, self._reported())

    _discard_progress_report = _submit_progress_report

    def _withdraw_progress_report(self) -> Scene:
        return self._seen(ENTERER, self._reported("submit"))

    def _review_progress_report(self) -> Scene:
        return self._seen(PLANNER, self._reported("submit"), unfit=_LETTERS)

    _return_progress_report = _review_progress_report

    def _approve_progress_report(self) -> Scene:
        return self._seen(MANAGER, self._reported("submit", "review"), unfit=_LETTERS)

    def _list_site_checks(self) -> Scene:
        return Scene(SPECIALIST, self.service.read(SPECIALIST, self._site_checked())["initiative"]["id"])

    def _create_site_check(self) -> Scene:
        return self._seen(SPECIALIST, self._carried_out(), needed={"checked_on": self._today})

    def _read_site_check(self) -> Scene:
        return Scene(SPECIALIST, self._site_checked().rpartition("/")[2])

    def _withdraw_site_check(self) -> Scene:
        return self._seen(SPECIALIST, self._site_checked())

    def _read_programme_parts(self) -> Scene:
        return Scene(UNIT_EDITOR, self._shared_programme())

    def _list_programme_participants(self) -> Scene:
        return Scene(UNIT_EDITOR, self.service.read(UNIT_EDITOR, self._taking_part())["programme"]["id"])

    def _create_programme_participant(self) -> Scene:
        known = {"entity_id": self.entities["MOF"]}
        return Scene(UNIT_EDITOR, self._shared_programme(), needed=known, unfit=("joined_on",))

    def _read_programme_participant(self) -> Scene:
        return Scene(UNIT_EDITOR, self._taking_part().rpartition("/")[2])

    def _end_programme_participant(self) -> Scene:
        return self._seen(UNIT_EDITOR, self._taking_part(), needed={"left_on": self._today})

    @property
    def _today(self) -> str:
        day: str = self.service.sql("select ((now() at time zone 'Asia/Muscat')::date)::text as day")[0][
            "day"
        ]
        return day

    def _proposed_initiative(self) -> str:
        body = {
            "code": f"contract-{next(self._numbers)}",
            "kind": "project",
            "name_ar": "منصة التوظيف الموحدة",
            "name_en": "Unified employment platform",
            "goal": "رفع نسبة التعمين في القطاع الخاص",
            **_PLANNED,
        }
        made = self.service.create(ENTERER, f"/v1/entities/{self.entities['MOL']}/initiatives", body)
        return f"/v1/initiatives/{made['id']}"

    def _submitted_initiative(self) -> str:
        path = self._proposed_initiative()
        self.service.step(ENTERER, path, "submit")
        return path

    def _carried_out(self) -> str:
        path = self._submitted_initiative()
        self.service.step(MANAGER, path, "approve")
        return path

    def _closing(self) -> str:
        """One that asks to be closed, with a document that proves it."""
        path = self._carried_out()
        said: dict[str, Any] = {
            "kind": "document",
            "title": "محضر الاستلام النهائي",
            "classification": "internal",
            "subject_id": path.rpartition("/")[2],
        }
        proof = self.service.create(ENTERER, "/v1/evidence", said)["id"]
        self.service.upload(
            ENTERER,
            f"/v1/evidence/{proof}/content",
            pdf(),
            self.service.etag(ENTERER, f"/v1/evidence/{proof}"),
        )
        self.service.step(SPECIALIST, f"/v1/evidence/{proof}", "verify")
        self.service.step(ENTERER, path, "ask-to-close")
        return path

    def _paid(self) -> str:
        path = self._carried_out()
        self.service.step(ENTERER, path, "request-budget", {**_MONEY, "requested": 250000})
        return path

    def _reported(self, *verbs: str) -> str:
        """A report of today, after these steps."""
        body = {"as_of": self._today, "milestones": [{"number": 1, "percent": 40}]}
        made = self.service.step(ENTERER, self._carried_out(), "progress-reports", body)
        report = f"/v1/progress-reports/{made['id']}"
        for verb in verbs:
            self.service.step({"submit": ENTERER, "review": PLANNER}[verb], report, verb)
        return report

    def _site_checked(self) -> str:
        body = {
            "checked_on": self._today,
            "place": "ولاية صحار، المنطقة الصناعية",
            "findings": "اكتملت أعمال الأساسات",
            "conforms": True,
        }
        made = self.service.step(SPECIALIST, self._carried_out(), "site-checks", body)
        return f"/v1/site-checks/{made['id']}"

    def _shared_programme(self) -> str:
        """A programme that the first ministry leads."""
        made = ids.new()
        self.service.sql(_PROGRAMME, made, f"contract-{made.hex[-8:]}", UUID(self.entities["MOL"]))
        return str(made)

    def _taking_part(self) -> str:
        joined = (date.fromisoformat(self._today) - timedelta(days=30)).isoformat()
        made = self.service.create(
            UNIT_EDITOR,
            f"/v1/programmes/{self._shared_programme()}/participants",
            {"entity_id": self.entities["MOF"], "joined_on": joined},
        )
        return f"/v1/programme-participants/{made['id']}"
