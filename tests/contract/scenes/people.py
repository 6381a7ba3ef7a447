"""Scenes of entities, people and role plans."""

from functools import cached_property
from itertools import product
from typing import Any

from tests.contract.scenes.base import Json, Scene
from tests.contract.scenes.results import Results
from tests.contract.service import (
    ADMINISTRATOR,
    HEAD_OFFICE,
    MANAGER,
    OTHER_HEAD_OFFICE,
    OTHER_MANAGER,
    SPECIALIST,
    TECHNICAL,
)


class People(Results):
    """Who is where, as what, and for how long."""

    def _of_entity(self) -> Scene:
        return Scene(MANAGER, self.entities["MOL"], known={"user_id": self._user(TECHNICAL)})

    _read_entity = _list_assignments = _list_delegations = _list_divisions = _list_memberships = _of_entity
    _list_role_plans = _read_role_plan_in_force = _of_entity

    def _list_decisions(self) -> Scene:
        return Scene(HEAD_OFFICE, self.entities["MOL"])

    def _read_division(self) -> Scene:
        return Scene(MANAGER, self.divisions["MOL", "PLAN"])

    def _read_assignment(self) -> Scene:
        return Scene(TECHNICAL, self._assignment())

    def _read_delegation(self) -> Scene:
        return Scene(SPECIALIST, self._delegation())

    def _read_membership(self) -> Scene:
        return self._first(MANAGER, f"/v1/entities/{self.entities['MOL']}/memberships")

    def _read_decision(self) -> Scene:
        return Scene(HEAD_OFFICE, self._membership_of_a_representative()["decision_id"])

    def _read_role_plan(self) -> Scene:
        return Scene(OTHER_MANAGER, self._drafted_plan())

    def _read_user(self) -> Scene:
        return Scene(ADMINISTRATOR, self._user(SPECIALIST))

    def _list_users(self) -> Scene:
        return Scene(ADMINISTRATOR)

    def _create_entity(self) -> Scene:
        return Scene(ADMINISTRATOR)

    def _edit_entity(self) -> Scene:
        body = {
            "code": f"X{next(self._numbers)}",
            "name_ar": "هيئة",
            "name_en": "Authority",
            "kind": "authority",
        }
        made = self.service.create(ADMINISTRATOR, "/v1/entities", body)["id"]
        return self._seen(ADMINISTRATOR, f"/v1/entities/{made}")

    def _create_division(self) -> Scene:
        return Scene(OTHER_MANAGER, self.entities["MOF"])

    def _edit_division(self) -> Scene:
        return self._seen(OTHER_MANAGER, f"/v1/divisions/{self.divisions['MOF', 'COM']}")

    def _create_user(self) -> Scene:
        return Scene(ADMINISTRATOR)

    def _edit_user(self) -> Scene:
        return self._seen(ADMINISTRATOR, f"/v1/users/{self._newcomer()['user']['id']}")

    _invite_user = _edit_user

    def _newcomer(self) -> Json:
        email = f"newcomer{next(self._numbers)}@demo.mutabaa.example"
        body = {"email": email, "name_ar": "وافد جديد", "name_en": "Newcomer"}
        return self.service.create(ADMINISTRATOR, "/v1/users", body, secret=True)

    def _create_membership(self) -> Scene:
        """By turns the manager's appointments and those that the head's office records."""
        newcomer = self._newcomer()["user"]["id"]
        known = {
            **self._dates(),
            **self._letter(OTHER_HEAD_OFFICE),
            "division_id": self.divisions["MOF", "PLAN"],
        }
        if next(self._numbers) % 2:
            needed = {"user_id": newcomer, "role": "division_member", "division_id": known["division_id"]}
            return Scene(OTHER_MANAGER, self.entities["MOF"], None, known, needed, ("decision", "tenure"))
        needed = {"user_id": newcomer, "role": "expert", "decision": self._letter(OTHER_HEAD_OFFICE)}
        return Scene(OTHER_HEAD_OFFICE, self.entities["MOF"], None, known, needed, ("division_id", "tenure"))

    def _end_membership(self) -> Scene:
        body = {"user_id": self._newcomer()["user"]["id"], "role": "specialist"}
        made = self.service.create(OTHER_MANAGER, f"/v1/entities/{self.entities['MOF']}/memberships", body)[
            "id"
        ]
        return self._seen(OTHER_MANAGER, f"/v1/memberships/{made}", known=self._dates(), unfit=("decision",))

    def _membership_of_a_representative(self) -> Json:
        body = {
            "user_id": self._newcomer()["user"]["id"],
            "role": "technical_representative",
            "decision": self._letter(HEAD_OFFICE),
        }
        return self.service.create(HEAD_OFFICE, f"/v1/entities/{self.entities['MOL']}/memberships", body)

    @cached_property
    def _free_pairs(self) -> Any:
        people = (TECHNICAL, "media.mol", "expert.mol", SPECIALIST, "specialist2.mol")
        return product(people, [indicator["id"] for indicator in self.indicators])

    def _assigned_to(self) -> Json:
        """A person, and what they are not assigned to yet."""
        try:
            person, indicator = next(self._free_pairs)
        except StopIteration:
            person, indicator = TECHNICAL, self._draft()
        return {"user_id": self._user(person), "subject_id": indicator}

    def _create_assignment(self) -> Scene:
        known = {**self._assigned_to(), **self._dates()}
        return Scene(MANAGER, self.entities["MOL"], known=known)

    def _assignment(self) -> str:
        body = {"user_id": self._user(TECHNICAL), "subject_id": self._draft()}
        made: str = self.service.create(MANAGER, f"/v1/entities/{self.entities['MOL']}/assignments", body)[
            "id"
        ]
        return made

    def _end_assignment(self) -> Scene:
        return self._seen(MANAGER, f"/v1/assignments/{self._assignment()}", known=self._dates())

    def _create_delegation(self) -> Scene:
        known = {"delegate_id": self._user(SPECIALIST), **self._dates()}
        return Scene(MANAGER, self.entities["MOL"], known=known)

    def _delegation(self) -> str:
        body = {
            "delegate_id": self._user(SPECIALIST),
            "action": "results.approve",
            "reason": "إجازة",
            "ends_at": self._dates()["ends_at"],
        }
        made: str = self.service.create(MANAGER, f"/v1/entities/{self.entities['MOL']}/delegations", body)[
            "id"
        ]
        return made

    def _end_delegation(self) -> Scene:
        return self._seen(MANAGER, f"/v1/delegations/{self._delegation()}", known=self._dates())

    # Role plans: of the other ministry, for the first one's results follow its chains.

    def _create_role_plan(self) -> Scene:
        self._close_plan()
        known = {"division_id": self.divisions["MOF", "PLAN"]}
        return Scene(OTHER_MANAGER, self.entities["MOF"], known=known)

    def _edit_role_plan(self) -> Scene:
        known = {"division_id": self.divisions["MOF", "PLAN"]}
        return self._seen(OTHER_MANAGER, f"/v1/role-plans/{self._drafted_plan()}", known=known)

    def _submit_role_plan(self) -> Scene:
        return self._seen(OTHER_MANAGER, f"/v1/role-plans/{self._drafted_plan()}")

    def _approve_role_plan(self) -> Scene:
        needed = {"decision": self._letter(OTHER_HEAD_OFFICE)}
        known = self._letter(OTHER_HEAD_OFFICE)
        return self._seen(
            OTHER_HEAD_OFFICE, f"/v1/role-plans/{self._submitted_plan()}", known=known, needed=needed
        )

    _return_role_plan = _approve_role_plan

    def _drafted_plan(self) -> str:
        self._close_plan()
        made: str = self.service.create(OTHER_MANAGER, f"/v1/entities/{self.entities['MOF']}/role-plans", {})[
            "id"
        ]
        return made

    def _submitted_plan(self) -> str:
        made = self._drafted_plan()
        self.service.step(OTHER_MANAGER, f"/v1/role-plans/{made}", "submit")
        return made

    def _close_plan(self) -> None:
        """One plan is in work at a time: the one that is there is approved, with chains that can be walked."""
        newest = self.service.read(OTHER_MANAGER, f"/v1/entities/{self.entities['MOF']}/role-plans?limit=1")[
            "items"
        ]
        if not newest or newest[0]["state"] == "approved":
            return
        path = f"/v1/role-plans/{newest[0]['id']}"
        if newest[0]["state"] == "draft":
            self.service.step(OTHER_MANAGER, path, "submit")
        self.service.step(OTHER_HEAD_OFFICE, path, "approve", {"decision": self._letter(OTHER_HEAD_OFFICE)})
