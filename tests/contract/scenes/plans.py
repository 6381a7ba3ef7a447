"""Scenes of annual plans and proposals, of the first ministry: a year is free again when its turn comes."""

import json
from typing import Any
from uuid import UUID

from tests.contract.scenes.base import Base, Scene
from tests.contract.service import ENTERER, FINANCE, PLANNER, SPECIALIST

_FREE = """
    update plans set proposals_open = false,
        state = case when state in ('draft', 'preliminary') then 'discarded' else 'superseded' end
    where entity_id = $1 and year = $2 and state in ('draft', 'preliminary', 'approved', 'confirmed')
"""
_APPROVE = "update plans set state = 'approved', approved_at = now(), approved_by_id = $2, snapshot = $3 where id = $1"
_YEARS = range(2030, 2100)
_CRITERIA = [{"key": "alignment", "ar": "الارتباط برؤية عُمان 2040", "en": "Serves Oman Vision 2040"}]
_GOAL = {"kind": "goal", "title_ar": "رفع نسبة التعمين في القطاع الخاص"}
_SAID = {
    "name_ar": "خطة",
    "name_en": "Plan",
    "development_plan": None,
    "criteria": [],
    "items": [],
    "classification": "internal",
    "contents": [],
    "coverage": {
        "indicators": 0,
        "indicators_moved": 0,
        "indicators_share": None,
        "priorities": 0,
        "priorities_covered": 0,
        "priorities_share": None,
        "unmoved": [],
    },
    "budgets": [],
}
_FORM = {
    "title": "منصة رقمية للتدريب",
    "problem": "لا تتوفر معلومات عن المهارات المطلوبة",
    "idea": "ربط بيانات المنشآت ببرامج التدريب",
    "effect": "رفع نسبة التشغيل",
}


class Plans(Base):
    """Begun, filled, checked, in force; proposed, sorted, decided about."""

    def _list_plans(self) -> Scene:
        self._annual_drafted()
        return Scene(PLANNER, known={"entity_id": self.entities["MOL"], "year": 2031})

    def _create_plan(self) -> Scene:
        served = self.service.read(PLANNER, "/v1/development-plans")["items"][0]["id"]
        known = {"year": self._free_year(), "development_plan_id": served, "criteria": _CRITERIA}
        return Scene(PLANNER, self.entities["MOL"], known=known)

    def _read_plan(self) -> Scene:
        return Scene(PLANNER, self._filled().rpartition("/")[2])

    def _edit_plan(self) -> Scene:
        known = {"development_plan_id": None, "criteria": _CRITERIA}
        return self._seen(PLANNER, self._annual_drafted(), known=known)

    def _discard_plan(self) -> Scene:
        return self._seen(PLANNER, self._annual_drafted())

    _open_plan_proposals = _discard_plan

    def _close_plan_proposals(self) -> Scene:
        return self._seen(PLANNER, self._called())

    def _open_plan_version(self) -> Scene:
        return self._seen(PLANNER, self._in_force())

    def _add_plan_item(self) -> Scene:
        unfit = ("indicator_id", "initiative_id", "priority_id")
        return self._seen(PLANNER, self._annual_drafted(), needed={**_GOAL}, unfit=unfit)

    def _edit_plan_item(self) -> Scene:
        return self._of_item(unfit=("priority_id",), known={"title_ar": "هدف معدل"})

    def _drop_plan_item(self) -> Scene:
        return self._of_item()

    def _check_plan_item(self) -> Scene:
        path = self._filled()
        item = self.service.read(PLANNER, path)["contents"][0]["id"]
        answers = [{"question": "aligned", "passed": True}]
        return self._seen(SPECIALIST, path, known={"item_id": item, "answers": answers})

    def _record_platform_entry(self) -> Scene:
        return self._seen(SPECIALIST, self._in_force(), known={"entered_on": "2026-11-20"})

    def _record_job_plan_link(self) -> Scene:
        known = {"division_id": self.divisions["MOL", "EMP"], "staff": 1000, "linked": 31}
        return self._seen(PLANNER, self._in_force(), known=known)

    def _verify_job_plan_link(self) -> Scene:
        path = self._in_force()
        body = {"division_id": self.divisions["MOL", "EMP"], "half": 1, "staff": 46, "linked": 31}
        recorded = self.service.step(PLANNER, path, "job-plan-links", body)
        link: str = recorded["job_plan_links"][0]["id"]
        return Scene(FINANCE, link, self.service.etag(FINANCE, path))

    def _read_development_plan(self) -> Scene:
        return self._first(PLANNER, "/v1/development-plans")

    def _list_proposals(self) -> Scene:
        proposal = self.service.read(ENTERER, self._proposed())
        return Scene(PLANNER, known={"entity_id": self.entities["MOL"], "plan_id": proposal["plan_id"]})

    def _create_proposal(self) -> Scene:
        return Scene(ENTERER, self._called().rpartition("/")[2], known={"indicator_id": self.indicator["id"]})

    def _read_proposal(self) -> Scene:
        return Scene(ENTERER, self._proposed().rpartition("/")[2])

    def _sort_proposal(self) -> Scene:
        return self._seen(PLANNER, self._proposed(), known={"meets": ["alignment"]}, unfit=("decision",))

    def _rank_proposal(self) -> Scene:
        return self._seen(PLANNER, self._sorted(), known={"meets": ["alignment"]}, unfit=("decision",))

    def _accept_proposal(self) -> Scene:
        return self._seen(PLANNER, self._sorted(), unfit=("decision", "initiative_id"))

    def _refuse_proposal(self) -> Scene:
        return self._seen(PLANNER, self._proposed(), unfit=("decision",))

    def _withdraw_proposal(self) -> Scene:
        return self._seen(ENTERER, self._proposed())

    def _free_year(self) -> int:
        year = _YEARS[next(self._numbers) % len(_YEARS)]
        self.service.sql(_FREE, UUID(self.entities["MOL"]), year)
        return year

    def _annual_drafted(self) -> str:
        body = {
            "year": self._free_year(),
            "name_ar": "الخطة السنوية",
            "name_en": "Annual plan",
            "criteria": _CRITERIA,
        }
        made = self.service.create(PLANNER, f"/v1/entities/{self.entities['MOL']}/plans", body)
        return f"/v1/plans/{made['id']}"

    def _filled(self) -> str:
        path = self._annual_drafted()
        self.service.step(PLANNER, path, "items", _GOAL)
        return path

    def _in_force(self) -> str:
        path = self._filled()
        head = self._user("head.mol")
        self.service.sql(_APPROVE, UUID(path.rpartition("/")[2]), UUID(head), json.dumps(_SAID))
        return path

    def _called(self) -> str:
        path = self._annual_drafted()
        self.service.step(PLANNER, path, "open-proposals")
        return path

    def _proposed(self) -> str:
        made = self.service.create(ENTERER, f"{self._called()}/proposals", _FORM)
        return f"/v1/proposals/{made['id']}"

    def _sorted(self) -> str:
        path = self._proposed()
        self.service.step(PLANNER, path, "sort", {"rank": 1, "meets": []})
        return path

    def _of_item(self, **more: Any) -> Scene:
        path = self._filled()
        item: str = self.service.read(PLANNER, path)["contents"][0]["id"]
        seen = self._seen(PLANNER, path, **more)
        return Scene(PLANNER, item, seen.etag, seen.known, seen.needed, seen.unfit)
