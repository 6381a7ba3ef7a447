"""Scenes of communication plans, their activities and detailed plans of the first ministry, each of a year of its own."""

from typing import Any
from uuid import UUID

from tests.contract.scenes.base import Json, Scene
from tests.contract.scenes.plans import Plans
from tests.contract.service import ENTERER, MANAGER, PLANNER, UNIT_EDITOR

COMMUNICATOR = "member.com.mol"
CHIEF = "head.emp.mol"

_FREE = """
    update communication_plans set state = case state when 'approved' then 'superseded' else 'discarded' end
    where about_id = $1 and year = $2 and state in ('draft', 'submitted', 'approved')
"""
_SAID = [{"ar": "موظفو الوزارة", "en": "Staff of the ministry"}]
_PLANS, _ACTIVITIES, _DETAILED = (
    "/v1/communication-plans",
    "/v1/communication-activities",
    "/v1/detailed-plans",
)
_LETTERS = ("decision",)

_FREE_OF_DETAIL = """
    update detailed_plans set state = 'discarded' where year = $1 and state in ('draft', 'submitted', 'reviewed')
"""


class Communications(Plans):
    """Drafted, before who decides, in force."""

    @property
    def _about(self) -> Json:
        """The entity in a year that has no plan now."""
        about, year = self.entities["MOL"], 2021 + next(self._numbers) % 80
        self.service.sql(_FREE, UUID(about), year)
        return {"about_id": about, "year": year}

    def _communication_drafted(self, *steps: tuple[str, str, Any]) -> str:
        """A communication plan with an activity, after these steps."""
        body = {
            "name_ar": "خطة التواصل",
            "name_en": "Communication plan",
            "audiences": _SAID,
            "messages": _SAID,
            "channels": _SAID,
            **self._about,
        }
        made = self.service.create(COMMUNICATOR, _PLANS, body)
        plan = f"{_PLANS}/{made['id']}"
        self.service.step(COMMUNICATOR, plan, "activities", self._activity_body(made["year"]))
        for person, verb, step in steps:
            self.service.step(person, plan, verb, step)
        return plan

    def _activity_body(self, year: int) -> Json:
        return {
            "name_ar": "لقاء توعوي",
            "name_en": "Awareness meeting",
            "scope": "internal",
            "audience": "الموظفون",
            "channel": "لقاء حضوري",
            "owner": "دائرة التواصل",
            "starts_on": f"{year}-01-10",
            "ends_on": f"{year}-12-20",
        }

    def _communication_submitted(self) -> str:
        return self._communication_drafted((COMMUNICATOR, "submit", None))

    def _communication_approved(self) -> str:
        return self._communication_drafted((COMMUNICATOR, "submit", None), (MANAGER, "approve", None))

    def _create_communication_plan(self) -> Scene:
        about = self._about
        return Scene(COMMUNICATOR, known=about, needed=about)

    def _read_communication_plan(self) -> Scene:
        return Scene(COMMUNICATOR, self._communication_drafted().rpartition("/")[2])

    def _edit_communication_plan(self) -> Scene:
        return self._seen(COMMUNICATOR, self._communication_drafted())

    _submit_communication_plan = _discard_communication_plan = _edit_communication_plan

    def _withdraw_communication_plan(self) -> Scene:
        return self._seen(COMMUNICATOR, self._communication_submitted())

    def _approve_communication_plan(self) -> Scene:
        return self._seen(MANAGER, self._communication_submitted(), unfit=_LETTERS)

    _return_communication_plan = _approve_communication_plan

    def _revise_communication_plan(self) -> Scene:
        return self._seen(COMMUNICATOR, self._communication_approved())

    _ask_support = _revise_communication_plan

    def _answer_support(self) -> Scene:
        plan = self._communication_approved()
        self.service.step(COMMUNICATOR, plan, "ask-support", {"what": "تغطية إعلامية"})
        return self._seen(UNIT_EDITOR, plan)

    def _add_communication_activity(self) -> Scene:
        plan = self._communication_drafted()
        year = self.service.read(COMMUNICATOR, plan)["year"]
        days = {name: day for name, day in self._activity_body(year).items() if name.endswith("_on")}
        return self._seen(
            COMMUNICATOR,
            plan,
            known=days,
            needed={**days, "owner": "دائرة التواصل"},
            unfit=("division_id", "stage_id", "reason"),
        )

    def _activity_of(self, plan: str) -> str:
        return f"{_ACTIVITIES}/{self.service.read(COMMUNICATOR, plan)['activities'][0]['id']}"

    def _read_communication_activity(self) -> Scene:
        return Scene(COMMUNICATOR, self._activity_of(self._communication_drafted()).rpartition("/")[2])

    def _edit_communication_activity(self) -> Scene:
        return self._seen(
            COMMUNICATOR,
            self._activity_of(self._communication_drafted()),
            unfit=("division_id", "stage_id", "owner", "starts_on", "ends_on"),
        )

    def _report_communication_activity(self) -> Scene:
        today = {"done_on": self.service.sql("select current_date::text as day")[0]["day"]}
        return self._seen(
            COMMUNICATOR, self._activity_of(self._communication_approved()), known=today, needed=today
        )

    def _cancel_communication_activity(self) -> Scene:
        return self._seen(COMMUNICATOR, self._activity_of(self._communication_approved()))

    @property
    def _of_annual(self) -> Json:
        """A division's part in the excellence indicators of a year that has no detailed plan yet."""
        year = self._free_year()
        self.service.sql(_FREE_OF_DETAIL, year)
        body = {"year": year, "name_ar": "الخطة السنوية", "name_en": "Annual plan"}
        annual = self.service.create(PLANNER, f"/v1/entities/{self.entities['MOL']}/plans", body)
        return {
            "plan_id": annual["id"],
            "about": "excellence",
            "division_id": self.divisions["MOL", "EMP"],
            "tasks": [
                {
                    "title_ar": "إعداد الدليل",
                    "output": "دليل معتمد",
                    "owner": "دائرة التشغيل",
                    "starts_on": f"{year}-01-10",
                    "ends_on": f"{year}-12-20",
                    "weight": 100,
                }
            ],
        }

    def _detailed(self, *steps: tuple[str, str]) -> str:
        """A detailed plan after these steps."""
        body = {"name_ar": "الخطة التفصيلية", "name_en": "Detailed plan", **self._of_annual}
        plan = f"{_DETAILED}/{self.service.create(ENTERER, _DETAILED, body)['id']}"
        for person, verb in steps:
            self.service.step(person, plan, verb)
        return plan

    _presented = ((ENTERER, "present"),)
    _endorsed = (*_presented, (CHIEF, "endorse"))
    _entered = (*_endorsed, (ENTERER, "submit"))

    def _create_detailed_plan(self) -> Scene:
        about = self._of_annual
        return Scene(ENTERER, known=about, needed=about, unfit=("initiative_id", "scorecard_id"))

    def _read_detailed_plan(self) -> Scene:
        return Scene(ENTERER, self._detailed().rpartition("/")[2])

    def _edit_detailed_plan(self) -> Scene:
        return self._seen(ENTERER, self._detailed(), unfit=("tasks",))

    _discard_detailed_plan = _present_detailed_plan = _edit_detailed_plan

    def _endorse_detailed_plan(self) -> Scene:
        return self._seen(CHIEF, self._detailed(*self._presented), unfit=_LETTERS)

    def _submit_detailed_plan(self) -> Scene:
        return self._seen(ENTERER, self._detailed(*self._endorsed))

    def _withdraw_detailed_plan(self) -> Scene:
        return self._seen(ENTERER, self._detailed(*self._entered))

    def _review_detailed_plan(self) -> Scene:
        return self._seen(PLANNER, self._detailed(*self._entered), unfit=_LETTERS)

    _return_detailed_plan = _review_detailed_plan

    def _approve_detailed_plan(self) -> Scene:
        return self._seen(MANAGER, self._detailed(*self._entered, (PLANNER, "review")), unfit=_LETTERS)
